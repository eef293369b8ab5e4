"""The ledger where others are: other programs, other versions, folders that may only be read."""

import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager

import pytest

from dxplan.press import PressError, ledger
from dxplan.press.batch import Job, run_batch
from dxplan.press.job import Printed
from dxplan.press.ledger import LOCK, NAME, Ledger, load_rows, renew_calendar
from tests.conftest import ROOT

HOLDER = """
import sqlite3, sys, time
base = sqlite3.connect(sys.argv[1], isolation_level=None)
base.execute(sys.argv[2])
base.execute("SELECT * FROM report").fetchall()
print("held", flush=True)
time.sleep(float(sys.argv[3]))
"""
READS, OWNS = "BEGIN", "BEGIN EXCLUSIVE"
JOB, PAGE = Job("c1", "市", "県"), Printed(b"<p>page</p>")


@pytest.fixture
def out(tmp_path):
    """A folder with one page and its ledger."""
    folder = tmp_path / "out"
    folder.mkdir()
    with Ledger(folder) as one:
        one.publish(JOB, "d", PAGE)
    return folder


@contextmanager
def holding(folder, how, seconds=120.0):
    """Another program has the ledger for a while; its process number."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, folder / NAME, how, str(seconds)],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout.readline() == "held\n"
        yield process.pid
    finally:
        process.kill()
        process.communicate(timeout=30)


def rows(folder):
    return [(row["slug"], row["status"]) for row in load_rows(folder)]


@pytest.mark.parametrize("how", [READS, OWNS])
def test_a_program_that_goes_away_is_waited_for_and_named_meanwhile(out, how, monkeypatch, capsys):
    monkeypatch.setattr(ledger, "SOON", 0.5)
    monkeypatch.setattr(ledger, "TICK", 0.3)
    with holding(out, how, 2.0) as number, Ledger(out) as one:
        assert one.publish(Job("c2"), "d", PAGE).ok
    told = capsys.readouterr().err
    assert rows(out) == [("c1", "done"), ("c2", "done")]
    assert told.count("終わるのを待っています。") == told.count("\n") == 1
    assert "台帳 out/.dxplan.sqlite を" in told and str(out) not in told
    assert sys.platform != "linux" or f"(プロセス{number})" in told


@pytest.mark.parametrize("how", [READS, OWNS])
def test_one_that_stays_ends_the_run_with_who_and_what_to_do(out, how, monkeypatch, write_notebook):
    monkeypatch.setattr(ledger, "PATIENCE", 1.5)
    monkeypatch.setattr(ledger, "TICK", 0.3)
    notebook = write_notebook(out.parent / "n.ipynb", "# 計画書", "city")
    with holding(out, how) as number, pytest.raises(PressError) as found:
        if how == OWNS:
            run_batch(notebook, [Job("c2")], out)
        with Ledger(out) as one:
            one.publish(Job("c2"), "d", PAGE)
    sentence = str(found.value)
    assert re.search(
        "台帳 out/.dxplan.sqlite を.*が使い続けているため、.秒待って止めました", sentence
    )
    assert "そのプログラムを閉じてから、もう一度動かしてください。" in sentence
    assert sys.platform != "linux" or f"(プロセス{number})" in sentence
    assert not re.search("locked|消す|消し|削除", sentence) and str(out) not in sentence
    assert sorted(path.name for path in out.iterdir()) == [LOCK, NAME, "c1.html"]
    assert rows(out) == [("c1", "done")]


def test_a_look_is_not_disturbed_by_readers_and_names_an_owner(out, monkeypatch):
    monkeypatch.setattr(ledger, "GLANCE", 0.5)
    monkeypatch.setattr(ledger, "TICK", 0.3)
    with holding(out, READS):
        assert rows(out) == [("c1", "done")]
    with holding(out, OWNS), pytest.raises(PressError, match="使い続けているため"):
        load_rows(out)


# --- other versions -------------------------------------------------------------------------------
def written_by(version, folder):
    """Make the ledger one of another version, with a table that this one does not know."""
    with closing(sqlite3.connect(folder / NAME)) as base:
        base.execute("CREATE TABLE IF NOT EXISTS other (said TEXT)")
        base.execute("INSERT INTO other VALUES ('大事な記録')")
        base.execute(f"PRAGMA user_version = {version}")
        base.commit()


def said_in(path):
    with closing(sqlite3.connect(path)) as base:
        return base.execute("SELECT said FROM other").fetchall()


@pytest.mark.parametrize("version", [0, 2])
def test_what_another_version_wrote_is_kept_beside_and_told(out, capsys, version):
    for number in ("", "-2"):
        written_by(version, out)
        with Ledger(out) as one:
            assert one.find(JOB, "d") is None and one.publish(JOB, "d", PAGE).ok
        told = capsys.readouterr().err
        kept = f"dxplan-ledger-{version}{number}.sqlite"
        assert said_in(out / kept) == [("大事な記録",)]
        assert f"out/{kept} として残し" in told and f"台帳の版 {version}、" in told
        assert rows(out) == [("c1", "done")]


def test_a_calendar_keeps_the_ledger_of_another_version_too(out):
    written_by(7, out)
    assert renew_calendar(out, "c1", lambda last: last + b"x") == b"x"
    assert renew_calendar(out, "c1", lambda last: last + b"x") == b"xx"
    assert said_in(out / "dxplan-ledger-7.sqlite") == [("大事な記録",)]


def test_a_look_at_another_versions_ledger_changes_nothing(out):
    written_by(2, out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    with pytest.raises(PressError, match="別の版の dxplan のものです.*その版の dxplan で見て"):
        load_rows(out)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


# --- places and paths -----------------------------------------------------------------------------
def in_mount(folder, options, *command):
    """A command's result where a folder is mounted with options, in a space of its own."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("フォルダを読み取り専用や小さな容量にできるのは管理者だけなので省きます")
    mount = (
        'if [ "$1" = ro ]; then mount --bind "$2" "$2" && mount -o remount,ro,bind "$2"; '
        'else mount -t tmpfs -o "$1" none "$2"; fi && shift 2 && exec "$@"'
    )
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", mount, "sh", options, folder, *command],
        cwd=folder.parent,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    if "mount: " in done.stderr or "unshare: " in done.stderr:
        pytest.skip(f"この環境ではマウントできないので省きます({done.stderr.strip()})")
    return done


@pytest.mark.rest
def test_a_look_reads_where_nothing_can_be_written_and_makes_no_file(out):
    before = sorted(path.name for path in out.iterdir())
    done = in_mount(out, "ro", sys.executable, "-m", "dxplan", "status", "--out", "out")
    assert done.returncode == 0 and "1団体: 完了1、失敗0、途中0" in done.stdout and not done.stderr
    assert sorted(path.name for path in out.iterdir()) == before
    done = in_mount(out, "ro", sys.executable, "-m", "dxplan", "report", "216046", "--out", "out")
    assert (done.returncode, done.stdout, done.stderr) == (
        2,
        "",
        "dxplan: 出力先 out には書けません(読み取り専用です)。別の場所を指定してください。\n",
    )


FULL = """
import os
from dxplan.press import PressError
from dxplan.press.job import Job, Printed
from dxplan.press.ledger import Ledger, load_rows

def fill():
    with open("out/rest", "wb", buffering=0) as file:
        try:
            while file.write(b"x" * 512):
                pass
        except OSError:
            pass

with Ledger("out") as one:
    print(one.publish(Job("c1"), "d", Printed(b"x")).ok)
    fill()
    one.begin(Job("c2"), "d")
    done = one.publish(Job("c2"), "d", Printed(b"x" * 5000))
    print(done.ok, done.error)
    os.unlink("out/rest")
    print(one.publish(Job("c3"), "d", Printed(b"x" * 5000)).ok)
print([(row["slug"], row["status"]) for row in load_rows("out")], sorted(os.listdir("out")))
os.unlink("out/.dxplan.sqlite")
fill()
try:
    Ledger("out")
except PressError as fault:
    print(fault)
"""


def test_a_full_disk_fails_cities_with_a_sentence_and_the_rest_goes_on(tmp_path):
    (tmp_path / "out").mkdir()
    done = in_mount(tmp_path / "out", "size=120k", sys.executable, "-c", FULL)
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert re.fullmatch(
        r"台帳 out/\.dxplan\.(lock|sqlite) を使えません\(空き容量がありません\)。"
        "出力先の権限と空き容量を確かめてください。",
        lines.pop(),
    )
    assert lines == [
        "True",
        "False c2.html を書けません(空き容量がありません)。出力先の権限と空き容量を確かめてください。",
        "True",
        "[('c1', 'done'), ('c3', 'done')] ['.dxplan.lock', '.dxplan.sqlite', 'c1.html', 'c3.html']",
    ]


@pytest.mark.parametrize(
    "path",
    ["/srv/日本 語/x.py", "C:\\Users\\山田\\x.py", "\\\\server\\share\\x.py", "file:///a/b/x.py"],
)
def test_no_folder_of_this_machine_is_kept_in_the_ledger(out, path):
    where = f"{out}/deep/y.py"
    wrong = Printed(None, error=f"{where} がありません。", log=f'File "{path}" と {where}:12')
    with Ledger(out) as one:
        one.publish(Job("c2"), "d", wrong)
    content = (out / NAME).read_bytes()
    assert str(out).encode() not in content and b"y.py:12" in content
    assert not re.search(r"/srv|Users|server|/a/b", content.decode(errors="replace"))
    (row,) = (row for row in load_rows(out) if row["slug"] == "c2")
    assert row["error"] == "y.py がありません。"
