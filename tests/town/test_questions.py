"""What nobody has confirmed, what an answer makes of a city, and its order in data/."""

from dataclasses import replace
from datetime import date

import pytest

from dxplan.facts.catalog import load_municipalities, load_rows, load_table
from dxplan.town.city import load_city
from dxplan.town.defaults import load_specs
from dxplan.town.questions import (
    CHOICE,
    FACTS,
    HIGH,
    LOW,
    Question,
    answered,
    decisions,
    questions,
    unknowns,
)
from dxplan.town.variant import Place, rows_of
from tests.plans import NOWHERE

KOMATSU, DONE = "172031", "014231"  # two lots and an open question; no system left to move


@pytest.fixture(scope="module")
def city():
    return load_city(KOMATSU, NOWHERE)


def named(city, name, kind="world"):
    return next(one for one in unknowns(city, kind) if one.name == name)


def alone(name):
    """A question of one parameter, as a group has it for a member."""

    def found(city):
        for one in unknowns(city):
            for member in one.members:
                if member.name == name:
                    return member
        raise LookupError(name)

    return found


def test_settings_are_no_questions_and_what_the_city_decides_is_told_apart(city):
    kinds = {}
    for rows in city.values.values():
        kinds |= {row.name: row.span.kind for row in rows if row.span}
    asked = {place.name for one in unknowns(city) for place in one.places}
    chosen = {place.name for one in unknowns(city, CHOICE) for place in one.places}
    settings = {name for name, kind in kinds.items() if kind == "setting"}
    assert "price_finish" in settings and "seed" in settings
    assert not settings & (asked | chosen)
    assert {"running_yen", "dx_staff"} <= asked - chosen
    assert {"budget_gates", "outside_share"} <= chosen - asked


def test_what_a_file_says_is_answered(city):
    asked = [place.name for one in unknowns(city) for place in one.places]
    assert {"promotion_other", "link_yen"} <= set(asked)
    told = unknowns(city.changed(promotion_other=3, link_yen=1))
    left = [place.name for one in told for place in one.places]
    assert sorted(asked) == sorted([*left, "promotion_other", "link_yen"])


def test_every_answer_changes_the_city_and_only_where_it_stands(city):
    for one in unknowns(city):
        told = [answered(city, one, end) for end in (LOW, HIGH)]
        assert any(other != city for other in told), one.name
        places = {(place.part, place.name) for place in one.places}
        for other in told:
            changed = {
                ("values", name) for name in city.values if city.values[name] != other.values[name]
            }
            assert changed <= places, one.name


def test_a_dated_value_keeps_the_rows_that_have_no_range(city):
    told = answered(city, alone("rate_F1")(city), LOW)
    assert told.number("rate_F1", date(2028, 4, 1)) == 50
    assert told.number("rate_F1", date(2031, 4, 1)) == 0 == city.number("rate_F1", date(2031, 4, 1))


def test_a_group_is_answered_together_and_some_of_it_the_other_way_round(city):
    people = named(city, "people")
    names = "dx_staff dx_share daily_share promotion_other pmo_fte pmo_peak"
    assert sorted(one.name for one in people.members) == sorted(names.split())
    few = answered(city, people, LOW)
    assert few.number("dx_staff") == city.at("dx_staff").span.low
    assert few.number("daily_share") == city.at("daily_share").span.high


def test_an_end_that_contradicts_another_value_says_nothing(city):
    long = city.changed(slip_likely=20)
    told = answered(long, named(long, "slips"), LOW)
    assert told.number("slip_most") == long.number("slip_most") == 24
    assert told.number("slip_rate") == 10
    assert answered(long, alone("slip_most")(long), LOW) is long


def test_the_day_that_a_vendor_offers_is_asked_in_place_of_the_guess_of_it(city):
    one = named(city, "offered")
    assert one.places == tuple(Place("lots", lot.name, "offered") for lot in city.lots)
    assert not {"vendor_likely", "vendor_latest"} & {q.name for q in unknowns(city)}
    late = answered(city, one, HIGH)
    assert {lot.offer.day for lot in late.lots} == {city.at("vendor_latest").day}
    assert [rows_of(late, place)[0].grade for place in one.places] == ["G", "G"]
    # where every day is known there is nothing to ask
    assert "offered" not in [q.name for q in unknowns(late)]


def test_where_the_systems_stand_is_asked_as_the_figures_leave_it(city):
    unsure = named(city, "unsure")
    assert [place.entry for place in unsure.places] == [
        s.business for s in city.movable if s.unsure
    ]
    assert answered(city, unsure, HIGH) == city.unmoved()
    assert answered(city, unsure, LOW) is city
    one = named(city, "presumed")
    told = answered(city, one, HIGH)
    moved = [s.business for s in told.systems if s.pending and not _there(city, s).pending]
    assert moved == [place.entry for place in one.places]
    steps = [s.done for s in city.systems if s.state.word == "presumed"]
    assert _there(city, told.systems[_number(city, moved[0])]).done == min(steps)


def _there(city, system):
    return city.systems[_number(city, system.business)]


def _number(city, business):
    return [s.business for s in city.systems].index(business)


def test_contracts_and_sections_are_asked_where_nobody_has_said_them(city):
    signed = answered(city, named(city, "contracted"), LOW)
    assert all(lot.contracted and not lot.presumed for lot in signed.lots)
    twice = answered(city, named(city, "section_staff"), HIGH)
    for old, new in zip(city.sections, twice.sections, strict=True):
        assert new.staff.number == 2 * old.staff.number
    assert "contracted" not in [one.name for one in unknowns(signed)]
    assert "section_staff" not in [one.name for one in unknowns(twice)]


def test_without_lots_nothing_is_asked_of_them():
    done = load_city(DONE, NOWHERE)
    assert not done.lots
    assert not {"offered", "contracted"} & {one.name for one in unknowns(done)}


# --- data/ ----------------------------------------------------------------------------------------
def test_every_parameter_that_nobody_knows_has_an_office_that_does():
    known = {row["name"]: row for row in load_rows("questions")}
    open_ = load_table("defaults")
    forms = load_table("form_values")
    ranged = open_[(open_.kind == "world") & (open_.low != "")]
    assert set(ranged.name) | set(forms[forms.kind == "world"].name) <= set(known)
    groups = {row["through"] for row in known.values()} - {""}
    assert groups <= set(known)
    assert set(known) <= set(load_specs()) | groups | set(FACTS)
    assert all(known[name]["label"] for name in groups | set(FACTS))


def test_every_municipality_has_an_order_in_the_table():
    table = load_table("question_worth")
    sizes = {}
    for row in table.drop_duplicates(["class", "pop_min"]).itertuples():
        for class_ in row[1].split(";"):
            sizes.setdefault(class_, []).append((row.pop_min, row.pop_max))
    for town in load_municipalities():
        fitting = [low <= town.population < high for low, high in sizes[town.class_]]
        assert sum(fitting) == 1, town.name
    for _, part in table.groupby(["class", "pop_min", "lots"]):
        assert list(part["rank"]) == list(range(1, len(part) + 1))


def test_the_order_is_that_of_the_table_without_what_is_answered(city):
    found = questions(city)
    assert len(found) >= 10 and all(one.moves for one in found)
    ranks = {}
    for row in load_rows("question_worth"):
        if row["class"] == "一般市" and row["pop_min"] == 100_000 and row["lots"]:
            ranks[row["name"]] = row["rank"]
    assert [ranks[one.name] for one in found] == sorted(ranks[one.name] for one in found)
    # the first number is answered: the others stay in their order
    number = next(one for one in found if len(one.places) == 1 and one.places[0].part == "values")
    told = questions(city.changed(**{number.name: number.now}))
    assert [one.name for one in told] == [one.name for one in found if one.name != number.name]
    assert all(one.kind == CHOICE for one in decisions(city))


def test_a_question_that_moves_nothing_says_so():
    one = Question("x", "world", "", "", (), 0.0, 1.0, 2.0, "")
    assert not one.moves
    assert replace(one, yen=(0.0, 5.0)).moves and replace(one, flips=True).moves
