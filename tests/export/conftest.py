"""Plans of cities in each of the four situations, made once; one of them knows its lots."""

from io import BytesIO

import openpyxl
import pytest

from dxplan.export.book import book_bytes
from dxplan.plan.whole import plan_city
from dxplan.town.city import load_city
from tests.plans import QUICK, Made, whole

CITIES = {
    "mid": "172031",
    "large": "141003",
    "village": "216046",
    "done": "131016",
    "asked": "155861",
}
# A lot whose day is set, one with the register that comes after it by its vendor's word; of the
# other systems nothing is said.
KNOWN = """
code: "172031"
name: 小松市
lots:
  税のロット:
    systems: [固定資産税, 個人住民税, 法人住民税, 軽自動車税, 介護保険]
    vendor: 甲社
    contracted: true
    contract_end: 2028-03-31
    planned: 2029-01-04
    done: [PIA]
    as_of: 2026-11-20
    source: 聞き取り
    grade: B
  住民のロット:
    systems: [住民基本台帳, 印鑑登録, 選挙人名簿管理, 共通機能]
    offered: 2030-05-01
    confidence: 口頭
    as_of: 2026-11-20
    source: 聞き取り
    grade: B
"""


@pytest.fixture(scope="session")
def wholes(tmp_path_factory):
    """All plans of each city: by the defaults alone, and where something is said (known)."""
    folder = tmp_path_factory.mktemp("params")
    (folder / "172031.yaml").write_text(KNOWN, encoding="utf-8")

    def made(name):
        return (
            whole(CITIES[name]) if name in CITIES else plan_city(load_city("172031", folder), QUICK)
        )

    return Made(made)


@pytest.fixture(scope="session")
def files(wholes):
    """The workbook of each city as bytes."""
    return Made(lambda name: book_bytes(wholes[name]))


@pytest.fixture(scope="session")
def books(files):
    """(formulas, cached values) of each workbook, as openpyxl reads them."""

    def read(data, kept):
        return openpyxl.load_workbook(BytesIO(data), data_only=kept)

    return Made(lambda name: (read(files[name], False), read(files[name], True)))
