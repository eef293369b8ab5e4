"""How the plan is steered, in tables: who does what (RACI), what may go wrong (RAID log), who meets when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from math import inf

import pandas as pd

from dxplan.plan.governance import ROLES, TOP, Governance
from dxplan.plan.whole import Plan
from dxplan.show import labels, style
from dxplan.show.sentences import (
    ABOUT,
    CAUSES,
    CONDITIONS,
    LABELS,
    MEETINGS,
    MEND,
    MENDS,
    PLANS,
    STANDING,
    TOPICS,
    VALUES,
)
from dxplan.show.style import Shown, Table, Text
from dxplan.town.defaults import load_specs
from dxplan.town.systems import COMMON

PROPOSED = f"役割の分担・評価の基準・会議の間隔は設計上の案({labels.UNCONFIRMED})で、各団体の決裁規程に合わせて直す"
RULE = (
    "可能性は、計画にすでに表れているものとまだ答えのない問いを高、要確認の前提によるものと締切の近いものを中、"
    "その他を低とした。影響は、期限までに終わる見込みが9割を下回るもの、稼働の見通しが6か月以上、費用・一般財源が1割以上、"
    "その月の仕事の2割以上、受講者の1割以上動くものを大とし、それぞれ1か月、1%、5%、1%以上を中とした"
    "(外部人材の割合は5割と1割)。上位10は、可能性と影響の積の大きい順、同じ値は期日の早い順。計画から評価できないものは―とした"
)
EARLIEST = "切替の日が決まっていないロットの作業は、最も早い予定の四半期で示す。"
NAMES = 3  # names told before the rest is counted
TELLING = 1.0  # months: a smaller change is no help


def source_text(plan: Governance) -> str:
    """Where the numbers and the division of duties come from."""
    return (
        f"出典: dxplan の計算({labels.date_text(plan.city.at('basis_date').value)}時点)。{PROPOSED}"
    )


# --- RACI ----------------------------------------------------------------------------------------------------
def raci_table(governance: Governance) -> Table:
    """Work items and duties by role: who does them, who answers for them, who is asked, who is told."""
    raci = governance.raci
    frame = raci.rename(columns={role: f"raci_{role}" for role in ROLES})
    frame = frame.assign(
        group=[labels.word_of("area", area) for area in raci["area"]],
        item=[
            item if area == "migration" else labels.word_of("duty", item)
            for area, item in zip(raci["area"], raci["item"])
        ],
        begin=_days_text(raci, "first"),
        end=_days_text(raci, "last"),
    )
    columns = [f"raci_{role}" for role in ROLES]
    frame[columns] = frame[columns].replace("", None).astype(object)
    note = (
        "R=実行、A=説明責任(1行に1つ)、C=事前に相談、I=報告。主担当・協力は標準化の作業項目の表により、A は庁内の最初の主担当、"
        f"全庁で決めるものは首長・CIO とした。予算の議決は議会による。{EARLIEST}\n{source_text(governance)}"
    )
    return Table(
        frame[["group", "item", "begin", "end", *columns]], "役割分担(RACI)", note, "item", "group"
    )


def _days_text(frame: pd.DataFrame, column: str) -> list[str]:
    """Days of a column as they are told: a day where it is decided, else a quarter."""
    return [_when_text(day, decided) for day, decided in zip(frame[column], frame["decided"])]


def _when_text(day: date, decided: bool) -> str:
    return labels.date_text(day) if decided else labels.quarter_text(day)


PARTS = {"A/R": "実行・説明責任", "R": "実行", "A": "説明責任"}


def role_table(governance: Governance, plan: Plan) -> Table:
    """What each role has to do when: the bars of the roadmap, deadlines of the budget, recruiting, classes, meetings."""
    letters = governance.raci.set_index("no")[list(ROLES)]
    task = plan.pmo.task
    bars = zip(*(task[c] for c in ("no", "start", "finish", "decided", "item", "lot")))
    rows = [
        (role, start, finish, decided, item, lot, PARTS[letter])
        for no, start, finish, decided, item, lot in bars
        for role, letter in letters.loc[no].items()
        if letter in PARTS
    ]
    rows += _dues(plan)
    frame = pd.DataFrame(
        rows, columns=["owner", "start", "finish", "decided", "item", "content", "part"]
    )
    order = {role: k for k, role in enumerate(ROLES)}
    frame = frame.assign(place=frame["owner"].map(order))
    frame = frame.sort_values(["place", "start", "finish"], kind="stable", ignore_index=True)
    frame = frame.assign(begin=_days_text(frame, "start"), end=_days_text(frame, "finish"))
    note = f"役割は「役割分担(RACI)」による。{EARLIEST}\n{source_text(governance)}"
    return Table(
        frame[["owner", "begin", "end", "item", "content", "part"]],
        "役割別の予定",
        note,
        "item",
        "owner",
    )


def _dues(plan: Plan) -> Iterator[tuple]:
    """What roles have to do beside the bars of the roadmap."""
    for (day, gate), part in plan.budget.request.groupby(["request_by", "gate"], sort=True):
        groups = "・".join(dict.fromkeys(map(labels.label_of, part["group"])))
        yield "dx", day, day, True, f"{gate}の要求の締切", groups, PARTS["A/R"]
        yield (
            "finance",
            day,
            part["available"].iloc[0],
            True,
            f"{gate}の査定と財源の手続",
            groups,
            PARTS["R"],
        )
    for form, start, finish, count in zip(
        *(plan.staffing.contract[c] for c in ("form", "start", "finish", "count"))
    ):
        yield (
            "personnel",
            start,
            finish,
            True,
            "任用・契約の期間",
            f"{form}({count}件)",
            PARTS["A/R"],
        )
    for step, start, finish, name in zip(
        *(plan.training.cohort[c] for c in ("step", "start", "finish", "cohort"))
    ):
        yield (
            "personnel",
            start,
            finish,
            True,
            f"研修の実施({labels.word_of('step', step)})",
            f"クラス {name}",
            PARTS["A/R"],
        )


# --- RAID ----------------------------------------------------------------------------------------------------
def raid_table(governance: Governance) -> Table:
    """Risks, assumptions, issues and dependencies with owner, due date, response and origin."""
    frame = _told(governance)
    frame["rank"] = pd.Series(
        [rank or None for rank in governance.raid["rank"].tolist()], dtype=object
    )
    columns = [
        "category",
        "ticket",
        "content",
        "likelihood",
        "impact",
        "rank",
        "owner",
        "due",
        "response",
        "origin",
        "grade",
    ]
    return Table(
        frame[columns],
        "リスク・前提・課題・依存の一覧(RAIDログ)",
        f"{RULE}。\n{source_text(governance)}",
        "ticket",
        "category",
    )


def top_table(governance: Governance) -> Table:
    """The top ten of the RAID log."""
    frame = _told(governance)
    frame = frame[frame["rank"] > 0].sort_values("rank")[
        ["rank", "content", "owner", "due", "response"]
    ]
    return Table(
        frame,
        f"上位{TOP}のリスクと課題",
        f"{RULE}。\n{source_text(governance)}",
        "content",
        none="計画から評価できるものはない。",
    )


def _told(governance: Governance) -> pd.DataFrame:
    said = [
        raid_texts(topic, facts)
        for topic, facts in zip(governance.raid["topic"], governance.raid["facts"])
    ]
    return governance.raid.rename(columns={"id": "ticket"}).assign(
        content=[what for what, _ in said], response=[done for _, done in said]
    )


def raid_texts(topic: str, facts: Mapping[str, object]) -> tuple[str, str]:
    """What an entry of the RAID log says, and the response to it."""
    words = {name: _fact(name, value) for name, value in facts.items()} | _more(topic, facts)
    if "names" in facts and "count" not in facts:
        words["count"] = str(len(facts["names"]))
    what, response = TOPICS[topic]
    return what.format_map(words), response.format_map(words)


def _fact(name: str, value: object) -> str:
    if name in ("told", "range"):
        return labels.quarters_text(*value)
    if name == "when":
        day, decided = value
        return _when_text(day, decided) + ("" if decided else "(最も早い予定)")
    if name == "since":
        return labels.as_of_text(value)
    if isinstance(value, date):
        return labels.month_text(value) if name == "month" else labels.date_text(value)
    if name in FORMS and isinstance(value, (int, float)):
        return FORMS[name](value)
    if isinstance(value, tuple) and name == "names":
        return (
            f"{'・'.join(value[:NAMES])}{f'ほか{len(value) - NAMES}' if len(value) > NAMES else ''}"
        )
    return (
        labels.number_text(value) if isinstance(value, (int, float)) and value < inf else str(value)
    )


def _money(yen: float) -> str:
    return f"{yen / 1e8:,.1f}億円" if yen >= 1e8 else f"{yen / 1e4:,.0f}万円"


FORMS = {
    "yen": _money,
    "top": _money,
    "share": labels.percent_text,
    "gap": labels.percent_text,
    "fte": labels.fte_text,
    "chance": labels.chance_text,
    "wanted": labels.fte_text,
    "covered": labels.fte_text,
    "total": lambda v: f"{v:,.1f}",
    "then": labels.heads_text,
    "goal": labels.heads_text,
    "months": lambda v: labels.months_text(v) if v < inf else "",
    "people": lambda v: f"{v:,}",
    "asked": lambda v: f"{v:,}",
}


def _more(topic: str, facts: Mapping[str, object]) -> dict[str, str]:
    """Words of a topic that are more than its facts."""
    if topic in ("questions", "presumed"):
        return {"what": _what_text(facts), "unsure": labels.UNCONFIRMED}
    if topic == "announced":
        return {
            "when": next(_fact(name, facts[name]) for name in ("day", "month") if name in facts)
        }
    if topic == "signed":
        return {"unsure": labels.UNCONFIRMED}
    if topic == "cause":
        cause = labels.word_of("set_by", facts["set_by"])
        return {"cause": cause, "advice": _advice_text(facts)} | _moves(topic, facts)
    if topic == "gate":
        return {"missed": f"{_moves(topic, facts)['missed']}。" if "missed" in facts else ""}
    if topic == "night":
        return {"wait": _wait_text(facts["months"])}
    if topic == "extension":
        return {"notice": _notice_text(facts)}
    if topic == "gap":
        return {"plan": PLANS[facts["plan"]], "mend": MENDS.get(facts["plan"], MEND)}
    if topic == "value":
        return _value_words(facts)
    return _people_words(topic, facts) | _moves(topic, facts)


def _people_words(topic: str, facts: Mapping[str, object]) -> dict[str, str]:
    """Words of the topics of people, classes and money."""
    if topic == "short":
        return {
            "role": labels.word_of("work", facts["role"]),
            "month": labels.month_text(facts["day"]),
        }
    if topic == "dependent":
        return {"month": labels.month_text(facts["day"])}
    if topic == "exit":
        alone = facts["alone"]
        return {
            "alone": f"職員だけで担えるのは{labels.month_text(alone)}から"
            if alone
            else "期間内に職員だけで担えるようにはならない"
        }
    if topic == "unseated":
        return {"reason": labels.word_of("cause", facts["reason"])}
    if topic == "unasked":
        return {"years": "・".join(map(labels.fiscal_short, facts["years"]))}
    return {}


def _what_text(facts: Mapping[str, object]) -> str:
    """Systems of the 20 businesses, and 共通機能 beside them."""
    names = facts["names"]
    parts = [f"{len(names)}業務({_fact('names', names)})"] if names else []
    return "と".join([*parts, *[COMMON] * bool(facts["common"])])


def _moves(topic: str, facts: Mapping[str, object]) -> dict[str, str]:
    """What a condition does to the outlook, in words; the most of several lots."""
    several = topic in ("gate", "lack", "value") or len(facts.get("names", ())) > 1
    found = {}
    for name, (moving, still) in CONDITIONS.items():
        if isinstance(facts.get(name), float):
            same = labels.signed_text(facts[name]) == "±0"
            most = "最大で" if several and not same and facts[name] < inf else ""
            subject = "稼働は平均で" if facts[name] < inf else "稼働の見通しは"
            found[name] = f"{still if same else moving}{subject}{most}{_moved(facts[name])}"
    return found


def _moved(months: float) -> str:
    if labels.signed_text(months) == "±0":
        return "変わらない"
    if months == inf:
        return "立たなくなる"
    return f"{labels.months_text(months)}{'遅れる' if months > 0 else '早まる'}"


def _wait_text(months: float) -> str:
    return (
        f"次の候補日までは{labels.months_text(months)}"
        if months < inf
        else "次の候補日は計画の期間にない"
    )


def _notice_text(facts: Mapping[str, object]) -> str:
    """By when the contract in use has to be extended, or that this day has gone by."""
    day = labels.date_text(facts["by"])
    return (
        f"申し出の期日({day})は過ぎているため、すぐに協議する"
        if facts["past"]
        else f"{day}までに申し出る"
    )


def _advice_text(facts: Mapping[str, object]) -> str:
    """What is done about the last lot: what the table shows to help, else a look at what sets it."""
    if facts["earlier"] <= -TELLING:
        return "ベンダに、提示日を早められるかを照会する。"
    if facts["alone"] >= TELLING:
        return "外部人材の確保を先に進める。"
    return CAUSES[facts["set_by"]]


def _value_words(facts: Mapping[str, object]) -> dict[str, str]:
    if "later" in facts:
        effect = f"{_moves('value', facts)['later']}。"
    elif "short" in facts:
        effect = f"これで数えた人手の不足は延べ{facts['short']:,.1f}人月。"
    else:
        effect = f"これで数えた経費は{_money(facts['yen'])}。"
    name, amount = facts["name"], f"{labels.amount_text(facts['value'])}{_unit_text(facts)}"
    label = LABELS.get(name) or load_specs()[name].label
    return {
        "label": label,
        "amount": amount,
        "unsure": labels.UNCONFIRMED,
        "effect": effect,
        "advice": VALUES[name],
    }


def _unit_text(facts: Mapping[str, object]) -> str:
    """The unit of a value; a date has none that is written."""
    return "" if isinstance(facts["value"], date) else facts["unit"]


# --- meetings ------------------------------------------------------------------------------------------------
def meeting_table(governance: Governance) -> Table:
    """Who meets when and for what, with the first and the last day and how often."""
    rows, held = [], list(zip(governance.meeting["meeting"], governance.meeting["day"]))
    for name, (members, cadence, purpose) in MEETINGS.items():
        days = [day for meeting, day in held if meeting == name]
        if days:
            rows.append((name, members, cadence, purpose, min(days), max(days), len(days)))
    frame = pd.DataFrame(
        rows, columns=["meeting", "members", "cadence", "purpose", "opening", "closing", "times"]
    )
    return Table(
        frame,
        "会議体",
        f"日は開庁日で、PMO定例とベンダ定例のほかは議会の会期と全庁の繁忙期を避けた(避けられない日もある)。\n{source_text(governance)}",
        "meeting",
    )


def diary_table(governance: Governance, most: int | None = None) -> Table:
    """The dates of the meetings; of a long list the first rows, without the weekly and fortnightly ones."""
    frame = governance.meeting
    if most:
        frame = frame[frame["meeting"].isin(("board", "review", "issue"))].head(most)
    said = [_about_text(*row) for row in zip(frame["meeting"], frame["about"], frame["names"])]
    frame = frame.assign(purpose=said, decision=frame["due"], suited=frame["suits"])
    title = f"次の会議の日({most}件まで)" if most else "会議の日"
    note = f"「{labels.label_of('suited')}」が{labels.MISSING}の日は、ほかに開ける日がなく、議会か繁忙期に当たる。\n{source_text(governance)}"
    return Table(frame[["day", "meeting", "purpose", "decision", "suited"]], title, note, "day")


def _about_text(meeting: str, about: tuple[str, ...], names: tuple[str, ...]) -> str:
    if about == ("regular",):
        return MEETINGS[meeting][2]
    if meeting == "review":
        return ABOUT[about[0]].format(names="・".join(names))
    return "、".join(ABOUT[one].format(names=name) for one, name in zip(about, names))


# --- in short ------------------------------------------------------------------------------------------------
def summary_text(governance: Governance) -> str:
    """What is steered and asked first, how many entries there are, which stands first, when to meet."""
    raid, held = governance.raid, zip(governance.meeting["meeting"], governance.meeting["day"])
    count, board = Counter(raid["category"]), [day for meeting, day in held if meeting == "board"]
    parts = "、".join(
        f"{labels.word_of('category', name)}{count[name]}件"
        for name in ("risk", "assumption", "issue", "dependency")
    )
    first = next(
        (facts for *facts, rank in zip(raid["topic"], raid["facts"], raid["rank"]) if rank == 1),
        None,
    )
    lead = f"影響が最も大きいのは「{raid_texts(*first)[0].removesuffix('。')}」。" if first else ""
    when = f"推進本部は{labels.day_text(min(board))}に最初に集まる。" if board else ""
    opening = f"{STANDING[governance.city.situation]}{_asked_text(raid)}"
    return f"{opening}{governance.city.name}の計画から{parts}を挙げた。{lead}{when}"


def _asked_text(raid: pd.DataFrame) -> str:
    """The questions that come before everything else."""
    facts = dict(zip(raid["topic"], raid["facts"]))
    parts = []
    if "questions" in facts:
        parts.append(f"{_what_text(facts['questions'])}の稼働の有無")
    if "announced" in facts:
        parts.append(f"{_fact('names', facts['announced']['names'])}の切替の有無")
    if "offer" in facts:
        parts.append(f"{len(facts['offer']['names'])}件の移行ロットのベンダの提示日")
    return f"最初に確かめるのは、{'と、'.join(parts)}。" if parts else ""


def summary_paragraph(governance: Governance) -> Shown:
    """The sentences of ``summary_text`` as a leading paragraph."""
    return style.paragraph(summary_text(governance), "lead")


def steering_section(governance: Governance) -> Text:
    """For the report: the summary, the top ten and the meetings."""
    pieces: tuple[Shown, ...] = (
        style.paragraph(summary_text(governance)),
        top_table(governance),
        meeting_table(governance),
    )
    return Text("".join(piece.html() for piece in pieces))
