"""Taking in: all files or none, whatever kills it; origins, hashes and history with them."""

import csv
import gzip
import hashlib
import os
import random
import shutil
import subprocess
import sys
import time

import pytest

from dxplan.files import PART, READY, ROOT, settle, write_together
from tests.refresh.conftest import STATUS, rate_rows, rows_of, steps_by_town, write_rows


def content_of(folder):
    """Name -> bytes of what a folder holds, what is beside it left out."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not name.startswith((PART, READY)):
            found[name] = path.read_bytes()
    return found


@pytest.fixture
def later(tmp_path):
    """A table by rates of 2026-09 with three other systems."""
    steps = steps_by_town()
    for code in ("122033", "172031", "216046"):
        steps[code][0] = 41 - max(1, steps[code][0])
    return write_rows(tmp_path / "later.csv", rate_rows(steps))


@pytest.mark.rest
def test_without_accept_nothing_is_written(folder, dxplan, later):
    before = content_of(folder)
    done = dxplan("refresh", later)
    assert done.returncode == 1 and "変わる値: 3" in done.stdout, done.stderr
    assert content_of(folder) == before


@pytest.mark.rest
def test_accept_writes_origins_hashes_and_history_and_then_nothing_differs(folder, dxplan, later):
    before = content_of(folder)
    done = dxplan("refresh", later, "--accept")
    assert done.returncode == 0 and "取り込みました" in done.stdout, done.stderr
    columns = {(row["table"], row["column"]): row for row in rows_of("COLUMNS", folder)}
    for key in (
        (STATUS, "steps_done"),
        ("municipalities", "steps_rate"),
        ("businesses", "complete"),
    ):
        row = columns[key]
        assert (row["as_of"], row["source"], row["grade"]) == ("2026-09-30", "status20260930", "A")
    assert columns[STATUS, "flagged_late"]["as_of"] == "2025-12-31"
    rules = {row["id"]: row["speaks_of"] for row in rows_of("state_rules", folder)}
    assert (rules["live_steps"], rules["flagged_steps"]) == ("2026-09-30", "2025-12-31")
    hashes = {}
    for row in rows_of("SOURCES", folder):
        hashes |= dict(zip(row["file"].split(), row["sha256"].split(), strict=True))
    for path in folder.glob("*.csv"):
        if path.name != "SOURCES.csv":
            assert hashes[path.name] == hashlib.sha256(path.read_bytes()).hexdigest(), path.name
    kept = gzip.decompress((folder / f"history/{STATUS}_2026-01-31.csv.gz").read_bytes())
    assert kept == before[f"{STATUS}.csv"]
    with (folder / "history/log.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["sha256"] == hashlib.sha256(later.read_bytes()).hexdigest()
    again = dxplan("refresh", later, "--accept")
    assert again.returncode == 0 and "書くものはありません" in again.stdout, again.stderr
    speeds = dxplan("data", "--speeds")
    assert "2026-01-31 から 2026-09-30 まで(8.0か月)" in speeds.stdout, speeds.stderr


@pytest.mark.rest
def test_a_faulty_file_is_not_taken_in(folder, dxplan, tmp_path):
    rows, before = rate_rows(steps_by_town()), content_of(folder)
    rows[2][3] = "済"
    done = dxplan("refresh", write_rows(tmp_path / "x.csv", rows), "--accept")
    assert done.returncode == 2 and "data/ は元のままです" in done.stderr
    assert content_of(folder) == before


@pytest.mark.rest
def test_a_folder_that_cannot_be_written_is_told_by_a_sentence(folder, dxplan, later):
    (folder / READY).write_text("in the way")
    done = dxplan("refresh", later, "--accept")
    assert done.returncode == 2 and "DXPLAN_DATA" in done.stderr and "Traceback" not in done.stderr


WRITER = """
import sys
from pathlib import Path
from dxplan.files import write_together
folder, names = Path(sys.argv[1]), [f"t{n}.csv" for n in range(8)] + ["history/old.gz"]
print("go", flush=True)
for state in range(1, 10_000):
    write_together(folder, {name: (str(state) * 20_000).encode() for name in names})
"""


@pytest.mark.rest
@pytest.mark.parts
def test_a_killed_writer_leaves_the_old_state_or_the_new_one(tmp_path):
    rng = random.Random(9)
    names = [f"t{number}.csv" for number in range(8)] + ["history/old.gz"]
    write_together(tmp_path, dict.fromkeys(names, b"0" * 20_000))
    states = set()
    for _ in range(12):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, tmp_path], cwd=ROOT, stdout=subprocess.PIPE
        )
        assert writer.stdout.readline() == b"go\n"
        time.sleep(rng.uniform(0, 0.1))
        writer.kill()
        writer.communicate(timeout=10)
        settle(tmp_path)
        content = content_of(tmp_path)
        assert sorted(content) == sorted(names)
        assert len(set(content.values())) == 1, "files of two states"
        assert not (tmp_path / READY).exists()
        states.add(content["t0.csv"])
    assert len(states) > 1, "no kill came after the first state"


@pytest.mark.rest
@pytest.mark.parts
def test_a_killed_refresh_leaves_the_old_state_or_the_new_one(folder, later, tmp_path):
    old = content_of(folder)
    whole = tmp_path / "whole"
    shutil.copytree(folder, whole)
    command = [sys.executable, "-m", "dxplan", "refresh", str(later), "--accept"]
    start = time.monotonic()
    subprocess.run(
        command,
        env=os.environ | {"DXPLAN_DATA": str(whole)},
        cwd=ROOT,
        capture_output=True,
        timeout=120,
        check=True,
    )
    length, new = time.monotonic() - start, content_of(whole)
    assert new != old
    rng, seen = random.Random(4), set()
    for _ in range(4):
        running = subprocess.Popen(
            command,
            env=os.environ | {"DXPLAN_DATA": str(folder)},
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
        )
        time.sleep(length * rng.uniform(0.5, 1.05))
        running.kill()
        running.wait(timeout=10)
        settle(folder)
        found = content_of(folder)
        assert found in (old, new)
        seen.add(found == new)
        if found == new:
            shutil.rmtree(folder)
            _restore(folder, old)
    assert seen


def _restore(folder, content):
    for name, text in content.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)


def test_what_was_written_whole_and_not_yet_moved_is_moved_by_who_comes_next(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"old")
    ready = tmp_path / READY
    (ready / "history").mkdir(parents=True)
    (ready / "a.csv").write_bytes(b"new")
    (ready / "history" / "b.gz").write_bytes(b"kept")
    settle(tmp_path)
    assert content_of(tmp_path) == {"a.csv": b"new", "history/b.gz": b"kept"}
    assert not ready.exists()
