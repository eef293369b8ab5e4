"""The training as figures and tables: who learns when, classes, funnel, trainers, hours back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from dxplan.facts import catalog, months
from dxplan.plan.costs import training_costs
from dxplan.plan.people import HOURS
from dxplan.plan.training import TrainingPlan
from dxplan.show import charts, labels, style
from dxplan.show.charts import Canvas, Panel, Pen
from dxplan.show.style import Shown, Table, none_text

ASSUMED = f"定員・時間・修了率・繁忙度は設計上の仮定を含む({labels.UNCONFIRMED}。「前提と出典」の表を参照)"
TAUGHT = "ステップ1・2は講師、ステップ3は伴走する人が教える。"
STEPS = {1: style.MINT, 2: style.AMBER, 3: style.OWN}
BUSY = style.GREY
# Hours away a person: up to how many, colour, word.
LEVELS = (
    (0.5, "#dfe6ff", "0.5時間未満"),
    (1.0, style.SKY, "1時間未満"),
    (2.0, "#4d6dff", "2時間未満"),
    (1e9, style.BLUE, "2時間以上"),
)
USES = {"front": style.OWN, "change": style.AMBER, "overtime": style.MINT}
PARTS = {"修了": style.OWN, "未修了": style.AMBER, "席なし": BUSY}
# Inches round the calendar, and of a row.
LEFT, RIGHT, TOP, BOTTOM, ROW = 2.05, 0.1, 0.22, 0.72, 0.235
HEAD = 4  # rows of the calendar above the sections: the council and three steps
MANY = 99  # classes that a cell of the calendar has room for
ROOM = 3  # times the busiest month up to which hours are drawn
SHOWN = 120  # rows of a long table


def source_text(plan: TrainingPlan) -> str:
    """Where the numbers come from, and from when on they hold."""
    fact = catalog.load_column("municipalities", "staff_general")
    return (
        f"出典: dxplan の計算(計画の開始 {labels.date_text(plan.city.start)}、"
        f"{labels.outcome_text(plan.outcome)})。"
        f"職員数は{labels.as_of_text(fact.as_of)}時点。{ASSUMED}"
    )


def empty_text(plan: TrainingPlan) -> str:
    """Why there is no class, or none that takes time."""
    if len(plan.cohort):
        return "クラスの時間を0と置いているので、業務を離れる時間はない。"
    asked = int(plan.funnel["asked"].sum())
    if asked:
        return f"人材計画が受け入れる{asked:,}人に、席を用意できるクラスがない。"
    return f"{plan.city.name}の人材計画では、研修をしない。"


def training_text(plan: TrainingPlan) -> str:
    """Who learns in how many classes, what comes of it, and who finds no seat."""
    if plan.cohort.empty:
        return empty_text(plan)
    seated = [
        f"{labels.word_of('step', row.step)}を{row.seated:,}人"
        for row in plan.funnel.itertuples()
        if row.seated
    ]
    first, last = map(labels.month_text, (plan.session["day"].min(), plan.session["day"].max()))
    when = f"{first}に"
    if first != last:
        when = f"{first}から{last}までに"
    return (
        f"{when}{len(plan.cohort):,}クラスを開き、延べで{'、'.join(seated)}が受ける。"
        f"ステップ3の修了は{plan.funnel['done'].iloc[2]:,}人、"
        f"業務で使われる自動化は{plan.automation['works'].sum():,}件の見込み。{unseated_text(plan)}"
    )


def unseated_text(plan: TrainingPlan) -> str:
    """How many find no seat, and why for most of them."""
    people = plan.unseated.groupby("reason")["people"].sum()
    if people.empty:
        return "人材計画の受入れのすべてに席を用意できる。"
    reason = people.sort_values(ascending=False, kind="stable").index[0]
    return (
        f"席を用意できない人は延べ{people.sum():,}人で、"
        f"最も多い理由は{labels.word_of('cause', reason)}である。"
    )


def summary_paragraph(plan: TrainingPlan) -> Shown:
    """The sentences of ``training_text`` as a paragraph."""
    return style.paragraph(training_text(plan))


def status_line(plan: TrainingPlan) -> Shown:
    """Status of the calculation with what its words mean."""
    meaning = {
        "最適": "これより良い割当てがないことを、年度ごとに確かめた。",
        "打切り": "年度ごとに、日程を先に、席を後に決めた。"
        "隔たりは、証明できた下限との費用(点)の差の割合で、席の数の差ではない。",
    }
    state = f"計算の状態: {labels.outcome_text(plan.outcome)}。"
    return style.paragraph(f"{state}{meaning[plan.outcome.status]}", "status")


# --- the calendar of the sections ----------------------------------------------------------------
def calendar_figure(plan: TrainingPlan) -> Shown:
    """Classes by month and step over hours away by section, with busy seasons and the council."""
    if plan.cohort.empty or plan.hours.empty:
        return none_text("研修カレンダー", empty_text(plan))
    # Whole fiscal years, also where the first class begins late in one.
    used = plan.hours["month"].map(months.fiscal_year)
    days = plan.season["month"].drop_duplicates()
    month = list(days[days.map(months.fiscal_year).between(used.min(), used.max())])
    away = _away(plan)
    rows = HEAD + plan.season["section"].nunique()
    canvas = style.sheet(ROW * rows + TOP + BOTTOM, style.WIDTH)
    box = (LEFT, BOTTOM, style.WIDTH - LEFT - RIGHT, ROW * rows)
    panel = charts.month_panel(canvas, box, month, (rows, 0))
    _draw_council(panel, month)
    _draw_counts(panel, plan, month)
    _draw_hours(panel, plan, away, month)
    _draw_legend(canvas)
    frame = away["month section staff away apiece busy".split()]
    source, title = source_text(plan), f"{plan.city.name}の研修カレンダー"
    table = Table(frame, "月と課ごとの、業務を離れる時間", source, "section", "month")
    return style.drawn(canvas, "classes", title, calendar_text(plan), source, table, True)


def calendar_text(plan: TrainingPlan) -> str:
    """Hours away in all, and the section and month with most of them a person."""
    away = _away(plan)
    most = away.loc[away["apiece"].idxmax()]
    return (
        f"職員が研修のために業務を離れる時間は延べ{plan.hours['hours'].sum():,.0f}時間。"
        f"1人当たりで最も長いのは{most['section']}の{labels.month_text(most['month'])}で、"
        f"{most['apiece']:.1f}時間。繁忙期と切替の月に当たる担当の職員は招かない。"
    )


def _away(plan: TrainingPlan) -> pd.DataFrame:
    away = plan.hours.rename(columns={"hours": "away"}).merge(plan.season, on=["month", "section"])
    return away.assign(apiece=away["away"] / away["staff"].clip(lower=1))


def _draw_council(panel: Panel, month: Sequence[date]) -> None:
    """The weeks in which the council sits."""
    after = months.first_of_next_month(month[-1])
    boxes = []
    for session in months.sessions(catalog.load_session_rules(), month[0], after):
        begin = style.month_place(month, session.start)
        boxes.append((begin, style.month_place(month, session.end), 0.34, 0.66))
    panel.boxes(boxes, style.SLATE, line=0)
    panel.y_words([0.5], ["議会の会期"], 7.5)
    for place, day in enumerate(month):
        if day.month in (4, 7, 10, 1):
            text = f"{day.month}月"
            panel.words(place + 0.5, 0, text, (0, 1), 7, "center", "bottom", style.SOFT)


def _draw_counts(panel: Panel, plan: TrainingPlan, month: Sequence[date]) -> None:
    """Classes with a session in each month, by step; the number where there is room."""
    held = plan.session.assign(month=[day.replace(day=1) for day in plan.session["day"]])
    count = held.groupby(["step", "month"])["cohort"].nunique()
    for row, (step, look) in enumerate(STEPS.items(), 1):
        classes = count[count.index.get_level_values("step") == step].droplevel("step")
        places = [month.index(day) for day in classes.index]
        panel.y_words([row + 0.5], [labels.word_of("item", f"step{step}")], 7.5)
        boxes = [(place + 0.06, place + 0.94, row + 0.8, row + 0.95) for place in places]
        panel.boxes(boxes, look, line=0.2)
        if count.max() <= MANY:
            for place, number in zip(places, classes, strict=True):
                panel.words(place + 0.5, row + 0.42, f"{number}", size=7, ha="center")
    panel.level(HEAD, Pen(style.SOFT, 0.7))


def _draw_hours(
    panel: Panel, plan: TrainingPlan, away: pd.DataFrame, month: Sequence[date]
) -> None:
    """Hours away a person by colour, over the share of busy people by height."""
    staff = plan.season.drop_duplicates("section").set_index("section")["staff"]
    rows = {section: HEAD + place for place, section in enumerate(staff.index)}
    # Only the months drawn: the seasons run over the whole plan.
    season = plan.season[plan.season["month"].isin(month) & (plan.season["busy"] > 0)]
    busy = []
    for cell in season.itertuples():
        place, end = month.index(cell.month), rows[cell.section] + 1
        busy.append((place, place + 1, end - cell.busy, end))
    panel.boxes(busy, BUSY, 1, 0)
    boxes: dict[str, list] = {colour: [] for _, colour, _ in LEVELS}
    for cell in away.itertuples():
        colour = next(colour for limit, colour, _ in LEVELS if cell.apiece < limit)
        place, row = month.index(cell.month), rows[cell.section]
        boxes[colour].append((place + 0.1, place + 0.9, row + 0.16, row + 0.84))
    for colour, cells in boxes.items():
        panel.boxes(cells, (colour, ""), 3, 0.25)
    panel.rules(panel.x, np.arange(HEAD, len(rows) + HEAD)[:, None] + 1)
    for section, row in rows.items():
        panel.y_words([row + 0.5], [f"{section} {staff[section]:,}人"], 7.5)


def _draw_legend(canvas: Canvas) -> None:
    samples, unit = {}, "1人当たり"
    for _, colour, word in LEVELS:
        samples[unit + word] = (colour, "")
        unit = ""  # said once, at the first colour
    samples |= {"繁忙期・切替の職員の割合(高さ)": BUSY, "議会の会期": style.SLATE}
    middle = 0.55 * style.WIDTH
    charts.legend(canvas, samples, (middle, 0.19), len(samples), 7.2, handle=1.8)
    text = (
        "上の3行の数: その月に研修日のあるクラスの数。"
        "下の行の色: その月に職員1人が業務を離れる時間の平均。"
    )
    charts.page_of(canvas).words(72 * middle, 6.5, text, size=7.2, ha="center")


# --- the funnel ----------------------------------------------------------------------------------
def funnel_figure(plan: TrainingPlan) -> Shown:
    """From the intake wished for to the people who complete each step."""
    if plan.cohort.empty:
        return none_text("修了までの歩み", empty_text(plan))
    frame = plan.funnel.assign(missed=plan.funnel["asked"] - plan.funnel["seated"])
    frame = frame.rename(columns={"asked": "wish"})
    columns = "step wish missed seated done dropped".split()
    source = source_text(plan)
    table = Table(frame[columns], "ステップごとの受講と修了", source, "step")
    canvas = style.sheet(1.9)
    _draw_funnel(canvas, plan)
    charts.legend(canvas, PARTS, (3.24, 0.05), 3)
    title = f"{plan.city.name}の研修の受講と修了"
    return style.drawn(canvas, "funnel", title, funnel_text(plan), source, table)


def _draw_funnel(canvas: Canvas, plan: TrainingPlan) -> None:
    funnel = plan.funnel
    most = max(1, funnel["asked"].max())
    panel = Panel(canvas, (1.69, 0.38, 3.1, 1.48), (0, most), (len(funnel), 0))
    parts = [funnel["done"], funnel["seated"] - funnel["done"], funnel["asked"] - funnel["seated"]]
    charts.stacked_bars(panel, parts, PARTS, (0.18, 0.82), lying=True)
    panel.y_words(
        funnel.index + 0.5, [labels.word_of("item", f"step{step}") for step in funnel["step"]], 7.5
    )
    for row in funnel.itertuples():
        text = f"受入れ{row.asked:,} → 受講{row.seated:,} → 修了{row.done:,}人"
        panel.words(most, row.Index + 0.5, text, (7, 0))


def funnel_text(plan: TrainingPlan) -> str:
    """What the funnel says: from those who know to 変革人材."""
    know, solve, automate = plan.funnel["done"]
    return (
        f"修了は、ステップ1が{know:,}人、ステップ2が{solve:,}人、"
        f"ステップ3(デジタル変革人材)が{automate:,}人の見込み。"
        "未修了の人と、異動で役割を離れた変革人材は、次の年度から改めて受けられ、延べ人数に含む。"
    )


# --- trainers ------------------------------------------------------------------------------------
def trainer_figure(plan: TrainingPlan) -> Shown:
    """Hours of teachers and of coaches by month, against the hours there are."""
    if plan.trainer.empty:
        return none_text("教える人の時間", empty_text(plan))
    frame = plan.trainer.rename(columns={"hours": "taught", "capacity": "ready"})
    source = source_text(plan)
    table = Table(frame, "月ごとの講師と伴走する人の時間", source, "trainer", "month")
    canvas = style.sheet(3.4)
    for place, (trainer, hours) in enumerate(plan.trainer.groupby("trainer", sort=False)):
        box = (0.54, 2.07 - 1.7 * place, 6.59, 0.99)
        _draw_trainer(canvas, box, trainer, hours, STEPS[2 + place])
    title = f"{plan.city.name}の講師と伴走する人の時間"
    return style.drawn(canvas, "trainer", title, trainer_text(plan), source, table)


def _draw_trainer(
    canvas: Canvas, box: Sequence[float], trainer: str, frame: pd.DataFrame, look: style.Look
) -> None:
    hours, capacity = frame["hours"], frame["capacity"]
    # Far more time than is used would press the bars flat.
    most = max(hours.max() * ROOM, 10)
    top = min(most, max(capacity.max(), hours.max())) * 1.12
    panel = charts.month_chart(canvas, box, list(frame["month"]), top, f"{trainer}(時間/月)")
    charts.stacked_bars(panel, [hours], {"使う時間": look}, (0.1, 0.9))
    limit = capacity.clip(upper=most)
    panel.steps(range(len(frame) + 1), limit, Pen(style.ALARM, 1.3), "使える時間")
    charts.legend(canvas, panel.samples, (box[0] + box[2], box[1] + box[3]), 2, side="right")


def trainer_text(plan: TrainingPlan) -> str:
    """The month in which each kind of trainer has most to do."""
    busiest = []
    for trainer, part in plan.trainer.groupby("trainer", sort=False):
        most = part.loc[part["hours"].idxmax()]
        if most["hours"]:
            hours = f"{most['hours']:,.0f}時間。使える時間は{most['capacity']:,.0f}時間"
            busiest.append(f"{trainer}が{labels.month_text(most['month'])}({hours})")
    return (
        f"最も忙しい月は、{'、'.join(busiest)}。"
        "伴走する人の時間は、人材計画がクラスに充てた時間に、職員の空き時間の"
        f"{plan.city.number('coach_free'):g}%を加えた(図では、使う時間の{ROOM}倍を超える分を省く)。"
    )


# --- what comes of it ----------------------------------------------------------------------------
def automation_figure(plan: TrainingPlan) -> Shown:
    """Hours given back by fiscal year and by what they are used for."""
    automation = plan.automation
    if not automation["hours"].any():
        reason = "ステップ3の受講者がいない、または業務で使われる自動化を見込まない。"
        return none_text("自動化で生まれる時間", reason)
    hours = plan.redeploy.pivot(index="use", columns="fiscal", values="hours").loc[list(USES)]
    looks = {labels.word_of("use", use): look for use, look in USES.items()}
    canvas = style.sheet(2.5)
    most = hours.sum().max() * 1.15  # room for the words above
    panel = charts.year_panel(canvas, (0.72, 0.33, 6.41, 1.85), list(automation["fiscal"]), most)
    charts.stacked_bars(panel, hours.to_numpy(), looks, (-0.3, 0.3))
    for row in automation[automation["hours"] > 0].itertuples():
        text = f"{row.hours:,.0f}時間\n新規{row.works:,}件"
        panel.words(row.Index, row.hours, text, (0, 3), ha="center", va="bottom")
    charts.legend(canvas, panel.samples, (7.13, 2.27), 3, side="right")
    title, table = f"{plan.city.name}の自動化で生まれる時間", automation_table(plan)
    sentence = automation_text(plan)
    return style.drawn(canvas, "automation", title, sentence, source_text(plan), table)


def automation_text(plan: TrainingPlan) -> str:
    """How many hours come back, and that they are hours, not money."""
    most = plan.automation.loc[plan.automation["hours"].idxmax()]
    return (
        f"業務で使われる自動化は計画の間に{plan.automation['works'].sum():,}件で、"
        f"生まれる時間は{labels.fiscal_text(int(most['fiscal']))}に年{most['hours']:,.0f}時間が最も多い。"
        "時間であって、経費の削減ではない。充てる先は各課と決める。"
    )


def automation_table(plan: TrainingPlan) -> Table:
    """Hours given back by fiscal year, and what they are used for."""
    uses = plan.redeploy.pivot(index="fiscal", columns="use", values="hours")
    frame = plan.automation.rename(columns={"hours": "saved"})
    frame = frame.merge(uses, left_on="fiscal", right_index=True)
    frame = frame.rename(columns={"change": "improve"})[frame["saved"] > 0].round(0)
    city = plan.city
    note = (
        f"1件につき年{city.number('works_hours'):,.0f}時間、"
        f"1年に{city.number('works_decay'):,.0f}%ずつ目減りするとみた。"
        f"件数はステップ3の受講者1人につき{labels.number_text(city.number('works_rate'))}件。\n"
        f"{source_text(plan)}"
    )
    columns = "fiscal works saved front improve overtime".split()
    none = "業務で使われる自動化を見込まない。"
    return Table(frame[columns], "自動化で生まれる時間と充てる先", note, "fiscal", none=none)


def worth_text(plan: TrainingPlan) -> str:
    """Classes and hours away in yen against the hours given back, all hours at one price."""
    if plan.cohort.empty:
        return empty_text(plan)
    city = plan.city
    price = city.number("own_time_yen")
    classes = sum(cost.yen for cost in training_costs(city, plan))
    away, saved = plan.hours["hours"].sum(), plan.automation["hours"].max()
    spent, back = classes + away * price / HOURS, saved * price / HOURS
    text = (
        f"研修に充てるのは、クラスの費用{labels.yen_text(classes)}と、業務を離れる{away:,.0f}時間"
        f"(職員の時間1人月{labels.number_text(price / 10_000)}万円÷{HOURS:g}時間で換算して"
        f"{labels.yen_text(spent - classes)})の、計{labels.yen_text(spent)}。"
    )
    if not back:
        return f"{text}自動化で生まれる時間は見込まない。"
    text += (
        f"生まれる時間は、最も多い年で{saved:,.0f}時間(同じ単価で{labels.yen_text(back)})。"
        f"計はその{spent / back:,.1f}年分に当たる。"
    )
    if spent > back * len(plan.automation):
        text += "この時間だけで費用を賄う計画ではない。"
    return text


def worth_paragraph(plan: TrainingPlan) -> Shown:
    """The sentences of ``worth_text`` as a paragraph."""
    return style.paragraph(worth_text(plan), "reading")


# --- tables --------------------------------------------------------------------------------------
def cohort_table(plan: TrainingPlan) -> Table:
    """The classes by fiscal year, with their people by section; never by name."""
    frame = plan.cohort.assign(mix=plan.cohort["cohort"].map(mixes_of(plan)))
    frame = frame.rename(columns={"people": "learners"})
    columns = "fiscal cohort start finish place learners seats mix".split()
    note = (
        "クラスの記号は、年度-ステップ-番号。人数は課ごとの数で、氏名は扱わない。\n"
        f"{source_text(plan)}"
    )
    return Table(frame[columns], "クラスの一覧", note, "cohort", "fiscal", empty_text(plan))


def mixes_of(plan: TrainingPlan) -> dict[str, str]:
    """Class -> its people by section: 税務課3、市民課2."""
    mixes: dict[str, list[str]] = {}
    for seat in plan.seat.itertuples():
        mixes.setdefault(seat.cohort, []).append(f"{seat.section}{seat.people}")
    return {cohort: "、".join(mix) for cohort, mix in mixes.items()}


def sessions_table(plan: TrainingPlan) -> Table:
    """All sessions on their dates."""
    columns = "cohort no day begin length place trainer title".split()
    frame = plan.session.rename(columns={"hours": "length"})[columns]
    note = f"{TAUGHT}\n{source_text(plan)}"
    return Table(frame, "研修日程", note, "cohort", none=empty_text(plan))


def session_table(plan: TrainingPlan) -> Table:
    """The sessions of the first fiscal year on their dates, of a long list the first rows."""
    frame = sessions_table(plan).frame.drop(columns="trainer")
    fiscal = frame["day"].map(months.fiscal_year)
    frame = frame[fiscal == fiscal.min()]
    name, rest = "最初の年度", ""
    if len(frame):
        name = labels.fiscal_text(fiscal.min())
    if len(frame) > SHOWN:
        rest = f"{SHOWN}件までを示す(この年度は{len(frame):,}件)。"
    note = (
        f"{rest}すべての研修日は、カレンダーのファイル(.ics)にある。{TAUGHT}\n{source_text(plan)}"
    )
    return Table(frame.head(SHOWN), f"{name}の研修日", note, "cohort", none=empty_text(plan))


def lesson_table(plan: TrainingPlan) -> Table:
    """What the sessions of each step teach, and what its people have made after them."""
    lessons = catalog.load_table("lessons")
    frame = lessons[lessons["title"].isin(plan.session["title"])]
    frame = frame.rename(columns={"part": "turn", "managers": "joined"})
    source = (
        f"出典: dxplan の設計上の案({labels.UNCONFIRMED}。団体の業務に合わせて直す)。"
        f"{labels.as_of_text(lessons['as_of'].max())}時点"
    )
    columns = "step turn title made joined".split()
    name = "各ステップで学ぶことと残すもの"
    return Table(frame[columns], name, source, "turn", "step", empty_text(plan))


def seat_table(plan: TrainingPlan) -> Table:
    """People of each section by step, and their hours away."""
    seats = plan.seat.pivot_table("people", "section", "step", "sum", fill_value=0)
    seats = seats.reindex(columns=list(STEPS), fill_value=0).add_prefix("step")
    staff = plan.season.drop_duplicates("section").set_index("section")["staff"]
    frame = seats.reindex(staff.index, fill_value=0).astype(int)
    frame.insert(0, "staff", staff)
    frame["away"] = plan.hours.groupby("section")["hours"].sum()
    frame = frame.fillna({"away": 0}).reset_index()
    # A table of zeros would say less than the reason why there is none.
    if plan.seat.empty:
        frame = frame.iloc[:0]
    note = (
        "業務を離れる時間は、研修日の時間、ステップ3の各自の作業、学び合いの場の合計。\n"
        f"{source_text(plan)}"
    )
    return Table(frame, "課ごとの受講者(延べ)と時間", note, "section", none=empty_text(plan))


def unseated_table(plan: TrainingPlan) -> Table:
    """Who finds no seat, and why."""
    frame = plan.unseated.rename(columns={"people": "missed", "reason": "cause"})
    frame = frame["month step missed cause".split()]
    note = (
        "受入れの月の年度にも、その次の年度にも席を用意できない人。"
        f"理由は、受入れの月の年度のもの。\n{source_text(plan)}"
    )
    return Table(frame, "席を用意できない人", note, "step", "month", unseated_text(plan))


def belief_table(plan: TrainingPlan) -> Table:
    """The three misconceptions, each answer with what it leaves of the plan."""
    frame = plan.belief.assign(meaning=plan.belief["answer"].map(labels.words_of("answer")))
    frame = frame.rename(columns={"people": "all", "coach": "coached", "change": "grown"})
    columns = "question answer chosen meaning all sections coached works grown".split()
    note = f"受け止め方ごとに、この計画のうち残る部分を示す。\n{source_text(plan)}"
    return Table(frame[columns], "研修の前に確かめる3つのこと", note, "answer", "question")


def belief_text(plan: TrainingPlan) -> Shown:
    """Which answers are known, which want talk first, and what the meeting said of the training."""
    unknown, other = [], []
    for question, answers in plan.belief.groupby("question", sort=False):
        word, chosen = (
            labels.word_of("question", question),
            answers.loc[answers["chosen"], "answer"],
        )
        if not len(chosen):
            unknown.append(word)
        elif chosen.iloc[-1] != answers["answer"].iloc[-1]:  # the plan rests on the last answer
            other.append(word)
    text = ""
    if unknown:
        text += f"{'・'.join(unknown)}は未確認で、研修を始める前に関係者と確かめる。"
    if other:
        text += (
            f"{'・'.join(other)}の受け止め方が、この計画の前提と違う。計画を進める前に話し合う。"
        )
    text = text or "3つとも、この計画の前提と同じ受け止め方である。"
    minutes = style.minutes_text(plan.city, "training")
    return style.Text(style.paragraph(text, "verdict").html() + minutes.html())
