"""Two plans of one municipality side by side: what a change does to dates, people and money, in the client's words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from dxplan.plan.whole import Plan, last_told
from dxplan.show import labels, style
from dxplan.show.style import Table, Text

DAYS = 365.25 / 12  # in a month
TOLD = 4  # changes that the sentence names
NEVER = "なし"


@dataclass(frozen=True)
class Line:
    """One thing that may change: what, its words before and after, the difference in words, and its weight.

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


def difference_rows(before: Plan, after: Plan) -> tuple[Line, ...]:
    """What two plans say of the same things, changed or not, in a fixed order.

    Parameters
    ----------
    before, after : plans of the same municipality.
    """
    return (*_dates(before, after), *_people(before, after), *_money(before, after))


def difference_table(lines: Sequence[Line], names: tuple[str, str] = ("A", "B")) -> Table:
    """What is different, with the words before and after.

    Parameters
    ----------
    lines : of ``difference_rows``.
    names : what the two plans are called.
    """
    rows = [
        (line.topic, line.what, line.then, line.now, line.moved) for line in lines if line.moved
    ]
    frame = pd.DataFrame(rows, columns=["chapter", "matter", "plan_a", "plan_b", "shift"])
    return Table(
        frame,
        f"{names[0]} から {names[1]} への変化",
        _still_text(lines),
        "matter",
        "chapter",
        "2つの計画の数値は同じである。",
    )


def difference_text(lines: Sequence[Line]) -> str:
    """The greatest changes in one sentence: ロット1の見通し −2四半期、外部人材 −12.0人月、一般財源 +3百万円."""
    found = sorted((line for line in lines if line.moved), key=lambda line: -line.weight)
    said = "、".join(f"{line.what} {line.moved}" for line in found[:TOLD])
    rest = f"ほか{len(found) - TOLD}項目" if len(found) > TOLD else ""
    return "、".join(filter(None, (said, rest))) + "。" if found else "主な数値は変わらない。"


def difference_paragraph(lines: Sequence[Line]) -> Text:
    """The sentence of ``difference_text`` as a paragraph."""
    return style.paragraph(difference_text(lines), "lead")


def _still_text(lines: Sequence[Line]) -> str:
    same = [line.what for line in lines if not line.moved]
    return f"変わらないもの: {'、'.join(same)}。" if same else ""


# --- the lines -------------------------------------------------------------------------------------------
def _dates(a: Plan, b: Plan) -> Iterator[Line]:
    yield from _lots(a, b)
    lasts = [last_told(plan.pmo) for plan in (a, b)]
    yield _quarter("最後の稼働の見通し(中央値)", *lasts, *(plan.pmo.done for plan in (a, b)))
    if not a.pmo.done and not b.pmo.done:
        yield _chance(
            "期限までの見込み", *(float(plan.pmo.told.last["chance"].iloc[0]) for plan in (a, b))
        )
    yield _amount("pmo", "移行ロット", len(a.pmo.lot), len(b.pmo.lot), "件", 0)
    yield _amount(
        "pmo", "移すシステム(共通機能を含む)", len(a.pmo.cutover), len(b.pmo.cutover), "", 0
    )
    yield _day("staffing", "自走する月", *(plan.staffing.self_reliant for plan in (a, b)))
    yield _day("staffing", "外部人材の終了", *(plan.staffing.exit for plan in (a, b)))


def _lots(a: Plan, b: Plan) -> Iterator[Line]:
    """The median quarter of each lot that both plans have, by its systems."""
    then, now = (_medians(plan) for plan in (a, b))
    for businesses, (title, day) in then.items():
        if businesses in now:
            yield _quarter(f"{title}の見通し", day, now[businesses][1])


def _medians(plan: Plan) -> dict[tuple[str, ...], tuple[str, date | None]]:
    """Systems of a lot -> its title and its median."""
    if plan.pmo.done:
        return {}
    median = dict(zip(plan.pmo.told.lot["lot"], plan.pmo.told.lot["p50"]))
    rows = plan.pmo.lot.to_dict("records")
    return {row["businesses"]: (row["title"], median[row["lot"]]) for row in rows}


def _people(a: Plan, b: Plan) -> Iterator[Line]:
    def outside(plan: Plan) -> float:
        rows = plan.staffing.outside
        return float(rows.loc[rows["kind"] == "outside", "fte"].sum())

    def change(plan: Plan) -> float:
        return float(
            plan.staffing.head.loc[plan.staffing.head["tier"] == "change", "finish"].iloc[-1]
        )

    yield _amount("staffing", "外部人材", outside(a), outside(b), "人月", 1)
    yield _amount(
        "staffing",
        "人手の不足",
        *(float(plan.staffing.cover["short"].sum()) for plan in (a, b)),
        "人月",
        1,
    )
    yield _amount("staffing", "変革人材(計画の最後)", change(a), change(b), "人", 0)
    for step in (1, 2, 3):
        done = [
            int(plan.training.funnel.loc[plan.training.funnel["step"] == step, "done"].sum())
            for plan in (a, b)
        ]
        yield _amount("training", f"{labels.word_of('step', step)}の修了者", *done, "人", 0)
    yield _amount(
        "training", "研修のクラス", *(len(plan.training.cohort) for plan in (a, b)), "クラス", 0
    )


def _money(a: Plan, b: Plan) -> Iterator[Line]:
    for what, column in (
        ("費用", "yen"),
        ("一般財源", "general"),
        ("一般財源(未確認の率が0のとき)", "general_if_zero"),
    ):
        yield _amount(
            "budget",
            what,
            *(float(plan.budget.sure[column].sum()) / 1e6 for plan in (a, b)),
            "百万円",
            0,
        )
    years = sorted({int(year) for plan in (a, b) for year in plan.budget.sure["fiscal"]})
    for year in years[:3]:
        found = [
            float(plan.budget.sure.loc[plan.budget.sure["fiscal"] == year, "general"].sum()) / 1e6
            for plan in (a, b)
        ]
        yield _amount("budget", f"{labels.fiscal_short(year)}の一般財源", *found, "百万円", 0)


def _quarter(what: str, then: date | None, now: date | None, *done: bool) -> Line:
    """A median as its quarter; ``done`` says of each plan whether nothing is left to move."""
    none = [NEVER if gone else labels.BEYOND for gone in done or (False, False)]
    words = [labels.quarter_text(day) if day else word for day, word in zip((then, now), none)]
    if then is None or now is None:
        same = words[0] == words[1]
        moved = "" if same else f"{words[0]} → {words[1]}"
        return Line("pmo", what, *words, moved, float(not same))
    count = _quarters(now) - _quarters(then)
    moved = f"{'+' if count > 0 else '−'}{abs(count)}四半期" if count else ""
    return Line("pmo", what, *words, moved, abs(count) / 4)


def _quarters(day: date) -> int:
    """Quarters since the year 0."""
    return 4 * day.year + (day.month - 1) // 3


def _chance(what: str, then: float, now: float) -> Line:
    """A chance 0..1, compared as it is told."""
    gap = round(100 * (now - then))
    words = [labels.chance_text(share) for share in (then, now)]
    moved = f"{'+' if gap > 0 else '−'}{abs(gap)}ポイント" if gap and words[0] != words[1] else ""
    return Line("pmo", what, *words, moved, abs(now - then))


def _day(topic: str, what: str, then: date | None, now: date | None) -> Line:
    words = [labels.date_text(day) if day else NEVER for day in (then, now)]
    if then is None or now is None:
        return Line(
            topic,
            what,
            *words,
            "" if then == now else f"{words[0]} → {words[1]}",
            float(then != now),
        )
    gap = (now - then).days / DAYS
    size = f"{abs(gap):.0f}か月" if abs(gap) >= 1 else f"{abs((now - then).days)}日"
    return Line(
        topic, what, *words, f"{'+' if gap > 0 else '−'}{size}" if gap else "", abs(gap) / 12
    )


def _amount(
    topic: str, what: str, then: float, now: float, unit: str, digits: int, scale: float = 0.0
) -> Line:
    gap = round(now, digits) - round(then, digits)
    words = [f"{labels.number_text(value, digits)}{unit}" for value in (then, now)]
    moved = (
        f"{'+' if gap > 0 else '−'}{labels.number_text(abs(gap), digits)}{unit}"
        if round(gap, digits)
        else ""
    )
    return Line(topic, what, *words, moved, abs(gap) / (scale or max(abs(then), abs(now), 1.0)))
