"""A notebook times many cities: what has changed is run, and each city ends with one page or one sentence."""

import hashlib
import re
from collections import Counter
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import nbformat

from dxplan.press import PressError
from dxplan.press.job import Job, Outcome
from dxplan.press.ledger import Ledger
from dxplan.press.notebook import load_notebook
from dxplan.press.page import disk_reason, write_file
from dxplan.press.pool import Pool
from dxplan.press.warm.engine import WARM
from dxplan.press.worker import Setting

__all__ = ["Job", "Outcome", "run_batch"]
SLUG = re.compile(r"\w[\w.\-]*")
ENGINES = ("warm", "stock")
FEW = 2  # cities for each worker, for which a rehearsal does not pay
TRIES = 2  # a worker that was killed from outside takes no city down; a city that kills its worker fails


def run_batch(
    notebook,
    jobs,
    out,
    workers=1,
    on_done=lambda outcome: None,
    *,
    recipe="",
    engine="",
    limit=600.0,
    rehearse="",
    environment=(),
    files="",
    fresh=False,
    cluster=None,
):
    """Run a notebook for each job whose input has changed and leave one page for each that succeeds.

    Parameters
    ----------
    notebook : notebook file; must declare `city` in its parameters cell
    jobs : jobs; a slug named twice runs once
    out : folder of the pages; created where it is missing
    workers : number of processes, each with one thread
    on_done : called in this process with each outcome as it comes
    recipe : text that differs when any page may differ (versions, data, code)
    engine : warm or stock; warm where the machine can
    limit : seconds that one cell may take
    rehearse : module:function that the warm template calls once
    environment : pairs of name and text, variables of the notebooks
    files : name of the variable that tells the code where a job's files lie, on a cluster
    fresh : run each job, changed or not
    cluster : an open cluster (cluster.py) in place of processes of this machine

    Returns
    -------
    tuple of outcomes in the order of the jobs

    Raises
    ------
    PressError
        before anything runs, if the notebook or the folder cannot be used
    """
    jobs = tuple({job.slug: job for job in jobs}.values())
    setting = build_setting(
        notebook,
        engine=engine,
        limit=limit,
        rehearse=rehearse,
        environment=environment,
        files=files,
    )
    _check_slugs(jobs)
    known = setting.notebook, recipe, repr(sorted(setting.environment))
    digests = {job.slug: _digest(*known, job.given or job.slug, job.inputs) for job in jobs}
    with Ledger(_open_folder(Path(out))) as ledger:
        done = (
            {}
            if fresh
            else {job.slug: found for job in jobs if (found := ledger.find(job, digests[job.slug]))}
        )
        for outcome in done.values():
            on_done(outcome)
        queue = [job for job in jobs if job.slug not in done]
        if len(queue) <= FEW * workers:
            setting = replace(setting, rehearse="")
        if queue:
            with (
                nullcontext(cluster.use(setting))
                if cluster
                else Pool(min(workers, len(queue)), setting) as pool
            ):
                done |= run_jobs(pool, queue, ledger, digests, on_done)
    return tuple(done[job.slug] for job in jobs)


def build_setting(notebook, engine="", limit=600.0, rehearse="", environment=(), files=""):
    """How a batch runs its notebook; the arguments as of `run_batch`.

    Raises
    ------
    PressError
        the notebook or the engine cannot be used
    """
    if engine and engine not in ENGINES:
        raise PressError(
            f"エンジン {engine} はありません。{'、'.join(ENGINES)} のどちらかにしてください。"
        )
    if engine == "warm" and not WARM:
        raise PressError(
            "この環境では温めたエンジン（warm）を使えません。stock にしてください。ページは同じです。"
        )
    return Setting(
        nbformat.writes(load_notebook(notebook)),
        str(Path(notebook).resolve().parent),
        engine or ENGINES[not WARM],
        limit,
        rehearse,
        tuple(environment),
        files,
    )


def run_jobs(pool, jobs, ledger, digests, on_done):
    """Run jobs on workers and enter what becomes of each.

    Parameters
    ----------
    pool : Pool or Cluster, open
    jobs : list of jobs, each slug once
    ledger : of the folder of the pages
    digests : dict of slug to the digest of its input
    on_done : called with each outcome as it comes

    Returns
    -------
    dict of slug to outcome
    """
    done, queue, tries = {}, list(reversed(jobs)), Counter()
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
            done[job.slug] = ledger.publish(job, digests[job.slug], printed)
            on_done(done[job.slug])
    return done


def _digest(*parts):
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _check_slugs(jobs):
    for job in jobs:
        if not SLUG.fullmatch(job.slug) or job.slug.lower() == "index":
            raise PressError(
                f"「{job.slug}」はページの名前に使えません。英数字とハイフンの名前にしてください。"
            )


def _open_folder(out):
    """Make the folder and prove that a file can be written in it."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise PressError(
            f"出力先 {out} を作れません（{disk_reason(fault)}）。別の場所を指定してください。"
        ) from None
    write_file(out / ".probe", "").unlink()
    return out
