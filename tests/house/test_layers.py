"""The import law: data flows one way. A new file of the package is given its place here first."""

import ast
from functools import cache

from rooms import modules

FLOOR1 = {
    "facts",
    "facts.months",
    "facts.letters",
    "facts.nodes",
    "facts.texts",
    "facts.columns",
    "facts.params",
    "facts.catalog",
    "facts.ages",
    "facts.entry",
    "facts.kinds",
}
FLOOR2 = {
    "town",
    "town.defaults",
    "town.systems",
    "town.lots",
    "town.places",
    "town.finder",
    "town.folder",
    "town.layers",
    "town.age",
    "town.edition",
    "town.splice",
    "town.city",
    "town.cities",
    "town.draft",
    "town.variant",
    "town.questions",
    "town.initiatives",
}
CITY = {  # what a city is made of
    "town.finder",
    "town.folder",
    "town.defaults",
    "town.systems",
    "town.lots",
    "town.layers",
    "town.age",
    "town.edition",
    "town.places",
}
# how files are named and written, how processes end, how cutovers are summed (an index of the press
# and a table of the tower say the same): every room may import them, also the press
EVERYBODY = {"files", "processes", "nights"}
BELOW = {  # floors 1 and 2: each file and all it may import
    "dxplan": set(),
    "files": set(),
    "processes": set(),
    "nights": set(),
    "facts.months": set(),
    "progress": set(),
    "facts": set(),
    "town": set(),
    "solve": set(),
    "facts.letters": set(),
    "facts.kinds": {"facts.months"},
    "facts.nodes": {"facts.letters", "facts.kinds"},
    "facts.columns": {"facts.letters", "facts.kinds"},
    "facts.texts": {"facts.letters", "facts.nodes"},
    "facts.params": {"facts.letters", "facts.kinds", "facts.nodes", "facts.texts"},
    "facts.catalog": {"facts.months", "facts.columns", "facts.letters"},
    "facts.ages": {"facts.catalog", "facts.columns", "facts.letters", "facts.months"},
    "town.finder": FLOOR1,
    "town.folder": FLOOR1 | {"town.finder"},
    "town.defaults": FLOOR1,
    "town.systems": FLOOR1,
    "town.places": FLOOR1 | {"town.defaults"},
    "town.lots": FLOOR1 | {"town.defaults", "town.systems"},
    "town.layers": FLOOR1 | {"town.defaults", "town.systems", "town.lots"},
    "town.age": FLOOR1,
    "town.edition": FLOOR1,
    "town.city": FLOOR1 | CITY,
    "town.cities": FLOOR1 | CITY | {"town.city"},
    "town.draft": FLOOR1 | CITY | {"town.city"},
    "town.splice": FLOOR1,
    "facts.entry": FLOOR1,
    "bring": set(),
    "bring.archive": set(),
    "bring.cells": {"bring.archive"},
    "town.variant": FLOOR1 | CITY | {"town.city", "town.draft", "town.initiatives"},
    "town.initiatives": FLOOR1 | CITY | {"town.city"},
    "town.questions": FLOOR1 | CITY | {"town.city", "town.variant"},
}
TOPICS = {  # floor 3: topic -> its files; a topic never imports another, but for the order below
    "pmo": {
        "plan.pmo",
        "plan.work",
        "plan.block",
        "plan.column",
        "plan.sample",
        "plan.chain",
        "plan.timetable",
        "plan.why",
        "plan.sittings",
    },
    "staffing": {"plan.staffing", "plan.people", "plan.pools", "plan.roster"},
    "training": {"plan.training", "plan.course", "plan.intake", "plan.diary"},
    "budget": {"plan.budget", "plan.costs", "plan.funds", "plan.requests", "plan.operation"},
    "parts": {"plan.parts"},
    "burden": {"plan.burden"},
    "worth": {"plan.worth"},
    "peers": {"plan.peers"},
    "effects": {"plan.effects"},
    "portfolio": {
        "plan.rates",
        "plan.blocks",
        "plan.selection",
        "plan.relaxed",
        "plan.portfolio",
        "plan.choice",
    },
    "whole": {"plan.whole", "plan.again"},
    "diagnosis": {"plan.diagnosis"},
    "risk": {
        "plan.risk",
        "plan.events",
        "plan.exposure",
        "plan.shortage",
        "plan.selfcheck",
        "plan.downside",
    },
    "progress": {"plan.progress"},
    "pool": {"plan.pool"},
    "governance": {
        "plan.governance",
        "plan.register",
        "plan.concerns",
        "plan.rating",
        "plan.meetings",
    },
}
CORE = {
    "solve",
    "solve.arrays",
    "solve.outcome",
    "solve.linear",
    "solve.search",
}  # they know problems, not municipalities
BEFORE = {
    "staffing": {"pmo"},
    "training": {"pmo", "staffing"},
    "portfolio": {"pmo", "staffing"},
    "budget": {"pmo", "staffing", "training", "portfolio"},
    "parts": {"pmo", "staffing", "training", "budget", "portfolio"},
    "governance": {"pmo", "staffing", "training", "budget", "parts"},
    "burden": {"pmo", "staffing", "training", "budget", "parts"},
    "risk": {"pmo", "staffing", "training", "budget", "parts"},
    "worth": {"pmo", "staffing", "training", "budget", "parts"},
    "effects": {"staffing", "portfolio", "training", "parts", "peers"},
    "whole": {
        "pmo",
        "staffing",
        "training",
        "budget",
        "parts",
        "governance",
        "burden",
        "effects",
        "peers",
        "portfolio",
        "risk",
        "worth",
    },
}
LAST = ("diagnosis", "progress", "pool")  # the rest stand on the whole
STYLE = {f"show.{name}" for name in "style svg labels headings sentences charts axes lanes".split()}
SAID = {"show.state"}  # where the municipality stands: every topic of show/ may say it
# the report joins the topics on one page, the shelf names them all; no topic imports them
# each rests on those before it
JOINED = "particular charter front together council report shelf"
JOINS = tuple(f"show.{name}" for name in JOINED.split())
HEARD = ("bring", "export", "hearing", "plan", "show")
ANYTHING = {"cli", "__main__", "door"}
# where the tower and the press meet: municipalities become jobs, and a page goes with its files
MEETING = {
    "reports": FLOOR1 | FLOOR2,
    "exporter": FLOOR1 | FLOOR2 | {"reports"},
    "bundles": FLOOR1
    | FLOOR2
    | {"reports"}
    | {name for name in modules() if name.split(".")[0] in ("plan", "show", "export", "papers")},
}
HOMES = {  # a library has one home
    "matplotlib": ("show",),
    "ortools": ("plan", "solve"),
    "highspy": ("solve",),
    "numba": ("plan", "solve"),
    "papermill": ("press",),
    "nbconvert": ("press",),
    "nbclient": ("press",),
    "nbformat": ("press",),
    "distributed": ("press",),
    "sqlite3": ("press",),
    "jinja2": ("press",),
    "ruamel": ("bring", "facts", "town", "hearing"),  # a file that was there keeps its comments
    "holidays": ("facts",),
    "ipywidgets": ("widgets", "workshop"),
    "anywidget": ("widgets",),
    "tqdm": ("progress",),
    "argparse": ("cli",),
    "xlsxwriter": ("export", "hearing"),
    "python_calamine": ("bring",),
    "icalendar": ("export",),
    "docx": ("export",),
    "pptx": ("export",),
    "lxml": (),  # comes with the two
    "voila": ("workshop",),
}


def imported(name, tree):
    """What a module imports, also in its functions: modules of dxplan, other top-level names."""
    own, other = set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} {node.lineno}: import by the full name"
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        for full in names:
            below = full.removeprefix("dxplan.")
            if full.split(".")[0] != "dxplan":
                other.add(full.split(".")[0])
            elif (
                below in modules()
                and below != "dxplan"
                and isinstance(node, (ast.Import, ast.ImportFrom))
            ):
                own.add(below)
    packages = {
        "facts",
        "town",
        "solve",
        "plan",
        "show",
        "export",
        "papers",
        "press",
        "press.warm",
        "press.country",
        "bring",
        "refresh",
        "hearing",
        "cli",
        "widgets",
        "workshop",
    }  # naming a file of a folder also names the folder
    return own - packages, other


@cache
def imports():
    """Module -> (modules of dxplan, other top-level names) that it imports."""
    return {name: imported(name, tree) for name, tree in modules().items()}


def topic_of(name):
    return next((topic for topic, files in TOPICS.items() if name in files), None)


def allowed(name):
    """What a module may import from dxplan; an unknown module has no place yet."""
    if name in BELOW:
        return BELOW[name]
    if name.split(".")[0] in ANYTHING:
        return set(modules())
    if name in MEETING:
        return MEETING[name] | {other for other in modules() if other.split(".")[0] == "press"}
    room, floors = name.split(".")[0], FLOOR1 | FLOOR2
    if room == "solve":
        return CORE
    if room == "bring":  # files of others; knows no plan
        return FLOOR1 | FLOOR2 | {other for other in modules() if other.startswith("bring.")}
    if room == "refresh":  # official files against the tables; knows no plan
        beside = {other for other in modules() if other.split(".")[0] in ("bring", "refresh")}
        return FLOOR1 | FLOOR2 | beside
    if room == "press":
        return {other for other in modules() if other.split(".")[0] == "press"}
    if room == "plan":
        return _allowed_plan(name, floors)
    if room == "show":
        return _allowed_show(name, floors)
    if room == "export":
        below = {other for other in modules() if other.split(".")[0] in ("plan", "show", "export")}
        return floors | below
    if room == "papers":  # the plan in the words of a PMO's papers, as workbooks
        told = ("plan", "show", "export", "papers")
        return floors | CORE | {other for other in modules() if other.split(".")[0] in told}
    if room == "hearing":  # sheets go out and come back: they join cities, plans and files
        return floors | CORE | {other for other in modules() if other.split(".")[0] in HEARD}
    if room == "workshop":  # the meeting joins controls, planners and figures
        return {other for other in modules() if other.split(".")[0] not in ANYTHING}
    if room == "widgets":
        return (
            floors
            | {"show.labels"}
            | {other for other in modules() if other.split(".")[0] == "widgets"}
        )
    return None


def _allowed_show(name, floors):
    if name in STYLE:
        return FLOOR1 | STYLE
    below = floors | STYLE
    if name in SAID:
        return below
    below |= SAID | CORE | set.union(*TOPICS.values())
    if name not in JOINS:
        return below
    topics = {other for other in modules() if other.startswith("show.")} - set(JOINS)
    return below | topics | set(JOINS[: JOINS.index(name)])


def _allowed_plan(name, floors):
    if name == "plan":
        return {"door"}  # named in an annotation; it is loaded when the room is called
    topic = topic_of(name)
    if topic is None:
        return None
    before = set(TOPICS) - set(LAST) if topic in LAST else BEFORE.get(topic, set())
    return floors | CORE | TOPICS[topic] | set().union(*(TOPICS[one] for one in before))


def test_imports_go_down_only():
    wrong = []
    for name, (own, _) in imports().items():
        law = allowed(name)
        if law is None:
            wrong.append(f"dxplan/{name}: give this file its place in tests/house/test_layers.py")
        elif own - law - EVERYBODY - {name}:
            wrong.append(f"{name} may not import {sorted(own - law - EVERYBODY - {name})}")
    assert not wrong


def test_no_module_reaches_itself():
    graph = {name: own - {name} for name, (own, _) in imports().items()}

    def visit(name, path):
        assert name not in path, " -> ".join((*path, name))
        if name not in done:
            for other in graph[name]:
                visit(other, (*path, name))
            done.add(name)

    done = set()
    for name in graph:
        visit(name, ())


def test_a_library_has_one_home():
    guests = []
    for name, (_, other) in imports().items():
        for library in other & set(HOMES):
            if name.split(".")[0] not in HOMES[library]:
                guests.append(f"{name}: {library} belongs in {HOMES[library]}")
    assert not guests


def test_the_law_sees_imports_inside_functions():
    tree = ast.parse(
        "def f():\n    from dxplan.plan import pmo\n"
        "    import dxplan.town.city as c\n    from dxplan.cli import parser\n"
    )
    assert imported("x", tree)[0] == {"plan.pmo", "town.city", "cli.parser"}
