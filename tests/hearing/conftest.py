"""LibreOffice as a client's program: it opens the sheets and saves them again."""

import shutil
import subprocess

import pytest

from dxplan.hearing.sheet import hearing_bytes, inquiry_bytes
from dxplan.hearing.topics import topics
from dxplan.town.city import load_city
from tests.hearing.forms import Form

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")


@pytest.fixture(scope="session")
def town(tmp_path_factory):
    """A city with lots, questions and presumed systems, without a file of its own."""
    return load_city("172031", tmp_path_factory.mktemp("params"))


@pytest.fixture(scope="session")
def asked(town):
    """The sheets of its hearing."""
    return topics(town)


@pytest.fixture(scope="session")
def form(town):
    """Its hearing sheet, to be filled in."""
    return Form(hearing_bytes(town))


@pytest.fixture(scope="session")
def inquiry(town):
    """The inquiry of its first lot, to be filled in."""
    return Form(inquiry_bytes(town, town.lots[0].name, town.lots[:1]))


@pytest.fixture(scope="session")
def resaved(tmp_path_factory):
    """A function: bytes of workbooks by name -> their paths after LibreOffice has saved them."""
    if not OFFICE:
        pytest.skip("LibreOffice がないので、表計算での確認を省きます。make office で入ります。")
    profile = tmp_path_factory.mktemp("profile")

    def save(files, kind="xlsx"):
        folder = tmp_path_factory.mktemp("office")
        for name, data in files.items():
            (folder / name).write_bytes(data)
        done = subprocess.run(
            [
                OFFICE,
                f"-env:UserInstallation={profile.as_uri()}",
                "--headless",
                "--convert-to",
                kind,
                "--outdir",
                str(folder / "out"),
                *(str(folder / name) for name in files),
            ],
            capture_output=True,
            text=True,
            timeout=240,
        )
        assert done.returncode == 0 and "rror" not in done.stderr, done.stderr
        return [(folder / "out" / name).with_suffix(f".{kind}") for name in files]

    return save
