"""`dxplan pdf`, `dxplan export` and `dxplan bundle`: what a page and its plan become for other programs."""

import os
from pathlib import Path

from dxplan.cli import report
from dxplan.cli.parser import (
    UsageError,
    complain,
    declare_out,
    declare_selection,
    load_selection,
    near_path,
)

FORMATS = ("xlsx", "ics", "mspdi", "csv")


def _declare_page(parser):
    declare_selection(parser)
    declare_out(parser, Path("out"))
    report.declare_running(parser)
    report.declare_notebook(parser, report.REPORT)


def _declare_export(parser):
    declare_selection(parser)
    declare_out(parser, Path("out"))
    add = parser.options.add_argument
    add(
        "--to",
        default=",".join(FORMATS),
        metavar="形式",
        help=f"書き出す形式をカンマで並べる（{'・'.join(FORMATS)}。既定: すべて）",
    )
    report.declare_effort(parser)


# --- pages --------------------------------------------------------------------------------------------
def _pages(args):
    """Outcomes of the pages, printed where they are missing or stale."""
    from dxplan import reports

    return report.run_pages(reports.load_jobs(load_selection(args), bool(args.slugs)), args)


def _run_pdf(args):
    from dxplan.press.pdf import find_browser, write_pdf

    find_browser()  # says at once that there is none
    return _each(
        _pages(args),
        lambda outcome: write_pdf(args.out / outcome.page, args.out / f"{outcome.slug}.pdf"),
    )


def _run_bundle(args):
    from dxplan.bundles import write_bundle

    def write(outcome):
        path, missing = write_bundle(outcome.slug, args.out / outcome.page, args.out)
        if missing:
            complain(missing)
        return path

    return _each(_pages(args), write)


def _each(outcomes, write):
    """Write one file for each page; a city that fails does not stop the others."""
    from dxplan.facts.params import ParamError
    from dxplan.press import PressError
    from dxplan.solve.outcome import PlanError

    failed = 0
    for outcome in outcomes:
        try:
            if outcome.ok:
                print(f"書きました: {near_path(write(outcome))}", flush=True)
        except (ParamError, PlanError, PressError) as fault:
            failed += 1
            complain(f"{outcome.slug}: {fault}")
    return 1 if failed or not all(outcome.ok for outcome in outcomes) else 0


# --- files of the plan --------------------------------------------------------------------------------
def _run_export(args):
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    kinds = tuple(dict.fromkeys(filter(None, args.to.split(","))))
    wrong = [kind for kind in kinds if kind not in FORMATS]
    if wrong or not kinds:
        raise UsageError(
            f"--to: 「{wrong[0] if wrong else ''}」という形式はありません。{'・'.join(FORMATS)} をカンマで並べてください。"
        )
    if args.effort:
        from dxplan.reports import EFFORT

        os.environ[EFFORT] = args.effort
    slugs, failed = load_selection(args), 0
    with ProcessPoolExecutor(
        min(len(slugs), os.cpu_count() or 1), mp_context=get_context("spawn")
    ) as pool:
        for slug, (good, said) in zip(
            slugs, pool.map(_export, slugs, [args.out] * len(slugs), [kinds] * len(slugs))
        ):
            failed += not good
            print(f"書きました: {said}", flush=True) if good else complain(f"{slug}: 失敗　{said}")
    return 1 if failed else 0


def _export(slug, out, kinds):
    """(whether it worked, the files or why not) of one city of many."""
    from dxplan.bundles import write_files
    from dxplan.facts.params import ParamError
    from dxplan.press import PressError
    from dxplan.solve.outcome import PlanError

    try:
        found = write_files(slug, out, kinds)
    except (ParamError, PlanError, PressError) as fault:
        return False, str(fault)
    tables = sum(path.parent.name == "csv" for path in found)
    named = [str(near_path(path)) for path in found if path.parent.name != "csv"]
    return True, "、".join(
        [*named, *([f"{near_path(Path(out) / 'csv')}{os.sep}（{tables}表）"] if tables else [])]
    )


COMMANDS = {
    "pdf": ("報告書のページをPDFにする（ChromeかEdgeが要る）", _declare_page, _run_pdf),
    "export": ("計画をExcel・カレンダー・MS Project・CSVに書き出す", _declare_export, _run_export),
    "bundle": ("ページとすべてのファイルを1つのzipにまとめる", _declare_page, _run_bundle),
}
