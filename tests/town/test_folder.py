"""Files of params/ that look meant are not passed over, and rest on whom they are named after."""

import pytest

from dxplan.facts.nodes import ParamError
from dxplan.town.city import load_city
from dxplan.town.folder import own_file
from tests.town.given import AGREED

CODE = 'code: "216046"\n'
ALONE = ("216046_案.yaml", "21604.yaml", "岐阜県白川村.yaml")  # each may be planned by its own name


@pytest.fixture
def put(folder):
    """A function that writes a file of any name."""

    def write(name, text=CODE):
        (folder / name).write_text(text, encoding="utf-8")

    return write


@pytest.mark.parametrize(
    "name",
    [
        "216046.yml",
        "216046.YAML",
        "216046 (1).yaml",
        "216046 - コピー.yaml",
        "コピー ～ 216046.yaml",
        "２１６０４６.yaml",
        "216046.yaml.txt",
        "216046.txt",
        "216046_案.yaml",
        "21604.yaml",
        "白川村.yml",
        "岐阜県白川村.yaml",
    ],
)
def test_a_file_that_is_not_read_is_missed(put, folder, name):
    put(name)
    with pytest.raises(ParamError) as found:
        load_city("216046", folder)
    assert f"/{name} は読まれません" in str(found.value) and "216046.yaml" in str(found.value)
    if name not in ALONE:  # also beside the one that is read
        put("216046.yaml")
        with pytest.raises(ParamError, match="1つにまとめ"):
            load_city("216046", folder)


@pytest.mark.parametrize(
    "name",
    [
        "216046--案.yaml",
        "216046--案.yaml.1.bak",
        ".216046.yaml.tmp",
        "216046.xlsx",
        "216046 打合せ.txt",
        "1216046.yaml",
        "216062.yml",
        "ichikawa.yaml",
    ],
)
def test_what_belongs_to_another_or_is_no_params_file_may_lie_there(put, folder, name):
    put(name)
    assert own_file("216046", folder) is None
    put("216046.yaml")
    put("216046_old.yaml")  # read under its own name
    assert load_city("216046", folder).code == "216046"


def test_a_folder_that_is_not_there_holds_nothing(folder):
    assert own_file("216046", folder / "none") is None


@pytest.mark.parametrize(
    "slug, base",
    [("172031--案", "216046"), ("小松市--案", "216046"), ("172031--案", "216046--別")],
)
def test_a_variant_rests_on_the_municipality_it_is_named_after(put, folder, slug, base):
    put("216046--別.yaml", f'base: "216046"\n{AGREED}')
    put(f"{slug}.yaml", f'base: "{base}"\n{AGREED}')
    with pytest.raises(ParamError) as found:
        load_city(slug, folder)
    for word in ("base", base, "岐阜県白川村(216046)", "石川県小松市(172031)"):
        assert word in str(found.value)


@pytest.mark.parametrize("slug", ["小松市", "石川県小松市", "172031_古い"])
def test_a_file_named_after_a_municipality_holds_its_code(put, folder, slug):
    put(f"{slug}.yaml")
    with pytest.raises(ParamError, match="216046.*172031"):
        load_city(slug, folder)
    put(f"{slug}.yaml", 'code: "172031"\n')
    assert load_city(slug, folder).code == "172031"
