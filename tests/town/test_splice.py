"""Entries of a params file written anew: all other lines stay, letter by letter."""

import pytest
from ruamel.yaml import YAML

from dxplan.town.splice import spliced
from dxplan.town.variant import build_yaml

BEFORE = """\
# head
code: "172031"
values:
  # of the staff
  dx_staff:  # asked in June
    value: 12   # 要確認
    unit: 人

  ## a chapter
#   core_now: {value: 3}
  use_now: {value: 20, unit: "%"}

## lots
lots:

## of the sections
sections:
  税務課: {staff: 2}
notes:
  pmo: |
    one
    two
## the end
"""


def changed(change):
    """The text after a change of what it says."""
    doc = build_yaml().load(BEFORE)
    change(doc)
    return spliced(build_yaml(), BEFORE, doc)


def test_a_file_that_says_the_same_is_the_same():
    assert changed(lambda doc: None) == BEFORE


CHANGES = {
    "a word": (
        lambda doc: doc["values"]["dx_staff"].update(unit="名"),
        ("    unit: 人\n", "    unit: 名\n"),
    ),
    "a flow": (
        lambda doc: doc["values"]["use_now"].update(value=30),
        ("use_now: {value: 20,", "use_now: {value: 30,"),
    ),
    "a new entry": (
        lambda doc: doc["values"].update(x={"value": 1}),
        ('unit: "%"}\n', 'unit: "%"}\n  x:\n    value: 1\n'),
    ),
    "a part that was empty": (
        lambda doc: doc.update(lots={"ロット1": {"vendor": "A"}}),
        ("lots:\n", "lots:\n  ロット1:\n    vendor: A\n"),
    ),
    "a new part": (
        lambda doc: doc.update(offices={"財政課": "企画課"}),
        ("## the end\n", "## the end\noffices:\n  財政課: 企画課\n"),
    ),
    "an entry less": (
        lambda doc: doc["values"].pop("use_now"),
        ('  use_now: {value: 20, unit: "%"}\n', ""),
    ),
    "a text of several lines": (
        lambda doc: doc["notes"].update(pmo="three"),
        ("  pmo: |\n    one\n    two\n", "  pmo: |-\n    three\n"),
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_only_the_lines_of_what_changes_are_others(name):
    change, (old, new) = CHANGES[name]
    assert BEFORE.count(old) == 1
    assert changed(change) == BEFORE.replace(old, new)


def test_comments_in_an_entry_that_changes_are_kept():
    text = changed(lambda doc: doc["values"]["dx_staff"].update(source="名簿"))
    assert (
        "  dx_staff:  # asked in June\n    value: 12   # 要確認\n    unit: 人\n    source: 名簿\n"
        in text
    )
    loaded = YAML(typ="safe").load(text)
    assert loaded["values"]["dx_staff"] == {"value": 12, "unit": "人", "source": "名簿"}
