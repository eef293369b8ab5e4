"""The reader of figures finds what it is asked for."""

import pytest

from tests.drawn import crossings, surfaces, texts

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 50" font-size="10">'
WORD = '<text x="20" y="25">移行</text>'


def svg(*pieces):
    return HEAD + "".join(pieces) + "</svg>"


@pytest.mark.parametrize(
    ("piece", "said"),
    [
        ('<path d="M30 0L30 50" fill="none" stroke="#000"/>', "移行 lies on a line"),
        ('<path d="M0 0L60 50" fill="none" stroke="#000"/>', "移行 lies on a line"),
        ('<path d="M25 10H35V24H25z" fill="#0017c1"/>', "移行 lies on a line"),
        ('<path d="M28 21a2 2 0 1 0 4 0a2 2 0 1 0 -4 0z" fill="#000"/>', "移行 lies on a line"),
        ('<text x="35" y="27">次</text>', "移行 lies on 次"),
        ('<text x="85" y="45">外に</text>', "外に leaves the figure"),
        ('<text x="50" y="60" text-anchor="middle">下</text>', "下 leaves the figure"),
    ],
)
def test_a_word_that_meets_something_is_told(piece, said):
    assert crossings(svg(WORD, piece)) == [said]


@pytest.mark.parametrize(
    "piece",
    [
        "",
        '<path d="M10 10H60V40H10z" fill="#0017c1"/>',  # all of it within a bar
        '<path d="M45 0L45 50" fill="none" stroke="#000"/>',
        '<path d="M25 10H35V24H25z" fill="#ffffff"/>',  # paper
        '<text x="45" y="25">次</text>',
    ],
)
def test_a_word_that_meets_nothing_is_not(piece):
    assert crossings(svg(WORD, piece)) == []


def test_boxes_of_a_browser_take_the_place_of_those_that_are_guessed():
    line = '<path d="M45 0L45 50" fill="none" stroke="#000"/>'
    (text, size, (left, _, top, foot)) = next(texts(svg(WORD)))
    assert crossings(svg(WORD, line), [(text, size, (left, 47, top, foot))])


def test_surfaces_are_told_with_their_hatch():
    tile = '<defs><pattern id="a-0"><rect fill="#f2a900"/><path d="M0 0V4"/></pattern></defs>'
    drawn = svg(tile, '<path d="M0 0H9V9H0z" fill="url(#a-0)"/><path d="M0 0H9V9H0z" fill="#fff"/>')
    assert list(surfaces(drawn)) == [("#f2a900", True), ("#fff", False)]
