"""The notebooks as other people's programs run them: papermill, its engine of ours, nbconvert."""

import os
import subprocess
import sys

import nbformat
import papermill
import pytest

from dxplan.press.notebook import LIVE
from dxplan.press.page import build_page
from dxplan.press.warm.engine import WARM
from dxplan.town.city import load_city
from tests.conftest import ROOT

pytestmark = pytest.mark.rest  # kernels

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
ENGINES = ("nbclient", "dxplan-warm") if WARM else ("nbclient",)
# papermill makes a number of a code; every way of naming comes to some notebook under some engine
WAYS = (14095, "014095", "１４０９５", "岐阜県白川村", "216046", 335860, "しらかわむら")
SEVERAL = {"90_compare": ["216046", 14095]}  # takes several municipalities, also as a list
RUNS = [
    (path, engine, WAYS[(number + 4 * turn) % len(WAYS)], (number + turn) % 2)
    for turn, engine in enumerate(ENGINES)
    for number, path in enumerate(NOTEBOOKS)
    # both engines run two of them, and each of the others is run by one; cell by cell they are
    # compared in tests/press/warm
    if path.stem in ("00_city", "60_report") or (number + turn) % 2 == 0
]
CITY = ROOT / "notebooks" / "00_city.ipynb"


@pytest.fixture
def quick(monkeypatch):
    """A quick plan, and no other variable of ours."""
    for name in [name for name in os.environ if name.startswith("DXPLAN_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DXPLAN_EFFORT", "簡易")


def beginning(path, folder):
    """The notebook down to the cell that takes the municipality."""
    notebook = nbformat.read(path, 4)
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type == "code" and "(city" in cell.source:
            notebook.cells = notebook.cells[: number + 1]
            break
    nbformat.write(notebook, folder / path.name)
    return folder / path.name


def execute(path, out, engine, **parameters):
    """What a run says when it fails; nothing where it is good."""
    try:
        papermill.execute_notebook(
            path, out, parameters, engine_name=engine, progress_bar=False, kernel_name="python3"
        )
    except papermill.PapermillExecutionError as fault:
        assert fault.ename == "CityError", fault
        return str(fault.evalue)
    return ""


def printed(executed):
    """The page that the press makes of an executed notebook, without what it leaves out."""
    notebook = nbformat.read(executed, 4)
    notebook.cells = [cell for cell in notebook.cells if LIVE not in cell.metadata.get("tags", ())]
    return build_page(notebook, "題")[0]


@pytest.mark.parametrize(
    "path, engine, way, away", RUNS, ids=[f"{path.stem}-{engine}" for path, engine, *_ in RUNS]
)
def test_each_notebook_runs_from_any_folder_for_every_way_of_naming_and_makes_a_page(
    path, engine, way, away, quick, tmp_path, monkeypatch
):
    """Each notebook by both engines, once from the checkout and once from elsewhere."""
    monkeypatch.chdir(tmp_path if away else ROOT)
    city = SEVERAL.get(path.stem, way)
    assert execute(path, tmp_path / "out.ipynb", engine, city=city) == ""
    page = printed(tmp_path / "out.ipynb")
    assert page.count("<h1") == 1 and "Traceback" not in page
    for one in city if isinstance(city, list) else [city]:  # 00_start has nothing to print
        assert (load_city(one).name in page) is (path.stem != "00_start")


@pytest.mark.parametrize(
    "given, words",
    [
        ({"city": 12203}, "2つ"),
        ({"city": "市河市"}, "市川市"),
        ({"city": None}, "書かれていません"),
        ({"city": ["216046", 32026]}, "ありません"),
        ({"city": "216046", "citi": 335860}, "「citi」という引数は"),
    ],
)
def test_a_name_or_a_parameter_that_means_nothing_is_answered_by_a_sentence(
    given, words, quick, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    for engine in ENGINES if "citi" in given else ENGINES[-1:]:
        said = execute(beginning(CITY, tmp_path), tmp_path / "out.ipynb", engine, **given)
        assert words in said and ("citi" not in given or "もしかして「city」" in said)


@pytest.mark.parametrize("words", [["-p", "city", "032026"], ["-f", "p.yaml"]])
def test_a_number_under_stock_papermill_as_a_command(words, quick, tmp_path):
    """-p makes a number of a code, a file is read as YAML; each in a process of its own."""
    (tmp_path / "p.yaml").write_text("city: 032026\n")
    begun = beginning(CITY, tmp_path)
    command = [sys.executable, "-m", "papermill", begun, "out.ipynb", *words]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr


def test_nbconvert_executes_from_any_folder(quick, tmp_path):
    command = [sys.executable, "-m", "jupyter", "nbconvert", "--execute", "--to", "notebook"]
    command += ["--output-dir", str(tmp_path / "out"), str(beginning(CITY, tmp_path))]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
