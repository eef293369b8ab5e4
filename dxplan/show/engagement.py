"""Outsiders and hires: engagements in time, pay and end, role sheets for recruiting, what each form costs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pandas as pd

from dxplan.facts import catalog, months
from dxplan.facts.catalog import source_title
from dxplan.facts.params import Value
from dxplan.plan.funds import parts
from dxplan.plan.people import DAYS
from dxplan.plan.staffing import StaffingPlan
from dxplan.show import labels, style
from dxplan.show.style import OUTSIDE, OWN, Figure, Shown, Table, Text, none_text
from dxplan.town.defaults import Form, in_force, load_specs

KIND = {"outside": "外部人材", "own": "採用する職員"}
LOOK = {"outside": OUTSIDE, "own": OWN}
BARRED = {
    "own": "「自前のみ」の進め方では、外部人材を使わない。",
    "outside": "「外部のみ」の進め方では、職員を採用しない。",
}
LANE, LEFT, WIDE = (
    0.24,
    1.05,
    4.35,
)  # inches: a lane, names of forms, months; then room for the bars' words
ASSUMED = f"単価・日数・期間・上限は設計上の仮定を含む({labels.UNCONFIRMED}。「形態ごとの前提」の表を参照)"
TRUST = 0.05  # FTE by which own people have to grow for their autonomy to be a condition


def source_text(plan: StaffingPlan) -> str:
    """Where the numbers come from, and from when on they hold."""
    return style.origin_text(plan.city, plan.outcome, ASSUMED)


def none_reason(plan: StaffingPlan) -> str:
    """Why there is no outsider."""
    return (
        BARRED["own"]
        if plan.strategy == "own"
        else "重みを含む値が最小になる組合せに、外部人材が入らない。"
    )


def _empty_reason(plan: StaffingPlan) -> str:
    """Why there is neither an outsider nor a hire."""
    return f"{none_reason(plan)}{BARRED['outside'] if plan.strategy == 'outside' else '採用も、重みを含む値が最小になる組合せに入らない。'}"


def _last_day(plan: StaffingPlan) -> date:
    return months.first_of_next_month(plan.month[-1]) - timedelta(days=1)


# --- the engagements in time -----------------------------------------------------------------------------
def engagement_figure(plan: StaffingPlan) -> Shown:
    """Engagements as bars by form: how many, how much work, until when."""
    if not len(plan.contract):
        return none_text("外部人材・採用の期間", _empty_reason(plan))
    sentence, rows = engagement_text(plan), _lanes(plan)
    inches = LANE * (max(lane for lane, _ in rows) + 1)
    with style.drawing():
        canvas = style.canvas(inches + 0.95, style.UPRIGHT)
        height = canvas.get_figheight()
        axes = canvas.add_axes(
            (LEFT / style.UPRIGHT, 0.45 / height, WIDE / style.UPRIGHT, inches / height)
        )
        axes.set_ylim(inches / LANE, 0)
        style.month_axes(axes, plan.month)
        _draw_lanes(axes, plan, rows)
        _draw_exit(axes, plan)
        words = [kind for kind in KIND if kind in set(plan.contract["kind"])]
        canvas.legend(
            handles=[style.look_patch(LOOK[kind], KIND[kind]) for kind in words],
            loc="lower center",
            ncol=2,
            bbox_to_anchor=(0.45, -0.005),
            frameon=False,
        )
        svg = style.svg_text(
            canvas, "engagement", f"{plan.city.name}の外部人材と採用の期間", sentence
        )
    return Figure("engagement", svg, sentence, source_text(plan), _bars_table(plan))


def _lanes(plan: StaffingPlan) -> list[tuple[int, tuple]]:
    """(lane, engagement): a form has as many lanes as its bars with their words overlap, and lanes of its own."""
    found, first = [], 0
    for _, part in _sorted(plan).groupby(["kind", "form"], sort=False):
        ends: list[float] = []
        for row in part.sort_values("start").itertuples():
            left = style.month_place(plan.month, row.start)
            lane = next((k for k, end in enumerate(ends) if end <= left), len(ends))
            words = (
                0.1 * len(_bar_text(plan, row)) * len(plan.month) / WIDE
            )  # months that the words take
            ends[lane : lane + 1] = [left + row.months + words]
            found.append((first + lane, row))
        first += len(ends)
    return found


def _sorted(plan: StaffingPlan) -> pd.DataFrame:
    """Engagements, outsiders before hires."""
    return plan.contract.sort_values("kind", kind="stable", ignore_index=True)


def _bar_text(plan: StaffingPlan, row) -> str:
    last = (
        "計画の最後まで"
        if row.finish >= _last_day(plan)
        else f"{labels.month_text(row.finish)}末まで"
    )
    return f"{row.count}件・計{labels.fte_text(row.count * row.fte)} {last}"


def _draw_lanes(axes, plan: StaffingPlan, rows: list[tuple[int, tuple]]) -> None:
    for kind, look in LOOK.items():
        boxes = [
            (
                style.month_place(plan.month, row.start),
                style.month_place(plan.month, row.start) + row.months,
                lane + 0.12,
                lane + 0.88,
            )
            for lane, row in rows
            if row.kind == kind
        ]
        if boxes:
            style.draw_boxes(axes, boxes, look)
    for lane, row in rows:
        right = style.month_place(plan.month, row.start) + row.months
        axes.annotate(
            _bar_text(plan, row),
            (right, lane + 0.52),
            (4, 0),
            textcoords="offset points",
            va="center",
            fontsize=7.5,
            zorder=6,
            bbox={"facecolor": style.PAPER, "edgecolor": "none", "pad": 0.8},
        )
    forms = pd.Series({lane: row.form for lane, row in rows}).sort_index()
    for form, part in forms.groupby(forms, sort=False):
        top, low = part.index.min(), part.index.max() + 1
        axes.annotate(
            form, (0, (top + low) / 2), (-5, 0), textcoords="offset points", ha="right", va="center"
        )
        axes.axhline(low, color=style.LINE, linewidth=0.5, zorder=0.5)
    axes.set_yticks([])
    axes.spines[["left", "right"]].set_visible(False)


def _draw_exit(axes, plan: StaffingPlan) -> None:
    """The last outsider's end, and the day after which there may be none."""
    marks = []
    if plan.strategy in ("both", "mix"):
        limit = plan.city.at("exit_date").value
        marks.append(
            (limit, f"外部人材の終了日(上限) {labels.date_text(limit)}", (0, (4, 2)), style.INK)
        )
    if plan.exit and plan.exit < _last_day(plan) and (not marks or plan.exit != marks[0][0]):
        marks.append(
            (plan.exit, f"最後の外部人材の終了 {labels.date_text(plan.exit)}", "-", style.ALARM)
        )
    for row, (day, word, dashes, colour) in enumerate(marks):
        place = style.month_place(plan.month, day + timedelta(days=1))
        if place <= len(plan.month):
            axes.axvline(place, color=colour, linewidth=1.3, linestyle=dashes, zorder=2)
            axes.annotate(
                word,
                (place, 1),
                (0, 4 + 12 * row),
                ("data", "axes fraction"),
                "offset points",
                ha="center",
                fontsize=7.5,
                color=colour,
            )


def engagement_text(plan: StaffingPlan) -> str:
    """How many engagements of which kind, from when until when."""
    said = []
    for kind, word in KIND.items():
        part = plan.contract[plan.contract["kind"] == kind]
        if len(part):
            forms = "・".join(dict.fromkeys(part["form"]))
            said.append(
                f"{word}は{int(part['count'].sum())}件({forms})で、{labels.date_text(part['start'].min())}に始まり"
                f"{labels.date_text(part['finish'].max())}に終わる"
            )
    return f"{'。'.join(said)}。" if said else _empty_reason(plan)


def _bars_table(plan: StaffingPlan) -> Table:
    frame = _engagements(plan)[["group", "form", "engaged", "start", "finish", "span", "each"]]
    return Table(frame, "外部人材・採用の期間", source_text(plan), "form", "group")


# --- pay and end ---------------------------------------------------------------------------------------------
def _engagements(plan: StaffingPlan) -> pd.DataFrame:
    """Engagements with their pay in all, by what was in force in each month; thousands of yen."""
    frame = _sorted(plan)
    rows = list(frame.itertuples())
    return frame.assign(
        group=frame["kind"].replace(KIND),
        engaged=frame["count"],
        span=frame["months"],
        each=frame["fte"],
        monthly=frame["yen"] / 10_000,
        period=[_period_text(row) for row in rows],
        thousand=[round(_paid(plan, row) / 1000) for row in rows],
    )


def _period_text(row) -> str:
    return f"{labels.month_text(row.start)}〜{labels.month_text(row.finish)}({row.months}か月)"


def _paid(plan: StaffingPlan, row) -> float:
    """Yen of the engagements in a row of ``contract``."""
    rates = plan.outside[plan.outside["form"] == row.form]
    each = [
        yen / count
        for m, yen, count in zip(rates["month"], rates["yen"], rates["count"])
        if row.start <= m <= row.finish
    ]
    return row.count * (sum(each) + row.once)


def exit_text(plan: StaffingPlan, row) -> str:
    """The exit condition of a row of ``contract``: what own people have to be able to do alone."""
    end = labels.date_text(row.finish)
    if row.kind == "own":
        return f"任期の満了({end})"
    if row.finish >= _last_day(plan):
        return "計画の最後まで続き、終了の条件がない"
    before = plan.autonomy.loc[plan.autonomy["month"] == row.start, "autonomy"].iloc[0]
    if row.autonomy < before + TRUST:
        return (
            f"契約期間の満了({end})。その間に職員だけで進められる量は増えず({labels.fte_text(before)}から"
            f"{labels.fte_text(row.autonomy)})、残る外部人材か職員に引き継ぐ"
        )
    return (
        f"職員だけで{labels.fte_text(row.autonomy)}分の移行・推進の仕事を進められるようになること"
        f"(計画では{labels.month_text(row.finish)}末。開始時は{labels.fte_text(before)})"
    )


def contract_table(plan: StaffingPlan) -> Table:
    """Engagements with pay and total."""
    columns = ["group", "form", "engaged", "period", "each", "monthly", "thousand"]
    note = f"{source_text(plan)}\n金額は初期費用を含む全件の計。1FTEは月{DAYS}日"
    return Table(
        _engagements(plan)[columns],
        "外部人材と採用の一覧",
        note,
        "form",
        "group",
        _empty_reason(plan),
    )


def exit_table(plan: StaffingPlan) -> Table:
    """The exit condition of each engagement."""
    frame = _sorted(plan)
    frame = frame.assign(
        group=frame["kind"].replace(KIND),
        leaving=[exit_text(plan, row) for row in frame.itertuples()],
    )
    note = f"{source_text(plan)}\n職員だけで進められる量は、標準化の移行とDX推進の仕事のうち、外部の助けなしに進められる量"
    return Table(
        frame[["group", "form", "finish", "leaving"]],
        "終了の条件",
        note,
        "form",
        "group",
        _empty_reason(plan),
    )


def cost_table(plan: StaffingPlan) -> Table:
    """Money spent by fiscal year and form, in thousands of yen that add up; at the end all years."""
    rows = []
    for fiscal, part in plan.cost.groupby("fiscal"):
        name, whole = labels.fiscal_text(int(fiscal)), round(part["yen"].sum() / 1000)
        cells = parts(whole, [int(yen) for yen in part["yen"]])
        rows += zip([name] * len(part), part["item"].replace(labels.ITEMS), cells)
        rows.append((name, "計", whole))
    rows += [("全期間", "計", sum(row[2] for row in rows if row[1] == "計"))] if rows else []
    frame = pd.DataFrame(rows, columns=["year", "what", "thousand"])
    note = f"{source_text(plan)}\n今いる職員の人件費は含まない。財源は予算の計画による"
    return Table(
        frame,
        "年度・形態ごとの費用",
        note,
        "what",
        "year",
        "外部人材・採用・研修のどれも使わない。",
    )


# --- role sheets for recruiting ------------------------------------------------------------------------------
def role_sheets(plan: StaffingPlan) -> Shown:
    """One sheet for each form that the plan uses, outsiders first, and a line on the forms it does not use."""
    used = _used(plan)
    sheets = [f'<div class="sheet">{_sheet_table(plan, form).html()}</div>' for form in used]
    first = (
        ""
        if any(form.kind == "outside" for form in used)
        else none_text("外部人材の役割票", none_reason(plan)).html()
    )
    unused = style.paragraph(unused_text(plan)).html() if unused_text(plan) else ""
    return Text(f"{first}{''.join(sheets)}{unused}")


def _used(plan: StaffingPlan) -> list[Form]:
    """The forms that the plan uses, outsiders first."""
    used = set(plan.contract["form"])
    return sorted(
        (form for form in plan.city.forms if form.name in used),
        key=lambda form: form.kind != "outside",
    )


def recruit_table(plan: StaffingPlan) -> Table:
    """The role sheets of all forms used, one under the other."""
    frames = [_sheet_table(plan, form).frame.assign(form=form.name) for form in _used(plan)]
    frame = (
        pd.concat(frames, ignore_index=True)
        if frames
        else pd.DataFrame(columns=["form", "what", "content"])
    )
    return Table(
        frame[["form", "what", "content"]],
        "募集の役割票",
        f"{unused_text(plan)}\n{source_text(plan)}",
        "what",
        "form",
        _empty_reason(plan),
    )


def unused_text(plan: StaffingPlan) -> str:
    """Which forms the plan does not use, and why."""
    rest = [form for form in plan.city.forms if form.name not in set(plan.contract["form"])]
    reasons: dict[str, list[str]] = {}
    for form in rest:
        reasons.setdefault(_unused_reason(plan, form), []).append(form.name)
    said = [f"{'・'.join(names)}({why})" for why, names in reasons.items()]
    return f"この計画で使わない形態: {'、'.join(said)}。" if said else ""


def _unused_reason(plan: StaffingPlan, form: Form) -> str:
    if plan.strategy in BARRED and form.kind != plan.strategy:
        return BARRED[plan.strategy].removesuffix("。")
    if not form.number("form_max", plan.city.start) * plan.city.number("form_scale"):
        return "上限を0としている"
    return "重みを含む値が最小になる組合せに入らない"


def _sheet_table(plan: StaffingPlan, form: Form) -> Table:
    part = plan.contract[plan.contract["form"] == form.name]
    whole = "・".join(dict.fromkeys(labels.word_of("work", role) for role in form.roles))
    rows = [
        (
            "募集する役割",
            f"{form.name}。担う仕事は{whole}{'。研修の伴走もできる' if form.coach else ''}",
        ),
        ("職務の内容", form.duty),
        ("働く日数", _days_text(plan, form)),
        ("件数と期間", "、".join(_term_text(row) for row in part.itertuples())),
        (
            "募集・契約に要る期間",
            f"{form.number('form_lead', plan.city.start):g}か月({_ready_text(plan, form, part)})",
        ),
        *_pay_rows(plan, form),
        ("終了の条件", "。".join(dict.fromkeys(exit_text(plan, row) for row in part.itertuples()))),
        ("組む職員", _pair_text(plan, form)),
        ("使える財政措置", _measure_text(form)),
    ]
    frame = pd.DataFrame(rows, columns=["what", "content"])
    return Table(frame, f"役割票: {form.name}({KIND[form.kind]})", source_text(plan), "what")


def _days_text(plan: StaffingPlan, form: Form) -> str:
    days = form.number("form_days", plan.city.start)
    return f"月{days:g}日(1件で{labels.fte_text(days / DAYS)}。1FTEは月{DAYS}日)"


def _term_text(row) -> str:
    return f"{row.count}件: {labels.date_text(row.start)}から{labels.date_text(row.finish)}まで({row.months}か月)"


def _ready_text(plan: StaffingPlan, form: Form, part: pd.DataFrame) -> str:
    """When the procedure has to begin for the first engagement to start in time."""
    first = part["start"].min()
    place = first.year * 12 + first.month - 1 - int(form.number("form_lead", plan.city.start))
    return f"最初の件は{labels.month_text(max(date(place // 12, place % 12 + 1, 1), plan.city.start))}までに手続を始める"


def _pay_rows(plan: StaffingPlan, form: Form) -> Iterator[tuple[str, str]]:
    """Pay with its ground, source, date and grade."""
    for name, what in (("form_yen", "報酬・委託料の目安"), ("form_once", "初期費用の目安")):
        value = in_force(form.values[name], plan.city.start)
        amount = f"1件 {labels.number_text(value.value / 10_000)}万円{'/月(事業主負担・旅費を含む)' if name == 'form_yen' else ''}"
        yield (
            what,
            f"{amount}。根拠: {value.note or labels.MISSING}(出典: {source_title(value.source)}、{_as_of(value)})",
        )


def _as_of(value: Value) -> str:
    return f"{labels.as_of_text(value.as_of)}時点、確度{labels.grade_text(value.grade)}"


def _pair_text(plan: StaffingPlan, form: Form) -> str:
    """The own counterpart of one engagement."""
    if form.kind == "own":
        return "組む職員は要らない。DX・情報部門の一員として働く"
    if plan.strategy == "outside":
        return "置かない。「外部のみ」の進め方では、職員と組んで引き継がない"
    share, fte = plan.city.number("pair_share"), form.number("form_days", plan.city.start) / DAYS
    return (
        f"1件につきDX・情報部門の職員{labels.fte_text(share * fte)}(月{labels.number_text(round(share * fte * DAYS, 1))}日)まで。"
        f"移行・推進の仕事の{plan.city.number('pair_least'):g}%以上を職員と組んで進める({labels.UNCONFIRMED})"
    )


def _measure_text(form: Form) -> str:
    rows = catalog.load_table("finance_rates")[["id", "measure"]].itertuples(index=False)
    name = next(
        (name for id, name in rows if form.measure and f"{id}-".startswith(f"{form.measure}-")), ""
    )
    if not name:
        return "見込まない"
    return f"{name}({form.measure})。率と対象の年度は「財政措置の一覧」の表で確かめる({labels.UNCONFIRMED})"


# --- assumptions ---------------------------------------------------------------------------------------------
def form_table(plan: StaffingPlan) -> Table:
    """What is assumed of each form: pay, days, terms, limits; values of one origin stand in one row."""
    city = plan.city
    rows = [row for form in city.forms for row in _form_rows(form, city.start)]
    values = [in_force(found, city.start) for form in city.forms for found in form.values.values()]
    unsure = sum(labels.GRADES[value.grade].unconfirmed for value in values)
    scale = city.number("form_scale")
    tail = f"同時の上限と1年に始められる数には、上限の倍率{scale:g}を掛ける。" if scale != 1 else ""
    title = f"形態ごとの前提({len(values)}件、うち{labels.UNCONFIRMED}{unsure}件)"
    frame = pd.DataFrame(rows, columns=["form", "content", "as_of", "source", "grade", "note"])
    return Table(frame, title, f"{tail}{labels.grades_text()}", "form")


def _form_rows(form: Form, day: date) -> Iterator[tuple]:
    found: dict[tuple, list[Value]] = {}
    for values in form.values.values():
        value = in_force(values, day)
        found.setdefault((value.as_of, source_title(value.source), value.grade), []).append(value)
    for (as_of, source, grade), values in found.items():
        content = "、".join(
            f"{_label(value)} {labels.amount_text(value.value)}{value.unit}" for value in values
        )
        note = "。".join(
            f"{_label(value)}: {value.note}" for value in values if value.note not in ("", "仮定")
        )
        yield form.name, content, as_of, source, grade, note or labels.MISSING


def _label(value: Value) -> str:
    return load_specs()[value.name].label
