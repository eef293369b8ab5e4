"""Nothing of machine, user or another city leaves the house: strings are planted and looked for."""

import io
import os
import re
import shutil
import socket
import subprocess
import sys
import zipfile
from collections import namedtuple
from pathlib import Path

import openpyxl
import pandas as pd
import pypdf
import pytest
from nbformat import read
from pypdf.generic import IndirectObject, NameObject, StreamObject

from dxplan.town.city import load_city

pytestmark = pytest.mark.rest  # a whole run, unpacked and searched

ROOT = Path(__file__).resolve().parent.parent
CITIES = {"335860": "新庄村", "216046": "白川村"}
OTHER = dict(zip(CITIES, reversed(CITIES)))
PLANTED = {
    "USER": "planted-user",
    "LOGNAME": "planted-login",
    "HOSTNAME": "planted-host",
    "SECRET_TOKEN": "planted-token",
}
FOLDERS = {"HOME": "planted-home", "TMPDIR": "planted-temporary"}
DESK = "planted-desk"  # the folder in which the commands are given
SHARED = (
    "index.html",
    "cities.csv",
    "cities.parquet",
    ".dxplan.sqlite",
)  # these name every city of a run
BOTH = ("_NUM_THREADS", "SECRET_TOKEN", "LOGNAME")  # names of variables
Run = namedtuple("Run", "folder pieces said")


# --- the search -----------------------------------------------------------------------------------
def pieces(name, data):
    """(name, bytes) of a file and of all that is packed in it."""
    yield name, data
    if data.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            for part in parts.infolist():
                yield (
                    f"{name}!{part.filename}",
                    f"{part.filename} {part.comment} {part.extra}".encode(),
                )
                yield from pieces(f"{name}!{part.filename}", parts.read(part))
    elif data.startswith(b"%PDF"):
        yield from _parts_of_pdf(name, data)
    elif data.startswith(b"PAR1"):
        yield f"{name}!rows", pd.read_parquet(io.BytesIO(data)).to_csv().encode()


def _parts_of_pdf(name, data):
    reader = pypdf.PdfReader(io.BytesIO(data))
    for number in range(1, reader.trailer["/Size"]):
        one = reader.get_object(IndirectObject(number, 0, reader))
        yield f"{name}!{number}", repr(one).encode()
        if hasattr(one, "get_data"):
            yield f"{name}!{number}!stream", one.get_data()
    for number, page in enumerate(reader.pages, 1):
        yield f"{name}!page {number}", page.extract_text().encode()


def found(parts, words):
    """(where, word) of each word that stands in a piece; a short one only as a word of its own."""
    return [(where, word) for where, data in parts for word in words if _stands(word, data)]


def _stands(word, data):
    if len(word) > 5 or not word.isascii():
        return word.encode() in data or word.encode("utf-16-be") in data
    try:
        return bool(re.search(rf"(?<![A-Za-z0-9]){re.escape(word)}(?![A-Za-z0-9])", data.decode()))
    except UnicodeDecodeError:
        return False


def strangers(folder):
    """What only this machine, this user and this run know."""
    places = {ROOT, Path(sys.prefix), Path(sys.base_prefix), Path.home(), Path(folder)}
    own = [str(place) for place in places if len(place.parts) > 1 and place != Path("/usr")]
    return [
        *PLANTED.values(),
        *FOLDERS.values(),
        DESK,
        *BOTH,
        *own,
        socket.gethostname(),
        "file://",
    ]


# --- the run --------------------------------------------------------------------------------------
def _words(folder):
    """What is done for the two cities, in the order of a day's work."""
    shutil.copy(ROOT / "notebooks" / "60_report.ipynb", folder / DESK / "report.ipynb")
    quick = ["--effort", "簡易"]
    yield from (
        ["dxplan", "report", *CITIES, *quick],
        ["dxplan", "export", *CITIES, *quick],
        ["dxplan", "bundle", *CITIES, *quick],
    )
    yield [
        "papermill",
        "report.ipynb",
        "out/executed.ipynb",
        "--engine",
        "dxplan-warm",
        "-r",
        "city",
        "335860",
        "--no-progress-bar",
    ]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """All that the commands write for two cities, on a machine whose every name is planted."""
    folder = tmp_path_factory.mktemp("planted-place")
    for name in (*FOLDERS.values(), DESK):
        (folder / name).mkdir()
    planted = (
        PLANTED
        | {name: str(folder / place) for name, place in FOLDERS.items()}
        | {"DXPLAN_EFFORT": "簡易"}
    )
    said = {}
    for words in _words(folder):
        done = subprocess.run(
            [sys.executable, "-m", *words],
            cwd=folder / DESK,
            env={**os.environ, **planted},
            capture_output=True,
            text=True,
            timeout=500,
        )
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        said[words[1]] = done.stdout
    out = folder / DESK / "out"
    files = sorted(path for path in out.rglob("*") if path.is_file())
    return Run(
        folder,
        [
            piece
            for path in files
            for piece in pieces(path.relative_to(out).as_posix(), path.read_bytes())
        ],
        said,
    )


def test_every_kind_of_output_is_there_to_be_searched(run):
    names = {name for name, _ in run.pieces}
    kinds = {
        f"{slug}{ending}"
        for slug in CITIES
        for ending in (".html", ".xlsx", ".ics", ".xml", ".zip")
    }
    inner = {
        f"{slug}.zip!{slug}{ending}"
        for slug in CITIES
        for ending in (".html", ".xlsx", ".ics", ".xml")
    }
    assert (
        kinds
        | inner
        | {
            *SHARED,
            "executed.ipynb",
            "335860.zip!manifest.json",
            "335860.xlsx!xl/sharedStrings.xml",
            "335860.zip!335860.docx!word/document.xml",
            "335860.zip!335860.pptx!ppt/slides/slide1.xml",
        }
        <= names
    )
    assert all(
        len([name for name in names if name.startswith(f"csv/{slug}-")]) > 30 for slug in CITIES
    )
    if any(map(shutil.which, ("chromium", "google-chrome"))):
        assert {f"{slug}.zip!{slug}.pdf!page 1" for slug in CITIES} <= names


def test_no_name_of_the_machine_or_of_the_user_is_in_any_output(run):
    assert found(run.pieces, strangers(run.folder)) == []


@pytest.mark.parametrize("slug", CITIES)
def test_nothing_of_another_city_is_in_the_files_of_a_city(run, slug):
    other = load_city(OTHER[slug])
    words = [
        other.slug,
        other.name,
        other.fingerprint(),
        *(amounts(run, other.slug) - amounts(run, slug)),
    ]
    own = [(name, data) for name, data in run.pieces if owner(name) == slug]
    assert len(own) > 100 and len(words) > 10 and found(own, words) == []


def owner(name):
    """The city whose file a piece belongs to; none for what names every city of a run."""
    return (
        "335860"
        if name == "executed.ipynb"
        else next((slug for slug in CITIES if slug in name.split("!")[0]), "")
    )


def amounts(run, slug):
    """Amounts of the city's budget (yen) that are not round, as they may be written."""
    book = openpyxl.load_workbook(run.folder / DESK / "out" / f"{slug}.xlsx", data_only=True)
    cells = [
        cell.value
        for row in book["経費の明細"].iter_rows()
        for cell in row
        if isinstance(cell.value, int)
    ]
    return {
        text
        for yen in cells
        if yen >= 1_000_000 and yen % 10_000
        for text in (str(yen), f"{yen:,}")
    }


@pytest.mark.parametrize("slug", CITIES)
def test_the_search_would_find_a_city_and_its_amounts_in_its_own_files(run, slug):
    own = [(name, data) for name, data in run.pieces if owner(name) == slug]
    places = {where.split("!")[0] for where, _ in found(own, [CITIES[slug], slug])}
    assert {f"{slug}{ending}" for ending in (".html", ".xlsx", ".ics", ".xml", ".zip")} <= places
    seen = {(where.split("!")[0], word) for where, word in found(own, amounts(run, slug))}
    plain = {word for word in amounts(run, slug) if word.isdigit()}
    assert (
        len(plain) >= 5
        and plain == {word for where, word in seen if where == f"{slug}.xlsx"} & plain
    )


def test_the_index_names_both_cities_and_the_commands_say_where_the_files_are_from_here(run):
    shared = [(name, data) for name, data in run.pieces if name.split("!")[0] in SHARED]
    assert {word for _, word in found(shared, CITIES.values())} == set(CITIES.values())
    assert (
        all(str(run.folder) not in text for text in run.said.values())
        and "out/335860.zip" in run.said["bundle"]
        and "完了" not in run.said["bundle"]  # the pages are those of the report
    )


def test_the_executed_notebook_holds_the_report_and_no_variable_of_the_machine(run):
    notebook = read(run.folder / DESK / "out" / "executed.ipynb", as_version=4)
    about = notebook.metadata["papermill"]
    assert (about["exception"], about["environment_variables"], about["input_path"]) == (
        None,
        {},
        "report.ipynb",
    )
    assert CITIES["335860"] in str(
        [cell.outputs for cell in notebook.cells if cell.cell_type == "code"]
    )


def test_nothing_of_a_run_stays_in_the_temporary_folder(run):
    assert [
        path.name
        for path in (run.folder / FOLDERS["TMPDIR"]).iterdir()
        if path.name.startswith("dxplan")
    ] == []


# --- the search itself ----------------------------------------------------------------------------
def packed(name, data):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr(name, data)
    return stream.getvalue()


def pdf_of(text, title):
    """A PDF with a compressed stream and a title."""
    writer, stream, out = pypdf.PdfWriter(), StreamObject(), io.BytesIO()
    stream.set_data(f"% {text}".encode())
    page = writer.add_blank_page(100, 100)
    page[NameObject("/Contents")] = writer._add_object(stream.flate_encode())
    writer.add_metadata({"/Title": title})
    writer.write(out)
    return out.getvalue()


def parquet_of(text):
    out = io.BytesIO()
    pd.DataFrame({"a": [text]}).to_parquet(out, compression="zstd")
    return out.getvalue()


SECRET = "planted-" + "秘密" * 20  # not to be seen in packed bytes


@pytest.mark.parametrize(
    "kind, data",
    [
        ("page", f"<p>{SECRET}</p>".encode()),
        ("zip in a zip", packed("a.zip", packed("b.txt", SECRET))),
        ("name in a zip", packed(f"{SECRET}.txt", "")),
        ("stream of a PDF", pdf_of(SECRET, "題")),
        ("title of a PDF", pdf_of("文", SECRET)),
        ("table", parquet_of(SECRET)),
    ],
)
def test_the_search_finds_what_is_planted(kind, data):
    assert found(pieces(kind, data), [SECRET]) and not found(pieces(kind, data), ["not-planted"])


def test_a_short_name_is_found_as_a_word_and_not_within_one():
    assert found([("a", b"made on vm by x")], ["vm"]) and not found(
        [("a", b"<b>kvm2</b> vmx"), ("b", b"\xff vm \xfe")], ["vm"]
    )
