"""Which notebooks may be run, and what is said about the others."""

import nbformat
import pytest

from dxplan.press import PressError
from dxplan.press.notebook import UNSPOKEN, fault_sentence, load_notebook
from dxplan.press.warm.kernel import kernel_config


def test_live_cells_and_old_outputs_are_left_out(tmp_path, write_notebook):
    cell = nbformat.v4.new_code_cell("slider", metadata={"tags": ["live"]})
    stream = nbformat.v4.new_output("stream", text="old")
    old = nbformat.v4.new_code_cell("1", execution_count=3, outputs=[stream])
    notebook = load_notebook(write_notebook(tmp_path / "n.ipynb", cell, old))
    assert [cell.source for cell in notebook.cells] == ['city = "sample"', "1"]
    assert notebook.cells[1].outputs == [] and notebook.cells[1].execution_count is None


@pytest.mark.parametrize(
    "parameters, words",
    [
        (None, "タグ parameters"),
        ('code = "1"', "city を宣言していません(宣言: code)"),
        ("# none", "宣言: なし"),
        ("if city:", "1行目がPythonとして読めません"),
        ("city: str", "宣言: なし"),
    ],
)
def test_a_notebook_that_does_not_declare_the_city_is_refused(
    tmp_path, write_notebook, parameters, words
):
    with pytest.raises(PressError) as fault:
        load_notebook(write_notebook(tmp_path / "n.ipynb", parameters=parameters))
    assert words in str(fault.value) and "n.ipynb" in str(fault.value)


def test_a_missing_or_broken_notebook_is_one_sentence(tmp_path):
    (tmp_path / "broken.ipynb").write_text("no json", encoding="utf-8")
    (tmp_path / "other.ipynb").write_text('{"cells": 3}', encoding="utf-8")
    for name, words in (
        ("absent", "見つかりません"),
        ("broken", "読めません"),
        ("other", "読めません"),
    ):
        with pytest.raises(PressError, match=words):
            load_notebook(tmp_path / f"{name}.ipynb")


@pytest.mark.parametrize(
    "name, text, sentence",
    [
        (
            "ParamError",
            "/a b/x\n/srv/site/params/city.yaml 2行目 code: 違います",
            "/a b/x city.yaml 2行目 code: 違います",
        ),
        ("CityError", r"C:\Users\taro\x.csv がない", "x.csv がない"),
        (
            "CatalogError",
            "https://example.jp/a/b 2026/04/01 を読めません",
            "https://example.jp/a/b 2026/04/01 を読めません",
        ),
    ],
)
def test_a_fault_becomes_one_line_without_local_folders(name, text, sentence):
    assert fault_sentence(name, text) == sentence


@pytest.mark.parametrize("text", ["division by zero", "'x'", "", "箱が空です"])
def test_the_text_of_an_exception_that_was_not_written_for_a_reader_is_not_told(text):
    assert fault_sentence("ZeroDivisionError", text) == UNSPOKEN


def test_a_long_fault_is_cut():
    assert len(fault_sentence("ParamError", "長い" * 1000)) == 400


def test_a_folder_too_long_for_sockets_falls_back_to_ports():
    assert kernel_config("/short").KernelManager.transport in ("ipc", "tcp")
    assert kernel_config("/" + "long" * 30).KernelManager.transport == "tcp"
