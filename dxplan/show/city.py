"""One municipality as it stands: its official figures, its 20 systems, and how far they really are."""

from __future__ import annotations

from datetime import date

import pandas as pd
from matplotlib.patches import Patch

from dxplan import catalog
from dxplan.catalog import source_title
from dxplan.defaults import load_specs
from dxplan.city import STEPS, City, System
from dxplan.params import Value
from dxplan.plan.pmo import PmoPlan
from dxplan.plan.work import load_items
from dxplan.show import labels, style
from dxplan.show.style import Figure, Table

FACTS = {
    "人口と職員": ("population", "population_65plus", "households", "staff_general"),
    "財政": ("fiscal_strength", "current_balance_ratio", "debt_service_ratio", "future_burden_ratio"),
    "DXの体制": ("dx_cio", "dx_cio_assistant", "dx_policy", "dx_cross_org", "dx_external_talent", "dx_staff_training",
               "dx_all_staff_training"),
    "DXの取組": ("dx_ai", "dx_rpa", "dx_telework", "mynumber_card_pct", "online26_pct", "online32_pct"),
    "標準化": ("steps_rate_2026_01", "late_systems_2025_12"),
}
STATUS = {"live": (style.BLUE, ""), "moving": ("#8fb3ff", "/"), "untouched": (style.PAPER, ""),
          "out": ("#d9d9de", ".")}


def source_line(table: str, *columns: str) -> str:
    """「出典・時点・確度」 of columns of a table in data/, as one line."""
    facts = [catalog.load_column(table, column) for column in columns]
    parts = dict.fromkeys(
        f"{source_title(f.source)}({labels.as_of_text(f.as_of)}時点、確度{labels.grade_text(f.grade)})" for f in facts)
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


# --- the 20 systems ----------------------------------------------------------------------------------
def status_of(system: System) -> str:
    """live, out (of scope), moving or untouched."""
    if not system.in_scope:
        return "out"
    if system.live:
        return "live"
    return "moving" if system.steps.value > 0 else "untouched"


def systems_table(city: City) -> Table:
    """The 20 systems with package, section, steps done, whether live, and whether listed as late."""
    rows = [(s.no, s.business, s.package, s.section, s.steps.value, status_of(s), s.late) for s in city.systems]
    columns = ["no", "business", "package", "section", "steps", "status", "flagged"]
    return Table(pd.DataFrame(rows, columns=columns), f"{city.name}の20業務の現在地", _systems_source(city), "business")


def _systems_source(city: City) -> str:
    own = dict.fromkeys(s.steps.where for s in city.systems if s.steps.where not in ("公表値", ""))
    said = f"。ステップの一部は {'、'.join(own)} による" if own else ""
    deemed = any(s.live and s.steps.where == "公表値" for s in city.systems)
    live = f"。{STEPS}ステップをすべて終えたシステムは稼働済みとみなす({labels.UNCONFIRMED})" if deemed else ""
    return source_line("standardization_status", "steps_done_2026_01", "flagged_late_2025_12") + said + live


def systems_figure(city: City) -> Figure:
    """Steps done of 40 for each system; live systems, systems on the way and flagged ones told apart."""
    sentence = _systems_sentence(city)
    with style.drawing():
        canvas = style.canvas(4.9, 8.4)
        axes = canvas.add_axes((0.2, 0.12, 0.72, 0.8))
        _draw_systems(axes, city)
        svg = style.svg_text(canvas, "systems", f"{city.name}の20業務の完了ステップ", sentence)
    return Figure("systems", svg, sentence, _systems_source(city), systems_table(city))


def _draw_systems(axes, city: City) -> None:
    for row, system in enumerate(city.systems):
        style.draw_boxes(axes, [(0, system.steps.value, row - 0.35, row + 0.35)], STATUS[status_of(system)])
        mark = f"{int(system.steps.value)}{' ▲' if system.late else ''}"
        axes.text(system.steps.value + 0.4, row, mark, va="center", fontsize=7.5,
                  bbox={"facecolor": style.PAPER, "edgecolor": "none", "pad": 0.4})
    axes.set(xlim=(0, STEPS + 3), ylim=(len(city.systems) - 0.4, -0.6), xlabel="完了ステップ(40のうち)")
    axes.set_yticks(range(len(city.systems)), [s.business for s in city.systems])
    _draw_phases(axes)
    style.plain_axes(axes, "x")
    kinds = dict.fromkeys(status_of(s) for s in city.systems)
    axes.legend(handles=_status_handles(kinds), loc="upper center", bbox_to_anchor=(0.45, -0.09), ncol=5,
                frameon=False)


def _status_handles(kinds) -> list[Patch]:
    found = [style.look_patch(STATUS[k], labels.word_of("status", k)) for k in STATUS if k in kinds]
    return [*found, Patch(facecolor="none", edgecolor="none", label="▲ 特定移行支援システムの該当見込み")]


def _draw_phases(axes) -> None:
    """The step at which planning, and the contract, are behind a system (要確認)."""
    plan = max(item.last for item in load_items() if item.shared and item.phase == "計画立案")
    contract = max(item.last for item in load_items() if item.shared)
    for step, text in ((plan, "計画立案まで"), (contract, "契約まで")):
        axes.axvline(step, color=style.INK, linewidth=0.7, linestyle=(0, (4, 2)), zorder=0.5)
        axes.text(step, -0.75, text, ha="center", va="bottom", fontsize=7.5)


def _systems_sentence(city: City) -> str:
    scope = [s for s in city.systems if s.in_scope]
    live = sum(s.live for s in scope)
    flagged = sum(s.late for s in scope)
    moving = [s.steps.value for s in scope if s.pending]
    rest = (f"残る{len(moving)}システムの完了ステップは{int(min(moving))}〜{int(max(moving))}" if moving
            else "残るシステムはない")
    return (f"対象{len(scope)}システムのうち稼働済みは{live}。{rest}。"
            f"特定移行支援システムの該当見込み(▲)は{flagged}システム。")


# --- honest progress ---------------------------------------------------------------------------------
def progress_text(plan: PmoPlan) -> str:
    """Steps, work and live systems in one sentence, beside the nation's figures."""
    share = {name: labels.percent_text(value) for name, value in plan.progress.items()}
    scope = [s for s in plan.city.systems if s.in_scope]
    own = (f"{plan.city.name}は、完了ステップで{share['steps']}%、作業量で{share['work']}%、"
           f"稼働したシステムで{share['live']}%({sum(s.live for s in scope)}/{len(scope)}システム)。")
    country = _nation()
    nation = (f"全国でも{labels.as_of_text(country['live']['as_of'])}時点で"
              f"ステップは{labels.percent_text(country['steps']['value'])}%、"
              f"稼働したシステムは{labels.percent_text(country['live']['value'])}%である。")
    if plan.progress["steps"] > plan.progress["live"]:
        own += "ステップの割合は進捗を実際より大きく見せる。"
    return own + nation


def _nation() -> dict[str, dict]:
    """The nation's shares, by the word of the measure: value, as_of, source, grade."""
    rows = {row["id"].removesuffix("_rate"): row for row in catalog.load_table("nation").to_dict("records")}
    return {name: rows[name] for name in ("steps", "live")}


def progress_table(plan: PmoPlan) -> Table:
    """The three shares of the city, and the nation's where they are published."""
    nation = {name: row["value"] for name, row in _nation().items()}
    rows = [(name, plan.progress[name], nation.get(name)) for name in ("steps", "work", "live")]
    frame = pd.DataFrame(rows, columns=["measure", "rate", "nation"])
    return Table(frame, "3つの見方による進捗", _progress_source(), "measure")


def _progress_source() -> str:
    live = _nation()["live"]
    return (f"{source_line('standardization_status', 'steps_done_2026_01')}。"
            f"全国の稼働率は{source_title(live['source'])}({labels.as_of_text(live['as_of'])}時点、"
            f"確度{labels.grade_text(live['grade'])})。作業量の重みは設計上の仮定({labels.UNCONFIRMED})")


def progress_figure(plan: PmoPlan) -> Figure:
    """Steps done, work done and systems live side by side, with the nation's marks."""
    table, sentence = progress_table(plan), progress_text(plan)
    with style.drawing():
        canvas = style.canvas(1.9, 8.4)
        axes = canvas.add_axes((0.36, 0.25, 0.62, 0.72))
        _draw_progress(axes, table.frame)
        svg = style.svg_text(canvas, "progress", table.title, sentence)
    return Figure("progress", svg, sentence, _progress_source(), table)


def _draw_progress(axes, frame: pd.DataFrame) -> None:
    looks = ((style.BLUE, ""), ("#8fb3ff", "/"), ("#f2a900", "/"))
    for row, (rate, nation) in enumerate(zip(frame["rate"], frame["nation"])):
        style.draw_boxes(axes, [(0, rate * 100, row - 0.31, row + 0.31)], looks[row])
        if nation == nation:
            for colour, thick in ((style.PAPER, 5), (style.INK, 2.2)):
                axes.plot([nation * 100] * 2, [row - 0.42, row + 0.42], color=colour, linewidth=thick, zorder=6)
            axes.text(nation * 100, row + 0.44, f"全国 {labels.percent_text(nation)}%", ha="center", va="top",
                      fontsize=7.5)
    axes.set(xlim=(0, 103), ylim=(2.8, -0.55), xticks=range(0, 101, 20), xlabel="%")
    axes.set_yticks(range(3), [f"{labels.word_of('measure', name)}  {labels.percent_text(rate)}%"
                                for name, rate in zip(frame["measure"], frame["rate"])], fontsize=8.5)
    style.plain_axes(axes, "x")


# --- assumptions -------------------------------------------------------------------------------------
GROUPS = {
    "時点と期限": ("basis_date", "start_date", "target_date", "end_date"),
    "人と時間": ("dx_staff", "dx_fte", "dx_share", "section_share", "section_staff", "busy_share_1", "busy_share_2",
              "busy_share_3", "busy_limit", "busy_seasons"),
    "作業": ("work_scale", "business_work", "work_items", "steps"),
    "ベンダ": ("vendor_slots",),
    "調達と予算": ("rfp_start", "budget_gates"),
    "人材": (),
    "研修": (),
    "費用と財源": (),
    "重みと計算": ("price_finish", "price_target", "price_end", "price_peak", "effort", "seed"),
}
TOPICS = {"staffing": "人材", "training": "研修", "budget": "費用と財源"}  # topic of a parameter -> its group


def assumptions_table(city: City, *topics: str) -> Table:
    """What the plan rests on: value, unit, as-of date, source, grade; 要確認 where unconfirmed.

    Parameters
    ----------
    city : the municipality.
    topics : topics of parameters wanted beside common (pmo, staffing, training, budget); pmo where none is given.
        The values of the forms of outsiders have a table of their own.
    """
    topics = topics or ("pmo",)
    rows = [_assumption(city, what, value) for what, value in _used(city) if _topic(value) in (*topics, "common")]
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
            steps.setdefault((value.as_of, value.source, value.grade, value.where), []).append(value)
        elif not _superseded(value, [later for name, later in rows[place + 1:] if name == what], city.start):
            yield what, value
    for values in steps.values():
        numbers = [int(v.value) for v in values]
        span = f"{min(numbers)}〜{max(numbers)}" if min(numbers) < max(numbers) else str(numbers[0])
        yield f"{len(values)}業務の完了ステップ", Value("steps", span, "ステップ(40のうち)", *_origin(values[0]))


def _origin(value: Value) -> tuple:
    return value.as_of, value.source, value.grade, None, value.where, value.note


def _superseded(value: Value, later: list[Value], start: date) -> bool:
    return any(other.name == value.name and other.start and other.start <= start for other in later)


def _assumption(city: City, what: str, value: Value) -> tuple:
    other = "調達と予算" if value.unit == "月日" else "ベンダ"  # budget gates and named vendors
    group = next((g for g, names in GROUPS.items() if value.name in names), TOPICS.get(_topic(value), other))
    since = f"({labels.date_text(value.start)}から)" if value.start else ""
    return (group, what + since, labels.amount_text(value.value), value.unit, value.as_of,
            source_title(value.source), value.grade, value.note)


def _table_rows():
    """One row for each table in data/ that the plan rests on."""
    items = catalog.load_table("work_items")
    months = items["months_mode"].dropna()
    yield _table_row("作業", f"{len(items)}作業項目の標準の期間", f"{months.min():g}〜{months.max():g}", "か月", items)
    work = catalog.load_table("business_work")
    span = f"{work['weight'].min():g}〜{work['weight'].max():g}"
    yield _table_row("作業", f"{len(work)}業務の作業量の重み", span, "倍", work)
    seasons = catalog.load_table("busy_seasons")
    yield _table_row("人と時間", "業務ごとの繁忙期", str(len(seasons)), "件", seasons)


def _table_row(group: str, what: str, value: str, unit: str, table: pd.DataFrame) -> tuple:
    """The grade is the weakest in the table."""
    grade = max(table["grade"], key=list(labels.GRADES).index)
    row = table[table["grade"] == grade].iloc[0]
    return (group, what, value, unit, str(row["as_of"])[:10], source_title(row["source"]), grade, row["note"])
