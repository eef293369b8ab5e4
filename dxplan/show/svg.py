"""A matplotlib figure as SVG text for any page: named, small, text as text, the same bytes."""

from __future__ import annotations

import html
import re
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from io import StringIO
from typing import Any
from unicodedata import east_asian_width

import matplotlib
import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure
from matplotlib.markers import MarkerStyle
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

INK = "#1a1a1c"
INCH = 72  # points
SIZE = 8.25  # points of a word: 8 in print and 11 pixels on a telephone, as the widths are chosen
# Colour of a hatched surface -> its pattern: turn (degrees) and drawing in a tile of 4 x 4 points.
TILES = {
    "#f2a900": (45, "M0 0V4"),
    "#9fd3c7": (-45, "M0 0V4"),
    "#8a8a94": (90, "M0 0V4"),
    "#8fb3ff": (45, "M0 0V4"),
    "#d9d9de": (0, "M1 1h1M3 3h1"),
    "#f4b6ba": (0, "M0 0L4 4M4 0L0 4"),
    "#cfc3e6": (45, "M0 0V4"),
    "#e0b98c": (0, "M0 0V4"),
    "#f3e3cc": (0, "M0 0L4 4M4 0L0 4"),
    "#bfe3f2": (0, "M1 1h1M3 3h1"),
    "#6fb4d6": (45, "M0 0V4"),
    "#a9cf8f": (0, "M0 0V4"),
}
STACK = "'BIZ UDPGothic','Noto Sans JP','Hiragino Sans','Yu Gothic',Meiryo,sans-serif"
ANCHOR = {"center": "middle", "right": "end"}
# Width for its size -> narrow letters: the widest of the fonts that draw them.
LETTERS = {
    0.34: "',.:;i!l ",
    0.5: 'jI|r"t-()*/[\\]^_`f~',
    0.62: "{}Jvzs Lxy1k",
    0.7: "cFaogeEThnuSbdpq",
    0.77: "YPVKZ023456789ARB",
    0.86: "?$CXHN+<=>DGUO×",
    1.0: "w&Q#m@MW%",
}
NARROW = {letter: width for width, letters in LETTERS.items() for letter in letters}
# A rectangle by its four corners.
BOX = re.compile(r"M([-.\d]+) ([-.\d]+)L([-.\d]+) \2L\3 ([-.\d]+)L\1 \4z")
MOVE, LINE, CLOSE = int(Path.MOVETO), int(Path.LINETO), int(Path.CLOSEPOLY)
Place = tuple[float, float]
Shape = tuple[list[Place], list[int]]  # places, downwards from the top, and the codes of a path


@lru_cache(maxsize=8192)
def word_width(word: str) -> float:
    """Width of a word for its size, at most."""
    width = 0.0
    for letter in word:
        wide = 1.0 if east_asian_width(letter) in "WFA" else 0.7
        width += NARROW.get(letter, wide)
    return width


def number(value: float) -> str:
    """A place in tenths of a point."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def outline(places: Sequence[Place]) -> Shape:
    """A line through places, downwards from the top."""
    return list(places), [MOVE] + [LINE] * (len(places) - 1)


def box(left: float, right: float, top: float, foot: float) -> Shape:
    """A rectangle."""
    corners = [(left, top), (right, top), (right, foot), (left, foot), (left, top)]
    return corners, [MOVE, LINE, LINE, LINE, CLOSE]


def mark(name: str, x: float, y: float, size: float) -> Shape:
    """A mark of matplotlib at a place."""
    vertices, codes = _mark(name)
    return [(x + size * right, y - size * up) for right, up in vertices], codes


@cache
def _mark(name: str) -> Shape:
    """Places and codes of a mark of size 1."""
    marker = MarkerStyle(name)
    # As a compound it has codes, also where it is but a line.
    path = Path.make_compound_path(marker.get_path()).transformed(marker.get_transform())
    codes = np.asarray(path.codes).tolist()
    return [(x, y) for x, y in np.asarray(path.vertices).tolist()], codes


def joined(shapes: Iterable[Shape]) -> Shape:
    """Several shapes as one, which is small and quick to draw."""
    places: list[Place] = []
    codes: list[int] = []
    for more, kinds in shapes:
        places += more
        codes += kinds
    return places, codes


class Words(Artist):
    """A line of text, written as it is: the reader's font draws it.

    Parameters
    ----------
    place : where it stands and how far down its middle is, in points.
    side : the end that stands at the place.
    """

    def __init__(
        self, text: str, place: Place, layer: float, size: float, side: str, colour: str
    ) -> None:
        super().__init__()
        self.set_zorder(layer)
        self.text = text
        x, y = place
        # Letters stand from 0.12 of their size under their line to 0.88 above it.
        self.look = {"x": number(x), "y": number(y + 0.38 * size)}
        if side in ANCHOR:
            self.look["text-anchor"] = ANCHOR[side]
        if size != SIZE:
            self.look["font-size"] = f"{size:g}"
        if colour != INK:
            self.look["fill"] = colour

    def draw(self, renderer: Any) -> None:
        """Write the line."""
        renderer.writer.element("text", self.text, **self.look)


@dataclass(frozen=True)
class _Surface:
    """Shapes of one look that lie side by side in a layer: one artist draws them all."""

    layer: float
    look: dict[str, Any]
    places: list[Place]
    codes: list[int]

    def patch(self) -> PathPatch:
        path = Path(self.places, self.codes)
        return PathPatch(path, zorder=self.layer, joinstyle="round", **self.look)


class Canvas:
    """An empty figure that grows downwards; what is drawn on it lies in layers.

    Parameters
    ----------
    width, height : points.
    """

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self.pieces: list[Callable[[], Artist]] = []
        self.last: dict[float, _Surface] = {}  # layer -> what was drawn last in it

    def grow(self, points: float) -> float:
        """Add a strip at the foot; the place of its top."""
        top = self.height
        self.height += points
        return top

    def path(self, shape: Shape, layer: float, **look: Any) -> None:
        """A shape with the properties of a patch; what lies in a higher layer is above."""
        places, codes = shape
        last = self.last.get(layer)
        if last and last.look == look:
            last.places.extend(places)
            last.codes.extend(codes)
            return
        surface = _Surface(layer, look, list(places), list(codes))
        self.last[layer] = surface
        self.pieces.append(surface.patch)

    def words(
        self, text: str, x: float, y: float, layer: float, size: float, side: str, colour: str
    ) -> None:
        """A line of text whose middle is so far down."""
        if text:
            self.last.pop(layer, None)
            self.pieces.append(partial(Words, text, (x, y), layer, size, side, colour))

    def figure(self) -> Figure:
        """What is drawn, as a figure of matplotlib."""
        figure = Figure((self.width / INCH, self.height / INCH), dpi=INCH)
        figure.patch.set_visible(False)
        down = Affine2D().scale(1, -1).translate(0, self.height)
        for build in self.pieces:  # anew each time: an artist belongs to one figure
            artist = build()
            artist.set_transform(down)
            figure.add_artist(artist)
        return figure


def svg_text(canvas: Canvas, name: str, title: str, sentence: str) -> str:
    """The SVG of a figure: named, with ids of its own, text as text, the same bytes each time.

    Parameters
    ----------
    canvas : what is drawn.
    name : short ASCII word; the ids begin with it.
    title, sentence : what the figure is and says, for those who do not see it.
    """
    buffer = StringIO()
    figure = canvas.figure()
    # Without its mixed writer: nothing here is made of pixels.
    writer = RendererSVG(*figure.bbox.size, buffer, image_dpi=INCH, metadata={"Date": None})
    with matplotlib.rc_context({"svg.hashsalt": "dxplan"}):
        figure.draw(writer)
    writer.finalize()
    text = _lean(buffer.getvalue())
    body = text[text.index(">", text.index("<svg")) + 1 :]
    # Two figures of a page may have the same name, but not the same content.
    prefix = f"{name}-{zlib.crc32((body + title + sentence).encode()):08x}"
    body = re.sub(r"( id=\"|url\(#)", rf"\g<1>{prefix}-", body)
    size = f"{number(canvas.width)} {number(canvas.height)}"
    width, height = size.split()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" width="{width}pt" '
        f'height="{height}pt" role="img" aria-labelledby="{prefix}-title {prefix}-desc" '
        f'stroke-linejoin="round" font-family="{STACK}" font-size="{SIZE}" fill="{INK}">'
        f'<title id="{prefix}-title">{html.escape(title)}</title>'
        f'<desc id="{prefix}-desc">{html.escape(sentence)}</desc>{body}'
    )


def _lean(svg: str) -> str:
    """Without metadata, style element, comments, groups; looks as attributes, paths short."""
    svg = re.sub(r"<(metadata|style)\b.*?</\1>|<!--.*?-->|</?g\b[^>]*>", "", svg, flags=re.S)
    svg = re.sub(r"<pattern id=\"(\w+)\".*?fill=\"(#\w+)\".*?</pattern>", _tile, svg, flags=re.S)
    svg = re.sub(r" d=\"([^\"]+)\"", _short, svg)
    svg = re.sub(r" style=\"([^\"]+)\"", _attributes, svg)
    svg = re.sub(r"<defs>\s*</defs>", "", svg)
    svg = re.sub(r"\s*\n\s*", " ", svg)
    return re.sub(r">\s+<", "><", svg).replace(" />", "/>").strip()


def _attributes(found: re.Match) -> str:
    """A style as attributes."""
    look = ""
    for rule in found[1].split(";"):
        name, _, value = rule.partition(":")
        if value.strip() and name.strip() != "stroke-dashoffset":  # which is nothing
            look += f' {name.strip()}="{value.strip()}"'
    return look


def _short(found: re.Match) -> str:
    """A path in tenths of a point, with boxes by their sides and no space that only eyes need."""
    path = re.sub(r"-?\d+(?:\.\d+)?", lambda place: number(float(place[0])), found[1])
    path = " ".join(path.split())
    for letter in "MLCQz":
        path = path.replace(f"{letter} ", letter).replace(f" {letter}", letter)
    path = BOX.sub(r"M\1 \2H\3V\4H\1z", path)
    return f' d="{path}"'


def _tile(found: re.Match) -> str:
    """A small pattern in place of matplotlib's hatch, which writes each dot as eight curves."""
    turn, path = TILES[found[2]]
    return (
        f'<pattern id="{found[1]}" patternUnits="userSpaceOnUse" width="4" height="4" '
        f'patternTransform="rotate({turn})"><rect width="4" height="4" fill="{found[2]}"/>'
        f'<path d="{path}" stroke="{INK}" stroke-width=".6"/></pattern>'
    )
