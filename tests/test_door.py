"""What somebody finds who writes Python: a name in, a plan with figures out."""

import subprocess
import sys

import pandas as pd
import pytest

import dxplan as dx
from dxplan.plan.whole import plan_city
from dxplan.show.style import Figure
from dxplan.town.city import CityError, load_city


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DXPLAN_PARAMS", str(tmp_path_factory.mktemp("params")))
        return dx.plan("岐阜県白川村", "簡易")


def test_a_name_is_enough_and_the_plan_is_the_one_that_all_commands_make(plan, tmp_path):
    other = plan_city(load_city("216046", tmp_path), "簡易")
    assert plan.city.code == "216046"
    pd.testing.assert_frame_equal(plan.pmo.lots, other.pmo.lots)
    pd.testing.assert_frame_equal(plan.budget.item, other.budget.item)


def test_reasons_are_made_when_first_asked_for_and_kept(plan):
    for name in ("why", "branches", "ways", "governance"):
        assert name not in vars(plan)
        assert getattr(plan, name) is getattr(plan, name) is vars(plan)[name]


def test_figures_and_tables_are_found_by_their_names(plan):
    figure = plan.figure("roadmap")
    assert isinstance(figure, Figure) and "<svg" in figure.html()
    assert len(plan.table("lot").frame) == len(plan.pmo.lots)
    with pytest.raises(LookupError):
        plan.figure("nothing")


def test_a_name_that_nobody_has_is_said_with_near_ones():
    with pytest.raises(CityError, match="白川村"):
        dx.plan("白川村村")


def test_a_number_that_is_no_code_and_a_ward_are_answered_by_a_sentence():
    with pytest.raises(CityError, match=r"千葉県市川市\(122033\)、北海道士別市\(012203\)"):
        dx.plan(12203)
    with pytest.raises(CityError, match="横浜市の区です"):
        dx.plan("横浜市中区")
    with pytest.raises(CityError, match="団体が書かれていません"):
        dx.plan(None)


def test_the_door_opens_whatever_was_imported_before():
    for first in ("import dxplan", "import dxplan.plan.pmo, dxplan"):
        code = f"{first}; print(callable(dxplan.plan))"
        told = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )
        assert told.stdout == "True\n"
    with pytest.raises(AttributeError, match="nothing"):
        dx.nothing  # noqa: B018
