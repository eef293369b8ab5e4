"""Where systems stand: the national counts, what was announced, what replaces a presumption."""

from collections import Counter
from datetime import date

import pytest

from dxplan.facts import catalog
from dxplan.facts.catalog import load_table
from dxplan.town import systems
from dxplan.town.city import load_city
from dxplan.town.systems import (
    COMMON,
    FLAGGED,
    LATE,
    LIVE,
    OUT,
    PRESUMED,
    STEPS,
    TOWN_OPTIONAL,
    UNSURE,
    WARD_OPTIONAL,
    load_rules,
)
from tests.plans import country

ORIGIN = "as_of: 2026-11-01, source: 市の資料, grade: A"
ANNOUNCED = "2026-03"  # pages that told a cutover by the end of the fiscal year 2025


@pytest.fixture(scope="module")
def cities():
    """Code -> the city of each of the 1,741 codes, from no file at all."""
    return country()


@pytest.fixture(scope="module")
def counts(cities):
    """State -> how many of the 34,820 systems of the 20 businesses are in it."""
    return Counter(s.state.value for city in cities.values() for s in city.systems)


def national(name):
    """A national figure of data/nation.csv."""
    rows = load_table("nation").set_index("id")
    return rows.value[name]


# --- the nation -----------------------------------------------------------------------------------
def test_the_states_of_the_country_count_as_found(counts):
    assert counts == {
        LIVE: 12_446,
        PRESUMED: 9_853,
        UNSURE: 2_489,
        LATE: 8_315,
        FLAGGED: 91,
        OUT: 1_626,
    }


def test_the_late_and_the_flagged_are_the_official_list_less_what_is_out(cities, counts):
    listed = sum(s.late for city in cities.values() for s in city.systems)
    late_and_out = sum(s.late and not s.in_scope for city in cities.values() for s in city.systems)
    assert counts[LATE] + counts[FLAGGED] == listed - late_and_out
    assert not any(
        s.pending or s.state.value == FLAGGED
        for city in cities.values()
        for s in city.systems
        if not s.late
    )


def test_the_common_function_is_late_where_it_is_listed_and_else_presumed(cities):
    assert Counter(city.common.state.value for city in cities.values()) == {
        LATE: 496,
        PRESUMED: 1_245,
    }
    assert all(city.common.late is city.common.pending for city in cities.values())


def test_the_live_share_is_the_official_one_and_forty_steps_would_miss_a_third(cities, counts):
    in_scope = counts.total() - counts[OUT]
    official = national("live_rate")
    assert abs(counts[LIVE] / in_scope - official) < 0.015
    forty = sum(
        s.steps.value == STEPS and not s.late and s.in_scope
        for city in cities.values()
        for s in city.systems
    )
    assert forty / in_scope == pytest.approx(0.25, abs=0.005)


@pytest.mark.parametrize("common", [False, True])
def test_the_states_at_the_end_of_the_fiscal_year_hold_the_official_share(cities, counts, common):
    both = counts + Counter(city.common.state.value for city in cities.values() if common)
    in_scope = both.total() - both[OUT]
    least, most = both[LIVE] + both[PRESUMED], both[LIVE] + both[PRESUMED] + both[UNSURE]
    assert least / in_scope < national("live_most_2026_03") < most / in_scope


def test_the_municipalities_with_a_system_to_move_are_about_the_official_ones(cities):
    late = [city for city in cities.values() if any(s.pending for s in city.systems)]
    assert 860 <= len(late) <= 960
    assert Counter(city.situation for city in cities.values()).total() == 1_741
    for city in cities.values():
        asked, left = any(s.unsure for s in city.movable), bool(city.lots)
        assert (
            city.situation
            == {
                (True, True): "both",
                (True, False): "questions",
                (False, True): "lots",
                (False, False): "after",
            }[asked, left]
        )


def test_the_lots_of_the_country_count_with_and_without_the_common_function(cities):
    own = {
        code: [lot for lot in city.lots if set(lot.businesses) != {COMMON}]
        for code, city in cities.items()
    }
    sizes = Counter(len(lots) for lots in own.values() if lots)
    assert sizes == {1: 623, 2: 161, 3: 45, 4: 20, 5: 13, 6: 3}
    assert sizes.total() == 865 and sum(size * count for size, count in sizes.items()) == 1_243
    assert sum(bool(city.lots) for city in cities.values()) == 877


def test_each_pending_system_is_in_one_lot_and_no_other_is(cities):
    for city in cities.values():
        moved = [business for lot in city.lots for business in lot.businesses]
        assert sorted(moved) == sorted(s.business for s in city.movable if s.pending), city.code


# --- what was announced ---------------------------------------------------------------------------
def announced():
    """(code, businesses) of pages that name systems or say all; and how many pages name none."""
    rows = load_table("announced_cutovers").to_dict("records")
    told = [row for row in rows if row["live"][:7] <= ANNOUNCED]
    named = [(row["code"], row["businesses"]) for row in told if row["businesses"]]
    return named, len(rows) - len(named)


@pytest.mark.parametrize("code, later", [("131164", 7), ("232017", 3)])  # 豊島区, 豊橋市
def test_the_late_lots_are_the_systems_that_were_announced_for_later(cities, code, later):
    told = dict(announced()[0])[code].split(";")
    city = cities[code]
    rest = {s.business for s in city.systems if s.in_scope} - set(told)
    assert {business for lot in city.lots for business in lot.businesses} - {
        COMMON
    } == rest and len(rest) == later


def test_what_was_announced_is_live_or_presumed_or_asked(cities):
    named, left_out = announced()
    kept, flagged = Counter(), Counter()
    for code, businesses in named:
        for system in cities[code].systems:
            if system.in_scope and (
                businesses == "all" or system.business in businesses.split(";")
            ):
                (flagged if system.late else kept)[system.state.value] += 1
    print(
        f"announced by {ANNOUNCED}: {kept.total()} not flagged {dict(kept)}, "
        f"{flagged.total()} flagged {dict(flagged)}; {left_out} pages name no system"
    )
    assert kept.total() > 100 and left_out + len(named) == len(load_table("announced_cutovers"))
    assert (kept[LIVE] + kept[PRESUMED]) / kept.total() >= 0.9
    assert set(kept) <= {LIVE, PRESUMED, UNSURE} and set(flagged) <= {LATE, FLAGGED}


# --- the rule -------------------------------------------------------------------------------------
def test_each_state_follows_from_steps_and_flag(cities):
    rules = {name: rule.value for name, rule in load_rules().items()}
    for city in cities.values():
        for s in city.systems:
            if not s.in_scope:
                continue
            if s.late:
                wanted = FLAGGED if s.steps.value > rules["flagged_steps"] else LATE
            else:
                wanted = (
                    LIVE
                    if s.steps.value >= rules["live_steps"]
                    else PRESUMED
                    if s.steps.value >= rules["presumed_steps"]
                    else UNSURE
                )
            assert s.state.value == wanted, (city.code, s.business)


def test_a_derived_state_is_presumed_and_says_of_which_day_it_speaks(cities):
    rules = load_rules()
    days = {
        LIVE: "live_steps",
        PRESUMED: "presumed_steps",
        UNSURE: "presumed_steps",
        LATE: "flagged_steps",
        FLAGGED: "flagged_steps",
    }
    for city in list(cities.values())[::20]:
        for s in city.movable:
            assert s.presumed and s.state.source and s.state.note
            if s.in_scope:
                assert s.state.as_of == str(rules[days[s.state.value]].speaks_of), (
                    city.code,
                    s.business,
                )
    assert (rules["live_steps"].speaks_of, rules["flagged_steps"].speaks_of) == (
        date(2026, 1, 31),
        date(2025, 12, 31),
    )


def test_towns_and_wards_leave_what_others_run(cities):
    seen = set()
    for city in cities.values():
        kind = (
            city.facts.type
            if city.facts.type == "特別区"
            else "町村"
            if city.facts.type in ("町", "村")
            else "市"
        )
        for s in city.systems:
            absent = (
                kind == "町村" and s.business in TOWN_OPTIONAL and s.steps.value == STEPS
            ) or (kind == "特別区" and s.business in WARD_OPTIONAL)
            assert s.in_scope is not absent, (city.code, s.business)
            assert not (absent and (s.pending or s.live or s.unsure))
            seen.add((kind, absent))
    assert seen == {
        ("市", False),
        ("町村", False),
        ("町村", True),
        ("特別区", False),
        ("特別区", True),
    }


def test_open_questions_taken_as_not_moved_become_lots(cities):
    asked = [city for city in cities.values() if city.situation in ("both", "questions")]
    assert len(asked) == 362
    for city in asked[::10]:
        branch = city.unmoved()
        assert branch.situation == "lots" and not any(s.unsure for s in branch.movable)
        assert sum(s.pending for s in branch.systems) == sum(
            s.pending or s.unsure for s in city.systems
        )


# --- what replaces a presumption ------------------------------------------------------------------
@pytest.fixture
def official(tmp_path, monkeypatch):
    """A function that puts rows into the table of known states, through the reader of tables."""

    def put(*rows):
        path = tmp_path / "known_states.csv"
        path.write_text(
            "code,business,state,on,unit,as_of,source,grade,note\n"
            + "".join(f"{row}\n" for row in rows),
            encoding="utf-8",
        )
        real = catalog.load_cells
        monkeypatch.setattr(
            catalog,
            "load_cells",
            lambda at, columns: real(path if at.name == path.name else at, columns),
        )
        systems._known.cache_clear()

    yield put
    monkeypatch.undo()
    systems._known.cache_clear()


def test_a_newer_official_state_replaces_the_presumption_without_a_change_of_code(
    official, tmp_path
):
    before = {s.business: s for s in load_city("172031", tmp_path).movable}
    assert (
        before["住民基本台帳"].pending
        and before["戸籍"].live
        and before[COMMON].pending
        and before["国民健康保険"].unsure
    )
    official(
        "172031,住民基本台帳,稼働,2026-09-30,状態,2026-10-15,late202512,A,",
        f"172031,{COMMON},稼働,2026-09-30,状態,2026-10-15,late202512,A,",
        "172031,戸籍,未移行,2026-09-30,状態,2026-10-15,late202512,A,",
        "172031,国民健康保険,未移行,2026-06-30,状態,2026-10-15,late202512,A,",
        "172031,国民健康保険,稼働,2026-09-30,状態,2026-10-15,late202512,A,",
    )
    city = load_city("172031", tmp_path)
    after = {s.business: s for s in city.movable}
    assert [after[b].state.value for b in ("住民基本台帳", COMMON, "戸籍", "国民健康保険")] == [
        LIVE,
        LIVE,
        LATE,
        LIVE,
    ]
    assert not after["住民基本台帳"].presumed and after["住民基本台帳"].state.as_of == "2026-09-30"
    assert city.situation == "lots" and "戸籍" in {b for lot in city.lots for b in lot.businesses}
    assert {b: s.state for b, s in after.items() if s.presumed}.items() <= {
        b: s.state for b, s in before.items()
    }.items()
    assert len([s for s in after.values() if s.presumed]) == 17
    assert load_city("141003", tmp_path).common.presumed


def test_what_a_params_file_says_overrides_the_figures_and_the_official_state(official, tmp_path):
    official("172031,住民基本台帳,稼働,2026-09-30,状態,2026-10-15,late202512,A,")
    (tmp_path / "172031.yaml").write_text(
        f"""code: "172031"
systems:
  住民基本台帳: {{state: 未移行, {ORIGIN}}}
  国民健康保険: {{state: 稼働, live_since: 2026-02-24, {ORIGIN}}}
  就学: {{state: 対象外, {ORIGIN}}}
  戸籍: {{state: 要確認, {ORIGIN}}}
  戸籍の附票: {{steps: 40, unit: ステップ, {ORIGIN}}}
  介護保険: {{state: 要確認, {ORIGIN}}}
  {COMMON}: {{state: 稼働, {ORIGIN}}}
""",
        encoding="utf-8",
    )
    said = {s.business: s for s in load_city("172031", tmp_path).movable}
    states = {
        name: said[name].state.value
        for name in (
            "住民基本台帳",
            "国民健康保険",
            "就学",
            "戸籍",
            "戸籍の附票",
            "介護保険",
            COMMON,
        )
    }
    assert list(states.values()) == [
        LATE,
        LIVE,
        OUT,
        UNSURE,
        LIVE,
        FLAGGED,
        LIVE,
    ]  # 介護保険 is on the late list
    assert (
        said["国民健康保険"].since == date(2026, 2, 24)
        and said["国民健康保険"].state.where == "172031.yaml 4行目"
    )
    assert not any(said[name].presumed for name in states)


def test_a_town_that_runs_a_business_itself_says_so(tmp_path):
    out = next(s for s in load_city("054631", tmp_path).systems if not s.in_scope)
    (tmp_path / "054631.yaml").write_text(
        f'code: "054631"\nsystems:\n  {out.business}: {{in_scope: true, {ORIGIN}}}\n',
        encoding="utf-8",
    )
    assert next(
        s for s in load_city("054631", tmp_path).systems if s.business == out.business
    ).in_scope


@pytest.mark.parametrize(
    "said, state",
    [
        ("live: true", LIVE),
        ("live: false", LATE),
        ("in_scope: false", OUT),
        ("live_since: 2026-02-24", LIVE),
        ("steps: 39, unit: ステップ", LATE),
        ("steps: 40, unit: ステップ", LIVE),
    ],
)
def test_a_flag_or_a_count_of_before_still_says_a_state(tmp_path, said, state):
    (tmp_path / "172031.yaml").write_text(
        f'code: "172031"\nsystems:\n  戸籍: {{{said}, {ORIGIN}}}\n', encoding="utf-8"
    )
    assert (
        next(s for s in load_city("172031", tmp_path).systems if s.business == "戸籍").state.value
        == state
    )
