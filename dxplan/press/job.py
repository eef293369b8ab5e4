"""One city to print, and what became of it."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Job:
    """One city to print.

    Attributes
    ----------
    slug : text; the name of the page
    title : text for the index until the page gives its own
    group : text; rows of one group (a prefecture) stand together in the index
    given : text for the notebook's parameter; the slug where it is empty
    inputs : text that differs when anything differs that only this city's page depends on
    order : text by which the index is sorted; the slug where it is empty
    files : name to text; for a worker on another machine, laid into a folder of its own
    """

    slug: str
    title: str = ""
    group: str = ""
    given: str = ""
    inputs: str = ""
    order: str = ""
    files: dict = field(default_factory=dict, hash=False, compare=False)


@dataclass(frozen=True)
class Printed:
    """What a worker sends back: a page, or why there is none.

    Attributes
    ----------
    page : the file; None when the city failed
    headline : Japanese label to text, with the reserved keys of page.py
    seconds : wall time (s)
    error : one Japanese sentence; empty when the city did not fail
    log : the technical words behind the sentence
    died : whether a process went down with the city
    """

    page: bytes | None
    headline: dict = field(default_factory=dict)
    seconds: float = 0.0
    error: str = ""
    log: str = ""
    died: bool = False


@dataclass(frozen=True)
class Outcome:
    """What became of one city.

    Attributes
    ----------
    slug, title, group : of the job
    ok : whether the page exists
    page : file name inside the output folder; empty when the city failed
    seconds : wall time (s)
    error : one Japanese sentence; empty when the city did not fail
    headline : Japanese label to text, as the notebook gave it
    kept : whether nothing had changed since the page was made
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
