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
    refuse_out,
    told_each,
)

if TYPE_CHECKING:
    from dxplan.press.job import JobOutcome

FORMATS = ("xlsx", "docx", "pptx", "ics", "mspdi", "csv", "papers")
ENDINGS = {
    "xlsx": ".xlsx",
    "docx": ".docx",
    "pptx": ".pptx",
    "ics": ".ics",
    "mspdi": ".xml",
}


def _declare_page(parser: Parser) -> None:
    declare_selection(parser)
    declare_out(parser)
    report.declare_running(parser)
    report.declare_edition(parser)
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
    report.declare_edition(parser)


# --- pages ---------------------------------------------------------------------------------------
def _pages(args: Namespace, *endings: str) -> Sequence[JobOutcome]:
    """Outcomes of the pages, printed where they are missing or stale."""
    from dxplan import reports

    report.settle_edition(args)
    slugs = load_selection(args)
    report.refuse_pages(args.out, slugs, *endings)
    return report.run_pages(reports.load_jobs(slugs, report.is_alone(args, slugs)), args)


def _run_pdf(args: Namespace) -> int:
    from dxplan.press.pdf import find_browser, write_pdf

    def write(outcome: JobOutcome) -> Path:
        return write_pdf(args.out / outcome.page, args.out / f"{outcome.slug}.pdf")

    find_browser()  # says at once that there is none
    return _each(_pages(args, ".pdf"), write)


def _run_bundle(args: Namespace) -> int:
    def write(outcome: JobOutcome) -> Path:
        from dxplan.bundles import write_bundle
        from dxplan.town.edition import plain_slug

        slug = plain_slug(outcome.slug)
        path, missing = write_bundle(slug, args.out / outcome.page, args.out)
        if missing:
            complain(missing)
        return path

    return _each(_pages(args, ".pdf", ".zip"), write)


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
    report.settle_edition(args)
    slugs = load_selection(args)
    _check_files(args.out, slugs, kinds)
    failed = told_each(partial(_export, out=args.out, kinds=kinds), slugs)
    return int(failed > 0)


def _check_files(out: Path, slugs: Sequence[str], kinds: Sequence[str]) -> None:
    """Refuse places where the files cannot be written; CSV and papers have folders of their own."""
    endings = [ENDINGS[kind] for kind in kinds if kind in ENDINGS]
    refuse_out(out, [slug + ending for slug in slugs for ending in endings])
    for folder in ("csv", "papers"):
        if folder in kinds:
            refuse_out(out / folder)


def _export(slug: str, out: Path, kinds: Sequence[str]) -> tuple[bool, str]:
    """Whether it worked for one city of many, and a sentence with the files or why not."""
    from dxplan.facts.nodes import ParamError
    from dxplan.press import PressError
    from dxplan.town.city import load_city

    try:
        load_city(slug)
    except ParamError as fault:  # told before the planners are imported
        return False, f"{slug}: 失敗　{fault}"
    from dxplan.bundles import write_files
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
    "export": (
        "計画をExcel・Word・PowerPoint・カレンダー・MS Project・CSV・PMO書類に書き出す",
        _declare_export,
        _run_export,
    ),
    "bundle": ("ページとすべてのファイルを1つのzipにまとめる", _declare_page, _run_bundle),
}
