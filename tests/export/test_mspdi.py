"""The project file, read back by MPXJ, says what the plan says: task by task, link by link, day by day."""

import json
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from dxplan import months
from dxplan.catalog import ROOT
from dxplan.export.mspdi import MINUTES, NAMESPACE, mspdi_bytes
from dxplan.export.outline import days_open, outline_of
from dxplan.plan.pmo import build_pmo
from dxplan.plan.work import build_frame

CITIES = ("mid", "village", "done")
READER = Path(__file__).with_name("reader.py")


@pytest.fixture(scope="session")
def read(wholes, tmp_path_factory):
    """What MPXJ reads from the file of each city."""
    if not shutil.which("java"):
        pytest.skip("Java がないので、MPXJ での読み戻しを省きます")
    folder = tmp_path_factory.mktemp("mspdi")
    paths = [folder / f"{name}.xml" for name in CITIES]
    for name, path in zip(CITIES, paths):
        path.write_bytes(mspdi_bytes(wholes[name]))
    done = subprocess.run([sys.executable, str(READER), *map(str, paths)], capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stderr[-2000:]
    return dict(zip(CITIES, json.loads(done.stdout.splitlines()[-1])))


@pytest.mark.parametrize("name", CITIES)
def test_nothing_in_the_file_is_passed_over(read, wholes, name):
    assert read[name]["wrong"] == [] and read[name]["minutes"] == MINUTES
    assert wholes[name].city.name in read[name]["title"]


@pytest.mark.parametrize("name", CITIES)
def test_every_line_has_its_days_and_its_baseline_is_the_plan(read, wholes, name):
    lines = outline_of(wholes[name]).lines
    tasks = {task["uid"]: task for task in read[name]["tasks"]}
    assert set(tasks) == set(range(len(lines) + 1))
    for number, line in enumerate(lines, 1):
        task = tasks[number]
        ends = f"{line.last}T{'08:30' if line.kind == 'day' else '17:15'}"
        assert (task["name"], task["level"], task["start"], task["finish"]) == (line.name, line.level, f"{line.first}T08:30", ends)
        assert task["baseline"][:2] == [task["start"], task["finish"]] and task["baseline"][2] == pytest.approx(task["length"])
        assert (task["milestone"], task["head"], task["done"], task["critical"]) == (line.kind == "day", line.kind == "head", line.done, line.critical)
        if line.kind != "head":
            assert task["manual"] and (task["constraint"], task["constrained"]) == ("START_NO_EARLIER_THAN", task["start"])
            assert task["counted"] == pytest.approx(task["length"]), f"{line.name}: a program that reschedules would move it"


@pytest.mark.parametrize("name", CITIES)
def test_the_roadmaps_bars_cutovers_and_gates_are_there(read, wholes, name):
    plan, found = wholes[name].pmo, {}
    for task in read[name]["tasks"]:
        found.setdefault(task["name"], []).append(task)
    for row in plan.cutover.itertuples():
        assert found[f"切替: {row.business}"][0]["start"][:10] == str(row.cutover)
        assert found[f"稼働: {row.business}"][0]["start"][:10] == str(row.live)
    lines = {line.key: line for line in outline_of(wholes[name]).lines if line.key}
    assert set(lines) == set(plan.task["task"]) == set(plan.keys)
    for row in plan.task.itertuples():
        line = lines[row.task]
        assert row.start <= line.first <= line.last <= row.finish
        closed = [row.start + timedelta(days=k) for k in range((row.finish - row.start).days + 1)
                  if months.is_open(row.start + timedelta(days=k)) and not line.first <= row.start + timedelta(days=k) <= line.last]
        assert not closed, "an open day of the bar is left out"


@pytest.mark.parametrize("name", CITIES)
def test_links_are_those_of_the_scheduler_and_hold(read, wholes, name):
    city = wholes[name].city
    problem, jobs = build_pmo(city, build_frame(city))
    wanted = {(jobs[a].key, jobs[b].key) for a, b, _ in problem.links}
    lines = outline_of(wholes[name]).lines
    tasks, found = {task["uid"]: task for task in read[name]["tasks"]}, set()
    for number, line in enumerate(lines, 1):
        for link in tasks[number]["links"]:
            before = lines[link["before"] - 1]
            found.add((before.key, line.key))
            shared = days_open(line.first, before.last) if line.first <= before.last else 0
            assert link["type"] == "FS" and link["lag"] == -shared * MINUTES
    assert found == wanted and (found or wholes[name].pmo.done)


@pytest.mark.parametrize("name", CITIES)
def test_calendars_rest_on_holidays_and_at_the_turn_of_the_year(read, wholes, name):
    closed = set(read[name]["calendars"]["開庁日"])
    last = max(line.last for line in outline_of(wholes[name]).lines)
    first = min(line.first for line in outline_of(wholes[name]).lines)
    for number in range((min(last, date(2031, 12, 31)) - max(first, date(2026, 1, 1))).days + 1):
        day = max(first, date(2026, 1, 1)) + timedelta(days=number)
        assert (str(day) in closed) == (not months.is_open(day)), day
    assert {"2026-12-29", "2027-01-03", "2027-01-01"} <= closed and read[name]["calendars"]["毎日(閉庁日を含む)"] == []


@pytest.mark.parametrize("name", CITIES)
def test_who_does_what_and_how_much_is_done(read, wholes, name):
    outline = outline_of(wholes[name])
    assert [(r["name"], r["group"]) for r in read[name]["resources"] if r["uid"]] == [(m.name, m.group) for m in outline.means]
    wanted = sorted((number, who, round(100 * units, 2)) for number, line in enumerate(outline.lines, 1) for who, units in line.needs)
    assert sorted((a["task"], a["resource"], round(a["units"], 2)) for a in read[name]["assignments"]) == wanted
    steps = {task["name"]: task["steps"] for task in read[name]["tasks"]}
    for system in wholes[name].city.systems:
        if system.pending:
            assert steps[system.business] == pytest.approx(min(system.steps.value, 40), abs=0.05)


def test_the_same_plan_gives_the_same_bytes_and_a_schema_that_is_named(wholes):
    once, again = (mspdi_bytes(wholes["village"]) for _ in range(2))
    assert once == again and ET.fromstring(once).tag == f"{{{NAMESPACE}}}Project"
    assert str(ROOT).encode() not in once
