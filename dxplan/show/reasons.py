"""Why the lots are seen when they are: what sets each date, what would help or harm, a year's slip.

Everything is said from the rows of ``Plan.why``; a change below one month is told as hardly any.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import partial

import pandas as pd

from dxplan.facts import months
from dxplan.facts.catalog import Row, records
from dxplan.plan.costs import PMO
from dxplan.plan.parts import Parts
from dxplan.plan.pmo import PmoPlan
from dxplan.plan.why import TELLING
from dxplan.plan.work import price_weights
from dxplan.show import axes, charts, labels, style
from dxplan.show.axes import Flag
from dxplan.show.charts import Canvas, Pen
from dxplan.show.sentences import sentence
from dxplan.show.style import Figure, Table, Text

SAME = "ほとんど変わらない"
REMEDIES = "期限に間に合わない場合の選択肢"
# Those that change the median; the next window changes the plan's own date.
CONDITIONS = ("later", "earlier", "gate", "alone")
YEAR = 12  # months of a year's slip
ROOM = timedelta(
    days=90
)  # after the last day of a figure: a median is drawn in its quarter's middle
POINT = 0.01  # share below which a chance is the same


# --- in words -------------------------------------------------------------------------------------
def why_text(plan: Parts) -> str:
    """Of each lot what sets its date, and what each condition does to it."""
    return "".join(f"{title}: {text}" for title, text in _lots(plan))


def why_list(plan: Parts) -> Text:
    """The sentences of ``why_text`` as a list with an entry a lot."""
    items = ""
    for title, text in _lots(plan):
        items += f"<li><strong>{html.escape(title)}</strong> {html.escape(text)}</li>"
    return Text(f'<ul class="reasons">{items}</ul>')


def _lots(plan: Parts) -> Iterator[tuple[str, str]]:
    """(title, sentences) of each lot."""
    for lot in records(plan.pmo.lots):
        part = plan.why[plan.why["lot"] == lot["lot"]]
        rows = {row["scenario"]: row for row in records(part)}
        yield lot["title"], f"{_set_text(lot)}{_effects_text(plan.pmo, rows)}{_window_text(rows)}"


def _set_text(lot: Row) -> str:
    if lot["decided"]:
        return sentence("why.decided")
    return sentence("why.set_by", cause=labels.word_of("set_by", lot["set_by"]))


def _effects_text(plan: PmoPlan, rows: Mapping[str, Row]) -> str:
    """What changes the median or the chance, each with its size; then what hardly does."""
    text = ""
    still = []
    for name in CONDITIONS:
        if name not in rows:
            continue  # a lot without a budget cannot miss one
        word = condition_word(plan, name)
        if _is_same(rows[name], rows["base"]):
            still.append(word)
        else:
            effect = _effect_text(rows[name], rows["base"])
            text += sentence("why.moved", condition=word, effect=effect)
    if still:
        text += sentence("why.still", conditions="・".join(still))
    return text


def condition_word(plan: PmoPlan, name: str) -> str:
    """A condition in words; a missed budget by its name."""
    if name == "gate":
        return sentence("why.gate", gate=plan.gate.iloc[0]["gate"])
    return labels.word_of("scenario", name)


def _is_same(row: Row, base: Row) -> bool:
    """Whether a condition moves neither the mean go-live by a month nor the chance by a point."""
    return _shift_text(row, base) == SAME and abs(row["more"]) < POINT


def _effect_text(row: Row, base: Row) -> str:
    """The clause of one condition: the mean shift, and the chance of the end date if it changes."""
    clause = _shift_text(row, base)
    if row["p50"] is not None and base["p50"] is not None:
        clause = sentence("why.mean", shift=clause)
    before, after = labels.chance_text(base["chance"]), labels.chance_text(row["chance"])
    if before == after:
        return clause
    return sentence("why.chance", effect=clause, before=before, after=after)


def _shift_text(row: Row, base: Row) -> str:
    """By how much the mean go-live moves: 3か月遅れる; hardly any where it is below a month."""
    if row["p50"] is None and base["p50"] is None:
        return SAME
    if row["p50"] is None:
        return sentence("why.lost")
    if base["p50"] is None:
        return sentence("why.seen", quarter=labels.quarter_text(row["p50"]))
    if abs(row["months"]) < TELLING:
        return SAME
    return labels.shift_text(row["months"])


def _window_text(rows: Mapping[str, Row]) -> str:
    """How likely the plan's own date is kept, and the next one that could be chosen."""
    if "window" not in rows:
        return ""
    row = rows["window"]
    own = labels.chance_text(row["chance"] - row["more"])
    following = labels.chance_text(row["chance"])
    phrase = "why.window.still" if own == following else "why.window"
    return sentence(phrase, own=own, wait=labels.months_text(row["months"]), following=following)


def telling_text(plan: Parts) -> str:
    """The condition that moves a lot most: 最初の予算(9月補正)を逃した場合、ロット1が8か月遅れる."""
    why = plan.why
    moving = why[why["scenario"].isin(CONDITIONS) & (why["months"].abs() >= TELLING)]
    if not len(moving):
        return sentence("why.nothing")
    row = moving.loc[moving["months"].abs().idxmax()]
    condition = condition_word(plan.pmo, row["scenario"])
    shift = labels.shift_text(row["months"])
    return sentence("why.telling", condition=condition, lot=row["lot"], shift=shift)


def slip_text(plan: PmoPlan) -> str:
    """What one year's slip of all lots adds: the contracts in use, and the accompaniment."""
    running, paid = _slip(plan)
    return sentence(
        "why.slip",
        systems=int(plan.lots["systems"].sum()),
        running=labels.yen_text(running),
        pmo=PMO,
        monthly=labels.yen_text(paid),
        unsure=labels.UNCONFIRMED,
    )


def slip_yen(plan: PmoPlan) -> float:
    """What one year's slip of all lots adds (円)."""
    return sum(_slip(plan))


def _slip(plan: PmoPlan) -> tuple[float, float]:
    """Yen of a year: the contracts in use, the accompaniment."""
    city, day = plan.city, plan.earliest
    weights = price_weights(city)
    size = sum(weights[s.business] for s in city.systems if s.pending)
    form = next(form for form in city.forms if form.name == PMO)
    return size * city.number("running_yen", day), YEAR * form.number("form_yen", day)


# --- ways out -------------------------------------------------------------------------------------
UNTRIED = "試算していない(前提に入れると計画し直す)"


def remedy_table(plan: Parts) -> Table:
    """What a municipality can choose that will miss the end date, or may: effect, money, who."""
    city = plan.city
    dx, mayor = (city.called(labels.word_of("owner", name)) for name in ("dx", "mayor"))
    yen = f"年{labels.money_text(slip_yen(plan.pmo))}(現行契約とPMO)" if len(plan.pmo.lots) else ""
    rows = [
        ("ベンダと稼働日・体制を協議する", _earlier_text(plan), "見積りによる", dx),
        ("対象を分けて調達する", UNTRIED, "調達が2回になり、事務が増える", dx),
        ("県・近隣の団体と共同で調達する", UNTRIED, "共同利用の条件による", dx),
        ("期限の後も現行の仕組みで運用する", "国・県との協議が要る", yen, mayor),
    ]
    frame = pd.DataFrame(rows, columns="remedy remedy_effect remedy_cost decider".split())
    day = labels.date_text(months.next_open(city.start))
    note = (
        f"選ぶのは、ベンダの回答と最初の予算要求の前({day}から)。額は仮定({labels.UNCONFIRMED})。"
    )
    none = "移すシステムは残っていない。"
    return Table(
        frame if len(plan.pmo.lots) else frame.head(0), REMEDIES, note, "remedy", none=none
    )


def _earlier_text(plan: Parts) -> str:
    """What a vendor half a year earlier does to the lot that gains most."""
    rows = plan.why[plan.why["scenario"] == "earlier"]
    if not len(rows):
        return UNTRIED
    row = rows.loc[rows["months"].idxmin()]
    chance = labels.chance_text(rows["chance"].min())
    return f"半年早いと、平均で{labels.shift_text(row['months'])}。期限までの確率は{chance}の見込み"


# --- the conditions as pictures -------------------------------------------------------------------
def conditions_text(plan: Parts, source: str) -> Text:
    """A figure of the medians under each condition, one open at a time: the one that tells most.

    Parameters
    ----------
    plan : of a city.
    source : the source line of the roadmap.
    """
    moved = plan.why["months"].abs().groupby(plan.why["scenario"]).sum()
    names = [name for name in CONDITIONS if name in moved]
    first = max(names, key=moved.get)
    items = ""
    for name in names:
        items += _condition_item(plan, name, name == first, source)
    return Text(f'<div class="scenarios" data-label="条件を選ぶ">{items}</div>')


def _condition_item(plan: Parts, name: str, is_open: bool, source: str) -> str:
    figure = condition_figure(plan, name, source)
    begin = '<details name="scenario">'  # one name: the browser keeps one open at a time
    if is_open:
        begin = '<details name="scenario" open>'
    word = html.escape(condition_word(plan.pmo, name))
    return f"{begin}<summary>{word}</summary>{figure.html()}</details>"


def condition_text(plan: Parts, name: str) -> str:
    """What a condition does to the go-lives of the lots, in one sentence."""
    why = plan.why
    base = why[why["scenario"] == "base"].set_index("lot").to_dict("index")
    by_effect: dict[str, list[str]] = {}
    for row in records(why[why["scenario"] == name]):
        effect = _shift_text(row, base[row["lot"]])
        by_effect.setdefault(effect, []).append(row["lot"])
    effects = "、".join(f"{'・'.join(lots)}は{effect}" for effect, lots in by_effect.items())
    return sentence("why.condition", condition=condition_word(plan.pmo, name), effects=effects)


def condition_figure(plan: Parts, name: str, source: str) -> Figure:
    """The median quarter of each lot in the plan, and under a condition.

    Parameters
    ----------
    plan : of a city.
    name : the condition.
    source : the source line of the roadmap.
    """
    median = plan.why.set_index(["scenario", "lot"])["p50"]
    return style.fitted(
        partial(_draw_medians, plan.pmo, median["base"], median[name]),
        f"scenario-{name}",
        f"{plan.city.name}の見通し({labels.word_of('scenario', name)})",
        condition_text(plan, name),
        f"見通しは四半期の中央に置いた。\n{source}",
        _condition_table(plan.why, name),
    )


RING = Pen(width=0, mark="o", size=7, face=style.PAPER)
DOT = Pen(style.BLUE, 0, mark="o", size=4)


def _draw_medians(plan: PmoPlan, base: pd.Series, then: pd.Series, canvas: Canvas) -> None:
    """A line a lot, from its median in the plan (ring) to that under the condition (dot)."""
    end = plan.city.at("end_date").day
    last = max(end, *base.dropna(), *then.dropna()) + ROOM
    last = months.first_of_next_month(last)
    starts = pd.date_range(plan.start.replace(day=1), last, freq="MS")
    month = [start.date() for start in starts]
    rows = range(len(base))
    left = 8 + charts.READ * max(map(charts.word_width, base.index))
    flag = Flag(
        style.month_place(month, end), f"期限 {labels.date_text(end)}", Pen(style.ALARM, 1.2)
    )
    x, y = (0, len(month)), (len(base) - 0.5, -0.5)
    panel = axes.below(canvas, 18 * len(base) + 4, x, y, flags=[flag], left=left)
    before = [_place(month, day) for day in base]
    after = [_place(month, day) for day in then[base.index]]
    for row, ends in enumerate(zip(before, after, strict=True)):
        panel.line(ends, [row, row], Pen(style.SOFT, 1))
    panel.line(before, rows, RING, "この計画")
    panel.line(after, rows, DOT, "条件を変えた場合")
    panel.y_words(rows, base.index)
    panel.frame()
    axes.fiscal_words(panel, axes.month_edges(month))
    axes.key(canvas, panel.samples)


def _place(month: list[date], day: date | None) -> float:
    """The middle of the quarter that holds a day: what is told is the quarter; else the far end."""
    if day is None:
        return len(month)
    return style.month_place(month, months.quarter_middle(day))


def _condition_table(why: pd.DataFrame, name: str) -> Table:
    frame = why[why["scenario"] == name].assign(
        told=lambda rows: rows["p50"].map(labels.outlook_text),
        chance=lambda rows: rows["chance"].map(labels.chance_text),
    )
    return Table(
        frame[["lot", "told", "months", "chance"]],
        f"見通し({labels.word_of('scenario', name)})",
        "差は「この計画」との比較で、同じ4,000通りの条件のもとでの平均",
        "lot",
    )
