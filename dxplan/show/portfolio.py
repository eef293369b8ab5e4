"""The DX initiatives as figures and tables: what comes first, when, for how much, and what waits.

Hours are those that other towns claim or hope for; wherever they are added up the words say so.
What is chosen by usual costs and effects is told as presumed; how sure it is stands beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd

from dxplan.facts import months
from dxplan.plan.portfolio import Portfolio
from dxplan.plan.whole import Plan
from dxplan.show import charts, labels, style
from dxplan.show.charts import Panel, Pen
from dxplan.show.style import Look, Shown, Table, none_text
from dxplan.town.initiatives import common_value, load_initiatives, load_templates

TITLE = "標準化の次と並行して行うDX施策"
NOBODY = "この前提では、選べるDX施策がない。DX施策に使う予算と、推進の人手を確かめる。"
CLAIMED = "時間は、ほかの団体の申告・見込みに規模を掛けた値で、実績ではない"
ASSUMED = f"費用・効果・期間は、公表例と設計上の仮定({labels.UNCONFIRMED})から置いた値。"
FIRST = 3  # initiatives that are told first
LOOKS: dict[str, Look] = {"sure": style.OWN, "open": style.AMBER, "later": style.GREY}
PHASES: dict[str, Look] = {
    "企画・予算": style.GREY,
    "調達・構築・試行": style.MINT,
    "全体に広げる": style.OWN,
    "移行ロット": style.SLATE,
}
FUNDS: dict[str, Look] = {
    "初期費用(一般財源)": style.OWN,
    "初期費用(交付金・事業債)": style.MINT,
    "運用費": style.AMBER,
}
LEFT, RIGHT, TOP, BOTTOM, ROW = 2.6, 0.15, 0.2, 0.72, 0.24  # inches of the roadmap
LETTERS = 20  # of a name beside a row
APART = 0.062  # of the height between two words
SIZES = (3.0, 18.0)  # points across of the smallest and the largest amount


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


def _taken(plan: Plan) -> pd.DataFrame:
    """What is taken up, with how sure it is, by the first use."""
    row = plan.portfolio.row
    taken = row[row["state"] == "chosen"].merge(plan.choice.row, on="id", how="left")
    return taken.sort_values(["live", "id"], kind="stable").reset_index(drop=True)


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
    until = labels.fiscal_text(months.fiscal_year(taken["live"].max()))
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
        "「効果が費用に届かない」は、標準の費用と効果で数えた場合で、"
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
    note = f"やめる目安は設計上の仮定({labels.UNCONFIRMED})。{source_text(plan)}"
    return Table(frame, "DX施策の評価指標とやめる目安", _under(note), "initiative", none=NOBODY)


def hours_table(plan: Plan) -> Shown:
    """Hours given back by office, and where they go as the city says."""
    rows = _shown(plan)
    rows = rows[rows["hours"] > 0]
    hours = rows.groupby("lead", sort=False)[["hours", "counted"]].sum()
    front, change = (plan.city.number(name) / 100 for name in ("redeploy_front", "redeploy_change"))
    frame = pd.DataFrame(
        {
            "lead_office": hours.index,
            "claimed_hours": hours["hours"].to_numpy(),
            "counted_hours": hours["counted"].to_numpy(),
            "to_front": (hours["counted"] * front).to_numpy(),
            "to_change": (hours["counted"] * change).to_numpy(),
        }
    )
    note = (
        f"{CLAIMED}(申告・見込みの合計)。研修のステップ3の自動化の時間は研修の表で数え、"
        f"ここの「ノーコードでの内製」と重ねて合計しない。{source_text(plan)}"
    )
    title = "施策で生まれる見込みの時間と、その行き先"
    return Table(frame, title, _under(note), "lead_office", none="時間が生まれる施策はない。")


# --- figures --------------------------------------------------------------------------------------
def initiative_figure(plan: Plan) -> Shown:
    """Lots and initiatives on one axis of years."""
    taken = _taken(plan)
    if taken.empty:
        return none_text(TITLE, NOBODY)
    month = plan.portfolio.time.month
    lots = plan.pmo.lots
    count = len(lots) + len(taken)
    canvas = style.sheet(ROW * count + TOP + BOTTOM, style.WIDTH)
    box = (LEFT, BOTTOM, style.WIDTH - LEFT - RIGHT, ROW * count)
    panel = charts.month_panel(canvas, box, month, (count, 0))
    _draw_lots(panel, lots, month)
    _draw_taken(panel, taken, month, len(lots))
    charts.legend(canvas, panel.samples, (style.WIDTH / 2, 0.08), 4, charts.READ)
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
    source = source_text(plan)
    table = Table(frame, title, source, "initiative")
    return style.drawn(canvas, "portfolio", title, initiative_text(plan), source, table, True)


def initiative_text(plan: Plan) -> str:
    """How many initiatives are in use by the end of each of the first years."""
    taken = _taken(plan)
    years = taken["live"].map(months.fiscal_year)
    parts = [
        f"{labels.era_fiscal(int(year))}に{int(count)}件"
        for year, count in years.value_counts().sort_index().items()
    ]
    return f"使い始める見込みは、{'、'.join(parts)}。時期は四半期の目安。"


def _short(name: str) -> str:
    return name if len(name) <= LETTERS else f"{name[: LETTERS - 1]}…"


def _draw_lots(panel: Panel, lots: pd.DataFrame, month: Sequence[date]) -> None:
    boxes = []
    for row, lot in enumerate(lots.itertuples()):
        begin, end = (style.month_place(month, day) for day in (lot.begins, lot.live))
        boxes.append((begin, end, row + 0.22, row + 0.78))
        panel.y_words([row + 0.5], [_short(lot.lot)])
    panel.boxes(boxes, PHASES["移行ロット"], label="移行ロット" if boxes else "")
    if boxes:
        panel.level(len(lots), Pen(style.SOFT, 0.7))


def _draw_taken(panel: Panel, taken: pd.DataFrame, month: Sequence[date], first: int) -> None:
    parts: dict[str, list] = {name: [] for name in list(PHASES)[:3]}
    for row, one in enumerate(taken.itertuples(), first):
        days = (one.begins, one.contract, one.live, one.wide)
        places = [style.month_place(month, day) for day in days]
        for name, low, high in zip(parts, places, places[1:], strict=False):
            parts[name].append((low, high, row + 0.22, row + 0.78))
        panel.y_words([row + 0.5], [_short(one.name)])
    for name, boxes in parts.items():
        panel.boxes(boxes, PHASES[name], label=name)


def money_figure(plan: Plan) -> Shown:
    """Money of the initiatives by fiscal year and fund, under the money that the city gives."""
    frame = _money(plan)
    if frame.empty:
        return none_text("DX施策の費用", NOBODY)
    limit = plan.portfolio.limit
    years = list(limit["fiscal"])
    parts = [frame[name].to_numpy() / 1e6 for name in ("own_once", "fund_once", "running")]
    highest = max(sum(parts).max(), limit["limit"].max() / 1e6)
    canvas = style.sheet(3.2)
    panel = charts.year_panel(canvas, (0.62, 0.73, 6.44, 2.1), years, highest, "百万円", 0.5)
    charts.stacked_bars(panel, parts, FUNDS, (-0.3, 0.3))
    edges = [place - 0.5 for place in range(len(years) + 1)]
    panel.steps(edges, limit["limit"] / 1e6, Pen(style.ALARM, 1.2, (0, (3, 1))), "使える額(上限)")
    charts.legend(canvas, panel.samples, (3.6, 0.06), 4, charts.READ)
    title, source = f"{plan.city.name}のDX施策の費用と財源", source_text(plan)
    shown = pd.DataFrame(
        {
            "fiscal": years,
            "own_once": frame["own_once"] / 1000,
            "fund_once": frame["fund_once"] / 1000,
            "running_cost": frame["running"] / 1000,
            "given_limit": limit["limit"] / 1000,
        }
    )
    table = Table(shown, title, source, "fiscal")
    return style.drawn(canvas, "portfolio-money", title, money_text(plan), source, table)


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
    canvas = style.sheet(3.0)
    top = 1.15 * max((moved + load).max(), room.max(), 0.1)
    panel = charts.month_chart(canvas, (0.62, 0.78, 6.44, 1.85), month, top, "FTE")
    looks = {"標準化": style.SLATE, "DX施策": style.OWN}
    charts.stacked_bars(panel, [moved, load], looks, line=0)
    edges = list(range(len(month) + 1))
    panel.steps(edges, room, Pen(style.ALARM, 1.2, (0, (3, 1))), "推進に配した人手(職員と外部人材)")
    charts.legend(canvas, panel.samples, (3.6, 0.06), 3, charts.READ)
    busiest = load.argmax()
    sentence = (
        f"DX施策の仕事が最も重いのは{labels.month_text(month[busiest])}で"
        f"{labels.fte_text(load[busiest])}の見込み。人材の計画が推進に配した人手の内に収めた。"
    )
    title, source = f"{plan.city.name}のDX・情報部門の仕事", source_text(plan)
    frame = pd.DataFrame(
        {"month": month, "moved_fte": moved, "initiative_fte": load, "room_fte": room}
    )
    table = Table(frame, title, source, "month")
    return style.drawn(canvas, "portfolio-load", title, sentence, source, table)


def value_figure(plan: Plan) -> Shown:
    """Effort across, worth up, money as area, sureness as colour."""
    taken = _taken(plan)
    if len(taken) < FIRST:
        return none_text("効果と手間", NOBODY)
    efforts = [_effort(row.template, plan.city.number("work_scale")) for row in taken.itertuples()]
    worth = taken["worth"].clip(lower=0) / 1e6
    canvas = style.sheet(3.6)
    across, up = 1.6 * max(efforts), 1.2 * max(worth.max(), 1)
    panel = Panel(canvas, (0.7, 0.85, 6.3, 2.4), (0, across), (0, up))
    panel.x_numbers()
    panel.y_numbers()
    panel.frame("計画の期間の効果から負担を引いた額(百万円)と、手間(人月)")
    cost = (taken["once"] + taken["yearly"]).clip(lower=1)
    levels = _levels(efforts, list(worth), up * APART)
    for told, look in LOOKS.items():
        for place in taken.index[taken["told"] == told]:
            size = SIZES[0] + (SIZES[1] - SIZES[0]) * (cost[place] / cost.max()) ** 0.5
            name = _short(taken.at[place, "name"])
            pen = Pen(style.INK, 0, mark="o", size=size, face=look[0])
            panel.line([efforts[place]], [worth[place]], pen)
            panel.samples[labels.word_of("sureness", told)] = look
            panel.words(efforts[place], levels[place], name, (SIZES[1] / 2 + 3, 0), charts.READ)
    charts.legend(canvas, panel.samples, (3.6, 0.06), 3, charts.READ)
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
    sentence = "右ほど手間がかかり、上ほど効果が大きい。円の面積は初期費用と1年の運用費の和。"
    return style.drawn(
        canvas,
        "portfolio-value",
        title,
        sentence,
        source,
        Table(frame, title, source, "initiative"),
    )


def _levels(efforts: list[float], worth: list[float], apart: float) -> list[float]:
    """Where the words of the marks stand, so that none lies on another of its half."""
    levels = list(worth)
    below: dict[bool, float] = {}
    for place in sorted(range(len(worth)), key=lambda place: worth[place]):
        half = efforts[place] > max(efforts) / 2
        low = below.get(half, -apart) + apart
        levels[place] = max(worth[place], low)
        below[half] = levels[place]
    return levels


def _effort(template: str, scale: float) -> float:
    """Person-months of the DX section and the leading office."""
    items = load_templates()[template]
    return scale * sum((item.dx + item.section) * (item.months or 1) for item in items)
