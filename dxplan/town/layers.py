"""One params file laid over another, and what the two together may not say of the lots.

A variant's word is the last one: on a value, on where a system stands, on the lot in which a system
moves. What cannot be true at once is refused with the file and the line that say it, whether one
file says it or two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from dxplan.facts.letters import suggestion
from dxplan.facts.nodes import Entry
from dxplan.facts.params import Params, Value, sureness
from dxplan.files import place
from dxplan.town.defaults import Relation, in_force, load_relations, load_specs
from dxplan.town.lots import Lot
from dxplan.town.systems import System

STANDING = ("state", "live", "in_scope", "live_since")  # the words of where a system stands
SIGNED = ("設定", "リハーサル1", "連携テスト", "運用テスト")  # nobody does them before the contract
IF_MOVED = "移行が済んだのなら、systems: に state: 稼働 と live_since を書いてください。"


# --- one file over another ------------------------------------------------------------------------
def overlaid(base: Params, variant: Params) -> Params:
    """A variant, with what its base says of lots, systems and the like, if it is silent."""
    return replace(
        variant,
        lots=_merged(_without(base.lots, variant.lots, "systems"), variant.lots),
        systems=_merged(_silent(base.systems, variant.systems), variant.systems),
        sections=_merged(_without(base.sections, variant.sections, "businesses"), variant.sections),
        initiatives=_merged(base.initiatives, variant.initiatives),
        peers=variant.peers or base.peers,
    )


def _merged(base: Mapping[str, Entry], variant: Mapping[str, Entry]) -> dict[str, Entry]:
    """Entries merged word by word, each in its place; new ones stand last."""
    entries = dict(base)
    for name, entry in variant.items():
        entries[name] = {**entries.get(name, {}), **entry}
    return entries


def _without(base: Mapping[str, Entry], variant: Mapping[str, Entry], key: str) -> dict[str, Entry]:
    """The entries of the base without the members that the variant puts into others."""
    owner: dict[str, str] = {}
    for name, entry in variant.items():
        owner |= dict.fromkeys(entry.get(key, ()), name)
    entries = dict(base)
    for name, entry in base.items():
        if key in entry:
            stay = [member for member in entry[key] if owner.get(member, name) == name]
            entries[name] = {**entry, key: tuple(stay)}
    return entries


def _silent(base: Mapping[str, Entry], variant: Mapping[str, Entry]) -> dict[str, Entry]:
    """The systems of the base, silent on where those stand of which the variant speaks."""
    entries = dict(base)
    for name in base.keys() & variant.keys():
        if set(STANDING) & set(variant[name]):
            silent = {word: said for word, said in base[name].items() if word not in STANDING}
            entries[name] = silent
    return entries


# --- what cannot be true at once ------------------------------------------------------------------
def disordered(where: str, values: Mapping[str, tuple[Value, ...]]) -> Iterator[str]:
    """Sentences on values that contradict each other on some day (``data/relations.csv``).

    Parameters
    ----------
    where : the file, and the form whose values these are.
    values : dated values by the names of their parameters; a name that is not there says nothing.
    """
    for relation in load_relations():
        names = (*relation.low, relation.high)
        if not all(name in values for name in names):
            continue
        starts = {row.start for name in names for row in values[name]}
        for start in sorted(start or date.min for start in starts):
            *low, high = [in_force(values[name], start) for name in names]
            if _reversed(low, high):
                yield f"{where} {_order(relation, (*low, high))}"
                break


def undoable(
    where: str, systems: Sequence[System], values: Mapping[str, tuple[Value, ...]]
) -> Iterator[str]:
    """Sentences on a municipality that has nothing to plan, or nobody to do it.

    Parameters
    ----------
    where : the file.
    systems : the 20 businesses.
    values : dated values by the names of their parameters.
    """
    if not any(system.in_scope for system in systems):
        last = systems[-1].state.where
        how = "団体が行う業務から in_scope: false(state: 対象外)を消してください。"
        yield f"{where} systems: 対象の業務が1つもないので、計画を作れません({last}まで)。{how}"
    staff, share = max(values["dx_staff"], key=_number), max(values["dx_share"], key=_number)
    if "dx_fte" not in values and staff.number * share.number < 1:  # %: 0.01 FTE
        said = f"職員数{staff.number:g}人({staff.where})の{share.number:g}%({share.where})"
        yield (
            f"{where} 実行できない計画になります。DX・情報部門で標準化に充てられるのは、{said}で、"
            "0.01FTEに届きません。どちらかを大きくするか、充てられる人員を dx_fte に書いてください。"
        )


def _number(value: Value) -> float:
    return value.number


def _reversed(low: Sequence[Value], high: Value) -> bool:
    if isinstance(high.value, date):
        return low[0].day > high.day
    return sum(value.number for value in low) > high.number


def _order(relation: Relation, rows: Sequence[Value]) -> str:
    """What is wrong with the order of some values, each with the line where it stands."""
    wrong = "前後" if isinstance(rows[0].value, date) else "大小"
    said = []
    for row in rows:
        spec = load_specs()[row.name]
        value = row.value if isinstance(row.value, date) else f"{row.number:,.12g}{spec.suffix}"
        said.append(f"{spec.label}は{value}({row.where})")
    return (
        f"{relation.title}の{wrong}が逆です。{'、'.join(said)}です。"
        f"{relation.rule}。どちらかを直してください。"
    )


def contradictions(
    params: Params,
    systems: Iterable[System],
    lots: Sequence[Lot],
    before: Sequence[Lot],
    basis: date,
) -> list[str]:
    """Sentences on what a file (and its base) says of lots that cannot be.

    Parameters
    ----------
    params : as laid over its base.
    systems : the 20 businesses and 共通機能.
    lots : of the city that the file makes.
    before : lots of the base; a variant may still speak of one that it has dissolved.
    basis : day on which the plan is made.
    """
    stands = {s.business: s for s in systems}
    known = [lot.name for lot in (*lots, *before)]
    known += [name for name, said in params.lots.items() if "systems" in said]
    faults = []
    for name, said in params.lots.items():
        where = f"{place(params.path.parent / said['origin'].where)} {name}: "
        texts = [*_members(name, said, stands, known), *_days(said, basis)]
        texts += [*_work(said), *_nights(name, said, known)]
        faults += [where + text for text in texts]
    return faults


def _members(
    name: str, said: Entry, stands: Mapping[str, System], known: Sequence[str]
) -> Iterator[str]:
    """A lot must be one; a system of it must not be presumed to have moved."""
    if name not in known:
        there = _there(name, known) if known else "未移行のシステムがありません。"
        new = "新しいロットなら、systems: に業務を書いてください。"
        yield f"この名のロットはありません。{there}{new}"
    for business in said.get("systems", ()):
        system = stands[business]
        if system.presumed and not system.pending and not system.unsure:
            word = "稼働とみなしています" if system.live else "対象外としています"
            yield (
                f"systems の「{business}」は、公表値から{word}。"
                "まだ移行していないのなら systems: に state: 未移行 と書き、"
                "そうでなければ、このロットから外してください。"
            )


def _there(name: str, known: Sequence[str]) -> str:
    return f"{suggestion(name, known)}いまあるロットは {'・'.join(dict.fromkeys(known))} です。"


def _days(said: Entry, basis: date) -> Iterator[str]:
    """A day that is still to come; the city's own no earlier than the vendor's."""
    planned = said.get("planned")
    offered = said["offer"].value if "offer" in said else None
    before = f"が計画の基準日({basis})より前です。"
    if offered and offered < basis:
        yield f"offered({offered}){before}新しい提示日を書いてください。{IF_MOVED}"
    if planned and planned < basis:
        yield f"planned({planned}){before}新しい予定日を書いてください。{IF_MOVED}"
    if offered and planned and planned < offered:
        how = "提示日より前には稼働できません。どちらかを直してください。"
        yield f"planned({planned})が offered({offered})より前です。{how}"


def _work(said: Entry) -> Iterator[str]:
    """What is done takes no longer; what wants a contract is not done without one."""
    done = said.get("done", ())
    both = [word for word in done if word in said.get("longer", {})]
    if both:
        yield (
            f"{'・'.join(both)} が done(済んだ作業)と longer(標準より長くかかる作業)の両方にあります。"
            "どちらかから消してください。"
        )
    if said.get("contracted") is not False:
        return
    early = [word for word in done if word in SIGNED]
    if early:
        yield (
            f"contracted が false なのに、契約の後の作業({'・'.join(early)})が done にあります。"
            "どちらかを直してください。"
        )
    if sureness(said.get("offer")) == "契約":
        yield (
            "contracted が false なのに、confidence(提示の確かさ)が 契約 です。"
            "どちらかを直してください。"
        )


def _nights(name: str, said: Entry, known: Sequence[str]) -> Iterator[str]:
    """The lots with which one may share its night are others, and there."""
    for other in said.get("nights", ()):
        if other == name:
            how = "同じ夜に切り替えてよい、ほかのロットの名を書いてください。"
            yield f"nights に自分の名があります。{how}"
        elif other not in known:
            there = _there(other, known)
            yield f"nights の「{other}」というロットはありません。{there}直してください。"
