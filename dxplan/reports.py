"""From municipalities to a batch: the jobs with all that their pages depend on.

And what a warm press rehearses.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, packages_distributions, requires, version
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from dxplan.facts import catalog
from dxplan.facts.nodes import ParamError
from dxplan.facts.texts import load_text, load_word
from dxplan.files import DATA, NOTEBOOKS, PACKAGE, PARAMS, params_folder, settle
from dxplan.press.job import Job
from dxplan.processes import spare_strings
from dxplan.town.city import City, load_city
from dxplan.town.edition import INTERNAL, Edition, load_edition
from dxplan.town.folder import base_slug, own_file

REPORT = NOTEBOOKS / "60_report.ipynb"
FILES, EFFORT = PARAMS, "DXPLAN_EFFORT"  # variables of the notebooks' environment
SMALL = "335860"  # the municipality of the rehearsal
FAULTY = "前提のファイルに誤りがあります。庁内版で `dxplan report` を動かすと、誤りが分かります。"
# what no page loads: screens for people, and machines that share the work
OUTSIDE = frozenset(("jupyterlab", "jupyterlab-language-pack-ja-jp", "voila", "distributed"))
# asked for by nobody, and pandas calculates by them where they are there
UNASKED = ("bottleneck", "numexpr")
IMPORT = re.compile(r"^\s*(?:from\s+(\w+)|import\s+(.+))", re.MULTILINE)
MODULE = re.compile(r"(?:^|,)\s*(\w+)")


def load_jobs(slugs: Iterable[str], strict: bool) -> list[Job]:
    """Jobs in the order of the codes, so that a prefecture's rows stand together in the index.

    Parameters
    ----------
    slugs : stems of params files and six-digit codes.
    strict : whether a faulty params file is said now; else its city fails alone.

    Raises
    ------
    ParamError
        A params file is wrong, where strict; DXPLAN_EDITION names no edition.
    """
    jobs, edition = [], load_edition()
    for slug in slugs:
        try:
            job = _job(slug)
        except ParamError as fault:
            if strict:
                raise
            wrong = str(fault)  # also an input: a page from before the file is not kept
            job = Job(slug, slug, inputs=wrong, order=slug, fault=wrong)
        jobs.append(_named(job, edition))
    return sorted(jobs, key=lambda job: (job.order, job.slug))


def _named(job: Job, edition: Edition) -> Job:
    """The job of an edition: its page has its name, and no index quotes what a file says."""
    if not edition.title:
        return job
    told = job.fault and FAULTY
    if edition.edition == INTERNAL:
        told = job.fault
    return replace(job, slug=edition.named(job.slug), given=job.given or job.slug, fault=told)


def load_comparison(cities: Sequence[City]) -> Job:
    """The one job that puts cities side by side."""
    slugs = [city.slug for city in cities]
    files: dict[str, str] = {}
    for slug in slugs:
        files |= files_of(slug)
    name, given = "-".join(slugs), " ".join(slugs)
    return Job(name, "団体の比較", given=given, inputs=_text(files), files=files)


def load_recipe(modules: Iterable[str] = ()) -> dict[str, str]:
    """What every page depends on beside its city: name -> hash or version.

    The same on each machine of a cluster. Of what is installed it holds what the code of a page can
    load, and nothing else: a stranger makes no page stale.

    Parameters
    ----------
    modules : what a notebook imports by itself.
    """
    settle(DATA)  # a refresh may have been cut short
    sources = sorted(p for p in PACKAGE.rglob("*") if p.suffix in (".py", ".j2", ".css", ".js"))
    recipe = {
        "Python": sys.version.split()[0],
        "dxplan": _hash(sources, PACKAGE),
        "data": _hash(sorted(DATA.glob("*.csv")), DATA),
    }
    wanted = ["dxplan", *UNASKED]
    strange = set(modules) - {"dxplan", *sys.stdlib_module_names}
    if strange:
        homes = packages_distributions()
        for module in strange:
            wanted += homes.get(module, ())
    return _versions(wanted) | recipe  # of dxplan the hash, not the version


def recipe_text(notebook: Path = REPORT) -> str:
    """The recipe of a notebook in one text."""
    return json.dumps(load_recipe(modules_of(notebook)), sort_keys=True)


def modules_of(notebook: Path) -> tuple[str, ...]:
    """What a notebook imports, by outermost name; nothing where it cannot be read."""
    names: set[str] = set()
    # who runs the notebook says what is wrong with it
    with suppress(OSError, ValueError, LookupError, TypeError):
        for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
            for single, several in IMPORT.findall("".join(cell["source"])):
                names |= {single, *MODULE.findall(several)} - {""}
    return tuple(sorted(names))


def _versions(wanted: Iterable[str]) -> dict[str, str]:
    """Versions of some distributions and of all that they require; those that are not here none."""
    versions: dict[str, str] = {}
    queue = [(name, "") for name in wanted]
    seen = {(name, "") for name in OUTSIDE}
    while queue:
        name, extra = asked = queue.pop()
        if asked in seen:
            continue
        seen.add(asked)
        with suppress(PackageNotFoundError):  # for another system, or not chosen
            versions[name] = version(name)
            for line in requires(name) or ():
                needed = Requirement(line)
                if not needed.marker or needed.marker.evaluate({"extra": extra}):
                    queue += [
                        (canonicalize_name(needed.name), more) for more in ("", *needed.extras)
                    ]
    return versions


def rehearse() -> None:
    """Run the report's code once for a small municipality: it fills every cache of a template."""
    spare_strings()
    os.environ[EFFORT] = "簡易"  # of the template alone: each child gets its own variables
    run_plain(SMALL)


def run_plain(slug: str) -> None:
    """Run the code of the report as a plain program, without a notebook, and drop what it shows."""
    names: dict[str, object] = {}
    for cell in json.loads(REPORT.read_text(encoding="utf-8"))["cells"]:
        tags = cell["metadata"].get("tags", ())
        if cell["cell_type"] == "code" and "live" not in tags:
            lines = "".join(cell["source"]).rstrip().split("\n")
            exec("\n".join(lines[:-1]), names)  # the house's own notebook
            last = f"_ = {lines[-1]}"
            if "parameters" in tags:
                last = f"city = {slug!r}"
            exec(last, names)
            _show(names.get("_"))


def _show(thing: object) -> None:
    if hasattr(thing, "_repr_mimebundle_"):
        thing._repr_mimebundle_()


def _job(slug: str) -> Job:
    files = files_of(slug)
    if not files:
        facts = catalog.load_municipality(slug)
        return Job(slug, f"{facts.pref}{facts.name}", facts.pref, order=facts.code)
    city = load_city(slug)
    title, inputs = f"{city.pref}{city.name}", _text(files)
    return Job(slug, title, city.pref, inputs=inputs, order=city.code, files=files)


def files_of(slug: str) -> dict[str, str]:
    """The params files that a slug rests on: its own, and a variant's base's; name -> text.

    Raises
    ------
    ParamError
        A file cannot be read, or one that looks meant is not.
    """
    folder = params_folder()
    files: dict[str, str] = {}
    path = own_file(slug, folder)
    while path and path.name not in files:
        files[path.name] = load_text(path)
        base = load_word(path, "base")
        path = own_file(base_slug(path, base), folder) if base else None
    return files


def _text(files: Mapping[str, str]) -> str:
    return json.dumps(files, sort_keys=True)


def _hash(paths: Iterable[Path], root: Path) -> str:
    total = hashlib.sha256()
    for path in paths:
        total.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()
