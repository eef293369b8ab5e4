"""Spoilt params files are read or refused by sentences, at once; `make mutate` reads 2,000."""

import pytest

from tests.mutations import MISHAPS, SOURCES, mutate, outcome_of, spoilt


@pytest.mark.rest
def test_a_file_that_nothing_happened_to_is_read(tmp_path):
    plain = {"mishaps": [], "end": "\n", "codec": "utf-8", "flip": 0}
    whole, *rest = range(len(SOURCES))
    assert outcome_of(spoilt(whole, **plain), tmp_path) == "read"
    assert len(rest) > 40 and len(MISHAPS) == 7


def test_another_class_of_fault_or_a_sentence_without_its_file_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr("tests.mutations.load_city", lambda *given: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        outcome_of(b"", tmp_path)


@pytest.mark.rest
def test_a_hundred_spoilt_files_are_read_or_refused_by_sentences():
    counts = mutate(100)
    assert sum(counts.values()) >= 100 and set(counts) == {"read", "refused"}
