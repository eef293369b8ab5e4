"""What is particular to a municipality: its facts, and the whole phrases that they call.

A phrase stands in ``data/particulars.csv`` with its part, what it is about, and the facts that call
it (``late>=10;class=指定都市``; blank is always). Of what one is about the first by its rank is
told. A rank tells about how rare its facts are: the three first are what other places have not.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from dxplan.facts import catalog
from dxplan.facts.catalog import Row
from dxplan.plan.costs import CURRENT
from dxplan.plan.rates import allocated
from dxplan.plan.whole import Plan
from dxplan.show import labels, reasons, style
from dxplan.show.state import asked_systems, state_counts
from dxplan.show.style import Text
from dxplan.town.city import City
from dxplan.town.systems import load_rules

FIRST = 3  # sentences that are shown
Fact = float | str
Facts = dict[str, Fact]
Named = tuple[str, Fact]
CALL = re.compile(r"(\w+)(>=|<=|!=|=|<|>)(.*)")
SIGNS = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
    "!=": operator.ne,
}
INDICATED = {  # fact -> column of the published figures
    "policy": "dx_policy",
    "cio": "dx_cio",
    "assistant": "dx_cio_assistant",
    "cross": "dx_cross_org",
    "talent": "dx_external_talent",
    "taught": "dx_staff_training",
    "ai": "dx_ai",
    "rpa": "dx_rpa",
}
COUNTED = {
    "pop": "population",
    "staff": "staff_general",
    "strength": "fiscal_strength",
    "balance": "current_balance_ratio",
    "future": "future_burden_ratio",
    "online": "online32_pct",
}
VERDICTS = {"late": "late_systems", "steps": "steps_rate", "online": "online32_pct"}


class Phrase(NamedTuple):
    """A row of ``data/particulars.csv``; ``calls`` is what has to hold: fact, sign, value."""

    id: str
    about: str
    rank: float
    calls: tuple[tuple[str, str, str], ...]
    text: str


# --- phrases --------------------------------------------------------------------------------------
@cache
def load_phrases(part: str) -> tuple[Phrase, ...]:
    """The phrases of a part, by their rank."""
    found = [_phrase(row) for row in catalog.load_rows("particulars") if row["part"] == part]
    return tuple(sorted(found, key=lambda phrase: phrase.rank))


def _phrase(row: Row) -> Phrase:
    return Phrase(row["id"], row["about"], row["rank"], calls_in(row), row["text"])


def calls_in(row: Row) -> tuple[tuple[str, str, str], ...]:
    """What has to hold for a row: fact, sign and value of each of its calls.

    Raises
    ------
    ValueError
        A call is none.
    """
    calls = []
    for call in filter(None, (row["calls"] or "").split(";")):
        match = CALL.fullmatch(call)
        if not match:
            raise ValueError(f"{row['id']}: {call!r} is no call")
        calls.append((match[1], match[2], match[3]))
    return tuple(calls)


def called(part: str, facts: Facts) -> dict[str, str]:
    """About -> the first phrase of it that the facts call, in the order of the ranks."""
    found: dict[str, str] = {}
    for phrase in load_phrases(part):
        if phrase.about not in found and all(holds(facts, *call) for call in phrase.calls):
            found[phrase.about] = phrase.text.format_map(words_of(facts))
    return found


def holds(facts: Facts, name: str, sign: str, said: str) -> bool:
    """Whether a fact is as it is called; one that is not known calls nothing."""
    if name not in facts:
        return False
    fact = facts[name]
    if isinstance(fact, str):
        return bool(SIGNS[sign](fact, said))
    if said == "none":
        return False
    return bool(SIGNS[sign](fact, float(said)))


def words_of(facts: Facts) -> dict[str, str]:
    """Facts as they are written; what has words of its own is told by them."""
    words = {}
    for name, fact in facts.items():
        words[name] = fact if isinstance(fact, str) else labels.number_text(round(fact, 2))
    for name in facts:
        if f"{name}_word" in facts:
            words[name] = str(facts[f"{name}_word"])
    return words


# --- facts ----------------------------------------------------------------------------------------
@style.kept
def plan_facts(plan: Plan) -> Facts:
    """Everything that a phrase may be called by, or tell; not to be changed."""
    facts: Facts = {}
    for told in (_place(plan.city), _state(plan.city), _told(plan)):
        for name, fact in told:
            facts[name] = fact if isinstance(fact, str) else float(fact)
    return facts


def _told(plan: Plan) -> Iterator[Named]:
    """What the plan itself says."""
    yield "lots", len(plan.pmo.lots)
    yield "end", labels.date_text(plan.city.at("end_date").day)
    if plan.city.situation in ("both", "questions"):
        yield from _branch(plan)
    if not plan.pmo.done:
        yield from _outlook(plan)
        yield from _lots(plan)
        yield from _contracts(plan)
        yield from _delays(plan)
    yield from _money(plan)
    yield from _people(plan)
    yield from _peers(plan)


def _place(city: City) -> Iterator[Named]:
    """The published figures of the municipality; a blank is the word none, or no fact."""
    own = city.facts
    yield "name", city.name
    yield "class", own.class_
    yield "kind", own.type
    for name, column in COUNTED.items():
        value = getattr(own, column)
        if value is not None:
            yield name, value
    for name, column in INDICATED.items():
        value = getattr(own, column)
        yield name, "none" if value is None else value
    if own.staff_general:
        yield "each", round(own.population / own.staff_general)
    if own.population_census:
        old = own.population_65plus / own.population_census
        yield "old", round(100 * old)
    for row in catalog.load_rows("islands"):
        if city.code in row["codes"].split():
            yield row["place"], 1
    yield "allocated", allocated(city)
    day = catalog.load_column("municipalities", "dx_policy").as_of
    yield "dx_day", labels.date_text(day)


def _state(city: City) -> Iterator[Named]:
    """Where the systems stand, and of which days that is known."""
    counts = state_counts(city)
    scope = len(city.systems) - counts["out"]
    yield "situation", city.situation
    yield "scope", scope
    yield "asked", len(asked_systems(city))
    for state in ("live", "presumed", "late"):
        yield state, counts[state]
    yield "common", city.common.pending
    yield "all_asked", counts["unsure"] + counts["flagged"] == scope
    yield "all_late", counts["late"] == scope
    yield "seen", seen_text(city)


def seen_text(city: City) -> str:
    """Of which day the states are, in few words."""
    if not any(system.presumed for system in city.movable):
        return "団体の確認による"
    rules = load_rules()
    days = {rules[name].speaks_of for name in ("flagged_steps", "live_steps")}
    told = "・".join(labels.date_text(day) for day in sorted(days))
    return f"{told}時点の公表値"


def _outlook(plan: Plan) -> Iterator[Named]:
    """When the last lot is seen, with what may happen."""
    last = plan.risk.last.iloc[0]
    yield "chance", 100 * last["chance"]
    yield "chance_word", labels.chance_text(last["chance"])
    yield "last", labels.outlook_text(last["p50"])
    yield "range", labels.quarters_text(last["p20"], last["p80"])


def _lots(plan: Plan) -> Iterator[Named]:
    """The lots and what is in them, the vendors' days, and the nights that they share."""
    rows = plan.pmo.lots
    size = rows["systems"] + rows["common"]
    yield "left", size.sum()
    yield "biggest", size.max()
    largest = rows.loc[rows["systems"].idxmax()]
    yield "first", largest["businesses"][0]
    unknown = len(plan.pmo.unoffered)
    yield "unknown", unknown
    yield "offered", len(rows) - unknown
    nights = rows.groupby("cutover")["systems"]
    yield "night_systems", nights.sum().max()
    shared = nights.sum()[nights.count() > 1]
    yield "night", max(shared, default=0)


def _contracts(plan: Plan) -> Iterator[Named]:
    """Contracts that are signed, or end before the lot is live; a year's slip."""
    pmo, rows = plan.pmo, plan.pmo.lots
    yield "signed", (rows["contracted"] | rows["presumed"]).sum()
    longer = rows.loc[rows["extension"] > 0, "lot"]
    yield "extended", len(longer)
    total = sum(pmo.extension_yen[lot] for lot in longer)
    yield "extended_word", labels.money_text(total)
    yield "slip", labels.money_text(reasons.slip_yen(pmo))
    yield "ends_unknown", rows["contract_end"].isna().sum()


def _delays(plan: Plan) -> Iterator[Named]:
    """What a vendor's delay and a missed budget do."""
    later = plan.why[plan.why["scenario"] == "later"]
    if len(later):
        months, chance = later["months"].max(), later["chance"].min()
        yield "later", months
        yield "later_word", labels.shift_text(months)
        yield "chance_later", 100 * chance
        yield "chance_later_word", labels.chance_text(chance)
    for gate in plan.pmo.gate.to_dict("records")[:1]:
        yield "gate_missed", gate["months_missed"]
        yield "gate_missed_word", labels.months_text(gate["months_missed"])
        yield "gate_next", gate["next_gate"] or labels.MISSING


def _branch(plan: Plan) -> Iterator[Named]:
    """The plan if everything that is open has not moved."""
    rows = plan.branches.set_index("branch")
    late = rows.loc["late"]
    yield "branch_lots", late["lots"]
    more = late["yen"] - rows.at["live", "yen"]
    yield "branch_yen", labels.money_text(max(0, more))
    if plan.pmo.done:
        yield "branch_chance", 100 * late["chance"]
    yield "branch_chance_word", labels.chance_text(late["chance"])


def _money(plan: Plan) -> Iterator[Named]:
    """What is new, its range and burden, what runs more each year, what weighs most."""
    budget = plan.budget
    years = budget.year["fiscal"].iloc[[0, -1]]
    yield "years", "〜".join(map(labels.era_fiscal, years))
    new, burden = budget.year["new"].sum(), budget.year["new_net"].sum()
    yield "new", labels.money_text(new)
    span = budget.span["new"]
    yield "new_range", labels.money_range_text(span)
    yield "spread", span.max() - span.min()
    yield "burden", labels.money_text(burden)
    yield "burden_share", 100 * burden / max(new, 1)
    none = budget.cap.set_index("basis")["net"]["none"]
    yield "none", labels.money_text(none)
    more = running_more(plan)
    yield "more", more
    yield "running", labels.money_text(more)
    rows = budget.item[budget.item["group"] != CURRENT]
    by_group = rows.groupby("group")["yen"].sum()
    if len(by_group):
        yield "top", labels.label_of(by_group.idxmax())
        running = by_group.get("running", 0)
        yield "running_share", round(100 * running / max(by_group.sum(), 1))


def running_more(plan: Plan) -> float:
    """What runs more than today in the last fiscal year (円)."""
    rows, last = plan.budget.item, plan.budget.year["fiscal"].max()
    more = rows[(rows["group"] == "running") & (rows["fiscal"] == last)]
    return float(more["yen"].sum())


def present_yen(plan: Plan) -> float:
    """What the present systems cost in a whole year (円)."""
    rows = plan.budget.item
    rows = rows[(rows["group"] == CURRENT) & (rows["item"] != "extension")]
    yearly = rows.groupby("fiscal")["yen"].sum()
    return float(max(yearly, default=0))


def _people(plan: Plan) -> Iterator[Named]:
    """Classes, what is short without outsiders, the busiest section, the first initiative."""
    yield "classes", len(plan.training.cohort)
    given = plan.training.redeploy
    hours = given.loc[given["use"] == "front", "hours"]
    yield "front_hours", round(max(hours, default=0))
    found = plan.downside.set_index("case")
    if "found" in found.index:
        yield "found_more", round(found.at["found", "more"])
    section = plan.burden.section
    if len(section):
        yield "busiest", section["section"].iloc[0]
    chosen = plan.portfolio.row[plan.portfolio.row["state"] == "chosen"]
    if len(chosen):
        first = chosen.sort_values(["request_by", "id"]).iloc[0]
        yield "first_initiative", first["name"]


def _peers(plan: Plan) -> Iterator[Named]:
    """How many are like it, who is ahead, and on which side of them it stands."""
    found = plan.peers
    yield "peers", len(found.peer)
    names = [f"{one.pref}{one.name}" for one, _ in found.ask[:2]]
    yield "ahead", "・".join(names) or "都道府県"
    stands = {row.indicator: row.verdict for row in found.standing}
    for name, indicator in VERDICTS.items():
        yield f"{name}_verdict", stands.get(indicator) or "none"


# --- shown ----------------------------------------------------------------------------------------
def night_paragraph(plan: Plan) -> Text:
    """How many systems go live in one night; nothing where no lot is left."""
    return _paragraph(plan, "night")


def extension_paragraph(plan: Plan) -> Text:
    """What the extension of the contracts in use costs, or that their ends are not known."""
    return _paragraph(plan, "extension")


def _paragraph(plan: Plan, part: str) -> Text:
    texts = called(part, plan_facts(plan)).values()
    return style.paragraph("".join(texts)) if texts else Text("")


def particular_texts(plan: Plan) -> list[str]:
    """Three sentences on what is particular to the municipality."""
    return list(called("particular", plan_facts(plan)).values())[:FIRST]


def particular_list(plan: Plan) -> Text:
    """The sentences under a title, as a list."""
    title = f"{plan.city.name}に特有のこと"
    return style.entry_list(title, particular_texts(plan), "particular")
