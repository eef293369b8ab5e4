"""One city to print, how it is printed, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Job:
    """One city to print.

    Attributes
    ----------
    slug : the name of the page.
    title : for the index, until the page gives its own.
    group : rows of one group (a prefecture) stand together in the index.
    given : for the notebook's parameter; the slug where it is empty.
    inputs : differs when anything differs that only this city's page depends on.
    order : by which the index is sorted; the slug where it is empty.
    fault : why it cannot be printed; then no notebook is run.
    files : name -> text; for a worker on another machine, laid into a folder of its own.
    """

    slug: str
    title: str = ""
    group: str = ""
    given: str = ""
    inputs: str = ""
    order: str = ""
    fault: str = ""
    files: dict[str, str] = field(default_factory=dict, hash=False, compare=False)


@dataclass(frozen=True)
class Setting:
    """How a batch runs its notebook, the same for each city.

    Attributes
    ----------
    notebook : the prepared notebook as JSON.
    folder : where the code finds itself; a private one where it is empty.
    engine : warm or stock.
    limit : seconds that one cell may take.
    rehearse : module:function that a warm template calls once before it forks; may be empty.
    environment : variables of the notebooks.
    files : name of the variable that tells the code where a job's files lie.
    """

    notebook: str
    folder: str = ""
    engine: str = "warm"
    limit: float = 600.0
    rehearse: str = ""
    environment: tuple[tuple[str, str], ...] = ()
    files: str = ""


@dataclass(frozen=True)
class Printed:
    """What a worker made of a job: the bytes of a page, or why there is none.

    Attributes
    ----------
    page : the file; None when the city failed.
    headline : Japanese label -> text, with the reserved keys of page.py.
    seconds : wall time (s).
    error : one Japanese sentence; empty when the city did not fail.
    log : the technical words behind the sentence.
    died : whether a process went down with the city.
    """

    page: bytes | None
    headline: dict = field(default_factory=dict)
    seconds: float = 0.0
    error: str = ""
    log: str = ""
    died: bool = False


@dataclass(frozen=True)
class JobOutcome:
    """What became of one city.

    Attributes
    ----------
    slug, title, group : of the job.
    ok : whether the page exists.
    page : file name inside the output folder; empty when the city failed.
    seconds : wall time (s).
    error : one Japanese sentence; empty when the city did not fail.
    headline : Japanese label -> text, as the notebook gave it.
    kept : whether nothing had changed since the page was made.
    """

    slug: str
    title: str
    ok: bool
    page: str = ""
    seconds: float = 0.0
    error: str = ""
    headline: dict = field(default_factory=dict)
    group: str = ""
    kept: bool = False
