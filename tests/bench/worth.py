"""What the questions are worth by class, population and whether lots are left: ``make worth``.

Writes ``data/question_worth.csv`` from whole plans of cities that stand for their group, the
roadmap by the defaults: each group is told by the mean of its cities. An argument is how many
cities stand for a group.
"""

import csv
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from dxplan.facts.catalog import load_municipalities
from dxplan.files import DATA
from dxplan.plan.whole import QUICK, plan_city
from dxplan.plan.worth import MEASURES, ordered, plan_worth
from dxplan.town.city import load_city
from tests.plans import NOWHERE

END = 100_000_000  # people: no municipality is larger
SIZES = {  # classes -> population from which a size begins
    ("町", "村"): (0, 5_000, 15_000, END),
    ("一般市",): (0, 50_000, 100_000, END),
    ("特別区",): (0, 300_000, END),
    ("施行時特例市",): (0, 240_000, END),
    ("中核市",): (0, 350_000, END),
    ("指定都市",): (0, 1_000_000, END),
}
EACH = 1  # cities that stand for a group
DAY = "2026-11-29"
DIGITS = {"months": 1, "points": 1, "yen": -4}
WRITTEN = {"months": 1, "points": 1, "yen": 0}  # digits behind the point
ENDS = [f"{name}_{end}" for name in MEASURES for end in ("low", "high")]
COLUMNS = (
    *("class", "pop_min", "pop_max", "lots", "name", "kind", "rank"),
    *(*ENDS, "flips", "as_of", "source", "grade", "note"),
)


class Group(NamedTuple):
    """Municipalities of a class and size, with or without lots to move."""

    classes: tuple
    low: int
    high: int
    lots: bool


def groups():
    """Group -> codes of its municipalities, the smallest first."""
    found = {}
    for classes, sizes in SIZES.items():
        for low, high in pairwise(sizes):
            for lots in (True, False):
                found[Group(classes, low, high, lots)] = []
    for town in sorted(load_municipalities(), key=lambda town: town.population):
        lots = bool(load_city(town.code, NOWHERE).lots)
        for group, codes in found.items():
            sized = group.low <= town.population < group.high
            if town.class_ in group.classes and sized and lots == group.lots:
                codes.append(town.code)
    return {group: codes for group, codes in found.items() if codes}


def standing_for(codes, each):
    """Some of the codes, evenly from the smallest to the largest municipality.

    Near each place the one that has systems presumed to be in operation, so that the question of
    their state is put; where none has, the one in this place.
    """
    count, asked = min(each, len(codes)), [k for k, code in enumerate(codes) if presumes(code)]
    places = [(2 * k + 1) * len(codes) // (2 * count) for k in range(count)]
    near = [min(asked or [place], key=lambda k: abs(k - place)) for place in places]
    return [codes[place] for place in dict.fromkeys(near)]


def presumes(code):
    """Whether a municipality has systems that are presumed to be in operation."""
    return any(system.state.value == "presumed" for system in load_city(code, NOWHERE).systems)


def worth_of(code):
    """The questions of a municipality that move its plan, as the defaults have it."""
    plan = plan_city(load_city(code, NOWHERE), QUICK)
    return plan_worth(plan).questions


def mean_of(found):
    """The questions of some cities with the mean of their effects; one that is not asked is 0."""
    together = {}
    for questions in found:
        for question in questions:
            together.setdefault(question.name, []).append(question)
    means = []
    for same in together.values():
        effects = {}
        for name in MEASURES:
            ends = zip(*(getattr(question, name) for question in same), strict=True)
            effects[name] = tuple(round(sum(end) / len(found), DIGITS[name]) for end in ends)
        flips = any(question.flips for question in same)
        means.append(replace(same[0], flips=flips, **effects))
    return ordered(means)


def rows_of(group, codes, questions):
    """The rows of a group."""
    for rank, question in enumerate(questions, 1):
        effects = [
            f"{end:.{WRITTEN[name]}f}" for name in MEASURES for end in getattr(question, name)
        ]
        note = f"{'・'.join(codes)}の試算の平均。幅は仮定"
        where = ";".join(group.classes), group.low, group.high, int(group.lots)
        told = question.name, question.kind, rank
        yield *where, *told, *effects, int(question.flips), DAY, "design", "G", note


def main(each=EACH):
    """Rewrite data/question_worth.csv."""
    chosen = {group: standing_for(codes, each) for group, codes in groups().items()}
    codes = [code for some in chosen.values() for code in some]
    with ProcessPoolExecutor(2) as pool:
        found = dict(zip(codes, pool.map(worth_of, codes), strict=True))
    rows = []
    for group, some in chosen.items():
        questions = mean_of([found[code] for code in some])
        rows += rows_of(group, some, questions)
        print(*group.classes, group.low, group.lots, *some, len(questions))
    with (DATA / "question_worth.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([COLUMNS, *rows])


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
