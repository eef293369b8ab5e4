"""The budget as figures and tables: cost and funds by year, what is not sure, requests, one page.

Amounts are shown in thousands of yen. The plan has no smaller ones, so that nothing is rounded here
and every table adds up and agrees with all others.
"""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial

import pandas as pd

from dxplan.facts import catalog, months
from dxplan.plan.budget import BudgetPlan
from dxplan.plan.costs import CURRENT, GROUPS
from dxplan.plan.funds import BY_SIZE, FULL, NO_SUBSIDY
from dxplan.plan.operation import SCENARIOS
from dxplan.plan.rates import allocated
from dxplan.plan.requests import LATE, PROMISED
from dxplan.show import axes, charts, labels, style
from dxplan.show.charts import FUND, FUNDS, PAID, STACK, WITHIN, Canvas, Pen, Sample, fund_word
from dxplan.show.sentences import sentence
from dxplan.show.style import Shown, Table, Text

TOTAL = "計"
THOUSAND, MILLION = 1_000, 1_000_000
SHOWN = 6  # rows of years on the A4 page; later years share the last one
ASKED = 5  # rows of requests on the A4 page
KEPT = 2  # rows of promises on it
NEW = GROUPS[:-1]
COSTS = (*NEW, "new", CURRENT, "total")
SHORT = ("human", *COSTS[3:])  # on the A4 page, in which what is spent on people is one column
PEOPLE = list(NEW[:3])
MONEY = ("total", *FUNDS, "allocation", "net")
LINES = (
    Pen(style.SOFT, dashes=(3, 2), mark="s", size=4.5),
    Pen(style.BLUE, mark="o", size=4.5),
    Pen(dashes=(1, 1.5), mark="^", size=4.5),
)
ASSUMED = f"単価・率・上限額は仮定を含む({labels.UNCONFIRMED}。「前提と出典」の表を参照)"


def source_text(plan: BudgetPlan) -> str:
    """Where the amounts come from, and from when on they count."""
    start = labels.date_text(plan.city.start)
    return f"出典: この計画の試算({start}からの経費、{_basis(plan)}時点)。{ASSUMED}"


def _basis(plan: BudgetPlan) -> str:
    return labels.date_text(plan.city.basis)


def span_text(plan: BudgetPlan) -> str:
    """The fiscal years of the budget: 令和8年度〜令和13年度."""
    years = plan.year["fiscal"]
    return f"{labels.era_fiscal(years.min())}〜{labels.era_fiscal(years.max())}"


# --- thousands -----------------------------------------------------------------------------------
def _sums(frame: pd.DataFrame, *keys: str) -> dict:
    return frame.groupby(list(keys))["yen"].sum().to_dict()


def _thousands(plan: BudgetPlan) -> pd.DataFrame:
    """A row a fiscal year in thousands of yen: groups, what is new, total, funds."""
    years = plan.year.set_index("fiscal").rename(columns={"yen": "total"})
    by_group = plan.item.pivot_table(index="fiscal", columns="group", values="yen", aggfunc="sum")
    groups = by_group.reindex(index=years.index, columns=list(GROUPS)).fillna(0).astype(int)
    frame = (years.join(groups) // THOUSAND).reset_index()
    more, people = frame["if_zero"] - frame["net"], frame[PEOPLE].sum(axis=1)
    return frame.assign(other=0, more=more, human=people)


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


def _about(yen: float) -> str:
    return f"約{labels.money_text(yen)}"


# --- sentences -----------------------------------------------------------------------------------
def summary_text(plan: BudgetPlan) -> str:
    """What is new, its funds and burden, with ranges; and apart from it what is paid anyway."""
    rows = plan.funding[plan.funding["group"] != CURRENT]
    fund = rows.groupby(rows["fund"].replace(WITHIN))["yen"].sum()
    paid = [f"{fund_word(name)}{_about(fund[name])}" for name in PAID[:-1] if name in fund]
    funds = sentence("money.funds" if paid else "money.funds.none", funds="、".join(paid))
    new, burden, worst = plan.year[["new", "new_net", "new_if_zero"]].sum()
    phrase = "money.burden" if worst > burden else "money.burden.sure"
    rest = sentence(phrase, burden=_about(burden), more=_about(worst - burden))
    anyway = _about(plan.year["yen"].sum() - new) + _range(plan, "current")
    more = sentence("money.new", years=span_text(plan), new=_about(new) + _range(plan, "new"))
    return f"{more}{funds}{rest}{sentence('money.anyway', anyway=anyway)}"


def _range(plan: BudgetPlan, column: str) -> str:
    """How far a sum reaches by the factor of the running cost, in brackets."""
    ends = [_about(plan.span[column].min()), _about(plan.span[column].max())]
    return "" if ends[0] == ends[1] else f"(運用経費の倍率により{'〜'.join(ends)})"


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
        f"人件費・運用経費には充てない。借入れ{_about(borrowed)}"
    )
    if not plan.repaid:
        return f"{rule}は後年度に返すもので、続く歳入ではない。"
    return (
        f"{rule}の元利償還金のうち{back * 100:g}%(元金で{_about(plan.repaid)})は、"
        f"後年度の交付税で措置される見込みで、実質の負担は事業費の{(1 - fill * back) * 100:g}%。"
    )


def unasked_text(plan: BudgetPlan) -> str:
    """What is taken to stand in a budget already, by fiscal year, and whom to ask."""
    if plan.unasked.empty:
        return sentence("money.asked")
    held, voted = [], months.fiscal_year(plan.city.start)
    for fiscal, part in plan.unasked.groupby("fiscal"):
        names = [labels.label_of(name) for name in GROUPS if name in set(part["group"])]
        phrase = "money.held.voted" if fiscal == voted else "money.held.asked"
        amount = labels.yen_text(part["yen"].sum())
        words = {"year": labels.era_fiscal(fiscal), "yen": amount, "items": "・".join(names)}
        held.append(sentence(phrase, **words))
    return sentence("money.unasked", held="、".join(held))


def cap_text(plan: BudgetPlan) -> str:
    """How the subsidy's cap is taken, and what is left to pay with all of it and with none."""
    full, taken, none = plan.cap.itertuples()
    if not full.subsidy:
        return sentence("money.cap.none")
    basis = plan.city.at("cap_basis").word
    if basis == BY_SIZE:
        basis = "規模から見込んだ上限額"
    if basis not in (FULL, NO_SUBSIDY):
        basis += _about(taken.cap)
    nets = {"full": _about(full.net), "none": _about(none.net)}
    return sentence("money.cap", basis=basis, unsure=labels.UNCONFIRMED, **nets)


# --- figures -------------------------------------------------------------------------------------
def cost_figure(plan: BudgetPlan) -> Shown:
    """What is paid anyway and what is new, by who pays for it, a bar a fiscal year."""
    frame = _by_payer(plan)
    title, draw = f"{plan.city.name}の今より増える費用と財源", partial(_draw_costs, frame)
    data = Table(_by_year(frame, PAYERS), "今より増える費用と財源", source_text(plan), "year")
    return style.fitted(draw, "cost", title, summary_text(plan), source_text(plan), data)


PAYERS = ("new", *PAID, CURRENT)


def _by_payer(plan: BudgetPlan) -> pd.DataFrame:
    """Thousands of yen by fiscal year: what is new, in all and by fund, and what is paid anyway."""
    rows = plan.funding[plan.funding["group"] != CURRENT]
    paid: Counter = Counter()
    for fiscal, fund, yen in zip(rows["fiscal"], rows["fund"], rows["yen"], strict=True):
        paid[fiscal, WITHIN.get(fund, fund)] += yen
    parts = []
    for year in plan.year.to_dict("records"):
        fiscal, new = year["fiscal"], year["new"] // THOUSAND
        funds = {fund: paid[fiscal, fund] // THOUSAND for fund in PAID}
        anyway = year["yen"] // THOUSAND - new
        parts.append({"fiscal": fiscal, "new": new, **funds, CURRENT: anyway})
    return pd.DataFrame(parts)


def _draw_costs(frame: pd.DataFrame, canvas: Canvas) -> None:
    looks = {CURRENT: style.CURRENT, **{fund: FUND[fund] for fund in PAYERS[-2:0:-1]}}
    samples: dict[str, Sample] = {}
    rows = frame.to_dict("records")
    words = []
    for row in rows:
        new, anyway = (f"{row[name] / THOUSAND:,.0f}" for name in ("new", CURRENT))
        text = f"増える額 {new}百万円、現行の運用 {anyway}百万円"
        words.append((labels.era_fiscal(row["fiscal"]), text))
    most = (frame["new"] + frame[CURRENT]).max() or 1
    named = {fund_word(name): look for name, look in looks.items()}
    for row, panel in zip(rows, axes.rows(canvas, words, 10, (0, most)), strict=True):
        parts = [[row[name]] for name in looks]
        charts.stacked_bars(panel, parts, named, (0.04, 0.96), lying=True)
        samples |= panel.samples
    axes.key(canvas, {word: look for word, look in named.items() if word in samples})


def funding_figure(plan: BudgetPlan) -> Shown:
    """Cost by group and its funds, stacked by fiscal year, under each other."""
    title, table = f"{plan.city.name}の歳出と財源", funding_table(plan)
    draw, sentence = partial(_draw_funding, _thousands(plan)), summary_text(plan)
    return style.fitted(draw, "funding", title, sentence, source_text(plan), table)


def _draw_funding(frame: pd.DataFrame, canvas: Canvas) -> None:
    _draw_stack(canvas, frame, dict(zip(GROUPS, STACK, strict=False)), "歳出")
    _draw_stack(canvas, frame, FUND, "財源内訳")


def _draw_stack(
    canvas: Canvas, frame: pd.DataFrame, looks: Mapping[str, style.Look], title: str
) -> None:
    """Bars of a fiscal year, in millions of yen, with their total on top."""
    words = {fund_word(name): look for name, look in looks.items()}
    parts = frame[list(looks)].to_numpy().T / THOUSAND
    axes.year_bars(canvas, 120, list(frame["fiscal"]), parts, words, f"{title}(百万円)")


def running_figure(plan: BudgetPlan) -> Shown:
    """Running cost in the three scenarios, in the whole fiscal years of the plan."""
    title, table = f"{plan.city.name}の移行後の運用経費", running_table(plan)
    draw, sentence = partial(_draw_running, plan), running_text(plan)
    return style.fitted(draw, "running", title, sentence, source_text(plan), table)


def _draw_running(plan: BudgetPlan, canvas: Canvas) -> None:
    running = plan.running
    running = running[running["fiscal"].map(months.fiscal_start) >= plan.city.start]
    years, most = sorted(set(running["fiscal"])), (running["yen"] / MILLION).max()
    panel = axes.year_panel(canvas, 120, years, most, "運用経費(百万円)", 0.3)
    for pen, (factor, part) in zip(LINES, running.groupby("scenario"), strict=False):
        millions = part["yen"].to_numpy() / MILLION
        panel.line(range(len(part)), millions, pen, f"{factor:g}倍 {millions[-1]:,.0f}百万円")
    axes.key(canvas, panel.samples)


def running_text(plan: BudgetPlan) -> str:
    """Running cost of the last year in each scenario."""
    year = plan.running["fiscal"].max()
    last = plan.running[plan.running["fiscal"] == year]
    cases = [f"{row.scenario:g}倍なら{_about(row.yen)}" for row in last.itertuples()]
    words = {"cases": "、".join(cases), "case": plan.city.at("running_case").word}
    return sentence("money.running", year=labels.era_fiscal(year), **words)


def sure_figure(plan: BudgetPlan) -> Shown:
    """The burden as planned, and what it grows by where unconfirmed rates are zero."""
    title, table = f"{plan.city.name}の実質負担の確かさ", sure_table(plan)
    draw = partial(_draw_sure, _thousands(plan))
    return style.fitted(draw, "sure", title, sure_text(plan), source_text(plan), table)


def _draw_sure(frame: pd.DataFrame, canvas: Canvas) -> None:
    _draw_stack(canvas, frame, {"net": style.NET, "more": style.SHORT}, "実質負担")


def sure_text(plan: BudgetPlan) -> str:
    """How much of the burden hangs on unconfirmed rates, and on which measure most."""
    more = plan.year["if_zero"].sum() - plan.year["net"].sum()
    if not more:
        return sentence("money.sure.none")
    ((top, yen),) = Counter(_sums(plan.shock, "measure")).most_common(1)
    measure = f"{_names(plan)[top]}({top})"
    return sentence("money.sure", more=_about(more), measure=measure, top=_about(yen))


# --- tables --------------------------------------------------------------------------------------
def cost_table(plan: BudgetPlan) -> Table:
    """Cost by fiscal year and group: what is new, and what is paid anyway."""
    note = (
        f"{source_text(plan)}\n既存の職員の人件費は含まない。"
        "「今より増える費用」は、計画がなければ払わないもの。"
        "「現行の運用」は、今の水準の運用経費と現行契約の延長"
    )
    return Table(_by_year(_thousands(plan), COSTS), "年度ごとの歳出", note, "year")


def funding_table(plan: BudgetPlan) -> Table:
    """Funds by fiscal year as a budget has them, and the burden that the allocation taxes leave."""
    note = (
        f"{source_text(plan)}\n地方交付税は一般財源に含まれる。"
        "措置後の実質負担は、一般財源から交付税措置の見込みを引いた額。県支出金・その他は見込まない"
    )
    return Table(_by_year(_thousands(plan), MONEY), "年度ごとの財源内訳", note, "year")


def item_table(plan: BudgetPlan) -> Table:
    """Cost by group and item over the years, and the years in which it is spent."""
    rows = []
    for group in GROUPS:
        items = plan.item[plan.item["group"] == group].groupby("item", sort=False)
        spent = items.agg(first=("fiscal", "min"), last=("fiscal", "max"), yen=("yen", "sum"))
        for row in spent.itertuples():
            name = labels.words_of("item").get(row.Index, row.Index)
            term = _term(row.first, row.last)
            rows.append((labels.label_of(group), name, term, row.yen // THOUSAND))
    frame = pd.DataFrame(rows, columns="group what term thousand".split())
    return Table(frame, "歳出の内訳", source_text(plan), "what", "group")


def sure_table(plan: BudgetPlan) -> Table:
    """The burden as planned, more of it where unconfirmed rates are zero, and the sum."""
    frame = _by_year(_thousands(plan), "total net more if_zero".split())
    title = "財政措置がすべて受けられない場合の実質負担"
    return Table(frame, title, source_text(plan), "year")


def shock_table(plan: BudgetPlan) -> Table:
    """By measure and year: burden more than planned if its unconfirmed rates are zero."""
    shock = plan.shock
    frame = shock.assign(name=shock["measure"].map(_names(plan)), more=shock["yen"] // THOUSAND)
    frame = frame[["name", "fiscal", "more"]]
    title = "措置ごとに、受けられない場合に増える実質負担"
    none = f"{labels.UNCONFIRMED}の率による財源はない。"
    return Table(frame, title, source_text(plan), "fiscal", "name", none)


def cap_table(plan: BudgetPlan) -> Table:
    """The subsidy in full, as planned and not at all, with the burden that is left."""
    yen = plan.cap[["subsidy", "net"]] // THOUSAND
    frame = plan.cap[["cap"]].assign(**yen)
    frame["cap"] = frame["cap"].astype("float64")
    frame.insert(0, "capped", plan.cap["basis"])
    share, note = plan.city.at("fund_share"), ""
    if plan.city.at("cap_basis").word == BY_SIZE:
        note = (
            "規模からの見込み = 人口の階級の既定の移行経費×残るシステムの大きさの比重"
            f"×残る作業の割合×{share.number:g}%。{share.note}"
            f"(確度{labels.grade_text(share.grade)})。"
        )
    note = f"{source_text(plan)}\n{note}実質負担は、今より増える費用の全期間の額"
    if not plan.cap["subsidy"].any():
        frame = frame.head(0)  # nothing that it could pay: as ``cap_text`` says
    title, none = "標準化の補助金の上限額の幅", sentence("money.cap.none")
    return Table(frame, title, note, "capped", none=none)


def running_table(plan: BudgetPlan) -> Table:
    """Running cost by fiscal year in three scenarios; the burden in the budget's one."""
    city, cells, factors = plan.city, plan.year[["fiscal"]].copy(), []
    case = city.at("running_case").word
    for word, name in SCENARIOS.items():
        factors.append(f"{word} {city.number(name):g}倍")
        part = plan.running[plan.running["scenario"] == city.number(name)].reset_index()
        cells[name] = part["yen"] // THOUSAND
        if word == case:
            cells["net"] = part["net"] // THOUSAND
    note = (
        f"{source_text(plan)}\n倍率は現行に対して{'、'.join(factors)}。"
        f"実質負担は{case}の場合。現行の運用と、移行で増える運用(新旧の並行、切替までの"
        "クラウド利用料を含む)の計。未稼働のシステムは現行の経費のままとした"
    )
    frame = _by_year(cells, [*SCENARIOS.values(), "net"])
    return Table(frame, "運用経費の3つの場合", note, "year")


def _names(plan: BudgetPlan) -> dict[str, str]:
    return dict(zip(plan.measure["measure"], plan.measure["name"], strict=True))


def _measures(plan: BudgetPlan) -> pd.DataFrame:
    """The measures with terms in words, and what they pay in thousands of yen."""
    frame = plan.measure
    terms = zip(frame["fiscal_from"], frame["fiscal_to"], strict=True)
    return frame.assign(
        id=frame["measure"],
        used=frame["used"] // THOUSAND,
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
        f"{source_text(plan)}\nF10-person・F10-side の上限額は1人1年当たり。"
        f"{body_text(plan)}{labels.grades_text()}"
    )
    return Table(frame[columns], "財政措置の一覧", note, "name", "fund")


# --- requests ------------------------------------------------------------------------------------
def _asked(plan: BudgetPlan) -> pd.DataFrame:
    """Requests by occasion, year of the money and group."""
    rows = plan.request[plan.request["standing"] != PROMISED]
    rows = rows.assign(what=_named(rows["item"]), thousand=rows["yen"] // THOUSAND)
    asked = rows.groupby("request_by gate fiscal group standing".split(), sort=False)
    return asked.agg(
        what=("what", "・".join), asked=("thousand", "sum"), first=("first", "min")
    ).reset_index()


def _named(items: pd.Series) -> pd.Series:
    """Items in words."""
    return items.replace(labels.words_of("item"))


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
    if LATE in set(frame["timing"]):
        late = "「間に合わない」は、執行できる日まで支出を遅らせるか、既定の予算の流用などによる。"
    note = (
        f"{source_text(plan)}\n補正予算は、その年度の支出に充てる。翌年度の支出に充てるのは、"
        "繰越明許費(1年に限る)と債務負担行為だけで、期間と限度額は別の表による。"
        f"追加要求・首長査定は当初予算への追加の要求で、認められるとは限らない。{late}"
        f"{unasked_text(plan)}"
    )
    return Table(frame, "予算要求の予定", note, "", "gate", "要求する経費はない。")


def promise_table(plan: BudgetPlan) -> Table:
    """What is promised for later years (債務負担行為): where it is set, its years and its limit."""
    rows = plan.request[plan.request["standing"] == PROMISED]
    terms = zip(rows["fiscal"], rows["until"], strict=True)
    frame = rows.assign(
        what=rows["group"].map(labels.label_of) + ": " + _named(rows["item"]),
        promised=[_term(first, last) for first, last in terms],
        limit=rows["limit"] // THOUSAND,
    )
    note = (
        f"{source_text(plan)}\n契約の年度より後の支出を約束する額。定めるのは歳出予算と同じ議会で、"
        "各年度の額はその年度の当初予算にも計上する(予算要求の予定の「債務負担の年割額」)。"
        "契約済みのロットの分は含まない"
    )
    frame = frame[["request_by", "gate", "what", "promised", "limit"]]
    none = "新たに定める債務負担行為はない。"
    return Table(frame, "債務負担行為の期間と限度額", note, "what", none=none)


# --- one page for the finance section and the council --------------------------------------------
def finance_page(plan: BudgetPlan) -> Text:
    """One A4 page: cost, funds and burden by year, what is not sure, what to ask when."""
    frame = _thousands(plan)
    promised = promise_table(plan).frame
    title = "5 債務負担行為"
    if len(promised) > KEPT:
        title += f"({len(promised)}件のうち{KEPT}件。ほかは「債務負担行為の期間と限度額」の表)"
    none = "新たに定める債務負担行為はない。"
    pieces = (
        style.heading(f"{plan.city.pref}{plan.city.name} 標準化・DX推進の経費と財源", 3),
        style.paragraph(f"{summary_text(plan)}({_basis(plan)}時点)", "lead"),
        Table(_by_year(frame, SHORT, SHOWN), "1 歳出", "", "year"),
        Table(_by_year(frame, MONEY, SHOWN), "2 財源内訳", "", "year"),
        _doubt_table(plan),
        _calendar_table(plan),
        Table(promised.head(KEPT), title, "", "what", none=none),
    )
    notes = "".join(f"<li>{html.escape(text)}</li>" for text in _notes(plan))
    body = "".join(piece.html() for piece in pieces)
    minutes = style.minutes_text(plan.city, "budget").html()
    page = f'<div class="finance-page">{body}<ul class="notes">{notes}</ul></div>'
    return Text(page + minutes)


def _doubt_table(plan: BudgetPlan) -> Table:
    """The measures that pay, and the burden if their unconfirmed rate is zero."""
    more = Counter(_sums(plan.shock, "measure"))
    frame = _measures(plan)
    frame = frame[frame["used"] > 0].drop_duplicates("id")
    frame["more"] = [more[measure] // THOUSAND for measure in frame["id"]]
    frame = frame["name support term source grade used more".split()]
    title = "3 財政措置と、受けられない場合に増える実質負担"
    return Table(frame, title, "", "name", none="見込める財政措置はない。")


def _calendar_table(plan: BudgetPlan) -> Table:
    """Requests by occasion and year of the money, the next ones."""
    rows = []
    keys = ["request_by", "gate", "fiscal"]
    for (day, gate, fiscal), part in _asked(plan).groupby(keys, sort=False):
        amounts = []
        for group, thousand in part.groupby("group", sort=False)["asked"].sum().items():
            amounts.append(f"{labels.label_of(group)} {thousand:,}")
        occasion = f"{gate}({labels.era_fiscal(fiscal)}分)"
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
    return (
        f"{labels.era_fiscal(months.fiscal_year(start))}は{start.month}月からの額。"
        "既存の職員の人件費は含まない。県支出金・その他は見込まない。",
        f"{body_text(plan)}特別交付税の額は年度末に決まり、使途の定めはない。",
        f"国県支出金は、基金からの補助金を含み、歳入の科目は団体の取扱いによる。{cap_text(plan)}",
        bond_text(plan),
        unasked_text(plan),
        f"運用経費は現行の{city.number(SCENARIOS[case]):g}倍({case})。{ASSUMED}。",
    )


# --- for the workbook -----------------------------------------------------------------------------
def years_table(plan: BudgetPlan) -> Table:
    """Cost and funds by fiscal year and in all, in thousands of yen, with what the funds leave."""
    cost, funds, sure = cost_table(plan).frame, funding_table(plan).frame, sure_table(plan).frame
    paid = [*FUNDS, "allocation", "net"]
    frame = cost.join(funds[paid]).assign(earned=funds["total"], balance=0, if_zero=sure["if_zero"])
    columns = ["year", *COSTS, *FUNDS, "earned", "balance", "allocation", "net", "if_zero"]
    note = (
        f"{source_text(plan)}\n今より増える費用・歳出計・財源計・差・実質負担・計は計算式。"
        "地方交付税は一般財源に含まれる"
    )
    return Table(frame[columns], "年度ごとの経費と財源", note, "year")


def spending_table(plan: BudgetPlan) -> Table:
    """Every cost with its fund, in whole yen."""
    rows = plan.funding
    frame = rows.assign(
        group=rows["group"].map(labels.label_of),
        what=_named(rows["item"]),
        grade=[grade or None for grade in rows["grade"]],
    )
    columns = ["fiscal", "group", "what", "fund", "yen", "grade"]
    note = f"計は、絞り込んだ行だけの合計。\n{source_text(plan)}"
    return Table(frame[columns], "経費の明細(円)", note, "what")
