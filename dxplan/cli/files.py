"""`dxplan pdf`, `dxplan export` and `dxplan bundle`: a page and its plan for other programs."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from dxplan.cli import report
from dxplan.cli.parser import (
    Parser,
    UsageError,
    complain,
    declare_out,
    declare_selection,
    load_selection,
    near_path,
)

if TYPE_CHECKING:
    from dxplan.press.job import JobOutcome

FORMATS = ("xlsx", "ics", "mspdi", "csv")


def _declare_page(parser: Parser) -> None:
    declare_selection(parser)
    declare_out(parser)
    report.declare_running(parser)
    report.declare_notebook(parser, report.REPORT)


def _declare_export(parser: Parser) -> None:
    declare_selection(parser)
    declare_out(parser)
    parser.options.add_argument(
        "--to",
        default=",".join(FORMATS),
        metavar="形式",
        help=f"書き出す形式をカンマで並べる({'・'.join(FORMATS)}。既定: すべて)",
    )
    report.declare_effort(parser)


# --- pages ---------------------------------------------------------------------------------------
def _pages(args: Namespace) -> Sequence[JobOutcome]:
    """Outcomes of the pages, printed where they are missing or stale."""
    from dxplan import reports

    slugs = load_selection(args)
    return report.run_pages(reports.load_jobs(slugs, report.is_alone(args, slugs)), args)


def _run_pdf(args: Namespace) -> int:
    from dxplan.press.pdf import find_browser, write_pdf

    def write(outcome: JobOutcome) -> Path:
        return write_pdf(args.out / outcome.page, args.out / f"{outcome.slug}.pdf")

    find_browser()  # says at once that there is none
    return _each(_pages(args), write)


def _run_bundle(args: Namespace) -> int:
    from dxplan.bundles import write_bundle

    def write(outcome: JobOutcome) -> Path:
        path, missing = write_bundle(outcome.slug, args.out / outcome.page, args.out)
        if missing:
            complain(missing)
        return path

    return _each(_pages(args), write)


def _each(outcomes: Sequence[JobOutcome], write: Callable[[JobOutcome], Path]) -> int:
    """Write one file for each page; a city that fails does not stop the others."""
    from dxplan.facts.nodes import ParamError
    from dxplan.press import PressError
    from dxplan.solve.outcome import PlanError

    written = 0
    for outcome in outcomes:
        try:
            if outcome.ok:  # the others have been told
                print(f"書きました: {near_path(write(outcome))}", flush=True)
                written += 1
        except (ParamError, PlanError, PressError) as fault:
            complain(f"{outcome.slug}: {fault}")
    return int(written < len(outcomes))


# --- files of the plan ---------------------------------------------------------------------------
def _run_export(args: Namespace) -> int:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    kinds = tuple(dict.fromkeys(filter(None, args.to.split(","))))
    for kind in kinds or ("",):
        if kind not in FORMATS:
            raise UsageError(
                f"--to: 「{kind}」という形式はありません。"
                f"{'・'.join(FORMATS)} をカンマで並べてください。"
            )
    if args.effort:
        from dxplan.reports import EFFORT

        os.environ[EFFORT] = args.effort
    slugs, failed = load_selection(args), 0
    workers = min(len(slugs), os.cpu_count() or 1)
    export = partial(_export, out=args.out, kinds=kinds)
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for good, sentence in pool.map(export, slugs):
            failed += not good
            if good:
                print(sentence, flush=True)
            else:
                complain(sentence)
    return int(failed > 0)


def _export(slug: str, out: Path, kinds: Sequence[str]) -> tuple[bool, str]:
    """Whether it worked for one city of many, and a sentence with the files or why not."""
    from dxplan.bundles import write_files
    from dxplan.facts.nodes import ParamError
    from dxplan.press import PressError
    from dxplan.solve.outcome import PlanError

    try:
        paths = write_files(slug, out, kinds)
    except (ParamError, PlanError, PressError) as fault:
        return False, f"{slug}: 失敗　{fault}"
    names = [str(near_path(path)) for path in paths if path.parent.name != "csv"]
    tables = len(paths) - len(names)
    if tables:
        names.append(f"{near_path(out / 'csv')}{os.sep}({tables}表)")
    return True, f"書きました: {'、'.join(names)}"


COMMANDS = {
    "pdf": ("報告書のページをPDFにする(ChromeかEdgeが要る)", _declare_page, _run_pdf),
    "export": ("計画をExcel・カレンダー・MS Project・CSVに書き出す", _declare_export, _run_export),
    "bundle": ("ページとすべてのファイルを1つのzipにまとめる", _declare_page, _run_bundle),
}
