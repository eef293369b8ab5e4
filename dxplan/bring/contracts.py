"""Contract lists and step tables: vendor and last day of the contract, or steps done, by system."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from dxplan.bring.findings import Fact, Findings, Note
from dxplan.bring.table import Line, Table
from dxplan.bring.words import businesses_in
from dxplan.facts.months import month_later

LONGEST = 31  # days by which months and days of a contract may differ


def findings_of(table: Table) -> Findings:
    """What a contract list says of each system that it names; other contracts are notes."""
    facts: list[Fact] = []
    notes: list[Note] = []
    asides: list[str] = []
    matched = 0
    named = next((one for one in ("business", "subject") if one in table.taken), "")
    if not named:
        return Findings(open=("業務や件名の列が取れないので、契約は読んでいません。",))
    for line in table.lines:
        start, end = _days(table, line)
        where = table.where(line, named)
        if start and end and end < start:
            asides.append(f"{where}: 契約の終わりが始まりより前なので、取りません。")
            continue
        if _months_differ(table, line, start, end):
            asides.append(f"{where}: 契約の月数が、期間と合いません。")
        businesses = _businesses(table, line)
        matched += bool(businesses)
        for business in businesses:
            facts += _facts(table, line, business, end)
        if not businesses:
            notes.append(Note(_name(table, line), start, end, "20業務でない", where))
    return Findings(tuple(facts), tuple(notes), tuple(asides), matched)


def _facts(table: Table, line: Line, business: str, end: date | None) -> Iterator[Fact]:
    if end:
        column = "end" if "end" in table.taken else "period"
        where = table.where(line, column)
        yield Fact("systems", business, "contract_end", end, "日付", where)
    vendor = table.text(line, "vendor")
    if vendor:
        where = table.where(line, "vendor")
        yield Fact("systems", business, "vendor", vendor, "", where)


def _businesses(table: Table, line: Line) -> tuple[str, ...]:
    if line.raw.get("business"):
        return table.businesses(line)
    return businesses_in(table.text(line, "subject"))


def _name(table: Table, line: Line) -> str:
    return table.text(line, "subject") or line.raw.get("business", "")


def _days(table: Table, line: Line) -> tuple[date | None, date | None]:
    span = table.value(line, "period")
    if isinstance(span, tuple):
        return span[0], span[1]
    return table.day(line, "start"), table.day(line, "end")


def _months_differ(table: Table, line: Line, start: date | None, end: date | None) -> bool:
    """Whether a row's own number of months is not that of its days."""
    months = table.number(line, "months")
    if months is None or not start or not end:
        return False
    days = (month_later(start, int(months)) - end).days
    return not 0 <= days <= LONGEST


def steps_of(table: Table) -> Findings:
    """The steps done of 40 of each system that a step table names."""
    facts: list[Fact] = []
    notes: list[Note] = []
    cities = {table.text(line, "city") for line in table.lines} - {""}
    if len(cities) > 1:
        told = f"{len(cities)}団体の行があります。1団体の行だけにしてください。"
        return Findings(open=(told,))
    for line in table.lines:
        businesses = table.businesses(line)
        said = list(_standing(table, line, businesses)) if len(businesses) == 1 else []
        facts += said
        if line.raw.get("business") and not said:
            where = table.where(line, "business")
            why = "業務か数が分からない"
            notes.append(Note(line.raw["business"], None, None, why, where))
    return Findings(tuple(facts), tuple(notes), (), len(facts))


def _standing(table: Table, line: Line, businesses: Sequence[str]) -> Iterator[Fact]:
    """What a row says of where a system stands."""
    steps = table.number(line, "steps")
    if steps is not None:
        where = table.where(line, "steps")
        yield Fact("systems", businesses[0], "steps", steps, "ステップ", where)
    since = table.day(line, "live_since")
    plan = table.day(line, "live_planned")
    if since and "live_since" not in line.loose:
        where = table.where(line, "live_since")
        yield Fact("systems", businesses[0], "live_since", since, "日付", where)
    elif plan and "live_planned" not in line.loose:
        where = table.where(line, "live_planned")
        yield Fact("systems", businesses[0], "planned", plan, "日付", where)
