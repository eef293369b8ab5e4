"""What the amounts of a request rest on (積算根拠): prices and quantities, each with its origin."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from dxplan.papers.forms import (
    THOUSAND,
    Entry,
    table_entries,
)
from dxplan.papers.initiatives import (
    origin_text,
    range_text,
)
from dxplan.plan.costs import OPERATED, work_left
from dxplan.plan.operation import SCENARIOS
from dxplan.plan.whole import Plan
from dxplan.plan.work import price_weights
from dxplan.show import engagement, labels
from dxplan.town.defaults import load_specs
from dxplan.town.initiatives import load_initiatives

PRICES = {  # group of the budget -> the parameters that its amounts rest on
    "migration": ("migration_yen", "link_yen"),
    "running": (
        "running_yen",
        "running_case",
        "parallel_months",
        "cloud_share",
    ),
    "current": ("running_yen",),
    "training": ("step1_yen", "step2_yen", "step3_yen"),
    "invest": ("invest_yen",),
}
COUNTED = f"数量はこの計画の試算。{labels.UNCONFIRMED}"


def price_entries(
    plan: Plan,
    groups: Collection[str],
    items: Collection[str],
) -> list[Entry]:
    """The prices and quantities of some groups of the budget.

    Parameters
    ----------
    plan : all plans of the city.
    groups : of the budget.
    items : what is asked for; of the initiatives only these are told.
    """
    found = []
    for group in groups:
        found += [_price(plan, name) for name in PRICES.get(group, ())]
    if "migration" in groups:
        found += _lots(plan)
    if "staffing" in groups or "pmo" in groups:
        table = engagement.contract_table(plan.staffing)
        found += table_entries(
            table,
            "form",
            "engaged",
            "period",
            "monthly",
            "thousand",
        )
    if "training" in groups:
        found += _cohorts(plan)
    return [*found, *_initiatives(plan, items)]


def _price(plan: Plan, name: str) -> Entry:
    """A price or a quantity that is a parameter."""
    if name == "running_case":
        name = SCENARIOS[plan.city.at(name).word]
    value = plan.city.at(name)
    amount = f"{labels.amount_text(value.value)}{labels.unit_text(value.unit)}"
    return Entry(
        load_specs()[name].label,
        amount,
        None,
        origin_text(value),
    )


def _lots(plan: Plan) -> Iterator[Entry]:
    """The size of each lot beside the mean system, and the work that is left of it."""
    weights = price_weights(plan.city)
    price = plan.city.number("migration_yen")
    for project in plan.pmo.projects:
        size = sum(weights[business] for business in project.lot.businesses)
        left = work_left(plan.city, project)
        text = (
            f"移行経費の単価 × 大きさ{labels.number_text(size, 2)}(平均のシステムを1とする)"
            f" × 残る作業の割合{labels.percent_text(left)}%(計画の期間の計)"
        )
        yield Entry(
            project.lot.title,
            text,
            price * size * left / THOUSAND,
            COUNTED,
        )


def _cohorts(plan: Plan) -> Iterator[Entry]:
    """How many classes of each step are held in each fiscal year."""
    counts = plan.training.cohort.groupby(["fiscal", "step"]).size()
    for (fiscal, step), count in counts.items():
        name = labels.word_of("step", step)
        yield Entry(
            name,
            f"{labels.era_fiscal(fiscal)}に{count}回開く",
            None,
            COUNTED,
        )


def _initiatives(plan: Plan, items: Collection[str]) -> Iterator[Entry]:
    """Cost once and by year of the initiatives that are asked for."""
    for one in load_initiatives(plan.city):
        if one.name in items or f"{one.name}{OPERATED}" in items:
            for word, value in (
                ("初期費用", one.once),
                ("1年の運用費", one.yearly),
            ):
                text = f"{word} {range_text(value)}"
                yield Entry(one.name, text, None, origin_text(value))
