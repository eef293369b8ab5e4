"""A copy of data/ to be written into, and ministry tables made of it."""

import csv
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dxplan.files import DATA, ROOT

STATUS = "standardization_status"


def rows_of(name: str, folder: Path = DATA) -> list[dict[str, str]]:
    """The rows of a table as they are written."""
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_rows(path: Path, rows: list[list[object]], encoding: str = "utf-8") -> Path:
    """A CSV file of rows."""
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def steps_by_town() -> dict[str, list[int]]:
    """Code -> the steps done of its 20 systems."""
    found: dict[str, list[int]] = {}
    for row in rows_of(STATUS):
        found.setdefault(row["code"], []).append(int(row["steps_done"]))
    return found


def rate_rows(steps: dict[str, list[int]], month: str = "令和8年9月") -> list[list[object]]:
    """The ministry's form by rates: prefecture, name, share, a business a column."""
    names = [row["business"] for row in rows_of("businesses")]
    seen = {"住民基本台帳": "住民記録", "戸籍の附票": "戸籍附票"}
    rows: list[list[object]] = [[f"標準化の進捗状況({month}末時点)"]]
    rows.append(["都道府県", "市区町村", "完了率", *(seen.get(name, name) for name in names)])
    for town in rows_of("municipalities"):
        done = steps[town["code"]]
        share = sum(done) / 800
        rows.append([town["pref"], town["name"], share, *(one / 40 for one in done)])
    return rows


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data/ of one's own."""
    return Path(shutil.copytree(DATA, tmp_path / "data"))


@pytest.fixture
def dxplan(folder: Path) -> Callable[..., subprocess.CompletedProcess]:
    """The command line with that data/."""

    def run(*words: object) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "dxplan", *map(str, words)]
        own = os.environ | {"DXPLAN_DATA": str(folder)}
        return subprocess.run(
            command, env=own, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
        )

    return run
