"""What the rows of one file say together: one answer for each place of a city.

A row of a list is one answer; what rows of systems say of their lots are answers of the lots. Two
cells of a file that say different things of one place are a fault, named with both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from dxplan.hearing.answers import WHOLE, Answer, Base, Cell, Hearing, Spoken, Unknown
from dxplan.hearing.asked import INITIATIVES, LISTS, NEW, Blank, asked_names, load_asked
from dxplan.hearing.typed import Word
from dxplan.town.variant import Place, Said

COMING = ("offered", "planned")  # days of a lot that are still to come
NEW_ROW = re.compile(f"{NEW}[0-9]+")
LOT = "lot"  # of a system: the name of the lot in which it moves
NEEDED = {  # of a new row of a list
    "elections": ("name", "day"),
    "engagements": ("form", "people", "from", "until"),
    "procedures": ("name",),
    INITIATIVES: ("name", "like"),
    "lacks": ("lot", "function"),
    "wants": ("lot", "what"),
}
NO_LOT = (
    "「{}」は移行ロットに入っていないので、ロットについての回答は使いませんでした。"
    "これから移行するのなら、ロットの名も書いてください。"
)


class Origin(NamedTuple):
    """Where the answers of a row come from."""

    as_of: date
    source: str
    grade: str
    note: str


@dataclass(frozen=True)
class Filled:
    """A cell that holds an answer: the row's number, what was asked, and what was said."""

    id: str
    blank: Blank
    said: Spoken | Word
    at: Cell
    origin: Origin

    @property
    def place(self) -> Place:
        """The place of the answer."""
        return self.blank.place

    @property
    def moves(self) -> bool:
        """Whether it says in which lot a system moves."""
        return _moves(self.place)

    def answer(self, place: Place, value: Spoken) -> Answer:
        """An answer of this cell's origin."""
        origin = self.origin
        unit = self.blank.spec.unit if value is not None and place.name != WHOLE else ""
        return Answer(
            place, value, unit, origin.as_of, origin.source, origin.grade, origin.note, self.at
        )


def _moves(place: Place) -> bool:
    return (place.part, place.name) == ("systems", LOT)


Blanks = Mapping[str, Mapping[str, Blank]]


def gathered(
    file: str,
    base: Base,
    blanks: Blanks,
    filled: Sequence[Filled],
    asides: Sequence[str],
    faults: list[str],
) -> Hearing:
    """The answers of a file.

    Parameters
    ----------
    file : its name.
    base, blanks : what it was made from: number of a row -> column -> cell.
    filled : its cells with an answer.
    asides : sentences on the file.
    faults : to which those of this file are added.
    """
    lots = _lots_said(blanks, filled)
    names = _own_names(filled, faults)
    notes, answers, unknown = list(asides), [], []
    for cell in filled:
        place = cell.place
        if place.part == "lots":
            moved = _moved(cell, lots, notes)
            if moved is None:
                continue
            place = moved
        if cell.id in names:
            place = replace(place, entry=names[cell.id])
            if place.name == "name" or not place.entry:
                continue
        if isinstance(cell.said, Word):
            origin = cell.origin
            unknown.append(Unknown(place, origin.as_of, origin.source, origin.note, cell.at))
            continue
        wrong = _impossible(cell, base.basis)
        if wrong:
            faults.append(f"{cell.at} {wrong}")
        elif place.part not in LISTS and not cell.moves:
            answers.append(cell.answer(place, cell.said))
    answers += _memberships(blanks, filled, lots)
    answers += _entries(base, filled, faults)
    values = {**base.values, **_known(base)}
    single = tuple(_agreed(answers, faults))
    return Hearing(file, replace(base, values=values), single, tuple(unknown), tuple(notes))


def _impossible(cell: Filled, basis: date) -> str:
    """Why a day cannot be: not yet come, or gone; "" where it can."""
    name = cell.place.name
    day = cell.said
    if not isinstance(day, date):
        return ""
    if name == "live_since" and day > cell.origin.as_of:
        return (
            f"稼働した日({day})が、いつの値({cell.origin.as_of})より後です。"
            "これからの予定は、切替予定日かベンダの提示日の欄に書いてください。"
        )
    if cell.place.part == "lots" and name in COMING and day < basis:
        how = (
            "新しい日を書くか、移行が済んだのなら、状態を「稼働」として稼働した日を書いてください。"
        )
        return f"{cell.blank.spec.label}({day})が、計画の基準日({basis})より前です。{how}"
    return ""


# --- lots -----------------------------------------------------------------------------------------
class _Moves(NamedTuple):
    """The business of a row, the lot in which it moves at present, and as the row says."""

    business: str
    now: str
    said: str


def _lots_said(blanks: Blanks, filled: Sequence[Filled]) -> dict[str, _Moves]:
    """Number of a row of a system -> its lot."""
    answered = {cell.id: cell.said for cell in filled if cell.moves}
    found = {}
    for id, columns in blanks.items():
        for blank in columns.values():
            if _moves(blank.place):
                now = str(blank.now or "")
                said = answered.get(id, now)
                name = now if isinstance(said, Word) else str(said or "")
                found[id] = _Moves(blank.place.entry, now, name)
    return found


def _moved(cell: Filled, lots: Mapping[str, _Moves], notes: list[str]) -> Place | None:
    """The place of an answer on a lot; None where the row's system is in none, which is told."""
    move = lots.get(cell.id)
    if move is None:
        return cell.place
    if move.said:
        return replace(cell.place, entry=move.said)
    note = f"{cell.at}: {NO_LOT.format(move.business)}"
    if note not in notes:
        notes.append(note)
    return None


def _memberships(
    blanks: Blanks, filled: Sequence[Filled], lots: Mapping[str, _Moves]
) -> Iterator[Answer]:
    """The systems of each lot that gains or loses one; None where it loses all."""
    before, after = _members(lots, "now"), _members(lots, "said")
    for cell in filled:
        if not cell.moves or isinstance(cell.said, Word):
            continue
        move = lots[cell.id]
        for name in filter(None, (move.said, move.now)):
            if after.get(name) != before.get(name):
                before[name] = after.get(name)  # once, with the first cell that changes it
                yield cell.answer(Place("lots", name, "systems"), after.get(name))


def _members(lots: Mapping[str, _Moves], which: str) -> dict[str, tuple[str, ...] | None]:
    found: dict[str, tuple[str, ...] | None] = {}
    for move in lots.values():
        name = getattr(move, which)
        if name:
            found[name] = (*(found.get(name) or ()), move.business)
    return found


# --- own initiatives ------------------------------------------------------------------------------
def _own_names(filled: Sequence[Filled], faults: list[str]) -> dict[str, str]:
    """Number of a row of an own initiative -> its name; "" where a fault has been said."""
    rows: dict[str, list[Filled]] = {}
    for cell in filled:
        at = cell.place
        if at.part == INITIATIVES and NEW_ROW.fullmatch(at.entry):
            rows.setdefault(cell.id, []).append(cell)
    names = {}
    for id, cells in rows.items():
        entry: dict[str, Said] = {}
        for cell in cells:
            if isinstance(cell.said, str):
                entry[cell.place.name] = cell.said
        wrong = _wrong_entry(INITIATIVES, entry)
        names[id] = str(entry.get("name", ""))
        if wrong:
            names[id] = ""
            faults.append(f"{cells[0].at} {wrong}")
    return names


# --- rows of lists --------------------------------------------------------------------------------
def _known(base: Base) -> dict[Place, Spoken]:
    """The entries of lists, and the systems of the lots, that the sheet was made from."""
    rows: dict[Place, dict[str, Said]] = {}
    lots: dict[Place, tuple[str, ...]] = {}
    for place, now in base.values.items():
        if place.part in LISTS and not place.entry.startswith(NEW):
            assert not isinstance(now, (tuple, Mapping))
            rows.setdefault(Place(place.part, place.entry, WHOLE), {})[place.name] = now
        if _moves(place) and now:
            at = Place("lots", str(now), "systems")
            lots[at] = (*lots.get(at, ()), place.entry)
    return {**rows, **lots}


def _entries(base: Base, filled: Sequence[Filled], faults: list[str]) -> Iterator[Answer]:
    """One answer for each entry of a list of which something is said."""
    rows: dict[Place, list[Filled]] = {}
    for cell in filled:
        if cell.place.part in LISTS and not isinstance(cell.said, Word):
            whole = Place(cell.place.part, cell.place.entry, WHOLE)
            rows.setdefault(whole, []).append(cell)
    for place, cells in rows.items():
        first = cells[0]
        if first.said is None and first.place.name in NEEDED[place.part]:
            yield first.answer(place, None)
            continue
        entry = _entry(base, place, cells)
        wrong = _wrong_entry(place.part, entry)
        if wrong:
            faults.append(f"{first.at} {wrong}")
        else:
            yield first.answer(place, entry)


def _entry(base: Base, place: Place, cells: Sequence[Filled]) -> dict[str, Said]:
    """An entry as it stands now, with what is said of it."""
    entry: dict[str, Said] = {}
    for name in asked_names(place.part):
        now = base.values.get(replace(place, name=name))
        assert not isinstance(now, (tuple, Mapping))
        entry[name] = now
    for cell in cells:
        assert not isinstance(cell.said, (tuple, Mapping, Word))
        entry[cell.place.name] = cell.said
    return entry


def _wrong_entry(part: str, entry: Mapping[str, Said]) -> str:
    """What an entry lacks, or says that cannot be; "" where it is whole."""
    missing = [name for name in NEEDED[part] if entry.get(name) is None]
    if missing:
        heads = "・".join(load_asked()[part, name].label for name in missing)
        return f"この行には {heads} がありません。書き足してください。"
    first, last = entry.get("from"), entry.get("until")
    if isinstance(first, date) and isinstance(last, date) and last < first:
        return f"終わり({last})が始まり({first})より前です。どちらかを直してください。"
    return ""


# --- one answer a place ---------------------------------------------------------------------------
def _agreed(answers: Sequence[Answer], faults: list[str]) -> Iterator[Answer]:
    """Each place once."""
    said: dict[Place, Answer] = {}
    for answer in answers:
        other = said.setdefault(answer.place, answer)
        if other is answer:
            yield answer
        elif other.value != answer.value:
            faults.append(
                f"{answer.at} {other.at.sheet}!{other.at.cell} と違う答えです"
                f"({_text(other.value)}と{_text(answer.value)})。どちらかに揃えてください。"
            )


def _text(value: Spoken) -> str:
    return f"「{'なし' if value is None else value}」"
