"""How fast systems have really moved between two snapshots: steps a month from step 27 on.

A lot is what moves together: systems of one municipality with the same flag whose step counts chain
(the rule of ``town.lots``). A lot that has come to step 40 by the later day moved at least as fast.
Months from 27 to 40 follow from the middle speed: they may replace guessed durations.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from statistics import quantiles
from typing import NamedTuple

from dxplan.facts import catalog
from dxplan.facts.months import DAYS_PER_MONTH
from dxplan.refresh.keep import HISTORY
from dxplan.refresh.renewal import known_day
from dxplan.refresh.steps import STATUS, STEPS
from dxplan.refresh.tables import Tables
from dxplan.town.systems import load_rules

FIRST = 27  # the step from which the work on the new system itself begins
KEPT = re.compile(rf"{STATUS}_([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})\.csv\.gz")
SIZES = (("1業務", 1), ("2〜5業務", 5), ("6業務以上", 20))
FEWEST = 5  # lots of which quartiles are told
NONE = "時点が1つしかないため、進む速さはまだ分かりません。次の月の表を取り込むと示します。"

State = dict[tuple[str, str], tuple[int, bool]]  # (code, number) -> steps, flag


class Speed(NamedTuple):
    """A lot between two snapshots: class, systems, steps a month, whether all have come to 40."""

    class_: str
    systems: int
    speed: float
    done: bool


def load_snapshots(folder: Path) -> dict[date, State]:
    """Day -> state of every system, of the history and of today's table, by day."""
    found = {}
    for path in (folder / HISTORY).glob(f"{STATUS}_*.csv.gz"):
        kept = KEPT.fullmatch(path.name)
        if kept:
            text = gzip.decompress(path.read_bytes()).decode()
            found[date.fromisoformat(kept[1])] = _state(text)
    day = known_day(Tables(folder), STATUS, "steps_done")
    assert day
    found[day] = _state((folder / f"{STATUS}.csv").read_text(encoding="utf-8"))
    return dict(sorted(found.items()))


def _state(text: str) -> State:
    state = {}
    for row in csv.DictReader(io.StringIO(text, "")):
        flag = row["flagged_late"] == "1"
        state[row["code"], row["business_no"]] = int(row["steps_done"]), flag
    return state


def speeds(before: State, after: State, months: float) -> list[Speed]:
    """The lots that stood between step 27 and 39 on the earlier day."""
    classes = {town.code: town.class_ for town in catalog.load_municipalities()}
    groups: dict[tuple[str, bool], list[tuple[int, str]]] = defaultdict(list)
    for (code, number), (steps, flag) in before.items():
        if FIRST <= steps < STEPS and (code, number) in after:
            groups[code, flag].append((steps, number))
    found = []
    for (code, _), members in groups.items():
        for lot in _lots(sorted(members)):
            moved = [after[code, number][0] for _, number in lot]
            gained = sum(moved) - sum(steps for steps, _ in lot)
            speed = gained / len(lot) / months
            found.append(Speed(classes.get(code, ""), len(lot), speed, min(moved) == STEPS))
    return found


def _lots(members: list[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    """Runs of sorted step counts without a jump above the rule's."""
    jump = load_rules()["lot_jump"].value
    run = members[:1]
    for member in members[1:]:
        if member[0] - run[-1][0] > jump:
            yield run
            run = []
        run.append(member)
    yield run


def speed_lines(folder: Path) -> Iterator[str]:
    """The speeds between snapshots that follow one another, by class and by size of lot."""
    snapshots = [*load_snapshots(folder).items()]
    if len(snapshots) < 2:
        yield NONE
    for (first, before), (last, after) in zip(snapshots, snapshots[1:], strict=False):
        months = (last - first).days / DAYS_PER_MONTH
        found = speeds(before, after, months)
        yield f"{first} から {last} まで({months:.1f}か月)に、{FIRST}ステップ以上だったロットが進んだ速さ"
        for class_ in dict.fromkeys(town.class_ for town in catalog.load_municipalities()):
            yield _line(class_, [one for one in found if one.class_ == class_])
        least = 1
        for words, most in SIZES:
            yield _line(f"{words}のロット", [one for one in found if least <= one.systems <= most])
            least = most + 1


def _line(words: str, found: list[Speed]) -> str:
    if len(found) < FEWEST:
        return f"  {words}: ロット{len(found)}(少なくて言えません)"
    low, middle, high = quantiles([one.speed for one in found], n=4, method="inclusive")
    done = sum(one.done for one in found)
    text = (
        f"  {words}: ロット{len(found):,}、月に{middle:.2f}ステップ(四分位 {low:.2f}〜{high:.2f})、"
        f"40に達したロット{done:,}"
    )
    if middle > 0:
        text += f"、{FIRST}から{STEPS}まで約{(STEPS - FIRST) / middle:.1f}か月"
    return text
