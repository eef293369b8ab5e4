"""The people of a plan as figures and tables: pyramid, work and who does it, hand-over, overload.

People are means over many a year (leavers and transfers are shares), so they may have decimals.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd

from dxplan.facts import months
from dxplan.plan.people import ROLES
from dxplan.plan.roster import self_reliant
from dxplan.plan.staffing import StaffingPlan
from dxplan.show import charts, labels, style
from dxplan.show.charts import Canvas, Panel, Pen
from dxplan.show.style import OUTSIDE, OWN, SHORT, Figure, Shown, Table
from dxplan.solve.outcome import OPTIMAL

TIERS = ("core", "change", "use", "none")
LOOK = {"core": OWN, "change": style.AMBER, "use": style.MINT, "none": (style.PAPER, "")}
REST = style.GREY  # outsiders who are not beside own people
COVER = {"own": OWN, "outside": OUTSIDE, "short": SHORT}
DEMAND = Pen(width=1.1)
GROUPS = {"dx": "DX・情報部門の職員", "change": "兼務の変革人材"}
SMALL = 0.05  # FTE or FTE-months below which nothing is said to be there
SEEN = 1e-3  # FTE from which a bar is drawn
OVER = 1.0005  # share of the time above which a month counts as overloaded
ASSUMED = f"人員・割合・単価は設計上の仮定を含む({labels.UNCONFIRMED}。「前提と出典」の表を参照)"
STANDING = "経常の仕事(DX推進と日常のシステム運用)"
ROUNDED = "人数は平均の見込みで、端数がある。退職は翌年4月の採用で補うため、年度の途中は減る"


def source_text(plan: StaffingPlan) -> str:
    """Where the numbers come from, and from when on they hold."""
    return style.origin_text(plan.city, plan.outcome, ASSUMED)


def status_line(plan: StaffingPlan) -> Shown:
    """Status of the calculation with what its words mean."""
    text = f"計算の状態: {labels.outcome_text(plan.outcome)}。"
    if plan.outcome.status == OPTIMAL:
        text += "これより良い計画がないことを確かめた。"
    else:
        text += (
            "決めた手間で探索を終えた計画。隔たり(0.1%未満は略す)は、証明できた下限との、"
            "重みを含む値の差の割合で、支出の誤差ではない。"
        )
    if plan.outcome.gap > 0.1:
        text += "隔たりが10%を超えるため、より良い組合せが残っている可能性がある。"
    return style.paragraph(text, "status")


# --- in a few sentences --------------------------------------------------------------------------
def summary_text(plan: StaffingPlan) -> str:
    """How the city gets its people: outsiders and their end, self-reliance, shortage, money."""
    way = labels.word_of("strategy", plan.strategy)
    return (
        f"{plan.city.name}の人材計画は「{way}」。{outside_text(plan)}{alone_text(plan)}"
        f"{_grown_text(plan)}{_price_text(plan)}"
    )


def summary_paragraph(plan: StaffingPlan) -> Shown:
    """The sentences of ``summary_text`` as a leading paragraph."""
    return style.paragraph(summary_text(plan), "lead")


def outside_text(plan: StaffingPlan) -> str:
    """How many outsiders at most, and when the last one leaves."""
    if plan.exit is None:
        return "外部人材は使わない。"
    people = plan.outside[plan.outside["kind"] == "outside"].groupby("month")["fte"].sum()
    most = f"{labels.fte_text(people.max())}({labels.month_text(people.idxmax())})"
    if _stays(plan):
        return f"外部人材は最大{most}で、計画の最後まで残る。"
    return f"外部人材は最大{most}で、{labels.date_text(plan.exit)}に最後の1人が離れる。"


def _stays(plan: StaffingPlan) -> bool:
    """Whether an outsider is there to the end of the plan."""
    return plan.exit is not None and plan.exit >= months.month_end(plan.month[-1])


def alone_text(plan: StaffingPlan) -> str:
    """From when on own people could do the standing work, and when that would end again."""
    if plan.self_reliant is None:
        last = plan.autonomy.iloc[-1]
        able = last["able"] - last["hired"]
        share = f"{labels.fte_text(last['wanted'])}のうち{labels.fte_text(able)}"
        text = f"計画の期間内に、{STANDING}を職員だけで担えるようにはならない(最後の月は{share})"
        return f"{text}{_hired_text(plan)}。"
    since = labels.month_text(plan.self_reliant)
    if plan.self_reliant == plan.month[0]:
        since = "計画の最初"
    text = f"{STANDING}は、{since}から職員だけで担える力がある{_hired_text(plan)}"
    lapse = _lapse(plan)
    if lapse:
        text += f"(ただし{labels.month_text(lapse)}に再び足りなくなる)"
    return f"{text}。"


def _hired_text(plan: StaffingPlan) -> str:
    """From when on it is so with those who are hired for a term, where that is earlier."""
    with_hires = self_reliant(plan.autonomy.assign(hired=0.0))
    if with_hires is None or with_hires == plan.self_reliant:
        return ""
    return f"(任期付・会計年度任用の職員を含めると{labels.month_text(with_hires)}から)"


def _lapse(plan: StaffingPlan) -> date | None:
    """The first month after self-reliance in which own people could no longer do it all."""
    table = plan.autonomy
    lack = table["able"] - table["hired"] < 0.99 * table["wanted"]
    later = table.loc[lack & (table["month"] > plan.self_reliant), "month"]
    return later.min() if len(later) else None


def _grown_text(plan: StaffingPlan) -> str:
    now, goal, then = map(_heads_text, _heads(plan).loc["change"])
    return f"変革人材は{now}から{then}になる(目標{goal})。"


def _price_text(plan: StaffingPlan) -> str:
    short = plan.cover["short"].sum()
    lack = "人手の不足はなく"
    if short >= SMALL:
        lack = f"人手の不足は延べ{short:,.1f}人月"
    cost = plan.cost
    if not len(cost):
        return f"{lack}、支出はない。"
    first, last = map(labels.fiscal_text, (cost["fiscal"].min(), cost["fiscal"].max()))
    years = first
    if first != last:
        years = f"{first}から{last}まで"
    yen = cost.groupby("fiscal")["yen"].sum().sum()
    train = cost.loc[cost["item"].str.startswith("step"), "yen"].sum()
    return (
        f"{lack}、支出は{years}の計{labels.yen_text(yen)}"
        f"(人材{labels.yen_text(yen - train)}、研修{labels.yen_text(train)})。"
    )


def _heads_text(value: float) -> str:
    return f"{labels.heads_text(value)}人"


# --- the pyramid ---------------------------------------------------------------------------------
def _heads(plan: StaffingPlan) -> pd.DataFrame:
    """Heads by tier: now, goal, then (at the end); who is in none of the tiers is the rest."""
    by_tier = plan.head.groupby("tier")
    whole = plan.pyramid[plan.pyramid["section"] == ""].set_index("tier")
    start, finish = by_tier["start"].first(), by_tier["finish"].last()
    heads = pd.DataFrame({"now": start, "goal": whole["target"], "then": finish})
    heads.loc["none", "goal"] = max(0.0, whole["staff"].iloc[0] - sum(whole["target"]))
    return heads.loc[list(TIERS)]


def _then_day(plan: StaffingPlan) -> date:
    return months.month_end(plan.head["month"].max())


def pyramid_figure(plan: StaffingPlan) -> Figure:
    """The pyramid of the tiers now, as wanted, and at the end of the plan, in one scale."""
    goal_day = plan.city.at("people_date").day
    titles = (
        f"いま({labels.month_text(plan.month[0])})",
        f"目標({labels.month_text(goal_day)})",
        f"計画の最後({labels.month_text(_then_day(plan))})",
    )
    canvas = style.sheet(2.75)
    panel = Panel(canvas, (0.04, 0.03, 7.12, 2.69), (-1.04, 3.02), (4.02, -0.55))
    heads = _heads(plan)
    for place, title in enumerate(titles):
        _draw_pyramid(panel, place, title, heads)
    for row, tier in enumerate(TIERS):
        panel.words(-1.03, row + 0.38, labels.word_of("tier", tier), size=8.5)
        duty = labels.word_of("tier_duty", tier)
        panel.words(-1.03, row + 0.66, duty, size=7.2, color=style.SOFT)
    title = f"{plan.city.name}の人材のピラミッド"
    table = pyramid_table(plan)
    return style.drawn(canvas, "pyramid", title, pyramid_text(plan), source_text(plan), table)


def _draw_pyramid(panel: Panel, place: int, title: str, heads: pd.DataFrame) -> None:
    """Bars around a middle line, in the scale of all three; at the last how much of the target."""
    middle, widest = place + 0.36, heads.max(axis=None)
    panel.words(middle, -0.2, title, size=9, ha="center", color=style.BLUE)
    # A bar is as wide as 0.36 of a place on both sides of its middle.
    for row, tier in enumerate(TIERS):
        people, goal = heads.loc[tier].iloc[place], heads.loc[tier, "goal"]
        half = 0.0
        if people:
            half = max(0.36 * people / widest, 0.004)  # a few people stay visible as a line
            box = (middle - half, middle + half, row + 0.08, row + 0.92)
            line = 0 if tier == "core" else 0.35
            panel.boxes([box], LOOK[tier], line=line)
        text = _heads_text(people)
        if place == 2 and tier != "none" and goal:
            text += f"\n目標の{people / goal * 100:.0f}%"
        panel.words(place + 0.385 + half, row + 0.5, text, size=8, spacing=1.3)


def pyramid_text(plan: StaffingPlan) -> str:
    """Heads of each tier now and at the end against the target."""
    changes = []
    for tier, now, goal, then in _heads(plan).itertuples(name=None):
        change = f"{_heads_text(now)}から{_heads_text(then)}"
        if tier == "none":
            rest = change
            continue
        reach = f"の{labels.percent_text(then / goal)}%" if goal else ""
        goal_text = f"目標{_heads_text(goal)}{reach}"
        changes.append(f"{labels.word_of('tier', tier)}は{change}({goal_text})")
    first, last = labels.month_text(plan.month[0]), labels.month_text(_then_day(plan))
    return (
        f"{first}から{last}末までに、{'、'.join(changes)}になる。"
        f"どの層にも入らない職員は{rest}になる。"
    )


def pyramid_table(plan: StaffingPlan) -> Table:
    """Heads by tier: now, wanted, at the end."""
    heads = _heads(plan)
    reach = heads["then"] / heads["goal"].where(heads["goal"] > 0)
    reach["none"] = None
    many, few = (
        labels.number_text(plan.city.number(name) / 10_000)
        for name in ("price_people", "price_use")
    )
    note = (
        f"{source_text(plan)}\n{ROUNDED}。目標に足りない人数は、費用との釣合いで決まる"
        f"(重みはコア・変革人材1人{many}万円、活用人材1人{few}万円)。コア人材は任期付の採用を含む"
    )
    return Table(heads.assign(reach=reach).reset_index(), "人材の層ごとの人数", note, "tier")


# --- who covers the work -------------------------------------------------------------------------
def cover_figure(plan: StaffingPlan) -> Figure:
    """Each role's work by month and who covers it: own people, outsiders, nobody."""
    canvas = style.sheet(5.98)
    for place, role in enumerate(ROLES):
        low, left = divmod(place, 2)
        _draw_cover(canvas, (0.36 + 3.6 * left, 4.23 - 1.8 * low, 3.13, 1.32), plan, role)
    samples = {labels.label_of(name): look for name, look in COVER.items()}
    charts.legend(canvas, {**samples, labels.label_of("demand"): DEMAND}, (3.6, 0.05), 4, 8)
    title, table = f"{plan.city.name}の仕事を担う人", cover_table(plan)
    return style.drawn(canvas, "cover", title, cover_text(plan), source_text(plan), table)


def _draw_cover(canvas: Canvas, box: Sequence[float], plan: StaffingPlan, role: str) -> None:
    cover = plan.cover[plan.cover["role"] == role]
    most, count = cover["demand"].max(), len(plan.month)
    top = most * 1.12 if most > SEEN else 1
    title = f"{labels.word_of('work', role)}(FTE)"
    panel = charts.month_chart(canvas, box, plan.month, top, title)
    charts.stacked_bars(panel, cover[list(COVER)].to_numpy().T, COVER, line=0)
    panel.steps(range(count + 1), cover["demand"], DEMAND)
    if most <= SEEN:
        text = "該当なし(残る仕事はない)"
        panel.words(count / 2, top / 2, text, size=8, ha="center", color=style.SOFT)


def cover_text(plan: StaffingPlan) -> str:
    """Person-months of work and who covers them; where the shortage is worst."""
    total = plan.cover[["demand", *COVER]].sum()
    share = {}
    for name in COVER:
        percent = labels.percent_text(total[name] / max(total["demand"], 1e-9))
        share[name] = f"{total[name]:,.1f}人月({percent}%)"
    who = f"職員が{share['own']}"
    if total["outside"] >= SMALL:
        who += f"、外部人材が{share['outside']}"
    text = f"計画の{len(plan.month)}か月の仕事は延べ{total['demand']:,.1f}人月で、{who}を担い、"
    if total["short"] < SMALL:
        return f"{text}不足はない。"
    worst = plan.cover.loc[plan.cover["short"].idxmax()]
    work = f"{labels.month_text(worst['month'])}の{labels.word_of('work', worst['role'])}"
    return (
        f"{text}{share['short']}が不足する。"
        f"不足が最も大きいのは{work}の{labels.fte_text(worst['short'])}。"
    )


def cover_table(plan: StaffingPlan) -> Table:
    """Each month's work by role and who covers it."""
    frame = plan.cover.rename(columns={"role": "work"})[["work", "month", "demand", *COVER]]
    note = f"{source_text(plan)}\n職員は、任期付職員と会計年度任用職員を含む"
    return Table(frame, "月ごとの仕事と担い手", note, "month", "work")


# --- the hand-over -------------------------------------------------------------------------------
def handover_figure(plan: StaffingPlan) -> Figure:
    """What own people do alone against outsiders at work; their share of the standing work."""
    table = handover_table(plan)
    canvas = style.sheet(4.5)
    _draw_handing(canvas, plan, table.frame)
    _draw_covered(canvas, plan, table.frame)
    title, sentence = f"{plan.city.name}の引継ぎ", handover_text(plan)
    return style.drawn(canvas, "handover", title, sentence, source_text(plan), table)


def _draw_handing(canvas: Canvas, plan: StaffingPlan, frame: pd.DataFrame) -> None:
    top = max(frame[["autonomy", "promotion", "outside_fte"]].max(axis=None), 0.1) * 1.25
    box, title = (0.43, 2.25, 6.66, 1.71), "移行とDX推進を進める力(FTE)"
    panel = charts.month_chart(canvas, box, plan.month, top, title, pad=19)
    parts = [frame["paired"], frame["outside_fte"] - frame["paired"]]
    looks = {"外部人材(職員と組む分)": OUTSIDE, "外部人材(その他の分)": REST}
    charts.stacked_bars(panel, parts, looks, line=0)
    alone, work = Pen(style.BLUE, 2.2), Pen(width=1.1, dashes=(0, (4, 2)))
    edges = range(len(plan.month) + 1)
    panel.steps(edges, frame["autonomy"], alone, "職員だけで進められる量", 5)
    panel.steps(edges, frame["promotion"], work, "DX推進の仕事の量")
    if plan.exit and not _stays(plan):
        text = f"最後の外部人材の終了 {labels.date_text(plan.exit)}"
        _draw_flag(panel, plan, plan.exit + timedelta(days=1), text)
    charts.legend(canvas, panel.samples, (box[0], 3.98), 4, side="left")


def _draw_covered(canvas: Canvas, plan: StaffingPlan, frame: pd.DataFrame) -> None:
    # Where there is no standing work, nothing is left undone.
    shares = (100 * frame["covered"] / frame["wanted"]).where(frame["wanted"] > 0, 100.0)
    able = (100 * frame["able"] / frame["wanted"]).where(frame["wanted"] > 0, 100.0)
    hired = (100 * frame["temporary"] / frame["wanted"]).where(frame["wanted"] > 0, 0.0)
    box = (0.43, 0.32, 6.66, 1.26)
    title = f"{STANDING}のうち職員ができる割合(点線は任期付を含む)と、担う割合(棒、%)"
    panel = charts.month_chart(canvas, box, plan.month, 124, title)
    charts.stacked_bars(panel, [shares], {"": (style.SKY, "")}, line=0)
    edges = range(len(able) + 1)
    panel.steps(edges, able, Pen(style.BLUE, 1.1, dashes=(0, (2, 2))))
    panel.steps(edges, able - hired, Pen(style.BLUE, 2.2))
    if plan.self_reliant is None:
        place, text = 0.99 * len(shares), "期間内に自走に至らない"
        panel.words(place, 112, text, size=8, ha="right", color=style.ALARM)
    elif plan.self_reliant > plan.month[0]:
        text = f"自走する月 {labels.month_text(plan.self_reliant)}"
        _draw_flag(panel, plan, plan.self_reliant, text)


def _draw_flag(panel: Panel, plan: StaffingPlan, day: date, text: str) -> None:
    place = style.month_place(plan.month, day)
    shift, side = 3, "left"
    if place > 0.6 * len(plan.month):  # else the words would leave the picture
        shift, side = -3, "right"
    panel.upright(place, Pen(style.ALARM, 1.3), 6)
    low = 0.92 * panel.y[1]
    panel.words(place, low, text, (shift, 0), 8, side, color=style.ALARM, ground=True, zorder=7)


def handover_text(plan: StaffingPlan) -> str:
    """What own people do alone at start and end, self-reliance and the last outsider's day."""
    first, last = plan.autonomy["autonomy"].iloc[[0, -1]]
    turn = "で、ほとんど変わらない"
    if last > 1.05 * first:
        turn = "に増える"
    elif last < 0.95 * first:
        turn = "に減る"
    return (
        f"標準化とDX推進のうち職員だけで進められる量は、{labels.fte_text(first)}から"
        f"{labels.fte_text(last)}{turn}。{outside_text(plan)}{alone_text(plan)}"
    )


def handover_table(plan: StaffingPlan) -> Table:
    """What own people do alone, who pairs with them and the standing work they cover, by month."""
    outside = plan.outside[plan.outside["kind"] == "outside"]
    people = dict.fromkeys(plan.month, 0.0)
    for month, fte in zip(outside["month"], outside["fte"], strict=True):
        people[month] += fte
    work = plan.cover.loc[plan.cover["role"] == "promotion", "demand"]
    frame = plan.autonomy.assign(outside_fte=list(people.values()), promotion=list(work))
    frame = frame.rename(columns={"hired": "temporary"})
    columns = "month autonomy promotion outside_fte paired wanted able temporary covered".split()
    gain, share = plan.city.number("autonomy_gain"), plan.city.number("pair_share")
    note = (
        f"{source_text(plan)}\n外部人材1FTEが職員と1か月組むと、職員だけで進められる量が{gain:g}FTE"
        f"増えるとみた(組むために職員の時間{share:g}FTEを使う)。異動と退職で減り、"
        f"{plan.city.number('handover_rate'):g}%が引継ぎで残る。職員ができる経常の仕事は、"
        "移行の仕事がないとしたときの力で、外部人材がいるかどうかによらない"
    )
    return Table(frame[columns], "引継ぎの推移", note, "month")


# --- overload ------------------------------------------------------------------------------------
def load_figure(plan: StaffingPlan) -> Figure:
    """Load of the DX section and of the 変革人材 beside their own work, against their time."""
    canvas = style.sheet(3.5)
    for place, group in enumerate(GROUPS):
        _draw_load(canvas, (0.43, 2.05 - 1.65 * place, 6.66, 1.08), plan, group)
    title, table = f"{plan.city.name}の職員の負荷", load_table(plan)
    return style.drawn(canvas, "overload", title, load_text(plan), source_text(plan), table)


def _draw_load(canvas: Canvas, box: Sequence[float], plan: StaffingPlan, group: str) -> None:
    shares = 100 * plan.load.loc[plan.load["group"] == group, "share"].to_numpy()
    most, worst = shares.max(), int(shares.argmax())
    top, title = max(125.0, 1.25 * most), f"{GROUPS[group]}: 使える時間に対する負荷(%)"
    panel = charts.month_chart(canvas, box, plan.month, top, title)
    within = np.minimum(shares, 100)
    charts.stacked_bars(panel, [within], {"": (style.SKY, "")}, line=0.15)
    # What is above the time there is stands on the line of 100 %.
    over = [(t, t + 1, 100, share) for t, share in enumerate(shares) if share > 100 * OVER]
    panel.boxes(over, SHORT, line=0.15)
    panel.level(100, Pen(style.ALARM, 1.3))
    if over:
        side = "right" if worst > 0.8 * len(shares) else "left"
        text = f"最大 {most:,.1f}%"
        panel.words(worst + 0.5, most, text, (0, 2), 8, side, "bottom", style.ALARM)


def load_text(plan: StaffingPlan) -> str:
    """Months above 100 %, the first and the worst; a section of one person is named."""
    staff, text = plan.city.number("dx_staff"), ""
    if staff <= 1:
        people = labels.number_text(staff)
        text = f"DX・情報部門の職員は{people}人(一人情シス)である。"
    text += "足りない仕事も職員が引き受けるとすると、"
    for group, word in GROUPS.items():
        text += _over_text(word, plan.load[plan.load["group"] == group])
    return text


def _over_text(word: str, load: pd.DataFrame) -> str:
    most = load.loc[load["share"].idxmax()]
    worst = f"{labels.month_text(most['month'])}の{labels.percent_text(most['share'])}%"
    over = load[load["share"] > OVER]
    # Nobody has time: a share of nothing would be called an overload.
    if not load["capacity"].max() > 1e-9:
        return f"{word}はいないため、負荷を数えない。"
    if not len(over):
        return f"{word}の負荷はどの月も100%を超えない(最大は{worst})。"
    first = labels.month_text(over["month"].iloc[0])
    return f"{word}の負荷は{len(over)}か月で100%を超える(最初は{first}、最大は{worst})。"


def load_table(plan: StaffingPlan) -> Table:
    """Each month's people, time and load, with months above 100 % marked."""
    frame = plan.load.rename(columns={"capacity": "time", "work": "burden"})
    frame = frame.assign(group=frame["group"].replace(GROUPS), over=frame["share"] > OVER)
    columns = "group month people time burden share over".split()
    note = f"{source_text(plan)}\n負荷は、足りない仕事も職員が引き受けるとした場合の値。{ROUNDED}"
    return Table(frame[columns], "月ごとの職員の負荷", note, "month", "group")


# --- tables --------------------------------------------------------------------------------------
def head_table(plan: StaffingPlan) -> Table:
    """Heads by fiscal year and tier; each row adds up; a year's end is the next one's beginning."""
    fiscal = plan.head["month"].map(months.fiscal_year)
    tiers = pd.Categorical(plan.head["tier"], TIERS)
    frame = plan.head.assign(fiscal=fiscal, tier=tiers)
    rows = []
    for (year, tier), part in frame.groupby(["fiscal", "tier"], observed=True):
        began, ended = round(part["start"].iloc[0], 1), round(part["finish"].iloc[-1], 1)
        gained, hired = (round(part[name].sum(), 1) for name in ("gained", "hired"))
        # What rounding leaves over goes to what is lost, or to what is gained.
        lost = began + gained + hired - ended
        rows.append((year, tier, began, gained + max(0.0, -lost), hired, max(0.0, lost), ended))
    columns = "fiscal tier began gained hired lost ended".split()
    first, last = labels.date_text(plan.month[0]), labels.date_text(_then_day(plan))
    note = (
        f"{source_text(plan)}\n{ROUNDED}。{first}から{last}まで。4月の異動は、DX・情報部門と"
        "変革人材の役割を離れる人と就く人を、減と増の両方に数える"
    )
    table = pd.DataFrame(rows, columns=columns)
    return Table(table, "年度ごとの人数の出入り", note, "tier", "fiscal")


def intake_table(plan: StaffingPlan) -> Table:
    """Classes of each step with the people in them and those who are likely to complete."""
    rows = []
    for row in plan.intake.sort_values(["step", "month"]).itertuples():
        step, people = labels.word_of("item", f"step{row.step}"), row.intake
        finishers = round(people * row.done)
        rows.append((step, row.month, row.cohort, row.months, round(people), finishers))
    columns = "what month classes span learners finishers".split()
    reason = "この計画では、研修をしない。"
    if plan.strategy == "outside":
        reason = "外部のみの進め方では、研修をしない。"
    note = f"{source_text(plan)}\n日付・会場・各課の席は研修計画による"
    frame = pd.DataFrame(rows, columns=columns)
    return Table(frame, "研修の受入れ(開始の年月ごと)", note, "month", "what", reason)


def month_table(plan: StaffingPlan) -> Table:
    """Work of all kinds by month, and who covers it."""
    columns = ["demand", "own", "outside", "short"]
    total = plan.cover.groupby("month", sort=False)[columns].sum().reset_index()
    note = f"FTEは月の人員の量(1FTE=月20日)。計は延べ人月。\n{source_text(plan)}"
    return Table(total, "月ごとの仕事と担い手", note, "month")
