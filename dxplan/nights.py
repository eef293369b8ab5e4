"""What falls together: cutovers of several municipalities, by quarter and in the same night.

A cutover is a dict: `code` (of the city), `quarter` (in words), `night` (its first day, ISO, which
is not told) and `systems` (count).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

PARTS = {"code": str, "quarter": str, "night": str, "systems": int}
Cutover = Mapping[str, Any]  # PARTS


@dataclass
class Crowd:
    """What falls together in a quarter: cities, lots, systems, and both by night."""

    quarter: str
    lots: int = 0
    systems: Counter[str] = field(default_factory=Counter)
    nights: Mapping[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, cutover: Cutover) -> None:
        """Count one cutover."""
        self.lots += 1
        self.systems[cutover["night"]] += cutover["systems"]
        self.nights[cutover["night"]].add(cutover["code"])

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


def crowds(cutovers: Iterable[Cutover]) -> list[Crowd]:
    """What falls together in each quarter, in order."""
    found: dict[str, Crowd] = {}
    for cutover in sorted(cutovers, key=lambda cutover: cutover["night"]):
        quarter = cutover["quarter"]
        found.setdefault(quarter, Crowd(quarter)).add(cutover)
    return list(found.values())
