"""A renewal in words: what was recognised, each changed cell, and what it means."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from dxplan.facts import catalog
from dxplan.refresh.bodies import body_name
from dxplan.refresh.impact import Impact, System
from dxplan.refresh.reading import Reading
from dxplan.refresh.renewal import Renewal, known_day, main_column
from dxplan.refresh.tables import Change

MOST_LINES = 20  # changed cells told one by one; a list of all is written on request
MOST_NAMES = 10
LABELS = {
    "steps_done": "完了ステップ",
    "flagged_late": "該当見込み",
    "common_late": "共通機能の該当見込み",
    "name": "団体名",
    "kana": "団体名のかな",
}
LIMITS = (
    "稼働とみなす完了ステップの境(data/state_rules.csv)は、前の表から決めたものです。"
    "この表でも合うか確かめてください。"
)
BLANK = "(空欄)"


def reading_lines(renewal: Renewal, reading: Reading) -> Iterator[str]:
    """What was recognised in a sheet, and what the reader should know of it."""
    known = known_day(renewal.tables, *main_column(reading))
    day = f"{reading.as_of}時点" if reading.as_of else "時点は不明"
    yield f"{reading.where}: {reading.form}({day}。今の data/ は{known}時点)"
    yield f"  読んだ値 {len(reading.cells):,}"
    if reading.unknown:
        some = "、".join(reading.unknown[:MOST_NAMES])
        more = "など" if len(reading.unknown) > MOST_NAMES else ""
        yield f"  読まなかった列: {some}{more}({len(reading.unknown):,}列)"
    for note in reading.notes:
        yield f"  {note}"
    if reading.kind == "status" and known and reading.as_of and reading.as_of > known:
        yield f"  {LIMITS}"
    for fault in reading.faults:
        yield f"  取り込めません: {fault}"


def cell_lines(renewal: Renewal) -> Iterator[str]:
    """Each changed cell, as far as they are not too many to be read."""
    changes = renewal.changes
    yield f"変わる値: {len(changes):,}"
    for change in changes[:MOST_LINES]:
        yield f"  {cell_line(change)}"
    if len(changes) > MOST_LINES:
        yield f"  ほか{len(changes) - MOST_LINES:,}件。--list ファイル.csv で全部を書き出せます。"
    if renewal.words:
        yield f"ステップ別の語を{renewal.words:,}システムについて持ちます(data/step_words.csv)。"


def cell_line(change: Change) -> str:
    """One changed cell: whose it is, what it says, old and new."""
    return "{}({}) {}: {} → {}".format(*cell_row(change))


def cell_row(change: Change) -> tuple[str, str, str, str, str]:
    """Body, code, what, old and new of a changed cell."""
    code, *rest = change.cell.key
    what = column_label(change.cell.column)
    if rest:
        what = f"{_businesses()[rest[0]]} {what}"
    return body_name(code), code, what, change.old or BLANK, change.new or BLANK


def column_label(column: str) -> str:
    """A column of data/ by the words of the official file."""
    for row in catalog.load_rows("official_columns"):
        if row["column"] == column and column not in LABELS:
            return str(row["heading"])
    return LABELS.get(column, column)


def impact_lines(impact: Impact) -> Iterator[str]:
    """What the changes mean for the plans."""
    yield f"新たに稼働とみられるシステム: {len(impact.live):,}{_named(impact.live)}"
    yield f"新たに該当見込みとなったシステム: {len(impact.late):,}{_named(impact.late)}"
    yield f"該当見込みでなくなったシステム: {len(impact.off):,}{_named(impact.off)}"
    if impact.out:
        yield f"新たに対象外と分かったシステム: {len(impact.out):,}{_named(impact.out)}"
    back = [system for system, _, _ in impact.back]
    yield f"完了ステップが減ったシステム: {len(back):,}{_named(back)}"
    yield f"計画の前提が変わる団体: {len(impact.cities):,}{_bodies(impact.cities)}"
    for spread in impact.spreads:
        yield (
            f"  {column_label(spread.column)}: {spread.cells:,}件"
            f"(最小 {spread.least:+g}、中央値 {spread.middle:+g}、最大 {spread.greatest:+g})"
        )


def _named(found: Sequence[System]) -> str:
    some = "、".join(f"{body_name(one.code)} {one.business}" for one in found[:MOST_NAMES])
    return _in_brackets(some, len(found))


def _bodies(cities: Counter[str]) -> str:
    return _in_brackets("、".join(map(body_name, [*cities][:MOST_NAMES])), len(cities))


def _in_brackets(some: str, count: int) -> str:
    more = "など" if count > MOST_NAMES else ""
    return f"({some}{more})" if some else ""


def _businesses() -> dict[str, str]:
    return {str(row["no"]): row["business"] for row in catalog.load_rows("businesses")}
