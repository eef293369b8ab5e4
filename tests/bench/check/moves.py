"""How the staffing answers when the plan is longer, learning slower, or something gets easier."""

import random
import re
import subprocess
import tempfile
from collections import Counter
from dataclasses import replace
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from types import MappingProxyType

import highspy

from dxplan.plan.pmo import plan_pmo
from dxplan.plan.staffing import plan_staffing
from dxplan.plan.training import plan_training
from dxplan.plan.whole import plan_growth
from dxplan.town.city import load_city
from tests.bench.check import days
from tests.plans import NOWHERE, QUICK, build_staffing

CITIES, CASES, WORKERS, SEED = 20, 200, 2, 15
MOVED, SAME = 3, 18  # months; cities of 20
GAPS = {"標準": 0.15, "入念": 0.05}
MEASURED = 40  # cities whose gap is looked at
TOLERANCE = 1e-6
NEVER = date(9999, 1, 1)
DESIGNATED = "141003"
USABLE, BARRED = "使える", ("確かめる", "使えない")  # words of whether a form applies
PARTS = ("horizon", "learning", "relaxed", "gaps", "second")


def main(codes, effort=QUICK, parts=PARTS):
    """Print what is broken; 1 where anything is."""
    wrong = sum(RUNS[part](sorted(codes), effort) for part in parts)
    print("all moves hold" if not wrong else f"{wrong} moves are broken")
    return int(wrong > 0)


def _drawn(codes, count, seed=SEED):
    """Some cities; those without a roadmap left are in as they come."""
    return random.Random(seed).sample(codes, min(count, len(codes)))


def _shared(work, things):
    with get_context("fork").Pool(WORKERS) as pool:
        yield from pool.imap_unordered(work, things)


# --- a longer plan, slower learning ---------------------------------------------------------------
def _reliant(pair):
    """(code, self-reliance as it is, with other values, and with initiatives chosen anew by them).

    What people could do is held against the same work: another plan of initiatives is another
    demand, and is told beside it.
    """
    code, effort, values = pair
    city = load_city(code, NOWHERE).changed(effort=effort)
    pmo = plan_pmo(city)
    base, _, portfolio = plan_growth(city, pmo)
    other = city.changed(**{name: made(city) for name, made in values.items()})
    asked = plan_staffing(other, pmo, work=portfolio.work)
    taught = plan_training(other, pmo, asked).cohort
    same = plan_staffing(other, pmo, taught=taught, work=portfolio.work)
    anew, *_ = plan_growth(other, pmo)
    return code, base.self_reliant, same.self_reliant, anew.self_reliant


def longest(city):
    """84 months."""
    return 84


def half(city):
    """Half the growth of autonomy."""
    return city.number("autonomy_gain") / 2


def _horizon(codes, effort):
    """60 -> 84 months moves self-reliance by three months at most in 18 of 20 cities."""
    drawn, near = _drawn(codes, CITIES), 0
    for code, base, other, anew in _shared(
        _reliant, [(c, effort, {"staff_months": longest}) for c in drawn]
    ):
        apart = 0 if base == other else None
        if base and other:
            apart = abs(days.number(base) - days.number(other))
        good = apart is not None and apart <= MOVED
        near += good
        print(
            f"  horizon 60 -> 84 {code}: {base} -> {other}{'' if good else '  MOVED'}"
            f" (initiatives chosen anew: {anew})",
            flush=True,
        )
    broken = near * CITIES < SAME * len(drawn)
    print(f"{'BROKEN ' if broken else ''}horizon: at most {MOVED} months in {near} of {len(drawn)}")
    return int(broken)


def _learning(codes, effort):
    """Half the growth of autonomy never brings self-reliance earlier."""
    drawn, early = _drawn(codes, CITIES), []
    for code, base, other, anew in _shared(
        _reliant, [(c, effort, {"autonomy_gain": half}) for c in drawn]
    ):
        if (other or NEVER) < (base or NEVER):
            early.append(code)
        print(
            f"  autonomy_gain / 2 {code}: {base} -> {other} (initiatives chosen anew: {anew})",
            flush=True,
        )
    broken = "BROKEN " if early else ""
    print(f"{broken}slower learning earlier in {len(early)} of {len(drawn)}: {early}")
    return int(bool(early))


# --- relaxations ----------------------------------------------------------------------------------
def changed_form(city, name, **values):
    """The city with other numbers or words of a form."""
    forms = []
    for form in city.forms:
        if form.name == name:
            rows = dict(form.values)
            for key, value in values.items():
                rows[key] = (replace(rows[key][0], value=value),)
            form = replace(form, values=MappingProxyType(rows))
        forms.append(form)
    return replace(city, forms=tuple(forms))


def relaxed(city, kind, chance):
    """(what is easier, the city)."""
    form = chance.choice(city.forms)
    if kind == "seats":
        step = chance.choice((1, 2, 3))
        more = city.number(f"step{step}_seats") + chance.randint(1, 10)
        return f"step{step}_seats {more:g}", city.changed(**{f"step{step}_seats": more})
    if kind == "cheap":
        form = chance.choice([one for one in city.forms if one.kind == "outside"])
        yen = round(form.values["form_yen"][0].number * chance.uniform(0.3, 0.95))
        return f"{form.name} {yen:,}円", changed_form(city, form.name, form_yen=float(yen))
    if kind == "time":
        share = city.number("daily_share") * chance.uniform(0.6, 0.98)
        return f"daily_share {share:.1f}", city.changed(daily_share=share)
    if kind == "eligible":
        # who is there already works for nothing in the plan: another word would take them away
        barred = [form for form in city.forms if _word(form) in BARRED]
        if barred:
            form = chance.choice(barred)
            made = changed_form(city, form.name, form_eligible=USABLE)
            return f"{form.name} {USABLE}", made
    more = form.values["form_max"][0].number + 1
    year = form.values["form_year"][0].number + 1
    made = changed_form(city, form.name, form_max=more, form_year=year)
    return f"{form.name} form_max {more:g}", made


def _word(form):
    """Whether a form applies, in the word of its row; "" of a form without one."""
    rows = form.values.get("form_eligible")
    return rows[0].value if rows else ""


KINDS = ("seats", "cheap", "time", "eligible", "max")


def _dearer(pair):
    """Rows (code, effort, kind, what, value before, value after) of some relaxations of a city."""
    code, effort, count = pair
    city = load_city(code, NOWHERE).changed(effort=effort)
    pmo, chance = plan_pmo(city), random.Random(int(code))
    base = plan_staffing(city, pmo)
    rows = []
    for k in range(count):
        kind = KINDS[k % len(KINDS)]
        what, easier = relaxed(city, kind, chance)
        again = plan_staffing(easier, pmo, last=base)
        rows.append((code, kind, what, base.value, again.value, again.outcome.bound))
    return rows


def _relaxed(codes, effort):
    """Whatever gets easier, the plan made again costs no more."""
    drawn = _drawn(codes, CITIES)
    each, counts, worse, better = -(-CASES // len(drawn)), Counter(), [], 0
    for rows in _shared(_dearer, [(code, effort, each) for code in drawn]):
        for code, kind, what, before, after, bound in rows:
            counts[kind] += 1
            better += after < before - TOLERANCE * abs(before)
            if after > before + TOLERANCE * abs(before):
                worse.append((kind, code))
                print(
                    f"  dearer {code} {kind} ({what}): {before:,.0f} -> {after:,.0f}円 "
                    f"(+{after / before - 1:.4%}; bound {bound:,.0f})",
                    flush=True,
                )
    total = sum(counts.values())
    by_kind = Counter(kind for kind, _ in worse)
    print(
        f"{'BROKEN ' if worse else ''}relaxations: {len(worse)} of {total} dearer "
        f"{dict(by_kind)}, {better} cheaper; drawn {dict(counts)}"
    )
    return int(bool(worse))


# --- gaps -----------------------------------------------------------------------------------------
def _gap(pair):
    code, word = pair
    city = load_city(code, NOWHERE).changed(effort=word)
    pmo = plan_pmo(city)
    asked = plan_staffing(city, pmo)
    final, *_ = plan_growth(city, pmo)
    return code, word, asked.outcome.gap, final.outcome.gap


def _gaps(codes, effort):
    """The staffing gap of 40 cities at 標準 and 入念, of what is asked and of what is told."""
    villages = [row["code"] for row in days.rows("municipalities") if row["type"] == "村"]
    drawn = _drawn(codes, MEASURED - 10)
    drawn += [code for code in _drawn(villages, 10) if code not in drawn]
    wrong = 0
    for word, most in GAPS.items():
        rows = []
        for code, _, asked, final in _shared(_gap, [(code, word) for code in drawn]):
            rows.append((max(asked, final), code, asked, final))
            if max(asked, final) > most:
                print(f"  gap {word} {code}: asked {asked:.1%}, told {final:.1%}", flush=True)
        over = [code for gap, code, *_ in rows if gap > most]
        wrong += bool(over)
        values = sorted(gap for gap, *_ in rows)
        print(
            f"{'BROKEN ' if over else ''}gap at {word}: over {most:.0%} in {len(over)} of "
            f"{len(rows)} cities; median {values[len(values) // 2]:.1%}, most {values[-1]:.1%}",
            flush=True,
        )
    return wrong


# --- a second solver ------------------------------------------------------------------------------
def one_year(code=DESIGNATED):
    """The staffing of a designated city's next twelve months as an unsolved program.

    The roadmap says that it ends with them, so that the plan is no longer, and a form that runs
    longer than the year is left out.
    """
    city = load_city(code, NOWHERE)
    pmo = plan_pmo(city)
    last = days.plus(city.start, 11)
    short = Year(pmo, last)
    for form in city.forms:
        if form.values["form_least"][0].number > 12:
            city = changed_form(city, form.name, form_max=0.0)
    (length,) = city.values["staff_months"]
    values = {**city.values, "staff_months": (replace(length, value=12.0),)}
    return build_staffing(replace(city, values=MappingProxyType(values)), short)


class Year:
    """A roadmap of which only the next months are looked at."""

    def __init__(self, pmo, earliest):
        self._pmo, self.earliest = pmo, earliest

    def __getattr__(self, name):
        return getattr(self._pmo, name)


def optima(model, glpsol="glpsol"):
    """The optimum of a program by GLPK from its MPS file and by HiGHS from its LP file."""
    with tempfile.TemporaryDirectory() as folder:
        mps, lp = Path(folder) / "program.mps", Path(folder) / "program.lp"
        model.write(mps)
        model.write(lp)
        answer = Path(folder) / "answer"
        words = [glpsol, "--freemps", mps, "--tmlim", "600", "--mipgap", "0", "--write", answer]
        subprocess.run(words, capture_output=True, check=True)
        told = re.search(r"^s mip \d+ \d+ (\w) (\S+)$", answer.read_text(), re.MULTILINE)
        highs = highspy.Highs()
        highs.setOptionValue("output_flag", False)
        highs.setOptionValue("threads", 1)
        highs.setOptionValue("mip_rel_gap", 0.0)
        highs.readModel(str(lp))
        highs.run()
        return told[1], float(told[2]), highs.getInfo().objective_function_value


def _second(codes, effort):
    """GLPK and HiGHS agree on the optimum of a year of a designated city."""
    status, glpk, highs = optima(one_year())
    apart = abs(glpk - highs) / max(1.0, abs(highs))
    broken = status != "o" or apart > 1e-6
    print(
        f"{'BROKEN ' if broken else ''}one year of {DESIGNATED}: GLPK {glpk:.9f} ({status}), "
        f"HiGHS {highs:.9f} million yen, apart {apart:.1e}"
    )
    return int(broken)


RUNS = {
    "horizon": _horizon,
    "learning": _learning,
    "relaxed": _relaxed,
    "gaps": _gaps,
    "second": _second,
}
