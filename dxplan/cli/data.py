"""`dxplan refresh` and `dxplan data`: official files of later months, and their age."""

from __future__ import annotations

import csv
import io
from argparse import Namespace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from dxplan.cli.parser import Parser, UsageError, complain, day_of, near_path
from dxplan.files import DATA, csv_cell, disk_reason, place_fault, write_whole

if TYPE_CHECKING:
    from dxplan.refresh.reading import Reading
    from dxplan.refresh.renewal import Renewal

CHANGED, FAULTY = 1, 2
LIST_HEADER = ("団体", "コード", "項目", "今の値", "新しい値")
READ_ONLY = (
    "データの場所 {} には書けません({})。data/ を書ける場所に写し、"
    "環境変数 DXPLAN_DATA でその場所を指してください。"
)


# --- refresh -------------------------------------------------------------------------------------
def _declare_refresh(parser: Parser) -> None:
    parser.words.add_argument(
        "files", nargs="*", type=Path, metavar="ファイル", help="省庁の公表ファイル(Excel・CSV)"
    )
    add = parser.options.add_argument
    add("--accept", action="store_true", help="data/ に取り込む(既定: 違いを示すだけで書かない)")
    add("--as-of", type=day_of, metavar="日付", help="表の時点が書かれていないとき(例: 2026-09-30)")
    add("--list", type=Path, metavar="CSV", help="変わる値のすべてを書き出すファイル")


def _run_refresh(args: Namespace) -> int:
    from dxplan.files import settle
    from dxplan.refresh import tell
    from dxplan.refresh.impact import build_impact
    from dxplan.refresh.renewal import build_renewal

    if not args.files:
        raise UsageError(
            "公表ファイルが書かれていません。`dxplan refresh 表.xlsx` のように書いてください。"
        )
    readings, refused = _load(args.files, args.as_of)
    if not readings:
        return FAULTY
    settle(DATA)
    renewal = build_renewal(readings, DATA, date.today())
    lines = [line for reading in readings for line in tell.reading_lines(renewal, reading)]
    lines += tell.cell_lines(renewal)
    if renewal.changes or renewal.out:
        lines += tell.impact_lines(build_impact(renewal))
    print("\n".join(lines))
    if args.list:
        _write_list(args.list, renewal)
    faults = [*renewal.faults, *(fault for one in readings for fault in one.faults)]
    if not args.accept:
        return _end(renewal, refused, faults)
    if refused or faults:
        for fault in renewal.faults:
            complain(fault)
        complain("取り込みませんでした。data/ は元のままです。")
        return FAULTY
    return _accept(renewal, args.files)


def _load(paths: list[Path], as_of: date | None) -> tuple[list[Reading], int]:
    """What the files say, and how many of them cannot be read."""
    from dxplan.bring.archive import BookError
    from dxplan.refresh.recognise import load_readings

    readings, refused = [], 0
    for path in paths:
        try:
            readings += load_readings(path, as_of)
        except BookError as fault:
            complain(str(fault))
            refused += 1
    return readings, refused


def _end(renewal: Renewal, refused: int, faults: list[str]) -> int:
    """The status of a look: 0 nothing differs, 1 something does, 2 a file is faulty."""
    for fault in renewal.faults:
        print(f"取り込むときに要ること: {fault}")
    if refused or (faults and len(faults) > len(renewal.faults)):
        return FAULTY
    if not renewal.changes and not renewal.out:
        print("今の data/ と同じです。")
        return 0
    print("まだ書いていません。取り込むには --accept を付けてください。")
    return CHANGED


def _accept(renewal: Renewal, paths: list[Path]) -> int:
    from dxplan.bring.archive import BookError
    from dxplan.refresh.keep import write_renewal

    fault = place_fault(DATA)
    if fault:
        complain(READ_ONLY.format(near_path(DATA), fault))
        return FAULTY
    try:
        written = write_renewal(renewal, paths, date.today())
    except OSError as reason:
        complain(READ_ONLY.format(near_path(DATA), disk_reason(reason)))
        return FAULTY
    except BookError as reason:
        complain(str(reason))
        return FAULTY
    if not written:
        print("今の data/ と同じです。書くものはありません。")
    else:
        print(f"取り込みました: {near_path(DATA)} の {'、'.join(written)}")
        print("前の状態は data/history/ にあります。")
    return 0


def _write_list(path: Path, renewal: Renewal) -> None:
    from dxplan.refresh.tell import cell_row

    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(LIST_HEADER)
    for change in renewal.changes:
        writer.writerow(map(csv_cell, cell_row(change)))
    try:
        write_whole(path, text.getvalue().encode("utf-8-sig"))
    except OSError as fault:
        raise UsageError(f"{path} には書けません({disk_reason(fault)})。") from None
    print(f"書きました: {near_path(path)}")


# --- data ----------------------------------------------------------------------------------------
def _declare_data(parser: Parser) -> None:
    add = parser.options.add_argument
    add("--at", type=day_of, metavar="日付", help="この日を基準に古さを数える(既定: 今日)")
    add("--speeds", action="store_true", help="保存された2つ以上の時点から、進む速さを示す")
    add("--all", action="store_true", help="公表の周期のない出典も、1つずつ示す")


def _run_data(args: Namespace) -> int:
    from dxplan.facts import ages, catalog

    if args.speeds:
        return _run_speeds()
    day = args.at or date.today()
    print(f"{day} に見た、公表データの古さ({near_path(DATA)})")
    for age in ages.load_ages(day):
        months = ages.full_months(age.as_of, day)
        state = f"公表{age.missed}回分古い" if age.missed else "最新とみられる"
        print(f"  {age.label}: {age.as_of}時点、{months}か月前({age.months}か月ごと) {state}")
    dated = {age.source for age in ages.load_ages(day)}
    rest = [row for row in catalog.load_rows("SOURCES") if row["id"] not in dated]
    if not args.all:
        print(f"そのほかの出典(公表の周期のないもの): {len(rest)}件。--all で1つずつ示します。")
        return 0
    print(f"そのほかの出典(公表の周期のないもの、{len(rest)}件)")
    for row in rest:
        months = ages.full_months(row["as_of"], day)
        print(f"  {catalog.source_title(row['id'])}: {row['as_of']}時点、{months}か月前")
    return 0


def _run_speeds() -> int:
    from dxplan.refresh.speeds import speed_lines

    print("\n".join(speed_lines(DATA)))
    return 0


COMMANDS = {
    "refresh": ("省庁の公表ファイルを今のデータと比べ、取り込む", _declare_refresh, _run_refresh),
    "data": ("公表データの古さと、時点の間で進んだ速さを示す", _declare_data, _run_data),
}
