"""Taking a renewal in: origins, hashes and history, all files of data/ in one step.

data/*.csv                     the new state; COLUMNS and SOURCES say of which day and file
data/history/TABLE_DAY.csv.gz  a table as it was, by the day that it spoke of
data/history/log.csv           what was taken in, when, from a file of which hash
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from dxplan.bring.archive import BookError
from dxplan.facts import months
from dxplan.files import write_together
from dxplan.refresh.reading import Reading, load_kinds
from dxplan.refresh.renewal import DERIVED, OFFICIAL, Renewal, known_day, main_column, source_id
from dxplan.refresh.steps import STATUS, WORDS
from dxplan.refresh.tables import Cell, Tables

COLUMNS, SOURCES, RULES, LATE_LIST = "COLUMNS", "SOURCES", "state_rules", "late_list"
HISTORY, LOG = "history", "history/log.csv"
LOG_HEADER = "day kind form as_of cells file sha256".split()
SPEAKS = {"status": "live_steps", "late": "flagged_steps"}  # kind -> rule that speaks of its day
OVERTAKEN = "読んでいる間に data/ が変わりました。もう一度実行してください。"
LICENCE = "不明・要確認"


def write_renewal(renewal: Renewal, paths: list[Path], today: date) -> list[str]:
    """Write what a renewal changes into its folder, all or nothing; the names of the files.

    Parameters
    ----------
    paths : the official files, in the order of the readings' files.
    today : the day on which they were read.

    Raises
    ------
    OSError : the folder cannot be written; it is as it was.
    BookError : somebody else has changed it since it was read.
    """
    tables = renewal.tables
    stamps = _stamps(renewal)
    for reading in renewal.readings:
        assert reading.as_of
        source = _record_source(tables, reading, today)
        _record_columns(tables, reading, source)
        _record_day(tables, reading, source)
    changed = dict(tables.changed())
    if not changed:
        return []
    _record_hashes(tables, changed)
    changed |= dict(tables.changed())
    files = {f"{name}.csv": content for name, content in changed.items()}
    # the steps of a month are kept also where the next month has the same
    for name in {*changed, *({STATUS} & set(stamps) & set(tables.before))}:
        files |= _kept(tables, name, stamps.get(name, f"until_{today}"))
    files[LOG] = _log(tables.folder, renewal, paths, today)
    for name, before in tables.before.items():
        if (tables.folder / f"{name}.csv").read_bytes() != before:
            raise BookError(OVERTAKEN)
    write_together(tables.folder, files)
    return sorted(files)


def _stamps(renewal: Renewal) -> dict[str, str]:
    """Table -> the day that it speaks of before the renewal; that of its steps, if it has them."""
    stamps = {}
    for reading in renewal.readings:
        table, column = main_column(reading)
        stamps[table] = str(known_day(renewal.tables, table, column))
    if STATUS in stamps:
        stamps[STATUS] = str(known_day(renewal.tables, STATUS, "steps_done"))
    return stamps


def _record_source(tables: Tables, reading: Reading, today: date) -> str:
    """The id of the source of a reading, whose row is written."""
    kind = load_kinds()[reading.kind]
    assert reading.as_of
    source = source_id(reading)
    row = {
        "title": kind["title"].format(months.day_words(reading.as_of)),
        "publisher": kind["publisher"],
        "as_of": str(reading.as_of),
        "read_on": str(today),
        "licence": LICENCE,
    }
    for column, text in row.items():
        tables.put(Cell(SOURCES, (source,), column), text)
    for name in {f"{table}.csv" for table, _ in reading.columns} & {
        f"{STATUS}.csv",
        f"{WORDS}.csv",
    }:
        if reading.kind == "status":
            _move_file(tables, name, source)
    return source


def _move_file(tables: Tables, name: str, source: str) -> None:
    """Name a file in the row of the source that it comes from by now."""
    for row in tables.table(SOURCES).rows.values():
        row["file"] = " ".join(one for one in row["file"].split() if one != name)
    row = tables.table(SOURCES).rows[(source,)]
    row["file"] = " ".join([*row["file"].split(), name])


def _record_columns(tables: Tables, reading: Reading, source: str) -> None:
    """Day, source and grade of the columns that a reading renews, and of what follows from them."""
    columns = list(reading.columns)
    for _, column in reading.columns:
        columns += DERIVED.get(column, ())
    for table, column in columns:
        key = (table, column)
        if key not in tables.table(COLUMNS).rows:
            continue  # words of steps have no row
        day = reading.days.get(column, reading.as_of)
        tables.put(Cell(COLUMNS, key, "as_of"), str(day))
        tables.put(Cell(COLUMNS, key, "source"), source)
        tables.put(Cell(COLUMNS, key, "grade"), OFFICIAL)


def _record_day(tables: Tables, reading: Reading, source: str) -> None:
    """The day of the rules that read a state from these figures, and the sums of the nation."""
    rule, day = SPEAKS.get(reading.kind), str(reading.as_of)
    towns = any(table == STATUS for table, _ in reading.columns)
    if not rule or not towns:
        return
    tables.put(Cell(RULES, (rule,), "speaks_of"), day)
    if reading.kind == "status":
        tables.put(Cell("nation", ("steps_rate",), "as_of"), day)
        tables.put(Cell("nation", ("steps_rate",), "source"), source)
    else:
        _record_late(tables, reading, source)


def _record_late(tables: Tables, reading: Reading, source: str) -> None:
    """The sums of the list as a row of the series of sums, where the day has none."""
    day = str(reading.as_of)
    if (day,) in tables.table(LATE_LIST).rows:
        return
    flags = [cell for cell, text in reading.cells.items() if text == "1"]
    row = {
        "bodies": "",
        "systems": str(len(flags) + sum(reading.prefectures.values())),
        "unit": "団体・システム",
        "as_of": day,
        "source": source,
        "grade": OFFICIAL,
        "note": "一覧の印の数。共通機能を含む",
    }
    for column, text in row.items():
        tables.put(Cell(LATE_LIST, (day,), column), text)


# --- hashes, history, log -------------------------------------------------------------------------
def _record_hashes(tables: Tables, changed: Mapping[str, bytes]) -> None:
    """The sha256 of each file of SOURCES, in the order named."""
    for row in tables.table(SOURCES).rows.values():
        hashes = []
        for name in row["file"].split():
            content = changed.get(name.removesuffix(".csv"))
            if content is None:
                content = (tables.folder / name).read_bytes()
            hashes.append(hashlib.sha256(content).hexdigest())
        row["sha256"] = " ".join(hashes)


def _kept(tables: Tables, name: str, stamp: str) -> Iterator[tuple[str, bytes]]:
    """A table as it was, under the day that it spoke of; numbered where that day has another."""
    content, number = gzip.compress(tables.before[name], mtime=0), 1
    path = f"{HISTORY}/{name}_{stamp}.csv.gz"
    while (tables.folder / path).exists():
        if (tables.folder / path).read_bytes() == content:
            return
        number += 1
        path = f"{HISTORY}/{name}_{stamp}_{number}.csv.gz"
    yield path, content


def _log(folder: Path, renewal: Renewal, paths: list[Path], today: date) -> bytes:
    """The log with a row for each reading."""
    path = folder / LOG
    rows = []
    if path.exists():
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))[1:]
    hashes = {one.name: hashlib.sha256(one.read_bytes()).hexdigest() for one in paths}
    for reading in renewal.readings:
        name = reading.where.partition("「")[0]
        row = [str(today), reading.kind, reading.form, str(reading.as_of)]
        rows.append([*row, str(len(reading.cells)), name, hashes.get(name, "")])
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([LOG_HEADER, *rows])
    return text.getvalue().encode()
