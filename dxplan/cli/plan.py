"""`dxplan new` and `dxplan plan`."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence
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
)

if TYPE_CHECKING:
    from dxplan.plan.whole import Plan


# --- new -----------------------------------------------------------------------------------------
def _declare_new(parser: Parser) -> None:
    parser.words.add_argument(
        "slugs", nargs="*", metavar="団体", help="6桁の団体コード、または市区町村名(例: 122033)"
    )


def _run_new(args: Namespace) -> int:
    from dxplan.town.draft import write_params
    from dxplan.town.finder import find_slug

    if not args.slugs:
        raise UsageError("団体が書かれていません。`dxplan new 122033` のように書いてください。")
    for slug in dict.fromkeys(find_slug(text) for text in args.slugs):
        print(f"書きました: {near_path(write_params(slug))}")
    return 0


# --- plan ----------------------------------------------------------------------------------------
def _run_plan(args: Namespace) -> int:
    slugs = load_selection(args)
    if args.calendar and len(slugs) > 1:
        raise UsageError("--calendar は1団体のときだけ使えます。団体を1つだけ書いてください。")
    if len(slugs) == 1:
        return _run_one(slugs[0], args.calendar)
    planned = 0
    for good, line in _plan_many(slugs, min(args.workers, len(slugs))):
        planned += good
        if good:
            print(line, flush=True)
        else:
            complain(line)
    print(f"{len(slugs):,}団体のうち{planned:,}団体の計画ができました。")
    return int(planned < len(slugs))


def _run_one(slug: str, calendar: Path | None) -> int:
    """Plan one city and say all of it; a calendar that cannot be written is said first."""
    plan = _plan(slug)
    if calendar:
        _write_calendar(plan, calendar)
    print("\n".join(_lines(plan)))
    if calendar:
        print(f"書きました: {near_path(calendar)}")
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
    from dxplan.plan.whole import plan_city
    from dxplan.town.city import load_city

    return plan_city(load_city(slug))


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
    from dxplan.files import params_folder
    from dxplan.reports import files_of
    from dxplan.town.city import params_of

    names = []
    for name in files_of(slug):
        path = params_folder() / name
        names.append(f"{near_path(path)}(値{params_of(path).count:,}件)")
    return "、".join(names) or "公表値と既定値(paramsのファイルはない)"


def _write_calendar(plan: Plan, path: Path) -> None:
    from dxplan.export.ics import ics_bytes
    from dxplan.press.page import write_file

    write_file(path, ics_bytes(plan))


def _plan_many(slugs: Sequence[str], workers: int) -> Iterator[tuple[bool, str]]:
    """(whether it worked, its line) of each city, in the order asked for."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield from pool.map(_plan_line, slugs)


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
