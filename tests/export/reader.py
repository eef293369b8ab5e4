"""Reads a project file with MPXJ in a process of its own (one JVM each) and prints it as JSON."""

import glob
import json
import sys
from pathlib import Path

import jpype


def read(path):
    """Tasks, links, resources, assignments and calendars of a file as MPXJ understands them."""
    project = jpype.JClass("org.mpxj.mspdi.MSPDIReader")().read(path)
    tasks = [task for task in project.getTasks()]
    return {
        "tasks": [_task(task) for task in tasks],
        "resources": [_resource(one) for one in project.getResources()],
        "assignments": [_assignment(one) for one in project.getResourceAssignments()],
        "calendars": {
            str(one.getName()): _calendar(one)
            for one in project.getCalendars()
            if one.getParent() is None
        },
        "wrong": [str(fault) for fault in project.getIgnoredErrors()],
        "title": str(project.getProjectProperties().getProjectTitle()),
        "minutes": int(project.getProjectProperties().getMinutesPerDay()),
    }


def _minutes(length):
    unit = jpype.JClass("org.mpxj.TimeUnit").MINUTES
    return (
        None
        if length is None
        else round(float(length.convertUnits(unit, length_properties()).getDuration()), 3)
    )


def length_properties():
    """Properties under which a day has as many minutes as in the file."""
    made = jpype.JClass("org.mpxj.ProjectFile")().getProjectProperties()
    made.setMinutesPerDay(jpype.JClass("java.lang.Integer")(465))
    return made


def _task(task):
    links = [
        {
            "before": int(link.getPredecessorTask().getUniqueID()),
            "type": str(link.getType()),
            "lag": _minutes(link.getLag()),
        }
        for link in task.getPredecessors()
    ]
    parent = task.getParentTask()
    return {
        "uid": int(task.getUniqueID()),
        "name": str(task.getName()),
        "level": int(task.getOutlineLevel()),
        "start": str(task.getStart()),
        "finish": str(task.getFinish()),
        "length": _minutes(task.getDuration()),
        "parent": None if parent is None else int(parent.getUniqueID()),
        "milestone": bool(task.getMilestone()),
        "head": bool(task.getSummary()),
        "done": float(task.getPercentageComplete()),
        "manual": str(task.getTaskMode()) == "MANUALLY_SCHEDULED",
        "constraint": str(task.getConstraintType()),
        "constrained": str(task.getConstraintDate()),
        "links": links,
        "baseline": [
            str(task.getBaselineStart()),
            str(task.getBaselineFinish()),
            _minutes(task.getBaselineDuration()),
            _minutes(task.getBaselineWork()),
        ],
        "calendar": None if task.getCalendar() is None else str(task.getCalendar().getName()),
        "work": _minutes(task.getWork()),
        "worked": float(task.getPercentageWorkComplete()),
        "begun": None if task.getActualStart() is None else str(task.getActualStart()),
        "ended": None if task.getActualFinish() is None else str(task.getActualFinish()),
        "gone": [_minutes(task.getActualDuration()), _minutes(task.getActualWork())],
        "left": [_minutes(task.getRemainingDuration()), _minutes(task.getRemainingWork())],
        "steps": _number(task, 1),
        "slack": _number(task, 2),
        "said": [str(task.getText(place) or "") for place in range(1, 5)],
        "note": str(task.getNotes() or ""),
        "counted": _counted(task),
    }


def _number(task, place):
    return None if task.getNumber(place) is None else float(task.getNumber(place))


def _counted(task):
    """Minutes of working time between start and finish, as MPXJ's own calendar counts them."""
    return _minutes(
        task.getEffectiveCalendar().getWork(
            task.getStart(), task.getFinish(), jpype.JClass("org.mpxj.TimeUnit").MINUTES
        )
    )


def _resource(one):
    return {
        "uid": int(one.getUniqueID()),
        "name": str(one.getName()),
        "group": str(one.getGroup()),
        "most": float(one.getMaxUnits()),
        "calendar": str(one.getCalendar().getParent().getName()),
    }


def _assignment(one):
    return {
        "task": int(one.getTaskUniqueID()),
        "resource": str(one.getResource().getName()),
        "units": float(one.getUnits()),
        "work": _minutes(one.getWork()),
        "done": float(one.getPercentageWorkComplete()),
        "gone": _minutes(one.getActualWork()),
        "left": _minutes(one.getRemainingWork()),
        "start": str(one.getStart()),
        "finish": str(one.getFinish()),
    }


def _calendar(one):
    """Days of 2026 to 2032 on which nobody works."""
    day, free = jpype.JClass("java.time.LocalDate").of(2026, 1, 1), []
    while day.getYear() < 2032:
        if not one.isWorkingDate(day):
            free.append(str(day))
        day = day.plusDays(1)
    return free


if __name__ == "__main__":
    import mpxj

    jars = glob.glob(str(Path(mpxj.__file__).parent / "lib" / "*.jar"))
    jpype.startJVM("--enable-native-access=ALL-UNNAMED", classpath=jars, convertStrings=False)
    print(json.dumps([read(path) for path in sys.argv[1:]]))
