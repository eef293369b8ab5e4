"""How sure the whole plan is: windows and their chances, money and date together, what drives it.

A cutover that is not decided is told as its quarter. Bars stand where windows are, one each; no
smooth curve is laid over them. Whatever is shown says that the ranges behind it are assumptions.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial

import pandas as pd

from dxplan.facts.catalog import source_title
from dxplan.plan.risk import Risk
from dxplan.plan.sample import SAMPLES
from dxplan.plan.selfcheck import slip_look_back
from dxplan.plan.whole import Plan
from dxplan.show import axes, labels, style
from dxplan.show.axes import Flag
from dxplan.show.charts import RULE, Canvas, Panel, Pen, Sample
from dxplan.show.sentences import sentence
from dxplan.show.state import as_of_text
from dxplan.show.style import Shown, Table, none_text

ASSUMED = f"前提の幅は仮定(確度G)。{labels.UNCONFIRMED}"
LAST = "最後のロット"
WHOLE = "期間の計"
SURE, REST = style.SURE, style.REST  # windows until P80, and after it
LOWER, HIGHER = style.LOWER, style.HIGHER  # ends of a factor
BAR = 9  # days of a bar on each side of its window
MOST = 10  # factors in the figure
FEW = 0.1  # months below which a factor is told to make no difference
MILLION = 1_000_000
LOT = "lot risk_p50 range risk_p80 risk_plain risk_chance risk_last".split()
DRIVER = "risk_factor risk_low risk_high risk_noise risk_yen_low risk_yen_high risk_told".split()


def source_text(found: Risk) -> str:
    """Where the numbers come from, and that the ranges are assumptions."""
    city = found.plan.city
    return f"出典: この計画の試算({SAMPLES:,}通りの条件)。{as_of_text(city)}{ASSUMED}。"


def _none(found: Risk, title: str) -> Shown:
    return none_text(title, _reason(found))


def _reason(found: Risk) -> str:
    """Why nothing can be late: what is said of the situation stands on the page already."""
    return sentence("risk.open" if found.plan.city.situation == "questions" else "risk.after")


def _lot_word(name: str) -> str:
    return name or LAST


# --- in words -------------------------------------------------------------------------------------
def outlook_text(found: Risk) -> str:
    """When the last lot is live, how sure the end date and the money are."""
    if found.done:
        return _reason(found)
    row, whole = found.last.iloc[0], found.year.iloc[-1]
    end = labels.date_text(found.plan.city.at("end_date").day)
    both = found.joint.set_index(["level", "due"]).at[("planned", "end"), "both"]
    return sentence(
        "risk.outlook",
        last=last_text(found),
        end=end,
        chance=labels.chance_text(row["chance"]),
        both=labels.chance_text(both),
        assumed=ASSUMED,
        **{name: labels.money_text(whole[name]) for name in ("planned", "p50", "p80")},
    )


def last_text(found: Risk) -> str:
    """When the last lot is live in half and in four fifths of the samples."""
    row = found.last.iloc[0]
    return sentence("risk.last", p50=_by_text(row["p50"]), p80=_by_text(row["p80"]))


def _by_text(day: date | None) -> str:
    """A quantile of a go-live as words that go on."""
    if day is None:
        return "計画の期間の後"
    return f"{labels.quarter_text(day)}まで"


def outlook_paragraph(found: Risk) -> Shown:
    """The sentences of ``outlook_text`` as a paragraph; why there is no risk without lots."""
    if found.done:
        return _none(found, "リスクの見通し")
    return style.paragraph(outlook_text(found), "reading")


# --- windows --------------------------------------------------------------------------------------
def window_figure(found: Risk) -> Shown:
    """Chance of each window, a row a lot: a bar a window, the last two of ten told apart."""
    title = "切替の窓ごとの見込み"
    if found.done:
        return _none(found, title)
    source = f"棒は切替の窓(閉庁日)1つずつ。表は四半期ごとの計。\n{source_text(found)}"
    name, data = f"{found.plan.city.name}の{title}", quarter_table(found)
    draw = partial(_draw_windows, found)
    return style.fitted(draw, "risk-window", name, last_text(found), source, data)


def _draw_windows(found: Risk, canvas: Canvas) -> None:
    names = list(dict.fromkeys(found.window["lot"]))
    if len(names) == 2:
        names = names[:1]  # a single lot is the last one too
    x, end = _span(found), found.plan.city.at("end_date").day
    flag = Flag(end.toordinal(), f"期限 {labels.date_text(end)}", Pen(style.ALARM, 1.2))
    axes.flag_words(canvas, x, [flag], 1, canvas.width - 2)
    for name in names:
        rows = found.window[found.window["lot"] == name]
        axes.say(canvas, _lot_word(name), _most_text(rows))
        panel = _window_panel(canvas, x, rows)
        panel.upright(flag.place, flag.pen)
    axes.fiscal_words(panel, axes.day_edges(x))
    samples: dict[str, Sample] = {"8割の確率で終わるまで": SURE, "残りの2割": REST}
    axes.key(canvas, samples)


def _most_text(rows: pd.DataFrame) -> str:
    """The likeliest window of a lot."""
    highest = rows.loc[rows["share"].idxmax()]
    percent = f"{labels.percent_text(highest['share'])}%"
    if pd.isna(highest["live"]):
        return f"最も多いのは{labels.BEYOND}({percent})"
    return f"最も多い窓は{labels.quarter_text(highest['live'])}({percent})"


def _span(found: Risk) -> tuple[int, int]:
    """First and last day of the figure."""
    days = [day for day in found.window["live"] if not pd.isna(day)]
    end = found.plan.city.at("end_date").day
    first = min(days).toordinal() - 60
    return first, max(*days, end).toordinal() + 60


def _window_panel(canvas: Canvas, x: tuple[int, int], rows: pd.DataFrame) -> Panel:
    """The bars of one lot; what finds no window stands at the right edge."""
    panel = axes.below(canvas, 34, x, (0, rows["share"].max() * 1.05), left=1, right=1)
    before = rows["by"] - rows["share"]
    for look, part in ((SURE, rows[before < 0.8]), (REST, rows[before >= 0.8])):
        boxes = []
        for live, share in zip(part["live"], part["share"], strict=True):
            place = x[1] - BAR if pd.isna(live) else live.toordinal()
            boxes.append((place - BAR, place + BAR, 0, share))
        panel.boxes(boxes, look, line=0.25)
    panel.level(0, RULE)
    return panel


def quarter_table(found: Risk) -> Table:
    """Chance of each quarter by lot, and until its end."""
    rows = []
    for name, part in found.window.groupby("lot", sort=False):
        words = [labels.outlook_text(None if pd.isna(day) else day) for day in part["live"]]
        by_quarter = part.assign(word=words).groupby("word", sort=False)
        for word, windows in by_quarter:
            row = {
                "lot": _lot_word(name),
                "risk_when": word,
                "risk_share": windows["share"].sum(),
                "risk_by": windows["by"].iloc[-1],
            }
            rows.append(row)
    frame = pd.DataFrame(rows, columns="lot risk_when risk_share risk_by".split())
    title = "四半期ごとの稼働の見込み"
    return Table(frame, title, source_text(found), "risk_when", "lot", _reason(found))


def outlook_table(found: Risk) -> Table:
    """Each lot and the last one: median, range, P80 with and without events, the end date."""
    rows = []
    for row in pd.concat([found.lot, found.last]).to_dict("records"):
        told = {
            "lot": _lot_word(row["lot"]),
            "risk_p50": labels.quarters_text(row["p50"], row["p50"]),
            "range": labels.quarters_text(row["p20"], row["p80"]),
            "risk_p80": labels.quarters_text(row["p80"], row["p80"]),
            "risk_plain": labels.quarters_text(row["plain"], row["plain"]),
            "risk_chance": labels.chance_text(row["chance"]),
            "risk_last": row["last"],
        }
        rows.append(told)
    note = (
        "出来事は、ベンダの延期・撤退、判定の不合格、予算・異動・標準仕様の改定など。"
        "80%の時期は、試した数による誤差(割合で±1.2ポイント)を持つ。\n"
        f"{source_text(found)}"
    )
    frame = pd.DataFrame(rows, columns=LOT)
    return Table(frame, "出来事を加えた稼働の見通し", note, "lot", none=_reason(found))


# --- money and people -----------------------------------------------------------------------------
MONEY_NOTE = (
    "新たな経費と、今の契約の延長の計。年度ごとの値は足しても期間の計の値にならない。"
    "稼働が遅れると、増える運用経費の始まりも遅れるため、期間の計は減ることがある。"
)


def year_table(found: Risk) -> Table:
    """Yen by fiscal year: the plan, P50, P80, what P80 is above the plan."""
    frame = _yearly(found.year, 1 / 1000)
    note = f"{MONEY_NOTE}予備費の目安は、80%の値が計画を上回る額で、予算の要求に含めていない。"
    table = frame.rename(
        columns={
            "planned": "risk_planned_yen",
            "p50": "risk_yen_p50",
            "p80": "risk_yen_p80",
            "more": "risk_spare",
        }
    )
    source = f"{note}\n{source_text(found)}"
    return Table(table, "年度ごとの経費の幅", source, "risk_year", none=_reason(found))


def _yearly(frame: pd.DataFrame, factor: float) -> pd.DataFrame:
    """A table by year with its words, and the other columns in another unit."""
    words = [labels.fiscal_text(year) if year else WHOLE for year in frame["fiscal"]]
    rest = frame.drop(columns="fiscal") * factor
    rest.insert(0, "risk_year", words)
    return rest


def group_table(found: Risk) -> Table:
    """Yen by item over all years."""
    frame = found.item[["planned", "p50", "p80"]] / 1000
    frame.columns = ["risk_planned_yen", "risk_yen_p50", "risk_yen_p80"]
    frame.insert(0, "risk_item", found.item["item"])
    source = f"{MONEY_NOTE}\n{source_text(found)}"
    return Table(frame, "経費の項目ごとの幅", source, "risk_item", none=_reason(found))


def people_table(found: Risk) -> Table:
    """Person-months that are short by fiscal year."""
    frame = _yearly(found.people, 1.0)
    frame.columns = ["risk_year", "risk_planned_short", "risk_short_p50", "risk_short_p80"]
    note = "DX推進の仕事を後に回しても、移行に足りない人手。任用・契約と研修は計画のまま。"
    source = f"{note}\n{source_text(found)}"
    return Table(frame, "移行に足りない人手の幅", source, "risk_year", none=_reason(found))


def joint_table(found: Risk) -> Table:
    """The chance that money and date both hold."""
    rows = []
    for row in found.joint.to_dict("records"):
        told = {
            "risk_level": row["level"],
            "risk_money": row["yen"] / 1000,
            "risk_due": row["due"],
            "risk_day": row["day"],
            "risk_holds": labels.chance_text(row["money"]),
            "risk_timely": labels.chance_text(row["date"]),
            "risk_both": labels.chance_text(row["both"]),
        }
        rows.append(told)
    columns = "risk_level risk_money risk_due risk_day risk_holds risk_timely risk_both".split()
    frame = pd.DataFrame(rows, columns=columns)
    note = f"額と期日は同じ条件で比べる。\n{source_text(found)}"
    return Table(frame, "額と期日をともに守れる見込み", note, "risk_level", none=_reason(found))


# --- what sets it, what drives it -----------------------------------------------------------------
def cause_table(found: Risk) -> Table:
    """What sets the go-live in the samples: share by cause."""
    frame = found.cause[found.cause["share"] > 0]
    table = pd.DataFrame(
        {
            "lot": frame["lot"].map(_lot_word),
            "risk_cause": frame["cause"],
            "risk_share": frame["share"],
        }
    )
    note = f"試した条件のうち、稼働の時期をそれが決めた割合。\n{source_text(found)}"
    return Table(table, "稼働の時期を決めるもの", note, "risk_cause", "lot", _reason(found))


def driver_table(found: Risk) -> Table:
    """Each factor at its low and its high end: months, yen, and whether it makes a difference."""
    rows = []
    for row in found.driver.to_dict("records"):
        told = {
            "risk_factor": _factor_word(found, row),
            "risk_low": row["low"],
            "risk_high": row["high"],
            "risk_noise": row["noise"],
            "risk_yen_low": row["yen_low"] / MILLION,
            "risk_yen_high": row["yen_high"] / MILLION,
            "risk_told": _difference_text(row),
        }
        rows.append(told)
    note = (
        "最後の稼働の平均の差と、期間の計の平均の差。同じ条件で比べる。"
        "出来事は、起きない場合と必ず起きる場合、"
        "ほかは幅の下から10%と90%の点。誤差(標準誤差の2倍)に満たない差は、差がないとする。\n"
        f"{source_text(found)}"
    )
    frame = pd.DataFrame(rows, columns=DRIVER)
    return Table(frame, "幅を動かすもの", note, "risk_factor", none=_reason(found))


def _factor_word(found: Risk, row: dict) -> str:
    events = {event.id: event.label for event in found.events}
    factor = row["factor"]
    return events.get(factor) or labels.word_of("risk_factor", factor)


def _swing(row: dict) -> float:
    """Months by which a factor moves the last go-live at most; 0 where it is noise."""
    most = max(abs(row["low"]), abs(row["high"]))
    return most if most > max(row["noise"], FEW) else 0.0


def _difference_text(row: dict) -> str:
    """What a factor moves, as far as it is more than noise."""
    moved = []
    if _swing(row):
        moved.append("時期")
    if max(abs(row["yen_low"]), abs(row["yen_high"])) > max(row["yen_noise"], MILLION):
        moved.append("額")
    return "・".join(moved) or "差がない"


def driver_figure(found: Risk) -> Shown:
    """The factors that move the last go-live most, as bars to both sides."""
    title = "最後の稼働を動かすもの"
    rows = [row for row in found.driver.to_dict("records") if _swing(row)][:MOST]
    if not rows:
        return _none(found, title)
    name, draw = f"{found.plan.city.name}の{title}", partial(_draw_factors, found, rows)
    source, text = source_text(found), driver_text(found)
    return style.fitted(draw, "risk-driver", name, text, source, driver_table(found))


def _draw_factors(found: Risk, rows: Sequence[dict], canvas: Canvas) -> None:
    """A bar to each side of nothing in each row, its months behind its name."""
    low = min(0.0, *(row["low"] for row in rows))
    high = max(0.0, *(row["high"] for row in rows))
    axes.say(canvas, "最後の稼働の差(か月、平均)", size=axes.HEAD)
    words = []
    for row in rows:
        ends = "〜".join(labels.signed_text(row[end]) for end in ("low", "high"))
        words.append((_factor_word(found, row), ends))
    panels = axes.rows(canvas, words, 10, (low - 0.1, high + 0.1))
    for row, panel in zip(rows, panels, strict=True):
        for end, look in (("low", LOWER), ("high", HIGHER)):
            left, right = sorted((0.0, row[end]))
            panel.boxes([(left, right, 0.1, 0.9)], look)
        panel.upright(0, Pen(width=0.8), 4)
    axes.key(canvas, {"低い側・起きない場合": LOWER, "高い側・必ず起きる場合": HIGHER})


def driver_text(found: Risk) -> str:
    """What moves the last go-live most, and what makes no difference."""
    rows = found.driver.to_dict("records")
    moving = [row for row in rows if _swing(row)]
    if not moving:
        return sentence("risk.driver.none")
    first = max(moving, key=_swing)
    swing = labels.months_text(_swing(first))
    text = sentence("risk.driver", factor=_factor_word(found, first), months=swing)
    still = []
    for row in rows:
        if not _swing(row) and row["kind"] != "price":
            still.append(f"「{_factor_word(found, row)}」")
    if still:
        text += sentence("risk.driver.still", factors="、".join(still))
    return text


def case_table(found: Risk) -> Table:
    """Named cases side by side: nothing happens, as drawn, each event for sure."""
    events = {event.id: f"{event.label}場合" for event in found.events}
    rows = []
    for row in found.case.to_dict("records"):
        name = row["case"]
        told = {
            "risk_case": events.get(name) or labels.word_of("risk_case", name),
            "risk_p50": labels.outlook_text(row["p50"]),
            "risk_p80": labels.outlook_text(row["p80"]),
            "risk_chance": labels.chance_text(row["chance"]),
            "risk_yen_p50": row["yen_p50"] / 1000,
            "risk_yen_p80": row["yen_p80"] / 1000,
            "risk_short_p50": row["short"],
        }
        rows.append(told)
    columns = (
        "risk_case risk_p50 risk_p80 risk_chance risk_yen_p50 risk_yen_p80 risk_short_p50".split()
    )
    frame = pd.DataFrame(rows, columns=columns)
    note = f"1つの出来事が必ず起き、ほかは見込みのとおりの場合。{MONEY_NOTE}\n{source_text(found)}"
    return Table(frame, "出来事が起きた場合", note, "risk_case", none=_reason(found))


def event_table(found: Risk) -> Table:
    """The events with chance, effect, length, source and grade."""
    rows = []
    for event in found.events:
        length = "次の機会まで"
        if event.mode == event.mode:  # nan where the length is no number
            ends = (labels.number_text(n) for n in (event.low, event.mode, event.high))
            length = f"{'・'.join(ends)}{event.unit}"
        row = {
            "risk_event": event.label,
            "risk_scope": event.scope,
            "risk_p": event.p,
            "risk_length": length,
            "as_of": event.as_of,
            "source": source_title(event.source),
            "grade": event.grade,
            "note": event.note,
        }
        rows.append(row)
    note = (
        "見込みは1回当たり。長さは三角分布の最小・最もありそう・最大。"
        f"団体の経験で置き換える。\n{source_text(found)}"
    )
    return Table(pd.DataFrame(rows), "起こりうる出来事", note, "risk_event")


# --- the schedule against public rules ------------------------------------------------------------
def selfcheck_table(plan: Plan) -> Table:
    """The self-check of the schedule: rule, what is measured, limit, whether it is met."""
    rows = []
    for row in plan.checks.to_dict("records"):
        measured = limit = labels.MISSING
        if row["measured"] == row["measured"]:
            measured = f"{labels.number_text(round(row['measured'], 1))}{row['unit']}"
            limit = f"{labels.number_text(row['limit'])}{row['unit']}"
        told = {
            "check_practice": row["practice"],
            "check_rule": row["rule"],
            "check_measured": measured,
            "check_limit": limit,
            "check_standing": row["standing"],
        }
        rows.append(told)
    columns = "check_practice check_rule check_measured check_limit check_standing".split()
    frame = pd.DataFrame(rows, columns=columns)
    note = (
        "番号は、米国会計検査院(GAO)の日程の手引(GAO-16-89G)の10の実践。割合の基準は、米国国防契約管理局(DCMA)の"
        "14項目による(記憶による。要確認)。日本の規則ではなく、計画の点検に用いる。"
        f"{look_back_text()}\n{source_text(plan.risk)}"
    )
    none = _reason(plan.risk)
    return Table(frame, "日程の自己点検", note, "check_rule", none=none)


def look_back_text() -> str:
    """What would have been told of the late list, and what came."""
    seen = slip_look_back()
    low, high, came = (labels.percent_text(share) for share in (seen.low, seen.high, seen.seen))
    return (
        "延期の割合は、令和7年4月〜10月の公表だけから見込むと、"
        f"{labels.month_text(seen.until)}の幅(80%)が{low}〜{high}%となり、実際の{came}%を含む。"
        "そうなるまで、延期に共通する要因の幅を広げてある。"
    )
