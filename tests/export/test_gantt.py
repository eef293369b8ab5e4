"""The sheets of the roadmap: days where they are decided, else quarters; bars, ranges, states."""

import re
import zipfile
from datetime import date, datetime
from io import BytesIO

import pytest

from dxplan.export.book import SUMMARY
from dxplan.export.sheet import HEAD
from dxplan.facts import months
from dxplan.show import labels, pmo, style
from tests.export.cells import rows_of

ALL = ("mid", "village", "done", "asked", "known")
LOTS = ("mid", "village", "known")
ROADMAP = ("WBS", "移行ロット", "稼働の累計", "予算要求の期限", "条件別の見通し", "負荷(月別)")


# --- the bars --------------------------------------------------------------------------------
def told(day, decided):
    """A date as the sheet has it."""
    return datetime.combine(day, datetime.min.time()) if decided else labels.quarter_text(day)


@pytest.mark.parametrize("name", LOTS)
def test_a_bar_has_days_where_they_are_decided_and_quarters_where_not(books, wholes, name):
    sheet, task = books[name][0]["WBS"], wholes[name].pmo.task
    both = 0 < task["decided"].sum() < len(task)
    assert both == (name != "village")  # its contract is taken as signed: no front is left
    for label, column in (("開始", "start"), ("終了", "finish")):
        wanted = [told(day, sure) for day, sure in zip(task[column], task["decided"])]
        assert rows_of(sheet, label) == wanted
    assert rows_of(sheet, "主担当") == task["lead"].tolist()
    assert rows_of(sheet, "移行ロット") == task["lot"].tolist()
    assert rows_of(sheet, "段階") == [labels.word_of("phase", phase) for phase in task["phase"]]


def grid_of(sheet):
    """(row of the table, first day of a month) -> colour and mark of the cell beside the table."""
    found, first = {}, sheet.max_column
    while isinstance(sheet.cell(HEAD + 1, first).value, datetime):
        first -= 1
    for row in range(HEAD + 2, sheet.max_row + 1):
        for column in range(first + 1, sheet.max_column + 1):
            cell, month = sheet.cell(row, column), sheet.cell(HEAD + 1, column).value.date()
            filled = cell.fill.fill_type == "solid"
            colour = cell.fill.fgColor.rgb[2:].lower() if filled else ""
            found[row - HEAD - 2, month] = colour, cell.value
    return found


def in_month(first, last, month):
    """Whether some of the days lie in a month."""
    return (first.year, first.month) <= (month.year, month.month) <= (last.year, last.month)


@pytest.mark.parametrize("name", LOTS)
def test_bars_have_the_colour_of_their_phase_in_the_months_in_which_they_run(books, wholes, name):
    grid, task = grid_of(books[name][0]["WBS"]), wholes[name].pmo.task
    assert len(grid) > 20 * len(task)
    for place, row in enumerate(task.itertuples()):
        if row.phase in style.PHASE:
            colour = style.PHASE[row.phase][0].removeprefix("#")
            cells = {month: look for (k, month), (look, _) in grid.items() if k == place}
            runs = {month: in_month(row.start, row.finish, month) for month in cells}
            assert cells == {month: colour if runs[month] else "" for month in cells}, row.task


@pytest.mark.parametrize("name", LOTS)
def test_an_undecided_cutover_has_a_hollow_mark_and_a_shaded_range(books, wholes, name):
    plan, grid = wholes[name].pmo, grid_of(books[name][0]["WBS"])
    lots, sure = plan.lots.set_index("lot"), plan.told.lot.set_index("lot")
    marks = {place: (month, mark) for (place, month), (_, mark) in grid.items() if mark}
    assert len(marks) == len(lots)
    for place, (month, mark) in marks.items():
        row = plan.task.iloc[place]
        lot, seen = lots.loc[row["lot"]], sure.loc[row["lot"]]
        assert row["phase"] == "cutover" and mark == ("◆" if lot["decided"] else "◇")
        assert in_month(lot["cutover"], lot["cutover"], month)
        shaded = [day for (k, day), (colour, _) in grid.items() if k == place and colour]
        range_ = [day for k, day in grid if k == place and in_month(seen["p20"], seen["p80"], day)]
        assert shaded == ([] if lot["decided"] else range_) and range_


@pytest.mark.parametrize("name", LOTS)
def test_no_cell_of_the_roadmap_holds_the_day_of_an_undecided_cutover(books, wholes, name):
    plan = wholes[name].pmo
    open_ = plan.lots[~plan.lots["decided"]]
    hidden = {*open_["cutover"], *open_["live"]}
    texts = {labels.date_text(day) for day in hidden}
    for title in (
        SUMMARY,
        "WBS",
        "移行ロット",
        "システムの状態",
        "稼働の累計",
        "条件別の見通し",
        "要確認の場合",
        "RAID",
    ):
        first = 1 if title == SUMMARY else HEAD + 2  # the heads of the Gantt are months
        for value in (cell.value for row in books[name][0][title].iter_rows(first) for cell in row):
            assert not (isinstance(value, datetime) and value.date() in hidden), f"{title}: {value}"
            assert not any(text in str(value) for text in texts), f"{title}: {value}"


# --- the other sheets ------------------------------------------------------------------------
@pytest.mark.parametrize("name", LOTS)
def test_the_lots_say_what_moves_with_what_doubt(books, wholes, name):
    sheet, plan = books[name][0]["移行ロット"], wholes[name].pmo
    assert rows_of(sheet, "移行ロット") == plan.lots["lot"].tolist()
    assert rows_of(sheet, "業務(システム)") == [
        "・".join(names) for names in plan.lots["businesses"]
    ]
    sure = plan.told.lot.set_index("lot").loc[plan.lots["lot"]]
    medians = rows_of(sheet, "稼働の見通し(中央値)")
    assert all(labels.quarter_text(day) in text for day, text in zip(sure["p50_from"], medians))
    chances = [labels.chance_text(share) for share in sure["chance"]]
    assert rows_of(sheet, "期限に間に合う確率(出来事を除く)") == chances


@pytest.mark.parametrize("name", ALL)
def test_the_states_are_those_of_the_city(books, wholes, name):
    sheet, city = books[name][0]["システムの状態"], wholes[name].city
    states = [system.state for system in city.movable]
    assert rows_of(sheet, "業務(システム)") == [system.business for system in city.movable]
    assert rows_of(sheet, "状態") == [labels.word_of("state", state.value) for state in states]
    spoken = [day.date() for day in rows_of(sheet, "状態の時点")]
    assert spoken == [date.fromisoformat(state.as_of) for state in states]


@pytest.mark.parametrize("name", LOTS)
def test_the_cumulative_sheet_counts_by_what_is_told(books, wholes, name):
    sheet, plan = books[name][0]["稼働の累計"], wholes[name]
    lots, sure = plan.pmo.lots.set_index("lot"), plan.pmo.told.lot.set_index("lot")
    common = plan.city.common.live
    now = sum(system.live for system in plan.city.systems)
    years = [int(re.search(r"\((\d{4})\)", text)[1]) for text in rows_of(sheet, "年度")]

    def counted(days, column):
        """Systems of the lots whose day lies before the end of each year."""
        return [
            sum(
                lots.at[lot, column]
                for lot, day in days.items()
                if day is not None and months.fiscal_year(day) <= year
            )
            for year in years
        ]

    first = months.fiscal_year(plan.pmo.start)
    assert years == list(range(first, years[-1] + 1)) and years[-1] >= 2030
    heads = {
        "見通しの中央値での累計": sure["p50"],
        "見通しの80%での累計": sure["p80"],
        "最も早い予定での累計": lots["live"],
    }
    for head, days in heads.items():
        assert rows_of(sheet, head) == [now + count for count in counted(days, "systems")]
    with_common = zip(counted(sure["p50"], "systems"), counted(sure["p50"], "common"))
    wanted = [now + common + count + more for count, more in with_common]
    assert rows_of(sheet, "中央値での累計(共通機能を含む)") == wanted


@pytest.mark.parametrize("name, branches", [("mid", 2), ("asked", 2), ("village", 0), ("done", 0)])
def test_open_questions_are_told_both_ways(books, wholes, name, branches):
    sheet = books[name][0]["要確認の場合"]
    if not branches:
        assert sheet.cell(HEAD + 1, 1).value.startswith("該当なし")
        return
    assert len(rows_of(sheet, "要確認の扱い")) == branches
    asked = sum(system.unsure for system in wholes[name].city.systems)
    first, second = rows_of(sheet, "未移行のシステム")
    assert second - first == asked > 0


@pytest.mark.parametrize("name", ["done", "asked"])
def test_a_city_without_lots_is_told_why_its_roadmap_is_empty(books, wholes, name):
    for title in ROADMAP:
        said = books[name][0][title].cell(HEAD + 1, 1).value
        assert said.startswith("該当なし。") and wholes[name].city.name in said, title
    assert rows_of(books[name][0]["システムの状態"], "番号") == list(range(1, 22))


@pytest.mark.parametrize("name", ALL)
def test_the_summary_begins_with_the_state_and_says_how_each_calculation_ended(books, wholes, name):
    sheet, city = books[name][0][SUMMARY], wholes[name].city
    rows = [(row[0].value, row[1].value) for row in sheet.iter_rows() if row[0].value]
    heads = [head for head, _ in rows]
    first = rows[heads.index("まとめ") + 1]
    assert first[0] == "状態" and city.name in first[1]
    assert ("先に確かめること" in heads) == any(system.unsure for system in city.movable)
    ended = dict(rows)["試算の精度"]
    wanted = pmo.outcome_text(wholes[name].pmo)
    assert ended.startswith(f"移行 {wanted}") and "人材" in ended and "研修" in ended


@pytest.mark.parametrize("name, count", [("mid", 3), ("done", 2)])
def test_each_chart_has_its_text(files, name, count):
    """Without lots there is nothing to count up."""
    with zipfile.ZipFile(BytesIO(files[name])) as parts:
        names = parts.namelist()
        drawn = [one for one in names if "drawings/drawing" in one and "rels" not in one]
        text = "".join(parts.read(one).decode() for one in drawn)
    assert len([one for one in names if "charts/chart" in one]) == count
    assert len(re.findall(r'<xdr:cNvPr [^>]*descr="[^"]{20,}"', text)) == count
