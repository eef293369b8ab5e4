"""What a .docx or .pptx holds, and how LibreOffice reads it."""

import shutil
import subprocess
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pypdf
import pytest

from dxplan.town.edition import load_edition

FOUND = shutil.which("soffice") or shutil.which("libreoffice")


def for_reader(plan, word):
    """The plan as an edition may show it."""
    shown = replace(plan, city=replace(plan.city, edition=load_edition(word)))
    known = {name: part for name, part in vars(plan).items() if name not in vars(shown)}
    vars(shown).update(known)  # what has been worked out is the same
    return shown


def parts(data, inside=""):
    """(name, bytes) of each part of an office file, and of the books inside it."""
    with zipfile.ZipFile(BytesIO(data)) as made:
        for entry in made.infolist():
            assert entry.date_time == (1980, 1, 1, 0, 0, 0)
            part = made.read(entry)
            yield f"{inside}{entry.filename}", part
            if entry.filename.endswith(".xlsx"):
                yield from parts(part, f"{entry.filename}/")


def pages(path, profile):
    """The text of each page of a file, as LibreOffice prints it."""
    program = Path(FOUND).resolve().parent if FOUND else Path("none")
    kind = {".docx": "libswlo.*", ".pptx": "libsdlo.*"}[path.suffix]
    if not list(program.glob(kind)):
        pytest.skip(
            "LibreOffice(WriterとImpress)がないので、印刷の確認を省きます。make office で入ります。"
        )
    done = subprocess.run(
        [
            FOUND,
            f"-env:UserInstallation={profile.as_uri()}",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            str(path.parent),
            str(path),
        ],
        capture_output=True,
        text=True,
        timeout=480,  # a busy machine
    )
    assert done.returncode == 0 and "rror" not in done.stderr, done.stderr
    return [page.extract_text() for page in pypdf.PdfReader(path.with_suffix(".pdf")).pages]
