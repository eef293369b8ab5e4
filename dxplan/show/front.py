"""Page one: what stands, what is to be decided, what it costs more than today, how sure it is.

It says nothing that is not in the plan, and nothing twice: the chapters tell the rest. Its tables
are functions of their own, for the page, the workbook and the papers that are written from them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import NamedTuple

import pandas as pd

from dxplan.facts import months
from dxplan.plan.costs import CURRENT
from dxplan.plan.requests import PROMISED
from dxplan.plan.whole import Plan
from dxplan.show import agenda, labels, particular, portfolio, reasons, style, whole, worth
from dxplan.show.particular import plan_facts
from dxplan.show.state import asked_systems
from dxplan.show.style import Shown, Table, Text
from dxplan.town.city import City

FIRST = 5  # decisions on the page
SETTINGS = {"basis_date", "start_date", "effort", "strategy"}  # are no facts of a client
LATE = 80  # per cent of a chance below which ways out are to be chosen
LEAST_SHORT = 0.5  # person-months below which nothing is told to be short
FREE = "―"
TOLD = ("state", "outlook", "cost")  # of the conclusion, in this order
ASSUMED = (
    f"額と確率は仮定を含む({labels.UNCONFIRMED})。"
    "計画が動く幅は、同じ区分・規模の団体の試算による。"
    "単価・出典は「前提と出典」にある。"
)
LACKED = {"policy": "DX推進の全体方針", "cio": "CIO", "cross": "全庁の推進体制"}
ENTER = 3  # what is to be entered first


class Decision(NamedTuple):
    """What has to be decided: by whom, until when, for how much, and what happens otherwise."""

    what: str
    who: str
    day: date
    money: str
    otherwise: str


# --- facts ----------------------------------------------------------------------------------------
def is_trial(city: City) -> bool:
    """Whether nothing but published figures and defaults stands behind a city."""
    said = city.params
    parts = (said.systems, said.lots, said.sections, said.engagements, said.gates)
    return not any(parts) and not set(said.values) - SETTINGS


def title_text(city: City) -> str:
    """What the paper is called: a trial by usual values, or a draft of the city's own plan."""
    kind = "計画(案)"
    if is_trial(city):
        kind = "試算(標準値による)"
    title = f"{city.pref}{city.name} 標準化・DX推進の{kind}"
    return f"{title}(変更案)" if city.base else title


def conclusion_text(plan: Plan) -> str:
    """Where it stands, whether the end date is met, what it costs."""
    told = particular.called("conclusion", plan_facts(plan))
    return "".join(told[about] for about in TOLD if about in told)


def enter_text(plan: Plan) -> str:
    """What to enter first where nothing of the client's is in."""
    if not is_trial(plan.city):
        return ""
    asked = len(asked_systems(plan.city))
    names = [f"{asked}業務の稼働の有無"] if asked else []
    for row in worth.first_table(plan).frame.to_dict("records")[: ENTER - len(names)]:
        names.append(f"{row['unknown']}({row['knows']})")
    first = "、".join(f"{place}){name}" for place, name in enumerate(names, 1))
    return (
        f"団体の値はまだ入っておらず、公表値と標準値だけで計算した。最初に入力するもの: {first}。"
    )


# --- decisions ------------------------------------------------------------------------------------
@style.kept
def decisions(plan: Plan) -> tuple[Decision, ...]:
    """The first decisions by their days: those that open the way before those that follow."""
    makers: tuple[Callable[[Plan], Iterator[Decision]], ...]
    makers = (_lacking, _asked, _offers, _ways, _extensions, _running, _held, _requests)
    found: list[Decision] = []
    for make in (*makers, _people, _initiatives):
        found += make(plan)
    return tuple(sorted(found[:FIRST], key=lambda decision: decision.day))


def _decision(
    plan: Plan,
    about: str,
    what: str,
    who: str,
    day: date | None = None,
    money: str = FREE,
) -> Decision:
    """A decision, at the plan's start where no day is given, with what happens otherwise."""
    otherwise = particular.called("otherwise", plan_facts(plan))
    return Decision(what, who, day or _begin(plan), money, otherwise.get(about, FREE))


def _office(plan: Plan, *names: str) -> str:
    words = [plan.city.called(labels.word_of("owner", name)) for name in names]
    return "・".join(dict.fromkeys(words))


def _begin(plan: Plan) -> date:
    return months.next_open(plan.city.start)


def _asked(plan: Plan) -> Iterator[Decision]:
    """The systems of which nobody knows whether they have moved."""
    names = [system.business for system in asked_systems(plan.city)]
    if names:
        more = plan_facts(plan)["branch_yen"]
        what = f"{labels.some_text(names)}が稼働しているかを確かめ、計画に入れる"
        money = f"未移行なら移行経費 {more}増"
        who = _office(plan, "dx", "section")
        yield _decision(plan, "ask", what, who, money=money)


def _offers(plan: Plan) -> Iterator[Decision]:
    """The vendors who have not said when they can."""
    rows = plan.pmo.unoffered
    if len(rows):
        yen = _sum_of(plan, "migration")
        what = f"{'・'.join(rows['lot'])}のベンダに、稼働できる日と見積りを書面で求める"
        day = plan.pmo.first_request
        money = f"移行経費 {labels.money_text(yen)}の根拠"
        yield _decision(plan, "offer", what, _office(plan, "dx"), day, money)


def _sum_of(plan: Plan, group: str) -> float:
    rows = plan.budget.item
    return float(rows.loc[rows["group"] == group, "yen"].sum())


def _ways(plan: Plan) -> Iterator[Decision]:
    """Ways out where the end date is likely to be missed."""
    if float(plan_facts(plan).get("chance", 100)) < LATE:
        what = (
            "期限に間に合わない場合の進め方を選ぶ"
            "(ベンダと時期の協議、分けて調達、"
            "県・近隣との共同、期限後の運用)"
        )
        money = f"1年延びると {labels.money_text(reasons.slip_yen(plan.pmo))}"
        day = _board(plan, _begin(plan))
        yield _decision(plan, "late", what, _office(plan, "mayor"), day, money)


def _board(plan: Plan, after: date) -> date | None:
    """The first meeting of the board from a day on."""
    rows = plan.governance.meeting
    days = rows.loc[rows["meeting"].isin(("board", "joint")), "day"]
    return min((day for day in days if day >= after), default=None)


def _extensions(plan: Plan) -> Iterator[Decision]:
    """Contracts in use that end before the lot is live."""
    for row in plan.pmo.lots[plan.pmo.lots["extension"] > 0].to_dict("records"):
        day = months.next_open(max(plan.city.start, row["decide_by"]))
        what = f"{row['lot']}の現行契約を{row['extension']}か月延長する"
        money = labels.money_text(plan.pmo.extension_yen[row["lot"]])
        who = _office(plan, "dx", "contract")
        yield _decision(plan, "extend", what, who, day, money)


def _running(plan: Plan) -> Iterator[Decision]:
    """What a municipality without lots decides first: what its systems cost to run."""
    if not plan.pmo.done:
        return
    rows = plan.budget.request
    days = rows.loc[rows["gate"] == "当初予算", "request_by"]
    what = "運用契約の内訳(利用料・保守・回線)を取り寄せ、見直しの対象を決める"
    money = f"現行の運用 年{labels.money_text(particular.present_yen(plan))}"
    who, day = _office(plan, "dx", "finance"), min(days, default=plan.pmo.first_request)
    yield _decision(plan, "running", what, who, day, money)


def _held(plan: Plan) -> Iterator[Decision]:
    """What is taken to stand in a budget already."""
    rows = plan.budget.unasked
    rows = rows[rows["group"] != CURRENT]
    if len(rows):
        years = "・".join(map(labels.era_fiscal, sorted(set(rows["fiscal"]))))
        what = f"{years}の予算に計上・要求済みとみなした額があるかを確かめる"
        money = labels.money_text(rows["yen"].sum())
        yield _decision(plan, "held", what, _office(plan, "finance"), plan.pmo.first_request, money)


def _requests(plan: Plan) -> Iterator[Decision]:
    """The next budget occasion with something new, and what is promised for later years there."""
    rows = plan.budget.request
    rows = rows[rows["group"] != CURRENT]
    for (day, gate), part in rows.groupby(["request_by", "gate"], sort=True):
        asked, promised = part[part["standing"] != PROMISED], part[part["standing"] == PROMISED]
        amounts = [labels.money_text(asked["yen"].sum())] if asked["yen"].sum() else []
        groups = "・".join(dict.fromkeys(map(labels.label_of, part["group"])))
        what = f"{gate}に{groups}を要求する"
        if len(promised):
            until = labels.era_fiscal(int(promised["until"].max()))
            what += f"(債務負担行為 {until}まで)"
            amounts.append(f"限度額 {labels.money_text(promised['limit'].sum())}")
        who = _office(plan, "dx", "finance")
        yield _decision(plan, "money", what, who, day, "、".join(amounts))
        return


def _people(plan: Plan) -> Iterator[Decision]:
    """The people who are sought next, if the budget stands."""
    rows = plan.staffing.sought
    if len(rows):
        day = min(whole.seeking_day(plan, row.form, row.start) for row in rows.itertuples())
        first = rows[rows["start"] == min(rows["start"])]
        counts = first.groupby("form", sort=False)["count"].sum()
        names = "、".join(f"{form}{count}人" for form, count in counts.items())
        what = f"{names}の公募・任用を始める(予算の成立が条件)"
        money = f"期間の計 {labels.money_text(_sum_of(plan, 'staffing'))}"
        yield _decision(plan, "people", what, _office(plan, "personnel"), day, money)


def _initiatives(plan: Plan) -> Iterator[Decision]:
    """The DX initiative that is asked for first."""
    for row in portfolio.first_rows(plan).head(1).itertuples():
        what = f"DX施策「{row.name}」に取り組むかを決め、予算を要求する"
        money = f"初期費用 {labels.money_text(row.once)}" if row.once else "初期費用なし"
        yield _decision(plan, "initiative", what, row.lead, row.request_by, money)


def _lacking(plan: Plan) -> Iterator[Decision]:
    """What the whole town hall lacks by the published figures, the policy first."""
    facts = plan_facts(plan)
    names = [word for fact, word in LACKED.items() if facts.get(fact) == 0]
    if names:
        what = f"{'・'.join(names)}を定める(公表値ではない)"
        yield _decision(plan, "board", what, _office(plan, "mayor"))


def decision_table(plan: Plan) -> Table:
    """The first decisions with who decides, until when and in which meeting, money, otherwise."""
    rows = []
    for one in decisions(plan):
        when = labels.date_text(one.day)
        rows.append(
            (one.what, one.who, f"{when}{_sitting(plan, one.day)}", one.money, one.otherwise)
        )
    frame = pd.DataFrame(rows, columns="decide decider decide_by stake otherwise".split())
    title = "いま決めること"
    note = "会議は、期限の前の最後の推進本部・合同会議。"
    return Table(frame, title, f"{note}\n{whole.source_text(plan)}", "decide")


def _sitting(plan: Plan, day: date) -> str:
    """The last meeting before a day, or the first after it; "" where there is none."""
    rows = plan.governance.meeting
    days = sorted(rows.loc[rows["meeting"].isin(("board", "joint")), "day"])
    if not days:
        return ""
    before = [one for one in days if one <= day]
    held = before[-1] if before else days[0]
    return f"(会議 {held.month}月{held.day}日)"


# --- cost and sureness ----------------------------------------------------------------------------
def cost_table(plan: Plan) -> Table:
    """What it costs more than today, what is left to pay, how sure date and money are."""
    rows = [*_cost_rows(plan), *_sure_rows(plan)]
    frame = pd.DataFrame(rows, columns="aspect seen spread".split())
    return Table(frame, "費用と確かさ", f"{ASSUMED}\n{whole.source_text(plan)}", "aspect")


def _cost_rows(plan: Plan) -> Iterator[tuple[str, str, str]]:
    facts, budget = plan_facts(plan), plan.budget
    ends = "〜".join(map(labels.money_text, _running_ends(plan)))
    spread = facts["new_range"] if facts["spread"] else f"次の契約により、さらに年{ends}"
    yield f"今より増える費用({facts['years']})", str(facts["new"]), str(spread)
    zero = labels.money_text(budget.year["new_if_zero"].sum())
    yield "うち実質負担", str(facts["burden"]), f"補助がなければ{facts['none']}、率が0なら{zero}"
    yield "運用経費の増(年)", str(facts["running"]), ends
    promised = budget.request[budget.request["standing"] == PROMISED]
    if len(promised):
        until = labels.era_fiscal(int(promised["until"].max()))
        yield "債務負担行為の限度額", labels.money_text(promised["limit"].sum()), f"{until}まで"


def _running_ends(plan: Plan) -> tuple[float, float]:
    """What runs more in the last fiscal year at the least and the largest factor (円)."""
    budget, item = plan.budget, plan.budget.item
    last = budget.year["fiscal"].max()
    yen = budget.running.loc[budget.running["fiscal"] == last, "yen"]
    now = item.loc[(item["group"] == CURRENT) & (item["fiscal"] == last), "yen"].sum()
    return max(0, yen.min() - now), max(0, yen.max() - now)


def _sure_rows(plan: Plan) -> Iterator[tuple[str, str, str]]:
    facts = plan_facts(plan)
    if plan.pmo.done:
        alone = plan.staffing.self_reliant
        word = labels.month_text(alone) if alone else "期間内には到達しない"
        short = plan.staffing.cover["short"].sum()
        lacking = f"人手の不足は期間に延べ{short:,.0f}人月"
        if short < LEAST_SHORT:
            lacking = "人手の不足は見込まない"
        yield "職員だけで運営できる時期", word, lacking
        return
    plain = labels.chance_text(plan.pmo.told.last["chance"].iloc[0])
    both = plan.risk.joint.set_index(["level", "due"]).at[("planned", "end"), "both"]
    yield "期限に間に合う確率", str(facts["chance_word"]), f"出来事を除くと{plain}"
    yield "最後の稼働(中央値)", str(facts["last"]), str(facts["range"])
    dated = f"期限だけなら{facts['chance_word']}"
    yield "計画の額と期限を共に守る確率", labels.chance_text(both), dated


# --- the page -------------------------------------------------------------------------------------
def front_page(plan: Plan) -> Text:
    """Page one; its notes and sources stand in the chapters."""
    enter = enter_text(plan)
    pieces: tuple[Shown, ...] = (
        style.paragraph(conclusion_text(plan), "lead"),
        style.paragraph(enter, "trial") if enter else Text(""),
        replace(decision_table(plan), source=""),
        Text('<div class="beside"><div>'),
        replace(cost_table(plan), source=""),
        Text("</div>"),
        particular.particular_list(plan),
        Text("</div>"),
        replace(worth.first_table(plan), source=""),
        style.paragraph(ASSUMED, "reading"),
    )
    body = "".join(piece.html() for piece in pieces)
    minutes = style.minutes_text(plan.city, "whole").html()
    return Text(f'<div class="front">{body}</div>{minutes}')


def dated_decisions(plan: Plan) -> list[agenda.Decision]:
    """The same decisions as days and sentences, for a calendar and the first sheet."""
    return agenda.by_day((one.day, f"{one.what}。") for one in decisions(plan))
