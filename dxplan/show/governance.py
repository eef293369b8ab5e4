"""How the plan is steered, in tables: who does what (RACI), what may go wrong (RAID log), who meets when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date

import pandas as pd

from dxplan.defaults import load_specs
from dxplan.plan.governance import ROLES, TOP, Governance
from dxplan.plan.whole import Plan
from dxplan.show import labels, style
from dxplan.show.style import Shown, Table, Text

PROPOSED = f"役割の分担・評価の基準・会議の間隔は設計上の案({labels.UNCONFIRMED})で、各団体の決裁規程に合わせて直す"
RULE = ("可能性は、計画にすでに表れているものを高、要確認の前提によるものと余裕の少ないものを中、その他を低とした。影響は、期限後のシステムを生むもの、"
        "最後の稼働が6か月以上、費用・一般財源が1割以上、その月の仕事の2割以上、受講者の1割以上動くものを大とし、それぞれ1か月、1%、5%、1%以上を中とした"
        "(外部人材の割合は5割と1割)。上位10は、可能性と影響の積の大きい順、同じ値は期日の早い順。計画から評価できないものは―とした")
SHOWN = 12  # next dates in a short list
NAMES = 3  # names told before the rest is counted

TOPICS: dict[str, tuple[str, str]] = {  # topic -> what it is, and what is done about it
    "late_end": ("{count}システム({names})の稼働が期限({day})に間に合わず、最も遅いものは{weeks}週後になる。",
                 "ベンダの枠と職員を増やした場合の日程を比べ、期限後の運用と経費を決める。"),
    "late_target": ("目標日({day})に{count}システム({names})が間に合わず、最も遅いものは{weeks}週後になる。",
                    "目標日を改めるか、ベンダの枠と職員を増やすかを決める。"),
    "tight": ("期限({day})までの余裕が半年に満たないシステムが{count}ある({names})。最も短い余裕は{weeks}週。",
              "課題会議で余裕の週数を毎月確かめ、減ったときは作業の順と切替日を見直す。"),
    "flagged": ("特定移行支援システムの該当見込みが{count}システムある({names})。", "公表した移行の時期と理由が、この計画と合うかを確かめる。"),
    "crowd": ("{day}からの閉庁日に{count}システム({names})の切替が重なる。逃すと、3日以上の次の閉庁日は{next}からになる。",
              "切替の判定を事前に行い、切り戻しの手順と当日の体制を決めておく。"),
    "cause": ("日程を決めているのは{verdict}である。最後の稼働は、職員を2倍に{people}、ベンダの枠を2倍に{slots}。", "{advice}"),
    "gate": ("{gate}の要求を逃すと、{names}の契約は、次の予算({next}、{day}から執行)まで{months}待つ。{effect}",
             "見積りと要求書を締切の前にそろえ、推進本部に諮る。"),
    "short": ("{months}で人手が足りず、不足は延べ{total}人月になる。最大は{month}の{role}の{fte}。",
              "不足する月の仕事の順を決め、外部人材を前倒しするか、着手を延ばす。"),
    "dependent": ("計画の最後の月({month})でも、経常の仕事{wanted}のうち職員が担えるのは{covered}にとどまる。",
                  "採用・育成の目標か、職員が担う仕事の範囲を見直す。"),
    "heads": ("変革人材は計画の最後に{then}人で、目標の{goal}人に届かない。", "研修の受入れと各課の席を増やすか、目標を見直す。"),
    "alone": ("DX・情報部門の職員は{staff}人で、異動(年{rate}%の見込み)や休みで仕事が止まる。",
              "手順書を残し、業務所管課に副担当を置く。都道府県や近隣の団体との共同を検討する。"),
    "transfer": ("DX・情報部門の職員{staff}人のうち年{rate}%が4月に異動し、後任は一人前になるまで{months}かかるとみた。",
                 "切替の時期と重なる異動を人事課と調整し、引継ぎ書を3月までに作る。"),
    "exit": ("外部人材は最大{fte}({month})で、移行・推進の仕事の{share}%を担う月がある。最後の1件は{exit}に終わり、{alone}。",
             "契約に引継ぎの成果物と終了の条件を書き、職員と組んで進める。"),
    "recruit": ("{names}を{day}から使う計画で、募集・契約の手続に最長{months}かかる。", "期日までに手続を始め、予算の裏付けを財政課と確かめる。"),
    "unseated": ("人材計画の受入れ延べ{asked}人のうち{people}人に、研修の席がない。最も多い理由は{reason}。",
                 "クラスを増やす、時期をずらす、受入れを減らす、のどれかを各課と決める。"),
    "zero": ("要確認の率がすべて0なら、一般財源は{yen}({share}%)増える。最も大きいのは{measure}の{top}。",
             "率と上限額を年度ごとの要綱・通知で確かめ、率が0の場合の額も財政課に示す。"),
    "late_money": ("要求しても支出に間に合わない経費が{yen}ある(最初は{gate}、{day}から執行)。", "流用・予備費によるか、着手を延ばすかを決める。"),
    "unasked": ("要求の機会が計画の開始より前にあった経費{yen}({years})は、今の予算にあるとみなした。",
                "今の予算書と照らし、ないものは次の補正予算で要求する。"),
    "value": ("{label}を{amount}とみた({unsure})。{effect}", "{advice}"),
    "gap": ("{plan}の計算は打切りで、証明できた下限との隔たりが{gap}%ある。より良い計画が残っている可能性がある。",
            "計算の丁寧さ(effort)を上げて計画し直す。"),
    "council": ("条例・規則等の改正の作業が{count}件あり、最も早いものは{day}に終わる。次の議会は{session}({start}から)。",
                "改正の要否と議案の締切を法制の担当課に確かめる。"),
    "data": ("{count}システムのデータ移行は、現行ベンダのデータの抽出に左右される。最初は{name}の{day}。",
             "抽出の時期・形式・費用を現行ベンダと書面で確かめる。"),
}
PLANS = {"pmo": "移行", "staffing": "人材", "training": "研修"}
CAUSES = {"vendor": "同時移行枠を契約の前に書面で確かめ、枠を増やせるかを交渉する。", "staff": "標準化に充てる職員の時間を増やすか、外部人材で補う。",
          "both": "同時移行枠と職員の時間を合わせて増やす。片方だけでは足りない。", "budget": "早い予算の機会を使い、債務負担行為を検討する。",
          "order": "繁忙期・閉庁日の制約と作業の順を業務所管課と見直す。"}
VALUES = {"vendor_slots": "ベンダに同時移行枠を照会し、値を置き換える。", "dx_share": "DX・情報部門の業務時間を調べ、値を置き換える。",
          "section_share": "業務所管課の業務時間を調べ、値を置き換える。", "migration_yen": "見積りを取り、値を置き換える。",
          "running_yen": "契約額と見積りを調べ、値を置き換える。"}
MEETINGS = {  # meeting -> members, when it is held, what for
    "board": ("首長・CIO、部長、財政課長、人事課長、PMO(事務局)", "議会と予算要求の締切の10開庁日前", "方針・予算・計画の変更を決め、議会に備える"),
    "review": ("CIO、DX・情報部門、業務所管課、契約の担当課、PMO", "ベンダの決定と切替の10開庁日前", "次の段階に進んでよいかを判定する(ベンダの決定、切替)"),
    "office": ("PMO、DX・情報部門", "移行の間は隔週、その後は4週ごと(火曜日)", "進捗・課題・リスク・変更を確かめる"),
    "issue": ("DX・情報部門、業務所管課、人事課、PMO", "月1回(水曜日)", "RAIDログを見直し、課題の担当と期日を決める"),
    "vendor": ("ベンダ、DX・情報部門、業務所管課、PMO", "ベンダの作業がある週に1回(木曜日)", "作業・品質・課題を確かめ、枠の空きを調整する"),
    "community": ("ステップ2の修了者、DX・情報部門", "修了後の月に1回(金曜日)", "自動化の工夫と困りごとを持ち寄る"),
}
ABOUT = {"council": "{names}に備える", "gate": "{names}の要求に備える", "contract": "{names}のベンダの決定", "cutover": "{names}の切替の判定"}


def source_text(plan: Governance) -> str:
    """Where the numbers and the division of duties come from."""
    return f"出典: dxplan の計算({labels.date_text(plan.city.at('basis_date').value)}時点)。{PROPOSED}"


# --- RACI ----------------------------------------------------------------------------------------------------
def raci_table(governance: Governance) -> Table:
    """Work items and duties by role: who does them, who answers for them, who is asked, who is told."""
    raci = governance.raci
    frame = raci.rename(columns={role: f"raci_{role}" for role in ROLES} | {"first": "start", "last": "finish"})
    frame = frame.assign(group=[labels.word_of("area", area) for area in raci["area"]],
                         item=[item if area == "migration" else labels.word_of("duty", item) for area, item in zip(raci["area"], raci["item"])])
    columns = [f"raci_{role}" for role in ROLES]
    frame[columns] = frame[columns].replace("", None).astype(object)
    note = ("R=実行、A=説明責任(1行に1つ)、C=事前に相談、I=報告。主担当・協力は標準化の作業項目の表により、A は庁内の最初の主担当、"
            f"全庁で決めるものは首長・CIO とした。予算の議決は議会による。\n{source_text(governance)}")
    return Table(frame[["group", "item", "start", "finish", *columns]], "役割分担(RACI)", note, "item", "group")


PARTS = {"A/R": "実行・説明責任", "R": "実行", "A": "説明責任"}


def role_table(governance: Governance, plan: Plan) -> Table:
    """What each role has to do when: the bars of the roadmap, deadlines of the budget, recruiting, classes, meetings."""
    letters = governance.raci.set_index("no")[list(ROLES)]
    rows = [(role, start, finish, item, business or package, PARTS[letter])
            for no, start, finish, item, business, package in zip(*(plan.pmo.task[c] for c in ("no", "start", "finish", "item", "business", "package")))
            for role, letter in letters.loc[no].items() if letter in PARTS]
    rows += _dues(plan)
    frame = pd.DataFrame(rows, columns=["owner", "start", "finish", "item", "content", "part"])
    order = {role: k for k, role in enumerate(ROLES)}
    frame = frame.sort_values(["owner", "start", "finish"], key=lambda c: c.map(order) if c.name == "owner" else c, kind="stable", ignore_index=True)
    return Table(frame, "役割別の予定", f"役割は「役割分担(RACI)」による。\n{source_text(governance)}", "item", "owner")


def _dues(plan: Plan) -> Iterator[tuple]:
    """What roles have to do beside the bars of the roadmap."""
    for (day, gate), part in plan.budget.request.groupby(["request_by", "gate"], sort=True):
        groups = "・".join(dict.fromkeys(map(labels.label_of, part["group"])))
        yield "dx", day, day, f"{gate}の要求の締切", groups, PARTS["A/R"]
        yield "finance", day, part["available"].iloc[0], f"{gate}の査定と財源の手続", groups, PARTS["R"]
    for form, start, finish, count in zip(*(plan.staffing.contract[c] for c in ("form", "start", "finish", "count"))):
        yield "personnel", start, finish, "任用・契約の期間", f"{form}({count}件)", PARTS["A/R"]
    for step, start, finish, name in zip(*(plan.training.cohort[c] for c in ("step", "start", "finish", "cohort"))):
        yield "personnel", start, finish, f"研修の実施({labels.word_of('step', step)})", f"クラス {name}", PARTS["A/R"]


# --- RAID ----------------------------------------------------------------------------------------------------
def raid_table(governance: Governance) -> Table:
    """Risks, assumptions, issues and dependencies with owner, due date, response and origin."""
    frame = _told(governance)
    frame["rank"] = pd.Series([rank or None for rank in governance.raid["rank"].tolist()], dtype=object)
    columns = ["category", "ticket", "content", "likelihood", "impact", "rank", "owner", "due", "response", "origin", "grade"]
    return Table(frame[columns], "リスク・前提・課題・依存の一覧(RAIDログ)", f"{RULE}。\n{source_text(governance)}", "ticket", "category")


def top_table(governance: Governance) -> Table:
    """The top ten of the RAID log."""
    frame = _told(governance)
    frame = frame[frame["rank"] > 0].sort_values("rank")[["rank", "content", "owner", "due", "response"]]
    return Table(frame, f"上位{TOP}のリスクと課題", f"{RULE}。\n{source_text(governance)}", "content", none="計画から評価できるものはない。")


def _told(governance: Governance) -> pd.DataFrame:
    said = [raid_texts(topic, facts) for topic, facts in zip(governance.raid["topic"], governance.raid["facts"])]
    return governance.raid.rename(columns={"id": "ticket"}).assign(content=[what for what, _ in said], response=[done for _, done in said])


def raid_texts(topic: str, facts: Mapping[str, object]) -> tuple[str, str]:
    """What an entry of the RAID log says, and the response to it."""
    words = {name: _fact(name, value) for name, value in facts.items()} | _more(topic, facts)
    if "names" in facts and "count" not in facts:
        words["count"] = str(len(facts["names"]))
    what, response = TOPICS[topic]
    return what.format_map(words), response.format_map(words)


def _fact(name: str, value: object) -> str:
    if isinstance(value, date):
        return labels.month_text(value) if name == "month" else labels.date_text(value)
    if name in FORMS and isinstance(value, (int, float)):
        return FORMS[name](value)
    if isinstance(value, tuple) and name == "names":
        return f"{'・'.join(value[:NAMES])}{f'ほか{len(value) - NAMES}' if len(value) > NAMES else ''}"
    return labels.number_text(value) if isinstance(value, (int, float)) else str(value)


def _money(yen: float) -> str:
    return f"{yen / 1e8:,.1f}億円" if yen >= 1e8 else f"{yen / 1e4:,.0f}万円"


FORMS = {"yen": _money, "top": _money, "share": labels.percent_text, "gap": labels.percent_text, "fte": labels.fte_text,
         "wanted": labels.fte_text, "covered": labels.fte_text, "total": lambda v: f"{v:,.1f}", "then": labels.heads_text,
         "goal": labels.heads_text, "months": labels.months_text, "people": lambda v: f"{v:,}", "asked": lambda v: f"{v:,}"}


def _more(topic: str, facts: Mapping[str, object]) -> dict[str, str]:
    """Words of a topic that are more than its facts."""
    if topic == "cause":
        return {"verdict": labels.VERDICTS[facts["verdict"]], "advice": CAUSES[facts["verdict"]],
                **{name: _doubled_text(*facts[name]) for name in ("people", "slots")}}
    if topic == "gate":
        return {"effect": _gate_text(facts) if "last" in facts else ""}
    if topic == "short":
        return {"role": labels.word_of("work", facts["role"]), "month": labels.month_text(facts["day"])}
    if topic == "dependent":
        return {"month": labels.month_text(facts["day"])}
    if topic == "exit":
        alone = facts["alone"]
        return {"alone": f"職員だけで担えるのは{labels.month_text(alone)}から" if alone else "期間内に職員だけで担えるようにはならない"}
    if topic == "unseated":
        return {"reason": labels.word_of("cause", facts["reason"])}
    if topic == "unasked":
        return {"years": "・".join(map(labels.fiscal_short, facts["years"]))}
    if topic == "gap":
        return {"plan": PLANS[facts["plan"]]}
    return _value_words(facts) if topic == "value" else {}


def _value_words(facts: Mapping[str, object]) -> dict[str, str]:
    effect = (f"2倍にすると、稼働が{_moved(facts['months'])}。" if "months" in facts else f"これで数えた経費は{_money(facts['yen'])}。")
    return {"label": load_specs()[facts["name"]].label, "amount": f"{labels.amount_text(facts['value'])}{facts['unit']}",
            "unsure": labels.UNCONFIRMED, "effect": effect, "advice": VALUES[facts["name"]]}


def _moved(months: float) -> str:
    if labels.signed_text(months) == "±0":
        return "変わらない"
    return f"{labels.months_text(months)}{'遅れる' if months > 0 else '早まる'}"


def _pair_text(last: float, mean: float) -> str:
    """What a change does to the last go-live, and to the mean where that moves more."""
    tail = f"(全システムの平均では{_moved(mean)})" if abs(mean) >= 1 else ""
    return f"{_moved(last)}{tail}"


def _doubled_text(last: float, mean: float) -> str:
    return f"{'しても' if labels.signed_text(last) == '±0' else 'すると'}{_pair_text(last, mean)}"


def _gate_text(facts: Mapping[str, object]) -> str:
    late = f"、期限後のシステムが{facts['late']}増える" if facts["late"] > 0 else ""
    return f"最後の稼働は{_pair_text(facts['last'], facts['mean'])}{late}。"


# --- meetings ------------------------------------------------------------------------------------------------
def meeting_table(governance: Governance) -> Table:
    """Who meets when and for what, with the first and the last day and how often."""
    rows, held = [], list(zip(governance.meeting["meeting"], governance.meeting["day"]))
    for name, (members, cadence, purpose) in MEETINGS.items():
        days = [day for meeting, day in held if meeting == name]
        if days:
            rows.append((name, members, cadence, purpose, min(days), max(days), len(days)))
    frame = pd.DataFrame(rows, columns=["meeting", "members", "cadence", "purpose", "opening", "closing", "times"])
    return Table(frame, "会議体", f"日は開庁日で、PMO定例とベンダ定例のほかは議会の会期と全庁の繁忙期を避けた(避けられない日もある)。\n{source_text(governance)}", "meeting")


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
    """How many entries the log has, what stands first, and when the headquarters meet next."""
    raid, held = governance.raid, zip(governance.meeting["meeting"], governance.meeting["day"])
    count, board = Counter(raid["category"]), [day for meeting, day in held if meeting == "board"]
    parts = "、".join(f"{labels.word_of('category', name)}{count[name]}件" for name in ("risk", "assumption", "issue", "dependency"))
    first = next((facts for *facts, rank in zip(raid["topic"], raid["facts"], raid["rank"]) if rank == 1), None)
    lead = f"最も先に扱うのは「{raid_texts(*first)[0].removesuffix('。')}」。" if first else ""
    when = f"推進本部は{labels.day_text(min(board))}に最初に集まる。" if board else ""
    return f"{governance.city.name}の計画から{parts}を挙げた。{lead}{when}"


def summary_paragraph(governance: Governance) -> Shown:
    """The sentences of ``summary_text`` as a leading paragraph."""
    return style.paragraph(summary_text(governance), "lead")


def steering_section(governance: Governance) -> Text:
    """For the report: the summary, the top ten and the meetings."""
    pieces: tuple[Shown, ...] = (style.paragraph(summary_text(governance)), top_table(governance), meeting_table(governance))
    return Text("".join(piece.html() for piece in pieces))
