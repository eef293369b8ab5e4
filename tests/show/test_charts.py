"""Panels of figures: what is written, where it stands, and the words of each figure of a page."""

import re
from datetime import date
from itertools import combinations
from xml.etree import ElementTree

import pytest

from dxplan.show import budget, charts, engagement, report, staffing, style, training
from dxplan.show import city as place
from dxplan.show.charts import Panel, Pen
from dxplan.show.svg import word_width

NAME = "{http://www.w3.org/2000/svg}"
WORDS = {  # figure of a page -> some of its words: scales, titles, legends, names, notes
    "whole": "いまどこにいるか これからの道のり 次に決めること 移行 人材 研修 増える費用 未受講 R9年度",
    "progress": "0 20 40 60 80 100 %",
    "roadmap": "ロット1 令和9(2027)年度 1月 10月 準備 テスト 最も早い予定 予算の要求締切〜執行",
    "scenario-gate": "ロット1 この計画 条件を変えた場合 期限 R10年度",
    "pyramid": "デジタル・コア人材 設計・調達・運用の判断を担う 未受講",
    "handover": "移行とDX推進を進める力(FTE) DX推進の仕事の量 0 2 25 50 75 100 R8 R9年度",
    "engagement": "外部人材 採用する職員 R9年度",
    "classes": "議会の会期 ステップ1(DXを知る) 1人当たり0.5時間未満 2時間以上 4月 7月 R9年度",
    "funnel": "修了 未修了 席なし ステップ3(伴走による自動化)",
    "funding": "歳出(百万円) 財源内訳(百万円) 人材確保 措置後の実質負担 0 R9年度",
}


def parts(canvas, kind):
    svg = style.drawn(canvas, "one", "題", "文", "出典", None).svg
    found = ElementTree.fromstring(svg).iter(NAME + kind)
    return [part for part in found if part.get("style")]  # that of a pattern has none


def written(canvas):
    """Word -> its place from the left and the top, points."""
    places = {}
    for text in parts(canvas, "text"):
        places[text.text] = float(text.get("x")), float(text.get("y"))
    return places


@pytest.fixture
def panel():
    """One inch from the left and the foot of 4 by 3 inches."""
    return Panel(style.sheet(3, 4), (1, 1, 2, 1), (0, 10), (0, 5))


@pytest.mark.parametrize(("length", "words"), [(60, ("R9年度", "R12年度")), (120, ("R9", "R17"))])
def test_an_axis_of_months_names_the_fiscal_years(length, words):
    month = [date(2026 + (11 + t) // 12, (11 + t) % 12 + 1, 1) for t in range(length)]
    canvas = style.sheet(2, 4)
    charts.month_panel(canvas, (0.4, 0.2, 3.2, 1.6), month, (0, 1))
    found = [text.text for text in parts(canvas, "text")]
    assert set(words) <= set(found) and len(found) == len(set(found))
    assert style.month_place(month, date(2027, 4, 1)) == 4


def test_what_is_drawn_stands_where_the_scales_say(panel):
    assert panel.place(0, 0) == (72, 72) and panel.place(10, 5) == (216, 144)
    panel.boxes([(-5, 5, 1, 99)], style.OWN)
    box = parts(panel.canvas, "path")[-1]
    assert box.get("d") == "M72 129.6H144V72H72z"  # as far as it lies within


def test_words_keep_their_side_and_stand_under_one_another(panel):
    panel.words(5, 5, "上の行\n下の行", (3, -2), 10, "right", "top", spacing=1.2)
    first, last = parts(panel.canvas, "text")
    assert (first.text, last.text) == ("上の行", "下の行")
    assert {text.get("x") for text in (first, last)} == {"147.00"}
    assert float(last.get("y")) - float(first.get("y")) == pytest.approx(12, abs=0.01)
    assert 74 < float(first.get("y")) < 86  # under the top of the panel, which is at 72
    assert "text-anchor:end" in first.get("style") and "font-size:10px" in first.get("style")


def test_round_numbers_have_the_decimals_that_one_of_them_needs(panel):
    panel.x_numbers(4)
    assert list(written(panel.canvas)) == ["0.0", "2.5", "5.0", "7.5", "10.0"]
    wide = Panel(style.sheet(3, 4), (1, 1, 2, 1), (0, 1), (0, 4000))
    wide.y_numbers()
    assert list(written(wide.canvas)) == ["0", "1,000", "2,000", "3,000", "4,000"]


def test_a_line_has_its_marks_and_a_step_stays_level(panel):
    panel.line([0, 5, 10], [0, 5, 0], Pen(mark="s", every=(1, 2)), "線")
    panel.steps([0, 5, 10], [1, 2], Pen(style.ALARM), "段")
    line, mark, step = parts(panel.canvas, "path")[-3:]
    assert line.get("d") == "M72 144L144 72L216 144" and "fill:none" in line.get("style")
    assert mark.get("d").count("M") == 1  # at every second place from the second on
    assert step.get("d") == "M72 129.6L144 129.6L144 115.2L216 115.2"
    assert list(panel.samples) == ["線", "段"]


def test_a_legend_names_each_sample_once_in_columns_within_the_figure(panel):
    samples = {"職員": style.OWN, "外部人材": style.AMBER, "不足": style.ROSE, "仕事": Pen()}
    charts.legend(panel.canvas, samples, (2, 0.1), 2)
    places = written(panel.canvas)
    assert list(places) == list(samples)
    (one, high), (two, low), (three, top), _ = places.values()
    assert one == two and high == top and low > high  # two columns of two
    assert one + 7.5 * word_width("外部人材") < three
    assert one > 0 and three + 7.5 * word_width("不足") < 288 and low < 216


def test_bars_stand_on_one_another_and_parts_of_nothing_are_not_named(panel):
    looks = {"甲": style.OWN, "乙": style.AMBER, "丙": style.ROSE}
    charts.stacked_bars(panel, [[1, 2], [1, 0], [0, 0]], looks)
    assert list(panel.samples) == ["甲", "乙"]
    assert parts(panel.canvas, "path")[-1].get("d") == "M72 129.6H86.4V115.2H72z"


def figures(plan):
    """SVG by name of the figures of a page."""
    pieces = [
        report.whole_figure(plan),
        place.progress_figure(plan.pmo),
        report.roadmap_section(plan),
        staffing.pyramid_figure(plan.staffing),
        staffing.handover_figure(plan.staffing),
        engagement.engagement_figure(plan.staffing),
        training.calendar_figure(plan.training),
        training.funnel_figure(plan.training),
        budget.funding_figure(plan.budget),
    ]
    found = {}
    for piece in pieces:
        for svg in re.findall(r"<svg.*?</svg>", piece.html(), re.S):
            name = re.search(r'aria-labelledby="([a-z-]+)-[0-9a-f]{8}-title', svg)[1]
            found[name] = ElementTree.fromstring(svg)
    return found


def test_the_figures_of_a_page_carry_their_words_within_the_paper(whole):
    drawn = figures(whole)
    assert set(WORDS) <= set(drawn)
    for name, words in WORDS.items():
        texts = [text.text for text in drawn[name].iter(NAME + "text")]
        assert not set(words.split()) - set(texts), name
    for name, svg in drawn.items():
        width, height = map(float, svg.get("viewBox").split()[2:])
        boxes = [_box(text) for text in svg.iter(NAME + "text")]
        for left, right, top, foot in boxes:
            assert left > -3 and right < width + 3 and top > -2 and foot < height + 2, name


def test_words_of_small_figures_do_not_meet(whole):
    drawn = figures(whole)
    for name in ("progress", "pyramid", "scenario-gate", "handover", "engagement", "funnel"):
        boxes = [_box(text) for text in drawn[name].iter(NAME + "text")]
        for one, other in combinations(boxes, 2):
            aside = one[1] < other[0] + 1 or other[1] < one[0] + 1
            above = one[3] < other[2] + 1 or other[3] < one[2] + 1
            assert aside or above, (name, one, other)


def _box(text):
    """Left, right, top, foot of a text as it is measured, points."""
    size = float(re.search(r"font-size:([\d.]+)px", text.get("style"))[1])
    width, x, y = word_width(text.text) * size, float(text.get("x")), float(text.get("y"))
    left = x
    if "middle" in text.get("style"):
        left = x - width / 2
    elif ":end" in text.get("style"):
        left = x - width
    return left, left + width, y - 0.88 * size, y + 0.12 * size
