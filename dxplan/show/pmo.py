"""The PMO roadmap as figures and tables.

The Gantt of the lots, how sure they are, budget occasions, reasons, loads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from dxplan.facts import months
from dxplan.plan.parts import Parts
from dxplan.plan.pmo import PmoPlan
from dxplan.show import charts, labels, style
from dxplan.show.charts import Canvas, Panel, Pen, Sample
from dxplan.show.state import as_of_text, question_text, situation_text
from dxplan.show.style import Shown, Table, none_text

ASSUMED = (
    "作業の期間・人員・ベンダの時期は設計上の仮定を含む"
    f"({labels.UNCONFIRMED}。「前提と出典」の表を参照)"
)
RANGE = (
    "見通しは、作業の期間とベンダの時期のばらつきを4,000通り試した中央値と、20〜80%の幅。"
    f"幅のもとは仮定である({labels.UNCONFIRMED})。最も早い予定は、遅れがまったくない場合の切替の時期"
)
CLOSED = ("#e4e6ee", "")
LOT_COLUMNS = (
    "lot systems vendor contract offered told range chance earliest set_by extension"
).split()
LEFT, RIGHT, TOP, BOTTOM = 2.05, 1.75, 0.66, 0.72  # inches round the Gantt
ROW = 0.78  # inches of a lot in the Gantt
# Top and height of a bar inside its row.
FRONT, MAIN, BESIDE, THIN = (0.06, 0.2), (0.3, 0.24), (0.57, 0.11), (0.71, 0.07)
# Hollow: what no delay at all would give is no outlook.
EARLIEST = Pen(width=0, mark="D", size=5.5, face=style.PAPER)
MEDIAN = Pen(width=0, mark="o", size=5)
LANES = {  # phase -> where its bars stand
    "papers": FRONT,
    "budget": FRONT,
    "tender": FRONT,
    "prepare": MAIN,
    "law": THIN,
    "rehearse": MAIN,
    "test": BESIDE,
    "train": BESIDE,
    "care": MAIN,
    "link": THIN,
}


def done_text(plan: PmoPlan) -> str:
    """Why there is no roadmap without lots: nothing is left, or there are only open questions."""
    return f"{situation_text(plan.city)}{question_text(plan.city)}"


def source_text(plan: PmoPlan) -> str:
    """Where the numbers of a plan come from, and of which day they speak."""
    start = labels.date_text(plan.start)
    return f"出典: dxplan の計算(計画の開始 {start})。{as_of_text(plan.city)}{ASSUMED}"


def outcome_text(plan: PmoPlan) -> str:
    """Status of the calculation: 最適, or 打切り・隔たり1.2%; 計算不要 where nothing is left."""
    if plan.done:
        return "計算不要"
    return labels.outcome_text(plan.outcome)


MEANINGS = {  # status -> what it says, since it is easily taken for more
    "最適": ("この前提で、これより良い切替の組合せがないことを確かめた。時期の確かさではない。"),
    "打切り": (
        "決めた手間で探索を終えた計画で、隔たりは、証明できた下限との費用(点)の差の割合。"
        "日程の誤差ではない。"
    ),
}


def status_line(plan: PmoPlan) -> Shown:
    """Status of the calculation with what its words mean."""
    text = f"計算の状態: {outcome_text(plan)}。"
    if not plan.done:
        text += MEANINGS[plan.outcome.status]
    return style.paragraph(text, "status")


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
    return f"{told_text(row)}、期限({end})までに終わる見込み{labels.chance_text(row['chance'])}"


def window_text(row: pd.Series) -> str:
    """The plan's own window: a day where the city has set it, else its quarter.

    A day that is set and cannot be kept is told beside it.
    """
    text = labels.when_text(row["live"], row["decided"])
    if row["decided"] or row["planned"] is None:
        return text
    return f"{text}(団体が定めた{labels.date_text(row['planned'])}には間に合わない)"


# --- the roadmap ----------------------------------------------------------------------------------
@dataclass(frozen=True)
class Row:
    """One lot of the Gantt: its texts, and its bars (phase, start, finish)."""

    name: str
    systems: str
    told: str
    range: str
    bars: Sequence[tuple[str, date, date]]
    live: date
    whisker: tuple[date | None, date | None, date | None]


def roadmap_figure(plan: PmoPlan) -> Shown:
    """The Gantt: a line a lot, phases as colours, the range as a whisker, closures, budgets."""
    if plan.done:
        return none_text("ロードマップ", done_text(plan))
    rows, sentence = _rows(plan), roadmap_text(plan)
    inches = ROW * len(rows)
    canvas = style.sheet(inches + TOP + BOTTOM, style.WIDTH)
    box = (LEFT, BOTTOM, style.WIDTH - LEFT - RIGHT, inches)
    panel = Panel(canvas, box, _span(plan), (len(rows), 0))
    _draw_calendar(panel, plan, len(rows))
    _draw_rows(panel, rows)
    charts.legend(canvas, *_samples(plan), size=7, handle=1.8)
    title, source = f"{plan.city.name}の標準化ロードマップ", f"{RANGE}\n{source_text(plan)}"
    return style.drawn(canvas, "roadmap", title, sentence, source, _bars_table(plan), True)


def roadmap_text(plan: PmoPlan) -> str:
    """The sentence of the Gantt: how many lots, when the last one is seen, how likely in time."""
    systems = f"{int(plan.lots['systems'].sum())}システム"
    if plan.lots["common"].any():
        systems += "と共通機能"
    return (
        f"未移行の{systems}を{len(plan.lots)}件の移行ロットで移す。"
        f"最後の稼働の見通しは{last_text(plan)}。"
    )


def _rows(plan: PmoPlan) -> list[Row]:
    told = plan.told.lot.set_index("lot")
    bars = plan.task.groupby("lot")
    rows = []
    for lot in plan.lots.to_dict("records"):
        name = lot["lot"]
        sure = told.loc[name]
        rows.append(
            Row(
                name,
                "・".join(lot["businesses"]),
                median_text(sure),
                range_text(sure),
                bars.get_group(name)[["phase", "start", "finish"]].to_numpy(),
                lot["live"],
                (sure["p20"], sure["p50"], sure["p80"]),
            )
        )
    return rows


def _span(plan: PmoPlan) -> tuple[int, int]:
    """First and last day of the Gantt."""
    seen = plan.told.lot["p80"].dropna()
    last = max(plan.city.at("end_date").day, *plan.task["finish"], *seen)
    return plan.start.toordinal() - 10, last.toordinal() + 30


def _draw_rows(panel: Panel, rows: list[Row]) -> None:
    boxes: dict[str, list] = {phase: [] for phase in LANES}
    for top, row in enumerate(rows):
        if top % 2:
            panel.boxes([(*panel.x, top, top + 1)], (style.SHADE, ""), 0.2, 0)
        _draw_words(panel, top, row)
        for phase, start, finish in row.bars:
            if phase in LANES:
                begin, height = LANES[phase]
                low, high = top + begin, top + begin + height
                boxes[phase].append((start.toordinal(), finish.toordinal() + 1, low, high))
        _draw_whisker(panel, top + 0.87, row)
    # A path a phase: small and quick to draw.
    for phase, bars in boxes.items():
        panel.boxes(bars, style.PHASE[phase])


def _draw_words(panel: Panel, top: float, row: Row) -> None:
    """Name and systems before the row, what is told of its date behind it."""
    left, right = panel.x
    before, behind = (-4, 0), (4, 0)
    panel.words(left, top + 0.13, row.name, before, size=8.5, ha="right", color=style.BLUE)
    systems = _wrapped(row.systems)
    panel.words(left, top + 0.24, systems, before, size=6.3, ha="right", va="top", spacing=1.25)
    panel.words(right, top + 0.24, row.told, behind, size=8)
    text = f"幅 {row.range}".replace("〜", "\n〜")
    panel.words(right, top + 0.5, text, behind, size=6.5, color=style.SOFT, spacing=1.3)


def _draw_whisker(panel: Panel, level: float, row: Row) -> None:
    """P20 to P80 as a line with a mark at P50, the plan's own window as a hollow diamond."""
    low, middle, high = (day.toordinal() if day else panel.x[1] for day in row.whisker)
    panel.line([low, high], [level, level], Pen(width=1.3, mark="|"), zorder=6)
    panel.line([middle], [level], MEDIAN, zorder=7)
    panel.line([row.live.toordinal()], [level], EARLIEST, zorder=8)


def _wrapped(names: str, width: int = 17, lines: int = 5) -> str:
    """Names of systems in lines of so many letters, cut between names."""
    cut = [""]
    for name in names.split("・"):
        piece = f"{name}・"
        if cut[-1] and len(cut[-1] + piece) > width:
            cut.append("")
        cut[-1] += piece
    text = [line.strip("・") for line in cut]
    if len(text) > lines:
        text = [*text[: lines - 1], "ほか"]
    return "\n".join(text)


def _draw_calendar(panel: Panel, plan: PmoPlan, count: int) -> None:
    """Fiscal years, quarters, closures, budget occasions, plan start, target and end state."""
    inch = 1 / ROW  # in rows: what stands above them keeps its size, however many there are
    left, right = (date.fromordinal(int(x)) for x in panel.x)
    closed = []
    for closure in plan.closures:
        if left < closure.start < right:
            days = closure.start.toordinal(), closure.end.toordinal() + 1
            closed.append((*days, 0, count))
    panel.boxes(closed, CLOSED, 0.3, 0)
    _draw_years(panel, left, right, inch)
    asked = [gate.request_by for gate in plan.gates if left < gate.request_by < right]
    _draw_gates(panel, plan, asked, -0.12 * inch)
    _draw_lines(panel, plan, count + 0.06 * inch)


def _draw_years(panel: Panel, left: date, right: date, inch: float) -> None:
    for fiscal in range(months.fiscal_year(left), months.fiscal_year(right) + 1):
        first, after = months.fiscal_start(fiscal), months.fiscal_start(fiscal + 1)
        if first > left:
            panel.upright(first.toordinal(), Pen(style.SOFT, 0.6), 0.8)
        low, high = max(first, left).toordinal(), min(after, right).toordinal()
        text = ""
        if high - low > 200:  # days; a short stretch has room for few letters, or none
            text = labels.fiscal_text(fiscal)
        elif high - low > 60:
            text = labels.fiscal_short(fiscal)
        panel.words((low + high) / 2, -0.5 * inch, text, size=8, ha="center")
        for count in (0, 3, 6, 9):
            day = months.month_later(first, count)
            if left < day < right:
                place, text = day.toordinal(), f"{day.month}月"
                panel.words(place, -0.33 * inch, text, size=6, ha="center", color=style.SOFT)


def _draw_gates(panel: Panel, plan: PmoPlan, asked: Sequence[date], level: float) -> None:
    """Deadlines of all budgets as small marks; those that the plan uses with their way to money."""
    days = [day.toordinal() for day in asked]
    small = Pen(style.SOFT, 0, mark="v", size=3.2, face=style.PAPER)
    panel.line(days, [level] * len(days), small)
    for gate in plan.gate.drop_duplicates(["gate", "fiscal"]).itertuples():
        ask, spend = gate.request_by.toordinal(), gate.available.toordinal()
        panel.line([ask, spend], [level] * 2, Pen(width=1.4, mark="v", every=(0, 2)))
        panel.words(spend, level, gate.gate, (3, 0), 6.5, ground=True)
        panel.upright(ask, Pen(width=0.7, dashes=(0, (1, 2))), 1)


def _draw_lines(panel: Panel, plan: PmoPlan, level: float) -> None:
    """Start, target and end of the plan, with their days at a level under the rows."""
    lines = (
        (plan.start, "計画の開始", Pen(), "left"),
        (plan.city.at("target_date").day, "目標", Pen(style.BLUE, dashes=(0, (5, 2))), "right"),
        (plan.city.at("end_date").day, "期限", Pen(style.ALARM), "left"),
    )
    for day, word, pen, side in lines:
        place, text = day.toordinal(), f"{word} {labels.date_text(day)}"
        panel.upright(place, pen)
        panel.words(place, level, text, size=7.2, ha=side, va="top", color=pen.color)


def _samples(plan: PmoPlan) -> tuple[dict, tuple[float, float], int]:
    """What the colours and marks of the Gantt mean; where that stands, in how many columns."""
    present = set(plan.task["phase"])
    samples: dict[str, Sample] = {}
    for phase, look in style.PHASE.items():
        if phase in present:
            samples[labels.word_of("phase", phase)] = look
    samples["最も早い予定"] = EARLIEST
    samples["見通し(●中央値、線は20〜80%)"] = MEDIAN._replace(width=1.3)
    samples["予算の要求締切〜執行"] = Pen(width=0, mark="v", size=5)
    return samples, (style.WIDTH / 2, 0.06), (len(samples) + 1) // 2


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
    return Table(plan.gate, "移行ロットごとの予算の関門", note, "lot", none=reason)


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
    canvas = style.sheet(3.2, style.WIDTH)
    for row, kind in enumerate(labels.words_of("role")):
        box = (0.52, 1.92 - 1.6 * row, 9.78, 0.93)
        _draw_load(canvas, box, total[total["kind"] == kind], kind)
    source = source_text(plan)
    table = Table(total, "月ごとの負荷と使える量", source, "month", "kind")
    title = f"{plan.city.name}の月ごとの負荷"
    return style.drawn(canvas, "load", title, load_text(plan), source, table)


TITLES = {"dx": "DX・情報部門(FTE)", "section": "業務所管課の合計(FTE)"}


def _draw_load(canvas: Canvas, box: Sequence[float], part: pd.DataFrame, kind: str) -> None:
    """Bars of the load under a step of the capacity."""
    count, top = len(part), part[["capacity", "load"]].max(axis=None) * 1.18
    panel = Panel(canvas, box, (-0.3, count + 0.3), (0, top))
    charts.stacked_bars(panel, [part["load"]], {"負荷": style.ROLE[kind]}, (0, 0.95))
    panel.steps(range(count + 1), part["capacity"], Pen(style.ALARM, 1.3), "使える量")
    places = [place for place, month in enumerate(part["month"]) if month.month in (4, 10)]
    panel.x_words(places, part["month"].iloc[places].map(labels.month_text), 7)
    panel.y_numbers()
    panel.frame(TITLES[kind])
    charts.legend(canvas, panel.samples, (box[0] + box[2], box[1] + box[3]), 2, side="right")


def load_text(plan: PmoPlan) -> str:
    """How much of the work finds nobody on the plan's dates, and where most of it is missing."""
    if plan.done:
        return done_text(plan)
    total = plan.load.groupby("resource", sort=False)["short"].sum()
    if total.max() < 0.05:  # would be told as 0.0
        return "最も早い予定の日程で、DX・情報部門と各課の使える時間は足りる。"
    name = total.idxmax()
    rows = plan.load[plan.load["resource"] == name]
    worst = rows.loc[rows["short"].idxmax()]
    return (
        f"最も早い予定の日程では、のべ{labels.number_text(round(total.sum(), 1))}人月の人手が足りない。"
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
        f"いま稼働している、または稼働とみなす{live}システムから数える。要確認のシステムは数えない。"
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
