"""From municipalities to jobs: what a page depends on, and nothing else."""

import importlib
import json

import pytest

from dxplan import reports
from dxplan.facts.params import ParamError
from dxplan.press.job import Job, Setting
from dxplan.press.worker import run_city
from dxplan.town.city import load_city, load_slugs

CITY = """code: "122033"
values:
  dx_staff:
    value: 9
    unit: 人
    as_of: 2026-11-01
    source: 聞き取り
    grade: B
"""
VARIANT = """base: ichikawa
who: 課長
when: 2026-11-02
why: 増員
values:
  dx_staff:
    value: 12
    unit: 人
    as_of: 2026-11-02
    source: 聞き取り
    grade: B
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Another params folder, as the press gives one to a worker far away."""
    monkeypatch.setenv(reports.FILES, str(tmp_path))
    (tmp_path / "ichikawa.yaml").write_text(CITY, encoding="utf-8")
    (tmp_path / "ichikawa--more.yaml").write_text(VARIANT, encoding="utf-8")
    return tmp_path


def test_jobs_stand_in_the_order_of_the_codes_with_their_prefecture(folder):
    jobs = reports.load_jobs(("ichikawa--more", "141003", "011002", "ichikawa"), True)
    assert [(job.slug, job.group) for job in jobs] == [
        ("011002", "北海道"),
        ("ichikawa", "千葉県"),
        ("ichikawa--more", "千葉県"),
        ("141003", "神奈川県"),
    ]
    assert jobs[1].title == "千葉県市川市"


def test_a_job_changes_with_its_own_files_and_those_of_its_base(folder):
    def inputs():
        return {
            job.slug: job.inputs
            for job in reports.load_jobs(("ichikawa", "ichikawa--more", "141003"), True)
        }

    first = inputs()
    (folder / "ichikawa--more.yaml").write_text(VARIANT.replace("12", "13"), encoding="utf-8")
    second = inputs()
    assert {slug for slug in first if first[slug] != second[slug]} == {"ichikawa--more"}
    (folder / "ichikawa.yaml").write_text(CITY.replace("9", "8"), encoding="utf-8")
    third = inputs()
    assert {slug for slug in first if second[slug] != third[slug]} == {"ichikawa", "ichikawa--more"}
    assert third["141003"] == ""


def test_a_job_carries_what_a_worker_far_away_must_read(folder, tmp_path_factory, monkeypatch):
    (job,) = reports.load_jobs(("ichikawa--more",), True)
    assert sorted(job.files) == ["ichikawa--more.yaml", "ichikawa.yaml"]
    far = tmp_path_factory.mktemp("far")
    for name, text in job.files.items():
        (far / name).write_text(text, encoding="utf-8")
    near = load_city("ichikawa--more").fingerprint()
    monkeypatch.setenv(reports.FILES, str(far))
    assert (
        load_city("ichikawa--more").fingerprint() == near
        and load_city("ichikawa--more").number("dx_staff") == 12
    )


def test_a_faulty_file_is_said_at_once_or_fails_alone(folder):
    (folder / "ichikawa.yaml").write_text(CITY.replace("122033", "122032"), encoding="utf-8")
    with pytest.raises(ParamError, match="122032"):
        reports.load_jobs(("ichikawa",), True)
    (job,) = reports.load_jobs(("ichikawa",), False)
    assert (job.slug, job.files) == ("ichikawa", {}) and "122032" in job.fault
    assert job.inputs == job.fault  # a page from before the file is not kept


def test_a_file_that_cannot_be_read_fails_its_city_alone(folder):
    (folder / "216046.yaml").write_bytes('code: "216046"\nname: 白川村\n'.encode("cp932"))
    (folder / "212016.yml").write_text('code: "212016"\n', encoding="utf-8")
    jobs = reports.load_jobs(load_slugs("岐阜県"), False)
    faults = {job.slug: job.fault for job in jobs if job.fault}
    assert len(jobs) == 42 and set(faults) == {"216046", "212016"}
    assert "Shift_JIS" in faults["216046"] and "212016.yml は読まれません" in faults["212016"]
    for slug in faults:
        with pytest.raises(ParamError):
            reports.load_jobs((slug,), True)
        with pytest.raises(ParamError):
            reports.files_of(slug)


def test_a_job_with_a_fault_is_told_without_a_run(folder):
    job = Job("216046", fault=f"{'長い' * 400}。")
    printed = run_city(job, Setting("", limit=0), folder)
    assert printed.page is None and len(printed.error) == 400 and printed.log == job.fault


def test_the_effort_of_a_batch_holds_for_each_city_and_is_marked_as_a_trial(monkeypatch):
    before = load_city("216046").fingerprint()
    monkeypatch.setenv(reports.EFFORT, "簡易")
    effort = load_city("216046").at("effort")
    assert (effort.value, effort.grade, effort.source) == ("簡易", "G", "試算") and load_city(
        "216046"
    ).fingerprint() != before


def test_the_recipe_names_data_package_and_libraries():
    recipe = reports.load_recipe()
    assert {
        "Python",
        "dxplan",
        "data",
        "ortools",
        "highspy",
        "pandas",
        "matplotlib",
        "nbconvert",
    } <= set(recipe)
    assert recipe == reports.load_recipe() and reports.recipe_text() == reports.recipe_text()


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Lay a distribution into a folder of packages that stands before all others."""
    monkeypatch.syspath_prepend(tmp_path)

    def put(name, version, module="", *needs):
        folder = tmp_path / f"{name.replace('-', '_')}-{version}.dist-info"
        folder.mkdir()
        lines = [
            f"Name: {name}",
            f"Version: {version}",
            *(f"Requires-Dist: {one}" for one in needs),
        ]
        (folder / "METADATA").write_text("\n".join(lines) + "\n", encoding="utf-8")
        (folder / "top_level.txt").write_text(module, encoding="utf-8")
        importlib.invalidate_caches()

    return put


def test_a_stranger_among_the_packages_makes_no_page_stale_and_a_needed_one_does(install):
    before = reports.load_recipe()
    for name in ("stranger", "pytest", "voila", "distributed"):  # no page loads them
        install(name, "99.1")
    assert reports.load_recipe() == before
    needed = ("pandas", "jinja2", "contourpy", "numexpr")  # by us, by another in turn, unasked
    for name in needed:
        install(name, "99.1")
    assert reports.load_recipe() == before | dict.fromkeys(needed, "99.1")


def test_what_a_notebook_of_ones_own_imports_is_in_its_recipe_with_all_it_needs(install, tmp_path):
    install("Map_Drawer", "1.0", "maps", 'deep.thing>=1; python_version > "3"', 'far; extra == "x"')
    install("deep-thing", "2.0")
    install("far", "3.0")
    notebook = tmp_path / "own.ipynb"
    source = ["import os, json, maps.all as m\n", "  from dxplan.show import pmo\n", "%run x\n"]
    notebook.write_text(json.dumps({"cells": [{"source": source}]}), encoding="utf-8")
    assert reports.modules_of(notebook) == ("dxplan", "json", "maps", "os")
    more = json.loads(reports.recipe_text(notebook)).items() - reports.load_recipe().items()
    assert {(name.lower(), version) for name, version in more} == {
        ("map_drawer", "1.0"),
        ("deep-thing", "2.0"),
    }
    notebook.write_text("{}", encoding="utf-8")
    assert reports.modules_of(notebook) == reports.modules_of(tmp_path / "absent.ipynb") == ()


@pytest.mark.parametrize(
    "line",
    ["base: ichikawa", '"base": ichikawa', "base : 'ichikawa'  # 元", "\ufeffbase: ichikawa"],
)
def test_the_base_of_a_variant_is_found_however_it_is_written(folder, line):
    (folder / "ichikawa--別.yaml").write_text(
        f"{line}\nwho: 甲\nwhen: 2026-11-25\nwhy: 試し\n", encoding="utf-8"
    )
    assert list(reports.files_of("ichikawa--別")) == ["ichikawa--別.yaml", "ichikawa.yaml"]
