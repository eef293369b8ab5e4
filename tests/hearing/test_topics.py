"""What is asked, and in which order."""

import re

from dxplan.facts.params import REASONS, STATES, SURE
from dxplan.hearing.answers import WHOLE
from dxplan.hearing.asked import load_asked, spec_at
from dxplan.hearing.topics import topics
from dxplan.town.city import load_trial
from dxplan.town.questions import questions
from dxplan.town.variant import Place

FILE = """\
base: "172031"
who: 情報政策課
when: 2026-10-01
why: 選挙と契約を書くため
elections:
  - {day: 2027-11-14, name: 市長選挙, as_of: 2026-10-01, source: 選挙管理委員会, grade: A}
engagements:
  - form: 業務委託
    people: 2
    from: 2026-04-01
    until: 2027-03-31
    as_of: 2026-10-01
    source: 契約書
    grade: A
"""


def test_the_ten_that_move_the_plan_most_come_first(town, asked):
    first, *others = asked
    worth = questions(town)[:10]
    rows = {line.id: line for topic in others for line in topic.lines}
    for line, question in zip(first.lines, worth, strict=True):
        assert line.told[0].startswith(question.label) and line.told[2] == question.asked
        assert line.told[-6:-2] == (*question.months, *question.points)
        assert line.told[-2:] == tuple(round(yen / 1e6, 1) for yen in question.yen)
        if len(question.places) == 1:
            assert line.blanks[0].place == question.places[0]
        for id in re.findall("[A-Z][0-9]{3}", line.told[1] if line.blanks[0] is None else ""):
            assert {blank.place for blank in rows[id].blanks} & set(question.places)
    several = [line for line in first.lines if line.blanks[0] is None]
    assert several and all("のシートの" in line.told[1] for line in several)


def test_entries_of_a_file_are_shown_and_can_be_changed(tmp_path):
    found = {topic.name: topic for topic in topics(load_trial("172031--x", FILE, tmp_path))}
    vote, *blank = found["選挙"].lines
    assert vote.told[0] == "市長選挙" and len(blank) == 3
    assert vote.blanks[1].place == Place("elections", "1", "day")
    one, *blank = found["契約中の外部人材"].lines
    assert one.told[:2] == ("業務委託", 2) and len(blank) == 5
    assert blank[0].blanks[0].place == Place("engagements", "新1", "form")
    assert "業務委託" in blank[0].blanks[0].spec.choices


def test_the_section_that_answers_is_called_as_it_is_here(tmp_path):
    text = FILE + "offices:\n  財政課: 企画財政課\n"
    found = {topic.name: topic for topic in topics(load_trial("172031--x", text, tmp_path))}
    (row,) = [line for line in found["課と人数"].lines if line.told[0] == "「財政課」の名"]
    assert row.told[2] == "企画財政課"


def test_what_is_asked_is_declared_with_what_a_params_file_takes():
    asked = load_asked()
    assert set(asked["systems", "state"].choices) < set(STATES)
    assert asked["lots", "confidence"].choices == SURE
    assert asked["lots", "reason"].choices == REASONS
    kinds = {spec.kind for spec in load_asked().values()}
    assert kinds == {"number", "date", "choice", "text", "day"}
    for (part, name), spec in load_asked().items():
        ranged = spec.kind in ("number", "date", "day")
        assert bool(spec.minimum and spec.maximum) == ranged, (part, name)
        assert name != WHOLE and spec_at(Place(part, "x", name)) is spec
