"""Temporary folders: gone with their process, or when the next one starts; never another's."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest

from dxplan.press.scratch import OWNED, held, holders, scratch_folder
from tests.conftest import ROOT

OWNER = """
import sys, time
from dxplan.press.scratch import scratch_folder
with scratch_folder(sys.argv[1]) as folder:
    (folder / "work").mkdir()
    print(folder, flush=True)
    time.sleep(120)
"""


@contextmanager
def owner(below):
    """A process that has a temporary folder, and the folder's name."""
    process = subprocess.Popen(
        [sys.executable, "-c", OWNER, below], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        yield process, process.stdout.readline().strip().rpartition("/")[2]
    finally:
        process.kill()
        process.communicate(timeout=30)


def names(folder):
    return {path.name for path in folder.iterdir()}


def test_what_a_killed_process_left_is_cleared_and_what_a_living_one_has_is_kept(tmp_path):
    (tmp_path / "dxplan-other").mkdir()  # nobody's: no lock says that its process is dead
    with owner(tmp_path) as (dead, left), owner(tmp_path) as (_, living):
        dead.kill()
        dead.wait(timeout=30)
        assert names(tmp_path) == {"dxplan-other", left, living}
        with scratch_folder(tmp_path) as own:
            assert names(tmp_path) == {"dxplan-other", living, own.name}
        assert names(tmp_path) == {"dxplan-other", living}
    with scratch_folder(tmp_path):
        pass
    assert names(tmp_path) == {"dxplan-other"}


def test_a_folder_goes_whatever_happens_inside(tmp_path):
    with pytest.raises(KeyboardInterrupt), scratch_folder(tmp_path) as folder:
        (folder / "half").write_text("x")
        raise KeyboardInterrupt
    assert not names(tmp_path)


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0,
    reason="ほかの利用者のフォルダを作れるのは管理者だけなので省きます",
)
def test_another_users_folder_is_not_touched(tmp_path):
    other = tmp_path / "dxplan-theirs"
    other.mkdir()
    (other / OWNED).touch()
    os.chown(other, 65534, 65534)
    with scratch_folder(tmp_path):
        assert (other / OWNED).exists()


@pytest.mark.skipif(sys.platform != "linux", reason="だれが使っているかは Linux だけが言います")
def test_who_has_a_file_is_named_by_program_and_number(tmp_path):
    path = tmp_path / "lock"
    script = (
        "import sys, time\nfrom dxplan.press.scratch import held\n"
        "lock = held(sys.argv[1])\nprint(bool(lock), flush=True)\ntime.sleep(120)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, path], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout.readline() == "True\n" and held(path) is None
        assert f"(プロセス{process.pid})" in holders(path)
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=30)
    assert holders(path) == ""
    held(path).close()
