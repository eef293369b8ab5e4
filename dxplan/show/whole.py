"""The whole on one page: a picture that a meeting can point at, headline numbers, the next five decisions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import pandas as pd

from dxplan.facts import months
from dxplan.plan.pmo import PmoPlan
from dxplan.plan.whole import Plan
from dxplan.show import labels, style
from dxplan.show.state import as_of_text, asked_systems, state_counts
from dxplan.show.style import Figure, Table

HEIGHT = 7.1  # inches: with its caption one A4 landscape page
TIERS = ("core", "change", "use", "none")
TIER_LOOK = {
    "core": (style.BLUE, ""),
    "change": ("#f2a900", "/"),
    "use": ("#9fd3c7", "\\"),
    "none": ("#ffffff", ""),
}
OUTSIDE, OWN, MONEY = ("#f2a900", "/"), (style.BLUE, ""), ("#d9d9de", ".")
# In operation, presumed so, and as it is seen.
LIVE, TAKEN, SEEN = ("#9fd3c7", ""), ("#9fd3c7", "/"), ("#e4f3ef", "")
MIDDLE = timedelta(days=45)  # from the first day of a quarter to its middle


# --- the picture -----------------------------------------------------------------------------------------
def whole_figure(plan: Plan, decided: Sequence[tuple[date, str]] = ()) -> Figure:
    """Where the city stands, the people now and then, the roadmaps and the money on one axis of time, what is next.

    Parameters
    ----------
    plan : all plans of the city.
    decided : days and sentences of the next decisions, earliest first; five have room.
    """
    sentence = whole_text(plan)
    with style.drawing():
        canvas = style.canvas(HEIGHT)
        _draw_here(canvas, plan)
        _draw_people(canvas, plan)
        _draw_time(canvas, plan)
        _draw_next(canvas, decided[:5])
        svg = style.svg_text(canvas, "whole", f"{plan.city.name}の計画の全体図", sentence)
    return Figure("whole", svg, sentence, source_text(plan), _lanes_table(plan), True)


def source_text(plan: Plan) -> str:
    """Where the numbers come from."""
    return (
        f"出典: dxplan の計算(計画の開始 {labels.date_text(plan.pmo.start)})。{as_of_text(plan.city)}"
        f"人員・単価・財源の率は設計上の仮定を含む({labels.UNCONFIRMED}。「前提と出典」の表を参照)"
    )


def whole_text(plan: Plan) -> str:
    """The plan in one breath: systems, people, outsiders, training, money."""
    now, then, goal = _people(plan)
    people = f"変革人材は{now['change']:.0f}人から{then['change']:.0f}人(目標{goal['change']:.0f}人)になる"
    return f"{_moved_text(plan.pmo)}{people}。{leave_text(plan)}。{_money_text(plan)}。"


def _moved_text(plan: PmoPlan) -> str:
    """Lots and open questions in one or two sentences."""
    asked = len(asked_systems(plan.city))
    question = f"要確認の{asked}システムの状態を先に確かめる。" if asked else ""
    if plan.done:
        return question or "移行の残りはない。"
    last = labels.quarters_text(*plan.told.last[["p50_from", "p50_to"]].iloc[0])
    systems = int(plan.lot["systems"].sum() + plan.lot["common"].sum())
    return f"未移行の{systems}システムを{len(plan.lot)}件のロットで移し、最後の稼働の見通しは{last}である。{question}"


def leave_text(plan: Plan) -> str:
    """When own people do it alone, and when the outsiders leave."""
    day, out = plan.staffing.self_reliant, plan.staffing.exit
    alone = (
        f"DX推進と日常の運用は{labels.month_text(day)}から職員だけで担える"
        if day
        else "計画の期間内に、DX推進と日常の運用を職員だけで担えるようにはならない"
    )
    return (
        f"{alone}。外部人材は{labels.date_text(out)}に終える"
        if out
        else f"{alone}。外部人材は使わない"
    )


def _money_text(plan: Plan) -> str:
    yen, general = plan.budget.sure["yen"].sum(), plan.budget.sure["general"].sum()
    zero = plan.budget.sure["general_if_zero"].sum()
    first, last = (labels.fiscal_short(int(y)) for y in plan.budget.sure["fiscal"].iloc[[0, -1]])
    return (
        f"{first}〜{last}の費用は{_oku(yen)}、うち一般財源は{_oku(general)}"
        f"(未確認の率がすべて0なら{_oku(zero)})"
    )


def _oku(yen: float) -> str:
    return f"{yen / 1e8:,.1f}億円" if yen >= 1e8 else f"{yen / 1e4:,.0f}万円"


def _people(plan: Plan) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
    """Heads by tier at the start and at the end, and the targets."""
    by_tier = plan.staffing.head.groupby("tier")
    goal = plan.staffing.pyramid[plan.staffing.pyramid["section"] == ""].set_index("tier")["target"]
    return by_tier["start"].first().to_dict(), by_tier["finish"].last().to_dict(), goal.to_dict()


def _panel(canvas, box: tuple[float, float, float, float], title: str):
    """Axes in a box (inches: left, bottom, width, height) under a heading, without ticks."""
    width, height = canvas.get_size_inches()
    axes = canvas.add_axes((box[0] / width, box[1] / height, box[2] / width, box[3] / height))
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    canvas.text(
        box[0] / width, (box[1] + box[3] + 0.07) / height, title, fontsize=10, color=style.BLUE
    )
    return axes


def _draw_here(canvas, plan: Plan) -> None:
    """Big figures of today."""
    axes = _panel(canvas, (0.15, 5.2, 4.1, 1.55), "いまどこにいるか")
    axes.set(xlim=(0, 3), ylim=(0, 2))
    for i, (number, what) in enumerate(_facts(plan)):
        x, y = i % 3, 1 - i // 3
        style.draw_boxes(axes, [(x + 0.03, x + 0.97, y + 0.06, y + 0.94)], (style.SHADE, ""))
        axes.text(x + 0.5, y + 0.58, number, ha="center", va="center", fontsize=15)
        axes.text(x + 0.5, y + 0.22, what, ha="center", va="center", fontsize=7.2, color=style.SOFT)


def _facts(plan: Plan) -> Iterator[tuple[str, str]]:
    """(number, what) of the big figures."""
    counts, scope = state_counts(plan.city), _scope(plan)
    yield f"{counts['late']}/{scope}", "未移行のシステム"
    yield f"{counts['live']}＋{counts['presumed']}", "稼働＋稼働とみなす"
    yield f"{counts['unsure'] + counts['flagged']}/{scope}", "要確認のシステム"
    now = _people(plan)[0]
    yield f"{now['change'] + now['core']:.0f}人", "コア・変革人材"
    first = plan.staffing.cover.groupby("month")["short"].sum().iloc[0]
    yield f"{first:.1f}FTE", f"人手の不足({labels.month_text(plan.staffing.month[0])})"
    year, general = _year_general(plan)
    yield _oku(general), f"{labels.fiscal_short(year)}の一般財源"


def _scope(plan: Plan) -> int:
    return sum(system.in_scope for system in plan.city.systems)


def _year_general(plan: Plan) -> tuple[int, float]:
    """The first whole fiscal year and its general revenue."""
    rows = plan.budget.sure
    whole = rows[rows["fiscal"] > months.fiscal_year(plan.pmo.start)]
    row = (whole if len(whole) else rows).iloc[0]
    return int(row["fiscal"]), float(row["general"])


def _draw_people(canvas, plan: Plan) -> None:
    """Two pyramids: widths are heads, the two alike in scale."""
    axes = _panel(canvas, (4.75, 5.2, 5.5, 1.55), "人のピラミッド(いま と 計画の終わり)")
    now, then, goal = _people(plan)
    wide = max(max(now.values()), max(then.values()), 1.0)
    axes.set(xlim=(-0.62, 2.45), ylim=(-0.28, 4))
    for middle, heads, title in (
        (0.5, now, labels.month_text(plan.staffing.month[0])),
        (1.65, then, labels.month_text(plan.staffing.month[-1])),
    ):
        for level, tier in enumerate(reversed(TIERS)):
            half = max(0.004, 0.42 * heads[tier] / wide)
            style.draw_boxes(
                axes, [(middle - half, middle + half, level + 0.08, level + 0.92)], TIER_LOOK[tier]
            )
            aim = f"/目標{goal[tier]:,.0f}" if tier in goal and heads is then else ""
            axes.text(
                middle + half + 0.02,
                level + 0.5,
                f"{heads[tier]:,.0f}人{aim}",
                va="center",
                fontsize=7.5,
            )
        axes.text(middle, -0.22, title, ha="center", fontsize=7.5, color=style.SOFT)
    for level, tier in enumerate(reversed(TIERS)):
        axes.text(-0.6, level + 0.5, labels.word_of("tier", tier), va="center", fontsize=7.5)


# --- lanes on one axis of time -----------------------------------------------------------------------------
LEFT, LOW, TALL = 1.65, 1.6, 3.1  # inches: the lanes


def _draw_time(canvas, plan: Plan) -> None:
    width = canvas.get_size_inches()[0]
    axes = _panel(canvas, (LEFT, LOW, width - LEFT - 0.15, TALL), "これからの道のり")
    first, last = _span(plan)
    axes.set(xlim=(first, last), ylim=(0, 4))
    for year in range(
        months.fiscal_year(date.fromordinal(first)), months.fiscal_year(date.fromordinal(last)) + 1
    ):
        left, right = (months.fiscal_start(y).toordinal() for y in (year, year + 1))
        if year % 2:
            axes.axvspan(
                max(left, first), min(right, last), color=style.SHADE, linewidth=0, zorder=0
            )
        if min(right, last) - max(left, first) > 90:
            axes.text(
                (max(left, first) + min(right, last)) / 2,
                -0.08,
                labels.fiscal_short(year),
                ha="center",
                va="top",
                fontsize=8,
            )
    for lane, (name, *lines) in enumerate(_lanes(plan)):
        axes.axhline(3 - lane, color=style.LINE, linewidth=0.6)
        for line, text in enumerate((name, *lines)):
            axes.annotate(
                text,
                (0, 3.78 - lane - 0.235 * line),
                (-8, 0),
                ("axes fraction", "data"),
                "offset points",
                ha="right",
                va="center",
                fontsize=9.5 if line == 0 else 7,
                color=style.INK if line == 0 else style.SOFT,
            )
    _draw_systems(axes, plan)
    _draw_handover(axes, plan)
    _draw_classes(axes, plan)
    _draw_money(axes, plan)
    _draw_flags(axes, plan)


def _lanes(plan: Plan) -> Iterator[tuple[str, ...]]:
    """Name and small lines of each lane."""
    yield (
        "移行",
        f"濃い面: 稼働({_scope(plan)}のうち)",
        "斜線: 稼働とみなす",
        "淡い面: 見通し(中央値)",
    )
    yield "人材", "線: 職員だけで進められる量", "面: 外部人材"
    cohort = plan.training.cohort.groupby("step")["people"].agg(["count", "sum"])
    yield (
        "研修",
        *(
            f"{labels.word_of('step', step)} {row['count']}クラス・延べ{row['sum']:,}人"
            for step, row in cohort.iterrows()
        ),
    )
    yield "お金", "濃い色: 一般財源", "点の面: ほかの財源"


def _span(plan: Plan) -> tuple[int, int]:
    seen = [day for day, _ in _stairs(plan.pmo)]
    end = max(plan.staffing.month[-1], plan.city.at("end_date").value, *seen)
    return plan.pmo.start.replace(day=1).toordinal(), months.first_of_next_month(end).toordinal()


def _stairs(plan: PmoPlan) -> list[tuple[date, int]]:
    """(middle of the median quarter, systems) of each lot that is seen, earliest first."""
    if plan.done:
        return []
    size = plan.lot.set_index("lot")["systems"]
    found = [
        (months.quarter_start(row["p50"]) + MIDDLE, int(size[row["lot"]]))
        for row in plan.told.lot.to_dict("records")
        if row["p50"]
    ]
    return sorted(found)


def _draw_systems(axes, plan: Plan) -> None:
    """Systems in operation and presumed so, and on them the lots as stairs at their medians."""
    counts, (first, last) = state_counts(plan.city), _span(plan)
    unit = 0.8 / max(_scope(plan), 1)
    live, ground = 3 + unit * counts["live"], 3 + unit * (counts["live"] + counts["presumed"])
    for low, high, look in ((3, live, LIVE), (live, ground, TAKEN)):
        if high > low:
            style.draw_boxes(axes, [(first, last, low, high)], look, line=0)
    level = ground
    for day, systems in _stairs(plan.pmo):
        top = level + unit * systems
        style.draw_boxes(axes, [(day.toordinal(), last, level, top)], SEEN, line=0.2)
        level = top
    asked = counts["unsure"] + counts["flagged"]
    now = f"いま 稼働{counts['live']}・みなし{counts['presumed']}・要確認{asked}"
    _note(axes, first, 3.88, now, style.INK, "left")
    if not plan.pmo.done:
        _draw_last(axes, plan)


def _draw_last(axes, plan: Plan) -> None:
    """The words at the last step: its median quarter."""
    row = plan.pmo.told.last.iloc[0]
    day = row["p50"] or date.fromordinal(_span(plan)[1])
    seen = labels.quarters_text(row["p50_from"], row["p50_to"])
    _note(axes, day.toordinal(), 3.88, f"最後の稼働の見通し {seen}", style.INK, "right")


def _note(axes, day: int, level: float, text: str, colour: str, side: str) -> None:
    axes.annotate(
        text,
        (day, level),
        (4 if side == "left" else -4, 0),
        textcoords="offset points",
        ha=side,
        va="center",
        fontsize=7.5,
        color=colour,
        zorder=9,
        bbox={"facecolor": style.PAPER, "edgecolor": "none", "pad": 0.8, "alpha": 0.85},
    )


def _draw_handover(axes, plan: Plan) -> None:
    """Outsiders at work (surface) and what own people can do alone (line)."""
    people = (
        plan.staffing.outside[plan.staffing.outside["kind"] == "outside"]
        .groupby("month")["fte"]
        .sum()
    )
    able = plan.staffing.autonomy
    top = max(able["autonomy"].max(), people.max() if len(people) else 0.0, 0.1)
    boxes = [
        (m.toordinal(), months.first_of_next_month(m).toordinal(), 2, 2 + 0.72 * fte / top)
        for m, fte in people.items()
    ]
    style.draw_boxes(axes, boxes, OUTSIDE, line=0)
    axes.plot(
        [m.toordinal() for m in able["month"]],
        2 + 0.72 * able["autonomy"] / top,
        color=style.BLUE,
        linewidth=2,
        zorder=5,
    )
    last = able.iloc[-1]
    _note(
        axes,
        last["month"].toordinal(),
        2.12,
        f"最後の月 {last['autonomy']:.1f}FTE",
        style.BLUE,
        "right",
    )
    if len(people):
        _note(
            axes, people.idxmax().toordinal(), 2.12, f"最大{people.max():.1f}FTE", style.INK, "left"
        )


def _draw_classes(axes, plan: Plan) -> None:
    """Classes of the three steps, each in a row of its own."""
    looks = {1: ("#9fd3c7", ""), 2: ("#f2a900", "/"), 3: (style.BLUE, "")}
    for step, part in plan.training.cohort.groupby("step"):
        low = 1 + 0.6 - 0.28 * (step - 1)
        boxes = [
            (row.start.toordinal() - 6, row.finish.toordinal() + 6, low, low + 0.2)
            for row in part.itertuples()
        ]
        style.draw_boxes(axes, boxes, looks[step], line=0.2)
    if not len(plan.training.cohort):
        axes.text(
            0.5, 1.5, "研修はしない", transform=axes.get_yaxis_transform(), ha="center", fontsize=8
        )


def _draw_money(axes, plan: Plan) -> None:
    """Cost of each fiscal year, its general revenue dark."""
    top, (first, last) = plan.budget.sure["yen"].max(), _span(plan)
    for row in plan.budget.sure.itertuples():
        left, right = (
            min(max(months.fiscal_start(y).toordinal(), first), last)
            for y in (row.fiscal, row.fiscal + 1)
        )
        if right - left > 40:
            a, b = left + 12, right - 12
            style.draw_boxes(axes, [(a, b, 0, 0.68 * row.yen / max(top, 1))], MONEY)
            style.draw_boxes(axes, [(a, b, 0, 0.68 * row.general / max(top, 1))], OWN, zorder=4)
            axes.text(
                (a + b) / 2,
                0.68 * row.yen / max(top, 1) + 0.05,
                _oku(row.yen),
                ha="center",
                fontsize=7.5,
            )


def _draw_flags(axes, plan: Plan) -> None:
    """The end state, the exit of the outsiders, the month of self-reliance."""
    flags = [(plan.city.at("end_date").value, "期限", style.ALARM, 4.0)]
    if plan.staffing.exit:
        flags.append((plan.staffing.exit, "外部人材の終了", style.INK, 3.0))
    if plan.staffing.self_reliant and plan.staffing.self_reliant > plan.staffing.month[0]:
        flags.append((plan.staffing.self_reliant, "自走", style.BLUE, 3.0))
    left, right = axes.get_xlim()
    for i, (day, word, colour, top) in enumerate(flags):
        side = (
            "right" if day.toordinal() > right - 0.16 * (right - left) else "left"
        )  # near the edge words stand before the line
        axes.plot(
            [day.toordinal()] * 2,
            [0 if top == 4.0 else 2, top],
            color=colour,
            linewidth=1,
            linestyle=(0, (4, 2)),
            zorder=7,
        )
        _note(
            axes,
            day.toordinal(),
            top - (0.32 if i == 0 else 0.1 + 0.2 * (i == 2)),
            f"{word} {labels.month_text(day)}",
            colour,
            side,
        )


def _draw_next(canvas, decided: Sequence[tuple[date, str]]) -> None:
    """The next decisions in boxes, earliest first."""
    axes = _panel(canvas, (0.15, 0.08, canvas.get_size_inches()[0] - 0.3, 0.92), "次に決めること")
    axes.set(xlim=(0, 5), ylim=(0, 1))
    for i, (day, text) in enumerate(decided):
        style.draw_boxes(axes, [(i + 0.01, i + 0.98, 0.02, 0.98)], (style.SHADE, ""))
        axes.text(i + 0.05, 0.83, labels.day_text(day), va="center", fontsize=8, color=style.BLUE)
        axes.text(i + 0.05, 0.66, _wrapped(text, 18, 4), va="top", fontsize=7, linespacing=1.35)
    if not decided:
        axes.text(0.05, 0.5, "該当なし", va="center", fontsize=8)


HANGING = ("。", "、", ")")  # never the first of a line


def _wrapped(text: str, width: int, lines: int) -> str:
    """Text cut into lines of so many full-width letters; … where it goes on."""
    found, rest = [], text
    while rest and len(found) < lines:
        size = (
            next(
                (
                    k
                    for k in range(1, len(rest) + 1)
                    if sum(1 if ord(c) > 255 else 0.55 for c in rest[:k]) > width
                ),
                len(rest) + 1,
            )
            - 1
        )
        size += rest[size : size + 1] in HANGING
        found, rest = [*found, rest[:size]], rest[size:]
    return "\n".join(found)[:-1] + "…" if rest else "\n".join(found)


def _lanes_table(plan: Plan) -> Table:
    """What the lanes show, by fiscal year."""
    years = sorted(set(plan.budget.sure["fiscal"]))
    out = plan.staffing.outside[plan.staffing.outside["kind"] == "outside"]
    able = plan.staffing.autonomy
    rows = []
    for year in years:
        money = plan.budget.sure[plan.budget.sure["fiscal"] == year].iloc[0]
        spell = able[able["month"].map(months.fiscal_year) == year]
        outside = out[out["month"].map(months.fiscal_year) == year].groupby("month")["fte"].sum()
        seen = sum(systems for day, systems in _stairs(plan.pmo) if months.fiscal_year(day) == year)
        rows.append(
            (
                year,
                seen,
                float(outside.max()) if len(outside) else 0.0,
                float(spell["autonomy"].iloc[-1]) if len(spell) else float("nan"),
                int((plan.training.cohort["fiscal"] == year).sum()),
                round(money["yen"] / 1000),
                round(money["general"] / 1000),
            )
        )
    frame = pd.DataFrame(
        rows, columns=["fiscal", "moved", "outside_fte", "autonomy", "classes", "total", "general"]
    )
    note = f"稼働するシステムは、見通しの中央値の年度に数えた。\n{source_text(plan)}"
    return Table(frame, "年度ごとの移行・人材・研修・費用", note, "fiscal")


# --- headline and decisions ---------------------------------------------------------------------------------
def headline(plan: Plan) -> dict[str, str]:
    """People and money of the plan in a few words, by Japanese label."""
    now, then, goal = _people(plan)
    alone = plan.staffing.self_reliant
    short = plan.staffing.cover["short"].sum()
    return {
        "変革人材": f"{now['change']:.0f}人 → {then['change']:.0f}人(目標{goal['change']:.0f}人)",
        "自走する月": labels.month_text(alone) if alone else "期間内に至らない",
        "外部人材の終了": labels.date_text(plan.staffing.exit)
        if plan.staffing.exit
        else "使わない",
        "人手の不足": f"{short:,.1f}人月",
        "費用": _oku(plan.budget.sure["yen"].sum()),
        "一般財源": _oku(plan.budget.sure["general"].sum()),
        "一般財源(未確認の率が0のとき)": _oku(plan.budget.sure["general_if_zero"].sum()),
    }


def measure(
    name: str, label: str, value: float | date | None, unit: str, column: str = ""
) -> dict[str, object]:
    """A headline number as a machine reads it; ``column`` is the headline in words that it puts in order.

    Yen and counts stay whole, other numbers keep three decimals; a date is ISO text; None where there is none.
    """
    if isinstance(value, date):
        kept = value.isoformat()
    else:
        kept = value if value is None or isinstance(value, int) else round(float(value), 3)
    return {"measure": name, "label": label, "value": kept, "unit": unit} | (
        {"column": column} if column else {}
    )


def measures(plan: Plan) -> list[dict[str, object]]:
    """People and money of the plan as numbers and dates, each beside its words in ``headline``."""
    now, then, goal = _people(plan)
    sure = plan.budget.sure
    return [
        measure("change_people_now", "変革人材(いま)", now["change"], "人"),
        measure("change_people_end", "変革人材(計画の最後)", then["change"], "人", "変革人材"),
        measure("change_people_target", "変革人材(目標)", goal["change"], "人"),
        measure(
            "self_reliant_month", "自走する月", plan.staffing.self_reliant, "日付", "自走する月"
        ),
        measure("outsider_exit", "外部人材の終了", plan.staffing.exit, "日付", "外部人材の終了"),
        measure("shortage", "人手の不足", plan.staffing.cover["short"].sum(), "人月", "人手の不足"),
        measure("cost", "費用", int(sure["yen"].sum()), "円", "費用"),
        measure("general_revenue", "一般財源", int(sure["general"].sum()), "円", "一般財源"),
        measure(
            "general_revenue_if_zero",
            "一般財源(未確認の率が0のとき)",
            int(sure["general_if_zero"].sum()),
            "円",
            "一般財源(未確認の率が0のとき)",
        ),
    ]


def decisions(plan: Plan) -> Iterator[tuple[date, str]]:
    """(day, sentence) of what has to be decided for the people, the training and the money."""
    for row in (
        plan.staffing.contract.groupby(["form", "start"], as_index=False, sort=False)["count"]
        .sum()
        .itertuples()
    ):
        lead = next(
            int(form.number("form_lead", plan.city.start))
            for form in plan.city.forms
            if form.name == row.form
        )
        day = months.next_open(
            max(plan.city.start, months.months_before(row.start.replace(day=1), lead))
        )
        yield (
            day,
            f"{row.form}({row.count}件)の募集・契約の手続を始める({labels.month_text(row.start)}から)。",
        )
    for (step, _), part in plan.training.cohort.groupby(["step", "fiscal"], sort=True):
        lead = int(plan.city.number("step_lead"))
        first = min(part["start"])
        day = months.next_open(
            max(plan.city.start, months.months_before(first.replace(day=1), lead))
        )
        yield (
            day,
            f"{labels.word_of('step', step)}の受講者を各課に割り当てる({labels.date_text(first)}に開始)。",
        )
