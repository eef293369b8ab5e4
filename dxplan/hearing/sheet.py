"""The hearing as a workbook: one header row a sheet, one value a cell, no merged cells.

Same city, same bytes. What is given is locked, without a password; what is asked is open, says in
Japanese what may be written, and turns red where an answer has no date or no source.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from io import BytesIO
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from dxplan.export.sheet import (
    A4,
    BLUE,
    FORMATS,
    LINE,
    LINE_HIGH,
    SETTINGS,
    SheetPaper,
    cell_text,
    text_lines,
    write_print,
)
from dxplan.facts.nodes import GRADES
from dxplan.facts.params import Spec
from dxplan.hearing.answers import CITY, VENDOR, Base
from dxplan.hearing.asked import (
    AS_OF,
    CHOICES,
    FIRST,
    FIRST_DAY,
    FLAGS,
    GRADE,
    IDS,
    IDS_HEAD,
    LAST_DAY,
    NOTE,
    NUMBER,
    ORIGIN,
    PARAMETERS,
    SOURCE,
    VERSION,
    Blank,
    Line,
    Topic,
    allowed_text,
)
from dxplan.hearing.topics import topics
from dxplan.hearing.vendor import vendor_lots, vendor_topics
from dxplan.show import labels
from dxplan.town.city import City, load_city
from dxplan.town.draft import write_file
from dxplan.town.lots import Lot
from dxplan.town.variant import Said

UNKNOWN, NONE = "不明", "なし"
AS_OF_MEANING = "その値がいつのものか。2026/4/1、令和8年4月1日 のように書いてください。"
SOURCE_MEANING = "契約書、議会資料、職員配置表など、値の載っている文書の名を書いてください。氏名は書かないでください。"
GRADE_MEANING = "A=公表資料か契約書で確かめた値、B=庁内の資料の転記、C=事業者の資料、M=記憶、G=見込み。空欄ならMとします。"
HEARING = (
    "黄色のセルだけに書きます。分かるところだけで足り、空欄は「今の前提」のままになります。",
    "「まず聞きたい10問」から始めてください。計画を最も大きく動かす順に並べてあります。",
    "回答を書いた行には、いつの値か(いつの値)と、何に載っているか(出典)を必ず書きます。ない行は取り込めません。",
    "分からないときは「不明」、当てはまるものがないときは「なし」、今の前提のとおりなら「同左」と書きます。",
    "数は「1,200」「１２００」「1億2,000万円」、日付は「2026/4/1」「令和8年4月1日」「R8.4.1」のどれでも読めます。割合は 40% を 40 と書きます。",
    "行の並べ替え、絞り込み、行の追加をしても読めます。番号の列と見出しの行は変えないでください。",
    "複数の課で分けて書くときは、このファイルの写しをそれぞれで書き、まとめずに返してください。違う答えは並べて示します。",
    "氏名・電話番号などの個人の情報は書かないでください。",
)
INQUIRY = (
    "黄色のセルだけに書きます。分かるところだけで足ります。",
    "回答を書いた行には、いつの時点の回答か(いつの値)と、どの文書によるか(出典。回答書の番号など)を必ず書きます。",
    "分からないときは「不明」、当てはまるものがないときは「なし」と書きます。",
    "日付は「2026/4/1」「令和8年4月1日」、額は「1,200」「120万円」のどれでも読めます。",
    "番号の列と見出しの行は変えないでください。行の並べ替えと行の追加はできます。",
    "氏名・電話番号などの個人の情報は書かないでください。",
)
OPEN, RED = "#FFFDE7", "#F8C9C9"
WIDTHS = {  # letters of a column by its heading
    NUMBER: 7,
    AS_OF: 11,
    SOURCE: 20,
    GRADE: 9,
    NOTE: 16,
    "項目": 24,
    "意味": 30,
    "単位": 9,
    "確度": 9,
    "根拠": 40,
    "業務": 18,
    "担当課": 16,
    "回答": 18,
    "投票日": 12,
    "足りない機能": 40,
    "それまでの代わり": 40,
    "団体に求めること": 60,
    "施策": 26,
    "主担当": 16,
    "施策の名": 26,
    "手続名": 36,
}
FITS = 1.1  # letters of a proportional font that a column takes, by its width
LOWEST = 24  # points of a row: it is also filled in by hand
NARROW, PAGE = 11, 222  # of other columns; of a page that can be read
LONGEST_TITLE, LONGEST_MESSAGE = 32, 255  # of a validation
REFUSED, OR_UNKNOWN = "この値は使えません", "分からないときは「不明」と書いてください。"
UNNAMED = re.compile(r'[\\/:*?"<>|\s]+')  # what no file may be called
HOW = "フォルダがあるか、開いたままのファイルがないか、書き込みの権限があるかを確かめてください。"
ALLOWED = {
    "select_locked_cells": True,
    "select_unlocked_cells": True,
    "format_cells": True,
    "format_columns": True,
    "format_rows": True,
    "insert_rows": True,
    "sort": True,
    "autofilter": True,
}


Pair = tuple[str, str]  # a name and what is said beside it


@dataclass
class _Hearing:
    """A workbook being written: its paper, the lists of its choices, and the rows of its ids."""

    paper: SheetPaper
    lists: dict[tuple[str, ...], int] = field(default_factory=dict)
    ids: list[tuple[str, ...]] = field(default_factory=list)


def hearing_bytes(city: City) -> bytes:
    """The hearing sheet (調査票, xlsx) of a municipality.

    Parameters
    ----------
    city : the municipality.
    """
    title = f"{city.pref}{city.name}の調査票"
    return _book(city, _base(city, CITY), title, _ways(HEARING), topics(city))


def inquiry_bytes(city: City, vendor: str, lots: Sequence[Lot]) -> bytes:
    """The inquiry (照会票, xlsx) that goes to a vendor.

    Parameters
    ----------
    city : the municipality.
    vendor, lots : of ``vendor_lots``.
    """
    title = f"{city.pref}{city.name}の照会票({vendor})"
    base = _base(city, VENDOR, vendor)
    told = [(f"{lot.name}の業務", "、".join(lot.businesses)) for lot in lots]
    return _book(city, base, title, [*_ways(INQUIRY), *told], vendor_topics(city, vendor, lots))


def _ways(sentences: Sequence[str]) -> list[Pair]:
    """How it is filled in, a sentence a row."""
    return [(f"書き方 {number}", sentence) for number, sentence in enumerate(sentences, 1)]


def _base(city: City, kind: str, vendor: str = "") -> Base:
    """What the sheet is made from."""
    mark = city.fingerprint()
    return Base(kind, city.code, city.slug, mark, city.basis, VERSION, vendor)


def _book(
    city: City, base: Base, title: str, intro: Sequence[Pair], found: Sequence[Topic]
) -> bytes:
    stream = BytesIO()
    with Workbook(stream, SETTINGS) as book:
        created = datetime.combine(city.basis, time())
        book.set_properties({"title": cell_text(title), "author": "dxplan", "created": created})
        mark = f"{title} 基準日 {labels.date_text(city.basis)} 照合番号 {base.fingerprint}"
        hearing = _Hearing(SheetPaper(book, mark))
        _write_intro(hearing, title, intro, found)
        for topic in found:
            _write_topic(hearing, topic)
        _write_lists(hearing)
        _write_ids(hearing, base)
    return stream.getvalue()


# --- the first sheet ------------------------------------------------------------------------------
def _write_intro(
    hearing: _Hearing, title: str, intro: Sequence[Pair], found: Sequence[Topic]
) -> None:
    """How to fill it in, what the grades mean, and what the other sheets ask."""
    paper, sheet = hearing.paper, hearing.paper.book.add_worksheet(FIRST)
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 88)
    paper.text(sheet, 0, 0, title, bold=True, font_size=14, font_color=BLUE)
    row = 2
    for name, text in intro:
        row = _pair(hearing, sheet, row, name, text)
    for grade, meaning in labels.words_of("grade").items():
        row = _pair(hearing, sheet, row, f"確度 {grade}", meaning)
    for topic in found:
        row = _pair(hearing, sheet, row, topic.name, f"{topic.about}({len(topic.lines)}行)")
    write_print(paper, sheet, A4)
    sheet.protect("", ALLOWED)
    sheet.activate()


def _pair(hearing: _Hearing, sheet: Worksheet, row: int, name: str, text: str) -> int:
    """A name and a sentence beside it; the next row."""
    hearing.paper.text(sheet, row, 0, name, bold=True)
    hearing.paper.text(sheet, row, 1, text, text_wrap=True)
    sheet.set_row(row, LINE_HIGH * text_lines(text, 88) + 3)
    return row + 1


# --- a sheet of questions -------------------------------------------------------------------------
def _write_topic(hearing: _Hearing, topic: Topic) -> None:
    sheet = hearing.paper.book.add_worksheet(topic.name)
    heads = (NUMBER, *topic.given, *topic.asked, *ORIGIN)
    wide = [WIDTHS.get(head.removesuffix("(回答)"), NARROW) for head in heads]
    broken = [head.replace(" ", "\n").replace("(回答)", "\n(回答)") for head in heads]
    for place, head in enumerate(broken):
        sheet.write_string(0, place, head, hearing.paper.head())
        sheet.set_column(place, place, wide[place])
    sheet.set_row(0, LINE_HIGH * max(map(text_lines, broken, wide)) + 4)
    for row, line in enumerate(topic.lines, 1):
        _write_line(hearing, sheet, topic, row, line, wide)
    last = max(len(topic.lines), 1)
    _write_origin_rules(hearing, sheet, topic, last)
    write_print(hearing.paper, sheet, A4)
    if sum(wide) > PAGE:
        sheet.fit_to_pages(2, 0)
        sheet.repeat_columns(0, 1)
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, last, len(heads) - 1)
    sheet.repeat_rows(0)
    sheet.protect("", ALLOWED)


def _write_line(
    hearing: _Hearing,
    sheet: Worksheet,
    topic: Topic,
    row: int,
    line: Line,
    wide: Sequence[float],
) -> None:
    told = (line.id, *line.told)
    texts = [_write_told(hearing.paper, sheet, row, place, said) for place, said in enumerate(told)]
    first = 1 + len(topic.given)
    for place, (blank, head) in enumerate(zip(line.blanks, topic.asked, strict=True), first):
        if blank:
            _write_blank(hearing, sheet, row, place, blank)
            hearing.ids.append((line.id, head, *_id_words(blank)))
        else:
            sheet.write_blank(row, place, None, hearing.paper.body())
    after = first + len(topic.asked)
    for place, kind in enumerate(("date", "text", "text", "text"), after):
        look = _open(hearing.paper, kind) if any(line.blanks) else hearing.paper.body()
        sheet.write_blank(row, place, None, look)
    room = [width * FITS for width in wide]
    sheet.set_row(row, max(LOWEST, LINE_HIGH * max(map(text_lines, texts, room)) + 3))


def _write_told(paper: SheetPaper, sheet: Worksheet, row: int, place: int, said: Said) -> str:
    """A given cell: a number or a day as such, else text, given back."""
    if isinstance(said, bool):
        said = next(word for word, flag in FLAGS.items() if flag is said)
    if isinstance(said, date):
        look = paper.body(num_format=FORMATS["date"], align="left")
        sheet.write_datetime(row, place, datetime.combine(said, time()), look)
        return ""
    if isinstance(said, (int, float)):
        whole = float(said).is_integer()
        sheet.write_number(
            row, place, said, paper.body(num_format="#,##0" if whole else "#,##0.0##")
        )
        return ""
    text = "" if said is None else str(said)
    look = {"border": 1, "border_color": LINE, "text_wrap": True, "align": "left"}
    paper.text(sheet, row, place, text, **look)
    return text


# --- a cell to be filled --------------------------------------------------------------------------
def _open(paper: SheetPaper, kind: str) -> Format:
    """The format of a cell of an answer: unlocked; texts stay as they are typed."""
    forms = {"date": FORMATS["date"], "number": "General", "choice": "General"}
    return paper.body(
        locked=False, bg_color=OPEN, text_wrap=True, num_format=forms.get(kind, "@"), align="left"
    )


def _write_blank(hearing: _Hearing, sheet: Worksheet, row: int, place: int, blank: Blank) -> None:
    spec = blank.spec
    sheet.write_blank(row, place, None, _open(hearing.paper, spec.kind))
    rule = _rule(hearing, spec, xl_rowcol_to_cell(row, place))
    how = allowed_text(spec)
    rule |= _titles(spec.label, f"{spec.meaning}。{how}{OR_UNKNOWN}", how)
    sheet.data_validation(row, place, row, place, rule)


def _rule(hearing: _Hearing, spec: Spec, cell: str) -> dict[str, object]:
    """A validation; texts pass numbers and days, since 不明 is an answer and R8.4.1 a day."""
    if spec.kind == "choice":
        return _listed(hearing, (*spec.choices, UNKNOWN, NONE))
    if spec.kind == "number":
        low, high = spec.minimum, spec.maximum
    elif spec.kind == "date":
        low, high = map(_date_word, (spec.minimum, spec.maximum))
    else:
        return {"validate": "any"}
    within = f"{cell}>={low},{cell}<={high}"
    if spec.step:
        within += f",{cell}=INT({cell})"
    return {"validate": "custom", "value": f"=OR(ISTEXT({cell}),AND({within}))"}


def _titles(title: str, message: str, wrong: str) -> dict[str, object]:
    """The words of a validation, as long as Excel takes them."""
    return {
        "input_title": title[:LONGEST_TITLE],
        "input_message": message[:LONGEST_MESSAGE],
        "error_title": REFUSED,
        "error_message": f"{wrong}{OR_UNKNOWN}"[:LONGEST_MESSAGE],
    }


def _date_word(text: str) -> str:
    day = date.fromisoformat(text)
    return f"DATE({day.year},{day.month},{day.day})"


def _listed(hearing: _Hearing, words: tuple[str, ...]) -> dict[str, object]:
    """A validation by a list of the hidden sheet: one in the rule itself has 255 letters."""
    column = hearing.lists.setdefault(words, len(hearing.lists))
    first = xl_rowcol_to_cell(0, column, True, True)
    last = xl_rowcol_to_cell(len(words) - 1, column, True, True)
    return {"validate": "list", "source": f"={CHOICES}!{first}:{last}"}


def _write_origin_rules(hearing: _Hearing, sheet: Worksheet, topic: Topic, last: int) -> None:
    """Validation of the origin of the answers; red where an answer has no date or no source."""
    first = 1 + len(topic.given)
    start = first + len(topic.asked)
    answers = f"{_pinned(first)}:{_pinned(start - 1)}"
    as_of, source, grade, _ = range(start, start + len(ORIGIN))
    day = xl_rowcol_to_cell(1, as_of)
    low, high = _date_word(str(FIRST_DAY)), _date_word(str(LAST_DAY))
    rules = {
        as_of: {
            "validate": "custom",
            "value": f"=OR(ISTEXT({day}),AND({day}>={low},{day}<={high}))",
        }
        | _titles(AS_OF, AS_OF_MEANING, AS_OF_MEANING),
        source: {"validate": "any"} | _titles(SOURCE, SOURCE_MEANING, SOURCE_MEANING),
        grade: _listed(hearing, GRADES) | _titles(GRADE, GRADE_MEANING, GRADE_MEANING),
    }
    for column, rule in rules.items():
        sheet.data_validation(1, column, last, column, rule)
    red = hearing.paper.look(bg_color=RED)
    said = f"COUNTA({answers})"
    known = f'{said}-COUNTIF({answers},"{UNKNOWN}")'  # what nobody knows has no source
    for column, count in ((as_of, said), (source, known)):
        empty = f'=AND({count}>0,{_pinned(column)}="")'
        sheet.conditional_format(
            1, column, last, column, {"type": "formula", "criteria": empty, "format": red}
        )


def _pinned(column: int) -> str:
    """A cell of the first row whose column stays."""
    return xl_rowcol_to_cell(1, column, col_abs=True)


# --- sheets that nobody fills in ------------------------------------------------------------------
def _write_lists(hearing: _Hearing) -> None:
    """The words of the choices, a list a column."""
    sheet = hearing.paper.book.add_worksheet(CHOICES)
    for words, column in hearing.lists.items():
        for row, word in enumerate(words):
            hearing.paper.text(sheet, row, column, word)
    sheet.protect("", ALLOWED)
    sheet.hide()


def _id_words(blank: Blank) -> tuple[str, ...]:
    """A row of the ids: the place of an answer, the present assumption, the words of a choice."""
    place = blank.place
    start = str(place.start or "")
    now = json.dumps(blank.now, ensure_ascii=False, default=str)
    own = "" if blank.place.part in PARAMETERS else "|".join(blank.spec.choices)
    return place.part, place.entry, place.name, start, now, own


def _write_ids(hearing: _Hearing, base: Base) -> None:
    """From which the sheet is read again: what it was made from, and where each answer belongs."""
    sheet = hearing.paper.book.add_worksheet(IDS)
    rows = [*_base_rows(base), IDS_HEAD, *hearing.ids]
    for row, words in enumerate(rows):
        for column, word in enumerate(words):
            hearing.paper.text(sheet, row, column, word)
    sheet.protect("", ALLOWED)
    sheet.very_hidden()


def _base_rows(base: Base) -> Iterator[tuple[str, str]]:
    yield "kind", base.kind
    yield "code", base.code
    yield "slug", base.slug
    yield "fingerprint", base.fingerprint
    yield "basis", str(base.basis)
    yield "version", str(base.version)
    yield "vendor", base.vendor


# --- files ----------------------------------------------------------------------------------------
def write_hearing(slug: str, folder: Path) -> tuple[Path, ...]:
    """Write the hearing sheet of a municipality, and an inquiry for each vendor of a lot.

    Parameters
    ----------
    slug : of the municipality.
    folder : where to write; made where it is missing.

    Raises
    ------
    ParamError
        Its params file has faults, or a file cannot be written.
    """
    city = load_city(slug)
    files = {f"{slug}_{CITY}.xlsx": hearing_bytes(city)}
    for vendor, lots in vendor_lots(city).items():
        name = f"{slug}_{VENDOR}_{UNNAMED.sub('_', vendor)}.xlsx"
        if name in files:  # two vendors whose names differ in what no file may be called
            name = name.replace(".xlsx", f"_{len(files)}.xlsx")
        files[name] = inquiry_bytes(city, vendor, lots)
    for name, content in files.items():
        write_file(folder / name, content, f"{folder / name} を書けません。{HOW}")
    return tuple(folder / name for name in files)
