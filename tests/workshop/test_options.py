"""Strategies and saved variants beside the plan on the table."""

from datetime import date

import pytest

from dxplan.town.variant import Agreement, Place, variant_path, write_variant
from dxplan.workshop.desk import Desk
from dxplan.workshop.options import BUSY, OLD, Options

pytestmark = pytest.mark.rest  # many plans of a table

CITY = "335860"
STAFF = Place("values", "", "dx_staff")


def test_a_saved_variant_and_the_strategies_stand_beside_the_plan_and_age_with_it(
    run, folder, own_prover
):
    async def go():
        desk = Desk(CITY)
        try:
            desk.put(STAFF, 3.0)
            await desk.settled()
            said = Agreement("課長", date(2026, 11, 25), "増員")
            write_variant(variant_path(desk.base, "増員案"), desk.text(said), False)
            (folder / f"{CITY}--壊れた案.yaml").write_text("base: x\n", encoding="utf-8")
            desk.put(STAFF, 4.0)
            await desk.settled()
            shown = Options(desk)
            await shown.show()
            picture, state = shown.picture.value, shown.state.value
            desk.put(STAFF, 5.0)
            aged = shown.state.value
            await desk.settled()
        finally:
            desk.close()
        return picture, state, aged

    picture, state, aged = run(go())
    assert all(
        word in picture
        for word in ("いまの計画", "自前のみ", "外部のみ", "二刀流", "増員案", "<svg")
    )
    assert "壊れた案" in state and BUSY not in state and OLD not in state and OLD in aged
