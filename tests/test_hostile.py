"""Names and notes that are markup, formulas or unseen: shown as text, or refused by a sentence."""

import csv
import hashlib
import json
import random
import re
import unicodedata
import zipfile
from collections import namedtuple
from io import BytesIO, StringIO
from xml.etree import ElementTree as ET

import openpyxl
import pandas as pd
import pytest
from ical.calendar_stream import IcsCalendarStream

from dxplan import bundles, reports
from dxplan.facts.letters import letter_fault
from dxplan.facts.params import CHAPTERS
from dxplan.plan.whole import plan_city
from dxplan.press.batch import run_batch
from dxplan.press.country.index import write_index
from dxplan.town.city import ParamError, load_city

ORIGIN = "as_of: 2026-11-01, source: 表, grade: A"


@pytest.fixture
def city_of(tmp_path):
    """A function that reads a text as the params of 白川村."""

    def load(text, slug="216046"):
        (tmp_path / f"{slug}.yaml").write_text(text, encoding="utf-8")
        return load_city(slug, tmp_path)

    return load


def vendor(name):
    return f'code: "216046"\nlots:\n  ロット1: {{vendor: {name}, {ORIGIN}}}\n'


def lot(name):
    return f'code: "216046"\nlots:\n  {name}: {{systems: [印鑑登録], {ORIGIN}}}\n'


@pytest.mark.parametrize(
    "text, line, words",
    [
        (
            vendor(r'"窓\u200b口"'),
            3,
            ("ロット1.vendor", "「窓」の次(U+200B)に、見えない文字", "打ち直してください"),
        ),
        (vendor(r'"窓\n口"'), 3, ("ロット1.vendor", "改行")),
        (vendor("窓" * 61), 3, ("ロット1.vendor", "61字", "60字まで")),
        (lot(r'"窓口\u202eA"'), 3, ("ロットの項目名", "「窓口」の次(U+202E)に、文字の向き")),
        (vendor("高木\ue123商会"), 3, ("「高木」の次(U+E123)に、外字", "標準の字")),
        (
            'code: "216046"\nnote: "文字\ufffd"\n',
            2,
            ("note", "「文字」の次(U+FFFD)に、文字化け", "元の文書"),
        ),
    ],
)
def test_what_cannot_be_seen_is_refused_with_file_line_and_what_to_do(city_of, text, line, words):
    with pytest.raises(ParamError) as found:
        city_of(text)
    (sentence,) = found.value.faults
    assert f"/216046.yaml {line}行目 " in sentence and sentence.endswith("ください。")
    for word in words:
        assert word in sentence


def test_blanks_around_a_name_are_no_part_of_it(city_of):
    assert city_of(vendor(r'"\tベンダA "')).lots[0].vendor == "ベンダA"
    assert list(city_of(lot(r'"\t窓口 "')).said) == ["窓口"]


def kept(text):
    """A text as it should come back: composed, a tab as a blank, nothing around it.

    It is said again without the product's own code.
    """
    return unicodedata.normalize("NFC", re.sub("\r\n?", "\n", text)).replace("\t", " ").strip()


# --- a plan whose every name and note is hostile, from the file to the zip ------------------------
VILLAGE, VARIANT, WRONG = "335860", "335860--hostile", "216046"
NAMES = (  # up to 59 letters, so that the place of a name can be added
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    '=HYPERLINK("http://x.example","y")',
    "+1",
    "-1",
    "@SUM(A1)",
    "=cmd|' /C calc'!A0",
    "&amp;]]>",
    "**b** [a](javascript:alert(1))",
    "課;,\\n\\,:課",
    "javascript:alert(1)",
    "𠮷野家😀𰻞葛\U000e0100",
    "$x$ {{ 7*7 }} `c` %s{0}",
    "</title></svg></table>",
    "長" * 59,
    "W" * 59,
    "課\tA",
    "＝1＋1",
)
TEXTS = (
    *NAMES,
    "改行\n<i>2行目</i>\n\n=4行目",
    "W" * 1900,
    "--><!--",
    "BEGIN:VEVENT\nEND:VCALENDAR",
    "<r><t>x</t></r>",
    "&#x202e;&P&A",
)
SYSTEMS = (
    "住民基本台帳",
    "選挙人名簿管理",
    "固定資産税",
    "個人住民税",
    "法人住民税",
    "軽自動車税",
    "国民健康保険",
    "国民年金",
    "障害者福祉",
    "後期高齢者医療",
    "介護保険",
    "児童手当",
    "健康管理",
    "児童扶養手当",
    "子ども・子育て支援",
    "印鑑登録",
    "戸籍",
    "戸籍の附票",
)
LOTS, VENDORS, SECTIONS = ([kept(name + place) for name in NAMES] for place in "甲乙丙")
AGREED = {
    "base": VILLAGE,
    "who": NAMES[0] + "者",
    "when": "2026-11-02",
    "why": NAMES[1] + "理由",
    "note": TEXTS[20] + "記",
}
NOTES = {chapter: TEXTS[len(NAMES) + k] + f"章{k}" for k, chapter in enumerate(CHAPTERS)}
FORMULA = re.compile(r"=(SUM|SUBTOTAL)\((109,)?[A-Z]+\d+:[A-Z]+\d+\)|=[A-Z]+\d+[+-][A-Z]+\d+")
Made = namedtuple("Made", "out params files plan refusal")


def origin(place, number):
    """Where a value is from; its source and its note stand once in the file."""
    source, note = (TEXTS[(number + step) % len(TEXTS)] for step in (0, 7))
    return {
        "as_of": "2026-11-01",
        "source": f"{source}源{place}{number}",
        "grade": "A",
        "note": f"{note}注{place}{number}",
    }


def village():
    """The params of the base: lots, vendors, sections, and where each number is from."""
    systems = {
        name: {"steps": 20, "unit": "ステップ"} | origin("系", k) for k, name in enumerate(SYSTEMS)
    }
    lots = {
        LOTS[k]: {
            "systems": [name],
            "vendor": VENDORS[k],
            "offered": f"{2029 + k // 9}-0{1 + k % 9}-04",
            "confidence": "口頭",
        }
        | origin("提", k)
        for k, name in enumerate(SYSTEMS)
    }
    sections = {
        SECTIONS[k]: {"staff": 3, "unit": "人", "businesses": [name]} | origin("課", k)
        for k, name in enumerate(SYSTEMS)
    }
    gates = {"当初予算": {"request_by": "10-31", "available": "04-01"} | origin("門", 3)}
    forms = {"業務委託": {"form_max": {"value": 3, "unit": "人"} | origin("形", 5)}}
    values = {"dx_staff": {"value": 3, "unit": "人"} | origin("値", 9)}
    return {
        "code": VILLAGE,
        "values": values,
        "lots": lots,
        "systems": systems,
        "sections": sections,
        "gates": gates,
        "forms": forms,
        "notes": NOTES,
    }


ORIGINS = [
    kept(text)
    for place, numbers in (
        ("提", range(len(VENDORS))),
        ("課", range(len(SYSTEMS))),
        ("門", [3]),
        ("値", [9]),
    )
    for number in numbers
    for text in (origin(place, number)["source"], origin(place, number)["note"])
]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Page, index, all files and zip of the variant; the row of a city whose file is refused."""
    params, out = tmp_path_factory.mktemp("params"), tmp_path_factory.mktemp("out")
    wrong = {"code": WRONG, "<img src=x onerror=alert(1)>": 1}
    for slug, said in ((VILLAGE, village()), (VARIANT, AGREED), (WRONG, wrong)):
        lines = [
            f"{name if name.isalpha() else json.dumps(name)}: "
            f"{json.dumps(part, ensure_ascii=False)}\n"
            for name, part in said.items()
        ]
        (params / f"{slug}.yaml").write_text("".join(lines), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(reports.EFFORT, "簡易")
        patch.setenv(reports.FILES, str(params))
        with pytest.raises(ParamError) as refusal:
            load_city(WRONG)
        outcomes = run_batch(
            reports.REPORT, reports.load_jobs([VARIANT, WRONG], False), out, files=reports.FILES
        )
        assert {outcome.slug: outcome.ok for outcome in outcomes} == {
            VARIANT: True,
            WRONG: False,
        }, [one.error for one in outcomes]
        write_index(outcomes, out)
        plan = plan_city(load_city(VARIANT))
        kinds = ("xlsx", "ics", "mspdi", "csv")  # what is read below; the zip holds the others too
        files = {name: data for name, data, _ in bundles.files_in(plan, kinds, out)}
        bundles.write_bundle(VARIANT, out / f"{VARIANT}.html", out)
    return Made(out, params, files, plan, str(refusal.value))


def missing(texts, shown):
    """Which texts, line by line, do not stand to the letter in what is shown."""
    return [line for text in texts for line in text.split("\n") if line.strip() not in shown]


@pytest.mark.rest
@pytest.mark.parametrize("scripts", [True, False])
def test_the_page_shows_every_text_to_the_letter_and_starts_nothing(made, visit, scripts):
    path = made.out / f"{VARIANT}.html"
    seen, dialogs = visit(path, scripts=scripts), []
    seen.page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    seen.page.reload(wait_until="load")
    seen.page.wait_for_load_state("networkidle")
    assert set(seen.requests) == {path.as_uri()} and (seen.messages, dialogs) == ([], [])
    shown = seen.page.text_content("body")
    # sections, sources and notes of values stand in the workbook, which is read below
    assert missing([*LOTS, AGREED["who"], AGREED["why"], AGREED["note"]], shown) == []
    assert (
        seen.page.locator(
            "img, iframe, object, embed, form, base, i, [onerror], [src], a[href^=javascript]"
        ).count()
        == 0
    )


@pytest.mark.rest
def test_what_was_said_in_the_meeting_stands_on_the_page_line_by_line(made, visit):
    assert missing(NOTES.values(), visit(made.out / f"{VARIANT}.html").text) == []


@pytest.mark.rest
def test_the_longest_words_do_not_widen_the_page(made, visit):
    assert (
        visit(made.out / f"{VARIANT}.html", width=320).page.evaluate(
            "document.documentElement.scrollWidth"
        )
        <= 320
    )


@pytest.mark.rest
def test_the_index_says_what_was_wrong_to_the_letter_and_starts_nothing(made, visit):
    path = made.out / "index.html"
    seen = visit(path)
    assert seen.requests == [path.as_uri()] and seen.messages == []
    assert (
        "<img src=x onerror=alert(1)>: 知らない項目です" in made.refusal
        and missing([made.refusal], seen.page.text_content("body")) == []
    )
    assert seen.page.locator("img, [onerror]").count() == 0


@pytest.mark.rest
def test_the_calendar_is_read_back_to_the_letter(made):
    content = made.files[f"{VARIANT}.ics"]
    assert all(len(line) <= 75 and line.decode() is not None for line in content.split(b"\r\n"))
    events = IcsCalendarStream.calendar_from_ics(content.decode()).events
    assert len(events) == content.replace(b"\r\n ", b"").count(b"\r\nBEGIN:VEVENT\r\n") > 40
    shown = "\n".join(f"{event.summary}\n{event.description}" for event in events)
    assert missing([*LOTS, *SECTIONS], shown) == []


@pytest.mark.rest
def test_the_project_file_names_every_lot_vendor_and_section_to_the_letter(made):
    root = ET.fromstring(made.files[f"{VARIANT}.xml"])
    space = "{http://schemas.microsoft.com/project}"
    tasks = {task.findtext(f"{space}Name") for task in root.iter(f"{space}Task")}
    means = {one.findtext(f"{space}Name") for one in root.iter(f"{space}Resource")}
    said = {value.text for value in root.iter(f"{space}Value")}
    assert (
        missing(LOTS, "\n".join(tasks)) == [] and set(SECTIONS) <= means and set(SECTIONS) <= said
    )
    assert missing(VENDORS, "".join(root.itertext())) == []
    assert missing(ORIGINS[-1:], "".join(root.itertext())) == ORIGINS[-1:], (
        "a text that is not in the file is missed"
    )


@pytest.mark.rest
def test_no_cell_of_the_tables_begins_as_a_formula(made):
    found = [data for name, data in made.files.items() if name.endswith(".csv")] + [
        (made.out / "cities.csv").read_bytes()
    ]
    cells = [
        cell
        for data in found
        for row in csv.reader(StringIO(data.decode("utf-8-sig"), newline=""))
        for cell in row
    ]
    for cell in cells:
        assert not cell.startswith(
            ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r")
        ) or re.fullmatch(r"-?\d+(\.\d+)?(e-?\d+)?", cell), cell
    bare = "\n".join(cell.removeprefix("'") for cell in cells)
    one_line = [re.sub("\n+", " ", text) for text in [*LOTS, *VENDORS, *SECTIONS, *ORIGINS]]
    assert len(found) > 40 and missing([*one_line, made.refusal], bare) == []


@pytest.mark.rest
def test_the_measures_of_the_run_keep_the_refusal_to_the_letter(made):
    frame = pd.read_parquet(made.out / "cities.parquet")
    assert missing([made.refusal], frame[frame["slug"] == WRONG]["error"].iloc[0]) == []


@pytest.mark.rest
def test_no_text_becomes_a_formula_or_a_link_of_the_workbook(made):
    data = made.files[f"{VARIANT}.xlsx"]
    cells = [
        cell
        for sheet in openpyxl.load_workbook(BytesIO(data))
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    ]
    formulas = [cell.value for cell in cells if cell.data_type == "f"]
    assert formulas and [one for one in formulas if not FORMULA.fullmatch(one)] == []
    texts = [str(cell.value) for cell in cells if cell.data_type != "f"]
    assert (
        missing([*LOTS, *SECTIONS, *ORIGINS, AGREED["who"], AGREED["why"]], "\n".join(texts)) == []
    )
    assert not [cell.coordinate for cell in cells if cell.hyperlink and cell.hyperlink.target]
    with zipfile.ZipFile(BytesIO(data)) as parts:
        assert not [
            name for name in parts.namelist() if b'TargetMode="External"' in parts.read(name)
        ]


@pytest.mark.rest
def test_the_zip_holds_the_files_to_the_byte_under_plain_names(made):
    with zipfile.ZipFile(made.out / f"{VARIANT}.zip") as bundle:
        names = bundle.namelist()
        assert bundle.testzip() is None and all(
            re.fullmatch(r"[\w./\-]+", name, re.ASCII) and ".." not in name for name in names
        )
        assert {name: bundle.read(name) for name in made.files} == made.files
        said = json.loads(bundle.read("manifest.json"))
        assert all(
            hashlib.sha256(bundle.read(one["name"])).hexdigest() == one["sha256"]
            for one in said["files"]
        )
        for slug in (VILLAGE, VARIANT):
            assert bundle.read(f"params/{slug}.yaml") == (made.params / f"{slug}.yaml").read_bytes()


# --- chance ---------------------------------------------------------------------------------------
LETTERS = "<>&\"'=+-@;:,\\|`*_#{}[]()%!?/$~^ 0aWア漢か\u3099葛\U000e0100𠮷😀👩\u200d💻\ufe0f\t\n"
UNSEEN = "\r\x00\x07\x1b\x7f\x85\u2028\u200b\u202e\u2066\ufeff\ufffd\ufffe\ud842\ue000\u0338\u3164"


def draws(count):
    """(text, whether it may have letters that cannot be seen), the same each time."""
    chance = random.Random(0)
    for number in range(count):
        letters = LETTERS + UNSEEN * (number % 2)
        yield "".join(chance.choices(letters, k=chance.choice((1, 2, 5, 12, 30, 61, 2001))))


def quoted(text):
    """A text as YAML between double quotes, each letter that a file cannot hold as its number."""
    return re.sub(
        "[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]",
        lambda found: f"\\u{ord(found[0]):04x}",
        json.dumps(text, ensure_ascii=False),
    )


def outcome(city_of, text):
    """The city of a text, or the sentences of its refusal, each with the file."""
    try:
        return city_of(text), ()
    except ParamError as fault:
        assert all(
            "/216046.yaml" in sentence and sentence.endswith(("。", "です。"))
            for sentence in fault.faults
        ), fault.faults
        return None, fault.faults


def test_any_text_between_quotes_comes_back_to_the_letter_or_is_refused_with_its_line(city_of):
    count = 0
    for text in draws(200):
        name = text[:200]  # a key of YAML may not be much longer
        long, short = letter_fault(kept(text)), letter_fault(kept(name), 60)
        city, faults = outcome(
            city_of,
            f'code: "216046"\nnote: {quoted(text)}\n'
            f"lots:\n  {quoted(name)}: {{systems: [印鑑登録], {ORIGIN}}}\n",
        )
        if city:
            count += 1
            assert (city.note, list(city.said)) == (kept(text), [kept(name)]) and not long + short
        else:
            lines = {
                int(line)
                for sentence in faults
                for line in re.findall(r"/216046\.yaml (\d+)行目 ", sentence)
            }
            assert lines == {line for line, fault in ((2, long), (4, short)) if fault}, (
                text,
                faults,
            )
    assert 40 < count < 160


def test_any_text_without_quotes_is_read_or_refused_and_nothing_else_happens(city_of):
    count = 0
    for text in draws(200):
        city, faults = outcome(city_of, f'code: "216046"\nnote: {text}\n'.replace("\ud842", "?"))
        count += city is not None
        assert city is None or not letter_fault(city.note), text
        assert city or all(re.search(r" \d+行目 ", sentence) for sentence in faults), (text, faults)
    assert 5 < count < 150
