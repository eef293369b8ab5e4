"""The budget as figures and tables: cost and funds by year, what is not sure, requests, one page.

Amounts are shown in thousands of yen. They are rounded once, by largest remainder, from the whole
sum down to the cells, so that every table adds up and all tables agree.
"""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Mapping, Sequence

import pandas as pd

from dxplan.facts import catalog, months
from dxplan.plan.budget import GROUPS, SCENARIOS, BudgetPlan
from dxplan.plan.funds import allocated, parts
from dxplan.show import charts, labels, style
from dxplan.show.charts import FUNDS, STACK, Canvas, Pen
from dxplan.show.style import Shown, Table, Text

TOTAL = "計"
THOUSAND, MILLION = 1_000, 1_000_000
WIDE = 7.0  # inches: the width of an A4 portrait page without its margins
SHOWN = 6  # rows of years on the A4 page; later years share the last one
ASKED = 8  # rows of requests on the A4 page
LINES = (
    Pen(style.SOFT, dashes=(0, (3, 2)), mark="s", size=4.5),
    Pen(style.BLUE, mark="o", size=4.5),
    Pen(dashes=(0, (1, 1.5)), mark="^", size=4.5),
)
ASSUMED = f"単価・率・上限額は設計上の仮定を含む({labels.UNCONFIRMED}。「前提と出典」の表を参照)"


def source_text(plan: BudgetPlan) -> str:
    """Where the amounts come from, and from when on they count."""
    start = labels.date_text(plan.city.start)
    return f"出典: dxplan の計算({start}からの経費、{_basis(plan)}時点)。{ASSUMED}"


def _basis(plan: BudgetPlan) -> str:
    return labels.date_text(plan.city.basis)


def span_text(plan: BudgetPlan) -> str:
    """The fiscal years of the budget: 令和8(2026)年度〜令和13(2031)年度."""
    years = plan.sure["fiscal"]
    return f"{labels.fiscal_text(years.min())}〜{labels.fiscal_text(years.max())}"


# --- thousands -----------------------------------------------------------------------------------
def _sums(frame: pd.DataFrame, *keys: str) -> dict:
    return frame.groupby(list(keys))["yen"].sum().to_dict()


def _rounded(yen: pd.Series, total: int | None = None) -> list[int]:
    """Yen as thousands that add up: to a total that is given, or to their own."""
    # Rounding each amount alone would leave the table a few thousand off.
    if total is None:
        total = round(yen.sum() / THOUSAND)
    return parts(int(total), yen.tolist())


def _thousands(plan: BudgetPlan) -> pd.DataFrame:
    """A row a fiscal year in thousands of yen: total, groups, funds; both add up to the total."""
    sure = plan.sure
    by_group = _sums(plan.item, "fiscal", "group")
    by_fund = _sums(plan.funding, "fiscal", "fund")
    rows = []
    for fiscal, total in zip(sure["fiscal"], _rounded(sure["yen"]), strict=True):
        groups = parts(total, [by_group.get((fiscal, name), 0) for name in GROUPS])
        funds = parts(total, [by_fund.get((fiscal, name), 0) for name in FUNDS])
        rows.append((fiscal, total, *groups, *funds))
    frame = pd.DataFrame(rows, columns=["fiscal", "total", *GROUPS, *FUNDS])
    more = _rounded(sure["general_if_zero"] - sure["general"])
    return frame.assign(more=more, general_if_zero=frame["general"] + more)


def _by_year(frame: pd.DataFrame, columns: Sequence[str], most: int | None = None) -> pd.DataFrame:
    """Rows of years under their names, with a last row of sums; years beyond some share a row."""
    names = [labels.era_fiscal(fiscal) for fiscal in frame["fiscal"]]
    if most and len(names) > most:
        # Names that are the same become one row below.
        late = f"{names[most - 1]}以降"
        names = names[: most - 1] + [late] * (len(names) - most + 1)
    amounts = frame[list(columns)]
    years = amounts.groupby(names, sort=False).sum().rename_axis("year").reset_index()
    return pd.concat([years, pd.DataFrame([{"year": TOTAL, **amounts.sum()}])], ignore_index=True)


def _million(yen: float) -> str:
    if yen >= MILLION:
        return f"約{round(yen / MILLION):,}百万円"
    return f"約{round(yen / THOUSAND):,}千円"


# --- sentences -----------------------------------------------------------------------------------
def summary_text(plan: BudgetPlan) -> str:
    """Total cost, its funds, general revenue, and general revenue if nothing unconfirmed comes."""
    fund = _sums(plan.funding, "fund")
    paid = [
        f"{labels.word_of('fund', name)}{_million(fund[name])}"
        for name in FUNDS[:-1]
        if fund.get(name)
    ]
    funds = "見込める補助金・地方債・交付税措置はない"
    if paid:
        funds = f"財源の見込みは{'、'.join(paid)}"
    cost, general, worst = plan.sure[["yen", "general", "general_if_zero"]].sum()
    tail = "には左右されない"
    if worst > general:
        tail = f"がすべて0なら{_million(worst)}に増える"
    return (
        f"{span_text(plan)}の歳出は計{_million(cost)}。{funds}。"
        f"残る一般財源(交付税を除く)は{_million(general)}"
        f"(歳出の{labels.percent_text(general / cost)}%)で、{labels.UNCONFIRMED}の率{tail}。"
    )


def summary(plan: BudgetPlan) -> Text:
    """The summary, whether the body gets allocation tax and the rule of the bond, as paragraphs."""
    lead = style.paragraph(summary_text(plan), "lead")
    return Text(lead.html() + style.paragraph(body_text(plan) + bond_text(plan)).html())


def body_text(plan: BudgetPlan) -> str:
    """Whether the body gets allocation tax, and on what ground."""
    city, ground = plan.city, "指定による"
    if city.at("allocation").word == "自動":
        ward = ""
        if city.facts.type == "特別区":
            ward = "(特別区は都と合わせて算定)"
        strength = f"財政力指数 {city.facts.fiscal_strength:g} による代用"
        ground = f"{strength}{ward}、{labels.UNCONFIRMED}"
    if allocated(city):
        return f"{city.name}は地方交付税の交付団体とみなす({ground})。"
    return (
        f"{city.name}は地方交付税の不交付団体とみなす({ground})。"
        "特別交付税・普通交付税の措置は0とした。"
    )


def bond_text(plan: BudgetPlan) -> str:
    """The rule of the bond: for investment only, what later years give back, the real burden."""
    borrowed = _sums(plan.funding, "fund").get("bond")
    if not borrowed:
        return "地方債は見込まない。"
    fill, back = (plan.city.number(name) / 100 for name in ("rate_F8", "rate_F8_return"))
    rule = (
        f"地方債(デジタル活用推進事業債、充当率{fill * 100:g}%)は初期投資だけに充て、"
        f"人件費・運用経費には充てない。借入れ{_million(borrowed)}"
    )
    if not plan.repaid:
        return f"{rule}は後年度に返すもので、続く歳入ではない。"
    return (
        f"{rule}の元利償還金のうち{back * 100:g}%(元金で{_million(plan.repaid)})は、"
        f"後年度の交付税で措置される見込みで、実質の負担は事業費の{(1 - fill * back) * 100:g}%。"
    )


def unasked_text(plan: BudgetPlan) -> str:
    """What the budgets in force are taken to hold, by fiscal year."""
    if plan.unasked.empty:
        return "計画の経費は、すべてこれからの予算で要求できる。"
    held = []
    for fiscal, part in plan.unasked.groupby("fiscal"):
        names = [labels.label_of(name) for name in GROUPS if name in set(part["group"])]
        held.append(f"{labels.fiscal_text(fiscal)}の{'・'.join(names)}")
    return (
        f"{'、'.join(held)}のうち、これから要求する機会がないものは、"
        "成立済みの予算(契約済みの経費など)で支出するとみなす。"
    )


# --- figures -------------------------------------------------------------------------------------
def funding_figure(plan: BudgetPlan) -> Shown:
    """Cost by group and its funds, stacked by fiscal year, side by side."""
    frame = _thousands(plan)
    canvas = style.sheet(3.4, WIDE)
    for left, names, title in ((0.07, GROUPS, "歳出"), (0.57, FUNDS, "財源内訳")):
        box = (left * WIDE, 0.78, 0.42 * WIDE, 2.28)
        _draw_stack(canvas, box, frame, dict(zip(names, STACK, strict=False)), title)
    title, table = f"{plan.city.name}の歳出と財源", funding_table(plan)
    sentence = summary_text(plan)
    return style.drawn(canvas, "funding", title, sentence, source_text(plan), table)


def _draw_stack(
    canvas: Canvas,
    box: Sequence[float],
    frame: pd.DataFrame,
    looks: Mapping[str, style.Look],
    title: str,
) -> None:
    """Bars of a fiscal year, in millions of yen, with their total on top."""
    words = {labels.label_of(name): look for name, look in looks.items()}
    parts = frame[list(looks)].to_numpy().T / THOUSAND
    tops = parts.sum(axis=0)
    panel = charts.year_panel(canvas, box, frame["fiscal"], max(tops), f"{title}(百万円)")
    charts.stacked_bars(panel, parts, words, (-0.34, 0.34))
    for place, top in enumerate(tops):
        panel.words(place, top, f"{round(top):,}", (0, 1), ha="center", va="bottom")
    charts.legend(canvas, panel.samples, (box[0] + box[2] / 2, 0.2), 3)


def running_figure(plan: BudgetPlan) -> Shown:
    """Running cost in the three scenarios, in the whole fiscal years of the plan."""
    running = plan.running
    running = running[running["fiscal"].map(months.fiscal_start) >= plan.city.start]
    canvas = style.sheet(2.8, WIDE)
    years, most = sorted(set(running["fiscal"])), (running["yen"] / MILLION).max()
    box = (0.08 * WIDE, 0.34, 0.72 * WIDE, 2.07)
    panel = charts.year_panel(canvas, box, years, most, "運用経費(百万円)")
    for pen, (factor, part) in zip(LINES, running.groupby("scenario"), strict=False):
        millions = part["yen"].to_numpy() / MILLION
        panel.line(range(len(part)), millions, pen)
        text = f"{factor:g}倍 {millions[-1]:,.0f}"
        panel.words(len(part) - 1, millions[-1], text, (7, 0), 8, color=pen.color)
    title, table = f"{plan.city.name}の移行後の運用経費", running_table(plan)
    sentence = running_text(plan)
    return style.drawn(canvas, "running", title, sentence, source_text(plan), table)


def running_text(plan: BudgetPlan) -> str:
    """Running cost of the last year in each scenario."""
    year = plan.running["fiscal"].max()
    last = plan.running[plan.running["fiscal"] == year]
    cases = [f"{row.scenario:g}倍なら{_million(row.yen)}" for row in last.itertuples()]
    return (
        f"移行後の運用経費は、{labels.fiscal_text(year)}に現行の{'、'.join(cases)}。"
        f"歳出の表は{plan.city.at('running_case').word}の場合で、3割の削減は見込まない。"
    )


def sure_figure(plan: BudgetPlan) -> Shown:
    """General revenue as planned, and what it grows by where unconfirmed rates are zero."""
    looks = {"general": style.GREY, "more": style.AMBER}
    canvas = style.sheet(2.8, WIDE)
    _draw_stack(canvas, (0.08 * WIDE, 0.56, 0.9 * WIDE, 1.88), _thousands(plan), looks, "一般財源")
    title, table = f"{plan.city.name}の一般財源の確かさ", sure_table(plan)
    return style.drawn(canvas, "sure", title, sure_text(plan), source_text(plan), table)


def sure_text(plan: BudgetPlan) -> str:
    """How much general revenue hangs on unconfirmed rates, and on which measure most."""
    more = plan.sure["general_if_zero"].sum() - plan.sure["general"].sum()
    if not more:
        return f"一般財源は、{labels.UNCONFIRMED}の率に左右されない。"
    ((top, yen),) = Counter(_sums(plan.shock, "measure")).most_common(1)
    return (
        f"{labels.UNCONFIRMED}の率がすべて0なら、一般財源は{_million(more)}増える。"
        f"最も大きいのは{_names(plan)[top]}({top})の{_million(yen)}。"
    )


# --- tables --------------------------------------------------------------------------------------
def cost_table(plan: BudgetPlan) -> Table:
    """Cost by fiscal year and group."""
    note = f"{source_text(plan)}\n既存の職員の人件費は含まない"
    return Table(_by_year(_thousands(plan), [*GROUPS, "total"]), "年度ごとの歳出", note, "year")


def funding_table(plan: BudgetPlan) -> Table:
    """Funds by fiscal year."""
    note = (
        f"{source_text(plan)}\n地方交付税は使途の定めのない一般財源だが、"
        "措置の見込みを分けて示す。県支出金は見込まない"
    )
    return Table(_by_year(_thousands(plan), ["total", *FUNDS]), "年度ごとの財源内訳", note, "year")


def item_table(plan: BudgetPlan) -> Table:
    """Cost by group and item over the years, and the years in which it is spent."""
    thousands, rows = _thousands(plan), []
    for group in GROUPS:
        items = plan.item[plan.item["group"] == group].groupby("item", sort=False)
        spent = items.agg(first=("fiscal", "min"), last=("fiscal", "max"), yen=("yen", "sum"))
        amounts = _rounded(spent["yen"], thousands[group].sum())
        for row, amount in zip(spent.itertuples(), amounts, strict=True):
            name = labels.words_of("item").get(row.Index, row.Index)
            term = _term(row.first, row.last)
            rows.append((labels.label_of(group), name, term, amount))
    frame = pd.DataFrame(rows, columns="group what term thousand".split())
    return Table(frame, "歳出の内訳", source_text(plan), "what", "group")


def _in_cells(plan: BudgetPlan, frame: pd.DataFrame) -> list[int]:
    """Yen as thousands that add up to the cells (fiscal, group) of ``cost_table``, all in it."""
    cells = _thousands(plan).set_index("fiscal")
    thousand = pd.Series(0, frame.index)
    for (fiscal, group), part in frame.groupby(["fiscal", "group"], sort=False):
        thousand[part.index] = _rounded(part["yen"], cells.at[fiscal, group])
    return list(thousand)


def sure_table(plan: BudgetPlan) -> Table:
    """General revenue as planned, more of it where unconfirmed rates are zero, and the sum."""
    frame = _by_year(_thousands(plan), "total general more general_if_zero".split())
    title = f"{labels.UNCONFIRMED}の率が0の場合の一般財源"
    return Table(frame, title, source_text(plan), "year")


def shock_table(plan: BudgetPlan) -> Table:
    """By measure and year: general revenue more than planned if its unconfirmed rates are zero."""
    rows = []
    for measure, part in plan.shock.groupby("measure", sort=False):
        for fiscal, more in zip(part["fiscal"], _rounded(part["yen"]), strict=True):
            rows.append((_names(plan)[measure], fiscal, more))
    frame = pd.DataFrame(rows, columns=["name", "fiscal", "more"])
    title = "措置ごとに、率が0の場合に増える一般財源"
    none = f"{labels.UNCONFIRMED}の率による財源はない。"
    return Table(frame, title, source_text(plan), "fiscal", "name", none)


def running_table(plan: BudgetPlan) -> Table:
    """Running cost by fiscal year in three scenarios; general revenue in the budget's one."""
    city, cells, factors = plan.city, _thousands(plan), []
    case = city.at("running_case").word
    for word, name in SCENARIOS.items():
        factors.append(f"{word} {city.number(name):g}倍")
        part = plan.running[plan.running["scenario"] == city.number(name)].reset_index()
        # The case of the budget stands as it does in the other tables, to the thousand.
        if word == case:
            cells[name] = cells["running"]
            cells["general"] = (part["general"] / THOUSAND).round().astype(int)
        else:
            cells[name] = (part["yen"] / THOUSAND).round().astype(int)
    note = (
        f"{source_text(plan)}\n倍率は現行に対して{'、'.join(factors)}。"
        f"一般財源は{case}の場合。未稼働のシステムは現行の経費のまま数える"
    )
    frame = _by_year(cells, [*SCENARIOS.values(), "general"])
    return Table(frame, "運用経費の3つの場合", note, "year")


def _names(plan: BudgetPlan) -> dict[str, str]:
    return dict(zip(plan.measure["measure"], plan.measure["name"], strict=True))


def _measures(plan: BudgetPlan) -> pd.DataFrame:
    """The measures with terms in words; what they pay adds up to ``funding_table``."""
    frame, cells = plan.measure.copy(), _thousands(plan)
    for fund, part in frame.groupby("fund"):
        # Measures that are no fund, or pay nothing, have no sum to add up to.
        if fund and part["used"].sum():
            frame.loc[part.index, "used"] = _rounded(part["used"], cells[fund].sum())
    terms = zip(frame["fiscal_from"], frame["fiscal_to"], strict=True)
    return frame.assign(
        id=frame["measure"],
        source=frame["source"].map(_title),
        treatment=frame["reason"],
        support=frame["rate"],
        cap=frame["cap"].astype("float64"),
        term=[_term(first, last) for first, last in terms],
    )


def _title(source: str) -> str:
    """Title of a source id of data/SOURCES.csv; a person's own words as they are."""
    # What a person has typed in names no source id.
    if source in set(catalog.load_table("SOURCES")["id"]):
        return catalog.load_source(source).title
    return source


def _term(first: float, last: float) -> str:
    if pd.isna(first) and pd.isna(last):
        return labels.MISSING
    ends = []
    for year in (first, last):
        ends.append("" if pd.isna(year) else labels.fiscal_short(int(year)).removesuffix("年度"))
    return "〜".join(dict.fromkeys(ends))


def measure_table(plan: BudgetPlan) -> Table:
    """Every measure with rate, cap, term, grade, how the plan takes it, and what it pays."""
    columns = "fund name support cap term source grade treatment used".split()
    frame = _measures(plan)
    frame["name"] += "(" + frame["id"] + ")"
    note = (
        f"{source_text(plan)}\nF10-person の上限額は1人1年当たり。"
        f"{body_text(plan)}{labels.grades_text()}"
    )
    return Table(frame[columns], "財政措置の一覧", note, "name", "fund")


# --- requests ------------------------------------------------------------------------------------
def _asked(plan: BudgetPlan) -> pd.DataFrame:
    """Requests by occasion, year of the money and group; thousands agree with ``cost_table``."""
    both = pd.concat([plan.request, plan.unasked], ignore_index=True)
    both["what"] = both["item"].replace(labels.words_of("item"))
    both["thousand"] = _in_cells(plan, both)
    keys = "request_by gate fiscal group standing".split()
    asked = both.dropna(subset=["gate"]).groupby(keys, sort=False)
    return asked.agg(
        what=("what", "・".join), asked=("thousand", "sum"), first=("first", "min")
    ).reset_index()


def request_table(plan: BudgetPlan) -> Table:
    """What must be asked for at which budget occasion."""
    rows = []
    for row in _asked(plan).itertuples():
        what = labels.label_of(row.group)
        # A group of one item of the same name is named once.
        if what != row.what:
            what += f": {row.what}"
        rows.append(
            {
                "gate": f"{labels.day_text(row.request_by)}締切 {row.gate}",
                "year": labels.era_fiscal(row.fiscal),
                "what": what,
                "asked": row.asked,
                "first": labels.month_text(row.first),
                "timing": row.standing,
            }
        )
    columns = "gate year what asked first timing".split()
    frame = pd.DataFrame(rows, columns=columns)
    late = ""
    if "late" in set(frame["timing"]):
        late = "「間に合わない」は、執行できる日まで支出を遅らせるか、既定の予算の流用などによる。"
    note = (
        f"{source_text(plan)}\n予算の年度の「前年度」は、前年度の予算での債務負担行為か繰越、"
        f"または当初予算の復活要求による。{late}"
        "複数年度の契約は、最初の要求で債務負担行為(契約の全期間)も併せて要求する。"
        f"{unasked_text(plan)}"
    )
    return Table(frame, "予算要求の予定", note, "", "gate", "要求する経費はない。")


# --- one page for the finance section and the council --------------------------------------------
def finance_page(plan: BudgetPlan) -> Text:
    """One A4 page: cost, funds and general revenue by year, what is not sure, what to ask when."""
    frame = _thousands(plan)
    cost = _by_year(frame, [*GROUPS, "total"], SHOWN)
    funds = _by_year(frame, ["total", *FUNDS, "general_if_zero"], SHOWN)
    pieces = (
        style.heading(f"{plan.city.pref}{plan.city.name} 標準化・DX推進の経費と財源", 3),
        style.paragraph(f"{summary_text(plan)}({_basis(plan)}時点)", "lead"),
        Table(cost, "1 歳出", "", "year"),
        Table(funds, "2 財源内訳", "", "year"),
        _doubt_table(plan),
        _calendar_table(plan),
    )
    notes = "".join(f"<li>{html.escape(text)}</li>" for text in _notes(plan))
    body = "".join(piece.html() for piece in pieces)
    minutes = style.minutes_text(plan.city, "budget").html()
    page = f'<div class="finance-page">{body}<ul class="notes">{notes}</ul></div>'
    return Text(page + minutes)


def _doubt_table(plan: BudgetPlan) -> Table:
    """The measures that pay, and general revenue if their unconfirmed rate is zero."""
    more = Counter(_sums(plan.shock, "measure"))
    frame = _measures(plan)
    frame = frame[frame["used"] > 0].drop_duplicates("id")
    frame["more"] = [round(more[measure] / THOUSAND) for measure in frame["id"]]
    frame = frame["name support term source grade used more".split()]
    title = "3 財政措置と、率が0の場合に増える一般財源"
    return Table(frame, title, "", "name", none="見込める財政措置はない。")


def _calendar_table(plan: BudgetPlan) -> Table:
    """Requests by occasion and year of the money, the next ones."""
    rows = []
    keys = ["request_by", "gate", "fiscal"]
    for (day, gate, fiscal), part in _asked(plan).groupby(keys, sort=False):
        amounts = []
        for group, thousand in part.groupby("group", sort=False)["asked"].sum().items():
            amounts.append(f"{labels.label_of(group)} {thousand:,}")
        occasion = f"{gate}({labels.fiscal_short(fiscal)}分)"
        rows.append((day, occasion, "、".join(amounts), part["asked"].sum()))
    frame = pd.DataFrame(rows, columns="request_by gate what asked".split())
    more = ""
    if len(frame) > ASKED:
        more = f"ほか{len(frame) - ASKED}件は「予算要求の予定」の表を参照"
    title = "4 予算要求の予定(年度は支出の年度、金額は千円)"
    return Table(frame.head(ASKED), title, more, "gate", none="要求する経費はない。")


def _notes(plan: BudgetPlan) -> tuple[str, ...]:
    start, city = plan.city.start, plan.city
    case = city.at("running_case").word
    cap = f"不明のため見積額の全額とみなす({labels.UNCONFIRMED})。"
    if city.at("cap_basis").word == "団体の上限額":
        cap = f"団体の額{_million(city.number('cap_F1'))}。"
    return (
        f"{labels.fiscal_text(months.fiscal_year(start))}は{start.month}月からの額。"
        "既存の職員の人件費は含まない。県支出金は見込まない。",
        f"{body_text(plan)}「一般財源」は地方交付税の措置の見込みを除いた額。"
        "特別交付税の額は年度末に決まり、使途の定めはない。",
        f"国庫支出金は、基金からの補助金を含み、歳入の科目は団体の取扱いによる。上限額は{cap}",
        bond_text(plan),
        unasked_text(plan),
        f"運用経費は現行の{city.number(SCENARIOS[case]):g}倍({case})。{ASSUMED}。",
    )


# --- for the workbook -----------------------------------------------------------------------------
def years_table(plan: BudgetPlan) -> Table:
    """Cost and funds by fiscal year and in all, in thousands of yen, with what the funds leave."""
    cost, funds, sure = cost_table(plan).frame, funding_table(plan).frame, sure_table(plan).frame
    names = list(FUNDS)
    frame = cost.join(funds[names]).assign(
        earned=funds["total"], balance=0, general_if_zero=sure["general_if_zero"]
    )
    columns = ["year", *GROUPS, "total", *names, "earned", "balance", "general_if_zero"]
    note = (
        f"{source_text(plan)}\n歳出計・財源計・差・計は計算式。"
        "地方交付税は使途の定めのない一般財源だが、措置の見込みを分けて示す"
    )
    return Table(frame[columns], "年度ごとの経費と財源", note, "year")


def spending_table(plan: BudgetPlan) -> Table:
    """Every cost with its fund, in whole yen."""
    rows = plan.funding
    frame = rows.assign(
        group=rows["group"].map(labels.label_of),
        what=rows["item"].replace(labels.words_of("item")),
        grade=[grade or None for grade in rows["grade"]],
    )
    columns = ["fiscal", "group", "what", "fund", "yen", "grade"]
    note = f"計は、絞り込んだ行だけの合計。\n{source_text(plan)}"
    return Table(frame[columns], "経費の明細(円)", note, "what")
