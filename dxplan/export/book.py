"""The whole plan as a workbook: the numbers and words of the report, to be filtered and summed.

Same plan, same bytes: the file's dates are those of the plan's basis date, and nothing is written
that the plan does not hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time
from io import BytesIO

import pandas as pd
from xlsxwriter import Workbook

import dxplan
from dxplan.export import chart
from dxplan.export.gantt import write_gantt
from dxplan.export.sheet import (
    A3,
    A4,
    ALARM,
    BLUE,
    LINE,
    LINE_HIGH,
    Placed,
    SheetPaper,
    cell_text,
    text_lines,
    write_print,
    write_sums,
    write_table,
)
from dxplan.facts import months
from dxplan.plan.budget import GROUPS
from dxplan.plan.governance import Governance, plan_governance
from dxplan.plan.pmo import PmoPlan
from dxplan.plan.whole import Comparison, Plan
from dxplan.show import budget, engagement, labels, pmo, report, staffing, state, strategy, training
from dxplan.show import city as place
from dxplan.show import governance as steering
from dxplan.show.style import Table

SUMMARY = "要約"
COVER = ["demand", "own", "outside", "short"]  # work, and who does it
SETTINGS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
SHEETS = (  # name, what a reader finds there
    ("WBS", "移行ロットごとの作業の時期・主担当・余裕と、段階で色分けした帯"),
    ("移行ロット", "一緒に移すシステム、契約、稼働の見通しと幅、時期を決めるもの"),
    ("システムの状態", "20業務と共通機能の状態、その時点、確かめること"),
    ("稼働の累計", "年度末までに稼働するシステムの数。見通しの中央値など"),
    ("予算の関門", "移行ロットの予算の締切と、逃した場合の遅れ"),
    ("条件別の見通し", "ベンダの時期・予算・人手を変えたときの稼働の見通し"),
    ("要確認の場合", "要確認を稼働と置いた場合と、未移行と置いた場合"),
    ("負荷(月別)", "最も早い予定の日程での、月ごとの仕事と使える時間"),
    ("人材(月別)", "月ごとの仕事の量と、職員・外部人材・不足"),
    ("外部人材と採用", "形態ごとの件数、期間、月額"),
    ("募集の役割票", "募集する役割ごとの職務・日数・期間・終了の条件"),
    ("進め方の比較", "自前のみ・外部のみ・二刀流を同じ条件で比べた値"),
    ("クラス", "研修のクラスの期間、人数、課ごとの内訳"),
    ("研修日程", "研修日ごとの時刻・会場・内容"),
    ("役割別の予定", "首長・CIOからベンダまで、役割ごとにいつ何をするか"),
    ("経費と財源", "年度ごとの歳出と財源(千円)。合計は計算式"),
    ("経費の明細", "年度・経費・財源ごとの金額(円)。合計は計算式"),
    ("予算要求", "どの予算に、いつまでに、何を、いくら要求するか"),
    ("財政措置", "財政措置ごとの率・上限・年度・出典と見込額"),
    ("前提と出典", "計画が置いた値の単位・時点・出典・確度"),
    ("形態の前提", "外部人材・採用の形態ごとの単価・日数・期間"),
    ("RACI", "作業と仕事ごとの役割分担"),
    ("RAID", "リスク・前提・課題・依存と、責任者・期日・対応"),
    ("会議体", "誰が、いつ、何のために集まるか"),
    ("会議日程", "会議の日付"),
)


def book_bytes(plan: Plan, why: pd.DataFrame, ways: Comparison) -> bytes:
    """The workbook (xlsx) of a plan.

    Parameters
    ----------
    plan : all plans of the city.
    why : the table of ``plan_why`` for its roadmap.
    ways : the strategies beside each other.
    """
    stream = BytesIO()
    title, basis = report.title_text(plan), plan.city.at("basis_date").value
    inputs = f"照合番号 {plan.city.fingerprint()}"
    with Workbook(stream, SETTINGS) as book:
        book.set_properties(
            {
                "title": cell_text(title),
                "author": "dxplan",
                "comments": f"入力の{inputs}",
                "created": datetime.combine(basis, time()),
            }
        )
        book.set_calc_mode("auto")
        paper = SheetPaper(book, f"{title} 基準日 {labels.date_text(basis)} {inputs}")
        _write_summary(paper, plan, why)
        _write_roadmap(paper, plan, why)
        _write_people(paper, plan, ways)
        governance = plan_governance(plan, why)
        _write_classes(paper, plan)
        write_table(paper, "役割別の予定", steering.role_table(governance, plan), A3, 2)
        _write_money(paper, plan)
        _write_origins(paper, plan)
        _write_governance(paper, governance)
    return stream.getvalue()


# --- the first sheet ------------------------------------------------------------------------------
def _write_summary(paper: SheetPaper, plan: Plan, why: pd.DataFrame) -> None:
    """City, day, version, fingerprint and status; headline numbers; what the other sheets hold."""
    sheet, row = paper.book.add_worksheet(SUMMARY), 0
    head = {"bold": True, "font_size": 12, "font_color": BLUE}
    cell = {"border": 1, "border_color": LINE}
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 100)
    paper.text(sheet, 0, 0, report.title_text(plan), **head | {"font_size": 16})
    for heading, pairs in _summary(plan, why):
        row += 2
        paper.text(sheet, row, 0, heading, **head)
        for name, text in pairs:
            row += 1
            paper.text(sheet, row, 0, name, bold=True, **cell)
            alarm = {}
            if heading == "この計画" and labels.UNCONFIRMED in text:
                alarm["font_color"] = ALARM
            paper.text(sheet, row, 1, text, text_wrap=True, **cell, **alarm)
            sheet.set_row(row, LINE_HIGH * text_lines(text, 110) + 3)
    row += 2
    paper.text(sheet, row, 0, "シートの一覧", **head)
    link = paper.look(underline=1, font_color=BLUE, **cell)
    for name, what in SHEETS:
        row += 1
        sheet.write_url(row, 0, f"internal:'{name}'!A1", link, name)
        paper.text(sheet, row, 1, what, text_wrap=True, **cell)
    write_print(paper, sheet, A4, True)
    sheet.activate()


def _summary(plan: Plan, why: pd.DataFrame) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    city, basis = plan.city, plan.city.at("basis_date").value
    unsure = sum(labels.GRADES[value.grade].unconfirmed for _, value in city.assumptions())
    kind = "公表値と既定値、paramsのファイルによる計画"
    if city.base:
        kind = f"変更案 {city.slug}: {city.why}({city.who}、{labels.date_text(city.when)})"
    outcomes = (
        f"移行 {pmo.outcome_text(plan.pmo)}、"
        f"人材 {labels.outcome_text(plan.staffing.outcome)}、"
        f"研修 {labels.outcome_text(plan.training.outcome)}"
    )
    ground = f"{labels.UNCONFIRMED}の値を含む({unsure}件。「前提と出典」のシートを参照)"
    yield (
        "この計画",
        [
            ("団体", f"{city.pref}{city.name}({city.code})"),
            ("計画の基準日", labels.date_text(basis)),
            ("計画の種類", kind),
            ("版", f"dxplan {dxplan.__version__}"),
            ("入力の照合番号", city.fingerprint()),
            ("計算の状態", outcomes),
            ("前提", ground),
        ],
    )
    yield "主な数字", list(report.headlines(plan, why).items())
    yield (
        "まとめ",
        [
            *_roadmap_lines(plan.pmo),
            ("人材", staffing.summary_text(plan.staffing)),
            ("研修", training.training_text(plan.training)),
            ("経費と財源", budget.summary_text(plan.budget)),
        ],
    )
    decisions = [(labels.day_text(day), text) for day, text in report.next_decisions(plan)]
    yield "次に決めること", decisions


def _roadmap_lines(plan: PmoPlan) -> list[tuple[str, str]]:
    """Where the city stands, what has to be asked first, and what is seen of its lots."""
    lines = [("状態", state.situation_text(plan.city))]
    question = state.question_text(plan.city)
    if question:
        lines.append(("先に確かめること", question.partition(": ")[2]))
    if not plan.done:
        lines.append(("移行", pmo.roadmap_text(plan)))
    return lines


# --- the roadmap ----------------------------------------------------------------------------------
def _write_roadmap(paper: SheetPaper, plan: Plan, why: pd.DataFrame) -> None:
    write_gantt(paper, "WBS", plan)
    write_table(paper, "移行ロット", pmo.lot_table(plan.pmo), A3)
    write_table(paper, "システムの状態", place.state_table(plan.city), widths=(("doubt", 40),))
    placed = write_table(paper, "稼働の累計", sums_table(plan))
    if placed.last >= placed.first:
        title = f"年度末までに稼働したシステムの累計(20業務) {plan.city.name}"
        chart.write_steps(paper, placed, title)
    write_table(paper, "予算の関門", pmo.gate_table(plan.pmo))
    write_table(paper, "条件別の見通し", pmo.why_table(plan.pmo, why))
    write_table(paper, "要確認の場合", pmo.branch_table(plan.pmo))
    write_table(paper, "負荷(月別)", _load_table(plan.pmo))


def sums_table(plan: Plan) -> Table:
    """Fiscal year -> systems in operation at its end: by the earliest plan, by P50 and by P80."""
    live = sum(system.live for system in plan.city.systems)
    common = int(plan.city.common.live)
    lots = plan.pmo.lot.merge(plan.pmo.told.lot, on="lot").to_dict("records")
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
        f"中央値と80%は稼働の見通しの時期による。\n{pmo.source_text(plan.pmo)}"
    )
    columns = ["fiscal", "sum_earliest", "sum_middle", "sum_late", "sum_common"]
    frame = pd.DataFrame(rows, columns=columns)
    return Table(frame, "年度末の稼働の累計", note, "fiscal", none=pmo.done_text(plan.pmo))


def _fiscals(plan: Plan) -> range:
    """Fiscal years from the plan's start to the last date that is told; none without lots."""
    if plan.pmo.done:
        return range(0)
    days = [*plan.pmo.lot["live"], *plan.pmo.told.lot["p80"], plan.city.at("end_date").value]
    last = max(filter(None, days))
    return range(months.fiscal_year(plan.pmo.start), months.fiscal_year(last) + 1)


def _moved(lots: list[dict], name: str, fiscal: int) -> list[dict]:
    """The lots that are live by the end of a fiscal year, by one of their dates (None: beyond)."""
    return [row for row in lots if row[name] and months.fiscal_year(row[name]) <= fiscal]


def _load_table(plan: PmoPlan) -> Table:
    """Load, capacity and shortage of the DX section and each section by month."""
    columns = ["month", "resource", "kind", "load", "capacity", "short"]
    note = f"最も早い予定の日程での値。不足は人材の計画で補う。\n{pmo.source_text(plan)}"
    load, done = plan.load[columns], pmo.done_text(plan)
    return Table(load, "月ごとの負荷と使える時間", note, "month", none=done)


# --- people ---------------------------------------------------------------------------------------
def _write_people(paper: SheetPaper, plan: Plan, ways: Comparison) -> None:
    placed = write_table(paper, "人材(月別)", month_table(plan))
    sums = plan.staffing.cover[COVER].sum()
    write_sums(paper, placed, list(sums.items()), "month")
    chart.write_people(paper, placed, f"月ごとの仕事と担い手(FTE) {plan.city.name}")
    write_table(paper, "外部人材と採用", engagement.contract_table(plan.staffing))
    recruits = engagement.recruit_table(plan.staffing)
    write_table(paper, "募集の役割票", recruits, widths=(("content", 100),))
    write_table(paper, "進め方の比較", strategy.comparison_table(ways))


def month_table(plan: Plan) -> Table:
    """Work of all kinds by month, who covers it, and each kind of work."""
    total = plan.staffing.cover.groupby("month", sort=False)[COVER].sum().reset_index()
    note = f"FTEは月の人員の量(1FTE=月20日)。計は延べ人月。\n{staffing.source_text(plan.staffing)}"
    return Table(total, "月ごとの仕事と担い手", note, "month")


def _write_classes(paper: SheetPaper, plan: Plan) -> None:
    write_table(paper, "クラス", training.cohort_table(plan.training))
    write_table(paper, "研修日程", training.sessions_table(plan.training))


# --- money ----------------------------------------------------------------------------------------
def _write_money(paper: SheetPaper, plan: Plan) -> None:
    _write_years(paper, plan)
    placed = write_table(paper, "経費の明細", funding_rows(plan))
    if placed.last >= placed.first:
        total = [("yen", int(plan.budget.funding["yen"].sum()))]
        write_sums(paper, placed, total, "what", "SUBTOTAL(109,{})")
    write_table(paper, "予算要求", budget.request_table(plan.budget), widths=(("what", 60),))
    write_table(paper, "財政措置", budget.measure_table(plan.budget))


def _write_years(paper: SheetPaper, plan: Plan) -> None:
    """Cost and funds by fiscal year, in thousands of yen; sums of rows and columns are formulas."""
    cost, funds = budget.cost_table(plan.budget).frame, budget.funding_table(plan.budget).frame
    sure = budget.sure_table(plan.budget).frame
    names = list(budget.FUNDS)
    frame = cost.join(funds[names]).assign(
        earned=funds["total"], balance=0, general_if_zero=sure["general_if_zero"]
    )
    columns = ["year", *GROUPS, "total", *names, "earned", "balance", "general_if_zero"]
    note = (
        f"{budget.source_text(plan.budget)}\n歳出計・財源計・差・計は計算式。"
        "地方交付税は使途の定めのない一般財源だが、措置の見込みを分けて示す"
    )
    table = Table(frame[columns].iloc[:-1], "年度ごとの経費と財源", note, "year")
    placed = write_table(paper, "経費と財源", table, A3)
    for row, values in enumerate(table.frame.to_dict("records"), placed.first):
        _write_row_sums(paper, placed, row, values)
    whole = frame.iloc[-1]
    write_sums(paper, placed, [(name, int(whole[name])) for name in columns[1:]], "year")
    chart.write_money(paper, placed, f"年度ごとの財源(千円) {plan.city.name}", names)


def _write_row_sums(paper: SheetPaper, placed: Placed, row: int, values: dict) -> None:
    def cell(column: str) -> str:
        return placed.cell(row, column)

    for column, formula, value in (
        ("total", f"=SUM({cell(GROUPS[0])}:{cell(GROUPS[-1])})", int(values["total"])),
        (
            "earned",
            f"=SUM({cell(budget.FUNDS[0])}:{cell(budget.FUNDS[-1])})",
            int(values["earned"]),
        ),
        ("balance", f"={cell('total')}-{cell('earned')}", 0),
    ):
        look = paper.body(num_format="#,##0", bold=True)
        placed.sheet.write_formula(row, placed.place(column), formula, look, value)


def funding_rows(plan: Plan) -> Table:
    """Every cost with its fund, in whole yen."""
    rows = plan.budget.funding
    frame = rows.assign(
        group=rows["group"].map(labels.label_of),
        what=rows["item"].replace(labels.ITEMS),
        grade=[grade or None for grade in rows["grade"]],
    )
    columns = ["fiscal", "group", "what", "fund", "yen", "grade"]
    note = f"計は、絞り込んだ行だけの合計。\n{budget.source_text(plan.budget)}"
    return Table(frame[columns], "経費の明細(円)", note, "what")


# --- origins and steering -------------------------------------------------------------------------
def _write_origins(paper: SheetPaper, plan: Plan) -> None:
    table = place.assumptions_table(plan.city, "pmo", "staffing", "training", "budget")
    write_table(paper, "前提と出典", table, A3, 2, (("what", 40), ("note", 60)))
    forms = engagement.form_table(plan.staffing)
    write_table(paper, "形態の前提", forms, A3, 1, (("content", 80), ("note", 70)))


def _write_governance(paper: SheetPaper, governance: Governance) -> None:
    write_table(paper, "RACI", steering.raci_table(governance), A3, 2)
    raid = steering.raid_table(governance)
    write_table(paper, "RAID", raid, A3, 2, (("content", 60), ("response", 40)))
    write_table(paper, "会議体", steering.meeting_table(governance))
    write_table(paper, "会議日程", steering.diary_table(governance))
