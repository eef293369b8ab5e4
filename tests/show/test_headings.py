"""Headings and words as data: what is mended is shown, what is wrong is told, nothing is idle."""

import ast
import re
import shutil

import pandas as pd
import pytest

from dxplan.facts import catalog
from dxplan.facts.columns import CatalogError, load_csv
from dxplan.show import headings, labels
from dxplan.show.style import Table
from tests.house.rooms import modules

FIRST, LAST = ("raci_", "way_", "step"), ("_rate", "_after")  # of names that the code puts together


@pytest.fixture
def mended(tmp_path, monkeypatch):
    """Rewrites a line of a copy of the tables; what is read afterwards is the copy."""
    folder = tmp_path / "data"
    folder.mkdir()
    for name in ("headings", "labels"):
        shutil.copy(catalog.DATA / f"{name}.csv", folder)

    def load(name):
        return load_csv(folder / f"{name}.csv", catalog.TABLES[name])

    def mend(name, old, new):
        path = folder / f"{name}.csv"
        text = path.read_text(encoding="utf-8")
        assert text.count(f"\n{old}\n") == 1
        path.write_text(text.replace(f"\n{old}\n", f"\n{new}\n"), encoding="utf-8")
        forget()

    def forget():
        headings.load_words.cache_clear()
        headings.load_headings.cache_clear()

    monkeypatch.setattr(headings, "load_table", load)
    yield mend
    forget()


@pytest.fixture(scope="module")
def written():
    """All words in the strings, keywords, fields and attributes of the package."""
    words = set()
    for tree in modules().values():
        for node in ast.walk(tree):
            words |= words_in(node)
    return words


def words_in(node):
    match node:
        case ast.Expr(value=ast.Constant()):  # a docstring
            node.value.value = None
        case ast.Constant(value=str(text)):
            return set(re.findall(r"\w+", text))
        case ast.keyword(arg=str(name)) | ast.Attribute(attr=name):
            return {name}
        case ast.AnnAssign(target=ast.Name(id=name)):
            return {name.rstrip("_")}
    return set()


def shown(**columns):
    frame = pd.DataFrame({name: [value] for name, value in columns.items()})
    return Table(frame, "表", "出典: なし", next(iter(columns))).html()


def test_a_mended_heading_and_a_mended_word_are_shown(mended):
    mended("headings", "phase,段階,,text,phase", "phase,工程,,text,phase")
    mended("labels", "phase,budget,予算", "phase,budget,予算の段")
    page = shown(phase="budget")
    assert ">工程<" in page and ">予算の段<" in page


def test_a_heading_without_a_label_follows_the_word_that_it_points_to(mended):
    assert labels.label_of("raci_mayor") == labels.word_of("owner", "mayor")
    mended("labels", "owner,mayor,首長・CIO", "owner,mayor,市長・CIO")
    assert ">市長・CIO<" in shown(raci_mayor="A/R", raci_board="I")
    assert labels.word_of("owner", "mayor") == "市長・CIO"


@pytest.mark.parametrize(
    "row, told",
    [
        ("phase,段階,,text,fase", "「fase」は使えません。近い組は「phase」です。"),
        ("phase,段階,,text,owner.mayor", "「owner.mayor」は使えません。"),
        ("phase,,,text,owner.major", "「owner.major」は使えません。近い組は「owner」です。"),
        ("phase,,,text,", "「」は使えません。"),
        ("phase,段階,,words,phase", "4行目 列 kind: 「words」は使えません。"),
        ("lot,段階,,text,phase", "5行目 列 column: 「lot」は4行目にもあります。"),
        (
            "phase,段\u0007階,,text,phase",
            "4行目 列 label: 「段」の次(U+0007)に、制御文字があります。",
        ),
    ],
)
def test_a_wrong_heading_is_told_with_its_place(mended, row, told):
    mended("headings", "phase,段階,,text,phase", row)
    with pytest.raises(CatalogError) as fault:
        labels.heading_of("lot")
    assert str(fault.value).startswith("data/headings.csv") and told in str(fault.value)


def test_every_label_and_word_that_the_code_asks_for_by_name_exists():
    asked = 0
    for name, tree in modules().items():
        for node in ast.walk(tree):
            match node:
                case ast.Call(func=ast.Attribute(attr="label_of" | "heading_of"), args=[column]):
                    known, keys = headings.load_headings(), [column]
                case ast.Call(func=ast.Attribute(attr="words_of"), args=[group]):
                    known, keys = headings.load_words(), [group]
                case ast.Call(
                    func=ast.Attribute(attr="word_of"), args=[ast.Constant() as group, key]
                ):
                    known, keys = headings.load_words()[group.value], [key]
                case _:
                    continue
            keys = [key.value for key in keys if isinstance(key, ast.Constant)]
            assert set(map(str, keys)) <= set(known), f"{name} {node.lineno}: {keys}"
            asked += len(keys)
    assert asked > 10


def idle(names, written):
    """The names that nothing mentions, not even as a family."""
    alone = [name for name in names if name not in written]
    return [name for name in alone if not name.startswith(FIRST) and not name.endswith(LAST)]


def test_no_heading_is_idle(written):
    assert not idle(headings.load_headings(), written)


def test_no_word_is_idle(written):
    names = written | {
        word for name in ("params", "duties", "defaults", "shelf") for word in words_of_table(name)
    }
    used = {heading.words for heading in headings.load_headings().values()}
    for group, words in headings.load_words().items():
        assert group in written | used, group
        keys = [key for key in words if key and not key.isdigit()]
        assert not idle(keys, names), group


def words_of_table(name):
    rows = catalog.load_rows(name)
    return set(" ".join(str(cell) for row in rows for cell in row.values()).split())
