"""The DX initiatives as figures and tables: what comes first, when, for how much, and what waits.

Hours are those that other towns claim or hope for; wherever they are added up the words say so.
What is chosen by usual costs and effects is told as presumed; how sure it is stands beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial

import numpy as np
import pandas as pd

from dxplan.facts import months
from dxplan.plan.portfolio import Portfolio
from dxplan.plan.whole import Plan
from dxplan.show import axes, charts, labels, style
from dxplan.show.charts import Canvas, Pen
from dxplan.show.lanes import Lane, gantt, span_of
from dxplan.show.style import Look, Shown, Table, Text, none_text
from dxplan.solve.arrays import Floats
from dxplan.town.edition import MONEY
from dxplan.town.initiatives import common_value, load_initiatives, load_templates

TITLE = "標準化の次と並行して行うDX施策"
NOBODY = "この前提では、選べるDX施策がない。DX施策に使う予算と、推進の人手を確かめる。"
CLAIMED = "時間は、ほかの団体の申告・見込みに規模を掛けた値で、実績ではない"
ASSUMED = f"費用・効果・期間は、公表例と仮定({labels.UNCONFIRMED})から置いた値。"
FIRST = 3  # initiatives that are told first
LOOKS: dict[str, Look] = {
    "sure": style.SURE,
    "open": style.REST,
    "later": style.PACE,
}
FUNDS: dict[str, Look] = {
    "初期費用(一般財源)": style.NET,
    "初期費用(交付金・事業債)": style.SUBSIDY,
    "運用費": style.RUNNING,
}


def source_text(plan: Plan) -> str:
    """Where the numbers come from, and from when on they hold."""
    return style.origin_text(plan.city, plan.portfolio.outcome, f"{ASSUMED}{CLAIMED}。")


def first_rows(plan: Plan) -> pd.DataFrame:
    """What comes first: of the surest those that are asked for soonest, the best ones before."""
    rows = _taken(plan)
    order = {"sure": 0, "open": 1, "later": 2}
    rows = rows.assign(rank=rows["told"].map(order), less=-rows["worth"])
    rows = rows.sort_values(["rank", "request_by", "less", "id"], kind="stable")
    return rows.head(FIRST)


@style.kept
def _taken(plan: Plan) -> pd.DataFrame:
    """What is taken up, with how sure it is, by the first use."""
    return sure_rows(plan, "chosen")


def sure_rows(plan: Plan, *states: str) -> pd.DataFrame:
    """The initiatives in some states, with how sure the choice is, by the first use."""
    row = plan.portfolio.row
    found = row[row["state"].isin(states)].merge(plan.choice.row, on="id", how="left")
    return found.sort_values(["live", "id"], kind="stable").reset_index(drop=True)


# --- sentences ------------------------------------------------------------------------------------
def portfolio_text(plan: Plan) -> str:
    """What comes first, by when it is asked for, how much there is and how sure the choice is."""
    portfolio, first = plan.portfolio, first_rows(plan)
    if first.empty:
        return NOBODY
    names = "、".join(f"「{row.name}」({row.lead})" for row in _named(first))
    day = min(first["request_by"])
    taken = _taken(plan)
    sure = int((taken["told"] == "sure").sum())
    until = labels.era_fiscal(months.fiscal_year(taken["live"].max()))
    once = labels.money_text(portfolio.money["once"].sum())
    return (
        f"標準的な費用と効果で選ぶと、まず{names}に取り組む見込み。"
        f"最初の予算要求の締切は{labels.date_text(day)}。"
        f"{until}までに使い始める施策は{len(taken)}件(初期費用{once})で、"
        f"うち{sure}件は、費用と効果の幅を動かしても9割以上の試算で選ばれる。"
        f"{missing_text(portfolio)}"
    )


def _named(rows: pd.DataFrame) -> list:
    return list(rows[["name", "lead"]].itertuples(index=False))


def missing_text(portfolio: Portfolio) -> str:
    """What the musts of the city want beyond its money, and what others have done about it."""
    musts = portfolio.row[portfolio.row["wish"] == "must"]
    sentences = ""
    if portfolio.missing:
        names = "、".join(f"「{name}」" for name in musts["name"])
        sentences += (
            f"必須とした施策({names})に要る額は、使える額を"
            f"{labels.money_text(portfolio.missing)}超える。"
            "額を増やすか、時期を分けるか、都道府県の共同調達を確かめる"
            "(岐阜県の地図の共同利用では、単独の20分の1の負担で使えた例がある)。"
        )
    late = musts[musts["state"] == "late"]
    if len(late):
        names = "、".join(f"「{name}」" for name in late["name"])
        sentences += f"{names}は必須だが、人手・時期のどれかが足りず、計画の期間に入らない。"
    return sentences


def summary_paragraph(plan: Plan) -> Shown:
    """The sentences of ``portfolio_text`` as a paragraph."""
    return style.paragraph(portfolio_text(plan))


# --- tables ---------------------------------------------------------------------------------------
def first_table(plan: Plan) -> Shown:
    """What comes first: who leads, what is done now, when the money is asked for."""
    rows = first_rows(plan)
    frame = pd.DataFrame(
        {
            "initiative": rows["name"],
            "lead_office": rows["lead"],
            "first_step": [load_templates()[template][0].name for template in rows["template"]],
            "begin_by": rows["begins"],
            "ask_gate": rows["gate"],
            "request_by": rows["request_by"],
            "use_from": [labels.quarter_text(day) for day in rows["live"]],
            "sureness": rows["told"],
        }
    )
    note = f"始めるのは、要求の締切から企画の期間をさかのぼった月。{source_text(plan)}"
    return Table(frame, "まず何から取り組むか", _under(note), "initiative", none=NOBODY)


def _under(note: str) -> str:
    """How to read it, and the source on a line of its own."""
    return note.replace("。出典:", "。\n出典:")


def taken_table(plan: Plan) -> Shown:
    """What is taken up and what runs: when, for how much, for how many hours and points."""
    rows = _shown(plan)
    frame = pd.DataFrame(
        {
            "initiative": rows["name"],
            "lead_office": rows["lead"],
            "progress_state": rows["state"],
            "sureness": rows["told"],
            "ask_gate": _asked(rows),
            "use_from": [labels.quarter_text(day) if day else None for day in rows["live"]],
            "once_yen": rows["once"] / 1000,
            "yearly_yen": rows["yearly"] / 1000,
            "claimed_hours": rows["hours"],
            "counted_hours": rows["counted"],
            "resident_points": rows["points"],
        }
    )
    note = (
        f"{CLAIMED}。数える時間は、確度に応じて割り引いた値。"
        f"住民への効果は0〜5点({labels.UNCONFIRMED})。{source_text(plan)}"
    )
    return Table(frame, "取り組むDX施策", _under(note), "initiative", none=NOBODY)


def _shown(plan: Plan) -> pd.DataFrame:
    row = plan.portfolio.row
    rows = row[row["state"].isin(["running", "chosen"])].merge(plan.choice.row, on="id", how="left")
    return rows.sort_values(["state", "live", "id"], ascending=[False, True, True], kind="stable")


def _asked(rows: pd.DataFrame) -> list[str | None]:
    """The budget and its fiscal year of each row."""
    words = []
    for row in rows.itertuples():
        known = isinstance(row.gate, str)
        words.append(f"{labels.fiscal_short(int(row.fiscal))} {row.gate}" if known else None)
    return words


def waiting_table(plan: Plan) -> Shown:
    """What is not taken up, and what would have to change."""
    row = plan.portfolio.row
    rows = row[row["state"].isin(["waits", "late", "no"])].merge(
        plan.choice.row, on="id", how="left"
    )
    frame = pd.DataFrame(
        {
            "initiative": rows["name"],
            "lead_office": rows["lead"],
            "progress_state": rows["state"],
            "sureness": rows["told"],
            "barrier": rows["reason"].where(rows["state"] != "no", "city"),
            "once_yen": rows["once"] / 1000,
            "yearly_yen": rows["yearly"] / 1000,
        }
    )
    note = (
        "理由は、制約を1つずつ外して計算し直し、外すと選ばれるもの。"
        "「効果が費用に届かない」は、標準の費用と効果による場合で、"
        f"団体が必要と認めるなら「必須」か「したい」にして計算し直す。{source_text(plan)}"
    )
    none = "見送る施策はない。"
    return Table(frame, "今は見送るDX施策と理由", _under(note), "initiative", none=none)


def kpi_table(plan: Plan) -> Shown:
    """How each initiative is measured, what went wrong elsewhere, and when it is stopped."""
    rows = _shown(plan)
    known = {i.id: i for i in load_initiatives(plan.city)}
    share, wait = common_value("stop_share").number, common_value("stop_months").number
    small = [known[id].template in ("SaaS", "内製") for id in rows["id"]]
    stop = f"使い始めて{wait:g}か月後の利用が見込みの{share:g}%未満なら、広げずにやめる"
    frame = pd.DataFrame(
        {
            "initiative": rows["name"],
            "lead_office": rows["lead"],
            "measure_word": [known[id].kpi or None for id in rows["id"]],
            "seen_risk": [known[id].risk or None for id in rows["id"]],
            "stop_rule": [stop if pilot else None for pilot in small],
        }
    )
    note = f"やめる目安は仮定({labels.UNCONFIRMED})。{source_text(plan)}"
    return Table(frame, "DX施策の評価指標とやめる目安", _under(note), "initiative", none=NOBODY)


def hours_table(plan: Plan) -> Shown:
    """Hours given back by office, and where they go as the city says."""
    hours = plan.effects.office
    frame = pd.DataFrame(
        {
            "lead_office": hours["office"],
            "claimed_hours": hours["claimed"],
            "counted_hours": hours["counted"],
            "to_front": hours["front"],
            "to_change": hours["change"],
            "overtime": hours["overtime"],
        }
    )
    note = (
        f"{CLAIMED}(申告・見込みの合計)。研修で自動化を行う計画では、庁内で作る施策"
        f"(RPA・ノーコード)の時間は研修の自動化の行だけで数える。{source_text(plan)}"
    )
    title = "施策で生まれる見込みの時間と、その行き先"
    return Table(frame, title, _under(note), "lead_office", none="時間が生まれる施策はない。")


# --- figures --------------------------------------------------------------------------------------
def initiative_figure(plan: Plan) -> Shown:
    """Lots and initiatives on one axis of days."""
    taken = _taken(plan)
    if taken.empty:
        return none_text(TITLE, NOBODY)
    title = f"{plan.city.name}のDX施策のロードマップ"
    frame = pd.DataFrame(
        {
            "initiative": taken["name"],
            "lead_office": taken["lead"],
            "begin_by": taken["begins"],
            "request_by": taken["request_by"],
            "use_from": [labels.quarter_text(day) for day in taken["live"]],
            "sureness": taken["told"],
        }
    )
    source, draw = source_text(plan), partial(_draw_initiatives, _all_lanes(plan))
    table = Table(frame, title, source, "initiative")
    return style.fitted(draw, "portfolio", title, initiative_text(plan), source, table)


ROOM = 22  # rows of a figure of one page; a lot takes two


def joined_lanes(plan: Plan) -> list[Lane]:
    """The rows of the initiatives where they have room under the lots."""
    if plan.pmo.done or 2 * len(plan.pmo.lots) + len(_taken(plan)) > ROOM:
        return []
    return initiative_lanes(plan)


def page_figure(plan: Plan) -> Shown:
    """The initiatives where the roadmap of the lots does not show them already."""
    whole = plan.city.edition.tells(MONEY)  # else the roadmap is that of the lots alone
    return Text("") if whole and joined_lanes(plan) else initiative_figure(plan)


def initiative_lanes(plan: Plan) -> list[Lane]:
    """A row for each initiative: planned and asked for, made, brought to all."""
    lanes = []
    for row in _taken(plan).itertuples():
        told = f"使い始め {labels.quarter_text(row.live)}"
        days = zip(
            PHASES,
            (row.begins, row.contract, row.live),
            (row.contract, row.live, row.wide),
            strict=True,
        )
        lanes.append(Lane(row.name, told, bars=[(look, low, high) for look, low, high in days]))
    return lanes


PHASES = (style.ASK, style.BUILD, style.SPREAD)


def _all_lanes(plan: Plan) -> list[Lane]:
    """The lots, and the initiatives under them."""
    lanes = []
    if not plan.pmo.done:
        for lot in plan.pmo.lots[["lot", "begins", "live"]].to_dict("records"):
            lanes.append(Lane(lot["lot"], bars=[(style.BUILD, lot["begins"], lot["live"])]))
    return [*lanes, *initiative_lanes(plan)]


def _draw_initiatives(lanes: list[Lane], canvas: Canvas) -> None:
    gantt(canvas, lanes, span_of([day for lane in lanes for _, *ends in lane.bars for day in ends]))
    axes.key(canvas, {style.MEANINGS[look]: look for look in PHASES})


def initiative_text(plan: Plan) -> str:
    """How many initiatives are in use by the end of each of the first years."""
    taken = _taken(plan)
    years = taken["live"].map(months.fiscal_year)
    parts = [
        f"{labels.era_fiscal(int(year))}に{int(count)}件"
        for year, count in years.value_counts().sort_index().items()
    ]
    return f"使い始める見込みは、{'、'.join(parts)}。時期は四半期の目安。"


def money_figure(plan: Plan) -> Shown:
    """Money of the initiatives by fiscal year and fund, under the money that the city gives."""
    frame = _money(plan)
    if frame.empty:
        return none_text("DX施策の費用", NOBODY)
    limit, title = plan.portfolio.limit, f"{plan.city.name}のDX施策の費用と財源"
    shown = pd.DataFrame(
        {
            "fiscal": list(limit["fiscal"]),
            "own_once": frame["own_once"] / 1000,
            "fund_once": frame["fund_once"] / 1000,
            "running_cost": frame["running"] / 1000,
            "given_limit": limit["limit"] / 1000,
        }
    )
    source, draw = source_text(plan), partial(_draw_money, limit, frame)
    table = Table(shown, title, source, "fiscal")
    return style.fitted(draw, "portfolio-money", title, money_text(plan), source, table)


def _draw_money(limit: pd.DataFrame, frame: pd.DataFrame, canvas: Canvas) -> None:
    years, most = list(limit["fiscal"]), limit["limit"].max() / 1e6
    parts = [frame[name].to_numpy() / 1e6 for name in ("own_once", "fund_once", "running")]
    most = max(sum(parts).max(), most)
    panel = axes.year_panel(canvas, 104, years, most, "百万円", 0.5)
    charts.stacked_bars(panel, parts, FUNDS, (-0.3, 0.3))
    edges = [place - 0.5 for place in range(len(years) + 1)]
    panel.steps(edges, limit["limit"] / 1e6, LIMIT, "使える額(上限)")
    axes.key(canvas, panel.samples)


LIMIT = Pen(style.ALARM, 1.2, (3, 1))


def _money(plan: Plan) -> pd.DataFrame:
    """円 by fiscal year: own money and other funds of the cost once, and running cost."""
    money = plan.portfolio.money
    if money.empty:
        return pd.DataFrame()
    years = list(plan.portfolio.time.years)
    sums = money.groupby("fiscal")[["once", "yearly", "net"]].sum().reindex(years, fill_value=0.0)
    own = sums["net"] - sums["yearly"]
    frame = pd.DataFrame(
        {"own_once": own, "fund_once": sums["once"] - own, "running": sums["yearly"]}
    )
    return frame.reset_index(drop=True)


def money_text(plan: Plan) -> str:
    """The year that takes most, and what runs in the last one."""
    limit, frame = plan.portfolio.limit, _money(plan)
    most = limit["used"].idxmax()
    fiscal = int(limit.at[most, "fiscal"])
    last = frame["running"].iloc[-2:].max()
    return (
        f"一般財源が最も多い年度は{labels.era_fiscal(fiscal)}で"
        f"{labels.money_text(limit.at[most, 'used'])}の見込み。"
        f"使い始めた施策の運用費は、最後の年度までに年{labels.money_text(last)}ほどになる。"
    )


def load_figure(plan: Plan) -> Shown:
    """Work of the DX section: standardisation, initiatives, and what is staffed for them."""
    portfolio = plan.portfolio
    if portfolio.money.empty:
        return none_text("DX・情報部門の仕事", NOBODY)
    month = portfolio.time.month
    lots = plan.pmo.demand[plan.pmo.demand["role"] == "dx"].set_index("month")["fte"]
    moved = lots.reindex(list(month)).fillna(0.0).to_numpy()
    load, room = portfolio.load["dx"].to_numpy(), portfolio.load["room"].to_numpy()
    draw = partial(_draw_load, month, moved, load, room)
    busiest = load.argmax()
    sentence = (
        f"DX施策の仕事が最も重いのは{labels.month_text(month[busiest])}で"
        f"{labels.fte_text(load[busiest])}の見込み。人材の計画で推進に当てられる人手の内に収めた。"
    )
    title, source = f"{plan.city.name}のDX・情報部門の仕事", source_text(plan)
    frame = pd.DataFrame(
        {"month": month, "moved_fte": moved, "initiative_fte": load, "room_fte": room}
    )
    table = Table(frame, title, source, "month")
    return style.fitted(draw, "portfolio-load", title, sentence, source, table)


def _draw_load(
    month: Sequence[date], moved: Floats, load: Floats, room: Floats, canvas: Canvas
) -> None:
    top = 1.15 * max((moved + load).max(), room.max(), 0.1)
    panel = axes.month_chart(canvas, 96, month, top, "DX・情報部門の仕事(常勤換算の人数)")
    looks = {"標準化": style.BUILD, "DX施策": (style.SKY, "/")}
    charts.stacked_bars(panel, np.array([moved, load]), looks, line=0)
    edges = list(range(len(month) + 1))
    panel.steps(edges, room, LIMIT, "推進に当てられる人手(職員と外部人材)")
    axes.key(canvas, panel.samples)


def value_figure(plan: Plan) -> Shown:
    """What each initiative is worth, sureness as colour, its effort in words."""
    taken = _taken(plan)
    if len(taken) < FIRST:
        return none_text("効果と手間", NOBODY)
    efforts = [_effort(row.template, plan.city.number("work_scale")) for row in taken.itertuples()]
    title, source = f"{plan.city.name}のDX施策の効果と手間", source_text(plan)
    frame = pd.DataFrame(
        {
            "initiative_id": taken["id"],
            "initiative": taken["name"],
            "effort_months": efforts,
            "worth_yen": taken["worth"] / 1000,
            "sureness": taken["told"],
        }
    )
    frame = frame.sort_values("worth_yen", ascending=False, kind="stable")
    sentence = (
        "棒は計画の期間の効果から負担を引いた額で、上ほど大きい。"
        "手間は、情報部門と担当課の人月の合計。"
    )
    table, draw = Table(frame, title, source, "initiative"), partial(_draw_values, frame)
    return style.fitted(draw, "portfolio-value", title, sentence, source, table)


def _draw_values(frame: pd.DataFrame, canvas: Canvas) -> None:
    rows, words = frame.to_dict("records"), []
    for row in rows:
        worth = f"{row['worth_yen'] / 1000:,.1f}百万円"
        words.append((row["initiative"], f"{worth}、手間{row['effort_months']:,.1f}人月"))
    panels = axes.rows(canvas, words, 9, (0, max(frame["worth_yen"].max(), 1)))
    for row, panel in zip(rows, panels, strict=True):
        panel.boxes([(0, max(row["worth_yen"], 0), 0.1, 0.9)], LOOKS[row["sureness"]])
    told = dict.fromkeys(frame["sureness"])
    axes.key(canvas, {labels.word_of("sureness", one): LOOKS[one] for one in LOOKS if one in told})


def _effort(template: str, scale: float) -> float:
    """Person-months of the DX section and the leading office."""
    items = load_templates()[template]
    return scale * sum((item.dx + item.section) * (item.months or 1) for item in items)
