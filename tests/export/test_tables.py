"""Every table of the report is there by name; as CSV it says the same and can start nothing."""

import ast
import re
from dataclasses import replace

import pandas as pd
import pytest

from dxplan.export.tables import csv_bytes, tables
from dxplan.show import labels, shelf
from dxplan.show.style import Table
from tests.conftest import ROOT
from tests.export.cells import read
from tests.plans import Made

CITIES = ("mid", "done", "village", "asked", "known")
EACH = [*CITIES[:2], *(pytest.param(name, marks=pytest.mark.rest) for name in CITIES[2:])]
ELSEWHERE = {
    "axes",
    "compare",
    "difference",
    "options",
    "together",
}  # several cities, or several plans: not one plan's tables
# pieces of others, or worked out only when somebody asks; what an edition shows of any table
DRAWN = {"reasons.condition_figure", "worth.own_table", "edition.opened_table"}


@pytest.fixture(scope="module")
def found(wholes):
    return Made(lambda name: tables(wholes[name]))


def test_no_table_of_the_show_floor_is_forgotten():
    public = set()
    for path in sorted((ROOT / "dxplan" / "show").glob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if (
                isinstance(node, ast.FunctionDef)
                and node.name[0] != "_"
                and node.name.endswith(("_table", "_figure"))
            ):
                public.add(f"{path.stem}.{node.name}")
    here = {exhibit.exhibit for exhibit in shelf.load_shelf()}
    here = {name for name in here if name.endswith(("_table", "_figure"))}
    assert (
        here <= public
        and {name for name in public - here if name.split(".")[0] not in ELSEWHERE} == DRAWN
    )


def test_names_are_plain_and_a_finished_city_has_fewer(found):
    assert all(name.isascii() and name.replace("-", "").isalnum() for name in found["mid"])
    assert len(found["mid"]) > 40 and set(found["done"]) < set(found["mid"])


@pytest.mark.parametrize("city", EACH)
def test_a_file_has_the_rows_and_headings_of_its_table(found, city):
    for name, table in found[city].items():
        rows = read(csv_bytes(table))
        assert len(rows) == len(table.frame) + 1, name
        for column, head in zip(table.frame.columns, rows[0], strict=True):
            assert (
                head.lstrip("'").startswith(labels.heading_of(column).label)
                and labels.heading_of(column).unit in head
            ), name
        assert not [cell for row in rows for cell in row if cell[:1] in ("=", "+", "@", "\t")], name


def test_dates_are_iso_and_numbers_are_numbers(found, wholes):
    table = found["mid"]["pmo-gate"]
    rows = read(csv_bytes(table))
    place = list(table.frame.columns).index("request_by")
    asked = [str(day) for day in wholes["mid"].pmo.gate["request_by"]]
    assert asked and [row[place] for row in rows[1:]] == asked
    money = found["mid"]["budget-cost"]
    columns = [
        i for i, name in enumerate(money.frame.columns) if labels.heading_of(name).kind == "count"
    ]
    read_back = [[float(row[i]) for i in columns] for row in read(csv_bytes(money))[1:]]
    assert columns and read_back == [
        [float(row[i]) for i in columns] for row in money.frame.itertuples(index=False)
    ]


@pytest.mark.parametrize("city", [EACH[0], EACH[2], EACH[4]])
def test_the_lots_and_the_bars_tell_an_undecided_cutover_as_a_quarter(found, wholes, city):
    plan = wholes[city].pmo
    heads, *rows = read(csv_bytes(found[city]["pmo-lot"]))
    said = {row[heads.index("移行ロット")]: row[heads.index("最も早い予定")] for row in rows}
    told = {True: labels.date_text, False: labels.quarter_text}
    assert said == {row.lot: told[row.decided](row.live) for row in plan.lots.itertuples()}
    heads, *rows = read(csv_bytes(found[city]["pmo-task"]))
    begun = [row[heads.index("開始")] for row in rows]
    assert len(begun) == len(plan.task)
    assert [re.search("四半期", text) is None for text in begun] == plan.task["decided"].tolist()


ROADMAP = {f"pmo-{name}" for name in ("lot", "gate", "why", "task", "demand", "roadmap", "load")}


def test_a_city_without_lots_has_its_states_but_no_roadmap(found):
    assert set(found["mid"]) >= ROADMAP and not ROADMAP & set(found["done"])
    assert "city-state" in found["done"]


@pytest.mark.rest
def test_each_situation_has_its_tables(found):
    assert not ROADMAP & set(found["asked"])
    assert all("city-state" in found[city] for city in CITIES)
    both = {city for city in CITIES if "pmo-branch" in found[city]}
    assert both == {"mid", "asked", "known"}, "both branches where something is open"


def test_shares_are_percentages_where_the_heading_says_so():
    table = Table(pd.DataFrame({"item": ["a"], "share": [0.1234567]}), "t")
    assert read(csv_bytes(table)) == [["作業項目", "負荷の割合(%)"], ["a", "12.34567"]]


@pytest.mark.parametrize(
    "text", ["=1+1", "+81", "-5", "@SUM(A1)", "\t=1", "＝1", '=HYPERLINK("x")']
)
def test_a_text_that_looks_like_a_formula_stays_a_text(text):
    cell = read(csv_bytes(Table(pd.DataFrame({"item": [text]}), "t")))[1][0]
    assert cell.startswith(("'", " ")) and cell.strip("' ").startswith(text.strip())


def test_the_same_table_gives_the_same_bytes(found):
    table = found["mid"]["pmo-task"]
    assert csv_bytes(table) == csv_bytes(replace(table, frame=table.frame.copy()))
