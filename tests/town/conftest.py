"""An empty folder of params files, and a way to put one there."""

import pytest

from dxplan.town.city import load_city


@pytest.fixture
def folder(tmp_path):
    """An empty params folder."""
    made = tmp_path / "params"
    made.mkdir()
    return made


@pytest.fixture
def save(folder):
    """A function that writes a params file and loads its city."""

    def write(slug, text):
        (folder / f"{slug}.yaml").write_text(text, encoding="utf-8")
        return load_city(slug, folder)

    return write
