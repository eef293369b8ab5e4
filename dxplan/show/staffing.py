"""The people of a plan as figures and tables: pyramid, work and who does it, hand-over, overload.

People are means over many a year (leavers and transfers are shares), so they may have decimals.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd

from dxplan.facts import months
from dxplan.facts.nodes import UNSURE
from dxplan.plan.people import ROLES
from dxplan.plan.roster import self_reliant
from dxplan.plan.staffing import StaffingPlan
from dxplan.show import axes, charts, labels, style
from dxplan.show.axes import Flag
from dxplan.show.charts import INCH, Canvas, Panel, Pen, Sample
from dxplan.show.sentences import sentence
from dxplan.show.style import OUTSIDE, OWN, SHORT, Figure, Shown, Table

TIERS = ("core", "change", "use", "none")
REST = style.REST_OUTSIDE  # outsiders who are not beside own people
COVER = {"own": OWN, "outside": OUTSIDE, "short": SHORT}
DEMAND = Pen(width=1.1)
GROUPS = {"dx": "DX・情報部門の職員", "change": "兼務の変革人材"}
SMALL = 0.05  # FTE or FTE-months below which nothing is said to be there
SEEN = 1e-3  # FTE from which a bar is drawn
OVER = 1.0005  # share of the time above which a month counts as overloaded
ASSUMED = f"人員・割合・単価は仮定を含む({labels.UNCONFIRMED}。「前提と出典」の表を参照)"
STANDING = "経常の仕事(DX推進と日常のシステム運用)"
ROUNDED = "人数は平均の見込みで、端数がある。退職は翌年4月の採用で補うため、年度の途中は減る"


def source_text(plan: StaffingPlan) -> str:
    """Where the numbers come from, and from when on they hold."""
    return style.origin_text(plan.city, plan.outcome, ASSUMED)


def status_line(plan: StaffingPlan) -> Shown:
    """Status of the calculation with what its words mean."""
    return style.paragraph(labels.precision_text(plan.outcome), "status")


# --- in a few sentences --------------------------------------------------------------------------
def summary_text(plan: StaffingPlan) -> str:
    """How the city gets its people: outsiders and their end, self-reliance, shortage, money."""
    way = labels.word_of("strategy", plan.strategy)
    begin = sentence("people.plan", name=plan.city.name, way=way)
    people = f"{outside_text(plan)}{alone_text(plan)}{_grown_text(plan)}"
    return f"{begin}{people}{_price_text(plan)}"


def summary_paragraph(plan: StaffingPlan) -> Shown:
    """The sentences of ``summary_text`` as a leading paragraph."""
    return style.paragraph(summary_text(plan), "lead")


def outside_text(plan: StaffingPlan) -> str:
    """How many outsiders at most, and when the last one leaves."""
    if plan.exit is None:
        return sentence("people.outside.none")
    people = plan.outside[plan.outside["kind"] == "outside"].groupby("month")["fte"].sum()
    most = f"{labels.fte_text(people.max())}({labels.month_text(people.idxmax())})"
    if _stays(plan):
        return sentence("people.outside.stay", most=most)
    return sentence("people.outside.leave", most=most, day=labels.date_text(plan.exit))


def _stays(plan: StaffingPlan) -> bool:
    """Whether an outsider is there to the end of the plan."""
    return plan.exit is not None and plan.exit >= months.month_end(plan.month[-1])


def alone_text(plan: StaffingPlan) -> str:
    """From when on own people could do the standing work, and when that would end again."""
    if plan.self_reliant is None:
        last = plan.autonomy.iloc[-1]
        able = last["able"] - last["hired"]
        return sentence(
            "people.alone.never",
            work=STANDING,
            wanted=labels.fte_text(last["wanted"]),
            able=labels.fte_text(able),
            hired=_hired_text(plan),
        )
    since = labels.month_text(plan.self_reliant)
    if plan.self_reliant == plan.month[0]:
        since = "計画の最初"
    day = _lapse(plan)
    lapse = sentence("people.lapse", month=labels.month_text(day)) if day else ""
    return sentence(
        "people.alone.from",
        work=STANDING,
        since=since,
        hired=_hired_text(plan),
        lapse=lapse,
    )


def _hired_text(plan: StaffingPlan) -> str:
    """From when on it is so with those who are hired for a term, where that is earlier."""
    with_hires = self_reliant(plan.autonomy.assign(hired=0.0))
    if with_hires is None or with_hires == plan.self_reliant:
        return ""
    return sentence("people.hired", month=labels.month_text(with_hires))


def _lapse(plan: StaffingPlan) -> date | None:
    """The first month after self-reliance in which own people could no longer do it all."""
    table = plan.autonomy
    lack = table["able"] - table["hired"] < 0.99 * table["wanted"]
    later = table.loc[lack & (table["month"] > plan.self_reliant), "month"]
    return later.min() if len(later) else None


def _grown_text(plan: StaffingPlan) -> str:
    now, goal, then = map(_heads_text, _heads(plan).loc["change"])
    aim = labels.aim_text(plan.city.at("change_ratio").grade in UNSURE)
    return sentence(
        "people.grown",
        now=now,
        then=then,
        goal=goal,
        aim=aim,
    )


def _price_text(plan: StaffingPlan) -> str:
    short = plan.cover["short"].sum()
    lack = sentence("people.lack.none")
    if short >= SMALL:
        lack = sentence("people.lack", short=f"{short:,.1f}")
    cost = plan.cost
    if not len(cost):
        return sentence("people.none", lack=lack)
    first, last = map(labels.era_fiscal, (cost["fiscal"].min(), cost["fiscal"].max()))
    years = first
    if first != last:
        years = f"{first}から{last}まで"
    yen = cost.groupby("fiscal")["yen"].sum().sum()
    train = cost.loc[cost["item"].str.startswith("step"), "yen"].sum()
    return sentence(
        "people.yen",
        lack=lack,
        years=years,
        yen=labels.yen_text(yen),
        people=labels.yen_text(yen - train),
        training=labels.yen_text(train),
    )


def _heads_text(value: float) -> str:
    return f"{labels.heads_text(value)}人"


# --- the tiers -----------------------------------------------------------------------------------
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


def tiers_figure(plan: StaffingPlan) -> Figure:
    """Heads of each tier at the end of each fiscal year, against the target."""
    title, table = f"{plan.city.name}の人材の層", pyramid_table(plan)
    draw = partial(_draw_tiers, _tier_years(plan))
    return style.fitted(draw, "tiers", title, pyramid_text(plan), source_text(plan), table)


GOAL = Pen(width=1.2, dashes=(4, 2))
TALL, WORD = 62.0, 13.0  # points of a tier's bars, and of a word with its room


class TierYears(NamedTuple):
    """The heads of a tier: at the start and at the end of each fiscal year; the target."""

    tier: str
    people: list[float]
    years: list[int]
    goal: float


def _tier_years(plan: StaffingPlan) -> list[TierYears]:
    heads, fiscal = _heads(plan), plan.head["month"].map(months.fiscal_year)
    ends = plan.head.groupby(["tier", fiscal])["finish"].last()
    found = []
    for tier in TIERS[:3]:
        years = ends[tier]
        now, goal = heads.loc[tier, ["now", "goal"]]
        people = [now, *years.tolist()]
        found.append(TierYears(tier, people, years.index.tolist(), goal))
    return found


def _draw_tiers(found: list[TierYears], canvas: Canvas) -> None:
    wide = canvas.width > style.PHONE
    for place, tier in enumerate(found):
        left, width = 0.0, canvas.width
        if wide:  # beside each other
            width = canvas.width / 3
            left = place * width
        if not place or not wide:
            canvas.grow(TALL + 3 * axes.ROW + 18)
        box = (left + 2, axes.ROW + 6, width - 14, TALL)
        _draw_tier(canvas, [part / INCH for part in box], tier)
    samples: dict[str, Sample] = {
        "年度末の人数(左端は計画の始め)": style.TALENT,
        "目標の人数": GOAL,
    }
    axes.key(canvas, samples)


def _draw_tier(
    canvas: Canvas,
    box: list[float],
    found: TierYears,
) -> None:
    people, goal = found.people, found.goal
    top = 1.35 * max(*people, goal, 0.1)
    panel = Panel(canvas, box, (-0.6, len(people) - 0.4), (0, top))
    charts.stacked_bars(panel, [people], {"": style.TALENT}, (-0.36, 0.36))
    now, then, aim = map(labels.heads_text, (people[0], people[-1], goal))
    panel.frame(f"{labels.word_of('tier', found.tier)}\n{now}→{then}人、目標{aim}人")
    panel.level(goal, GOAL)
    for place, count in enumerate(people):
        _draw_count(panel, place, count, goal)
    words = ["今"]
    for year in found.years:
        words.append(labels.fiscal_short(year).removesuffix("年度"))
    panel.x_words(range(len(people)), words)


def _draw_count(panel: Panel, place: int, count: float, goal: float) -> None:
    """Heads in their bar or above it, where there is room and no line of the target."""
    word = labels.heads_text(count)
    size = charts.word_width(word) * charts.READ
    bar = panel.spot[2] / (panel.x[1] - panel.x[0])
    unit = TALL / panel.y[1]
    apart = (goal - count) * unit  # points of the line above the bar's top
    if size < 0.68 * bar and count * unit > WORD and not -WORD < apart < 0:
        panel.words(place, count, word, (0, -2), ha="center", va="top")
    elif size < bar and not 0 <= apart < WORD:
        panel.words(place, count, word, (0, 2), ha="center", va="bottom")


def pyramid_text(plan: StaffingPlan) -> str:
    """Heads of each tier now and at the end against the target."""
    changes = []
    aim = labels.aim_text(plan.city.at("change_ratio").grade in UNSURE)
    for tier, now, goal, then in _heads(plan).itertuples(name=None):
        change = f"{_heads_text(now)}から{_heads_text(then)}"
        if tier == "none":
            rest = change
            continue
        reach = f"の{labels.percent_text(then / goal)}%" if goal else ""
        goal_text = f"{aim}{_heads_text(goal)}{reach}"
        changes.append(f"{labels.word_of('tier', tier)}は{change}({goal_text})")
    first, last = labels.month_text(plan.month[0]), labels.month_text(_then_day(plan))
    return sentence(
        "people.tiers",
        first=first,
        last=last,
        changes="、".join(changes),
        rest=rest,
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
        f"(換算額はコア・変革人材1人{many}万円、活用人材1人{few}万円)。コア人材は任期付の採用を含む"
    )
    return Table(heads.assign(reach=reach).reset_index(), "人材の層ごとの人数", note, "tier")


# --- who covers the work -------------------------------------------------------------------------
def cover_figure(plan: StaffingPlan) -> Figure:
    """Each role's work by month and who covers it: own people, outsiders, nobody."""
    title, table = f"{plan.city.name}の仕事を担う人", cover_table(plan)
    works = dict(tuple(plan.cover.groupby("role")))
    draw = partial(_draw_covers, works, plan.month)
    return style.fitted(draw, "cover", title, cover_text(plan), source_text(plan), table)


def _draw_covers(works: dict[str, pd.DataFrame], month: Sequence[date], canvas: Canvas) -> None:
    for role in ROLES:
        _draw_cover(canvas, works[role], month, labels.word_of("work", role))
    samples = {labels.label_of(name): look for name, look in COVER.items()}
    axes.key(canvas, {**samples, labels.label_of("demand"): DEMAND})


def _draw_cover(canvas: Canvas, cover: pd.DataFrame, month: Sequence[date], word: str) -> None:
    most = cover["demand"].max()
    if most <= SEEN:
        axes.say(canvas, f"{word}: 該当なし(残る仕事はない)", size=axes.HEAD, gap=6)
        return
    panel = axes.month_chart(canvas, 48, month, most * 1.12, f"{word}(常勤換算の人数)")
    charts.stacked_bars(panel, cover[list(COVER)].to_numpy().T, COVER, line=0)
    panel.steps(range(len(month) + 1), cover["demand"], DEMAND)


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
    """What own people do alone against outsiders at work, and the days on which that turns."""
    table = handover_table(plan)
    draw = partial(_draw_handing, table.frame, plan.month, _flags(plan))
    title, sentence = f"{plan.city.name}の引継ぎ", handover_text(plan)
    source = f"{TURNS}\n{source_text(plan)}"
    return style.fitted(draw, "handover", title, sentence, source, table)


TURNS = "職員だけで進められる量は、研修の修了・任用・外部人材との協働で増え、4月の異動と退職で減る"


def _draw_handing(
    frame: pd.DataFrame,
    month: Sequence[date],
    flags: list[Flag],
    canvas: Canvas,
) -> None:
    top = max(frame[["autonomy", "promotion", "outside_fte"]].max(axis=None), 0.1) * 1.15
    title = "移行とDX推進を進める力(常勤換算の人数)"
    panel = axes.month_chart(canvas, 112, month, top, title, flags)
    parts = [frame["paired"], frame["outside_fte"] - frame["paired"]]
    looks = {"外部人材(職員と組む分)": OUTSIDE, "外部人材(その他の分)": REST}
    charts.stacked_bars(panel, parts, looks, line=0)
    edges = range(len(month) + 1)
    panel.steps(edges, frame["autonomy"], ALONE, "職員だけで進められる量", 5)
    panel.steps(edges, frame["promotion"], WORK, "DX推進の仕事の量")
    axes.key(canvas, panel.samples)


ALONE, WORK = Pen(style.BLUE, 2.2), Pen(width=1.1, dashes=(4, 2))


def _flags(plan: StaffingPlan) -> list[Flag]:
    """The day after the last outsider's end, and the month of self-reliance."""
    flags = []
    if plan.exit and not _stays(plan):
        place = style.month_place(plan.month, plan.exit + timedelta(days=1))
        flags.append(Flag(place, f"最後の外部人材の終了 {labels.date_text(plan.exit)}", LEAVE))
    if plan.self_reliant and plan.self_reliant > plan.month[0]:
        place = style.month_place(plan.month, plan.self_reliant)
        text = f"職員だけで運営できる時期 {labels.month_text(plan.self_reliant)}"
        flags.append(Flag(place, text, Pen(style.BLUE, 1.3, (2, 2))))
    return flags


LEAVE = Pen(width=1.3)


def handover_text(plan: StaffingPlan) -> str:
    """What own people do alone at start and end, self-reliance and the last outsider's day."""
    first, last = plan.autonomy["autonomy"].iloc[[0, -1]]
    turn = "handover.same"
    if last > 1.05 * first:
        turn = "handover.more"
    elif last < 0.95 * first:
        turn = "handover.less"
    return sentence(
        "people.handover",
        turn=sentence(turn),
        first=labels.fte_text(first),
        last=labels.fte_text(last),
        outside=outside_text(plan),
        alone=alone_text(plan),
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
        f"{source_text(plan)}\n外部人材が常勤1人分、職員と1か月組むと、職員だけで進められる量が"
        f"{gain:g}人分増えると仮に置いた(組むために職員の{share:g}人分を充てる)。異動と退職で減り、"
        f"{plan.city.number('handover_rate'):g}%が引継ぎで残る。職員ができる経常の仕事は、"
        "移行の仕事がないとしたときの力で、外部人材がいるかどうかによらない"
    )
    return Table(frame[columns], "引継ぎの推移", note, "month")


# --- overload ------------------------------------------------------------------------------------
def load_figure(plan: StaffingPlan) -> Figure:
    """Load of the DX section and of the 変革人材 beside their own work, against their time."""
    title, table = f"{plan.city.name}の職員の負荷", load_table(plan)
    draw = partial(_draw_loads, plan)
    return style.fitted(draw, "overload", title, load_text(plan), source_text(plan), table)


def _draw_loads(plan: StaffingPlan, canvas: Canvas) -> None:
    for group in GROUPS:
        _draw_load(canvas, plan, group)
    samples: dict[str, Sample] = {
        "使える時間の内": OWN,
        "使える時間を超える分": SHORT,
        "100%": FULL,
    }
    axes.key(canvas, samples)


FULL = Pen(style.ALARM, 1.3)


def _draw_load(canvas: Canvas, plan: StaffingPlan, group: str) -> None:
    shares = 100 * plan.load.loc[plan.load["group"] == group, "share"].to_numpy()
    most, worst = shares.max(), int(shares.argmax())
    top, title = max(115.0, 1.1 * most), f"{GROUPS[group]}: 使える時間に対する負荷(%)"
    # What is above the time there is stands on the line of 100 %.
    over = [(t, t + 1, 100, share) for t, share in enumerate(shares) if share > 100 * OVER]
    flags = [Flag(worst + 0.5, f"最大 {most:,.1f}%", Pen(style.ALARM, 0))] if over else []
    panel = axes.month_chart(canvas, 72, plan.month, top, title, flags)
    within = np.minimum(shares, 100)
    charts.stacked_bars(panel, [within], {"": OWN}, line=0.15)
    panel.boxes(over, SHORT, line=0.15)
    panel.level(100, FULL)


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
    note = f"{source_text(plan)}\n日付・会場・各課の定員は研修計画による"
    frame = pd.DataFrame(rows, columns=columns)
    return Table(frame, "研修の受入れ(開始の年月ごと)", note, "month", "what", reason)


def month_table(plan: StaffingPlan) -> Table:
    """Work of all kinds by month, and who covers it."""
    columns = ["demand", "own", "outside", "short"]
    total = plan.cover.groupby("month", sort=False)[columns].sum().reset_index()
    note = f"量は常勤職員に換算した人数(1人=月20日)。計は延べ人月。\n{source_text(plan)}"
    return Table(total, "月ごとの仕事と担い手", note, "month")
