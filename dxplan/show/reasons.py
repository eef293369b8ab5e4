"""Why the lots are seen when they are: what sets each date, what would help or harm, a year's slip.

Everything is said from the rows of ``plan_why``; a change below one month is told as hardly any.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

import pandas as pd

from dxplan.facts import months
from dxplan.plan.budget import PMO
from dxplan.plan.pmo import PmoPlan
from dxplan.plan.why import TELLING
from dxplan.show import labels, style
from dxplan.show.style import Figure, Table, Text

SAME = "ほとんど変わらない"
CONDITIONS = (
    "later",
    "earlier",
    "gate",
    "alone",
)  # those that change the median; the next window changes the plan's own date
YEAR = 12  # months of a year's slip
POINT = 0.01  # share below which a chance is the same
MIDDLE = timedelta(days=45)  # from the first day of a quarter to its middle


# --- in words -------------------------------------------------------------------------------------
def why_text(plan: PmoPlan, why: pd.DataFrame) -> str:
    """Of each lot what sets its date, and what each condition does to it."""
    return "".join(f"{title}: {text}" for title, text in _lots(plan, why))


def why_list(plan: PmoPlan, why: pd.DataFrame) -> Text:
    """The sentences of ``why_text`` as a list with an entry a lot."""
    items = [
        f"<li><strong>{html.escape(title)}</strong> {html.escape(text)}</li>"
        for title, text in _lots(plan, why)
    ]
    return Text(f'<ul class="reasons">{"".join(items)}</ul>')


def _lots(plan: PmoPlan, why: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """(title, sentences) of each lot."""
    for lot in plan.lot.to_dict("records"):
        part = why[why["lot"] == lot["lot"]]
        rows = {row["scenario"]: row for row in part.to_dict("records")}
        yield lot["title"], f"{_set_text(lot)}{_effects_text(plan, rows)}{_window_text(rows)}"


def _set_text(lot: Mapping[str, object]) -> str:
    if lot["decided"]:
        return "切替の日は、団体が決めている。"
    return f"最も早い予定の時期を決めているのは、{labels.word_of('set_by', lot['set_by'])}である。"


def _effects_text(plan: PmoPlan, rows: Mapping[str, dict]) -> str:
    """What changes the median or the chance, each with its size; then what hardly does."""
    base = rows["base"]
    known = [name for name in CONDITIONS if name in rows]
    told = [name for name in known if not _is_same(rows[name], base)]
    still = [condition_word(plan, name) for name in known if name not in told]
    said = "".join(
        f"{condition_word(plan, name)}は、{_effect_text(rows[name], base)}。" for name in told
    )
    return f"{said}{'・'.join(still)}は、{SAME}。" if still else said


def condition_word(plan: PmoPlan, name: str) -> str:
    """A condition in words; a missed budget by its name."""
    if name == "gate":
        first = plan.gate.iloc[0]
        return f"最初の予算({first['gate']})を逃した場合"
    return labels.word_of("scenario", name)


def _is_same(row: Mapping[str, object], base: Mapping[str, object]) -> bool:
    """Whether a condition moves neither the go-live by a month in the mean nor the chance by a point."""
    return _shift_text(row, base) == SAME and abs(row["more"]) < POINT


def _effect_text(row: Mapping[str, object], base: Mapping[str, object]) -> str:
    """The clause of one condition: the mean shift, and the chance of the end date where it changes."""
    chance = [labels.chance_text(one["chance"]) for one in (base, row)]
    dated = row["p50"] is not None and base["p50"] is not None
    subject = "稼働は平均で" if dated else "稼働の時期は"
    if chance[0] == chance[1]:
        return f"{subject}{_shift_text(row, base)}"
    return f"{subject}{_shift_text(row, base)}。期限までの見込みは{chance[0]}から{chance[1]}になる"


def _shift_text(row: Mapping[str, object], base: Mapping[str, object]) -> str:
    """By how much the go-live moves in the mean: 3か月遅れる, 2か月早まる; hardly any where it is below a month."""
    if row["p50"] is None or base["p50"] is None:
        return SAME if row["p50"] is base["p50"] else _beyond_text(row)
    if abs(row["months"]) < TELLING:
        return SAME
    word = "遅れる" if row["months"] > 0 else "早まる"
    return f"{labels.months_text(row['months'])}{word}"


def _beyond_text(row: Mapping[str, object]) -> str:
    if row["p50"] is None:
        return "計画の期間の中では見通せなくなる"
    return f"{labels.quarter_text(row['p50'])}と見通せる"


def _window_text(rows: Mapping[str, dict]) -> str:
    """How likely the plan's own date is kept, and the next one that could be chosen."""
    if "window" not in rows:
        return ""
    row = rows["window"]
    kept, then = (
        labels.chance_text(share) for share in (row["chance"] - row["more"], row["chance"])
    )
    later = f"次の候補日({labels.months_text(row['months'])}後)"
    if kept == then:
        return f"最も早い予定を守れる見込みは{kept}で、切替を{later}に置いても{SAME}。"
    return f"最も早い予定を守れる見込みは{kept}で、切替を{later}に置くと、その日を守れる見込みは{then}である。"


def telling_text(plan: PmoPlan, why: pd.DataFrame) -> str:
    """The condition that moves a lot most: 最初の予算(9月補正)を逃した場合、ロット1が8か月遅れる."""
    found = why[why["scenario"].isin(CONDITIONS) & (why["months"].abs() >= TELLING)]
    if not len(found):
        return "1か月以上動かす条件はない"
    row = found.loc[found["months"].abs().idxmax()]
    word = "遅れる" if row["months"] > 0 else "早まる"
    moved = f"{row['lot']}が{labels.months_text(row['months'])}{word}"
    return f"{condition_word(plan, row['scenario'])}、{moved}"


def slip_text(plan: PmoPlan) -> str:
    """What one year's slip of all lots adds: the contracts in use, and the accompaniment."""
    city, day = plan.city, plan.earliest
    count = int(plan.lot["systems"].sum())
    form = next(form for form in city.forms if form.name == PMO)
    running = count * city.number("running_yen", day)
    monthly = form.number("form_yen", day)
    return (
        f"移行が1年延びると、{count}システムの現行の契約を延ばす経費が{labels.yen_text(running)}、"
        f"{PMO}(1件)を続ける経費が{labels.yen_text(YEAR * monthly)}加わる"
        f"(どちらも12か月分の単価による。{labels.UNCONFIRMED})。"
    )


# --- the conditions as pictures -------------------------------------------------------------------
def conditions_text(plan: PmoPlan, why: pd.DataFrame, source: str) -> Text:
    """A figure of the medians under each condition, one open at a time: the one that tells most.

    Parameters
    ----------
    plan, why : a roadmap and its ``plan_why``.
    source : the source line of the roadmap.
    """
    known = [name for name in CONDITIONS if name in set(why["scenario"])]
    size = {name: why.loc[why["scenario"] == name, "months"].abs().sum() for name in known}
    first = max(known, key=lambda name: size[name])
    items = [_condition_item(plan, why, name, name == first, source) for name in known]
    return Text(f'<div class="scenarios" data-label="条件を選ぶ">{"".join(items)}</div>')


def _condition_item(plan: PmoPlan, why: pd.DataFrame, name: str, is_open: bool, source: str) -> str:
    figure = condition_figure(plan, why, name, source)
    mark = " open" if is_open else ""
    head = f"<summary>{html.escape(condition_word(plan, name))}</summary>"
    return f'<details name="scenario"{mark}>{head}{figure.html()}</details>'


def condition_text(plan: PmoPlan, why: pd.DataFrame, name: str) -> str:
    """What a condition does to the go-lives of the lots, in one sentence."""
    base = why[why["scenario"] == "base"].set_index("lot").to_dict("index")
    rows = why[why["scenario"] == name].to_dict("records")
    by_effect: dict[str, list[str]] = {}
    for row in rows:
        by_effect.setdefault(_shift_text(row, base[row["lot"]]), []).append(row["lot"])
    said = "、".join(f"{'・'.join(lots)}は{effect}" for effect, lots in by_effect.items())
    return f"{condition_word(plan, name)}、稼働は平均で、{said}。"


def condition_figure(plan: PmoPlan, why: pd.DataFrame, name: str, source: str) -> Figure:
    """The median quarter of each lot in the plan, and under a condition.

    Parameters
    ----------
    plan, why : a roadmap and its ``plan_why``.
    name : the condition.
    source : the source line of the roadmap.
    """
    sentence = condition_text(plan, why, name)
    base, then = (why[why["scenario"] == one].set_index("lot")["p50"] for one in ("base", name))
    with style.drawing():
        canvas = style.canvas(0.85 + 0.26 * len(base), style.UPRIGHT)
        inch = 1 / canvas.get_figheight()
        axes = canvas.add_axes((0.13, 0.5 * inch, 0.84, 1 - 0.6 * inch))
        _draw_medians(axes, plan, base, then)
        canvas.legend(
            *axes.get_legend_handles_labels(),
            loc="lower center",
            bbox_to_anchor=(0.5, -0.01),
            ncol=3,
            frameon=False,
        )
        svg = style.svg_text(
            canvas,
            f"scenario-{name}",
            f"{plan.city.name}の見通し({labels.word_of('scenario', name)})",
            sentence,
        )
    return Figure(
        f"scenario-{name}",
        svg,
        sentence,
        f"見通しは四半期の中央に置いた。\n{source}",
        _condition_table(plan, why, name),
    )


def _draw_medians(axes, plan: PmoPlan, base: pd.Series, then: pd.Series) -> None:
    end = plan.city.at("end_date").value
    known = [day for day in (*base, *then) if day is not None]
    last = months.first_of_next_month(max(*known, end) + 2 * MIDDLE)
    month = [day.date() for day in pd.date_range(plan.start.replace(day=1), last, freq="MS")]
    for row, lot in enumerate(base.index):
        places = [
            len(month) if day is None else style.month_place(month, _middle(day))
            for day in (base[lot], then[lot])
        ]
        axes.plot(places, [row, row], color=style.SOFT, linewidth=1)
        axes.plot(
            places[0],
            row,
            "o",
            color=style.INK,
            markersize=7,
            markerfacecolor=style.PAPER,
            label="" if row else "この計画",
        )
        axes.plot(
            places[1],
            row,
            "o",
            color=style.BLUE,
            markersize=4,
            label="" if row else "条件を変えた場合",
        )
    axes.axvline(style.month_place(month, end), color=style.ALARM, linewidth=1.2, label="期限")
    style.month_axes(axes, month)
    style.plain_axes(axes)
    axes.set_yticks(range(len(base)), list(base.index))
    axes.set_ylim(len(base) - 0.5, -0.5)


def _middle(day: date) -> date:
    """The middle of the quarter that holds a day: what is told is the quarter."""
    return months.quarter_start(day) + MIDDLE


def _condition_table(plan: PmoPlan, why: pd.DataFrame, name: str) -> Table:
    part = why[why["scenario"] == name]
    told = [labels.quarter_text(day) if day else labels.BEYOND for day in part["p50"]]
    chance = [labels.chance_text(share) for share in part["chance"]]
    frame = part.assign(told=told, chance=chance)[["lot", "told", "months", "chance"]]
    return Table(
        frame,
        f"見通し({labels.word_of('scenario', name)})",
        "差は「この計画」との比較で、同じ4,000通りの条件のもとでの平均",
        "lot",
    )
