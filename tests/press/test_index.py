"""The index over the outcomes of a run."""

from dxplan.press.batch import Outcome
from dxplan.press.index import build_index, write_index

OUTCOMES = (
    Outcome("122033", "市川市", True, "122033.html", 2.5, "",
            {"title": "市川市 計画", "foot": "x", "完了見込": "2030年3月"}, "千葉県"),
    Outcome("122041", "船橋市", False, "", 1.0, "<b>設定</b>に誤りがあります。", {}, "千葉県"),
    Outcome("sapporo", "札幌市", True, "sapporo.html", 2.0, "", {"完了見込": "2031年", "費用": "3億円"}, "北海道"),
)


def test_the_index_says_how_many_succeeded_and_groups_by_prefecture():
    page = build_index(OUTCOMES, "一覧")
    assert "3団体のうち2団体が完了、1団体が失敗しました。" in page
    assert page.index(">千葉県</th>") < page.index("市川市") < page.index("船橋市") < page.index(">北海道</th>")


def test_a_row_links_to_its_page_and_carries_the_headline_numbers():
    page = build_index(OUTCOMES, "一覧")
    assert '<a href="122033.html">市川市</a></th><td>完了</td>' in page
    assert page.count('<th scope="col">完了見込</th>') == 1 and "<td>2030年3月</td><td></td>" in page
    assert '<th scope="col">foot</th>' not in page


def test_a_failed_city_has_its_sentence_escaped_and_no_link():
    page = build_index(OUTCOMES, "一覧")
    assert "<strong>失敗</strong>　&lt;b&gt;設定&lt;/b&gt;に誤りがあります。" in page and "122041.html" not in page


def test_an_index_of_nothing_is_still_a_page():
    assert "0団体のうち0団体が完了しました。" in build_index((), "一覧")


def test_the_index_opens_in_chromium_without_script_and_asks_for_nothing(tmp_path, visit):
    path = write_index(OUTCOMES, tmp_path)
    seen = visit(path, width=320, scripts=False)
    assert seen.requests == [path.as_uri()] and seen.messages == [] and "2030年3月" in seen.text
