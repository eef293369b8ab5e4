"""`dxplan hear`: what came back in the sheets of a city, and what it changes."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dxplan.cli.parser import Parser, UsageError, near_path, refuse_out
from dxplan.files import params_folder

if TYPE_CHECKING:
    from dxplan.hearing.answers import Hearing

HOW = "{} に書くには、--accept を付けてもう一度実行してください。いまは何も書いていません。"
TAKE = "聞き返す項目を取り込むときは、--take {} のように、行の初めの名を書いてください。"
NOTES = "備考の欄に書かれたことは、params には書きません(調査票に残ります)。"


def _declare(parser: Parser) -> None:
    parser.words.add_argument(
        "files",
        nargs="*",
        type=Path,
        metavar="ファイル",
        help="1つの団体の、記入された調査票・照会票(.xlsx など。分けて記入されたものを並べられる)",
    )
    declare_accept(parser)


def declare_accept(parser: Parser) -> None:
    """Declare how answers are taken."""
    parser.options.add_argument(
        "--accept", action="store_true", help="聞き返すことを除いて、params のファイルに書く"
    )
    parser.options.add_argument(
        "--take",
        action="append",
        default=[],
        metavar="項目",
        help="聞き返す項目の名(例: systems.戸籍.state)。食い違うときは 項目=ファイル名",
    )
    parser.options.add_argument(
        "--total", action="store_true", help="影響は全体だけを計算し、回答ごとには計算しない"
    )


def _run(args: Namespace) -> int:
    """Show what the answers change; write it where that is wanted."""
    if not args.files:
        raise UsageError(
            "ファイルが書かれていません。`dxplan hear 172031_調査票.xlsx` のように書いてください。"
        )
    from dxplan.hearing.read import load_hearings

    return run_difference(load_hearings(args.files), args)


def run_difference(hearings: Sequence[Hearing], args: Namespace) -> int:
    """Show what hearings of one city change; write it where that is wanted."""
    takes = dict(_taken(text) for text in args.take)
    from dxplan.hearing.accept import write_params
    from dxplan.hearing.differ import build_difference, difference_lines

    difference = build_difference(hearings, takes, each=not args.total)
    print("\n".join(difference_lines(difference)))
    if any(change.answer.note for change in difference.changes):
        print(NOTES)
    if difference.asked:
        print(TAKE.format(difference.asked[0].id))
    path = near_path(difference.path)
    if not difference.changes and not difference.unknown:
        return int(difference.differs)
    if not args.accept:
        print(HOW.format(path))
        return 1
    refuse_out(params_folder())
    print(f"書きました: {near_path(write_params(difference.path, difference.text))}")
    return int(bool(difference.asked))


def _taken(text: str) -> tuple[str, str]:
    name, _, file = text.partition("=")
    return name, file


COMMANDS = {
    "hear": ("記入された調査票・照会票を読み、変わる前提とその影響を示す", _declare, _run),
}
