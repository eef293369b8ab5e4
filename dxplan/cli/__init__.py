"""The doorbell: `dxplan new | plan | report | compare | status | pdf | export | bundle | lab`.

Words in Japanese; exit 0 good, 1 a city failed, 2 bad input. Heavy modules are imported when a
command needs them, so that `dxplan --help` is quick.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from dxplan.cli import files, lab, plan, report
from dxplan.cli.parser import Parser, UsageError, complain
from dxplan.facts.letters import suggestion

INTERRUPTED = 130
OVERVIEW = """使い方: dxplan コマンド [引数]

自治体DX推進計画をつくります。

コマンド:
{}

オプション:
  -h, --help  この説明を表示して終わる

各コマンドの説明は `dxplan report --help` のように表示します。"""


def main(words: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    words : arguments after the program's name; of this process where none are given.

    Returns
    -------
    exit status: 0 good, 1 a city failed, 2 bad input, 130 interrupted.
    """
    if words is None:
        words = sys.argv[1:]
    try:
        return _run(list(words))
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


def _run(words: list[str]) -> int:
    if not words:
        print(_overview())
        return 2
    if words[0] in ("-h", "--help"):
        print(_overview())
        return 0
    name, rest = words[0], words[1:]
    if name not in COMMANDS:
        kind = "オプション" if name.startswith("-") else "コマンド"
        raise UsageError(
            f"{kind} {name} はありません。{suggestion(name, COMMANDS, quoted=' {} ')}"
            f"使えるのは {'、'.join(COMMANDS)} です。"
        )
    purpose, declare, run = COMMANDS[name]
    parser = Parser(f"dxplan {name}", purpose)
    declare(parser)
    return run(parser.read(rest))


def _overview() -> str:
    commands = [f"  {name:8}{purpose}" for name, (purpose, _, _) in COMMANDS.items()]
    return OVERVIEW.format("\n".join(commands))


def _known_faults() -> tuple[type[Exception], ...]:
    """The exceptions that carry a sentence for the person at the keyboard."""
    from dxplan.press import PressError

    kinds: list[type[Exception]] = [UsageError, PressError]
    # what was not imported has not been raised
    if "dxplan.facts.nodes" in sys.modules:
        kinds.append(sys.modules["dxplan.facts.nodes"].ParamError)
    if "dxplan.facts.catalog" in sys.modules:
        kinds.append(sys.modules["dxplan.facts.catalog"].CatalogError)
    return tuple(kinds)


COMMANDS = plan.COMMANDS | report.COMMANDS | files.COMMANDS | lab.COMMANDS
