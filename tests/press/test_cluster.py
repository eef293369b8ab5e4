"""The same work on a real Dask cluster on this machine."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dxplan.press import PressError
from dxplan.press.batch import Job, run_batch
from dxplan.press.cluster import Cluster

pytestmark = pytest.mark.rest  # processes of a cluster

ROOT = Path(__file__).resolve().parents[2]
SEEN = (
    "import os\nfrom pathlib import Path\nfolder = os.environ.get('TEXTS')\n"
    "path = Path(folder or '.', f'{city}.txt')\n"
    "text = path.read_text() if folder and path.exists() else ''\nf'計画 {city} {text}'"
)


def describe():
    return {"Python": sys.version.split()[0]}


def describe_by_process():
    return {"Python": sys.version.split()[0], "data": str(os.getpid())}


@pytest.fixture
def notebook(tmp_path, write_notebook):
    return write_notebook(
        tmp_path / "n.ipynb", "# 計画書", SEEN, "import time\ntime.sleep(0.2)\n1 / (city != 'bad')"
    )


def run_on(notebook, out, jobs, workers):
    with Cluster("local", workers, describe) as cluster:
        return run_batch(notebook, jobs, out, workers, cluster=cluster, files="TEXTS")


def test_pages_of_a_cluster_are_those_of_one_worker(tmp_path, notebook):
    jobs = [Job(slug) for slug in ("c1", "c2", "c3", "bad")]
    runs = [run_batch(notebook, jobs, tmp_path / "1", 1)]
    runs.append(run_on(notebook, tmp_path / "cluster", jobs, 2))
    assert [[outcome.ok for outcome in run] for run in runs] == [[True, True, True, False]] * 2, (
        runs
    )
    assert len({run[3].error for run in runs}) == 1
    pages = [
        {path.name: path.read_bytes() for path in (tmp_path / name).glob("*.html")}
        for name in ("1", "cluster")
    ]
    assert len(pages[0]) == 3 and pages[0] == pages[1]
    assert all(
        outcome.kept
        for outcome in run_batch(notebook, jobs[:3], tmp_path / "cluster", 1, files="TEXTS")
    )


def test_a_job_brings_the_files_that_it_wants(tmp_path, notebook):
    jobs = [
        Job(slug, files={f"{slug}.txt": f"text of {slug}"}, inputs=slug) for slug in ("c1", "c2")
    ]
    assert all(outcome.ok for outcome in run_on(notebook, tmp_path / "out", jobs, 1))
    for slug in ("c1", "c2"):
        assert f"計画 {slug} text of {slug}" in (tmp_path / "out" / f"{slug}.html").read_text(
            encoding="utf-8"
        )


def test_a_worker_killed_in_the_middle_loses_nothing(tmp_path, notebook):
    jobs = [Job(f"c{number}") for number in range(8)]
    killed = []
    with Cluster("local", 2, describe) as cluster:

        def shoot(outcome):
            if not killed:
                killed.append(cluster.local.workers[0].process.pid)
                os.kill(killed[0], 9)

        outcomes = run_batch(notebook, jobs, tmp_path / "out", 2, shoot, cluster=cluster)
    assert killed and [outcome.error for outcome in outcomes] == [""] * 8


def test_two_clusters_of_one_machine_do_not_meet_and_nobody_outside_is_let_in():
    with Cluster("local", 1, describe) as one, Cluster("local", 1, describe) as other:
        doors = [cluster.local.scheduler.http_server for cluster in (one, other)]
        assert [door.address for door in doors] == ["127.0.0.1"] * 2
        assert doors[0].port != doors[1].port
        for cluster in (one, other):
            assert cluster.local.scheduler.address.startswith("tcp://127.0.0.1:")


def test_a_city_that_kills_its_worker_fails_alone(tmp_path, write_notebook):
    kill = (
        "import os\nabove = os.getppid()\n"
        "up = int(open(f'/proc/{above}/stat').read().rpartition(')')[2].split()[1])\n"
        "os.kill(up, 9) if city == 'c1' else None\n1"
    )
    notebook = write_notebook(tmp_path / "n.ipynb", "# 計画書", kill)
    one, other = run_on(notebook, tmp_path / "out", [Job("c1"), Job("c2")], 1)
    assert not one.ok and "何度も止まりました" in one.error and other.ok


def test_workers_of_other_versions_are_refused_before_anything_runs(notebook, tmp_path):
    with (
        pytest.raises(PressError, match=r"版が手元と違います\(data\)"),
        Cluster("local", 1, describe_by_process),
    ):
        pytest.fail("it was opened")


def test_an_address_where_nobody_answers_is_one_sentence():
    with (
        pytest.raises(PressError, match="tcp://127.0.0.1:9 につながりません"),
        Cluster("tcp://127.0.0.1:9", 1, describe),
    ):
        pytest.fail("it was opened")


@pytest.fixture
def elsewhere(tmp_path):
    """Address of a scheduler, and the process of its one worker, as commands of their own."""
    surroundings = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests' / 'press'}"}
    file = tmp_path / "scheduler.json"
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    started = []

    def start(command, *options):
        words = [sys.executable, "-m", f"distributed.cli.{command}", "--scheduler-file", str(file)]
        words += ["--no-dashboard", *options]
        started.append(subprocess.Popen(words, env=surroundings, cwd=tmp_path, **silent))

    start("dask_scheduler", "--port", "0", "--host", "127.0.0.1")
    start("dask_worker", "--nthreads", "1", "--no-nanny")
    try:
        for _ in range(300):
            if file.exists() and file.stat().st_size:
                break
            time.sleep(0.1)
        yield json.loads(file.read_text())["address"], started[1]
    finally:
        for process in reversed(started):
            process.kill()
            process.wait()


def test_a_scheduler_by_its_address(tmp_path, notebook, elsewhere):
    with Cluster(elsewhere[0], 1, describe) as cluster:
        (outcome,) = run_batch(notebook, [Job("c1")], tmp_path / "out", 1, cluster=cluster)
    assert outcome.error == ""


def test_a_cluster_without_a_living_worker_is_given_up_and_taken_up_again(
    tmp_path, notebook, elsewhere, monkeypatch
):
    monkeypatch.setattr("dxplan.press.cluster.PATIENCE", 3.0)
    jobs = [Job(f"c{number}") for number in range(4)]
    address, worker = elsewhere
    with Cluster(address, 1, describe) as cluster:
        outcomes = run_batch(
            notebook, jobs, tmp_path / "out", 1, lambda outcome: worker.kill(), cluster=cluster
        )
    assert [outcome.ok for outcome in outcomes] == [True, False, False, False]
    assert all("3秒待っても戻りません" in outcome.error for outcome in outcomes[1:])
    again = run_batch(notebook, jobs, tmp_path / "out", 1)
    assert [(outcome.ok, outcome.kept) for outcome in again] == [
        (True, True),
        (True, False),
        (True, False),
        (True, False),
    ]
