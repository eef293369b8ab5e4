"""The risk as figures, tables and sentences: windows as bars, assumptions named, no certain day."""

import re
from types import SimpleNamespace

import pytest

from dxplan.show import labels, risk, shelf
from dxplan.show.sentences import sentence
from dxplan.show.style import Figure, Table
from tests.plans import whole

CODE = "216046"
DAY = re.compile(r"令和\d+年\d+月\d+日")
DEAR = ("risk.driver_figure", "risk.driver_table", "risk.case_table")
CHEAP = [
    one for one in shelf.load_shelf() if one.exhibit.startswith("risk.") and one.exhibit not in DEAR
]


@pytest.mark.parametrize("exhibit", CHEAP, ids=lambda one: one.exhibit)
def test_each_exhibit_says_that_its_ranges_are_assumptions(exhibit):
    shown = exhibit.show(whole(CODE))
    assert risk.ASSUMED in shown.html()
    if isinstance(shown, Table):
        assert len(shown.frame)


@pytest.mark.parametrize("exhibit", CHEAP, ids=lambda one: one.exhibit)
def test_a_city_with_nothing_left_is_told_so(exhibit):
    if exhibit.exhibit != "risk.event_table":
        assert "該当なし" in exhibit.show(whole("131016")).html()


def test_what_is_said_of_a_city_with_nothing_left_is_said_once():
    text = risk.outlook_paragraph(whole("131016").risk).html()
    assert text.count("該当なし") == 1 and sentence("risk.after") in text


def test_no_day_of_a_cutover_is_told_that_is_not_decided():
    found = whole(CODE).risk
    for table in (risk.outlook_table(found), risk.quarter_table(found)):
        for column in table.frame.columns:
            assert not table.frame[column].astype(str).str.contains(DAY).any(), column
    text = risk.outlook_text(found)
    assert DAY.findall(text) == [labels.date_text(found.plan.city.at("end_date").day)]


def test_the_figure_has_a_bar_a_window_and_words_that_can_be_read():
    found = whole("172031").risk
    figure = risk.window_figure(found)
    assert isinstance(figure, Figure)
    sizes = [float(size) for size in re.findall(r'font-size="?:?\s*([\d.]+)', figure.svg)]
    assert all(size >= 8.25 for size in sizes)
    for name in [*found.lot["lot"], risk.LAST]:
        assert name in figure.svg
    data = figure.data.frame
    for _, part in data.groupby("lot"):
        assert part["risk_share"].sum() == pytest.approx(1)
        assert part["risk_by"].is_monotonic_increasing


def test_the_money_is_told_by_year_and_in_all():
    found = whole("172031").risk
    table = risk.year_table(found).frame
    assert table["risk_year"].iloc[-1] == risk.WHOLE and len(table) == len(found.year)
    assert table["risk_yen_p80"].iloc[-1] == pytest.approx(found.year["p80"].iloc[-1] / 1000)
    assert "足しても" in risk.year_table(found).source


def row_of(**changes):
    """A row of the factors, all of it nothing but for what is said."""
    row = dict.fromkeys("low high noise yen_low yen_high yen_noise".split(), 0.0)
    return {"kind": "event", "factor": "half"} | row | changes


@pytest.mark.parametrize(
    "row, words",
    [
        (row_of(high=0.3, noise=0.4), "差がない"),
        (row_of(high=0.3, noise=0.2), "時期"),
        (row_of(low=-0.05, noise=0.01), "差がない"),
        (row_of(yen_high=5e6, yen_noise=1e6), "額"),
        (row_of(high=2.0, noise=0.1, yen_low=-9e6, yen_noise=1e6), "時期・額"),
    ],
)
def test_a_difference_below_the_noise_is_none(row, words):
    assert risk._difference_text(row) == words


def test_where_nothing_moves_the_dates_it_is_said():
    still = SimpleNamespace(to_dict=lambda _: [row_of()])
    found = SimpleNamespace(driver=still, events=whole(CODE).risk.events)
    assert risk.driver_text(found) == "最後の稼働を、誤差を超えて動かす見込みのものはない。"


def test_an_event_is_shown_with_chance_length_source_and_grade():
    table = risk.event_table(whole(CODE).risk).frame.set_index("risk_event")
    assert set(table["grade"]) == {"G"} and (table["note"] != "").all()
    assert table.at["計画で使う予算の機会を逃す", "risk_length"] == "次の機会まで"
    assert table.at["ベンダが撤退し、調達をやり直す", "risk_length"] == "9・15・24か月"


def test_the_self_check_names_the_rule_and_the_look_back():
    table = risk.selfcheck_table(whole(CODE))
    assert "GAO" in table.source and "29.1%" in table.source and "要確認" in table.source
    frame = table.frame.set_index("check_rule")
    assert frame.at["baseline", "check_measured"] == labels.MISSING
    assert frame.at["kept", "check_measured"] == "0本"


@pytest.mark.rest
def test_the_factors_and_the_cases_are_shown_side_by_side():
    found = whole(CODE).risk
    figure = risk.driver_figure(found)
    assert "ベンダが撤退し、調達をやり直す" in figure.svg and risk.ASSUMED in figure.source
    table = figure.data.frame.set_index("risk_factor")
    assert table.at["条例改正の期間", "risk_told"] == "差がない"
    cases = risk.case_table(found).frame
    assert len(cases) == len(found.events) + 2 and cases["risk_case"].is_unique
    assert risk.ASSUMED in risk.case_table(found).source
