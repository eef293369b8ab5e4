"""The ledger: what is done is not done again, what was cut off goes on, and nothing is half."""

import hashlib
import os
import random
import resource
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dxplan.press import PressError, ledger
from dxplan.press.batch import Job, run_batch
from dxplan.press.job import Printed
from dxplan.press.ledger import LOCK, NAME, Ledger, load_rows, renew_calendar
from tests.press.processes import shoot

pytestmark = pytest.mark.rest  # many runs of the press

ROOT = Path(__file__).resolve().parents[2]
COUNTED = "import os\nwith open(f'{city}.runs', 'a') as file:\n    file.write('x')\ncity"


@pytest.fixture
def press(tmp_path, write_notebook):
    """Runs a batch; returns the slugs that were really run."""
    notebook = write_notebook(
        tmp_path / "n.ipynb",
        "# 計画書",
        COUNTED,
        "assert city != 'bad' or os.path.exists('healed')\n1",
    )

    def run(jobs=("c1", "c2", "c3"), **options):
        before = {path.name: path.stat().st_size for path in tmp_path.glob("*.runs")}
        jobs = [job if isinstance(job, Job) else Job(job) for job in jobs]
        run.outcomes = run_batch(notebook, jobs, tmp_path / "out", 1, **options)
        return sorted(
            path.stem
            for path in tmp_path.glob("*.runs")
            if path.stat().st_size != before.get(path.name)
        )

    run.notebook = notebook
    return run


def test_a_second_run_does_only_what_changed(press, tmp_path):
    assert press() == ["c1", "c2", "c3"]
    assert press() == [] and all(outcome.ok and outcome.kept for outcome in press.outcomes)
    assert press([Job("c1"), Job("c2", inputs="new"), Job("c4")]) == ["c2", "c4"]
    assert press(["c1", "c3"], recipe="new") == ["c1", "c3"]
    assert press(["c1", "c3"], recipe="new") == []
    assert press(["c1", "c3"], recipe="new", environment=[("DXPLAN_X", "1")]) == ["c1", "c3"]
    assert press(["c1"], recipe="new", environment=[("DXPLAN_X", "1")], fresh=True) == ["c1"]


def test_a_page_that_is_gone_or_was_changed_is_made_again(press, tmp_path):
    press()
    (tmp_path / "out" / "c1.html").unlink()
    (tmp_path / "out" / "c2.html").write_text("half", encoding="utf-8")
    assert press() == ["c1", "c2"]


def test_a_changed_notebook_changes_every_page(press, write_notebook):
    press()
    write_notebook(press.notebook, "# 計画書", COUNTED, "2")
    assert press() == ["c1", "c2", "c3"]


def test_a_failed_city_is_tried_again_and_says_why(press, tmp_path):
    press(["c1", "bad"])
    rows = {row["slug"]: row for row in load_rows(tmp_path / "out")}
    assert (
        rows["c1"]["status"] == "done" and rows["c1"]["seconds"] > 0 and rows["c1"]["error"] == ""
    )
    assert rows["bad"]["status"] == "failed" and "予期しない誤り" in rows["bad"]["error"]
    assert "AssertionError" in rows["bad"]["log"] and "AssertionError" not in rows["bad"]["error"]
    assert "assert city != 'bad'" in rows["bad"]["log"] and "\x1b" not in rows["bad"]["log"]
    (tmp_path / "healed").touch()
    assert press(["c1", "bad"]) == ["bad"] and all(outcome.ok for outcome in press.outcomes)


def test_the_ledger_is_readable_while_a_run_goes_on(press, tmp_path):
    seen = []
    press(
        on_done=lambda outcome: seen.append([row["status"] for row in load_rows(tmp_path / "out")])
    )
    assert seen == [["done"], ["done", "done"], ["done", "done", "done"]]


def test_two_runs_in_one_folder_are_told_apart(press, tmp_path):
    press()
    with Ledger(tmp_path / "out"), pytest.raises(PressError, match="別の dxplan が使っています"):
        press()
    assert press() == []


def test_a_file_that_is_no_ledger_is_one_sentence(press, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / NAME).write_text("これは台帳ではない" * 100, encoding="utf-8")
    with pytest.raises(PressError, match="台帳として読めません.*名前を変えて残すと"):
        press()
    with pytest.raises(PressError, match="まだ報告書の台帳がありません"):
        load_rows(tmp_path)


@pytest.mark.parametrize("step", ["write_bytes", "replace"])
def test_a_run_cut_off_while_it_publishes_leaves_a_right_page_or_none(tmp_path, monkeypatch, step):
    job, page = Job("c1"), b"<p>page</p>"

    def cut(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt), Ledger(tmp_path) as one:
        one.begin(job, "d")
        patch.setattr(*((Path, step, cut) if step == "write_bytes" else (ledger.os, step, cut)))
        one.publish(job, "d", Printed(page))
    assert not (tmp_path / "c1.html").exists()
    with Ledger(tmp_path) as two:
        found = two.find(job, "d")
        assert (found is not None) == (step == "replace")  # entered: adopted, and not done again
        assert (tmp_path / "c1.html").exists() == (found is not None)
        assert found is None or (tmp_path / "c1.html").read_bytes() == page
        assert two.find(job, "other") is None


def test_a_disk_that_refuses_one_page_is_that_citys_sentence(tmp_path):
    """A real limit of the system on the size of a file, in a process of its own."""
    script = (
        "import resource\n"
        "from dxplan.press.job import Job, Printed\nfrom dxplan.press.ledger import Ledger\n"
        "with Ledger('.') as one:\n    one.begin(Job('big'), 'd')\n"
        f"    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, {resource.RLIM_INFINITY}))\n"
        "    for slug, size in (('big', 400_000), ('small', 1000)):\n"
        "        done = one.publish(Job(slug), 'd', Printed(b'x' * size))\n"
        "        print(done.ok, done.error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
    )
    assert done.stdout.splitlines() == [
        "False big.html を書けません(ファイルが大きすぎます)。出力先の権限と空き容量を確かめてください。",
        "True ",
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == [LOCK, NAME, "small.html"]


def test_a_run_killed_at_any_moment_continues_where_it_was(tmp_path, write_notebook):
    """kill -9 of parent, workers, templates and notebooks; then the same command, undisturbed."""
    notebook = write_notebook(
        tmp_path / "n.ipynb", "# 計画書", COUNTED, "import time\ntime.sleep(0.3)\n'計画 ' * 100"
    )
    slugs = [f"c{number:02}" for number in range(16)]
    script = (
        "import sys\nfrom dxplan.press.batch import Job, run_batch\nif __name__ == '__main__':\n"
        "    done = run_batch(sys.argv[1], [Job(slug) for slug in sys.argv[3:]], sys.argv[2], 2)\n"
        "    sys.exit(not all(outcome.ok for outcome in done))\n"
    )
    (tmp_path / "run.py").write_text(script, encoding="utf-8")
    command = [sys.executable, str(tmp_path / "run.py"), str(notebook)]
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([*command, str(tmp_path / "whole"), *slugs], env=surroundings, check=True)
    chance = random.Random(4)
    for kind in ("parent", "template", "worker", "notebook", "parent"):
        process = subprocess.Popen(
            [*command, str(tmp_path / "cut"), *slugs], env=surroundings, start_new_session=True
        )
        time.sleep(3.0 + chance.random() * 2)
        shoot(process.pid, kind, chance)
        process.wait(timeout=120)
    subprocess.run([*command, str(tmp_path / "cut"), *slugs], env=surroundings, check=True)
    pages = [
        {path.name: path.read_bytes() for path in (tmp_path / name).glob("*.html")}
        for name in ("whole", "cut")
    ]
    assert len(pages[0]) == 16 and pages[0] == pages[1]
    assert not list((tmp_path / "cut").glob(".*.tmp"))
    for row in load_rows(tmp_path / "cut"):
        page = (tmp_path / "cut" / f"{row['slug']}.html").read_bytes()
        assert row["status"] == "done" and row["sha256"] == hashlib.sha256(page).hexdigest()


def test_the_headline_comes_back_from_the_ledger(tmp_path):
    with Ledger(tmp_path) as one:
        one.publish(Job("c1", "市", "県"), "d", Printed(b"x", {"費用": "3億円"}, 1.5))
        (tmp_path / "c1.html").write_bytes(b"x")
    with Ledger(tmp_path) as two:
        (outcome,) = two.outcomes()
    assert (outcome.title, outcome.group, outcome.headline, outcome.seconds) == (
        "市",
        "県",
        {"費用": "3億円"},
        1.5,
    )
    with sqlite3.connect(tmp_path / NAME) as base:
        assert base.execute("SELECT status FROM report").fetchall() == [("done",)]
    base.close()


def test_calendars_of_one_city_follow_one_another_however_many_write_them(tmp_path):
    def renew(_):
        return renew_calendar(tmp_path, "c1", lambda last: last + b"x")

    with ThreadPoolExecutor(4) as threads:
        sent = list(threads.map(renew, range(20)))
    assert sorted(map(len, sent)) == list(range(1, 21)), "none was counted on from an older one"
    assert renew_calendar(tmp_path, "c2", lambda last: last + b"y") == b"y"


def test_a_calendar_that_could_not_be_made_leaves_the_last_one(tmp_path):
    with Ledger(tmp_path) as one:
        one.publish(Job("c1", "市", "県"), "d", Printed(b"x"))
    assert renew_calendar(tmp_path, "c1", lambda last: last + b"x") == b"x"
    with pytest.raises(ZeroDivisionError):
        renew_calendar(tmp_path, "c1", lambda last: bytes(1 // len(last[1:])))
    assert renew_calendar(tmp_path, "c1", lambda last: last + b"x") == b"xx"
    assert [row["slug"] for row in load_rows(tmp_path)] == ["c1"], "the pages are as they were"
