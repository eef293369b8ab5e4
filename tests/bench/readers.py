"""Whether each reader's question is answered where its answer must stand, in pages of 20 cities.

    python -m tests.bench.readers [CODE ...]

A question has a place (the caption of a table, the heading of a list, or the beginning of a
paragraph) and what has to be read there. A page that is printed is read in the same way.
"""

import re
import sys
from html import unescape

from dxplan.show import report, shelf
from tests.bench.pages import CITIES
from tests.plans import whole

MONEY = r"[\d.,]+(?:億|万|千)?円|[\d,]{3,}"
DAY = r"令和\d+年\d+月\d+日"
CHANCE = r"\d+%(?:以上|以下)?"
QUESTIONS = (  # reader, question, where its answer stands, what has to be read there
    ("首長", "期限に間に合うか(確率)", "費用と確かさ", rf"期限に間に合う確率[^|]*\|[^|]*{CHANCE}"),
    ("首長", "何をいつ誰が決めるか", "いま決めること", rf"(?:課|部門|首長)[^|]*\|[^|]*{DAY}"),
    (
        "首長",
        "いくら増えるか(幅)",
        "費用と確かさ",
        rf"今より増える費用[^|]*\|[^|]*円[^|]*\|[^|]*{MONEY}〜",
    ),
    ("首長", "何が一番不確かか", "この計画を動かす5つの数", rf"〜.*\|.*{DAY}"),
    ("首長", "住民に何が起きるか", "住民への効果", "窓口|手続|施策"),
    ("財政課", "年度別の増分", "1 歳出", rf"今より増える費用.*令和\d+年度[^|]*\|.*{MONEY}"),
    ("財政課", "財源と交付税", "2 財源内訳", "交付税"),
    ("財政課", "債務負担の期間と限度額", "5 債務負担行為", "限度額|債務負担行為はない"),
    ("財政課", "要求の機会と日", "4 予算要求の予定", DAY),
    ("財政課", "補助がない場合", "費用と確かさ", rf"補助がなければ(?:{MONEY})"),
    ("財政課", "運用費の増", "費用と確かさ", r"運用経費の増[^|]*\|[^|]*円"),
    ("財政課", "積算根拠", "積算根拠(単価)", r"円/"),
    ("財政課", "現行契約の延長費", "現行契約の延長費", "見込"),
    ("都道府県", "状態と時点", "の20業務と共通機能の状態", DAY),
    ("都道府県", "期限の確率", "費用と確かさ", rf"期限に間に合う確率[^|]*\|[^|]*{CHANCE}"),
    ("都道府県", "遅れの理由", "時期を決めているもの", "ロット"),
    ("都道府県", "求める支援", "国・都道府県に求める支援", "求める"),
    ("都道府県", "同じ夜の集中", "同じ夜の集中", "夜"),
)
LATE = {"期限に間に合うか(確率)", "期限の確率", "遅れの理由", "同じ夜の集中"}  # of lots alone
OPEN = "稼働か未移行か|公表の値からは分からない"


def page_html(plan):
    """The inside of the page, chapter by chapter."""
    names = dict.fromkeys(one.page for one in shelf.load_shelf() if one.page)
    parts = [report.title_heading(plan).html()]
    return "".join([*parts, *(shelf.chapter(plan, name).html() for name in names)])


def pieces(html):
    """(title, text) of each table, list and paragraph: cells are divided by |, rows by ¶."""
    found = []
    for table in re.findall(r"<table.*?</table>", html, re.DOTALL):
        title = re.search(r"<caption>(.*?)</caption>", table)
        found.append((_text(title[1]) if title else "", _text(table)))
    for title, text in re.findall(r'class="list-title">(.*?)</p><ul>(.*?)</ul>', html, re.DOTALL):
        found.append((_text(title), _text(text)))
    for title, text in re.findall(r"<h3[^>]*>(.*?)</h3>(.*?)(?=<h[23]|$)", html, re.DOTALL):
        found.append((_text(title), _text(text)))
    for text in re.findall(r"<p[^>]*>(.*?)</p>", html, re.DOTALL):
        found.append((_text(text).partition(":")[0], _text(text)))
    return found


def _text(html):
    text = re.sub(r"</t[dh]>", "|", html)
    text = re.sub(r"</(?:tr|li|caption)>", "¶", text)
    return unescape(re.sub(r"<[^>]+>", "", text))


def unanswered(html, situation):
    """The questions (reader, question) of a page whose answer does not stand where it must."""
    found = pieces(html)
    for reader, question, place, wanted in QUESTIONS:
        # what nobody can say without lots is said in words: nothing is left, or all is open
        silent = situation == "after" or (situation == "questions" and re.search(OPEN, html))
        if question in LATE and silent:
            continue
        texts = [text for title, text in found if place in title]
        if not any(re.search(wanted, text.replace("¶", " ")) for text in texts):
            yield reader, question


def run(codes):
    """A line a city, and how many questions are answered."""
    missing = 0
    for code in codes:
        plan = whole(code)
        lacks = list(unanswered(page_html(plan), plan.city.situation))
        missing += len(lacks)
        told = (
            "、".join(f"{reader}「{question}」" for reader, question in lacks) or "すべて答えがある"
        )
        print(f"{code} {plan.city.name}: {told}")
        whole.cache_clear()
    print(f"{len(codes)} pages, {len(QUESTIONS)} questions each, {missing} without an answer")


if __name__ == "__main__":
    run(sys.argv[1:] or CITIES)
