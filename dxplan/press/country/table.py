"""The headline numbers of a run as one long table, for a spreadsheet and for programs.

One row a city and measure. A city that failed, or that gave no measures, has one row, so that none is lost.
"""

import io
from pathlib import Path

import pandas as pd

from dxplan.press.check import placeless
from dxplan.press.country.measure import DATE, KEY, WORD
from dxplan.press.page import write_file

CSV, PARQUET = "cities.csv", "cities.parquet"
DONE, FAILED = "完了", "失敗"
COLUMNS = (
    "slug",
    "title",
    "prefecture",
    "status",
    "error",
    "measure",
    "label",
    "value",
    "text",
    "unit",
    "as_of",
    "source",
    "grade",
)
FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # what a spreadsheet takes for the beginning of a formula


def write_tables(outcomes, folder):
    """Write cities.csv (UTF-8 with a byte-order mark, no cell that a spreadsheet would calculate) and cities.parquet.

    Parameters
    ----------
    outcomes : outcomes of a run
    folder : folder of the pages

    Returns
    -------
    paths of both files

    Raises
    ------
    PressError
        if a file cannot be written
    """
    frame, folder = long_table(outcomes), Path(folder)
    text = _plain_cells(frame).to_csv(
        index=False, lineterminator="\r\n", float_format="%.15g"
    )  # quotes a lone \r too
    return write_file(folder / CSV, f"\ufeff{text}"), write_file(folder / PARQUET, _parquet(frame))


def long_table(outcomes):
    """One row a city and measure.

    Parameters
    ----------
    outcomes : outcomes of a run

    Returns
    -------
    frame [slug, title, prefecture, status, error, measure, label, value (number), text (date or word), unit, as_of, source,
    grade]; text that does not exist is empty
    """
    rows = [row for outcome in outcomes for row in _rows(outcome)]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.astype({name: "float64" if name == "value" else "str" for name in COLUMNS})


def title_of(outcome):
    """Name of a city for the reader.

    Parameters
    ----------
    outcome : outcome of one city

    Returns
    -------
    text
    """
    return outcome.title or outcome.headline.get("title") or outcome.slug


def _rows(outcome):
    start = (
        outcome.slug,
        title_of(outcome),
        outcome.group,
        DONE if outcome.ok else FAILED,
        placeless(outcome.error),
    )
    for one in outcome.headline.get(KEY, ()) or [{}]:
        is_text = one.get("unit") in (DATE, WORD)
        value, text = (None, one["value"] or "") if is_text else (one.get("value"), "")
        yield (
            *start,
            one.get("measure", ""),
            one.get("label", ""),
            value,
            text,
            one.get("unit", ""),
            one.get("as_of", ""),
            one.get("source", ""),
            one.get("grade", ""),
        )


def _plain_cells(frame):
    """Frame in which no text begins as a formula does."""
    return frame.assign(
        **{
            name: ["'" + text if text.startswith(FORMULA) else text for text in frame[name]]
            for name in COLUMNS
            if name != "value"
        }
    )


def _parquet(frame):
    buffer = io.BytesIO()
    frame.to_parquet(buffer, engine="pyarrow", index=False, compression="zstd")
    return buffer.getvalue()
