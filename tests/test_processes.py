"""Processes that work for another: in order, and gone with it whatever ends it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dxplan.processes import each_made
from tests.conftest import ROOT

LONG = """
import os, sys, time
from pathlib import Path
from dxplan.processes import each_made

def nap(name):
    Path(sys.argv[1], f"{name}.{os.getpid()}").touch()
    time.sleep(300)

if __name__ == "__main__":
    list(each_made(nap, ["a", "b"], 2, str))
"""


def test_a_single_thing_is_made_here_and_many_in_their_order():
    assert list(each_made(lambda _: os.getpid(), [1], 4, abs)) == [os.getpid()]
    assert list(each_made(abs, [-3, -1, -2], 2, abs)) == [3, 1, 2]


def test_what_a_task_raises_is_raised_where_it_was_asked_for():
    with pytest.raises(ZeroDivisionError):
        list(each_made(_inverse, [2, 0, 4], 2, abs))


def _inverse(number):
    return 1 / number


@pytest.mark.skipif(os.name != "posix", reason="シグナルのない環境なので省きます")
def test_a_process_that_dies_loses_its_own_thing_alone():
    assert list(each_made(_made_or_dead, [1, 2, 3, 4, 5], 2, _lost)) == [1, "lost 2", 3, 4, 5]


def _made_or_dead(number):
    if number == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def _lost(number):
    return f"lost {number}"


@pytest.mark.skipif(os.name != "posix", reason="シグナルのない環境なので省きます")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_workers_end_with_the_process_that_asks_and_say_nothing(tmp_path, how):
    script = tmp_path / "long.py"
    script.write_text(LONG, encoding="utf-8")
    (tmp_path / "at").mkdir()
    process = subprocess.Popen(
        [sys.executable, script, tmp_path / "at"],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    _wait(lambda: len(list((tmp_path / "at").iterdir())) == 2)
    if how == signal.SIGINT:
        os.killpg(process.pid, how)  # as a terminal sends Ctrl-C: to all of them
    else:
        process.send_signal(how)
    _, told = process.communicate(timeout=60)
    assert process.returncode != 0 and told.count("Traceback") == (how == signal.SIGINT)
    workers = [path.suffix[1:] for path in (tmp_path / "at").iterdir()]
    _wait(lambda: not any(_lives(number) for number in workers))


def _lives(number):
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _wait(holds):
    limit = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < limit
        time.sleep(0.05)
