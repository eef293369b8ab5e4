"""What is left to do, and how it fits people and seasons."""

from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest

from dxplan.city import load_city
from dxplan.plan.work import DX, UNIT, VENDOR, build_frame, build_jobs, load_items, load_weights, steps_done


def _with(city, **changes):
    """The city with the same change to each of its systems."""
    return replace(city, systems=tuple(replace(s, **changes) for s in city.systems))


def _at(city, steps):
    value = replace(city.systems[0].steps, value=float(steps))
    return _with(city, steps=value, live=False, in_scope=True, late=False)


@pytest.fixture(scope="module")
def city():
    return load_city("172031")


def test_from_nothing_each_package_plans_once_and_each_system_moves_once(city):
    city = _at(city, 0)
    jobs, links = build_jobs(city, build_frame(city))
    whole = {job.key.split("#")[0] for job in jobs}
    packages = {s.package for s in city.systems}
    shared = [item for item in load_items() if item.shared]
    own = [item for item in load_items() if not item.shared]
    assert len(whole) == len(shared) * len(packages) + len(own) * 20
    assert len(set(links)) == len(links)


def test_steps_done_take_items_away_and_shorten_the_one_under_way(city):
    frame = build_frame(city)
    jobs = {job.key: job for job in build_jobs(_at(city, 35), frame)[0]}
    keys = {key.split("/")[1].split("#")[0] for key in jobs}
    assert keys == {"12.2", "13.1", "13.2", "13.3", "16"}
    assert jobs["国民年金/12.2"].weeks == 6  # a third of four months


def test_a_system_that_is_not_live_has_at_least_its_cutover_to_do(city):
    jobs, _ = build_jobs(_at(city, 40), build_frame(city))
    assert {job.item.key for job in jobs} == {"16"} and len(jobs) == 20
    assert all(steps_done(s) == 39 for s in _at(city, 40).systems)


def test_a_system_past_the_contract_does_not_wait_for_the_rest_of_its_package(city):
    systems = tuple(replace(s, live=False, steps=replace(s.steps, value=28.0 if s.no == 4 else 10.0)) for s in city.systems)
    city = replace(city, systems=systems)
    jobs, links = build_jobs(city, build_frame(city))
    waits = {after for before, after in links if before.startswith("税系/")}
    assert any(key.startswith("固定資産税/") for key in waits)
    assert not any(key.startswith("個人住民税/") for key in waits)


def test_a_package_of_one_system_of_its_own_is_procured_on_its_own(city):
    city = _at(city, 0)
    systems = tuple(replace(s, package="介護単独") if s.business == "介護保険" else s for s in city.systems)
    jobs, links = build_jobs(replace(city, systems=systems), build_frame(city))
    assert any(job.key == "介護単独/7" for job in jobs)
    assert ("介護単独/9", "介護保険/11") in links and ("福祉系/9", "介護保険/11") not in links


def test_where_people_are_few_the_work_is_kept_and_takes_longer(city):
    city = _at(city, 0).changed(dx_staff=2.0, dx_share=20.0, work_scale=4.0)
    frame = build_frame(city)
    wide = build_frame(_at(load_city("172031"), 0).changed(dx_staff=200.0, work_scale=4.0))
    few = {job.key: job for job in build_jobs(city, frame)[0]}
    many = {job.key: job for job in build_jobs(_at(load_city("172031"), 0).changed(dx_staff=200.0, work_scale=4.0), wide)[0]}
    job, free = few["税系/4"], many["税系/4"]
    assert job.stretched and job.weeks > free.weeks
    assert job.demand[DX] <= frame.capacity(DX).min()
    assert job.weeks * job.demand[DX] >= free.weeks * free.demand[DX]


def test_a_large_business_wants_more_people_than_a_small_one(city):
    jobs = {job.key: job for job in build_jobs(_at(city, 28), build_frame(city))[0]}
    assert jobs["個人住民税/12.2"].demand[DX] > jobs["選挙人名簿管理/12.2"].demand[DX]
    assert set(load_weights()) == {s.business for s in city.systems}


def test_capacity_falls_in_the_busy_months_of_the_section_and_of_everyone(city):
    frame = build_frame(city)
    tax = frame.capacity("税務課")
    calm = tax[frame.weeks.index(city.start.replace(year=2027, month=9, day=13))]
    busy = tax[frame.weeks.index(city.start.replace(year=2027, month=5, day=17))]
    assert busy == int(calm * city.number("busy_share_3") / 100)
    dx = frame.capacity(DX)
    assert dx[frame.weeks.index(city.start.replace(year=2027, month=3, day=15))] == int(dx.max() * 0.5)


def test_vendor_slots_follow_their_dates_and_each_named_vendor_has_its_own(city):
    frame = build_frame(city)
    slots = frame.capacity(VENDOR)
    april = frame.weeks.index(city.start.replace(year=2027, month=4, day=5))
    assert slots[april - 2] == 2.5 * UNIT and slots[april] == 5 * UNIT
    named = tuple(replace(s, vendor="A社") if s.package == "税系" else s for s in city.systems)
    rows = (replace(city.values["vendor_slots"][0], value=2.0, start=None),)
    other = replace(city, systems=named, vendors=MappingProxyType({"A社": rows}))
    frame = build_frame(other)
    assert (frame.capacity("A社") == 2 * UNIT).all()
    jobs = {job.key: job for job in build_jobs(other, frame)[0]}
    assert "A社" in jobs["個人住民税/16"].demand and VENDOR not in jobs["個人住民税/16"].demand


def test_a_test_longer_than_every_gap_between_busy_months_is_split_in_order(city):
    city = _at(city, 28)
    jobs, links = build_jobs(city, build_frame(city))
    parts = [job for job in jobs if job.key.startswith("選挙人名簿管理/13.")]
    split = [job.key for job in parts if "#" in job.key]
    for key in split:
        name, number = key.split("#")
        if number != "1":
            assert (f"{name}#{int(number) - 1}", key) in links
    assert all(job.starts.any() for job in parts)


def test_every_item_of_every_class_has_somewhere_to_go():
    for slug in ("011002", "131016", "014095", "473111"):
        city = _at(load_city(slug), 0)
        jobs, _ = build_jobs(city, build_frame(city))
        assert all(job.starts is None or job.starts.any() for job in jobs)
        assert all(min(job.demand.values(), default=1) > 0 for job in jobs)


def test_the_frame_gives_the_scheduler_whole_units_only(city):
    for resource in build_frame(city).resources:
        assert np.issubdtype(resource.capacity.dtype, np.integer) and resource.capacity.min() >= 1
