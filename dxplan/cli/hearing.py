"""`dxplan hearing`: what a client and its vendors are asked, as workbooks."""

from __future__ import annotations

from argparse import Namespace
from functools import partial
from pathlib import Path

from dxplan.cli.parser import (
    Parser,
    declare_out,
    declare_selection,
    load_selection,
    near_path,
    told_each,
)

FOLDER = "hearing"  # below the folder of what is written


def _declare(parser: Parser) -> None:
    declare_selection(parser)
    declare_out(parser, FOLDER)


def _run(args: Namespace) -> int:
    failed = told_each(partial(_write, folder=args.out), load_selection(args))
    return int(failed > 0)


def _write(slug: str, folder: Path) -> tuple[bool, str]:
    """Whether the sheets of a city were written, and a sentence with the files or why not."""
    from dxplan.facts.nodes import ParamError
    from dxplan.hearing.sheet import write_hearing

    try:
        paths = write_hearing(slug, folder)
    except ParamError as fault:
        return False, f"{slug}: 失敗　{fault}"
    return True, f"書きました: {'、'.join(str(near_path(path)) for path in paths)}"


COMMANDS = {
    "hearing": ("調査票(団体)と照会票(ベンダ)をExcelで作る", _declare, _run),
}
