"""`dxplan bring`: a city's own file, shown as it was understood, or as answers for its params."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from dxplan.cli import hear
from dxplan.cli.parser import Parser, UsageError, complain, day_of, near_path, refuse_out
from dxplan.facts.nodes import GRADES

if TYPE_CHECKING:
    from dxplan.bring.brought import Brought
    from dxplan.bring.mapping import Pattern

KINDS = {"wbs": "作業計画", "staff": "職員数", "contracts": "契約一覧", "steps": "ステップの表"}
ASKED = (
    "ファイルに時点が書かれていません。--as-of 2026-10-01 のように、いつの値かを書いてください。"
)


def _declare_bring(parser: Parser) -> None:
    parser.words.add_argument(
        "file",
        type=Path,
        metavar="ファイル",
        help="作業計画(WBS)・職員名簿・契約一覧・ステップの表(Excel、CSV、MS ProjectのXML)",
    )
    add = parser.options.add_argument
    add("--show", action="store_true", help="読み取ったことを表示する(--city がなければ既定)")
    add("--city", metavar="団体", help="この団体の前提との違いと、その影響を示す")
    hear.declare_accept(parser)
    add("--as-of", type=day_of, metavar="日付", help="いつの値か(ファイルに書かれていないとき)")
    add("--grade", choices=GRADES, default="C", metavar="確度", help="値の確度(既定: C)")
    kinds = "・".join(f"{kind}({label})" for kind, label in KINDS.items())
    add("--as", choices=KINDS, dest="kind", metavar="種類", help=f"表の種類: {kinds}")
    add("--sheet", default="", metavar="シート", help="読むシート(既定: すべて)")
    add("--unit", choices=("円", "千円", "万円", "百万円"), metavar="単位", help="金額の単位")
    add("--mapping", type=Path, metavar="ファイル", help="列の対応表(YAML)")
    add("--keep", type=Path, metavar="ファイル", help="読み取った列を、対応表として書き出す")


def _run_bring(args: Namespace) -> int:
    from dxplan.bring.archive import BookError
    from dxplan.bring.told import brought_text

    try:
        brought = _load(args)
    except BookError as fault:
        complain(str(fault))
        return 2
    if args.show or not args.city:
        print(brought_text(brought))
    if not brought.understood:
        if args.city and not args.show:
            complain(f"{args.file.name}: 何の表か分かりませんでした。--show で確かめてください。")
        return 2
    if args.keep:
        _keep(brought, args)
    if args.accept and not args.city:
        raise UsageError("--accept には --city で団体を書いてください。")
    answered = _answer(brought, args) if args.city else 0
    return max(answered, int(not brought.whole))


def _load(args: Namespace) -> Brought:
    from dxplan.bring.brought import load_brought

    patterns: tuple[Pattern, ...] = ()
    if args.mapping:
        from dxplan.bring.mapping import load_mapping

        patterns = load_mapping(args.mapping)
    kinds = (args.kind,) if args.kind else ()
    return load_brought(args.file, kinds, args.sheet, args.unit or "", patterns)


def _keep(brought: Brought, args: Namespace) -> None:
    from dxplan.bring.mapping import mapping_text
    from dxplan.files import write_whole

    if args.keep.exists():
        raise UsageError(f"{near_path(args.keep)} はもうあります。別の名を書いてください。")
    refuse_out(args.keep.parent, [args.keep.name])
    write_whole(args.keep, mapping_text(brought.tables, args.unit or "").encode())
    print(f"書きました: {near_path(args.keep)}")


def _answer(brought: Brought, args: Namespace) -> int:
    """Show what the file changes for a city, and write it where that is wanted."""
    from dxplan.hearing.own import Origin, hearing_of
    from dxplan.town.city import load_city
    from dxplan.town.finder import find_slug

    day = args.as_of or brought.day
    if not day:
        raise UsageError(ASKED)
    city = load_city(find_slug(args.city))
    hearing = hearing_of(brought, city, Origin(day, args.grade))
    return max(hear.run_difference((hearing,), args), int(bool(hearing.asides)))


COMMANDS = {
    "bring": (
        "団体の手元のファイル(WBS・職員名簿・契約一覧など)を読み取って示す",
        _declare_bring,
        _run_bring,
    ),
}
