"""The whole on one page: a picture that a meeting can point at, headline numbers, decisions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import pandas as pd

from dxplan.facts import months
from dxplan.facts.params import Scalar
from dxplan.plan.pmo import PmoPlan
from dxplan.plan.whole import Plan
from dxplan.show import labels, style
from dxplan.show.charts import RULE, Canvas, Panel, Pen, Scale
from dxplan.show.state import as_of_text, asked_systems, state_counts
from dxplan.show.style import Figure, Table

HEIGHT = 7.1  # inches: with its caption one A4 landscape page
TIERS = {  # from the foot of the pyramid to its top
    "none": ("#ffffff", ""),
    "use": style.MINT,
    "change": style.AMBER,
    "core": style.OWN,
}
LIVE = ("#9fd3c7", "")
TAKEN = ("#9fd3c7", "/")  # presumed to be in operation
SEEN = ("#e4f3ef", "")  # of what is not yet so
STEPS = {1: LIVE, 2: style.AMBER, 3: style.OWN}  # of the training


# --- the picture ----------------------------------------------------------------------------------
def whole_figure(plan: Plan, decided: Sequence[tuple[date, str]] = ()) -> Figure:
    """Where the city stands, its people, roadmaps and money on one axis of time, what is next.

    Parameters
    ----------
    plan : all plans of the city.
    decided : days and sentences of the next decisions, earliest first; five have room.
    """
    sentence = whole_text(plan)
    canvas = style.sheet(HEIGHT, style.WIDTH)
    _draw_here(canvas, plan)
    _draw_people(canvas, plan)
    _draw_time(canvas, plan)
    _draw_next(canvas, decided[:5])
    title, source = f"{plan.city.name}の計画の全体図", source_text(plan)
    return style.drawn(canvas, "whole", title, sentence, source, _lanes_table(plan), True)


def source_text(plan: Plan) -> str:
    """Where the numbers come from."""
    start = labels.date_text(plan.pmo.start)
    return (
        f"出典: dxplan の計算(計画の開始 {start})。{as_of_text(plan.city)}"
        "人員・単価・財源の率は設計上の仮定を含む"
        f"({labels.UNCONFIRMED}。「前提と出典」の表を参照)"
    )


def whole_text(plan: Plan) -> str:
    """The plan in one breath: systems, people, outsiders, training, money."""
    now, then, goal = (f"{heads['change']:.0f}人" for heads in _people(plan))
    people = f"変革人材は{now}から{then}(目標{goal})になる"
    return f"{_moved_text(plan.pmo)}{people}。{leave_text(plan)}。{_money_text(plan)}。"


def _moved_text(plan: PmoPlan) -> str:
    """Lots and open questions in one or two sentences."""
    asked = len(asked_systems(plan.city))
    question = ""
    if asked:
        question = f"要確認の{asked}システムの状態を先に確かめる。"
    if plan.done:
        return question or "移行の残りはない。"
    systems = int(plan.lots["systems"].sum() + plan.lots["common"].sum())
    return (
        f"未移行の{systems}システムを{len(plan.lots)}件のロットで移し、"
        f"最後の稼働の見通しは{_last_text(plan)}である。{question}"
    )


def _last_text(plan: PmoPlan) -> str:
    """The median quarter of the last lot."""
    row = plan.told.last.iloc[0]
    return labels.quarters_text(row["p50_from"], row["p50_to"])


def leave_text(plan: Plan) -> str:
    """When own people do it alone, and when the outsiders leave."""
    day, leave = plan.staffing.self_reliant, plan.staffing.exit
    alone = "計画の期間内に、DX推進と日常の運用を職員だけで担えるようにはならない"
    if day:
        alone = f"DX推進と日常の運用は{labels.month_text(day)}から職員だけで担える"
    if leave:
        return f"{alone}。外部人材は{labels.date_text(leave)}に終える"
    return f"{alone}。外部人材は使わない"


def _money_text(plan: Plan) -> str:
    first, last = (labels.fiscal_short(year) for year in plan.budget.year["fiscal"].iloc[[0, -1]])
    return (
        f"{first}〜{last}に今より増える費用は{_new_text(plan)}、"
        f"うち実質負担は{_sum_text(plan, 'new_net')}"
        f"(未確認の率がすべて0なら{_sum_text(plan, 'new_if_zero')})"
    )


def _new_text(plan: Plan) -> str:
    """What is new, with the range of the factors of the running cost: 10.5億円(8.1億円〜12.9億円)."""
    span = plan.budget.span["new"]
    ends = labels.money_text(span.min()), labels.money_text(span.max())
    told = _sum_text(plan, "new")
    return told if ends[0] == ends[1] else f"{told}({'〜'.join(ends)})"


def _sum_text(plan: Plan, column: str) -> str:
    return labels.money_text(plan.budget.year[column].sum())


class PeopleGoal(NamedTuple):
    """Heads by tier at the start and at the end, and the targets of the tiers that have one."""

    now: pd.Series
    then: pd.Series
    goal: pd.Series


def _people(plan: Plan) -> PeopleGoal:
    by_tier = plan.staffing.head.groupby("tier")
    pyramid = plan.staffing.pyramid
    goal = pyramid[pyramid["section"] == ""].set_index("tier")["target"]  # of the whole city
    return PeopleGoal(by_tier["start"].first(), by_tier["finish"].last(), goal)


def _panel(
    canvas: Canvas,
    box: Sequence[float],
    title: str,
    x: Scale,
    y: Scale,
) -> Panel:
    """A panel under a heading."""
    panel = Panel(canvas, box, x, y)
    panel.words(x[0], y[1], title, (0, 5), size=10, va="bottom", color=style.BLUE)
    return panel


def _draw_here(canvas: Canvas, plan: Plan) -> None:
    """Big figures of today."""
    panel = _panel(canvas, (0.15, 5.2, 4.1, 1.55), "いまどこにいるか", (0, 3), (0, 2))
    for place, (number, what) in enumerate(_facts(plan)):
        x, y = place % 3, 1 - place // 3
        panel.boxes([(x + 0.03, x + 0.97, y + 0.06, y + 0.94)], (style.SHADE, ""))
        panel.words(x + 0.5, y + 0.58, number, size=15, ha="center")
        panel.words(x + 0.5, y + 0.22, what, size=7.2, ha="center", color=style.SOFT)


def _facts(plan: Plan) -> Iterator[tuple[str, str]]:
    """(number, what) of the big figures."""
    counts, scope = state_counts(plan.city), _scope(plan)
    yield f"{counts['late']}/{scope}", "未移行のシステム"
    yield f"{counts['live']}＋{counts['presumed']}", "稼働＋稼働とみなす"
    yield f"{counts['unsure'] + counts['flagged']}/{scope}", "要確認のシステム"
    now = _people(plan).now
    yield f"{now['change'] + now['core']:.0f}人", "コア・変革人材"
    short = plan.staffing.cover.groupby("month")["short"].sum()
    yield f"{short.iloc[0]:.1f}FTE", f"人手の不足({labels.month_text(plan.staffing.month[0])})"
    year, burden = _year_burden(plan)
    yield labels.money_text(burden), f"{labels.fiscal_short(year)}に増える実質負担"


def _scope(plan: Plan) -> int:
    return sum(system.in_scope for system in plan.city.systems)


def _year_burden(plan: Plan) -> tuple[int, float]:
    """The first whole fiscal year and its new burden; the last year where none is whole."""
    rows = plan.budget.year
    whole = rows[rows["fiscal"] > months.fiscal_year(plan.pmo.start)]
    if len(whole):
        rows = whole
    return int(rows["fiscal"].iloc[0]), float(rows["new_net"].iloc[0])


def _draw_people(canvas: Canvas, plan: Plan) -> None:
    """Two pyramids: widths are heads, the two alike in scale."""
    box, title = (4.75, 5.2, 5.5, 1.55), "人のピラミッド(いま と 計画の終わり)"
    panel = _panel(canvas, box, title, (-0.62, 2.45), (-0.28, 4))
    now, then, goal = _people(plan)
    scale = 0.42 / max(*now, *then, 1.0)
    month = plan.staffing.month
    _draw_pyramid(panel, 0.5, now, {}, month[0], scale)
    _draw_pyramid(panel, 1.65, then, goal, month[-1], scale)
    for level, tier in enumerate(TIERS):
        panel.words(-0.6, level + 0.5, labels.word_of("tier", tier))


def _draw_pyramid(
    panel: Panel,
    middle: float,
    heads: Mapping[str, float],
    goal: Mapping[str, float],
    month: date,
    scale: float,
) -> None:
    for level, (tier, look) in enumerate(TIERS.items()):
        half = max(0.004, scale * heads[tier])
        panel.boxes([(middle - half, middle + half, level + 0.08, level + 0.92)], look)
        text = f"{heads[tier]:,.0f}人"
        if tier in goal:
            text += f"/目標{goal[tier]:,.0f}"
        panel.words(middle + half + 0.02, level + 0.5, text)
    panel.words(middle, -0.15, labels.month_text(month), ha="center", color=style.SOFT)


# --- lanes on one axis of time --------------------------------------------------------------------
LEFT, LOW, TALL = 1.65, 1.6, 3.1  # inches: the lanes
TOP = 0.72  # of a lane: as high as its largest value stands


def _draw_time(canvas: Canvas, plan: Plan) -> None:
    box = (LEFT, LOW, style.WIDTH - LEFT - 0.15, TALL)
    panel = _panel(canvas, box, "これからの道のり", _span(plan), (0, 4))
    _draw_years(panel)
    for lane, texts in enumerate(_lanes(plan)):
        panel.level(3 - lane, RULE)
        _draw_words(panel, 3.78 - lane, texts)
    _draw_systems(panel, plan)
    _draw_handover(panel, plan)
    _draw_classes(panel, plan)
    _draw_money(panel, plan)
    _draw_flags(panel, plan)


def _span(plan: Plan) -> tuple[int, int]:
    """First and last day of the picture."""
    days = [plan.staffing.month[-1], plan.city.at("end_date").day]
    days += [day for day, _ in _stairs(plan.pmo)]
    end = months.first_of_next_month(max(days))
    return plan.pmo.start.replace(day=1).toordinal(), end.toordinal()


def _year_sides(panel: Panel, fiscal: int) -> Scale:
    """First day of a fiscal year and of the next one, as far as they lie in the picture."""
    first, last = panel.x
    days = months.fiscal_start(fiscal), months.fiscal_start(fiscal + 1)
    left, right = (min(max(day.toordinal(), first), last) for day in days)
    return left, right


def _draw_years(panel: Panel) -> None:
    """Every other fiscal year shaded; its name where there is room."""
    first, last = (months.fiscal_year(date.fromordinal(int(day))) for day in panel.x)
    for year in range(first, last + 1):
        left, right = _year_sides(panel, year)
        if year % 2:
            panel.boxes([(left, right, 0, 4)], (style.SHADE, ""), 0, 0)
        if right - left > 90:
            panel.x_words([(left + right) / 2], [labels.fiscal_short(year)])


def _lanes(plan: Plan) -> Iterator[tuple[str, ...]]:
    """Name and small lines of each lane."""
    live = f"濃い面: 稼働({_scope(plan)}のうち)"
    yield "移行", live, "斜線: 稼働とみなす", "淡い面: 見通し(中央値)"
    yield "人材", "線: 職員だけで進められる量", "面: 外部人材"
    lines = []
    for step, people in plan.training.cohort.groupby("step")["people"]:
        word = labels.word_of("step", step)
        lines.append(f"{word} {len(people)}クラス・延べ{people.sum():,}人")
    yield "研修", *lines
    yield "増える費用", "濃い色: 実質負担", "点の面: ほかの財源"


def _draw_words(panel: Panel, level: float, texts: Sequence[str]) -> None:
    """Name of a lane and its small lines, before the axes."""
    name, *lines = texts
    panel.y_words([level], [name], 9.5)
    for line, text in enumerate(lines, 1):
        place = level - 0.235 * line
        panel.words(panel.x[0], place, text, (-5, 0), 7, "right", color=style.SOFT)


def _stairs(plan: PmoPlan) -> list[tuple[date, int]]:
    """(middle of the median quarter, systems) of each lot that is seen, earliest first."""
    if plan.done:
        return []
    size = plan.lots.set_index("lot")["systems"]
    stairs = []
    for row in plan.told.lot.to_dict("records"):
        if row["p50"]:
            stairs.append((months.quarter_middle(row["p50"]), int(size[row["lot"]])))
    return sorted(stairs)


def _draw_systems(panel: Panel, plan: Plan) -> None:
    """Systems in operation and presumed so, and on them the lots as stairs at their medians."""
    counts, (first, last) = state_counts(plan.city), panel.x
    unit = 0.8 / max(_scope(plan), 1)
    live = 3 + unit * counts["live"]
    level = 3 + unit * (counts["live"] + counts["presumed"])
    for low, high, look in ((3, live, LIVE), (live, level, TAKEN)):
        if high > low:
            panel.boxes([(first, last, low, high)], look, line=0)
    for day, systems in _stairs(plan.pmo):
        top = level + unit * systems
        panel.boxes([(day.toordinal(), last, level, top)], SEEN, line=0.2)
        level = top
    asked = counts["unsure"] + counts["flagged"]
    now = f"いま 稼働{counts['live']}・みなし{counts['presumed']}・要確認{asked}"
    _note(panel, first, 3.88, now, style.INK, "left")
    if not plan.pmo.done:  # the words stand at the last step
        day = plan.pmo.told.last["p50"].iloc[0]
        if day:
            last = day.toordinal()
        text = f"最後の稼働の見通し {_last_text(plan.pmo)}"
        _note(panel, last, 3.88, text, style.INK, "right")


def _note(
    panel: Panel,
    day: float,
    level: float,
    text: str,
    color: str,
    side: str,
) -> None:
    """Words on a light ground, behind a place (left) or before it (right)."""
    points = 4
    if side == "right":
        points = -4
    panel.words(day, level, text, (points, 0), ha=side, color=color, ground=True, zorder=9)


def _outside(plan: Plan) -> pd.Series:
    """FTE of the outsiders by month, of those in which there are any."""
    rows = plan.staffing.outside
    return rows[rows["kind"] == "outside"].groupby("month")["fte"].sum()


def _draw_handover(panel: Panel, plan: Plan) -> None:
    """Outsiders at work (surface) and what own people can do alone (line)."""
    people, able = _outside(plan), plan.staffing.autonomy
    top = max(able["autonomy"].max(), *people, 0.1)
    boxes = []
    for month, fte in people.items():
        end = months.first_of_next_month(month)
        boxes.append((month.toordinal(), end.toordinal(), 2, 2 + TOP * fte / top))
    panel.boxes(boxes, style.OUTSIDE, line=0)
    days = [month.toordinal() for month in able["month"]]
    levels = 2 + TOP * able["autonomy"] / top
    panel.line(days, levels, Pen(style.BLUE, 2), zorder=5)
    last = f"最後の月 {able['autonomy'].iloc[-1]:.1f}FTE"
    _note(panel, days[-1], 2.12, last, style.BLUE, "right")
    if len(people):
        most = f"最大{people.max():.1f}FTE"
        _note(panel, people.idxmax().toordinal(), 2.12, most, style.INK, "left")


def _draw_classes(panel: Panel, plan: Plan) -> None:
    """Classes of the three steps, each in a row of its own."""
    for step, part in plan.training.cohort.groupby("step"):
        low = 1 + 0.6 - 0.28 * (step - 1)
        boxes = []
        for row in part.itertuples():  # six days wider: a class of a day is seen
            left, right = row.start.toordinal() - 6, row.finish.toordinal() + 6
            boxes.append((left, right, low, low + 0.2))
        panel.boxes(boxes, STEPS[step], line=0.2)
    if not len(plan.training.cohort):
        panel.words(sum(panel.x) / 2, 1.5, "研修はしない", size=8, ha="center")


def _draw_money(panel: Panel, plan: Plan) -> None:
    """What is new in each fiscal year, its burden dark."""
    unit = max(plan.budget.year["new"].max(), 1)
    for row in plan.budget.year.itertuples():
        left, right = _year_sides(panel, row.fiscal)
        if right - left <= 40:
            continue  # days: no room for a bar and its words
        left, right = left + 12, right - 12
        top, own = 0.68 * row.new / unit, 0.68 * row.new_net / unit
        panel.boxes([(left, right, 0, top)], style.GREY)
        panel.boxes([(left, right, 0, own)], style.OWN)
        middle, text = (left + right) / 2, labels.money_text(row.new)
        panel.words(middle, top, text, (0, 2), ha="center", va="bottom")


def _draw_flags(panel: Panel, plan: Plan) -> None:
    """The end state, the exit of the outsiders, the month of self-reliance."""
    leave = plan.staffing.exit
    alone = plan.staffing.self_reliant
    _draw_flag(panel, plan.city.at("end_date").day, "期限", style.ALARM, (0, 4), 3.68)
    level = 2.9
    if leave:
        _draw_flag(panel, leave, "外部人材の終了", style.INK, (2, 3), level)
        level -= 0.2
    if alone and alone > plan.staffing.month[0]:
        _draw_flag(panel, alone, "自走", style.BLUE, (2, 3), level)


def _draw_flag(
    panel: Panel, day: date, word: str, color: str, ends: tuple[float, float], level: float
) -> None:
    """A dashed line over some lanes with its word."""
    place = day.toordinal()
    left, right = panel.x
    side = "left"
    if place > right - 0.16 * (right - left):  # near the edge words stand before the line
        side = "right"
    panel.line([place, place], ends, Pen(color, 1, (0, (4, 2))), zorder=7)
    _note(panel, place, level, f"{word} {labels.month_text(day)}", color, side)


def _draw_next(canvas: Canvas, decided: Sequence[tuple[date, str]]) -> None:
    """The next decisions in boxes, earliest first."""
    box = (0.15, 0.08, style.WIDTH - 0.3, 0.92)
    panel = _panel(canvas, box, "次に決めること", (0, 5), (0, 1))
    for i, (day, text) in enumerate(decided):
        panel.boxes([(i + 0.01, i + 0.98, 0.02, 0.98)], (style.SHADE, ""))
        panel.words(i + 0.05, 0.83, labels.day_text(day), size=8, color=style.BLUE)
        text = _wrapped(text, 18, 4)
        panel.words(i + 0.05, 0.66, text, size=7, va="top", spacing=1.35)
    if not decided:
        panel.words(0.05, 0.5, "該当なし", size=8)


HANGING = ("。", "、", ")")  # never the first of a line


def _wrapped(text: str, width: int, lines: int) -> str:
    """Text cut into lines of so many full-width letters; … where it goes on."""
    cut: list[str] = []
    while text and len(cut) < lines:
        count = _fitting(text, width)
        if text[count : count + 1] in HANGING:
            count += 1
        cut.append(text[:count])
        text = text[count:]
    wrapped = "\n".join(cut)
    if text:
        return wrapped[:-1] + "…"
    return wrapped


def _fitting(text: str, width: int) -> int:
    """How many letters of a text fit into a line of so many full-width ones."""
    used = 0.0
    for count, letter in enumerate(text):
        if ord(letter) > 255:
            used += 1
        else:  # about half as wide
            used += 0.55
        if used > width:
            return count
    return len(text)


def _lanes_table(plan: Plan) -> Table:
    """What the lanes show, by fiscal year."""
    outside = _outside(plan)
    able = plan.staffing.autonomy.set_index("month")["autonomy"]
    stairs = _stairs(plan.pmo)
    rows = []
    for money in plan.budget.year.sort_values("fiscal").itertuples():
        year = money.fiscal
        fte = outside[outside.index.map(months.fiscal_year) == year]
        own = able[able.index.map(months.fiscal_year) == year]
        rows.append(
            {
                "fiscal": year,
                "moved": sum(size for day, size in stairs if months.fiscal_year(day) == year),
                "outside_fte": max(fte, default=0.0),
                "autonomy": own.iloc[-1] if len(own) else float("nan"),
                "classes": int((plan.training.cohort["fiscal"] == year).sum()),
                "new": money.new // 1000,
                "new_net": money.new_net // 1000,
            }
        )
    note = f"稼働するシステムは、見通しの中央値の年度に数えた。\n{source_text(plan)}"
    return Table(pd.DataFrame(rows), "年度ごとの移行・人材・研修・費用", note, "fiscal")


# --- headline and decisions -----------------------------------------------------------------------
def headline(plan: Plan) -> dict[str, str]:
    """People and money of the plan in a few words, by Japanese label."""
    now, then, goal = (f"{heads['change']:.0f}人" for heads in _people(plan))
    alone, leave = "期間内に至らない", "使わない"
    if plan.staffing.self_reliant:
        alone = labels.month_text(plan.staffing.self_reliant)
    if plan.staffing.exit:
        leave = labels.date_text(plan.staffing.exit)
    return {
        "変革人材": f"{now} → {then}(目標{goal})",
        "自走する月": alone,
        "外部人材の終了": leave,
        "人手の不足": f"{plan.staffing.cover['short'].sum():,.1f}人月",
        "今より増える費用": _new_text(plan),
        "うち実質負担": _sum_text(plan, "new_net"),
        "うち実質負担(未確認の率が0のとき)": _sum_text(plan, "new_if_zero"),
    }


def measure(
    name: str, label: str, value: Scalar | None, unit: str, column: str = ""
) -> dict[str, object]:
    """A headline number as a machine reads it.

    ``column`` is the headline in words that it puts in order. Yen and counts stay whole, other
    numbers keep three decimals; a date is ISO text; None where there is none.
    """
    if isinstance(value, date):
        value = value.isoformat()
    elif value is not None and not isinstance(value, int):
        value = round(float(value), 3)
    row: dict[str, object] = {"measure": name, "label": label, "value": value, "unit": unit}
    if column:
        row["column"] = column
    return row


def measures(plan: Plan) -> list[dict[str, object]]:
    """People and money of the plan as numbers and dates, each beside its words in ``headline``."""
    now, then, goal = (heads["change"] for heads in _people(plan))
    staffing, year = plan.staffing, plan.budget.year
    short = staffing.cover["short"].sum()
    cost = int(year["new"].sum())
    burden = int(year["new_net"].sum())
    zero = int(year["new_if_zero"].sum())
    zero_word = "うち実質負担(未確認の率が0のとき)"
    return [
        measure("change_people_now", "変革人材(いま)", now, "人"),
        measure("change_people_end", "変革人材(計画の最後)", then, "人", "変革人材"),
        measure("change_people_target", "変革人材(目標)", goal, "人"),
        measure("self_reliant_month", "自走する月", staffing.self_reliant, "日付", "自走する月"),
        measure("outsider_exit", "外部人材の終了", staffing.exit, "日付", "外部人材の終了"),
        measure("shortage", "人手の不足", short, "人月", "人手の不足"),
        measure("new_cost", "今より増える費用", cost, "円", "今より増える費用"),
        measure("burden", "うち実質負担", burden, "円", "うち実質負担"),
        measure("burden_if_zero", zero_word, zero, "円", zero_word),
    ]


def decisions(plan: Plan) -> Iterator[tuple[date, str]]:
    """(day, sentence) of what has to be decided for the people, the training and the money."""
    contracts = plan.staffing.sought.groupby(["form", "start"], sort=False)["count"].sum()
    yield from prepared(plan)
    for (form, start), count in contracts.items():
        month = labels.month_text(start)
        text = f"{form}({count}人)の募集・任用・契約の手続を始める({month}から)。"
        yield seeking_day(plan, form, start), text
    for (step, _), part in plan.training.cohort.groupby(["step", "fiscal"], sort=True):
        first = min(part["start"])
        word, day = labels.word_of("step", step), labels.date_text(first)
        yield naming_day(plan, first), f"{word}の受講者を各課に割り当てる({day}に開始)。"


def prepared(plan: Plan) -> Iterator[tuple[date, str]]:
    """(day, sentence) of what is done before there is money: the tender of those who come first."""
    sought = plan.staffing.sought
    if not len(sought):
        return
    first = min(sought["start"])
    forms = "・".join(dict.fromkeys(sought.loc[sought["start"] == first, "form"]))
    day = months.next_open(plan.city.start)
    yield day, f"予算の成立を条件に、{forms}の公募・仕様の準備を始める。"


def seeking_day(plan: Plan, form: str, start: date) -> date:
    """The day on which people of a form are begun to be sought for a start."""
    values = {known.name: known for known in plan.city.forms}[form]
    return _begun(plan, start, int(values.number("form_lead", plan.city.start)))


def naming_day(plan: Plan, start: date) -> date:
    """The day from which on the sections name who learns in classes that start on a day."""
    return _begun(plan, start, int(plan.city.number("step_lead")))


def _begun(plan: Plan, start: date, lead: int) -> date:
    """The open day on which something is begun that takes so many months before its start."""
    return months.next_open(max(plan.city.start, months.month_later(start, -lead)))
