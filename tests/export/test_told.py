"""A calendar and a project file tell the decisions of page one, and the ranges of the report."""

import pytest
from icalendar import Calendar

from dxplan.export.ics import ics_bytes
from dxplan.export.outline import outline_of
from dxplan.show import front, pmo, report

EACH = ["mid", *(pytest.param(name, marks=pytest.mark.rest) for name in ("village", "done"))]


def decided(plan):
    """Day, words and money of each decision of page one."""
    return [(one.day, f": {one.what}", one.money) for one in front.decisions(plan)]


@pytest.mark.parametrize("name", EACH)
def test_the_decisions_of_page_one_are_in_every_file(wholes, name):
    plan = wholes[name]
    wanted = decided(plan)
    assert wanted
    events = [
        event for event in Calendar.from_ical(ics_bytes(plan, b"")).events if "-first-" in event.uid
    ]
    lines = [line for line in outline_of(plan).lines if line.name.startswith("いま決めること")][1:]
    pairs = dict(report.summary_pairs(plan))["いま決めること"]
    assert len(events) == len(lines) == len(pairs) == len(wanted)
    for (day, what, money), event, line, (_, text) in zip(wanted, events, lines, pairs):
        assert (event.start, line.first) == (day, day)
        assert event.summary.endswith(what) and line.name.endswith(what) and what[2:] in text
        for said in (str(event.get("description")), line.note, text):
            assert f"金額: {money}" in said


@pytest.mark.parametrize("name", EACH[:2])
def test_the_range_of_a_lot_is_the_report_s_in_calendar_and_project(wholes, name):
    plan = wholes[name]
    told = plan.pmo.told.lot.set_index("lot")
    events = Calendar.from_ical(ics_bytes(plan, b"")).events
    heads = {line.name: line for line in outline_of(plan).lines if line.kind == "head"}
    for lot in plan.pmo.lots.to_dict("records"):
        span = f"幅(20〜80%) {pmo.range_text(told.loc[lot['lot']])}"
        (event,) = [one for one in events if one.summary.endswith(f"切替: {lot['title']}")]
        assert span in str(event.get("description")) and event.start == lot["cutover"]
        assert span in heads[lot["title"]].note
