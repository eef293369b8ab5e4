"""Notebooks run by real papermill, kernels and worker processes."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dxplan.press import PressError, pool
from dxplan.press.batch import Job, run_batch
from dxplan.press.ledger import LOCK, NAME, load_rows
from dxplan.press.notebook import UNSPOKEN

pytestmark = pytest.mark.rest  # many runs of the press

ROOT = Path(__file__).resolve().parents[2]
HEAD = "from IPython.display import HTML, SVG, display"
HEADLINE = (
    'display({"application/vnd.dxplan.headline+json": {"title": f"報告 {city}", "完了見込": "2030年3月",'
    ' "foot": f"団体 {city}"}}, raw=True)'
)
BODY = 'HTML(f"<p>計画の団体は{city}です。{sorted({city})}</p>")'
TROUBLE = """
import os, signal, sys, time
if city == "raises":
    raise ValueError("/srv/press/secret/data.csv がありません")
if city == "english":
    1 / 0
if city == "leaves":
    sys.exit()
if city == "kernel":
    os._exit(7)
if city == "worker":
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(60)  # a busy machine takes a moment, in which the rest of the page would be made
if city == "nameless":
    display({"image/png": "iVBORw0KGgo="}, raw=True)
if city == "path":
    display(HTML(f"<p>{os.getcwd()}/data.csv</p>"))
if city == "script":
    display(HTML("<script>alert(1)</script>"))
if city == "widget":
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": "x"}}
    display({**view, "text/plain": "IntSlider()"}, raw=True)
"""
FAILING = {
    "raises": UNSPOKEN,
    "english": UNSPOKEN,
    "leaves": "sys.exit",
    "kernel": "カーネルが途中で止まりました",
    "worker": "カーネルが途中で止まりました",
    "nameless": "代替テキスト",
    "path": "フォルダの場所",
    "script": "<script>",
    "widget": "live",
}


@pytest.fixture(scope="module")
def press_run(tmp_path_factory, write_notebook):
    """One batch of good and bad cities, mixed, on two workers."""
    folder = tmp_path_factory.mktemp("batch")
    notebook = write_notebook(
        folder / "report.ipynb", "# 計画書", HEAD, TROUBLE, HEADLINE, "## 要約", BODY
    )
    names = ["good-1", *FAILING, "good-2"]
    (folder / "out").mkdir()
    (folder / "out" / "raises.html").write_text("old page", encoding="utf-8")
    told = []
    jobs = [Job(name, f"市 {name}", "千葉県") for name in names]
    outcomes = run_batch(notebook, jobs, folder / "out", 2, told.append)
    return folder / "out", names, outcomes, told


def test_the_outcomes_stand_in_the_order_of_the_jobs_and_each_is_told_once(press_run):
    _, names, outcomes, told = press_run
    assert [outcome.slug for outcome in outcomes] == names
    assert sorted(outcome.slug for outcome in told) == sorted(names)


def test_only_good_cities_have_pages_and_nothing_else_is_left(press_run):
    out, _, outcomes, _ = press_run
    assert sorted(path.name for path in out.iterdir()) == [LOCK, NAME, "good-1.html", "good-2.html"]
    assert [outcome.page for outcome in outcomes if outcome.ok] == ["good-1.html", "good-2.html"]


@pytest.mark.parametrize("name", FAILING)
def test_a_failed_city_has_one_sentence_that_says_why(press_run, name):
    outcome = next(outcome for outcome in press_run[2] if outcome.slug == name)
    assert not outcome.ok and outcome.page == ""
    assert FAILING[name] in outcome.error
    assert (
        "\n" not in outcome.error and "/srv" not in outcome.error and str(ROOT) not in outcome.error
    )


def test_the_headline_is_returned_and_not_printed(press_run):
    out, _, outcomes, _ = press_run
    assert outcomes[0].headline["完了見込"] == "2030年3月"
    page = (out / "good-1.html").read_text(encoding="utf-8")
    assert (
        "2030年3月" not in page
        and "<title>報告 good-1</title>" in page
        and "<p>団体 good-1</p>" in page
    )


def test_pages_are_the_same_bytes_in_a_second_run_and_with_other_workers(tmp_path, write_notebook):
    plot = (
        'import matplotlib; matplotlib.rcParams["svg.hashsalt"] = "x"\nimport io\n'
        "from matplotlib.figure import Figure\nfigure = Figure(); figure.subplots().plot([1, 2])\n"
        'f = io.StringIO(); figure.savefig(f, format="svg", metadata={"Date": None})\n'
        'alt = {"image/svg+xml": {"alt": f"線 {city}"}}\n'
        'display({"image/svg+xml": f.getvalue()}, metadata=alt, raw=True)'
    )
    notebook = write_notebook(
        tmp_path / "n.ipynb",
        "# 計画書",
        HEAD,
        HEADLINE,
        "## 図",
        plot,
        "## 値",
        BODY,
        'set("あいうえおかきくけこ")',
    )
    jobs = [Job("c1"), Job("c2"), Job("c3")]
    runs = []
    for number, workers in enumerate((1, 2)):
        outcomes = run_batch(notebook, jobs, tmp_path / str(number), workers)
        assert [outcome.error for outcome in outcomes] == ["", "", ""]
        runs.append(
            {path.name: path.read_bytes() for path in (tmp_path / str(number)).glob("*.html")}
        )
        assert len(runs[-1]) == 3
    assert runs[0] == runs[1]


def test_a_city_named_twice_runs_once(tmp_path, write_notebook):
    notebook = write_notebook(tmp_path / "n.ipynb", "# 計画書", "city")
    assert len(run_batch(notebook, [Job("c1"), Job("c1")], tmp_path / "out", 2)) == 1


def test_a_page_does_not_depend_on_the_profile_of_the_user(tmp_path, write_notebook, monkeypatch):
    startup = tmp_path / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00.py").write_text("profile = 1", encoding="utf-8")
    (tmp_path / "start.py").write_text("startup = 1", encoding="utf-8")
    kernel = tmp_path / "jupyter" / "kernels" / "dxplan-press"
    kernel.mkdir(parents=True)
    (kernel / "kernel.json").write_text(
        json.dumps({"argv": ["/bin/false"], "display_name": "other", "language": "python"}),
        encoding="utf-8",
    )
    for name, value in {
        "IPYTHONDIR": tmp_path / "ipython",
        "JUPYTER_PATH": tmp_path / "jupyter",
        "JUPYTER_DATA_DIR": tmp_path / "jupyter",
        "PYTHONSTARTUP": tmp_path / "start.py",
        "MPLBACKEND": "TkAgg",
        "OMP_NUM_THREADS": "8",
    }.items():
        monkeypatch.setenv(name, str(value))
    monkeypatch.delenv("DXPLAN_HOME", raising=False)
    monkeypatch.chdir(kernel)
    look = (
        f'import os, sys, dxplan\n(sys.executable == {sys.executable!r}, "profile" in globals(), '
        f'"startup" in globals(), os.environ["OMP_NUM_THREADS"], os.environ["PYTHONHASHSEED"], '
        f"dxplan.__path__[0] == {str(ROOT / 'dxplan')!r}, "
        f'os.environ["DXPLAN_HOME"] == {str(kernel)!r})'
    )
    notebook = write_notebook(tmp_path / "n.ipynb", "# 計画書", look)
    (outcome,) = run_batch(notebook, [Job("c1")], tmp_path / "out")
    assert outcome.error == ""
    page = (tmp_path / "out" / "c1.html").read_text(encoding="utf-8")
    assert "(True, False, False, &#x27;1&#x27;, &#x27;0&#x27;, True, True)" in page


def test_a_worker_is_replaced_after_its_share_of_jobs(tmp_path, write_notebook, monkeypatch):
    monkeypatch.setattr(pool, "JOBS_PER_WORKER", 2)
    notebook = write_notebook(tmp_path / "n.ipynb", "# 計画書", "import os; f'作業 {os.getppid()}'")
    outcomes = run_batch(notebook, [Job("c1"), Job("c2"), Job("c3")], tmp_path / "out")
    pages = [(tmp_path / "out" / outcome.page).read_text(encoding="utf-8") for outcome in outcomes]
    workers = [page.partition("作業 ")[2].partition("&")[0] for page in pages]
    assert workers[0] == workers[1] != workers[2]


@pytest.mark.parametrize("slug", ["../up", "a/b", "", ".hidden", "index"])
def test_a_slug_that_is_no_file_name_is_refused(tmp_path, write_notebook, slug):
    with pytest.raises(PressError, match="名前に使えません"):
        run_batch(write_notebook(tmp_path / "n.ipynb"), [Job(slug)], tmp_path / "out")


def test_a_folder_that_cannot_be_made_is_one_sentence_before_anything_runs(
    tmp_path, write_notebook
):
    notebook = write_notebook(tmp_path / "n.ipynb")
    for out in (notebook, notebook / "below"):
        with pytest.raises(PressError, match="出力先"):
            run_batch(notebook, [Job("c1")], out)


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0,
    reason="管理者には書けない場所がないので省きます",
)
def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path, write_notebook):
    (tmp_path / "out").mkdir(mode=0o500)
    with pytest.raises(PressError, match="書き込みが許されていません"):
        run_batch(write_notebook(tmp_path / "n.ipynb"), [Job("c1")], tmp_path / "out")


def test_the_stock_engine_gives_the_same_pages(tmp_path, write_notebook):
    notebook = write_notebook(
        tmp_path / "n.ipynb",
        "# 計画書",
        HEAD,
        HEADLINE,
        "## 値",
        BODY,
        'set("あいうえおかきくけこ")',
    )
    for engine in ("warm", "stock"):
        outcomes = run_batch(notebook, [Job("c1"), Job("c2")], tmp_path / engine, 2, engine=engine)
        assert [outcome.error for outcome in outcomes] == ["", ""]
    for name in ("c1.html", "c2.html"):
        assert (tmp_path / "warm" / name).read_bytes() == (tmp_path / "stock" / name).read_bytes()


def test_a_notebook_that_never_ends_is_stopped_and_the_rest_goes_on(tmp_path, write_notebook):
    """That a cell that takes too long ends alike under both engines is proved beside them."""
    notebook = write_notebook(
        tmp_path / "n.ipynb", "# 計画書", "import time\nwhile city == 'c2':\n    time.sleep(1)", "1"
    )
    outcomes = run_batch(notebook, [Job("c1"), Job("c2"), Job("c3")], tmp_path / "out", 1, limit=2)
    assert [outcome.ok for outcome in outcomes] == [True, False, True]
    assert "制限時間(2秒)" in outcomes[1].error


def test_a_worker_that_hangs_outside_its_cells_is_stopped(tmp_path, write_notebook, monkeypatch):
    monkeypatch.setattr(pool, "GRACE", 1.0)
    stop = (
        "import os, signal\n"
        "up = int(open(f'/proc/{os.getppid()}/stat').read().rpartition(')')[2].split()[1])\n"
        "os.kill(up, signal.SIGSTOP) if city == 'c1' else None\n1"
    )
    notebook = write_notebook(tmp_path / "n.ipynb", "# 計画書", stop)
    outcomes = run_batch(notebook, [Job("c1"), Job("c2")], tmp_path / "out", 1, limit=20)
    assert [outcome.ok for outcome in outcomes] == [False, True] and "制限時間(20秒)" in outcomes[
        0
    ].error


def test_a_worker_killed_from_outside_takes_no_city_down(tmp_path, write_notebook):
    notebook = write_notebook(
        tmp_path / "n.ipynb",
        "# 計画書",
        "import os, time\nfirst = not os.path.exists('flag')\n"
        "open('flag', 'w').close()\ntime.sleep(1)",
        "city",
        "open('parent', 'w').write("
        "open(f'/proc/{os.getppid()}/stat').read().rpartition(')')[2].split()[1])\n"
        "os.kill(int(open('parent').read()), 9) if first else 0\ntime.sleep(1)\n1",
    )
    outcomes = run_batch(notebook, [Job("c1"), Job("c2")], tmp_path / "out", 1)
    assert [outcome.error for outcome in outcomes] == ["", ""]


@pytest.mark.skipif(os.name != "posix", reason="シグナルのない環境なので省きます")
def test_ctrl_c_ends_cleanly_without_half_pages_or_processes(tmp_path, write_notebook):
    notebook = write_notebook(
        tmp_path / "n.ipynb",
        "# 計画書",
        f'import os, time\nflag = open(f"{tmp_path}/{{city}}.pid", "w")\n'
        "flag.write(str(os.getpid())); flag.close(); time.sleep(600)",
    )
    script = tmp_path / "run.py"
    script.write_text(
        "import sys\nfrom dxplan.press.batch import Job, run_batch\n"
        "if __name__ == '__main__':\n"
        "    run_batch(sys.argv[1], [Job('c1'), Job('c2'), Job('c3')], sys.argv[2], 2)\n",
        encoding="utf-8",
    )
    process = subprocess.Popen(
        [sys.executable, script, notebook, tmp_path / "out"],
        stderr=subprocess.PIPE,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
    )
    flags = [tmp_path / "c1.pid", tmp_path / "c2.pid"]
    _wait(lambda: all(flag.exists() and flag.read_text() for flag in flags))
    os.killpg(process.pid, signal.SIGINT)
    _, fault = process.communicate(timeout=30)
    assert process.returncode != 0 and fault.rstrip().endswith("KeyboardInterrupt")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [LOCK, NAME]
    assert [row["status"] for row in load_rows(tmp_path / "out")] == ["running", "running"]
    _wait(lambda: not any(_lives(int(flag.read_text())) for flag in flags))


def _lives(number):
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{number}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"


def _wait(holds):
    limit = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < limit
        time.sleep(0.1)
