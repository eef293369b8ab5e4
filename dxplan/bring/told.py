"""What a file of a city was understood to say, line by line, for the person who brought it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from dxplan.bring.brought import Brought
from dxplan.bring.cells import cell_name
from dxplan.bring.findings import LABELS, Note
from dxplan.bring.heads import TABLES, words_of
from dxplan.bring.table import Table, Taken
from dxplan.facts.letters import printable, shortened

MOST = 40  # notes and cells that are listed
NO_DAY = "ファイルの時点: 書かれていません(取り込むときは --as-of で答えてください)"
NAME = 40  # letters of a note


def brought_text(brought: Brought) -> str:
    """What was understood of a file and what was not, for a terminal."""
    lines = [brought.path.name]
    lines.append(f"ファイルの時点: {brought.day}" if brought.day else NO_DAY)
    for table in brought.tables:
        lines += _table(table)
    if brought.tasks and not brought.tables:
        lines.append(f"MS Project のXML: 作業 {len(brought.tasks):,}件")
    lines += _listed("分かったこと", _facts(brought))
    lines += _listed("未決(取り込まない)", brought.open)
    lines += _listed("メモとして残す行", map(_note, brought.notes), MOST)
    lines += _listed("ほか", brought.asides)
    if not brought.understood:
        lines.append("何の表か分かりませんでした。--as で表の種類を指定してください。")
    return "\n".join(lines)


def _table(table: Table) -> Iterator[str]:
    first, last = table.head.first + 1, table.head.last + 1
    rows = f"{first}行目" if first == last else f"{first}〜{last}行目"
    name = shortened(table.sheet.name, 31)
    yield f"シート「{name}」: {TABLES[table.kind]}、見出し {rows}、中身 {len(table.lines):,}行"
    taken = [_taken(table, column, one) for column, one in table.taken.items()]
    yield from _listed("取った列", taken, indent="  ")
    yield from _listed("取らなかった列", table.unused, indent="  ")
    faults = [f"{cell}: {fault}" for cell, fault in table.faults.items()]
    yield from _listed("読めなかったセル", faults, MOST, "  ")
    yield from _listed("注", table.asides, indent="  ")


def _taken(table: Table, column: str, taken: Taken) -> str:
    word = words_of(table.kind)[column]
    letters = cell_name(0, taken.at).rstrip("1")
    unit = f"、単位 {taken.unit}" if taken.unit else ""
    read = taken.reading.said - len(taken.reading.faults)
    said = f"{taken.why}、{read:,}/{taken.reading.said:,}件{unit}"
    return f"{letters}列「{shortened(taken.text, NAME)}」→ {word.label}({said})"


def _facts(brought: Brought) -> Iterator[str]:
    for fact in brought.facts:
        value = f"{fact.value:g}" if isinstance(fact.value, float) else fact.value
        unit = fact.unit if isinstance(fact.value, float) else ""
        yield f"{fact.entry} {LABELS[fact.name]} {value}{unit}({fact.where})"


def _note(note: Note) -> str:
    days = "〜".join(map(_day, (note.start, note.finish)))
    when = f" {days}" if note.start or note.finish else ""
    return f"{shortened(note.text, NAME)}{when}({note.why}、{note.where})"


def _day(day: date | None) -> str:
    return str(day or "")


def _listed(title: str, lines: Iterable[str], most: int = 0, indent: str = "") -> Iterator[str]:
    """A title with its lines, if there are any; the rest of many is counted."""
    told = list(lines)
    if not told:
        return
    yield f"{indent}{title}({len(told):,}件):"
    for line in told[: most or None]:
        yield f"{indent}  {printable(line)}"
    if most and len(told) > most:
        yield f"{indent}  ほか{len(told) - most:,}件"
