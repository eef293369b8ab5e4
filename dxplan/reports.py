"""From municipalities to a batch: the jobs with all that their pages depend on, and what a warm press rehearses."""

import hashlib
import json
import os
import sys
from contextlib import suppress
from importlib.metadata import distributions
from pathlib import Path

from dxplan.facts import catalog
from dxplan.facts.nodes import load_word
from dxplan.facts.params import ParamError
from dxplan.press.batch import Job
from dxplan.town.city import PARAMS, find_slug, load_city

REPORT = catalog.ROOT / "notebooks" / "60_report.ipynb"
FILES, EFFORT = "DXPLAN_PARAMS", "DXPLAN_EFFORT"  # variables of the notebooks' environment
SMALL = "335860"  # the municipality of the rehearsal


def load_jobs(slugs, strict):
    """Jobs in the order of the codes, so that a prefecture's rows stand together in the index.

    Parameters
    ----------
    slugs : stems of params files and six-digit codes
    strict : whether a faulty params file is said now; else its city fails alone

    Raises
    ------
    ParamError
        a params file is wrong, where strict
    """
    found = []
    for slug in slugs:
        try:
            found.append(_job(slug))
        except ParamError:
            if strict:
                raise
            files = files_of(slug)
            found.append(Job(slug, slug, inputs=_text(files), order=slug, files=files))
    return sorted(found, key=lambda job: (job.order, job.slug))


def load_comparison(cities):
    """The one job that puts cities side by side.

    Parameters
    ----------
    cities : cities
    """
    slugs = [city.slug for city in cities]
    files = {name: text for slug in slugs for name, text in files_of(slug).items()}
    return Job(
        "-".join(slugs), "団体の比較", given=" ".join(slugs), inputs=_text(files), files=files
    )


def load_recipe():
    """What every page depends on beside its city: dict of name to hash or version, the same on each machine of a cluster."""
    package = Path(__file__).parent
    sources = sorted(p for p in package.rglob("*") if p.suffix in (".py", ".j2", ".css", ".js"))
    return {
        "Python": sys.version.split()[0],
        "dxplan": _hash(sources, package),
        "data": _hash(sorted(catalog.DATA.glob("*.csv")), catalog.DATA),
        **{
            d.name.lower(): d.version
            for d in distributions()
            if d.name and d.name.lower() != "dxplan"
        },
    }


def recipe_text():
    """The recipe in one text."""
    return json.dumps(load_recipe(), sort_keys=True)


def rehearse():
    """Run the report's code once for a small municipality: a warm template then has every cache filled."""
    os.environ[EFFORT] = "簡易"  # of the template alone: each child gets its own variables
    run_plain(SMALL)


def run_plain(slug):
    """Run the code of the report as a plain program, without a notebook, and drop what it shows.

    Parameters
    ----------
    slug : the city
    """
    names = {}
    for cell in json.loads(REPORT.read_text(encoding="utf-8"))["cells"]:
        tags = cell["metadata"].get("tags", ())
        if cell["cell_type"] == "code" and "live" not in tags:
            lines = "".join(cell["source"]).rstrip().split("\n")
            exec("\n".join(lines[:-1]), names)  # the house's own notebook
            last = f"city = {slug!r}" if "parameters" in tags else f"_ = {lines[-1]}"
            exec(last, names)
            _show(names.get("_"))


def _show(thing):
    if hasattr(thing, "_repr_mimebundle_"):
        thing._repr_mimebundle_()


def _job(slug):
    files = files_of(slug)
    if not files:
        facts = catalog.load_municipality(slug)
        return Job(slug, f"{facts.pref}{facts.name}", facts.pref, order=facts.code)
    city = load_city(slug)
    return Job(
        slug,
        f"{city.pref}{city.name}",
        city.pref,
        inputs=_text(files),
        order=city.code,
        files=files,
    )


def files_of(slug):
    """The params files that a slug rests on: its own, and for a variant those of its base, name to text."""
    folder, found = Path(os.environ.get(FILES) or PARAMS), {}
    while slug and (path := folder / f"{slug}.yaml").exists() and path.name not in found:
        found[path.name] = path.read_text(encoding="utf-8")
        slug = ""
        with suppress(ParamError):  # the city fails with its own sentence
            slug = _base_of(path, folder)
    return found


def _base_of(path, folder):
    """The slug of the file that a variant rests on; "" where it names none."""
    name = load_word(path, "base")
    return find_slug(name, folder) if name else ""


def _text(files):
    return json.dumps(files, sort_keys=True)


def _hash(paths, root):
    total = hashlib.sha256()
    for path in paths:
        total.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()
