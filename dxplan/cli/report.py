"""`dxplan report`, `dxplan compare` and `dxplan status`."""

import os
from pathlib import Path

from dxplan.cli.parser import (
    declare_out,
    declare_selection,
    declare_workers,
    load_selection,
    whole_number,
)

ROOT = Path(__file__).resolve().parents[2]
REPORT = Path("notebooks") / "60_report.ipynb"
COMPARISON = Path("notebooks") / "90_compare.ipynb"
EFFORTS = ("簡易", "標準", "入念")
STATUS = {"done": "完了", "failed": "失敗", "running": "途中"}


# --- report ------------------------------------------------------------------------------------------
def _declare_report(parser):
    declare_selection(parser)
    declare_out(parser, Path("out"))
    declare_running(parser)
    parser.options.add_argument(
        "--failed", action="store_true", help="前回失敗した団体だけをつくり直す"
    )
    declare_notebook(parser, REPORT)


def declare_effort(parser):
    """Declare how much work a plan may take."""
    parser.options.add_argument(
        "--effort",
        choices=EFFORTS,
        metavar="丁寧さ",
        help=f"計算の丁寧さ（{'・'.join(EFFORTS)}。既定: 団体の設定）",
    )


def declare_notebook(parser, default):
    """Declare which notebook is run."""
    parser.options.add_argument(
        "--notebook",
        type=Path,
        default=ROOT / default,
        metavar="ファイル",
        help=f"実行するノートブック（既定: {default.as_posix()}）",
    )


def declare_running(parser):
    """Declare how notebooks are run."""
    declare_workers(parser)
    add = parser.options.add_argument
    declare_effort(parser)
    add("--fresh", action="store_true", help="変わっていないページもつくり直す")
    add(
        "--scheduler",
        metavar="アドレス",
        help="Dask のスケジューラで実行する（local: この機械で起動する）",
    )
    add(
        "--engine",
        choices=("warm", "stock"),
        metavar="エンジン",
        help="warm（温めたプロセスから分岐。Linuxの既定）か stock",
    )
    add(
        "--limit",
        type=whole_number,
        default=600,
        metavar="秒",
        help="1つのセルの制限時間（既定: 600秒）",
    )


def _run_report(args):
    from dxplan import reports

    failed = _failed(args.out) if args.failed else ()
    slugs = (
        failed
        if args.failed and not (args.slugs or args.prefecture or args.everything)
        else load_selection(args)
    )
    slugs = [slug for slug in slugs if slug in failed or not args.failed]
    outcomes = run_pages(reports.load_jobs(slugs, bool(args.slugs)), args)
    good, kept = (sum(getattr(outcome, name) for outcome in outcomes) for name in ("ok", "kept"))
    print(
        f"{len(outcomes):,}団体のうち{good:,}団体のページができました。"
        + (f"うち{kept:,}団体は前回から変更がなく、前回のページのままです。" if kept else "")
    )
    print(f"ページ: {args.out}{os.sep}\n一覧: {_write_index(args.out)}")
    return 0 if good == len(outcomes) else 1


def _failed(out):
    """Slugs of the last run that failed or were cut off."""
    from dxplan.press.ledger import DONE, load_rows

    return tuple(row["slug"] for row in load_rows(out) if row["status"] != DONE)


def run_pages(jobs, args):
    """Run a batch as the options say; outcomes in the order of the jobs."""
    from contextlib import nullcontext

    from dxplan import reports
    from dxplan.press import cluster
    from dxplan.press.batch import run_batch
    from dxplan.press.warm.engine import WARM
    from dxplan.progress import Progress

    if not (WARM or args.engine):
        print(
            "この環境では温めたプロセスの分岐（fork）を使わず、通常のエンジンで動かします。ページは同じです。"
        )
    if args.effort:
        os.environ[reports.EFFORT] = (
            args.effort
        )  # of this process too: a cluster of this machine inherits it
    work = (
        cluster.Cluster(args.scheduler, args.workers, reports.load_recipe)
        if args.scheduler
        else nullcontext()
    )
    environment = [(reports.EFFORT, args.effort)] if args.effort else []
    with work as far, Progress(len(jobs)) as progress:
        return run_batch(
            args.notebook,
            jobs,
            args.out,
            args.workers,
            progress.tell,
            recipe=reports.recipe_text(),
            engine=args.engine or "",
            limit=args.limit,
            rehearse="dxplan.reports:rehearse",
            environment=environment,
            files=reports.FILES,
            fresh=args.fresh,
            cluster=far,
        )


def _write_index(out):
    from dxplan.press.country.index import write_index
    from dxplan.press.ledger import Ledger

    with Ledger(out) as ledger:
        return write_index(ledger.outcomes(), out)


# --- compare -----------------------------------------------------------------------------------------
def _declare_compare(parser):
    parser.words.add_argument("slugs", nargs="+", metavar="団体", help="並べる団体（6つまで）")
    declare_out(parser, Path("out") / "compare")
    declare_running(parser)
    declare_notebook(parser, COMPARISON)


def _run_compare(args):
    from dxplan import reports
    from dxplan.town.cities import load_cities

    (outcome,) = run_pages([reports.load_comparison(load_cities(" ".join(args.slugs)))], args)
    if outcome.ok:
        print(f"ページ: {args.out / outcome.page}")
    return 0 if outcome.ok else 1


# --- status ------------------------------------------------------------------------------------------
def _declare_status(parser):
    parser.words.add_argument(
        "slugs", nargs="*", metavar="団体", help="記録を全部表示する団体（書かなければ一覧）"
    )
    declare_out(parser, Path("out"))


def _run_status(args):
    from dxplan.press.ledger import load_rows
    from dxplan.town.city import find_slug

    wanted = {find_slug(text) for text in args.slugs}
    rows = load_rows(args.out)
    for row in rows:
        if not wanted or row["slug"] in wanted:
            print(
                f"{STATUS[row['status']]} {row['began']} {row['seconds']:6.1f}秒 {row['slug']} {row['title']}"
                + (f": {row['error']}" if row["error"] else "")
            )
        if row["slug"] in wanted and row["log"]:
            print(row["log"])
    counts = "、".join(
        f"{word}{sum(row['status'] == name for row in rows):,}" for name, word in STATUS.items()
    )
    print(f"{len(rows):,}団体: {counts}")
    return 0


COMMANDS = {
    "report": ("報告書のページと一覧をつくる", _declare_report, _run_report),
    "compare": ("いくつかの団体を1ページに並べる", _declare_compare, _run_compare),
    "status": (
        "報告書づくりの記録（状態・時間・失敗の理由）を表示する",
        _declare_status,
        _run_status,
    ),
}
