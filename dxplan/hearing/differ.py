"""What the answers of a city's sheets would change, before anything is written.

Old and new value with its source; what each answer does alone, and all together. An answer alone is
planned from the plan that is there, with the same samples (``plan/again``), and beside that plan
made again the same way, so that what is told is the answer and not the search. All together are the
plan that the written file gives: the city is read from the text that would be written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from dxplan.facts.months import DAYS_PER_MONTH
from dxplan.facts.nodes import ParamError
from dxplan.facts.texts import load_text
from dxplan.files import params_folder, place
from dxplan.hearing.accept import (
    ENTRIES,
    ORIGIN,
    asked_days,
    base_row,
    build_text,
    now_at,
    own_origins,
    params_path,
    place_id,
    place_label,
    row_number,
)
from dxplan.hearing.answers import Answer, Base, Cell, Hearing, Row, Spoken, Unknown
from dxplan.hearing.asked import INITIATIVES, LISTS
from dxplan.hearing.doubts import Asked, Takes, sorted_answers, value_text
from dxplan.hearing.topics import LIMITS
from dxplan.plan.again import plan_again, plan_parts
from dxplan.plan.budget import plan_budget
from dxplan.plan.portfolio import Portfolio
from dxplan.plan.staffing import plan_staffing
from dxplan.plan.whole import Plan, plan_city
from dxplan.plan.worth import NOISE
from dxplan.show import labels
from dxplan.show.difference import difference_rows, difference_table, medians
from dxplan.solve.outcome import FIRST
from dxplan.town.city import City, load_city, load_trial
from dxplan.town.variant import Place, build_yaml

NONE = "{}: 「なし」とありますが({})、既定の前提があるので、そのままにします。"
STILL = "移行の時期・期限内の見込み・実質負担は変わらない(変わっても計算の誤差の内)"
TOGETHER = "単独では成り立たないので、ほかの答えと合わせた影響だけを示す"
ROW = "同じ施策の答えと合わせて、"
SAME_CHOICE = "。施策の選ばれ方は変わらない"
BEYOND = "見通せる範囲の外"
MILLION = 1e6  # yen
PERCENT = 100.0


@dataclass(frozen=True)
class Change:
    """An answer that would be written.

    Attributes
    ----------
    answer : with its cell and its origin.
    old : the value that holds now, in words.
    confirmed : whether the value is the same, and only its origin is new.
    effect : what it does alone, in words; "" where that was not planned, or the value is the same.
    """

    answer: Answer
    old: str
    confirmed: bool
    effect: str = ""

    @property
    def label(self) -> str:
        """What was asked, in words."""
        return place_label(self.answer.place)

    @property
    def new(self) -> str:
        """The value of the answer, in words."""
        return value_text(self.answer.place, self.answer.value)


@dataclass(frozen=True)
class Difference:
    """What some sheets would change.

    Attributes
    ----------
    city : as it is; ``files``: the sheets.
    path : of the params file; ``before`` and ``text``: what it says, and would say.
    changes : the answers that are taken and change something.
    asked : questions back; nothing of them is taken.
    unknown : what nobody knew, and the file does not say yet.
    told : sentences on what is read and has no use.
    plans : the plan that is there and the one of the text; None where no value changes.
    """

    city: City
    files: tuple[str, ...]
    path: Path
    before: str
    text: str
    changes: tuple[Change, ...]
    asked: tuple[Asked, ...]
    unknown: tuple[Unknown, ...]
    told: tuple[str, ...]
    plans: tuple[Plan, Plan] | None = None

    @property
    def differs(self) -> bool:
        """Whether anything would be written, or has to be asked."""
        return bool(self.changes or self.unknown or self.asked)


def build_difference(
    hearings: Sequence[Hearing], takes: Takes, folder: Path | None = None, each: bool = True
) -> Difference:
    """The difference that the sheets of one city would make.

    Parameters
    ----------
    hearings : the files as they came back, at least one.
    takes : name of a place -> the file whose answer is taken although it is asked; see ``doubts``.
    folder : of the params files.
    each : whether what each answer does alone is planned, too.

    Raises
    ------
    ParamError
        What was answered cannot be: each answer is named by its cell.
    """
    folder = folder or params_folder()
    base = _base_of(hearings)
    path = params_path(base, folder)
    city, before = load_city(base.slug, folder), load_text(path) if path.exists() else ""
    found = sorted_answers(city, hearings, takes)
    known = {answer.place for answer in found.taken}
    unknown = tuple(one for hearing in hearings for one in hearing.unknown)
    unknown = tuple(one for one in unknown if one.place not in known)
    trial = _Trial(city, base, before, folder)
    text = trial.text(found.taken, unknown)
    after = trial.city_of(found.taken)
    changes = tuple(_changes(city, base, found.taken, before, text))
    plans = None
    if any(not change.confirmed for change in changes):
        plan = plan_city(city)
        if each:
            changes = tuple(_weighed(changes, plan, trial))
        plans = plan, plan_again(after, plan)
    told = [line for hearing in hearings for line in hearing.asides]
    told += _unused(city, base, found.taken, changes)
    return Difference(
        city,
        tuple(hearing.file for hearing in hearings),
        path,
        before,
        text,
        changes,
        found.asked,
        tuple(_new(unknown, before)),
        (*told, *found.told),
        plans,
    )


def _base_of(hearings: Sequence[Hearing]) -> Base:
    """What all the sheets showed."""
    values = {place: said for one in hearings for place, said in one.base.values.items()}
    return replace(hearings[0].base, values=values)


def _unused(
    city: City, base: Base, taken: Iterable[Answer], changes: Iterable[Change]
) -> Iterator[str]:
    """Sentences on what there is none of, where the default alone says that there is."""
    moved = {change.answer.at for change in changes}
    for answer in taken:
        there = now_at(city, answer.place) or base_row(base, answer.place)
        if answer.value is None and answer.at not in moved and there:
            yield NONE.format(place_label(answer.place), answer.at)


def _new(unknown: Iterable[Unknown], before: str) -> Iterator[Unknown]:
    """What the file does not say yet to be unknown on that day, or a later one."""
    asked = asked_days(before)
    for one in unknown:
        _, day = asked.get(place_id(one.place), ("", ""))
        if day < str(one.as_of):
            yield one


# --- the text and its city ------------------------------------------------------------------------
@dataclass(frozen=True)
class _Trial:
    """Texts of a params file that answers would make, and their cities."""

    now: City
    base: Base
    before: str
    folder: Path

    def text(self, answers: Sequence[Answer], unknown: Iterable[Unknown] = ()) -> str:
        """The text with some answers; the one that is there where there are none."""
        unknown = tuple(unknown)
        if not answers and not unknown:
            return self.before
        return build_text(self.now, self.base, answers, unknown, self.before)

    def city_of(self, answers: Sequence[Answer]) -> City:
        """The city of the text; faults name the cells of the answers that cannot be."""
        try:
            return self.laid(answers)
        except ParamError as fault:
            raise ParamError(self._refused(answers, fault)) from fault

    def laid(self, answers: Sequence[Answer]) -> City:
        """The city of the text."""
        if not answers:
            return self.now
        return load_trial(self.base.slug, self.text(answers), self.folder)

    def _refused(self, answers: Sequence[Answer], whole: ParamError) -> list[str]:
        """Which answers cannot be beside the others, each with the reason; else the whole fault."""
        good: list[Answer] = []
        left = list(answers)
        faults: dict[Cell, str] = {}
        grown = True
        while grown:
            grown, rest = False, left
            left = []
            for answer in rest:
                try:
                    self.laid([*good, answer])
                    good.append(answer)
                    grown = True
                except ParamError as fault:
                    faults[answer.at] = fault.faults[0]
                    left.append(answer)
        lines = [f"{answer.at}: {_bare(faults[answer.at])}" for answer in left]
        return lines or list(whole.faults)


def _bare(sentence: str) -> str:
    """A fault of a text that is not written, without the line where it would stand."""
    where, _, rest = sentence.partition("行目 ")
    return rest if rest and where.startswith("params/") else sentence


# --- one change -----------------------------------------------------------------------------------
def _changes(
    city: City, base: Base, answers: Iterable[Answer], before: str, text: str
) -> Iterator[Change]:
    """The answers by which the two texts differ."""
    old, new = _entries(before), _entries(text)
    for answer in answers:
        at, now = answer.place, now_at(city, answer.place)
        if at.part in LISTS:
            yield from _row_changes(answer, base_row(base, at), _rows(old.get(at.part)))
        elif _standing(before, old, at) != _standing(text, new, at):
            unsaid = now is None and at.part == INITIATIVES
            yield Change(answer, "" if unsaid else value_text(at, now), now == answer.value)


def _entries(text: str) -> Mapping[str, object]:
    entries: Mapping[str, object] = build_yaml().load(text) or {} if text else {}
    return entries


def _rows(part: object) -> Sequence[Row]:
    return part if isinstance(part, list) else []


def _row_changes(answer: Answer, base: Spoken, rows: Sequence[Row]) -> Iterator[Change]:
    """Whether a row of a list is new, or another, or no longer there."""
    value, old = answer.value, row_number(rows, base)
    if value is None:
        if old is not None:
            yield Change(answer, value_text(answer.place, base), False)
        return
    number = row_number(rows, value)
    if number is None:
        yield Change(answer, value_text(answer.place, base) if base else "", False)
    elif [rows[number][word] for word in ORIGIN] != [answer.as_of, answer.source, answer.grade]:
        yield Change(answer, value_text(answer.place, value), True)


def _standing(text: str, entries: Mapping[str, object], at: Place) -> object:
    """What a file says at a place, with its origin."""
    own = own_origins(text).get(place_id(at))
    if own:
        return own
    found: object = entries.get(at.part)
    for name in (at.entry, at.name):
        if name and at.part in ENTRIES and name == at.name:
            break
        found = found.get(name) if isinstance(found, Mapping) and name else found
    if at.part in ENTRIES and isinstance(found, Mapping):
        return [found.get(word) for word in (at.name, *ORIGIN)]
    if isinstance(found, Sequence) and not isinstance(found, str):
        return [row for row in found if row.get("from") == at.start]
    return found


def _weighed(changes: Sequence[Change], plan: Plan, trial: _Trial) -> Iterator[Change]:
    """The changes with what each does alone."""
    ground = _ground(plan)
    for change in changes:
        effect = ""
        if not change.confirmed:
            effect = _effect([change.answer], ground, trial) or TOGETHER
        if effect == TOGETHER and change.answer.place.part == INITIATIVES:
            effect = ROW + _effect(_beside(change, changes), ground, trial)
        yield replace(change, effect=effect)


def _effect(answers: Sequence[Answer], ground: Plan, trial: _Trial) -> str:
    """What some answers do; "" where they cannot be without others."""
    try:
        *_, (_, after) = plan_parts(trial.laid(answers), ground)
        return effect_text(ground, after)
    except ParamError:
        return ""


def _beside(change: Change, changes: Iterable[Change]) -> list[Answer]:
    """The answers on the initiative of a change."""
    of = change.answer.place.part, change.answer.place.entry
    answers = [one.answer for one in changes]
    return [one for one in answers if (one.place.part, one.place.entry) == of]


def _ground(plan: Plan) -> Plan:
    """The plan made again as an answer's is: from its own basis, with its own classes."""
    city, taught, work = plan.city, plan.training.cohort, plan.portfolio.work
    staffing = plan_staffing(
        city, plan.pmo, effort=FIRST, last=plan.staffing, taught=taught, work=work
    )
    budget = plan_budget(city, plan.pmo, staffing, plan.training, plan.portfolio)
    return replace(plan, staffing=staffing, budget=budget)


# --- effects --------------------------------------------------------------------------------------
def effect_text(before: Plan, after: Plan) -> str:
    """What moves by more than the noise: lots in months, the chance in points, the burden in yen.

    Where what is said of the initiatives differs, also which of them are chosen.

    Parameters
    ----------
    before, after : plans of the same municipality, with the same samples.
    """
    parts = [*_lot_texts(before, after)]
    points = PERCENT * (_chance(after) - _chance(before))
    _, least, _ = NOISE
    if abs(points) >= least:
        parts.append(f"期限に間に合う確率 {_signed(points, 'ポイント')}")
    then, now = (_yearly(plan, len(before.budget.year)) for plan in (before, after))
    parts += _gap_text("年あたりの新しい実質負担", then, now)
    told = ""
    if _wanted(before.city) != _wanted(after.city):
        chosen = list(_portfolio_texts(before.portfolio, after.portfolio))
        told = "" if chosen else SAME_CHOICE
        parts += chosen
    return ("、".join(parts) or STILL) + told


def _lot_texts(before: Plan, after: Plan) -> Iterator[str]:
    """The lots whose median moves; those that come and go."""
    then, now = medians(before), medians(after)
    if then.keys() != now.keys():
        yield f"移行ロット {len(then)}件 → {len(now)}件"
    for businesses in then.keys() & now.keys():
        title, day = then[businesses]
        _, later = now[businesses]
        what = f"{title}の見通し(中央値)"
        if day and later:
            gap = (later - day).days / DAYS_PER_MONTH
            if abs(gap) >= NOISE[0]:
                yield f"{what} {_signed(gap, 'か月')}"
        elif day != later:
            yield f"{what} {_day_text(day)} → {_day_text(later)}"


def _wanted(city: City) -> object:
    """What a city says of its initiatives, and of their limits."""
    return city.wishes, [city.values.get(name) for name in LIMITS]


def _portfolio_texts(before: Portfolio, after: Portfolio) -> Iterator[str]:
    """The initiatives that are chosen no more, or now; what that is worth; what is missing."""
    names: dict[str, str] = {}
    for one in (before, after):
        names.update(zip(one.row["id"], one.row["name"], strict=True))
    then, now = before.chosen, after.chosen
    for id in then:
        if id not in now:
            yield f"施策「{names[id]}」が選ばれなくなる"
    for id in now:
        if id not in then:
            yield f"施策「{names[id]}」が選ばれる"
    yield from _gap_text("施策の価値(計画の期間)", before.value, after.value)
    yield from _gap_text("施策の上限に足りない額", before.missing, after.missing)


def _gap_text(what: str, before: float, after: float) -> Iterator[str]:
    """By how many million yen something has grown; nothing within the noise."""
    gap = after - before
    if abs(gap) >= max(NOISE[2] * abs(before), MILLION / 2):
        yield f"{what} {_signed(gap / MILLION, '百万円')}"


def _day_text(day: date | None) -> str:
    return labels.date_text(day) if day else BEYOND


def _chance(plan: Plan) -> float:
    if plan.pmo.done:
        return 1.0
    return float(plan.pmo.told.last["chance"].iloc[0])


def _yearly(plan: Plan, years: int) -> float:
    """The new burden a year, yen."""
    return float(plan.budget.year["new_net"].sum()) / years


def _signed(gap: float, unit: str) -> str:
    sign = "+" if gap > 0 else "−"
    return f"{sign}{labels.number_text(round(abs(gap)) or round(abs(gap), 1))}{unit}"


# --- words ----------------------------------------------------------------------------------------
def difference_lines(difference: Difference) -> Iterator[str]:
    """The difference in words, a line each.

    Parameters
    ----------
    difference : of ``build_difference``.
    """
    city = difference.city
    yield f"{city.pref}{city.name}({city.slug}): {'、'.join(difference.files)}"
    news = [change for change in difference.changes if not change.confirmed]
    same = [change for change in difference.changes if change.confirmed]
    yield from _section("変わる前提", map(_change_text, news))
    yield from _section("値は同じで、出典が新しくなる前提", map(_change_text, same))
    asked = [f"{one.id}: {one.sentence}" for one in difference.asked]
    yield from _section("聞き返すこと(取り込みません)", asked)
    unknown = [f"{place_label(one.place)}({one.at})" for one in difference.unknown]
    yield from _section("不明とされたこと(いまの前提のままにします)", unknown)
    yield from _section("読みましたが、計画に使わないこと", difference.told)
    if difference.plans:
        yield from _all_lines(*difference.plans)
    if not difference.differs:
        yield f"{place(difference.path)} と違うことは、書かれていません。"


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    lines = list(lines)
    if lines:
        yield f"{title}({len(lines)}件):"
        yield from (f"  {line}" for line in lines)


def _change_text(change: Change) -> str:
    answer = change.answer
    origin = f"出典 {answer.source}、{answer.as_of}時点、確度{answer.grade}、{answer.at}"
    value = change.new
    if change.old and not change.confirmed:
        value = f"{change.old} → {change.new}"
    effect = f"。影響: {change.effect}" if change.effect else ""
    return f"{change.label}: {value}({origin}){effect}"


def _all_lines(before: Plan, after: Plan) -> Iterator[str]:
    """What all answers do together, in the words of two plans side by side."""
    yield f"すべてを取り込むと: {effect_text(before, after)}"
    table = difference_table(difference_rows(before, after), ("いま", "取り込んだ後"))
    for row in table.frame.itertuples():
        gap = "" if "→" in row.shift else f"({row.shift})"  # what comes or goes has no difference
        yield f"  {row.matter}: {row.plan_a} → {row.plan_b}{gap}"
