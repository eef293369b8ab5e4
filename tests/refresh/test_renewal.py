"""Made tables of a later month against data/: what differs, what follows, and what is refused."""

import random
from datetime import date

import pytest

from dxplan.files import DATA
from dxplan.refresh.impact import build_impact
from dxplan.refresh.recognise import load_readings
from dxplan.refresh.renewal import build_renewal
from dxplan.refresh.tables import Cell
from dxplan.refresh.tell import cell_lines, impact_lines, reading_lines
from tests.refresh.conftest import STATUS, rate_rows, rows_of, steps_by_town, write_rows

pytestmark = pytest.mark.rest  # each table is the whole country
TODAY = date(2026, 11, 28)


def renewal_of(path, folder=DATA, as_of=None):
    return build_renewal(load_readings(path, as_of), folder, TODAY)


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """Ten systems with other steps: where they were, what they are."""
    steps, rng = steps_by_town(), random.Random(16)
    changed = {}
    for code, at in rng.sample([(code, at) for code in steps for at in range(20)], 10):
        old = steps[code][at]
        steps[code][at] = rng.choice([one for one in range(41) if one != old])
        changed[code, str(at + 1)] = (str(old), str(steps[code][at]))
    path = write_rows(tmp_path_factory.mktemp("rates") / "x.csv", rate_rows(steps))
    return renewal_of(path), changed


def test_present_rates_change_nothing(tmp_path):
    path = write_rows(tmp_path / "x.csv", rate_rows(steps_by_town(), "令和8年1月"))
    renewal = renewal_of(path)
    assert not renewal.changes and not renewal.faults
    (reading,) = renewal.readings
    assert len(reading.cells) == 34_820 and reading.as_of == date(2026, 1, 31)


def test_each_planted_change_is_one_line_with_old_and_new(planted):
    renewal, changed = planted
    found = {change.cell.key: (change.old, change.new) for change in renewal.changes}
    assert found == changed
    lines = [line for line in cell_lines(renewal) if "→" in line]
    assert len(lines) == 10
    assert all(f"({code}) " in "".join(lines) for code, _ in changed)


def test_counts_follow_from_the_steps(planted):
    renewal, changed = planted
    tables = renewal.tables
    steps = {}
    for row in tables.table(STATUS).rows.values():
        steps.setdefault(row["business_no"], []).append(int(row["steps_done"]))
    for number, done in steps.items():
        assert tables.get(Cell("businesses", (number,), "complete")) == str(done.count(40))
    code = next(iter(changed))[0]
    own = [
        int(row["steps_done"]) for key, row in tables.table(STATUS).rows.items() if key[0] == code
    ]
    assert float(tables.get(Cell("municipalities", (code,), "steps_rate"))) == round(
        sum(own) / 800, 4
    )


def test_what_goes_back_and_whose_plan_changes_is_told(planted):
    renewal, changed = planted
    impact = build_impact(renewal)
    back = {(code, old, new) for (code, _), (old, new) in changed.items() if int(new) < int(old)}
    assert {(one.code, str(old), str(new)) for one, old, new in impact.back} == back
    assert set(impact.cities) <= {code for code, _ in changed} and impact.cities
    (spread,) = impact.spreads
    differences = sorted(int(new) - int(old) for old, new in changed.values())
    assert (spread.cells, spread.least, spread.greatest) == (10, differences[0], differences[-1])
    assert "計画の前提が変わる団体: " in "\n".join(impact_lines(impact))


def test_a_system_that_comes_to_forty_without_a_flag_is_newly_live(tmp_path):
    row = next(
        one for one in rows_of(STATUS) if one["flagged_late"] == "0" and int(one["steps_done"]) < 26
    )
    steps = steps_by_town()
    steps[row["code"]][int(row["business_no"]) - 1] = 40
    impact = build_impact(renewal_of(write_rows(tmp_path / "x.csv", rate_rows(steps))))
    assert [one.code for one in impact.live] == [row["code"]]
    assert [*impact.cities] == [row["code"]]


def test_a_table_with_a_body_less_or_unreadable_cells_may_not_be_taken_in(tmp_path):
    rows = rate_rows(steps_by_town())
    left = rows.pop(2)
    rows[2][3], rows[3][3] = "済", 0.813
    rows.append(["千葉県", "幻の市", 1, *[1] * 20])
    (reading,) = renewal_of(write_rows(tmp_path / "x.csv", rows)).readings
    told = "\n".join(reading.faults)
    assert f"{left[0]}{left[1]}など1団体の行がありません" in told
    assert "D3「済」" in told and "D4「0.813」" in told and "千葉県幻の市" in told


def test_a_doubled_row_that_says_another_thing_is_a_fault(tmp_path):
    rows = rate_rows(steps_by_town())
    rows.append([*rows[2][:3], *[0.5] * 20])
    (reading,) = renewal_of(write_rows(tmp_path / "x.csv", rows)).readings
    assert any("行が2つ" in fault for fault in reading.faults)


def test_unknown_columns_are_shown_and_not_read(tmp_path):
    rows = rate_rows(steps_by_town())
    for row in rows[1:]:
        row.append("新しい列" if row is rows[1] else 0.1)
    renewal = renewal_of(write_rows(tmp_path / "x.csv", rows))
    assert not renewal.changes
    lines = "\n".join(reading_lines(renewal, renewal.readings[0]))
    assert "読まなかった列: 新しい列(1列)" in lines


@pytest.mark.parametrize(
    ("month", "words"),
    [("令和7年12月", "より古いものです"), ("令和9年1月", "まだ来ていない日"), ("", "いつの表か")],
)
def test_the_day_of_a_table_may_not_be_unknown_earlier_or_to_come(tmp_path, month, words):
    path = write_rows(tmp_path / "x.csv", rate_rows(steps_by_town(), month))
    renewal = renewal_of(path)
    assert not renewal.changes
    (fault,) = renewal.faults
    assert words in fault


def test_two_files_that_disagree_are_not_taken_together(tmp_path):
    one, other = steps_by_town(), steps_by_town()
    other["122033"][0] = (other["122033"][0] + 1) % 41
    paths = [
        write_rows(tmp_path / "a.csv", rate_rows(one)),
        write_rows(tmp_path / "b.csv", rate_rows(other)),
    ]
    readings = [reading for path in paths for reading in load_readings(path)]
    renewal = build_renewal(readings, DATA, TODAY)
    assert any("違うことを言うセルが1" in fault for fault in renewal.faults)
