"""What must hold of a whole plan, rule by rule; each fault is a kind and a sentence."""

from collections import Counter, defaultdict
from datetime import date

from tests.bench.check import days

SLACK = 1e-6
FULL = 0.05  # FTE below which a lack is none
CONTRACTS = ("PMO伴走", "業務委託")  # by contract: later years are promised
HELD = {"CIO補佐官": "dx_cio_assistant"}  # a form -> the figure that says that somebody is there
WHOLE_YEAR = 12
ROUNDED = 0.5  # people
ABLE = 0.995  # share of the standing work that is enough
STEPS = (1, 2, 3)


class Case:
    """A plan with what the rules read of it again and again."""

    def __init__(self, plan):
        self.plan, self.city = plan, plan.city
        self.staffing, self.training, self.budget = plan.staffing, plan.training, plan.budget
        self.occasions = days.occasions(self.city.start)
        self.opening = min(spent for _, spent, _ in self.occasions)
        contract = plan.staffing.contract
        given = contract["given"].astype(bool)
        self.planned = list(contract[~given].itertuples())
        self.given = list(contract[given].itertuples())
        self.cohorts = sorted(plan.training.cohort.itertuples(), key=lambda row: row.start)
        self.row = next(row for row in days.rows("municipalities") if row["code"] == self.city.code)

    def number(self, name):
        """A value of the city."""
        return float(self.city.number(name))

    def form(self, form, name):
        """The number of a form, as the city's row has it."""
        found = next(one for one in self.city.forms if one.name == form)
        return float(found.values[name][0].value)


def faults(plan):
    """(kind, sentence) of all that is wrong with a plan."""
    case = Case(plan)
    found = []
    for rule in RULES:
        found += [(rule.__name__, text) for text in rule(case)]
    return found


# --- 1 money before people ------------------------------------------------------------------------
def money_first(case):
    """Nobody starts before the first money and the lead time; hires on 1 April."""
    for row in case.planned:
        lead = int(case.form(row.form, "form_lead"))
        ready = days.plus(case.opening, lead)
        if row.start < ready:
            yield f"{row.form}は{row.start}開始、予算{case.opening}+{lead}か月は{ready}"
        if row.kind == "own" and (row.start.month, row.start.day) != (4, 1):
            yield f"採用の{row.form}は{row.start}開始で、4月1日でない"
    lead = int(case.number("step_lead"))
    ready = days.plus(case.opening, lead)
    for row in case.cohorts:
        if row.start < ready:
            yield f"クラス{row.cohort}は{row.start}開始、予算{case.opening}+{lead}か月は{ready}"


def money_in_time(case):
    """What is asked for can be spent when it is wanted, and new cost always has an occasion."""
    known = set(case.occasions)
    for row in case.budget.request.itertuples():
        what = f"{row.fiscal}年度{row.group}/{row.item}({row.gate}、執行{row.available})"
        if (row.request_by, row.available, row.gate) not in known:
            yield f"{what}: この要求の機会({row.request_by})は予算の暦にない"
        if row.standing == "late":
            yield f"{what}: {row.first}の支出に間に合わない"
        elif row.available > row.first:
            yield f"{what}: {row.first}の支出が先"
        if days.fiscal(row.first) != row.fiscal:
            yield f"{what}: 最初の支出{row.first}がその年度にない"
    for row in case.budget.unasked.itertuples():
        if row.group not in ("current", "migration"):
            yield f"{row.fiscal}年度{row.group}/{row.item} {row.yen:,}円を要求する機会がない"


# --- 2 money of another year ----------------------------------------------------------------------
def years_apart(case):
    """A budget pays in its own year; else it is carried over by one year, or promised."""
    promises = [row for row in case.budget.request.itertuples() if row.standing == "promised"]
    for row in case.budget.request.itertuples():
        own = days.fiscal(row.available)
        what = f"{row.fiscal}年度{row.group}/{row.item}({row.gate}、{own}年度予算、{row.standing})"
        if row.standing == "promised":
            if row.yen or row.limit <= 0 or not own < row.fiscal <= row.until:
                yield f"{what}: 債務負担の期間{row.fiscal}〜{row.until}か限度額{row.limit:,}がおかしい"
        elif row.standing == "carried":
            if row.fiscal != own + 1:
                yield f"{what}: 繰越が1年でない"
        elif row.fiscal != own:
            yield f"{what}: 別の年度の予算で、繰越でも債務負担でもない"
        if row.standing == "share" and not any(_covers(one, row) for one in promises):
            yield f"{what}: 年割額に、もとの債務負担行為がない"
    yield from _lots_promised(case, promises)
    yield from _people_promised(case, promises)


def _covers(promise, row):
    """Whether a promise was made for the money of a row, and earlier."""
    same = (promise.group, promise.item) == (row.group, row.item)
    return (
        same
        and promise.fiscal <= row.fiscal <= promise.until
        and (promise.request_by <= row.request_by)
    )


def _lots_promised(case, promises):
    """The limit of the promise of a lot or an initiative is what its later years cost."""
    for one in promises:
        if one.group not in ("migration", "initiatives"):
            continue
        item = case.budget.item
        item = item[(item["group"] == one.group) & (item["item"] == one.item)]
        later = item[(item["fiscal"] >= one.fiscal) & (item["fiscal"] <= one.until)]["yen"].sum()
        after = item[item["fiscal"] > one.until]["yen"].sum()
        if later != one.limit or after:
            yield f"{one.item}: 限度額{one.limit:,}円、後の年度の経費{later:,}円、期間の後{after:,}円"


def _people_promised(case, promises):
    """A contract with outsiders that reaches into later years is promised, with its whole cost."""
    wanted, until = Counter(), {}
    for row in case.planned:
        first = days.fiscal(row.start)
        if row.form not in CONTRACTS or days.fiscal(row.finish) == first:
            continue
        key = row.form, first
        until[key] = max(until.get(key, first), days.fiscal(row.finish))
        for month in days.months_of(row.start, row.finish):
            if days.fiscal(month) > first:
                wanted[key] += row.count * row.yen
    for (form, first), yen in wanted.items():
        rows = [one for one in promises if one.item == form and days.fiscal(one.available) == first]
        if not rows:
            yield f"{first}年度からの{form}の契約に、債務負担行為がない"
            continue
        limit, last = sum(one.limit for one in rows), max(one.until for one in rows)
        if (
            abs(limit - yen) > 1000 * (last - first) * len(case.planned)
            or last < until[form, first]
        ):
            yield (
                f"{first}年度からの{form}: 限度額{limit:,}円・{last}年度まで、"
                f"契約は{yen:,.0f}円・{until[form, first]}年度まで"
            )


# --- 3 PMO ----------------------------------------------------------------------------------------
def pmo_covered(case):
    """The office of the PMO is wanted to the last hypercare; covered, or the shortage is told."""
    cover = case.staffing.cover
    cover = cover[cover["role"] == "pmo"]
    wanted = _office(case)
    last = max(case.plan.pmo.task["finish"], default=date.min)
    if len(cover) and last > days.month_end(max(cover["month"])):
        yield f"人材計画は{max(cover['month'])}の月まで、最後の作業は{last}まで"
    for row in cover.itertuples():
        if row.demand < wanted[row.month] - SLACK:
            yield (
                f"{row.month}のPMOの仕事は{row.demand:.3f}FTE、"
                f"ロットから数えると{wanted[row.month]:.3f}FTE"
            )
        if abs(row.own + row.outside + row.short - row.demand) > 1e-5:
            yield f"{row.month}のPMO: 職員{row.own:.3f}+外部{row.outside:.3f}+不足{row.short:.3f}が合わない"


def _office(case):
    """Month -> FTE that the open lots want, and more from the first rehearsal on; no meetings."""
    wanted = Counter()
    task = case.plan.pmo.task
    for lot in set(task["lot"]):
        rows = task[task["lot"] == lot]
        first, last = min(rows["start"]), max(rows["finish"])
        tested = min(rows[rows["no"] == "12.2"]["start"], default=first)
        for month in days.months_of(first, last):
            wanted[month] += case.number("pmo_fte")
            if days.month_end(month) >= tested:
                wanted[month] += case.number("pmo_peak")
    return wanted


def work_adds_up(case):
    """Each role in each month: own, outside and short are the demand; none is negative."""
    for row in case.staffing.cover.itertuples():
        if abs(row.own + row.outside + row.short - row.demand) > 1e-5:
            yield f"{row.month} {row.role}: {row.own}+{row.outside}+{row.short}≠{row.demand}"
        if min(row.own, row.outside, row.short) < -SLACK:
            yield f"{row.month} {row.role}: 負の値"


# --- 4 training -----------------------------------------------------------------------------------
def steps_in_order(case):
    """Of each section and of all: step 1 before 2 before 3, and never more than who completed."""
    cohorts = {row.cohort: row for row in case.cohorts}
    seats = defaultdict(list)  # (section, step) -> (start, finish, people)
    for row in case.training.seat.itertuples():
        one = cohorts[row.cohort]
        seats[row.section, row.step].append((one.start, one.finish, row.people))
        seats["", row.step].append((one.start, one.finish, row.people))
    for (section, step), classes in sorted(seats.items()):
        if step == 1:
            continue
        before = seats.get((section, step - 1), [])
        first = min(start for start, _, _ in classes)
        ended = min((finish for _, finish, _ in before), default=None)
        name = section or "全庁"
        if ended is None or first <= ended:
            yield f"{name}: Step {step}は{first}から、Step {step - 1}の最初の終わりは{ended}"
        yield from _too_many(case, name, step, classes, before)


def _too_many(case, name, step, classes, before):
    """More in a step, up to a day, than completed the step before, with one more try each."""
    done = {no: case.number(f"step{no}_done") / 100 for no in STEPS}
    seated = 0
    for start, _, people in sorted(classes):
        seated += people
        able = sum(count for _, finish, count in before if finish < start) * done[step - 1]
        if seated > able * (2 - done[step]) + 1:
            yield f"{name}: {start}までにStep {step}が{seated}人、前の修了は{able:.1f}人"
            return


def classes_held(case):
    """Classes and their days: open days in order, within a fiscal year, no more than the seats."""
    session, seat = case.training.session, case.training.seat
    held = session.groupby("cohort")["day"].apply(list).to_dict()
    filled = seat.groupby("cohort")["people"].sum().to_dict()
    staff = {section.name: section.staff.number for section in case.city.sections}
    for row in case.cohorts:
        dates = held.get(row.cohort, [])
        if not dates or (dates[0], dates[-1]) != (row.start, row.finish) or sorted(dates) != dates:
            yield f"クラス{row.cohort}の日が開始・終了と合わない"
        shut = [str(day) for day in dates if not days.is_open(day)]
        if shut:
            yield f"クラス{row.cohort}は閉庁日に開く({'、'.join(shut)})"
        if not days.fiscal(row.start) == days.fiscal(row.finish) == row.fiscal:
            yield f"クラス{row.cohort}は年度をまたぐ({row.start}〜{row.finish})"
        if filled.get(row.cohort, 0) != row.people or not 0 < row.people <= row.seats:
            yield f"クラス{row.cohort}は{row.people}人(席{row.seats})、課の計{filled.get(row.cohort)}人"
    years = {row.cohort: row.fiscal for row in case.cohorts}
    counts = Counter()
    for row in seat.itertuples():
        counts[row.section, row.step, years[row.cohort]] += row.people
    for (section, step, year), people in counts.items():
        if section in staff and people > max(1, round(staff[section])):
            yield f"{year}年度のStep {step}: {section}から{people}人、職員は{staff[section]:g}人"


# --- 5 forms --------------------------------------------------------------------------------------
def forms_apply(case):
    """Only forms that apply here, and nobody whom the city has already."""
    general = {row["name"]: row["word"] for row in days.rows("offices")}
    known = {row["form"] for row in days.rows("form_places")}
    for row in case.planned:
        form = row.form if row.form in known else general.get(row.form, row.form)
        places = [one for one in days.rows("form_places") if one["form"] == form]
        here = [one for one in places if _fits(one, case.row)]
        word = here[-1]["eligible"] if here else "表にない"
        if word != "使える":
            yield f"{row.form}({row.start}から)は、この団体では{word}"
        if case.row.get(HELD.get(form, ""), "") == "1":
            yield f"{row.form}({row.start}から)は、{HELD[form]}=1ですでにいる"


def _fits(place, row):
    prefs, classes = place["prefs"], place["classes"]
    here = not prefs or row["pref"] in prefs.split(";")
    return here and (not classes or row["class"] in classes.split(";"))


# --- 8 people and money add up --------------------------------------------------------------------
def heads_balance(case):
    """start + gained + hired - lost = finish, month after month; nobody above the staff."""
    head = case.staffing.head
    staff = max(float(case.row["staff_general"] or 0), case.number("dx_staff") + 1)
    core = {form.name for form in case.city.forms if form.tier == "core"}
    hired = Counter()
    for row in case.staffing.outside.itertuples():
        hired[row.month] += row.count * (row.form in core)
    for tier, part in head.groupby("tier"):
        before = None
        for row in part.sort_values("month").itertuples():
            if abs(row.start + row.gained + row.hired - row.lost - row.finish) > 1e-5:
                yield f"{row.month} {tier}: 月初と増減が月末に合わない"
            if min(row.start, row.gained, row.hired, row.lost, row.finish) < -1e-5:
                yield f"{row.month} {tier}: 負の人数"
            if before is not None and abs(before - row.start) > 1e-5:
                yield f"{row.month} {tier}: 前の月末{before:.3f}と月初{row.start:.3f}が違う"
            before = row.finish
    for month, total in head.groupby("month")["start"].sum().items():
        if total > staff + hired[month] + 1e-4:
            yield f"{month}: 計{total:.2f}人、職員{staff:g}人+採用{hired[month]}人を超える"


def contracts_paid(case):
    """The engagements are those that run and that are paid, month by month and year by year."""
    running, spent = Counter(), Counter()
    plan_months = set(case.staffing.month)
    for row in case.planned + case.given:
        for month in days.months_of(row.start, row.finish):
            covered = row.start <= days.month_end(month) <= days.month_end(row.finish)
            if month in plan_months and covered:
                running[month, row.form] += row.count
                spent[days.fiscal(month), row.form] += row.count * row.yen
        if not row.given:
            spent[days.fiscal(row.start), row.form] += row.count * row.once
            whole = days.number(row.finish) - days.number(row.start) + 1
            if row.months != whole or row.finish != days.month_end(row.finish):
                yield f"{row.form} {row.start}〜{row.finish}: {row.months}か月でない"
    told = {(row.month, row.form): row.count for row in case.staffing.outside.itertuples()}
    for key in sorted(set(told) | set(running)):
        if told.get(key, 0) != running[key]:
            yield f"{key[0]} {key[1]}: 表は{told.get(key, 0)}人、契約は{running[key]}人"
    cost = case.staffing.cost
    paid = {(row.fiscal, row.item): row.yen for row in cost.itertuples()}
    forms = {form.name for form in case.city.forms}
    for key in sorted(set(spent) | {key for key in paid if key[1] in forms}):
        if abs(paid.get(key, 0) - spent[key]) > 2:
            yield f"{key[0]}年度{key[1]}: 経費{paid.get(key, 0):,}円、契約は{spent[key]:,.0f}円"


def people_in_budget(case):
    """The budget has the people's and the classes' cost, each year, to the thousand."""
    item, forms = case.budget.item, {form.name for form in case.city.forms}
    told = item[item["item"].isin(forms)].groupby(["fiscal", "item"])["yen"].sum().to_dict()
    cost = case.staffing.cost
    paid = cost[cost["item"].isin(forms)].groupby(["fiscal", "item"])["yen"].sum().to_dict()
    for key in sorted(set(told) | set(paid)):
        if abs(told.get(key, 0) - paid.get(key, 0)) > 1000:
            yield f"{key[0]}年度{key[1]}: 予算{told.get(key, 0):,}円、人材計画{paid.get(key, 0):,}円"
    held = Counter((row.fiscal, f"step{row.step}") for row in case.cohorts)
    asked = item[item["group"] == "training"].groupby(["fiscal", "item"])["yen"].sum().to_dict()
    counted = cost[~cost["item"].isin(forms)].groupby(["fiscal", "item"])["yen"].sum().to_dict()
    for key in sorted(set(held) | set(asked) | set(counted)):
        price = float(case.city.number(f"{key[1]}_yen", max(case.city.start, date(key[0], 4, 1))))
        yen = held[key] * price
        if abs(asked.get(key, 0) - yen) > 500 or abs(counted.get(key, 0) - yen) > 500:
            yield (
                f"{key[0]}年度{key[1]}: {held[key]}クラスで{yen:,.0f}円、"
                f"予算{asked.get(key, 0):,}円、人材計画{counted.get(key, 0):,}円"
            )


def budget_adds_up(case):
    """Funds are the costs, requests are the costs, years are their sums; whole thousands."""
    budget, keys = case.budget, ["fiscal", "group", "item"]
    cost = budget.item.groupby(keys)["yen"].sum().to_dict()
    paid = budget.funding.groupby(keys)["yen"].sum().to_dict()
    asked = Counter(budget.request.groupby(keys)["yen"].sum().to_dict())
    asked.update(budget.unasked.groupby(keys)["yen"].sum().to_dict())
    for key in sorted(set(cost) | set(paid) | set(asked)):
        yen = cost.get(key, 0)
        if paid.get(key, 0) != yen or asked[key] != yen:
            yield f"{key}: 経費{yen:,}円、財源{paid.get(key, 0):,}円、要求と既定{asked[key]:,}円"
        if yen % 1000:
            yield f"{key}: {yen:,}円は千円単位でない"
    funds = budget.funding.groupby(["fiscal", "fund"])["yen"].sum().to_dict()
    for row in budget.year.itertuples():
        part = {name: funds.get((row.fiscal, name), 0) for name in FUNDS}
        inside = part["special"] + part["ordinary"]
        right = (
            row.yen == sum(yen for key, yen in cost.items() if key[0] == row.fiscal),
            row.yen == row.subsidy + row.bond + row.general,
            (row.subsidy, row.bond) == (part["subsidy"], part["bond"]),
            row.allocation == inside and row.net == part["net"],
            row.general == inside + part["net"],
        )
        if not all(right):
            yield f"{row.fiscal}年度: 歳出と財源の計が合わない({right})"


# --- what the training and the ability say --------------------------------------------------------
def taught_counted(case):
    """The staffing counts whom the training seats, month by month."""
    last = case.staffing.month[-1]
    seated, counted = Counter(), Counter()
    for row in case.cohorts:
        month = row.start.replace(day=1)
        if month <= last:
            seated[month, row.step] += row.people
    for row in case.staffing.intake.itertuples():
        counted[row.month, row.step] += row.intake
    for key in sorted(set(seated) | set(counted)):
        # a class has whole people, the pools of the staffing have not
        if abs(seated[key] - counted[key]) > ROUNDED:
            yield f"{key[0]} Step {key[1]}: 研修は{seated[key]}人、人材計画は{counted[key]:.2f}人"


def able_alone(case):
    """Self-reliance is the first of twelve months in which permanent people could do that work.

    What fixed-term hires do of it is left out.
    """
    table = case.staffing.autonomy
    enough = list(table["able"] - table["hired"] >= table["wanted"] * ABLE)
    found = None
    for t in range(len(enough) - WHOLE_YEAR + 1):
        if all(enough[t : t + WHOLE_YEAR]):
            found = table["month"].iloc[t]
            break
    if found != case.staffing.self_reliant:
        yield f"自走は{case.staffing.self_reliant}、表から数えると{found}"


FUNDS = ("subsidy", "special", "ordinary", "bond", "net")
RULES = (
    money_first,
    money_in_time,
    years_apart,
    pmo_covered,
    work_adds_up,
    steps_in_order,
    classes_held,
    forms_apply,
    heads_balance,
    contracts_paid,
    people_in_budget,
    budget_adds_up,
    taught_counted,
    able_alone,
)


# --- statistics -----------------------------------------------------------------------------------
def measures(plan):
    """What is counted over the country: outsiders at a time, short engagements, gap, shortage."""
    case = Case(plan)
    people = Counter()
    for row in case.planned + case.given:
        if row.kind == "outside":
            for month in days.months_of(max(row.start, case.city.start), row.finish):
                people[month] += row.count
    section = case.number("dx_staff")
    brief = [row for row in case.planned if _is_brief(case, row)]
    cover = case.staffing.cover
    pmo = cover[cover["role"] == "pmo"]
    last = max(case.plan.pmo.task["finish"], default=None)
    left = [row.finish for row in case.planned if row.form == "PMO伴走" and last]
    return {
        "population": int(case.row["population"]),
        "dx_staff": section,
        "peak": max(people.values(), default=0),
        "most": max(1.0, section / 2),
        "engagements": len(case.planned),
        "brief": len(brief),
        "brief_cut": sum(row.finish >= days.month_end(case.staffing.month[-1]) for row in brief),
        "brief_list": [f"{row.form}×{row.count} {row.start}〜{row.finish}" for row in brief],
        "gap": float(case.staffing.outcome.gap),
        "training_gap": float(case.training.outcome.gap),
        "pmo_short": float(pmo["short"].max()) if len(pmo) else 0.0,
        "pmo_short_months": int((pmo["short"] > FULL).sum()),
        "pmo_left_early": sum(day < last for day in left),
        "short": float(cover["short"].sum()),
        "short_share": float(cover["short"].sum() / max(1e-9, cover["demand"].sum())),
        "january": sum(row.start.month == 1 and row.start.day < 12 for row in case.cohorts),
        "cohorts": len(case.cohorts),
        "external": case.row["dx_external_talent"] == "1" and not case.given and bool(people),
        "self_reliant": str(case.staffing.self_reliant),
    }


def _is_brief(case, row):
    """Whether an engagement is under 12 months though its form may last so long."""
    return row.months < WHOLE_YEAR <= case.form(row.form, "form_most")
