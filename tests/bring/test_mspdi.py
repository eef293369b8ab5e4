"""Project files: the standard's elements, our own export read back, and what is refused."""

from datetime import date

import pytest

from dxplan.bring.archive import BookError
from dxplan.bring.brought import load_brought
from tests.bring.layouts import facts

PROJECT = """<?xml version="1.0" encoding="UTF-8"?>
<Project xmlns="http://schemas.microsoft.com/project">
<StatusDate>2026-10-01T17:00:00</StatusDate><LastSaved>2026-11-01T17:00:00</LastSaved>
<Tasks>
<Task><UID>0</UID><Name>計画</Name><OutlineLevel>0</OutlineLevel><Summary>1</Summary></Task>
<Task><UID>1</UID><Name>住民記録</Name><OutlineLevel>1</OutlineLevel><Summary>1</Summary>
<Start>2026-04-01T08:00:00</Start><Finish>2027-05-06T17:00:00</Finish></Task>
<Task><UID>2</UID><Name>移行リハーサル</Name><OutlineLevel>2</OutlineLevel>
<Start>2026-04-01T08:00:00</Start><Finish>2026-05-29T17:00:00</Finish>
<ActualStart>2026-04-02T08:00:00</ActualStart><ActualFinish>2026-06-10T17:00:00</ActualFinish>
<PercentComplete>100</PercentComplete>
<Baseline><Number>1</Number><Start>2020-01-01T08:00:00</Start></Baseline>
<Baseline><Number>0</Number><Start>2026-03-01T08:00:00</Start><Finish>2026-04-30T17:00:00</Finish>
</Baseline></Task>
<Task><UID>3</UID><Name>本稼働</Name><OutlineLevel>2</OutlineLevel>
<Start>2027-05-06T08:00:00</Start><Finish>2027-05-06T17:00:00</Finish>
<PercentComplete>0</PercentComplete>
<PredecessorLink><PredecessorUID>2</PredecessorUID><Type>1</Type></PredecessorLink></Task>
<Task><UID>4</UID><Name>庁内会議</Name><OutlineLevel>1</OutlineLevel>
<Start>2026-04-01T08:00:00</Start><Finish>2026-04-01T17:00:00</Finish></Task>
</Tasks>
<Resources><Resource><UID>1</UID><Name>山田太郎</Name></Resource></Resources>
</Project>"""


def project(folder, text, encoding="utf-8"):
    path = folder / "計画.xml"
    path.write_bytes(text.encode(encoding))
    return path


def test_tasks_with_their_groups_days_baseline_and_predecessors(tmp_path):
    found = load_brought(project(tmp_path, PROJECT))
    rehearsal, live, meeting = found.tasks
    assert (rehearsal.path, rehearsal.businesses, rehearsal.items) == (
        ("住民記録",),
        ("住民基本台帳",),
        ("12.2",),
    )
    assert (rehearsal.actual_start, rehearsal.actual_finish) == (
        date(2026, 4, 2),
        date(2026, 6, 10),
    )
    assert rehearsal.baseline == (date(2026, 3, 1), date(2026, 4, 30))
    assert (rehearsal.progress, live.before, live.uid) == (100, ("2",), "3")
    assert facts(found) == {("住民基本台帳", "planned"): date(2027, 5, 6)}
    assert [note.text for note in found.notes] == [meeting.name]
    assert found.day == date(2026, 10, 1)
    assert "山田" not in repr(found)


BAD = {
    "entity": (
        PROJECT.replace("<Project", '<!DOCTYPE p [<!ENTITY a "b">]><Project', 1),
        "安全のため",
    ),
    "entity in UTF-16": (
        PROJECT.replace("<Project", '<!DOCTYPE p SYSTEM "file:///x"><Project', 1).replace(
            "UTF-8", "UTF-16"
        ),
        "安全のため",
    ),
    "torn": (PROJECT[:900], "XMLとして読めません"),
    "another": ('<?xml version="1.0"?><rss><channel/></rss>', "MS Project のXMLではありません"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_project_is_refused_with_a_sentence(tmp_path, name):
    text, why = BAD[name]
    encoding = "utf-16" if "UTF-16" in name else "utf-8"
    with pytest.raises(BookError, match=why):
        load_brought(project(tmp_path, text, encoding))


def test_a_web_page_is_refused_as_one(tmp_path):
    page = '<?xml version="1.0"?>\n<!DOCTYPE html>\n<html xmlns="a">404</html>'
    with pytest.raises(BookError, match="HTML"):
        load_brought(project(tmp_path, page))


@pytest.mark.parametrize("name, why", [("absent.xlsx", "見つかりません"), (".", "フォルダです")])
def test_what_does_not_open_is_told_as_it_is(tmp_path, name, why):
    with pytest.raises(BookError, match=why):
        load_brought(tmp_path / name)


def test_a_project_in_its_own_format_is_to_be_saved_as_xml(tmp_path):
    path = tmp_path / "計画.mpp"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    with pytest.raises(BookError, match="XML形式で保存してください"):
        load_brought(path)
    other = tmp_path / "計画.dat"
    other.write_bytes(path.read_bytes() + b"MSProject.MPP14")
    with pytest.raises(BookError, match="XML形式で保存してください"):
        load_brought(other)
