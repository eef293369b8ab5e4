"""The PMO roadmap as figures and tables.

The Gantt of the lots, how sure they are, budget occasions, reasons, loads.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pandas as pd

from dxplan.facts import months
from dxplan.plan.parts import Parts
from dxplan.plan.pmo import PmoPlan
from dxplan.show import axes, charts, labels, style
from dxplan.show.axes import Flag
from dxplan.show.charts import Canvas, Pen, Sample, Scale
from dxplan.show.lanes import EARLIEST, MEDIAN, Bar, Lane, gantt, span_of
from dxplan.show.state import as_of_text, question_text, situation_text
from dxplan.show.style import Shown, Table, none_text

ASSUMED = (
    f"作業の期間・人員・ベンダの時期は仮定を含む({labels.UNCONFIRMED}。「前提と出典」の表を参照)"
)
RANGE = (
    "見通しは、作業の期間とベンダの時期のばらつきを4,000通り試した中央値と、20〜80%の幅。"
    "ベンダの撤退などの出来事は含まない(含めた確率は「リスクの見通し」に示す)。"
    f"幅のもとは仮定である({labels.UNCONFIRMED})。最も早い予定は、遅れがまったくない場合の切替の時期"
)
LOT_COLUMNS = (
    "lot systems vendor contract offered told range chance earliest set_by extension"
).split()
STAGES = (style.ASK, style.BUILD, style.SPREAD)
STAGE = dict.fromkeys(style.PHASE, 1) | {"papers": 0, "budget": 0, "tender": 0, "care": 2}
GATE = Pen(width=1.4, mark="v", size=5)
WINDOW = Pen(style.SOFT, 0, mark="|", size=8)


def done_text(plan: PmoPlan) -> str:
    """Why there is no roadmap without lots: nothing is left, or there are only open questions."""
    return f"{situation_text(plan.city)}{question_text(plan.city)}"


def source_text(plan: PmoPlan) -> str:
    """Where the numbers of a plan come from, and of which day they speak."""
    start = labels.date_text(plan.start)
    return f"出典: この計画の試算(計画の開始 {start})。{as_of_text(plan.city)}{ASSUMED}"


def outcome_text(plan: PmoPlan) -> str:
    """How much better the plan might become; 計算不要 where nothing is left."""
    if plan.done:
        return "計算不要"
    return labels.outcome_text(plan.outcome)


def status_line(plan: PmoPlan) -> Shown:
    """Status of the calculation with what its words mean."""
    if plan.done:
        return style.paragraph(f"試算の精度: {outcome_text(plan)}。", "status")
    return style.paragraph(labels.precision_text(plan.outcome), "status")


# --- how sure -------------------------------------------------------------------------------------
def median_text(row: pd.Series) -> str:
    """The P50 quarter of a row of ``told``; more where the samples cannot tell it from the next."""
    return labels.quarters_text(row["p50_from"], row["p50_to"])


def range_text(row: pd.Series) -> str:
    """P20 to P80 as quarters; more where the samples cannot tell P80 from its neighbours."""
    return labels.quarters_text(row["p20"], row["p80_to"])


def told_text(row: pd.Series) -> str:
    """Median and range in one: 2028年度第4四半期(幅 2028年度第2四半期〜第4四半期)."""
    return f"{median_text(row)}(幅 {range_text(row)})"


def last_text(plan: PmoPlan) -> str:
    """What is told of the last lot: median, range, and the chance of the end date."""
    if plan.done:
        return "該当なし"
    row = plan.told.last.iloc[0]
    end = labels.date_text(plan.city.at("end_date").day)
    return f"{told_text(row)}、期限({end})に間に合う確率{labels.chance_text(row['chance'])}"


def window_text(row: pd.Series) -> str:
    """The plan's own window: a day where the city has set it, else its quarter.

    A day that is set and cannot be kept is told beside it.
    """
    text = labels.when_text(row["live"], row["decided"])
    if row["decided"] or row["planned"] is None:
        return text
    return f"{text}(団体が定めた{labels.date_text(row['planned'])}には間に合わない)"


# --- the roadmap ----------------------------------------------------------------------------------
def roadmap_figure(plan: PmoPlan, others: Sequence[Lane] = ()) -> Shown:
    """A line a lot and what else is begun: phases as colours, the range as a whisker, budgets.

    Parameters
    ----------
    others : rows under the lots.
    """
    if plan.done:
        return none_text("ロードマップ", done_text(plan))
    title, source = f"{plan.city.name}の標準化ロードマップ", f"{RANGE}\n{source_text(plan)}"
    lots = _lot_lanes(plan)
    lanes = [*_head_lanes(plan), *lots, *others]
    days = [plan.start, plan.city.at("end_date").day, *plan.told.lot["p80"]]
    for lane in (*lots, *others):
        days += [day for _, *ends in lane.bars for day in ends]
    draw = partial(_draw_roadmap, lanes, span_of(days), _flags(plan))
    table = _bars_table(plan)
    return style.fitted(draw, "roadmap", title, roadmap_text(plan), source, table)


def _draw_roadmap(lanes: Sequence[Lane], x: Scale, flags: Sequence[Flag], canvas: Canvas) -> None:
    gantt(canvas, lanes, x, flags)
    axes.key(canvas, _samples(lanes))


def roadmap_text(plan: PmoPlan) -> str:
    """The sentence of the Gantt: how many lots, when the last one is seen, how likely in time."""
    systems = f"{int(plan.lots['systems'].sum())}システム"
    if plan.lots["common"].any():
        systems += "と共通機能"
    return (
        f"未移行の{systems}を{len(plan.lots)}件の移行ロットで移す。"
        f"出来事を除くと、最後の稼働の見通しは{last_text(plan)}。"
    )


def _lot_lanes(plan: PmoPlan) -> list[Lane]:
    told = {row["lot"]: row for row in plan.told.lot.to_dict("records")}
    tasks: dict[str, list[dict]] = {}
    for task in plan.task[["lot", "phase", "start", "finish"]].to_dict("records"):
        if task["phase"] in STAGE:
            tasks.setdefault(task["lot"], []).append(task)
    lanes = []
    for lot in plan.lots.to_dict("records"):
        name = lot["lot"]
        sure, systems = told[name], "・".join(lot["businesses"])
        whisker = (sure["p20"], sure["p50"], sure["p80"])
        bars = _stages(tasks.get(name, []))
        lanes.append(Lane(name, told_text(sure), systems, bars, whisker, lot["live"]))
    return lanes


def _stages(tasks: list[dict]) -> list[Bar]:
    """Tasks of a lot as bars of its stages; those that meet are one."""
    bars: list[Bar] = []
    for task in sorted(tasks, key=lambda task: (STAGE[task["phase"]], task["start"])):
        look, start, finish = STAGES[STAGE[task["phase"]]], task["start"], task["finish"]
        if bars and bars[-1][0] == look and start <= bars[-1][2] + months.DAY:
            start, finish = bars[-1][1], max(finish, bars[-1][2])
            bars.pop()
        bars.append((look, start, finish))
    return bars


def _head_lanes(plan: PmoPlan) -> list[Lane]:
    """The budgets in use, and the windows in which can be cut over."""
    gates = plan.gate.drop_duplicates(["gate", "fiscal"])
    asked = [(list(days), GATE) for days in gates[["request_by", "available"]].to_numpy()]
    words = "・".join(dict.fromkeys(gates["gate"]))
    closed = [closure.start for closure in plan.closures if closure.start >= plan.start]
    lanes = [Lane("予算の要求締切から執行まで", words, marks=asked)] if asked else []
    return [*lanes, Lane("切替のできる窓(閉庁日)", marks=[(closed, WINDOW)])]


def _flags(plan: PmoPlan) -> list[Flag]:
    """Start, target and end of the plan."""
    target = plan.city.at("target_date")
    aim = labels.aim_text(target.guessed)
    days = (
        (plan.start, "計画の開始", Pen()),
        (target.day, aim, Pen(style.BLUE, dashes=(4, 2))),
        (plan.city.at("end_date").day, "期限", Pen(style.ALARM)),
    )
    return [
        Flag(day.toordinal(), f"{word} {labels.date_text(day)}", pen) for day, word, pen in days
    ]


def _samples(lanes: Sequence[Lane]) -> dict[str, Sample]:
    """What the colours and marks of the roadmap mean."""
    present = {look for lane in lanes for look, *_ in lane.bars}
    samples: dict[str, Sample] = {}
    for look in STAGES:
        if look in present:
            samples[style.MEANINGS[look]] = look
    return samples | {
        "見通し(●中央値、線は20〜80%)": MEDIAN._replace(width=1.3),
        "最も早い予定": EARLIEST,
        "予算の要求締切〜執行": GATE,
    }


def _bars_table(plan: PmoPlan) -> Table:
    frame = _told_tasks(plan)[["lot", "item", "phase", "begin", "end"]]
    return Table(frame, "ロードマップの作業", source_text(plan), "item", "lot")


def _told_tasks(plan: PmoPlan) -> pd.DataFrame:
    """The bars with dates as they are told: days if decided, else quarters of the earliest plan."""
    begin = labels.days_text(plan.task, "start")
    return plan.task.assign(begin=begin, end=labels.days_text(plan.task, "finish"))


# --- tables ---------------------------------------------------------------------------------------
def lot_table(plan: PmoPlan) -> Table:
    """The lots: systems, contract, what is told of the date, what sets it, extension."""
    told = plan.told.lot.set_index("lot")
    rows = []
    for _, lot in plan.lots.iterrows():
        sure = told.loc[lot["lot"]]
        rows.append(
            {
                "lot": lot["lot"],
                "systems": "・".join(lot["businesses"]),
                "vendor": lot["vendor"] or labels.UNCONFIRMED,
                "contract": _contract_text(lot),
                "offered": _offer_text(lot),
                "told": median_text(sure),
                "range": range_text(sure),
                "chance": labels.chance_text(sure["chance"]),
                "earliest": window_text(lot),
                "set_by": lot["set_by"],
                "extension": _extension_text(lot, plan.extension_yen[lot["lot"]]),
            }
        )
    note = (
        f"{RANGE}\n契約の有無は、書かれていなければ完了ステップから見たもの"
        f"({labels.UNCONFIRMED})。\n{source_text(plan)}"
    )
    frame = pd.DataFrame(rows, columns=LOT_COLUMNS)  # a city without lots has them too
    return Table(frame, "移行ロット", note, "lot", none=done_text(plan))


def _contract_text(row: pd.Series) -> str:
    text = "未契約"
    if row["contracted"]:
        text = "契約済み"
    if row["presumed"]:
        text += "とみなす(要確認)"
    return text


def _offer_text(row: pd.Series) -> str:
    text = f"未提示({labels.UNCONFIRMED})"
    if row["offered"] is not None:
        text = f"{labels.date_text(row['offered'])}({row['sure']})"
    if row["reason"]:
        text += f"。遅れの理由: {row['reason']}"
    return text


def _extension_text(row: pd.Series, yen: int) -> str:
    if row["contract_end"] is None:
        return f"現行契約の終わりは{labels.UNCONFIRMED}"
    if not row["extension"]:
        return "不要"
    amount = f"{row['extension']}か月・{labels.yen_text(yen)}"
    return f"{amount}、{labels.date_text(row['decide_by'])}までに決める"


def gate_table(plan: PmoPlan) -> Table:
    """The budget of each lot: ask by, spend from, and what missing it costs."""
    reason = (
        "残る作業に、新たな予算の議決を要するものはない(契約済み、または予算要求済みとみなす)。"
    )
    if plan.done:
        reason = done_text(plan)
    note = (
        f"予算の時期の出典は「前提と出典」の表を参照({labels.UNCONFIRMED}を含む)。"
        "逃した場合の遅れは、次に執行できる日までの月数"
    )
    return Table(plan.gate, "移行ロットごとの予算要求の期限", note, "lot", none=reason)


def why_table(plan: Parts) -> Table:
    """Each lot under other conditions: P50, months against the plan, chance of the end date."""
    note = (
        "差は「この計画」との比較で、同じ4,000通りの条件のもとでの稼働の差の平均。"
        "負の値は早まることを示す。"
        "「切替を次の候補日にした場合」の差は最も早い予定との比較で、"
        "見込みはその日までに切り替えられる割合"
    )
    rows = plan.why.assign(
        told=plan.why["p50"].map(labels.outlook_text),
        chance=plan.why["chance"].map(labels.chance_text),
    )
    rows = rows.sort_values("lot", kind="stable")[["lot", "scenario", "told", "months", "chance"]]
    return Table(rows, "条件を変えたときの見通し", note, "scenario", "lot", done_text(plan.pmo))


def branch_table(plan: Parts) -> Table:
    """The open questions both ways, side by side: systems, lots, dates, yen, people."""
    title = "要確認の両方の場合"
    branches = plan.branches
    if len(branches) == 1:
        return Table(branches.iloc[:0], title, none="要確認のシステムはない。")
    rows = []
    for branch in branches.to_dict("records"):
        # With nothing late there is no lot, and so nothing to see.
        told = span = chance = "該当なし"
        if branch["lots"]:
            told = labels.outlook_text(branch["p50"])
            span = labels.quarters_text(branch["p20"], branch["p80"])
            chance = labels.chance_text(branch["chance"])
        rows.append(branch | {"told": told, "range": span, "chance": chance})
    columns = "branch systems common lots told range chance yen effort".split()
    frame = pd.DataFrame(rows)[columns].rename(columns={"systems": "left"})
    note = (
        f"{question_text(plan.city)}\n移行経費は1システム当たりの単価による"
        f"({labels.UNCONFIRMED})。\n{source_text(plan.pmo)}"
    )
    return Table(frame, title, note, "branch")


def task_table(plan: PmoPlan) -> Table:
    """Every work item (WBS) with its dates as they are told, people and slack."""
    columns = "lot item phase lead begin end weeks dx_fte section_fte vendor_work slack".split()
    frame = _told_tasks(plan).assign(vendor_work=plan.task["vendor"] > 0)[columns]
    note = (
        "切替の日が決まっていないロットの作業は、最も早い予定の四半期で示す。"
        f"余裕は、切替を動かさずに遅れてよい週数。\n{source_text(plan)}"
    )
    return Table(frame, "作業項目の一覧(WBS)", note, "item", "lot", done_text(plan))


def demand_table(plan: PmoPlan) -> Table:
    """People wanted by fiscal year and role: person-months in all, and the peak month."""
    years = plan.demand["month"].map(months.fiscal_year).rename("fiscal")
    rows = []
    for (fiscal, role), part in plan.demand.groupby([years, "role"]):
        peak = part.loc[part["fte"].idxmax()]
        rows.append((fiscal, role, part["fte"].sum(), peak["fte"], peak["month"]))
    frame = pd.DataFrame(rows, columns=["fiscal", "role", "effort", "peak", "month"])
    # Roles stand in the order of all tables, not by their letters.
    frame["role"] = pd.Categorical(frame["role"], list(labels.words_of("role")))
    frame = frame.sort_values(["fiscal", "role"]).astype({"role": "object"})
    source = source_text(plan)
    return Table(frame, "年度ごとに必要な人員", source, "role", "fiscal", done_text(plan))


# --- the loads ------------------------------------------------------------------------------------
def load_figure(plan: PmoPlan) -> Shown:
    """Load against what there is by month: DX section, all sections together."""
    if plan.done:
        return none_text("負荷", done_text(plan))
    columns = ["load", "capacity", "short"]
    total = plan.load.groupby(["kind", "month"], sort=False, as_index=False)[columns].sum()
    source = source_text(plan)
    table = Table(total, "月ごとの負荷と使える量", source, "month", "kind")
    title, draw = f"{plan.city.name}の月ごとの負荷", partial(_draw_loads, total)
    return style.fitted(draw, "load", title, load_text(plan), source, table)


TITLES = {"dx": "DX・情報部門(常勤換算の人数)", "section": "業務所管課の合計(常勤換算の人数)"}
ROOM = Pen(style.ALARM, 1.3)


def _draw_loads(total: pd.DataFrame, canvas: Canvas) -> None:
    for kind, title in TITLES.items():
        _draw_load(canvas, total[total["kind"] == kind], kind, title)
    samples = {TITLES[kind]: style.ROLE[kind] for kind in TITLES}
    axes.key(canvas, {**samples, "使える量": ROOM})


def _draw_load(canvas: Canvas, part: pd.DataFrame, kind: str, title: str) -> None:
    """Bars of the load under a step of the capacity."""
    count, top = len(part), part[["capacity", "load"]].max(axis=None) * 1.12
    panel = axes.month_chart(canvas, 66, list(part["month"]), top, title)
    charts.stacked_bars(panel, [part["load"]], {"": style.ROLE[kind]}, (0, 0.95), 0)
    panel.steps(range(count + 1), part["capacity"], ROOM)


def load_text(plan: PmoPlan) -> str:
    """How much of the work finds nobody on the plan's dates, and where most of it is missing."""
    if plan.done:
        return done_text(plan)
    total = plan.load.groupby("resource", sort=False)["short"].sum()
    if total.max() < 0.05:  # would be told as 0.0
        return "最も早い予定の日程で、DX・情報部門と各課の時間は足りる見込みである。"
    name = total.idxmax()
    rows = plan.load[plan.load["resource"] == name]
    worst = rows.loc[rows["short"].idxmax()]
    return (
        f"最も早い予定の日程では、延べ{labels.number_text(round(total.sum(), 1))}人月の"
        "人手が足りない見込みである。"
        f"最も足りないのは{name}で、{labels.month_text(worst['month'])}に"
        f"{labels.fte_text(worst['short'])}が不足する。人材の計画で補う。"
    )


def sums_table(plan: PmoPlan) -> Table:
    """Fiscal year -> systems in operation at its end: by the earliest plan, by P50 and by P80."""
    live = sum(system.live for system in plan.city.systems)
    common = int(plan.city.common.live)
    lots = plan.lots.merge(plan.told.lot, on="lot").to_dict("records")
    rows = []
    for fiscal in _fiscals(plan):
        first = _moved(lots, "live", fiscal)
        middle = _moved(lots, "p50", fiscal)
        late = _moved(lots, "p80", fiscal)
        sums = [live + sum(row["systems"] for row in moved) for moved in (first, middle, late)]
        both = live + common + sum(len(row["businesses"]) for row in middle)
        rows.append((fiscal, *sums, both))
    note = (
        f"いま稼働している、または稼働とみなす{live}システムからの累計。"
        "要確認のシステムは含めない。"
        f"中央値と80%は稼働の見通しの時期による。\n{source_text(plan)}"
    )
    columns = ["fiscal", "sum_earliest", "sum_middle", "sum_late", "sum_common"]
    frame = pd.DataFrame(rows, columns=columns)
    return Table(frame, "年度末の稼働の累計", note, "fiscal", none=done_text(plan))


def _fiscals(plan: PmoPlan) -> range:
    """Fiscal years from the plan's start to the last date that is told; none without lots."""
    if plan.done:
        return range(0)
    days = [*plan.lots["live"], *plan.told.lot["p80"], plan.city.at("end_date").value]
    last = max(filter(None, days))
    return range(months.fiscal_year(plan.start), months.fiscal_year(last) + 1)


def _moved(lots: list[dict], name: str, fiscal: int) -> list[dict]:
    """The lots that are live by the end of a fiscal year, by one of their dates (None: beyond)."""
    return [row for row in lots if row[name] and months.fiscal_year(row[name]) <= fiscal]


def load_table(plan: PmoPlan) -> Table:
    """Load, capacity and shortage of the DX section and each section by month."""
    columns = ["month", "resource", "kind", "load", "capacity", "short"]
    note = f"最も早い予定の日程での値。不足は人材の計画で補う。\n{source_text(plan)}"
    load, done = plan.load[columns], done_text(plan)
    return Table(load, "月ごとの負荷と使える時間", note, "month", none=done)
