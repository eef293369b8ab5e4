"""The phrases of the papers: each says how sure it is, and is called by the fact that it names."""

import html
import re
import sys
from dataclasses import replace
from datetime import date
from math import inf
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from dxplan.plan.pmo import plan_pmo
from dxplan.show import agenda, budget, reasons, report, sentences, shelf, staffing
from dxplan.show import governance as governance_shown
from dxplan.show.governance import raid_texts
from dxplan.show.sentences import load_phrases, sentence
from dxplan.show.state import situation_text
from dxplan.town.city import load_city
from tests.conftest import ROOT
from tests.plan.reasoned import reasoned
from tests.plan.steered import planned
from tests.plans import plain, whole

sys.path.insert(0, str(ROOT / "tests" / "house"))

MARKS = {  # kind -> what a phrase of it says of itself
    "試算": "見込|見通し|試算",
    "仮": "仮に|仮の|仮定|みなす",
    "事実": "",
    "行動": "",  # what somebody has to do
    "句": "",  # a clause that stands in a phrase, which says how sure it is
    "名": "",
}
WESTERN = re.compile(
    r"(?<![\d「])20\d\d年(?![^「」]*」)|\{\w+\}|。。|見込み見込み|の見込みの見込み"
)
ASKED = ("172031", "155861", "216046", "late", "said", "072028")
STATED = ("014371", "012025")  # a flag against the steps, no CIO
DRAWN = ("172031", "155861")
MIRRORS = {  # phrases that no city of these calls -> the mirror test that calls them by hand
    "people.lapse": "test_staffing",
    "people.outside.stay": "test_staffing",
    "risk.driver.none": "test_risk",
    "training.belief.other": "test_training",
    "training.belief.same": "test_training",
    "training.empty.asked": "test_training",
    "training.worth.none": "test_training",
    "why.seen": "test_reasons",
}


@pytest.mark.parametrize("kind", MARKS)
def test_a_phrase_says_how_sure_it_is(kind):
    texts = [phrase.text for phrase in load_phrases().values() if phrase.kind == kind]
    assert texts and all(re.search(MARKS[kind], text) for text in texts)
    if kind in ("試算", "仮"):  # a guess is no verdict
        assert not [text for text in texts if re.search("(?<!見込み)である。$", text)]


def test_every_phrase_names_its_kind_and_its_fact():
    for name, phrase in load_phrases().items():
        assert phrase.kind in MARKS and phrase.fact.strip() and not phrase.fact.endswith("。"), name


def test_a_place_without_a_word_is_a_fault():
    with pytest.raises(KeyError):
        sentence("decide.offer")
    with pytest.raises(KeyError):
        sentence("no.such.phrase")


# --- called ---------------------------------------------------------------------------------------
class Recorded(dict):
    """Phrases that remember which of them were told."""

    def __init__(self, phrases):
        super().__init__(phrases)
        self.told = set()

    def __getitem__(self, name):
        self.told.add(name)
        return super().__getitem__(name)


@pytest.fixture(scope="module")
def recorded():
    """The phrases, while cities are told; and what of the pages breaks the law of words."""
    phrases = Recorded(load_phrases())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sentences, "load_phrases", lambda: phrases)
        for code in ASKED:
            _tell(*planned(code)[::2])
        for code in STATED:
            report.summary_text(plan_pmo(plain(code)))
        _tell_by_hand(planned("172031")[0])
        _tell_confirmed()
        report.roadmap_section(whole("131016"))
        wrong = [line for code in DRAWN for line in _drawn_faults(planned(code)[0])]
        return phrases.told, wrong


def _tell(plan, governance):
    """What is said of a plan beside its exhibits."""
    list(report.situation_lines(plan))
    list(report.summary_pairs(plan))
    list(agenda.roadmap_decisions(plan.pmo))
    reasons.why_text(plan)
    governance_shown.diary_table(governance)
    for topic, facts in zip(governance.raid["topic"], governance.raid["facts"], strict=True):
        raid_texts(topic, facts)


def _tell_by_hand(plan):
    """What no city of the test store has."""
    names, day = {"names": ("A", "B")}, date(2028, 8, 11)
    still = {"earlier": 0.0, "later": 0.0, "alone": 1.5}
    raid_texts("offer", names | {"later": inf})
    raid_texts("cause", {"lot": "A", "set_by": "people", **still})
    gate = {"gate": "9月補正", "next": "12月補正", "day": day, "months": 2.8, "missed": 0.0}
    raid_texts("gate", names | gate)
    past = {"lot": "A", "day": day, "months": 3, "yen": 1e7, "by": day, "past": True}
    raid_texts("extension", past)
    night = names | {"systems": 3, "when": (day, True)}
    raid_texts("night", night | {"months": inf})
    raid_texts("dependent", {"covered": 1.0, "wanted": 2.0, "day": day})
    raid_texts("late_money", {"yen": 1e7, "gate": "9月補正", "day": day})
    out = {"fte": 1.0, "month": day, "share": 0.4, "exit": day, "alone": None}
    raid_texts("exit", out)
    people = plan.staffing
    staffing.summary_text(replace(people, self_reliant=None, exit=None, cost=people.cost[:0]))
    rates = replace(plan.budget, shock=plan.budget.shock[:0], unasked=plan.budget.unasked[:0])
    budget.unasked_text(rates)
    even = plan.budget.year.assign(if_zero=plan.budget.year["net"])
    for share in (0.5, 1.0, 2.0):
        able = people.autonomy["autonomy"].copy()
        able.iloc[-1] = share * able.iloc[0]
        grown = people.autonomy.assign(autonomy=able)
        staffing.handover_text(replace(people, autonomy=grown))
    budget.sure_text(replace(rates, year=even))
    beyond = plan.why.assign(p50=plan.why["p50"].where(plan.why["scenario"] != "later", None))
    reasons.why_text(reasoned(plan, beyond.astype({"p50": object})))
    reasons.telling_text(reasoned(plan, plan.why.assign(months=0.0)))


def _tell_confirmed():
    """A city that has said the state of each of its systems."""
    said = "{state: 稼働, as_of: 2026-11-01, source: 例, grade: A}"
    names = [system.business for system in plain("172031").movable]
    lines = "".join(f"  {name}: {said}\n" for name in names)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "172031.yaml"
        path.write_text(f'code: "172031"\nsystems:\n{lines}', encoding="utf-8")
        situation_text(load_city("172031", Path(folder)))


def _drawn_faults(plan):
    """What a reader of the pages and tables must not meet."""
    from test_words import faults

    for exhibit in shelf.load_shelf():
        text = html.unescape(re.sub("<[^>]+>", "|", exhibit.show(plan).html()))
        yield from faults(exhibit.exhibit, text)
        for found in WESTERN.finditer(text):
            yield f"{exhibit.exhibit}: {text[max(0, found.start() - 30) : found.end() + 20]}"


@pytest.mark.rest
def test_each_phrase_is_called_by_a_city_or_by_the_test_that_mirrors_it(recorded):
    told, _ = recorded
    untold = set(load_phrases()) - told
    assert untold == set(MIRRORS), sorted(untold ^ set(MIRRORS))
    for name, file in MIRRORS.items():
        pieces = re.split(r"\{\w+\}|[(、。)]", load_phrases()[name].text)
        text = Path(__file__).with_name(f"{file}.py").read_text(encoding="utf-8")
        assert max(pieces, key=len) in text, name


@pytest.mark.rest
def test_no_page_holds_a_forbidden_word_or_a_day_in_the_western_count(recorded):
    _, wrong = recorded
    assert not wrong, "\n".join(wrong)
