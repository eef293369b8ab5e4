"""The people of a plan as figures and tables: pyramid, who covers the work, hand-over, overload, heads, classes.

People are means over many a year (leavers and transfers are shares), so they may have decimals.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pandas as pd
from matplotlib.lines import Line2D

from dxplan.facts import months
from dxplan.plan.people import ROLES
from dxplan.plan.staffing import StaffingPlan
from dxplan.show import labels, style
from dxplan.show.style import OUTSIDE, OWN, SHORT, Figure, Shown, Table
from dxplan.solve.outcome import OPTIMAL

TIERS = ("core", "change", "use", "none")
LOOK = {
    "core": (style.BLUE, ""),
    "change": ("#f2a900", "/"),
    "use": ("#9fd3c7", "\\"),
    "none": (style.PAPER, ""),
}
REST = ("#d9d9de", ".")  # outsiders who are not beside own people
COVER = {"own": OWN, "outside": OUTSIDE, "short": SHORT}
MEANING = {
    "core": "設計・調達・運用の判断を担う",
    "change": "業務の課題を解き、周囲を動かす",
    "use": "自分の業務にデジタルを使う",
    "none": "どの層にも入らない",
}
GROUPS = {"dx": "DX・情報部門の職員", "change": "兼務の変革人材"}
SMALL = 0.05  # FTE or FTE-months below which nothing is said to be there
OVER = 1.0005  # share of the time above which a month counts as overloaded
ASSUMED = f"人員・割合・単価は設計上の仮定を含む({labels.UNCONFIRMED}。「前提と出典」の表を参照)"
STANDING = "経常の仕事(DX推進と日常のシステム運用)"
ROUNDED = "人数は平均の見込みで、端数がある。退職は翌年4月の採用で補うため、年度の途中は減る"


def source_text(plan: StaffingPlan) -> str:
    """Where the numbers come from, and from when on they hold."""
    return style.origin_text(plan.city, plan.outcome, ASSUMED)


def status_line(plan: StaffingPlan) -> Shown:
    """Status of the calculation with what its words mean."""
    meaning = (
        "これより良い計画がないことを確かめた。"
        if plan.outcome.status == OPTIMAL
        else (
            "決めた手間で探索を終えた計画。隔たり(0.1%未満は略す)は、証明できた下限との、重みを含む値の差の割合で、支出の誤差ではない。"
        )
    )
    tail = (
        "隔たりが10%を超えるため、より良い組合せが残っている可能性がある。"
        if plan.outcome.gap > 0.1
        else ""
    )
    return style.paragraph(
        f"計算の状態: {labels.outcome_text(plan.outcome)}。{meaning}{tail}", "status"
    )


# --- in a few sentences ----------------------------------------------------------------------------------
def summary_text(plan: StaffingPlan) -> str:
    """How the city gets its people: outsiders and their end, self-reliance, people grown, shortage, money."""
    way = labels.word_of("strategy", plan.strategy)
    return f"{plan.city.name}の人材計画は「{way}」。{outside_text(plan)}{alone_text(plan)}{_grown_text(plan)}{_price_text(plan)}"


def summary_paragraph(plan: StaffingPlan) -> Shown:
    """The sentences of ``summary_text`` as a leading paragraph."""
    return style.paragraph(summary_text(plan), "lead")


def outside_text(plan: StaffingPlan) -> str:
    """How many outsiders at most, and when the last one leaves."""
    people = plan.outside[plan.outside["kind"] == "outside"].groupby("month")["fte"].sum()
    if not len(people):
        return "外部人材は使わない。"
    top = f"外部人材は最大{labels.fte_text(people.max())}({labels.month_text(people.idxmax())})"
    if plan.exit >= _last_day(plan):
        return f"{top}で、計画の最後まで残る。"
    return f"{top}で、{labels.date_text(plan.exit)}に最後の1件が終わる。"


def alone_text(plan: StaffingPlan) -> str:
    """From when on own people cover the standing work."""
    if plan.self_reliant is None:
        last = plan.autonomy.iloc[-1]
        return (
            f"計画の期間内に、{STANDING}を職員だけで担えるようにはならない"
            f"(最後の月は{labels.fte_text(last['wanted'])}のうち{labels.fte_text(last['covered'])})。"
        )
    since = (
        "計画の最初から"
        if plan.self_reliant == plan.month[0]
        else f"{labels.month_text(plan.self_reliant)}から"
    )
    return f"{STANDING}は、{since}職員だけで担える。"


def _grown_text(plan: StaffingPlan) -> str:
    now, goal, then = _heads(plan)
    return f"変革人材は{_heads_text(now['change'])}から{_heads_text(then['change'])}になる(目標{_heads_text(goal['change'])})。"


def _price_text(plan: StaffingPlan) -> str:
    short, yen = plan.cover["short"].sum(), plan.cost.groupby("fiscal")["yen"].sum()
    lack = f"人手の不足は延べ{short:,.1f}人月" if short >= SMALL else "人手の不足はなく"
    if not len(yen):
        return f"{lack}、支出はない。"
    train = plan.cost.loc[plan.cost["item"].str.startswith("step"), "yen"].sum()
    first, last = (labels.fiscal_text(int(year)) for year in (yen.index.min(), yen.index.max()))
    years = f"{first}から{last}まで" if first != last else first
    return (
        f"{lack}、支出は{years}の計{labels.yen_text(yen.sum())}"
        f"(人材{labels.yen_text(yen.sum() - train)}、研修{labels.yen_text(train)})。"
    )


def _heads_text(value: float) -> str:
    return f"{labels.heads_text(value)}人"


def _last_day(plan: StaffingPlan) -> date:
    return months.first_of_next_month(plan.month[-1]) - timedelta(days=1)


# --- the pyramid -----------------------------------------------------------------------------------------
def _heads(plan: StaffingPlan) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
    """Heads by tier at the start, the target, and at the end; who is in none of the tiers is the rest."""
    by_tier = plan.head.groupby("tier")
    whole = plan.pyramid[plan.pyramid["section"] == ""]
    goal = dict(zip(whole["tier"], whole["target"]))
    goal["none"] = max(0.0, whole["staff"].iloc[0] - sum(goal.values()))
    return by_tier["start"].first().to_dict(), goal, by_tier["finish"].last().to_dict()


def _then_day(plan: StaffingPlan) -> date:
    return months.first_of_next_month(plan.head["month"].max()) - timedelta(days=1)


def pyramid_figure(plan: StaffingPlan) -> Figure:
    """The pyramid of the tiers now, as wanted, and at the end of the plan, in one scale."""
    sentence, heads = pyramid_text(plan), _heads(plan)
    goal_day = plan.city.at("people_date").value
    titles = (
        f"いま({labels.month_text(plan.month[0])})",
        f"目標({labels.month_text(goal_day)})",
        f"計画の最後({labels.month_text(_then_day(plan))})",
    )
    with style.drawing():
        canvas = style.canvas(2.75, style.UPRIGHT)
        axes = canvas.add_axes((0.005, 0.01, 0.99, 0.98))
        axes.set(xlim=(-1.04, 3.02), ylim=(4.02, -0.55))
        axes.axis("off")
        for place, title in enumerate(titles):
            _draw_pyramid(axes, place, title, heads)
        for row, tier in enumerate(TIERS):
            axes.text(-1.03, row + 0.38, labels.word_of("tier", tier), va="center", fontsize=8.5)
            axes.text(-1.03, row + 0.66, MEANING[tier], va="center", fontsize=7.2, color=style.SOFT)
        svg = style.svg_text(canvas, "pyramid", f"{plan.city.name}の人材のピラミッド", sentence)
    return Figure("pyramid", svg, sentence, source_text(plan), pyramid_table(plan))


def _draw_pyramid(axes, place: int, title: str, heads: tuple[dict[str, float], ...]) -> None:
    """Bars around a middle line, in the scale of all three; at the last ones how much of the target they are."""
    now, goal, widest = heads[place], heads[1], max(max(found.values()) for found in heads)
    axes.text(place + 0.36, -0.2, title, ha="center", va="center", fontsize=9, color=style.BLUE)
    for row, tier in enumerate(TIERS):
        half = max(
            0.36 * now[tier] / widest, 0.004 if now[tier] else 0
        )  # a few people stay visible as a line
        if half:
            box = (place + 0.36 - half, place + 0.36 + half, row + 0.08, row + 0.92)
            style.draw_boxes(axes, [box], LOOK[tier], line=0 if tier == "core" else 0.35)
        reach = (
            f"\n目標の{now[tier] / goal[tier] * 100:.0f}%"
            if place == 2 and tier != "none" and goal[tier]
            else ""
        )
        axes.text(
            place + 0.385 + half,
            row + 0.5,
            f"{_heads_text(now[tier])}{reach}",
            va="center",
            linespacing=1.3,
        )


def pyramid_text(plan: StaffingPlan) -> str:
    """Heads of each tier now and at the end against the target."""
    now, goal, then = _heads(plan)
    reach = {
        tier: f"の{labels.percent_text(then[tier] / goal[tier])}%" if goal[tier] else ""
        for tier in TIERS
    }
    said = [
        f"{labels.word_of('tier', tier)}は{_heads_text(now[tier])}から{_heads_text(then[tier])}"
        f"(目標{_heads_text(goal[tier])}{reach[tier]})"
        for tier in TIERS[:3]
    ]
    return (
        f"{labels.month_text(plan.month[0])}から{labels.month_text(_then_day(plan))}末までに、{'、'.join(said)}になる。"
        f"どの層にも入らない職員は{_heads_text(now['none'])}から{_heads_text(then['none'])}になる。"
    )


def pyramid_table(plan: StaffingPlan) -> Table:
    """Heads by tier: now, wanted, at the end."""
    now, goal, then = _heads(plan)
    rows = [
        (
            tier,
            now[tier],
            goal[tier],
            then[tier],
            then[tier] / goal[tier] if goal[tier] and tier != "none" else None,
        )
        for tier in TIERS
    ]
    frame = pd.DataFrame(rows, columns=["tier", "now", "goal", "then", "reach"])
    many, few = (
        labels.number_text(plan.city.number(name) / 10_000)
        for name in ("price_people", "price_use")
    )
    note = (
        f"{source_text(plan)}\n{ROUNDED}。目標に足りない人数は、費用との釣合いで決まる(重みはコア・変革人材1人{many}万円、"
        f"活用人材1人{few}万円)。コア人材は任期付の採用を含む"
    )
    return Table(frame, "人材の層ごとの人数", note, "tier")


# --- who covers the work -----------------------------------------------------------------------------------
def cover_figure(plan: StaffingPlan) -> Figure:
    """Each role's work by month and who covers it: own people, outsiders, nobody."""
    sentence = cover_text(plan)
    with style.drawing():
        canvas = style.canvas(4.5, style.UPRIGHT)
        for place, role in enumerate(ROLES):
            axes = canvas.add_axes(
                (0.05 + 0.5 * (place % 2), 0.575 - 0.435 * (place // 2), 0.435, 0.33)
            )
            _draw_cover(axes, plan, role)
        handles = [style.look_patch(look, labels.label_of(name)) for name, look in COVER.items()]
        handles.append(
            Line2D([], [], color=style.INK, linewidth=1.1, label=labels.label_of("demand"))
        )
        canvas.legend(
            handles=handles, loc="lower center", bbox_to_anchor=(0.5, -0.005), ncol=4, frameon=False
        )
        svg = style.svg_text(canvas, "cover", f"{plan.city.name}の仕事を担う人", sentence)
    return Figure("cover", svg, sentence, source_text(plan), cover_table(plan))


def _draw_cover(axes, plan: StaffingPlan, role: str) -> None:
    part = plan.cover[plan.cover["role"] == role]
    base = [0.0] * len(part)
    for name, look in COVER.items():
        tops = [low + value for low, value in zip(base, part[name])]
        boxes = [
            (t, t + 1, low, top) for t, (low, top) in enumerate(zip(base, tops)) if top - low > 1e-3
        ]
        if boxes:
            style.draw_boxes(axes, boxes, look, line=0)
        base = tops
    highest = part["demand"].max()
    _draw_steps(axes, part["demand"], color=style.INK, linewidth=1.1)
    axes.set_ylim(0, highest * 1.12 if highest > 1e-3 else 1)
    axes.set_title(f"{labels.word_of('work', role)}(FTE)", loc="left", fontsize=8.5, pad=4)
    style.plain_axes(axes, "y")
    style.month_axes(axes, plan.month)
    if highest <= 1e-3:
        axes.text(
            0.5,
            0.5,
            "該当なし(残る仕事はない)",
            transform=axes.transAxes,
            ha="center",
            color=style.SOFT,
        )


def _draw_steps(axes, values: Sequence[float], **look) -> None:
    """A line that stays level within each month."""
    axes.step(range(len(values) + 1), [*values, list(values)[-1]], where="post", **look)


def cover_text(plan: StaffingPlan) -> str:
    """Person-months of work and who covers them; where the shortage is worst."""
    total = plan.cover[["demand", "own", "outside", "short"]].sum()
    share = {
        name: f"{total[name]:,.1f}人月({labels.percent_text(total[name] / max(total['demand'], 1e-9))}%)"
        for name in COVER
    }
    who = f"、外部人材が{share['outside']}" if total["outside"] >= SMALL else ""
    text = f"計画の{len(plan.month)}か月の仕事は延べ{total['demand']:,.1f}人月で、職員が{share['own']}{who}を担い、"
    if total["short"] < SMALL:
        return f"{text}不足はない。"
    worst = plan.cover.loc[plan.cover["short"].idxmax()]
    return (
        f"{text}{share['short']}が不足する。不足が最も大きいのは{labels.month_text(worst['month'])}の"
        f"{labels.word_of('work', worst['role'])}の{labels.fte_text(worst['short'])}。"
    )


def cover_table(plan: StaffingPlan) -> Table:
    """Each month's work by role and who covers it."""
    frame = plan.cover.rename(columns={"role": "work"})[
        ["work", "month", "demand", "own", "outside", "short"]
    ]
    note = f"{source_text(plan)}\n職員は、任期付職員と会計年度任用職員を含む"
    return Table(frame, "月ごとの仕事と担い手", note, "month", "work")


# --- the hand-over -----------------------------------------------------------------------------------------
def handover_figure(plan: StaffingPlan) -> Figure:
    """What own people can do alone against outsiders at work, and the share of the standing work they cover."""
    sentence, frame = handover_text(plan), _handover(plan)
    with style.drawing():
        canvas = style.canvas(4.5, style.UPRIGHT)
        upper, lower = (
            canvas.add_axes((0.06, 0.5, 0.925, 0.38)),
            canvas.add_axes((0.06, 0.07, 0.925, 0.28)),
        )
        _draw_handing(upper, plan, frame)
        _draw_covered(lower, plan, frame)
        svg = style.svg_text(canvas, "handover", f"{plan.city.name}の引継ぎ", sentence)
    return Figure("handover", svg, sentence, source_text(plan), handover_table(plan, frame))


def _handover(plan: StaffingPlan) -> pd.DataFrame:
    people = dict.fromkeys(plan.month, 0.0)
    for month, kind, fte in zip(*(plan.outside[name] for name in ("month", "kind", "fte"))):
        people[month] += fte * (kind == "outside")
    work = plan.cover.loc[plan.cover["role"] == "promotion", "demand"]
    frame = plan.autonomy.assign(outside_fte=list(people.values()), promotion=list(work))
    return frame[["month", "autonomy", "promotion", "outside_fte", "paired", "wanted", "covered"]]


def _draw_handing(axes, plan: StaffingPlan, frame: pd.DataFrame) -> None:
    pair, both, none = frame["paired"], frame["outside_fte"], [0.0] * len(frame)
    for low, high, look, word in (
        (none, pair, OUTSIDE, "外部人材(職員と組む分)"),
        (pair, both, REST, "外部人材(その他の分)"),
    ):
        boxes = [(t, t + 1, a, b) for t, (a, b) in enumerate(zip(low, high)) if b - a > 1e-3]
        if boxes:
            style.draw_boxes(axes, boxes, look, line=0, label=word)
    _draw_steps(
        axes,
        frame["autonomy"],
        color=style.BLUE,
        linewidth=2.2,
        label="職員だけで進められる量",
        zorder=5,
    )
    _draw_steps(
        axes,
        frame["promotion"],
        color=style.INK,
        linewidth=1.1,
        linestyle=(0, (4, 2)),
        label="DX推進の仕事の量",
    )
    axes.set_ylim(0, max(frame[["autonomy", "promotion", "outside_fte"]].max().max(), 0.1) * 1.25)
    axes.set_title("移行とDX推進を進める力(FTE)", loc="left", fontsize=8.5, pad=19)
    style.plain_axes(axes, "y")
    style.month_axes(axes, plan.month)
    if plan.exit and plan.exit < _last_day(plan):
        _draw_flag(
            axes,
            plan,
            plan.exit + timedelta(days=1),
            f"最後の外部人材の終了 {labels.date_text(plan.exit)}",
        )
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(-0.01, 0.98),
        ncol=4,
        frameon=False,
        fontsize=7.5,
        borderaxespad=0.2,
        handlelength=1.8,
        columnspacing=1.2,
    )


def _draw_covered(axes, plan: StaffingPlan, frame: pd.DataFrame) -> None:
    share = [
        100 * own / all_ if all_ else 100.0 for own, all_ in zip(frame["covered"], frame["wanted"])
    ]
    style.draw_boxes(
        axes, [(t, t + 1, 0, top) for t, top in enumerate(share)], ("#8fb3ff", ""), line=0
    )
    _draw_steps(axes, share, color=style.BLUE, linewidth=1.6)
    axes.set_ylim(0, 125)
    axes.set_yticks(range(0, 101, 25))
    axes.set_title(f"{STANDING}のうち職員が担う割合(%)", loc="left", fontsize=8.5, pad=4)
    style.plain_axes(axes, "y")
    style.month_axes(axes, plan.month)
    if plan.self_reliant and plan.self_reliant > plan.month[0]:
        _draw_flag(
            axes, plan, plan.self_reliant, f"自走する月 {labels.month_text(plan.self_reliant)}"
        )
    elif plan.self_reliant is None:
        axes.text(
            0.99,
            0.9,
            "期間内に自走に至らない",
            transform=axes.transAxes,
            ha="right",
            va="center",
            color=style.ALARM,
        )


def _draw_flag(axes, plan: StaffingPlan, day: date, text: str) -> None:
    place = style.month_place(plan.month, day)
    left = place > 0.6 * len(plan.month)
    axes.axvline(place, color=style.ALARM, linewidth=1.3, zorder=6)
    axes.annotate(
        text,
        (place, 0.92),
        (-3 if left else 3, 0),
        ("data", "axes fraction"),
        "offset points",
        zorder=7,
        ha="right" if left else "left",
        va="center",
        fontsize=8,
        color=style.ALARM,
        bbox={"facecolor": style.PAPER, "edgecolor": "none", "pad": 0.8},
    )


def handover_text(plan: StaffingPlan) -> str:
    """What own people can do alone at the start and the end, with self-reliance and the last outsider's day."""
    first, last = plan.autonomy["autonomy"].iloc[[0, -1]]
    turn = (
        "に増える"
        if last > 1.05 * first
        else "に減る"
        if last < 0.95 * first
        else "で、ほとんど変わらない"
    )
    return (
        f"標準化とDX推進のうち職員だけで進められる量は、{labels.fte_text(first)}から{labels.fte_text(last)}{turn}。"
        f"{outside_text(plan)}{alone_text(plan)}"
    )


def handover_table(plan: StaffingPlan, frame: pd.DataFrame | None = None) -> Table:
    """The months of the hand-over; those of a frame where the figure has read them already."""
    gain, share = plan.city.number("autonomy_gain"), plan.city.number("pair_share")
    note = (
        f"{source_text(plan)}\n外部人材1FTEが職員と1か月組むと、職員だけで進められる量が{gain:g}FTE増えるとみた"
        f"(組むために職員の時間{share:g}FTEを使う)。異動と退職で減り、{plan.city.number('handover_rate'):g}%が引継ぎで残る"
    )
    return Table(_handover(plan) if frame is None else frame, "引継ぎの推移", note, "month")


# --- overload ----------------------------------------------------------------------------------------------
def load_figure(plan: StaffingPlan) -> Figure:
    """Load of the DX section and of the 変革人材 beside their own work, by month, against their time."""
    sentence = load_text(plan)
    with style.drawing():
        canvas = style.canvas(3.5, style.UPRIGHT)
        for place, group in enumerate(GROUPS):
            axes = canvas.add_axes((0.06, 0.585 - 0.47 * place, 0.925, 0.31))
            _draw_load(axes, plan, group)
        svg = style.svg_text(canvas, "overload", f"{plan.city.name}の職員の負荷", sentence)
    return Figure("overload", svg, sentence, source_text(plan), load_table(plan))


def _draw_load(axes, plan: StaffingPlan, group: str) -> None:
    share = [100 * value for value in plan.load[plan.load["group"] == group]["share"]]
    for boxes, look in (
        ([(t, t + 1, 0, min(y, 100)) for t, y in enumerate(share)], ("#8fb3ff", "")),
        ([(t, t + 1, 100, y) for t, y in enumerate(share) if y > 100 * OVER], SHORT),
    ):
        if boxes:
            style.draw_boxes(axes, boxes, look, line=0.15)
    axes.axhline(100, color=style.ALARM, linewidth=1.3)
    if max(share) > 100 * OVER:
        worst = share.index(max(share))
        axes.annotate(
            f"最大 {max(share):,.1f}%",
            (worst + 0.5, max(share)),
            (0, 3),
            textcoords="offset points",
            ha="right" if worst > 0.8 * len(share) else "left",
            color=style.ALARM,
        )
    axes.set_ylim(0, max(125.0, 1.25 * max(share)))
    axes.set_title(f"{GROUPS[group]}: 使える時間に対する負荷(%)", loc="left", fontsize=8.5, pad=4)
    style.plain_axes(axes, "y")
    style.month_axes(axes, plan.month)


def load_text(plan: StaffingPlan) -> str:
    """Overload in words: months above 100 %, the first and the worst; a section of one person is named."""
    staff = plan.city.number("dx_staff")
    alone = (
        f"DX・情報部門の職員は{labels.number_text(staff)}人(一人情シス)である。"
        if staff <= 1
        else ""
    )
    said = "".join(
        _over_text(word, plan.load[plan.load["group"] == group]) for group, word in GROUPS.items()
    )
    return f"{alone}足りない仕事も職員が引き受けるとすると、{said}"


def _over_text(word: str, part: pd.DataFrame) -> str:
    top = part.loc[part["share"].idxmax()]
    worst = f"{labels.month_text(top['month'])}の{labels.percent_text(top['share'])}%"
    over = part[part["share"] > OVER]
    if not part["capacity"].max() > 1e-9:
        return f"{word}はいないため、負荷を数えない。"
    if not len(over):
        return f"{word}の負荷はどの月も100%を超えない(最大は{worst})。"
    return f"{word}の負荷は{len(over)}か月で100%を超える(最初は{labels.month_text(over['month'].iloc[0])}、最大は{worst})。"


def load_table(plan: StaffingPlan) -> Table:
    """Each month's people, time and load, with months above 100 % marked."""
    load = plan.load
    frame = load.assign(
        group=load["group"].replace(GROUPS),
        time=load["capacity"],
        burden=load["work"],
        over=load["share"] > OVER,
    )
    columns = ["group", "month", "people", "time", "burden", "share", "over"]
    note = f"{source_text(plan)}\n負荷は、足りない仕事も職員が引き受けるとした場合の値。{ROUNDED}"
    return Table(frame[columns], "月ごとの職員の負荷", note, "month", "group")


# --- tables ------------------------------------------------------------------------------------------------
def head_table(plan: StaffingPlan) -> Table:
    """Heads by fiscal year and tier; each row adds up, and a year's end is the next one's beginning."""
    frame = plan.head.assign(fiscal=[months.fiscal_year(m) for m in plan.head["month"]])
    rows = []
    frame["tier"] = pd.Categorical(frame["tier"], TIERS)
    for (fiscal, tier), part in frame.groupby(["fiscal", "tier"], observed=True):
        began, ended = round(part["start"].iloc[0], 1), round(part["finish"].iloc[-1], 1)
        gained, hired = (round(part[name].sum(), 1) for name in ("gained", "hired"))
        lost = (
            began + gained + hired - ended
        )  # what rounding leaves over goes here, or to what is gained
        rows.append((fiscal, tier, began, gained + max(0.0, -lost), hired, max(0.0, lost), ended))
    table = pd.DataFrame(
        rows, columns=["fiscal", "tier", "began", "gained", "hired", "lost", "ended"]
    )
    note = (
        f"{source_text(plan)}\n{ROUNDED}。{labels.date_text(plan.month[0])}から{labels.date_text(_then_day(plan))}まで。"
        "4月の異動は、DX・情報部門と変革人材の役割を離れる人と就く人を、減と増の両方に数える"
    )
    return Table(table, "年度ごとの人数の出入り", note, "tier", "fiscal")


def intake_table(plan: StaffingPlan) -> Table:
    """Classes of each step with the people in them and those who are likely to complete."""
    rows = [
        (
            labels.ITEMS[f"step{r.step}"],
            r.month,
            r.cohort,
            r.months,
            round(r.intake),
            round(r.intake * r.done),
        )
        for r in plan.intake.sort_values(["step", "month"]).itertuples()
    ]
    frame = pd.DataFrame(
        rows, columns=["what", "month", "classes", "span", "learners", "finishers"]
    )
    reason = (
        "外部のみの進め方では、研修をしない。"
        if plan.strategy == "outside"
        else "この計画では、研修をしない。"
    )
    note = f"{source_text(plan)}\n日付・会場・各課の席は研修計画による"
    return Table(frame, "研修の受入れ(開始の年月ごと)", note, "month", "what", reason)
