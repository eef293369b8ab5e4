"""The lots of a municipality (移行ロット): systems that move together, by one contract, on one night.

By default systems that are pending together and whose step counts chain without a jump of more than one step make a
lot; tied businesses (戸籍 with its 附票, 住基 with 印鑑 and 選挙, the four taxes) come together in the lot that holds
most of them. 共通機能 joins the lot with 住民基本台帳, else the largest one, else is a lot of its own. A params file
names lots, merges and splits them, and says what is known of each.

Source: the rule recovers the waves that 豊島区 and 豊橋市 announced; ``data/state_rules.csv``, ``data/businesses.csv``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType

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
    offer : the day from which the vendor has offered to go live (a date), where it is known; its note says how sure.
    planned : the go-live day that the municipality itself has set, where it has.
    reason : why it is late, in the words of the official list, or "".
    done : names of the work items of its block that are done.
    longer : word of a work item of its block -> weeks by which it takes longer than the template says.
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
        return int(min((s.steps.value for s in self.systems if s.steps), default=0))

    @property
    def title(self) -> str:
        """Its name and its systems in a few words: ロット1(住民基本台帳ほか10業務と共通機能)."""
        names = [business for business in self.businesses if business != COMMON]
        inner = f"{names[0]}ほか{len(names) - 1}業務" if len(names) > 1 else "".join(names)
        if COMMON in self.businesses:
            inner = f"{inner}と{COMMON}" if names else COMMON
        return f"{self.name}({inner})"


def lots_of(systems: Sequence[System], said: Mapping[str, Mapping[str, object]]) -> tuple[Lot, ...]:
    """The lots of the pending systems: those of a params file first, then the default ones, the largest first.

    Parameters
    ----------
    systems : the 20 businesses and 共通機能.
    said : name of a lot -> what a params file says of it.
    """
    pending = {s.business: s for s in systems if s.pending}
    common = pending.get(COMMON)
    named: dict[str, list[System]] = {}
    for name, words in said.items():
        members = [
            pending[business] for business in words.get("systems", ()) if business in pending
        ]
        if members:
            named[name] = members
    taken = {s.business for members in named.values() for s in members}
    # grouped before the named ones are taken out: naming one lot leaves the others as they were
    default = _default_groups(s for s in pending.values() if s is not common)
    groups = [
        rest for members in default if (rest := [s for s in members if s.business not in taken])
    ]
    if common and COMMON not in taken:
        _place_common(common, named, groups)
    groups.sort(key=lambda members: (-len(members), min(s.no for s in members)))
    found = [_lot(name, members, said[name]) for name, members in named.items()]
    free = (name for k in range(1, 99) if (name := f"ロット{k}") not in named)
    return (
        *found,
        *(_lot(name, members, said.get(name, {})) for name, members in zip(free, groups)),
    )


def _lot(name: str, members: Iterable[System], said: Mapping[str, object]) -> Lot:
    lot = Lot(name, tuple(sorted(members, key=lambda s: s.no)))
    signed = lot.steps >= load_rules()["contract_steps"].value
    known = {key: value for key, value in said.items() if key != "systems"}
    return replace(lot, **{"contracted": signed, "presumed": "contracted" not in known, **known})


def _default_groups(pending: Iterable[System]) -> list[list[System]]:
    members = list(pending)
    flagged = _chained([s for s in members if s.late])
    others = _chained([s for s in members if not s.late])
    return _tied([*flagged, *others])


def _chained(members: list[System]) -> list[list[System]]:
    """Runs of systems whose sorted step counts have no jump above the rule's."""
    jump = load_rules()["lot_jump"].value
    runs: list[list[System]] = []
    for system in sorted(members, key=lambda s: (s.steps.value, s.no)):
        if runs and system.steps.value - runs[-1][-1].steps.value <= jump:
            runs[-1].append(system)
        else:
            runs.append([system])
    return runs


def _tied(runs: list[list[System]]) -> list[list[System]]:
    """The runs with each tied group in one of them: only its members move, to where most of them are."""
    ties = {business: row.tie for business, row in load_businesses().items()}
    for tie in dict.fromkeys(filter(None, ties.values())):
        counts = [sum(ties[s.business] == tie for s in run) for run in runs]
        if sum(count > 0 for count in counts) < 2:
            continue
        home = max(range(len(runs)), key=lambda k: (counts[k], len(runs[k]), -k))
        for k, run in enumerate(runs):
            if k != home:
                runs[home] += [s for s in run if ties[s.business] == tie]
                runs[k] = [s for s in run if ties[s.business] != tie]
    return [run for run in runs if run]


def _place_common(
    common: System, named: Mapping[str, list[System]], groups: list[list[System]]
) -> None:
    """共通機能 goes with 住民基本台帳, else with the largest lot, else alone."""
    runs = [*named.values(), *groups]
    register = [run for run in runs if any(s.business == REGISTER for s in run)]
    late = [run for run in runs if any(s.late or s.state.where != TRIED for s in run)]
    if register:
        register[0].append(common)
    elif late:
        max(late, key=lambda run: (len(run), -min(s.no for s in run))).append(common)
    else:
        groups.append([common])
