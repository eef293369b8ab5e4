"""Which rows of a foreign sheet head a table, and what their words say each column holds.

A head has one to three rows: what stands over several columns (予定, 実績) is carried to the right
within its merged area, or over blanks where nothing is merged. A column of days is understood from
the parts of its head (予定 + 終了 + 日): if anything else stands there, it is another day. Other heads
are words of ``data/head_words.csv``, or very like one of them. What contents say is asked later.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from difflib import SequenceMatcher
from functools import cache, lru_cache
from typing import NamedTuple

from dxplan.bring.cells import Sheet, cell_text
from dxplan.bring.words import squashed
from dxplan.facts import catalog

DEEPEST, LOWEST = 3, 15  # rows of a head; row of a sheet in which the first head begins at last
LIKE = 0.84  # ratio of letters from which a head is taken for a word
# a word that is only like another may be its opposite: not so for numbers and names of firms
LOOSER = ("text", "business", "owner", "section", "person", "skip", "vendor")
LOOSE = ("text", "business", "owner", "section", "person", "skip")
EXACT = 1.0
UNDER = 0.95  # only the lowest row of the head says it
UNITS = ("百万円", "千円", "万円", "円", "人月", "人日", "人", "名", "%", "年", "月", "日", "か月")
ASIDE = re.compile(r"[(\[【<](.*?)[)\]】>]")
SLIGHT = ("税込", "税抜", "税別", "消費税込", "任意", "必須", "選択", "記入", "自動", "自動計算")
# what stands above a table and heads nothing
ABOUT = re.compile(r"現在|時点|作成|更新日|改訂日|単位|版$|^ver|^\d|^r\d|年度$|凡例|機密|取扱")
TABLES = {
    "wbs": "作業計画(WBS)",
    "staff": "職員数",
    "contracts": "契約一覧",
    "steps": "ステップの表",
}
PLAN, REAL = "planned", "actual"
WHOSE = frozenset({PLAN, REAL, "baseline", "revised", "forecast"})
LEGEND = "凡例"
KEPT = 10_000  # texts whose meaning is remembered


class Word(NamedTuple):
    """What a column may hold: a row of ``data/head_words.csv``."""

    table: str
    column: str
    label: str
    kind: str
    weight: int
    words: tuple[str, ...]


class Match(NamedTuple):
    """A column of a sheet taken for one of a table: how sure (0..1), by which word."""

    column: str
    ratio: float
    word: str
    rank: int = 0  # of the word; the first is preferred


class Head(NamedTuple):
    """Rows of a head: the first and the last from 0, and the texts over each column."""

    first: int
    last: int
    texts: tuple[tuple[str, ...], ...]

    def text(self, column: int) -> str:
        """The head of a column as a reader sees it: 予定/開始."""
        return "/".join(self.texts[column])


def heads_of(head: Head) -> tuple[str, ...]:
    """The heads of a table's columns, each different from the others; "" where there is none."""
    counts: Counter[str] = Counter()
    names = []
    for at in range(len(head.texts)):
        text = head.text(at)
        counts[text] += 1
        again = f"#{counts[text]}" if counts[text] > 1 and text else ""
        names.append(text + again)
    return tuple(names)


@cache
def load_words() -> tuple[Word, ...]:
    """The rows of ``data/head_words.csv``."""
    rows = catalog.load_rows("head_words")
    found = []
    for row in rows:
        words = tuple(filter(None, map(squashed, row["words"].split())))
        known = (row["table"], row["column"], row["label"], row["kind"], row["weight"])
        found.append(Word(*known, words))
    return tuple(found)


@cache
def words_of(table: str) -> dict[str, Word]:
    """Column -> its word, of one table, in the order of the file."""
    return {word.column: word for word in load_words() if word.table == table}


# --- the rows of a head ---------------------------------------------------------------------------
def head_at(sheet: Sheet, last: int) -> Head:
    """The head whose lowest row is given, with the rows above that belong to it."""
    rows = [last]
    while len(rows) < DEEPEST and rows[0]:
        above = _above(sheet, rows[0])
        if above is None:
            break
        rows.insert(0, above)
    lines = [_carried(sheet, row, last) for row in rows[:-1]]
    lines.append(_texts(sheet, last))
    columns = []
    for parts in zip(*lines, strict=True):
        columns.append(tuple(dict.fromkeys(filter(None, parts))))
    return Head(rows[0], last, tuple(columns))


def _texts(sheet: Sheet, row: int) -> list[str]:
    width = max(map(len, sheet.rows), default=0)
    return [re.sub(r"\s+", " ", cell_text(sheet.at(row, at))) for at in range(width)]


def _above(sheet: Sheet, row: int) -> int | None:
    """The row above that belongs to a head; over a blank row only one that says whose days."""
    above = row - 1
    if any(map(cell_text, sheet.rows[above])):
        return above if _is_upper(sheet, above, row) else None
    if above and any(
        dated_parts(text, "wbs") & WHOSE for text in _words(sheet, above - 1).values()
    ):
        return above - 1
    return None


def _is_upper(sheet: Sheet, row: int, below: int) -> bool:
    """Whether a row belongs to the head below it, and is neither a title nor a remark."""
    texts = _texts(sheet, row)
    if next(filter(None, texts), "").startswith(LEGEND):
        return False
    told = []
    for at, text in enumerate(texts):
        if text and not isinstance(sheet.at(row, at), date) and not ABOUT.search(squashed(text)):
            told.append(at)
    if len(told) != 1:
        return len(told) > 1
    at = told[0]
    if dated_parts(texts[at], "wbs"):
        return True
    filled = [place for place, text in enumerate(_texts(sheet, below)) if text]
    wide = _spans(sheet, row).get(at, at)
    return bool(filled) and filled[0] < at < wide and wide - at + 1 < len(filled)


def _spans(sheet: Sheet, row: int) -> dict[int, int]:
    """First column -> last, of the areas merged over several columns that begin in a row."""
    spans = {}
    for (top, left), (_, right) in sheet.merged:
        if top == row and right > left:
            spans[left] = right
    return spans


def _carried(sheet: Sheet, row: int, last: int) -> list[str]:
    """The texts of an upper row, each over all the columns that it heads."""
    texts, below = _texts(sheet, row), _texts(sheet, last)
    spans = _spans(sheet, row)
    if spans:
        for left, right in spans.items():
            for at in range(left + 1, min(right + 1, len(texts))):
                texts[at] = texts[left]
        return texts
    for at in range(1, len(texts)):
        if not texts[at] and below[at] and below[at - 1]:
            texts[at] = texts[at - 1]
    return texts


# --- what a head says -----------------------------------------------------------------------------
@lru_cache(KEPT)
def bare(text: str) -> str:
    """A head without its unit and what does not change its meaning: 年額(千円) is 年額."""
    plain = unicodedata.normalize("NFKC", text)
    slight = {*UNITS, *SLIGHT}
    return squashed(
        ASIDE.sub(lambda found: "" if _is_slight(found[1], slight) else found[0], plain)
    )


def _is_slight(text: str, slight: set[str]) -> bool:
    parts = re.split(r"[・、,/:\s]+", text.strip().removeprefix("単位"))
    return all(part in slight or not part for part in parts)


def unit_in(text: str) -> str:
    """The unit of money that a head or a remark names; "" where it names none, or two."""
    plain = unicodedata.normalize("NFKC", text)
    found = set(re.findall(r"百万円|千円|万円|円", plain))
    return found.pop() if len(found) == 1 else ""


@lru_cache(KEPT)
def dated_parts(text: str, table: str) -> frozenset[str]:
    """The parts of a head of days (planned, start ...); empty where anything else stands in it."""
    left, found = bare(text), set()
    skipped = {"contract"} if table == "wbs" else set()
    for part, column in _date_words():
        if column not in skipped and part in left:
            left = left.replace(part, "\n")
            found.add(column)
    if left.strip("\n"):
        return frozenset()
    return frozenset(found - {"filler", "contract"})


@cache
def _date_words() -> tuple[tuple[str, str], ...]:
    pairs = []
    for word in load_words():
        if word.table == "date":
            pairs += [(text, word.column) for text in word.words]
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))


def day_column(text: str, table: str) -> str:
    """The column of days that a head means, such as planned_finish; "" where it means none.

    Without 予定 or 実績 a start or an end is planned, but 着手 and 完了 alone are `began` and `done`:
    either may be meant. Only 予定 or 実績 is `planned_day`, `actual_day`.
    """
    parts = dated_parts(text, table)
    edges = parts & {"start", "finish", "began", "done"}
    whose = parts & WHOSE
    if len(whose) > 1:
        whose -= {PLAN}  # 当初予定, 変更後予定
    starts, ends = edges & {"start", "began"}, edges & {"finish", "done"}
    if len(whose) > 1 or not parts:
        return ""
    if table == "contracts":
        return _contract_day(starts, ends, parts, whose)
    said = min(whose, default="")
    if starts and ends or "period" in parts and not edges:
        return f"{said or PLAN}_period"
    if not edges:
        return f"{said}_day" if said else ""
    if not said and edges in ({"began"}, {"done"}):
        return min(edges)
    return f"{said or PLAN}_{'start' if starts else 'finish'}"


def _contract_day(
    starts: frozenset[str], ends: frozenset[str], parts: frozenset[str], whose: frozenset[str]
) -> str:
    if whose - {PLAN, "revised"}:
        return ""
    if starts and ends or "period" in parts and not starts and not ends:
        column = "period"
    elif starts or ends:
        column = "start" if starts else "end"
    else:
        return ""
    return f"revised_{column}" if "revised" in whose else column


@lru_cache(KEPT)
def match_of(texts: tuple[str, ...], table: str) -> Match | None:
    """What the texts over one column say that it holds in a table; None where nothing.

    Parameters
    ----------
    texts : of the rows of the head that are not blank, from above.
    table : wbs, staff, contracts or steps.
    """
    if not texts:
        return None
    whole, lowest = "".join(texts), texts[-1]
    if table in ("wbs", "contracts"):
        day = day_column(whole, table) or _day_below(texts, table)
        if day:
            return Match(day, EXACT, "/".join(texts))
    found = _worded(bare(whole), table, EXACT)
    if found or len(texts) < 2 or any(map(is_other, texts[:-1])):
        return found
    found = _worded(bare(lowest), table, UNDER)
    # 定数/計 is no number of heads: what a number counts may stand above it
    return found if found and words_of(table)[found.column].kind in LOOSER else None


def _day_below(texts: Sequence[str], table: str) -> str:
    """What the lowest row alone says of a day, if it says whose day it is."""
    if len(texts) < 2 or any(map(is_other, texts[:-1])):
        return ""
    if not dated_parts(texts[-1], table) & {PLAN, REAL, "baseline", "revised"}:
        return ""
    return day_column(texts[-1], table)


def is_other(text: str) -> bool:
    """Whether a text speaks of another year, contract or city than the present one."""
    letters = squashed(text)
    return any(word in letters for word in words_of("")["other"].words)


@lru_cache(KEPT)
def _worded(text: str, table: str, sure: float) -> Match | None:
    """The column whose word a text is, or is very like."""
    best: Match | None = None
    for word in words_of(table).values():
        for rank, known in enumerate(word.words):
            if known == text:
                return Match(word.column, sure, known, rank)
            ratio = _likeness(known, text) * sure if word.kind in LOOSE else 0.0
            if ratio >= LIKE * sure and (not best or ratio > best.ratio):
                best = Match(word.column, ratio, known, rank)
    return None if best and is_other(text) else best


def _likeness(known: str, text: str) -> float:
    """How like two words are, 0..1; none of three letters or fewer is like another."""
    if min(len(known), len(text)) < 4 or abs(len(known) - len(text)) > 2:
        return 0.0
    if len({*known} & {*text}) < 3:
        return 0.0
    return SequenceMatcher(None, known, text, False).ratio()


@cache
def _exact_words(table: str) -> frozenset[str]:
    words: set[str] = set()
    for word in words_of(table).values():
        words.update(word.words)
    return frozenset(words)


def is_word(text: str, table: str) -> bool:
    """Whether a text is, letter for letter, a head of a table."""
    return bare(text) in _exact_words(table) or bool(
        table in ("wbs", "contracts") and day_column(text, table)
    )


# --- where a table begins -------------------------------------------------------------------------
def score_of(head: Head, table: str) -> float:
    """How well a head fits a table: the weights of its columns, each once; 0 if one is missing."""
    found: dict[str, float] = {}
    known = words_of(table)
    for texts in head.texts:
        match = match_of(texts, table)
        if match:
            weight = known[match.column].weight if match.column in known else 1
            found[match.column] = max(found.get(match.column, 0), (weight + 0.1) * match.ratio)
    return sum(found.values()) if _is_whole(found, table) else 0.0


def _is_whole(found: Iterable[str], table: str) -> bool:
    """Whether the columns make a table of a kind."""
    have = set(found)
    days = {column for column in have if column.endswith(DAYS)}
    if table == "wbs":
        return bool(have & {"task", "level1", "level2", "business"} and days)
    if table == "staff":
        return "section" in have and bool(have & {"heads", "person", "sum"})
    if table == "steps":
        return "business" in have and bool(have & {"steps", "live_planned", "live_since"})
    named = have & {"business", "subject"}
    return bool(named and have & {"vendor", "period", "yearly", "monthly", "total", "months"})


def spans_of(sheet: Sheet, head: Head) -> dict[int, int]:
    """First column -> last, of heads that stand over several columns and have none below them."""
    return _spans(sheet, head.last)


def _goes_on(sheet: Sheet, head: Head) -> bool:
    """Whether the next row that is not blank belongs to a head: it parts what stands above it."""
    row = head.last + 1
    while row < len(sheet.rows) and not any(map(cell_text, sheet.rows[row])):
        row += 1
    texts = _words(sheet, row)
    for left, right in _spans(sheet, head.last).items():
        if len([at for at in texts if left <= at <= right]) > 1:
            return True
    first = next((at for at, parts in enumerate(head.texts) if parts), 0)
    if cell_text(sheet.at(row, first)):
        return False
    for at, text in texts.items():
        edge = dated_parts(text, "wbs") & {"start", "finish", "began", "done"}
        if edge or not head.texts[at] and (head.texts[at - 1] or at - 1 in texts):
            return True
    return False


def _words(sheet: Sheet, row: int) -> dict[int, str]:
    """Column -> text, of the cells of a row that are texts."""
    if row >= len(sheet.rows):
        return {}
    cells = enumerate(sheet.rows[row])
    return {at: cell for at, cell in cells if isinstance(cell, str) and cell.strip()}


DAYS = ("_start", "_finish", "_day", "_period", "began", "done")


def best_head(
    sheet: Sheet, start: int, tables: Iterable[str] = tuple(TABLES)
) -> tuple[Head, dict[str, float]] | None:
    """The head that fits best in the rows from `start` on, with its score by kind of table.

    Parameters
    ----------
    sheet : the sheet.
    start : first row from 0.
    tables : kinds that may be meant.
    """
    best: tuple[float, Head, dict[str, float]] | None = None
    for last in range(start, min(start + LOWEST + DEEPEST - 1, len(sheet.rows))):
        if sum(isinstance(cell, str) and bool(cell.strip()) for cell in sheet.rows[last]) < 2:
            continue
        head = head_at(sheet, last)
        if head.first < start or _goes_on(sheet, head):
            continue
        scores = {table: score_of(head, table) for table in tables}
        if max(scores.values()) > (best[0] if best else 0):
            best = (max(scores.values()), head, scores)
    return best and (best[1], best[2])


def chosen_head(sheet: Sheet, start: int, names: Iterable[str]) -> Head | None:
    """The head that has most of the names of a mapping file, in the rows from `start` on.

    Parameters
    ----------
    sheet : the sheet.
    start : first row from 0.
    names : heads as they stand, as of ``heads_of``.
    """
    wanted, most, best = set(names), 1, None
    for last in range(start, min(start + LOWEST + DEEPEST - 1, len(sheet.rows))):
        head = head_at(sheet, last)
        found = len(wanted & set(heads_of(head)))
        if found > most:
            most, best = found, head
    return best
