"""A notebook times many cities: what has changed is run, each ends with a page or a sentence."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat

from dxplan.press import PressError
from dxplan.press.cluster import Cluster
from dxplan.press.job import Job, JobOutcome, Setting
from dxplan.press.ledger import Ledger
from dxplan.press.notebook import load_notebook
from dxplan.press.page import ready_folder, write_file
from dxplan.press.pool import Pool
from dxplan.press.warm.engine import WARM

__all__ = ["Job", "JobOutcome", "run_batch"]
SLUG = re.compile(r"\w[\w.\-]*")
ENGINES = ("warm", "stock")
FEW = 2  # cities for each worker, for which a rehearsal does not pay
TRIES = 2  # a worker killed from outside takes no city down; a city that kills its worker fails

Told = Callable[[JobOutcome], None]


def run_batch(
    notebook: Path,
    jobs: Iterable[Job],
    out: Path,
    workers: int = 1,
    on_done: Told = lambda outcome: None,
    *,
    recipe: str = "",
    fresh: bool = False,
    cluster: Cluster | None = None,
    **how: Any,
) -> tuple[JobOutcome, ...]:
    """Run a notebook for each job whose input has changed; a page for each that succeeds.

    Parameters
    ----------
    notebook : must declare `city` in its parameters cell.
    jobs : a slug named twice runs once.
    out : folder of the pages; created where it is missing.
    workers : number of processes, each with one thread.
    on_done : called in this process with each outcome as it comes.
    recipe : differs when any page may differ (versions, data, code).
    fresh : run each job, changed or not.
    cluster : an open one, in place of processes of this machine.
    how : the notebook is run; the arguments of ``build_setting``.

    Returns
    -------
    outcomes in the order of the jobs.

    Raises
    ------
    PressError
        Before anything runs, if the notebook or the folder cannot be used.
    """
    jobs = {job.slug: job for job in jobs}.values()
    setting = build_setting(notebook, **how)
    _check_slugs(jobs)
    common = setting.notebook, recipe, repr(sorted(setting.environment))
    digests = {job.slug: _digest(*common, job.given or job.slug, job.inputs) for job in jobs}
    with Ledger(_open_folder(Path(out))) as ledger:
        done, queue = {}, []
        for job in jobs:
            outcome = None if fresh else ledger.find(job, digests[job.slug])
            if outcome is None:
                queue.append(job)
            else:
                done[job.slug] = outcome
                on_done(outcome)
        if len(queue) <= FEW * workers:
            setting = replace(setting, rehearse="")
        if queue:
            workers = min(workers, len(queue))
            processes = nullcontext(cluster.use(setting)) if cluster else Pool(workers, setting)
            with processes as pool:
                done |= run_jobs(pool, queue, ledger, digests, on_done)
    return tuple(done[job.slug] for job in jobs)


def build_setting(
    notebook: Path,
    engine: str = "",
    limit: float = 600.0,
    rehearse: str = "",
    environment: Iterable[tuple[str, str]] = (),
    files: str = "",
) -> Setting:
    """How a batch runs its notebook.

    Parameters
    ----------
    engine : warm or stock; warm where the machine can.
    limit : seconds that one cell may take.
    rehearse : module:function that the warm template calls once.
    environment : pairs of name and text, variables of the notebooks.
    files : name of the variable that tells the code where a job's files lie, on a cluster.

    Raises
    ------
    PressError
        The notebook or the engine cannot be used.
    """
    if engine and engine not in ENGINES:
        raise PressError(
            f"エンジン {engine} はありません。{'、'.join(ENGINES)} のどちらかにしてください。"
        )
    if engine == "warm" and not WARM:
        raise PressError(
            "この環境では温めたエンジン(warm)を使えません。stock にしてください。ページは同じです。"
        )
    usual = "warm" if WARM else "stock"
    return Setting(
        nbformat.writes(load_notebook(notebook)),
        str(Path(notebook).resolve().parent),
        engine or usual,
        limit,
        rehearse,
        tuple(environment),
        files,
    )


def run_jobs(
    pool: Pool | Cluster,
    jobs: Sequence[Job],
    ledger: Ledger,
    digests: Mapping[str, str],
    on_done: Told,
) -> dict[str, JobOutcome]:
    """Run jobs on workers and enter what becomes of each.

    Parameters
    ----------
    pool : open.
    jobs : each slug once.
    ledger : of the folder of the pages.
    digests : slug -> the digest of its input.
    on_done : called with each outcome as it comes.
    """
    done: dict[str, JobOutcome] = {}
    queue = list(reversed(jobs))
    tries: Counter[str] = Counter()
    while len(done) < len(jobs):
        while queue and pool.room():
            job = queue.pop()
            ledger.begin(job, digests[job.slug])
            pool.submit(job)
        for job, printed in pool.collect():
            tries[job.slug] += 1
            if printed.died and tries[job.slug] < TRIES:
                queue.append(job)
                continue
            outcome = ledger.publish(job, digests[job.slug], printed)
            done[job.slug] = outcome
            on_done(outcome)
    return done


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _check_slugs(jobs: Iterable[Job]) -> None:
    for job in jobs:
        if not SLUG.fullmatch(job.slug) or job.slug.lower() == "index":
            raise PressError(
                f"「{job.slug}」はページの名前に使えません。英数字とハイフンの名前にしてください。"
            )


def _open_folder(out: Path) -> Path:
    """Make the folder and prove that a file can be written in it."""
    write_file(ready_folder(out) / ".probe", "").unlink()
    return out
