"""The words of a client's papers: none of a program, a solver or a tool, one name for a thing."""

import ast
import json
import re
from functools import cache

import pytest
from rooms import ROOT, docstring_lines, modules

from dxplan.facts.catalog import load_table

ROOMS = ("show", "plan", "export", "papers")
TEXTS = {  # what of the tables a client reads
    "phrases": "text",
    "labels": "label",
    "headings": "label unit",
    "shelf": "sheet about picture",
    "params": "label unit meaning",
    "asked": "label unit meaning",
    "relations": "rule",
    "defaults": "note",
    "forms": "form duty note",
    "form_values": "note",
    "form_places": "reason steps note",
    "lessons": "title note",
    "meetings": "note",
    "risk_events": "label note",
    "finance_rates": "measure target note",
    "work_items": "item note",
    "lot_template": "note",
    "initiatives": "initiative kpi risk note",
    "initiative_items": "item note",
    "initiative_values": "note",
    "business_work": "note",
    "sections": "note",
    "SOURCES": "title",
    "COLUMNS": "note",
    "questions": "label asked",
    "question_worth": "note",
    "state_rules": "label note",
    "budget_gates": "note",
    "council_sessions": "note",
    "busy_seasons": "reason note",
    "particulars": "text",
    "papers": "word about",
    "paper_sheets": "word label title note none",
    "paper_lines": "part what text enter ground",
    "council_questions": "question text ground",
}
INPUTS = (  # tables of what is put in, whose units a page explains under them
    "params",
    "defaults",
    "asked",
    "form_values",
    "forms",
    "initiative_values",
    "initiative_items",
    "work_items",
)
JAPANESE = re.compile("[\u3041-\u30ff\u4e00-\u9fff]")


@cache
def forbidden():
    """(word, what to write instead, pattern of what it may stand in) of each row."""
    rows = []
    for row in load_table("forbidden_words").itertuples():
        may = "|".join(map(re.escape, filter(None, row.but.split(";"))))
        rows.append((row.word, row.instead, re.compile(may or "(?!)")))
    return rows


def faults(where, text):
    """A line for each forbidden word of a text."""
    for word, instead, may in forbidden():
        if word == "FTE" and where.startswith((*INPUTS, "city.assumptions", "engagement.form")):
            continue
        if word in text and word in may.sub("", text):
            yield f"{where}: 「{word}」→ {instead}: {text[:60]}"


def literals(tree):
    """(line, text) of each Japanese literal that is no docstring."""
    nodes = list(ast.walk(tree))
    said = {number for node in nodes for number in docstring_lines(node)}
    for node in nodes:
        text = node.value if isinstance(node, ast.Constant) else ""
        if isinstance(text, str) and JAPANESE.search(text) and node.lineno not in said:
            yield node.lineno, text


def test_no_forbidden_word_stands_in_what_the_rooms_write():
    wrong, seen = [], 0
    for name, tree in modules().items():
        if name.split(".")[0] in ROOMS:
            for line, text in literals(tree):
                seen += 1
                wrong += faults(f"{name} {line}", text)
    assert seen > 1_000 and not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", TEXTS)
def test_no_forbidden_word_stands_in_a_table(name):
    table, wrong = load_table(name), []
    for column in TEXTS[name].split():
        for row, text in enumerate(table[column]):
            wrong += faults(f"{name} {row + 2} {column}", text)
    assert not wrong, "\n".join(wrong)


def test_no_forbidden_word_stands_in_a_notebook():
    wrong = []
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "markdown":
                wrong += faults(path.name, "".join(cell["source"]))
    assert not wrong, "\n".join(wrong)


def test_a_forbidden_word_is_seen_but_where_it_may_stand():
    assert len(list(faults("x", "ステップ1のクラスの席"))) == 2
    assert not list(faults("x", "欠席した人は次の回に出席する"))
    assert len(list(faults("x", "出席した人の席"))) == 1
