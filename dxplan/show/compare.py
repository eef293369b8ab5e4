"""Several cities side by side: progress, go-live by year, people, outsiders, cost and its funds.

Sizes differ by far, so people stand as shares of the staff, outsiders as a share of the work, cost
by resident.
"""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial

import numpy as np
import pandas as pd

from dxplan.facts import catalog, months
from dxplan.facts.catalog import Cell
from dxplan.plan.costs import CURRENT
from dxplan.plan.whole import Plan, last_told
from dxplan.show import labels, style
from dxplan.show.axes import bars_figure, city_panel, key, lines_figure
from dxplan.show.charts import FUND, PAID, WITHIN, Canvas, Panel, fund_word, stacked_bars
from dxplan.show.state import as_of_text, asked_systems, state_counts
from dxplan.show.style import Figure, Table, Text
from dxplan.town.cities import cities_named
from dxplan.town.defaults import DEFAULT

TEN_THOUSAND, THOUSAND = 10_000, 1_000
ASSUMED = (
    f"人員・割合・単価・財源の率は仮定を含む({labels.UNCONFIRMED}。"
    "各団体の報告書の「前提と出典」を参照)"
)


# --- names and sources ---------------------------------------------------------------------------
def names_of(plans: Sequence[Plan]) -> list[str]:
    """What each city is called here: its name, with prefecture or variant where names meet."""
    # Two towns may share a name, and a city and its variant share name and prefecture.
    names = [plan.city.name for plan in plans]
    if len(set(names)) < len(names):
        names = [f"{plan.city.pref}{plan.city.name}" for plan in plans]
    again = Counter(names)
    for place, plan in enumerate(plans):
        if again[names[place]] > 1:
            names[place] += f"({plan.city.slug})"
    return names


def _named(plans: Sequence[Plan]) -> Iterator[tuple[str, Plan]]:
    return zip(names_of(plans), plans, strict=True)


def _city_rows(plans: Sequence[Plan], row: Callable[[Plan], dict]) -> pd.DataFrame:
    """A row for each city, after its name."""
    return pd.DataFrame([{"city": name, **row(plan)} for name, plan in _named(plans)])


def _column(frame: pd.DataFrame, name: str) -> dict[str, float]:
    """City -> value."""
    return dict(zip(frame["city"], frame[name], strict=True))


def title_text(plans: Sequence[Plan]) -> str:
    """The title: 横浜市・小松市の比較."""
    names = names_of(plans)
    if len(names) == 1:
        return f"{names[0]}(比較する団体なし)"
    return f"{'・'.join(names)}の比較"


def title_heading(plans: Sequence[Plan]) -> Text:
    """The one h1 of the page."""
    return style.heading(title_text(plans))


def source_text(plans: Sequence[Plan], *facts: str) -> str:
    """Where the numbers come from: calculation, as-of date, official figures by their column."""
    days = dict.fromkeys(labels.date_text(plan.city.basis) for plan in plans)
    said = "".join(f"{labels.word_of('fact', name)}は{_fact_text(name)}。" for name in facts)
    return f"出典: この計画の試算({'、'.join(days)}時点)。{said}{ASSUMED}"


def _fact_text(name: str) -> str:
    fact = catalog.load_column("municipalities", name)
    return labels.origin_text(fact.source, fact.as_of, fact.grade)


def intro_text(plans: Sequence[Plan], said: object) -> str:
    """Which cities stand side by side; one city alone, the same one named twice, other days.

    Parameters
    ----------
    plans : all plans of each city.
    said : the text (or a number, or a list) in which a person named the cities.
    """
    names = names_of(plans)
    text = f"{'・'.join(names)}の{len(plans)}団体を比べる。"
    if len(plans) == 1:
        text = (
            f"比べる団体が1つだけのため、{names[0]}の数値だけを示す。"
            "団体を空白で区切って2つ以上書くと、並べて比べる。"
        )
    if len(cities_named(said)) > len(plans):
        text += "2度書かれた団体は、1度だけ数えた。"
    if len({plan.city.basis for plan in plans}) > 1:
        text += "計画の基準日が団体によって違うため、日付の差には基準日の差が混じる。"
    return f"{text}人数は職員に対する割合、外部人材は仕事に対する割合、費用は住民1人当たりの額で比べる。"


def intro_paragraph(plans: Sequence[Plan], said: object) -> Text:
    """The sentences of ``intro_text`` as a leading paragraph."""
    return style.paragraph(intro_text(plans, said), "lead")


def summary_list(plans: Sequence[Plan]) -> Text:
    """The sentence of each figure, as a list."""
    items = ""
    for text in (state_text, live_text, people_text, outside_text, cost_text):
        items += f"<li>{html.escape(text(plans))}</li>"
    return Text(f"<ul>{items}</ul>")


def ends_text(
    values: Mapping[str, Cell],
    word: Callable[[Cell], str],
    low: str,
    high: str,
    rising: bool = False,
) -> str:
    """Who has the most and who the least, in words; those that read alike share a place.

    Parameters
    ----------
    values : name to value; values can be put in order.
    word : how a value is written.
    low, high : such as 最も低い and 最も高い.
    rising : whether the least comes first, as the earliest of dates does.
    """
    # In the order of the values; what reads alike is one group, however far behind the point.
    groups: dict[str, list[str]] = {}
    for value in sorted(values.values()):
        groups.setdefault(word(value), [])
    for name, value in values.items():
        groups[word(value)].append(name)
    order = [("・".join(names), text) for text, names in groups.items()]
    if len(values) == 1:
        return "は".join(order[0])
    if len(order) == 1:
        return "はいずれも".join(order[0])
    least, most = (
        f"{low}のは{order[0][0]}({order[0][1]})",
        f"{high}のは{order[-1][0]}({order[-1][1]})",
    )
    if rising:
        return f"{least}、{most}"
    return f"{most}、{least}"


def _share_ends(values: Mapping[str, float]) -> str:
    """Whose share 0..1 is highest and whose lowest."""
    return ends_text(values, lambda share: f"{labels.percent_text(share)}%", "最も低い", "最も高い")


# --- where they stand ----------------------------------------------------------------------------
def place_table(plans: Sequence[Plan]) -> Table:
    """Size and means of each city."""
    facts = dict.fromkeys(map(_fact_text, ("population", "staff_general", "fiscal_strength")))
    note = f"出典: {'、'.join(facts)}。params で置き換えた職員数は、その値"
    return Table(_city_rows(plans, _place_row), "団体の規模", note, "city")


def _place_row(plan: Plan) -> dict:
    facts, staff = plan.city.facts, _staff(plan)
    return {
        "population": facts.population,
        "employees": staff,
        "residents_each": round(facts.population / staff),
        "strength": facts.fiscal_strength,
    }


def _staff(plan: Plan) -> float:
    """Staff of the whole town hall (人), as the people plan counts it."""
    pyramid = plan.staffing.pyramid
    return float(pyramid.loc[pyramid["section"] == "", "staff"].iloc[0])


def state_text(plans: Sequence[Plan]) -> str:
    """Who has most systems in operation, those presumed so included, and who has open questions."""
    shares, asked = {}, {}
    for name, plan in _named(plans):
        shares[name] = plan.pmo.progress["live"] + plan.pmo.progress["presumed"]
        count = len(asked_systems(plan.city))
        if count:
            asked[name] = f"{name}({count})"
    text = f"稼働(みなしを含む)の割合は、{_share_ends(shares)}。"
    if asked:
        text += f"要確認のシステムがあるのは{'・'.join(asked.values())}。"
    return text


def state_figure(plans: Sequence[Plan]) -> Figure:
    """Systems in operation, presumed so, asked and still to move, as shares."""
    looks = {
        "live_rate": style.OWN,
        "presumed_rate": (style.SKY, "/"),
        "open_rate": style.AMBER,
        "late_rate": (style.ROSE[0], ""),
    }
    progress = pd.DataFrame([plan.pmo.progress for plan in plans], names_of(plans))
    shares = progress["live presumed unsure late".split()].set_axis(list(looks), axis=1)
    table = state_table(plans)
    return bars_figure("states", table.title, state_text(plans), shares, looks, table)


def state_table(plans: Sequence[Plan]) -> Table:
    """Situation, and how many systems are in each state."""
    days = "".join(dict.fromkeys(as_of_text(plan.city) for plan in plans))
    note = f"{source_text(plans)}\n共通機能の欄は、未移行のとき1。{days}"
    return Table(_city_rows(plans, _state_row), "20業務の状態", note, "city")


def _state_row(plan: Plan) -> dict:
    counts = state_counts(plan.city)
    return {
        "situation": plan.city.situation,
        "stood": counts["live"],
        "taken": counts["presumed"],
        "open": counts["unsure"] + counts["flagged"],
        "pending": counts["late"],
        "common": int(plan.city.common.pending),
    }


def roadmap_table(plans: Sequence[Plan]) -> Table:
    """Lots, and what is seen of the last one."""
    note = (
        f"{source_text(plans)}\n見通しは中央値の四半期、幅は20〜80%。要確認のシステムは稼働と置いた。"
        f"{labels.MISSING}は、移すロットがない"
    )
    return Table(_city_rows(plans, _roadmap_row), "移行の見通し", note, "city")


def _roadmap_row(plan: Plan) -> dict:
    """Lots; median, range and chance of the last one in words."""
    row = {"situation": plan.city.situation, "lots": len(plan.pmo.lots)}
    if plan.pmo.done:
        return {**row, "ends": None, "range": None, "chance": None}
    last = plan.pmo.told.last.iloc[0]
    return {
        **row,
        "ends": labels.quarters_text(last["p50_from"], last["p50_to"]),
        "range": labels.quarters_text(last["p20"], last["p80_to"]),
        "chance": labels.chance_text(last["chance"]),
    }


# --- go-live by year -----------------------------------------------------------------------------
def live_text(plans: Sequence[Plan]) -> str:
    """Whose last lot is seen first and last, and who has none."""
    days: dict[str, date] = {}
    situations: dict[str, list[str]] = {"after": [], "questions": []}
    for name, plan in _named(plans):
        day = last_told(plan.pmo)
        if day:
            days[name] = day
        situations.setdefault(plan.city.situation, []).append(name)
    text = ""
    if len(days) > 1:
        ends = ends_text(days, labels.quarter_text, "最も早い", "最も遅い", True)
        text = f"最後の稼働の見通し(中央値)が{ends}。"
    for name, day in days.items():
        if len(days) == 1:
            text = f"{name}の最後の稼働の見通し(中央値)は{labels.quarter_text(day)}。"
    if situations["after"]:
        text += f"{'・'.join(situations['after'])}に移行の残りはないとみなす。"
    if situations["questions"]:
        asked = "・".join(situations["questions"])
        text += f"{asked}は、要確認のシステムの状態を先に確かめる。"
    return text


def live_figure(plans: Sequence[Plan]) -> Figure:
    """Share of systems in operation at the end of each fiscal year, as it is seen."""
    title = "年度末に稼働しているシステムの割合(見通し)"
    return lines_figure("golive", title, live_text(plans), live_table(plans), "live_rate")


def live_table(plans: Sequence[Plan]) -> Table:
    """Systems of the lots by the fiscal year of their median, and the share in operation then."""
    rows, years = [], _years(plans)
    for name, plan in _named(plans):
        counts, moves = state_counts(plan.city), _moves(plan)
        # A city without any system in scope would divide by none.
        scope = max(len(plan.city.systems) - counts["out"], 1)
        live = counts["live"] + counts["presumed"]
        for year in years:
            live += moves[year]
            rows.append((name, year, moves[year], live / scope))
    frame = pd.DataFrame(rows, columns="city fiscal moved live_rate".split())
    note = (
        f"{source_text(plans)}\n割合は、稼働・稼働とみなすものと、見通しの中央値までに移るものの、"
        "対象のシステムに対する年度末の値。要確認は数えない"
    )
    return Table(frame, "年度ごとの稼働", note, "fiscal", "city")


def _moves(plan: Plan) -> Counter:
    """Fiscal year of the median -> systems of the lots; a lot beyond the calendar has none."""
    moves: Counter = Counter()
    if plan.pmo.done:
        return moves
    size = plan.pmo.lots.set_index("lot")["systems"]
    for row in plan.pmo.told.lot.to_dict("records"):
        if row["p50"]:
            moves[months.fiscal_year(row["p50"])] += int(size[row["lot"]])
    return moves


def _years(plans: Sequence[Plan]) -> range:
    """The fiscal years from the first plan's start to the last go-live, or month of people."""
    first = min(months.fiscal_year(plan.city.start) for plan in plans)
    last = first
    for plan in plans:
        # A lot may be seen live after the last month of people.
        last = max(last, months.fiscal_year(plan.staffing.month[-1]), *_moves(plan))
    return range(first, last + 1)


# --- people --------------------------------------------------------------------------------------
def people_text(plans: Sequence[Plan]) -> str:
    """Whose share of 変革人材 is highest at the end."""
    shares = _column(people_table(plans).frame, "then_rate")
    return f"計画の最後の変革人材が職員に占める割合は、{_share_ends(shares)}。"


def people_figure(plans: Sequence[Plan]) -> Figure:
    """変革人材 as a share of the staff, now, at the end and as the target."""
    table = people_table(plans)
    looks = {"now_rate": style.MINT, "then_rate": style.OWN, "goal_rate": (style.PAPER, "")}
    shares = table.frame.set_index("city")
    title = "変革人材が職員に占める割合"
    return bars_figure("people", title, people_text(plans), shares, looks, table)


def people_table(plans: Sequence[Plan]) -> Table:
    """変革人材 in heads and as a share of the staff."""
    note = f"{source_text(plans, 'staff_general')}\n割合は職員に対する値"
    return Table(_city_rows(plans, _people_row), "変革人材", note, "city")


def _people_row(plan: Plan) -> dict:
    head, pyramid = plan.staffing.head, plan.staffing.pyramid
    change = head[head["tier"] == "change"]
    targets = pyramid[pyramid["section"] == ""].set_index("tier")["target"]
    heads = {
        "now": float(change["start"].iloc[0]),
        "then": float(change["finish"].iloc[-1]),
        "goal": float(targets["change"]),
    }
    return heads | {f"{name}_rate": count / _staff(plan) for name, count in heads.items()}


# --- outsiders -----------------------------------------------------------------------------------
def outside_text(plans: Sequence[Plan]) -> str:
    """Whose work is done most by outsiders, over the years of the plan."""
    shares = _column(outside_table(plans).frame, "outside_rate")
    return f"計画の期間を通して外部人材が仕事に占める割合は、{_share_ends(shares)}。"


def outside_figure(plans: Sequence[Plan]) -> Figure:
    """Share of the work that outsiders do, by fiscal year."""
    title, table = "外部人材が仕事に占める割合", outside_years_table(plans)
    return lines_figure("outsiders", title, outside_text(plans), table, "outside_rate")


def outside_years_table(plans: Sequence[Plan]) -> Table:
    """Share of the work that outsiders do, by city and fiscal year."""
    rows = []
    for name, plan in _named(plans):
        cover = plan.staffing.cover
        work = cover.groupby(cover["month"].map(months.fiscal_year))[["outside", "demand"]].sum()
        for fiscal, outside, demand in work.itertuples(name=None):
            rows.append((name, int(fiscal), _rate(outside, demand)))
    frame = pd.DataFrame(rows, columns=["city", "fiscal", "outside_rate"])
    note = f"{source_text(plans)}\n移行・DX推進・日常の運用の仕事の量に対する割合"
    return Table(frame, "年度ごとの外部人材", note, "fiscal", "city")


def _rate(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else 0.0


def outside_table(plans: Sequence[Plan]) -> Table:
    """Outsiders: most at once, person-months in all and by 10,000 residents, share, the end."""
    note = (
        f"{source_text(plans, 'population')}\n"
        f"{labels.MISSING}は、外部人材を活用しない、または計画期間内に職員だけでの運営に到達しない"
    )
    return Table(_city_rows(plans, _outside_row), "外部人材と職員だけでの運営", note, "city")


def _outside_row(plan: Plan) -> dict:
    staffing = plan.staffing
    outside = staffing.outside[staffing.outside["kind"] == "outside"]
    people = outside.groupby("month")["fte"].sum()
    cover, total = staffing.cover[["outside", "demand"]].sum(), float(people.sum())
    return {
        "peak_fte": float(people.max()) if len(people) else 0.0,
        "outside_months": total,
        "per_ten_thousand": total / plan.city.facts.population * TEN_THOUSAND,
        "outside_rate": _rate(cover["outside"], cover["demand"]),
        "exit": labels.date_text(staffing.exit) if staffing.exit else None,
        "alone": staffing.self_reliant,
    }


# --- money ---------------------------------------------------------------------------------------
def cost_text(plans: Sequence[Plan]) -> str:
    """Whose cost per resident is highest, and why that is no verdict."""
    values = _column(cost_table(plans).frame, "yen_each")
    ends = ends_text(values, lambda yen: f"{yen:,}円", "最も少ない", "最も多い")
    text = f"住民1人当たりの増える費用({_span_text(plans)})は、{ends}。"
    if len(plans) > 1:
        text += "人口が少ないほど、規模によらない経費の分だけ1人当たりの額は大きくなりやすい。"
    return text


def _span_text(plans: Sequence[Plan]) -> str:
    spans: dict[str, None] = {}
    for plan in plans:
        # Twice, so that a budget of one year has a first and a last one too.
        first, *_, last = map(labels.fiscal_short, plan.budget.year["fiscal"].tolist() * 2)
        spans[f"{first}〜{last}"] = None
    return f"{'、'.join(spans)}の計"


def cost_figure(plans: Sequence[Plan]) -> Figure:
    """Cost per resident by fund, and the shares of the funds."""
    table, sentence = fund_table(plans), cost_text(plans)
    shares = table.frame[[f"{name}_rate" for name in PAID]].to_numpy().T
    yen = cost_table(plans).frame["yen_each"].to_numpy()
    title = "住民1人当たりの増える費用と財源の割合"
    source, draw = (
        source_text(plans, "population"),
        partial(_draw_costs, names_of(plans), yen, shares),
    )
    return style.fitted(draw, "percapita", title, sentence, source, table)


EACH = 20.0  # points of a city's row


def _draw_costs(names: list[str], yen: np.ndarray, shares: np.ndarray, canvas: Canvas) -> None:
    most = 1.3 * yen.max() or 1
    panel = city_panel(canvas, names, most, "住民1人当たりの増える費用(円)", EACH, 0)
    _draw_funds(panel, shares * yen)
    for row, amount in enumerate(yen):
        panel.words(amount, row, f"{amount:,}", (3, 0))
    most = 100 * shares.sum(axis=0).max() or 1
    panel = city_panel(canvas, names, most, "財源の割合(%)", EACH)
    _draw_funds(panel, 100 * shares)
    key(canvas, panel.samples)


def _draw_funds(panel: Panel, parts: np.ndarray) -> None:
    """A bar of funds for each city."""
    looks = {fund_word(fund): FUND[fund] for fund in PAID}
    stacked_bars(panel, parts, looks, (-0.32, 0.32), lying=True)


def cost_table(plans: Sequence[Plan]) -> Table:
    """What is new in all and by resident, and the burden of it by resident."""
    span = f"{_span_text(plans)}。既存の職員の人件費は含まない"
    note = f"{source_text(plans, 'population')}\n{span}"
    return Table(_city_rows(plans, _cost_row), "今より増える費用と住民1人当たりの額", note, "city")


def _cost_row(plan: Plan) -> dict:
    yen = plan.budget.year[["new", "new_net", "new_if_zero"]].sum()
    each = yen / plan.city.facts.population
    return {
        "new": yen["new"] // THOUSAND,
        "yen_each": round(each["new"]),
        "net_each": round(each["new_net"]),
        "zero_each": round(each["new_if_zero"]),
    }


def fund_table(plans: Sequence[Plan]) -> Table:
    """Shares of the funds."""
    note = f"{source_text(plans)}\n今より増える費用の計に対する割合"
    return Table(_city_rows(plans, _fund_row), "財源の割合", note, "city")


def _fund_row(plan: Plan) -> dict:
    rows = plan.budget.funding
    rows = rows[rows["group"] != CURRENT]
    yen = rows.groupby(rows["fund"].replace(WITHIN))["yen"].sum()
    return {f"{fund}_rate": _rate(yen.get(fund, 0), yen.sum()) for fund in PAID}


# --- grounds -------------------------------------------------------------------------------------
def ground_table(plans: Sequence[Plan]) -> Table:
    """How much of each city's inputs a person has said, and how much is still to be confirmed."""
    note = (
        "既定のままの前提が多い団体どうしの差は、規模などの公表値の差による。"
        "値の一覧は各団体の報告書の「前提と出典」にある。"
    )
    source = f"出典: この計画の前提の一覧。{note}{labels.grades_text()}"
    return Table(_city_rows(plans, _ground_row), "計画の前提", source, "city")


def _ground_row(plan: Plan) -> dict:
    values = [value for _, value in plan.city.assumptions()]
    return {
        "basis": plan.city.basis,
        "inputs": len(values),
        "default": sum(value.where == DEFAULT for value in values),
        "unsure": labels.unsure_count(values),
    }
