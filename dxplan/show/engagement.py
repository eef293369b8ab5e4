"""Outsiders and hires: engagements in time, pay and end, role sheets, what each form costs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial

import pandas as pd

from dxplan.facts import catalog, months
from dxplan.facts.catalog import Cells, Named, source_title
from dxplan.facts.params import Value
from dxplan.plan.costs import people_yen
from dxplan.plan.parts import Parts
from dxplan.plan.people import DAYS
from dxplan.plan.pmo import PmoPlan
from dxplan.plan.staffing import StaffingPlan
from dxplan.show import axes, labels, style
from dxplan.show.axes import Flag
from dxplan.show.charts import Canvas, Pen, Sample
from dxplan.show.lanes import Lane, gantt, span_of
from dxplan.show.state import engaged_text
from dxplan.show.style import OUTSIDE, OWN, Shown, Table, Text, none_text
from dxplan.town.defaults import Form, in_force, load_specs

KIND = {"outside": "外部人材", "own": "採用する職員"}
LOOK = {"outside": OUTSIDE, "own": OWN}
BARRED = {
    "own": "「自前のみ」の進め方では、新しい外部人材を活用しない。",
    "outside": "「外部のみ」の進め方では、職員を採用しない。",
}
ASSUMED = f"単価・日数・期間・上限は仮定を含む({labels.UNCONFIRMED}。「形態ごとの前提」の表を参照)"
YEARLY = "会計年度任用職員"  # appointed to the end of a fiscal year, and again
TRUST = 0.05  # FTE by which own people have to grow for their autonomy to be a condition


def source_text(plan: StaffingPlan) -> str:
    """Where the numbers come from, and from when on they hold."""
    return style.origin_text(plan.city, plan.outcome, ASSUMED)


def none_reason(plan: StaffingPlan) -> str:
    """Why there is no outsider."""
    if plan.strategy == "own":
        return BARRED["own"]
    return "総合評価が最も良い組合せに、新しい外部人材が入らない。"


def _empty_reason(plan: StaffingPlan) -> str:
    """Why there is neither an outsider nor a hire."""
    hires = "採用も、総合評価が最も良い組合せに入らない。"
    if plan.strategy == "outside":
        hires = BARRED["outside"]
    return none_reason(plan) + hires


def _last_day(plan: StaffingPlan) -> date:
    return months.month_end(plan.month[-1])


# --- the engagements in time ---------------------------------------------------------------------
def engagement_figure(plan: Parts) -> Shown:
    """Engagements as bars under the go-lives: how many, how much work, until when."""
    title, staffing = "外部人材・採用の期間", plan.staffing
    if staffing.contract.empty:
        return none_text(title, _empty_reason(staffing))
    source = source_text(staffing)
    columns = "group form engaged start finish span each".split()
    table = Table(_engagements(staffing)[columns], title, source, "form", "group")
    title, sentence = f"{plan.city.name}の外部人材と採用の期間", engagement_text(staffing)
    lives = _lives(plan.pmo)
    draw = partial(_draw_engagements, staffing, lives, _lanes(staffing, lives))
    return style.fitted(draw, "engagement", title, sentence, source, table)


def _lanes(staffing: StaffingPlan, lives: list[date]) -> list[Lane]:
    """The go-lives, and an engagement a row."""
    lanes = [Lane("ロットの稼働の見通し(中央値)", marks=[(lives, LIVE)])] if lives else []
    for row in _sorted(staffing).itertuples():
        days = max(row.start, staffing.month[0]), min(row.finish, _last_day(staffing))
        lanes.append(Lane(row.form, _bar_text(staffing, row), bars=[(LOOK[row.kind], *days)]))
    return lanes


def _draw_engagements(
    staffing: StaffingPlan, lives: list[date], lanes: list[Lane], canvas: Canvas
) -> None:
    x = span_of([staffing.month[0], _last_day(staffing), *lives])
    gantt(canvas, lanes, x, _flags(staffing))
    kinds = dict.fromkeys(staffing.contract["kind"])
    samples: dict[str, Sample] = {KIND[kind]: LOOK[kind] for kind in KIND if kind in kinds}
    if lives:
        samples["稼働の見通し"] = LIVE
    axes.key(canvas, samples)


LIVE = Pen(width=0, mark="D", size=6)


def _lives(plan: PmoPlan) -> list[date]:
    """The medians of the lots."""
    return [] if plan.done else sorted(plan.told.lot["p50"].dropna())


def _sorted(plan: StaffingPlan) -> pd.DataFrame:
    """Engagements, outsiders before hires, those of a form together."""
    return plan.contract.sort_values(["kind", "form", "start"], ascending=[False, True, True])


def _bar_text(plan: StaffingPlan, row: Named) -> str:
    last = f"{labels.month_text(row.finish)}末"
    if row.finish >= _last_day(plan):
        last = "計画の最後"
    return f"{row.count}人・計{labels.fte_text(row.count * row.fte)} {last}まで"


def _flags(plan: StaffingPlan) -> list[Flag]:
    """The last outsider's end, and the day after which there may be none."""
    limit = None
    flags: list[Flag] = []
    if plan.strategy in ("both", "mix"):
        limit = plan.city.at("exit_date").day
        flags.append(_flag(limit, "外部人材の終了日(上限)", Pen(style.ALARM, 1.3, (4, 2))))
    if plan.exit and plan.exit < _last_day(plan) and plan.exit != limit:
        flags.append(_flag(plan.exit, "最後の外部人材の終了", Pen(width=1.3)))
    end = (_last_day(plan) + months.DAY).toordinal()
    return [flag for flag in flags if flag.place <= end]


def _flag(day: date, word: str, pen: Pen) -> Flag:
    return Flag((day + months.DAY).toordinal(), f"{word} {labels.date_text(day)}", pen)


def engagement_text(plan: StaffingPlan) -> str:
    """How many engagements of which kind, from when until when."""
    text = ""
    for kind, word in KIND.items():
        part = plan.sought
        part = part[part["kind"] == kind]
        if len(part):
            forms = "・".join(dict.fromkeys(part["form"]))
            text += (
                f"{word}は延べ{part['count'].sum()}人({forms})で、期間は"
                f"{labels.date_text(part['start'].min())}から"
                f"{labels.date_text(part['finish'].max())}まで。"
            )
    return f"{text or _empty_reason(plan)}{engaged_text(plan.city)}"


# --- pay and end ---------------------------------------------------------------------------------
def _engagements(plan: StaffingPlan) -> pd.DataFrame:
    """Engagements with pay in all, by what was in force in each month, thousands of yen; ends."""
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
        leaving=[exit_text(plan, row) for row in rows],
    )


def _period_text(row: Named) -> str:
    """From when until when; of who works already the end alone."""
    if row.given:
        return f"任用・契約中、{labels.month_text(row.finish)}まで"
    span = f"{labels.month_text(row.start)}〜{labels.month_text(row.finish)}"
    return f"{span}({_length_text(row)})"


def _length_text(row: Named) -> str:
    """Months of an engagement; nobody is appointed beyond the end of a fiscal year at once."""
    if _again(row):
        return f"毎年度の再度の任用により最長{row.months}か月"
    return f"{row.months}か月"


def _again(row: Named) -> bool:
    """Whether an engagement needs another appointment in a later fiscal year."""
    years = map(months.fiscal_year, (row.start, row.finish))
    return row.form == YEARLY and len(set(years)) > 1


def _paid(plan: StaffingPlan, row: Named) -> float:
    """Yen of the engagements in a row of ``contract``."""
    rates = plan.outside[plan.outside["form"] == row.form]
    # Each month is paid by the rate in force in it.
    rates = rates[(rates["month"] >= row.start) & (rates["month"] <= row.finish)]
    return row.count * (sum(rates["yen"] / rates["count"]) + row.once)


def exit_text(plan: StaffingPlan, row: Named) -> str:
    """The exit condition of a row of ``contract``: what own people have to be able to do alone."""
    end = labels.date_text(row.finish)
    if _again(row):
        return f"任期は会計年度の末日まで。再度の任用は{end}まで"
    if row.kind == "own":
        return f"任期の満了({end})"
    if row.given:
        return f"期間の満了({end})"
    if row.finish >= _last_day(plan):
        return "計画の最後まで続き、終了の条件がない"
    before = plan.autonomy.loc[plan.autonomy["month"] == row.start, "autonomy"].iloc[0]
    # Where own people do not grow, there is nothing to wait for: the term ends by its date.
    if row.autonomy < before + TRUST:
        return (
            f"期間の満了({end})。その間に職員だけで進められる量は増えず"
            f"({labels.fte_text(before)}から{labels.fte_text(row.autonomy)})、"
            "残る外部人材か職員に引き継ぐ"
        )
    return (
        f"職員だけで{labels.fte_text(row.autonomy)}の移行・推進の仕事を進められるようになること"
        f"(計画では{labels.month_text(row.finish)}末。開始時は{labels.fte_text(before)})"
    )


def _engaged_table(plan: StaffingPlan, columns: list[str], title: str, note: str) -> Table:
    frame = _engagements(plan)[["group", "form", *columns]]
    source = f"{source_text(plan)}\n{note}"
    return Table(frame, title, source, "form", "group", _empty_reason(plan))


def contract_table(plan: StaffingPlan) -> Table:
    """Engagements with pay and total."""
    columns = "engaged period each monthly thousand".split()
    note = f"金額は初期費用を含む全員分の計。常勤1人は月{DAYS}日"
    return _engaged_table(plan, columns, "外部人材と採用の一覧", note)


def exit_table(plan: StaffingPlan) -> Table:
    """The exit condition of each engagement."""
    note = (
        "職員だけで進められる量は、標準化の移行とDX推進の仕事のうち、外部の助けなしに進められる量"
    )
    return _engaged_table(plan, ["finish", "leaving"], "終了の条件", note)


def cost_table(plan: StaffingPlan) -> Table:
    """Money spent by fiscal year and form, as the budget has it; at the end all years."""
    rows, total = [], 0
    cost = pd.DataFrame(people_yen(plan), columns=["fiscal", "item", "yen"])
    for fiscal, part in cost.groupby("fiscal"):
        year, whole = labels.fiscal_text(fiscal), part["yen"].sum() // 1000
        for item, yen in zip(part["item"], part["yen"], strict=True):
            rows.append((year, labels.words_of("item").get(item, item), yen // 1000))
        rows.append((year, "計", whole))
        total += whole
    if rows:
        rows.append(("全期間", "計", total))
    frame = pd.DataFrame(rows, columns=["year", "what", "thousand"])
    note = f"{source_text(plan)}\n今いる職員の人件費は含まない。財源は予算の計画による"
    none = "外部人材の活用・採用・研修のどれも行わない。"
    return Table(frame, "年度・形態ごとの費用", note, "what", "year", none)


# --- role sheets for recruiting ------------------------------------------------------------------
def role_sheets(plan: StaffingPlan) -> Shown:
    """A sheet for each form used, outsiders first, and a line on the forms that are not used."""
    used, body = _used(plan), ""
    if not any(form.kind == "outside" for form in used):
        body = none_text("外部人材の役割票", none_reason(plan)).html()
    for form in used:
        frame = pd.DataFrame(_sheet(plan, form).items(), columns=["what", "content"])
        title = f"役割票: {form.name}({KIND[form.kind]})"
        sheet = Table(frame, title, source_text(plan), "what")
        body += f'<div class="sheet">{sheet.html()}</div>'
    unused = unused_text(plan)
    if unused:
        body += style.paragraph(unused).html()
    return Text(body)


def _used(plan: StaffingPlan) -> list[Form]:
    """The forms that the plan uses, outsiders first."""
    names = set(plan.sought["form"])
    used = [form for form in plan.city.forms if form.name in names]
    return sorted(used, key=lambda form: form.kind != "outside")


def recruit_table(plan: StaffingPlan) -> Table:
    """The role sheets of all forms used, one under the other."""
    rows = []
    for form in _used(plan):
        for what, content in _sheet(plan, form).items():
            rows.append((form.name, what, content))
    frame = pd.DataFrame(rows, columns=["form", "what", "content"])
    note = f"{unused_text(plan)}\n{source_text(plan)}"
    return Table(frame, "募集の役割票", note, "what", "form", _empty_reason(plan))


def unused_text(plan: StaffingPlan) -> str:
    """Which forms the plan does not use, and why."""
    reasons: dict[str, list[str]] = {}
    for form in plan.city.forms:
        if form not in _used(plan):
            reasons.setdefault(_unused_reason(plan, form), []).append(form.name)
    groups = [f"{'・'.join(names)}({reason})" for reason, names in reasons.items()]
    if not groups:
        return ""
    return f"この計画で新しく活用しない形態: {'、'.join(groups)}。"


def _unused_reason(plan: StaffingPlan, form: Form) -> str:
    if plan.strategy in BARRED and form.kind != plan.strategy:
        return BARRED[plan.strategy].removesuffix("。")
    barred = form.barred(plan.city.start)
    if barred:
        return f"{barred.word}: {barred.note}"
    if not form.number("form_max", plan.city.start) * plan.city.number("form_scale"):
        return "上限を0としている"
    return "総合評価が最も良い組合せに入らない"


def _sheet(plan: StaffingPlan, form: Form) -> dict[str, str]:
    """What a role sheet says, by its headings."""
    engaged = plan.sought
    engaged = engaged[engaged["form"] == form.name]
    duties = "・".join(dict.fromkeys(labels.word_of("work", role) for role in form.roles))
    role, terms = f"{form.name}。担う仕事は{duties}", []
    exits: dict[str, None] = {}
    if form.coach:
        role += "。研修の伴走もできる"
    days = form.number("form_days", plan.city.start)
    for row in engaged.itertuples():
        span = f"{labels.date_text(row.start)}から{labels.date_text(row.finish)}まで"
        terms.append(f"{row.count}人: {span}({_length_text(row)})")
        exits[exit_text(plan, row)] = None
    return {
        "募集する役割": role,
        "職務の内容": form.duty,
        "働く日数": f"月{days:g}日(1人で{labels.fte_text(days / DAYS)}。常勤1人は月{DAYS}日)",
        "人数と期間": "、".join(terms),
        "手続": form.steps,
        "始められるまでの期間": _lead_text(plan, form, engaged["start"].min()),
        "報酬・委託料の目安": _pay_text(plan, form, "form_yen", "/月(事業主負担・旅費を含む)"),
        "初期費用の目安": _pay_text(plan, form, "form_once"),
        "終了の条件": "。".join(exits),
        "組む職員": _pair_text(plan, form),
        "使える財政措置": _measure_text(form),
    }


def _lead_text(plan: StaffingPlan, form: Form, first: date) -> str:
    """When the procedure has to begin for the first engagement to start in time."""
    lead = form.number("form_lead", plan.city.start)
    begin = max(months.month_later(first, -int(lead)), plan.city.start)
    return f"{lead:g}か月(最初の1人は{labels.month_text(begin)}までに手続を始める)"


def _pay_text(plan: StaffingPlan, form: Form, name: str, unit: str = "") -> str:
    """Pay with its ground, source, date and grade."""
    value = in_force(form.values[name], plan.city.start)
    state = f"{labels.as_of_text(value.as_of)}時点、確度{labels.grade_text(value.grade)}"
    return (
        f"1人 {labels.number_text(value.number / 10_000)}万円{unit}。"
        f"根拠: {value.note or labels.MISSING}(出典: {source_title(value.source)}、{state})"
    )


def _pair_text(plan: StaffingPlan, form: Form) -> str:
    """The own counterpart of one engagement."""
    if form.kind == "own":
        return "組む職員は要らない。DX・情報部門の一員として働く"
    if plan.strategy == "outside":
        return "置かない。「外部のみ」の進め方では、職員と組んで引き継がない"
    share, fte = plan.city.number("pair_share"), form.number("form_days", plan.city.start) / DAYS
    days = labels.number_text(round(share * fte * DAYS, 1))
    return (
        f"1人につきDX・情報部門の職員{labels.fte_text(share * fte)}(月{days}日)まで。"
        f"移行・推進の仕事の{plan.city.number('pair_least'):g}%以上を"
        f"職員と組んで進める({labels.UNCONFIRMED})"
    )


def _measure_text(form: Form) -> str:
    for row in catalog.load_table("finance_rates").itertuples():
        # F10 also stands for its parts, F10-person and so on.
        if form.measure and f"{row.id}-".startswith(f"{form.measure}-"):
            return (
                f"{row.measure}({form.measure})。"
                f"率と対象の年度は「財政措置の一覧」の表で確かめる({labels.UNCONFIRMED})"
            )
    return "見込まない"


# --- assumptions ---------------------------------------------------------------------------------
def form_table(plan: StaffingPlan) -> Table:
    """What is assumed of each form: pay, days, terms, limits; values of one origin in one row."""
    rows: list[Cells] = []
    count = unsure = 0
    for form in plan.city.forms:
        values = [in_force(found, plan.city.start) for found in form.values.values()]
        count += len(values)
        unsure += labels.unsure_count(values)
        rows += _form_rows(form.name, values)
    scale, text = plan.city.number("form_scale"), ""
    if scale != 1:
        text = f"同時の上限と1年に始められる数には、上限の倍率{scale:g}を掛ける。"
    title = f"形態ごとの前提({count}件、うち{labels.UNCONFIRMED}{unsure}件)"
    frame = pd.DataFrame(rows, columns="form content as_of source grade note".split())
    return Table(frame, title, f"{text}{labels.grades_text()}", "form")


def _form_rows(form: str, values: list[Value]) -> Iterator[Cells]:
    origins: dict[tuple, list[Value]] = {}
    for value in values:
        origin = (value.as_of, source_title(value.source), value.grade)
        origins.setdefault(origin, []).append(value)
    for origin, group in origins.items():
        amounts, notes = [], []
        for value in group:
            label = load_specs()[value.name].label
            amounts.append(
                f"{label} {labels.amount_text(value.value)}{labels.unit_text(value.unit)}"
            )
            if value.note not in ("", "仮定"):
                notes.append(f"{label}: {value.note}")
        yield form, "、".join(amounts), *origin, "。".join(notes) or labels.MISSING
