"""Which official file a book is, by what its sheets hold and never by its name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from dxplan.bring.archive import BookError
from dxplan.bring.cells import Book, Sheet, load_book
from dxplan.refresh import keyed, late, steps
from dxplan.refresh.reading import Heads, Reading, heads_of, load_kinds

NOT_KNOWN = (
    "{}: どの公表ファイルか分かりません。見出しが次のどれとも合いません: {}。"
    "表の形が変わったときは、data/official_columns.csv の見出しを確かめてください。"
)


def load_readings(path: Path, as_of: date | None = None) -> list[Reading]:
    """What the sheets of an official file say, with the notes of the file itself.

    Parameters
    ----------
    path : of the file.
    as_of : the day that it speaks of, where it does not say itself.

    Raises
    ------
    BookError : it cannot be read, or is no official file that is known.
    """
    book = load_book(path)
    best: dict[str, Reading] = {}
    for reading in _readings(book):
        known = best.get(reading.form)
        # a list of wards stands beside that of the municipalities
        if known is None or len(reading.cells) > len(known.cells):
            best[reading.form] = reading
    if not best:
        labels = "、".join(row["label"] for row in load_kinds().values())
        raise BookError(NOT_KNOWN.format(path.name, labels))
    for reading in best.values():
        reading.notes[:0] = book.notes
    read = " ".join(reading.where for reading in best.values())
    left = [one.name for one in book.sheets if one.rows and f"「{one.name}」" not in read]
    if left and book.kind != "csv":
        next(iter(best.values())).notes.append(f"読まなかったシート: {'、'.join(left)}")
    return [replace(reading, as_of=reading.as_of or as_of) for reading in best.values()]


def _readings(book: Book) -> Iterator[Reading]:
    for sheet in book.sheets:
        if book.kind == "csv":  # named after its file, which says nothing
            sheet = replace(sheet, name="")
        reading = _reading(book, sheet, heads_of(sheet))
        if reading:
            yield reading


def _reading(book: Book, sheet: Sheet, heads: Heads) -> Reading | None:
    """What a sheet says; None where it is of no known kind."""
    kind = keyed.keyed_kind(sheet, heads)
    if kind:
        return keyed.load_keyed(kind, book, sheet, heads)
    if keyed.is_dashboard(sheet):
        return keyed.load_dashboard(book, sheet)
    if steps.is_by_step(heads):
        return steps.load_steps(book, sheet, heads)
    if steps.is_by_rates(sheet, heads):
        return steps.load_rates(book, sheet, heads)
    if late.is_late_list(sheet, heads):
        return late.load_late_list(book, sheet, heads)
    return None
