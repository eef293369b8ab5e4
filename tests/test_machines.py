"""Odd machines: outputs that lack letters or room, places that cannot be written, signals.

Everything here is a process of its own and a real output, folder or signal.
"""

import os
import signal
import subprocess
import sys
import time

import pytest

from tests.conftest import ROOT

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="/dev/full は Linux だけにあります")
DXPLAN = [sys.executable, "-m", "dxplan"]


def run(*words, shell="", folder=ROOT, **variables):
    """A command's result, with a shell's redirection behind it."""
    env = {name: text for name, text in os.environ.items() if name != "PYTHONUTF8"}
    command = [*DXPLAN, *map(str, words)]
    if shell:
        command = ["sh", "-c", f'"$@" {shell}', "sh", *command]
    env |= {"PYTHONPATH": str(ROOT)} | {name: str(text) for name, text in variables.items()}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, timeout=300)


# --- outputs --------------------------------------------------------------------------------------
def test_an_output_without_japanese_shows_numbers_of_letters_and_says_how_to_see_them():
    done = run("--help", PYTHONIOENCODING="ascii")
    assert done.returncode == 0 and b"\\u4f7f\\u3044\\u65b9: dxplan" in done.stdout
    assert done.stderr == (
        b"dxplan: this output (ascii) cannot show Japanese; set PYTHONIOENCODING=utf-8.\n"
    )


def test_an_output_that_lacks_a_letter_shows_a_question_mark():
    done = run("𠮷野家", PYTHONIOENCODING="cp932")
    assert done.returncode == 2
    assert done.stderr.decode("cp932").startswith("dxplan: コマンド ?野家 はありません。")


@LINUX
@pytest.mark.parametrize(
    "words, shell, status, sentence",
    [
        (["--help"], ">/dev/full", 1, "表示を書き出せません(空き容量がありません)。"),
        (["report", "--help"], ">/dev/full", 0, "表示を書き出せません(空き容量がありません)。"),
        (["repot"], "2>/dev/full", 2, ""),
        (["repot"], ">&- 2>&- <&-", 2, ""),
        (["--help"], ">&-", 0, ""),
        (["--help"], "| true; exec 2>&1; :", 0, ""),
    ],
)
def test_an_output_that_is_full_or_closed_ends_no_command_with_a_fault(
    words, shell, status, sentence
):
    done = run(*words, shell=shell)
    assert done.returncode == status
    told = done.stderr.decode()
    assert told.startswith(f"dxplan: {sentence}") if sentence else told == ""


def test_where_the_reader_has_gone_what_is_only_said_ends_silently():
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([*DXPLAN, "--help"], cwd=ROOT, stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    assert (done.returncode, done.stderr) == (1, b"")


@LINUX
def test_what_is_made_is_made_also_where_nothing_can_be_said(tmp_path):
    done = run("new", "216046", "335860", shell=">/dev/full", DXPLAN_PARAMS=tmp_path)
    assert done.returncode == 0 and done.stderr.count(b"\n") == 1
    assert {path.name for path in tmp_path.iterdir()} == {"216046.yaml", "335860.yaml"}


@LINUX
@pytest.mark.rest
@pytest.mark.parametrize("shell", [">/dev/full", "| true"])
def test_a_run_is_whole_also_where_nothing_can_be_said(tmp_path, write_notebook, shell):
    notebook = write_notebook(tmp_path / "n.ipynb", "# 計画書", '1 / (city != "122041")', "city")
    words = ["--notebook", notebook, "--out", "out", "--workers", "1"]
    run("report", "216046", "122041", "335860", *words, shell=shell, folder=tmp_path)
    told = run("status", "--out", "out", folder=tmp_path).stdout.decode()
    assert "3団体: 完了2、失敗1、途中0" in told
    assert {"216046.html", "335860.html", "index.html", "cities.csv"} < {
        path.name for path in (tmp_path / "out").iterdir()
    }
    for path in (tmp_path / "out").iterdir():
        assert str(tmp_path).encode() not in path.read_bytes(), path.name


# --- places ---------------------------------------------------------------------------------------
PLACES = """
import sys
from dxplan.cli import main

def told(*words):
    status = main([str(word) for word in words])
    heavy = [name for name in ("dxplan.plan.whole", "dxplan.press.batch") if name in sys.modules]
    print(words[0], status, *heavy)

for out in sys.argv[1:]:
    for name in ("report", "pdf", "export", "bundle"):
        told(name, "216046", "--out", out)
    told("compare", "216046", "335860", "--out", out)
    told("plan", "216046", "--calendar", out + "/x.ics")
"""


def places(folder, *outs, command=()):
    """What commands say about places, and the modules that they have imported by then."""
    return subprocess.run(
        [*command, sys.executable, "-c", PLACES, *map(str, outs)],
        cwd=folder,
        env=os.environ
        | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=120,
    )


NAMES = ["report", "pdf", "export", "bundle", "compare", "plan"]


@pytest.mark.parts
def test_a_bad_place_is_one_sentence_before_anything_is_planned(tmp_path):
    (tmp_path / "file").touch()
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    outs = {
        "file": "同じ名前のファイルがあります",
        "file/below": "途中の名前がファイルです",
        "gone": "その場所がありません",
        "long" * 80: "名前が長すぎます",
    }
    if os.path.isdir("/proc/1"):
        outs["/proc/1/x"] = "その場所がありません"
    done = places(tmp_path, *outs)
    assert done.stdout.split("\n")[:-1] == [f"{name} 2" for name in NAMES] * len(outs)
    assert done.stderr.split("\n")[:-1] == [
        f"dxplan: 出力先 {out} には書けません({why})。別の場所を指定してください。"
        for out, why in outs.items()
        for _ in NAMES
    ]
    assert {path.name for path in tmp_path.iterdir()} == {"file", "gone"}


@pytest.mark.parts
def test_a_folder_that_may_not_be_written_is_one_sentence_before_anything_is_planned(tmp_path):
    (tmp_path / "locked").mkdir(mode=0o555)
    command = ()
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command = ("setpriv", "--bounding-set", "-all", "--inh-caps", "-all")
    done = places(tmp_path, "locked", "locked/new", command=command)
    assert done.stdout.split("\n")[:-1] == [f"{name} 2" for name in NAMES] * 2
    assert done.stderr.count("(書き込みが許されていません)。別の場所") == 2 * len(NAMES)


@pytest.mark.parts
@pytest.mark.parametrize(
    "words, name",
    [
        (["report", "216046"], "cities.parquet"),
        (["report", "216046"], "216046.html"),
        (["pdf", "216046"], "216046.pdf"),
        (["bundle", "216046"], "216046.zip"),
        (["export", "216046", "--to", "ics,mspdi"], "216046.xml"),
        (["compare", "216046", "335860"], ".dxplan.sqlite"),
    ],
)
def test_a_folder_in_the_place_of_a_file_is_found_before_anything_is_planned(
    tmp_path, capsys, words, name
):
    from dxplan.cli import main

    (tmp_path / "out" / name).mkdir(parents=True)
    assert main([*words, "--out", str(tmp_path / "out")]) == 2
    told = capsys.readouterr()
    assert told.out == "" and f"({name} という名前のフォルダがあります)" in told.err
    assert [path.name for path in (tmp_path / "out").iterdir()] == [name]


def test_a_file_in_the_place_of_the_folder_of_tables_is_found(tmp_path, capsys):
    from dxplan.cli import main

    (tmp_path / "csv").touch()
    assert main(["export", "216046", "--to", "csv", "--out", str(tmp_path)]) == 2
    assert "(同じ名前のファイルがあります)" in capsys.readouterr().err


def test_the_params_folder_is_looked_at_before_a_file_is_drafted(tmp_path, capsys, monkeypatch):
    from dxplan.cli import main

    (tmp_path / "params").touch()
    monkeypatch.setenv("DXPLAN_PARAMS", str(tmp_path / "params"))
    assert main(["new", "216046", "335860"]) == 2
    assert capsys.readouterr().err.count("(同じ名前のファイルがあります)") == 1


# --- signals --------------------------------------------------------------------------------------
@pytest.mark.skipif(os.name != "posix", reason="シグナルのない環境なので省きます")
@pytest.mark.parts
@pytest.mark.parametrize(
    "name, status, words",
    [
        ("SIGTERM", 143, "終了の合図(SIGTERM)で止めました。"),
        pytest.param("SIGHUP", 129, "終了の合図(SIGHUP)で止めました。", marks=pytest.mark.rest),
        pytest.param("SIGINT", 130, "中断しました。", marks=pytest.mark.rest),
    ],
)
def test_a_signal_ends_a_command_with_what_it_leaves(tmp_path, name, status, words):
    """It waits for another program, as a run may wait."""
    from dxplan.press.ledger import NAME, Ledger
    from tests.press.test_sharing import OWNS, holding

    with Ledger(tmp_path):
        pass
    with holding(tmp_path, OWNS):
        process = subprocess.Popen(
            [*DXPLAN, "status", "--out", tmp_path], cwd=ROOT, stderr=subprocess.PIPE, text=True
        )
        assert NAME in process.stderr.readline()  # it has said that it waits
        process.send_signal(getattr(signal, name))
        _, told = process.communicate(timeout=60)
    left = "できたファイルはそのままで、途中のものは残していません。"
    assert process.returncode == status and told.endswith(f"dxplan: {words}{left}\n")
    assert "Traceback" not in told


SLOW = (
    'import os, time\nopen(os.environ["FLAG"], "w").close()\ntime.sleep(float(os.environ["NAP"]))'
)


@pytest.mark.skipif(os.name != "posix", reason="シグナルのない環境なので省きます")
@pytest.mark.rest
def test_a_run_that_is_terminated_leaves_nothing_and_one_that_is_killed_is_cleared_after(
    tmp_path, write_notebook
):
    notebook = write_notebook(tmp_path / "n.ipynb", "# 計画書", SLOW, "city")
    (tmp_path / "t").mkdir()
    words = ["report", "216046", "--notebook", notebook, "--out", tmp_path / "out"]
    for number, status in ((signal.SIGTERM, 143), (signal.SIGKILL, -9)):
        flag = tmp_path / number.name
        env = os.environ | {"TMPDIR": str(tmp_path / "t"), "NAP": "600", "FLAG": str(flag)}
        process = subprocess.Popen([*DXPLAN, *words], cwd=ROOT, env=env, stderr=subprocess.PIPE)
        _wait(flag.exists)
        process.send_signal(number)
        _, told = process.communicate(timeout=120)
        assert process.returncode == status
        if number == signal.SIGTERM:
            assert "終了の合図(SIGTERM)で止めました。" in told.decode()
            assert not list((tmp_path / "t").iterdir())
    assert len(list((tmp_path / "t").glob("dxplan-*"))) == 1
    variables = {"TMPDIR": tmp_path / "t", "NAP": 0, "FLAG": tmp_path / "last"}
    assert run(*words, **variables).returncode == 0
    assert not list((tmp_path / "t").iterdir())
    assert not list((tmp_path / "out").glob("*.tmp")) + list((tmp_path / "out").glob(".*.tmp"))


def _wait(holds):
    limit = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < limit
        time.sleep(0.1)
