"""Several municipalities named in one text, for pages that put them side by side."""

from __future__ import annotations

import re
from pathlib import Path

from dxplan.facts.letters import neat
from dxplan.town.city import City, load_city
from dxplan.town.finder import CityError

MOST = 6  # cities that stand side by side on a page


def cities_named(text: object) -> tuple[object, ...]:
    """The words of a text that names cities, divided by spaces or commas; a number is one word."""
    if isinstance(text, (list, tuple)):
        return tuple(text)
    if not isinstance(text, str) and text is not None:
        return (text,)
    joined = re.sub(r"(?<=[都道府県郡])\s+", "", neat(text or ""))  # 千葉県 市川市 is one name
    return tuple(filter(None, re.split(r"[\s,、，]+", joined)))


def load_cities(text: object, folder: Path | None = None) -> tuple[City, ...]:
    """The cities that a text names, each once, in the order named: 141003 172031, or 市川市、白川村.

    Raises
    ------
    CityError
        None or too many are named, or names are not known: all of these are said.
    ParamError
        The params file of one has faults.
    """
    cities: dict[str, City] = {}
    faults = []
    for word in cities_named(text):
        try:
            city = load_city(word, folder)
            cities.setdefault(city.slug, city)
        except CityError as fault:
            faults.append(str(fault))
    if faults:
        raise CityError(" ".join(faults))
    if not 1 <= len(cities) <= MOST:
        said = f"{len(cities)}団体が書かれています" if cities else "団体が書かれていません"
        how = f"比べる団体を空白で区切って、{MOST}つまで書いてください"
        raise CityError(f"{said}。{how}(例: 141003 172031 216046)。")
    return tuple(cities.values())
