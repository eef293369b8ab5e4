"""One municipality as it stands.

Its official figures, the state of its systems with its doubt, and what the plan assumes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import pandas as pd

from dxplan.facts import catalog
from dxplan.facts.catalog import Row, records, source_title
from dxplan.facts.params import Value
from dxplan.plan.pmo import PmoPlan
from dxplan.plan.rating import weakest
from dxplan.show import axes, labels, style
from dxplan.show.charts import Canvas, Pen
from dxplan.show.state import as_of_text
from dxplan.show.style import Figure, Table
from dxplan.town.city import City
from dxplan.town.defaults import load_specs
from dxplan.town.systems import System

FULL_TIME = "人手の量は、常勤職員に換算した人数。"


def _steps_source() -> str:
    return labels.source_line("standardization_status", "steps_done", "flagged_late")


# --- official figures -----------------------------------------------------------------------------
def city_table(city: City) -> Table:
    """Population, staff, finance and DX indicators, each with unit, date, source and grade."""
    groups = labels.words_of("fact_group").items()
    rows = [(group, *_fact_row(city, name)) for name, group in groups]
    columns = ["group", "what", "value", "unit", "as_of", "source", "grade"]
    title = f"{city.pref}{city.name}のすがた"
    return Table(
        pd.DataFrame(rows, columns=columns),
        title,
        f"{labels.grades_text()}{FULL_TIME}",
        "what",
        "group",
    )


def _fact_row(city: City, name: str) -> tuple:
    fact = catalog.load_column("municipalities", name)
    value = getattr(city.facts, name)
    text, unit = labels.fact_text(value, fact.unit)
    label, source = labels.word_of("fact", name), source_title(fact.source)
    return label, text, unit, str(fact.as_of), source, fact.grade


# --- the systems ----------------------------------------------------------------------------------
def state_table(city: City) -> Table:
    """The 20 businesses and 共通機能.

    State, the day it speaks of, steps, late list, lot, and what has to be asked.
    """
    lots = {business: lot.name for lot in city.lots for business in lot.businesses}
    rows = [
        (
            system.no,
            system.business,
            system.section,
            system.state.word,
            system.state.as_of,
            _steps_of(system),
            system.late,
            lots.get(system.business, ""),
            _doubt_text(system),
        )
        for system in city.movable
    ]
    columns = "no business section state speaks steps flagged lot doubt".split()
    frame = pd.DataFrame(rows, columns=columns).astype({"steps": object})
    return Table(frame, f"{city.name}の20業務と共通機能の状態", _states_source(city), "business")


def _steps_of(system: System) -> float | None:
    if system.steps is None:
        return None
    return system.steps.number


DOUBTS = {  # state that nobody has confirmed -> what has to be asked
    "live": "完了ステップから見た状態。稼働日を確かめる",
    "presumed": f"期限までに稼働したとみなす。{labels.UNCONFIRMED}",
    "unsure": "稼働か未移行かを確かめる",
    "flagged": "一覧にあるが完了ステップは多い。稼働か未移行かを確かめる",
    "late": "ベンダの提示日と契約の範囲を確かめる",
    "out": "団体の事務ではないとみなす",
}


def _doubt_text(system: System) -> str:
    """How sure the state of a system is, and what has to be asked."""
    state = system.state
    if system.presumed:
        doubt = DOUBTS[state.word]
        if state.value == "unsure" and _steps_of(system) == 0:
            doubt = f"完了ステップの報告がない。{doubt}"
        return doubt
    text = f"団体が確かめた状態({state.where})"
    if system.since:
        text += f"。{labels.date_text(system.since)}から"
    return text


def _states_source(city: City) -> str:
    own = dict.fromkeys(system.state.where for system in city.movable if not system.presumed)
    source = _steps_source()
    if own:
        source += f"。状態の一部は {'、'.join(own)} による"
    return f"{source}。{as_of_text(city)}"


# --- honest progress ------------------------------------------------------------------------------
def progress_text(plan: PmoPlan) -> str:
    """Steps, systems in operation, and those presumed so, beside the nation's figures."""
    steps, live, presumed = (f"{labels.percent_text(rate)}%" for rate in _rates(plan))
    return (
        f"{plan.city.name}の完了ステップは{steps}だが、稼働の割合ではない。"
        f"稼働したとみられるシステムは{live}、"
        f"令和8年3月末までに稼働したとみなすものを加えると{presumed}である。"
        f"全国で稼働したシステムは、{_nation_text('live_rate')}、"
        f"{_nation_text('live_most_2026_03', '多くとも')}である。"
    )


def _rates(plan: PmoPlan) -> tuple[float, float, float]:
    """Shares of the steps, of the systems in operation, and with those presumed so."""
    share = plan.progress
    return share["steps"], share["live"], share["live"] + share["presumed"]


def _nation() -> dict[str, dict]:
    """The nation's figures by id: value, as_of, source, grade."""
    return {row["id"]: row for row in records(catalog.load_table("nation"))}


def _nation_text(name: str, most: str = "") -> str:
    row = _nation()[name]
    return f"{labels.as_of_text(row['as_of'])}時点で{most}{labels.percent_text(row['value'])}%"


def progress_table(plan: PmoPlan) -> Table:
    """The shares of the city, and the nation's where they are published."""
    nation = _nation()
    frame = pd.DataFrame(
        {
            "measure": ["steps", "live", "presumed"],
            "rate": _rates(plan),
            "nation": [
                nation[name]["value"] for name in ("steps_rate", "live_rate", "live_most_2026_03")
            ],
        }
    )
    return Table(frame, "3つの見方による進捗", _progress_source(), "measure")


def _progress_source() -> str:
    nation = _nation()
    parts = []
    for name in ("live_rate", "live_most_2026_03"):
        row = nation[name]
        parts.append(
            f"{row['label']}は{labels.origin_text(row['source'], row['as_of'], row['grade'])}"
        )
    return (
        f"{_steps_source()}。全国の{'、'.join(parts)}。稼働とみなす境は仮定({labels.UNCONFIRMED})"
    )


def progress_figure(plan: PmoPlan) -> Figure:
    """Steps done, systems live, and with those presumed live, beside the nation's marks."""
    table = progress_table(plan)
    draw = partial(_draw_progress, table.frame)
    words = progress_text(plan), _progress_source()
    return style.fitted(draw, "progress", table.title, *words, table)


NATION = Pen(width=2.2)
LOOKS = (style.PACE, style.LIVE, style.TAKEN)


def _draw_progress(frame: pd.DataFrame, canvas: Canvas) -> None:
    words = []
    for row in frame.itertuples():
        text = f"全国 {labels.percent_text(row.nation)}%"
        if row.measure == "presumed":
            text = text.replace(" ", " 多くとも")
        name = labels.word_of("measure", row.measure)
        words.append((f"{name}  {labels.percent_text(row.rate)}%", text))
    panels = axes.rows(canvas, words, 12, (0, 100))
    for look, panel, row in zip(LOOKS, panels, frame.itertuples(), strict=True):
        panel.boxes([(0, 100, 0.14, 0.86)], (style.PAPER, ""), 2)
        panel.boxes([(0, row.rate * 100, 0.14, 0.86)], look)
        # The nation's mark has a light rim, so that it is seen on the bar.
        for pen in (NATION._replace(color=style.PAPER, width=5), NATION):
            panel.line([row.nation * 100] * 2, (0, 1), pen, zorder=6)
    axes.key(canvas, {"全国の割合(枠は100%)": NATION._replace(width=0, mark="|", size=9)})


# --- assumptions ----------------------------------------------------------------------------------


class Assumption(NamedTuple):
    """One thing that the plan rests on, with its origin."""

    group: str
    what: str
    value: str
    unit: str
    as_of: str
    source: str
    grade: str
    note: str
    between: str | None = None
    nature: str | None = None


def assumptions_table(city: City, *topics: str) -> Table:
    """What the plan rests on: value, unit, as-of date, source, grade; 要確認 where unconfirmed.

    Parameters
    ----------
    city : the municipality.
    topics : topics of parameters wanted beside common (pmo, staffing, training, budget); pmo where
        none is given. The values of the forms of outsiders have a table of their own.
    """
    topics = topics or ("pmo",)
    rows = []
    for what, value in _in_force(city):
        if _topic(value) in (*topics, "common"):
            rows.append(_assumption(what, value))
    if "pmo" in topics:
        rows += _table_rows()
    order = list(labels.words_of("assumption").values())
    rows.sort(key=lambda row: order.index(row.group))
    unsure = labels.unsure_count(rows)
    title = f"計画の前提と出典({len(rows)}件、うち{labels.UNCONFIRMED}{unsure}件)"
    frame = pd.DataFrame(rows, columns=Assumption._fields)
    return Table(frame, title, f"{labels.grades_text()}{FULL_TIME}", "what", "group")


def _topic(value: Value) -> str:
    """The topic of a parameter; what a city says beside the parameters belongs to the roadmap."""
    if value.name in load_specs():
        return load_specs()[value.name].topic
    return "pmo"


def _in_force(city: City) -> Iterator[tuple[str, Value]]:
    """What the city assumes from the plan's start on, with its names; the steps as ranges."""
    rows = city.assumptions()
    steps: dict[tuple, list[Value]] = {}
    for place, (what, value) in enumerate(rows):
        if value.name == "steps":
            origin = (value.as_of, value.source, value.grade, value.where)
            steps.setdefault(origin, []).append(value)
        elif not _superseded(city, what, value, rows[place + 1 :]):
            yield what, value
    for values in steps.values():
        numbers = [int(value.number) for value in values]
        span = str(min(numbers))
        if min(numbers) < max(numbers):
            span = f"{span}〜{max(numbers)}"
        shared = replace(values[0], value=span, unit="ステップ(40のうち)", start=None)
        yield f"{len(values)}業務の完了ステップ", shared


def _superseded(city: City, what: str, value: Value, later: Sequence[tuple[str, Value]]) -> bool:
    """Whether a later value of the same name is in force when the plan starts."""
    for other_what, other in later:
        same = other_what == what and other.name == value.name
        if same and other.start and other.start <= city.start:
            return True
    return False


def _assumption(what: str, value: Value) -> Assumption:
    if value.start:
        what += f"({labels.date_text(value.start)}から)"
    return Assumption(
        _group(value),
        what,
        labels.amount_text(value.value),
        labels.unit_text(value.unit),
        value.as_of,
        source_title(value.source),
        value.grade,
        value.note,
        _between_text(value),
        value.span and value.span.kind,
    )


def _between_text(value: Value) -> str | None:
    """Between which ends a default may lie, with the grade of the range; None where it has none."""
    span = value.span
    if not span or span.low is None:
        return None
    ends = f"{labels.amount_text(span.low)}〜{labels.amount_text(span.high)}"
    return f"{ends}(確度{span.grade})"


def _group(value: Value) -> str:
    groups = labels.words_of("assumption")
    group = groups.get(value.name) or groups.get(_topic(value))
    if group:
        return group
    if value.unit == "月日":
        return groups["budget_gates"]
    return groups["offer"]  # the rest are named vendors


def _table_rows() -> Iterator[Assumption]:
    """One row for each table in data/ that the plan rests on; the rules of states one by one."""
    for rule in records(catalog.load_table("state_rules")):
        value = f"{rule['value']:g}"
        yield _table_row("state_rules", rule["label"], value, rule["unit"], rule)
    yield _span_row("契約までの{}作業項目の標準の期間", "か月", "work_items", "months_mode")
    yield _span_row("移行ロットの{}作業の標準の期間", "週", "lot_template", "weeks")
    yield _count_row("切替を置かない期間", "hard_weeks")
    yield _count_row("切替を避ける選挙", "elections")
    yield _span_row("{}業務の作業量の比重", "倍", "business_work", "weight")
    yield _count_row("業務ごとの繁忙期", "busy_seasons")


def _span_row(what: str, unit: str, name: str, column: str) -> Assumption:
    """How many numbers a column of a table has, and between which they lie."""
    table = catalog.load_table(name)
    numbers = table[column].dropna()
    span = f"{numbers.min():g}〜{numbers.max():g}"
    return _table_row(name, what.format(len(numbers)), span, unit, _weakest(table))


def _count_row(what: str, name: str) -> Assumption:
    table = catalog.load_table(name)
    return _table_row(name, what, str(len(table)), "件", _weakest(table))


def _weakest(table: pd.DataFrame) -> pd.Series:
    """The row of a table that is least sure: it speaks for the table."""
    grade = weakest(table["grade"])
    return table[table["grade"] == grade].iloc[0]


def _table_row(name: str, what: str, value: str, unit: str, row: Row) -> Assumption:
    """An assumption with the origin of a row of a table in data/."""
    return Assumption(
        labels.word_of("assumption", name),
        what,
        value,
        unit,
        str(row["as_of"])[:10],
        source_title(row["source"]),
        row["grade"],
        row["note"],
    )
