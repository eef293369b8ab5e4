"""All figures of cities of all kinds at both widths: no crossing, words that are read, colours."""

from itertools import combinations

import pytest

from dxplan.show import portfolio, shelf, style, svg
from dxplan.show.style import Figure
from tests.drawn import crossings, height_of, surfaces, texts

# What is drawn on a page beside the colours that mean something.
PLAIN = {style.INK, style.SOFT, style.LINE, style.SHADE, style.PAPER, style.ALARM, "#5c5c66"}
TALLEST = 700  # points: what a page has between its margins, with a caption
CITIES = ("mid", "large", "village", "asked", "done")
ON_PAGE = (
    "city.progress_figure",
    "staffing.tiers_figure",
    "engagement.engagement_figure",
    "budget.cost_figure",
    "portfolio.page_figure",
    "peers.spread_figure",
    "risk.driver_figure",
)


@pytest.fixture(scope="module")
def drawn(wholes):
    """Figures by (city, exhibit), each drawn once."""
    found = {}
    for name in CITIES:
        plan = wholes[name]
        for exhibit in shelf.load_shelf():
            wanted = exhibit.part != "risk" or name == "mid"  # its samples are dear
            if exhibit.exhibit.endswith("_figure") and wanted:
                found[name, exhibit.exhibit] = exhibit.show(plan)
        if not plan.pmo.done:
            section = shelf.exhibit_of("roadmap_section").show(plan).html()
            found[name, "joined"] = section
    return found


def pictures(drawn):
    """(where, SVG) of each figure at each width."""
    for where, shown in drawn.items():
        if isinstance(shown, Figure):
            yield where, shown.svg
            yield where, shown.narrow


@pytest.mark.rest
def test_no_word_of_any_figure_meets_a_line_an_edge_or_another_word(drawn):
    found = {where: crossings(text) for where, text in pictures(drawn)}
    assert len(found) > 90 and not {where: said for where, said in found.items() if said}


@pytest.mark.rest
def test_every_word_is_read_in_print_and_on_a_telephone_and_every_figure_fits_a_page(drawn):
    assert style.PAGE / 509 == style.PHONE / 267 == 1  # what the widths are chosen for
    for where, text in pictures(drawn):
        assert min(size for _, size, _ in texts(text)) >= svg.SIZE, where
    for where, shown in drawn.items():
        if isinstance(shown, Figure):
            assert height_of(shown.svg) <= TALLEST, where


@pytest.mark.rest
def test_the_roadmap_of_the_page_has_a_line_for_each_lot_and_each_initiative(drawn, wholes):
    for name in CITIES:
        section = drawn.get((name, "joined"))
        if section:
            plan = wholes[name]
            page = section + drawn[name, "portfolio.page_figure"].html()
            lines = [lane.name for lane in portfolio.initiative_lanes(plan)]
            for word in [*plan.pmo.lots["lot"], *lines]:
                assert f">{word}</text>" in page, (name, word)


@pytest.mark.rest
def test_a_colour_of_the_page_means_one_thing_in_all_figures(drawn):
    for name in CITIES:
        for exhibit in ON_PAGE:
            shown = drawn.get((name, exhibit))
            if isinstance(shown, Figure):
                used = {look for look in surfaces(shown.svg) if look[0] not in PLAIN}
                known = {(colour, bool(hatch)) for colour, hatch in style.MEANINGS}
                assert used <= known | {(style.BLUE, False)}, (name, exhibit, used - known)


def test_no_two_meanings_have_one_look_and_those_of_one_figure_differ_without_colour():
    assert len(set(style.MEANINGS.values())) == len(style.MEANINGS)
    together = (
        (style.PACE, style.TAKEN),
        (style.LIVE, style.TAKEN),
        (style.ASK, style.BUILD, style.SPREAD),
        (style.OWN, style.OUTSIDE, style.SHORT),
        (style.OUTSIDE, style.REST_OUTSIDE),
        tuple(style.STEPS.values()),
        (style.CURRENT, style.NET, style.ALLOCATION, style.BOND, style.SUBSIDY),
        (style.NET, style.SUBSIDY, style.RUNNING),
        (style.SURE, style.REST),
        (style.LOWER, style.HIGHER),
    )
    assert set(style.MEANINGS) - {look for looks in together for look in looks} == {
        style.TALENT,
        style.CLOSED,
    }
    for looks in together:
        for (colour, hatch), (tint, pattern) in combinations(looks, 2):
            assert hatch != pattern or abs(_light(colour) - _light(tint)) > 0.1, (colour, tint)


def test_every_hatched_look_has_its_pattern():
    assert {colour for colour, hatch in style.MEANINGS if hatch} <= set(svg.TILES)


def _light(colour):
    """Relative luminance (WCAG 2) of #rrggbb."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
