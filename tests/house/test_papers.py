"""Root papers agree with each other and with the house: packages, pins, README, params."""

import json
import re
import tomllib

import pytest
from rooms import PACKAGE, ROOT, modules
from ruamel.yaml import YAML

from dxplan.town.city import load_city

NAMED = re.compile(r"([A-Za-z0-9._-]+)\s*>=\s*([0-9.]+)")
PINNED = re.compile(
    r"([A-Za-z0-9._-]+)==([^\s;\\]+)(?: ; [^\\]+)?((?: --hash=sha256:[0-9a-f]{64})+)"
)


LOCKS = {"requirements.txt": ("build",), "tests/requirements.txt": ("build", "cluster", "test")}


def paper(name):
    """The text of a root file; its absence is the finding."""
    path = ROOT / name
    assert path.exists(), f"{name} is missing"
    return path.read_text(encoding="utf-8")


def plain(name):
    return re.sub("[-_.]+", "-", name).lower()


def bounds(lines):
    """Package -> lower bound, from lines such as numpy>=2.2."""
    found = {}
    for line in lines:
        match = NAMED.fullmatch(line.strip())
        assert match, f"want name>=bound: {line}"
        found[plain(match[1])] = match[2]
    return found


def declared(extras=("build", "cluster", "test")):
    project = tomllib.loads(paper("pyproject.toml"))["project"]
    more = [line for name in extras for line in project["optional-dependencies"][name]]
    return bounds(project["dependencies"] + more) | {
        "python": project["requires-python"].removeprefix(">=")
    }


def test_environment_and_pyproject_name_the_same_packages_and_bounds():
    lines = YAML(typ="safe").load(paper("environment.yml"))["dependencies"]
    flat = [
        one
        for line in lines
        for one in (line["pip"] if isinstance(line, dict) else [line])
        if one != "pip"
    ]
    assert bounds(flat) == declared()


def pins(name):
    text = paper(name).replace("\\\n", " ")
    lines = [
        re.sub(" +", " ", line).strip()
        for line in text.split("\n")
        if line.strip() and not line.startswith("#")
    ]
    return [(line, PINNED.fullmatch(line)) for line in lines]


@pytest.mark.parametrize("name", LOCKS)
def test_every_requirement_is_pinned_and_hashed(name):
    assert not [line[:80] for line, match in pins(name) if not match]
    assert "://" not in paper(name)


def versions(name):
    """Package -> its pinned versions, which differ by platform at most."""
    found = {}
    for _, match in pins(name):
        found.setdefault(plain(match[1]), []).append(match[2])
    return found


@pytest.mark.parametrize("name, extras", LOCKS.items())
def test_every_declared_package_is_pinned_at_or_above_its_bound(name, extras):
    def number(version):
        return [int(part) for part in re.findall("[0-9]+", version)]

    found = versions(name)
    for package, bound in declared(extras).items():
        if package != "python":
            assert package in found, f"{package} is not in {name}: make lock"
            assert all(number(version) >= number(bound) for version in found[package]), package


def test_tests_run_on_the_versions_that_users_get():
    used, tested = map(versions, LOCKS)
    assert {package: tested.get(package) for package in used} == used


def test_packages_from_npm_are_pinned_and_hashed_without_addresses():
    lock = json.loads(paper("tests/web/package-lock.json"))["packages"]
    found = {name: entry for name, entry in lock.items() if name}
    assert found and all(entry["integrity"].startswith("sha512-") for entry in found.values())
    assert "://" not in "".join(entry.get("resolved", "") for entry in found.values())


@pytest.mark.parametrize(
    "name", ["README.md", "README.ja.md", "CONTRIBUTING.md", "LICENSE", "Makefile", ".ci/run"]
)
def test_a_root_paper_is_there(name):
    assert paper(name).strip()


@pytest.mark.parametrize("readme", ["README.md", "README.ja.md"])
def test_readme_names_every_top_folder(readme):
    folders = ["notebooks", "dxplan", "data", "params", "tests"]
    assert all((ROOT / folder).is_dir() for folder in folders)
    assert not [folder for folder in folders if f"{folder}/" not in paper(readme)]


def test_readme_names_every_room():
    text = paper("README.md")
    unnamed = [
        name
        for name in modules()
        if name not in ("dxplan", "__main__") and not re.search(_shape(name), text)
    ]
    assert not unnamed


def _shape(module):
    """How a room is named: months.py, plan/, and inside a folder by the word alone."""
    folder, _, stem = module.rpartition(".")
    if folder:
        return rf"\b{stem}\b"
    return rf"\b{stem}/" if (PACKAGE / module).is_dir() else rf"\b{stem}\.py\b"


def test_readme_shows_a_picture_that_is_there():
    shown = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", paper("README.md"))
    assert shown and all((ROOT / path).exists() for path in shown)


def test_the_readmes_name_the_two_commands():
    for name in ("README.md", "README.ja.md"):
        assert "make report" in paper(name) and "make test" in paper(name)


def test_the_params_folder_is_kept():
    assert (ROOT / "params").is_dir() and any((ROOT / "params").iterdir()), (
        "git keeps no empty folder"
    )


def test_every_params_file_loads_and_is_complete():
    for path in sorted((ROOT / "params").glob("*.yaml")):
        city = load_city(path.stem)
        assert city.slug == path.stem
        assert all(value.source and value.grade for _, value in city.assumptions()), path.name
