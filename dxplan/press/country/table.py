"""The headline numbers of a run as one long table, for a spreadsheet and for programs.

One row a city and measure. A city that failed, or that gave no measures, has one row, so that none
is lost.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from pathlib import Path

import pandas as pd

from dxplan.files import csv_cell
from dxplan.press.check import placeless
from dxplan.press.country.measure import DATE, KEY, WORD
from dxplan.press.job import JobOutcome
from dxplan.press.page import write_file

CSV, PARQUET = "cities.csv", "cities.parquet"
DONE, FAILED = "完了", "失敗"
COLUMNS = tuple(
    "slug title prefecture status error measure label value text unit as_of source grade".split()
)
OF_MEASURE = ("measure", "label", "unit", "as_of", "source", "grade")


def write_tables(outcomes: Iterable[JobOutcome], folder: Path) -> tuple[Path, Path]:
    """Write cities.csv (UTF-8 with a byte-order mark) and cities.parquet.

    No cell of the first is one that a spreadsheet would calculate.

    Raises
    ------
    PressError
        A file cannot be written.
    """
    frame, folder = long_table(outcomes), Path(folder)
    # this end of line makes pandas quote a lone \r too
    text = _plain_cells(frame).to_csv(index=False, lineterminator="\r\n", float_format="%.15g")
    return write_file(folder / CSV, f"\ufeff{text}"), write_file(folder / PARQUET, _parquet(frame))


def long_table(outcomes: Iterable[JobOutcome]) -> pd.DataFrame:
    """One row a city and measure: COLUMNS, with `value` a number and `text` a date or a word.

    Text that does not exist is empty.
    """
    rows = [row for outcome in outcomes for row in _rows(outcome)]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.astype(dict.fromkeys(COLUMNS, "str") | {"value": "float64"})


def title_of(outcome: JobOutcome) -> str:
    """Name of a city for the reader."""
    return outcome.title or outcome.headline.get("title") or outcome.slug


def _rows(outcome: JobOutcome) -> Iterator[dict]:
    city = {
        "slug": outcome.slug,
        "title": title_of(outcome),
        "prefecture": outcome.group,
        "status": DONE if outcome.ok else FAILED,
        "error": placeless(outcome.error),
    }
    for measure in outcome.headline.get(KEY) or [{}]:
        row = {name: measure.get(name, "") for name in OF_MEASURE}
        value, text = measure.get("value"), ""
        if row["unit"] in (DATE, WORD):
            value, text = None, value or ""
        yield city | row | {"value": value, "text": text}


def _plain_cells(frame: pd.DataFrame) -> pd.DataFrame:
    """Frame in which no text begins as a formula does."""
    plain = frame.copy()
    for name in COLUMNS:
        if name != "value":
            plain[name] = [csv_cell(text) for text in frame[name]]
    return plain


def _parquet(frame: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.to_parquet(buffer, engine="pyarrow", index=False, compression="zstd")
    return buffer.getvalue()
