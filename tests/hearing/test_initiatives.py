"""The sheet of the DX initiatives: what it shows, what comes back, what the plan makes of it."""

from dataclasses import replace
from datetime import date

import pytest
from ruamel.yaml import YAML

from dxplan.facts.nodes import ParamError
from dxplan.facts.params import LIKE, WISHES
from dxplan.hearing.accept import build_text, now_at
from dxplan.hearing.answers import WHOLE
from dxplan.hearing.asked import load_asked
from dxplan.hearing.differ import ROW, SAME_CHOICE, build_difference, difference_lines
from dxplan.hearing.doubts import sorted_answers
from dxplan.hearing.sheet import hearing_bytes
from dxplan.hearing.topics import topics
from dxplan.plan.whole import plan_city
from dxplan.town.city import load_city, load_trial
from dxplan.town.initiatives import done_column, load_initiatives
from dxplan.town.variant import Place
from tests.hearing.forms import Form, answered, heard, id_of
from tests.hearing.test_doubts import answer, hearing, of

NAME, LIKE_HEAD, WISH = "施策の名(回答)", "進め方(回答)", "状況(回答)"
LIVE, ONCE, YEARLY = "使い始めた(始める)日(回答)", "初期費用(回答)", "年の費用(回答)"
WINDOW, PAPERS, CHAT = (
    "書かない窓口・ワンストップ窓口",
    "電子決裁・文書管理",
    "ビジネスチャット・Web会議・ペーパーレス会議",
)
HALL = "学校体育館の予約"
OWN = f"""\
base: "172031"
who: 情報政策課
when: 2026-10-01
why: 団体の施策を書くため
initiatives:
  {HALL}:
    like: SaaS
    wish: 実施中
    live: 2026-04-01
    yen_year: 300000
    as_of: 2026-10-01
    source: 契約書
    grade: A
"""


def place(name, word):
    return Place("initiatives", name, word)


def rows(city):
    """The lines of the sheet by the name of the initiative."""
    (topic,) = [topic for topic in topics(city) if topic.name == "DX施策"]
    return {line.told[0]: line for line in topic.lines if line.told[0]}, topic


@pytest.fixture(scope="module")
def new_id(asked):
    """The number of the first blank row."""
    return id_of(asked, "initiatives", "name")


def test_each_initiative_has_a_row_with_what_is_assumed(town):
    found, topic = rows(town)
    known = load_initiatives(town)
    assert list(found) == [one.name for one in known] and len(found) == 26
    for one in known:
        line = found[one.name]
        assert line.told[3:5] == (one.once.value, one.yearly.value)
        assert [blank and blank.now for blank in line.blanks] == [
            None,
            None,
            one.said("wish"),
            None,
            one.once.value,
            one.yearly.value,
        ]
        done = done_column(town.facts, one.name)
        assert (one.wish == "done") == bool(done) == line.told[6].startswith("状況: ")
        assert line.told[2] == {"done": "済", "must": "必須", "open": "―"}[one.wish]
    assert any(done_column(town.facts, one.name) for one in known)
    blank = [line for line in topic.lines if line.told[0] is None]
    assert len(blank) == 8 and all(all(line.blanks) for line in blank)


def test_what_may_be_said_is_what_a_params_file_takes():
    asked = load_asked()
    assert set(asked["initiatives", "wish"].choices) == set(WISHES)
    assert asked["initiatives", "like"].choices == LIKE


def test_an_own_initiative_of_the_file_is_shown_and_can_be_changed(tmp_path):
    city = load_trial("172031--x", OWN, tmp_path)
    found, _ = rows(city)
    line = found[HALL]
    assert line.told[2:5] == ("実施中", 0.0, 300_000)
    now = {blank.place.name: blank.now for blank in line.blanks if blank}
    assert now == {
        "like": "SaaS",
        "wish": "実施中",
        "live": date(2026, 4, 1),
        "yen_once": 0.0,
        "yen_year": 300_000,
    }
    assert all(now_at(city, place(HALL, word)) == said for word, said in now.items())


def test_a_row_is_answers_at_the_words_of_its_initiative(tmp_path, form, asked, new_id):
    row = id_of(asked, "initiatives", "wish", PAPERS)
    cells = answered(row, "実施中", WISH) | {(row, LIVE): "R8.10.1", (row, YEARLY): "年80万円"}
    with pytest.raises(ParamError, match="DX施策!N18 「年80万円」"):
        heard(tmp_path, form.fill(cells))
    cells |= {(row, YEARLY): "80万円"} | answered(new_id, HALL, NAME)
    cells |= {(new_id, LIKE_HEAD): "SaaS", (new_id, ONCE): "不明", (new_id, LIVE): "なし"}
    found = heard(tmp_path, form.fill(cells))
    assert {one.place: one.value for one in found.answers} == {
        place(PAPERS, "wish"): "実施中",
        place(PAPERS, "live"): date(2026, 10, 1),
        place(PAPERS, "yen_year"): 800_000,
        place(HALL, "like"): "SaaS",
        place(HALL, "live"): None,
    }
    assert [one.place for one in found.unknown] == [place(HALL, "yen_once")]


@pytest.mark.parametrize("missing, head", [("施策の名", LIKE_HEAD), ("進め方", NAME)])
def test_an_own_initiative_without_name_or_kind_is_a_fault(tmp_path, form, new_id, missing, head):
    cells = answered(new_id, "SaaS" if head == LIKE_HEAD else HALL, head)
    with pytest.raises(ParamError) as told:
        heard(tmp_path, form.fill(cells))
    (fault,) = told.value.faults
    assert f"この行には {missing} がありません" in fault and "DX施策!" in fault


def test_two_rows_of_one_name_that_disagree_are_a_fault(tmp_path, form, new_id):
    second = f"P{int(new_id[1:]) + 1:03}"
    cells = answered(new_id, HALL, NAME) | {(new_id, LIKE_HEAD): "SaaS"}
    cells |= answered(second, HALL, NAME) | {(second, LIKE_HEAD): "構築"}
    with pytest.raises(ParamError, match="違う答えです"):
        heard(tmp_path, form.fill(cells))


@pytest.mark.parametrize("word, asked", [("しない", 1), ("必須", 1), ("済", 0), ("実施中", 0)])
def test_what_the_survey_says_is_done_is_asked_back(town, word, asked):
    done = next(one.name for one in load_initiatives(town) if done_column(town.facts, one.name))
    said = hearing(answer(place(done, "wish"), word))
    found = of(town, said)
    assert (len(found.asked), len(found.taken)) == (asked, 1 - asked)
    if asked:
        ((key, sentence),) = found.asked
        assert "公式の資料と合いません" in sentence and "では「済」です" in sentence
        assert len(of(town, said, takes={key: ""}).taken) == 1
        own = {done: {"wish": word}}  # once it stands in the file it is the city's word
        assert not of(replace(town, wishes=own), said).asked


def test_a_sheet_of_older_assumptions_is_asked_back(tmp_path, form, asked):
    row = id_of(asked, "initiatives", "yen_once", PAPERS)
    older = heard(tmp_path, form.fill(answered(row, "900万円", ONCE)))
    said = OWN + (
        f"  {PAPERS}: {{yen_once: 7000000, as_of: 2026-10-01, source: 見積書, grade: C}}\n"
    )
    city = load_trial("172031--x", said, tmp_path)
    ((key, sentence),) = sorted_answers(city, [older], {}).asked
    assert key == f"initiatives.{PAPERS}.yen_once" and "いまは「7,000,000円」" in sentence


def test_procedures_are_told_with_their_hours_and_not_taken(tmp_path, town, form):
    cells = answered("T001", "住民票の写し", "手続名(回答)")
    cells |= {("T001", "件数(回答)"): "12,000件", ("T001", "1件の時間(回答)"): "5分"}
    told = heard(tmp_path, form.fill(cells | answered("T002", "転入届", "手続名(回答)")))
    first, _ = told.answers
    assert first.place == Place("procedures", "新1", WHOLE)
    assert first.value == {"name": "住民票の写し", "cases": 12_000, "minutes": 5}
    found = sorted_answers(town, [told], {})
    assert not found.taken and len(found.told) == 2
    assert "年に1,000時間" in found.told[0] and "計画には使わず" in found.told[0]
    assert "時間です" not in found.told[1]


# --- from the sheet to the plan -------------------------------------------------------------------
ORIGIN = {"as_of": date(2026, 4, 1), "source": "職員配置表", "grade": "B"}
SAID = {
    WINDOW: {"wish": "しない", **ORIGIN},
    CHAT: {"wish": "実施中", "live": date(2026, 4, 1), **ORIGIN},
    PAPERS: {"wish": "必須", "yen_once": 12_000_000, **ORIGIN},
    HALL: {"like": "SaaS", "wish": "必須", "yen_once": 2_000_000, "yen_year": 300_000, **ORIGIN},
}


def five(form, asked, tmp_path):
    """A sheet with what is not wanted, what runs, a must at another price, and an own one."""
    window, chat, papers = (
        id_of(asked, "initiatives", "wish", name) for name in (WINDOW, CHAT, PAPERS)
    )
    own = id_of(asked, "initiatives", "name")
    cells = answered(window, "しない", WISH)
    cells |= answered(chat, "実施中", WISH) | {(chat, LIVE): "令和8年4月1日"}
    cells |= answered(papers, "必須", WISH) | {(papers, ONCE): "1,200万円"}
    cells |= answered(own, HALL, NAME) | {(own, LIKE_HEAD): "SaaS", (own, WISH): "必須"}
    cells |= {(own, ONCE): "200万円", (own, YEARLY): 300_000.0}
    return heard(tmp_path, form.fill(cells), "a.xlsx")


def test_the_file_says_exactly_what_was_answered(town, form, asked, tmp_path):
    said = five(form, asked, tmp_path)
    taken = sorted_answers(town, [said], {}).taken
    text = build_text(town, said.base, taken)
    assert len(taken) == 9 and YAML(typ="safe").load(text) == {
        "code": "172031",
        "name": "小松市",
        "initiatives": SAID,
    }
    city = load_trial("172031", text, tmp_path)
    assert all(now_at(city, one.place) == one.value for one in taken)
    assert build_text(city, said.base, taken, before=text) == text
    one = replace(taken[0], source="議会資料")
    own = build_text(city, said.base, [one], before=text)
    assert YAML(typ="safe").load(own)["initiatives"][WINDOW]["source"] == "議会資料"
    gone = [replace(one, value=None) for one in taken if one.place.name == "live"]
    left = build_text(city, said.base, gone, before=text)
    assert "live" not in YAML(typ="safe").load(left)["initiatives"][CHAT]


@pytest.mark.rest
def test_the_plan_honours_what_was_answered_and_its_effect_is_told(tmp_path):
    folder = tmp_path / "params"
    folder.mkdir()
    city = load_city("216046", folder)
    said = five(Form(hearing_bytes(city)), topics(city), tmp_path)
    found = build_difference([said], {}, folder)
    effects = {change.answer.place: change.effect for change in found.changes}
    assert len(effects) == 9 and not found.asked
    assert effects[place(WINDOW, "wish")].endswith(SAME_CHOICE)  # it was not chosen
    assert f"施策「{PAPERS}」が選ばれる" in effects[place(PAPERS, "wish")]
    own = effects[place(HALL, "wish")]
    assert own.startswith(ROW) and f"施策「{HALL}」が選ばれる" in own
    assert f"施策「{CHAT}」が選ばれなくなる" in effects[place(CHAT, "wish")]
    lines = "\n".join(difference_lines(found))
    assert f"{WINDOW}の状況: しない(出典 職員配置表" in lines
    assert YAML(typ="safe").load(found.text)["initiatives"] == SAID
    found.path.write_text(found.text, encoding="utf-8")
    assert not build_difference([said], {}, folder).differs
    planned = plan_city(load_city("216046", folder)).portfolio
    assert planned.row.equals(found.plans[1].portfolio.row)
    row = planned.row.set_index("name")
    states = {WINDOW: "no", CHAT: "running", PAPERS: "chosen", HALL: "chosen"}
    assert {name: row.loc[name, "state"] for name in SAID} == states
    assert row.loc[CHAT, "live"] == date(2026, 4, 1)
    assert row.loc[PAPERS, "once"] == 12_000_000 and row.loc[HALL, "yearly"] == 300_000
