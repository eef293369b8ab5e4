"""What a published plan has beside its numbers: purpose, term, effects, indicators, review, terms.

Whole phrases, and the terms, stand in ``data/particulars.csv`` with the facts that call them.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence

import pandas as pd

from dxplan.facts import months
from dxplan.plan.whole import Plan
from dxplan.show import labels, style
from dxplan.show.particular import called, plan_facts, present_yen, running_more
from dxplan.show.state import state_counts
from dxplan.show.style import Table, Text
from dxplan.town.defaults import load_specs

STEPS = ("mayor", "board", "office", "dx")  # of the chart, one below the other
BESIDE = ("section", "finance", "personnel", "contract", "vendor")  # under them, side by side
PRICES = (  # parameters of money, in the order of what they pay
    *("migration_yen", "running_yen", "running_middle", "running_low", "running_high"),
    *("invest_yen", "step1_yen", "step2_yen", "step3_yen", "own_time_yen"),
)


def source_text(plan: Plan) -> str:
    """Where the numbers come from."""
    return style.basis_text(plan.city, f"前提は仮定を含む({labels.UNCONFIRMED})")


# --- purpose, term, effects -----------------------------------------------------------------------
def purpose_section(plan: Plan) -> Text:
    """What the plan stands on, its term, what it brings to residents, how it is reviewed."""
    years = plan.budget.year["fiscal"].iloc[[0, -1]]
    term = "〜".join(labels.era_fiscal(year) for year in years)
    end = labels.date_text(plan.city.at("end_date").day)
    facts = plan_facts(plan)
    pieces = (
        style.heading("位置付けと計画期間", 3),
        style.paragraph(
            "地方公共団体情報システムの標準化に関する法律と、国の自治体DX推進計画に沿う計画の案。"
            "総合計画・行政改革の計画との関係は、団体が定める(未入力)。"
        ),
        style.paragraph(f"計画期間は{term}。標準化の期限は{end}と置いた。"),
        _list("住民への効果", "effect", facts),
        _list("進行管理と見直し(PDCA)", "review", facts),
        _list("国・都道府県に求める支援", "support", facts),
    )
    return Text("".join(piece.html() for piece in pieces))


def _list(title: str, part: str, facts: dict) -> Text:
    return style.entry_list(title, list(called(part, facts).values()), "entries")


# --- indicators -----------------------------------------------------------------------------------
def indicator_table(plan: Plan) -> Table:
    """What is measured: who answers for it, where it stands, what is seen at the plan's end."""
    rows = []
    for name, owner, now, then, due in _indicators(plan):
        owners = "・".join(plan.city.called(labels.word_of("owner", one)) for one in owner)
        rows.append((labels.word_of("indicator", name), owners, now, then, due))
    frame = pd.DataFrame(rows, columns="indicator owners stands aimed aimed_by".split())
    note = (
        "「現在」は公表値か仮定、「到達の見込み」はこの計画の計算で、団体が目標を定めて置き換える。"
    )
    title = "評価指標と担当"
    return Table(frame, title, f"{note}\n{source_text(plan)}", "indicator")


def _indicators(plan: Plan) -> Iterator[tuple[str, Sequence[str], str, str, str]]:
    counts, city = state_counts(plan.city), plan.city
    last = labels.era_fiscal(int(plan.budget.year["fiscal"].max()))
    end = labels.date_text(city.at("end_date").day)
    left = counts["late"] + city.common.pending
    asked = counts["unsure"] + counts["flagged"]
    yield "pending", ("dx", "section"), f"{left}システム(要確認{asked})", "0システム", end
    if not plan.pmo.done:
        chance = labels.chance_text(plan.risk.last["chance"].iloc[0])
        yield "chance", ("dx",), chance, "80%以上", "毎月確認"
    change = plan.staffing.head[plan.staffing.head["tier"] == "change"]
    heads = [labels.heads_text(value) for value in (change["start"].iloc[0], _end(change))]
    yield "change", ("personnel",), f"{heads[0]}人(仮)", f"{heads[1]}人", last
    able = plan.staffing.autonomy["share"]
    shares = [labels.percent_text(value) for value in (able.iloc[0], able.iloc[-1])]
    yield "outside", ("dx",), f"{shares[0]}%", f"{shares[1]}%", last
    hours = plan.training.automation["hours"]
    yield "saved", ("section",), "0時間", f"年{max(hours, default=0):,.0f}時間", last
    base = present_yen(plan)
    more = running_more(plan)
    yield (
        *("running", ("finance",), f"年{labels.money_text(base)}(仮)"),
        *(f"年{labels.money_text(more)}の増に収める", last),
    )
    online = city.facts.online32_pct
    if online is not None:
        yield "online", ("section",), f"{online:g}%", "団体が定める", last


def _end(frame: pd.DataFrame) -> float:
    return float(frame["finish"].iloc[-1])


def year_table(plan: Plan) -> Table:
    """The indicators by fiscal year: people, classes, hours given back and to whom."""
    head, course = plan.staffing.head, plan.training
    change = head[head["tier"] == "change"]
    change = change.groupby(change["month"].map(months.fiscal_year))["finish"].last()
    people = course.cohort.groupby("fiscal")["people"].sum()
    hours = course.automation.set_index("fiscal")["hours"]
    uses = course.redeploy.pivot_table(index="fiscal", columns="use", values="hours", aggfunc="sum")
    frame = pd.DataFrame({"fiscal": plan.budget.year["fiscal"]}).set_index("fiscal")
    frame["drivers_year"] = change.reindex(frame.index)
    frame["taught_year"] = people.reindex(frame.index).fillna(0)
    frame["saved"] = hours.reindex(frame.index).fillna(0)
    uses = uses.reindex(index=frame.index, columns=["front", "change", "overtime"]).fillna(0)
    frame = frame.join(uses.rename(columns={"change": "improve"}))
    title = "人材と時間の見込み(年度別)"
    return Table(frame.reset_index(), title, source_text(plan), "fiscal")


# --- money: how it is reckoned ----------------------------------------------
def price_table(plan: Plan) -> Table:
    """The prices that the amounts are reckoned from: value, unit, range, source, grade."""
    rows = []
    unused = {"migration_yen"} if plan.pmo.done else set()
    for name in PRICES:
        if name in plan.city.values and name not in unused:
            value = plan.city.at(name)
            amount = f"{labels.amount_text(value.value)}{labels.unit_text(value.unit)}"
            rows.append((load_specs()[name].label, amount, value.grade))
    frame = pd.DataFrame(rows, columns="what price grade".split())
    note = (
        "金額 = 単価×業務の比重×期間。比重と全部の前提は、Excelの「前提と出典」にある。"
        f"見積りが届いたら単価を置き換える。\n{source_text(plan)}"
    )
    return Table(frame, "積算根拠(単価)", note, "what")


# --- the organisation -----------------------------------------------------------------------------
def chart_list(plan: Plan) -> Text:
    """Who steers and who works, as boxes one below the other, and side by side at the foot."""
    called_ = plan.city.called
    boxes, row = "", ""
    for name in STEPS:
        boxes += _box(called_(labels.word_of("owner", name)), name)
    words = [called_(labels.word_of("owner", name)) for name in BESIDE]
    for word in dict.fromkeys(words):
        row += f"<li>{html.escape(word)}</li>"
    title = f"推進体制({plan.city.name})"
    return Text(
        f'<div class="chart"><p class="list-title">{html.escape(title)}</p>'
        f'<ol>{boxes}<li class="row"><ul>{row}</ul></li></ol></div>'
    )


def _box(word: str, name: str) -> str:
    duty = html.escape(labels.word_of("chart", name))
    return f"<li><strong>{html.escape(word)}</strong> {duty}</li>"


# --- terms ----------------------------------------------------------------------------------------
def term_list(plan: Plan) -> Text:
    """The terms of the paper, each in a sentence."""
    duties = labels.words_of("tier_duty").items()
    pairs = [(labels.word_of("tier", tier), f"{duty}職員。") for tier, duty in duties]
    pairs += called("term", plan_facts(plan)).items()
    title = style.heading("用語", 3)
    return Text(title.html() + style.pair_list(pairs, "terms").html())
