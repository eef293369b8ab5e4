"""The PMO roadmap as figures and tables: the Gantt, the loads, cutovers, gates, reasons, work items."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from operator import itemgetter

import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from dxplan import months
from dxplan.plan.pmo import PmoPlan
from dxplan.show import labels, style
from dxplan.show.style import Figure, Shown, Table, none_text

SHARED = "共通"
ASSUMED = f"作業の期間・人員・枠は設計上の仮定を含む({labels.UNCONFIRMED}。「前提と出典」の表を参照)"
CLOSED = ("#d4d7e2", "")
LEFT, RIGHT, TOP, BOTTOM = 1.5, 1.45, 0.66, 0.72  # inches round the Gantt


def done_text(plan: PmoPlan) -> str:
    """Why there is no roadmap for a city without systems left to move."""
    scope = sum(s.in_scope for s in plan.city.systems)
    out = len(plan.city.systems) - scope
    tail = f"(ほかに対象外{out})" if out else ""
    return f"{plan.city.name}は、対象の{scope}システム{tail}がすべて稼働済みで、移行の作業は残っていない。"


def source_text(plan: PmoPlan) -> str:
    """Where the numbers of a plan come from, and from when on they hold."""
    return (f"出典: dxplan の計算(計画の開始 {labels.date_text(plan.start)}、{outcome_text(plan)})。"
            f"進捗は{labels.as_of_text(plan.city.systems[0].steps.as_of)}時点。{ASSUMED}")


def outcome_text(plan: PmoPlan) -> str:
    """Status of the calculation: 最適, or 打切り・隔たり1.2%; 計算不要 where nothing is left."""
    if plan.done:
        return "計算不要"
    return labels.outcome_text(plan.outcome)


def status_line(plan: PmoPlan) -> Shown:
    """Status of the calculation with what its words mean."""
    meaning = {"最適": "これより良い計画がないことを確かめた。",
               "打切り": "決めた手間で探索を終えた計画で、隔たりは、証明できた下限との費用(点)の差の割合。日程の誤差ではない。"}
    tail = "" if plan.done else meaning[plan.outcome.status]
    return style.paragraph(f"計算の状態: {outcome_text(plan)}。{tail}", "status")


# --- the roadmap -------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Row:
    """One row of the Gantt: its label, its top and height (row units, downwards), and its bars (slot, start, finish, bound)."""

    label: str
    shared: bool
    top: float
    height: float
    bars: Sequence[tuple]
    cutover: date | None = None
    late: bool = False


def roadmap_figure(plan: PmoPlan) -> Shown:
    """The Gantt by package and system: bars by what binds them, cutovers, closures, gates, end state."""
    if plan.done:
        return none_text("ロードマップ", done_text(plan))
    rows, sentence = _roadmap_rows(plan), roadmap_text(plan)
    total = rows[-1].top + rows[-1].height
    inches = min(0.27, 5.2 / total) * total
    with style.drawing():
        canvas = style.canvas(inches + TOP + BOTTOM)
        width, height = canvas.get_size_inches()
        axes = canvas.add_axes((LEFT / width, BOTTOM / height, 1 - (LEFT + RIGHT) / width, inches / height))
        axes.set(xlim=_span(plan), ylim=(total, 0))
        _draw_calendar(axes, plan, total, inches)
        _draw_rows(axes, rows)
        _draw_legend(canvas, plan)
        svg = style.svg_text(canvas, "roadmap", f"{plan.city.name}の標準化ロードマップ", sentence)
    return Figure("roadmap", svg, sentence, source_text(plan), _bars_table(plan), True)


def roadmap_text(plan: PmoPlan) -> str:
    """The sentence of the Gantt: how many systems go live between which days, and how many are late."""
    cut = plan.cutover
    late = int((cut["spare"] < 0).sum())
    end = labels.date_text(plan.city.at("end_date").value)
    tail = f"期限({end})の後に{late}システムが残る" if late else f"すべて期限({end})に間に合う"
    first, last = (labels.date_text(day) for day in (cut["live"].min(), plan.finish))
    when = f"{first}に" if first == last else f"{first}から{last}までに順次"
    return f"未移行の{len(cut)}システムは{when}稼働し、{tail}。"


def _roadmap_rows(plan: PmoPlan) -> list[Row]:
    cut = {business: found for business, *found in zip(*(plan.cutover[name] for name in ("business", "live", "cutover", "spare")))}
    bars: dict[str, dict[str, list[tuple]]] = {}
    for package, business, *bar in zip(*(plan.task[name] for name in ("package", "business", "slot", "start", "finish", "bound"))):
        bars.setdefault(package, {}).setdefault(business, []).append(tuple(bar))
    rows: list[Row] = []
    for package, part in bars.items():
        shared = part.pop("", ())
        rows.append(Row(package, True, _bottom(rows), 1.0 if shared else 0.75, shared))
        for business in sorted(part, key=lambda name: (cut[name][0], name)):
            _, day, spare = cut[business]
            rows.append(Row(business, False, _bottom(rows), 1.0, part[business], day, bool(spare < 0)))
    return rows


def _bottom(rows: list[Row]) -> float:
    return rows[-1].top + rows[-1].height if rows else 0.0


def _span(plan: PmoPlan) -> tuple[int, int]:
    last = max(plan.task["finish"].max(), plan.city.at("end_date").value, plan.city.at("target_date").value)
    return plan.start.toordinal() - 10, last.toordinal() + 45


def _draw_rows(axes, rows: list[Row]) -> None:
    left, right = axes.get_xlim()
    for row in rows:
        middle = row.top + row.height / 2
        if row.shared:
            axes.axhspan(row.top, row.top + row.height, color=style.SHADE, linewidth=0, zorder=0.4)
        axes.text(left, middle, f"{row.label} ", ha="right", va="center", fontsize=7.5,
                  color=style.BLUE if row.shared else style.INK)
        if row.cutover:
            text = f" {labels.date_text(row.cutover)}{' 期限後' if row.late else ''}"
            axes.text(right, middle, text, va="center", fontsize=7.2, color=style.ALARM if row.late else style.INK)
    axes.annotate("切替の初日", (1, 1), (4, 4), "axes fraction", "offset points", fontsize=7, color=style.SOFT)
    _draw_bars(axes, rows)
    cut = [(row.cutover.toordinal(), row.top + 0.38, row.late) for row in rows if row.cutover]
    axes.scatter([x for x, _, _ in cut], [y for _, y, _ in cut], marker="D", s=19, linewidths=0.8, zorder=5,
                 facecolors=[style.ALARM if late else style.PAPER for _, _, late in cut], edgecolors=style.INK)


def _draw_bars(axes, rows: list[Row]) -> None:
    boxes: dict[str, list] = {bound: [] for bound in style.BOUND}
    for row in rows:
        parts: dict[bool, list[tuple]] = {True: [], False: []}
        for slot, *bar in row.bars:
            parts[row.shared or slot > 0].append(tuple(bar))
        for part, top, room in ((parts[True], 0.08, 0.6), (parts[False], 0.74, 0.22)):
            for bound, box in _boxes(part, row.top + top * row.height, room * row.height, 1 if row.shared else 2):
                boxes[bound].append(box)
    for bound, found in boxes.items():
        if found:
            style.draw_boxes(axes, found, style.BOUND[bound])


def _boxes(part: list[tuple], top: float, room: float, least: int):
    """(bound, box) of bars, laid in as many lanes as overlap; at least some, so that bars look alike."""
    lanes, placed = [], []
    for start, finish, bound in sorted(part, key=itemgetter(0)):
        lane = next((k for k, end in enumerate(lanes) if end < start), len(lanes))
        lanes[lane:lane + 1] = [finish]
        placed.append((bound, lane, start.toordinal(), finish.toordinal() + 1))
    step = room / max(least, len(lanes))
    for bound, lane, left, right in placed:
        yield bound, (left, right, top + lane * step, top + (lane + 1) * step)


def _draw_calendar(axes, plan: PmoPlan, total: float, inches: float) -> None:
    """Fiscal years, quarters, closures, budget gates, plan start, target and end state."""
    unit = total / inches  # row units in an inch
    left, right = (date.fromordinal(int(x)) for x in axes.get_xlim())
    closed = [(c.start.toordinal(), c.end.toordinal() + 1, 0, total)
              for c in plan.closures if left < c.start < right]
    style.draw_boxes(axes, closed, CLOSED, 0.6, 0)
    _draw_years(axes, left, right, unit)
    _draw_gates(axes, plan, [g for g in plan.gates if left < g.request_by < right], total, unit)
    _draw_lines(axes, plan, total, unit)
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
                axes.text(day.toordinal(), -0.33 * unit, f"{month}月", ha="center", va="center", fontsize=6,
                          color=style.SOFT)


def _draw_gates(axes, plan: PmoPlan, gates: Sequence[months.Gate], total: float, unit: float) -> None:
    """Deadlines of all budget occasions as small marks; those that the plan uses with their way to the money."""
    used = plan.gate.drop_duplicates(["gate", "fiscal"])
    level = -0.12 * unit
    axes.plot([g.request_by.toordinal() for g in gates], [level] * len(gates), "v", markersize=3.2, clip_on=False,
              markerfacecolor="none", markeredgecolor=style.SOFT, markeredgewidth=0.6)
    for name, ask, spend in used[["gate", "request_by", "available"]].itertuples(index=False):
        axes.plot([ask.toordinal(), spend.toordinal()], [level] * 2, color=style.INK, linewidth=1.4, clip_on=False)
        axes.plot(ask.toordinal(), level, "v", markersize=6, color=style.INK, clip_on=False)
        axes.text(spend.toordinal() + 8, level, name, fontsize=6.5, va="center", clip_on=False,
                  bbox={"facecolor": style.PAPER, "edgecolor": "none", "pad": 0.6})
        axes.axvline(ask.toordinal(), color=style.INK, linewidth=0.7, linestyle=(0, (1, 2)), zorder=1)


def _draw_lines(axes, plan: PmoPlan, total: float, unit: float) -> None:
    lines = ((plan.start, "計画の開始", style.INK, "-", "left"),
             (plan.city.at("target_date").value, "目標", style.BLUE, (0, (5, 2)), "right"),
             (plan.city.at("end_date").value, "期限", style.ALARM, "-", "left"))
    for day, word, colour, dashes, side in lines:
        axes.axvline(day.toordinal(), color=colour, linewidth=1.5, linestyle=dashes, zorder=2)
        axes.text(day.toordinal(), total + 0.06 * unit, f"{word} {labels.date_text(day)}", ha=side, va="top",
                  fontsize=7.2, color=colour, clip_on=False)


def _draw_legend(canvas, plan: PmoPlan) -> None:
    present = set(plan.task["bound"])
    gates = "使う予算の要求締切〜執行(▽は使わない)" if len(plan.gate) else "予算の要求締切(この計画では使わない)"
    handles = [style.look_patch(look, labels.word_of("bound", bound))
               for bound, look in style.BOUND.items() if bound in present]
    handles += [Line2D([], [], marker="D", linestyle="", markersize=4.5, markerfacecolor=style.PAPER,
                       markeredgecolor=style.INK, label="切替の初日(右の日付)"),
                Line2D([], [], marker="v", linestyle="", markersize=5, markeredgecolor=style.INK, label=gates,
                       markerfacecolor=style.INK if len(plan.gate) else style.PAPER),
                Patch(facecolor=CLOSED[0], label="閉庁日(3日以上)")]
    inch = 1 / canvas.get_figheight()
    canvas.legend(handles=handles, loc="lower center", bbox_to_anchor=(0.5, 0.2 * inch), ncol=len(handles),
                  frameon=False, fontsize=7, handlelength=1.8, columnspacing=1.2, handletextpad=0.5)
    canvas.text(0.5, 0.1 * inch, "太い帯: ベンダの枠を使う作業(共通の行は企画・調達の作業)。細い帯: 庁内で進める作業(PIA・条例改正・環境構築)。"
                "色と模様: その作業の日程を決めているもの。", ha="center", va="center", fontsize=7)


def _bars_table(plan: PmoPlan) -> Table:
    frame = _named_tasks(plan.task)[["package", "business", "item", "start", "finish", "bound"]]
    return Table(frame, "ロードマップの作業", source_text(plan), "item", "package")


def _named_tasks(task: pd.DataFrame) -> pd.DataFrame:
    return task.assign(business=task["business"].replace("", SHARED))


# --- the go-lives under other conditions -------------------------------------------------------------
def scenario_figure(plan: PmoPlan, row: pd.Series, base: pd.Series, sentence: str) -> Figure:
    """Systems in operation by month under a changed condition, against the plan.

    Parameters
    ----------
    plan : the roadmap.
    row, base : rows of ``plan_why``: the condition, and the plan itself.
    sentence : what the figure states.
    """
    end = max(*base["lives"], *row["lives"], plan.city.at("end_date").value)
    month = [day.date() for day in pd.date_range(plan.city.start.replace(day=1), end, freq="MS")]
    name = labels.word_of("scenario", row["scenario"])
    with style.drawing():
        canvas = style.canvas(2.0, style.UPRIGHT)
        axes = canvas.add_axes((0.05, 0.24, 0.93, 0.64))
        for found, look, word in ((base, (style.SOFT, (0, (3, 2))), labels.word_of("scenario", "base")), (row, (style.BLUE, "-"), name)):
            places = [style.month_place(month, day) for day in found["lives"]]
            axes.step([0, *places, len(month)], [*range(len(places) + 1), len(places)], where="post", color=look[0], linestyle=look[1],
                      linewidth=1.6, label=word)
        style.month_axes(axes, month)
        style.plain_axes(axes, "y")
        axes.set_ylim(0, len(base["lives"]) * 1.06)
        axes.axvline(style.month_place(month, plan.city.at("end_date").value), color=style.ALARM, linewidth=1.2, label="期限")
        axes.set_title("稼働した未移行システムの累計(システム)", loc="left", fontsize=8.5, pad=4)
        handles, words = axes.get_legend_handles_labels()
        found = dict(zip(words, handles))
        canvas.legend(found.values(), found.keys(), loc="lower center", bbox_to_anchor=(0.5, -0.03), ncol=3, frameon=False, handlelength=3)
        svg = style.svg_text(canvas, f"scenario-{row['scenario']}", f"{plan.city.name}の稼働の累計({name})", sentence)
    return Figure(f"scenario-{row['scenario']}", svg, sentence, f"比較の計算は簡易な探索による\n{source_text(plan)}", _lives_table(plan, row, base))


def lives_table(plan: PmoPlan, why: pd.DataFrame) -> Table:
    """Systems in operation at the end of each fiscal year, under each condition."""
    parts = [_lives_table(plan, row, why.iloc[0]).frame.assign(scenario=row["scenario"]) for _, row in why.iterrows()]
    frame = pd.concat(parts) if parts else pd.DataFrame([], columns=["fiscal", "lives_plan", "lives_then", "scenario"])
    return Table(frame, "年度末までに稼働した未移行システム", source_text(plan), "fiscal", "scenario", done_text(plan))


def _lives_table(plan: PmoPlan, row: pd.Series, base: pd.Series) -> Table:
    """Systems in operation at the end of each fiscal year."""
    last = months.fiscal_year(max(base["finish"], row["finish"]))
    rows = [(fiscal, *(sum(months.fiscal_year(day) <= fiscal for day in found["lives"]) for found in (base, row)))
            for fiscal in range(months.fiscal_year(plan.city.start), last + 1)]
    frame = pd.DataFrame(rows, columns=["fiscal", "lives_plan", "lives_then"])
    return Table(frame, f"年度末までに稼働した未移行システム({labels.word_of('scenario', row['scenario'])})", source_text(plan), "fiscal")


# --- the loads ---------------------------------------------------------------------------------------
def load_figure(plan: PmoPlan) -> Shown:
    """Load against capacity by month: DX section, all sections together, vendors."""
    if plan.done:
        return none_text("負荷", done_text(plan))
    sentence = load_text(plan)
    total = plan.load.groupby(["kind", "month"], sort=False, as_index=False)[["load", "capacity"]].sum()
    with style.drawing():
        canvas = style.canvas(4.6)
        for row, kind in enumerate(labels.ROLES):
            axes = canvas.add_axes((0.05, 0.73 - 0.335 * row, 0.94, 0.21))
            _draw_load(axes, total[total["kind"] == kind], kind)
        svg = style.svg_text(canvas, "load", f"{plan.city.name}の月ごとの負荷", sentence)
    frame = total[["kind", "month", "load", "capacity"]]
    table = Table(frame, "月ごとの負荷と使える量", source_text(plan), "month", "kind")
    return Figure("load", svg, sentence, source_text(plan), table)


def _draw_load(axes, part: pd.DataFrame, kind: str) -> None:
    days = [m.toordinal() for m in part["month"]]
    edges = [*days, days[-1] + 31]
    capacity = [*part["capacity"], part["capacity"].iloc[-1]]
    style.draw_boxes(axes, [(x, x + 29, 0, y) for x, y in zip(days, part["load"])], style.ROLE[kind], label="負荷")
    axes.step(edges, capacity, where="post", color=style.ALARM, linewidth=1.3, label="使える量")
    axes.set(xlim=(edges[0] - 8, edges[-1] + 8), ylim=(0, max(capacity) * 1.18))
    unit = "システム" if kind == "vendor" else "FTE"
    tail = {"dx": "", "section": "の合計", "vendor": "の枠"}[kind]
    axes.set_title(f"{labels.word_of('kind', kind)}{tail}({unit})", loc="left", fontsize=8.5, pad=4)
    starts = [m for m in part["month"] if m.month in (4, 10)]
    axes.set_xticks([m.toordinal() for m in starts], [labels.month_text(m) for m in starts], fontsize=7)
    style.plain_axes(axes, "y")
    axes.legend(loc="lower right", bbox_to_anchor=(1, 0.98), ncol=2, frameon=False, fontsize=7.5, borderaxespad=0.2)


def load_text(plan: PmoPlan) -> str:
    """The busiest month of the DX section, the busiest section, and the vendors, as shares of what there is."""
    if plan.done:
        return done_text(plan)
    share = plan.load.assign(share=plan.load["load"] / plan.load["capacity"])
    tops = {kind: part.loc[part["share"].idxmax()] for kind, part in share.groupby("kind")}
    parts = [f"{top['resource']}は{labels.month_text(top['month'])}の{labels.percent_text(top['share'])}%"
             for top in (tops[kind] for kind in labels.ROLES if kind in tops)]
    return f"使える量に対する負荷(月平均)が最も高いのは、{'、'.join(parts)}。どの週も使える量を超えない。"


# --- tables ------------------------------------------------------------------------------------------
def cutover_table(plan: PmoPlan) -> Table:
    """Each system's closure and go-live day by fiscal year, its float, and whether it is past target or end."""
    cut = plan.cutover
    frame = cut.assign(closure=[_closure_text(*run) for run in zip(cut["closure_kind"], cut["cutover"], cut["closure_end"])],
                       standing=[_standing(spare, late) for spare, late in zip(cut["spare"], cut["late_target"])])
    columns = ["fiscal", "business", "package", "closure", "live", "standing", "spare", "flagged"]
    note = (f"{source_text(plan)}\n期限は{labels.date_text(plan.city.at('end_date').value)}、"
            f"目標は{labels.date_text(plan.city.at('target_date').value)}。余裕が負の値は期限の後に過ぎる週数")
    return Table(frame[columns], "年度ごとの切替日と稼働日", note, "business", "fiscal", done_text(plan))


def _closure_text(kind: str, start: date, end: date) -> str:
    return f"{kind} {start.year}年{labels.run_text(start, end)}"


def _standing(spare: int, late: int) -> str:
    return "late" if spare < 0 else "after" if late > 0 else "within"


def gate_table(plan: PmoPlan) -> Table:
    """The budget of each package: ask by, spend from, and what missing it costs."""
    reason = done_text(plan) if plan.done else "残る作業に、新たな予算の議決を要するものはない。"
    note = f"予算の時期の出典は「前提と出典」の表を参照({labels.UNCONFIRMED}を含む)。逃した場合の遅れは、次に執行できる日までの月数"
    return Table(plan.gate, "調達のまとまりごとの予算の関門", note, "package", none=reason)


def why_table(plan: PmoPlan, why: pd.DataFrame) -> Table:
    """The plan again with people doubled, slots doubled, the first gate missed."""
    note = "差は「この計画」との比較で、負の値は早まることを示す。比較の計算は簡易な探索による"
    frame = why.drop(columns="lives").rename(columns={"finish": "last"})
    return Table(frame, "条件を変えたときの最後の稼働", note, "scenario", none=done_text(plan))


def critical_table(plan: PmoPlan) -> Table:
    """The critical chain in order: the work that sets the last go-live."""
    chain = _named_tasks(plan.task[plan.task["critical"]]).sort_values("start", kind="stable")
    chain = chain.assign(order=range(1, len(chain) + 1))
    columns = ["order", "package", "business", "item", "start", "finish", "bound", "wait"]
    note = f"人手やベンダの枠が空くのを待つ関係も含む。\n{source_text(plan)}"
    return Table(chain[columns], "最後の稼働を決める作業の列", note, "item", none=done_text(plan))


def task_table(plan: PmoPlan) -> Table:
    """Every work item (WBS) with dates, people and slots."""
    columns = ["package", "business", "item", "lead", "start", "finish", "weeks", "dx_fte", "section_fte", "slot",
               "bound", "critical"]
    frame = _named_tasks(plan.task)[columns]
    return Table(frame, "作業項目の一覧(WBS)", source_text(plan), "item", "package", done_text(plan))


def demand_table(plan: PmoPlan) -> Table:
    """People wanted by fiscal year and role: person-months in all, and the peak month."""
    demand = plan.demand.assign(fiscal=[months.fiscal_year(m) for m in plan.demand["month"]])
    rows = [(fiscal, role, part["fte"].sum(), part["fte"].max(), part.loc[part["fte"].idxmax(), "month"])
            for (fiscal, role), part in demand.groupby(["fiscal", "role"])]
    frame = pd.DataFrame(rows, columns=["fiscal", "role", "effort", "peak", "month"])
    frame["role"] = pd.Categorical(frame["role"], list(labels.ROLES))
    frame = frame.sort_values(["fiscal", "role"]).astype({"role": "object"})
    return Table(frame, "年度ごとに必要な人員", source_text(plan), "role", "fiscal", done_text(plan))
