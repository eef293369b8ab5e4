"""What the report says in words: title, headline numbers, reasons, summary, the next decisions, the foot."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

import dxplan
from dxplan import catalog
from dxplan.plan.pmo import PmoPlan
from dxplan.plan.whole import Plan
from dxplan.plan.why import TELLING, verdict_of
from dxplan.show import compare, labels, pmo, staffing, style, training, whole
from dxplan.show.style import Figure, Shown, Text

MIME = "application/vnd.dxplan.headline+json"
CAUSE = "日程の主因"
NEXT = 5  # decisions on the first page
OPEN = {"staff": "people", "budget": "gate"}  # verdict -> the condition that tells most


def title_text(plan: Plan | PmoPlan) -> str:
    """The report's title: 石川県小松市 DX推進計画; a variant is called 変更案."""
    city = plan.city
    return f"{city.pref}{city.name} DX推進計画{'(変更案)' if city.base else ''}"


def title_heading(plan: Plan | PmoPlan) -> Text:
    """The one h1 of the report, for a variant who agreed what, when and why, and the note of the params file."""
    city = plan.city
    trial = ""
    if city.base:
        said = f"変更案 {city.slug}: {city.why}({city.who}、{labels.date_text(city.when)}。元は {city.base})"
        trial = style.paragraph(said, "trial").html()
    said = style.paragraph(f"備考: {city.note}", "reading").html() if city.note else ""
    return Text(style.heading(title_text(plan)).html() + trial + said)


def headline(plan: PmoPlan, why: pd.DataFrame | None = None) -> dict[str, str]:
    """The plan's numbers in a few words, by Japanese label; the main cause where ``plan_why`` is given."""
    scope = sum(s.in_scope for s in plan.city.systems)
    found = {"未移行システム": f"{len(plan.cutover)}/{scope}システム"}
    if plan.done:
        return found | {"最後の稼働": "全システム稼働済み", "期限までの余裕": "該当なし", "期限後のシステム数": "0システム",
                        CAUSE: "該当なし", "計算の状態": pmo.outcome_text(plan)}
    found |= {"最後の稼働": labels.date_text(plan.finish), "期限までの余裕": _spare(plan),
              "期限後のシステム数": f"{int((plan.cutover['spare'] < 0).sum())}システム"}
    if why is not None:
        found[CAUSE] = labels.VERDICTS[verdict_of(plan, why)]
    return found | {"計算の状態": pmo.outcome_text(plan)}


def _spare(plan: PmoPlan) -> str:
    return labels.spare_text(int(plan.cutover["spare"].min())).removesuffix("の余裕")


def headline_list(plan: PmoPlan, why: pd.DataFrame) -> Text:
    """The roadmap's headline numbers as a list of terms."""
    return style.pair_list(list(headline(plan, why).items()), "headline")


def headlines_list(plan: Plan, why: pd.DataFrame) -> Text:
    """The headline numbers of all plans as a list of terms."""
    return style.pair_list(list(headlines(plan, why).items()), "headline")


def summary_section(plan: Plan, why: pd.DataFrame) -> Text:
    """The summary and the headline numbers, one after the other."""
    said = style.minutes_text(plan.city, "whole")
    return Text(summary_text(plan.pmo, why).html() + headlines_list(plan, why).html() + said.html())


def foot(plan: Plan) -> str:
    """City, slug, plan date, version, fingerprint of the inputs and status, for the foot of the page."""
    city = plan.city
    said = "、".join(f"{name} {text}" for name, text in (
        ("移行", pmo.outcome_text(plan.pmo)), ("人材", labels.outcome_text(plan.staffing.outcome)),
        ("研修", labels.outcome_text(plan.training.outcome))))
    return (f"{city.pref}{city.name}({city.slug}) 計画の基準日 {labels.date_text(city.at('basis_date').value)}\n"
            f"dxplan {dxplan.__version__} 入力の照合番号 {city.fingerprint()} 計算の状態 {said}")


def headlines(plan: Plan, why: pd.DataFrame | None = None) -> dict[str, str]:
    """The numbers of all plans in a few words, by Japanese label."""
    return headline(plan.pmo, why) | whole.headline(plan)


def measures(plan: Plan) -> list[dict[str, object]]:
    """The headline numbers as a machine reads them, each with its date, source and grade.

    The number of systems past the end state carries what a map may count: cities in which it is over 0.
    """
    said = f"dxplan {dxplan.__version__} の計算(入力の照合番号 {plan.city.fingerprint()})"
    worst = max((value.grade for _, value in plan.city.assumptions()), key=list(labels.GRADES).index)
    origin = {"as_of": plan.city.at("basis_date").value.isoformat(), "source": said, "grade": worst}
    return [_population(plan), *(found | origin for found in (*_roadmap_measures(plan.pmo), *whole.measures(plan)))]


def _population(plan: Plan) -> dict[str, object]:
    fact = catalog.load_column("municipalities", "population")
    return (whole.measure("population", "人口", plan.city.facts.population, "人")
            | {"as_of": str(fact.as_of), "source": catalog.source_title(fact.source), "grade": fact.grade})


def _roadmap_measures(plan: PmoPlan) -> list[dict[str, object]]:
    """The roadmap's numbers; no last go-live and no spare time where all systems are in operation."""
    scope, left = sum(s.in_scope for s in plan.city.systems), len(plan.cutover)
    spare, late = plan.cutover["spare"], int((plan.cutover["spare"] < 0).sum())
    watch = {"watch": {"over": 0, "label": "期限の後に稼働するシステムがある団体"}}
    return [whole.measure("systems_in_scope", "対象のシステム", scope, "システム"),
            whole.measure("systems_live", "稼働済みのシステム", scope - left, "システム"),
            whole.measure("systems_pending", "未移行システム", left, "システム", "未移行システム"),
            whole.measure("last_go_live", "最後の稼働", None if plan.done else plan.finish, "日付", "最後の稼働"),
            whole.measure("spare_weeks", "期限までの余裕", None if plan.done else int(spare.min()), "週", "期限までの余裕"),
            whole.measure("systems_after_end", "期限後のシステム数", late, "システム", "期限後のシステム数") | watch,
            whole.measure("roadmap_gap", "移行の計算の隔たり", plan.outcome.gap * 100, "%", "計算の状態")]


@dataclass(frozen=True, repr=False)
class Headline:
    """The headline numbers as data for the press's index; it shows nothing in a notebook."""

    entries: dict[str, object]

    def __repr__(self) -> str:
        return ""

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        return {MIME: self.entries}


def page_headline(plan: Plan, why: pd.DataFrame) -> Headline:
    """The headline with the page's title and foot and the numbers for machines, as the press wants it."""
    return Headline({"title": title_text(plan), "foot": foot(plan), "measures": measures(plan)} | headlines(plan, why))


def cities_headline(plans: Sequence[Plan]) -> Headline:
    """Title and foot of the page that compares cities; each city has its lines in the foot."""
    return Headline({"title": compare.title_text(plans), "foot": "\n".join(map(foot, plans))})


# --- why ---------------------------------------------------------------------------------------------
def why_text(plan: PmoPlan, why: pd.DataFrame) -> str:
    """Whether own people or vendor slots would bring the last go-live forward, and what follows."""
    if plan.done:
        return pmo.done_text(plan)
    rows = {row["scenario"]: row for row in why.to_dict("records")}
    base = rows["base"]["late"]
    parts = [_effect(*_condition(plan, name), row, base) for name, row in rows.items() if name != "base"]
    return f"{'。'.join(parts)}。{cause_text(plan, why)}"


def why_heading(plan: PmoPlan) -> Shown:
    """The heading over the reasons: why late, or what sets the dates where nothing is late."""
    return style.heading("なぜ遅れるか" if _any_late(plan) else "日程を決めているもの", 2)


def _any_late(plan: PmoPlan) -> bool:
    return bool((plan.cutover["spare"] < 0).any())


def cause_text(plan: PmoPlan, why: pd.DataFrame) -> str:
    """The main cause in one sentence."""
    subject = "遅れの主因は" if _any_late(plan) else "最後の稼働の時期を決めているのは"
    return f"{subject}{labels.VERDICTS[verdict_of(plan, why)]}である。"


def why_paragraph(plan: PmoPlan, why: pd.DataFrame) -> Shown:
    """The sentence of ``why_text`` as a framed paragraph."""
    if plan.done:
        return style.none_text("遅れ", pmo.done_text(plan))
    return style.paragraph(why_text(plan, why), "verdict")


def why_section(plan: PmoPlan, why: pd.DataFrame) -> Text:
    """Heading and sentence of the reasons, the go-lives under each condition, and what the meeting said of the roadmap."""
    pieces = (why_heading(plan), why_paragraph(plan, why), scenarios_text(plan, why), style.minutes_text(plan.city, "pmo"))
    return Text("".join(piece.html() for piece in pieces))


def scenarios_text(plan: PmoPlan, why: pd.DataFrame) -> Text:
    """A figure of the go-lives for each changed condition, one open at a time; first the one that tells most."""
    if plan.done:
        return Text("")
    base, open_ = why.iloc[0], OPEN.get(verdict_of(plan, why), "slots")
    items = (f'<details name="scenario"{" open" if row["scenario"] == open_ else ""}>'
             f'<summary>{html.escape(labels.word_of("scenario", row["scenario"]))}</summary>'
             f"{pmo.scenario_figure(plan, row, base, _scenario_text(plan, row, base)).html()}</details>" for _, row in why.iterrows())
    return Text(f'<div class="scenarios" data-label="条件を選ぶ">{"".join(items)}</div>')


def _scenario_text(plan: PmoPlan, row: pd.Series, base: pd.Series) -> str:
    left = f"期限の後に{row['late']}システムが残る" if row["late"] else "期限の後に残るシステムはない"
    last = f"最後の稼働は{labels.date_text(row['finish'])}で、{left}。"
    if row["scenario"] == "base":
        return f"この計画では、{last}"
    return f"{_effect(*_condition(plan, row['scenario']), row, base['late'])}。{last}"


def _condition(plan: PmoPlan, scenario: str) -> tuple[str, str, str]:
    """What is changed, and how the clause goes on where it has an effect and where it has none."""
    if scenario == "gate":
        return f"最初の予算({plan.gate['gate'].iloc[0]})を", "逃すと", "逃しても"
    return {"people": "職員を2倍に", "slots": "ベンダの枠を2倍に"}[scenario], "すると", "しても"


def _effect(what: str, when: str, even: str, row: dict, late: int) -> str:
    """One clause: what a change does to the last go-live, else to the mean, and to the late systems."""
    months_by, mean = row["months"], row["mean_months"]
    tail = f"が、全システムの平均では{_moved(mean)}" if abs(mean) >= TELLING > abs(months_by) else ""
    if row["late"] != late:
        tail += f"{'、' if tail or abs(months_by) >= TELLING else 'が、'}期限後のシステムは{late}から{row['late']}になる"
    if abs(months_by) >= TELLING:
        return f"{what}{when}最後の稼働は{_moved(months_by, bool(tail))}{tail}"
    word = "変わらない" if labels.signed_text(months_by) == "±0" else "ほとんど変わらない"
    return f"{what}{even}最後の稼働は{word}({labels.signed_text(months_by)}か月){tail}"


def _moved(value: float, goes_on: bool = False) -> str:
    word = ("早ま", "遅れ")[value > 0]
    return f"{labels.months_text(value)}{word}{('り', '')[value > 0] if goes_on else 'る'}"


# --- where to begin ----------------------------------------------------------------------------------
def summary_text(plan: PmoPlan, why: pd.DataFrame) -> Text:
    """Where the city stands, when it is done, what sets that, and which systems are past the end state."""
    if plan.done:
        return style.paragraph(pmo.done_text(plan), "lead")
    scope, left = sum(s.in_scope for s in plan.city.systems), len(plan.cutover)
    share = f"{scope}システムがすべて" if left == scope else f"{scope}システムのうち{left}システムが"
    return style.paragraph(f"{plan.city.name}では、対象の{share}未移行である。{_first_text(plan)}{_end_text(plan)}"
                           f"{_target_text(plan)}{cause_text(plan, why)}", "lead")


def _first_text(plan: PmoPlan) -> str:
    """The first and the last go-live; once where they are one day."""
    first = plan.cutover["live"].min()
    names = "・".join(plan.cutover.loc[plan.cutover["live"] == first, "business"])
    last = f"{labels.date_text(plan.finish)}({labels.fiscal_text(int(plan.cutover['fiscal'].max()))})"
    if first == plan.finish:
        return f"計画では{names}が{last}に稼働する。"
    return f"計画では{names}が{labels.date_text(first)}に最初に稼働し、最後の稼働は{last}となる。"


def _end_text(plan: PmoPlan) -> str:
    end = labels.date_text(plan.city.at("end_date").value)
    late = plan.cutover[plan.cutover["spare"] < 0]
    spare = labels.spare_text(int(plan.cutover["spare"].min()))
    if not len(late):
        return f"期限({end})までに、すべてのシステムが稼働し、{spare}がある。"
    return f"期限({end})に対して{spare}となり、{len(late)}システム({'・'.join(late['business'])})が期限の後に残る。"


def _target_text(plan: PmoPlan) -> str:
    late = int((plan.cutover["late_target"] > 0).sum())
    day = labels.date_text(plan.city.at("target_date").value)
    return f"目標の{day}には{late}システムが間に合わない。" if late else f"目標の{day}にはすべて間に合う。"


def decision_list(plan: PmoPlan) -> Text:
    """The next dated decisions of the roadmap, earliest first."""
    if plan.done:
        return style.none_text("次の決定", pmo.done_text(plan))
    return _dated_list(list(_decisions(plan)))


def decisions_list(plan: Plan) -> Text:
    """The next dated decisions of all plans, earliest first."""
    return _dated_list(_all_decisions(plan))


def whole_figure(plan: Plan) -> Figure:
    """The whole on one page, with the next decisions."""
    return whole.whole_figure(plan, _by_day(_all_decisions(plan)))


def status_list(plan: Plan) -> Text:
    """Status of each calculation with what its words mean."""
    pieces = (("移行", pmo.status_line(plan.pmo)), ("人材", staffing.status_line(plan.staffing)), ("研修", training.status_line(plan.training)))
    return Text("".join(style.heading(name, 3).html() + piece.html() for name, piece in pieces))


def next_decisions(plan: Plan) -> list[tuple[date, str]]:
    """The next days with what is decided on them."""
    return _by_day(_all_decisions(plan))


def _all_decisions(plan: Plan) -> list[tuple[date, str]]:
    return [*([] if plan.pmo.done else _decisions(plan.pmo)), *whole.decisions(plan)]


def _by_day(found: list[tuple[date, str]]) -> list[tuple[date, str]]:
    """The next days with what is decided on them; what falls on one day stands together."""
    days: dict[date, list[str]] = {}
    for day, text in sorted(found, key=lambda pair: pair[0]):
        days.setdefault(day, []).append(text)
    return [(day, "".join(dict.fromkeys(texts))) for day, texts in list(days.items())[:NEXT]]


def _dated_list(found: list[tuple[date, str]]) -> Text:
    items = "".join(f'<li><time datetime="{day}">{labels.day_text(day)}</time> {html.escape(text)}</li>'
                    for day, text in _by_day(found))
    return Text(f'<ol class="decisions">{items}</ol>')


def _decisions(plan: PmoPlan):
    """(day, sentence) of each budget deadline, and the first RFP, contract, test and cutovers."""
    for (day, name), part in plan.gate.groupby(["request_by", "gate"], sort=False):
        spend = labels.date_text(part["available"].iloc[0])
        yield day, f"{name}の要求の締切。{'・'.join(part['package'])}の契約の予算を要求する({spend}から執行)。"
    for key, column, text in STEPS_TO_TAKE:
        chosen = plan.task[plan.task["no"] == key]
        if len(chosen):
            day = chosen[column].min()
            owners = chosen[chosen[column] == day]
            names = "・".join(dict.fromkeys(owners["business"].where(owners["business"] != "", owners["package"])))
            yield day, text.format(names=names, lead=owners["lead"].iloc[0])
    for day, part in list(plan.cutover.groupby("cutover"))[:2]:
        yield day, f"切替の初日: {'・'.join(part['business'])}({labels.date_text(part['live'].min())}に稼働)。"


STEPS_TO_TAKE = (  # work item, which of its days, what is decided
    ("7", "start", "最初の提案依頼(RFP)を始める: {names}(主担当: {lead})。"),
    ("8", "finish", "最初のベンダを決定する: {names}(主担当: {lead})。"),
    ("9", "finish", "最初の契約と詳細日程を確定する: {names}(主担当: {lead})。"),
    ("13.1", "start", "最初の連携テストを始める: {names}(主担当: {lead})。"),
)
