"""The project file, read by MPXJ, says what the plan says: each task, each link, day by day."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from dxplan.export import mspdi
from dxplan.export.mspdi import MINUTES, NAMESPACE, mspdi_bytes
from dxplan.export.outline import days_open, outline_of
from dxplan.export.told import MARK
from dxplan.facts import months
from dxplan.plan.chain import bar_links
from dxplan.plan.pmo import plan_pmo
from dxplan.show import labels
from tests.conftest import ROOT

CITIES = ("mid", "large", "village", "done", "asked", "known")
PREPARATION = {"SET", "EXT", "ENV", "PIA"}
LEAST = {"rehearsal": 4, "last": 3, "training": 2, "law": 6}  # weeks of data/lot_template.csv
READER = Path(__file__).with_name("reader.py")


@pytest.fixture(scope="session")
def project(wholes, tmp_path_factory):
    """What MPXJ reads from the file of each city."""
    if not shutil.which("java"):
        pytest.skip("Java がないので、MPXJ での読み戻しを省きます")
    folder = tmp_path_factory.mktemp("mspdi")
    paths = [folder / f"{name}.xml" for name in (*CITIES, "begun")]
    for name, path in zip(CITIES, paths):
        path.write_bytes(mspdi_bytes(wholes[name]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mspdi, "outline_of", begun)
        paths[-1].write_bytes(mspdi_bytes(wholes["known"]))
    done = subprocess.run(
        [sys.executable, str(READER), *map(str, paths)], capture_output=True, text=True, timeout=180
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return dict(zip((*CITIES, "begun"), json.loads(done.stdout.splitlines()[-1])))


def begun(plan):
    """The outline of a plan on which work has begun: bars at 0 to 100 %, days that are over."""
    outline, lines = outline_of(plan), []
    for place, line in enumerate(outline.lines):
        part = {"bar": (0, 40, 62, 100)[place % 4], "day": 100, "head": 0}[line.kind]
        lines.append(replace(line, done=part))
    return replace(outline, lines=tuple(lines))


@pytest.mark.parametrize("name", CITIES)
def test_nothing_in_the_file_is_passed_over(project, wholes, name):
    assert project[name]["wrong"] == [] and project[name]["minutes"] == MINUTES
    assert wholes[name].city.name in project[name]["title"]


@pytest.mark.parametrize("name", CITIES)
def test_every_line_has_its_days_and_its_baseline_is_the_plan(project, wholes, name):
    lines = outline_of(wholes[name]).lines
    tasks = {task["uid"]: task for task in project[name]["tasks"]}
    assert set(tasks) == set(range(len(lines) + 1))
    for number, line in enumerate(lines, 1):
        task = tasks[number]
        ends = f"{line.last}T{'08:30' if line.kind == 'day' else '17:15'}"
        assert (task["name"], task["level"]) == (line.name, line.level)
        assert (task["milestone"], task["head"]) == (line.kind == "day", line.kind == "head")
        assert task["baseline"] == [task[what] for what in ("start", "finish", "length", "work")]
        if line.kind != "head":
            assert (task["start"], task["finish"]) == (f"{line.first}T08:30", ends)
            assert task["done"] == line.done
            assert task["manual"] and (task["constraint"], task["constrained"]) == (
                "START_NO_EARLIER_THAN",
                task["start"],
            )
            assert task["counted"] == pytest.approx(task["length"]), (
                f"{line.name}: a program that reschedules would move it"
            )


def recalculated(below):
    """What MS Project shows of a summary over some lines, worked out from those lines alone.

    % complete by working time (KB 101495); milestones alone are 0 % until all of them are done.
    """
    lengths, work = sum(task["length"] for task in below), sum(task["work"] for task in below)
    worked = sum(task["gone"][1] for task in below)
    done = 100 * all(task["done"] == 100 for task in below)
    if lengths:
        done = round(sum(task["length"] * task["done"] for task in below) / lengths)
    return {
        "start": min(task["start"] for task in below),
        "finish": max(task["finish"] for task in below),
        "work": work,
        "done": done,
        "worked": round(100 * worked / work) if work else done,
        "begun": min((task["begun"] for task in below if task["begun"]), default=None),
        "ended": max(task["finish"] for task in below) if done == 100 else None,
    }


@pytest.mark.parametrize("name", (*CITIES, "begun"))
def test_headings_and_the_whole_stay_when_they_are_rolled_up(project, name):
    tasks = project[name]["tasks"]
    leaves = [task for task in tasks if not task["head"]]
    heads = [task for task in tasks if task["head"]]
    assert [head["uid"] for head in heads][:2] == [0, 1] and len(heads) > 3
    for head in heads:
        below = [task for task in leaves if head["uid"] in (0, task["parent"])]
        wanted = recalculated(below)
        assert {what: head[what] for what in wanted} == wanted, head["name"]
        for share in ("gone", "left"):
            assert head[share][1] == sum(task[share][1] for task in below)
        assert head["length"] == head["counted"], "the open days between start and finish"
        assert head["baseline"] == [head[what] for what in ("start", "finish", "length", "work")]


@pytest.mark.parametrize("name", (*CITIES, "begun"))
def test_actual_and_remaining_follow_from_the_percentage(project, name):
    for task in project[name]["tasks"]:
        part, whole = task["done"] / 100, (task["length"], task["work"])
        assert [sum(pair) for pair in zip(task["gone"], task["left"])] == [*whole]
        assert task["gone"][0] == pytest.approx(whole[0] * part, abs=1)
        assert (task["ended"] == task["finish"]) == (task["done"] == 100)
        assert task["ended"] is None or task["done"] == 100
        if not task["head"]:
            assert (task["begun"] == task["start"]) == (task["done"] > 0), task["name"]
            assert task["gone"][1] == pytest.approx(whole[1] * part, abs=10), "a minute each"
            given = [a for a in project[name]["assignments"] if a["task"] == task["uid"]]
            wanted = {"work": task["work"], "left": task["left"][1], "gone": task["gone"][1]}
            assert {which: sum(a[which] for a in given) for which in wanted} == wanted
            assert all(a["done"] == task["done"] for a in given)


def test_headings_differ_as_their_bars_do(project):
    done = {
        name: {task["done"] for task in project[name]["tasks"] if task["head"]}
        for name in (*CITIES, "begun")
    }
    assert len(done["begun"]) > 3 and done["mid"] == {0}
    assert 100 in done["begun"], "a heading of days alone is done when all of them are over"


def under(tasks, title):
    """The lines below a heading of the first level."""
    place = next(k for k, task in enumerate(tasks) if task["name"] == title and task["level"] == 1)
    below = []
    for task in tasks[place + 1 :]:
        if task["level"] == 1:
            break
        below.append(task)
    return below


@pytest.mark.parametrize("name", CITIES)
def test_every_lot_has_its_heading_its_bars_and_its_days(project, wholes, name):
    plan, tasks = wholes[name].pmo, project[name]["tasks"]
    for row in plan.lots.itertuples():
        mark = "" if row.decided else MARK
        found = {task["name"]: task for task in under(tasks, row.title)}
        assert found[f"{mark}切替の初日: {row.lot}"]["start"][:10] == str(row.cutover)
        assert found[f"{mark}稼働: {row.lot}"]["start"][:10] == str(row.live)
        bars = plan.task[plan.task["lot"] == row.lot]
        drawn = [task["name"] for task in found.values() if not task["milestone"]]
        assert drawn == [f"{item}: {row.lot}" for item in bars["item"]]
        for bar in bars.itertuples():
            task = found[f"{bar.item}: {row.lot}"]
            sure = "予定" if bar.decided else "見込み(最も早い予定)"
            assert task["slack"] == bar.slack
            assert task["said"][1:] == [bar.lead, labels.word_of("phase", bar.phase), sure]


@pytest.mark.parametrize("name", CITIES)
def test_a_bar_fills_the_open_days_of_the_plan(wholes, name):
    plan = wholes[name].pmo
    lines = {line.key: line for line in outline_of(wholes[name]).lines if line.key}
    assert set(lines) == set(plan.task["task"])
    for row in plan.task.itertuples():
        line = lines[row.task]
        assert row.start <= line.first <= line.last <= row.finish
        days = [row.start + timedelta(days=k) for k in range((row.finish - row.start).days + 1)]
        outside = [day for day in days if not line.first <= day <= line.last]
        assert not any(map(months.is_open, outside)), "an open day of the bar is left out"
        assert row.phase != "stop" or not outside, "residents meet the stop on closed days too"


@pytest.mark.parametrize("name", CITIES)
def test_the_range_stands_in_the_note_of_a_lot_and_of_its_days(project, wholes, name):
    plan, tasks = wholes[name].pmo, {task["name"]: task for task in project[name]["tasks"]}
    sure = plan.told.lot.set_index("lot")
    for row in plan.lots.itertuples():
        mark, told = "" if row.decided else MARK, sure.loc[row.lot]
        for title in (row.title, f"{mark}切替の初日: {row.lot}", f"{mark}稼働: {row.lot}"):
            note = tasks[title]["note"]
            assert labels.quarter_text(told["p50_from"]) in note
            assert labels.chance_text(told["chance"]) in note
            assert all(business in note for business in row.businesses)
            assert ("切替の日は決まっていない" in note) == (not row.decided)
    last = [task for title, task in tasks.items() if title == f"{MARK}最後の稼働"]
    assert len(last) == (not plan.done) and all("見通し" in task["note"] for task in last)


@pytest.mark.parametrize("name", CITIES)
def test_every_system_has_its_state_on_the_day_of_which_it_speaks(project, wholes, name):
    city, lines = wholes[name].city, under(project[name]["tasks"], "システムの状態")
    found = {task["name"]: task for task in lines}
    assert len(found) == len(lines) == 21
    for system in city.movable:
        lot = next((f"({one.name})" for one in city.lots if system.business in one.businesses), "")
        task = found[f"{system.business}: {labels.word_of('state', system.state.value)}{lot}"]
        assert task["start"][:10] == system.state.as_of and task["milestone"]
        assert task["said"][0] == system.section
        assert task["steps"] == (None if system.steps is None else system.steps.value)
        ticked = system.state.value == "live"
        assert task["done"] == 100 * ticked, "a tick is only for what is in operation"
    late = sum("未移行" in title for title in found)
    assert late == sum(system.pending for system in city.movable)
    assert late <= sum(system.late for system in city.movable), "no 未移行 above the list"


def wanted_links(plan):
    """Bar -> bar -> least weeks, read from the table of the bars alone."""
    found, table = {}, plan.task
    for _, bars in table.groupby("lot", sort=False):
        key = {bar.task.split("/")[1]: bar.task for bar in bars.itertuples()}
        front = bars.loc[bars["phase"].isin(("papers", "budget", "tender")), "task"].tolist()
        chain = [key[name] for name in sorted(key) if name[0] == "R"]
        tests = [key[name] for name in ("R1", "T1", "T2", "TRN") if name in key]
        found |= {pair: 0 for pair in (*zip(front, front[1:]), *zip(tests, tests[1:]))}
        found |= {(key[name], chain[0]): 0 for name in PREPARATION & set(key)}
        found |= {(front[-1], key[name]): 0 for name in PREPARATION & set(key) if front}
        found |= {pair: LEAST["rehearsal"] for pair in zip(chain, chain[1:])}
        last = {"last": chain[-1], "training": key["TRN"], "law": key["LAW"]}
        found |= {(bar, key["CUT"]): LEAST[what] for what, bar in last.items()}
        found |= {(key["NOTE"], key["CUT"]): 0, (key["CUT"], key["CARE"]): 0}
        if "LINK" in key:
            register = plan.cutover.set_index("business").at["住民基本台帳", "lot"]
            found |= {(key["LINK"], key["CUT"]): 0, (f"{register}/CUT", key["UNLINK"]): 0}
    return found


@pytest.mark.parametrize("name", CITIES)
def test_links_are_those_of_the_template_and_hold(project, wholes, name):
    plan, wanted = wholes[name].pmo, wanted_links(wholes[name].pmo)
    lines, found = outline_of(wholes[name]).lines, set()
    tasks = {task["uid"]: task for task in project[name]["tasks"]}
    ends = dict(zip(plan.task["task"], plan.task["finish"]))
    for number, after in enumerate(lines, 1):
        for link in tasks[number]["links"]:
            before = lines[link["before"] - 1]
            found.add((before.key, after.key))
            monday = ends[before.key] + timedelta(days=3)
            least = timedelta(days=7 * wanted[before.key, after.key] - 1)
            shared = days_open(after.first, before.last)
            assert link["type"] == "FS"
            assert link["lag"] == (days_open(monday, monday + least) - shared) * MINUTES
            free = days_open(before.last + timedelta(days=1), after.first - timedelta(days=1))
            assert (free - shared) * MINUTES >= link["lag"], f"{after.key} would move"
    assert found == set(wanted) and (found or plan.done)


def test_an_interim_link_ends_before_the_cutover_and_goes_after_the_register(wholes):
    plan = wholes["known"].pmo
    links = {(a, b) for a, b in wanted_links(plan) if "LINK" in a + b}
    first = {(f"{lot}/LINK", f"{lot}/CUT") for lot in ("税のロット", "ロット1")}
    second = {("住民のロット/CUT", f"{lot}/UNLINK") for lot in ("税のロット", "ロット1")}
    assert links == first | second
    bars = plan.task.set_index("task")
    assert all(bars.at[a, "finish"] < bars.at[b, "start"] for a, b in links)


def test_a_tender_beside_the_vote_waits_for_its_papers_and_its_contract_for_the_money(wholes):
    plan = plan_pmo(wholes["large"].city.changed(rfp_start="予算要求後"))
    links, bars = {(a, b) for a, b, _ in bar_links(plan)}, plan.task.set_index("task")
    asked = plan.gate["lot"].tolist()
    assert len(asked) == 4
    for lot in asked:
        assert {(f"{lot}/6.2", f"{lot}/9"), (f"{lot}/6.1", f"{lot}/7")} <= links
        assert (f"{lot}/6.2", f"{lot}/7") not in links
    beside = [bars.at[f"{lot}/7", "start"] < bars.at[f"{lot}/6.2", "finish"] for lot in asked]
    assert any(beside), "it does run beside the vote"
    for a, b, weeks in bar_links(plan):
        assert bars.at[a, "finish"] + timedelta(days=7 * weeks) <= bars.at[b, "start"], (
            f"{a} -> {b}"
        )


@pytest.mark.parametrize("name", CITIES)
def test_calendars_rest_on_holidays_and_at_the_turn_of_the_year(project, wholes, name):
    closed = set(project[name]["calendars"]["開庁日"])
    last = max(line.last for line in outline_of(wholes[name]).lines)
    first = min(line.first for line in outline_of(wholes[name]).lines)
    for number in range((min(last, date(2031, 12, 31)) - max(first, date(2026, 1, 1))).days + 1):
        day = max(first, date(2026, 1, 1)) + timedelta(days=number)
        assert (str(day) in closed) == (not months.is_open(day)), day
    assert {"2026-12-29", "2027-01-03", "2027-01-01"} <= closed and project[name]["calendars"][
        "毎日(閉庁日を含む)"
    ] == []


@pytest.mark.parametrize("name", CITIES)
def test_people_are_the_resources_and_vendors_are_none(project, wholes, name):
    plan, outline = wholes[name], outline_of(wholes[name])
    found = [(one["name"], one["group"]) for one in project[name]["resources"] if one["uid"]]
    sections = [(section.name, "職員(業務所管課)") for section in plan.city.sections]
    assert found[: 1 + len(sections)] == [("DX・情報部門", "職員(DX・情報部門)"), *sections]
    assert {who for who, _ in found[1 + len(sections) :]} == set(plan.staffing.contract["form"])
    wanted = [
        (number, who, round(100 * units, 2))
        for number, line in enumerate(outline.lines, 1)
        for who, units in line.needs
    ]
    given = [(a["task"], a["resource"], round(a["units"], 2)) for a in project[name]["assignments"]]
    assert sorted(given) == sorted(wanted)


@pytest.mark.parametrize("name", CITIES)
def test_the_units_of_a_bar_are_the_people_of_the_plan(wholes, name):
    lines = {line.key: dict(line.needs) for line in outline_of(wholes[name]).lines if line.key}
    for row in wholes[name].pmo.task.itertuples():
        needs = dict(lines[row.task])
        dx = needs.pop("DX・情報部門", 0)
        assert (dx, sum(needs.values())) == pytest.approx((row.dx_fte, row.section_fte)), row.task


def test_the_day_by_which_an_extension_is_decided_stands_under_its_lot(project, wholes):
    row = wholes["known"].pmo.lots.set_index("lot").loc["税のロット"]
    found = {task["name"]: task for task in under(project["known"]["tasks"], row["title"])}
    assert found["現行契約の延長を決める期限: 税のロット"]["start"][:10] == str(row["decide_by"])
    names = [task["name"] for name in CITIES for task in project[name]["tasks"]]
    assert sum("延長を決める" in name for name in names) == 1


def test_the_same_plan_gives_the_same_bytes_and_a_schema_that_is_named(wholes):
    once, again = (mspdi_bytes(wholes["village"]) for _ in range(2))
    assert once == again and ET.fromstring(once).tag == f"{{{NAMESPACE}}}Project"
    assert str(ROOT).encode() not in once
