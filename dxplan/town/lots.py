"""The lots of a municipality (移行ロット): systems that move together, by one contract, on one night.

By default systems that are pending together and whose step counts chain without a jump of more than
one step make a lot; tied businesses (戸籍 with its 附票, 住基 with 印鑑 and 選挙, the four taxes) come
together in the lot that holds most of them. 共通機能 joins the lot with 住民基本台帳, else the largest
one, else is a lot of its own. A params file names lots, merges and splits them, and says what is
known of each.

Source: the rule recovers the waves that 豊島区 and 豊橋市 announced; ``data/state_rules.csv``,
``data/businesses.csv``.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from math import inf
from types import MappingProxyType

from dxplan.facts.nodes import Entry
from dxplan.facts.params import Value
from dxplan.town.defaults import load_businesses
from dxplan.town.systems import COMMON, TRIED, System, load_rules

REGISTER = "住民基本台帳"


@dataclass(frozen=True)
class Lot:
    """Systems of one municipality that move together.

    Attributes
    ----------
    name : of the params file, else ロット1, ロット2 ... by size.
    systems : its members, in the order of their numbers.
    vendor : its name where it is known, else "".
    contracted : whether its contract is signed; ``presumed`` from the steps where nobody has said.
    contract_end : the last day of the contract for the systems in use, where it is known.
    offer : the day from which the vendor has offered to go live (a date), where it is known; its
        note says how sure.
    planned : the go-live day that the municipality itself has set, where it has.
    reason : why it is late, in the words of the official list, or "".
    done : names of the work items of its block that are done.
    longer : word of a work item of its block -> weeks beyond those of the template.
    rehearsals : how many are wanted; 0 leaves it to the rule.
    nights : lots with which it may share its night though a section has to do both.
    origin : of what a params file says; None where the lot is the default.
    """

    name: str
    systems: tuple[System, ...]
    vendor: str = ""
    contracted: bool = False
    presumed: bool = True
    contract_end: date | None = None
    offer: Value | None = None
    planned: date | None = None
    reason: str = ""
    done: tuple[str, ...] = ()
    longer: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    rehearsals: int = 0
    nights: tuple[str, ...] = ()
    origin: Value | None = None

    @property
    def businesses(self) -> tuple[str, ...]:
        """Names of its systems."""
        return tuple(s.business for s in self.systems)

    @property
    def sections(self) -> tuple[str, ...]:
        """The sections that run its systems, each once."""
        return tuple(dict.fromkeys(s.section for s in self.systems))

    @property
    def steps(self) -> int:
        """Steps done (0 to 40) of its lowest system; 0 where none is published."""
        return int(min((s.done for s in self.systems if s.steps), default=0))

    @property
    def title(self) -> str:
        """Its name and its systems in a few words: ロット1(住民基本台帳ほか10業務と共通機能)."""
        names = [business for business in self.businesses if business != COMMON]
        inner = "".join(names)
        if len(names) > 1:
            inner = f"{names[0]}ほか{len(names) - 1}業務"
        if COMMON in self.businesses:
            inner = f"{inner}と{COMMON}" if names else COMMON
        return f"{self.name}({inner})"


def lots_of(systems: Sequence[System], said: Mapping[str, Entry]) -> tuple[Lot, ...]:
    """The lots of the pending systems: those of a params file, then the others, the largest first.

    Parameters
    ----------
    systems : the 20 businesses and 共通機能.
    said : name of a lot -> what a params file says of it.
    """
    pending = {s.business: s for s in systems if s.pending}
    named: dict[str, list[System]] = {}
    taken: set[str] = set()
    for name, words in said.items():
        businesses = words.get("systems", ())
        members = [pending[business] for business in businesses if business in pending]
        if members:
            named[name] = members
            taken.update(businesses)
    common = pending.pop(COMMON, None)
    groups = _default_groups(pending.values(), taken)
    if common and COMMON not in taken:
        _place_common(common, named, groups)
    lots = [_lot(name, members, said[name]) for name, members in named.items()]
    number = 0
    for members in sorted(groups, key=lambda group: (-len(group), _first_no(group))):
        number += 1
        while f"ロット{number}" in named:
            number += 1
        name = f"ロット{number}"
        lots.append(_lot(name, members, said.get(name, {})))
    return tuple(lots)


def _first_no(members: Iterable[System]) -> int:
    return min(system.no for system in members)


def _lot(name: str, members: Iterable[System], said: Entry) -> Lot:
    lot = Lot(name, tuple(sorted(members, key=lambda s: s.no)))
    signed = lot.steps >= load_rules()["contract_steps"].value
    words = {"contracted": signed, "presumed": "contracted" not in said, **said}
    words.pop("systems", None)  # those that still have to move are its members
    return replace(lot, **words)


def _default_groups(pending: Iterable[System], taken: Container[str]) -> list[list[System]]:
    """The lots of the rule without the systems that are in a named one."""
    flagged, others = [], []
    for system in pending:
        if system.late:
            flagged.append(system)
        else:
            others.append(system)
    groups = []
    # grouped before the named ones are taken out: naming one lot leaves the others as they were
    for members in _tied(_chained(flagged) + _chained(others)):
        rest = [s for s in members if s.business not in taken]
        if rest:
            groups.append(rest)
    return groups


def _chained(members: list[System]) -> list[list[System]]:
    """Runs of systems whose sorted step counts have no jump above the rule's."""
    jump = load_rules()["lot_jump"].value
    runs: list[list[System]] = []
    last = -inf
    for system in sorted(members, key=lambda s: (s.done, s.no)):
        if system.done - last > jump:
            runs.append([])
        runs[-1].append(system)
        last = system.done
    return runs


def _tied(runs: list[list[System]]) -> list[list[System]]:
    """The runs with each tied group in one: only its members move, to where most of them are."""
    ties = dict.fromkeys(business.tie for business in load_businesses().values() if business.tie)
    for tie in ties:
        home = max(runs, key=lambda run: (len(_of_tie(run, tie)), len(run)), default=[])
        for run in runs:
            if run is home:
                continue
            for system in _of_tie(run, tie):
                run.remove(system)
                home.append(system)
    return runs


def _of_tie(run: Iterable[System], tie: str) -> list[System]:
    return [system for system in run if load_businesses()[system.business].tie == tie]


def _place_common(
    common: System, named: Mapping[str, list[System]], groups: list[list[System]]
) -> None:
    """共通機能 goes with 住民基本台帳, else with the largest lot, else alone."""
    late = []
    for run in (*named.values(), *groups):
        for system in run:
            if system.business == REGISTER:
                run.append(common)
                return
        # a lot of which a trial alone says that it has not moved draws nothing after it
        if any(system.late or system.state.where != TRIED for system in run):
            late.append(run)
    if late:
        max(late, key=lambda run: (len(run), -_first_no(run))).append(common)
    else:
        groups.append([common])
