"""Where a page goes with its files: a city's plan for other programs, and all of it as one zip."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path, PurePosixPath

import dxplan
from dxplan.export.book import book_bytes
from dxplan.export.ics import ics_bytes
from dxplan.export.mspdi import mspdi_bytes
from dxplan.export.steady import zip_bytes
from dxplan.export.tables import csv_bytes, tables
from dxplan.papers.books import paper_files
from dxplan.plan.whole import Plan, plan_city
from dxplan.press import PressError
from dxplan.press.ledger import renew_calendar
from dxplan.press.page import ready_folder, write_file
from dxplan.press.pdf import find_browser, write_pdf
from dxplan.reports import files_of
from dxplan.show import report
from dxplan.show.edition import byline_pairs
from dxplan.town.city import load_city
from dxplan.town.edition import INTERNAL, Edition

KINDS = {  # word of the command line -> what it is
    "xlsx": "Excelのブック(要約・WBS・人材・研修・経費・RACI・RAID・会議体)",
    "docx": "Wordの資料(結論・決めること・ロードマップ・想定問答)",
    "pptx": "PowerPointの要約(現状・工程・決定と費用・人材・施策)",
    "ics": "カレンダー(節目・予算・切替・研修)",
    "mspdi": "MS Project XML(作業・先行後続・資源・暦)",
    "csv": "表のCSV(UTF-8、1表1ファイル)",
    "papers": "PMO書類のブック(事業個票・会議次第・予算要求書・計画書・調達書類など)",
}
EVERYBODY = "internal council vendor public"
ENDINGS = "./.html ./.pdf ./.xlsx ./.docx ./.pptx ./.ics csv/.csv ./.json".split()
# folder and ending -> editions that have such files: of what nobody has said it, the internal alone
SHOWN = dict.fromkeys(ENDINGS, EVERYBODY)
SHOWN["./.xml"] = "internal council"
SHOWN["papers/.xlsx"] = EVERYBODY  # each of them says whose it is
NAMES = {
    "xlsx": "{slug}.xlsx",
    "docx": "{slug}.docx",
    "pptx": "{slug}.pptx",
    "ics": "{slug}.ics",
    "mspdi": "{slug}.xml",
}
NO_PDF = "PDFは入っていません。"

File = tuple[str, bytes, str]  # name, bytes, what it is


def calendar_of(plan: Plan, folder: Path | None) -> bytes:
    """The calendar of a city, counted on from the last one that the ledger of a folder knows.

    Parameters
    ----------
    plan : of a city.
    folder : where it is written; None where no ledger is kept, which the calendar then says.

    Raises
    ------
    PressError
        The ledger cannot be used.
    """
    if folder is None:
        return ics_bytes(plan)
    return renew_calendar(folder, plan.city.slug, partial(ics_bytes, plan))


def files_in(plan: Plan, kinds: Sequence[str], out: Path) -> Iterator[File]:
    """(name, bytes, what it is) of each file of some kinds, as far as the edition shows them.

    Parameters
    ----------
    plan : of a city.
    kinds : keys of KINDS.
    out : folder for which they are made.
    """
    edition = plan.city.edition
    slug = edition.named(plan.city.slug)
    made = {
        "xlsx": lambda: book_bytes(plan),
        "docx": lambda: _office(plan, "paper"),
        "pptx": lambda: _office(plan, "slides"),
        "ics": lambda: calendar_of(plan, out),
        "mspdi": lambda: mspdi_bytes(plan),
    }
    for kind in kinds:
        if kind == "csv":
            for name, table in tables(plan).items():
                yield f"csv/{slug}-{name}.csv", csv_bytes(table), f"{KINDS['csv']}: {table.title}"
            continue
        if kind == "papers":
            yield from paper_files(plan)
            continue
        name = NAMES[kind].format(slug=slug)
        if is_shown(name, edition):
            yield name, made[kind](), KINDS[kind]


def _office(plan: Plan, kind: str) -> bytes:
    """The paper or the slides; their libraries are loaded for those who want them."""
    if kind == "paper":
        from dxplan.export.paper import paper_bytes

        return paper_bytes(plan)
    from dxplan.export.slides import slides_bytes

    return slides_bytes(plan)


def is_shown(name: str, edition: Edition) -> bool:
    """Whether an edition has a file of this name in its bundle."""
    path = PurePosixPath(name)
    return edition.edition in SHOWN.get(f"{path.parent}/{path.suffix}", INTERNAL).split()


def write_files(slug: str, out: Path, kinds: Sequence[str]) -> tuple[Path, ...]:
    """Write the files of a city beside its page; CSV in a folder of their own.

    Parameters
    ----------
    slug : the city.
    out : folder; made where it is missing.
    kinds : keys of KINDS.

    Raises
    ------
    PressError
        The folder or the disk refuses.
    """
    paths = []
    for name, data, _ in files_in(plan_city(load_city(slug)), kinds, ready_folder(Path(out))):
        path = Path(out) / name
        paths.append(write_file(ready_folder(path.parent) / path.name, data))
    return tuple(paths)


def write_bundle(slug: str, page: Path, out: Path) -> tuple[Path, str]:
    """Write all files of a city as one zip with a manifest.

    Page, PDF, workbook, calendar, project file, tables, params.

    Parameters
    ----------
    slug : the city.
    page : its printed page.
    out : folder of the zip.

    Returns
    -------
    the path, and a sentence where the PDF had to be left out

    Raises
    ------
    PressError
        The page is not there, or the disk refuses; no half zip is left.
    """
    if not page.exists():
        raise PressError(
            f"{page.name} がありません。先に `dxplan report {slug}` でページをつくってください。"
        )
    plan = plan_city(load_city(slug))
    missing = _no_browser()
    name = plan.city.edition.named(slug)
    files = [(f"{name}.html", page.read_bytes(), "報告書のページ")]
    if not missing:
        files.append(_printed(name, page, out))
    files += files_in(plan, tuple(KINDS), out)
    for file, text in sorted(files_of(slug).items()):
        files.append((f"params/{file}", text.encode(), "前提のファイル(params)"))
    files = [file for file in files if is_shown(file[0], plan.city.edition)]
    files.append(("manifest.json", _manifest(plan, files, missing), "この一覧"))
    return write_file(Path(out) / f"{name}.zip", zip_bytes(file[:2] for file in files)), missing


def _printed(slug: str, page: Path, out: Path) -> File:
    """The page as PDF."""
    path = write_pdf(page, Path(out) / f"{slug}.pdf")
    return path.name, path.read_bytes(), "報告書のページの印刷(PDF)"


def _no_browser() -> str:
    """Why no PDF can be made; "" where one can."""
    try:
        find_browser()
    except PressError as fault:
        return f"{NO_PDF}{fault}"
    return ""


def _manifest(plan: Plan, files: Sequence[File], missing: str) -> bytes:
    city = plan.city
    rows = []
    for name, data, what in files:
        sha = hashlib.sha256(data).hexdigest()
        rows.append({"name": name, "what": what, "bytes": len(data), "sha256": sha})
    manifest = {
        "title": report.title_text(plan),
        "city": f"{city.pref}{city.name}",
        "slug": city.slug,
        "basis_date": str(city.basis),
        "dxplan": dxplan.__version__,
        "fingerprint": city.fingerprint(),
        "note": missing,
        **dict(byline_pairs(city)),
        "files": rows,
    }
    return json.dumps(manifest, ensure_ascii=False, indent=1).encode() + b"\n"
