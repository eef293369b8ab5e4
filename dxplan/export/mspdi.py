"""The plan as an MS Project XML file (MSPDI), for MS Project 2010 and later and for ProjectLibre.

Every task is scheduled by hand (Manual), so MS Project moves nothing; for programs that know no
such tasks each one also starts no earlier than its day, on the working time of a calendar in which
it can stand, and its duration is in that working time. Headings and the whole are rolled up as MS
Project rolls them up, so that nothing changes when it calculates. The baseline is this plan itself.
Days begin at 8:30 and end at 17:15 with an hour's lunch less a quarter: 7 hours 45 minutes, the day
of local officials (条例準則, after 勤務時間法第5条 for the state's). Elements stand in the order of the
schema.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from xml.etree import ElementTree as ET

from dxplan.export.outline import Means, Outline, OutlineRow, days_open, outline_of
from dxplan.export.text import plain_text
from dxplan.facts import months
from dxplan.plan.whole import Plan
from dxplan.show import labels, report

NAMESPACE = "http://schemas.microsoft.com/project"
OPENS, CLOSES = time(8, 30), time(17, 15)
TIMES = ((time(8, 30), time(12, 0)), (time(13, 0), time(17, 15)))
MINUTES = 465  # of working time in a day
# UIDs: calendar of open days, of all days, the first one of a resource.
OPEN, DAILY, OWN = 1, 2, 100
SOON, NO_EARLIER = 0, 4  # constraints: as soon as possible, start no earlier than
# Format of a duration, type of a task, of a link, of a resource.
DAYS, FIXED, FINISH_TO_START, WORK = 7, 1, 1, 1
TEXT = 255  # letters that MS Project keeps of a name or a text field
FIELDS = (  # id, name and heading of the columns that the file brings along
    ("188743767", "Number1", "完了ステップ(40のうち)"),
    ("188743768", "Number2", "切替を動かさずに遅れてよい週数"),
    ("188743731", "Text1", "担当課"),
    ("188743734", "Text2", "主担当"),
    ("188743737", "Text3", "段階"),
    ("188743740", "Text4", "日程の扱い"),
)
UNITS = "単位100%は常勤職員1人分(1人が執務時間のすべてを充てる)"


@dataclass(frozen=True)
class Bar:
    """What a line tells of its time.

    Attributes
    ----------
    begin, end : its first and its last moment.
    length : working time.
    work : of people; worked is what is done of it.
    done : % of its length.
    begun : its first moment, or that of the first line below it that has begun; None before.
    """

    begin: datetime
    end: datetime
    length: timedelta = timedelta()
    work: timedelta = timedelta()
    worked: timedelta = timedelta()
    done: int = 0
    begun: datetime | None = None


def mspdi_bytes(plan: Plan) -> bytes:
    """The project file of a plan: UTF-8, the same bytes for the same plan.

    Parameters
    ----------
    plan : the plans of a city.
    """
    outline = outline_of(plan)
    bars = _bars(outline.lines)
    whole = _rolled(
        [bar for bar, line in zip(bars, outline.lines, strict=True) if not _is_head(line)]
    )
    root = ET.Element("Project", xmlns=NAMESPACE)
    _fill(root, **_head(plan, whole))
    fields = ET.SubElement(root, "ExtendedAttributes")
    for number, name, alias in FIELDS:
        _add(fields, "ExtendedAttribute", FieldID=number, FieldName=name, Alias=alias)
    _calendars(root, outline.means, whole)
    tasks = ET.SubElement(root, "Tasks")
    _whole(tasks, report.title_text(plan), whole)
    for place, numbers in enumerate(_numbers(outline.lines)):
        _task(tasks, outline, place, numbers, bars[place])
    _resources(root, outline.means)
    _assignments(root, outline, bars)
    ET.indent(root)
    return ET.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


# --- words of the format --------------------------------------------------------------------------
def _add(parent: ET.Element, name: str, **words: object) -> ET.Element:
    return _fill(ET.SubElement(parent, name), **words)


def _fill(element: ET.Element, **words: object) -> ET.Element:
    """The element with a child for each word, in their order; what is None is left out."""
    for name, value in words.items():
        if value is not None:
            ET.SubElement(element, name).text = _word(value)
    return element


def _word(value: object) -> str:
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"PT{minutes // 60}H{minutes % 60}M0S"
    if isinstance(value, float):
        return f"{value:g}"
    return plain_text(value)


# --- time of the lines ----------------------------------------------------------------------------
def _is_head(line: OutlineRow) -> bool:
    return line.kind == "head"


def _own(line: OutlineRow) -> Bar:
    """A line that has a time of its own; a milestone ends as it begins."""
    begin, done = datetime.combine(line.first, OPENS), line.done
    begun = begin if done else None
    if line.kind == "day":
        return Bar(begin, begin, done=done, begun=begun)
    days = days_open(line.first, line.last)
    if line.daily:
        days = (line.last - line.first).days + 1
    length = timedelta(minutes=MINUTES * days)
    works = [_part(length, units) for _, units in line.needs]
    worked = _sum(_part(work, done / 100) for work in works)
    end = datetime.combine(line.last, CLOSES)
    return Bar(begin, end, length, _sum(works), worked, done, begun)


def _part(length: timedelta, share: float) -> timedelta:
    """Whole minutes, so that parts add up in the file."""
    return timedelta(minutes=round(length.total_seconds() / 60 * share))


def _bars(lines: Sequence[OutlineRow]) -> list[Bar]:
    """The time of each line; that of a heading from the lines below it."""
    bars: list[Bar] = []
    below: list[Bar] = []
    for line in reversed(lines):
        if _is_head(line):  # all have one level
            bars.append(_rolled(below))
            below = []
        else:
            below.append(_own(line))
            bars.append(below[-1])
    return bars[::-1]


def _rolled(below: Sequence[Bar]) -> Bar:
    """A summary as MS Project calculates it: % by working time, and work that is added up.

    Its own working time is that of the open days between its first and its last moment. Where there
    are milestones alone, it is done when all of them are.
    """
    begin, end = min(bar.begin for bar in below), max(bar.end for bar in below)
    last = end.date() if end.time() == CLOSES else end.date() - months.DAY
    length = timedelta(minutes=MINUTES * days_open(begin.date(), last))
    done = 100 * all(bar.done == 100 for bar in below)
    whole = _sum(bar.length for bar in below)
    if whole:
        done = round(_sum(bar.length * bar.done for bar in below) / whole)
    work, worked = _sum(bar.work for bar in below), _sum(bar.worked for bar in below)
    begun = min((bar.begun for bar in below if bar.begun), default=None)
    return Bar(begin, end, length, work, worked, done, begun)


def _sum(times: Iterable[timedelta]) -> timedelta:
    return sum(times, timedelta())


def _span(bar: Bar) -> dict[str, object]:
    return dict(Start=bar.begin, Finish=bar.end, Duration=bar.length, DurationFormat=DAYS)


def _reached(bar: Bar) -> dict[str, object]:
    """What is done of a line and what is left, in the order of the schema."""
    gone = _part(bar.length, bar.done / 100)
    return dict(
        PercentComplete=bar.done,
        PercentWorkComplete=round(100 * (bar.worked / bar.work)) if bar.work else bar.done,
        ActualStart=bar.begun,
        ActualFinish=bar.end if bar.done == 100 else None,
        ActualDuration=gone,
        ActualWork=bar.worked,
        RemainingDuration=bar.length - gone,
        RemainingWork=bar.work - bar.worked,
    )


def _baseline(bar: Bar) -> dict[str, object]:
    return dict(Number=0, **_span(bar), EstimatedDuration=False, Work=bar.work)


# --- project and calendars ------------------------------------------------------------------------
def _head(plan: Plan, whole: Bar) -> Mapping[str, object]:
    basis = plan.city.basis
    return dict(
        SaveVersion=14,
        Title=report.title_text(plan)[:TEXT],
        Subject=report.foot(plan)[:TEXT],
        Company=f"{plan.city.pref}{plan.city.name}",
        Author="dxplan",
        CreationDate=datetime.combine(basis, OPENS),
        ScheduleFromStart=True,
        StartDate=whole.begin,
        FinishDate=whole.end,
        FYStartDate=4,
        CriticalSlackLimit=0,
        CurrencyDigits=0,
        CurrencySymbol="¥",
        CurrencyCode="JPY",
        CalendarUID=OPEN,
        DefaultStartTime=OPENS,
        DefaultFinishTime=CLOSES,
        MinutesPerDay=MINUTES,
        MinutesPerWeek=MINUTES * 5,
        DaysPerMonth=20,
        DefaultTaskType=FIXED,
        DurationFormat=DAYS,
        WorkFormat=2,
        HonorConstraints=True,
        NewTasksEffortDriven=False,
        NewTasksEstimated=False,
        FiscalYearStart=True,
        WeekStartDay=1,
        StatusDate=datetime.combine(basis, CLOSES),
        NewTasksAreManual=True,
        UpdateManuallyScheduledTasksWhenEditingLinks=False,
        KeepTaskOnNearestWorkingTimeWhenMadeAutoScheduled=True,
    )


def _calendars(root: ET.Element, means: Sequence[Means], whole: Bar) -> None:
    """Open days, all days, and for each resource one that rests on the open days."""
    calendars = ET.SubElement(root, "Calendars")
    runs = list(_closed(date(whole.begin.year, 1, 1), date(whole.end.year, 12, 31)))
    _calendar(calendars, OPEN, "開庁日", runs, range(2, 7))
    _calendar(calendars, DAILY, "毎日(閉庁日を含む)", (), range(1, 8))
    for number, mean in enumerate(means):
        _add(
            calendars,
            "Calendar",
            UID=OWN + number,
            Name=mean.name[:TEXT],
            IsBaseCalendar=False,
            BaseCalendarUID=OPEN,
        )


def _closed(first: date, last: date) -> Iterator[tuple[date, date]]:
    """Runs of weekdays on which offices are closed: holidays, and 29 December to 3 January."""
    start = None
    for k in range((last - first).days + 2):
        day = first + k * months.DAY
        off = day <= last and day.weekday() < 5 and not months.is_open(day)
        if off and start is None:
            start = day
        if start is not None and not off:
            yield start, day - months.DAY
            start = None


def _calendar(
    calendars: ET.Element, number: int, name: str, runs: Sequence[tuple[date, date]], works: range
) -> None:
    """A calendar; days off stand both as exceptions and, for older programs, as days of type 0."""
    calendar = _add(
        calendars, "Calendar", UID=number, Name=name, IsBaseCalendar=True, BaseCalendarUID=-1
    )
    days = ET.SubElement(calendar, "WeekDays")
    for kind in range(1, 8):  # 1 is Sunday
        day = _add(days, "WeekDay", DayType=kind, DayWorking=kind in works)
        if kind in works:
            times = ET.SubElement(day, "WorkingTimes")
            for begin, end in TIMES:
                _add(times, "WorkingTime", FromTime=begin, ToTime=end)
    if not runs:
        return
    for first, last in runs:
        _period(_add(days, "WeekDay", DayType=0, DayWorking=False), first, last)
    exceptions = ET.SubElement(calendar, "Exceptions")
    for first, last in runs:
        _exception(exceptions, first, last)


def _exception(parent: ET.Element, first: date, last: date) -> None:
    exception = _add(parent, "Exception", EnteredByOccurrences=False)
    _period(exception, first, last)
    year_end = months.is_year_end(first) or months.is_year_end(last)
    _fill(
        exception,
        Occurrences=(last - first).days + 1,
        Name="年末年始" if year_end else "祝日",
        Type=1,
        DayWorking=False,
    )


def _period(parent: ET.Element, first: date, last: date) -> None:
    begin, end = datetime.combine(first, time()), datetime.combine(last, time(23, 59))
    _add(parent, "TimePeriod", FromDate=begin, ToDate=end)


# --- tasks ----------------------------------------------------------------------------------------
def _whole(tasks: ET.Element, title: str, bar: Bar) -> None:
    """The project's own line, number 0."""
    task = _add(
        tasks,
        "Task",
        UID=0,
        ID=0,
        Name=title[:TEXT],
        Manual=False,
        Type=FIXED,
        IsNull=False,
        OutlineNumber="0",
        OutlineLevel=0,
        **_span(bar),
        Work=bar.work,
        Milestone=False,
        Summary=True,
        **_reached(bar),
        ConstraintType=SOON,
        CalendarUID=-1,
    )
    _add(task, "Baseline", **_baseline(bar))


def _numbers(lines: Sequence[OutlineRow]) -> Iterator[str]:
    """Outline numbers: 1, 1.1, 1.2, 2 ..."""
    count: list[int] = []
    for line in lines:
        del count[line.level :]
        if len(count) < line.level:
            count.append(0)
        count[-1] += 1
        yield ".".join(map(str, count))


def _task(tasks: ET.Element, outline: Outline, place: int, numbers: str, bar: Bar) -> None:
    line = outline.lines[place]
    head = _is_head(line)
    task = _add(
        tasks,
        "Task",
        UID=place + 1,
        ID=place + 1,
        Name=line.name[:TEXT],
        Active=True,
        Manual=not head,
        Type=FIXED,
        IsNull=False,
        WBS=numbers,
        OutlineNumber=numbers,
        OutlineLevel=line.level,
        Priority=500,
        **_span(bar),
        Work=bar.work,
        EffortDriven=False,
        Estimated=False,
        Milestone=line.kind == "day",
        Summary=head,
        **_reached(bar),
        ConstraintType=SOON if head else NO_EARLIER,
        CalendarUID=DAILY if line.daily else -1,
        ConstraintDate=None if head else bar.begin,
        IgnoreResourceCalendar=line.daily,
        Notes=line.note or None,
    )
    for before, after, lag in outline.links:
        if after == place:
            _add(
                task,
                "PredecessorLink",
                PredecessorUID=before + 1,
                Type=FINISH_TO_START,
                CrossProject=False,
                LinkLag=lag * MINUTES * 10,  # tenths of a minute
                LagFormat=DAYS,
            )
    _fields(task, line)
    _add(task, "Baseline", **_baseline(bar))
    if not head:
        _fill(task, ManualStart=bar.begin, ManualFinish=bar.end, ManualDuration=bar.length)


def _fields(task: ET.Element, line: OutlineRow) -> None:
    values = (line.steps, line.slack, *line.said)
    for (number, _, _), value in zip(FIELDS, values, strict=True):
        if value in (None, ""):
            continue
        word = round(value, 1) if isinstance(value, float) else str(value)[:TEXT]
        _add(task, "ExtendedAttribute", FieldID=number, Value=word)


# --- resources and assignments --------------------------------------------------------------------
def _resources(root: ET.Element, means: Sequence[Means]) -> None:
    resources = ET.SubElement(root, "Resources")
    for number, mean in enumerate(means):
        _add(
            resources,
            "Resource",
            UID=number + 1,
            ID=number + 1,
            Name=mean.name[:TEXT],
            Type=WORK,
            IsNull=False,
            Group=mean.group,
            MaxUnits=mean.most,
            CanLevel=False,
            AccrueAt=3,
            CalendarUID=OWN + number,
            Notes=f"{UNITS}。最大は{labels.number_text(mean.most)}人分。",
            IsGeneric=True,
        )


def _assignments(root: ET.Element, outline: Outline, bars: Sequence[Bar]) -> None:
    number = {mean.name: place for place, mean in enumerate(outline.means, 1)}
    assignments = ET.SubElement(root, "Assignments")
    for task, (line, bar) in enumerate(zip(outline.lines, bars, strict=True), 1):
        for name, units in line.needs:
            work = _part(bar.length, units)
            worked = _part(work, bar.done / 100)
            assignment = _add(
                assignments,
                "Assignment",
                UID=len(assignments) + 1,
                TaskUID=task,
                ResourceUID=number[name],
                PercentWorkComplete=bar.done,
                ActualFinish=bar.end if bar.done == 100 else None,
                ActualStart=bar.begun,
                ActualWork=worked,
                Finish=bar.end,
                RegularWork=work,
                RemainingWork=work - worked,
                Start=bar.begin,
                Units=float(units),
                Work=work,
                WorkContour=0,
            )
            _add(assignment, "Baseline", Number=0, Start=bar.begin, Finish=bar.end, Work=work)
