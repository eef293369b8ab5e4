"""The wheel in an empty folder: installed where nobody may write, for one who has no home."""

import ctypes
import os
import shutil
import subprocess
import sys

import pytest

from tests.conftest import ROOT

pytestmark = [
    pytest.mark.rest,  # it is built, and its search is compiled anew
    pytest.mark.skipif(
        os.name == "nt", reason="この環境では書けないフォルダをつくれないので省きます"
    ),
]

VILLAGE = "335860"
EFFORT = {"DXPLAN_EFFORT": "簡易"}
PARTS = ("dxplan", "data", "notebooks")  # of the checkout; the last two lie inside the package
MADE = {"__pycache__", ".ipynb_checkpoints"}  # not kept
DROP, OVERRIDE = 24, 1  # prctl: this process and its children lose root's right to write anywhere


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder in which the wheel is installed; it may only be read."""
    source, made, site = (tmp_path_factory.mktemp(name) for name in ("source", "made", "site"))
    for name in PARTS:
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns(*MADE))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    pip = [sys.executable, "-m", "pip", "--quiet"]
    build = ["wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", made, source]
    subprocess.run([*pip, *build], check=True)
    (wheel,) = made.iterdir()
    subprocess.run(
        [*pip, "install", "--no-deps", "--no-compile", "--target", site, wheel], check=True
    )
    _allow(site, 0o555)
    yield site
    _allow(site, 0o755)


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """An empty working folder."""
    return tmp_path_factory.mktemp("desk")


@pytest.fixture(scope="module")
def installed(site, desk, tmp_path_factory):
    """A function that runs the installed command in the working folder."""
    home, temporary = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("t")
    home.chmod(0o555)
    own = {"PYTHONPATH": site, "HOME": home, "TMPDIR": temporary, "PYTHONUTF8": "1"}
    probe = run(["-c", f"open({str(home / 'probe')!r}, 'w')"], own, desk)
    if "PermissionError" not in probe.stderr:
        pytest.skip("書けないフォルダをつくれない利用者なので、配布物の確認を省きます")

    def command(*words, **more):
        done = run(["-m", "dxplan", *words], own | more, desk)
        assert done.returncode == 0, done.stderr
        return done.stdout

    command.temporary = temporary
    return command


def run(words, variables, folder):
    """Python in a process that may not write what is read-only, even where the tests are root's."""
    return subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env={name: str(value) for name, value in variables.items()},
        preexec_fn=_bow,
        capture_output=True,
        text=True,
    )


def _bow():
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(DROP, OVERRIDE, 0, 0, 0)


def _allow(top, mode):
    for folder, _, _ in os.walk(top):
        os.chmod(folder, mode)


def test_every_file_of_the_checkout_is_in_the_wheel(site):
    wanted = set()
    for name in PARTS:
        inside = site if name == "dxplan" else site / "dxplan"
        for path in (ROOT / name).rglob("*"):
            if path.is_file() and not MADE.intersection(path.parts):
                wanted.add(inside / path.relative_to(ROOT))
    assert len(wanted) > 150 and not [path for path in wanted if not path.exists()]


def test_jupyter_and_papermill_find_their_doors_in_it(site):
    (told,) = site.glob("dxplan-*.dist-info/entry_points.txt")
    doors = told.read_text(encoding="utf-8").split("\n\n")
    assert "[nbconvert.exporters]\ndxplan = dxplan.exporter:PlanExporter" in map(str.strip, doors)
    assert any(door.startswith("[papermill.engine]") for door in doors)


def test_it_plans_as_the_checkout_does_and_keeps_what_it_compiled(installed, dxplan):
    told = installed("plan", VILLAGE, **EFFORT)
    assert told == dxplan("plan", VILLAGE, env=os.environ | EFFORT).stdout and "主な数値" in told
    (own,) = installed.temporary.glob("dxplan-*")
    assert own.stat().st_mode & 0o777 == 0o700 and list(own.rglob("search._dive-*.nbc"))


def test_what_it_writes_lies_in_the_working_folder(installed, desk):
    assert installed("new", VILLAGE) == f"書きました: params{os.sep}{VILLAGE}.yaml\n"
    told = installed("report", VILLAGE, "--effort", "簡易")
    assert f"ページ: out{os.sep}\n" in told
    assert {path.name for path in desk.iterdir()} == {"params", "out"}
    assert "<svg" in (desk / "out" / f"{VILLAGE}.html").read_text(encoding="utf-8")


def test_a_variable_names_another_working_folder(installed, tmp_path):
    installed("new", "216046", DXPLAN_HOME=tmp_path)
    assert (tmp_path / "params" / "216046.yaml").exists()
