"""Any extreme of scope, state, people and money is planned and told, or refused by a sentence."""

import random
from dataclasses import fields

import pytest

from dxplan.door import CityPlan
from dxplan.facts.params import FORM, STATES, ParamError
from dxplan.plan.whole import plan_city
from dxplan.show.shelf import load_shelf
from dxplan.town.city import load_city
from dxplan.town.defaults import load_businesses, load_forms, load_specs

ORIGIN = "as_of: 2026-11-01, source: 試験, grade: A"
SEEDS = 9
ENDS = [f"{topic} {end}" for topic in ("pmo", "staffing", "training", "budget") for end in (0, 1)]
ENOUGH = "dx_share: {value: 2,"  # of half a person: less is refused as nobody
MOST = 10  # parameters at an end of their range


def extreme(spec, chance, end=None):
    """An end of the range of a parameter, or one of its choices, as a line of YAML."""
    ends = spec.choices or (spec.minimum, spec.maximum)
    value = chance.choice(ends) if end is None else ends[-end]
    start = ", from: 2026-04-01" if spec.name.startswith("rate_") else ""
    return f'{spec.name}: {{value: {value}, unit: "{spec.unit}"{start}, {ORIGIN}}}'


def some(names, chance, most):
    return chance.sample(list(names), chance.randint(0, most))


def at_one_end(which):
    """A params file with all parameters of a topic at the least, or the most, that may be."""
    topic, end = which.split()
    specs = [spec for spec in load_specs().values() if spec.topic == topic]
    lines = [f"  {extreme(spec, None, int(end))}\n" for spec in specs if spec.name != "dx_fte"]
    return 'code: "216046"\nvalues:\n' + "".join(lines).replace("dx_share: {value: 1,", ENOUGH)


def drawn(seed):
    """A params file with extremes of all parts, drawn by a seed."""
    chance = random.Random(seed)
    specs = [spec for spec in load_specs().values() if spec.name != "effort"]
    lines = ['code: "216046"', "values:"]
    plain = [spec for spec in specs if spec.topic != FORM]
    lines += [f"  {extreme(spec, chance)}" for spec in some(plain, chance, MOST)]
    lines.append("systems:")
    state = chance.choice(STATES)  # of most of them
    for name in some(load_businesses(), chance, 20):
        word = state if chance.random() < 0.8 else chance.choice(STATES)
        lines.append(f"  {name}: {{state: {word}, {ORIGIN}}}")
    lines.append("sections:")
    staff = chance.choice((0.01, 1, 5000))
    lines.append(f"  何でも課: {{staff: {staff}, unit: 人, businesses: [住民基本台帳], {ORIGIN}}}")
    lines.append("forms:")
    of_forms = [spec for spec in specs if spec.topic == FORM]
    for form in some(load_forms(), chance, 3):
        lines.append(f"  {form.name}:")
        lines += [f"    {extreme(spec, chance)}" for spec in some(of_forms, chance, 8)]
    return "\n".join(lines) + "\n"


@pytest.mark.rest
@pytest.mark.parametrize("case", [*range(SEEDS), *ENDS])
def test_an_extreme_is_planned_and_told_or_refused_by_a_sentence(case, tmp_path):
    text = at_one_end(case) if case in ENDS else drawn(case)
    (tmp_path / "216046.yaml").write_text(text, encoding="utf-8")
    try:
        plan = plan_city(load_city("216046", tmp_path), "簡易")
    except ParamError as refusal:
        assert case not in ENDS, refusal
        for sentence in refusal.faults:
            assert "216046.yaml" in sentence and sentence.endswith("。"), sentence
        return
    plan = CityPlan(*(getattr(plan, part.name) for part in fields(plan)))
    for exhibit in load_shelf():
        assert exhibit.show(plan) is not None, exhibit.name
