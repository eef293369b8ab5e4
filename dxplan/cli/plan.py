"""`dxplan new` and `dxplan plan`."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from dxplan.cli.parser import (
    Parser,
    UsageError,
    complain,
    declare_selection,
    declare_workers,
    load_selection,
    near_path,
    refuse_out,
    told_each,
)
from dxplan.files import params_folder

if TYPE_CHECKING:
    from dxplan.plan.whole import Plan

ALONE = "(台帳のないフォルダなので、更新の番号(SEQUENCE)と、なくなった予定の取消は入っていません)"


# --- new -----------------------------------------------------------------------------------------
def _declare_new(parser: Parser) -> None:
    parser.words.add_argument(
        "slugs", nargs="*", metavar="団体", help="6桁の団体コード、または市区町村名(例: 122033)"
    )
    parser.options.add_argument(
        "--full",
        action="store_true",
        help="聞けば分かることの多い値だけでなく、書けるすべての項目を並べる",
    )


def _run_new(args: Namespace) -> int:
    """Write a file for each municipality; one that cannot be does not stop the others."""
    from dxplan.facts.nodes import ParamError
    from dxplan.town.draft import write_params
    from dxplan.town.finder import find_slug

    if not args.slugs:
        raise UsageError("団体が書かれていません。`dxplan new 122033` のように書いてください。")
    refuse_out(params_folder())
    written, failed = set(), 0
    for text in args.slugs:
        try:
            slug = find_slug(text)
            if slug not in written:
                print(f"書きました: {near_path(write_params(slug, full=args.full))}", flush=True)
            written.add(slug)
        except ParamError as fault:
            if len(args.slugs) == 1:
                raise
            complain(str(fault))
            failed += 1
    return int(failed > 0)


# --- plan ----------------------------------------------------------------------------------------
def _run_plan(args: Namespace) -> int:
    slugs = load_selection(args)
    if args.calendar and len(slugs) > 1:
        raise UsageError("--calendar は1団体のときだけ使えます。団体を1つだけ書いてください。")
    if args.calendar:
        _check_calendar(args.calendar)
    if len(slugs) == 1:
        return _run_one(slugs[0], args.calendar)
    failed = told_each(_plan_line, slugs, args.workers)
    planned = len(slugs) - failed
    print(f"{len(slugs):,}団体のうち{planned:,}団体の計画ができました。")
    return int(failed > 0)


def _check_calendar(path: Path) -> None:
    refuse_out(path.parent, [path.name])
    if not path.parent.is_dir():
        raise UsageError(f"{near_path(path)} は書けません。そのフォルダがありません。")


def _run_one(slug: str, calendar: Path | None) -> int:
    """Plan one city and say all of it; a calendar that cannot be written is said first."""
    plan = _plan(slug)
    lines = [*_lines(plan)]
    if calendar:
        lines.append(f"書きました: {near_path(calendar)}{_write_calendar(plan, calendar)}")
    print("\n".join(lines))
    return 0


def _declare_plan(parser: Parser) -> None:
    declare_selection(parser)
    parser.options.add_argument(
        "--calendar",
        type=Path,
        metavar="ファイル",
        help="節目・予算・切替・研修の日程を書き出す .ics ファイル(1団体のときだけ)",
    )
    declare_workers(parser)


def _plan(slug: str) -> Plan:
    from dxplan.town.city import load_city

    city = load_city(slug)  # a fault is told before the planners are imported
    from dxplan.plan.whole import plan_city

    return plan_city(city)


def _name(plan: Plan) -> str:
    return f"{plan.city.pref}{plan.city.name}({plan.city.slug})"


def _lines(plan: Plan) -> Iterator[str]:
    """Lines of one city: where it stands, what has to be asked, its lots, its numbers."""
    from dxplan.show import report

    yield _name(plan)
    yield from report.situation_lines(plan)
    yield "主な数値:"
    for label, text in report.headlines(plan).items():
        yield f"  {label}: {text}"
    yield f"前提: {files_text(plan.city.slug)}"


def files_text(slug: str) -> str:
    """The params files that were read with the number of their values; or that there was none."""
    from dxplan.reports import files_of
    from dxplan.town.city import params_of

    names = []
    for name in files_of(slug):
        path = params_folder() / name
        names.append(f"{near_path(path)}(値{params_of(path).count:,}件)")
    return "、".join(names) or "公表値と既定値(paramsのファイルはない)"


def _write_calendar(plan: Plan, path: Path) -> str:
    """Write the calendar; what it lacks where no ledger lies beside it."""
    from dxplan.bundles import calendar_of
    from dxplan.press.ledger import has_ledger
    from dxplan.press.page import write_file

    folder = path.parent if has_ledger(path.parent) else None
    write_file(path, calendar_of(plan, folder))
    return "" if folder else ALONE


def _plan_line(slug: str) -> tuple[bool, str]:
    """Plan one of many; one city's fault does not stop the others."""
    from dxplan.facts.nodes import ParamError
    from dxplan.show import report
    from dxplan.solve.outcome import PlanError

    try:
        plan = _plan(slug)
    except (ParamError, PlanError) as fault:
        return False, f"{slug}: 失敗　{fault}"
    numbers = "、".join(f"{label} {text}" for label, text in report.headlines(plan).items())
    return True, f"{_name(plan)}: {numbers}"


COMMANDS = {
    "new": ("団体の設定ファイル(params)のひな形を書く", _declare_new, _run_new),
    "plan": (
        "計画を立て、いまの状態・移行ロットの見通し・主な数値を表示する",
        _declare_plan,
        _run_plan,
    ),
}
