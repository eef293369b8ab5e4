"""Two plans of one municipality side by side, in the client's words.

What a change does to dates, people and money.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import NamedTuple

import pandas as pd

from dxplan.facts.months import DAYS_PER_MONTH
from dxplan.plan.whole import Plan, last_told
from dxplan.show import labels, style
from dxplan.show.style import Table, Text

TOLD = 4  # changes that the sentence names
YEARS = 3  # fiscal years whose general revenue is told one by one
NEVER = "なし"


@dataclass(frozen=True)
class DifferenceRow:
    """One thing that may change.

    Attributes
    ----------
    topic : pmo, staffing, training or budget.
    what : Japanese name.
    then, now : words before and after.
    moved : the difference in words, "" where there is none.
    weight : size of the change against what it was, for the order of telling.
    """

    topic: str
    what: str
    then: str
    now: str
    moved: str
    weight: float


def difference_rows(before: Plan, after: Plan) -> tuple[DifferenceRow, ...]:
    """What two plans say of the same things, changed or not, in a fixed order.

    Parameters
    ----------
    before, after : plans of the same municipality.
    """
    then, now = before.staffing, after.staffing
    return (
        *_lots(before, after),
        *_last(before, after),
        *_amounts(ROADMAP, before, after),
        _day("職員だけで運営できる時期", then.self_reliant, now.self_reliant, labels.month_text),
        _day("外部人材の終了", then.exit, now.exit),
        *_amounts(PEOPLE, before, after),
        *_amounts(_money(before, after), before, after),
    )


def difference_table(lines: Sequence[DifferenceRow], names: tuple[str, str] = ("A", "B")) -> Table:
    """What is different, with the words before and after.

    Parameters
    ----------
    lines : of ``difference_rows``.
    names : what the two plans are called.
    """
    rows = []
    still = []
    for line in lines:
        if line.moved:
            rows.append((line.topic, line.what, line.then, line.now, line.moved))
        else:
            still.append(line.what)
    source = ""
    if still:
        source = f"変わらないもの: {'、'.join(still)}。"
    return Table(
        pd.DataFrame(rows, columns=["chapter", "matter", "plan_a", "plan_b", "shift"]),
        f"{names[0]} から {names[1]} への変化",
        source,
        "matter",
        "chapter",
        "2つの計画の数値は同じである。",
    )


def difference_text(lines: Sequence[DifferenceRow]) -> str:
    """The greatest changes: ロット1の見通し −2四半期、外部人材 −12.0人月、一般財源 +3百万円."""
    moved = [line for line in lines if line.moved]
    if not moved:
        return "主な数値は変わらない。"
    moved.sort(key=lambda line: -line.weight)
    parts = [f"{line.what} {line.moved}" for line in moved[:TOLD]]
    if len(moved) > TOLD:
        parts.append(f"ほか{len(moved) - TOLD}項目")
    return "、".join(parts) + "。"


def difference_paragraph(lines: Sequence[DifferenceRow]) -> Text:
    """The sentence of ``difference_text`` as a paragraph."""
    return style.paragraph(difference_text(lines), "lead")


# --- dates ----------------------------------------------------------------------------------------
def _lots(a: Plan, b: Plan) -> Iterator[DifferenceRow]:
    """The median quarter of each lot that both plans have."""
    later = medians(b)
    for businesses, (title, day) in medians(a).items():
        if businesses in later:
            _, after = later[businesses]
            yield _quarter(f"{title}の見通し", day, after)


def medians(plan: Plan) -> dict[tuple[str, ...], tuple[str, date | None]]:
    """Systems of a lot -> its title and its median; none where no lot is left."""
    if plan.pmo.done:
        return {}
    # Lots are numbered anew in each plan: their systems alone say which is which.
    median = plan.pmo.told.lot.set_index("lot")["p50"]
    rows = plan.pmo.lots.to_dict("records")
    return {row["businesses"]: (row["title"], median[row["lot"]]) for row in rows}


def _last(a: Plan, b: Plan) -> Iterator[DifferenceRow]:
    """The median of the last lot and the chance of the end date."""
    what = "最後の稼働の見通し(中央値)"
    if a.pmo.done or b.pmo.done:
        yield _replaced("pmo", what, _last_text(a), _last_text(b))
    else:
        yield _quarter(what, last_told(a.pmo), last_told(b.pmo))
        yield _chance("期限に間に合う確率", _end_chance(a), _end_chance(b))


def _last_text(plan: Plan) -> str:
    if plan.pmo.done:
        return NEVER
    return labels.outlook_text(last_told(plan.pmo))


def _end_chance(plan: Plan) -> float:
    return float(plan.pmo.told.last["chance"].iloc[0])


def _quarter(what: str, then: date | None, now: date | None) -> DifferenceRow:
    words = labels.outlook_text(then), labels.outlook_text(now)
    if then is None or now is None:
        return _replaced("pmo", what, *words)
    count = _quarters(now) - _quarters(then)
    moved = _signed(count, f"{abs(count)}四半期")
    return DifferenceRow("pmo", what, *words, moved, abs(count) / 4)


def _quarters(day: date) -> int:
    """Quarters since the year 0."""
    return 4 * day.year + (day.month - 1) // 3


def _chance(what: str, then: float, now: float) -> DifferenceRow:
    """A chance 0..1, compared as it is told."""
    words = labels.chance_text(then), labels.chance_text(now)
    gap = round(100 * (now - then))
    moved = ""
    if words[0] != words[1]:
        moved = _signed(gap, f"{abs(gap)}ポイント")
    return DifferenceRow("pmo", what, *words, moved, abs(now - then))


def _day(
    what: str,
    then: date | None,
    now: date | None,
    text: Callable[[date], str] = labels.date_text,
) -> DifferenceRow:
    words = (text(then) if then else NEVER), (text(now) if now else NEVER)
    if then is None or now is None:
        return _replaced("staffing", what, *words)
    days = (now - then).days
    gap = days / DAYS_PER_MONTH
    size = f"{abs(gap):.0f}か月"
    if abs(gap) < 1:
        size = f"{abs(days)}日"
    return DifferenceRow("staffing", what, *words, _signed(gap, size), abs(gap) / 12)


def _replaced(topic: str, what: str, then: str, now: str) -> DifferenceRow:
    """A date that comes or goes has no difference: both words are told."""
    if then == now:
        return DifferenceRow(topic, what, then, now, "", 0.0)
    return DifferenceRow(topic, what, then, now, f"{then} → {now}", 1.0)


# --- amounts --------------------------------------------------------------------------------------
class Amount(NamedTuple):
    """A number of a plan: what it is called, its unit, how it is read, its decimals as told."""

    topic: str
    what: str
    unit: str
    of: Callable[[Plan], float]
    digits: int = 0


def _outside(plan: Plan) -> float:
    """FTE-months of the outsiders; the other kinds of ``outside`` are own people."""
    rows = plan.staffing.outside
    return rows.loc[rows["kind"] == "outside", "fte"].sum()


def _changers(plan: Plan) -> float:
    rows = plan.staffing.head
    return rows.loc[rows["tier"] == "change", "finish"].iloc[-1]


def _graduates(plan: Plan, step: int) -> int:
    rows = plan.training.funnel
    return rows.loc[rows["step"] == step, "done"].sum()


def _millions(plan: Plan, column: str) -> float:
    return float(plan.budget.year[column].sum()) / 1e6


def _burden(plan: Plan, year: int) -> float:
    """The burden of a fiscal year, in millions; 0 where a plan does not reach it."""
    rows = plan.budget.year
    return float(rows.loc[rows["fiscal"] == year, "net"].sum()) / 1e6


ROADMAP = (
    Amount("pmo", "移行ロット", "件", lambda plan: len(plan.pmo.lots)),
    Amount("pmo", "移すシステム(共通機能を含む)", "", lambda plan: len(plan.pmo.cutover)),
)
PEOPLE = (
    Amount("staffing", "外部人材", "人月", _outside, 1),
    Amount("staffing", "人手の不足", "人月", lambda plan: plan.staffing.cover["short"].sum(), 1),
    Amount("staffing", "変革人材(計画の最後)", "人", _changers),
    Amount("training", "ステップ1の修了者", "人", partial(_graduates, step=1)),
    Amount("training", "ステップ2の修了者", "人", partial(_graduates, step=2)),
    Amount("training", "ステップ3の修了者", "人", partial(_graduates, step=3)),
    Amount("training", "研修の講座", "講座", lambda plan: len(plan.training.cohort)),
)
SUMS = {  # what is told -> column of the budget
    "今より増える費用": "new",
    "うち実質負担": "new_net",
    "うち実質負担(財政措置がすべて受けられない場合)": "new_if_zero",
}


def _money(a: Plan, b: Plan) -> Iterator[Amount]:
    """Sums of the budget, and the burden of its first years."""
    for what, column in SUMS.items():
        yield Amount("budget", what, "百万円", partial(_millions, column=column))
    years = sorted({*a.budget.year["fiscal"], *b.budget.year["fiscal"]})
    for year in years[:YEARS]:
        what = f"{labels.era_fiscal(year)}の実質負担"
        yield Amount("budget", what, "百万円", partial(_burden, year=year))


def _amounts(amounts: Iterable[Amount], a: Plan, b: Plan) -> Iterator[DifferenceRow]:
    for amount in amounts:
        yield _amount(amount, float(amount.of(a)), float(amount.of(b)))


def _amount(amount: Amount, then: float, now: float) -> DifferenceRow:
    """A number with its unit, compared as it is rounded; its weight is a share of what it was."""
    # The difference is rounded again: 0.3 - 0.2 is not 0.1.
    gap = round(now, amount.digits) - round(then, amount.digits)
    moved = _signed(round(gap, amount.digits), _amount_text(amount, abs(gap)))
    return DifferenceRow(
        amount.topic,
        amount.what,
        _amount_text(amount, then),
        _amount_text(amount, now),
        moved,
        abs(gap) / max(abs(then), abs(now), 1.0),
    )


def _amount_text(amount: Amount, value: float) -> str:
    return f"{labels.number_text(value, amount.digits)}{amount.unit}"


def _signed(gap: float, size: str) -> str:
    """A size with the sign of a difference, "" where there is none."""
    if gap == 0:
        return ""
    if gap > 0:
        return f"+{size}"
    return f"−{size}"
