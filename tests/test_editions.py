"""What an edition leaves out is in none of its bytes: planted prices, notes, names are sought."""

import io
import json
import os
import re
import sqlite3
import zipfile
from html import unescape

import pandas as pd
import pypdf
import pytest

from dxplan import bundles, reports
from dxplan.cli.files import FORMATS
from dxplan.export.ics import ics_bytes
from dxplan.plan.pmo import plan_pmo
from dxplan.plan.whole import plan_city
from dxplan.press.country.index import write_index
from dxplan.press.ledger import Ledger
from dxplan.show import report, shelf
from dxplan.town.city import load_city
from dxplan.town.edition import AUTHOR, WORD, load_edition

pytestmark = pytest.mark.rest  # whole bundles

CITY, AUTHOR_NAME = "335860", "情報政策課(作成)"
PRICES = 7_654_321, 3_141_592, 2_718_281
DEAR = set(
    "charter council front operation peers portfolio reasons report risk strategy worth".split()
)
NOTED, NAMED, VENDOR = "カワセミ", "山田太郎", "架空ベンダA社"
ORIGIN = f"as_of: 2026-11-20, source: 見積書({NAMED}), grade: C, note: 内々の話{NOTED}"
FILE = f"""code: "{CITY}"
author: {AUTHOR_NAME}
note: 備考{NOTED}
notes: {{whole: 会議の{NOTED}, pmo: 課長補佐の{NOTED}, budget: 財政の{NOTED}}}
values:
  migration_yen: {{value: {PRICES[0]}, unit: 円/システム, {ORIGIN}}}
  link_yen: {{value: {PRICES[1]}, unit: 円/ロット, {ORIGIN}}}
  running_yen: {{value: {PRICES[2]}, unit: 円/システム・年, {ORIGIN}}}
  dx_staff: {{value: 2, unit: 人, {ORIGIN}}}
systems:
  戸籍: {{state: 未移行, {ORIGIN}}}
sections:
  住民課: {{staff: 3, unit: 人, {ORIGIN}}}
lots:
  ロット1:
    systems: [住民基本台帳, 選挙人名簿管理, 印鑑登録]
    vendor: {VENDOR}
    contracted: true
    contract_end: 2028-03-31
    offered: 2029-01-04
    confidence: 書面
    as_of: 2026-11-20
    source: 打合せ({NAMED})
    grade: C
    note: 内々の提示{NOTED}
initiatives:
  オンライン申請の拡充: {{yen_once: {PRICES[1]}, {ORIGIN}}}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A params folder with one file full of what nobody else is to know."""
    folder = tmp_path_factory.mktemp("params")
    (folder / f"{CITY}.yaml").write_text(FILE, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(reports.FILES, str(folder))
        patch.setenv(reports.EFFORT, "簡易")
        for name in (WORD, AUTHOR):
            patch.delenv(name, raising=False)
        yield folder


def texts_of(name, data):
    """Every text in a file, packed or not: (where, text)."""
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            for inner in packed.namelist():
                yield from texts_of(f"{name}/{inner}", packed.read(inner))
    elif data[:4] == b"%PDF":
        pages = pypdf.PdfReader(io.BytesIO(data))
        yield name, "".join(page.extract_text() for page in pages.pages) + str(pages.metadata)
    elif data[:4] == b"PAR1":
        yield name, pd.read_parquet(io.BytesIO(data)).to_csv()
    elif data[:6] != b"SQLite":
        text = data.decode("utf-8")
        yield name, unescape(re.sub(r"\r\n ", "", text))


def written(out):
    """Every text below a folder, of the ledger too."""
    for path in sorted(path for path in out.rglob("*") if path.is_file()):
        yield from texts_of(path.name, path.read_bytes())
        if path.suffix == ".sqlite":
            with sqlite3.connect(path) as base:
                yield path.name, "\n".join(base.iterdump())
            base.close()


def forms(price):
    """How a number may stand in a text: whole, or rounded to thousands, ten thousands, millions."""
    thousand, man = round(price / 1e3), round(price / 1e4)
    digits = {f"{price}", f"{price:,}", f"{thousand}", f"{thousand:,}"}
    units = {f"{man}万", f"{price / 1e6:.1f}百万", f"{price / 1e6:.2f}百万"}
    return [rf"(?<![\d.,]){form}(?![\d,]|\.\d)" for form in (*digits, *units)]


def found(texts, patterns):
    return [
        (where, pattern, text[max(0, hit.start() - 30) : hit.end() + 30])
        for where, text in texts
        for pattern in patterns
        for hit in [re.search(pattern, text)]
        if hit
    ]


SECRET = [form for price in PRICES for form in forms(price)] + [NOTED, NAMED, VENDOR]
AMOUNT = r"\d[千万百億]*円"  # a form that a vendor fills in has a blank column of yen


def test_prices_notes_and_offers_are_nowhere_in_the_vendor_s_folder(folder, tmp_path, dxplan):
    options = ("--edition", "ベンダ", "--effort", "簡易", "--workers", "1", "--out", tmp_path)
    done = dxplan("bundle", CITY, *options, env=dict(os.environ))
    assert done.returncode == 0, done.stderr
    (out,) = tmp_path.iterdir()
    with Ledger(out) as ledger:
        write_index(ledger.outcomes(), out)
    name, title = f"{CITY}.ベンダ版", "ベンダ版"
    assert out.name == title
    texts = list(written(out))
    names = {where for where, _ in texts}
    inside = {f"{name}.zip/{name}.html", f"{name}.zip/manifest.json", f"{name}.zip/{name}.ics"}
    assert inside | {f"{name}.html", "index.html", "cities.csv", ".dxplan.sqlite"} <= names
    assert any(f"{name}.xlsx/xl/sharedStrings.xml" in where for where in names)
    assert not any(".yaml" in where or where.endswith(f"{name}.xml") for where in names)
    forms_of = [text for text in texts if "/papers/" in text[0]]
    assert found(texts, [*SECRET, AMOUNT]) == []
    assert found([text for text in texts if text not in forms_of], ["円"]) == []
    page = (out / f"{name}.html").read_text(encoding="utf-8")
    assert f"版: {title}" in page and f"作成者: {AUTHOR_NAME}" in page
    manifest = json.loads(dict(texts)[f"{name}.zip/manifest.json"])
    assert (manifest["版"], manifest["作成者"]) == (title, AUTHOR_NAME)


def test_prices_notes_and_offers_are_nowhere_in_the_public_edition(folder, tmp_path, monkeypatch):
    monkeypatch.setenv(WORD, "public")
    plan = plan_city(load_city(CITY))
    pages = {exhibit.page for exhibit in shelf.load_shelf() if exhibit.page}
    texts = [(page, unescape(shelf.chapter(plan, page).html())) for page in sorted(pages)]
    texts.append(("head", str(report.page_headline(plan).entries)))
    for name, data, _ in bundles.files_in(plan, FORMATS, tmp_path):
        texts += texts_of(name, data)
    assert {f"{CITY}.公開版.ics", f"csv/{CITY}.公開版-pmo-lot.csv"} <= {where for where, _ in texts}
    assert found(texts, [*SECRET, "円"]) == []


def told(plan):
    """What the shelf shows of a plan, but for what takes thousands of samples."""
    for exhibit in shelf.load_shelf():
        dear = exhibit.exhibit.split(".")[0] in DEAR
        if (exhibit.page or exhibit.sheet) and not dear:
            yield exhibit.exhibit, unescape(exhibit.show(plan).html())
    yield "title", unescape(report.title_heading(plan).html())
    yield "calendar", ics_bytes(plan).decode().replace("\r\n ", "")


def test_the_council_has_the_prices_and_not_the_notes(folder, monkeypatch):
    usual = plan_pmo(load_city(CITY))
    monkeypatch.setenv(WORD, "議会")
    plan = plan_city(load_city(CITY))
    assert plan.pmo.lots["cutover"].equals(usual.lots["cutover"])  # a note moves nothing
    texts = list(told(plan))
    assert found(texts, [NOTED, NAMED]) == []
    assert found(texts, [rf"{PRICES[0]}|{PRICES[0]:,}"])
    assert found(texts, [VENDOR]) and found(texts, ["版: 議会版"])
    internal = report.title_heading(usual).html()
    assert NOTED in internal and "議会版" not in internal


def test_a_file_that_nobody_has_declared_is_the_internal_edition_s_alone():
    usual, vendor = load_edition("庁内"), load_edition("ベンダー")
    assert bundles.is_shown("papers/x.txt", usual) and not bundles.is_shown("papers/x.txt", vendor)
    assert not bundles.is_shown(f"params/{CITY}.yaml", load_edition("council"))
    for kind, name in bundles.NAMES.items():
        assert bundles.is_shown(name.format(slug="a.b"), load_edition("議会")), kind
    assert bundles.is_shown("a.b.xml", usual) and not bundles.is_shown("a.b.xml", vendor)
    assert bundles.is_shown("csv/a.b-pmo-lot.csv", vendor)
