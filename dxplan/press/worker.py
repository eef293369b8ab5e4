"""What a worker does: one notebook for one city, its page as bytes or a sentence why there is none."""

import functools
import os
import re
import shutil
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

from dxplan.press import PressError, VanishedError
from dxplan.press.job import Printed
from dxplan.press.notebook import fault_sentence, run_notebook
from dxplan.press.page import build_page
from dxplan.press.warm.kernel import kernel_environment, write_kernel

LONGEST_LOG = 20_000
ANSI = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Setting:
    """How a batch runs its notebook, the same for each city.

    Attributes
    ----------
    notebook : the prepared notebook, JSON text
    folder : folder that the code finds itself in; a private one where it is empty
    engine : warm or stock
    limit : seconds that one cell may take
    rehearse : module:function that a warm template calls once before it forks; may be empty
    environment : variables of the notebooks
    files : name of the variable that tells the code where a job's files lie
    """

    notebook: str
    folder: str = ""
    engine: str = "warm"
    limit: float = 600.0
    rehearse: str = ""
    environment: tuple[tuple[str, str], ...] = ()
    files: str = ""


def run_city(job, setting, home):
    """Run the notebook for one city; a failure becomes a sentence.

    Parameters
    ----------
    job : the city
    setting : of the batch
    home : private Jupyter home of this process

    Returns
    -------
    what was printed
    """
    start = time.perf_counter()
    folder = Path(tempfile.mkdtemp(prefix="r", dir=home))
    try:
        (folder / "notebook.ipynb").write_text(setting.notebook, encoding="utf-8")
        os.environ.update(setting.environment)
        executed = run_notebook(folder / "notebook.ipynb", job.given or job.slug, folder, setting)
        page, headline = build_page(executed, job.title or job.slug)
        return Printed(page.encode(), headline, time.perf_counter() - start)
    except Exception as fault:  # whatever a library throws, it is this city's failure alone
        sentence = (
            str(fault)
            if isinstance(fault, PressError)
            else fault_sentence(type(fault).__name__, fault)
        )
        log = ANSI.sub("", str(fault.__cause__ or fault))[-LONGEST_LOG:]
        return Printed(
            None, {}, time.perf_counter() - start, sentence, log, isinstance(fault, VanishedError)
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@functools.cache
def private_home():
    """The private Jupyter home of this process; its variables are set from then on.

    Returns
    -------
    path
    """
    home = Path(tempfile.mkdtemp(prefix="dxplan-"))
    write_kernel(home)
    os.environ.update(kernel_environment(home))
    return home


def run_elsewhere(job, setting):
    """Print a city on another machine, in a folder of its own.

    Parameters
    ----------
    job : the city, with its files
    setting : of the batch

    Returns
    -------
    what was printed
    """
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
