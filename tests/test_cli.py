"""The command line: words, exit statuses, and a whole run."""

import pytest

from dxplan.cli import main

HEADLINE = '{"application/vnd.dxplan.headline+json": {"title": f"報告 {city}", "完了見込": "2030年"}}'
SMALL = ("# 計画書", f"display({HEADLINE}, raw=True)", '1 / (city != "122041")', "city")


def test_help_is_japanese_and_quick(dxplan):
    done = dxplan("--help", env={"PYTHONPROFILEIMPORTTIME": "1"})
    assert done.returncode == 0 and "使い方: dxplan" in done.stdout and "report" in done.stdout
    assert not any(heavy in done.stderr for heavy in ("pandas", "ortools", "nbconvert", "papermill"))


def test_the_help_of_a_command_is_japanese(capsys):
    with pytest.raises(SystemExit) as leave:
        main(["report", "--help"])
    text = capsys.readouterr().out
    assert leave.value.code == 0 and all(word in text for word in ("使い方:", "引数:", "オプション:", "--prefecture"))
    assert not any(word in text for word in ("usage", "options", "positional", "show this"))


@pytest.mark.parametrize("words, sentence", [
    (["repot"], "もしかして report ですか"), (["--al"], "オプション --al はありません"),
    (["report", "--prefectur", "千葉県"], "もしかして --prefecture ですか"),
    (["report", "--workers", "0", "122033"], "1以上の整数ではありません"),
    (["report", "--workers"], "値を1つ書いてください"), (["report", "--all=3"], "付けられません"),
    (["report"], "1つも選ばれていません"), (["plan"], "1つも選ばれていません"), (["new"], "団体が書かれていません"),
    (["report", "市河市"], "市川市"), (["report", "122032"], "検査数字"), (["plan", "府中市"], "2つあります"),
    (["report", "--prefecture", "千葉"], "千葉県"),
    (["report", "122033", "--notebook", "absent.ipynb"], "見つかりません"),
    (["plan", "122033", "141003", "--calendar", "x.ics"], "1団体のときだけ"),
    (["plan", "216046", "--calendar", "absent/x.ics"], "書けません"),
])
def test_bad_input_is_one_japanese_sentence_and_status_2(capsys, words, sentence):
    assert main(words) == 2
    told = capsys.readouterr()
    assert told.out == "" and sentence in told.err
    assert told.err.count("\n") == 1 and "Traceback" not in told.err


def test_an_output_folder_that_cannot_be_is_one_sentence(capsys, tmp_path, write_notebook):
    notebook = write_notebook(tmp_path / "n.ipynb")
    assert main(["report", "122033", "--notebook", str(notebook), "--out", str(notebook / "out")]) == 2
    told = capsys.readouterr()
    assert told.out == "" and "出力先" in told.err and told.err.count("\n") == 1


def test_one_city_is_planned_with_its_headline_and_the_calendar_of_its_classes(capsys, tmp_path):
    assert main(["plan", "白川村", "--calendar", str(tmp_path / "白川村.ics")]) == 0
    told = capsys.readouterr()
    assert all(label in told.out for label in ("最後の稼働", "変革人材", "自走する月", "一般財源")) and told.err == ""
    assert (tmp_path / "白川村.ics").read_bytes().startswith(b"BEGIN:VCALENDAR\r\n")


def test_no_command_shows_the_commands_and_status_2(capsys):
    assert main([]) == 2
    assert "new" in capsys.readouterr().out


def test_a_run_makes_pages_and_an_index_and_a_failure_is_status_1(tmp_path, write_notebook, dxplan):
    notebook = write_notebook(tmp_path / "n.ipynb", *SMALL)
    done = dxplan("report", "船橋市", "市川市", "122033", "--notebook", notebook, "--out", tmp_path / "out")
    assert done.returncode == 1 and done.stderr == ""
    assert "完了 千葉県市川市（122033" in done.stdout and "失敗 千葉県船橋市（122041）: ZeroDivisionError" in done.stdout
    assert "2団体のうち1団体のページができました。" in done.stdout and "index.html" in done.stdout
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [".dxplan.lock", ".dxplan.sqlite", "122033.html", "cities.csv", "cities.parquet", "index.html"]
    index = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert index.index("千葉県市川市") < index.index("千葉県船橋市") and ">千葉県</th>" in index


def test_a_notebook_without_parameters_is_status_2_and_leaves_nothing(tmp_path, write_notebook, dxplan):
    notebook = write_notebook(tmp_path / "n.ipynb", "city", parameters=None)
    done = dxplan("report", "122033", "--notebook", notebook, "--out", tmp_path / "out")
    assert done.returncode == 2 and "parameters" in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()
