"""The doorbell: `dxplan new | plan | report | compare | export | hearing | hear | lab | …`.

Words in Japanese; exit 0 good, 1 a city failed, 2 bad input. Heavy modules are imported when a
command needs them, so that `dxplan --help` is quick.
"""

from __future__ import annotations

import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from dxplan.cli import bring, data, files, hear, hearing, lab, plan, report
from dxplan.cli.parser import Parser, UsageError, complain, refuse_out
from dxplan.cli.streams import safe_outlet
from dxplan.facts.letters import suggestion
from dxplan.press.scratch import sweep

ENDINGS = ("SIGTERM", "SIGHUP", "SIGBREAK")  # signals that end a program, where the system has them
INTERRUPTED = 128  # and the number of the signal
LEFT = "できたファイルはそのままで、途中のものは残していません。"
# what they print is a trace of what they make: where it cannot be printed, the rest goes on
WRITING = ("new", "report", "compare", "pdf", "export", "bundle", "hearing", "hear")
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
    exit status: 0 good, 1 a city failed, 2 bad input, 130 interrupted, 143 terminated.
    """
    if words is not None:
        return _answer(list(words))
    words, outlet = sys.argv[1:], safe_outlet()
    outlet.strict = not words or words[0] not in WRITING
    _heed_signals()
    try:
        return _answer(words)
    except OSError as fault:
        if fault is not outlet.fault:
            raise
        return 1  # `dxplan plan --all | head`
    finally:
        if outlet.loss:
            complain(outlet.loss)


def _heed_signals() -> None:
    """Take a signal that ends this process as Ctrl-C, so that it tidies up."""
    for name in ENDINGS:
        number = getattr(signal, name, None)
        if number and signal.getsignal(number) == signal.SIG_DFL:  # `nohup` wants to be deaf
            signal.signal(number, _stop)


def _stop(number: int, frame: object) -> None:
    signal.signal(number, signal.SIG_IGN)  # nothing interrupts the tidying
    raise KeyboardInterrupt(number)


def _answer(words: list[str]) -> int:
    try:
        status = _run(words)
        sys.stdout.flush()
        return status
    except KeyboardInterrupt as stop:
        number = signal.Signals(*stop.args or [signal.SIGINT])
        said = "中断しました。"
        if number != signal.SIGINT:
            said = f"終了の合図({number.name})で止めました。"
        complain(f"{said}{LEFT}")
        return INTERRUPTED + number
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
    args = parser.read(rest)
    if name in WRITING and "out" in args:
        refuse_out(args.out)
    sweep(Path(tempfile.gettempdir()))  # what killed runs left
    return run(args)


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


FACTS = hearing.COMMANDS | hear.COMMANDS | bring.COMMANDS | data.COMMANDS
COMMANDS = plan.COMMANDS | report.COMMANDS | files.COMMANDS | FACTS | lab.COMMANDS
