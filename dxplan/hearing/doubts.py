"""Which answers are asked back and not taken: contradictions, official files, older sheets.

People contradict each other, an official file says otherwise, or a sheet was made from what no
longer holds. Figures grow old, and a newer answer is no contradiction: a system has more steps
done, or is live by now. Against an official file is what cannot have been so on the file's own day,
what goes backwards, and more people than a municipality has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from dxplan.facts.catalog import source_title
from dxplan.facts.kinds import plain
from dxplan.facts.nodes import GRADES, ParamError
from dxplan.facts.params import Value
from dxplan.hearing.accept import has_home, now_at, place_id, place_label
from dxplan.hearing.answers import Answer, Hearing, Spoken
from dxplan.hearing.asked import FLAGS, INITIATIVES, LISTS, NEW, fact_source, spec_at
from dxplan.show import labels
from dxplan.town.city import City
from dxplan.town.defaults import FILLED, UNUSABLE
from dxplan.town.initiatives import DONE, RUNNING, SAID, done_column
from dxplan.town.systems import LIVE, PUBLISHED, STEPS, load_rules, state_word
from dxplan.town.variant import Place, row_at

OFFICIAL = ("公表の状態", PUBLISHED)  # origins of what official files say of one municipality
SURE = ("A", "B")  # grades of official files
PEOPLE = ("staff", "dx_staff", "core_now", "change_now")  # counts of people of one municipality
MOVED, PENDING, OUT = "稼働", "未移行", "対象外"
HOUR = 60  # minutes
NO_SHARE = "施策で減る割合に公表の根拠がないので、計画には使わず、params には書きません。"
RICH = 1.0  # 財政力指数 from which on a body gets no 普通交付税
GIVEN = {"交付団体": False, "不交付団体": True}


class Asked(NamedTuple):
    """A question back: the name of its place, and a sentence with who says what."""

    id: str
    sentence: str


@dataclass(frozen=True)
class Sorted:
    """Answers that are taken, questions back, and sentences on what has no home in a plan."""

    taken: tuple[Answer, ...]
    asked: tuple[Asked, ...]
    told: tuple[str, ...]


Takes = Mapping[str, str]  # id of a place -> the file whose answer is taken, "" where one says it


def sorted_answers(city: City, hearings: Sequence[Hearing], takes: Takes) -> Sorted:
    """The answers of all files of a city, sorted.

    Parameters
    ----------
    city : as its params file makes it now.
    hearings : the files as they came back.
    takes : what somebody wants to be taken although it is asked.

    Raises
    ------
    ParamError
        A name of ``takes`` is none of what is asked.
    """
    taken, asked, told = [], [], []
    open_ = dict(takes)
    for said in _by_place(hearings).values():
        at = said[0][0].place
        if not has_home(at):
            told += [_homeless(answer) for answer, _ in said]
            continue
        answer, hearing = max(said, key=_weight)
        wanted = open_.get(place_id(at))
        doubts = list(_doubts(city, said, hearing, answer, wanted))
        if doubts and wanted is None:
            asked += [Asked(place_id(at), f"{place_label(at)}: {doubt}") for doubt in doubts]
            continue
        if doubts:
            open_.pop(place_id(at))
            answer = _wanted(said, wanted or answer.file)
        taken.append(answer)
    _refuse(open_, asked)
    return Sorted(tuple(taken), tuple(asked), tuple(told))


Heard = tuple[Answer, Hearing]


def _by_place(hearings: Iterable[Hearing]) -> dict[tuple[str, Place], list[Heard]]:
    """Answers by their place; a new row of a list is its file's own."""
    found: dict[tuple[str, Place], list[Heard]] = {}
    for hearing in hearings:
        for answer in hearing.answers:
            at = answer.place
            own = answer.file if at.part in LISTS and at.entry.startswith(NEW) else ""
            found.setdefault((own, at), []).append((answer, hearing))
    return found


def _weight(heard: Heard) -> tuple[int, date]:
    """Of two who say the same the one with the better grade, then the newer one."""
    answer, _ = heard
    return -GRADES.index(answer.grade), answer.as_of


def _wanted(said: Sequence[Heard], file: str) -> Answer:
    for answer, _ in said:
        if answer.file == file:
            return answer
    files = "・".join(answer.file for answer, _ in said)
    at = said[0][0].place
    raise ParamError(f"--take {place_id(at)}={file}: この答えのあるファイルは {files} です。")


def _refuse(open_: Takes, asked: Sequence[Asked]) -> None:
    """Refuse a name that nothing is asked of: a slip would take nothing, unseen."""
    if open_:
        names = "・".join(dict.fromkeys(one.id for one in asked)) or "ありません"
        wrong = "・".join(open_)
        raise ParamError(f"--take {wrong}: 聞き返していない項目です。聞き返しているのは {names}。")


def _homeless(answer: Answer) -> str:
    said = f"{place_label(answer.place)}: {value_text(answer.place, answer.value)}({answer.at})。"
    if answer.place.part == "procedures":
        return f"{said}{_hours_text(answer.value)}{NO_SHARE}"
    return f"{said}計画に置き場がないので、書きません。"


def _hours_text(row: Spoken) -> str:
    """What the cases of a procedure take in a year; "" where it is not said."""
    assert isinstance(row, Mapping)
    cases, minutes = row.get("cases"), row.get("minutes")
    if not isinstance(cases, float) or not isinstance(minutes, float):
        return ""
    return f"件数と1件の時間から、年に{labels.number_text(cases * minutes / HOUR)}時間です。"


def value_text(at: Place, value: Spoken) -> str:
    """A value in words, with its unit."""
    if value is None:
        return "なし"
    if isinstance(value, bool):
        return next(word for word, flag in FLAGS.items() if flag == value)
    if isinstance(value, Mapping):
        return "・".join(labels.amount_text(word) for word in value.values() if word is not None)
    if isinstance(value, tuple):
        return "・".join(value)
    unit = "" if at.part in LISTS or at.name == "systems" else spec_at(at).suffix
    return f"{labels.amount_text(value)}{unit}"


# --- what speaks against an answer ----------------------------------------------------------------
def _doubts(
    city: City, said: Sequence[Heard], hearing: Hearing, answer: Answer, wanted: str | None
) -> Iterator[str]:
    """Sentences on why an answer is not simply taken."""
    if len({_comparable(one.value) for one, _ in said}) > 1:
        words = [_said(one) for one, _ in said]
        how = "どれが正しいかを確かめてください。"
        yield f"ファイルで答えが食い違っています。{'、'.join(words)}。{how}"
        return
    yield from _outdated(city, hearing, answer)
    for official in _against(city, answer):
        how = "どちらが正しいかを確かめてください。"
        yield f"公式の資料と合いません。{official}。答えは{_said(answer)}です。{how}"


def _said(answer: Answer) -> str:
    said = value_text(answer.place, answer.value)
    return f"「{said}」({answer.at}、出典 {answer.source}、{answer.as_of}時点)"


def _comparable(value: Spoken) -> object:
    if isinstance(value, Mapping):
        return tuple(sorted((word, str(said)) for word, said in value.items()))
    return value


def _outdated(city: City, hearing: Hearing, answer: Answer) -> Iterator[str]:
    """Both the file and the answer have moved away from what the sheet showed."""
    at = answer.place
    if at not in hearing.base.values or at.part in LISTS:
        return
    base, now = hearing.base.values[at], now_at(city, at)
    if _same(base, now) or _same(answer.value, now):
        return
    words = (
        f"「{value_text(at, base)}」だった前提が、いまは「{value_text(at, now)}」に変わっています"
    )
    yield (
        f"この調査票({hearing.base.basis}の前提)で{words}。答えは{_said(answer)}です。"
        "どちらを残すかを確かめてください。"
    )


def _same(one: Spoken, other: Spoken) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return plain(one) == plain(other)
    return one == other or (not one and not other and 0 not in (one, other))


# --- official files -------------------------------------------------------------------------------
def _against(city: City, answer: Answer) -> Iterator[str]:
    """What an official file says that an answer contradicts."""
    at = answer.place
    if at.part == "systems":
        yield from _against_system(city, answer)
    if at.name in PEOPLE:
        yield from _against_staff(city, answer)
    if at.name == "allocation":
        yield from _against_strength(city, answer)
    if at.name == "form_eligible":
        yield from _against_form(city, answer)
    if (at.part, at.name) == (INITIATIVES, "wish"):
        yield from _against_survey(city, answer)


def _against_staff(city: City, answer: Answer) -> Iterator[str]:
    """More people than the municipality has."""
    people = city.facts.staff_general
    if isinstance(answer.value, float) and answer.value > people:
        yield f"{fact_source('staff_general')}では、一般行政部門の職員は{people:,}人です"


def _against_strength(city: City, answer: Answer) -> Iterator[str]:
    """普通交付税 where the 財政力指数 says otherwise; the wards of Tokyo are counted with it."""
    strength = city.facts.fiscal_strength
    rich = GIVEN.get(str(answer.value), strength >= RICH)
    if rich != (strength >= RICH) and city.facts.type != "特別区":
        yield f"{fact_source('fiscal_strength')}では、財政力指数は{strength:g}です"


def _against_survey(city: City, answer: Answer) -> Iterator[str]:
    """An initiative that is not done where the published survey says that it is."""
    column = done_column(city.facts, answer.place.entry)
    said = city.wishes.get(answer.place.entry, {})
    if column and "wish" not in said and answer.value not in (SAID[DONE], SAID[RUNNING]):
        yield f"{fact_source(column)}では「{SAID[DONE]}」です"


def _against_form(city: City, answer: Answer) -> Iterator[str]:
    """A form that applies nowhere here, or that was filled on the day that is meant."""
    row = row_at(city, answer.place)
    if row is None or row.value not in (FILLED, UNUSABLE):
        return
    newer = row.value == FILLED and str(answer.as_of) > row.as_of[:10]
    if row.grade in SURE and answer.value != row.value and not newer:
        yield f"{source_title(row.source)}({row.as_of}時点)では「{row.value}」です"


def _against_system(city: City, answer: Answer) -> Iterator[str]:
    """Steps that go backwards, and a state that cannot have been so on the day of the figures."""
    system = next(one for one in city.movable if one.business == answer.place.entry)
    state, steps = system.state, system.steps
    if state.where == OFFICIAL[0] and state.grade in SURE and answer.place.name == "state":
        known = state_word(state.word)
        backwards = state.value == LIVE or str(answer.as_of) <= state.as_of
        if answer.value != known and backwards:
            yield f"{source_title(state.source)}({state.as_of}時点)では「{known}」です"
    if steps is None or steps.where != PUBLISHED or steps.grade not in SURE:
        return
    told = f"{source_title(steps.source)}({steps.as_of}時点)では、完了したステップは{steps.number:g}です"
    if _cannot_be(answer, steps):
        yield told


def _cannot_be(answer: Answer, steps: Value) -> bool:
    """Whether the published steps of a system cannot be with an answer."""
    value, then = answer.value, str(answer.as_of) <= steps.as_of
    done = steps.number >= load_rules()["live_steps"].value
    if answer.place.name == "steps" and isinstance(value, float):
        return value < steps.number or (then and value != steps.number)
    if answer.place.name == "live_since":
        return not done and str(value) <= steps.as_of
    if value == MOVED:
        return not done and then
    if value == PENDING:
        return steps.number >= STEPS
    return value == OUT and 0 < steps.number < STEPS
