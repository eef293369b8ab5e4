"""What a refresh would change: cells that official files say otherwise, and what follows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from dxplan.refresh.bodies import is_prefecture
from dxplan.refresh.reading import Reading, load_kinds
from dxplan.refresh.steps import STATUS, STEPS, WORDS
from dxplan.refresh.tables import Cell, Change, Tables, same_value

KNOWN, OUT, SERIES = "known_states", "対象外", "status"
OFFICIAL = "A"  # official text seen
TOWNS, BUSINESSES, COLUMNS = "municipalities", "businesses", "COLUMNS"
DERIVED = {  # what is counted from a column: (table, column)
    "steps_done": (
        (TOWNS, "steps_rate"),
        (BUSINESSES, "steps_rate"),
        (BUSINESSES, "complete"),
        (BUSINESSES, "below_half"),
    ),
    "flagged_late": ((TOWNS, "late_systems"), (BUSINESSES, "late_bodies")),
}


@dataclass
class Renewal:
    """Official files against data/.

    Attributes
    ----------
    tables : data/ as it would be.
    changes : cells that the files say otherwise, in the order of the files.
    out : systems that the files say are out of scope, and data/ did not.
    words : number of systems whose words for the steps are new or another.
    faults : why they may not be taken in together, Japanese sentences.
    """

    readings: list[Reading]
    tables: Tables
    changes: list[Change] = field(default_factory=list)
    out: list[tuple[str, str]] = field(default_factory=list)
    words: int = 0
    faults: list[str] = field(default_factory=list)


def build_renewal(readings: list[Reading], folder: Path, today: date) -> Renewal:
    """Compare what official files say with the tables of a folder; nothing is written.

    Parameters
    ----------
    readings : of one file or several.
    folder : of the tables.
    today : no file speaks of a later day.
    """
    renewal = Renewal(readings, Tables(folder))
    said: dict[Cell, str] = {}
    for reading in readings:
        _take(renewal, reading, said)
        renewal.faults += _order_faults(renewal.tables, reading, today)
    changed = {change.cell.column for change in renewal.changes}
    if "steps_done" in changed:
        _derive_steps(renewal.tables)
    if changed & {"flagged_late", "common_late"}:
        _derive_late(renewal.tables, readings)
    return renewal


def _take(renewal: Renewal, reading: Reading, said: dict[Cell, str]) -> None:
    tables, unlike = renewal.tables, 0
    for cell, text in reading.cells.items():
        first = said.setdefault(cell, text)
        if not same_value(first, text):
            unlike += 1
            continue
        old = tables.get(cell)
        if same_value(old, text):
            continue
        tables.put(cell, text)
        if cell.table == WORDS:
            renewal.words += 1
            _take_scope(renewal, reading, cell, text)
        else:
            renewal.changes.append(Change(cell, old, text))
    if unlike:
        renewal.faults.append(
            f"{reading.where}: 先に読んだ表と違うことを言うセルが{unlike:,}あります。どちらかを外してください。"
        )


def _take_scope(renewal: Renewal, reading: Reading, cell: Cell, words: str) -> None:
    """A system whose steps are all out of scope is none of the municipality's own, for now."""
    code, number = cell.key
    if is_prefecture(code):
        return
    tables, key = renewal.tables, (code, tables_business(renewal.tables, number))
    known = tables.table(KNOWN).rows.get(key)
    if set(words) == {"o"}:
        if not known or known["state"] != OUT:
            renewal.out.append(key)
        row = {"state": OUT, "on": str(reading.as_of), "unit": "状態", "as_of": str(reading.as_of)}
        row |= {"source": source_id(reading), "grade": OFFICIAL, "note": "40ステップすべてが対象外"}
        for column, text in row.items():
            tables.put(Cell(KNOWN, key, column), text)
    elif known and known["state"] == OUT and known["source"].startswith(SERIES):
        tables.drop(KNOWN, key)


def tables_business(tables: Tables, number: str) -> str:
    """The name of a business by its number."""
    return tables.table(BUSINESSES).rows[number,]["business"]


def source_id(reading: Reading) -> str:
    """The id in SOURCES of what a reading says."""
    day = reading.as_of
    return f"{load_kinds()[reading.kind]['series']}{day:%Y%m%d}" if day else ""


def known_day(tables: Tables, table: str, column: str) -> date | None:
    """The day that a column of data/ speaks of, by ``data/COLUMNS.csv``."""
    text = tables.get(Cell(COLUMNS, (table, column), "as_of"))
    return date.fromisoformat(text) if text else None


def main_column(reading: Reading) -> tuple[str, str]:
    """The column of data/ by whose day a reading is compared."""
    kind = load_kinds()[reading.kind]
    return kind["table"], kind["column"]


def _order_faults(tables: Tables, reading: Reading, today: date) -> Iterable[str]:
    if WORDS in (table for table, _ in reading.columns) and len(reading.columns) == 1:
        known = None  # prefectures: no column of data/ has a day for them
    else:
        known = known_day(tables, *main_column(reading))
    if reading.as_of is None:
        yield f"{reading.where}: いつの表か書かれていません。--as-of 2026-09-30 のように添えてください。"
    elif reading.as_of > today:
        yield f"{reading.where}: {reading.as_of}時点の表とありますが、まだ来ていない日です。"
    elif known and reading.as_of < known:
        yield f"{reading.where}: {reading.as_of}時点の表で、今の data/({known}時点)より古いものです。"


# --- what follows ---------------------------------------------------------------------------------
def _number(value: float, digits: int) -> str:
    text = f"{value:.{digits}f}".rstrip("0").rstrip(".")
    return text or "0"


def _derive_steps(tables: Tables) -> None:
    """Shares and counts of the steps: by municipality, by business, of the nation."""
    towns: dict[str, int] = defaultdict(int)
    by_business: dict[str, list[int]] = defaultdict(list)
    for (code, number), row in tables.table(STATUS).rows.items():
        done = int(row["steps_done"])
        towns[code] += done
        by_business[number].append(done)
    share = 1 / (STEPS * len(by_business))
    for code, done in towns.items():
        _keep(tables, Cell(TOWNS, (code,), "steps_rate"), _number(done * share, 4))
    for number, counts in by_business.items():
        mean = sum(counts) / len(counts) / STEPS
        _keep(tables, Cell(BUSINESSES, (number,), "steps_rate"), _number(mean, 4))
        complete = sum(done == STEPS for done in counts)
        _keep(tables, Cell(BUSINESSES, (number,), "complete"), str(complete))
        below = sum(done < STEPS / 2 for done in counts)
        _keep(tables, Cell(BUSINESSES, (number,), "below_half"), str(below))
    whole = sum(towns.values()) * share / len(towns)
    _keep(tables, Cell("nation", ("steps_rate",), "value"), _number(whole, 3))


def _keep(tables: Tables, cell: Cell, text: str) -> None:
    """Write a cell whose value is another by now."""
    if not same_value(tables.get(cell), text):
        tables.put(cell, text)


def _derive_late(tables: Tables, readings: list[Reading]) -> None:
    """Late systems by municipality, 共通機能 included, and bodies by business with prefectures."""
    towns: Counter[str] = Counter()
    bodies: Counter[str] = Counter()
    for (code, number), row in tables.table(STATUS).rows.items():
        flag = int(row["flagged_late"])
        towns[code] += flag
        bodies[number] += flag
    for key, row in tables.table(TOWNS).rows.items():
        late = towns[key[0]] + int(row["common_late"])
        _keep(tables, Cell(TOWNS, key, "late_systems"), str(late))
    for (number,), row in tables.table(BUSINESSES).rows.items():
        prefectures = sum(one.prefectures[row["business"]] for one in readings)
        late = bodies[number] + prefectures
        _keep(tables, Cell(BUSINESSES, (number,), "late_bodies"), str(late))
