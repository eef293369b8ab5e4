"""The hearing of a municipality, sheet by sheet: what is assumed at present, and what is asked.

What matters most is asked first (``town.questions``), and is asked there alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dxplan.facts.catalog import source_title
from dxplan.facts.params import FORM, Spec, Value
from dxplan.hearing.answers import Row
from dxplan.hearing.asked import (
    INITIATIVES,
    NEW,
    Blank,
    Line,
    Topic,
    asked_names,
    blank_at,
    fact_source,
    load_asked,
)
from dxplan.show import labels
from dxplan.town.city import City
from dxplan.town.defaults import load_elections, load_specs
from dxplan.town.initiatives import Initiative, done_column, load_initiatives
from dxplan.town.places import office_words
from dxplan.town.questions import Question, questions
from dxplan.town.systems import System, state_word
from dxplan.town.variant import Place, Said, row_at, value_at

TEN = 10  # questions of the first sheet
MILLION = 1_000_000  # yen
GIVEN = ("項目", "意味", "今の前提", "単位", "確度", "根拠")
ANSWER = "回答"
SYSTEMS, SECTIONS, FIRST = "業務システム", "課と人数", "まず聞きたい10問"
MOVES = (
    "低い場合の値",
    "高い場合の値",
    "最後の稼働 (か月) 低い場合",
    "最後の稼働 (か月) 高い場合",
    "期限内の見込み (ポイント) 低い場合",
    "期限内の見込み (ポイント) 高い場合",
    "年の負担 (百万円) 低い場合",
    "年の負担 (百万円) 高い場合",
)
ENGAGED = "いま働いている外部人材・任期付の職員"
FEW = 6  # rows that a question names
# parameters by the sheet where somebody answers them; topics of the others follow below
HEADS = "dx_staff dx_fte core_now change_now use_now".split()
PEOPLE = (
    "dx_share section_share daily_share promotion_other change_share autonomy_share leave_rate "
    "transfer_rate handover_rate newcomer_months newcomer_share core_ratio change_ratio use_ratio "
    "people_date exit_date strategy"
).split()
MONEY = "step1_yen step2_yen step3_yen".split()
DATES = (
    "basis_date start_date target_date budget_gates rfp_start papers_reserve notice_months".split()
)
LIMITS = "portfolio_yen portfolio_weight portfolio_lives".split()
OWN_ROWS = 8  # of initiatives that the city alone has
PRICES = ("form_yen", "form_once")
ROWS = {
    "elections": 3,
    "engagements": 5,
    "procedures": 20,
    "lacks": 10,
    "wants": 10,
}  # blank rows of a list


def topics(city: City) -> tuple[Topic, ...]:
    """The sheets of a municipality's hearing, in their order.

    Parameters
    ----------
    city : the municipality.
    """
    first = questions(city)[:TEN]
    gone = {place for question in first for place in question.places if len(question.places) == 1}
    forms = [form.name for form in city.forms]
    others = (
        _systems_topic(city),
        _long(SECTIONS, "課の職員数、DX・情報部門の人数、課の名", "K", _heads(city), gone),
        _long("人材", "人の時間の使い方、異動・退職、育成の目標", "J", _of(city, PEOPLE), gone),
        listed("契約中の外部人材", ENGAGED, "G", "engagements", _engaged(city), forms),
        _long(
            "経費・見積・予算・上限・単価",
            "見積、予算、補助の上限、率、人の単価",
            "M",
            _money(city),
            gone,
        ),
        _long("予算・議会の日", "予算要求の締切、執行できる日、目標の日", "B", _dates(city), gone),
        listed("選挙", "自団体の首長・議会の選挙", "E", "elections", _elections(city)),
        _initiatives_topic(city),
        _long("DX施策の上限", "DX施策に使える額、始められる数", "L", _of(city, LIMITS), gone),
        listed("手続", "件数の多い20の手続。記録として読み、計画には使わない", "T", "procedures"),
        _long("その他の前提", "計画に使っている残りのすべての前提", "N", _rest(city), gone),
    )
    return _first_topic(city, first, others), *others


# --- one question a row ---------------------------------------------------------------------------
Item = tuple[tuple[Said, ...], Blank]  # what is told, and the cell to be filled


def _long(name: str, about: str, letter: str, items: Iterator[Item], gone: set[Place]) -> Topic:
    """A sheet of one question a row, without those that are asked on the first sheet."""
    lines: list[Line] = []
    for told, blank in items:
        if blank.place not in gone:
            lines.append(Line(f"{letter}{len(lines) + 1:03}", told, (blank,)))
    return Topic(name, about, GIVEN, (ANSWER,), tuple(lines))


def _told(label: str, spec: Spec, value: Value | None, now: Said) -> tuple[Said, ...]:
    """The given columns of a question."""
    now = labels.MISSING if now is None else now
    if value is None:
        return label, spec.meaning, now, spec.unit, None, None
    return label, spec.meaning, now, spec.unit, labels.grade_text(value.grade), grounds(value)


def grounds(value: Value, noted: bool = True) -> str:
    """What a value rests on: its note where wanted, source and day."""
    said = f"{source_title(value.source)}({value.as_of}時点)"
    return f"{value.note.rstrip('。')}。{said}" if value.note and noted else said


def _parameter(city: City, spec: Spec) -> Iterator[Item]:
    """A parameter; each of its dated values for itself."""
    if spec.minimum == spec.maximum and spec.kind != "choice":
        return  # nobody can say anything else
    place = Place("values", "", spec.name)
    if spec.name not in city.values:
        yield _told(spec.label, spec, None, None), blank_at(place)
    for value in city.values.get(spec.name, ()):
        yield _valued(city, Place("values", "", spec.name, value.start), spec.label, value)


def _valued(city: City, place: Place, label: str, value: Value) -> Item:
    blank = blank_at(place, value.value)
    label = city.called(_since(label, place))
    return _told(label, blank.spec, value, value.value), blank


def _since(label: str, place: Place) -> str:
    """What a value is called that holds from a day on."""
    return f"{label}({labels.date_text(place.start)}から)" if place.start else label


def _of(city: City, names: Sequence[str]) -> Iterator[Item]:
    for name in names:
        yield from _parameter(city, load_specs()[name])


def _heads(city: City) -> Iterator[Item]:
    """People of the sections and of the DX office; what offices and posts are called."""
    for section in city.sections:
        place = Place("sections", section.name, "staff")
        yield _valued(city, place, f"{section.name}の職員数", section.staff)
    yield from _of(city, HEADS)
    for word in office_words():
        now = city.called(word)
        blank = blank_at(Place("offices", word, "name"), now)
        yield _told(f"「{word}」の名", blank.spec, None, now), blank


def _formed(city: City, names: Sequence[str]) -> Iterator[Item]:
    """Values of the forms of outsiders and hires."""
    for form in city.forms:
        for name, (value, *_) in form.values.items():
            if name in names:
                label = f"{form.name}: {load_specs()[name].label}"
                yield _valued(city, Place("forms", form.name, name), label, value)


def _money(city: City) -> Iterator[Item]:
    yield from _of(city, [*_names_of("budget"), *MONEY])
    yield from _formed(city, PRICES)


def _names_of(*topics: str) -> list[str]:
    return [spec.name for spec in load_specs().values() if spec.topic in topics]


def _dates(city: City) -> Iterator[Item]:
    for rule, value in city.gates:
        for name, now in (("request_by", rule.request_by), ("available", rule.available)):
            blank = blank_at(Place("gates", rule.name, name), now)
            label = f"{rule.name}: {blank.spec.label}"
            yield _told(city.called(label), blank.spec, value, now), blank
    yield from _of(city, DATES)


def _rest(city: City) -> Iterator[Item]:
    placed = {*HEADS, *PEOPLE, *MONEY, *DATES, *LIMITS, *_names_of("budget", FORM)}
    yield from _of(city, [name for name in load_specs() if name not in placed])
    yield from _formed(city, [name for name in _names_of(FORM) if name not in PRICES])


# --- the ten that matter most ---------------------------------------------------------------------
def _first_topic(city: City, first: Sequence[Question], others: Sequence[Topic]) -> Topic:
    given = (*GIVEN[:2], "聞く相手", *GIVEN[2:], *MOVES)
    lines = []
    for number, question in enumerate(first, 1):
        where = _elsewhere(question, others) if len(question.places) > 1 else ""
        lines.append(_question(city, f"Q{number:03}", question, where))
    about = "計画を最も大きく動かす前提。上から順に確かめると、計画の幅が早く狭まる"
    return Topic(FIRST, about, given, (ANSWER,), tuple(lines))


def _elsewhere(question: Question, others: Sequence[Topic]) -> str:
    """Where a question is answered that has several places."""
    sheets: dict[str, list[str]] = {}
    for topic in others:
        for line in topic.lines:
            if any(blank and blank.place in question.places for blank in line.blanks):
                sheets.setdefault(topic.name, []).append(line.id)
    said = []
    for name, ids in sheets.items():
        rows = "・".join(ids) if len(ids) <= FEW else "各行"
        said.append(f"「{name}」のシートの{rows}")
    return f"{'と、'.join(said)}に書いてください"


def _question(city: City, id: str, question: Question, where: str) -> Line:
    yen = [round(yen / MILLION, 1) for yen in question.yen]
    moves = (question.low, question.high, *question.months, *question.points, *yen)
    if where:
        about = (question.label, where, question.asked, question.now, question.unit, None, None)
        return Line(id, (*about, *moves), (None,))
    first = question.places[0]
    said = value_at(city, first)
    blank = blank_at(first, said)
    label = f"{question.label}({first.entry})" if first.entry else question.label
    now = said if question.now is None else question.now
    told = _told(_since(label, first), blank.spec, row_at(city, first), now)
    return Line(id, (*told[:2], question.asked, *told[2:], *moves), (blank,))


# --- the systems, one a row -----------------------------------------------------------------------
def _systems_topic(city: City) -> Topic:
    given = ("業務", "担当課", "今の状態", "完了ステップ", "今のロット", "確度", "根拠")
    names = [(part, name) for part in ("systems", "lots") for name in asked_names(part)]
    names = [at for at in names if at[1] not in ("depends", "extension_yen")]
    heads = tuple(load_asked()[at].label for at in names)
    lines = []
    for system in city.movable:
        blanks = tuple(_system_blank(city, system, part, name) for part, name in names)
        lines.append(Line(f"S{system.no:03}", _system_told(city, system), blanks))
    about = "業務ごとの状態、ベンダ、契約、提示日。ロットが同じ業務は、1行に書けば足りる"
    return Topic(SYSTEMS, about, given, tuple(map(answer_head, heads)), tuple(lines))


def _system_told(city: City, system: System) -> tuple[Said, ...]:
    state = system.state
    return (
        system.business,
        system.section,
        state_word(state.word),
        system.steps.value if system.steps else None,
        lot_name(city, system.business),
        labels.grade_text(state.grade),
        grounds(state, noted=False),  # the same for all
    )


def lot_name(city: City, business: str) -> str | None:
    """The lot in which a business moves; None where it does not move."""
    return next((lot.name for lot in city.lots if business in lot.businesses), None)


def _system_blank(city: City, system: System, part: str, name: str) -> Blank:
    lot = lot_name(city, system.business)
    if part == "lots":
        place = Place("lots", lot or "", name)
        said = value_at(city, place) if lot else None
        return blank_at(place, None if said == "" else said)
    place = Place("systems", system.business, name)
    own: dict[str, Said] = {"lot": lot, "live_since": system.since}
    return blank_at(place, own[name] if name in own else value_at(city, place))


# --- the initiatives, one a row -------------------------------------------------------------------
def _initiatives_topic(city: City) -> Topic:
    """Those of the table and of the city's file, then blank rows for others of its own."""
    given = (
        "施策",
        "主担当",
        "今の前提: 状況",
        "今の前提: 初期費用(円)",
        "今の前提: 年の費用(円/年)",
        "確度",
        "根拠",
    )
    names = asked_names(INITIATIVES)
    lines: list[Line] = []
    for initiative in load_initiatives(city):
        blanks = tuple(_initiative_blank(initiative, name) for name in names)
        id = f"P{len(lines) + 1:03}"
        lines.append(Line(id, _initiative_told(city, initiative), blanks))
    for number in range(1, OWN_ROWS + 1):
        key = f"{NEW}{number}"
        blank = tuple(blank_at(Place(INITIATIVES, key, name)) for name in names)
        lines.append(Line(f"P{len(lines) + 1:03}", (None,) * len(given), blank))
    heads = [load_asked()[INITIATIVES, name].label for name in names]
    about = "DXの施策の状況・日・費用。団体だけの施策は、後ろの空いた行に名と進め方も書く"
    return Topic("DX施策", about, given, tuple(map(answer_head, heads)), tuple(lines))


def _initiative_told(city: City, initiative: Initiative) -> tuple[Said, ...]:
    price = initiative.once if initiative.once.number else initiative.yearly
    ground = f"費用: {grounds(price, noted=False)}"
    column = done_column(city.facts, initiative.name)
    if column and "wish" not in city.wishes.get(initiative.name, {}):
        ground = f"状況: {fact_source(column)}。{ground}"
    return (
        initiative.name,
        city.called(initiative.lead),
        initiative.said("wish") or labels.MISSING,
        initiative.once.value,
        initiative.yearly.value,
        labels.grade_text(price.grade),
        ground,
    )


def _initiative_blank(initiative: Initiative, name: str) -> Blank | None:
    """A cell; the name is asked of a new initiative alone, how it is made of own ones."""
    if name == "name" or name == "like" and not initiative.own:
        return None
    return blank_at(Place(INITIATIVES, initiative.name, name), initiative.said(name))


# --- lists: one entry a row -----------------------------------------------------------------------
def listed(
    name: str,
    about: str,
    letter: str,
    part: str,
    rows: Sequence[Row] = (),
    choices: Sequence[str] = (),
) -> Topic:
    """A sheet of one entry a row: those that are known, then blank ones.

    Parameters
    ----------
    name, about : of the sheet.
    letter : how the numbers of its rows begin.
    part : the list; its columns are declared in ``data/asked.csv``.
    rows : the entries that are known.
    choices : the words of the column that is a choice.
    """
    nothing: Row = {}
    known = {str(number): row for number, row in enumerate(rows, 1)}
    blank = {f"{NEW}{number}": nothing for number in range(1, ROWS[part] + 1)}
    names = asked_names(part)
    lines: list[Line] = []
    for key, row in (known | blank).items():
        told = tuple(row.get(word) for word in names) if rows else ()
        blanks = [_cell(Place(part, key, word), row.get(word), tuple(choices)) for word in names]
        lines.append(Line(f"{letter}{len(lines) + 1:03}", told, tuple(blanks)))
    heads = [load_asked()[part, word].label for word in names]
    given = tuple(f"今の前提: {head}" for head in heads) if rows else ()
    return Topic(name, about, given, tuple(map(answer_head, heads)), tuple(lines))


def _cell(place: Place, now: Said, choices: tuple[str, ...]) -> Blank:
    """A cell of an entry; a choice without words of its own takes the given ones."""
    blank = blank_at(place, now)
    if blank.spec.kind == "choice" and not blank.spec.choices:
        return blank_at(place, now, choices)
    return blank


def answer_head(label: str) -> str:
    """The heading of a column to be filled in."""
    return f"{label}({ANSWER})"


def _engaged(city: City) -> list[Row]:
    rows: list[Row] = []
    for one in city.engagements:
        rows.append({"form": one.form, "people": one.people, "from": one.start, "until": one.until})
    return rows


def _elections(city: City) -> list[Row]:
    """Those that the municipality itself has said; the national ones are known."""
    own = [one for one in city.elections if one not in load_elections()]
    return [{"name": one.name, "day": one.day} for one in own]
