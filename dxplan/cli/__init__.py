"""The doorbell: `dxplan new | plan | report | compare | status | pdf | export | bundle | lab`. Words in Japanese, exit 0 good, 1 a city failed, 2 bad input.

Heavy modules are imported when a command needs them, so that `dxplan --help` is quick.
"""

import os
import sys

from dxplan.cli import files, lab, plan, report
from dxplan.cli.parser import Parser, UsageError, complain, nearest

INTERRUPTED = 130


def main(words=None):
    """Run one command.

    Parameters
    ----------
    words : arguments after the program's name; of this process where none are given

    Returns
    -------
    exit status: 0 good, 1 a city failed, 2 bad input, 130 interrupted
    """
    words = list(sys.argv[1:] if words is None else words)
    try:
        return _run(words)
    except KeyboardInterrupt:
        complain("中断しました。途中のページは残していません。")
        return INTERRUPTED
    except BrokenPipeError:  # `dxplan plan --all | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as fault:
        if not isinstance(fault, _known_faults()):
            raise
        complain(str(fault))
        return 2


def _run(words):
    if not words or words[0] in ("-h", "--help"):
        print(_overview())
        return 0 if words else 2
    name, rest = words[0], words[1:]
    if name not in COMMANDS:
        kind = "オプション" if name.startswith("-") else "コマンド"
        raise UsageError(
            f"{kind} {name} はありません。{nearest(name, COMMANDS)}"
            f"使えるのは {'、'.join(COMMANDS)} です。"
        )
    purpose, declare, run = COMMANDS[name]
    parser = Parser(f"dxplan {name}", purpose)
    declare(parser)
    return run(parser.read(rest))


def _overview():
    lines = [
        "使い方: dxplan コマンド [引数]",
        "",
        "自治体DX推進計画をつくります。",
        "",
        "コマンド:",
    ]
    lines += [f"  {name:8}{purpose}" for name, (purpose, _, _) in COMMANDS.items()]
    return "\n".join(
        [
            *lines,
            "",
            "オプション:",
            "  -h, --help  この説明を表示して終わる",
            "",
            "各コマンドの説明は `dxplan report --help` のように表示します。",
        ]
    )


def _known_faults():
    """The exceptions that carry a sentence for the person at the keyboard."""
    from dxplan.press import PressError

    kinds = [UsageError, PressError]
    for module, kind in (
        ("dxplan.facts.params", "ParamError"),
        ("dxplan.facts.catalog", "CatalogError"),
    ):
        if module in sys.modules:  # it cannot have been raised before it was imported
            kinds.append(getattr(sys.modules[module], kind))
    return tuple(kinds)


COMMANDS = plan.COMMANDS | report.COMMANDS | files.COMMANDS | lab.COMMANDS
