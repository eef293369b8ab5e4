"""The command line: words, exit statuses, and a whole run."""

import os
import re
import subprocess
import sys
from types import SimpleNamespace

import pytest

from dxplan.cli import main
from tests.conftest import ROOT

HEADLINE = (
    '{"application/vnd.dxplan.headline+json": {"title": f"報告 {city}", "完了見込": "2030年"}}'
)
SMALL = ("# 計画書", f"display({HEADLINE}, raw=True)", '1 / (city != "122041")', "city")


def test_help_is_japanese_and_quick(dxplan):
    done = dxplan("--help", env={"PYTHONPROFILEIMPORTTIME": "1"})
    assert done.returncode == 0 and "使い方: dxplan" in done.stdout and "report" in done.stdout
    assert not any(
        heavy in done.stderr for heavy in ("pandas", "ortools", "nbconvert", "papermill")
    )


FAULTY = """code: "172031"
values:
  dx_staff: {value: 9, unit: 人, as_of: 2026-11-01, source: 聞き取り, grade: X}
"""
LIGHT_WAYS = """
import sys
from dxplan.cli import main
for words in ("plan", "report", "pdf", "export", "bundle", "compare", "new", "status"):
    told = main([words, "172031"])
    heavy = [name for name in sys.argv[1].split() if name in sys.modules]
    print(words, told, *heavy)
"""
HEAVY = "numpy pandas matplotlib papermill nbconvert nbformat numba highspy ortools scipy openpyxl"


def test_a_fault_of_a_params_file_is_told_before_anything_heavy_is_imported(tmp_path):
    (tmp_path / "params").mkdir()
    (tmp_path / "params" / "172031.yaml").write_text(FAULTY, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", LIGHT_WAYS, HEAVY],
        cwd=tmp_path,
        env=os.environ | {"DXPLAN_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.split("\n")[:8] == [
        f"{name} {status}"
        for name, status in {
            "plan": 2,
            "report": 2,
            "pdf": 2,
            "export": 1,
            "bundle": 2,
            "compare": 2,
            "new": 2,
            "status": 2,
        }.items()
    ]
    assert done.stderr.count("172031.yaml 3行目 dx_staff.grade: 確度「X」はありません") == 6
    assert "すでにあります" in done.stderr and "台帳がありません" in done.stderr


def test_the_help_of_a_command_is_japanese(capsys):
    with pytest.raises(SystemExit) as leave:
        main(["report", "--help"])
    text = capsys.readouterr().out
    assert leave.value.code == 0 and all(
        word in text for word in ("使い方:", "引数:", "オプション:", "--prefecture")
    )
    assert not any(word in text for word in ("usage", "options", "positional", "show this"))


@pytest.mark.parametrize(
    "words, sentence",
    [
        (["repot"], "もしかして report ですか"),
        (["--al"], "オプション --al はありません"),
        (["report", "--prefectur", "千葉県"], "もしかして --prefecture ですか"),
        (["report", "--workers", "0", "122033"], "1以上の整数ではありません"),
        (["report", "--workers"], "値を1つ書いてください"),
        (["report", "--all=3"], "付けられません"),
        (["report"], "1つも選ばれていません"),
        (["plan"], "1つも選ばれていません"),
        (["new"], "団体が書かれていません"),
        (["bring"], "ファイルが書かれていません"),
        (["report", "市河市"], "市川市"),
        (["report", "122032"], "検査数字"),
        (["plan", "府中市"], "2つあります"),
        (["report", "--prefecture", "千葉"], "千葉県"),
        (["report", "122033", "--notebook", "absent.ipynb"], "見つかりません"),
        (["plan", "122033", "141003", "--calendar", "x.ics"], "1団体のときだけ"),
        (
            ["report", "122033", "--effort", "速い"],
            "「速い」は使えません。'簡易', '標準', '入念' の中から選んでください",
        ),
        (["report", "--failed", "--out", "absent"], "まだ報告書の台帳がありません"),
        (["status", "--out", "absent"], "まだ報告書の台帳がありません"),
        (["status", "市河市"], "市川市"),
        (["compare", "市川市", "市河市"], "市川市"),
        (["plan", "216046", "--calendar", "absent/x.ics"], "書けません"),
    ],
)
def test_bad_input_is_one_japanese_sentence_and_status_2(capsys, words, sentence):
    assert main(words) == 2
    told = capsys.readouterr()
    assert told.out == "" and sentence in told.err
    assert told.err.count("\n") == 1 and "Traceback" not in told.err


def test_sources_without_a_rhythm_are_counted_and_told_one_by_one_on_request(capsys):
    assert main(["data"]) == 0
    few = capsys.readouterr().out.splitlines()
    assert "--all で1つずつ" in few[-1] and len(few) < 12
    assert main(["data", "--all"]) == 0
    every = capsys.readouterr().out.splitlines()
    assert len(every) > 60 and not any("同上" in line or ".md" in line for line in every)


def test_an_output_folder_that_cannot_be_is_one_sentence(capsys, tmp_path, write_notebook):
    notebook = write_notebook(tmp_path / "n.ipynb")
    assert (
        main(["report", "122033", "--notebook", str(notebook), "--out", str(notebook / "out")]) == 2
    )
    told = capsys.readouterr()
    assert told.out == "" and "出力先" in told.err and told.err.count("\n") == 1


def test_one_city_is_planned_with_its_headline_and_the_calendar_of_its_classes(capsys, tmp_path):
    assert main(["plan", "白川村", "--calendar", str(tmp_path / "白川村.ics")]) == 0
    told = capsys.readouterr()
    assert all(
        label in told.out
        for label in (
            "状況",
            "稼働の見通し",
            "期限に間に合う確率(出来事を除く)",
            "変革人材",
            "職員だけで運営できる時期",
            "うち実質負担",
        )
    )
    assert (
        told.err == ""
        and told.out.startswith("岐阜県白川村(216046)\n白川村の対象")
        and "書きました: " in told.out.splitlines()[-1]
    )
    calendar = (tmp_path / "白川村.ics").read_bytes()
    assert calendar.startswith(b"BEGIN:VCALENDAR\r\n") and b"X-WR-CALDESC" in calendar
    assert told.out.endswith(
        "白川村.ics(台帳のないフォルダなので、更新の番号(SEQUENCE)と、なくなった予定の取消は入っていません)\n"
    )


@pytest.fixture
def told(capsys):
    """A function that runs the command line in this process: its status and what it says."""

    def run(*words):
        status = main(list(map(str, words)))
        said = capsys.readouterr()
        return SimpleNamespace(returncode=status, stdout=said.out, stderr=said.err)

    return run


@pytest.mark.rest
@pytest.mark.parts
def test_of_many_cities_each_has_a_line_with_its_situation(told, monkeypatch):
    monkeypatch.setenv("DXPLAN_EFFORT", "簡易")
    done = told("plan", "216046", "014231", "--workers", "1")
    assert done.returncode == 0, done.stderr
    village, town, count = done.stdout.splitlines()
    assert village.startswith("岐阜県白川村(216046): 状況 移すロットあり、状態 未移行15")
    assert (
        town.startswith("北海道南幌町(014231): 状況 移行の残りなし、")
        and count == "2団体のうち2団体の計画ができました。"
    )


def test_a_cluster_without_dask_says_what_to_install(monkeypatch, capsys, tmp_path):
    monkeypatch.setitem(sys.modules, "distributed", None)
    words = ["report", "216046", "--scheduler", "local", "--out", str(tmp_path)]
    assert main(words) == 2 and not any(tmp_path.iterdir())
    assert '`pip install "dxplan[cluster]"`' in capsys.readouterr().err


def test_lab_opens_the_notebook_of_the_installation_and_works_where_one_stands(
    monkeypatch, tmp_path
):
    """Its kernels start beside the notebook, and must not take that for the working folder."""
    started = []
    monkeypatch.delenv("DXPLAN_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "execvpe", lambda *words: started.append(words))
    monkeypatch.setattr(subprocess, "run", lambda *words, **more: SimpleNamespace(returncode=0))
    main(["lab"])
    _, command, environment = started[0]
    assert f"--ServerApp.root_dir={ROOT / 'notebooks'}" in command
    assert environment["DXPLAN_HOME"] == str(tmp_path)


def test_no_command_shows_the_commands_and_status_2(capsys):
    assert main([]) == 2
    assert "new" in capsys.readouterr().out


@pytest.mark.parts
def test_a_run_makes_pages_and_an_index_and_a_failure_is_status_1(
    tmp_path, write_notebook, dxplan, told
):
    notebook = write_notebook(tmp_path / "n.ipynb", *SMALL)
    done = dxplan(
        "report", "船橋市", "市川市", "122033", "--notebook", notebook, "--out", tmp_path / "out"
    )
    assert done.returncode == 1 and done.stderr == ""
    assert (
        "完了 千葉県市川市(122033" in done.stdout
        and "失敗 千葉県船橋市(122041): 計算の途中の予期しない誤り" in done.stdout
    )
    assert "2団体のうち1団体のページができました。" in done.stdout and "index.html" in done.stdout
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        ".dxplan.lock",
        ".dxplan.sqlite",
        "122033.html",
        "cities.csv",
        "cities.parquet",
        "index.html",
    ]
    again = told("report", "船橋市", "市川市", "--notebook", notebook, "--out", tmp_path / "out")
    assert (
        "うち1団体は前回から変更がなく" in again.stdout
        and "完了 千葉県市川市" not in again.stdout
        and "失敗 千葉県船橋市" in again.stdout
    )
    status = told("status", "船橋市", "--out", tmp_path / "out")
    assert status.returncode == 0 and "2団体: 完了1、失敗1、途中0" in status.stdout
    assert (
        "ZeroDivisionError: division by zero" in status.stdout
        and '1 / (city != "122041")' in status.stdout
    )
    index = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert "ZeroDivisionError" not in index
    assert index.index("千葉県市川市") < index.index("千葉県船橋市") and re.search(
        r'scope="rowgroup"[^>]*><span>千葉県', index
    )


@pytest.mark.rest
def test_only_what_failed_is_made_again(tmp_path, write_notebook, told):
    notebook, out = write_notebook(tmp_path / "n.ipynb", *SMALL), tmp_path / "out"
    told("report", "船橋市", "市川市", "--notebook", notebook, "--out", out)
    failed = told("report", "--failed", "--notebook", notebook, "--out", out)
    assert (
        failed.returncode == 1
        and "1団体のうち0団体" in failed.stdout
        and "市川市" not in failed.stdout.replace("一覧", "")
    )


def test_a_notebook_without_parameters_is_status_2_and_leaves_nothing(
    tmp_path, write_notebook, told
):
    notebook = write_notebook(tmp_path / "n.ipynb", "city", parameters=None)
    done = told("report", "122033", "--notebook", notebook, "--out", tmp_path / "out")
    assert done.returncode == 2 and "parameters" in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.rest
def test_a_cluster_of_this_machine_makes_the_page(tmp_path, write_notebook, dxplan):
    """That it is the same as without one is proved in the press."""
    notebook = write_notebook(tmp_path / "n.ipynb", *SMALL)
    far = ("--scheduler", "local", "--workers", "1")
    done = dxplan("report", "122033", "--notebook", notebook, "--out", tmp_path / "far", *far)
    assert done.returncode == 0, done.stderr
    assert "<title>報告 122033" in (tmp_path / "far" / "122033.html").read_text(encoding="utf-8")
    done = dxplan(
        "report",
        "122033",
        "--notebook",
        notebook,
        "--out",
        tmp_path / "x",
        "--scheduler",
        "tcp://127.0.0.1:9",
    )
    assert done.returncode == 2 and "つながりません" in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.rest
def test_cities_are_compared_on_one_page(tmp_path, write_notebook, dxplan):
    notebook = write_notebook(tmp_path / "n.ipynb", "# 比較", "city")
    done = dxplan("compare", "市川市", "216046", "--notebook", notebook, "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert "122033 216046" in (tmp_path / "out" / "122033-216046.html").read_text(encoding="utf-8")


def test_the_bar_counts_only_what_is_really_printed(capsys, monkeypatch):
    from dxplan.press.job import JobOutcome
    from dxplan.progress import Progress

    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    with Progress(3) as progress:
        for kept in (True, False, True):
            progress.tell(JobOutcome("122033", "千葉県市川市", True, seconds=1.0, kept=kept))
        assert (progress.bar.n, progress.bar.total) == (1, 1)
    told = capsys.readouterr()
    assert (
        told.out.splitlines() == ["[2/3] 完了 千葉県市川市(122033、1.0秒)"] and "残り" in told.err
    )


# --- files for other programs ---------------------------------------------------------------------
@pytest.mark.rest
def test_files_are_written_beside_the_page_and_a_bad_city_does_not_stop_the_rest(dxplan, tmp_path):
    params = tmp_path / "params"
    params.mkdir()
    (params / "bad.yaml").write_text(
        'code: "335860"\nvalues:\n'
        "  work_scale: {value: 20, unit: 倍, as_of: 2026-11-24, source: 試し, grade: G}\n",
        encoding="utf-8",
    )
    environment = {**os.environ, "DXPLAN_EFFORT": "簡易", "DXPLAN_PARAMS": str(params)}
    done = dxplan(
        "export", "335860", "216046", "--to", "ics,csv", "--out", tmp_path / "out", env=environment
    )
    assert done.returncode == 0, done.stderr
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "335860.ics",
        "216046.ics",
        ".dxplan.sqlite",
        "csv",
    }
    calendar = (tmp_path / "out" / "216046.ics").read_bytes()
    assert b"SEQUENCE:0" in calendar and b"X-WR-CALDESC" not in calendar
    done = dxplan("export", "335860", "--to", "odt", "--out", tmp_path / "out")
    assert done.returncode == 2 and "odt" in done.stderr and "docx" in done.stderr


def test_new_writes_what_is_usually_known_and_the_rest_where_it_is_asked(tmp_path, monkeypatch):
    lines = []
    for option in ([], ["--full"]):
        folder = tmp_path / f"params{len(option)}"
        monkeypatch.setenv("DXPLAN_PARAMS", str(folder))
        assert main(["new", "216046", *option]) == 0
        text = (folder / "216046.yaml").read_text(encoding="utf-8")
        lines.append(len(text.splitlines()))
        assert ("#   works_rate:" in text) == bool(option) and "dx_staff" in text
    assert lines[0] <= 250 and lines[1] > 1000
