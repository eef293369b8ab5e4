"""Own people only, outsiders only, both, the own mix on one city: what each does and costs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial

import numpy as np
import pandas as pd

from dxplan.facts import months
from dxplan.plan.whole import Comparison, Plan
from dxplan.show import axes, charts, labels, style
from dxplan.show.charts import Canvas
from dxplan.show.sentences import sentence
from dxplan.show.style import Figure, Shown, Table, Text

LINES = dict(zip(("own", "outside", "both", "mix"), charts.LINES, strict=False))
ASSUMED = (
    f"人員・割合・単価は仮定を含む({labels.UNCONFIRMED}。"
    "「前提と出典」「形態ごとの前提」の表を参照)"
)
STANDING = "経常の仕事"
NEVER = "計画期間内には到達しない"
SAME_DATES = "移行の日程はどの進め方でも同じで、その日程に足りない人手を「人手の不足」に数える。"
FEW = 0.05  # person-months, people and months below which two strategies are called alike
ALIKE = 0.005  # share of money below which two strategies cost alike
TEN_THOUSAND, MILLION = 10_000, 1_000_000


def source_text(found: Comparison) -> str:
    """Where the numbers come from; the gap of each strategy is in the table."""
    city = found.city
    return (
        f"出典: この計画の試算(計画の開始 {labels.date_text(city.start)})。"
        f"{labels.date_text(city.basis)}時点。{ASSUMED}"
    )


def _rows(found: Comparison) -> dict[str, dict]:
    return {row["strategy"]: row for row in found.row.to_dict("records")}


def _name(strategy: str) -> str:
    return f"「{labels.word_of('strategy', strategy)}」"


# --- in words ------------------------------------------------------------------------------------
def verdict_text(found: Comparison) -> str:
    """What the plan's strategy gives against the others, and from which price on; no winner."""
    rows = _rows(found)
    even = {row["strategy"]: row for row in found.even.to_dict("records")}
    now = next(row for name, row in rows.items() if name not in even)
    text = sentence("way.now", name=found.city.name, way=_name(now["strategy"]))
    for name, pair in even.items():
        text += _against_text(now, rows[name])
        text += _price_text(now, pair)
    return text + _given_text(found)


def _price_text(now: dict, pair: dict) -> str:
    """From which worth of a missing person-month on one strategy is worth its money."""
    alike = abs(pair["yen"]) <= _alike(now) or abs(pair["short"]) <= FEW
    if pd.isna(pair["price"]) or alike:
        return ""
    # the one that is short of less costs more
    full, lean = _name(now["strategy"]), _name(pair["strategy"])
    if pair["short"] < 0:
        full, lean = lean, full
    # two figures: the weights behind it are guesses
    worth = labels.number_text(float(f"{pair['price'] / TEN_THOUSAND:.2g}"))
    return sentence("way.price", worth=worth, full=full, lean=lean)


def _given_text(found: Comparison) -> str:
    """The prices that the calculation itself rests on: guesses of the city's view."""
    city = found.city
    short = labels.number_text(city.number("price_short") / TEN_THOUSAND)
    time = labels.number_text(city.number("own_time_yen") / TEN_THOUSAND)
    return sentence("way.given", short=short, time=time, unsure=labels.UNCONFIRMED)


def verdict_paragraph(found: Comparison) -> Shown:
    """The sentences of ``verdict_text``, framed, and what the meeting said of it."""
    verdict = style.paragraph(verdict_text(found), "verdict")
    return Text(verdict.html() + style.minutes_text(found.city, "staffing").html())


def _against_text(best: dict, other: dict) -> str:
    """What another strategy does better, and what worse, than the plan's own."""
    clauses: dict[bool, list[str]] = {True: [], False: []}
    for better, text in _differences(best, other):
        clauses[bool(better)].append(text)
    good, bad = _joined(clauses[True]), _joined(clauses[False])
    # Both sides need a but between them.
    if good and bad:
        good += "が、"
    way = _name(other["strategy"])
    if not good + bad:
        return sentence("way.same", way=way)
    return sentence("way.against", way=way, differences=good + bad)


def _joined(texts: list[str]) -> str:
    """Clauses as one: all but the last in the form that goes on (少ない becomes 少なく)."""
    endings = (("らない", "らず"), ("しない", "せず"), ("い", "く"), ("する", "し"), ("る", "り"))
    clauses = []
    for text in texts[:-1]:
        # らない and しない go before い: the longer ending is tried first.
        ending, going = next(pair for pair in endings if text.endswith(pair[0]))
        clauses.append(text.removesuffix(ending) + going)
    return "、".join([*clauses, *texts[-1:]])


def _differences(best: dict, other: dict) -> Iterator[tuple[bool, str]]:
    """(whether it is better, words) of each measure in which the strategies differ."""
    yen, short, left, change = (
        other[name] - best[name] for name in ("yen", "short", "left", "change")
    )
    if abs(yen) > _alike(best):
        yield yen < 0, f"支出が{labels.yen_text(abs(yen))}{_less(yen)}"
    if abs(short) > FEW:
        yield short < 0, f"人手の不足が{abs(short):,.1f}人月{_less(short)}"
    yield from _later(best["self_reliant"], other["self_reliant"])
    if abs(left) >= ALIKE:
        share = f"最後の月に職員が担う{STANDING}は{labels.percent_text(other['left'])}%"
        yield left > 0, share + ("になる" if left > 0 else "にとどまる")
    if abs(change) > FEW:
        yield change > 0, f"変革人材が{labels.heads_text(abs(change))}人{_less(change)}"


def _alike(row: dict) -> float:
    """Yen by which another strategy may differ from one and cost alike."""
    return ALIKE * max(row["yen"], 1)


def _less(difference: float) -> str:
    return "少ない" if difference < 0 else "多い"


def _later(best: date | None, other: date | None) -> Iterator[tuple[bool, str]]:
    if best is not None and other is not None:
        count = months.month_offset(best, other)
        if count:
            way = "早い" if count < 0 else "遅い"
            yield count < 0, f"職員だけで運営できる時期が{labels.months_text(count)}{way}"
    elif other:
        yield True, f"{labels.month_text(other)}から職員だけの運営になる"
    elif best is not other:
        yield False, "計画期間内に職員だけでの運営に到達しない"


def value_text(found: Comparison) -> str:
    """What the value is made of, with the weights of this city; it is no budget."""
    city, weights = found.city, []
    for name in ("price_short", "price_people", "price_use", "own_time_yen"):
        weights.append(f"{labels.number_text(city.number(name) / TEN_THOUSAND)}万円")
    short, people, use, time = weights
    words = {"short": short, "people": people, "use": use, "time": time}
    return sentence("way.value", tail=f"{city.number('tail_months'):g}", **words)


def value_paragraph(found: Comparison) -> Shown:
    """The sentences of ``value_text`` as a paragraph."""
    return style.paragraph(value_text(found), "reading")


# --- where it does not come as planned ------------------------------------------------------------
def downside_text(plan: Plan) -> str:
    """What is lost where outsiders are not found, people are moved or training half succeeds."""
    base, *cases = plan.downside.to_dict("records")
    texts = [_case_text(base, case) for case in cases]
    return sentence("downside.base", cases="、".join(texts))


def downside_paragraph(plan: Plan) -> Shown:
    """The sentences of ``downside_text`` as a paragraph."""
    return style.paragraph(downside_text(plan), "reading")


def _case_text(base: dict, row: dict) -> str:
    lost = []
    if row["more"] > FEW:
        lost.append(f"人手の不足が{row['more']:,.1f}人月増")
    if not pd.isna(row["quarters"]) and row["quarters"] > FEW:
        later = labels.months_text(3 * row["quarters"])
        lost.append(f"最後の稼働が平均{row['quarters']:.1f}四半期({later})遅れ")
    change = row["change"] - base["change"]
    if abs(change) > FEW:
        way = "減" if change < 0 else "増"
        lost.append(f"最後の月の変革人材が{labels.heads_text(abs(change))}人{way}")
    case = labels.word_of("downside", row["case"])
    if not lost:
        return sentence("downside.none", case=case)
    return sentence("downside.loss", case=case, losses="、".join(lost))


def downside_table(plan: Plan) -> Table:
    """The plan and the cases: shortage, last go-live, self-reliance, people, money."""
    frame = plan.downside
    cases = [labels.word_of("downside", case) for case in frame["case"]]
    alone = []
    for month in frame["self_reliant"]:
        alone.append(NEVER if pd.isna(month) else labels.month_text(month))
    thousand = (frame["yen"] / 1000).round().astype(int)
    table = frame.assign(what=cases, alone_when=alone, spent=thousand)
    table = table.rename(columns={"short": "lack", "change": "drivers"})
    note = (
        "ほかの任用・契約と研修は計画のまま。最後の稼働の遅れは、足りない割合だけロットの仕事が延びるとして、"
        "同じ条件で比べた平均。異動は移る職員が2倍、修了は各ステップの修了率が半分の場合。"
        "DX・情報部門から移った人は各課の変革人材に数えるため、異動で変革人材が増えることがある。\n"
        f"{source_text(plan.ways)}"
    )
    columns = "what lack quarters alone_when drivers spent".split()
    return Table(table[columns], "うまくいかなかった場合", note, "what")


# --- outside share -------------------------------------------------------------------------------
def share_figure(found: Comparison) -> Figure:
    """The outside share of the driving work, the own share of the standing work, by month."""
    title, table = f"{found.city.name}の進め方と外部依存率", _share_table(found)
    draw = partial(_draw_shares, _shares(found))
    return style.fitted(draw, "strategy", title, share_text(found), source_text(found), table)


def _shares(found: Comparison) -> pd.DataFrame:
    kept = found.share["covered"] / found.share["wanted"]
    return found.share.assign(kept=kept.where(found.share["wanted"] > 0, 1.0))


PANELS = {
    "share": "移行・DX推進のうち外部人材の割合(%)",
    "kept": f"{STANDING}のうち職員が担う割合(%)",
}


def _draw_shares(frame: pd.DataFrame, canvas: Canvas) -> None:
    month = list(dict.fromkeys(frame["month"]))
    for column, title in PANELS.items():
        panel = axes.month_chart(canvas, 84, month, 104, title)
        # Marks of each line at other months, so that lines which lie on each other can be told.
        for place, (name, part) in enumerate(frame.groupby("strategy", sort=False)):
            pen = LINES[name]._replace(size=4, every=(3 * place, 12))
            middles, word = np.arange(len(part)) + 0.5, labels.word_of("strategy", name)
            panel.line(middles, part[column] * 100, pen, word)
    axes.key(canvas, panel.samples)


def share_text(found: Comparison) -> str:
    """The mean outside share of each strategy, and what own people do in the last month."""
    shares = []
    for name, row in _rows(found).items():
        left = f"最後の月に職員が担う{STANDING}は{labels.percent_text(row['left'])}%"
        shares.append(f"{_name(name)}は平均{labels.percent_text(row['share'])}%({left})")
    return sentence("way.share", shares="、".join(shares))


def _share_table(found: Comparison) -> Table:
    rows: dict[date, dict[str, object]] = {}
    for row in _shares(found).itertuples():
        cells = rows.setdefault(row.month, {"month": row.month})
        shares = f"{labels.percent_text(row.share)} / {labels.percent_text(row.kept)}"
        cells[f"way_{row.strategy}"] = shares
    frame = pd.DataFrame(
        rows.values(), columns=["month", *(f"way_{name}" for name in _rows(found))]
    )
    note = (
        f"左は移行・DX推進のうち外部人材、右は{STANDING}(DX推進と日常のシステム運用)"
        f"のうち職員の割合(%)。\n{source_text(found)}"
    )
    return Table(frame, "月ごとの外部人材の割合と職員の割合", note, "month")


# --- tables --------------------------------------------------------------------------------------
def comparison_table(found: Comparison) -> Table:
    """Each strategy's self-reliance, shortage, money, end of outsiders, what is left, value."""
    rows = _rows(found)
    columns: dict[str, list[str]] = {}
    for name, row in rows.items():
        measures = _measures(found, row)
        columns.setdefault("what", list(measures))
        columns[f"way_{name}"] = list(measures.values())
    text = ""
    if "mix" not in rows:
        text += "「独自の組合せ」は、外部人材と育成の上限の指定がないため比べていない。"
    if found.city.lots:
        text += SAME_DATES
    note = f"{text}外部依存率は移行・DX推進の仕事に占める外部人材の割合。\n{source_text(found)}"
    return Table(pd.DataFrame(columns), "進め方の比較", note, "what")


def _measures(found: Comparison, row: dict) -> dict[str, str]:
    """Measure -> text of a strategy, from people to money to the value."""
    alone, end = NEVER, "外部人材なし"
    if not pd.isna(row["self_reliant"]):
        alone = labels.month_text(row["self_reliant"])
    if not pd.isna(row["exit"]):
        end = labels.date_text(row["exit"])
        if row["exit"] > found.share["month"].max():
            end = "終わらない"
    return {
        "職員だけで運営できる時期": alone,
        "人手の不足(人月)": f"{row['short']:,.1f}",
        "支出(千円)": f"{round(row['yen'] / 1000):,}",
        "最後の外部人材の終了": end,
        "外部依存率の平均(%)": labels.percent_text(row["share"]),
        f"最後の月に職員が担う{STANDING}(%)": labels.percent_text(row["left"]),
        "最後の月の変革人材(人)": labels.heads_text(row["change"]),
        "総合評価(百万円に換算)": f"{row['value'] / MILLION:,.1f}",
        "試算の改善の余地(%まで)": labels.percent_text(row["gap"]),
    }


def cost_table(found: Comparison) -> Table:
    """Money spent by fiscal year and strategy, in thousands of yen."""
    names = list(_rows(found))
    yen = found.cost.pivot_table("yen", "fiscal", "strategy", "sum", fill_value=0)
    thousand = (yen.reindex(columns=names, fill_value=0) / 1000).round().astype(int)
    thousand.index = [labels.fiscal_text(fiscal) for fiscal in thousand.index]
    thousand.loc["計"] = thousand.sum()
    frame = thousand.map("{:,}".format).add_prefix("way_").rename_axis("year").reset_index()
    frame.columns.name = None
    note = f"今いる職員の人件費は含まない。\n{source_text(found)}"
    none = "どの進め方にも支出はない。"
    return Table(frame, "進め方ごとの年度の支出(千円)", note, "year", none=none)
