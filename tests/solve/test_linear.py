"""Linear programs: tiny ones by hand, rounding that fails, the same optimum of another solver."""

import re
import shutil
import subprocess
from dataclasses import replace

import highspy
import numpy as np
import pytest

from dxplan.plan.pmo import plan_pmo
from dxplan.solve.linear import Linear, plan_linear
from dxplan.solve.outcome import EFFORTS, PlanError, build_simplex
from tests.plan.cities import CITIES, form, month, roadmap, tiny
from tests.plans import build_staffing

QUICK, THOROUGH = EFFORTS["quick"], EFFORTS["thorough"]
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,254}$")  # what both formats allow
NUMBER = re.compile(r"e[0-9+-]", re.IGNORECASE)  # the LP format reads such a name as a number


def relaxed(model):
    """The optimum without whole numbers."""
    solver = build_simplex()
    solver.passModel(model.model(relaxed=True))
    solver.run()
    assert solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return solver.getInfo().objective_function_value


@pytest.fixture(scope="module")
def glpsol():
    """The GNU solver of this machine."""
    found = shutil.which("glpsol")
    if found is None:
        pytest.skip(
            "GLPK がないので、別のソルバとの照合を省きます(入れ方: sudo apt-get install glpk-utils)"
        )
    return found


def second(glpsol, path, *options):
    """Status and optimum that GLPK finds for a file."""
    answer = path.with_suffix(".answer")
    flag = "--freemps" if path.suffix == ".mps" else "--lp"
    run = subprocess.run(
        [glpsol, flag, path, *options, "--tmlim", "120", "--write", answer],
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout
    words = next(line for line in answer.read_text().splitlines() if line.startswith("s ")).split()
    return words[-2], float(words[-1])


# --- tiny programs --------------------------------------------------------------------------------
def test_a_program_without_whole_numbers_is_solved_by_hand():
    model = Linear()
    bread, cake = model.columns("bread", 1, -3.0), model.columns("cake", 1, -5.0)
    model.add("flour", [(bread, 1), (cake, 2)], high=8)
    model.add("oven", [(bread, 1), (cake, 1)], high=5)
    answer = plan_linear(model, QUICK)
    assert answer.values == pytest.approx([2, 3]) and answer.cost == answer.bound == pytest.approx(
        -21
    )


@pytest.mark.parametrize("effort", EFFORTS.values(), ids=EFFORTS)
def test_whole_numbers_are_whole_and_the_bound_stays_below(effort):
    model = Linear()
    items = model.columns("item", 3, [-10, -13, -7], 1, True)
    model.add("weight", [(items[:1], 3), (items[1:2], 4), (items[2:], 2)], high=6)
    answer = plan_linear(model, effort)
    assert (
        answer.cost == pytest.approx(answer.values @ [-10, -13, -7]) and answer.bound <= answer.cost
    )
    assert np.allclose(answer.values, np.round(answer.values)) and answer.values @ [3, 4, 2] <= 6
    if effort is THOROUGH:
        assert answer.cost == pytest.approx(-20)  # the second and the third item


def test_a_variable_named_twice_in_a_row_is_added_up_and_minus_one_leaves_a_term_out():
    model = Linear()
    x = model.columns("x", 2, [1.0, 1.0])
    model.add("twice", [(x, 1), (x, 1), (np.array([-1, 0]), 1)], low=[4, 5])
    assert plan_linear(model, QUICK).values == pytest.approx([2, 1.5])


def test_rows_take_limits_of_their_own():
    model = Linear()
    x = model.columns("x", 3, 1.0, [9, 9, 1])
    model.add("row", [(x, 2)], low=[2, 4, 0], high=[9, 9, 0])
    assert plan_linear(model, QUICK).values == pytest.approx([1, 2, 0])
    assert model.names == ["x_0", "x_1", "x_2"] and model.rows == ["row_0", "row_1", "row_2"]


# --- rounding that leads nowhere ------------------------------------------------------------------
def test_where_rounding_up_fails_the_nearest_is_rounded_down():
    model = Linear()
    x, y = model.columns("x", 1, -1.0, 9, True), model.columns("y", 1, 0.0, 0.9)
    model.add("tied", [(x, 1), (y, -1)], low=0, high=0)  # x = y <= 0.9
    answer = plan_linear(model, QUICK)
    assert answer.values == pytest.approx([0, 0]) and answer.bound == pytest.approx(-0.9)


def test_where_every_dive_fails_the_answer_without_whole_variables_is_given():
    model = Linear()
    y, x = model.columns("y", 1, -1.0, 1, True), model.columns("x", 1, 0.0, 1, True)
    over = model.columns("over", 1, 2.0)
    model.add("soft", [(y, 1), (over, -1)], high=0.9)  # y is nearly 1 and is rounded first
    model.add("tied", [(x, 2), (y, -1)], low=0, high=0)  # then x is a half for ever
    answer = plan_linear(model, QUICK)
    assert answer.values[:2] == pytest.approx([0, 0]) and answer.cost == pytest.approx(0)
    assert answer.bound < answer.cost


def test_a_limit_that_is_no_whole_number_leaves_whole_answers():
    model = Linear()
    x = model.columns("x", 1, -1.0, 4.5, True)
    model.add("row", [(x, 1)], high=9)
    assert plan_linear(model, QUICK).values == pytest.approx([4])


def test_a_program_without_an_answer_is_refused():
    model = Linear()
    x = model.columns("x", 1, 1.0, 1)
    model.add("row", [(x, 1)], low=2)
    with pytest.raises(PlanError, match="no answer"):
        plan_linear(model, QUICK)


def test_a_program_that_wants_a_whole_variable_above_zero_is_refused_where_no_dive_finds_it():
    model = Linear()
    x = model.columns("x", 1, 0.0, 1, True)
    model.add("half", [(x, 2)], low=1, high=1)
    with pytest.raises(PlanError, match="whole variables at 0"):
        plan_linear(model, QUICK)


# --- from an answer of a program like it ----------------------------------------------------------
FIRST = EFFORTS["first"]


def cover(need, limits=(9.0, 9.0), spare=9.0):
    """Whole x of two kinds cover a need; what they leave costs dearly."""
    model = Linear()
    x, rest = model.columns("x", 2, [5.0, 4.0], limits, True), model.columns("rest", 1, 9.0, spare)
    model.add("need", [(x[:1], 2), (x[1:], 1.5), (rest, 1)], low=need)
    return model


def test_whole_numbers_whose_relaxation_did_not_move_are_kept():
    last = plan_linear(cover(6.9), FIRST)
    kept = replace(last.start, whole=np.array([2.0, 2.0]))  # another answer to the same relaxation
    assert plan_linear(cover(6.9), FIRST, start=kept).values == pytest.approx([2, 2, 0])
    moved = plan_linear(
        cover(12.9), FIRST, start=kept
    )  # the first one's relaxation moved from 3.45 to 6.45
    assert (
        moved.values[1] == 2
        and moved.values[0] in (4, 5)
        and moved.values @ [2, 1.5, 1] >= 12.9 - 1e-9
    )


def test_a_start_of_another_shape_is_not_looked_at_and_one_that_does_not_fit_leads_to_the_dives():
    model = Linear()
    y = model.columns("y", 1, 1.0, 9, True)
    model.add("need", [(y, 1)], low=1.5)
    plain = plan_linear(cover(6.9), FIRST)
    assert plan_linear(
        cover(6.9), FIRST, start=plan_linear(model, FIRST).start
    ).values == pytest.approx(plain.values)
    little = replace(
        plain.start, whole=np.array([0.0, 0.0])
    )  # with a spare of 1 this covers nothing
    assert (
        plan_linear(cover(6.9, spare=1.0), FIRST, start=little).values @ [2, 1.5, 1] >= 6.9 - 1e-9
    )
    over = replace(plain.start, whole=np.array([8.0, 0.0]))
    assert plan_linear(cover(6.9, limits=(3.0, 9.0)), FIRST, start=over).values[0] <= 3


def test_the_relaxation_is_the_same_from_wherever_it_starts():
    city = roadmap("141003").city
    last = plan_linear(build_staffing(city, roadmap("141003")), FIRST)
    for change in ({"promotion_other": 40.0}, {"dx_staff": 60.0}, {"daily_share": 30.0}):
        model = build_staffing(city.changed(**change), roadmap("141003"))
        near, far = plan_linear(model, FIRST, start=last.start), plan_linear(model, FIRST)
        assert near.bound == pytest.approx(far.bound, rel=1e-7) and near.bound <= near.cost
        whole = near.values[model.whole]
        assert np.allclose(whole, np.round(whole)) and near.cost <= 1.05 * far.cost


# --- written as text ------------------------------------------------------------------------------
@pytest.mark.parametrize("code", CITIES[::4])
@pytest.mark.parametrize("strategy", ["both", "own", "outside", "mix"])
def test_names_are_legal_in_both_formats_and_no_row_is_empty(code, strategy):
    model = build_staffing(roadmap(code).city, roadmap(code), strategy)
    for names in (model.names, model.rows):
        assert len(set(names)) == len(names)
        assert all(NAME.match(name) and not NUMBER.match(name) for name in names)
    starts = np.asarray(model.model().a_matrix_.start_)
    assert len(starts) == len(model.rows) + 1 and (np.diff(starts) > 0).all()


@pytest.mark.parametrize("ending", [".mps", ".lp"])
def test_a_program_read_back_is_the_program_written(tmp_path, ending):
    model = build_staffing(roadmap("216046").city, roadmap("216046"))
    path = tmp_path / f"program{ending}"
    model.write(path)
    solver, lp = build_simplex(), model.model()
    solver.readModel(str(path))
    back = solver.getLp()
    place, kinds = {name: k for k, name in enumerate(back.col_names_)}, list(back.integrality_)
    order = [place[name] for name in model.names]
    for what in ("col_cost_", "col_lower_", "col_upper_"):
        assert np.allclose(
            np.asarray(getattr(back, what))[order], np.asarray(getattr(lp, what)), rtol=1e-12
        ), what
    assert [kinds[k] for k in order] == list(lp.integrality_) and set(back.row_names_) == set(
        model.rows
    )


@pytest.mark.parametrize(
    "code, strategy",
    [
        ("216046", "both"),
        ("172031", "both"),
        ("131016", "mix"),
        ("163210", "outside"),
        ("141003", "own"),
    ],
)
@pytest.mark.parametrize("ending", [".mps", ".lp"])
def test_another_solver_finds_the_same_optimum_of_a_real_city(
    glpsol, tmp_path, code, strategy, ending
):
    model = build_staffing(roadmap(code).city, roadmap(code), strategy)
    path = tmp_path / f"program{ending}"
    model.write(path)
    status, found = second(glpsol, path, "--nomip", "--dual")
    assert status == "f" and found == pytest.approx(relaxed(model), rel=1e-6)


@pytest.mark.parametrize("strategy", ["both", "outside"])
def test_another_solver_finds_the_same_whole_optimum_of_a_tiny_city(glpsol, tmp_path, strategy):
    city = tiny(
        form("業務委託", yen=900_000, days=8, max=3, year=3),
        form("CIO補佐官", yen=300_000, days=3, least=12, most=24),
        promotion=((None, 0.3), (month(2027, 10), 1.7), (month(2029, 10), 0.6)),
        pair_least=50.0,
    )
    model = build_staffing(city, plan_pmo(city), strategy)
    path = tmp_path / "program.mps"
    model.write(path)
    ours = plan_linear(model, THOROUGH)
    status, found = second(glpsol, path)
    assert status == "o"
    assert found <= ours.cost * (1 + 1e-6) and ours.bound <= found * (1 + 1e-6)
    assert ours.cost - found <= THOROUGH.mixed[0] * abs(ours.cost) + 1e-6
