"""Questions that a council may ask of this plan (想定問答), each with a draft of the answer.

A question stands in ``data/council_questions.csv`` with the facts that call it, in the words of
``particular``; the first ten by their rank are told. No answer has a number without its ground.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from operator import itemgetter

import pandas as pd

from dxplan.facts import catalog, months
from dxplan.facts.catalog import Row, records
from dxplan.plan.operation import SCENARIOS
from dxplan.plan.requests import PROMISED
from dxplan.plan.whole import Plan
from dxplan.show import labels, particular, peers, portfolio, worth
from dxplan.show.particular import Fact, Facts
from dxplan.show.state import asked_systems, lacking_texts
from dxplan.show.style import Table
from dxplan.town.initiatives import load_initiatives

TOLD = 10
FEW = 3  # names that are told
SURE = 0.8  # chance below which a lot is told to be in doubt
YEN = "円"  # how an amount is known in a text
TITLE, NONE = "想定問答", "条件に当たる問いはない。"
WRITTEN = ("question", "text", "ground")  # columns that hold facts
COLUMNS = "no council_question council_answer council_ground".split()
NOTE = (
    "この計画の値が条件に当たる問いを、あらかじめ決めた順に10まで選んだ。"
    "答弁の案は、この計画の試算と公表値による。仮定による数は「仮に…と置くと」と書く。"
)
ASSESSMENT = "10"  # the work item of the privacy assessment
TELLING = 1.0  # months: a smaller change is hardly one
NUMBERS = {"dx_staff": "dx_staff", "transfer": "transfer_rate"}
UNKNOWN = "遅れの理由は把握しておらず、業務所管課とベンダに確かめます。"
Found = Iterator[tuple[str, Fact]]


def council_table(plan: Plan, *barred: str) -> Table:
    """The questions that the plan raises, their answers and what these rest on.

    Parameters
    ----------
    plan : all plans of a city.
    barred : what may not be told: state, date, money, people, resident. Without money no sentence
        holds an amount.
    """
    facts = council_facts(plan)
    words = particular.words_of(facts)
    rows: list[tuple[object, ...]] = []
    for row in _called(facts, barred):
        question, answer, ground = (row[name].format_map(words) for name in WRITTEN)
        if "money" in barred:
            answer = priceless(answer)
        if answer:
            rows.append((len(rows) + 1, question, answer, ground))
    frame = pd.DataFrame(rows[:TOLD], columns=COLUMNS)
    title = f"{TITLE}({plan.city.name})"
    return Table(frame, title, NOTE, "council_question", none=NONE)


def priceless(text: str) -> str:
    """A text without the sentences that hold an amount of money."""
    kept = ""
    for sentence in text.split("。"):
        if sentence and YEN not in sentence:
            kept += f"{sentence}。"
    return kept


def _called(facts: Facts, barred: tuple[str, ...]) -> Iterator[Row]:
    """The questions whose facts hold, by their rank."""
    for row in _questions():
        if row["about"] in barred:
            continue
        if all(particular.holds(facts, *call) for call in particular.calls_in(row)):
            yield row


@cache
def _questions() -> tuple[Row, ...]:
    """The rows of the table by their rank."""
    rows = catalog.load_rows("council_questions")
    return tuple(sorted(rows, key=itemgetter("rank")))


# --- facts ----------------------------------------------------------------------------------------
def council_facts(plan: Plan) -> Facts:
    """Everything that a question may be called by, or tell."""
    facts = dict(particular.plan_facts(plan))  # others read them too
    for part in PARTS:
        facts.update(part(plan))
    return facts


def _city(plan: Plan) -> Found:
    """The day of the plan, what is asked first and by when, what is lacking, who is there."""
    city = plan.city
    basis, start = city.basis, months.next_open(city.start)
    yield "calc", f"この計画の試算(基準日 {labels.date_text(basis)})"
    yield "until", labels.date_text(start)
    yield "first_ask", labels.date_text(plan.pmo.first_request)
    names = [system.business for system in asked_systems(city)]
    yield "asked_names", "・".join(names) if len(names) < FEW else labels.some_text(names)
    lacking = lacking_texts(city)
    yield "lacking", float(len(lacking))
    yield "lacking_texts", "".join(lacking)
    yield "dx_office", city.called("DX・情報部門")
    yield "finance", city.called("財政課")
    for fact, name in NUMBERS.items():
        yield fact, city.number(name)


def _names(names: list[str]) -> str:
    """Some names, and how many more there are."""
    text = "・".join(names[:FEW])
    if len(names) > FEW:
        text += f"ほか{len(names) - FEW}"
    return text


def _lots(plan: Plan) -> Found:
    """Lots in doubt, their vendors, reasons, cutovers; nothing where no lot is left."""
    if plan.pmo.done:
        return
    lots, sure = plan.pmo.lots, plan.risk.lot
    late = list(sure.loc[sure["chance"] < SURE, "lot"])
    yield "doubtful", float(len(late))
    yield "doubtful_word", _names(late)
    yield "unoffered", _names(sorted(plan.pmo.unoffered["lot"]))
    yield "later_text", _shift_text(plan, "later")
    yield "earlier_text", _shift_text(plan, "earlier")
    yield "reason", _reason_text(lots)
    last = lots["live"].idxmax()
    yield "set_by", labels.word_of("set_by", lots.at[last, "set_by"])
    yield "nights", float(lots["cutover"].nunique())
    closed = lots["closure_end"] - lots["cutover"]
    yield "closed", float(min(closed).days + 1)
    ends = plan.pmo.task.loc[plan.pmo.task["no"] == ASSESSMENT, "finish"]
    yield "assessed", float(len(ends))
    if len(ends):
        yield "privacy", labels.quarter_text(min(ends))


def _shift_text(plan: Plan, scenario: str) -> str:
    """The lot that a condition moves most, as a clause that goes on."""
    rows = plan.why[plan.why["scenario"] == scenario]
    row = rows.loc[rows["months"].abs().idxmax()]
    if abs(row["months"]) < TELLING:
        return "稼働の時期はほとんど変わらない"
    shift = labels.shift_text(row["months"])
    return f"{row['lot']}の稼働が平均で{shift}"


def _reason_text(lots: pd.DataFrame) -> str:
    """Why lots are late, as the city has said it."""
    known = lots[lots["reason"] != ""]
    if not len(known):
        return UNKNOWN
    reasons = known["lot"] + "は「" + known["reason"] + "」"
    return f"遅れの理由は、{'、'.join(reasons)}です。"


def _extensions(plan: Plan) -> Found:
    """Contracts in use that end before their lots are live."""
    lots = plan.pmo.lots
    rows = lots[lots["extension"] > 0]
    if len(rows):
        names = list(rows["lot"])
        yen = sum(plan.pmo.extension_yen[name] for name in names)
        yield "extended_names", _names(names)
        yield "extension_yen", labels.money_text(yen)
        day = max(plan.city.start, min(rows["decide_by"]))
        yield "extend_by", labels.date_text(day)


def _doubt(plan: Plan) -> Found:
    """The first of the questions whose answer moves the plan most."""
    rows = worth.first_table(plan).frame
    yield "doubts", float(len(rows))
    for row in records(rows.head(1)):
        yield "doubt", row["unknown"]
        yield "doubt_now", row["assumed"]
        yield "doubt_moves", row["moves"]
        yield "doubt_knows", row["knows"]
        yield "doubt_until", labels.date_text(row["until"])


# --- money ----------------------------------------------------------------------------------------
def _money(plan: Plan) -> Found:
    """How far the cost reaches, aid that may not come, bonds, what stands in a budget already."""
    budget = plan.budget
    span, year = budget.span["new"], budget.year
    cost = f"(幅 {labels.money_range_text(span)})" if span.nunique() > 1 else ""
    yield "cost_range", cost
    burden = year["new_net"].sum()
    none = budget.cap.loc[budget.cap["basis"] == "none", "net"].iloc[0]
    yield "aid_more", 100 * float(none - burden) / max(burden, 1)
    bonds, held = year["bond"].sum(), budget.unasked["yen"].sum()
    yield "bonds", float(bonds)
    yield "bond_yen", labels.money_text(bonds)
    yield "unasked", float(held)
    yield "unasked_yen", labels.money_text(held)


def _upkeep(plan: Plan) -> Found:
    """What runs in the last year, by the factor that the plan takes."""
    running, case = plan.budget.running, plan.city.at("running_case").word
    factor, year = plan.city.number(SCENARIOS[case]), running["fiscal"].max()
    rows = running[running["fiscal"] == year]
    yen = rows.loc[rows["scenario"] == factor, "yen"].iloc[0]
    yield "factor", factor
    yield "last_year", labels.era_fiscal(int(year))
    yield "upkeep", labels.money_text(yen)
    yield "upkeep_range", labels.money_range_text(rows["yen"])


def _requests(plan: Plan) -> Found:
    """The first budget that is asked for."""
    rows = plan.budget.request
    rows = rows[rows["standing"] != PROMISED]
    yield "requests", float(len(rows))
    for (day, gate), part in rows.groupby(["request_by", "gate"], sort=True):
        groups = part["group"].drop_duplicates()
        yield "gate", gate
        yield "gate_day", labels.date_text(day)
        yield "gate_what", _names(list(groups.map(labels.label_of)))
        yield "gate_yen", labels.money_text(part["yen"].sum())
        yield "gate_spend", labels.date_text(min(part["available"]))
        return


def _promises(plan: Plan) -> Found:
    """What is promised for later years, the first of it by its day."""
    rows = plan.budget.request
    rows = rows[rows["standing"] == PROMISED].sort_values("request_by", kind="stable")
    yield "promises", float(len(rows))
    for row in records(rows.head(1)):
        ends = {labels.era_fiscal(row[name]): None for name in ("fiscal", "until")}
        yield "promise_gate", row["gate"]
        yield "promise_day", labels.date_text(row["request_by"])
        yield "promise_what", labels.label_of(row["group"])
        yield "promise_years", "〜".join(ends)
        yield "promise_limit", labels.money_text(row["limit"])
        yield "promise_total", labels.money_text(rows["limit"].sum())


def _overrun(plan: Plan) -> Found:
    """How far the money may go beyond the plan; nothing where no lot is left."""
    if plan.risk.done:
        return
    whole = plan.risk.year.iloc[-1]
    yield "over", 100 * float(whole["p80"] / max(whole["planned"], 1) - 1)
    yield "planned", labels.money_text(whole["planned"])
    yield "half", labels.money_text(whole["p50"])
    yield "most", labels.money_text(whole["p80"])
    joint = plan.risk.joint.set_index(["level", "due"])["both"]
    yield "both", labels.chance_text(joint["planned", "end"])


# --- people ---------------------------------------------------------------------------------------
def _people(plan: Plan) -> Found:
    """Who is sought and for how much, who does it alone from when."""
    staffing = plan.staffing
    counts = staffing.sought.groupby("form", sort=False)["count"].sum()
    names = [f"{form}{count}人" for form, count in counts.items()]
    yield "sought", float(len(names))
    yield "sought_names", plan.city.called("、".join(names))
    taught = staffing.cost["item"].str.startswith("step")
    yield "people_yen", labels.money_text(staffing.cost.loc[~taught, "yen"].sum())
    alone = staffing.self_reliant
    if alone and alone > staffing.month[0]:
        yield "alone", 1.0
        yield "alone_from", labels.month_text(alone)


def _shortage(plan: Plan) -> Found:
    """What is short: in all, in the worst month, with own people alone, without those sought."""
    short = plan.staffing.cover.groupby(["month", "role"])["short"].sum()
    (month, role), most = short.idxmax(), short.max()
    yield "short", round(short.sum(), 1)
    yield "short_month", labels.month_text(month)
    yield "short_role", labels.word_of("work", role)
    yield "short_most", round(most, 1)
    ways = plan.ways.row.set_index("strategy")["short"]
    yield "own_short", round(ways["own"], 1)
    found = plan.downside.set_index("case").loc["found"]
    yield "found_short", round(found["short"], 1)
    late = "仕事の一部が後に回る"
    if found["quarters"] >= 0.1:
        late = f"最後の稼働は平均で約{found['quarters']:.1f}四半期遅れる"
    yield "found_late", late


def _hours(plan: Plan) -> Found:
    """Hours that classes take, and hours that initiatives give back in the year of most."""
    training, year = plan.training, plan.effects.year
    yield "seated", float(training.cohort["people"].sum())
    yield "absent", float(round(training.hours["hours"].sum()))
    if len(year):
        row = year.loc[year["moved"].idxmax()]
        yield "hours_year", labels.era_fiscal(int(row["fiscal"]))
        for name in ("claimed", "counted", "front", "change"):
            yield name, float(round(row[name]))


def _initiatives(plan: Plan) -> Found:
    """What comes first, when, how it is measured."""
    rows = portfolio.first_rows(plan)
    yield "taken", float(len(rows))
    if len(rows):
        known = {one.id: one.kpi for one in load_initiatives(plan.city)}
        yield "first_names", "".join(f"「{name}」" for name in rows["name"])
        yield "first_when", labels.quarters_text(min(rows["live"]), max(rows["live"]))
        yield "first_kpi", known[rows["id"].iloc[0]] or "利用の件数"


def _waiting(plan: Plan) -> Found:
    """The first of the initiatives that wait, and for what."""
    table = portfolio.waiting_table(plan)
    assert isinstance(table, Table)
    rows = table.frame
    rows = rows[rows["barrier"].notna() & (rows["barrier"] != "city")]
    yield "waits", float(len(rows))
    for row in records(rows.head(1)):
        yield "waiting", row["initiative"]
        yield "barrier", labels.value_text("barrier", row["barrier"])


def _neighbours(plan: Plan) -> Found:
    """The first of the like ones that is further on, in what, and of which days that is known."""
    table = peers.ask_table(plan.peers)
    yield "asks", float(len(table.frame))
    for row in records(table.frame.head(1)):
        yield "ask_city", row["city"]
        subjects = row["ahead"].split("、")
        yield "ask_ahead", "、".join(subjects[:FEW])
        source = table.source.split("\n")[-1]
        yield "peers_days", source.removeprefix("出典: ")


PARTS = (
    _city,
    _lots,
    _extensions,
    _doubt,
    _money,
    _upkeep,
    _requests,
    _promises,
    _overrun,
    _people,
    _shortage,
    _hours,
    _initiatives,
    _waiting,
    _neighbours,
)
