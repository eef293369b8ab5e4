"""Drafts: every change that is in no file yet comes back, and no file is touched by it."""

from datetime import date, datetime

import pytest

from dxplan.facts.nodes import ParamError
from dxplan.town.city import load_city
from dxplan.town.variant import Agreement, Place, load_variants, variant_text, write_variant
from dxplan.workshop.journal import Draft, Journal, load_drafts

CITY = "335860"
STAFF = Place("values", "", "dx_staff")
CHANGES = {
    STAFF: 3.0,
    Place("values", "", "strategy"): "外部のみ",
    Place("lots", "ロット1", "offered"): date(2029, 1, 4),
    Place("lots", "ロット1", "contracted"): True,
    Place("notes", "pmo", "text"): "「提示」を確かめる\n次回まで",
    Place("values", "", "change_ratio"): None,
}


@pytest.fixture
def base(folder):
    """A village without params files."""
    return load_city(CITY)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_every_kind_of_change_is_kept_and_comes_back(base, folder):
    journal, dated = Journal(base), base.values["rate_F1"][-1].start
    changes = {**CHANGES, Place("values", "", "rate_F1", dated): 8.0}
    journal.keep({STAFF: 2.0})
    journal.keep(changes)
    (draft,), faults = load_drafts()
    assert dated and draft.changes == changes and not faults and draft.slug == CITY
    assert abs((datetime.now() - draft.when).total_seconds()) < 60
    assert draft.told.startswith(f"{len(changes)}件(")
    kinds = {at.name: type(value) for at, value in draft.changes.items()}
    assert kinds["contracted"] is bool and kinds["rate_F1"] is float
    assert names(folder) == [f"{CITY}.draft"] and not load_variants(base)
    assert load_city(CITY).number("dx_staff") == base.number("dx_staff")
    journal.keep({})
    assert names(folder) == []


def test_what_is_saved_needs_no_draft_and_names_its_file(base, folder):
    journal = Journal(base)
    assert (journal.slug, journal.unsaved, journal.safe) == (CITY, {}, True)
    journal.keep({STAFF: 3.0})
    assert (journal.slug, journal.unsaved) == ("", {STAFF: 3.0})
    journal.file(f"{CITY}--案")
    assert (journal.slug, journal.unsaved, names(folder)) == (f"{CITY}--案", {}, [])
    journal.keep({STAFF: 4.0})
    assert (journal.slug, names(folder)) == ("", [f"{CITY}.draft"])
    journal.keep({STAFF: 3.0})
    assert (journal.slug, names(folder)) == (f"{CITY}--案", [])
    journal.keep({})
    assert journal.slug == CITY


def test_a_variant_that_was_saved_anew_is_what_drafts_lie_on(base, folder):
    agreed = Agreement("課長", date(2026, 11, 24), "試し")
    path = write_variant(folder / f"{CITY}--案.yaml", variant_text(base, {STAFF: 3.0}, agreed))
    journal = Journal(load_city(path.stem))
    journal.keep({STAFF: 5.0})
    journal.file(path.stem)
    assert journal.slug == path.stem and names(folder) == [path.name]
    journal.keep({})  # undone: the file says 5 by now
    (draft,), _ = load_drafts()
    assert journal.slug == "" and draft.changes == {STAFF: 3.0} and draft.slug == path.stem


def test_two_tables_on_one_municipality_have_a_draft_each(base, folder):
    one, other = Journal(base), Journal(base)
    one.keep({STAFF: 3.0})
    other.keep({STAFF: 4.0})
    assert names(folder) == [f"{CITY}.2.draft", f"{CITY}.draft"]
    newest = next(draft for draft in load_drafts()[0] if draft.changes == {STAFF: 4.0})
    third = Journal(base)
    with third.taken(newest):
        third.keep(newest.changes)
    assert len(names(folder)) == 2  # it goes on with that one
    third.keep({STAFF: 5.0})
    other.keep({STAFF: 6.0})  # whose draft is the third's by now
    kept = sorted(draft.changes[STAFF] for draft in load_drafts()[0])
    assert kept == [3.0, 5.0, 6.0] and {draft.slug for draft in load_drafts()[0]} == {CITY}
    third.keep({})
    assert sorted(draft.changes[STAFF] for draft in load_drafts()[0]) == [3.0, 6.0]


def test_a_draft_that_cannot_be_kept_is_said_and_tried_again(base, folder):
    blocked = folder / "file"
    blocked.write_text("no folder")
    journal = Journal(base, blocked / "params")
    journal.keep({STAFF: 3.0})
    assert "控えられません" in journal.fault and not journal.safe and not journal.slug
    journal.keep({})
    assert journal.safe  # nothing is left to lose
    journal.keep({STAFF: 3.0})
    blocked.unlink()
    assert journal.safe and not journal.fault
    assert load_drafts(blocked / "params")[0][0].changes == {STAFF: 3.0}


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"\xff\xfe",
        b"[]",
        b'{"when": "2026-11-28", "changes": [["secrets", "", "a", null, 1]]}',
        b'{"when": "2026-11-28", "changes": [["values", "", "a", null, []]]}',
        b'{"when": "now", "changes": []}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_draft_is_said_and_left_alone(base, folder, content):
    path = folder / f"{CITY}.draft"
    path.write_bytes(content)
    drafts, (fault,) = load_drafts()
    assert not drafts and f"{path.name} は、" in fault
    journal = Journal(base)
    journal.keep({STAFF: 3.0})
    journal.keep({})
    assert path.read_bytes() == content and names(folder) == [path.name]


@pytest.mark.parametrize("fault", [ParamError("範囲の外です。"), KeyError("gone"), StopIteration()])
def test_a_draft_whose_changes_cannot_be_made_stays(base, folder, fault):
    path = folder / f"{CITY}.draft"
    Journal(base).keep({STAFF: 3.0})
    text = path.read_text(encoding="utf-8")
    journal = Journal(base)
    draft = Draft(path, text, datetime(2026, 11, 28), {STAFF: 3.0})
    with pytest.raises(ParamError, match="そのまま残しています"), journal.taken(draft):
        raise fault
    journal.keep({STAFF: 4.0})
    assert path.read_text(encoding="utf-8") == text and len(names(folder)) == 2


def test_an_empty_draft_of_a_full_disk_is_none(base, folder):
    (folder / f"{CITY}.draft").touch()
    assert load_drafts() == ([], [])
