"""Why the lots are seen when they are: what sets each date, what would help or harm, a year's slip.

Everything is said from the rows of ``Plan.why``; a change below one month is told as hardly any.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

import pandas as pd

from dxplan.facts import months
from dxplan.facts.catalog import Row, records
from dxplan.plan.costs import PMO
from dxplan.plan.parts import Parts
from dxplan.plan.pmo import PmoPlan
from dxplan.plan.why import TELLING
from dxplan.plan.work import price_weights
from dxplan.show import charts, labels, style
from dxplan.show.charts import Canvas, Pen
from dxplan.show.style import Figure, Table, Text

SAME = "ほとんど変わらない"
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
        return "切替の日は、団体が決めている。"
    return f"最も早い予定の時期を決めているのは、{labels.word_of('set_by', lot['set_by'])}である。"


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
            text += f"{word}は、{_effect_text(rows[name], rows['base'])}。"
    if still:
        text += f"{'・'.join(still)}は、{SAME}。"
    return text


def condition_word(plan: PmoPlan, name: str) -> str:
    """A condition in words; a missed budget by its name."""
    if name == "gate":
        first = plan.gate.iloc[0]
        return f"最初の予算({first['gate']})を逃した場合"
    return labels.word_of("scenario", name)


def _is_same(row: Row, base: Row) -> bool:
    """Whether a condition moves neither the mean go-live by a month nor the chance by a point."""
    return _shift_text(row, base) == SAME and abs(row["more"]) < POINT


def _effect_text(row: Row, base: Row) -> str:
    """The clause of one condition: the mean shift, and the chance of the end date if it changes."""
    subject = "稼働は平均で"
    if row["p50"] is None or base["p50"] is None:
        subject = "稼働の時期は"
    clause = f"{subject}{_shift_text(row, base)}"
    before, after = labels.chance_text(base["chance"]), labels.chance_text(row["chance"])
    if before == after:
        return clause
    return f"{clause}。期限までの見込みは{before}から{after}になる"


def _shift_text(row: Row, base: Row) -> str:
    """By how much the mean go-live moves: 3か月遅れる; hardly any where it is below a month."""
    if row["p50"] is None and base["p50"] is None:
        return SAME
    if row["p50"] is None:
        return "計画の期間の中では見通せなくなる"
    if base["p50"] is None:
        return f"{labels.quarter_text(row['p50'])}と見通せる"
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
    moved = f"切替を次の候補日({labels.months_text(row['months'])}後)に置"
    effect = f"{moved}いても{SAME}。"
    if own != following:
        effect = f"{moved}くと、その日を守れる見込みは{following}である。"
    return f"最も早い予定を守れる見込みは{own}で、{effect}"


def telling_text(plan: Parts) -> str:
    """The condition that moves a lot most: 最初の予算(9月補正)を逃した場合、ロット1が8か月遅れる."""
    why = plan.why
    moving = why[why["scenario"].isin(CONDITIONS) & (why["months"].abs() >= TELLING)]
    if not len(moving):
        return "1か月以上動かす条件はない"
    row = moving.loc[moving["months"].abs().idxmax()]
    condition = condition_word(plan.pmo, row["scenario"])
    return f"{condition}、{row['lot']}が{labels.shift_text(row['months'])}"


def slip_text(plan: PmoPlan) -> str:
    """What one year's slip of all lots adds: the contracts in use, and the accompaniment."""
    city, day = plan.city, plan.earliest
    count, weights = int(plan.lots["systems"].sum()), price_weights(city)
    size = sum(weights[s.business] for s in city.systems if s.pending)
    form = next(form for form in city.forms if form.name == PMO)
    running = size * city.number("running_yen", day)
    monthly = form.number("form_yen", day)
    return (
        f"移行が1年延びると、{count}システムの現行の契約を延ばす経費が{labels.yen_text(running)}、"
        f"{PMO}(1件)を続ける経費が{labels.yen_text(YEAR * monthly)}加わる"
        f"(どちらも12か月分の単価による。{labels.UNCONFIRMED})。"
    )


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
    return f"{condition_word(plan.pmo, name)}、稼働は平均で、{effects}。"


def condition_figure(plan: Parts, name: str, source: str) -> Figure:
    """The median quarter of each lot in the plan, and under a condition.

    Parameters
    ----------
    plan : of a city.
    name : the condition.
    source : the source line of the roadmap.
    """
    sentence = condition_text(plan, name)
    median = plan.why.set_index(["scenario", "lot"])["p50"]
    base, then = median["base"], median[name]
    canvas = style.sheet(0.85 + 0.26 * len(base))
    _draw_medians(canvas, plan.pmo, base, then)
    return style.drawn(
        canvas,
        f"scenario-{name}",
        f"{plan.city.name}の見通し({labels.word_of('scenario', name)})",
        sentence,
        f"見通しは四半期の中央に置いた。\n{source}",
        _condition_table(plan.why, name),
    )


def _draw_medians(canvas: Canvas, plan: PmoPlan, base: pd.Series, then: pd.Series) -> None:
    """A line a lot, from its median in the plan (ring) to that under the condition (dot)."""
    end = plan.city.at("end_date").day
    last = max(end, *base.dropna(), *then.dropna()) + ROOM
    last = months.first_of_next_month(last)
    starts = pd.date_range(plan.start.replace(day=1), last, freq="MS")
    month = [start.date() for start in starts]
    rows = range(len(base))
    box = (0.94, 0.5, 6.05, 0.25 + 0.26 * len(base))
    panel = charts.month_panel(canvas, box, month, (len(base) - 0.5, -0.5))
    before = [_place(month, day) for day in base]
    after = [_place(month, day) for day in then[base.index]]
    for row, ends in enumerate(zip(before, after, strict=True)):
        panel.line(ends, [row, row], Pen(style.SOFT, 1))
    ring = Pen(width=0, mark="o", size=7, face=style.PAPER)
    dot = Pen(style.BLUE, 0, mark="o", size=4)
    panel.line(before, rows, ring, "この計画")
    panel.line(after, rows, dot, "条件を変えた場合")
    place = style.month_place(month, end)
    panel.line([place, place], panel.y, Pen(style.ALARM, 1.2), "期限")
    panel.y_words(rows, base.index)
    panel.frame()
    charts.legend(canvas, panel.samples, (3.6, 0.05), 3, 8)


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
