"""The people's figures, tables and sentences."""

from dataclasses import replace
from functools import cache
from xml.etree import ElementTree

import pytest

from dxplan.show import labels, staffing
from dxplan.show import svg as svg_room
from tests.drawn import crossings, height_of, texts
from tests.plan.cities import staffing as staff_of

CITIES = (
    "172031",
    "216046",
    "141003",
    "012025",
    "134015",
    "014231",
)  # the last has no system left to move
CASES = [
    *((code, "both") for code in CITIES),
    ("172031", "own"),
    ("216046", "own"),
    ("172031", "outside"),
    ("012025", "mix"),
]
FIGURES = (
    staffing.tiers_figure,
    staffing.cover_figure,
    staffing.handover_figure,
    staffing.load_figure,
)
TABLES = (
    staffing.pyramid_table,
    staffing.cover_table,
    staffing.handover_table,
    staffing.load_table,
    staffing.head_table,
)
each_case = pytest.mark.parametrize(("code", "strategy"), CASES)
# drawing is dear: five of the ten after every change, the others with the rest
OFTEN = (CASES[0], CASES[1], CASES[2], CASES[5], ("012025", "mix"))
SELDOM = [pytest.param(*case, marks=pytest.mark.rest) for case in CASES if case not in OFTEN]
each_drawn = pytest.mark.parametrize(("code", "strategy"), [*OFTEN, *SELDOM])


@pytest.fixture(scope="module")
def plan():
    return staff_of("172031", "both")


@cache
def drawn(figure, code, strategy):
    """A figure of a plan, drawn once."""
    return figure(staff_of(code, strategy))


@pytest.mark.parametrize("figure", FIGURES)
def test_a_figure_repeats_its_bytes(figure):
    assert figure(staff_of("172031", "both")).svg == drawn(figure, "172031", "both").svg


@pytest.mark.parametrize("figure", FIGURES)
@each_drawn
def test_figures_of_all_sizes_state_their_caption(code, strategy, figure):
    one = drawn(figure, code, strategy)
    assert ElementTree.fromstring(one.svg)[1].text == one.caption
    assert (
        "出典" in one.source
        and "時点" in one.source
        and labels.UNCONFIRMED in one.source
        and "<table" in one.html()
    )


@pytest.mark.parametrize("figure", FIGURES)
@each_drawn
def test_figures_fit_an_upright_page_with_text_that_can_be_read(code, strategy, figure):
    one = drawn(figure, code, strategy)
    for svg in (one.svg, one.narrow):
        assert not crossings(svg) and min(size for _, size, _ in texts(svg)) >= 8.25
    assert height_of(one.svg) <= 72 * 6.2


def test_who_covers_is_told_apart_without_colour():
    assert len({hatch for _, hatch in staffing.COVER.values()}) == len(staffing.COVER)
    looks = [*staffing.COVER.values(), staffing.REST]
    assert {colour for colour, hatch in looks if hatch} <= set(svg_room.TILES)


@each_case
def test_the_pyramid_says_the_heads_of_the_plan(code, strategy):
    plan = staff_of(code, strategy)
    frame, text = staffing.pyramid_table(plan).frame.set_index("tier"), staffing.pyramid_text(plan)
    for tier in staffing.TIERS:
        part = plan.head[plan.head["tier"] == tier]
        assert (frame.at[tier, "now"], frame.at[tier, "then"]) == (
            part["start"].iloc[0],
            part["finish"].iloc[-1],
        )
        first, last = part["start"].iloc[0], part["finish"].iloc[-1]
        assert f"{labels.heads_text(first)}人から{labels.heads_text(last)}人" in text
    whole = plan.pyramid[plan.pyramid["section"] == ""]
    assert frame["goal"].sum() == pytest.approx(whole["staff"].iloc[0])


@each_case
def test_the_work_is_said_in_person_months_that_are_the_plans(code, strategy):
    plan = staff_of(code, strategy)
    total, text = plan.cover[["demand", "own", "outside", "short"]].sum(), staffing.cover_text(plan)
    assert f"延べ{total['demand']:,.1f}人月で、職員が{total['own']:,.1f}人月" in text
    assert ("外部人材が" in text) == (total["outside"] >= 0.05)
    assert ("が不足する" in text) == (total["short"] >= 0.05)


def test_work_that_is_not_there_is_said_to_be_none():
    cover = staff_of("014231", "both").cover
    idle = (cover.groupby("role")["demand"].max() == 0).sum()
    assert idle == 3  # of the migration: both sides and the PMO
    assert drawn(staffing.cover_figure, "014231", "both").svg.count("該当なし") == idle
    assert "該当なし" not in drawn(staffing.cover_figure, "172031", "both").svg


@each_drawn
def test_the_hand_over_marks_self_reliance_and_the_last_outsider_where_they_are(code, strategy):
    plan = staff_of(code, strategy)
    figure, last = drawn(staffing.handover_figure, code, strategy), plan.month[-1]
    told = plan.self_reliant is not None and plan.self_reliant > plan.month[0]
    assert ("職員だけで運営できる時期" in figure.svg) is told
    assert (
        (f"{labels.month_text(plan.self_reliant)}から" in figure.caption) is told if told else True
    )
    leaves = plan.exit is not None and plan.exit < last
    assert ("最後の外部人材の終了" in figure.svg) is leaves
    assert (
        f"{labels.date_text(plan.exit)}に最後の1人が離れる" if leaves else "外部人材"
    ) in figure.caption


def test_a_plan_without_outsiders_says_so():
    plan = staff_of("172031", "own")
    assert "外部人材は活用しない。" in staffing.summary_text(plan)
    assert "外部人材(" not in staffing.handover_figure(plan).svg


def test_outsiders_who_never_leave_are_said_to_stay():
    plan = staff_of("172031", "outside")
    assert "計画の最後まで残る見込み" in staffing.summary_text(
        plan
    ) and "担えるようにはならない" in staffing.summary_text(plan)


def test_outsiders_alone_have_no_class_and_the_reason_is_said():
    text = staffing.intake_table(staff_of("172031", "outside")).html()
    assert "該当なし" in text and "外部のみ" in text and "<table" not in text


@each_case
def test_the_summary_says_the_money_of_the_plan_in_thousands(code, strategy):
    plan = staff_of(code, strategy)
    text, item = staffing.summary_text(plan), plan.cost["item"]
    train = plan.cost.loc[item.str.startswith("step"), "yen"].sum()
    assert (
        f"計{labels.yen_text(plan.cost['yen'].sum())}" in text
        and f"研修{labels.yen_text(train)}" in text
    )
    assert labels.word_of("strategy", strategy) in text


def _with_load(plan, group, share):
    load = plan.load.copy()
    load.loc[load["group"] == group, "share"] = share
    return replace(plan, load=load)


def test_overload_names_its_months_the_first_and_the_worst(plan):
    share = [1.0] * len(plan.month)
    share[3], share[7] = 1.2, 1.456
    text = staffing.load_text(_with_load(plan, "change", share))
    first, worst = (labels.month_text(plan.month[t]) for t in (3, 7))
    assert (
        f"兼務の変革人材の負荷は2か月で100%を超える(最初は{first}、最大は{worst}の145.6%)" in text
    )
    assert staffing.load_table(_with_load(plan, "change", share)).frame["over"].sum() >= 2


def test_a_load_of_just_all_the_time_is_no_overload(plan):
    quiet = _with_load(_with_load(plan, "dx", 1.0), "change", 0.4)
    assert staffing.load_text(quiet).count("どの月も100%を超えない") == 2
    assert not staffing.load_table(quiet).frame["over"].any()


def test_months_head_the_rows_of_the_load_under_each_group(plan):
    table = staffing.load_table(plan)
    assert (table.head, table.group) == ("month", "group")


@pytest.mark.parametrize(
    ("staff", "said"), [(1, "職員は1人(一人情シス)"), (0.5, "職員は0.5人(一人情シス)"), (4, "")]
)
def test_a_section_of_one_person_is_named(plan, staff, said):
    text = staffing.load_text(replace(plan, city=plan.city.changed(dx_staff=staff)))
    assert said in text if said else text.startswith("足りない仕事も")


@each_case
def test_heads_add_up_row_by_row_and_from_year_to_year(code, strategy):
    frame = staffing.head_table(staff_of(code, strategy)).frame
    left = frame["began"] + frame["gained"] + frame["hired"] - frame["lost"]
    assert left.to_list() == pytest.approx(frame["ended"].to_list()) and (
        frame[["gained", "lost"]] >= 0
    ).all(axis=None)
    for _, part in frame.groupby("tier", observed=True):
        assert part["began"].to_list()[1:] == part["ended"].to_list()[:-1]


@each_case
def test_classes_are_those_of_the_plan(code, strategy):
    plan = staff_of(code, strategy)
    frame = staffing.intake_table(plan).frame
    assert len(frame) == len(plan.intake) and frame["classes"].sum() == plan.intake["cohort"].sum()
    assert frame["learners"].sum() == pytest.approx(
        plan.intake["intake"].sum(), abs=len(frame) or 1
    )


def test_every_table_has_labels_and_a_source(plan):
    for show in TABLES:
        assert "<caption>" in show(plan).html() and "出典" in show(plan).source


def test_the_status_says_whether_the_plan_is_proven(plan):
    proven = replace(plan, outcome=replace(plan.outcome, status="最適", gap=0.0))
    loose = replace(plan, outcome=replace(plan.outcome, status="打切り", gap=0.3))
    near = replace(plan, outcome=replace(plan.outcome, status="打切り", gap=0.02))
    assert "確かめた" in staffing.status_line(proven).html()
    assert (
        "最大30.0%" in staffing.status_line(loose).html()
        and "余地がある" in staffing.status_line(loose).html()
    )
    assert "最大2.0%" in staffing.status_line(near).html()


def test_people_below_ten_have_a_decimal_and_others_none():
    assert [labels.heads_text(x) for x in (0, 0.31, 2.0, 9.94, 9.96, 62.4)] == [
        "0",
        "0.3",
        "2",
        "9.9",
        "10",
        "62",
    ]
    assert [labels.fte_text(x) for x in (0.05, 0.996, 5.0, 12.34)] == [
        "常勤0.05人分",
        "常勤1人分",
        "常勤5人分",
        "常勤12.3人分",
    ]
    assert labels.yen_text(113_300_004) == "113,300千円"


def test_self_reliance_says_when_it_comes_with_hires_and_when_it_ends(plan):
    early, month, later = plan.month[14], plan.month[20], plan.month[40]
    wanted = plan.autonomy["wanted"]
    able = wanted.where(plan.autonomy["month"] >= month, 0.5 * wanted)
    alone = plan.autonomy.assign(able=able, hired=0.0)
    own = replace(plan, self_reliant=month, autonomy=alone)
    when = f"{labels.month_text(month)}から職員だけで担える見込み"
    assert staffing.alone_text(own) == f"{staffing.STANDING}は、{when}。"
    # between the two months hires make up for what is lacking
    helped = alone["month"].between(early, plan.month[19])
    hired = alone.assign(able=able.mask(helped, wanted), hired=(0.5 * wanted).where(helped, 0.0))
    text = staffing.alone_text(replace(own, autonomy=hired))
    since = labels.month_text(early)
    assert text.endswith(f"{when}(任期付・会計年度任用の職員を含めると{since}からの見込み)。")
    lapsed = alone.assign(able=able.mask(alone["month"] == later, 0.98 * wanted))
    text = staffing.alone_text(replace(own, autonomy=lapsed))
    assert text.endswith(f"(ただし{labels.month_text(later)}に再び足りなくなる見込み)。")
    never = staffing.alone_text(replace(own, self_reliant=None, autonomy=alone.assign(able=1.5)))
    assert "担えるようにはならない" in never and never.endswith("のうち常勤1.5人分)。")
