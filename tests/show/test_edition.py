"""What an edition shows: the rows of the shelf, tables without columns, a summary of its own."""

from dataclasses import replace

import pandas as pd
import pytest

from dxplan.facts import catalog
from dxplan.show import edition, shelf
from dxplan.show.style import Table
from dxplan.town.edition import load_edition

KNOWN = [row["edition"] for row in catalog.load_rows("editions")]


def of_edition(plan, word):
    """A plan as an edition knows it, made of the usual one."""
    return replace(plan, city=replace(plan.city, edition=load_edition(word)))


def test_every_exhibit_says_who_sees_it():
    for exhibit in shelf.load_shelf():
        audience = exhibit.audience.split()
        assert audience and set(audience) <= set(KNOWN), exhibit.exhibit
        if exhibit.exhibit != "edition.brief_section":
            assert "internal" in audience, exhibit.exhibit


def test_who_sees_a_whole_may_see_its_pieces():
    of = {exhibit.exhibit: set(exhibit.audience.split()) for exhibit in shelf.load_shelf()}
    for exhibit in shelf.load_shelf():
        if exhibit.within:
            assert of[exhibit.within] <= of[exhibit.exhibit], exhibit.exhibit


def test_what_is_not_shown_is_not_drawn(wholes, monkeypatch):
    plan = of_edition(wholes["mid"], "公開")
    closed = next(one for one in shelf.load_shelf() if "public" not in one.audience.split())
    monkeypatch.setattr(shelf, "import_module", lambda name: pytest.fail(f"{name} was drawn"))
    assert closed.show(plan).html() == "<p>この項目は、公開版には載せていない。</p>"
    assert closed.table(plan) is None
    assert closed not in [*shelf.sheets(plan), *shelf.files(plan)]


def test_a_chapter_shows_the_pieces_of_what_is_not_shown_as_a_whole(wholes):
    plan = of_edition(wholes["mid"], "ベンダ")
    page = shelf.chapter(plan, "roadmap").html()
    table = shelf.exhibit_of("pmo.lot_table").show(plan).html()
    assert table in page and "円" not in page
    assert shelf.chapter(plan, "budget").html() == ""


def test_a_table_loses_its_money_and_what_the_edition_names(wholes):
    city = wholes["mid"].city
    table = Table(
        pd.DataFrame({"lot": ["ロット1"], "vendor": ["A社"], "yen": [7]}), "表", head="lot"
    )
    assert edition.opened(city, table) is table
    vendor = replace(city, edition=load_edition("ベンダ"))
    assert list(edition.opened(vendor, table).frame) == ["lot"]
    council = replace(city, edition=load_edition("議会"))
    assert edition.opened(council, table) is table


def test_the_line_of_an_edition_names_author_day_and_whose_eyes(wholes):
    city = wholes["mid"].city
    assert edition.byline_text(city).html() == ""
    public = replace(city, edition=replace(load_edition("公開"), author="情報政策課"))
    said = dict(edition.byline_pairs(public))
    assert list(said) == ["版", "作成者", "作成日", "取扱い"] and said["作成者"] == "情報政策課"
    by = replace(city, edition=replace(city.edition, author="情報政策課"))
    assert list(dict(edition.byline_pairs(by))) == ["作成者", "作成日"]
    council = replace(city, edition=load_edition("議会"))
    assert dict(edition.byline_pairs(council))["作成者"] == "未記入"
