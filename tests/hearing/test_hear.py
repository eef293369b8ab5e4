"""`dxplan hear` from sheets to the params file: what is told, what is written, and what is not."""

import hashlib
from datetime import date

import pytest
from ruamel.yaml import YAML

from dxplan.cli import main
from dxplan.facts.nodes import ParamError
from dxplan.hearing import differ
from dxplan.hearing.answers import WHOLE
from dxplan.hearing.asked import AS_OF, GRADE, NOTE, SOURCE
from dxplan.hearing.differ import build_difference, difference_lines
from dxplan.hearing.read import load_hearings
from dxplan.hearing.sheet import hearing_bytes
from dxplan.hearing.topics import topics
from dxplan.plan.whole import plan_city
from dxplan.town.city import load_city
from dxplan.town.draft import write_params
from tests.hearing.forms import TODAY, Form, answered, id_of
from tests.hearing.test_read import GATES, NUMBERS, OFFER, STATE
from tests.test_leak import pieces

VILLAGE = "216046"


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A params folder with the short file of a village."""
    folder = tmp_path / "params"
    monkeypatch.setenv("DXPLAN_PARAMS", str(folder))
    write_params(VILLAGE, folder)
    return folder


@pytest.fixture(scope="module")
def village(tmp_path_factory):
    """The sheet of the village, to be filled in, and what it asks."""
    city = load_city(VILLAGE, tmp_path_factory.mktemp("params"))
    return Form(hearing_bytes(city)), topics(city)


@pytest.fixture
def sheet(village, tmp_path):
    """A function: cells -> the path of the village's sheet in which they are filled."""
    form, asked = village

    def fill(*cells, name="a.xlsx"):
        """(part, name, entry, value, words of the origin) of each answer."""
        filled = {}
        for part, word, entry, value, *origin in cells:
            id = id_of(asked, part, word, entry)
            filled |= answered(id, value, **(origin[0] if origin else {}))
        path = tmp_path / name
        path.write_bytes(form.fill(filled))
        return path

    return fill


def state_of(folder):
    """File -> the hash of what it says."""
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.iterdir())}


def heard(capsys, *words):
    """Exit status, what is said, and what is complained of."""
    status = main(["hear", *map(str, words)])
    said = capsys.readouterr()
    return status, said.out, said.err


def test_a_sheet_that_nobody_filled_says_nothing(home, sheet, capsys):
    status, out, _ = heard(capsys, sheet())
    assert status == 0 and f"params/{VILLAGE}.yaml と違うことは、書かれていません。" in out
    assert len(state_of(home)) == 1


def test_faults_name_their_cells_and_leave_the_file_alone(home, sheet, capsys):
    before = state_of(home)
    bad = sheet(("values", "core_now", "", "3人くらい"), ("values", "leave_rate", "", 150.0))
    status, out, err = heard(capsys, bad, "--accept")
    assert status == 2 and not out and err.count("a.xlsx ") == 2 and "人材!" in err
    assert state_of(home) == before
    for words in ([], ["none.xlsx"], ["--take"]):
        assert heard(capsys, *words)[0] == 2 and state_of(home) == before


def test_answers_that_cannot_be_together_are_named_by_their_cells(home, sheet, capsys):
    before = state_of(home)
    wrong = sheet(
        ("values", "vendor_latest", "", date(2027, 1, 4)), ("values", "core_now", "", 2.0)
    )
    status, _, err = heard(capsys, wrong, "--accept")
    assert status == 2 and state_of(home) == before
    assert "a.xlsx その他の前提!" in err and "前後が逆です" in err and "core_now" not in err


def test_a_confirmation_is_written_and_then_is_nothing_new(home, sheet, capsys):
    city = load_city(VILLAGE, home)
    now = city.number("core_now")
    path = sheet(("values", "core_now", "", now), ("values", "use_now", "", "不明"))
    status, out, _ = heard(capsys, path)
    assert status == 1 and "値は同じで、出典が新しくなる前提(1件)" in out
    assert "不明とされたこと" in out and "--accept" in out and len(state_of(home)) == 1
    status, out, _ = heard(capsys, path, "--accept")
    assert status == 0 and f"書きました: {home / VILLAGE}.yaml" in out
    value = load_city(VILLAGE, home).at("core_now")
    assert (value.number, value.source, value.grade) == (now, "職員配置表", "B")
    assert not value.guessed and len(state_of(home)) == 2
    text = (home / f"{VILLAGE}.yaml").read_text(encoding="utf-8")
    assert text.endswith("デジタル活用人材の現員の割合: 2026-04-01に照会、不明\n")
    assert heard(capsys, path, "--accept")[0] == 0 and len(state_of(home)) == 2


def test_what_is_asked_is_not_written(home, sheet, capsys):
    one = sheet(
        ("values", "core_now", "", 2.0), ("values", "use_now", "", "不明"), name="人事.xlsx"
    )
    two = sheet(("values", "core_now", "", 4.0, {SOURCE: "名簿", NOTE: "佐藤"}), name="情報.xlsx")
    status, out, _ = heard(capsys, one, two, "--accept")
    assert status == 1 and "聞き返すこと" in out and "人事.xlsx" in out and "情報.xlsx" in out
    assert "values.core_now: " in out and "「2人」" in out and "「4人」" in out
    assert "core_now" not in load_city(VILLAGE, home).params.values
    assert "佐藤" not in out
    status, _, err = heard(capsys, one, two, "--take", "values.core=情報.xlsx")
    assert status == 2 and "聞き返していない項目" in err


@pytest.mark.rest
def test_the_plan_that_is_told_is_the_plan_of_the_file(home, sheet, capsys):
    """An answer that moves people and money, taken from one of two files that contradict."""
    one = sheet(("values", "core_now", "", 2.0), name="人事.xlsx")
    two = sheet(
        ("values", "core_now", "", 4.0),
        ("values", "migration_yen", "", "2,000万円", {SOURCE: "見積書", GRADE: "C"}),
        name="情報.xlsx",
    )
    hearings = load_hearings([one, two], TODAY)
    found = build_difference(hearings, {"values.core_now": "情報.xlsx"}, home)
    lines = list(difference_lines(found))
    assert "変わる前提(2件):" in lines and any("すべてを取り込むと" in line for line in lines)
    money = next(line for line in lines if "移行経費" in line)
    assert "見積書、2026-04-01時点、確度C、情報.xlsx" in money and "影響: " in money
    status, _, _ = heard(
        capsys, one, two, "--take", "values.core_now=情報.xlsx", "--accept", "--total"
    )
    assert status == 0
    after, plan = found.plans[1], plan_city(load_city(VILLAGE, home))
    assert plan.pmo.lots.equals(after.pmo.lots)
    assert plan.staffing.cost.equals(after.staffing.cost)
    assert plan.budget.year.equals(after.budget.year)


def forty(asked):
    """Forty answers of all kinds: cells, and place -> value in the file's words."""
    cells = {}
    for name, value, _ in NUMBERS:
        cells |= answered(id_of(asked, "values", name, ""), value)
    for entry, value in (("市民課", "２０人"), ("税務課", 24.0), ("健康課", "12名")):
        cells |= answered(id_of(asked, "sections", "staff", entry), value)
    for entry, name, value, _ in GATES:
        cells |= answered(id_of(asked, "gates", name, entry), value)
    cells |= answered(id_of(asked, "offices", "name", "財政課"), "企画財政課")
    cells |= answered(id_of(asked, "forms", "form_yen", "業務委託"), "70万円")
    cells |= answered(id_of(asked, "forms", "form_days", "業務委託"), "10日")
    for id in ("S019", "S020"):
        cells |= answered(id, "稼働", STATE)
    for id, value in (("S001", "令和10年5月8日"), ("S003", date(2029, 1, 4))):
        cells |= answered(id, value, OFFER, **{AS_OF: date(2026, 11, 1), SOURCE: "回答書"})
        cells[id, "提示の確かさ(回答)"] = "書面"
    return (
        cells
        | answered("E001", "市長選挙", "選挙の名(回答)")
        | {("E001", "投票日(回答)"): "R9.11.14"}
    )


@pytest.mark.rest
def test_forty_answers_are_in_the_file_with_source_and_grade(tmp_path, form, asked):
    folder = tmp_path / "params"
    write_params("172031", folder)
    path = tmp_path / "a.xlsx"
    path.write_bytes(form.fill(forty(asked)))
    hearings = load_hearings([path], TODAY)
    answers = {answer.place: answer for answer in hearings[0].answers}
    assert len(answers) == 40
    found = build_difference(hearings, {}, folder, each=False)
    assert not found.asked and len(found.changes) == 40
    said = YAML(typ="safe").load(found.text)
    own = differ.own_origins(found.text)
    seen = 0
    for at, answer in answers.items():
        entry = said[at.part]
        if at.name == WHOLE:
            (entry,) = [row for row in entry if row["name"] == answer.value["name"]]
        else:
            entry = entry[at.entry] if at.entry else entry
        if at.part == "offices":
            assert entry == answer.value
        else:
            entry = entry[at.name] if at.part in ("values", "forms") else entry
            word = "value" if at.part in ("values", "forms") else at.name
            assert at.name == WHOLE or entry[word] == answer.value, at
            assert (entry["as_of"], entry["source"], entry["grade"]) == (
                answer.as_of,
                answer.source,
                answer.grade,
            ), at
        seen += 1
    assert seen == 40 and not own
    places = [(at.part, at.entry, at.name) for at in answers]
    assert len(said["values"]) == sum(part == "values" for part, _, _ in places)
    found.path.write_text(found.text, encoding="utf-8")
    after, plan = found.plans[1], plan_city(load_city("172031", folder))
    assert plan.pmo.lots.equals(after.pmo.lots) and plan.pmo.told.lot.equals(after.pmo.told.lot)
    assert plan.budget.year.equals(after.budget.year)
    again = build_difference(hearings, {}, folder)
    assert not again.differs and again.text == found.text


@pytest.mark.rest
def test_what_a_change_does_is_none_where_it_is_noise(home):
    plan = plan_city(load_city(VILLAGE, home))
    assert differ.effect_text(plan, plan) == differ.STILL


def test_a_fault_of_all_answers_together_is_told_as_it_is(home, sheet):
    early = ("values", "vendor_earliest", "", date(2030, 1, 4))
    late = ("values", "vendor_likely", "", date(2029, 1, 4))
    hearings = load_hearings([sheet(early, late)], TODAY)
    with pytest.raises(ParamError) as told:
        build_difference(hearings, {}, home)
    assert any("a.xlsx " in line and "前後が逆です" in line for line in told.value.faults)


@pytest.mark.rest
def test_a_name_in_a_note_reaches_no_page_no_bundle_and_no_index(home, sheet, tmp_path, capsys):
    """Planted in the notes of answers, of a question back and of what nobody knew."""
    planted, out = "鷲尾六花子", tmp_path / "out"
    note = {NOTE: f"{planted}主査に聞いた"}
    one = sheet(
        ("values", "core_now", "", 2.0, note),
        ("values", "use_now", "", "不明", note),
        ("values", "change_now", "", 3.0, note),
        ("offices", "name", "財政課", "企画財政課", note),
        name="a.xlsx",
    )
    two = sheet(("values", "change_now", "", 5.0, note), name="b.xlsx")
    status, said, err = heard(capsys, one, two, "--accept", "--total")
    assert status == 1 and "書きました" in said and planted not in said + err
    assert planted not in (home / f"{VILLAGE}.yaml").read_text(encoding="utf-8")
    assert main(["bundle", VILLAGE, "--out", str(out)]) == 0
    assert main(["report", VILLAGE, "--out", str(out)]) == 0
    seen = []
    for path in sorted(p for p in out.rglob("*") if p.is_file()):
        for where, data in pieces(path.name, path.read_bytes()):
            seen.append(where)
            assert planted.encode() not in data, where
    assert {"index.html", f"{VILLAGE}.html", f"{VILLAGE}.zip!params/{VILLAGE}.yaml"} <= set(seen)
    text = (home / f"{VILLAGE}.yaml").read_text(encoding="utf-8")
    assert "職員配置表" in text  # the answer itself is there
