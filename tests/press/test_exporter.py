"""The page of a notebook that was run elsewhere: the press's own page, or a Japanese sentence."""

import subprocess
import sys
from importlib.metadata import entry_points

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from dxplan.exporter import PlanExporter
from dxplan.press import PressError
from dxplan.press.exporter import PageExporter
from dxplan.press.page import build_page
from tests.conftest import code
from tests.press.test_page import FULL, shown

SOME = [shown("<p>本文</p>")]


def executed(*cells, parameters='city = "335860"'):
    """A notebook as JupyterLab leaves it when all its cells have run."""
    given = code(parameters, "parameters")
    given.execution_count = 1
    return new_notebook(cells=[given, *cells])


def test_the_page_is_the_press_s_to_the_letter_without_live_cells():
    texts = [one for one in FULL if not isinstance(one, str)]
    live = code("board(city)", "live")
    live.outputs = [new_output("display_data", {"application/vnd.jupyter.widget-view+json": {}})]
    page, resources = PlanExporter().from_notebook_node(executed(*texts, live))
    assert page == build_page(executed(*texts), "岡山県新庄村")[0]
    assert resources["output_extension"] == ".html" and PlanExporter.output_mimetype == "text/html"


@pytest.mark.parametrize(
    ("parameters", "title"),
    [
        ('city = "新庄村"', "岡山県新庄村"),
        ('city = "335860 172031"', "335860 172031"),
        ("other = 1", "Notebook"),
    ],
)
def test_the_title_is_the_municipality_s_or_what_there_is(parameters, title):
    page, _ = PlanExporter().from_notebook_node(executed(*SOME, parameters=parameters))
    assert f"<title>{title}</title>" in page


def test_what_papermill_was_given_goes_before_what_the_file_says():
    notebook = executed(*SOME)
    notebook.cells.insert(1, code('city = "172031"', "injected-parameters"))
    notebook.cells[1].execution_count = 2
    assert "<title>石川県小松市</title>" in PlanExporter().from_notebook_node(notebook)[0]


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ([*SOME, new_code_cell("plan")], "まだ実行していないセルが1個ある"),
        ([], "セルの結果が1つもない"),
        (
            [new_code_cell("1/0", outputs=[new_output("error", ename="E", evalue="e")])],
            "予期しない誤り",
        ),
        ([shown({"application/vnd.jupyter.widget-view+json": {}})], "操作部品"),
    ],
)
def test_half_a_notebook_is_told_in_japanese(cells, sentence):
    with pytest.raises(PressError, match=sentence):
        PageExporter().from_notebook_node(executed(*cells))


def test_jupyter_knows_the_exporter_by_its_name():
    (found,) = entry_points(group="nbconvert.exporters", name="dxplan")
    assert found.value == "dxplan.exporter:PlanExporter"
    assert PlanExporter.export_from_notebook == "dxplan ページ(1ファイル、オフライン)"


@pytest.mark.rest
def test_the_command_says_in_a_sentence_why_there_is_no_page(tmp_path):
    nbformat.write(executed(*SOME, code("plan")), tmp_path / "half.ipynb")
    command = [sys.executable, "-m", "jupyter", "nbconvert", "--to", "dxplan", "half.ipynb"]
    refused = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert refused.returncode == 1 and not (tmp_path / "half.html").exists()
    assert "まだ実行していないセルが1個" in refused.stderr and "Traceback" not in refused.stderr
