"""The doorbell: `dxplan new | plan | report | compare | status`. Words in Japanese, exit 0 good, 1 a city failed, 2 bad input.

Heavy modules are imported when a command needs them, so that `dxplan --help` is quick.
"""

import argparse
import difflib
import os
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REPORT = Path("notebooks") / "60_report.ipynb"
COMPARISON = Path("notebooks") / "90_compare.ipynb"
INTERRUPTED = 130
EFFORTS = ("簡易", "標準", "入念")
STATUS = {"done": "完了", "failed": "失敗", "running": "途中"}
FAULTS = (  # argparse's words, as far as they can still come up
    (r"expected one argument", "値を1つ書いてください"),
    (r"expected at least one argument", "値を1つ以上書いてください"),
    (r"ignored explicit argument (.+)", r"値 \1 は付けられません"),
    (r"invalid choice: '?(.*?)'? \(choose from (.+)\)", r"「\1」は使えません。\2 の中から選んでください"),
)


class _Parser(argparse.ArgumentParser):
    """argparse in Japanese, with the nearest known option."""

    def __init__(self, prog, description):
        super().__init__(prog=prog, description=description, add_help=False, allow_abbrev=False,
                         formatter_class=_Formatter)
        self.words = self.add_argument_group("引数")
        self.options = self.add_argument_group("オプション")
        self.options.add_argument("-h", "--help", action="help", help="この説明を表示して終わる")

    def error(self, message):
        found = re.match(r"argument ([^:]+): (.*)", message, re.DOTALL)
        where, text = (found[1], found[2]) if found else ("引数", message)
        for english, japanese in FAULTS:
            text = re.sub(english, japanese, text)
        raise _UsageError(f"{where}: {text.rstrip('。')}。`{self.prog} --help` で使い方を表示します。")

    def read(self, words):
        args, extra = self.parse_known_args(words)
        if extra:
            known = [option for action in self._actions for option in action.option_strings]
            raise _UsageError(f"オプション {extra[0]} はありません。{_nearest(extra[0].split('=')[0], known)}"
                              f"`{self.prog} --help` で使い方を表示します。")
        return args


class _Formatter(argparse.RawDescriptionHelpFormatter):
    def add_usage(self, usage, actions, groups, prefix=None):
        super().add_usage(usage, actions, groups, "使い方: ")


class _UsageError(Exception):
    """The command line is wrong; Japanese."""


def main(words=None):
    """Run one command.

    Parameters
    ----------
    words : arguments after the program's name; of this process where none are given

    Returns
    -------
    exit status: 0 good, 1 a city failed, 2 bad input, 130 interrupted
    """
    words = list(sys.argv[1:] if words is None else words)
    try:
        return _run(words)
    except KeyboardInterrupt:
        _complain("中断しました。途中のページは残していません。")
        return INTERRUPTED
    except BrokenPipeError:  # `dxplan plan --all | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as fault:
        if not isinstance(fault, _known_faults()):
            raise
        _complain(str(fault))
        return 2


def _run(words):
    if not words or words[0] in ("-h", "--help"):
        print(_overview())
        return 0 if words else 2
    name, rest = words[0], words[1:]
    if name not in COMMANDS:
        kind = "オプション" if name.startswith("-") else "コマンド"
        raise _UsageError(f"{kind} {name} はありません。{_nearest(name, COMMANDS)}"
                          f"使えるのは {'、'.join(COMMANDS)} です。")
    purpose, declare, run = COMMANDS[name]
    parser = _Parser(f"dxplan {name}", purpose)
    declare(parser)
    return run(parser.read(rest))


def _overview():
    lines = ["使い方: dxplan コマンド [引数]", "", "自治体DX推進計画をつくります。", "", "コマンド:"]
    lines += [f"  {name:8}{purpose}" for name, (purpose, _, _) in COMMANDS.items()]
    return "\n".join([*lines, "", "オプション:", "  -h, --help  この説明を表示して終わる", "",
                      "各コマンドの説明は `dxplan report --help` のように表示します。"])


def _known_faults():
    """The exceptions that carry a sentence for the person at the keyboard."""
    from dxplan.press import PressError

    kinds = [_UsageError, PressError]
    for module, kind in (("dxplan.params", "ParamError"), ("dxplan.catalog", "CatalogError")):
        if module in sys.modules:  # it cannot have been raised before it was imported
            kinds.append(getattr(sys.modules[module], kind))
    return tuple(kinds)


def _nearest(word, known):
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f"もしかして {close[0]} ですか。" if close else ""


def _complain(text):
    print(f"dxplan: {text}", file=sys.stderr)


# --- which cities ------------------------------------------------------------------------------------
def _declare_selection(parser):
    parser.words.add_argument("slugs", nargs="*", metavar="団体",
                              help="paramsのファイル名、6桁の団体コード、または市区町村名（例: 122033 市川市）")
    parser.options.add_argument("--prefecture", metavar="都道府県", help="その都道府県の全団体（例: 千葉県）")
    parser.options.add_argument("--all", action="store_true", dest="everything", help="全国の全団体")


def _load_selection(args):
    """Slugs that the arguments mean, each once."""
    from dxplan.city import find_slug, load_slugs

    slugs = [find_slug(text) for text in args.slugs]
    if args.prefecture is not None or args.everything or not slugs:
        slugs += load_slugs(args.prefecture, args.everything)
    return tuple(dict.fromkeys(slugs))


# --- new ---------------------------------------------------------------------------------------------
def _declare_new(parser):
    parser.words.add_argument("slugs", nargs="*", metavar="団体", help="6桁の団体コード、または市区町村名（例: 122033）")


def _run_new(args):
    from dxplan.city import PARAMS, find_slug
    from dxplan.draft import write_params

    if not args.slugs:
        raise _UsageError("団体が書かれていません。`dxplan new 122033` のように書いてください。")
    for slug in dict.fromkeys(find_slug(text) for text in args.slugs):
        print(f"書きました: {_near(write_params(slug))}")
    return 0


# --- plan --------------------------------------------------------------------------------------------
def _run_plan(args):
    slugs = _load_selection(args)
    if args.calendar and len(slugs) > 1:
        raise _UsageError("--calendar は1団体のときだけ使えます。団体を1つだけ書いてください。")
    if len(slugs) == 1:
        name, headline = _plan(slugs[0], args.calendar)
        print("\n".join([name, *(f"  {label}: {text}" for label, text in headline.items())]))
        return 0
    failed = 0
    for good, line in _plan_many(slugs, min(args.workers, len(slugs))):
        print(line, flush=True) if good else _complain(line)
        failed += not good
    print(f"{len(slugs):,}団体のうち{len(slugs) - failed:,}団体の計画ができました。")
    return 1 if failed else 0


def _declare_plan(parser):
    _declare_selection(parser)
    parser.options.add_argument("--calendar", type=Path, metavar="ファイル",
                                help="研修の日程を書き出す .ics ファイル（1団体のときだけ）")
    _declare_workers(parser)


def _declare_workers(parser):
    parser.options.add_argument("--workers", type=_count, default=os.cpu_count() or 1, metavar="数",
                                help="同時に動かす作業プロセスの数（既定: CPUの数）")


def _plan(slug, calendar=None):
    from dxplan.city import load_city
    from dxplan.plan.whole import plan_city
    from dxplan.show import report

    city = load_city(slug)
    plan = plan_city(city)
    if calendar:
        _write_calendar(plan.training, calendar)
    return f"{city.pref}{city.name}（{slug}）", report.headlines(plan)


def _write_calendar(plan, path):
    from dxplan.show.training import write_calendar

    try:
        write_calendar(plan, path)
    except OSError as fault:
        raise _UsageError(f"{path} を書けません。フォルダがあるか、書き込みの権限があるかを確かめてください。") from fault
    print(f"書きました: {_near(path)}")


def _plan_many(slugs, workers):
    """(whether it worked, its line) of each city, in the order asked for."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield from pool.map(_plan_line, slugs)


def _plan_line(slug):
    """Plan one of many; one city's fault does not stop the others."""
    from dxplan.params import ParamError
    from dxplan.plan.solve import PlanError

    try:
        name, headline = _plan(slug)
    except (ParamError, PlanError) as fault:
        return False, f"{slug}: 失敗　{fault}"
    return True, f"{name}: " + "、".join(f"{label} {text}" for label, text in headline.items())


# --- report ------------------------------------------------------------------------------------------
def _declare_report(parser):
    _declare_selection(parser)
    _declare_out(parser, Path("out"))
    _declare_running(parser)
    add = parser.options.add_argument
    add("--failed", action="store_true", help="前回失敗した団体だけをつくり直す")
    add("--notebook", type=Path, default=ROOT / REPORT, metavar="ファイル",
        help=f"実行するノートブック（既定: {REPORT.as_posix()}）")


def _declare_out(parser, out):
    parser.options.add_argument("--out", type=Path, default=out, metavar="フォルダ", help=f"出力先（既定: {out.as_posix()}）")


def _declare_running(parser):
    """How notebooks are run."""
    _declare_workers(parser)
    add = parser.options.add_argument
    add("--effort", choices=EFFORTS, metavar="丁寧さ", help=f"計算の丁寧さ（{'・'.join(EFFORTS)}。既定: 団体の設定）")
    add("--fresh", action="store_true", help="変わっていないページもつくり直す")
    add("--scheduler", metavar="アドレス", help="Dask のスケジューラで実行する（local: この機械で起動する）")
    add("--engine", choices=("warm", "stock"), metavar="エンジン", help="warm（温めたプロセスから分岐。Linuxの既定）か stock")
    add("--limit", type=_count, default=600, metavar="秒", help="1つのセルの制限時間（既定: 600秒）")


def _count(text):
    if not re.fullmatch(r"[1-9][0-9]{0,4}", text):
        raise argparse.ArgumentTypeError(f"「{text}」は1以上の整数ではありません")
    return int(text)


def _run_report(args):
    from dxplan import reports

    failed = _failed(args.out) if args.failed else ()
    slugs = failed if args.failed and not (args.slugs or args.prefecture or args.everything) else _load_selection(args)
    slugs = [slug for slug in slugs if slug in failed or not args.failed]
    outcomes = _print(reports.load_jobs(slugs, bool(args.slugs)), args)
    good, kept = (sum(getattr(outcome, name) for outcome in outcomes) for name in ("ok", "kept"))
    print(f"{len(outcomes):,}団体のうち{good:,}団体のページができました。"
          + (f"うち{kept:,}団体は前回から変更がなく、前回のページのままです。" if kept else ""))
    print(f"ページ: {args.out}{os.sep}\n一覧: {_write_index(args.out)}")
    return 0 if good == len(outcomes) else 1


def _failed(out):
    """Slugs of the last run that failed or were cut off."""
    from dxplan.press.ledger import DONE, load_rows

    return tuple(row["slug"] for row in load_rows(out) if row["status"] != DONE)


def _print(jobs, args):
    """Run a batch as the options say; outcomes."""
    from contextlib import nullcontext

    from dxplan import reports
    from dxplan.press import cluster
    from dxplan.press.batch import run_batch
    from dxplan.press.engine import WARM
    from dxplan.progress import Progress

    if not (WARM or args.engine):
        print("この環境では温めたプロセスの分岐（fork）を使わず、通常のエンジンで動かします。ページは同じです。")
    if args.effort:
        os.environ[reports.EFFORT] = args.effort  # of this process too: a cluster of this machine inherits it
    work = cluster.Cluster(args.scheduler, args.workers, reports.load_recipe) if args.scheduler else nullcontext()
    environment = [(reports.EFFORT, args.effort)] if args.effort else []
    with work as far, Progress(len(jobs)) as progress:
        return run_batch(args.notebook, jobs, args.out, args.workers, progress.tell, recipe=reports.recipe_text(),
                         engine=args.engine or "", limit=args.limit, rehearse="dxplan.reports:rehearse",
                         environment=environment, files=reports.FILES, fresh=args.fresh, cluster=far)


def _write_index(out):
    from dxplan.press.index import write_index
    from dxplan.press.ledger import Ledger

    with Ledger(out) as ledger:
        return write_index(ledger.outcomes(), out)


# --- compare -----------------------------------------------------------------------------------------
def _declare_compare(parser):
    parser.words.add_argument("slugs", nargs="+", metavar="団体", help="並べる団体（6つまで）")
    _declare_out(parser, Path("out") / "compare")
    _declare_running(parser)
    parser.options.add_argument("--notebook", type=Path, default=ROOT / COMPARISON, metavar="ファイル",
                                help=f"実行するノートブック（既定: {COMPARISON.as_posix()}）")


def _run_compare(args):
    from dxplan import reports
    from dxplan.cities import load_cities

    outcome, = _print([reports.load_comparison(load_cities(" ".join(args.slugs)))], args)
    if outcome.ok:
        print(f"ページ: {args.out / outcome.page}")
    return 0 if outcome.ok else 1


# --- status ------------------------------------------------------------------------------------------
def _declare_status(parser):
    parser.words.add_argument("slugs", nargs="*", metavar="団体", help="記録を全部表示する団体（書かなければ一覧）")
    _declare_out(parser, Path("out"))


def _run_status(args):
    from dxplan.city import find_slug
    from dxplan.press.ledger import load_rows

    wanted = {find_slug(text) for text in args.slugs}
    rows = load_rows(args.out)
    for row in rows:
        if not wanted or row["slug"] in wanted:
            print(f"{STATUS[row['status']]} {row['began']} {row['seconds']:6.1f}秒 {row['slug']} {row['title']}"
                  + (f": {row['error']}" if row["error"] else ""))
        if row["slug"] in wanted and row["log"]:
            print(row["log"])
    counts = "、".join(f"{word}{sum(row['status'] == name for row in rows):,}" for name, word in STATUS.items())
    print(f"{len(rows):,}団体: {counts}")
    return 0


def _near(path):
    """A path as seen from here, where it lies below."""
    path = Path(path)
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


COMMANDS = {
    "new": ("団体の設定ファイル（params）のひな形を書く", _declare_new, _run_new),
    "plan": ("計画を立て、主な数値を表示する", _declare_plan, _run_plan),
    "report": ("報告書のページと一覧をつくる", _declare_report, _run_report),
    "compare": ("いくつかの団体を1ページに並べる", _declare_compare, _run_compare),
    "status": ("報告書づくりの記録（状態・時間・失敗の理由）を表示する", _declare_status, _run_status),
}
