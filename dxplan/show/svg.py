"""A matplotlib figure as SVG text for any page: named, small, text as text, the same bytes."""

from __future__ import annotations

import html
import re
import warnings
import zlib
from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from io import StringIO
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.artist import Artist
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure as Canvas
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath

INK = "#1a1a1c"
# Colour of a hatched surface -> its pattern: turn (degrees) and drawing in a tile of 4 x 4 points.
TILES = {
    "#f2a900": (45, "M0 0V4"),
    "#9fd3c7": (-45, "M0 0V4"),
    "#8a8a94": (90, "M0 0V4"),
    "#8fb3ff": (45, "M0 0V4"),
    "#d9d9de": (0, "M1 1h1M3 3h1"),
    "#f4b6ba": (0, "M0 0L4 4M4 0L0 4"),
}
STACK = "'BIZ UDPGothic','Noto Sans JP','Hiragino Sans','Yu Gothic',Meiryo,sans-serif"
# A rectangle by its four corners.
BOX = re.compile(r"M([-.\d]+) ([-.\d]+)L([-.\d]+) \2L\3 ([-.\d]+)L\1 \4(?:L\1 \2)?z")
ANCHOR = {"left": "start", "center": "middle", "right": "end"}


@lru_cache(maxsize=8192)
def word_width(word: str) -> float:
    """Width of a word for its size, in the font that matplotlib-fontja brings."""
    # Importing the package itself would change settings.
    package = find_spec("matplotlib_fontja")
    assert package and package.origin
    font = FontProperties(fname=Path(package.origin).parent / "fonts" / "ipaexg.ttf", size=1)
    with warnings.catch_warnings():
        # The reader's font draws; this one only measures.
        warnings.filterwarnings("ignore", "Glyph .* missing")
        return TextToPath().get_text_width_height_descent(word, font, False)[0]


class Words(Artist):
    """Lines of text, written as they are: the reader's font draws them.

    Parameters
    ----------
    lines : from the top to the foot.
    place : where the first one stands and how far down its middle is, in points.
    size, step : of the letters, from line to line; points.
    side : the end that stands at the place.
    """

    def __init__(
        self,
        lines: Sequence[str],
        place: tuple[float, float],
        size: float,
        step: float,
        side: str,
        colour: str,
    ) -> None:
        super().__init__()
        self.lines, self.place, self.step = lines, place, step
        # Letters stand from 0.12 of their size under their line to 0.88 above it.
        self.drop = 0.38 * size
        self.style = f"font-size:{size:g}px;fill:{colour};text-anchor:{ANCHOR[side]}"

    def draw(self, renderer: Any) -> None:
        """Write the lines."""
        x, y = self.place
        for number, line in enumerate(self.lines):
            foot = renderer.height - y + number * self.step + self.drop
            renderer.writer.element("text", line, x=f"{x:.2f}", y=f"{foot:.2f}", style=self.style)


def svg_text(figure: Canvas, name: str, title: str, sentence: str) -> str:
    """The SVG of a figure: named, with ids of its own, text as text, the same bytes each time.

    Parameters
    ----------
    figure : of a canvas; its words are ``Words``.
    name : short ASCII word; the ids begin with it.
    title, sentence : what the figure is and says, for those who do not see it.
    """
    buffer = StringIO()
    # Without its mixed writer: nothing here is made of pixels.
    writer = RendererSVG(*figure.bbox.size, buffer, image_dpi=72, metadata={"Date": None})
    with matplotlib.rc_context({"svg.hashsalt": "dxplan"}):
        figure.draw(writer)
    writer.finalize()
    body = buffer.getvalue()
    return _named(_lean(body[body.index("<svg") :]), name, title, sentence)


def _lean(svg: str) -> str:
    """Without metadata, style element, comments, groups; numbers, styles and paths short."""
    svg = re.sub(r"<(metadata|style)\b.*?</\1>|<!--.*?-->|</?g\b[^>]*>", "", svg, flags=re.S)
    svg = re.sub(r"<pattern id=\"(\w+)\".*?fill=\"(#\w+)\".*?</pattern>", _tile, svg, flags=re.S)
    svg = re.sub(r"-?\d+\.\d{3,}", lambda m: f"{float(m[0]):.2f}".rstrip("0").rstrip("."), svg)
    svg = re.sub(r" (style|d)=\"([^\"]+)\"", _short, svg)
    svg = re.sub(r" xmlns:xlink=\"[^\"]+\"|<defs>\s*</defs>", "", svg)
    svg = re.sub(r"\s*\n", " ", svg)
    return re.sub(r">\s+<", "><", svg)


def _short(found: re.Match) -> str:
    """A style without spaces; a path with boxes by their sides and no space that only eyes need."""
    if found[1] == "style":
        return f' style="{found[2].strip().replace(": ", ":").replace("; ", ";").rstrip(";")}"'
    path = " ".join(found[2].split())
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


def _named(svg: str, name: str, title: str, sentence: str) -> str:
    """SVG with prefixed ids, and title and description as its accessible name."""
    # Two figures of a page may have the same name, but not the same content.
    prefix = f"{name}-{zlib.crc32((svg + title + sentence).encode()):08x}"
    svg = re.sub(r"( id=\"|url\(#)", rf"\g<1>{prefix}-", svg)
    head, rest = svg.split(">", 1)
    head += (
        f' role="img" aria-labelledby="{prefix}-title {prefix}-desc" stroke-linejoin="round" '
        f'font-family="{STACK}">'
    )
    named = (
        f'<title id="{prefix}-title">{html.escape(title)}</title>'
        f'<desc id="{prefix}-desc">{html.escape(sentence)}</desc>'
    )
    return head + named + rest
