"""The page, the workbook, the CSV files and the calendar of some cities state the same numbers.

Every figure is summed here from the budget's rows and looked for in the files as a program of
somebody else reads them: the page by an HTML parser, the workbook by openpyxl, the CSV by ``csv``,
the calendar line by line.
"""

import csv
import random
import re
from collections import Counter, defaultdict
from html.parser import HTMLParser
from io import BytesIO, StringIO

import openpyxl

from dxplan.export.book import book_bytes
from dxplan.export.ics import ics_bytes
from dxplan.export.tables import csv_bytes, tables
from dxplan.plan.whole import plan_city
from dxplan.show import agenda, front, shelf, whole
from dxplan.town.city import load_city
from tests.bench.check import days
from tests.plans import NOWHERE, QUICK

SEED = 15
SUMS = "計"
COST, FUNDS, YEARS = ("new", "current", "total"), ("total", "bond", "general"), "経費と財源"
BURDEN = ("allocation", "net")
CURRENT = "current"
# what a decision is about: a lot, a budget, a step, or the form of those who are sought
ABOUT = re.compile(r"ロット\d+|[\d〜]+月補正|当初予算|首長査定|ステップ\d|^[^、。:]+?(?=\(\d+人\))")


def main(codes, count):
    """Print what differs in some of the cities; how many bars are broken."""
    drawn = random.Random(SEED).sample(sorted(codes), min(count, len(codes)))
    kinds = defaultdict(list)
    for code in drawn:
        plan = plan_city(load_city(code, NOWHERE), QUICK)
        for kind, text in differences(plan):
            kinds[kind].append(f"{code} {plan.city.name}: {text}")
    print(f"\npage, workbook, CSV and calendar of {len(drawn)} cities: {' '.join(drawn)}")
    for kind, texts in sorted(kinds.items()):
        print(f"- {kind}: {len(texts)}")
        print("".join(f"    {text}\n" for text in texts[:20]), end="")
    return len(kinds)


def differences(plan):
    """(kind, sentence) of what the files do not say as the plan does."""
    made = tables(plan)
    sheets = openpyxl.load_workbook(BytesIO(book_bytes(plan)), data_only=True)
    yield from _page(plan)
    yield from _years(plan, made, sheets)
    yield from _twins(made, sheets)
    yield from _calendar(plan, ics_bytes(plan, b""))


# --- what the budget says -------------------------------------------------------------------------
def _expected(plan):
    """Label of a column -> thousands of yen over all years, summed from the rows of the plan."""
    item, funding = plan.budget.item, plan.budget.funding
    current = int(item[item["group"] == CURRENT]["yen"].sum())
    total = int(item["yen"].sum())
    part = Counter(funding.groupby("fund")["yen"].sum().to_dict())
    allocation = part["special"] + part["ordinary"]
    yen = {
        "new": total - current,
        "current": current,
        "total": total,
        "bond": part["bond"],
        "general": allocation + part["net"],
        "allocation": allocation,
        "net": part["net"],
    }
    label = {row["column"]: row["label"] for row in days.rows("headings")}
    words = {row["name"]: row["text"] for row in _labels("fund")}
    found = {}
    for name, amount in yen.items():
        found[label[name] or words.get(name, name)] = amount // 1000
    return found


def _labels(kind):
    """Rows of the words of a kind."""
    found = []
    for row in days.rows("labels"):
        values = list(row.values())
        if values[0] == kind:
            found.append({"name": values[1], "text": values[2]})
    return found


# --- page, workbook, CSV --------------------------------------------------------------------------
class Tables(HTMLParser):
    """Caption -> rows of texts of the tables of a page."""

    def __init__(self):
        super().__init__()
        self.found, self._title, self._cell = {}, None, None

    def handle_starttag(self, tag, attrs):
        if tag == "table":
            self._rows = []
        elif tag == "tr":
            self._rows.append([])
        elif tag in ("td", "th", "caption"):
            self._cell = []

    def handle_endtag(self, tag):
        if tag == "caption":
            self._title, self._cell = "".join(self._cell), None
        elif tag in ("td", "th") and self._cell is not None:
            self._rows[-1].append("".join(self._cell))
            self._cell = None
        elif tag == "table":
            self.found[self._title] = self._rows

    def handle_data(self, data):
        if self._cell is not None:
            self._cell.append(data)


def _page(plan):
    """The budget's chapter of the page: the two tables of years."""
    parser = Tables()
    parser.feed(shelf.chapter(plan, "budget").html())
    wanted = _expected(plan)
    for title in ("1 歳出", "2 財源内訳"):
        rows = parser.found.get(title)
        if not rows:
            yield "page", f"表「{title}」がない"
            continue
        yield from _compared("page", title, rows[0], rows[-1], wanted)


def _compared(kind, where, heads, cells, wanted):
    """The sums of a last row under the headings that are known."""
    seen = 0
    for head, cell in zip(heads, cells):
        name = head.split("(")[0].strip()
        if name in wanted:
            seen += 1
            said = _amount(cell)
            if said != wanted[name]:
                yield kind, f"{where}の{name}は{said}、計画は{wanted[name]}(千円)"
    if cells[0] != SUMS or seen < 3:
        yield kind, f"{where}の計の行が読めない({heads})"


def _amount(cell):
    text = str(cell).replace(",", "").replace("−", "-").strip()
    try:
        return round(float(text), 6)
    except ValueError:
        return None


def _years(plan, made, sheets):
    """The sums of years in the workbook and the CSV, and the sums of what is asked and promised."""
    wanted = _expected(plan)
    rows = _sheet_rows(sheets[YEARS])
    yield from _compared("workbook", YEARS, rows[0], rows[-1], wanted)
    for name in ("budget-cost", "budget-funding"):
        rows = _csv_rows(made[name])
        yield from _compared("csv", name, rows[0], rows[-1], wanted)
    request = plan.budget.request
    for name, column, place in (
        ("budget-request", "yen", "要求額"),
        ("budget-promise", "limit", "限度額"),
    ):
        amount = int(request[column].sum()) // 1000
        rows = _csv_rows(made[name]) if name in made else [[place]]
        said = _total(rows, place)
        if said != amount:
            yield "csv", f"{name}の{place}の計は{said}、計画は{amount}(千円)"


def _total(rows, name):
    place = next(k for k, head in enumerate(rows[0]) if head.startswith(name))
    return sum(_amount(row[place]) or 0 for row in rows[1:])


def _csv_rows(table):
    text = csv_bytes(table).decode("utf-8-sig")
    return list(csv.reader(StringIO(text, newline="")))


def _sheet_rows(sheet):
    """Heading row and the rows below it: the first row with three texts begins the table."""
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    first = next(k for k, row in enumerate(rows) if sum(isinstance(cell, str) for cell in row) >= 3)
    heads = [str(cell or "").replace("\n", "") for cell in rows[first]]
    body = [row for row in rows[first + 1 :] if any(cell is not None for cell in row)]
    return [heads, *body]


def _twins(made, sheets):
    """What is both a sheet and a CSV file has the same sums under the same headings."""
    for row in days.rows("shelf"):
        if not row["csv"] or not row["sheet"] or row["csv"] not in made:
            continue
        ours, theirs = _csv_rows(made[row["csv"]]), _sheet_rows(sheets[row["sheet"]])
        for place, head in enumerate(ours[0]):
            if head not in theirs[0]:
                continue
            one = [_amount(cells[place]) for cells in ours[1:]]
            column = theirs[0].index(head)
            body = theirs[1 : len(ours)]
            other = [_amount(cells[column]) for cells in body]
            if any(value is None for value in one + other):
                continue
            ratio = 100 if "%" in head else 1  # a cell holds a share
            if abs(sum(one) - sum(other) * ratio) > 1e-4 * max(1, abs(sum(one))) and abs(
                sum(one) - sum(other)
            ) > 1e-4 * max(1, abs(sum(one))):
                yield "twins", f"{row['csv']}の{head}: CSV {sum(one):g}、ブック {sum(other):g}"


# --- calendar -------------------------------------------------------------------------------------
def _events(data):
    """The events of a calendar: name of a line -> its text."""
    lines = data.decode().replace("\r\n ", "").replace("\r\n\t", "").split("\r\n")
    found, event = [], None
    for line in lines:
        if line == "BEGIN:VEVENT":
            event = {}
        elif line == "END:VEVENT":
            found.append(event)
            event = None
        elif event is not None and ":" in line:
            name, text = line.split(":", 1)
            event[name.split(";")[0]] = text.replace("\\n", "\n").replace("\\", "")
    return found


def _held(text, told):
    """Whether what stands on a day says a decision: its sentence, or all that it is about."""
    about = ABOUT.findall(text)
    return text.rstrip("。") in told or (bool(about) and all(word in told for word in about))


def _calendar(plan, data):
    """Requests, recruitments, starts, decisions and sessions are in the calendar, on their day."""
    told = defaultdict(str)
    events = _events(data)
    for event in events:
        told[event["DTSTART"][:8]] += event["SUMMARY"] + event.get("DESCRIPTION", "")
    for day, gate in sorted({(r.request_by, r.gate) for r in plan.budget.request.itertuples()}):
        if f"{gate}(" not in told[f"{day:%Y%m%d}"]:
            yield "ics_request", f"{day}の{gate}の要求がない"
    contract = plan.staffing.contract
    for row in contract[~contract["given"].astype(bool)].itertuples():
        if row.form not in told[f"{row.start:%Y%m%d}"]:
            yield "ics_start", f"{row.start}の{row.form}の開始がない"
        begun = [
            event
            for event in events
            if row.form in event["SUMMARY"] and ("募集" in event["SUMMARY"])
        ]
        if not any(event["DTSTART"][:8] < f"{row.start:%Y%m%d}" for event in begun):
            yield "ics_recruit", f"{row.start}からの{row.form}の募集の開始がない"
    decisions = sorted([*agenda.roadmap_decisions(plan.pmo), *whole.decisions(plan)])
    for day, text in decisions:
        if not _held(text, told[f"{day:%Y%m%d}"]):
            yield "ics_decision", f"{day}「{text}」がない"
    sessions = sum(event["CATEGORIES"] == "研修" for event in events)
    if sessions != len(plan.training.session):
        yield "ics_session", f"研修は{sessions}件、計画は{len(plan.training.session)}回"
    row = next(one for one in days.rows("municipalities") if one["code"] == plan.city.code)
    if row["dx_cio_assistant"] == "1" and any("CIO補佐官(" in text for _, text in decisions):
        yield "advice", "CIO補佐官がいる(dx_cio_assistant=1)のに、募集を勧める"
    # as page one tells them: of one day, in the order in which they are told
    first = next((one.what for one in front.decisions(plan)), "")
    if row["dx_policy"] == "0" and "全体方針" not in first:
        yield "policy", f"全体方針がない(dx_policy=0)のに、最初に勧めることは「{first}」"
