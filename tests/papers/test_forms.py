"""A form and its facts: what holds is told, what is missing is a blank with what to enter."""

import re
from string import Formatter

import pandas as pd
import pytest

from dxplan.facts.catalog import load_rows
from dxplan.papers import forms
from dxplan.papers.books import TABLES, load_leaves, load_papers
from dxplan.papers.forms import Entry, form_table, load_lines, money_entries, summed
from dxplan.show import shelf

READERS = {"internal", "council", "vendor", "public"}
MONEY = {"money", "funds", "asked", "years", "all_years", "promises", "standing", "prices"}
PRICED = {"once", "yearly", "said_budget", "said_people", "said_running", "extension"}
LINES = [
    "部,項目,,,{name}の文,,根拠,",
    "部,ある,there,,ある。,,,",
    "部,ない,!there,,ない。,,,",
    "部,並び,,list,並びはない。,見積額,,",
    "部,空,,,,名を記入,,",
]


@pytest.fixture
def lines(monkeypatch):
    """A form of its own in place of the shipped ones."""
    names = "part what when rows text enter ground".split()
    rows = tuple(dict(zip(names, line.split(",")[:7])) for line in LINES)
    monkeypatch.setattr(forms, "load_lines", lambda: {"form": rows})


def told(facts):
    return form_table("form", facts, "題", "注").frame


def test_a_line_is_told_where_its_condition_holds(lines):
    there = told({"name": "何か", "there": True, "list": []})
    assert there["content"].tolist() == ["何かの文", "ある。", "並びはない。", ""]
    gone = told({"name": "何か", "there": "", "list": []})
    assert gone["content"].tolist() == ["何かの文", "ない。", "並びはない。", ""]
    assert told({"name": "", "list": []})["what"].tolist() == ["項目", "ない", "並び", "空"]


def test_each_entry_of_a_list_is_a_row_and_what_is_to_be_entered_stands_beside_it(lines):
    entries = summed([Entry("甲", "一", 1200.4), Entry("乙", "二", 10.0, "確か")])
    frame = told({"name": "{brace}", "list": entries})
    assert frame["content"].tolist() == ["{brace}の文", "ない。", "一", "二", "", ""]
    assert frame["paper_yen"].tolist() == ["", "", "1,200", "10", "1,210", ""]
    assert frame["paper_enter"].tolist() == ["", "", *["見積額"] * 3, "名を記入"]
    assert frame["paper_ground"].tolist() == ["根拠", "", "", "確か", "", ""]


def test_a_form_without_amounts_has_no_column_for_them(lines):
    assert "paper_yen" not in told({"name": "", "list": [Entry("甲", "一")]})
    assert summed([]) == []


def test_money_is_told_by_year_and_fund_with_its_sum():
    rows = pd.DataFrame(
        [
            (2027, "subsidy", "F1", "M", 1_000),
            (2027, "subsidy", "F1", "M", 2_000),
            (2028, "net", "", "", 5_000),
        ],
        columns=["fiscal", "fund", "measure", "grade", "yen"],
    )
    first, second, total = money_entries(rows, {"F1": "補助金"})
    assert (first.what, first.thousand) == ("令和9年度", 3)
    assert "補助金(F1)" in first.content and "要確認" in first.ground
    assert (second.thousand, second.ground) == (5, "")
    assert (total.what, total.thousand) == ("計", 8)


def test_every_sheet_has_its_form_and_no_form_is_idle():
    asked = {"tool_enter"}  # of the table that stands against the PMO tool
    for paper in load_papers():
        leaves = load_leaves(paper.paper)
        assert leaves and set(paper.seen) <= READERS and "internal" in paper.seen
        for leaf in leaves:
            if leaf.scope == "shelf":
                assert shelf.exhibit_of(leaf.form)
            elif leaf.scope == "table":
                assert leaf.form in TABLES
            else:
                asked.add(leaf.form)
    assert asked == set(load_lines())
    assert {row["paper"] for row in load_rows("paper_sheets")} == {p.paper for p in load_papers()}


def test_a_paper_for_vendors_or_residents_asks_for_no_price():
    outside = [paper for paper in load_papers() if {"vendor", "public"} & set(paper.seen)]
    assert {paper.paper for paper in outside} == {"tender", "recruit", "notice"}
    for paper in outside:
        for leaf in load_leaves(paper.paper):
            assert leaf.scope in ("once", "lot", "form")
            for line in load_lines()[leaf.form]:
                fields = {field for _, field, _, _ in Formatter().parse(line["text"])}
                assert line["rows"] not in MONEY and not fields & PRICED, line


def test_each_line_says_something_or_what_to_enter():
    for form, lines in load_lines().items():
        for line in lines:
            assert line["rows"] or line["text"] or line["enter"], (form, line)
            assert not line["rows"] or line["text"], f"{form}: 一覧が空の場合の文がない"
            for text in (line["text"], line["enter"], line["ground"]):
                assert not re.search("[（）]|お金|dxplan|ソルバ|クラス", text), (form, text)
