"""What an edition tells: by whom it is, where the city stands in brief, tables without columns.

An edition without money shows no sentence of the report's summary; its own is said here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dxplan.plan.pmo import PmoPlan
from dxplan.show import labels, style
from dxplan.show.state import question_text, situation_text, states_text
from dxplan.show.style import Figure, Shown, Table, Text
from dxplan.town.city import City
from dxplan.town.edition import MONEY

CLOSED = "この項目は、{}には載せていない。"
UNNAMED = "この版"
BLANK = "未記入"
YEN = "円"  # in the unit of a column that holds money
Pairs = list[tuple[str, str]]


def byline_pairs(city: City) -> Pairs:
    """For whom, by whom, from when and for whose eyes; nothing of the usual paper of nobody."""
    edition = city.edition
    title, author = edition.title, edition.author
    if not (title or author):
        return []
    pairs: Pairs = []
    if title:
        pairs.append(("版", title))
    pairs.append(("作成者", author or BLANK))
    made = labels.date_text(city.basis)
    pairs.append(("作成日", f"{made}(計画の基準日)"))
    if title:
        pairs.append(("取扱い", edition.told))
    return pairs


def byline_text(city: City) -> Text:
    """The same in a line."""
    pairs = byline_pairs(city)
    if not pairs:
        return Text("")
    said = "　".join(f"{name}: {text}" for name, text in pairs)
    return style.paragraph(said, "reading")


def closed_text(city: City) -> Text:
    """What stands in the place of what an edition does not show."""
    title = city.edition.title or UNNAMED
    return style.paragraph(CLOSED.format(title))


def opened(city: City, shown: Shown) -> Shown:
    """What is shown, without the columns that the edition leaves out."""
    edition = city.edition
    if edition.tells(MONEY) and not edition.columns:
        return shown
    if isinstance(shown, Figure):
        data = opened_table(city, shown.data)
        return replace(shown, data=data)
    if isinstance(shown, Table):
        return opened_table(city, shown)
    return shown


def opened_table(city: City, table: Table) -> Table:
    """A table without the columns that the edition leaves out."""
    frame = table.frame
    closed = list(_closed(city, table))
    if not closed:
        return table
    return replace(table, frame=frame.drop(columns=closed))


def _closed(city: City, table: Table) -> Iterator[str]:
    left = city.edition.columns.split()
    told = city.edition.tells(MONEY)
    for column in table.frame.columns:
        unit = labels.heading_of(column).unit
        if column in left or YEN in unit and not told:
            yield column


# --- the summary of an edition without money ------------------------------------------------------
def brief_pairs(plan: PmoPlan) -> Pairs:
    """States, and what is seen of each lot, in quarters."""
    city = plan.city
    told = plan.told.lot.set_index("lot")
    pairs = [("状態", states_text(city))]
    for lot in plan.lots.to_dict("records"):
        row = told.loc[lot["lot"]]
        median = labels.quarters_text(row["p50_from"], row["p50_to"])
        span = labels.quarters_text(row["p20"], row["p80_to"])
        name = f"{lot['title']}の稼働の見通し"
        pairs.append((name, f"{median}(幅 {span})"))
    end = city.at("end_date").day
    pairs.append(("期限", labels.date_text(end)))
    return pairs


def brief_section(plan: PmoPlan) -> Text:
    """Where the city stands, what is open, and what is seen of its lots."""
    city = plan.city
    pieces = [style.paragraph(situation_text(city), "lead")]
    question = question_text(city)
    if question:
        pieces.append(style.paragraph(question, "question"))
    pieces.append(style.pair_list(brief_pairs(plan), "headline"))
    return Text("".join(piece.html() for piece in pieces))
