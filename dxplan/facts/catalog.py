"""The tables in `data/`, and the facts (unit, date, source, grade) of their numbers.

A table is read once, checked against its declared columns and kept; what is handed out is a copy.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, get_args

from dxplan.facts.columns import CatalogError, Column, columns, load_cells, load_csv
from dxplan.facts.letters import nearest
from dxplan.facts.months import GateRule, SessionRule
from dxplan.files import DATA, settle

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Municipality:
    """One of the 1,741 municipalities; `data/COLUMNS.csv` has units and sources of its numbers.

    None stands for a blank cell: not surveyed, or not applicable. It is never zero.

    Attributes
    ----------
    code : six digits with check digit, text.
    type : 市, 特別区, 町 or 村; `class_` : 指定都市, 中核市, 施行時特例市, 一般市, 特別区, 町 or 村.
    population : persons on the resident register, 2023-01-01; `population_census` : persons, census
        2020.
    staff_general : persons in general administration, 2024-04-01 (not the whole staff).
    steps_rate : 0..1, share of the 20 x 40 steps done; `late_systems` : count,
        共通機能 included; `common_late` : whether 共通機能 was listed.
    """

    code: str
    pref_code: str
    pref: str
    name: str
    kana: str
    type: str
    class_: str
    population: int
    population_census: int
    households: int
    population_65plus: int
    staff_general_2023: int
    staff_general: int
    fiscal_strength: float
    current_balance_ratio: float
    debt_service_ratio: float
    future_burden_ratio: float | None
    laspeyres: float
    dx_cio: bool | None
    dx_cio_assistant: bool | None
    dx_policy: bool | None
    dx_cross_org: bool | None
    dx_external_talent: bool | None
    dx_staff_training: bool | None
    dx_all_staff_training: bool | None
    dx_ai: bool
    dx_rpa: bool
    dx_telework: bool
    mynumber_card_pct: int
    online26_pct: int
    online32_pct: int | None
    steps_rate: float
    late_systems: int
    common_late: bool


class Steps(NamedTuple):
    """Where one system stands.

    Attributes
    ----------
    steps_done : 0..40, steps done in the ministry's PMO tool, end of 2026-01.
    flagged_late : whether it was listed as 特定移行支援システム該当見込み, end of 2025-12.
    """

    steps_done: int
    flagged_late: bool


@dataclass(frozen=True)
class Change:
    """A municipality, or a ward, of before: what became of it.

    Attributes
    ----------
    change : such as 市制施行 or 新設合併.
    old_code : six digits that it had; `district` : its 郡, where it is known.
    codes : of today's municipalities, with blanks between them.
    """

    day: date
    change: str
    old_code: str
    district: str | None
    old_name: str
    codes: str


@dataclass(frozen=True)
class ColumnFact:
    """Unit, as-of date, source id and grade (A B C M G) of one column of a wide table."""

    unit: str
    as_of: date
    source: str
    grade: str
    note: str


@dataclass(frozen=True)
class Source:
    """A row of `data/SOURCES.csv`; `file` and `sha256` are lists in the same order, with blanks."""

    id: str
    title: str
    publisher: str
    address: str
    as_of: date
    read_on: date
    licence: str
    file: str
    sha256: str


Cell = Any  # of a table: pandas has no types
Cells = tuple[Cell, ...]
Row = dict[str, Cell]
Named = Any  # a row of ``itertuples``: its columns are attributes
Record = TypeVar("Record", Municipality, Change, ColumnFact, Source, GateRule, SessionRule)


def _columns_of(record: type) -> tuple[Column, ...]:
    kinds = {str: "text", int: "int", float: "number", bool: "flag", date: "date"}
    declared = []
    for field in fields(record):
        kind, *none = get_args(field.type) or (field.type,)
        declared.append(Column(field.name.rstrip("_"), kinds[kind], not none))
    return tuple(declared)


FACTS = ("text unit", "date as_of", "text source grade", "text? note")

TABLES: dict[str, tuple[Column, ...]] = {
    "municipalities": _columns_of(Municipality),
    "changes": (*_columns_of(Change), *columns(*FACTS[1:])),
    "standardization_status": columns(
        "text code", "int business_no steps_done", "flag flagged_late"
    ),
    "prefectures": columns(
        "text code pref_code pref kana",
        "int municipalities population_census households staff_general",
    ),
    "businesses": columns(
        "int no",
        "text business name_en",
        "int wave",
        "text? tie",
        "flag after_register",
        "text ministry",
        "number steps_rate",
        "int complete below_half late_bodies",
    ),
    "busy_seasons": columns(
        "text id business",
        "int month_from month_to",
        "int? year",
        "int severity",
        "text reason",
        *FACTS,
    ),
    "budget_gates": columns("text name", "day request_by available", "int years_after", *FACTS),
    "council_sessions": columns("text name", "day start end", *FACTS),
    "budget_calendar": columns(
        "text id event", "int month_from month_to", "text window", "text? example", *FACTS
    ),
    "finance_rates": columns(
        "text id measure target", "number? rate", "int? cap_yen fiscal_from fiscal_to", *FACTS
    ),
    "COLUMNS": columns("text table column", *FACTS),
    "SOURCES": columns(
        "text id title publisher",
        "text? address",
        "date as_of read_on",
        "text licence",
        "text? file sha256",
    ),
    "council_questions": columns(
        "text! id",
        "text about",
        "text? calls",
        "number rank",
        "text question text ground",
        *FACTS[1:],
    ),
    "questions": columns(
        "text! name",
        "text? label",
        "text asked",
        "number? low high",
        "text? through",
        "flag against",
        *FACTS[1:],
    ),
    "question_worth": columns(
        "text! class",
        "int! pop_min pop_max",
        "flag! lots",
        "text! name",
        "text kind",
        "int rank",
        "number months_low months_high points_low points_high",
        "int yen_low yen_high",
        "flag flips",
        *FACTS[1:],
    ),
    "params": columns(
        "text name topic label kind unit", "text? minimum maximum step choices", "text meaning"
    ),
    "asked": columns(
        "text! part name",
        "text label kind unit",
        "text? minimum maximum step choices",
        "text meaning",
    ),
    "relations": columns("text! low high", "text rule"),
    "defaults": columns(
        "text name",
        "text? class",
        "int? pop_min pop_max",
        "date? from",
        "text value",
        *FACTS[1:],
        "text? low high range_grade",
        "text kind",
    ),
    "sections": columns("text organisation section business", "number staff_share", *FACTS),
    "forms": columns(
        "text form kind",
        "text? tier",
        "text roles",
        "int coach",
        "text? measure",
        "text duty",
        *FACTS,
    ),
    "form_values": columns(
        "text! form name", "number value", *FACTS, "text low high range_grade kind"
    ),
    "form_places": columns(
        "text form", "text? prefs classes", "text eligible reason steps", *FACTS
    ),
    "offices": columns("text? organisation prefs", "text word name", *FACTS),
    "meetings": columns("text! meeting", "number dx section others hours low high", *FACTS),
    "shelf": columns(
        "text exhibit part",
        "text? words page within notebooks csv sheet about paper",
        "int? frozen",
        "text? wide board picture audience",
    ),
    "editions": columns(
        "text! edition", "text words title told", "text? hides columns", "text why"
    ),
    "initiatives": columns(
        "text! id",
        "text initiative group template default lead",
        "text? sections businesses needs helped_by",
        "flag after_lot",
        "text? funds kpi status_column",
        "number? status_done",
        "text? risk",
        *FACTS,
    ),
    "initiative_items": columns(
        "text! template",
        "int! no",
        "text item phase",
        "text? preds",
        "number? months_min months_mode months_max",
        "number dx_fte section_fte",
        "text pace source_effort grade_effort",
        *FACTS,
    ),
    "initiative_values": columns(
        "text id name",
        "text? driver",
        "int? pop_min pop_max",
        "number value low high",
        "text range_grade",
        *FACTS,
    ),
    "head_words": columns(
        "text?! table", "text! column", "text label kind", "int weight", "text? words", *FACTS[1:]
    ),
    "aliases": columns("text! kind", "text?! key", "text? words whole", *FACTS[1:]),
    "operation_levers": columns("text! lever", "text line how ask", "text? caution", *FACTS),
    "lessons": columns("int step", "text part title made", "int managers", *FACTS),
    "headings": columns("text! column", "text? label unit", "form kind", "text? words"),
    "districts": columns("text pref district codes", *FACTS[1:]),
    "labels": columns("text! group", "text?! key", "text label"),
    "papers": columns("text! paper", "text word seen about"),
    "paper_sheets": columns(
        "text paper word label", "text? title", "text scope form", "text? note none", "flag upright"
    ),
    "paper_lines": columns("text form part", "text? what when rows text enter ground", *FACTS[1:]),
    "particulars": columns(
        "text! id", "text part about", "text? calls", "number rank", "text kind text"
    ),
    "islands": columns("text! place pref", "text codes", *FACTS[1:]),
    "phrases": columns("text! phrase", "text fact kind text"),
    "forbidden_words": columns("text! word", "text reason instead", "text? but"),
    "duties": columns(
        "text! area duty", "text accountable responsible", "text? consulted informed", *FACTS[1:]
    ),
    "nation": columns("text id label", "number value", *FACTS),
    "business_work": columns("text business", "number weight", *FACTS),
    "work_items": columns(
        "text key",
        "int no",
        "text item phase scope lead support",
        "number? months_min months_mode months_max",
        "int step_from step_to",
        "number dx_fte section_fte vendor_share",
        "text source_name grade_name",
        *FACTS,
    ),
    "steps": columns("int step", "text item_no step_name", *FACTS),
    "official": columns(
        "text! kind",
        "text label series publisher title",
        "int months lag",
        "flag page",
        "text table column",
        *FACTS,
    ),
    "official_columns": columns("text! kind heading", "text column form", "text? day"),
    "step_words": columns("text! code", "int! business_no", "text words"),
    "state_rules": columns("text id label", "number value", "date speaks_of", *FACTS),
    "known_states": columns("text code business state", "date on", *FACTS),
    "late_list": columns("date day", "int? bodies systems systems_total", *FACTS),
    "announced_cutovers": columns(
        "text code",
        "text? businesses",
        "text words live",
        "text? window",
        "text kind address",
        *FACTS,
    ),
    "lot_template": columns(
        "text key work part",
        "int? weeks",
        "number? growth months_min months_mode months_max",
        "text? lag_to",
        "int? lag_min_weeks lag_max_weeks",
        *FACTS,
    ),
    "risk_events": columns(
        "text! id", "text label scope", "number p", "text effect", "number? low mode high", *FACTS
    ),
    "hard_weeks": columns("text business", "day first last", "text reason", *FACTS),
    "elections": columns("date day", "text election", "int weeks_apart", "text businesses", *FACTS),
}


def load_table(name: str) -> "pd.DataFrame":
    """The table `data/<name>.csv` as a typed frame (see `load_csv`), the caller's own to change.

    Raises
    ------
    CatalogError : no such table is declared, or its file is wrong.
    """
    if name not in TABLES:
        near = f"近い名は「{nearest(name, TABLES)}」です。使える表: {'、'.join(TABLES)}"
        raise CatalogError(f"表「{name}」はありません。{near}")
    return _table(name).copy()


def load_rows(name: str) -> list[Row]:
    """The rows of `data/<name>.csv` by column; a blank cell of a number or a date is None."""
    cells = load_cells(_file(name), TABLES[name])
    return [dict(zip(cells, row, strict=True)) for row in zip(*cells.values(), strict=True)]


def load_municipality(code: str) -> Municipality:
    """The municipality of a six-digit code.

    Raises
    ------
    CatalogError : the code is not six digits, its check digit is wrong, or no municipality has it.
    """
    known = _municipalities()
    if not isinstance(code, str) or not re.fullmatch("[0-9]{6}", code):
        how = '"122033" のように引用符で囲んで書いてください。'
        raise CatalogError(f"「{code}」は6桁の自治体コードではありません。{how}")
    if code not in known:
        raise CatalogError(code_fault(code))
    return known[code]


def load_municipalities() -> tuple[Municipality, ...]:
    """The 1,741 municipalities in the order of their codes."""
    return tuple(_municipalities().values())


@cache
def load_districts() -> Mapping[str, str]:
    """Code of a town, village or ward -> its 郡, or the designated city whose ward it is."""
    districts: dict[str, str] = {}
    for row in load_rows("districts"):
        districts |= dict.fromkeys(row["codes"].split(), row["district"])
    return MappingProxyType(districts)


@cache
def load_changes() -> Mapping[str, Change]:
    """Code of before -> what became of who had it, in the order of the days."""
    changes = {row.old_code: row for row in _records(Change, "changes")}
    return MappingProxyType(changes)


def succession(old: Change) -> str:
    """What became of a municipality of before, in Japanese."""
    known, pref = _municipalities(), old.old_code[:2]
    now = [known[code] for code in old.codes.split()]
    before = next(town.pref for town in known.values() if town.pref_code == pref)
    today = "と".join(f"{town.pref}{town.name}({town.code})" for town in now)
    name = f"{before}{old.district or ''}{old.old_name}({old.old_code})"
    return f"{name}は{old.day}の{old.change}で変わり、今の団体は{today}です。"


def load_steps(code: str) -> dict[int, Steps]:
    """Business number 1..20 -> where that system of a municipality stands.

    Raises
    ------
    CatalogError : the code is not that of a municipality.
    """
    return dict(_steps()[load_municipality(code).code])


def load_column(table: str, column: str) -> ColumnFact:
    """Unit, date, source and grade of a column of a wide table, from `data/COLUMNS.csv`.

    Raises
    ------
    CatalogError : the column has no row there.
    """
    try:
        return _column_facts()[table, column]
    except KeyError:
        wrong = f"data/COLUMNS.csv に、表 {table} の列 {column} の行がありません。"
        raise CatalogError(f"{wrong}単位・時点・出典・確度の行を加えてください。") from None


def load_source(id: str) -> Source:
    """A source by its id, from `data/SOURCES.csv`.

    Raises
    ------
    CatalogError : there is no such id.
    """
    known = _sources()
    if id not in known:
        near = f"近い名は「{nearest(id, known)}」です。id の列にある名を使ってください。"
        raise CatalogError(f"出典「{id}」は data/SOURCES.csv にありません。{near}")
    return known[id]


def records(table: "pd.DataFrame") -> list[Row]:
    """The rows of a table by the names of its columns: ``to_dict``, in a fifth of its time."""
    names = [str(name) for name in table.columns]
    rows = zip(*(_plain(table[name]) for name in table.columns), strict=True)
    return [dict(zip(names, row, strict=True)) for row in rows]


def _plain(column: "pd.Series[Any]") -> list[Any]:
    """The values of a column, without types of numpy."""
    values: list[Any] = column.tolist()
    if column.dtype == object:
        values = [value.item() if hasattr(value, "item") else value for value in values]
    return values


def source_title(source: str) -> str:
    """Title and publisher of a source id; other text, such as a consultant's words, as it is."""
    row = _sources().get(source)
    if not row:
        return source
    if row.publisher in ("dxplan", ""):
        return row.title
    return f"{row.publisher}「{row.title}」"


@cache
def load_gate_rules() -> tuple[GateRule, ...]:
    """The budget occasions of every year, from `data/budget_gates.csv`."""
    return tuple(_records(GateRule, "budget_gates"))


@cache
def load_session_rules() -> tuple[SessionRule, ...]:
    """The regular council sessions of every year, from `data/council_sessions.csv`."""
    return tuple(_records(SessionRule, "council_sessions"))


def city_of_ward(code: str) -> Municipality | None:
    """The designated city (指定都市) of a ward's six digits; None where they are no ward's."""
    known = _municipalities()
    city = load_districts().get(code, "")
    if code in known or not city:
        return None
    for town in known.values():
        if town.name == city and town.pref_code == code[:2]:
            return town
    return None


def code_fault(code: str) -> str:
    """Why six digits are no code of a municipality, and which may be meant, in Japanese."""
    digit = check_digit(code[:5])
    known = _municipalities()
    if code[5] != digit:
        meant = "この番号の団体はありません。番号を確かめてください。"
        right = known.get(code[:5] + digit)
        if right:
            meant = f"{right.pref}{right.name}なら {right.code} です。"
        return f"自治体コード「{code}」の検査数字(6桁目)は {code[5]} ではなく {digit} です。{meant}"
    absent = f"自治体コード「{code}」は、市区町村の一覧({len(known):,}団体)にありません。"
    if code in load_changes():
        return absent + succession(load_changes()[code])
    city = city_of_ward(code)
    if city:
        how = f"の区のコードです。区は市で計画します: {city.code}({city.pref}{city.name})"
        return f"{absent}{city.name}{how}"
    near = min(known.values(), key=lambda town: abs(int(town.code) - int(code)))
    return (
        f"{absent}都道府県と、指定都市の区のコードは使えません。"
        f"近いコード: {near.code}({near.pref}{near.name})"
    )


def check_digit(code5: str) -> str:
    """The check digit of a five-digit municipality code.

    Source: 総務省 全国地方公共団体コード, modulus 11 with the weights 6, 5, 4, 3, 2.

    Raises
    ------
    CatalogError : the code is not five digits.
    """
    if not re.fullmatch("[0-9]{5}", code5):
        how = "検査数字を除いた5桁で書いてください。"
        raise CatalogError(f"「{code5}」は5桁の数字ではありません。{how}")
    total = 0
    for digit, weight in zip(code5, (6, 5, 4, 3, 2), strict=True):
        total += int(digit) * weight
    return str((11 - total % 11) % 10)


def _file(name: str) -> Path:
    """A table's file, as it was before a refresh that was cut short or as it is after it."""
    settle(DATA)
    return DATA / f"{name}.csv"


@cache
def _table(name: str) -> "pd.DataFrame":
    return load_csv(_file(name), TABLES[name])


def _records(record: type[Record], name: str) -> Iterator[Record]:
    names = [field.name.rstrip("_") for field in fields(record)]
    cells = load_cells(_file(name), TABLES[name])
    return map(record, *(cells[column] for column in names))


@cache
def _municipalities() -> dict[str, Municipality]:
    return {row.code: row for row in _records(Municipality, "municipalities")}


@cache
def _steps() -> dict[str, dict[int, Steps]]:
    steps: dict[str, dict[int, Steps]] = {}
    for row in load_rows("standardization_status"):
        code, business, done, late = row.values()
        steps.setdefault(code, {})[business] = Steps(done, late)
    return steps


@cache
def _column_facts() -> dict[tuple[str, str], ColumnFact]:
    keys = [(row["table"], row["column"]) for row in load_rows("COLUMNS")]
    return dict(zip(keys, _records(ColumnFact, "COLUMNS"), strict=True))


@cache
def _sources() -> dict[str, Source]:
    return {row.id: row for row in _records(Source, "SOURCES")}
