"""The training as figures and tables: when each section learns, the classes, the funnel, trainers, hours given back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd

from dxplan.facts import catalog, months
from dxplan.plan.training import TrainingPlan
from dxplan.show import labels, style
from dxplan.show.style import Figure, Shown, Table, none_text

ASSUMED = f"定員・時間・修了率・繁忙度は設計上の仮定を含む({labels.UNCONFIRMED}。「前提と出典」の表を参照)"
STEPS = {1: ("#9fd3c7", "\\"), 2: ("#f2a900", "/"), 3: (style.BLUE, "")}
BUSY = ("#d9d9de", ".")
LEVELS = (
    (0.5, "#dfe6ff", "0.5時間未満"),
    (1.0, "#8fb3ff", "1時間未満"),
    (2.0, "#4d6dff", "2時間未満"),
    (1e9, style.BLUE, "2時間以上"),
)
USES = {"front": (style.BLUE, ""), "change": ("#f2a900", "/"), "overtime": ("#9fd3c7", "\\")}
PARTS = (((style.BLUE, ""), "修了"), (("#f2a900", "/"), "未修了"), (BUSY, "席なし"))
LEFT, RIGHT, TOP, BOTTOM, ROW = (
    2.05,
    0.1,
    0.22,
    0.72,
    0.235,
)  # inches round the calendar, and of a row
MANY, ROOM = (
    99,
    3,
)  # classes that a cell of the calendar has room for; times the busiest month up to which hours are drawn
SHOWN = 120  # rows of a long table
MEANING = {
    "リテラシーの向上": "知ることで終わり、ステップ1だけを開く。知識は増えるが、住民と職員の手間は変わらない。",
    "利用者の体験の改善": "住民や職員の困りごとから課題を選び、ステップ2・3で手続と業務を変えるところまで進む。",
    "先端のITに詳しい人": "DX・情報部門だけを招く。所管課の仕事は変わらず、頼みごとが情報部門に集まる。",
    "自分の業務に生かす人": "すべての課から招く。業務を知る人が、自分の仕事にデジタルを生かす。",
    "技術の講義": "講義で終わり、ステップ1だけを開く。伴走の時間は要らないが、自動化も変革人材も生まれない。",
    "実務の中の実践": "自分の業務を題材に、伴走を受けながら小さく作って直す。伴走する人の時間を先に確保する。",
}


def source_text(plan: TrainingPlan) -> str:
    """Where the numbers come from, and from when on they hold."""
    fact = catalog.load_column("municipalities", "staff_general")
    return (
        f"出典: dxplan の計算(計画の開始 {labels.date_text(plan.city.start)}、{labels.outcome_text(plan.outcome)})。"
        f"職員数は{labels.as_of_text(fact.as_of)}時点。{ASSUMED}"
    )


def empty_text(plan: TrainingPlan) -> str:
    """Why there is no class."""
    if plan.funnel["asked"].sum():
        return f"人材計画が受け入れる{int(plan.funnel['asked'].sum()):,}人に、席を用意できるクラスがない。"
    return "この人材計画では、研修をしない。"


def training_text(plan: TrainingPlan) -> str:
    """The plan in two sentences: who learns in how many classes, what comes of it, and who finds no seat."""
    if plan.cohort.empty:
        return empty_text(plan)
    first, last = plan.session["day"].min(), plan.session["day"].max()
    parts = [
        f"{labels.word_of('step', row.step)}を{row.seated:,}人"
        for row in plan.funnel.itertuples()
        if row.seated
    ]
    when = labels.month_text(first)
    when += (
        "に"
        if first.replace(day=1) == last.replace(day=1)
        else f"から{labels.month_text(last)}までに"
    )
    change, works = plan.funnel["done"].iloc[2], plan.automation["works"].sum()
    text = (
        f"{when}{len(plan.cohort):,}クラスを開き、延べで{'、'.join(parts)}が受ける。"
        f"ステップ3の修了は{change:,}人、業務で使われる自動化は{works:,}件の見込み。"
    )
    return text + unseated_text(plan)


def unseated_text(plan: TrainingPlan) -> str:
    """How many find no seat, and why for most of them."""
    lost = plan.unseated
    if lost.empty:
        return "人材計画の受入れのすべてに席を用意できる。"
    reason = (
        lost.groupby("reason")["people"].sum().sort_values(ascending=False, kind="stable").index[0]
    )
    return f"席を用意できない人は延べ{lost['people'].sum():,}人で、最も多い理由は{labels.word_of('cause', reason)}である。"


def status_line(plan: TrainingPlan) -> Shown:
    """Status of the calculation with what its words mean."""
    meaning = {
        "最適": "これより良い割当てがないことを、年度ごとに確かめた。",
        "打切り": "年度ごとに、日程を先に、席を後に決めた。隔たりは、証明できた下限との費用(点)の差の割合で、席の数の差ではない。",
    }
    return style.paragraph(
        f"計算の状態: {labels.outcome_text(plan.outcome)}。{meaning[plan.outcome.status]}", "status"
    )


# --- the calendar of the sections ----------------------------------------------------------------------
def calendar_figure(plan: TrainingPlan) -> Shown:
    """Classes by month and step over hours away by month and section, with busy seasons and the council."""
    if plan.cohort.empty:
        return none_text("研修カレンダー", empty_text(plan))
    used, sentence = {months.fiscal_year(m) for m in plan.hours["month"]}, calendar_text(plan)
    month = [
        m
        for m in dict.fromkeys(plan.season["month"])
        if min(used) <= months.fiscal_year(m) <= max(used)
    ]
    sections, away = list(dict.fromkeys(plan.season["section"])), _away(plan)
    rows = 4 + len(sections)
    with style.drawing():
        canvas = style.canvas(ROW * rows + TOP + BOTTOM)
        width, height = canvas.get_size_inches()
        axes = canvas.add_axes(
            (LEFT / width, BOTTOM / height, 1 - (LEFT + RIGHT) / width, ROW * rows / height)
        )
        axes.set(ylim=(rows, 0), yticks=[])
        axes.spines[:].set_visible(False)
        style.month_axes(axes, month)
        _draw_council(axes, plan, month)
        _draw_counts(axes, plan, month)
        _draw_hours(axes, plan, away, month, sections)
        _draw_legend(canvas)
        svg = style.svg_text(canvas, "classes", f"{plan.city.name}の研修カレンダー", sentence)
    frame = away[["month", "section", "staff", "away", "apiece", "busy"]]
    table = Table(frame, "月と課ごとの、業務を離れる時間", source_text(plan), "section", "month")
    return Figure("classes", svg, sentence, source_text(plan), table, True)


def calendar_text(plan: TrainingPlan) -> str:
    """Hours away in all, and the section and month with most of them a person."""
    rows = _away(plan)
    top = rows.loc[rows["apiece"].idxmax()]
    return (
        f"職員が研修のために業務を離れる時間は延べ{plan.hours['hours'].sum():,.0f}時間。1人当たりで最も長いのは"
        f"{top['section']}の{labels.month_text(top['month'])}で、{top['apiece']:.1f}時間。繁忙期と切替の月に当たる担当の職員は招かない。"
    )


def _away(plan: TrainingPlan) -> pd.DataFrame:
    rows = plan.hours.rename(columns={"hours": "away"}).merge(plan.season, on=["month", "section"])
    return rows.assign(apiece=rows["away"] / rows["staff"].clip(lower=1))


def _name(axes, row: float, text: str, colour: str = style.INK) -> None:
    axes.annotate(
        text,
        (0, row + 0.5),
        (-5, 0),
        ("data", "data"),
        "offset points",
        ha="right",
        va="center",
        fontsize=7.5,
        color=colour,
    )


def _draw_council(axes, plan: TrainingPlan, month: Sequence[date]) -> None:
    """The weeks in which the council sits."""
    sessions = months.sessions(
        catalog.load_session_rules(), month[0], months.first_of_next_month(month[-1])
    )
    spans = [
        (
            max(0, style.month_place(month, s.start)),
            min(len(month), style.month_place(month, s.end)),
        )
        for s in sessions
    ]
    style.draw_boxes(
        axes, [(a, b, 0.34, 0.66) for a, b in spans if b > a], ("#8a8a94", "-"), line=0
    )
    _name(axes, 0, "議会の会期", style.SOFT)
    for k, day in enumerate(month):
        if day.month in (4, 7, 10, 1):
            axes.text(
                k + 0.5,
                -0.05,
                f"{day.month}月",
                ha="center",
                va="bottom",
                fontsize=7,
                color=style.SOFT,
            )


def _draw_counts(axes, plan: TrainingPlan, month: Sequence[date]) -> None:
    """Classes with a session in each month, by step; the number in each cell where there is room."""
    held = plan.session.assign(month=[day.replace(day=1) for day in plan.session["day"]])
    count = held.groupby(["step", "month"])["cohort"].nunique()
    place = {m: k for k, m in enumerate(month)}
    for row, (step, look) in enumerate(STEPS.items(), 1):
        found = [(place[m], n) for (k, m), n in count.items() if k == step]
        _name(axes, row, labels.ITEMS[f"step{step}"])
        style.draw_boxes(
            axes, [(k + 0.06, k + 0.94, row + 0.8, row + 0.95) for k, _ in found], look, line=0.2
        )
        for k, n in found if count.max() <= MANY else ():
            axes.text(k + 0.5, row + 0.42, f"{n}", ha="center", va="center", fontsize=7)
    axes.axhline(4, color=style.SOFT, linewidth=0.7)


def _draw_hours(
    axes, plan: TrainingPlan, away: pd.DataFrame, month: Sequence[date], sections: Sequence[str]
) -> None:
    """Hours away a person by colour, over the share of busy people by height."""
    place = {m: k for k, m in enumerate(month)}
    row = {name: 4 + k for k, name in enumerate(sections)}
    season = plan.season[plan.season["month"].isin(place) & (plan.season["busy"] > 0)]
    busy = [
        (place[m], place[m] + 1, row[s] + 1 - part, row[s] + 1)
        for m, s, part in season[["month", "section", "busy"]].itertuples(index=False)
    ]
    style.draw_boxes(axes, busy, BUSY, 1, 0)
    boxes: dict[str, list] = {colour: [] for _, colour, _ in LEVELS}
    for m, s, hours in away[["month", "section", "apiece"]].itertuples(index=False):
        colour = next(colour for limit, colour, _ in LEVELS if hours < limit)
        boxes[colour].append((place[m] + 0.1, place[m] + 0.9, row[s] + 0.16, row[s] + 0.84))
    for colour, found in boxes.items():
        if found:
            style.draw_boxes(axes, found, (colour, ""), 3, 0.25)
    staff = plan.season.drop_duplicates("section").set_index("section")["staff"]
    for name, level in row.items():
        axes.axhline(level + 1, color=style.LINE, linewidth=0.3, zorder=0.5)
        _name(axes, level, f"{name} {staff[name]:,}人")


def _draw_legend(canvas) -> None:
    handles = [
        style.look_patch((colour, ""), f"1人当たり{word}" if k == 0 else word)
        for k, (_, colour, word) in enumerate(LEVELS)
    ]
    handles += [
        style.look_patch(BUSY, "繁忙期・切替の職員の割合(高さ)"),
        style.look_patch(("#8a8a94", "-"), "議会の会期"),
    ]
    inch = 1 / canvas.get_figheight()
    canvas.legend(
        handles=handles,
        loc="lower center",
        bbox_to_anchor=(0.55, 0.16 * inch),
        ncol=len(handles),
        frameon=False,
        fontsize=7.2,
        handlelength=1.8,
        columnspacing=1.2,
        handletextpad=0.5,
    )
    canvas.text(
        0.55,
        0.09 * inch,
        "上の3行の数: その月に研修日のあるクラスの数。下の行の色: その月に職員1人が業務を離れる時間の平均。",
        ha="center",
        va="center",
        fontsize=7.2,
    )


# --- the funnel ----------------------------------------------------------------------------------------
def funnel_figure(plan: TrainingPlan) -> Shown:
    """From the intake wished for to the people who complete each step."""
    if plan.cohort.empty:
        return none_text("修了までの歩み", empty_text(plan))
    sentence = funnel_text(plan)
    with style.drawing():
        canvas = style.canvas(1.9, style.UPRIGHT)
        axes = canvas.add_axes((0.235, 0.2, 0.43, 0.78))
        _draw_funnel(axes, plan)
        canvas.legend(
            handles=[style.look_patch(*part) for part in PARTS],
            loc="lower center",
            ncol=3,
            bbox_to_anchor=(0.45, 0.0),
            frameon=False,
            fontsize=7.5,
        )
        svg = style.svg_text(canvas, "funnel", f"{plan.city.name}の研修の受講と修了", sentence)
    frame = plan.funnel.assign(missed=plan.funnel["asked"] - plan.funnel["seated"]).rename(
        columns={"asked": "wish"}
    )
    table = Table(
        frame[["step", "wish", "missed", "seated", "done", "dropped"]],
        "ステップごとの受講と修了",
        source_text(plan),
        "step",
    )
    return Figure("funnel", svg, sentence, source_text(plan), table)


def _draw_funnel(axes, plan: TrainingPlan) -> None:
    most = max(1, plan.funnel["asked"].max())
    for y, row in enumerate(plan.funnel.itertuples()):
        edges = (0, row.done, row.seated, row.asked)
        for low, high, (look, _) in zip(edges, edges[1:], PARTS):
            style.draw_boxes(axes, [(low, high, y + 0.18, y + 0.82)] * (high > low), look)
        _name(axes, y, labels.ITEMS[f"step{row.step}"])
        axes.text(
            most * 1.03,
            y + 0.5,
            f"受入れ{row.asked:,} → 受講{row.seated:,} → 修了{row.done:,}人",
            va="center",
            fontsize=7.5,
        )
    axes.set(xlim=(0, most), ylim=(len(plan.funnel), 0), yticks=[], xticks=[])
    axes.spines[:].set_visible(False)


def funnel_text(plan: TrainingPlan) -> str:
    """What the funnel says: from those who know to 変革人材."""
    know, solve, automate = plan.funnel.itertuples()
    return (
        f"修了は、ステップ1が{know.done:,}人、ステップ2が{solve.done:,}人、ステップ3(デジタル変革人材)が{automate.done:,}人の見込み。"
        "未修了の人と、異動で役割を離れた変革人材は、次の年度から改めて受けられ、延べ人数に含む。"
    )


# --- trainers ------------------------------------------------------------------------------------------
def trainer_figure(plan: TrainingPlan) -> Shown:
    """Hours of teachers and of coaches by month, against the hours there are."""
    if plan.trainer.empty:
        return none_text("教える人の時間", empty_text(plan))
    sentence, month = trainer_text(plan), list(dict.fromkeys(plan.trainer["month"]))
    with style.drawing():
        canvas = style.canvas(3.4, style.UPRIGHT)
        for k, (trainer, part) in enumerate(plan.trainer.groupby("trainer", sort=False)):
            axes = canvas.add_axes((0.075, 0.61 - 0.5 * k, 0.915, 0.29))
            style.draw_boxes(
                axes,
                [(m + 0.1, m + 0.9, 0, y) for m, y in enumerate(part["hours"]) if y],
                STEPS[2 + k],
                label="使う時間",
            )
            top = max(part["hours"].max() * ROOM, 10)
            axes.stairs(
                part["capacity"].clip(upper=top),
                baseline=None,
                color=style.ALARM,
                linewidth=1.3,
                label="使える時間",
            )
            axes.set_ylim(0, min(top, max(part["capacity"].max(), part["hours"].max())) * 1.12)
            axes.yaxis.set_major_formatter("{x:,.0f}")
            axes.set_title(f"{trainer}(時間/月)", loc="left", fontsize=8.5, pad=4)
            style.plain_axes(axes, "y")
            style.month_axes(axes, month)
            axes.legend(
                loc="lower right",
                bbox_to_anchor=(1, 0.97),
                ncol=2,
                frameon=False,
                fontsize=7.5,
                borderaxespad=0.2,
            )
        svg = style.svg_text(
            canvas, "trainer", f"{plan.city.name}の講師と伴走する人の時間", sentence
        )
    table = Table(
        plan.trainer.rename(columns={"hours": "taught", "capacity": "ready"}),
        "月ごとの講師と伴走する人の時間",
        source_text(plan),
        "trainer",
        "month",
    )
    return Figure("trainer", svg, sentence, source_text(plan), table)


def trainer_text(plan: TrainingPlan) -> str:
    """The month in which each kind of trainer has most to do."""
    parts = []
    for trainer, part in plan.trainer.groupby("trainer", sort=False):
        top = part.loc[part["hours"].idxmax()]
        if top["hours"]:
            parts.append(
                f"{trainer}が{labels.month_text(top['month'])}({top['hours']:,.0f}時間。使える時間は{top['capacity']:,.0f}時間)"
            )
    return (
        f"最も忙しい月は、{'、'.join(parts)}。伴走する人の時間は、人材計画がクラスに充てた時間に、職員の空き時間の"
        f"{plan.city.number('coach_free'):g}%を加えた(図では、使う時間の{ROOM}倍を超える分を省く)。"
    )


# --- what comes of it ----------------------------------------------------------------------------------
def automation_figure(plan: TrainingPlan) -> Shown:
    """Hours given back by fiscal year and by what they are used for."""
    if not plan.automation["hours"].any():
        return none_text(
            "自動化で生まれる時間",
            "ステップ3の受講者がいない、または業務で使われる自動化を見込まない。",
        )
    sentence, years = automation_text(plan), plan.automation["fiscal"].tolist()
    base = dict.fromkeys(years, 0.0)
    with style.drawing():
        canvas = style.canvas(2.5, style.UPRIGHT)
        axes = canvas.add_axes((0.1, 0.13, 0.89, 0.74))
        for use, part in plan.redeploy.groupby("use", sort=False):
            boxes = [
                (f - 0.3, f + 0.3, base[f], base[f] + h)
                for f, h in zip(part["fiscal"], part["hours"])
                if h
            ]
            style.draw_boxes(axes, boxes, USES[use], label=labels.word_of("use", use))
            base |= {f: base[f] + h for f, h in zip(part["fiscal"], part["hours"])}
        for row in plan.automation[plan.automation["hours"] > 0].itertuples():
            axes.annotate(
                f"{row.hours:,.0f}時間\n新規{row.works:,}件",
                (row.fiscal, row.hours),
                (0, 3),
                "data",
                "offset points",
                ha="center",
                fontsize=7.5,
            )
        axes.set(xlim=(years[0] - 0.6, years[-1] + 0.6), ylim=(0, max(base.values()) * 1.28))
        axes.set_xticks(years, [labels.fiscal_short(f) for f in years])
        axes.yaxis.set_major_formatter("{x:,.0f}")
        style.plain_axes(axes, "y")
        canvas.legend(
            *axes.get_legend_handles_labels(),
            loc="upper right",
            ncol=3,
            frameon=False,
            fontsize=7.5,
            borderaxespad=0.1,
        )
        svg = style.svg_text(
            canvas, "automation", f"{plan.city.name}の自動化で生まれる時間", sentence
        )
    return Figure("automation", svg, sentence, source_text(plan), automation_table(plan))


def automation_text(plan: TrainingPlan) -> str:
    """How many hours come back, and that they are hours, not money."""
    top = plan.automation.loc[plan.automation["hours"].idxmax()]
    return (
        f"業務で使われる自動化は計画の間に{plan.automation['works'].sum():,}件で、生まれる時間は{labels.fiscal_text(int(top['fiscal']))}に"
        f"年{top['hours']:,.0f}時間が最も多い。時間であって、経費の削減ではない。充てる先は各課と決める。"
    )


def automation_table(plan: TrainingPlan) -> Table:
    """Hours given back by fiscal year, and what they are used for."""
    spread = plan.redeploy.pivot(index="fiscal", columns="use", values="hours").rename(
        columns={"change": "improve"}
    )
    rows = plan.automation.rename(columns={"hours": "saved"}).merge(
        spread, left_on="fiscal", right_index=True
    )
    city = plan.city
    note = (
        f"1件につき年{city.number('works_hours'):,.0f}時間、1年に{city.number('works_decay'):,.0f}%ずつ目減りするとみた。"
        f"件数はステップ3の受講者1人につき{labels.number_text(city.number('works_rate'))}件。\n{source_text(plan)}"
    )
    rows = rows.loc[
        rows["saved"] > 0, ["fiscal", "works", "saved", "front", "improve", "overtime"]
    ].round(0)
    return Table(
        rows,
        "自動化で生まれる時間と充てる先",
        note,
        "fiscal",
        none="業務で使われる自動化を見込まない。",
    )


# --- tables --------------------------------------------------------------------------------------------
def cohort_table(plan: TrainingPlan) -> Table:
    """The classes by fiscal year, with their people by section; never by name."""
    frame = plan.cohort.assign(mix=plan.cohort["cohort"].map(mixes_of(plan))).rename(
        columns={"people": "learners"}
    )
    columns = ["fiscal", "cohort", "start", "finish", "place", "learners", "seats", "mix"]
    note = f"クラスの記号は、年度-ステップ-番号。人数は課ごとの数で、氏名は扱わない。\n{source_text(plan)}"
    return Table(frame[columns], "クラスの一覧", note, "cohort", "fiscal", empty_text(plan))


def mixes_of(plan: TrainingPlan) -> dict[str, str]:
    """Class -> its people by section: 税務課3、市民課2."""
    return {
        name: "、".join(
            f"{section}{people}" for section, people in zip(part["section"], part["people"])
        )
        for name, part in plan.seat.groupby("cohort", sort=False)
    }


def sessions_table(plan: TrainingPlan) -> Table:
    """All sessions on their dates."""
    columns = ["cohort", "no", "day", "begin", "length", "place", "trainer", "title"]
    note = f"ステップ1・2は講師、ステップ3は伴走する人が教える。\n{source_text(plan)}"
    return Table(
        plan.session.rename(columns={"hours": "length"})[columns],
        "研修日程",
        note,
        "cohort",
        none=empty_text(plan),
    )


def session_table(plan: TrainingPlan, every: bool = False) -> Table:
    """The sessions of the first fiscal year on their dates, of a long list the first rows; or every session."""
    frame = plan.session.assign(
        fiscal=[months.fiscal_year(day) for day in plan.session["day"]]
    ).rename(columns={"hours": "length"})
    if every:
        return Table(
            frame[SESSION],
            "研修日の一覧",
            f"{TAUGHT}\n{source_text(plan)}",
            "cohort",
            "fiscal",
            empty_text(plan),
        )
    frame = frame[frame["fiscal"] == frame["fiscal"].min()]
    rest = f"{SHOWN}件までを示す(この年度は{len(frame):,}件)。" if len(frame) > SHOWN else ""
    note = (
        f"{rest}すべての研修日は、カレンダーのファイル(.ics)にある。{TAUGHT}\n{source_text(plan)}"
    )
    name = labels.fiscal_text(int(frame["fiscal"].iloc[0])) if len(frame) else "最初の年度"
    return Table(
        frame[SESSION[1:]].head(SHOWN), f"{name}の研修日", note, "cohort", none=empty_text(plan)
    )


SESSION = ["fiscal", "cohort", "no", "day", "begin", "length", "place", "title"]
TAUGHT = "ステップ1・2は講師、ステップ3は伴走する人が教える。"


def seat_table(plan: TrainingPlan) -> Table:
    """People of each section by step, and their hours away."""
    found = plan.seat.pivot_table("people", "section", "step", "sum", fill_value=0).reindex(
        columns=list(STEPS), fill_value=0
    )
    found.columns = [f"step{step}" for step in STEPS]
    staff = plan.season.drop_duplicates("section").set_index("section")["staff"]
    frame = found.reindex(staff.index, fill_value=0).assign(
        staff=staff, away=plan.hours.groupby("section")["hours"].sum()
    )
    frame = frame.fillna({"away": 0}).reset_index().astype({name: int for name in found.columns})
    note = f"業務を離れる時間は、研修日の時間、ステップ3の各自の作業、学び合いの場の合計。\n{source_text(plan)}"
    rows = frame[["section", "staff", *found.columns, "away"]] if len(plan.seat) else frame.iloc[:0]
    return Table(rows, "課ごとの受講者(延べ)と時間", note, "section", none=empty_text(plan))


def unseated_table(plan: TrainingPlan) -> Table:
    """Who finds no seat, and why."""
    frame = plan.unseated.rename(columns={"people": "missed", "reason": "cause"})
    note = f"受入れの月の年度にも、その次の年度にも席を用意できない人。理由は、受入れの月の年度のもの。\n{source_text(plan)}"
    return Table(
        frame[["month", "step", "missed", "cause"]],
        "席を用意できない人",
        note,
        "step",
        "month",
        unseated_text(plan),
    )


def belief_table(plan: TrainingPlan) -> Table:
    """The three misconceptions, each answer with what it leaves of the plan."""
    frame = plan.belief.assign(meaning=plan.belief["answer"].map(MEANING))
    frame = frame.rename(columns={"people": "all", "coach": "coached", "change": "grown"})
    note = f"受け止め方ごとに、この計画のうち残る部分を示す。\n{source_text(plan)}"
    columns = [
        "question",
        "answer",
        "chosen",
        "meaning",
        "all",
        "sections",
        "coached",
        "works",
        "grown",
    ]
    return Table(frame[columns], "研修の前に確かめる3つのこと", note, "answer", "question")


def belief_text(plan: TrainingPlan) -> Shown:
    """Which of the three answers are known, which of them want talk first, and what the meeting said of the training."""
    known = plan.belief[plan.belief["chosen"]]
    answers = dict(zip(known["question"], known["answer"]))
    meant = dict(
        zip(plan.belief["question"], plan.belief["answer"])
    )  # the last answer of each question
    open_ = [labels.word_of("question", q) for q in meant if q not in answers]
    other = [labels.word_of("question", q) for q, answer in answers.items() if answer != meant[q]]
    parts = [f"{'・'.join(open_)}は未確認で、研修を始める前に関係者と確かめる。"] if open_ else []
    parts += (
        [f"{'・'.join(other)}の受け止め方が、この計画の前提と違う。計画を進める前に話し合う。"]
        if other
        else []
    )
    said = style.paragraph(
        "".join(parts) or "3つとも、この計画の前提と同じ受け止め方である。", "verdict"
    )
    return style.Text(said.html() + style.minutes_text(plan.city, "training").html())
