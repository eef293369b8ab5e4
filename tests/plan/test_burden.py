"""What each section is asked for is the sum of what the plans ask of it."""

from collections import Counter

import pytest

from dxplan.plan.people import HOURS
from tests.plan.steered import CITIES, planned


def spent(plan, section):
    """Fiscal year -> hours of a section for migration and classes, counted row by row."""
    hours = Counter()
    for row in plan.pmo.load.itertuples():
        if row.resource == section:
            hours[row.month.year - (row.month.month < 4)] += row.load * HOURS
    for row in plan.training.hours.itertuples():
        if row.section == section:
            hours[row.month.year - (row.month.month < 4)] += row.hours
    return hours


@pytest.mark.parametrize("code", CITIES)
def test_every_section_is_there_with_the_sum_of_its_months(code):
    plan = planned(code)[0]
    rows = plan.burden.section.set_index("section")
    assert set(rows.index) >= {section.name for section in plan.city.sections}
    assert rows.index.is_unique
    kinds = plan.pmo.load["kind"] == "section"
    assert rows["effort"].sum() == pytest.approx(plan.pmo.load[kinds]["load"].sum())
    hours = plan.training.hours.groupby("section")["hours"].sum()
    for section, away in rows["away"].items():
        assert isinstance(away, int) and abs(away - hours.get(section, 0.0)) <= 0.5 + 1e-6
    # 共通機能 is the DX section's own
    assert rows["systems"].sum() == (plan.pmo.cutover["business"] != "共通機能").sum()
    assert rows["share"].is_monotonic_decreasing
    for name, row in rows.iterrows():
        years = spent(plan, name)
        if not any(years.values()):
            assert row["share"] == 0
            continue
        most = max(years.values())
        assert row["share"] == pytest.approx(most / (row["staff"] * 12 * HOURS))
        assert years[row["fiscal"]] == pytest.approx(most)


def test_the_peak_is_the_heaviest_month_of_the_migration():
    plan = planned("172031")[0]
    for row in plan.burden.section.itertuples():
        months = plan.pmo.load[plan.pmo.load["resource"] == row.section]
        if row.peak:
            assert row.peak == months["load"].max() > 0
            assert row.month in set(months[months["load"] == row.peak]["month"])
        else:
            assert row.month is None and not months["load"].any()
