"""How the plan is steered, in tables.

Who does what (RACI), what may go wrong (RAID log), who meets when.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from math import inf
from typing import Any, NamedTuple

import pandas as pd

from dxplan.facts.params import Scalar
from dxplan.plan.costs import PMO
from dxplan.plan.governance import OFFICES, ROLES, TOP, Governance
from dxplan.plan.people import HOURS
from dxplan.plan.rating import Facts
from dxplan.plan.sittings import GROUPS
from dxplan.plan.whole import Plan
from dxplan.show import labels, style
from dxplan.show.sentences import sentence
from dxplan.show.style import Shown, Table
from dxplan.town.city import City
from dxplan.town.defaults import load_specs
from dxplan.town.places import GENERAL
from dxplan.town.systems import COMMON

PROPOSED = (
    f"役割の分担・評価の基準・会議の間隔は案({labels.UNCONFIRMED})で、"
    "各団体の決裁規程に合わせて直す"
)
RULE = (
    "可能性は、計画にすでに表れているものとまだ答えのない問いを高、"
    "要確認の前提によるものと締切の近いものを中、その他を低とした。"
    "影響は、期限に間に合う確率が9割を下回るもの、"
    "稼働の見通しが6か月以上、"
    "費用・一般財源が1割以上、"
    "その月の仕事の2割以上、受講者の1割以上動くものを大とし、それぞれ1か月、1%、5%、1%以上を中とした"
    "(外部人材の割合は5割と1割)。順位は、可能性と影響の積の大きい順、同じ値は期日の早い順。"
    "計画から評価できないものは―とした"
)
EARLIEST = "切替の日が決まっていないロットの作業は、最も早い予定の四半期で示す。"
NAMES = 3  # names told before the rest is counted
TELLING = 1.0  # months: a smaller change is no help
CONDITIONS = ("earlier", "later", "alone", "missed")
GUESSED = ("vendor_likely",)  # values whose label is a phrase: no client would know their own


def source_text(plan: Governance) -> str:
    """Where the numbers and the division of duties come from."""
    return style.basis_text(plan.city, PROPOSED)


# --- RACI -----------------------------------------------------------------------------------------
def raci_table(governance: Governance) -> Table:
    """Work items and duties by role: who does them, who answers for them, is asked, is told."""
    raci = governance.raci
    roles = _roles(raci)
    columns = [f"raci_{role}" for role in roles]
    items = []
    for area, item in zip(raci["area"], raci["item"], strict=True):
        if area != "migration":  # whose items bear their own names
            item = labels.word_of("duty", item)
        items.append(item)
    frame = raci.rename(columns=dict(zip(roles, columns, strict=True))).assign(
        group=raci["area"].map(labels.words_of("area")),
        item=items,
        begin=labels.days_text(raci, "first"),
        end=labels.days_text(raci, "last"),
    )
    frame[columns] = frame[columns].replace("", None).astype(object)
    note = (
        "R=実行、A=説明責任(1行に1つ)、C=事前に相談、I=報告。主担当・協力は標準化の作業項目の表により、"
        "A は庁内の最初の主担当、全庁で決めるものは首長・CIO とした。予算の議決は議会による。"
        f"{EARLIEST}{_own_names(governance.city)}\n{source_text(governance)}"
    )
    frame = frame[["group", "item", "begin", "end", *columns]]
    return Table(frame, "役割分担(RACI)", note, "item", "group")


def _roles(raci: pd.DataFrame) -> list[str]:
    """The roles that the town hall has."""
    return [role for role in ROLES if role in raci]


def _own_names(city: City) -> str:
    """What the offices are called that bear other names here."""
    parts = []
    for word in labels.words_of("owner").values():
        if city.called(word) not in (word, GENERAL):
            parts.append(f"{word}は{city.called(word)}")
    return f"{'、'.join(parts)}。" if parts else ""


PARTS = {"A/R": "実行・説明責任", "R": "実行", "A": "説明責任"}


class DutyRow(NamedTuple):
    """What a role has to do, from when to when; ``decided`` says whether its days are told."""

    owner: str
    start: date
    finish: date
    decided: bool
    item: str
    content: str
    part: str


def role_table(plan: Plan) -> Table:
    """What each role has to do when.

    The bars of the roadmap, deadlines of the budget, recruiting, classes, meetings.
    """
    duties = [*_roadmap_duties(plan), *_other_duties(plan)]
    frame = pd.DataFrame(duties, columns=DutyRow._fields)
    if plan.city.joined:
        frame["owner"] = frame["owner"].replace(dict.fromkeys(OFFICES, "general"))
    frame = frame.assign(place=frame["owner"].map(ROLES.index))
    frame = frame.sort_values(["place", "start", "finish"], kind="stable", ignore_index=True)
    frame = frame.assign(
        begin=labels.days_text(frame, "start"), end=labels.days_text(frame, "finish")
    )
    frame = frame[["owner", "begin", "end", "item", "content", "part"]]
    note = f"役割は「役割分担(RACI)」による。{EARLIEST}\n{source_text(plan.governance)}"
    return Table(frame, "役割別の予定", note, "item", "owner")


def _roadmap_duties(plan: Plan) -> Iterator[DutyRow]:
    """The bars of the roadmap, for each role that does them or answers for them."""
    raci = plan.governance.raci
    letters = raci.set_index("no")[_roles(raci)]
    for bar in plan.pmo.task.itertuples():
        for role, letter in letters.loc[bar.no].items():
            if letter in PARTS:
                days = bar.start, bar.finish, bar.decided
                yield DutyRow(role, *days, bar.item, bar.lot, PARTS[letter])


def _other_duties(plan: Plan) -> Iterator[DutyRow]:
    """What roles have to do beside the bars of the roadmap."""
    both = PARTS["A/R"]
    for (day, gate), part in plan.budget.request.groupby(["request_by", "gate"], sort=True):
        groups = "・".join(dict.fromkeys(map(labels.label_of, part["group"])))
        spend = part["available"].iloc[0]
        yield DutyRow("dx", day, day, True, f"{gate}の要求の締切", groups, both)
        yield DutyRow("finance", day, spend, True, f"{gate}の査定と財源の手続", groups, PARTS["R"])
    for contract in plan.staffing.contract.itertuples():
        days = contract.start, contract.finish, True
        content = f"{contract.form}({contract.count}人)"
        yield DutyRow("personnel", *days, "任用・契約の期間", content, both)
    for cohort in plan.training.cohort.itertuples():
        days = cohort.start, cohort.finish, True
        item = f"研修の実施({labels.word_of('step', cohort.step)})"
        yield DutyRow("personnel", *days, item, f"講座 {cohort.cohort}", both)


# --- RAID -----------------------------------------------------------------------------------------
LOG = (
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
)


def raid_table(governance: Governance) -> Table:
    """Risks, assumptions, issues and dependencies with owner, due date, response and origin."""
    frame = _log(governance)
    frame["rank"] = frame["rank"].astype(object).replace(0, None)
    note = f"{RULE}。\n{source_text(governance)}"
    title = "リスク・前提・課題・依存の一覧(RAIDログ)"
    return Table(frame[list(LOG)], title, note, "ticket", "category")


def top_table(governance: Governance) -> Table:
    """The top ten of the RAID log."""
    frame = _log(governance)
    frame = frame[frame["rank"] > 0].sort_values("rank")
    return Table(
        frame[["rank", "content", "owner", "due", "response"]],
        f"上位{TOP}のリスクと課題",
        f"{RULE}。\n{source_text(governance)}",
        "content",
        none="計画から評価できるものはない。",
    )


def _log(governance: Governance) -> pd.DataFrame:
    """The RAID log with its sentences."""
    raid = governance.raid
    contents = []
    responses = []
    for topic, facts in zip(raid["topic"], raid["facts"], strict=True):
        content, response = raid_texts(topic, facts)
        contents.append(governance.city.called(content))
        responses.append(governance.city.called(response))
    return raid.rename(columns={"id": "ticket"}).assign(content=contents, response=responses)


def raid_texts(topic: str, facts: Facts) -> tuple[str, str]:
    """What an entry of the RAID log says, and the response to it."""
    words = {name: _fact_text(name, value) for name, value in facts.items()}
    if "names" in facts:
        words.setdefault("count", str(len(facts["names"])))
    words |= _more(topic, facts)
    return sentence(f"raid.{topic}", **words), sentence(f"raid.{topic}.response", **words)


def _fact_text(name: str, value: Any) -> str:
    """A fact as its name wants it to be told."""
    if name in ("told", "range"):
        return labels.quarters_text(*value)
    if name == "when":
        return _when_text(*value)
    if name == "since":
        return labels.as_of_text(value)
    if name == "names" and isinstance(value, tuple):
        return _names_text(value)
    if isinstance(value, date):
        if name == "month":
            return labels.month_text(value)
        return labels.date_text(value)
    if isinstance(value, (int, float)):
        return _number_text(name, value)
    return str(value)


def _when_text(day: date, decided: bool) -> str:
    text = labels.when_text(day, decided)
    if decided:
        return text
    return f"{text}(最も早い予定)"


def _names_text(names: tuple[str, ...]) -> str:
    text = "・".join(names[:NAMES])
    if len(names) > NAMES:
        text += f"ほか{len(names) - NAMES}"
    return text


def _number_text(name: str, value: float) -> str:
    if name in FORMS:
        return FORMS[name](value)
    if value < inf:
        return labels.number_text(value)
    return str(value)


def _count_text(value: float) -> str:
    return f"{value:,}"


def _months_text(value: float) -> str:
    """Months; a wait without an end is told by the words of its topic alone."""
    if value < inf:
        return labels.months_text(value)
    return ""


FORMS = {  # fact -> how its number is written
    "yen": labels.money_text,
    "top": labels.money_text,
    "share": labels.percent_text,
    "gap": labels.percent_text,
    "fte": labels.fte_text,
    "chance": labels.chance_text,
    "wanted": labels.fte_text,
    "covered": labels.fte_text,
    "total": lambda value: f"{value:,.1f}",
    "then": labels.heads_text,
    "goal": labels.heads_text,
    "months": _months_text,
    "people": _count_text,
    "asked": _count_text,
}


def _more(topic: str, facts: Facts) -> dict[str, str]:
    """Words of a topic that are more than its facts."""
    words = _moves(topic, facts) | {"unsure": labels.UNCONFIRMED}
    if "guessed" in facts:
        words["aim"] = labels.aim_text(facts["guessed"])
    match topic:
        case "questions" | "presumed":
            words["what"] = _what_text(facts)
        case "announced":
            words["when"] = _announced_text(facts)
        case "cause":
            words["cause"] = labels.word_of("set_by", facts["set_by"])
            words["advice"] = _advice_text(facts)
        case "gate":
            words["missed"] = _sentence(words.get("missed"))
        case "night":
            words["wait"] = _wait_text(facts["months"])
        case "extension":
            words["notice"] = _notice_text(facts)
        case "gap":
            words["plan"] = labels.word_of("chapter", facts["plan"])
            words["mend"] = labels.word_of("mend", facts["plan"])
        case "value":
            words |= _value_words(facts)
        case "short":
            words["role"] = labels.word_of("work", facts["role"])
            words["month"] = labels.month_text(facts["day"])
        case "dependent":
            words["month"] = labels.month_text(facts["day"])
        case "exit":
            words["alone"] = _alone_text(facts["alone"])
        case "unseated":
            words["reason"] = labels.word_of("cause", facts["reason"])
        case "unasked":
            words["years"] = "・".join(map(labels.era_fiscal, facts["years"]))
    return words


def _what_text(facts: Facts) -> str:
    """Systems of the 20 businesses, and 共通機能 beside them."""
    names = facts["names"]
    parts = []
    if names:
        parts.append(f"{len(names)}業務({_names_text(names)})")
    if facts["common"]:
        parts.append(COMMON)
    return "と".join(parts)


def _announced_text(facts: Facts) -> str:
    """When the page of the municipality announced the cutover: a day, or a month alone."""
    if "day" in facts:
        return _fact_text("day", facts["day"])
    return _fact_text("month", facts["month"])


def _sentence(clause: str | None) -> str:
    if clause is None:
        return ""
    return f"{clause}。"


def _alone_text(month: date | None) -> str:
    if month is None:
        return sentence("able.never")
    return sentence("able.from", month=labels.month_text(month))


def _moves(topic: str, facts: Facts) -> dict[str, str]:
    """What a condition does to the outlook, in words; the most of several lots."""
    several = topic in ("gate", "lack", "value") or len(facts.get("names", ())) > 1
    moves = {}
    for name in CONDITIONS:
        months = facts.get(name)
        if not isinstance(months, float):
            continue  # the topic has no such condition, or a date of this name
        if labels.signed_text(months) == "±0":
            moves[name] = sentence(f"move.{name}.still", effect=sentence("effect.still"))
        else:
            moves[name] = sentence(f"move.{name}", effect=_effect_text(months, several))
    return moves


def _effect_text(months: float, several: bool) -> str:
    """By how much a condition moves the go-live: of several lots the most."""
    if months == inf:
        return sentence("effect.lost")
    return sentence(f"effect.{'most' if several else 'mean'}", shift=labels.shift_text(months))


def _wait_text(months: float) -> str:
    if months == inf:
        return sentence("wait.none")
    return sentence("wait.months", months=labels.months_text(months))


def _notice_text(facts: Facts) -> str:
    """By when the contract in use has to be extended, or that this day has gone by."""
    day = labels.date_text(facts["by"])
    return sentence(f"notice.{'past' if facts['past'] else 'ahead'}", day=day)


def _advice_text(facts: Facts) -> str:
    """What is done about the last lot: what is seen to help, else a look at what sets its date."""
    if facts["earlier"] <= -TELLING:
        return sentence("advice.earlier")
    if facts["alone"] >= TELLING:
        return sentence("advice.alone")
    return labels.word_of("set_by_advice", facts["set_by"])


def _amount_text(value: Scalar, unit: str) -> str:
    """A value with its unit: 1システム当たり3,200万円; a date is written without one."""
    if isinstance(value, date):
        return labels.amount_text(value)
    money, _, each = unit.partition("/")
    if money == "円" and each:
        return f"1{each}当たり{labels.money_text(float(value))}"
    return f"{labels.amount_text(value)}{unit}"


def _value_words(facts: Facts) -> dict[str, str]:
    """A value that the plan assumes: what it is called, what hangs on it, what is done."""
    name, value = facts["name"], facts["value"]
    amount = _amount_text(value, labels.unit_text(facts["unit"]))
    if "later" in facts:
        effect = f"{_moves('value', facts)['later']}。"
    elif "short" in facts:
        effect = sentence("value.short", short=f"{facts['short']:,.1f}")
    else:
        effect = sentence("value.yen", yen=labels.money_text(facts["yen"]))
    label = sentence(f"raid.{name}") if name in GUESSED else load_specs()[name].label
    advice = labels.word_of("value_advice", name)
    return {"label": label, "amount": amount, "effect": effect, "advice": advice}


# --- meetings -------------------------------------------------------------------------------------
def meeting_table(governance: Governance) -> Table:
    """Who meets when and for what, with the first and the last day and how often."""
    rows = []
    hours = governance.hours.groupby("meeting")[list(GROUPS)].sum().sum(axis="columns")
    around = "vendor_around" if "joint" in hours else "vendor"
    for name in labels.words_of("meeting"):
        days = _days(governance, name)
        if days:
            when = labels.word_of("cadence", around if name == "vendor" else name)
            words = _members_text(governance, name), when, labels.word_of("purpose", name)
            rows.append((name, *words, min(days), max(days), len(days), round(hours[name])))
    columns = "meeting members cadence purpose opening closing times meeting_hours".split()
    note = (
        f"{_load_text(governance)}"
        "日は開庁日で、PMO定例とベンダ定例のほかは議会の会期と全庁の繁忙期を避けた"
        f"(避けられない日もある)。\n{source_text(governance)}"
    )
    return Table(pd.DataFrame(rows, columns=columns), "会議体", note, "meeting")


def _members_text(governance: Governance, name: str) -> str:
    """Who takes part; the PMO's office is an outsider for a time, then the DX section."""
    who, last = labels.word_of("owner", "dx"), governance.office
    if last:
        until = f"{labels.month_text(last)}まで{PMO}"
        who = f"{until}、その後は{who}" if last < governance.meeting["day"].max() else until
    members = labels.word_of("members", name).replace("事務局", f"事務局。{who}")
    return governance.city.called(members)


def _load_text(governance: Governance) -> str:
    """The hours that the meetings take, those of the DX section by month."""
    hours = governance.hours.groupby("month")[list(GROUPS)].sum()
    if not len(hours):
        return ""
    dx = hours["dx"]
    means = f"{labels.number_text(round(dx.mean(), 1))}人時({labels.fte_text(dx.mean() / HOURS)})"
    most = f"{labels.month_text(dx.idxmax())}の{labels.number_text(round(dx.max(), 1))}人時"
    return (
        f"会議の時間は、人数と長さの見込み({labels.UNCONFIRMED})で延べ"
        f"{labels.number_text(round(hours.to_numpy().sum()))}人時。"
        f"DX・情報部門は1か月に平均{means}、最も多いのは{most}。"
    )


def _days(governance: Governance, name: str) -> list[date]:
    """On which days a meeting is held."""
    held = governance.meeting
    return held.loc[held["meeting"] == name, "day"].tolist()


def diary_table(governance: Governance, most: int | None = None) -> Table:
    """The dates of the meetings.

    Of a long list the first rows, without the weekly and fortnightly ones.
    """
    frame = governance.meeting
    title = "会議の日"
    if most:
        frame = frame[frame["meeting"].isin(("board", "joint", "review", "issue"))].head(most)
        title = f"次の会議の日({most}件まで)"
    purposes = [_about_text(row.meeting, row.about, row.names) for row in frame.itertuples()]
    frame = frame.assign(purpose=purposes, decision=frame["due"], suited=frame["suits"])
    note = (
        f"「{labels.label_of('suited')}」が{labels.MISSING}の日は、ほかに開ける日がなく、"
        f"議会か繁忙期に当たる。\n{source_text(governance)}"
    )
    return Table(frame[["day", "meeting", "purpose", "decision", "suited"]], title, note, "day")


def _about_text(meeting: str, about: tuple[str, ...], names: tuple[str, ...]) -> str:
    if about == ("regular",):
        return labels.word_of("purpose", meeting)
    if meeting == "review":  # one decision for all lots that it is about
        return sentence(f"meeting.{about[0]}", names="・".join(names))
    pairs = zip(about, names, strict=True)
    return "、".join(sentence(f"meeting.{topic}", names=name) for topic, name in pairs)


# --- in short -------------------------------------------------------------------------------------
def summary_text(governance: Governance) -> str:
    """What is steered and asked first, how many entries there are, which is first, when to meet."""
    raid, city = governance.raid, governance.city
    count = Counter(raid["category"])
    words = labels.words_of("category").items()
    counts = "、".join(f"{word}{count[name]}件" for name, word in words)
    sentences = [
        labels.word_of("steering", city.situation),
        _asked_text(raid),
        f"{city.name}の計画から{counts}を挙げた。",
    ]
    for entry in raid[raid["rank"] == 1].itertuples():
        content, _ = raid_texts(entry.topic, entry.facts)
        content = city.called(content)
        sentences.append(f"影響が最も大きいのは「{content.removesuffix('。')}」。")
    for name, who in (("board", "推進本部"), ("joint", "合同会議")):
        days = _days(governance, name)
        if days:
            sentences.append(f"{who}は{labels.day_text(min(days))}に最初に集まる。")
    return "".join(sentences)


def _asked_text(raid: pd.DataFrame) -> str:
    """The questions that come before everything else."""
    facts = dict(zip(raid["topic"], raid["facts"], strict=True))
    parts = []
    if "questions" in facts:
        parts.append(f"{_what_text(facts['questions'])}の稼働の有無")
    if "announced" in facts:
        parts.append(f"{_names_text(facts['announced']['names'])}の切替の有無")
    if "offer" in facts:
        parts.append(f"{len(facts['offer']['names'])}件の移行ロットのベンダの提示日")
    if not parts:
        return ""
    return f"最初に確かめるのは、{'と、'.join(parts)}。"


def summary_paragraph(governance: Governance) -> Shown:
    """The sentences of ``summary_text`` as a leading paragraph."""
    return style.paragraph(summary_text(governance), "lead")
