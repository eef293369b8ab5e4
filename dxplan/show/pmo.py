"""The PMO roadmap as figures and tables: the Gantt of the lots, how sure they are, budget occasions, reasons, loads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd
from matplotlib.lines import Line2D

from dxplan.facts import months
from dxplan.plan.pmo import PmoPlan
from dxplan.plan.why import plan_branches
from dxplan.show import labels, style
from dxplan.show.state import as_of_text, question_text, situation_text
from dxplan.show.style import Figure, Shown, Table, none_text

ASSUMED = f"作業の期間・人員・ベンダの時期は設計上の仮定を含む({labels.UNCONFIRMED}。「前提と出典」の表を参照)"
RANGE = (
    "見通しは、作業の期間とベンダの時期のばらつきを4,000通り試した中央値と、20〜80%の幅。"
    f"幅のもとは仮定である({labels.UNCONFIRMED})。最も早い予定は、遅れがまったくない場合の切替の時期"
)
CLOSED = ("#e4e6ee", "")
LEFT, RIGHT, TOP, BOTTOM = 2.05, 1.75, 0.66, 0.72  # inches round the Gantt
ROW = 0.78  # inches of a lot in the Gantt
LANES = {  # phase -> top and height inside the row
    "papers": (0.06, 0.2),
    "budget": (0.06, 0.2),
    "tender": (0.06, 0.2),
    "prepare": (0.3, 0.24),
    "law": (0.71, 0.07),
    "rehearse": (0.3, 0.24),
    "test": (0.57, 0.11),
    "train": (0.57, 0.11),
    "care": (0.3, 0.24),
    "link": (0.71, 0.07),
}


def done_text(plan: PmoPlan) -> str:
    """Why there is no roadmap for a city without lots: nothing is left, or there are only open questions."""
    return f"{situation_text(plan.city)}{question_text(plan.city)}"


def source_text(plan: PmoPlan) -> str:
    """Where the numbers of a plan come from, and of which day they speak."""
    return f"出典: dxplan の計算(計画の開始 {labels.date_text(plan.start)})。{as_of_text(plan.city)}{ASSUMED}"


def outcome_text(plan: PmoPlan) -> str:
    """Status of the calculation: 最適, or 打切り・隔たり1.2%; 計算不要 where nothing is left."""
    return "計算不要" if plan.done else labels.outcome_text(plan.outcome)


def status_line(plan: PmoPlan) -> Shown:
    """Status of the calculation with what its words mean."""
    meaning = {
        "最適": "この前提で、これより良い切替の組合せがないことを確かめた。時期の確かさではない。",
        "打切り": "決めた手間で探索を終えた計画で、隔たりは、証明できた下限との費用(点)の差の割合。日程の誤差ではない。",
    }
    tail = "" if plan.done else meaning[plan.outcome.status]
    return style.paragraph(f"計算の状態: {outcome_text(plan)}。{tail}", "status")


# --- how sure ----------------------------------------------------------------------------------------
def median_text(row: pd.Series) -> str:
    """The P50 quarter of a row of ``told``; the wider range where the samples cannot tell one from the next."""
    return labels.quarters_text(row["p50_from"], row["p50_to"])


def range_text(row: pd.Series) -> str:
    """P20 to P80 as quarters; the wider one where the samples cannot tell P80 from its neighbours."""
    return labels.quarters_text(row["p20"], row["p80_to"])


def told_text(row: pd.Series) -> str:
    """Median and range in one: 2028年度第4四半期(幅 2028年度第2四半期〜第4四半期)."""
    return f"{median_text(row)}(幅 {range_text(row)})"


def last_text(plan: PmoPlan) -> str:
    """What is told of the last lot: median, range, and the chance of the end date."""
    if plan.done:
        return "該当なし"
    row = plan.told.last.iloc[0]
    end = labels.date_text(plan.city.at("end_date").value)
    return f"{told_text(row)}、期限({end})までに終わる見込み{labels.chance_text(row['chance'])}"


def window_text(row: pd.Series) -> str:
    """The plan's own window: a day where the city has set it, else its quarter, and a set day that cannot be kept."""
    if row["decided"]:
        return labels.date_text(row["live"])
    if row["planned"] is None:
        return labels.quarter_text(row["live"])
    return f"{labels.quarter_text(row['live'])}(団体が定めた{labels.date_text(row['planned'])}には間に合わない)"


# --- the roadmap -------------------------------------------------------------------------------------
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
    """The Gantt: a line a lot, phases as colours, systems named, the range as a whisker, closures, budget occasions."""
    if plan.done:
        return none_text("ロードマップ", done_text(plan))
    rows, sentence = _rows(plan), roadmap_text(plan)
    inches = ROW * len(rows)
    with style.drawing():
        canvas = style.canvas(inches + TOP + BOTTOM)
        width, height = canvas.get_size_inches()
        axes = canvas.add_axes(
            (LEFT / width, BOTTOM / height, 1 - (LEFT + RIGHT) / width, inches / height)
        )
        axes.set(xlim=_span(plan), ylim=(len(rows), 0))
        _draw_calendar(axes, plan, len(rows))
        _draw_rows(axes, rows)
        _draw_legend(canvas, plan)
        svg = style.svg_text(canvas, "roadmap", f"{plan.city.name}の標準化ロードマップ", sentence)
    return Figure(
        "roadmap", svg, sentence, f"{RANGE}\n{source_text(plan)}", _bars_table(plan), True
    )


def roadmap_text(plan: PmoPlan) -> str:
    """The sentence of the Gantt: how many lots, when the last one is seen, and how likely the end date is kept."""
    systems, common = int(plan.lot["systems"].sum()), bool(plan.lot["common"].any())
    beside = "と共通機能" if common else ""
    return f"未移行の{systems}システム{beside}を{len(plan.lot)}件の移行ロットで移す。最後の稼働の見通しは{last_text(plan)}。"


def _rows(plan: PmoPlan) -> list[Row]:
    told = plan.told.lot.set_index("lot")
    bars: dict[str, list[tuple[str, date, date]]] = {}
    for lot, *bar in plan.task[["lot", "phase", "start", "finish"]].itertuples(index=False):
        bars.setdefault(lot, []).append(tuple(bar))
    found = []
    for _, row in plan.lot.iterrows():
        sure = told.loc[row["lot"]]
        found.append(
            Row(
                row["lot"],
                "・".join(row["businesses"]),
                median_text(sure),
                range_text(sure),
                bars[row["lot"]],
                row["live"],
                (sure["p20"], sure["p50"], sure["p80"]),
            )
        )
    return found


def _span(plan: PmoPlan) -> tuple[int, int]:
    days = [
        *plan.task["finish"],
        plan.city.at("end_date").value,
        *(day for day in plan.told.lot["p80"] if day),
    ]
    return plan.start.toordinal() - 10, max(days).toordinal() + 30


def _draw_rows(axes, rows: list[Row]) -> None:
    left, right = axes.get_xlim()
    boxes: dict[str, list] = {phase: [] for phase in LANES}
    for k, row in enumerate(rows):
        if k % 2:
            axes.axhspan(k, k + 1, color=style.SHADE, linewidth=0, zorder=0.2)
        axes.text(
            left, k + 0.13, f"{row.name} ", ha="right", va="center", fontsize=8.5, color=style.BLUE
        )
        axes.text(
            left,
            k + 0.24,
            _wrapped(row.systems),
            ha="right",
            va="top",
            fontsize=6.3,
            linespacing=1.25,
        )
        axes.text(right, k + 0.24, f" {row.told}", va="center", fontsize=8)
        axes.text(
            right,
            k + 0.5,
            f" 幅 {row.range}".replace("〜", "\n 〜"),
            va="center",
            fontsize=6.5,
            color=style.SOFT,
            linespacing=1.3,
        )
        for phase, start, finish in row.bars:
            if phase in LANES:
                top, height = LANES[phase]
                boxes[phase].append(
                    (start.toordinal(), finish.toordinal() + 1, k + top, k + top + height)
                )
        _draw_whisker(axes, k, row)
    for phase, found in boxes.items():
        if found:
            style.draw_boxes(axes, found, style.PHASE[phase])


def _draw_whisker(axes, k: int, row: Row) -> None:
    """P20 to P80 as a line with a mark at P50, and the plan's own window as a hollow diamond."""
    level, edge = k + 0.87, axes.get_xlim()[1]
    low, middle, high = ((day.toordinal() if day else edge) for day in row.whisker)
    axes.plot(
        [low, high], [level] * 2, color=style.INK, linewidth=1.3, zorder=6, solid_capstyle="butt"
    )
    axes.plot([low, high], [level] * 2, "|", color=style.INK, markersize=6, zorder=6)
    axes.plot(middle, level, "o", color=style.INK, markersize=5, zorder=7)
    axes.plot(
        row.live.toordinal(),
        level,
        "D",
        markersize=5.5,
        markerfacecolor=style.PAPER,
        markeredgecolor=style.INK,
        zorder=8,
    )


def _wrapped(names: str, width: int = 17, lines: int = 5) -> str:
    """Names of systems in lines of so many letters, cut between names."""
    found = [""]
    for name in names.split("・"):
        piece = f"{name}・"
        if len(found[-1]) + len(piece) > width and found[-1]:
            found.append("")
        found[-1] += piece
    text = [line.strip("・") + " " for line in found]
    return "\n".join(text[: lines - 1] + ["ほか "] if len(text) > lines else text)


def _draw_calendar(axes, plan: PmoPlan, count: int) -> None:
    """Fiscal years, quarters, closures, budget occasions, plan start, target and end state."""
    unit = 1 / ROW  # row units in an inch
    left, right = (date.fromordinal(int(x)) for x in axes.get_xlim())
    closed = [
        (c.start.toordinal(), c.end.toordinal() + 1, 0, count)
        for c in plan.closures
        if left < c.start < right
    ]
    style.draw_boxes(axes, closed, CLOSED, 0.3, 0)
    _draw_years(axes, left, right, unit)
    _draw_gates(axes, plan, [g for g in plan.gates if left < g.request_by < right], unit)
    _draw_lines(axes, plan, count, unit)
    axes.spines[:].set_visible(False)
    axes.set_yticks([])
    axes.set_xticks([])


def _draw_years(axes, left: date, right: date, unit: float) -> None:
    for fiscal in range(months.fiscal_year(left), months.fiscal_year(right) + 1):
        first, after = months.fiscal_start(fiscal), months.fiscal_start(fiscal + 1)
        if first > left:
            axes.axvline(first.toordinal(), color=style.SOFT, linewidth=0.6, zorder=0.8)
        low, high = max(first, left).toordinal(), min(after, right).toordinal()
        if high - low > 60:  # days; a short stretch has room for few letters, or none
            text = labels.fiscal_text(fiscal) if high - low > 200 else labels.fiscal_short(fiscal)
            axes.text((low + high) / 2, -0.5 * unit, text, ha="center", va="center", fontsize=8)
        for month in (4, 7, 10, 1):
            day = date(fiscal + (month == 1), month, 1)
            if left < day < right:
                axes.text(
                    day.toordinal(),
                    -0.33 * unit,
                    f"{month}月",
                    ha="center",
                    va="center",
                    fontsize=6,
                    color=style.SOFT,
                )


def _draw_gates(axes, plan: PmoPlan, gates: Sequence[months.Gate], unit: float) -> None:
    """Deadlines of all budget occasions as small marks; those that the plan uses with their way to the money."""
    used = plan.gate.drop_duplicates(["gate", "fiscal"])
    level = -0.12 * unit
    axes.plot(
        [g.request_by.toordinal() for g in gates],
        [level] * len(gates),
        "v",
        markersize=3.2,
        clip_on=False,
        markerfacecolor="none",
        markeredgecolor=style.SOFT,
        markeredgewidth=0.6,
    )
    for name, ask, spend in used[["gate", "request_by", "available"]].itertuples(index=False):
        axes.plot(
            [ask.toordinal(), spend.toordinal()],
            [level] * 2,
            color=style.INK,
            linewidth=1.4,
            clip_on=False,
        )
        axes.plot(ask.toordinal(), level, "v", markersize=6, color=style.INK, clip_on=False)
        axes.text(
            spend.toordinal() + 8,
            level,
            name,
            fontsize=6.5,
            va="center",
            clip_on=False,
            bbox={"facecolor": style.PAPER, "edgecolor": "none", "pad": 0.6},
        )
        axes.axvline(
            ask.toordinal(), color=style.INK, linewidth=0.7, linestyle=(0, (1, 2)), zorder=1
        )


def _draw_lines(axes, plan: PmoPlan, count: int, unit: float) -> None:
    lines = (
        (plan.start, "計画の開始", style.INK, "-", "left"),
        (plan.city.at("target_date").value, "目標", style.BLUE, (0, (5, 2)), "right"),
        (plan.city.at("end_date").value, "期限", style.ALARM, "-", "left"),
    )
    for day, word, colour, dashes, side in lines:
        axes.axvline(day.toordinal(), color=colour, linewidth=1.5, linestyle=dashes, zorder=2)
        axes.text(
            day.toordinal(),
            count + 0.06 * unit,
            f"{word} {labels.date_text(day)}",
            ha=side,
            va="top",
            fontsize=7.2,
            color=colour,
            clip_on=False,
        )


def _draw_legend(canvas, plan: PmoPlan) -> None:
    present = set(plan.task["phase"])
    handles = [
        style.look_patch(look, labels.word_of("phase", phase))
        for phase, look in style.PHASE.items()
        if phase in present
    ]
    handles += [
        Line2D(
            [],
            [],
            marker="D",
            linestyle="",
            markersize=5,
            markerfacecolor=style.PAPER,
            markeredgecolor=style.INK,
            label="最も早い予定",
        ),
        Line2D(
            [],
            [],
            marker="o",
            color=style.INK,
            markersize=4.5,
            linewidth=1.3,
            label="見通し(●中央値、線は20〜80%)",
        ),
        Line2D(
            [],
            [],
            marker="v",
            linestyle="",
            markersize=5,
            color=style.INK,
            label="予算の要求締切〜執行",
        ),
    ]
    inch = 1 / canvas.get_figheight()
    canvas.legend(
        handles=handles,
        loc="lower center",
        bbox_to_anchor=(0.5, 0.02 * inch),
        ncol=(len(handles) + 1) // 2,
        frameon=False,
        fontsize=7,
        handlelength=1.8,
        columnspacing=1.2,
        handletextpad=0.5,
    )


def _bars_table(plan: PmoPlan) -> Table:
    frame = _told_tasks(plan)[["lot", "item", "phase", "begin", "end"]]
    return Table(frame, "ロードマップの作業", source_text(plan), "item", "lot")


def _told_tasks(plan: PmoPlan) -> pd.DataFrame:
    """The bars with dates as they are told: days where they are decided, else quarters of the earliest plan."""
    task = plan.task

    def told(column: str) -> list[str]:
        return [
            labels.date_text(day) if sure else labels.quarter_text(day)
            for day, sure in zip(task[column], task["decided"])
        ]

    return task.assign(begin=told("start"), end=told("finish"))


# --- tables ------------------------------------------------------------------------------------------
def lot_table(plan: PmoPlan) -> Table:
    """The lots: systems, contract, what is told of the date, what sets it, extension of the contract in use."""
    told = plan.told.lot.set_index("lot")
    rows = [
        _lot_row(row, told.loc[row["lot"]], plan.extension_yen[row["lot"]])
        for _, row in plan.lot.iterrows()
    ]
    columns = [
        "lot",
        "systems",
        "vendor",
        "contract",
        "offered",
        "told",
        "range",
        "chance",
        "earliest",
        "set_by",
        "extension",
    ]
    note = f"{RANGE}\n契約の有無は、書かれていなければ完了ステップから見たもの({labels.UNCONFIRMED})。\n{source_text(plan)}"
    return Table(
        pd.DataFrame(rows, columns=columns), "移行ロット", note, "lot", none=done_text(plan)
    )


def _lot_row(row: pd.Series, sure: pd.Series, yen: int) -> tuple:
    vendor = row["vendor"] or f"{labels.UNCONFIRMED}"
    return (
        row["lot"],
        "・".join(row["businesses"]),
        vendor,
        _contract_text(row),
        _offer_text(row),
        median_text(sure),
        range_text(sure),
        labels.chance_text(sure["chance"]),
        window_text(row),
        row["set_by"],
        _extension_text(row, yen),
    )


def _contract_text(row: pd.Series) -> str:
    if row["contracted"]:
        return "契約済みとみなす(要確認)" if row["presumed"] else "契約済み"
    return "未契約とみなす(要確認)" if row["presumed"] else "未契約"


def _offer_text(row: pd.Series) -> str:
    reason = f"。遅れの理由: {row['reason']}" if row["reason"] else ""
    if row["offered"] is None:
        return f"未提示({labels.UNCONFIRMED}){reason}"
    return f"{labels.date_text(row['offered'])}({row['sure']}){reason}"


def _extension_text(row: pd.Series, yen: int) -> str:
    if row["contract_end"] is None:
        return f"現行契約の終わりは{labels.UNCONFIRMED}"
    if not row["extension"]:
        return "不要"
    return f"{row['extension']}か月・{labels.yen_text(yen)}、{labels.date_text(row['decide_by'])}までに決める"


def gate_table(plan: PmoPlan) -> Table:
    """The budget of each lot: ask by, spend from, and what missing it costs."""
    reason = (
        done_text(plan)
        if plan.done
        else "残る作業に、新たな予算の議決を要するものはない(契約済み、または予算要求済みとみなす)。"
    )
    note = f"予算の時期の出典は「前提と出典」の表を参照({labels.UNCONFIRMED}を含む)。逃した場合の遅れは、次に執行できる日までの月数"
    return Table(plan.gate, "移行ロットごとの予算の関門", note, "lot", none=reason)


def why_table(plan: PmoPlan, why: pd.DataFrame) -> Table:
    """Each lot under other conditions: P50, months against the plan, chance of the end date."""
    note = (
        "差は「この計画」との比較で、同じ4,000通りの条件のもとでの稼働の差の平均。負の値は早まることを示す。「切替を次の候補日にした場合」の差は最も早い予定との比較で、"
        "見込みはその日までに切り替えられる割合"
    )
    rows = why.assign(
        told=[labels.quarter_text(day) if day else labels.BEYOND for day in why["p50"]],
        chance=[labels.chance_text(share) for share in why["chance"]],
    )
    columns = ["lot", "scenario", "told", "months", "chance"]
    rows = rows.sort_values("lot", kind="stable")
    return Table(
        rows[columns], "条件を変えたときの見通し", note, "scenario", "lot", done_text(plan)
    )


def branch_table(plan: PmoPlan) -> Table:
    """The open questions both ways, side by side: systems, lots, dates, yen, people."""
    found = plan_branches(plan)
    if len(found) == 1:
        return Table(found.iloc[:0], "要確認の両方の場合", none="要確認のシステムはない。")
    rows = [
        (
            row["branch"],
            row["systems"],
            row["common"],
            row["lots"],
            labels.quarters_text(row["p50"], row["p50"]) if row["lots"] else "該当なし",
            labels.quarters_text(row["p20"], row["p80"]) if row["lots"] else "該当なし",
            labels.chance_text(row["chance"]) if row["lots"] else "該当なし",
            row["yen"],
            row["effort"],
        )
        for _, row in found.iterrows()
    ]
    columns = ["branch", "left", "common", "lots", "told", "range", "chance", "yen", "effort"]
    note = f"{question_text(plan.city)}\n移行経費は1システム当たりの単価による({labels.UNCONFIRMED})。\n{source_text(plan)}"
    return Table(pd.DataFrame(rows, columns=columns), "要確認の両方の場合", note, "branch")


def task_table(plan: PmoPlan) -> Table:
    """Every work item (WBS) with its dates as they are told, people and slack."""
    columns = [
        "lot",
        "item",
        "phase",
        "lead",
        "begin",
        "end",
        "weeks",
        "dx_fte",
        "section_fte",
        "vendor_work",
        "slack",
    ]
    frame = _told_tasks(plan).assign(vendor_work=plan.task["vendor"] > 0)[columns]
    note = f"切替の日が決まっていないロットの作業は、最も早い予定の四半期で示す。余裕は、切替を動かさずに遅れてよい週数。\n{source_text(plan)}"
    return Table(frame, "作業項目の一覧(WBS)", note, "item", "lot", done_text(plan))


def demand_table(plan: PmoPlan) -> Table:
    """People wanted by fiscal year and role: person-months in all, and the peak month."""
    demand = plan.demand.assign(fiscal=[months.fiscal_year(m) for m in plan.demand["month"]])
    rows = [
        (
            fiscal,
            role,
            part["fte"].sum(),
            part["fte"].max(),
            part.loc[part["fte"].idxmax(), "month"],
        )
        for (fiscal, role), part in demand.groupby(["fiscal", "role"])
    ]
    frame = pd.DataFrame(rows, columns=["fiscal", "role", "effort", "peak", "month"])
    frame["role"] = pd.Categorical(frame["role"], list(labels.ROLES))
    frame = frame.sort_values(["fiscal", "role"]).astype({"role": "object"})
    return Table(
        frame, "年度ごとに必要な人員", source_text(plan), "role", "fiscal", done_text(plan)
    )


# --- the loads ---------------------------------------------------------------------------------------
def load_figure(plan: PmoPlan) -> Shown:
    """Load against what there is by month: DX section, all sections together."""
    if plan.done:
        return none_text("負荷", done_text(plan))
    sentence = load_text(plan)
    total = plan.load.groupby(["kind", "month"], sort=False, as_index=False)[
        ["load", "capacity", "short"]
    ].sum()
    with style.drawing():
        canvas = style.canvas(3.2)
        for row, kind in enumerate(labels.ROLES):
            axes = canvas.add_axes((0.05, 0.6 - 0.5 * row, 0.94, 0.29))
            _draw_load(axes, total[total["kind"] == kind], kind)
        svg = style.svg_text(canvas, "load", f"{plan.city.name}の月ごとの負荷", sentence)
    table = Table(
        total[["kind", "month", "load", "capacity", "short"]],
        "月ごとの負荷と使える量",
        source_text(plan),
        "month",
        "kind",
    )
    return Figure("load", svg, sentence, source_text(plan), table)


def _draw_load(axes, part: pd.DataFrame, kind: str) -> None:
    days = [m.toordinal() for m in part["month"]]
    edges = [*days, days[-1] + 31]
    capacity = [*part["capacity"], part["capacity"].iloc[-1]]
    style.draw_boxes(
        axes,
        [(x, x + 29, 0, y) for x, y in zip(days, part["load"])],
        style.ROLE[kind],
        label="負荷",
    )
    axes.step(edges, capacity, where="post", color=style.ALARM, linewidth=1.3, label="使える量")
    axes.set(xlim=(edges[0] - 8, edges[-1] + 8), ylim=(0, max(*capacity, *part["load"]) * 1.18))
    tail = {"dx": "", "section": "の合計"}[kind]
    axes.set_title(f"{labels.word_of('kind', kind)}{tail}(FTE)", loc="left", fontsize=8.5, pad=4)
    starts = [m for m in part["month"] if m.month in (4, 10)]
    axes.set_xticks(
        [m.toordinal() for m in starts], [labels.month_text(m) for m in starts], fontsize=7
    )
    style.plain_axes(axes, "y")
    axes.legend(
        loc="lower right",
        bbox_to_anchor=(1, 0.98),
        ncol=2,
        frameon=False,
        fontsize=7.5,
        borderaxespad=0.2,
    )


def load_text(plan: PmoPlan) -> str:
    """How much of the work finds nobody on the plan's dates, and where most of it is missing."""
    if plan.done:
        return done_text(plan)
    total = plan.load.groupby("resource", sort=False)["short"].sum()
    if total.max() < 0.05:
        return "最も早い予定の日程で、DX・情報部門と各課の使える時間は足りる。"
    name = total.idxmax()
    worst = plan.load[plan.load["resource"] == name]
    month = worst.loc[worst["short"].idxmax(), "month"]
    return (
        f"最も早い予定の日程では、のべ{labels.number_text(round(total.sum(), 1))}人月の人手が足りない。最も足りないのは{name}で、"
        f"{labels.month_text(month)}に{labels.fte_text(worst['short'].max())}が不足する。人材の計画で補う。"
    )
