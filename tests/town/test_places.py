"""Which forms apply where, whom a municipality has already, and what its offices are called."""

from datetime import date

import pytest

from dxplan.facts.catalog import load_municipalities, load_table
from dxplan.facts.nodes import ParamError
from dxplan.town.city import load_city
from dxplan.town.defaults import ELIGIBLE, load_forms
from dxplan.town.places import form_names, load_offices, placed_forms, renamed
from tests.town.given import ORIGIN

METRO = "埼玉県 千葉県 東京都 神奈川県 岐阜県 愛知県 三重県 京都府 大阪府 兵庫県 奈良県".split()
SENT = "地域活性化起業人"
CODE = 'code: "172031"\n'


def words(facts):
    """Form, under its table's name -> whether it applies in a municipality."""
    names = form_names()
    return {names[form.name]: form.values[ELIGIBLE][0].word for form in placed_forms(facts)}


def named(forms, name):
    return next(form for form in forms if form.name == name)


# --- which forms apply ----------------------------------------------------------------------------
def test_people_of_firms_are_presumed_only_outside_the_metropolitan_prefectures():
    for facts in load_municipalities():
        wanted = "確かめる" if facts.pref in METRO else "使える"
        if facts.type == "特別区" or (facts.pref in METRO and facts.class_ == "指定都市"):
            wanted = "使えない"
        found = words(facts)
        assert found[SENT] == found[f"{SENT}(副業型)"] == wanted, facts.name


def test_a_prefecture_shares_its_people_only_where_it_is_known_to():
    prefs = set()
    for facts in load_municipalities():
        word = words(facts)["県の共同活用"]
        assert word in ("使える", "確かめる")
        if word == "使える":
            prefs.add(facts.pref)
    assert prefs == {"東京都", "愛媛県", "京都府"}


def test_whom_the_indicators_show_is_there_and_nobody_new_is_taken():
    for facts in load_municipalities():
        assert (words(facts)["CIO補佐官"] == "すでにいる") == bool(facts.dx_cio_assistant)
    city = load_city("463043")  # 十島村
    (engaged,) = city.engagements
    assert (engaged.form, engaged.people, engaged.start) == ("CIO補佐官", 1, date(2024, 7, 12))
    assert engaged.presumed and engaged.until == city.at("exit_date").day
    form = named(city.forms, "CIO補佐官")
    assert form.number("form_max", city.start) == 0 and form.values["form_max"][0].number == 1
    assert "令和6年7月12日" in form.barred(city.start).note
    assert load_city("131130").engagements == ()  # 渋谷区


def test_a_form_that_does_not_apply_has_no_limit_and_a_reason_and_one_that_does_says_its_steps():
    city = load_city("131130")
    form = named(city.forms, SENT)
    assert form.number("form_max", city.start) == 0
    assert "特別区" in form.barred(city.start).note and form.barred(city.start).guessed
    assert named(city.forms, "業務委託").barred(city.start) is None
    assert "条例" in named(city.forms, "特定任期付").steps
    assert "公平委員会" in named(city.forms, "特定任期付").steps
    assert "会計年度の末日" in named(city.forms, "会計年度任用職員").steps


def test_every_form_has_a_place_for_every_municipality():
    rows = load_table("form_places")
    everywhere = rows[(rows.prefs == "") & (rows.classes == "")]
    assert set(everywhere.form) == {form.name for form in load_forms()}
    known = {facts.pref for facts in load_municipalities()}
    assert set(";".join(rows.prefs[rows.prefs != ""]).split(";")) <= known
    assert set(rows.eligible) <= {"使える", "確かめる", "使えない"}


def test_a_file_says_that_a_form_applies(save):
    text = f"  県の共同活用:\n    {ELIGIBLE}: {{value: 使える, unit: 区分, {ORIGIN}}}\n"
    city = save("172031", f"{CODE}forms:\n{text}")
    assert named(load_city("172031").forms, "県の共同活用").barred(city.start)
    form = named(city.forms, "県の共同活用")
    assert form.barred(city.start) is None and form.number("form_max", city.start) == 1
    with pytest.raises(ParamError, match="たぶん"):
        save("172031", f"{CODE}forms:\n{text.replace('使える', 'たぶん')}")


def test_in_tokyo_the_form_is_the_metropolis_s_and_a_file_may_use_either_name(save):
    for name in ("県の共同活用", "都の共同活用"):
        text = f"  {name}:\n    form_yen: {{value: 70000, unit: 円/月, {ORIGIN}}}\n"
        city = save("131130", f'code: "131130"\nforms:\n{text}')
        assert named(city.forms, "都の共同活用").number("form_yen", city.start) == 70000
    assert "県の共同活用" not in {form.name for form in city.forms}


# --- who works already ----------------------------------------------------------------------------
def engaged(**said):
    entry = {"form": "業務委託", "people": 2, "from": "2026-04-01", "until": "2028-03-31"} | said
    inner = ", ".join(f"{key}: {value}" for key, value in entry.items())
    return f"{CODE}engagements:\n  - {{{inner}, {ORIGIN}}}\n"


def test_who_works_already_stands_in_a_file(save):
    (found,) = save("172031", engaged()).engagements
    assert found[:4] == ("業務委託", 2, date(2026, 4, 1), date(2028, 3, 31))
    assert not found.presumed and found.grade == "A" and "172031.yaml 3行目" in found.where


def test_what_a_file_says_of_a_form_replaces_what_is_presumed(save):
    text = engaged(form="CIO補佐官", people=1).replace("172031", "463043")
    (found,) = save("463043", text).engagements
    assert found.until == date(2028, 3, 31) and not found.presumed


def test_a_variant_speaks_for_the_forms_that_it_names(save):
    save("172031", engaged() + engaged(form="PMO伴走").split("engagements:\n")[1])
    agreed = "base: '172031'\nwho: 課長\nwhen: 2026-11-20\nwhy: 延長\n"
    city = save("172031--more", agreed + engaged(until="2029-03-31").removeprefix(CODE))
    ends = {e.form: e.until for e in city.engagements}
    assert ends == {"業務委託": date(2029, 3, 31), "PMO伴走": date(2028, 3, 31)}


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"people": 0}, "1〜500の整数"),
        ({"people": 1.5}, "1〜500の整数"),
        ({"form": "派遣"}, "「派遣」は使えません"),
        ({"until": "2026-03-31"}, "from.2026-04-01.より前です"),
        ({"from": "2025-04-01", "until": "2026-03-31"}, "計画の基準日.2026-11-23.より前です"),
        ({"form": "''"}, "form"),
    ],
)
def test_who_cannot_work_is_refused_with_its_line(save, said, told):
    with pytest.raises(ParamError, match=told) as refused:
        save("172031", engaged(**said))
    assert "172031.yaml 3行目" in str(refused.value)


def test_a_list_of_people_that_is_none_is_refused(save):
    with pytest.raises(ParamError, match="いまの任用・契約を"):
        save("172031", f"{CODE}engagements: 3\n")
    assert save("172031", f"{CODE}engagements:\n").engagements == ()


# --- what offices are called ----------------------------------------------------------------------
def test_a_small_town_hall_has_one_office_for_money_people_and_contracts():
    village, ward, city = map(load_city, ("463043", "131130", "172031"))
    assert village.called("主担当: 契約課・情報政策課") == "主担当: 総務課"
    assert village.called("部長、財政課長、人事課長、PMO") == "課長、総務課長、PMO"
    assert village.called("総務課・総務課長") == "総務課・総務課長"
    assert (village.joined, ward.joined, city.joined) == (True, False, False)
    assert city.called("財政課") == "財政課" and ward.called("県の共同活用") == "都の共同活用"
    assert ward.sections[0].name == "区民課" and ward.systems[0].section == "区民課"
    assert renamed("財政課", {}) == "財政課"


def test_an_office_is_called_as_the_file_says_and_its_head_after_it(save):
    city = save("463043", 'code: "463043"\noffices:\n  財政課: 企画財政課\n')
    assert city.called("財政課、財政課長、人事課") == "企画財政課、企画財政課長、総務課"
    assert not city.joined
    with pytest.raises(ParamError, match="福利課"):
        save("463043", 'code: "463043"\noffices:\n  福利課: 総務課\n')


def test_offices_are_those_of_a_kind_or_a_prefecture():
    for facts in load_municipalities():
        names = load_offices(facts)
        assert ("財政課" in names) == (facts.type in ("町", "村"))
        assert ("市民課" in names) == (facts.type == "特別区")
        assert names.get("県の共同活用", "県")[0] == {"東京都": "都", "北海道": "道"}.get(
            facts.pref, "府" if facts.pref[-1] == "府" else "県"
        )
