"""What the report says in words: title, headline numbers, summary, roadmap, decisions, foot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

import dxplan
from dxplan.facts import catalog, months
from dxplan.facts.nodes import UNSURE
from dxplan.plan.pmo import PmoPlan
from dxplan.plan.rating import weakest
from dxplan.plan.whole import Plan
from dxplan.show import (
    agenda,
    budget,
    compare,
    edition,
    front,
    governance,
    labels,
    particular,
    pmo,
    portfolio,
    reasons,
    staffing,
    style,
    together,
    training,
    whole,
)
from dxplan.show.city import assumptions_table, state_table
from dxplan.show.sentences import sentence
from dxplan.show.state import (
    age_text,
    asked_systems,
    lacking_texts,
    present_text,
    question_text,
    situation_text,
    state_counts,
    states_text,
)
from dxplan.show.style import Shown, Table, Text
from dxplan.town.defaults import in_force
from dxplan.town.edition import MONEY

TOPICS = ("pmo", "staffing", "training", "budget")  # of the table of assumptions
MIME = "application/vnd.dxplan.headline+json"
# Labels of headline numbers that the numbers for machines point at.
STATE = "状態"
OUTLOOK = "稼働の見通し"
CHANCE = "期限に間に合う確率(出来事を除く)"
QUESTIONS = "要確認"
CAUSE = "最も響く条件"
OPEN = "要確認の答えによる"
THIS_PLAN = "この計画"
FIRST_DECISION, SUPPORT = "最初に決めること", "求める支援"
SPARED = ("vendor", "contract", "offered", "extension")  # columns of the lots
RISKS = 6  # on the page
FEW = 2  # lots whose conditions have room in a table


def title_text(plan: Plan | PmoPlan) -> str:
    """The report's title: 石川県小松市 標準化・DX推進の試算(標準値による)."""
    return front.title_text(plan.city)


def title_heading(plan: Plan | PmoPlan) -> Text:
    """The one h1 of the report, and the note of the params file.

    For a variant also who agreed what, when and why.
    """
    city = plan.city
    pieces = [style.heading(title_text(plan))]
    if city.when:
        origin = f"{city.who}、{labels.date_text(city.when)}。元は {city.base}"
        agreed = f"変更案 {city.slug}: {city.why}({origin})"
        pieces.append(style.paragraph(agreed, "trial"))
    if city.note:
        pieces.append(style.paragraph(f"備考: {city.note}", "reading"))
    return _joined([*pieces, edition.byline_text(city)])


# --- headline numbers -----------------------------------------------------------------------------
def headline(plan: PmoPlan) -> dict[str, str]:
    """Situation, states, lots and what is seen, by label."""
    outlook, chance = _outlook(plan)
    asked = len(asked_systems(plan.city))
    return {
        "状況": labels.word_of("situation", plan.city.situation),
        STATE: states_text(plan.city),
        "移行ロット": f"{len(plan.lots)}件",
        OUTLOOK: outlook,
        CHANCE: chance,
        QUESTIONS: f"{asked}システム",
    }


def _outlook(plan: PmoPlan) -> tuple[str, str]:
    """The median quarter of the last lot with its range, and the chance of the end date."""
    if not plan.done:
        row = plan.told.last.iloc[0]
        return pmo.told_text(row), labels.chance_text(row["chance"])
    if plan.city.situation == "questions":
        return OPEN, OPEN
    return "移行の残りなし", "該当なし"


def headlines(plan: Plan) -> dict[str, str]:
    """The numbers of all plans in a few words, by Japanese label."""
    return headline(plan.pmo) | whole.headline(plan)


def roadmap_headline(plan: Plan) -> dict[str, str]:
    """The roadmap's headline numbers, and what tells most of its dates."""
    words = headline(plan.pmo)
    if not plan.pmo.done:  # without lots no condition moves anything
        words[CAUSE] = reasons.telling_text(plan)
    return words


def reasoned_headlines(plan: Plan) -> dict[str, str]:
    """The headline numbers of all plans, with what tells most of the roadmap's dates."""
    return roadmap_headline(plan) | whole.headline(plan)


def headline_list(plan: Plan) -> Text:
    """The roadmap's headline numbers as a list of terms."""
    return style.pair_list(list(roadmap_headline(plan).items()), "headline")


def foot(plan: Plan) -> str:
    """City, slug, date, version, fingerprint of the inputs, how people and classes were solved.

    The roadmap's status is not here: who reads 最適 beside a date takes it for certain. It stands in
    the notebook and the workbook.
    """
    city = plan.city
    day = labels.date_text(city.basis)
    people = labels.outcome_text(plan.staffing.outcome)
    classes = labels.outcome_text(plan.training.outcome)
    return (
        f"{city.pref}{city.name}({city.slug}) 計画の基準日 {day}\n"
        f"計算の版 {dxplan.__version__} 入力の照合番号 {city.fingerprint()} "
        f"試算の精度 人材 {people}、研修 {classes}"
    )


# --- numbers for machines -------------------------------------------------------------------------
def measures(plan: Plan) -> list[dict[str, object]]:
    """The headline numbers as a machine reads them, each with its date, source and grade.

    The number of systems still to move carries what a map may count: cities in which it is over 0.
    """
    # A plan is as sure as the least sure thing that it rests on.
    grades = [value.grade for _, value in plan.city.assumptions()]
    version = f"計算の版 {dxplan.__version__}、入力の照合番号 {plan.city.fingerprint()}"
    origin = {
        "as_of": plan.city.basis.isoformat(),
        "source": f"この計画の試算({version})",
        "grade": weakest(grades),
    }
    # Those that follow share one origin.
    rows = [*_state_measures(plan.pmo), *_roadmap_measures(plan.pmo)]
    if plan.city.edition.tells(MONEY):
        rows += whole.measures(plan)
    return [_population(plan), *(row | origin for row in rows)]


def _population(plan: Plan) -> dict[str, object]:
    """The one number that is not calculated; it has an origin of its own."""
    fact = catalog.load_column("municipalities", "population")
    origin = {
        "as_of": str(fact.as_of),
        "source": catalog.source_title(fact.source),
        "grade": fact.grade,
    }
    return whole.measure("population", "人口", plan.city.facts.population, "人") | origin


def _state_measures(plan: PmoPlan) -> Iterator[dict[str, object]]:
    """Situation, and the systems in each state; 共通機能 is counted in the last alone."""
    city, counts = plan.city, state_counts(plan.city)
    words = "、".join(f"{name}={word}" for name, word in labels.words_of("situation").items())
    yield {
        "measure": "situation",
        "label": f"状況({words})",
        "value": city.situation,
        "unit": "区分",
    }
    scope = len(city.systems) - counts["out"]
    yield _systems("systems_in_scope", "対象のシステム", scope)
    yield _systems("systems_live", "稼働のシステム", counts["live"])
    yield _systems("systems_presumed", "稼働とみなすシステム", counts["presumed"])
    asked = len(asked_systems(city))
    yield _systems("systems_unsure", "要確認のシステム(共通機能を含む)", asked, QUESTIONS)
    late = counts["late"]
    # A map may count the cities in which this number is over 0.
    watch = {"watch": {"over": 0, "label": "未移行のシステムがある団体"}}
    yield _systems("systems_pending", "未移行のシステム", late, STATE) | watch
    late += city.common.pending
    yield _systems("systems_pending_with_common", "未移行のシステム(共通機能を含む)", late)


def _systems(name: str, label: str, count: int, column: str = "") -> dict[str, object]:
    return whole.measure(name, label, count, "システム", column)


def _roadmap_measures(plan: PmoPlan) -> Iterator[dict[str, object]]:
    """Lots, the first day of the median quarter of the last one, and the chance as it is told."""
    last = chance = None
    if not plan.done:
        row = plan.told.last.iloc[0]
        # As the words have it: never certain.
        chance = round(100 * min(0.99, max(0.01, row["chance"])))
        if row["p50"]:
            last = months.quarter_start(row["p50"])
    yield whole.measure("lots", "移行ロット", len(plan.lots), "件", "移行ロット")
    label = "最後の稼働の見通し(中央値の四半期の初日)"
    yield whole.measure("last_p50", label, last, "日付", OUTLOOK)
    label = "期限に間に合う確率(出来事を除く。99は99%以上、1は1%以下)"
    yield whole.measure("chance_by_end", label, chance, "%", CHANCE)


@dataclass(frozen=True, repr=False)
class Headline:
    """The headline numbers as data for the press's index; it shows nothing in a notebook."""

    entries: dict[str, object]

    def __repr__(self) -> str:
        return ""

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict:
        return {MIME: self.entries}


def page_headline(plan: Plan) -> Headline:
    """The headline with the page's title and foot and the numbers for machines."""
    page: dict[str, object] = {
        "title": title_text(plan),
        "foot": foot(plan),
        "measures": measures(plan),
        "cutovers": together.cutovers(plan),
    }
    if not plan.city.edition.tells(MONEY):
        return Headline(page | headline(plan.pmo))
    return Headline(page | reasoned_headlines(plan) | _index_words(plan))


def _index_words(plan: Plan) -> dict[str, str]:
    """What the index of a prefecture tells beside the headline numbers."""
    first = front.decisions(plan)[0]
    words = {FIRST_DECISION: f"{first.what}({labels.date_text(first.day)})"}
    support = particular.called("support", particular.plan_facts(plan))
    for text in list(support.values())[:1]:
        words[SUPPORT] = text
    return words


def cities_headline(plans: Sequence[Plan]) -> Headline:
    """Title and foot of the page that compares cities; each city has its lines in the foot."""
    return Headline({"title": compare.title_text(plans), "foot": "\n".join(map(foot, plans))})


# --- the summary ----------------------------------------------------------------------------------
def summary_text(plan: PmoPlan) -> Text:
    """Where the city stands and as of when, what has to be asked, what is seen of the lots."""
    pieces = [style.paragraph(situation_text(plan.city), "lead")]
    for text in (*lacking_texts(plan.city), question_text(plan.city)):
        if text:
            pieces.append(style.paragraph(text, "question"))
    there = present_text(plan.city)
    if there:
        pieces.append(style.paragraph(there))
    if not plan.done:
        pieces.append(style.paragraph(outlook_text(plan), "reading"))
    aged = age_text(plan.city)
    if aged:
        pieces.append(style.paragraph(aged, "reading"))
    return _joined(pieces)


def outlook_text(plan: PmoPlan) -> str:
    """When the last lot is seen, under which condition, and what a year's slip adds."""
    phrase = "report.outlook.asked" if asked_systems(plan.city) else "report.outlook"
    return sentence(phrase, last=pmo.last_text(plan), slip=reasons.slip_text(plan))


def situation_lines(plan: Plan) -> Iterator[str]:
    """The summary as plain lines: situation, questions, lots with quarters, the other branch."""
    yield situation_text(plan.city)
    asked = question_text(plan.city)
    if asked:
        yield asked
    told = plan.pmo.told.lot.set_index("lot")
    for _, lot in plan.pmo.lots.iterrows():
        sure = told.loc[lot["lot"]]
        yield sentence(
            "report.lot",
            title=lot["title"],
            told=pmo.told_text(sure),
            chance=labels.chance_text(sure["chance"]),
            window=pmo.window_text(lot),
        )
    if asked_systems(plan.city):
        yield branch_text(plan)


def branch_text(plan: Plan) -> str:
    """What is seen of the last lot where the open questions turn out as not moved."""
    # The other branch is the plan itself: what is open is taken as moved.
    row = plan.branches.set_index("branch").loc["late"]
    median = labels.outlook_text(row["p50"])
    span = labels.quarters_text(row["p20"], row["p80"])
    words = {"median": median, "range": span, "chance": labels.chance_text(row["chance"])}
    return sentence("report.branch", lots=row["lots"], **words)


def _joined(pieces: Sequence[Shown]) -> Text:
    return Text("".join(piece.html() for piece in pieces))


# --- short forms for the page ---------------------------------------------------------------------
def group_table(plan: Plan) -> Table:
    """The systems by their states; a row each stands in the workbook."""
    table = state_table(plan.city)
    rows = []
    for keys, part in table.frame.groupby(["state", "speaks", "doubt"], sort=False, dropna=False):
        rows.append((keys[0], "・".join(part["business"]), *keys[1:]))
    frame = pd.DataFrame(rows, columns="state systems speaks doubt".split())
    return replace(table, frame=frame, head="systems")


def risk_table(plan: Plan) -> Table:
    """The first of the top risks; the rest stands in the workbook."""
    table = governance.top_table(plan.governance)
    source = table.source.rpartition("\n")[2]
    title = f"{RISKS}つの大きなリスクと課題(ほかはExcelの「RAID」)"
    return replace(table, frame=table.frame.head(RISKS), title=title, source=source)


# --- the chapter of the roadmap -------------------------------------------------------------------
def roadmap_section(plan: Plan) -> Text:
    """What the situation wants: the lots, the open questions both ways, or that none is left."""
    pieces: list[Shown]
    if plan.city.situation == "after":
        pieces = [style.paragraph(sentence("report.after"), "none")]
    elif plan.city.situation == "questions":
        pieces = [style.paragraph(sentence("report.fork"), "reading"), pmo.branch_table(plan)]
    else:
        pieces = [
            *_lot_pieces(plan),
            why_section(plan),
            style.heading("予算要求の期限", 3),
            pmo.gate_table(plan.pmo),
        ]
    return _joined([*pieces, style.minutes_text(plan.city, "pmo")])


def _lot_pieces(plan: Plan) -> Iterator[Shown]:
    """The Gantt, the lots, and where something is open both branches."""
    yield pmo.roadmap_figure(plan.pmo, portfolio.joined_lanes(plan))
    yield _short(pmo.lot_table(plan.pmo))
    if plan.city.situation == "both":
        yield style.heading("要確認の両方の場合", 3)
        yield pmo.branch_table(plan)


def _short(table: Table) -> Table:
    """The lots as a page has room for: what is the same of all of them stands in the workbook."""
    frame = table.frame
    alike = [name for name in SPARED if frame[name].nunique() <= 1]
    return replace(table, frame=frame.drop(columns=alike))


def why_section(plan: Plan) -> Text:
    """What sets the date of each lot, what would help or harm; as a table too where it is short."""
    pieces: list[Shown] = [
        style.heading("時期を決めているものと、早める・遅らせるもの", 3),
        reasons.why_list(plan),
    ]
    if len(plan.pmo.lots) <= FEW:
        pieces.append(pmo.why_table(plan))
    return _joined(pieces)


def conditions_text(plan: Plan) -> Text:
    """The pictures of the conditions; nothing where no lot is left."""
    if plan.pmo.done:
        return Text("")
    return reasons.conditions_text(plan, pmo.source_text(plan.pmo))


def work_section(plan: PmoPlan) -> Text:
    """People and work items of the lots under their own heading; nothing where no lot is left."""
    if plan.done:
        return Text("")
    return _joined(
        [
            style.heading("負荷と作業項目", 2),
            pmo.load_figure(plan),
            pmo.demand_table(plan),
            pmo.task_table(plan),
        ]
    )


# --- what is next ---------------------------------------------------------------------------------
def decision_list(plan: PmoPlan) -> Text:
    """The next dated decisions of the roadmap, earliest first."""
    decisions = list(agenda.roadmap_decisions(plan))
    if not decisions:
        return style.none_text("移行で次に決めること", situation_text(plan.city))
    return agenda.dated_list(decisions)


def decision_days(plan: Plan) -> Text:
    """The next dated steps of all plans under a heading of their own."""
    pieces = (style.heading("続く手続の日程", 3), agenda.dated_list(_decisions(plan)))
    return _joined(pieces)


def _decisions(plan: Plan) -> list[tuple[date, str]]:
    return [*agenda.roadmap_decisions(plan.pmo), *whole.decisions(plan)]


# --- the first sheet of the workbook --------------------------------------------------------------
def summary_pairs(plan: Plan) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Heading, and its rows of label and text: the plan, its numbers, its summary, what is next."""
    yield THIS_PLAN, [*edition.byline_pairs(plan.city), *_plan_pairs(plan)]
    if not plan.city.edition.tells(MONEY):
        yield "まとめ", edition.brief_pairs(plan.pmo)
        return
    yield "主な数字", list(reasoned_headlines(plan).items())
    yield (
        "まとめ",
        [
            *_roadmap_pairs(plan.pmo),
            ("人材", staffing.summary_text(plan.staffing)),
            ("研修", training.training_text(plan.training)),
            ("経費と財源", budget.summary_text(plan.budget)),
        ],
    )
    decisions = [(labels.day_text(one.day), _decision_text(one)) for one in front.decisions(plan)]
    yield "いま決めること", decisions


def _decision_text(one: front.Decision) -> str:
    return f"{one.what}。決める人: {one.who}。金額: {one.money}。決めない場合: {one.otherwise}。"


def _plan_pairs(plan: Plan) -> list[tuple[str, str]]:
    """City, day, kind, version, fingerprint, how it was solved, and how much is not confirmed."""
    city = plan.city
    unsure = _unsure(plan)
    kind = "公表値と標準値、団体の入力による計画"
    if city.when:
        kind = f"変更案 {city.slug}: {city.why}({city.who}、{labels.date_text(city.when)})"
    outcomes = (
        f"移行 {pmo.outcome_text(plan.pmo)}、"
        f"人材 {labels.outcome_text(plan.staffing.outcome)}、"
        f"研修 {labels.outcome_text(plan.training.outcome)}"
    )
    sheets = "「前提と出典」と「形態ごとの前提」のシートを参照"
    ground = f"{labels.UNCONFIRMED}の値を含む({unsure}件。{sheets})"
    return [
        ("団体", f"{city.pref}{city.name}({city.code})"),
        ("計画の基準日", labels.date_text(city.basis)),
        ("計画の種類", kind),
        ("計算の版", dxplan.__version__),
        ("入力の照合番号", city.fingerprint()),
        ("試算の精度", outcomes),
        ("前提", ground),
    ]


def _unsure(plan: Plan) -> int:
    """How many values are to be confirmed, as the two tables of assumptions count them."""
    rows = assumptions_table(plan.city, *TOPICS).frame["grade"]
    forms = []
    for form in plan.city.forms:
        forms += [in_force(found, plan.city.start) for found in form.values.values()]
    return int(rows.isin(UNSURE).sum()) + labels.unsure_count(forms)


def _roadmap_pairs(plan: PmoPlan) -> list[tuple[str, str]]:
    """Where the city stands, what has to be asked first, and what is seen of its lots."""
    pairs = [("状態", situation_text(plan.city))]
    question = question_text(plan.city)
    if question:
        pairs.append(("先に確かめること", question.partition(": ")[2]))
    if not plan.done:
        pairs.append(("移行", pmo.roadmap_text(plan)))
    return pairs
