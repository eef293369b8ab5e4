"""One municipality as it stands: its official figures, the state of its systems with its doubt, and what the plan assumes."""

from __future__ import annotations

from datetime import date

import pandas as pd
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

FACTS = {
    "人口と職員": ("population", "population_65plus", "households", "staff_general"),
    "財政": (
        "fiscal_strength",
        "current_balance_ratio",
        "debt_service_ratio",
        "future_burden_ratio",
    ),
    "DXの体制": (
        "dx_cio",
        "dx_cio_assistant",
        "dx_policy",
        "dx_cross_org",
        "dx_external_talent",
        "dx_staff_training",
        "dx_all_staff_training",
    ),
    "DXの取組": (
        "dx_ai",
        "dx_rpa",
        "dx_telework",
        "mynumber_card_pct",
        "online26_pct",
        "online32_pct",
    ),
    "標準化": ("steps_rate_2026_01", "late_systems_2025_12"),
}
LOOKS = {
    "live": (style.BLUE, ""),
    "presumed": ("#8fb3ff", "/"),
    "unsure": ("#f2a900", "/"),
    "flagged": ("#f2a900", "/"),
    "late": ("#f4b6ba", ""),
    "out": ("#d9d9de", "."),
}


def source_line(table: str, *columns: str) -> str:
    """「出典・時点・確度」 of columns of a table in data/, as one line."""
    facts = [catalog.load_column(table, column) for column in columns]
    parts = dict.fromkeys(
        f"{source_title(f.source)}({labels.as_of_text(f.as_of)}時点、確度{labels.grade_text(f.grade)})"
        for f in facts
    )
    return f"出典: {'、'.join(parts)}"


# --- official figures --------------------------------------------------------------------------------
def city_table(city: City) -> Table:
    """Population, staff, finance and DX indicators, each with unit, as-of date, source and grade."""
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
        return ("公表なし", labels.MISSING)
    if isinstance(value, bool):
        return ("実施" if value else "未実施", labels.MISSING)
    if unit.startswith("率"):
        return (labels.percent_text(value), "%")
    return (labels.number_text(value), unit)


# --- the systems -------------------------------------------------------------------------------------
def state_table(city: City) -> Table:
    """The 20 businesses and 共通機能: state, the day it speaks of, steps, late list, lot, and what has to be asked."""
    lots = {business: lot.name for lot in city.lots for business in lot.businesses}
    rows = [
        (
            s.no,
            s.business,
            s.section,
            s.state.value,
            s.state.as_of,
            _steps_of(s),
            s.late,
            lots.get(s.business, ""),
            _doubt_text(s),
        )
        for s in city.movable
    ]
    columns = ["no", "business", "section", "state", "speaks", "steps", "flagged", "lot", "doubt"]
    frame = pd.DataFrame(rows, columns=columns).astype({"steps": object})
    return Table(frame, f"{city.name}の20業務と共通機能の状態", _states_source(city), "business")


def _steps_of(system: System) -> float | None:
    return system.steps.value if system.steps else None


def _doubt_text(system: System) -> str:
    """How sure the state of a system is, and what has to be asked."""
    if not system.presumed:
        since = f"。{labels.date_text(system.since)}から" if system.since else ""
        return f"団体が確かめた状態({system.state.where}){since}"
    steps = _steps_of(system)
    return {
        "live": "完了ステップから見た状態。稼働日を確かめる",
        "presumed": f"期限までに稼働したとみなす。{labels.UNCONFIRMED}",
        "unsure": "完了ステップの報告がない。稼働か未移行かを確かめる"
        if steps == 0
        else "稼働か未移行かを確かめる",
        "flagged": "一覧にあるが完了ステップは多い。稼働か未移行かを確かめる",
        "late": "ベンダの提示日と契約の範囲を確かめる",
        "out": "団体の事務ではないとみなす",
    }[system.state.value]


def _states_source(city: City) -> str:
    own = dict.fromkeys(s.state.where for s in city.movable if not s.presumed)
    said = f"。状態の一部は {'、'.join(own)} による" if own else ""
    return f"{source_line('standardization_status', 'steps_done_2026_01', 'flagged_late_2025_12')}{said}。{as_of_text(city)}"


def systems_figure(city: City) -> Figure:
    """Steps done of 40 for each system, with its state by colour and the late list by a mark."""
    sentence = situation_text(city)
    with style.drawing():
        canvas = style.canvas(4.9, 8.4)
        axes = canvas.add_axes((0.2, 0.12, 0.72, 0.8))
        _draw_systems(axes, city)
        svg = style.svg_text(
            canvas, "systems", f"{city.name}の20業務の完了ステップと状態", sentence
        )
    return Figure("systems", svg, sentence, _states_source(city), state_table(city))


def _draw_systems(axes, city: City) -> None:
    for row, system in enumerate(city.systems):
        steps, word = _steps_of(system), system.state.value
        style.draw_boxes(axes, [(0, steps, row - 0.35, row + 0.35)], LOOKS[word])
        mark = " ▲" if system.late else ""
        axes.text(
            steps + 0.4,
            row,
            f"{int(steps)}{mark}",
            va="center",
            fontsize=7.5,
            bbox={"facecolor": style.PAPER, "edgecolor": "none", "pad": 0.4},
        )
    axes.set(
        xlim=(0, STEPS + 3),
        ylim=(len(city.systems) - 0.4, -0.6),
        xlabel="完了ステップ(40のうち。番号の順に進むとは限らない)",
    )
    axes.set_yticks(range(len(city.systems)), [s.business for s in city.systems])
    _draw_limits(axes)
    style.plain_axes(axes, "x")
    kinds = dict.fromkeys(s.state.value for s in city.systems)
    axes.legend(
        handles=_state_handles(kinds),
        loc="upper center",
        bbox_to_anchor=(0.42, -0.09),
        ncol=4,
        frameon=False,
    )


def _state_handles(kinds) -> list[Patch]:
    found = [
        style.look_patch(LOOKS[word], labels.word_of("state", word))
        for word in LOOKS
        if word in kinds
    ]
    return [
        *found,
        Patch(facecolor="none", edgecolor="none", label="▲ 特定移行支援システムの該当見込み"),
    ]


def _draw_limits(axes) -> None:
    """The steps from which a system counts as in operation, as presumed so, and as under contract (要確認)."""
    rules = load_rules()
    for name, text in (
        ("presumed_steps", "みなす"),
        ("contract_steps", "契約"),
        ("live_steps", "稼働"),
    ):
        step = rules[name].value - 0.5
        axes.axvline(step, color=style.INK, linewidth=0.7, linestyle=(0, (4, 2)), zorder=0.5)
        axes.text(step, -0.75, text, ha="center", va="bottom", fontsize=7.5)


# --- honest progress ---------------------------------------------------------------------------------
def progress_text(plan: PmoPlan) -> str:
    """Steps, systems in operation, and those presumed so, beside the nation's figures."""
    share = plan.progress
    sure = labels.percent_text(share["live"])
    both = labels.percent_text(share["live"] + share["presumed"])
    own = (
        f"{plan.city.name}の完了ステップは{labels.percent_text(share['steps'])}%だが、稼働の割合ではない。稼働したとみられるシステムは{sure}%、"
        f"2026年3月末までに稼働したとみなすものを加えると{both}%である。"
    )
    country = _nation()
    first, last = country["live_rate"], country["live_most_2026_03"]
    return (
        f"{own}全国で稼働したシステムは、{labels.as_of_text(first['as_of'])}時点で{labels.percent_text(first['value'])}%、"
        f"{labels.as_of_text(last['as_of'])}時点で多くとも{labels.percent_text(last['value'])}%である。"
    )


def _nation() -> dict[str, dict]:
    """The nation's figures by id: value, as_of, source, grade."""
    return {row["id"]: row for row in catalog.load_table("nation").to_dict("records")}


def progress_table(plan: PmoPlan) -> Table:
    """The shares of the city, and the nation's where they are published."""
    country, share = _nation(), plan.progress
    rows = [
        ("steps", share["steps"], country["steps_rate"]["value"]),
        ("live", share["live"], country["live_rate"]["value"]),
        ("presumed", share["live"] + share["presumed"], country["live_most_2026_03"]["value"]),
    ]
    frame = pd.DataFrame(rows, columns=["measure", "rate", "nation"])
    return Table(frame, "3つの見方による進捗", _progress_source(), "measure")


def _progress_source() -> str:
    country = _nation()
    parts = "、".join(
        f"{country[name]['label']}は{source_title(country[name]['source'])}({labels.as_of_text(country[name]['as_of'])}時点、"
        f"確度{labels.grade_text(country[name]['grade'])})"
        for name in ("live_rate", "live_most_2026_03")
    )
    return (
        f"{source_line('standardization_status', 'steps_done_2026_01', 'flagged_late_2025_12')}。全国の{parts}。"
        f"稼働とみなす境は設計上の仮定({labels.UNCONFIRMED})"
    )


def progress_figure(plan: PmoPlan) -> Figure:
    """Steps done, systems live, and with those presumed live, side by side, with the nation's marks."""
    table, sentence = progress_table(plan), progress_text(plan)
    with style.drawing():
        canvas = style.canvas(1.9, 8.4)
        axes = canvas.add_axes((0.36, 0.25, 0.62, 0.72))
        _draw_progress(axes, table.frame)
        svg = style.svg_text(canvas, "progress", table.title, sentence)
    return Figure("progress", svg, sentence, _progress_source(), table)


def _draw_progress(axes, frame: pd.DataFrame) -> None:
    looks = (("#d9d9de", "."), LOOKS["live"], LOOKS["presumed"])
    for row, (rate, nation) in enumerate(zip(frame["rate"], frame["nation"])):
        style.draw_boxes(axes, [(0, rate * 100, row - 0.31, row + 0.31)], looks[row])
        for colour, thick in ((style.PAPER, 5), (style.INK, 2.2)):
            axes.plot(
                [nation * 100] * 2,
                [row - 0.42, row + 0.42],
                color=colour,
                linewidth=thick,
                zorder=6,
            )
        most = "多くとも" if row == 2 else ""
        axes.text(
            nation * 100,
            row + 0.44,
            f"全国 {most}{labels.percent_text(nation)}%",
            ha="center",
            va="top",
            fontsize=7.5,
        )
    axes.set(xlim=(0, 103), ylim=(2.8, -0.55), xticks=range(0, 101, 20), xlabel="%")
    axes.set_yticks(
        range(3),
        [
            f"{labels.word_of('measure', name)}  {labels.percent_text(rate)}%"
            for name, rate in zip(frame["measure"], frame["rate"])
        ],
        fontsize=8.5,
    )
    style.plain_axes(axes, "x")


# --- assumptions -------------------------------------------------------------------------------------
GROUPS = {
    "時点と期限": ("basis_date", "start_date", "target_date", "end_date"),
    "人と時間": (
        "dx_staff",
        "dx_fte",
        "dx_share",
        "section_share",
        "section_staff",
        "busy_share_1",
        "busy_share_2",
        "busy_share_3",
        "busy_limit",
        "busy_seasons",
    ),
    "作業": ("work_scale", "business_work", "work_items", "steps"),
    "状態とロット": ("state_rules", "lot_template", "hard_weeks", "elections"),
    "ベンダ": (
        "vendor_earliest",
        "vendor_likely",
        "vendor_latest",
        "slip_rate",
        "slip_least",
        "slip_likely",
        "slip_most",
        "offer",
    ),
    "余裕と幅": ("reserve_weeks", "papers_reserve", "factor_share"),
    "調達と予算": ("rfp_start", "budget_gates", "wait_most", "notice_months"),
    "人材": (),
    "研修": (),
    "費用と財源": (),
    "重みと計算": (
        "price_finish",
        "price_target",
        "price_end",
        "price_weekend",
        "price_holiday",
        "price_busy_1",
        "price_busy_2",
        "price_busy_3",
        "price_link",
        "price_move",
        "price_peak",
        "price_over",
        "effort",
        "seed",
    ),
}
TOPICS = {
    "staffing": "人材",
    "training": "研修",
    "budget": "費用と財源",
}  # topic of a parameter -> its group


def assumptions_table(city: City, *topics: str) -> Table:
    """What the plan rests on: value, unit, as-of date, source, grade; 要確認 where unconfirmed.

    Parameters
    ----------
    city : the municipality.
    topics : topics of parameters wanted beside common (pmo, staffing, training, budget); pmo where none is given.
        The values of the forms of outsiders have a table of their own.
    """
    topics = topics or ("pmo",)
    rows = [
        _assumption(city, what, value)
        for what, value in _used(city)
        if _topic(value) in (*topics, "common")
    ]
    rows += list(_table_rows()) if "pmo" in topics else []
    order = list(GROUPS)
    rows.sort(key=lambda row: order.index(row[0]))
    unsure = sum(labels.GRADES[row[6]].unconfirmed for row in rows)
    title = f"計画の前提と出典({len(rows)}件、うち{labels.UNCONFIRMED}{unsure}件)"
    columns = ["group", "what", "value", "unit", "as_of", "source", "grade", "note"]
    return Table(pd.DataFrame(rows, columns=columns), title, labels.grades_text(), "what", "group")


def _topic(value: Value) -> str:
    return load_specs()[value.name].topic if value.name in load_specs() else "pmo"


def _used(city: City):
    """What of the city's assumptions is in force from the plan's start; the steps as ranges."""
    rows = city.assumptions()
    steps: dict[tuple, list[Value]] = {}
    for place, (what, value) in enumerate(rows):
        if value.name == "steps":
            steps.setdefault((value.as_of, value.source, value.grade, value.where), []).append(
                value
            )
        elif not _superseded(
            value, [later for name, later in rows[place + 1 :] if name == what], city.start
        ):
            yield what, value
    for values in steps.values():
        numbers = [int(v.value) for v in values]
        span = f"{min(numbers)}〜{max(numbers)}" if min(numbers) < max(numbers) else str(numbers[0])
        yield (
            f"{len(values)}業務の完了ステップ",
            Value("steps", span, "ステップ(40のうち)", *_origin(values[0])),
        )


def _origin(value: Value) -> tuple:
    return value.as_of, value.source, value.grade, None, value.where, value.note


def _superseded(value: Value, later: list[Value], start: date) -> bool:
    return any(other.name == value.name and other.start and other.start <= start for other in later)


def _assumption(city: City, what: str, value: Value) -> tuple:
    other = "調達と予算" if value.unit == "月日" else "ベンダ"  # budget gates and named vendors
    group = next(
        (g for g, names in GROUPS.items() if value.name in names), TOPICS.get(_topic(value), other)
    )
    since = f"({labels.date_text(value.start)}から)" if value.start else ""
    return (
        group,
        what + since,
        labels.amount_text(value.value),
        value.unit,
        value.as_of,
        source_title(value.source),
        value.grade,
        value.note,
    )


def _table_rows():
    """One row for each table in data/ that the plan rests on."""
    rules = catalog.load_table("state_rules")
    for row in rules.to_dict("records"):
        yield (
            "状態とロット",
            row["label"],
            f"{row['value']:g}",
            row["unit"],
            str(row["as_of"])[:10],
            source_title(row["source"]),
            row["grade"],
            row["note"],
        )
    items = catalog.load_table("work_items")
    months = items["months_mode"].dropna()
    yield _table_row(
        "作業",
        f"契約までの{len(months)}作業項目の標準の期間",
        f"{months.min():g}〜{months.max():g}",
        "か月",
        items,
    )
    parts = catalog.load_table("lot_template")
    weeks = parts["weeks"].dropna()
    yield _table_row(
        "作業",
        f"移行ロットの{len(weeks)}作業の標準の期間",
        f"{weeks.min():g}〜{weeks.max():g}",
        "週",
        parts,
    )
    hard = catalog.load_table("hard_weeks")
    yield _table_row("状態とロット", "切替を置かない期間", str(len(hard)), "件", hard)
    elections = catalog.load_table("elections")
    yield _table_row("状態とロット", "切替を避ける選挙", str(len(elections)), "件", elections)
    work = catalog.load_table("business_work")
    span = f"{work['weight'].min():g}〜{work['weight'].max():g}"
    yield _table_row("作業", f"{len(work)}業務の作業量の重み", span, "倍", work)
    seasons = catalog.load_table("busy_seasons")
    yield _table_row("人と時間", "業務ごとの繁忙期", str(len(seasons)), "件", seasons)


def _table_row(group: str, what: str, value: str, unit: str, table: pd.DataFrame) -> tuple:
    """The grade is the weakest in the table."""
    grade = max(table["grade"], key=list(labels.GRADES).index)
    row = table[table["grade"] == grade].iloc[0]
    return (
        group,
        what,
        value,
        unit,
        str(row["as_of"])[:10],
        source_title(row["source"]),
        grade,
        row["note"],
    )
