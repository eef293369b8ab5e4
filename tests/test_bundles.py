"""All files of a city in one zip: as the manifest says, the same bytes, nothing of another city."""

import hashlib
import json
import zipfile
from pathlib import Path

import pytest

from dxplan import bundles, reports
from dxplan.cli.files import ENDINGS
from dxplan.press import PressError
from dxplan.press.batch import run_batch
from dxplan.press.pdf import find_browser
from dxplan.town.city import load_city

pytestmark = pytest.mark.rest  # a whole run of every format

CITY = "335860"


@pytest.fixture(scope="module")
def made(tmp_path_factory, write_notebook):
    """A small page and its bundle, of a variant at quick effort."""
    out, params = tmp_path_factory.mktemp("out"), tmp_path_factory.mktemp("params")
    (params / f"{CITY}--案.yaml").write_text(
        f'base: "{CITY}"\nwho: 課長\nwhen: 2026-11-24\nwhy: 試し\nvalues:\n  dx_staff: '
        "{value: 3, unit: 人, as_of: 2026-11-24, source: 打合せの合意, grade: M}\n",
        encoding="utf-8",
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(reports.EFFORT, "簡易")
        patch.setenv(reports.FILES, str(params))
        slug = f"{CITY}--案"
        notebook = write_notebook(params / "n.ipynb", "# 計画書", "city")
        (outcome,) = run_batch(notebook, reports.load_jobs([slug], True), out, files=reports.FILES)
        assert outcome.ok, outcome.error
        path, missing = bundles.write_bundle(slug, out / outcome.page, out)
        once = path.read_bytes()
        again, _ = bundles.write_bundle(slug, out / outcome.page, out)
        yield path, missing, once, again.read_bytes()


def test_the_manifest_names_every_file_with_its_hash(made):
    path, missing, _, _ = made
    with zipfile.ZipFile(path) as bundle:
        assert bundle.testzip() is None
        said = json.loads(bundle.read("manifest.json"))
        names = [entry["name"] for entry in said["files"]]
        assert sorted([*names, "manifest.json"]) == sorted(bundle.namelist()) and len(
            set(names)
        ) == len(names)
        for entry in said["files"]:
            data = bundle.read(entry["name"])
            assert (len(data), hashlib.sha256(data).hexdigest()) == (
                entry["bytes"],
                entry["sha256"],
            ) and entry["what"]
    slug = f"{CITY}--案"
    assert {
        f"{slug}.html",
        f"{slug}.xlsx",
        f"{slug}.docx",
        f"{slug}.pptx",
        f"{slug}.ics",
        f"{slug}.xml",
        f"papers/{slug}-project.xlsx",
        f"papers/{slug}-request.xlsx",
        f"params/{slug}.yaml",
    } <= set(names)
    assert (f"{slug}.pdf" in names) == (missing == "") == (said["note"] == "")
    assert (
        said["slug"] == slug
        and said["city"].endswith(load_city(CITY).name)
        and len(said["fingerprint"]) == 12
    )


def test_a_bundle_has_the_pdf_where_there_is_a_browser(made):
    try:
        find_browser()
    except PressError:
        pytest.skip("Chromium がないので、PDFの確認を省きます")
    with zipfile.ZipFile(made[0]) as bundle:
        assert bundle.read(f"{CITY}--案.pdf").startswith(b"%PDF")


def test_the_same_city_gives_the_same_bytes(made):
    assert made[2] == made[3]


def test_the_calendar_of_a_bundle_follows_on_the_ledger_of_its_folder(made):
    slug = f"{CITY}--案"
    sent = bundles.renew_calendar(made[0].parent, slug, lambda last: last)
    with zipfile.ZipFile(made[0]) as bundle:
        assert bundle.read(f"{slug}.ics") == sent
    assert b"SEQUENCE:0" in sent and b"X-WR-CALDESC" not in sent


def test_no_clock_no_owner_and_no_path_is_in_a_bundle(made):
    with zipfile.ZipFile(made[0]) as bundle:
        entries = bundle.infolist()
        assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)} and {
            entry.external_attr >> 16 for entry in entries
        } == {0o644}
        assert not [
            entry.filename
            for entry in entries
            if entry.filename.startswith(("/", "..")) or entry.extra
        ]
        for entry in entries:
            assert str(Path.home()).encode() not in bundle.read(entry) or str(Path.home()) == "/", (
                entry.filename
            )


def test_without_a_browser_the_bundle_says_that_the_pdf_is_missing(made, monkeypatch, tmp_path):
    monkeypatch.setattr(bundles, "find_browser", _no_browser)
    slug = f"{CITY}--案"
    path, missing = bundles.write_bundle(slug, made[0].with_name(f"{slug}.html"), tmp_path)
    assert missing.startswith("PDFは入っていません。") and "Edge" in missing
    with zipfile.ZipFile(path) as bundle:
        assert not [name for name in bundle.namelist() if name.endswith(".pdf")]
        assert json.loads(bundle.read("manifest.json"))["note"] == missing


def _no_browser():
    raise PressError(
        "PDFをつくるブラウザが見つかりません。Microsoft Edge をインストールしてください。"
    )


def test_a_bundle_wants_its_page(tmp_path):
    with pytest.raises(PressError, match="先に `dxplan report"):
        bundles.write_bundle(CITY, tmp_path / "x.html", tmp_path)
    assert not list(tmp_path.iterdir())


def test_the_names_that_a_command_looks_for_are_those_that_are_written():
    assert {kind: f"{{slug}}{ending}" for kind, ending in ENDINGS.items()} == bundles.NAMES
