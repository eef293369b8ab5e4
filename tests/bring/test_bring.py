"""`dxplan bring` from the file to the params file: shown, then asked for, then written."""

import shutil
import subprocess

import pytest

from dxplan.bring.brought import load_brought
from dxplan.cli import main
from dxplan.hearing.own import Origin, hearing_of
from dxplan.town.city import load_city
from tests.bring.layouts import write_book

LOT = ("固定資産税", "個人住民税", "法人住民税", "軽自動車税", "介護保険", "就学")
OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
STATED = ["令和8年10月1日現在"]


def plan_rows(systems=LOT, day="R10.5.7"):
    head = ["業務", "作業", "予定開始", "予定終了"]
    return [STATED, head, *[[system, "本稼働", day, day] for system in systems]]


@pytest.fixture
def home(tmp_path, monkeypatch):
    (tmp_path / "params").mkdir()
    monkeypatch.setenv("DXPLAN_HOME", str(tmp_path))
    return tmp_path


def test_what_was_understood_is_shown_with_its_reasons(home, capsys):
    rows = [["課名", "職員数", "定数", "何か"], ["市民課", 17, 20, 1], ["税務課", "約9", 9, 1]]
    path = write_book(home / "職員.xlsx", {"職員": rows})
    assert main(["bring", str(path), "--show"]) == 1, "a cell could not be read"
    told = capsys.readouterr().out
    for part in (
        "シート「職員」: 職員数、見出し 1行目、中身 2行",
        "B列「職員数」→ 現員(見出しと中身による、1/2件)",
        "C列「定数」: 使わない列です。",
        "D列「何か」: 何の列か分かりません。",
        "B3: 「約9」は数(人)として読めません。",
        "市民課 人数 17人(職員!B2)",
        "--as-of",
    ):
        assert part in told


def test_what_a_cell_holds_does_not_steer_the_terminal(home, capsys):
    rows = [["業務名", "契約先", "契約終了日"], ["国保", "A\x7f[31m社", "R9.3.31"]]
    path = write_book(home / "契約.xlsx", {"表": rows})
    assert main(["bring", str(path)]) == 0
    assert "A?[31m社" in capsys.readouterr().out


def test_all_understood_is_0_and_nothing_understood_is_2(home, capsys):
    good = write_book(home / "良.xlsx", {"表": plan_rows()})
    assert main(["bring", str(good)]) == 0
    bad = write_book(home / "外.xlsx", {"表": [["果物", "数"], ["りんご", 3]]})
    assert main(["bring", str(bad)]) == 2
    assert "何の表か分かりませんでした" in capsys.readouterr().out
    (home / "空.xlsx").write_bytes(b"")
    assert main(["bring", str(home / "空.xlsx")]) == 2
    assert main(["bring", str(home / "無.xlsx")]) == 2
    errors = capsys.readouterr().err
    assert "空のファイルです" in errors and "無.xlsx" in errors


def test_a_kept_mapping_is_read_and_not_overwritten(home, capsys):
    path, kept = write_book(home / "計画.xlsx", {"表": plan_rows()}), home / "対応.yaml"
    assert main(["bring", str(path), "--keep", str(kept)]) == 0
    before = kept.read_bytes()
    assert main(["bring", str(path), "--mapping", str(kept)]) == 0
    assert "対応表による" in capsys.readouterr().out
    assert main(["bring", str(path), "--keep", str(kept)]) == 2
    assert kept.read_bytes() == before


def test_nothing_is_answered_without_a_day(home, capsys):
    path = write_book(home / "計画.xlsx", {"表": plan_rows()[1:]})
    assert main(["bring", str(path), "--city", "小松市"]) == 2
    assert "--as-of" in capsys.readouterr().err
    assert main(["bring", str(path), "--accept"]) == 2


@pytest.mark.rest
def test_answers_are_shown_then_written_with_their_origin(home, capsys):
    sheets = {
        "計画": plan_rows(),
        "職員": [STATED, ["課名", "職員数"], ["市民課", 17], ["情報政策課", 9]],
    }
    path = write_book(home / "市.xlsx", sheets)
    words = ["bring", str(path), "--city", "172031", "--total"]
    assert main(words) == 1
    told = capsys.readouterr().out
    assert "市民課の職員数: 18人 → 17人" in told and "ロット2の切替予定日" in told
    assert "情報政策課の人数 9人(職員!B4): 計画にない課です。" in told
    assert not list((home / "params").iterdir())
    main([*words, "--accept"])
    text = (home / "params" / "172031.yaml").read_text(encoding="utf-8")
    assert "staff: 17" in text and "planned: 2028-05-07" in text
    assert "市.xlsx 職員" in text and "as_of: 2026-10-01" in text and "grade: C" in text
    assert "情報政策課" not in text


@pytest.mark.rest
def test_a_lot_gets_a_day_only_from_all_of_its_systems(home):
    city = load_city("172031", home / "params")

    def heard(rows):
        found = load_brought(write_book(home / "計画.xlsx", {"表": rows}))
        return hearing_of(found, city, Origin(found.day, "C"))

    whole = heard(plan_rows())
    assert [(one.place.entry, one.place.name) for one in whole.answers] == [("ロット2", "planned")]
    part = heard(plan_rows(LOT[:-1]))
    assert not part.answers and "就学 の日がありません" in part.asides[0]
    rows = plan_rows()
    rows[-1][2:] = ["R10.5.8", "R10.5.8"]
    torn = heard(rows)
    assert not torn.answers and "業務によって違います" in torn.asides[0]
    past = heard(plan_rows(day="R8.9.1"))
    assert not past.answers and "過ぎています" in past.asides[0]
    gone = heard(plan_rows(("国保",)))
    assert not gone.answers and "移行の残る業務ではない" in gone.asides[0]


@pytest.mark.rest
@pytest.mark.skipif(not OFFICE, reason="LibreOffice がないので、変換したファイルを省きます。")
def test_an_old_workbook_is_read_as_a_new_one_is(home):
    path = write_book(home / "計画.xlsx", {"表": plan_rows()})
    profile = f"-env:UserInstallation={(home / 'profile').as_uri()}"
    words = [OFFICE, profile, "--headless", "--convert-to", "xls", "--outdir", home / "out", path]
    subprocess.run(words, capture_output=True, timeout=120, check=True)
    other = load_brought(home / "out" / "計画.xls")
    assert other.facts == load_brought(path).facts and len(other.facts) == len(LOT)
