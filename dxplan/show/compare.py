"""Several cities side by side: progress, go-live by year, people, outsiders, cost per resident and by fund.

Sizes differ by far, so people stand as shares of the staff, outsiders as a share of the work, cost by resident.
"""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import pandas as pd

from dxplan.facts import catalog, months
from dxplan.plan.whole import Plan, last_told
from dxplan.show import labels, style
from dxplan.show.bars import WIDE, bars_figure, city_axes, lines_figure, row_height
from dxplan.show.state import as_of_text, asked_systems, state_counts
from dxplan.show.style import Figure, Table, Text
from dxplan.town.cities import cities_named
from dxplan.town.defaults import DEFAULT

FUNDS = ("subsidy", "bond", "special", "ordinary", "general")
FUND_LOOK = (
    (style.BLUE, ""),
    ("#8a8a94", "-"),
    ("#f2a900", "/"),
    ("#9fd3c7", "\\"),
    ("#d9d9de", "."),
)
TEN_THOUSAND, THOUSAND = 10_000, 1_000
ASSUMED = f"人員・割合・単価・財源の率は設計上の仮定を含む({labels.UNCONFIRMED}。各団体の報告書の「前提と出典」を参照)"


# --- names and sources -----------------------------------------------------------------------------------
def names_of(plans: Sequence[Plan]) -> list[str]:
    """What each city is called on the page: its name, with prefecture or variant where names meet."""
    names = [plan.city.name for plan in plans]
    if len(set(names)) < len(names):
        names = [f"{plan.city.pref}{plan.city.name}" for plan in plans]
    again = Counter(names)
    return [
        name if again[name] == 1 else f"{name}({plan.city.slug})"
        for name, plan in zip(names, plans)
    ]


def title_text(plans: Sequence[Plan]) -> str:
    """The title: 横浜市・小松市の比較."""
    return (
        f"{'・'.join(names_of(plans))}の比較"
        if len(plans) > 1
        else f"{names_of(plans)[0]}(比較する団体なし)"
    )


def title_heading(plans: Sequence[Plan]) -> Text:
    """The one h1 of the page."""
    return style.heading(title_text(plans))


def source_text(plans: Sequence[Plan], *facts: str) -> str:
    """Where the numbers come from: calculation, as-of date, and official figures by their column."""
    days = dict.fromkeys(labels.date_text(plan.city.at("basis_date").value) for plan in plans)
    said = "".join(f"{labels.FACTS[name]}は{_fact_text(name)}。" for name in facts)
    return f"出典: dxplan の計算({'、'.join(days)}時点)。{said}{ASSUMED}"


def _fact_text(name: str, table: str = "municipalities") -> str:
    fact = catalog.load_column(table, name)
    return f"{catalog.source_title(fact.source)}({labels.as_of_text(fact.as_of)}時点、確度{labels.grade_text(fact.grade)})"


def intro_text(plans: Sequence[Plan], said: str) -> str:
    """Which cities stand side by side, and what to mind: one city alone, the same one named twice, other days.

    Parameters
    ----------
    plans : all plans of each city.
    said : the text in which a person named the cities.
    """
    names = names_of(plans)
    text = (
        f"{'・'.join(names)}の{len(plans)}団体を比べる。"
        if len(plans) > 1
        else f"比べる団体が1つだけのため、{names[0]}の数値だけを示す。団体を空白で区切って2つ以上書くと、並べて比べる。"
    )
    twice = "2度書かれた団体は、1度だけ数えた。" * (len(cities_named(said)) > len(plans))
    days = {plan.city.at("basis_date").value for plan in plans}
    other = "計画の基準日が団体によって違うため、日付の差には基準日の差が混じる。" * (len(days) > 1)
    return f"{text}{twice}{other}人数は職員に対する割合、外部人材は仕事に対する割合、費用は住民1人当たりの額で比べる。"


def intro_paragraph(plans: Sequence[Plan], said: str) -> Text:
    """The sentences of ``intro_text`` as a leading paragraph."""
    return style.paragraph(intro_text(plans, said), "lead")


def summary_list(plans: Sequence[Plan]) -> Text:
    """The sentence of each figure, as a list."""
    texts = (
        state_text(plans),
        live_text(plans),
        people_text(plans),
        outside_text(plans),
        cost_text(plans),
    )
    return Text(f"<ul>{''.join(f'<li>{html.escape(text)}</li>' for text in texts)}</ul>")


def ends_text(
    values: Mapping[str, object],
    word: Callable[[object], str],
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
    order = list(dict.fromkeys(word(value) for value in sorted(values.values())))
    if len(order) == 1:
        return f"{'・'.join(values)}は{'いずれも' * (len(values) > 1)}{order[0]}"
    least, most = (
        "・".join(name for name, value in values.items() if word(value) == one)
        for one in (order[0], order[-1])
    )
    said = [f"{high}のは{most}({order[-1]})", f"{low}のは{least}({order[0]})"]
    return "、".join(said[::-1] if rising else said)


def _percent(share: float) -> str:
    return f"{labels.percent_text(share)}%"


# --- where they stand ------------------------------------------------------------------------------------
def place_table(plans: Sequence[Plan]) -> Table:
    """Size and means of each city."""
    rows = [
        (
            name,
            p.city.facts.population,
            _staff(p),
            round(p.city.facts.population / _staff(p)),
            p.city.facts.fiscal_strength,
        )
        for name, p in zip(names_of(plans), plans)
    ]
    frame = pd.DataFrame(
        rows, columns=["city", "population", "employees", "residents_each", "strength"]
    )
    said = dict.fromkeys(map(_fact_text, ("population", "staff_general", "fiscal_strength")))
    return Table(
        frame, "団体の規模", f"出典: {'、'.join(said)}。params で置き換えた職員数は、その値", "city"
    )


def _staff(plan: Plan) -> float:
    """Staff of the whole town hall (人), as the people plan counts it."""
    whole = plan.staffing.pyramid[plan.staffing.pyramid["section"] == ""]
    return float(whole["staff"].iloc[0])


def state_text(plans: Sequence[Plan]) -> str:
    """Who has most systems in operation, those presumed so included, and who has open questions."""
    shares = [plan.pmo.progress["live"] + plan.pmo.progress["presumed"] for plan in plans]
    values = dict(zip(names_of(plans), shares))
    counts = {name: len(asked_systems(plan.city)) for name, plan in zip(names_of(plans), plans)}
    open_ = "・".join(f"{name}({count})" for name, count in counts.items() if count)
    asked = f"要確認のシステムがあるのは{open_}。" if open_ else ""
    return f"稼働(みなしを含む)の割合は、{ends_text(values, _percent, '最も低い', '最も高い')}。{asked}"


def state_figure(plans: Sequence[Plan]) -> Figure:
    """Systems in operation, presumed so, asked and still to move, as shares."""
    looks = (
        ("live_rate", style.OWN),
        ("presumed_rate", ("#8fb3ff", "/")),
        ("open_rate", ("#f2a900", "/")),
        ("late_rate", ("#f4b6ba", "")),
    )
    kinds = ("live", "presumed", "unsure", "late")
    rows = [tuple(plan.pmo.progress[kind] for kind in kinds) for plan in plans]
    return bars_figure(
        "states",
        "20業務の状態",
        state_text(plans),
        names_of(plans),
        rows,
        looks,
        state_table(plans),
    )


def state_table(plans: Sequence[Plan]) -> Table:
    """Situation, and how many systems are in each state."""
    rows = []
    for name, plan in zip(names_of(plans), plans):
        counts = state_counts(plan.city)
        asked = counts["unsure"] + counts["flagged"]
        rows.append(
            (
                name,
                plan.city.situation,
                counts["live"],
                counts["presumed"],
                asked,
                counts["late"],
                int(plan.city.common.pending),
            )
        )
    columns = ["city", "situation", "stood", "taken", "open", "pending", "common"]
    frame = pd.DataFrame(rows, columns=columns)
    note = "".join(dict.fromkeys(as_of_text(plan.city) for plan in plans))
    return Table(
        frame,
        "20業務の状態",
        f"{source_text(plans)}\n共通機能の欄は、未移行のとき1。{note}",
        "city",
    )


def roadmap_table(plans: Sequence[Plan]) -> Table:
    """Lots, and what is seen of the last one."""
    rows = [
        (name, plan.city.situation, len(plan.pmo.lot), *_told(plan))
        for name, plan in zip(names_of(plans), plans)
    ]
    columns = ["city", "situation", "lots", "ends", "range", "chance"]
    note = (
        f"{source_text(plans)}\n見通しは中央値の四半期、幅は20〜80%。要確認のシステムは稼働と置いた。"
        f"{labels.MISSING}は、移すロットがない"
    )
    return Table(pd.DataFrame(rows, columns=columns), "移行の見通し", note, "city")


def _told(plan: Plan) -> tuple[str | None, str | None, str | None]:
    """Median, range and chance of the last lot in words."""
    if plan.pmo.done:
        return None, None, None
    row = plan.pmo.told.last.iloc[0]
    median = labels.quarters_text(row["p50_from"], row["p50_to"])
    span = labels.quarters_text(row["p20"], row["p80_to"])
    return median, span, labels.chance_text(row["chance"])


# --- go-live by year -------------------------------------------------------------------------------------
def live_text(plans: Sequence[Plan]) -> str:
    """Whose last lot is seen first and last, and who has none."""
    days = {name: last_told(plan.pmo) for name, plan in zip(names_of(plans), plans)}
    values = {name: day for name, day in days.items() if day}
    said = ""
    if len(values) > 1:
        said = f"最後の稼働の見通し(中央値)が{ends_text(values, labels.quarter_text, '最も早い', '最も遅い', True)}。"
    elif values:
        ((name, day),) = values.items()
        said = f"{name}の最後の稼働の見通し(中央値)は{labels.quarter_text(day)}。"
    found = {name: plan.city.situation for name, plan in zip(names_of(plans), plans)}
    after = [name for name, situation in found.items() if situation == "after"]
    asked = [name for name, situation in found.items() if situation == "questions"]
    said += f"{'・'.join(after)}に移行の残りはない。" if after else ""
    return said + (f"{'・'.join(asked)}は、要確認のシステムの状態を先に確かめる。" if asked else "")


def live_figure(plans: Sequence[Plan]) -> Figure:
    """Share of systems in operation at the end of each fiscal year, as it is seen."""
    return lines_figure(
        "golive",
        "年度末に稼働しているシステムの割合(見通し)",
        live_text(plans),
        live_table(plans),
        "live_rate",
    )


def live_table(plans: Sequence[Plan]) -> Table:
    """Systems of the lots by the fiscal year of their median, and the share in operation then."""
    rows, years = [], _years(plans)
    for name, plan in zip(names_of(plans), plans):
        counts, seen = state_counts(plan.city), _seen(plan)
        scope = max(len(plan.city.systems) - counts["out"], 1)
        start = counts["live"] + counts["presumed"]
        for year in years:
            start += seen[year]
            rows.append((name, year, seen[year], start / scope))
    frame = pd.DataFrame(rows, columns=["city", "fiscal", "moved", "live_rate"])
    note = (
        f"{source_text(plans)}\n割合は、稼働・稼働とみなすものと、見通しの中央値までに移るものの、対象のシステムに対する年度末の値。"
        "要確認は数えない"
    )
    return Table(frame, "年度ごとの稼働", note, "fiscal", "city")


def _seen(plan: Plan) -> Counter:
    """Fiscal year of the median -> systems of the lots; a lot beyond the calendar has none."""
    if plan.pmo.done:
        return Counter()
    size = plan.pmo.lot.set_index("lot")["systems"]
    found: Counter = Counter()
    for row in plan.pmo.told.lot.to_dict("records"):
        if row["p50"]:
            found[months.fiscal_year(row["p50"])] += int(size[row["lot"]])
    return found


def _years(plans: Sequence[Plan]) -> range:
    """The fiscal years from the first plan's start to the last go-live, or month of people."""
    first = min(months.fiscal_year(plan.city.start) for plan in plans)
    people = [months.fiscal_year(plan.staffing.month[-1]) for plan in plans]
    seen = [year for plan in plans for year in _seen(plan)]
    return range(first, max(*people, *seen, first) + 1)


# --- people ----------------------------------------------------------------------------------------------
def people_text(plans: Sequence[Plan]) -> str:
    """Whose share of 変革人材 is highest at the end."""
    values = {row["city"]: row["then_rate"] for row in people_table(plans).frame.to_dict("records")}
    return f"計画の最後の変革人材が職員に占める割合は、{ends_text(values, _percent, '最も低い', '最も高い')}。"


def people_figure(plans: Sequence[Plan]) -> Figure:
    """変革人材 as a share of the staff, now, at the end and as the target."""
    frame = people_table(plans).frame
    looks = (
        ("now_rate", ("#9fd3c7", "\\")),
        ("then_rate", style.OWN),
        ("goal_rate", (style.PAPER, "")),
    )
    rows = list(frame[["now_rate", "then_rate", "goal_rate"]].itertuples(index=False, name=None))
    return bars_figure(
        "people",
        "変革人材が職員に占める割合",
        people_text(plans),
        names_of(plans),
        rows,
        looks,
        people_table(plans),
    )


def people_table(plans: Sequence[Plan]) -> Table:
    """変革人材 in heads and as a share of the staff."""
    rows = []
    for name, plan in zip(names_of(plans), plans):
        head = plan.staffing.head[plan.staffing.head["tier"] == "change"]
        aims = plan.staffing.pyramid[plan.staffing.pyramid["section"] == ""].set_index("tier")[
            "target"
        ]
        heads = (
            float(head["start"].iloc[0]),
            float(head["finish"].iloc[-1]),
            float(aims["change"]),
        )
        rows.append((name, *heads, *(count / _staff(plan) for count in heads)))
    frame = pd.DataFrame(
        rows, columns=["city", "now", "then", "goal", "now_rate", "then_rate", "goal_rate"]
    )
    return Table(
        frame, "変革人材", f"{source_text(plans, 'staff_general')}\n割合は職員に対する値", "city"
    )


# --- outsiders -------------------------------------------------------------------------------------------
def outside_text(plans: Sequence[Plan]) -> str:
    """Whose work is done most by outsiders, over the years of the plan."""
    values = {
        row["city"]: row["outside_rate"] for row in outside_table(plans).frame.to_dict("records")
    }
    return f"計画の期間を通して外部人材が仕事に占める割合は、{ends_text(values, _percent, '最も低い', '最も高い')}。"


def outside_figure(plans: Sequence[Plan]) -> Figure:
    """Share of the work that outsiders do, by fiscal year."""
    return lines_figure(
        "outsiders",
        "外部人材が仕事に占める割合",
        outside_text(plans),
        outside_years_table(plans),
        "outside_rate",
    )


def outside_years_table(plans: Sequence[Plan]) -> Table:
    """Share of the work that outsiders do, by city and fiscal year."""
    rows = []
    for name, plan in zip(names_of(plans), plans):
        cover = plan.staffing.cover
        year = cover.groupby(cover["month"].map(months.fiscal_year))[["outside", "demand"]].sum()
        rows += [(name, int(fiscal), _rate(*part)) for fiscal, *part in year.itertuples(name=None)]
    frame = pd.DataFrame(rows, columns=["city", "fiscal", "outside_rate"])
    return Table(
        frame,
        "年度ごとの外部人材",
        f"{source_text(plans)}\n移行・DX推進・日常の運用の仕事の量に対する割合",
        "fiscal",
        "city",
    )


def _rate(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else 0.0


def _exit_text(plan: Plan) -> str | None:
    return labels.date_text(plan.staffing.exit) if plan.staffing.exit else None


def outside_table(plans: Sequence[Plan]) -> Table:
    """Outsiders: most at once, person-months in all and per 10,000 residents, share of the work, the end."""
    rows = []
    for name, plan in zip(names_of(plans), plans):
        found = (
            plan.staffing.outside[plan.staffing.outside["kind"] == "outside"]
            .groupby("month")["fte"]
            .sum()
        )
        cover, total = plan.staffing.cover[["outside", "demand"]].sum(), float(found.sum())
        rows.append(
            (
                name,
                float(found.max()) if len(found) else 0.0,
                total,
                total / plan.city.facts.population * TEN_THOUSAND,
                _rate(cover["outside"], cover["demand"]),
                _exit_text(plan),
                plan.staffing.self_reliant,
            )
        )
    columns = [
        "city",
        "peak_fte",
        "outside_months",
        "per_ten_thousand",
        "outside_rate",
        "exit",
        "alone",
    ]
    note = f"{source_text(plans, 'population')}\n{labels.MISSING}は、外部人材を使わない、または期間内に自走に至らない"
    return Table(pd.DataFrame(rows, columns=columns), "外部人材と自走", note, "city")


# --- money -----------------------------------------------------------------------------------------------
def cost_text(plans: Sequence[Plan]) -> str:
    """Whose cost per resident is highest, and why that is no verdict."""
    values = {row["city"]: row["yen_each"] for row in cost_table(plans).frame.to_dict("records")}
    said = ends_text(values, lambda yen: f"{yen:,}円", "最も少ない", "最も多い")
    small = "人口が少ないほど、規模によらない経費の分だけ1人当たりの額は大きくなりやすい。" * (
        len(plans) > 1
    )
    return f"住民1人当たりの歳出({_span_text(plans)})は、{said}。{small}"


def _span_text(plans: Sequence[Plan]) -> str:
    spans = dict.fromkeys(
        "〜".join(labels.fiscal_short(int(y)) for y in p.budget.sure["fiscal"].iloc[[0, -1]])
        for p in plans
    )
    return f"{'、'.join(spans)}の計"


def cost_figure(plans: Sequence[Plan]) -> Figure:
    """Cost per resident by fund, and the shares of the funds."""
    names = [
        [f"{name}_rate" for name in FUNDS],
        [row["yen_each"] for row in cost_table(plans).frame.to_dict("records")],
    ]
    shares = [
        list(row) for row in fund_table(plans).frame[names[0]].itertuples(index=False, name=None)
    ]
    yen = [[share * each for share in row] for row, each in zip(shares, names[1])]
    with style.drawing():
        canvas = style.canvas(row_height(len(plans), 1), WIDE)
        for left, values, title, ends in (
            (0.16, yen, "住民1人当たりの歳出(円)", [f"{each:,}" for each in names[1]]),
            (0.62, [[100 * v for v in row] for row in shares], "財源の割合(%)", [""] * len(plans)),
        ):
            axes = canvas.add_axes(
                (left, 0.7 / canvas.get_figheight(), 0.34, 1 - 1.05 / canvas.get_figheight())
            )
            _draw_stacks(axes, values, ends)
            city_axes(axes, names_of(plans) if left < 0.5 else [""] * len(plans), title)
        canvas.legend(
            *axes.get_legend_handles_labels(),
            loc="lower center",
            ncol=5,
            frameon=False,
            fontsize=7.5,
        )
        svg = style.svg_text(
            canvas, "percapita", "住民1人当たりの歳出と財源の割合", cost_text(plans)
        )
    return Figure(
        "percapita", svg, cost_text(plans), source_text(plans, "population"), fund_table(plans)
    )


def _draw_stacks(axes, rows: Sequence[Sequence[float]], ends: Sequence[str]) -> None:
    """A bar of parts for each city, and what stands at its end."""
    low = [0.0] * len(rows)
    for part, (fund, look) in enumerate(zip(FUNDS, FUND_LOOK)):
        high = [a + row[part] for a, row in zip(low, rows)]
        boxes = [(a, b, k - 0.32, k + 0.32) for k, (a, b) in enumerate(zip(low, high)) if b > a]
        if boxes:
            style.draw_boxes(axes, boxes, look, label=labels.word_of("fund", fund))
        low = high
    top = max(low, default=0) or 1
    for k, (place, text) in enumerate(zip(low, ends)):
        axes.text(place + top * 0.02, k, text, va="center", fontsize=7.5)
    axes.set(xlim=(0, top * (1.22 if any(ends) else 1)))


def cost_table(plans: Sequence[Plan]) -> Table:
    """Cost in all and by resident, and general revenue by resident."""
    rows = []
    for name, plan in zip(names_of(plans), plans):
        sure, people = plan.budget.sure, plan.city.facts.population
        rows.append(
            (
                name,
                round(sure["yen"].sum() / THOUSAND),
                *(
                    round(sure[part].sum() / people)
                    for part in ("yen", "general", "general_if_zero")
                ),
            )
        )
    frame = pd.DataFrame(rows, columns=["city", "total", "yen_each", "general_each", "zero_each"])
    return Table(
        frame,
        "歳出と住民1人当たりの額",
        f"{source_text(plans, 'population')}\n{_span_text(plans)}。既存の職員の人件費は含まない",
        "city",
    )


def fund_table(plans: Sequence[Plan]) -> Table:
    """Shares of the funds."""
    rows = []
    for name, plan in zip(names_of(plans), plans):
        fund = plan.budget.funding.groupby("fund")["yen"].sum()
        rows.append((name, *(_rate(fund.get(one, 0), fund.sum()) for one in FUNDS)))
    frame = pd.DataFrame(rows, columns=["city", *(f"{one}_rate" for one in FUNDS)])
    return Table(frame, "財源の割合", f"{source_text(plans)}\n歳出の計に対する割合", "city")


# --- grounds ---------------------------------------------------------------------------------------------
def ground_table(plans: Sequence[Plan]) -> Table:
    """How much of each city's inputs a person has said, and how much is still to be confirmed."""
    rows = []
    for name, plan in zip(names_of(plans), plans):
        found = [value for _, value in plan.city.assumptions()]
        rows.append(
            (
                name,
                plan.city.at("basis_date").value,
                len(found),
                sum(v.where == DEFAULT for v in found),
                sum(labels.GRADES[v.grade].unconfirmed for v in found),
            )
        )
    frame = pd.DataFrame(rows, columns=["city", "basis", "inputs", "default", "unsure"])
    note = "既定のままの前提が多い団体どうしの差は、規模などの公表値の差による。値の一覧は各団体の報告書の「前提と出典」にある。"
    return Table(
        frame, "計画の前提", f"出典: dxplan の前提の一覧。{note}{labels.grades_text()}", "city"
    )
