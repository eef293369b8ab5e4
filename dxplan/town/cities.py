"""Several municipalities named in one text, for pages that put them side by side."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from dxplan.town.city import City, CityError, load_city

MOST = 6  # cities that stand side by side on a page


def cities_named(text: str) -> tuple[str, ...]:
    """The words of a text that names cities, divided by spaces or commas."""
    return tuple(
        word for word in re.split(r"[\s,、，]+", unicodedata.normalize("NFC", text)) if word
    )


def load_cities(text: str, folder: Path | None = None) -> tuple[City, ...]:
    """The cities that a text names, each once, in the order named: 141003 172031, or 市川市、白川村.

    Raises
    ------
    CityError
        None or too many are named, or names are not known: all of these are said.
    ParamError
        The params file of one has faults.
    """
    found: dict[str, City] = {}
    faults = []
    for word in cities_named(text):
        try:
            city = load_city(word, folder)
            found.setdefault(city.slug, city)
        except CityError as fault:
            faults.append(str(fault))
    if faults:
        raise CityError(" ".join(faults))
    if not 1 <= len(found) <= MOST:
        said = f"{len(found)}団体が書かれています" if found else "団体が書かれていません"
        raise CityError(
            f"{said}。比べる団体を空白で区切って、{MOST}つまで書いてください（例: 141003 172031 216046）。"
        )
    return tuple(found.values())
