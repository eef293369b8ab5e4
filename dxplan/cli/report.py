"""`dxplan report`, `dxplan compare` and `dxplan status`."""

from __future__ import annotations

import os
from argparse import Namespace
from collections import Counter
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from dxplan.cli.parser import (
    Parser,
    UsageError,
    complain,
    declare_out,
    declare_selection,
    declare_workers,
    load_selection,
    refuse_out,
    whole_number,
)
from dxplan.files import NOTEBOOKS, place

if TYPE_CHECKING:
    from dxplan.press.job import Job, JobOutcome

REPORT, COMPARISON = NOTEBOOKS / "60_report.ipynb", NOTEBOOKS / "90_compare.ipynb"
EFFORTS = ("簡易", "標準", "入念")
# what lies beside the pages
BESIDE = (".dxplan.sqlite", ".dxplan.lock", "index.html", "cities.csv", "cities.parquet")
STATUS = {"done": "完了", "failed": "失敗", "running": "途中"}


# --- report --------------------------------------------------------------------------------------
def _declare_report(parser: Parser) -> None:
    declare_selection(parser)
    declare_out(parser)
    declare_running(parser)
    declare_edition(parser)
    parser.options.add_argument(
        "--failed", action="store_true", help="前回失敗した団体だけをつくり直す"
    )
    declare_notebook(parser, REPORT)


def declare_effort(parser: Parser) -> None:
    """Declare how much work a plan may take."""
    parser.options.add_argument(
        "--effort",
        choices=EFFORTS,
        metavar="丁寧さ",
        help=f"計算の丁寧さ({'・'.join(EFFORTS)}。既定: 団体の設定)",
    )


def declare_edition(parser: Parser) -> None:
    """Declare for whom the papers are, and by whom."""
    add = parser.options.add_argument
    add(
        "--edition",
        default="",
        metavar="版",
        help="誰に渡すか(庁内・議会・ベンダ・公開。既定: 庁内)。"
        "渡さないものは、どのファイルにも書かない",
    )
    add("--author", default="", metavar="名", help="作成者(既定: 団体の設定の author)")


def settle_edition(args: Namespace) -> None:
    """Let every city of this run be of the edition that is asked for, in a folder of its own.

    Raises
    ------
    ParamError
        No edition has this word.
    UsageError
        Another notebook than the report's shows all that it calls.
    """
    from dxplan.town.edition import AUTHOR, WORD, load_edition

    words = {WORD: args.edition, AUTHOR: args.author}
    os.environ.update({name: word for name, word in words.items() if word})
    edition = load_edition()
    if not edition.title:
        return
    if getattr(args, "notebook", REPORT).resolve() != REPORT.resolve():
        raise UsageError(
            "--edition は報告書のノートブックだけで使えます。--notebook を外してください。"
        )
    args.out /= edition.title


def declare_notebook(parser: Parser, default: Path) -> None:
    """Declare which notebook is run."""
    parser.options.add_argument(
        "--notebook",
        type=Path,
        default=default,
        metavar="ファイル",
        help=f"実行するノートブック(既定: {place(default)})",
    )


def declare_running(parser: Parser) -> None:
    """Declare how notebooks are run."""
    declare_workers(parser)
    declare_effort(parser)
    add = parser.options.add_argument
    add("--fresh", action="store_true", help="変わっていないページもつくり直す")
    add(
        "--scheduler",
        metavar="アドレス",
        help="Dask のスケジューラで実行する(local: この機械で起動する)",
    )
    add(
        "--engine",
        choices=("warm", "stock"),
        metavar="エンジン",
        help="warm(温めたプロセスから分岐。Linuxの既定)か stock",
    )
    add(
        "--limit",
        type=whole_number,
        default=600,
        metavar="秒",
        help="1つのセルの制限時間(既定: 600秒)",
    )


def _run_report(args: Namespace) -> int:
    from dxplan import reports

    settle_edition(args)
    slugs = _failed(args) if args.failed else load_selection(args)
    refuse_pages(args.out, slugs)
    outcomes = run_pages(reports.load_jobs(slugs, is_alone(args, slugs)), args)
    good = sum(outcome.ok for outcome in outcomes)
    kept = sum(outcome.kept for outcome in outcomes)
    line = f"{len(outcomes):,}団体のうち{good:,}団体のページができました。"
    if kept:
        line += f"うち{kept:,}団体は前回から変更がなく、前回のページのままです。"
    print(line)
    return max(int(good < len(outcomes)), _tell_index(args.out))


def refuse_pages(out: Path, slugs: Sequence[str], *endings: str) -> None:
    """Refuse a folder where pages, what lies beside them, or files like them cannot be written."""
    names = [slug + ending for slug in slugs for ending in (".html", *endings)]
    refuse_out(out, (*BESIDE, *names))


def is_alone(args: Namespace, slugs: Sequence[str]) -> bool:
    """Whether one municipality was named, so that its faults end the command at once."""
    return bool(args.slugs) and len(slugs) == 1


def _failed(args: Namespace) -> list[str]:
    """Slugs that failed or were cut off in the last run; of those that are asked for, if any."""
    from dxplan.press.ledger import DONE, load_rows
    from dxplan.town.edition import plain_slug

    failed = [plain_slug(row["slug"]) for row in load_rows(args.out) if row["status"] != DONE]
    if args.slugs or args.prefecture or args.everything:
        return [slug for slug in load_selection(args) if slug in failed]
    return failed


def run_pages(jobs: Sequence[Job], args: Namespace) -> tuple[JobOutcome, ...]:
    """Run a batch as the options say; outcomes in the order of the jobs."""
    from dxplan import reports
    from dxplan.press.batch import run_batch
    from dxplan.press.cluster import Cluster
    from dxplan.press.warm.engine import WARM
    from dxplan.progress import Progress
    from dxplan.town.edition import AUTHOR, WORD

    if not (WARM or args.engine):
        print(
            "この環境では温めたプロセスの分岐(fork)を使わず、通常のエンジンで動かします。"
            "ページは同じです。"
        )
    environment = {name: os.environ[name] for name in (WORD, AUTHOR) if name in os.environ}
    if args.effort:
        environment[reports.EFFORT] = args.effort
        os.environ.update(environment)  # a cluster of this machine inherits it
    cluster: AbstractContextManager[Cluster | None] = nullcontext()
    if args.scheduler:
        describe = partial(reports.load_recipe, reports.modules_of(args.notebook))
        cluster = Cluster(args.scheduler, args.workers, describe)
    with cluster as workers, Progress(len(jobs)) as progress:
        return run_batch(
            args.notebook,
            jobs,
            args.out,
            args.workers,
            progress.tell,
            recipe=reports.recipe_text(args.notebook),
            engine=args.engine or "",
            limit=args.limit,
            rehearse="dxplan.reports:rehearse",
            environment=environment.items(),
            files=reports.FILES,
            fresh=args.fresh,
            cluster=workers,
        )


def _tell_index(out: Path) -> int:
    """Write the index and say where all is; 1 where it cannot be written, the pages being there."""
    from dxplan.press import PressError
    from dxplan.press.country.index import write_index
    from dxplan.press.ledger import Ledger

    print(f"ページ: {out}{os.sep}")
    try:
        with Ledger(out) as ledger:
            print(f"一覧: {write_index(ledger.outcomes(), out)}")
    except PressError as fault:
        complain(str(fault))
        return 1
    return 0


# --- compare -------------------------------------------------------------------------------------
def _declare_compare(parser: Parser) -> None:
    parser.words.add_argument("slugs", nargs="+", metavar="団体", help="並べる団体(6つまで)")
    declare_out(parser, "compare")
    declare_running(parser)
    declare_notebook(parser, COMPARISON)


def _run_compare(args: Namespace) -> int:
    from dxplan import reports
    from dxplan.town.cities import load_cities

    refuse_pages(args.out, ())
    (outcome,) = run_pages([reports.load_comparison(load_cities(" ".join(args.slugs)))], args)
    if outcome.ok:
        print(f"ページ: {args.out / outcome.page}")
    return int(not outcome.ok)


# --- status --------------------------------------------------------------------------------------
def _declare_status(parser: Parser) -> None:
    parser.words.add_argument(
        "slugs", nargs="*", metavar="団体", help="記録を全部表示する団体(書かなければ一覧)"
    )
    declare_out(parser)


def _run_status(args: Namespace) -> int:
    from dxplan.press.ledger import load_rows
    from dxplan.town.finder import find_slug

    wanted = {find_slug(text) for text in args.slugs}
    rows = load_rows(args.out)
    for row in rows:
        if not wanted or row["slug"] in wanted:
            print(_status_line(row))
        if row["slug"] in wanted and row["log"]:
            print(row["log"])
    numbers = Counter(row["status"] for row in rows)
    counts = "、".join(f"{word}{numbers[name]:,}" for name, word in STATUS.items())
    print(f"{len(rows):,}団体: {counts}")
    return 0


def _status_line(row: dict) -> str:
    error = f": {row['error']}" if row["error"] else ""
    return (
        f"{STATUS[row['status']]} {row['began']} {row['seconds']:6.1f}秒 "
        f"{row['slug']} {row['title']}{error}"
    )


COMMANDS = {
    "report": ("報告書のページと一覧をつくる", _declare_report, _run_report),
    "compare": ("いくつかの団体を1ページに並べる", _declare_compare, _run_compare),
    "status": (
        "報告書づくりの記録(状態・時間・失敗の理由)を表示する",
        _declare_status,
        _run_status,
    ),
}
