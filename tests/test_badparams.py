"""Bad params files of other hands: each is refused, with the words that lead to its cause."""

import csv
import time
from pathlib import Path

import pytest

from dxplan.cli import main
from dxplan.cli.files import _export
from dxplan.facts.nodes import ParamError
from dxplan.reports import FILES
from dxplan.town.city import load_city

OWN = Path(__file__).parent / "badparams"  # the small ones
SHARED = Path(__file__).parents[2] / "shared" / "bench" / "badparams"
LONGEST = 1.0  # CPU s
ROWS = list(csv.DictReader((OWN / "expected.csv").read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["folder"])
def test_a_bad_file_is_refused_at_once_with_the_words_of_its_cause(row):
    folder = OWN / row["folder"]
    if not folder.exists():
        folder = SHARED / row["folder"]
    if not folder.exists():
        pytest.skip(f"{row['folder']} is too big or no text of ours, and ../shared is not there")
    start = time.process_time()
    with pytest.raises(ParamError) as found:
        load_city(row["target"], folder)
    assert time.process_time() - start <= LONGEST
    said = str(found.value)
    assert [word for word in row["must_say"].split("|") if word not in said] == [], said
    assert str(folder.parent) not in said


@pytest.mark.parametrize(
    "name, content, words",
    [
        ("216046.yaml", 'code: "216046"\nname: 白川村\n'.encode("cp932"), "Shift_JIS(CP932)"),
        ("216046.yml", b'code: "216046"\n', "216046.yml は読まれません"),
        ("216046.yaml", b'code: "172031"\n', "ファイル名の 216046"),
        ("216046.yaml", "code: 216046\nnote: 議案 #12\n".encode(), "引用符で囲み"),
    ],
)
def test_every_command_says_the_same_and_ends_with_2(
    name, content, words, tmp_path, monkeypatch, capsys
):
    (tmp_path / name).write_bytes(content)
    monkeypatch.setenv(FILES, str(tmp_path))
    monkeypatch.setattr("dxplan.press.pdf.find_browser", lambda: "chrome")
    for command in ("plan", "report", "pdf", "bundle", "compare"):
        assert main([command, "216046"]) == 2
        said = capsys.readouterr()
        assert said.out == "" and words in said.err, command
    good, said = _export("216046", tmp_path, ("csv",))
    assert not good and words in said
    assert main(["new", "216046"]) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == [name]


def test_of_several_one_that_is_bad_fails_alone(tmp_path, monkeypatch):
    (tmp_path / "216046.yaml").write_bytes('code: "216046"\nname: 白川村\n'.encode("euc_jp"))
    monkeypatch.setenv(FILES, str(tmp_path))
    monkeypatch.setattr("dxplan.press.pdf.find_browser", lambda: "chrome")
    monkeypatch.setattr("dxplan.cli.report._tell_index", lambda out: 0)
    jobs = []
    monkeypatch.setattr("dxplan.cli.report.run_pages", lambda given, args: jobs.extend(given) or ())
    for command in ("report", "pdf", "bundle"):
        main([command, "216046", "212024"])
        bad = [job.slug for job in jobs if "EUC-JP" in job.fault]
        assert (len(jobs), bad) == (2, ["216046"]), command
        jobs.clear()


def test_the_copies_are_those_that_were_handed_over():
    if not SHARED.exists():
        pytest.skip("../shared is not there")
    for path in sorted(path for path in OWN.rglob("*") if path.is_file()):
        assert path.read_bytes() == (SHARED / path.relative_to(OWN)).read_bytes(), path
