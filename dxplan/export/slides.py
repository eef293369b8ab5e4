"""The summary as a .pptx: at most seven slides, whose tables and charts a reader can change.

State; roadmap; decisions and money; how sure; people and training; first initiatives; next steps.
A slide that has nothing to say for a municipality, or for an edition, is not made.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import pandas as pd

from dxplan.export.deck import (
    CELL,
    FOOT,
    ROOM,
    ROW,
    SIDE,
    SMALL,
    TOP,
    Box,
    Deck,
    Mark,
    build_deck,
)
from dxplan.export.pieces import Grid, byline, conclusion, grid_of, is_told, particulars
from dxplan.export.text import plain_text
from dxplan.facts import months
from dxplan.facts.catalog import Row, records
from dxplan.plan.whole import Plan
from dxplan.show import agenda, front, labels, portfolio, staffing, training
from dxplan.show.state import state_counts

GREY, PALE, DEEP = "#B3B3B8", "#C7D2F5", "#0017C1"
STATES = {  # state -> colour
    "live": "#9FD3C7",
    "presumed": "#E4F3EF",
    "unsure": "#F2A900",
    "flagged": "#F4B6BA",
    "late": "#B3B3B8",
}
GAP, HALF = 0.6, (ROOM - 0.6) / 2  # cm between two pieces; of a piece beside another
MILLION = 1e6
MANY = 5  # lots, from which on their words are small
SYSTEMS, COST = "対象の業務の状態(数)", "年度ごとの、今より増える費用(百万円)"
LEGEND = "■ 準備と移行の作業(最も早い予定)　□ 稼働の見通しの幅(20〜80%)　● 中央値の四半期"
CALENDAR = "移行ロットごとの時期(四半期)"
BLANK = "　"  # a cell without a letter would be as high as one of 18 points
QUANTILES = ("p20", "p50", "p80")


class Part(NamedTuple):
    """An exhibit on a slide: its columns, their shares of the width, and how many rows."""

    exhibit: str
    columns: str
    shares: tuple[float, ...]
    most: int | None = None

    def grid(self, plan: Plan) -> Grid | None:
        """Its words; None where there is nothing to show."""
        return grid_of(plan, self.exhibit, self.columns, self.most)


LOTS = Part(
    "pmo.lot_table",
    "lot systems told range chance",
    (2.2, 12, 4.6, 7.0, 3.6),
)
DECIDED = Part(
    "front.decision_table",
    "decide decider decide_by stake",
    (14, 4.6, 6.4, 6.4),
)
MONEY = Part("front.cost_table", "aspect seen spread", (6.2, 4.2, 6))
DOUBTS = Part(
    "worth.first_table",
    "unknown assumed moves knows until",
    (7.4, 7.4, 8.4, 3.2, 4.2),
)
OUTLOOK = Part(
    "risk.outlook_table",
    "lot risk_p50 range risk_p80 risk_chance",
    (4, 5, 8, 5, 5),
)
PEOPLE = Part(
    "engagement.contract_table",
    "form engaged period",
    (5, 2, 7),
    8,
)
LESSONS = Part(
    "training.lesson_table",
    "step title made",
    (2.4, 7, 5),
    8,
)
FIRST = Part(
    "portfolio.first_table",
    "initiative lead_office first_step ask_gate request_by use_from sureness",
    (8, 4, 5, 4, 4.8, 4.8, 4),
)
MEASURES = Part(
    "portfolio.kpi_table",
    "initiative lead_office measure_word",
    (9, 5, 16),
    6,
)


def slides_bytes(plan: Plan) -> bytes:
    """The slides (.pptx) of a plan, as far as its edition shows them.

    Parameters
    ----------
    plan : all plans of the city.
    """
    city = plan.city
    title, basis = front.title_text(city), labels.date_text(city.basis)
    words = [title, city.edition.title, f"基準日 {basis}", f"{labels.UNCONFIRMED}の仮定を含む"]
    foot = "　".join(filter(None, words))
    inputs = f"入力の照合番号 {city.fingerprint()}"
    deck = build_deck(title, foot, city.edition.author, inputs, city.basis)
    for write in (_state, _roadmap, _decisions, _sure, _people, _initiatives, _next):
        write(deck, plan)
    return deck.to_bytes(city.basis)


# --- state and roadmap ----------------------------------------------------------------------------
def _state(deck: Deck, plan: Plan) -> None:
    """Where the city stands, and the paper's name."""
    page = deck.slide(front.title_text(plan.city))
    page.words(Box(TOP, 9), _listed(conclusion(plan)))
    counts = state_counts(plan.city)
    known = [state for state in STATES if counts[state]]
    series = {labels.word_of("state", state): [counts[state]] for state in known}
    colours = [STATES[state] for state in known]
    page.chart(SYSTEMS, ["業務"], series, colours, Box(FOOT - 5.6, 4.8), True)
    page.words(Box(FOOT - 0.8), ["　".join(byline(plan))], SMALL)


def _roadmap(deck: Deck, plan: Plan) -> None:
    """The lots as a table, and as a calendar of quarters."""
    lots = LOTS.grid(plan)
    if not lots:
        return
    page = deck.slide("移行のロードマップ")
    size = CELL if len(lots.rows) < MANY else SMALL
    low = page.table(lots, LOTS.shares, Box(TOP), size) + GAP
    quarters = _quarters(plan)
    heads = ["ロット", *map(_quarter_word, quarters)]
    rows = [_marks(plan, lot, quarters) for lot in records(plan.pmo.lots)]
    page.calendar(CALENDAR, heads, rows, Box(low))
    end = labels.date_text(plan.city.at("end_date").day)
    low += ROW * (len(rows) + 2) + GAP / 2
    page.words(Box(low), [f"{LEGEND}　期限 {end}"], SMALL)


def _quarters(plan: Plan) -> list[date]:
    """The first days of the quarters from the start to the end date, or the last range."""
    seen = plan.pmo.told.lot["p80"].dropna()
    last = max(plan.city.at("end_date").day, *seen)
    days = []
    day = months.quarter_start(plan.pmo.start)
    while day <= last:
        days.append(day)
        day = months.month_later(day, 3)
    return days


def _quarter_word(day: date) -> str:
    """The quarter, under its fiscal year where one begins."""
    number = months.fiscal_quarter(day)
    if number > 1:
        return str(number)
    year = labels.fiscal_short(months.fiscal_year(day))
    return f"{year.removesuffix('年度')}\n{number}"


def _marks(plan: Plan, lot: Row, quarters: list[date]) -> list[Mark]:
    """A row of the calendar: the work, the range of the go-live, its median."""
    sure = plan.pmo.told.lot.set_index("lot").loc[lot["lot"]]
    low, middle, high = (_quarter(sure[name]) for name in QUANTILES)
    begins = months.quarter_start(lot["begins"])
    marks = [Mark(lot["lot"])]
    for day in quarters:
        if day == middle:
            marks.append(Mark("●", PALE))
        elif low <= day <= high:
            marks.append(Mark("□", PALE))
        elif begins <= day < low:
            marks.append(Mark("■", GREY))
        else:
            marks.append(Mark(BLANK))
    return marks


def _quarter(day: date | None) -> date:
    """The quarter of a quantile; one beyond the calendar comes after all others."""
    return months.quarter_start(day) if day else date.max


# --- decisions, money, how sure -------------------------------------------------------------------
def _decisions(deck: Deck, plan: Plan) -> None:
    """What has to be decided, and what it costs more by year."""
    decided, money = DECIDED.grid(plan), MONEY.grid(plan)
    if not (decided and money):
        return
    page = deck.slide("いま決めることと費用")
    low = page.table(decided, DECIDED.shares, Box(TOP), CELL - 1) + GAP
    width = ROOM * 0.56
    page.table(money, MONEY.shares, Box(low, width=width), CELL - 1)
    year = plan.budget.year.sort_values("fiscal")
    names = [labels.fiscal_short(int(fiscal)) for fiscal in year["fiscal"]]
    others = year["new"] - year["new_net"]
    series = {
        "実質負担": _millions(year["new_net"]),
        "ほかの財源": _millions(others),
    }
    left = width + GAP
    box = Box(low, FOOT - low - 0.2, SIDE + left, ROOM - left)
    page.chart(COST, names, series, (DEEP, GREY), box)


def _millions(yen: pd.Series) -> list[float]:
    return [float(round(value / MILLION)) for value in yen]


def _sure(deck: Deck, plan: Plan) -> None:
    """The five numbers that move the plan, and the lots with what may happen."""
    doubts, outlook = DOUBTS.grid(plan), OUTLOOK.grid(plan)
    if not doubts:
        return
    page = deck.slide("どこまで確かか: この計画を動かす5つの数")
    low = page.table(doubts, DOUBTS.shares, Box(TOP)) + GAP
    if outlook and low + ROW * len(outlook.rows) < FOOT - 2:
        page.table(outlook, OUTLOOK.shares, Box(low), CELL - 1)


# --- people, initiatives, next steps --------------------------------------------------------------
def _people(deck: Deck, plan: Plan) -> None:
    """Who does the work and who is taught."""
    people, lessons = PEOPLE.grid(plan), LESSONS.grid(plan)
    if not (people or lessons):
        return
    page = deck.slide("人材と研修")
    texts = []
    if is_told(plan, "staffing.summary_paragraph"):
        texts.append(staffing.alone_text(plan.staffing))
    if is_told(plan, "training.summary_paragraph"):
        texts.append(training.training_text(plan.training))
    top = page.words(Box(TOP), _listed(texts), CELL + 1) + GAP
    box = Box(top)
    if people:
        page.table(people, PEOPLE.shares, Box(top, width=HALF))
        box = Box(top, left=SIDE + HALF + GAP, width=HALF)
    if lessons:
        page.table(lessons, LESSONS.shares, box, CELL - 1)


def _listed(texts: list[str]) -> list[str]:
    return [f"・{text}" for text in texts]


def _initiatives(deck: Deck, plan: Plan) -> None:
    """What is taken up first beside and after the lots, and how it is measured."""
    first, measures = FIRST.grid(plan), MEASURES.grid(plan)
    if not first:
        return
    page = deck.slide("まず取り組むDX施策")
    low = page.table(first, FIRST.shares, Box(TOP)) + GAP
    if is_told(plan, "portfolio.summary_paragraph"):
        text = portfolio.portfolio_text(plan)
        low = page.words(Box(low), [text], CELL + 1) + GAP
    if measures:
        page.table(measures, MEASURES.shares, Box(low))


def _next(deck: Deck, plan: Plan) -> None:
    """The next days with what is done on them, and what is particular here."""
    if not is_told(plan, "front.decision_table"):
        return
    page = deck.slide("次に行うこと")
    rows = []
    for day, text in agenda.by_day(front.dated_decisions(plan)):
        rows.append((labels.day_text(day), plain_text(text)))
    grid = Grid("次に行うこと", ("期日", "行うこと"), tuple(rows), (False, False), ())
    low = page.table(grid, (6, 24), Box(TOP), CELL + 2)
    own = _listed(particulars(plan))
    if own:
        title = f"【{plan.city.name}に特有のこと】"
        page.words(Box(low + 2 * GAP, 4), [title, *own], CELL + 2)
