"""What a person types or pastes, as a value of a parameter or the cells of a table.

At the table people type as they speak (``kinds``); what cannot be read is answered with a sentence.
"""

from __future__ import annotations

import csv
from datetime import date
from io import StringIO

from dxplan.facts.kinds import DATE, KINDS, plain
from dxplan.facts.letters import shortened
from dxplan.facts.nodes import ParamError
from dxplan.facts.params import Scalar, Spec, within

LONGEST = 60


def value_of(text: str, spec: Spec) -> Scalar:
    """What a person typed for a parameter.

    Parameters
    ----------
    text : as typed; full-width letters, thousands separators and the parameter's own unit are
        understood.
    spec : the parameter.

    Raises
    ------
    ParamError
        It is no value of this kind, or lies outside the range; the sentence says what is allowed.
    """
    value: Scalar
    if spec.kind == "choice":
        value = _choice(text, spec)
    else:
        try:
            value = KINDS[spec.kind].lenient(text, spec.suffix)
        except ValueError as fault:
            raise _refusal(text, str(fault)) from None
    if not within(spec, value):
        raise _refusal(text, f"は範囲の外です。{_range(spec)}の中で入力してください。{spec.order}")
    return value


def _choice(text: str, spec: Spec) -> str:
    meant = plain(text)
    for choice in spec.choices:
        if plain(choice) == meant:
            return choice
    raise _refusal(text, f"は選べません。{'・'.join(spec.choices)} から選んでください。")


def _range(spec: Spec) -> str:
    if spec.kind == "date":
        return f"{_day_text(spec.minimum)}〜{_day_text(spec.maximum)}"
    return f"{float(spec.minimum):,g}〜{float(spec.maximum):,.12g}{spec.unit}{spec.counted}"


def _day_text(text: str) -> str:
    day: date = DATE.strict(text)
    return f"{day.year}年{day.month}月{day.day}日"


def _refusal(text: str, why: str) -> ParamError:
    return ParamError(f"「{shortened(text.strip(), LONGEST)}」{why}")


def cells_of(text: str) -> list[list[str]]:
    """The cells of a block copied from a spreadsheet: tabs between, a row a line, quotes if needed.

    Parameters
    ----------
    text : as pasted; trailing blank lines and columns are dropped.

    Raises
    ------
    ParamError
        A cell is too long to be one.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    rows = []
    try:
        for row in csv.reader(StringIO(lines), delimiter="\t"):
            cells = [plain(cell) for cell in row]
            while cells and not cells[-1]:
                cells.pop()
            if cells:
                rows.append(cells)
    except csv.Error:
        raise ParamError(
            "貼り付けた表を読めません。表計算ソフトのセルを選んでコピーし、貼り付け直してください。"
        ) from None
    width = max(map(len, rows), default=0)
    return [row + [""] * (width - len(row)) for row in rows]
