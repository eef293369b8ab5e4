"""What a worker does: one notebook for one city, its page as bytes or why there is none."""

from __future__ import annotations

import atexit
import functools
import os
import re
import tempfile
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from nbformat import NotebookNode

from dxplan.press import PressError, VanishedError
from dxplan.press.job import Job, Printed, Setting
from dxplan.press.notebook import fault_sentence, run_notebook
from dxplan.press.page import build_page
from dxplan.press.scratch import scratch_folder
from dxplan.press.warm.kernel import kernel_environment, write_kernel

LONGEST_LOG = 20_000
ANSI = re.compile(r"\x1b\[[0-9;]*m")


def run_city(job: Job, setting: Setting, home: Path) -> Printed:
    """Run the notebook for one city; a failure becomes a sentence.

    Parameters
    ----------
    setting : of the batch.
    home : private Jupyter home of this process.
    """
    if job.fault:
        return Printed(None, error=fault_sentence("ParamError", job.fault), log=job.fault)
    start = time.perf_counter()
    try:
        with tempfile.TemporaryDirectory(
            prefix="r", dir=home, ignore_cleanup_errors=True
        ) as folder:
            executed = _executed(job, setting, Path(folder))
        page, headline = build_page(executed, job.title or job.slug)
        return Printed(page.encode(), headline, time.perf_counter() - start)
    except Exception as fault:  # whatever a library throws, it is this city's failure alone
        sentence = str(fault)
        told = str(fault.__cause__ or fault)
        if not isinstance(fault, PressError):
            kind = type(fault).__name__
            sentence, told = fault_sentence(kind, fault), f"{kind}: {fault}"
        log = ANSI.sub("", told)[-LONGEST_LOG:]
        died = isinstance(fault, VanishedError)
        return Printed(None, {}, time.perf_counter() - start, sentence, log, died)


def _executed(job: Job, setting: Setting, folder: Path) -> NotebookNode:
    """The notebook after its run, in a folder of its own."""
    notebook = folder / "notebook.ipynb"
    notebook.write_text(setting.notebook, encoding="utf-8")
    os.environ.update(setting.environment)
    return run_notebook(notebook, job.given or job.slug, folder, setting)


@functools.cache
def private_home() -> Path:
    """The private Jupyter home of this process; its variables are set from then on."""
    stack = ExitStack()
    atexit.register(stack.close)
    home = stack.enter_context(scratch_folder())
    write_kernel(home)
    os.environ.update(kernel_environment(home))
    return home


def run_elsewhere(job: Job, setting: Setting) -> Printed:
    """Print a city with its files on another machine, in a folder of its own."""
    home = private_home()
    (home / "work").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="f", dir=home) as folder:
        texts = Path(folder, "params")
        texts.mkdir()
        for name, text in job.files.items():
            (texts / Path(name).name).write_text(text, encoding="utf-8")
        if setting.files:  # also where the job has none: this machine may have files of its own
            os.environ[setting.files] = str(texts)
        return run_city(job, replace(setting, folder=str(home / "work")), home)
