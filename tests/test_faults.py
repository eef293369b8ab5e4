"""Faults of params files by commands: no traceback, a sentence, and the others are done.

One folder holds one faulty file of each kind, each of another municipality, and a good one; each
command is given all of them at once.
"""

import os
import re

import pytest

from dxplan.cli import main
from dxplan.press.ledger import NAME
from dxplan.reports import FILES

GOOD = "216046"
ORIGIN = "as_of: 2026-11-01, source: 試験, grade: A"
DAY = '{{value: {}, unit: 日付, as_of: 2026-11-01, source: "試験", grade: A}}'


def variant(base):
    """A variant's file that rests on some file."""
    return f'base: "{base}"\nwho: 課長\nwhen: 2026-11-01\nwhy: 試験\n'.encode()


# kind of fault: municipality, what the file says, where the fault stands, a word of its sentence
KINDS = {
    "CP932": ("016365", "name: 清水町\n".encode("cp932"), "", "Shift_JIS(CP932)"),
    "EUC-JP": ("063231", "name: 朝日町大字\n".encode("euc_jp"), "", "EUC-JP"),
    "UTF-16": ("163431", "name: 朝日町\n".encode("utf-16"), "", "UTF-16"),
    "half a letter": ("243434", "source: 試験です\n".encode()[:-2] + b"\n", " 1行目", "UTF-8"),
    "empty": ("041068", b"", "", "空です"),
    "a tab": ("013331", b"values:\n\tstart_date: 1\n", " 2行目", "タブ"),
    "a wide blank": ("013340", "values:\n\u3000a: 1\n".encode(), " 2行目", "全角"),
    "a quote left open": ("013374", b'note: "x\n', " 1行目", "閉じていません"),
    "aliases": ("013439", b"a: &a [1]\nb: [" + b"*a, " * 300 + b"]\n", "", "使い回し"),
    "depth": ("013455", b"a: " + b"[" * 99 + b"]" * 99, "", "深すぎる"),
    "a control letter": ("013463", b"note: a\x07b\n", " 1行目", "使えない文字"),
    "a list at the top": ("013471", b"- 1\n", "", "項目: 値"),
    "a code without quotes": ("013617", b"code: 013617\n", " 1行目", "引用符"),
    "a code of before": ("042161", b'code: "044237"\n', " 1行目", "富谷市"),
    "another's code": ("013625", b'code: "013633"\n', "", "どちらか"),
    "another's name": ("013633", 'code: "013633"\nname: 市川市\n'.encode(), " name", "合いません"),
    "an unknown item": ("013641", b'code: "013641"\nsystem: 1\n', " 2行目", "もしかして"),
    "no source": ("013676", b'code: "013676"\nvalues:\n  dx_staff: 3\n', " 3行目", "値"),
    "two days in a wrong order": (
        "013706",
        (
            f'code: "013706"\nvalues:\n  start_date: {DAY.format("2029-04-01")}\n'
            f"  target_date: {DAY.format('2028-03-31')}\n"
        ).encode(),
        " 4行目",
        "前後",
    ),
    "a cut text": ("013714", b'code: "013714"\nnote: a #12\n', " 2行目", "引用符"),
    "a base that is not there": ("013919--a", variant("市河市"), " base", "市川市"),
    "a base that is itself": ("013927--a", variant("013927--a"), " base", "輪"),
}
TOLD = [(slug, f"{slug}.yaml{where}", word) for slug, _, where, word in KINDS.values()]
MISSED = "013935.yml"  # a file that looks meant and is not read
PLACES = "013943"  # a folder in the place of a file


@pytest.fixture
def params(tmp_path, monkeypatch):
    """The folder of the faulty files."""
    folder = tmp_path / "params"
    folder.mkdir()
    for slug, content, _, _ in KINDS.values():
        (folder / f"{slug}.yaml").write_bytes(content)
    (folder / MISSED).write_bytes(b'code: "013935"\n')
    (folder / f"{PLACES}.yaml").mkdir()
    monkeypatch.setenv(FILES, str(folder))
    monkeypatch.setenv("DXPLAN_EFFORT", "簡易")
    return folder


WRONG = [
    *TOLD,
    ("013935", MISSED, "読まれません"),
    (PLACES, f"{PLACES}.yaml", "ファイルではありません"),
]
EVERY = [slug for slug, _, _ in WRONG]


def untold(said):
    """What was expected of the sentences and is not there."""
    missing = []
    for slug, place, word in WRONG:
        lines = [line for line in said.splitlines() if place in line and word in line]
        if not lines:
            missing.append((slug, place, word, re.findall(f".*{slug}.*", said)))
    return missing


def test_compare_names_each_fault_and_makes_no_page(params, capsys, tmp_path):
    out = tmp_path / "out"
    for slug, place, word in WRONG:
        assert main(["compare", GOOD, slug, "--out", str(out)]) == 2
        told = capsys.readouterr()
        assert told.out == "" and place in told.err and word in told.err, told.err
    assert not out.exists()


def test_new_writes_the_others_and_leaves_what_is_there(params, capsys):
    before = {path.name: path.stat() for path in params.iterdir()}
    assert main(["new", *EVERY[:3], GOOD, "市河市", *EVERY[3:], "335860", "新庄村", GOOD]) == 1
    told = capsys.readouterr()
    assert told.out.count("書きました: ") == 2
    assert {path.name for path in params.iterdir()} - {*before} == {f"{GOOD}.yaml", "335860.yaml"}
    assert {name: (params / name).stat() for name in before} == before
    assert all(slug in told.err for slug in EVERY) and "市川市" in told.err
    assert main(["new", GOOD]) == 2
    assert "上書きはしません" in capsys.readouterr().err


def run(dxplan, *words):
    """What a command says of all municipalities; it fails with a sentence for each."""
    done = dxplan(*words, *EVERY[:9], GOOD, *EVERY[9:], env={**os.environ})
    said = done.stdout + done.stderr
    assert done.returncode == 1 and "Traceback" not in said and "Error" not in said, said
    assert untold(said) == []
    return said


@pytest.mark.rest
def test_plan_says_each_fault_and_plans_the_other(params, dxplan):
    said = run(dxplan, "plan")
    assert "岐阜県白川村(216046): 状況" in said
    assert f"{len(EVERY) + 1}団体のうち1団体の計画ができました。" in said


@pytest.mark.rest
def test_export_says_each_fault_and_writes_the_other(params, dxplan, tmp_path):
    run(dxplan, "export", "--to", "ics", "--out", tmp_path / "out")
    written = {path.name for path in (tmp_path / "out").iterdir()}
    assert written == {f"{GOOD}.ics", NAME}  # the ledger counts the calendar's versions


@pytest.mark.rest
@pytest.mark.parametrize("command, suffix", [("report", "html"), ("pdf", "pdf")])
def test_of_pages_each_fault_is_said_and_the_other_is_made(
    command, suffix, params, dxplan, tmp_path, write_notebook
):
    out = tmp_path / "out"
    notebook = write_notebook(tmp_path / "n.ipynb", "# 計画書", "city")
    if command == "pdf":
        from dxplan.press.pdf import find_browser

        try:
            find_browser()
        except Exception as absent:
            pytest.skip(f"Chromium がないので、PDFの確認を省きます: {absent}")
    run(dxplan, command, "--notebook", notebook, "--out", out)
    assert [path.stem for path in out.glob(f"*.{suffix}") if path.stem != "index"] == [GOOD]
    made = (out / f"{GOOD}.{suffix}").read_bytes()
    assert made.startswith({"html": b"<!DOCTYPE html", "pdf": b"%PDF"}[suffix])
    if command == "report":
        index = (out / "index.html").read_text(encoding="utf-8")
        assert untold(re.sub("<[^>]+>", "", index)) == [] and "Error" not in index
