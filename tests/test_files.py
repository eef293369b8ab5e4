"""Where files lie: in a checkout or a wheel, in the working folder, and what can be made again."""

import os
import tempfile
from pathlib import Path

import pytest

from dxplan import files
from tests.conftest import ROOT


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """A working folder outside of the checkout, and no variable that names another."""
    for name in (files.HOME, files.PARAMS, files.OUT):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_checkout_reads_its_own_tables_and_notebooks():
    assert (files.DATA, files.NOTEBOOKS) == (ROOT / "data", ROOT / "notebooks")


def test_params_and_out_are_where_one_stands(elsewhere):
    assert files.params_folder() == elsewhere / "params"
    assert files.out_folder() == elsewhere / "out"


@pytest.mark.parametrize("below", [".", "notebooks", "dxplan/solve"])
def test_anywhere_inside_a_checkout_they_are_the_checkouts(elsewhere, monkeypatch, below):
    monkeypatch.chdir(ROOT / below)
    assert files.params_folder() == ROOT / "params"
    assert files.out_folder() == ROOT / "out"


def test_a_variable_names_another_working_folder_and_others_a_part_of_it(elsewhere, monkeypatch):
    monkeypatch.setenv(files.HOME, str(elsewhere / "desk"))
    monkeypatch.chdir(ROOT)
    assert files.params_folder() == elsewhere / "desk" / "params"
    monkeypatch.setenv(files.PARAMS, str(elsewhere / "sent"))
    monkeypatch.setenv(files.OUT, str(elsewhere / "printed"))
    assert files.params_folder() == elsewhere / "sent"
    assert files.out_folder() == elsewhere / "printed"


def test_a_working_folder_named_from_here_is_found_from_here(elsewhere, monkeypatch):
    monkeypatch.setenv(files.HOME, "desk")
    assert files.home_folder() == elsewhere / "desk"


# --- what can be made again ----------------------------------------------------------------------
@pytest.fixture
def homeless(tmp_path, monkeypatch):
    """No home that could be written; the folder that this user gets instead."""
    if not hasattr(os, "getuid"):
        pytest.skip("この環境には利用者の番号がないので省きます")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", nobody_knows)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path / f"dxplan-{os.getuid()}"


def nobody_knows():
    """As pathlib, for a user whom the system does not know."""
    raise RuntimeError("Could not determine home directory.")


def test_what_can_be_made_again_lies_in_the_users_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert files.cache_folder() == tmp_path / "cache" / "dxplan"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert files.cache_folder() == tmp_path / ".cache" / "dxplan"


def test_without_a_home_it_lies_in_a_temporary_folder_of_ones_own(homeless):
    assert files.cache_folder() == homeless
    assert homeless.stat().st_mode & 0o777 == 0o700
    assert files.cache_folder() == homeless  # the next process finds it there


def test_a_home_that_cannot_be_written_is_as_none(homeless, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert files.cache_folder() == homeless


def test_a_folder_that_others_can_write_is_not_used(homeless):
    homeless.mkdir(mode=0o777)
    homeless.chmod(0o777)
    assert files.cache_folder() is None


def test_a_link_in_its_place_is_not_followed(homeless, tmp_path):
    (tmp_path / "other").mkdir(mode=0o700)
    homeless.symlink_to(tmp_path / "other")
    assert files.cache_folder() is None


def test_another_users_folder_is_not_used(homeless, monkeypatch):
    homeless.mkdir(mode=0o700)
    me = os.getuid()
    homeless.rename(homeless.with_name(f"dxplan-{me + 1}"))
    monkeypatch.setattr(os, "getuid", lambda: me + 1)
    assert files.cache_folder() is None
