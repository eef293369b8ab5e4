"""The training as figures and tables: who learns when, classes, funnel, trainers, hours back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import NamedTuple

import pandas as pd

from dxplan.facts import catalog, months
from dxplan.plan.costs import training_costs
from dxplan.plan.people import HOURS
from dxplan.plan.training import TrainingPlan
from dxplan.show import axes, charts, labels, style
from dxplan.show.charts import RULE, Canvas, Panel, Pen, Sample
from dxplan.show.sentences import sentence
from dxplan.show.style import Shown, Table, none_text

ASSUMED = f"定員・時間・修了率・繁忙度は仮定を含む({labels.UNCONFIRMED}。「前提と出典」の表を参照)"
TAUGHT = "ステップ1・2は講師、ステップ3は伴走する人が教える。"
STEPS = style.STEPS
USES = {"front": style.OWN, "change": style.AMBER, "overtime": style.MINT}
ROOM = 3  # times the busiest month up to which hours are drawn
SHOWN = 120  # rows of a long table


def source_text(plan: TrainingPlan) -> str:
    """Where the numbers come from, and from when on they hold."""
    fact = catalog.load_column("municipalities", "staff_general")
    return (
        f"出典: この計画の試算(計画の開始 {labels.date_text(plan.city.start)}、"
        f"{labels.outcome_text(plan.outcome)})。"
        f"職員数は{labels.as_of_text(fact.as_of)}時点。{ASSUMED}"
    )


def empty_text(plan: TrainingPlan) -> str:
    """Why there is no class, or none that takes time."""
    if len(plan.cohort):
        return sentence("training.empty.hours")
    asked = int(plan.funnel["asked"].sum())
    if asked:
        return sentence("training.empty.asked", asked=f"{asked:,}")
    return sentence("training.empty.none", name=plan.city.name)


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
    return sentence(
        "training.plan",
        when=when,
        classes=f"{len(plan.cohort):,}",
        seated="、".join(seated),
        done=f"{plan.funnel['done'].iloc[2]:,}",
        works=f"{plan.automation['works'].sum():,}",
        missed=unseated_text(plan),
    )


def unseated_text(plan: TrainingPlan) -> str:
    """How many find no seat, and why for most of them."""
    people = plan.unseated.groupby("reason")["people"].sum()
    if people.empty:
        return sentence("training.all")
    reason = people.sort_values(ascending=False, kind="stable").index[0]
    words = {"people": f"{people.sum():,}", "reason": labels.word_of("cause", reason)}
    return sentence("training.missed", **words)


def summary_paragraph(plan: TrainingPlan) -> Shown:
    """The sentences of ``training_text`` as a paragraph."""
    return style.paragraph(training_text(plan))


def status_line(plan: TrainingPlan) -> Shown:
    """Status of the calculation with what its words mean."""
    return style.paragraph(labels.precision_text(plan.outcome), "status")


# --- the classes in time -------------------------------------------------------------------------
def calendar_figure(plan: TrainingPlan) -> Shown:
    """Classes with a session in each month, by step, over the sessions of the council."""
    if plan.cohort.empty or plan.hours.empty:
        return none_text("研修カレンダー", empty_text(plan))
    table, title = _class_table(plan), f"{plan.city.name}の研修カレンダー"
    draw = partial(_draw_classes, _step_classes(plan, table.frame))
    sentence, source = calendar_text(plan), source_text(plan)
    return style.fitted(draw, "classes", title, sentence, source, table)


def _class_table(plan: TrainingPlan) -> Table:
    """Classes with a session, by month and step."""
    held = plan.session.assign(month=[day.replace(day=1) for day in plan.session["day"]])
    count = held.groupby(["month", "step"])["cohort"].nunique().rename("classes").reset_index()
    return Table(count, "月ごとの研修日のある講座", source_text(plan), "step", "month")


def away_table(plan: TrainingPlan) -> Table:
    """Hours away by month and section, and the share of busy people."""
    frame = _away(plan)["month section staff away apiece busy".split()]
    reason = "" if len(frame) else empty_text(plan)
    title = "月と課ごとの、業務を離れる時間"
    return Table(frame, title, source_text(plan), "section", "month", reason)


class StepClasses(NamedTuple):
    """A step's words, and by month the classes with a session in it."""

    step: int
    told: str
    classes: dict[date, int]


def _step_classes(plan: TrainingPlan, count: pd.DataFrame) -> list[StepClasses]:
    found = []
    for step in STEPS:
        part = count[count["step"] == step]
        learners = plan.cohort.loc[plan.cohort["step"] == step, "people"]
        told = f"{len(learners):,}講座・延べ{learners.sum():,}人"
        if len(part):
            told += f"(最も多い月は{part['classes'].max():,}講座)"
        classes = dict(zip(part["month"], part["classes"].tolist(), strict=True))
        found.append(StepClasses(step, told, classes))
    return found


def _draw_classes(found: list[StepClasses], canvas: Canvas) -> None:
    # Whole fiscal years, also where the first class begins late in one.
    days = [day for step in found for day in step.classes]
    first = months.fiscal_year(min(days))
    span = months.fiscal_year(max(days)) - first + 1
    month = months.month_firsts(months.fiscal_start(first), 12 * span)
    most = max(number for step in found for number in step.classes.values())
    for step, told, classes in found:
        axes.say(canvas, labels.word_of("item", f"step{step}"), told)
        panel = axes.below(canvas, 26, (0, len(month)), (0, most), left=1, right=1)
        _draw_council(panel, month)
        boxes = []
        for day, number in classes.items():
            place = month.index(day)
            boxes.append((place + 0.06, place + 0.94, 0, number))
        panel.boxes(boxes, STEPS[step], line=0.2)
        panel.level(0, RULE)
    axes.fiscal_words(panel, axes.month_edges(month))
    axes.key(canvas, {**_samples(), "議会の会期": style.CLOSED})


def _samples() -> dict[str, Sample]:
    """The colours of the steps."""
    return {labels.word_of("item", f"step{step}"): look for step, look in STEPS.items()}


def calendar_text(plan: TrainingPlan) -> str:
    """Hours away in all, and the section and month with most of them a person."""
    away = _away(plan)
    most = away.loc[away["apiece"].idxmax()]
    return (
        f"職員が研修のために業務を離れる時間は延べ{plan.hours['hours'].sum():,.0f}時間。"
        f"1人当たりで最も長いのは{most['section']}の{labels.month_text(most['month'])}で、"
        f"{most['apiece']:.1f}時間。繁忙期と切替の月に当たる担当の職員は受講の対象としない。"
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
        boxes.append((begin, style.month_place(month, session.end), *panel.y))
    panel.boxes(boxes, style.CLOSED, 0.3, 0)


def funnel_table(plan: TrainingPlan) -> Table:
    """From the intake wished for to the people who complete each step."""
    frame = plan.funnel.assign(missed=plan.funnel["asked"] - plan.funnel["seated"])
    frame = frame.rename(columns={"asked": "wish"})
    columns = "step wish missed seated done dropped".split()
    note = (
        "ステップ3には、計画の前に学んだ職員も入る。未修了の人と、異動で役割を離れた変革人材は、"
        f"次の年度から改めて受けられ、延べ人数に含む。\n{source_text(plan)}"
    )
    title = "ステップごとの受講と修了"
    return Table(frame[columns], title, note, "step", none=empty_text(plan))


# --- trainers ------------------------------------------------------------------------------------
def trainer_figure(plan: TrainingPlan) -> Shown:
    """Hours of teachers and of coaches by month, against the hours there are."""
    if plan.trainer.empty:
        return none_text("教える人の時間", empty_text(plan))
    frame = plan.trainer.rename(columns={"hours": "taught", "capacity": "ready"})
    source = source_text(plan)
    table = Table(frame, "月ごとの講師と伴走する人の時間", source, "trainer", "month")
    title = f"{plan.city.name}の講師と伴走する人の時間"
    draw = partial(_draw_trainers, plan)
    return style.fitted(draw, "trainer", title, trainer_text(plan), source, table)


LIMIT = Pen(style.ALARM, 1.3)


def _draw_trainers(plan: TrainingPlan, canvas: Canvas) -> None:
    samples: dict[str, Sample] = {}
    for place, (trainer, hours) in enumerate(plan.trainer.groupby("trainer", sort=False)):
        _draw_trainer(canvas, str(trainer), hours, STEPS[2 + place])
        samples[f"{trainer}が使う時間"] = STEPS[2 + place]
    axes.key(canvas, {**samples, "使える時間": LIMIT})


def _draw_trainer(canvas: Canvas, trainer: str, frame: pd.DataFrame, look: style.Look) -> None:
    hours, capacity = frame["hours"], frame["capacity"]
    # Far more time than is used would press the bars flat.
    most = max(hours.max() * ROOM, 10)
    top = min(most, max(capacity.max(), hours.max())) * 1.12
    panel = axes.month_chart(canvas, 66, list(frame["month"]), top, f"{trainer}(時間/月)")
    charts.stacked_bars(panel, [hours], {"": look}, (0.1, 0.9))
    limit = capacity.clip(upper=most)
    panel.steps(range(len(frame) + 1), limit, LIMIT)


def trainer_text(plan: TrainingPlan) -> str:
    """The month in which each kind of trainer has most to do."""
    busiest = []
    for trainer, part in plan.trainer.groupby("trainer", sort=False):
        most = part.loc[part["hours"].idxmax()]
        if most["hours"]:
            hours = f"{most['hours']:,.0f}時間。充てられる時間は{most['capacity']:,.0f}時間"
            busiest.append(f"{trainer}が{labels.month_text(most['month'])}({hours})")
    return (
        f"最も忙しい月は、{'、'.join(busiest)}。"
        "伴走する人の時間は、人材計画が講座に充てた時間に、職員の空き時間の"
        f"{plan.city.number('coach_free'):g}%を加えた"
        f"(図では、充てる時間の{ROOM}倍を超える分を省く)。"
    )


# --- what comes of it ----------------------------------------------------------------------------
def automation_figure(plan: TrainingPlan) -> Shown:
    """Hours given back by fiscal year and by what they are used for."""
    automation = plan.automation
    if not automation["hours"].any():
        reason = "ステップ3の受講者がいない、または業務で使われる自動化を見込まない。"
        return none_text("自動化で生まれる時間", reason)
    title, table = f"{plan.city.name}の自動化で生まれる時間", automation_table(plan)
    sentence, draw = automation_text(plan), partial(_draw_automation, plan)
    return style.fitted(draw, "automation", title, sentence, source_text(plan), table)


def _draw_automation(plan: TrainingPlan, canvas: Canvas) -> None:
    hours = plan.redeploy.pivot(index="use", columns="fiscal", values="hours").loc[list(USES)]
    looks = {labels.word_of("use", use): look for use, look in USES.items()}
    years = list(plan.automation["fiscal"])
    axes.year_bars(canvas, 110, years, hours.to_numpy(), looks, "生まれる時間(時間/年)")


def automation_text(plan: TrainingPlan) -> str:
    """How many hours come back, and that they are hours, not money."""
    most = plan.automation.loc[plan.automation["hours"].idxmax()]
    return (
        f"業務で使われる自動化は計画の間に{plan.automation['works'].sum():,}件で、"
        f"生まれる時間は{labels.era_fiscal(int(most['fiscal']))}に年{most['hours']:,.0f}時間が最も多い。"
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
        f"1年に{city.number('works_decay'):,.0f}%ずつ目減りすると仮に置いた。"
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
    words = {"price": labels.number_text(price / 10_000), "hours": f"{HOURS:g}"}
    words |= {"away": f"{away:,.0f}", "time": labels.yen_text(spent - classes)}
    paid = {"classes": labels.yen_text(classes), "spent": labels.yen_text(spent)}
    text = sentence("training.worth", **words, **paid)
    if not back:
        return text + sentence("training.worth.none")
    words = {"saved": f"{saved:,.0f}", "back": labels.yen_text(back)}
    text += sentence("training.worth.hours", years=f"{spent / back:,.1f}", **words)
    if spent > back * len(plan.automation):
        text += sentence("training.worth.less")
    return text


def worth_paragraph(plan: TrainingPlan) -> Shown:
    """The sentences of ``worth_text`` as a paragraph, and what the meeting said of the training."""
    minutes = style.minutes_text(plan.city, "training")
    return style.Text(style.paragraph(worth_text(plan), "reading").html() + minutes.html())


# --- tables --------------------------------------------------------------------------------------
def cohort_table(plan: TrainingPlan) -> Table:
    """The classes by fiscal year, with their people by section; never by name."""
    frame = plan.cohort.assign(mix=plan.cohort["cohort"].map(mixes_of(plan)))
    frame = frame.rename(columns={"people": "learners"})
    columns = "fiscal cohort start finish place learners seats mix".split()
    note = (
        "講座の記号は、年度-ステップ-番号。人数は課ごとの数で、氏名は扱わない。\n"
        f"{source_text(plan)}"
    )
    return Table(frame[columns], "講座の一覧", note, "cohort", "fiscal", empty_text(plan))


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
        f"出典: この計画の案({labels.UNCONFIRMED}。団体の業務に合わせて直す)。"
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
        "受入れの月の年度にも、その次の年度にも受講できない人。"
        f"理由は、受入れの月の年度のもの。\n{source_text(plan)}"
    )
    return Table(frame, "受講できない人", note, "step", "month", unseated_text(plan))


def belief_table(plan: TrainingPlan) -> Table:
    """The three misconceptions, each answer with what it leaves of the plan."""
    frame = plan.belief.assign(meaning=plan.belief["answer"].map(labels.words_of("answer")))
    frame = frame.rename(columns={"people": "all", "coach": "coached", "change": "grown"})
    columns = "question answer chosen meaning all sections coached works grown".split()
    note = f"受け止め方ごとに、この計画のうち残る部分を示す。\n{source_text(plan)}"
    return Table(frame[columns], "研修の前に確かめる3つのこと", note, "answer", "question")


def belief_text(plan: TrainingPlan) -> Shown:
    """Which answers are known, and which want talk first."""
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
        words = {"questions": "・".join(unknown), "when": _before_text(plan)}
        text += plan.city.called(sentence("training.belief.unknown", **words))
    if other:
        text += sentence("training.belief.other", questions="・".join(other))
    text = text or sentence("training.belief.same")
    return style.paragraph(text, "verdict")


def _before_text(plan: TrainingPlan) -> str:
    """By which month something is settled: that of the first class; "" where there is none."""
    if plan.cohort.empty:
        return ""
    month = labels.month_text(plan.cohort["start"].min())
    return sentence("training.belief.before", month=month)
