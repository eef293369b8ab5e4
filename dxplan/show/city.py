"""One municipality as it stands.

Its official figures, the state of its systems with its doubt, and what the plan assumes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from dxplan.facts import catalog
from dxplan.facts.catalog import source_title
from dxplan.facts.params import Value
from dxplan.plan.pmo import PmoPlan
from dxplan.show import labels, style
from dxplan.show.state import as_of_text, situation_text
from dxplan.show.style import Figure, Table
from dxplan.town.city import City
from dxplan.town.defaults import load_specs
from dxplan.town.systems import STEPS, System, load_rules

FACTS = {  # group of figures -> columns of municipalities.csv
    "人口と職員": "population population_65plus households staff_general".split(),
    "財政": (
        "fiscal_strength current_balance_ratio debt_service_ratio future_burden_ratio".split()
    ),
    "DXの体制": (
        "dx_cio dx_cio_assistant dx_policy dx_cross_org dx_external_talent dx_staff_training "
        "dx_all_staff_training"
    ).split(),
    "DXの取組": ("dx_ai dx_rpa dx_telework mynumber_card_pct online26_pct online32_pct".split()),
    "標準化": ["steps_rate_2026_01", "late_systems_2025_12"],
}
LOOKS = {
    "live": style.OWN,
    "presumed": (style.SKY, "/"),
    "unsure": style.AMBER,
    "flagged": style.AMBER,
    "late": ("#f4b6ba", ""),
    "out": style.GREY,
}


def source_line(table: str, *columns: str) -> str:
    """「出典・時点・確度」 of columns of a table in data/, as one line."""
    parts = {}  # an ordered set: columns of one source are told once
    for column in columns:
        fact = catalog.load_column(table, column)
        parts[_origin_text(fact.source, fact.as_of, fact.grade)] = True
    return f"出典: {'、'.join(parts)}"


def _origin_text(source: str, as_of: object, grade: str) -> str:
    day = labels.as_of_text(as_of)
    return f"{source_title(source)}({day}時点、確度{labels.grade_text(grade)})"


def _steps_source() -> str:
    return source_line("standardization_status", "steps_done_2026_01", "flagged_late_2025_12")


# --- official figures -----------------------------------------------------------------------------
def city_table(city: City) -> Table:
    """Population, staff, finance and DX indicators, each with unit, date, source and grade."""
    rows = [(group, *_fact_row(city, name)) for group, names in FACTS.items() for name in names]
    columns = ["group", "what", "value", "unit", "as_of", "source", "grade"]
    title = f"{city.pref}{city.name}のすがた"
    return Table(pd.DataFrame(rows, columns=columns), title, labels.grades_text(), "what", "group")


def _fact_row(city: City, name: str) -> tuple:
    fact = catalog.load_column("municipalities", name)
    value = getattr(city.facts, name)
    text, unit = _fact_text(value, fact.unit)
    return labels.FACTS[name], text, unit, str(fact.as_of), source_title(fact.source), fact.grade


def _fact_text(value: object, unit: str) -> tuple[str, str]:
    if value is None:
        return "公表なし", labels.MISSING
    if value is True:
        return "実施", labels.MISSING
    if value is False:
        return "未実施", labels.MISSING
    if unit.startswith("率"):
        return labels.percent_text(value), "%"
    return labels.number_text(value), unit


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
            system.state.value,
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
    return system.steps.value


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
        doubt = DOUBTS[state.value]
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


def systems_figure(city: City) -> Figure:
    """Steps done of 40 for each system, with its state by colour and the late list by a mark."""
    with style.sheet(4.9, 8.4) as canvas:
        axes = canvas.add_axes((0.2, 0.12, 0.72, 0.8))
        _draw_systems(axes, city)
        title = f"{city.name}の20業務の完了ステップと状態"
        words = situation_text(city), _states_source(city)
        return style.drawn(canvas, "systems", title, *words, state_table(city))


def _draw_systems(axes: Axes, city: City) -> None:
    for row, system in enumerate(city.systems):
        steps, word = _steps_of(system), system.state.value
        style.draw_boxes(axes, [(0, steps, row - 0.35, row + 0.35)], LOOKS[word])
        text = f"{int(steps)}"
        if system.late:
            text += " ▲"
        axes.text(
            steps + 0.4,
            row,
            text,
            va="center",
            fontsize=7.5,
            bbox={"facecolor": style.PAPER, "edgecolor": "none", "pad": 0.4},
        )
    axes.set(
        xlim=(0, STEPS + 3),
        ylim=(len(city.systems) - 0.4, -0.6),
        xlabel="完了ステップ(40のうち。番号の順に進むとは限らない)",
    )
    axes.set_yticks(range(len(city.systems)), [system.business for system in city.systems])
    _draw_limits(axes)
    style.plain_axes(axes, "x")
    axes.legend(
        handles=_state_handles(city), loc="upper center", bbox_to_anchor=(0.42, -0.09), ncol=4
    )


def _state_handles(city: City) -> list[Patch]:
    """The states that the city has, in the order of ``LOOKS``, and the mark of the late list."""
    present = {system.state.value for system in city.systems}
    handles = []
    for state, look in LOOKS.items():
        if state in present:
            handles.append(style.look_patch(look, labels.word_of("state", state)))
    mark = "▲ 特定移行支援システムの該当見込み"
    return [*handles, Patch(facecolor="none", edgecolor="none", label=mark)]


LIMITS = {"presumed_steps": "みなす", "contract_steps": "契約", "live_steps": "稼働"}


def _draw_limits(axes: Axes) -> None:
    """The steps from which a system counts as in operation, presumed so, or under contract."""
    rules = load_rules()
    for name, text in LIMITS.items():
        step = rules[name].value - 0.5
        axes.axvline(step, color=style.INK, linewidth=0.7, linestyle=(0, (4, 2)), zorder=0.5)
        axes.text(step, -0.75, text, ha="center", va="bottom", fontsize=7.5)


# --- honest progress ------------------------------------------------------------------------------
def progress_text(plan: PmoPlan) -> str:
    """Steps, systems in operation, and those presumed so, beside the nation's figures."""
    steps, live, presumed = (f"{labels.percent_text(rate)}%" for rate in _rates(plan))
    return (
        f"{plan.city.name}の完了ステップは{steps}だが、稼働の割合ではない。"
        f"稼働したとみられるシステムは{live}、"
        f"2026年3月末までに稼働したとみなすものを加えると{presumed}である。"
        f"全国で稼働したシステムは、{_nation_text('live_rate')}、"
        f"{_nation_text('live_most_2026_03', '多くとも')}である。"
    )


def _rates(plan: PmoPlan) -> tuple[float, float, float]:
    """Shares of the steps, of the systems in operation, and with those presumed so."""
    share = plan.progress
    return share["steps"], share["live"], share["live"] + share["presumed"]


def _nation() -> dict[str, dict]:
    """The nation's figures by id: value, as_of, source, grade."""
    return {row["id"]: row for row in catalog.load_table("nation").to_dict("records")}


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
        parts.append(f"{row['label']}は{_origin_text(row['source'], row['as_of'], row['grade'])}")
    return (
        f"{_steps_source()}。全国の{'、'.join(parts)}。"
        f"稼働とみなす境は設計上の仮定({labels.UNCONFIRMED})"
    )


def progress_figure(plan: PmoPlan) -> Figure:
    """Steps done, systems live, and with those presumed live, beside the nation's marks."""
    table = progress_table(plan)
    with style.sheet(1.9, 8.4) as canvas:
        axes = canvas.add_axes((0.36, 0.25, 0.62, 0.72))
        _draw_progress(axes, table.frame)
        words = progress_text(plan), _progress_source()
        return style.drawn(canvas, "progress", table.title, *words, table)


def _draw_progress(axes: Axes, frame: pd.DataFrame) -> None:
    looks = (style.GREY, LOOKS["live"], LOOKS["presumed"])
    names = []
    for row, (measure, rate, nation) in enumerate(frame.itertuples(index=False)):
        style.draw_boxes(axes, [(0, rate * 100, row - 0.31, row + 0.31)], looks[row])
        names.append(f"{labels.word_of('measure', measure)}  {labels.percent_text(rate)}%")
        # The nation's mark has a light rim, so that it is seen on the bar.
        for colour, thick in ((style.PAPER, 5), (style.INK, 2.2)):
            axes.plot(
                [nation * 100] * 2,
                [row - 0.42, row + 0.42],
                color=colour,
                linewidth=thick,
                zorder=6,
            )
        text = f"全国 {labels.percent_text(nation)}%"
        if measure == "presumed":
            text = text.replace(" ", " 多くとも")
        axes.text(nation * 100, row + 0.51, text, ha="center", va="top", fontsize=7.5)
    axes.set(xlim=(0, 103), ylim=(2.86, -0.55), xticks=range(0, 101, 20), xlabel="%")
    axes.set_yticks(range(3), names, fontsize=8.5)
    style.plain_axes(axes, "x")


# --- assumptions ----------------------------------------------------------------------------------
GROUPS = {  # group of assumptions -> names of parameters and of tables
    "時点と期限": "basis_date start_date target_date end_date".split(),
    "人と時間": (
        "dx_staff dx_fte dx_share section_share section_staff busy_share_1 busy_share_2 "
        "busy_share_3 busy_limit busy_seasons"
    ).split(),
    "作業": "work_scale business_work work_items steps".split(),
    "状態とロット": "state_rules lot_template hard_weeks elections".split(),
    "ベンダ": (
        "vendor_earliest vendor_likely vendor_latest slip_rate slip_least slip_likely slip_most "
        "offer"
    ).split(),
    "余裕と幅": "reserve_weeks papers_reserve factor_share".split(),
    "調達と予算": "rfp_start budget_gates wait_most notice_months".split(),
    "人材": [],
    "研修": [],
    "費用と財源": [],
    "重みと計算": (
        "price_finish price_target price_end price_weekend price_holiday price_busy_1 "
        "price_busy_2 price_busy_3 price_link price_move price_peak price_over effort seed"
    ).split(),
}
# Topic of a parameter -> its group.
TOPICS = {"staffing": "人材", "training": "研修", "budget": "費用と財源"}


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
    order = list(GROUPS)
    rows.sort(key=lambda row: order.index(row.group))
    unsure = sum(labels.GRADES[row.grade].unconfirmed for row in rows)
    title = f"計画の前提と出典({len(rows)}件、うち{labels.UNCONFIRMED}{unsure}件)"
    frame = pd.DataFrame(rows, columns=Assumption._fields)
    return Table(frame, title, labels.grades_text(), "what", "group")


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
        numbers = [int(value.value) for value in values]
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
        value.unit,
        value.as_of,
        source_title(value.source),
        value.grade,
        value.note,
    )


def _group(value: Value) -> str:
    for group, names in GROUPS.items():
        if value.name in names:
            return group
    if _topic(value) in TOPICS:
        return TOPICS[_topic(value)]
    if value.unit == "月日":  # budget gates; the rest are named vendors
        return "調達と予算"
    return "ベンダ"


def _table_rows() -> Iterator[Assumption]:
    """One row for each table in data/ that the plan rests on; the rules of states one by one."""
    for rule in catalog.load_table("state_rules").to_dict("records"):
        value = f"{rule['value']:g}"
        yield _table_row("状態とロット", rule["label"], value, rule["unit"], rule)
    yield _span_row("契約までの{}作業項目の標準の期間", "か月", "work_items", "months_mode")
    yield _span_row("移行ロットの{}作業の標準の期間", "週", "lot_template", "weeks")
    yield _count_row("状態とロット", "切替を置かない期間", "hard_weeks")
    yield _count_row("状態とロット", "切替を避ける選挙", "elections")
    yield _span_row("{}業務の作業量の重み", "倍", "business_work", "weight")
    yield _count_row("人と時間", "業務ごとの繁忙期", "busy_seasons")


def _span_row(what: str, unit: str, name: str, column: str) -> Assumption:
    """How many numbers a column of a table has, and between which they lie."""
    table = catalog.load_table(name)
    numbers = table[column].dropna()
    span = f"{numbers.min():g}〜{numbers.max():g}"
    return _table_row("作業", what.format(len(numbers)), span, unit, _weakest(table))


def _count_row(group: str, what: str, name: str) -> Assumption:
    table = catalog.load_table(name)
    return _table_row(group, what, str(len(table)), "件", _weakest(table))


def _weakest(table: pd.DataFrame) -> Mapping[str, object]:
    """The row of a table that is least sure: it speaks for the table."""
    grade = max(table["grade"], key=list(labels.GRADES).index)
    return table[table["grade"] == grade].iloc[0]


def _table_row(
    group: str, what: str, value: str, unit: str, row: Mapping[str, object]
) -> Assumption:
    """An assumption with the origin of a row of data/."""
    return Assumption(
        group,
        what,
        value,
        unit,
        str(row["as_of"])[:10],
        source_title(row["source"]),
        row["grade"],
        row["note"],
    )
