"""The mapping file: which column of a foreign table is what, so that the next month needs no guess.

A column is named by its head as it stands (予定/開始); the second of two equal heads ends in #2.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple

from ruamel.yaml.nodes import Node

from dxplan.bring.heads import TABLES, heads_of, words_of
from dxplan.bring.table import NOTHING, Table
from dxplan.bring.values import SCALES
from dxplan.facts.nodes import NodeReader, ParamError, Reader, raw
from dxplan.facts.texts import load_node

HEADING = """# 取り込みの対応表: 表の見出し(左)を、何の列として読むか(右)を書きます。
# 使わない列は "-" です。次の月のファイルは、この対応表で同じように読めます。
"""


class Pattern(NamedTuple):
    """How one table is read: its kind, its unit of money, head -> column."""

    kind: str
    unit: str
    columns: Mapping[str, str]


def load_mapping(path: Path) -> tuple[Pattern, ...]:
    """The tables that a mapping file describes.

    Raises
    ------
    ParamError : the file is wrong; every fault, in Japanese.
    """
    reader = NodeReader(path)
    node = load_node(path)
    tables = reader.named(node, "表", TABLES, partial(_table, reader))
    if reader.faults:
        raise ParamError(reader.told())
    return tuple(table for table in tables.values() if isinstance(table, Pattern))


def _table(reader: NodeReader, node: Node, kind: str) -> object:
    readers: dict[str, Reader] = {
        "unit": partial(reader.choice, SCALES),
        "columns": partial(_columns, reader, kind),
    }
    entry = reader.mapping(node, kind, readers)
    if not isinstance(entry, dict):
        return entry
    if "columns" not in entry:
        return reader.fault(
            node, f"{kind}: columns(見出しと列の組)がありません。書き足してください。"
        )
    return Pattern(kind, str(entry.get("unit", "")), entry["columns"])


def _columns(reader: NodeReader, kind: str, node: Node, key: str) -> dict[str, str]:
    columns = {}
    known = (*words_of(kind), NOTHING)
    for name, value in reader.pairs(node, key):
        reader.choice(known, value, f"{key}.{raw(name)}")
        columns[raw(name)] = raw(value)
    taken = Counter(column for column in columns.values() if column != NOTHING)
    for column, count in taken.items():
        if count > 1:
            reader.fault(node, f"{key}: {column} が{count}つあります。1つだけにしてください。")
    return columns


def mapping_text(tables: Iterable[Table], unit: str = "") -> str:
    """The mapping file of tables as they were understood; what is open is left to the reader."""
    done: set[str] = set()
    text = HEADING
    for table in tables:
        if table.taken and table.kind not in done:
            done.add(table.kind)
            text += "\n".join(_lines(table, unit)) + "\n"
    return text


def _lines(table: Table, unit: str) -> Iterator[str]:
    yield f"{table.kind}:  # {TABLES[table.kind]}"
    units = {taken.unit for taken in table.taken.values() if taken.unit}
    if unit or len(units) == 1:
        yield f"  unit: {unit or units.pop()}"
    yield "  columns:"
    places = dict(table.blank)  # the next month may fill them
    for column in table.taken:
        places = {at: one for at, one in places.items() if one != column}
    places |= {taken.at: column for column, taken in table.taken.items()}
    words = words_of(table.kind)
    for at, name in enumerate(heads_of(table.head)):
        column = places.get(at, NOTHING)
        said = words[column].label if column in words else "使わない・未決"
        if name:
            yield f'    {json.dumps(name, ensure_ascii=False)}: "{column}"  # {said}'
