"""Cities with their plans, reasons and governance, made once, by the defaults or by a file."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from dxplan.plan.whole import plan_city
from dxplan.town.city import load_city
from tests.plans import QUICK, whole

# A file that says what the defaults do not: the lots' dates, a contract that ends too early, a day
# that is set.
SAID = """
code: "172031"
name: 小松市
systems:
  国民健康保険: {state: 稼働, as_of: 2026-11-01, source: 例, grade: C}
lots:
  住基:
    systems: [住民基本台帳, 印鑑登録, 選挙人名簿管理, 国民年金, 後期高齢者医療, 障害者福祉, 健康管理, 生活保護,
              児童手当, 児童扶養手当, 子ども・子育て支援]
    offered: 2030-12-01
    confidence: 書面
    as_of: 2026-11-01
    source: 例
    grade: C
  税:
    systems: [固定資産税, 個人住民税, 法人住民税, 軽自動車税, 介護保険, 就学]
    contracted: true
    contract_end: 2028-03-31
    planned: 2028-08-14
    offered: 2028-01-04
    confidence: 契約
    as_of: 2026-11-01
    source: 例
    grade: C
"""
FILES = {"said": SAID, "late": SAID.replace("offered: 2030-12-01", "offered: 2031-06-01")}

# A designated city, a mid-sized one, a village with one DX person, nothing left, only questions,
# and two files.
CITIES = ("141003", "172031", "216046", "131016", "155861", *FILES)
OPEN = ("141003", "172031", "216046", *FILES)  # with lots to plan
each = pytest.mark.parametrize("code", CITIES)
each_open = pytest.mark.parametrize("code", OPEN)


@cache
def planned(name):
    """All plans of a city, reasons and governance: a code by the defaults, or a name of FILES."""
    plan = _of_file(name) if name in FILES else whole(name)
    return plan, plan.why, plan.governance


def _of_file(name):
    with TemporaryDirectory() as folder:
        (Path(folder) / f"{name}.yaml").write_text(FILES[name], encoding="utf-8")
        return plan_city(load_city(name, Path(folder)), QUICK)
