"""What falls together: the cutovers of the cities of a run, by quarter and in the same night.

A notebook gives them under the key `cutovers` of its headline: a list of dicts with `code` (of the
city), `quarter` (in words), `night` (the first day, which is not told) and `systems` (count).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from dxplan.press.job import JobOutcome

KEY = "cutovers"
PARTS = {"code": str, "quarter": str, "night": str, "systems": int}


@dataclass
class Crowd:
    """What falls together in a quarter: cities, lots, systems, and both by night."""

    quarter: str
    lots: int = 0
    systems: Counter[str] = field(default_factory=Counter)
    nights: Mapping[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, row: dict) -> None:
        """Count one cutover."""
        self.lots += 1
        self.systems[row["night"]] += row["systems"]
        self.nights[row["night"]].add(row["code"])

    @property
    def counts(self) -> tuple[int, ...]:
        """Cities, lots, systems; the most cities and the most systems of one night."""
        cities: set[str] = set()
        most = 0
        for together in self.nights.values():
            cities |= together
            most = max(most, len(together))
        return (
            len(cities),
            self.lots,
            self.systems.total(),
            most,
            max(self.systems.values()),
        )


def cutover_fault(cutovers: object) -> str:
    """What is wrong with the cutovers of a headline, in one sentence; "" where nothing is."""
    rows = cutovers if isinstance(cutovers, list) else [cutovers]
    for row in rows:
        kinds = {}
        if isinstance(row, dict):
            kinds = {name: type(row.get(name)) for name in PARTS}
        if kinds != PARTS:
            return f"見出しの {KEY} が、{'・'.join(PARTS)} を持つ辞書のリストではありません。"
    return ""


def crowds(outcomes: Iterable[JobOutcome]) -> list[Crowd]:
    """What falls together in each quarter, in order; of several plans of a city the first."""
    first: dict[str, str] = {}
    rows = []
    for outcome in outcomes:
        for row in outcome.headline.get(KEY, ()):
            if first.setdefault(row["code"], outcome.slug) == outcome.slug:
                rows.append(row)
    found: dict[str, Crowd] = {}
    for row in sorted(rows, key=lambda row: row["night"]):
        found.setdefault(row["quarter"], Crowd(row["quarter"])).add(row)
    return list(found.values())
