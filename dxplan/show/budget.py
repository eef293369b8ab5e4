"""The budget as figures and tables: cost and funding by fiscal year, what is not sure, requests, one A4 page.

Amounts are shown in thousands of yen. They are rounded once, by largest remainder, from the whole sum down to the
cells, so that every table adds up and all tables agree.
"""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Sequence

import pandas as pd

from dxplan.facts import catalog, months
from dxplan.plan.budget import GROUPS, SCENARIOS, BudgetPlan
from dxplan.plan.funds import allocated, parts
from dxplan.show import labels, style
from dxplan.show.style import Figure, Shown, Table, Text

FUNDS = (
    "subsidy",
    "bond",
    "special",
    "ordinary",
    "general",
)  # earmarked money first, as a budget book has it
TOTAL = "計"
THOUSAND, MILLION = 1_000, 1_000_000
WIDE = 7.0  # inches: the width of an A4 portrait page without its margins
SHOWN = 6  # rows of years on the A4 page; later years share the last one
ASKED = 8  # rows of requests on the A4 page
LOOKS = (
    (style.BLUE, ""),
    ("#8a8a94", "-"),
    ("#f2a900", "/"),
    ("#9fd3c7", "\\"),
    ("#d9d9de", "."),
    ("#8fb3ff", "/"),
)
LINES = (("#4d4d52", "--", "s"), (style.BLUE, "-", "o"), (style.INK, ":", "^"))
ASSUMED = f"単価・率・上限額は設計上の仮定を含む({labels.UNCONFIRMED}。「前提と出典」の表を参照)"


def source_text(plan: BudgetPlan) -> str:
    """Where the amounts come from, and from when on they count."""
    return f"出典: dxplan の計算({labels.date_text(plan.city.start)}からの経費、{_basis(plan)}時点)。{ASSUMED}"


def _basis(plan: BudgetPlan) -> str:
    return labels.date_text(plan.city.at("basis_date").value)


def span_text(plan: BudgetPlan) -> str:
    """The fiscal years of the budget: 令和8(2026)年度〜令和13(2031)年度."""
    years = plan.sure["fiscal"]
    return f"{labels.fiscal_text(years.min())}〜{labels.fiscal_text(years.max())}"


# --- thousands -----------------------------------------------------------------------------------------
def _sums(frame: pd.DataFrame, *keys: str) -> dict:
    return frame.groupby(list(keys))["yen"].sum().to_dict() if len(frame) else {}


def _thousands(plan: BudgetPlan) -> pd.DataFrame:
    """One row a fiscal year in thousands of yen: the total, the groups and the funds; both add up to the total."""
    years, yen = list(plan.sure["fiscal"]), list(plan.sure["yen"])
    total = parts(round(sum(yen) / THOUSAND), yen)
    group, fund = _sums(plan.item, "fiscal", "group"), _sums(plan.funding, "fiscal", "fund")
    rows = [
        (
            f,
            whole,
            *parts(whole, [int(group.get((f, g), 0)) for g in GROUPS]),
            *parts(whole, [int(fund.get((f, m), 0)) for m in FUNDS]),
        )
        for f, whole in zip(years, total)
    ]
    frame = pd.DataFrame(rows, columns=["fiscal", "total", *GROUPS, *FUNDS])
    more = parts(
        round((plan.sure["general_if_zero"].sum() - plan.sure["general"].sum()) / THOUSAND),
        list(plan.sure["general_if_zero"] - plan.sure["general"]),
    )
    return frame.assign(more=more, general_if_zero=frame["general"] + more)


def _by_year(frame: pd.DataFrame, columns: Sequence[str], most: int | None = None) -> pd.DataFrame:
    """Rows of years under their names, with a last row of sums; years beyond some share a row."""
    names = [labels.era_fiscal(fiscal) for fiscal in frame["fiscal"]]
    if most and len(names) > most:
        names = names[: most - 1] + [f"{names[most - 1]}以降"] * (len(names) - most + 1)
    named = frame.assign(year=names).groupby("year", sort=False)[list(columns)].sum().reset_index()
    whole = pd.DataFrame([{"year": TOTAL, **frame[list(columns)].sum()}])
    return pd.concat([named, whole], ignore_index=True)


def _million(yen: float) -> str:
    return (
        f"約{round(yen / MILLION):,}百万円"
        if yen >= MILLION
        else f"約{round(yen / THOUSAND):,}千円"
    )


# --- sentences -----------------------------------------------------------------------------------------
def summary_text(plan: BudgetPlan) -> str:
    """Total cost, its funds, general revenue, and general revenue if nothing unconfirmed comes."""
    fund = {name: int(yen) for name, yen in _sums(plan.funding, "fund").items()}
    paid = [
        f"{labels.word_of('fund', name)}{_million(fund[name])}"
        for name in FUNDS[:-1]
        if fund.get(name)
    ]
    cost, general = int(plan.sure["yen"].sum()), int(plan.sure["general"].sum())
    funds = (
        f"財源の見込みは{'、'.join(paid)}" if paid else "見込める補助金・地方債・交付税措置はない"
    )
    worst = int(plan.sure["general_if_zero"].sum())
    tail = (
        f"{labels.UNCONFIRMED}の率がすべて0なら{_million(worst)}に増える。"
        if worst > general
        else f"{labels.UNCONFIRMED}の率には左右されない。"
    )
    return (
        f"{span_text(plan)}の歳出は計{_million(cost)}。{funds}。残る一般財源(交付税を除く)は{_million(general)}"
        f"(歳出の{labels.percent_text(general / cost)}%)で、{tail}"
    )


def summary(plan: BudgetPlan) -> Text:
    """The summary, with whether the body gets allocation tax and the rule of the bond, as paragraphs."""
    said = (
        style.paragraph(summary_text(plan), "lead"),
        style.paragraph(body_text(plan) + bond_text(plan)),
    )
    return Text("".join(piece.html() for piece in said))


def body_text(plan: BudgetPlan) -> str:
    """Whether the body gets allocation tax, and on what ground."""
    city, said = plan.city, plan.city.at("allocation").value
    word = "交付団体" if allocated(city) else "不交付団体"
    ground = (
        f"財政力指数 {city.facts.fiscal_strength:g} による代用{'(特別区は都と合わせて算定)' * (city.facts.type == '特別区')}、"
        f"{labels.UNCONFIRMED}"
        if said == "自動"
        else "指定による"
    )
    tail = "" if allocated(city) else "特別交付税・普通交付税の措置は0とした。"
    return f"{city.name}は地方交付税の{word}とみなす({ground})。{tail}"


def bond_text(plan: BudgetPlan) -> str:
    """The rule of the bond: for investment only, what later years' allocation tax gives back, the real burden."""
    borrowed = int(plan.funding.loc[plan.funding["fund"] == "bond", "yen"].sum())
    if not borrowed:
        return "地方債は見込まない。"
    fill, back = (plan.city.number(name) / 100 for name in ("rate_F8", "rate_F8_return"))
    rule = f"地方債(デジタル活用推進事業債、充当率{fill * 100:g}%)は初期投資だけに充て、人件費・運用経費には充てない。"
    if not plan.repaid:
        return f"{rule}借入れ{_million(borrowed)}は後年度に返すもので、続く歳入ではない。"
    return (
        f"{rule}借入れ{_million(borrowed)}の元利償還金のうち{back * 100:g}%(元金で{_million(plan.repaid)})は、後年度の"
        f"交付税で措置される見込みで、実質の負担は事業費の{(1 - fill * back) * 100:g}%。"
    )


def unasked_text(plan: BudgetPlan) -> str:
    """What the budgets in force are taken to hold, by fiscal year."""
    if not len(plan.unasked):
        return "計画の経費は、すべてこれからの予算で要求できる。"
    found: dict[int, list[str]] = {}
    for fiscal, group in _sums(plan.unasked, "fiscal", "group"):
        found.setdefault(fiscal, []).append(group)
    said = [
        f"{labels.fiscal_text(f)}の{'・'.join(labels.label_of(g) for g in GROUPS if g in kinds)}"
        for f, kinds in found.items()
    ]
    return f"{'、'.join(said)}のうち、これから要求する機会がないものは、成立済みの予算(契約済みの経費など)で支出するとみなす。"


# --- figures -------------------------------------------------------------------------------------------
def funding_figure(plan: BudgetPlan) -> Shown:
    """Cost by group and its funds, stacked by fiscal year, side by side."""
    sentence, frame = summary_text(plan), _thousands(plan)
    with style.drawing():
        canvas = style.canvas(3.4, WIDE)
        for left, names, title in ((0.07, GROUPS, "歳出"), (0.57, FUNDS, "財源内訳")):
            axes = canvas.add_axes((left, 0.23, 0.42, 0.67))
            _draw_stack(axes, frame, names, title)
        svg = style.svg_text(canvas, "funding", f"{plan.city.name}の歳出と財源", sentence)
    return Figure("funding", svg, sentence, source_text(plan), funding_table(plan))


def _draw_stack(axes, frame: pd.DataFrame, names: Sequence[str], title: str, looks=LOOKS) -> None:
    """Bars of a fiscal year, in millions of yen, with their total on top."""
    base = [0.0] * len(frame)
    for look, name in zip(looks, names):
        tops = [low + value / THOUSAND for low, value in zip(base, frame[name])]
        boxes = [
            (k - 0.34, k + 0.34, low, top)
            for k, (low, top) in enumerate(zip(base, tops))
            if top > low
        ]
        if boxes:
            style.draw_boxes(axes, boxes, look, label=labels.label_of(name))
        base = tops
    for k, top in enumerate(base):
        axes.text(k, top, f"{round(top):,}", ha="center", va="bottom", fontsize=7.5)
    _year_axes(axes, list(frame["fiscal"]), max(base), f"{title}(百万円)")
    handles, words = axes.get_legend_handles_labels()
    axes.legend(
        handles,
        words,
        loc="upper center",
        bbox_to_anchor=(0.5, -0.1),
        ncol=3,
        frameon=False,
        fontsize=7.5,
        handlelength=1.6,
        columnspacing=1.0,
    )


def _year_axes(axes, years: Sequence[int], top: float, title: str) -> None:
    axes.set(xlim=(-0.6, len(years) - 0.4), ylim=(0, (top or 1) * 1.12))
    axes.set_xticks(
        range(len(years)), [labels.fiscal_short(fiscal) for fiscal in years], fontsize=7.5
    )
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.set_title(title, loc="left", fontsize=8.5, pad=5)
    style.plain_axes(axes, "y")


def running_figure(plan: BudgetPlan) -> Shown:
    """Running cost in the three scenarios, in the whole fiscal years of the plan."""
    sentence = running_text(plan)
    whole = plan.running[
        [plan.city.start <= months.fiscal_start(fiscal) for fiscal in plan.running["fiscal"]]
    ]
    with style.drawing():
        canvas = style.canvas(2.8, WIDE)
        axes = canvas.add_axes((0.08, 0.12, 0.72, 0.74))
        for (colour, dashes, mark), (factor, part) in zip(LINES, whole.groupby("scenario")):
            value = part["yen"] / MILLION
            axes.plot(
                range(len(part)), value, color=colour, linestyle=dashes, marker=mark, markersize=4.5
            )
            end = (len(part) - 1, value.iloc[-1])
            axes.annotate(
                f"{factor:g}倍 {end[1]:,.0f}",
                end,
                (7, 0),
                textcoords="offset points",
                va="center",
                annotation_clip=False,
                color=colour,
            )
        _year_axes(
            axes, sorted(set(whole["fiscal"])), (whole["yen"] / MILLION).max(), "運用経費(百万円)"
        )
        svg = style.svg_text(canvas, "running", f"{plan.city.name}の移行後の運用経費", sentence)
    return Figure("running", svg, sentence, source_text(plan), running_table(plan))


def running_text(plan: BudgetPlan) -> str:
    """Running cost of the last year in each scenario."""
    last = plan.running[plan.running["fiscal"] == plan.running["fiscal"].max()]
    said = [
        f"{factor:g}倍なら{_million(yen)}" for factor, yen in zip(last["scenario"], last["yen"])
    ]
    case = plan.city.at("running_case").value
    return (
        f"移行後の運用経費は、{labels.fiscal_text(int(last['fiscal'].iloc[0]))}に現行の{'、'.join(said)}。"
        f"歳出の表は{case}の場合で、3割の削減は見込まない。"
    )


def sure_figure(plan: BudgetPlan) -> Shown:
    """General revenue as planned, and what it grows by where unconfirmed rates are zero."""
    sentence = sure_text(plan)
    with style.drawing():
        canvas = style.canvas(2.8, WIDE)
        axes = canvas.add_axes((0.08, 0.2, 0.9, 0.67))
        _draw_stack(axes, _thousands(plan), ("general", "more"), "一般財源", (LOOKS[4], LOOKS[2]))
        svg = style.svg_text(canvas, "sure", f"{plan.city.name}の一般財源の確かさ", sentence)
    return Figure("sure", svg, sentence, source_text(plan), sure_table(plan))


def sure_text(plan: BudgetPlan) -> str:
    """How much general revenue hangs on unconfirmed rates, and on which measure most."""
    more = int(plan.sure["general_if_zero"].sum() - plan.sure["general"].sum())
    if not more:
        return f"一般財源は、{labels.UNCONFIRMED}の率に左右されない。"
    by = Counter(_sums(plan.shock, "measure"))
    top, yen = by.most_common(1)[0]
    return (
        f"{labels.UNCONFIRMED}の率がすべて0なら、一般財源は{_million(more)}増える。"
        f"最も大きいのは{_names(plan)[top]}({top})の{_million(yen)}。"
    )


# --- tables --------------------------------------------------------------------------------------------
def cost_table(plan: BudgetPlan) -> Table:
    """Cost by fiscal year and group."""
    note = f"{source_text(plan)}\n既存の職員の人件費は含まない"
    return Table(_by_year(_thousands(plan), [*GROUPS, "total"]), "年度ごとの歳出", note, "year")


def funding_table(plan: BudgetPlan) -> Table:
    """Funds by fiscal year."""
    note = f"{source_text(plan)}\n地方交付税は使途の定めのない一般財源だが、措置の見込みを分けて示す。県支出金は見込まない"
    return Table(_by_year(_thousands(plan), ["total", *FUNDS]), "年度ごとの財源内訳", note, "year")


def item_table(plan: BudgetPlan) -> Table:
    """Cost by group and item over the years, and the years in which it is spent."""
    whole, rows = _thousands(plan), []
    for group in (name for name in GROUPS if name in set(plan.item["group"])):
        part = plan.item[plan.item["group"] == group].groupby("item", sort=False)
        spent = part.agg(first=("fiscal", "min"), last=("fiscal", "max"), yen=("yen", "sum"))
        thousand = parts(int(whole[group].sum()), [int(yen) for yen in spent["yen"]])
        rows += [
            (labels.label_of(group), labels.ITEMS.get(item, item), _term(first, last), amount)
            for (item, first, last, _), amount in zip(spent.itertuples(name=None), thousand)
        ]
    frame = pd.DataFrame(rows, columns=["group", "what", "term", "thousand"])
    return Table(frame, "歳出の内訳", source_text(plan), "what", "group")


def _in_cells(plan: BudgetPlan, frame: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Yen as thousands that add up to the cells (fiscal, group) of ``cost_table``; ``frame`` covers those cells."""
    cells = _thousands(plan).set_index("fiscal")
    out = []
    for (fiscal, group), part in frame.groupby(["fiscal", "group"], sort=False):
        out.append(
            part.assign(
                thousand=parts(int(cells.at[fiscal, group]), [int(yen) for yen in part["yen"]])
            )
        )
    return (
        pd.concat(out).sort_index()[["fiscal", "group", *keys, "thousand"]]
        if out
        else frame.assign(thousand=[])
    )


def sure_table(plan: BudgetPlan) -> Table:
    """General revenue as planned, more of it where unconfirmed rates are zero, and the sum."""
    return Table(
        _by_year(_thousands(plan), ["total", "general", "more", "general_if_zero"]),
        f"{labels.UNCONFIRMED}の率が0の場合の一般財源",
        source_text(plan),
        "year",
    )


def shock_table(plan: BudgetPlan) -> Table:
    """By measure and fiscal year: general revenue more than planned if its unconfirmed rates are zero."""
    rows = []
    for measure, part in plan.shock.groupby("measure", sort=False):
        more = parts(round(part["yen"].sum() / THOUSAND), [int(yen) for yen in part["yen"]])
        rows += [(_names(plan)[measure], f, m) for f, m in zip(part["fiscal"], more)]
    frame = pd.DataFrame(rows, columns=["name", "fiscal", "more"])
    return Table(
        frame,
        "措置ごとに、率が0の場合に増える一般財源",
        source_text(plan),
        "fiscal",
        "name",
        f"{labels.UNCONFIRMED}の率による財源はない。",
    )


def running_table(plan: BudgetPlan) -> Table:
    """Running cost by fiscal year in the three scenarios, and general revenue in the one of the budget."""
    city, cells = plan.city, _thousands(plan)
    case = SCENARIOS[city.at("running_case").value]
    for name in SCENARIOS.values():
        part = plan.running[plan.running["scenario"] == city.number(name)]
        cells[name] = (
            cells["running"] if name == case else [round(yen / THOUSAND) for yen in part["yen"]]
        )
        if name == case:
            cells["general"] = [round(yen / THOUSAND) for yen in part["general"]]
    said = "、".join(f"{word} {city.number(name):g}倍" for word, name in SCENARIOS.items())
    note = (
        f"{source_text(plan)}\n倍率は現行に対して{said}。一般財源は{city.at('running_case').value}の場合。"
        "未稼働のシステムは現行の経費のまま数える"
    )
    return Table(
        _by_year(cells, [*SCENARIOS.values(), "general"]), "運用経費の3つの場合", note, "year"
    )


def _names(plan: BudgetPlan) -> dict[str, str]:
    return dict(zip(plan.measure["measure"], plan.measure["name"]))


def _measures(plan: BudgetPlan) -> pd.DataFrame:
    """The measures with terms in words; what they pay in thousands adds up to ``funding_table``."""
    frame, cells = plan.measure.copy(), _thousands(plan)
    for fund, part in frame.groupby("fund"):
        if fund and part["used"].sum():
            frame.loc[part.index, "used"] = parts(
                int(cells[fund].sum()), [int(yen) for yen in part["used"]]
            )
    sources = [_title(source) for source in frame["source"]]
    return frame.assign(
        id=frame["measure"],
        source=sources,
        treatment=frame["reason"],
        support=frame["rate"],
        cap=frame["cap"].astype("float64"),
        term=[_term(a, b) for a, b in zip(frame["fiscal_from"], frame["fiscal_to"])],
    )


def _title(source: str) -> str:
    """Title of a source id of data/SOURCES.csv; a person's own words as they are."""
    known = set(catalog.load_table("SOURCES")["id"])
    return catalog.load_source(source).title if source in known else source


def _term(first, last) -> str:
    if pd.isna(first) and pd.isna(last):
        return labels.MISSING
    said = [
        "" if pd.isna(year) else labels.fiscal_short(int(year)).removesuffix("年度")
        for year in (first, last)
    ]
    return said[0] if said[0] == said[1] else "〜".join(said)


def measure_table(plan: BudgetPlan) -> Table:
    """Every measure with rate, cap, term, grade, how the plan takes it, and what it pays."""
    columns = ["fund", "name", "support", "cap", "term", "source", "grade", "treatment", "used"]
    frame = _measures(plan)
    frame = frame.assign(name=[f"{name}({id})" for name, id in zip(frame["name"], frame["id"])])
    note = f"{source_text(plan)}\nF10-person の上限額は1人1年当たり。{body_text(plan)}{labels.grades_text()}"
    return Table(frame[columns], "財政措置の一覧", note, "name", "fund")


# --- requests ------------------------------------------------------------------------------------------
def _asked(plan: BudgetPlan) -> pd.DataFrame:
    """Requests by occasion, year of the money and group; thousands agree with ``cost_table``."""
    both = pd.concat([plan.request, plan.unasked], ignore_index=True)
    both["what"] = both["item"].replace(labels.ITEMS)
    both = both.assign(thousand=_in_cells(plan, both, [])["thousand"]).dropna(subset=["gate"])
    keys = ["request_by", "gate", "fiscal", "group", "standing"]
    found = both.groupby(keys, sort=False)
    return found.agg(
        what=("what", "・".join), asked=("thousand", "sum"), first=("first", "min")
    ).reset_index()


def request_table(plan: BudgetPlan) -> Table:
    """What must be asked for at which budget occasion."""
    frame = _asked(plan)
    gates = [
        f"{labels.day_text(day)}締切 {gate}"
        for day, gate in zip(frame["request_by"], frame["gate"])
    ]
    what = [
        name if name == items else f"{name}: {items}"
        for name, items in zip(map(labels.label_of, frame["group"]), frame["what"])
    ]
    frame = frame.assign(
        gate=gates,
        what=what,
        year=[labels.era_fiscal(fiscal) for fiscal in frame["fiscal"]],
        first=[labels.month_text(day) for day in frame["first"]],
        timing=frame["standing"],
    )
    late = "「間に合わない」は、執行できる日まで支出を遅らせるか、既定の予算の流用などによる。" * (
        "late" in set(frame["timing"])
    )
    note = (
        f"{source_text(plan)}\n予算の年度の「前年度」は、前年度の予算での債務負担行為か繰越、または当初予算の復活要求による。{late}"
        f"複数年度の契約は、最初の要求で債務負担行為(契約の全期間)も併せて要求する。{unasked_text(plan)}"
    )
    columns = ["gate", "year", "what", "asked", "first", "timing"]
    return Table(frame[columns], "予算要求の予定", note, "", "gate", "要求する経費はない。")


# --- one page for the finance section and the council --------------------------------------------------
def finance_page(plan: BudgetPlan) -> Text:
    """One A4 page: cost, funding and general revenue by year, what is not sure, what to ask for when."""
    frame = _thousands(plan)
    tables = (
        Table(_by_year(frame, [*GROUPS, "total"], SHOWN), "1 歳出", "", "year"),
        Table(
            _by_year(frame, ["total", *FUNDS, "general_if_zero"], SHOWN), "2 財源内訳", "", "year"
        ),
        _doubt_table(plan),
        _calendar_table(plan),
    )
    title = style.heading(f"{plan.city.pref}{plan.city.name} 標準化・DX推進の経費と財源", 3)
    lead = style.paragraph(f"{summary_text(plan)}({_basis(plan)}時点)", "lead")
    notes = "".join(f"<li>{html.escape(text)}</li>" for text in _notes(plan))
    body = "".join(piece.html() for piece in (title, lead, *tables))
    said = style.minutes_text(plan.city, "budget").html()
    return Text(f'<div class="finance-page">{body}<ul class="notes">{notes}</ul></div>{said}')


def _doubt_table(plan: BudgetPlan) -> Table:
    """The measures that pay, and general revenue if their unconfirmed rate is zero."""
    more = Counter(_sums(plan.shock, "measure"))
    frame = _measures(plan)
    frame = frame[frame["used"] > 0].drop_duplicates("id")
    frame = frame.assign(more=[round(more[measure] / THOUSAND) for measure in frame["id"]])
    return Table(
        frame[["name", "support", "term", "source", "grade", "used", "more"]],
        "3 財政措置と、率が0の場合に増える一般財源",
        "",
        "name",
        none="見込める財政措置はない。",
    )


def _calendar_table(plan: BudgetPlan) -> Table:
    """Requests by occasion and year of the money, the next ones."""
    rows = []
    for (day, gate, fiscal), part in _asked(plan).groupby(
        ["request_by", "gate", "fiscal"], sort=False
    ):
        by = part.groupby("group", sort=False)["asked"].sum()
        what = "、".join(f"{labels.label_of(group)} {yen:,}" for group, yen in by.items())
        rows.append((day, f"{gate}({labels.fiscal_short(fiscal)}分)", what, part["asked"].sum()))
    frame = pd.DataFrame(rows, columns=["request_by", "gate", "what", "asked"])
    more = f"ほか{len(frame) - ASKED}件は「予算要求の予定」の表を参照" if len(frame) > ASKED else ""
    return Table(
        frame.head(ASKED),
        "4 予算要求の予定(年度は支出の年度、金額は千円)",
        more,
        "gate",
        none="要求する経費はない。",
    )


def _notes(plan: BudgetPlan) -> tuple[str, ...]:
    start, city = plan.city.start, plan.city
    case = city.at("running_case").value
    return (
        f"{labels.fiscal_text(months.fiscal_year(start))}は{start.month}月からの額。既存の職員の人件費は含まない。"
        "県支出金は見込まない。",
        f"{body_text(plan)}「一般財源」は地方交付税の措置の見込みを除いた額。特別交付税の額は年度末に決まり、使途の定めはない。",
        "国庫支出金は、基金からの補助金を含み、歳入の科目は団体の取扱いによる。上限額は"
        + (
            f"団体の額{_million(city.number('cap_F1'))}。"
            if city.at("cap_basis").value == "団体の上限額"
            else f"不明のため見積額の全額とみなす({labels.UNCONFIRMED})。"
        ),
        bond_text(plan),
        unasked_text(plan),
        f"運用経費は現行の{city.number(SCENARIOS[case]):g}倍({case})。{ASSUMED}。",
    )
