"""The index over the outcomes of a run."""

import re
from types import SimpleNamespace

import pytest

from dxplan.press import PressError
from dxplan.press.check import check_page, script_hash
from dxplan.press.country.index import build_index, write_index
from dxplan.press.country.measure import cutover_fault

LATE, NEXT = "令和9年度第4四半期", "令和10年度第1四半期"
WATCH = {"over": 0, "label": "未移行のシステムがある団体"}


def city(slug, name, group="", /, ok=True, error="", **headline):
    """An outcome as the batch leaves it."""
    return SimpleNamespace(
        slug=slug,
        title=name,
        ok=ok,
        page=f"{slug}.html" if ok else "",
        seconds=1.0,
        error=error,
        headline=headline,
        group=group,
    )


def measured(yen, day, late):
    """Words and machine values of a city; the words do not sort as the values do."""
    said = f"{yen / 1e8:,.1f}億円" if yen >= 1e8 else f"{yen / 1e4:,.0f}万円"
    seen = f"{day[:4]}年{int(day[5:7])}月からの四半期" if day else "移行の残りなし"
    return {
        "title": "題",
        "foot": "足",
        "費用": said,
        "稼働の見通し": seen,
        "measures": [
            {"measure": "cost", "label": "費用", "value": yen, "unit": "円", "column": "費用"},
            {
                "measure": "last",
                "label": "稼働",
                "value": day,
                "unit": "日付",
                "column": "稼働の見通し",
                "as_of": "2026-11-23",
            },
            {
                "measure": "situation",
                "label": "状況",
                "value": "lots" if day else "after",
                "unit": "区分",
                "column": "状況",
            },
            {"measure": "late", "label": "残り", "value": late, "unit": "システム", "watch": WATCH},
        ],
    }


OUTCOMES = (
    city("122033", "市川市", "千葉県", title="市川市 計画", foot="x", 完了見込="2030年3月"),
    city("122041", "船橋市", "千葉県", ok=False, error="<b>設定</b>に誤りがあります。"),
    city("sapporo", "札幌市", "北海道", 完了見込="2031年", 費用="3億円"),
)
RUN = (
    city("011002", "札幌市", "北海道", **measured(9_000_000_000, "2030-10-01", 2)),
    city("122033", "市川市", "千葉県", **measured(95_000_000, "2031-02-01", 0)),
    city("122246", "鎌ケ谷市", "千葉県", **measured(1_200_000_000, None, 0)),
    city("122041", "船橋市", "千葉県", ok=False, error="人手が足りません。"),
    city("172031", "小松市", "石川県", **measured(120_000_000, "2029-03-01", 1)),
)


@pytest.fixture
def index(tmp_path):
    return write_index(RUN, tmp_path)


def shown(page):
    """Names of the cities in view, in the order in which they stand."""
    return page.eval_on_selector_all(
        "tr[data-slug]", "rows => rows.filter(r => r.offsetParent).map(r => r.cells[0].innerText)"
    )


def press(page, label):
    """Order by a column."""
    page.click(f'thead button[aria-label="{label}"]')


def search(page, words, count):
    """Search, and wait for what the page then says."""
    page.click("text=元に戻す")
    page.fill("#search", words)
    page.wait_for_function(
        "words => document.querySelector('#count').textContent.includes(words)", arg=count
    )


def test_the_index_says_how_many_succeeded_and_groups_by_prefecture():
    page = build_index(OUTCOMES, "一覧")
    assert "3団体のうち2団体が完了、1団体が失敗しました。" in page
    assert (
        page.index("千葉県　2団体(完了1、失敗1)")
        < page.index("市川市")
        < page.index("船橋市")
        < page.index("北海道　1団体")
    )


def test_a_row_links_to_its_page_and_carries_the_headline_numbers():
    page = build_index(OUTCOMES, "一覧")
    assert '<a href="122033.html">市川市</a></th><td>完了</td>' in page
    assert (
        page.count('data-kind="text">完了見込</th>') == 1 and "<td>2030年3月</td><td></td>" in page
    )
    assert ">foot</th>" not in page and ">measures</th>" not in page


def test_a_failed_city_has_its_sentence_escaped_and_no_link():
    page = build_index(OUTCOMES, "一覧")
    assert (
        "<strong>失敗</strong>　&lt;b&gt;設定&lt;/b&gt;に誤りがあります。" in page
        and "122041.html" not in page
    )


@pytest.mark.parametrize("folder", ["/home/taro/out", "/home/taro/計画(案)/out"])
def test_a_sentence_with_a_folder_of_this_machine_does_not_stop_the_index(folder):
    told = f"{folder} に 122041.html を書けません(空きなし)。"
    page = build_index([city("122041", "船橋市", ok=False, error=told)], "一覧")
    assert "taro" not in page and "計画" not in page.partition("<main")[2]
    assert "(手元のフォルダ) に 122041.html を書けません(空きなし)。" in page


def test_rows_of_one_group_stand_together_wherever_they_come_from():
    page = build_index([RUN[1], RUN[0], RUN[3], city("x", "某市")], "一覧")
    assert (
        page.index("千葉県　2団体")
        < page.index("船橋市")
        < page.index("北海道　1団体")
        < page.index("都道府県の分からない団体　1団体")
    )


def test_an_index_of_nothing_is_still_a_page():
    assert "0団体のうち0団体が完了しました。" in build_index((), "一覧")


def test_cells_carry_the_values_that_order_them_and_numbers_stand_right():
    page = build_index(RUN, "一覧")
    assert (
        '<td class="number" data-v="9000000000">90.0億円</td>' in page
        and '<td class="date" data-v="2031-02-01">' in page
    )
    assert (
        '<td class="date">移行の残りなし</td>' in page and "数値は令和8年11月23日時点の計算" in page
    )
    assert 'data-v="lots"' not in page


def test_the_index_says_how_many_are_above_what_is_watched():
    assert "未移行のシステムがある団体は、完了した4団体のうち2団体(50.0%)です。" in build_index(
        RUN, "一覧"
    )


def test_the_same_outcomes_give_the_same_bytes():
    assert build_index(RUN, "一覧") == build_index(RUN, "一覧")


def test_a_run_over_all_municipalities_is_one_page_of_less_than_two_megabytes():
    words = {f"見出し{k}": f"{k}1,234.5億円の見込み" for k in range(11)}
    page = build_index(
        [
            city(
                f"{k:06}",
                f"千葉県第{k}市",
                "千葉県",
                **words,
                **measured(10**8 + k, "2030-10-01", 0),
            )
            for k in range(1741)
        ],
        "一覧",
    )
    assert page.count("<tr data-slug=") == 1741 and len(page.encode()) < 2_000_000


# --- the one script -------------------------------------------------------------------------------
def test_the_index_allows_its_own_script_by_its_hash_and_nothing_else():
    page = build_index(RUN, "一覧")
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)[1]
    assert policy == (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
        f"script-src '{script_hash(script)}'"
    )
    check_page(page, script)


@pytest.mark.parametrize(
    "change",
    [
        lambda page, script: page.replace(script, script + " "),
        lambda page, script: page.replace("<script>", "<script src=data:,x>"),
        lambda page, script: page.replace("</main>", "<script>x()</script></main>"),
        lambda page, script: page.replace("</main>", f"<script>{script}</script></main>"),
        lambda page, script: page.replace("</main>", "<script/></main>"),
    ],
)
def test_any_other_script_is_refused_even_on_the_index(change):
    page = build_index(RUN, "一覧")
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    with pytest.raises(PressError, match="スクリプト"):
        check_page(change(page, script), script)


def test_the_script_of_the_index_is_refused_where_none_is_allowed():
    with pytest.raises(PressError, match="<script>"):
        check_page(build_index(RUN, "一覧"))


# --- in the browser -------------------------------------------------------------------------------
def test_the_index_is_complete_without_script_and_asks_for_nothing(visit, index):
    told = {}
    for scripts, width in ((False, 1280), (True, 320)):
        seen = visit(index, width=width, scripts=scripts)
        assert seen.requests == [index.as_uri()] and seen.messages == []
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
        told[scripts] = seen.page.inner_text("table").split()
        controls = seen.page.locator("#controls input, #controls button, thead button").count()
        assert bool(controls) is scripts
    assert told[False] == told[True]
    assert "90.0億円" in told[True] and "人手が足りません。" in told[True]


def test_columns_are_ordered_by_their_values_and_what_has_none_comes_last(visit, index):
    page = visit(index).page
    press(page, "費用")
    assert shown(page) == ["市川市", "小松市", "鎌ケ谷市", "札幌市", "船橋市"]
    press(page, "費用")
    assert shown(page) == ["札幌市", "鎌ケ谷市", "小松市", "市川市", "船橋市"]
    press(page, "稼働の見通し")
    assert shown(page) == ["小松市", "札幌市", "市川市", "鎌ケ谷市", "船橋市"]
    assert page.eval_on_selector_all(
        "[aria-sort]", "found => found.map(h => h.innerText + h.ariaSort)"
    ) == ["稼働の見通しascending"]
    assert page.inner_text("#count") == "5団体をすべて表示しています。「稼働の見通し」の昇順。"
    page.click("text=元に戻す")
    assert (
        shown(page) == ["札幌市", "市川市", "鎌ケ谷市", "船橋市", "小松市"]
        and page.locator("[aria-sort]").count() == 0
    )


def test_search_finds_names_codes_and_prefectures_however_they_are_written(visit, index):
    page = visit(index).page
    for words, names in (
        ("鎌ヶ谷", ["鎌ケ谷市"]),
        ("１７２０３１", ["小松市"]),
        ("千葉　市川", ["市川市"]),
        ("ｶｹﾞﾂ", []),
    ):
        search(page, words, f"のうち{len(names)}団体" if names else "当てはまる団体はありません。")
        assert shown(page) == names
    search(page, "千葉県", "5団体のうち3団体を表示しています。")
    assert (
        page.eval_on_selector_all(".group", "rows => rows.filter(r => r.offsetParent).length") == 1
    )


def test_only_the_failed_are_shown_on_demand(visit, index):
    page = visit(index).page
    page.check("#only")
    assert (
        shown(page) == ["船橋市"]
        and page.inner_text("#count") == "5団体のうち1団体を表示しています。"
    )


def test_the_controls_work_by_keyboard_and_have_names(visit, index):
    page = visit(index).page
    page.focus("#search")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "only"
    page.keyboard.press("Space")
    assert shown(page) == ["船橋市"]
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert len(shown(page)) == 5 and page.evaluate("document.activeElement.id") == "search"
    page.focus('thead button[aria-label="費用"]')
    page.keyboard.press("Enter")
    assert shown(page)[0] == "市川市"
    for role, name in (
        ("searchbox", "団体名・コード・数値などで検索"),
        ("checkbox", "失敗のみ"),
        ("button", "元に戻す"),
        ("search", "一覧の検索と絞り込み"),
        ("region", "団体と結果の一覧"),
        ("columnheader", "費用"),
        ("status", None),
    ):
        assert page.get_by_role(role, name=name, exact=True).count() == 1, name


def test_a_tile_leads_to_its_rows_even_when_they_were_filtered_away(visit, index):
    page = visit(index).page
    page.check("#only")
    page.click("text=石川 1/1")
    assert len(shown(page)) == 5 and page.evaluate("location.hash") == "#g3"
    assert page.evaluate("document.querySelector(':target').innerText").startswith("石川県")


def moving(slug, name, *rows, code=""):
    """An outcome whose lots move in some quarters, on some nights, with so many systems each."""
    cutovers = []
    for quarter, night, systems in rows:
        row = {"code": code or slug, "quarter": quarter, "night": night, "systems": systems}
        cutovers.append(row)
    return city(slug, name, "石川県", 費用="1円", cutovers=cutovers)


def test_cutovers_of_one_quarter_and_of_one_night_are_summed_over_the_cities():
    first = moving("172031", "小松市", (LATE, "2028-01-04", 5), (NEXT, "2028-05-03", 2))
    second = moving("172014", "金沢市", (LATE, "2028-01-04", 4), (LATE, "2028-03-18", 9))
    variant = moving("172031--案", "小松市(案)", (LATE, "2028-01-04", 5), code="172031")
    page = build_index([first, variant, second], "一覧")
    rows = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', page)
    told = {quarter: re.findall(r">([\d,]+)<", cells) for quarter, cells in rows}
    assert told == {LATE: ["2", "3", "18", "2", "9"], NEXT: ["1", "1", "2", "1", "2"]}
    assert "2028-01-04" not in page, "an undecided day is told"


def test_one_city_or_cities_without_lots_have_no_table_of_nights():
    assert "夜ごと" not in build_index(
        [moving("172031", "小松市", (LATE, "2028-01-04", 5))], "一覧"
    )
    done = [moving("172031", "小松市"), moving("172014", "金沢市")]
    assert "夜ごと" not in build_index(done, "一覧")


@pytest.mark.parametrize(
    "cutovers",
    [
        LATE,
        [{"quarter": LATE, "night": 20280104, "systems": 2, "code": "172031"}],
        [{"quarter": LATE, "night": "2028-01-04", "systems": "2", "code": "172031"}],
        [{"quarter": LATE, "night": "2028-01-04", "systems": 2}],
    ],
)
def test_a_wrong_cutover_is_one_sentence(cutovers):
    fault = cutover_fault(cutovers)
    assert "code・quarter・night・systems を持つ辞書" in fault and fault.endswith("。")


def test_no_cutover_is_no_fault():
    assert cutover_fault([]) == ""
