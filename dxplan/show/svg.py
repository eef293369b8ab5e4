"""A matplotlib figure as an SVG text that lives in any page: named, small, text as text, the same bytes each time."""

from __future__ import annotations

import html
import re
import zlib
from functools import cache, lru_cache
from importlib.util import find_spec
from io import StringIO
from pathlib import Path

from matplotlib import font_manager
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure as Canvas
from matplotlib.textpath import TextToPath

INK = "#1a1a1c"
TILES = {  # colour of a hatched surface -> its pattern: turn (degrees) and drawing in a tile of 4 x 4 points
    "#f2a900": (45, "M0 0V4"),
    "#9fd3c7": (-45, "M0 0V4"),
    "#8a8a94": (90, "M0 0V4"),
    "#8fb3ff": (45, "M0 0V4"),
    "#d9d9de": (0, "M1 1h1M3 3h1"),
    "#f4b6ba": (0, "M0 0L4 4M4 0L0 4"),
}
STACK = "'BIZ UDPGothic','Noto Sans JP','Hiragino Sans','Yu Gothic',Meiryo,sans-serif"
BOX = re.compile(
    r"M (\S+) (\S+) L (\S+) \2 L \3 (\S+) L \1 \4 (?:L \1 \2 )?z"
)  # a rectangle by its four corners


@cache
def font_name() -> str:
    """Register the font that matplotlib-fontja brings, without importing it (its import changes settings)."""
    folder = Path(next(iter(find_spec("matplotlib_fontja").submodule_search_locations)))
    path = folder / "fonts" / "ipaexg.ttf"
    font_manager.fontManager.addfont(path)
    return font_manager.FontProperties(fname=path).get_name()


def svg_text(figure: Canvas, name: str, title: str, sentence: str) -> str:
    """The SVG of a figure: named, with ids of its own, text as text, the same bytes each time.

    Parameters
    ----------
    figure : matplotlib figure, made inside ``drawing()``.
    name : short ASCII word; the ids begin with it.
    title, sentence : what the figure is and says, for those who do not see it.
    """
    body = _written(figure)
    return _named(_lean(body[body.index("<svg") :]), name, title, sentence)


class _Writer(RendererSVG):
    """matplotlib's own writer, only that it remembers the sizes of words: the same ones come back on each page."""

    def get_text_width_height_descent(self, s, prop, ismath):
        """Size of a word, in points."""
        return _word_size(s, prop, ismath)

    def _get_font_height_metrics(
        self, prop
    ):  # the Text of matplotlib asks for it; without an answer it reads the font again
        return _line_size(prop.get_size_in_points())


@lru_cache(maxsize=8192)
def _word_size(word: str, prop: font_manager.FontProperties, math) -> tuple[float, float, float]:
    return TextToPath().get_text_width_height_descent(word, prop, math)


@lru_cache(maxsize=64)
def _line_size(points: float) -> tuple[float, float, float]:
    """Ascent, descent and gap of a line in the font that measures, as matplotlib's Text finds them at 72 dpi."""
    font = font_manager.get_font(font_manager.findfont(font_name()))
    table, scale = (
        font.get_sfnt_table("OS/2"),
        1 / font.get_sfnt_table("head")["unitsPerEm"] * points,
    )
    return (
        table["sTypoAscender"] * scale,
        -table["sTypoDescender"] * scale,
        table["sTypoLineGap"] * scale,
    )


def _written(figure: Canvas) -> str:
    """The SVG as matplotlib writes it; nothing here is a picture of pixels, so its mixed writer is left out."""
    for axis in (
        axis
        for axes in figure.axes
        for axis in (axes.xaxis, axes.yaxis)
        if not axis.get_label_text()
    ):
        axis.set_label_coords(0, 0)  # else the place of a label that is not there is worked out
    buffer, dpi = StringIO(), figure.dpi
    figure.dpi = 72
    width, height = figure.get_size_inches() * 72
    writer = _Writer(width, height, buffer, image_dpi=dpi, metadata={"Date": None})
    figure.draw(writer)
    writer.finalize()
    return buffer.getvalue()


def _lean(svg: str) -> str:
    """Without metadata, style element, comments and ids that nothing refers to; with a font stack."""
    svg = re.sub(
        r"<metadata>.*?</metadata>|<style type=\"text/css\">.*?</style>|<!--.*?-->",
        "",
        svg,
        flags=re.S,
    )
    used = set(re.findall(r"url\(#([^)]+)\)|href=\"#([^\"]+)\"", svg))
    used = {name for pair in used for name in pair if name}
    svg = re.sub(r" id=\"([^\"]+)\"", lambda m: m[0] if m[1] in used else "", svg)
    svg = re.sub(r" *font-family: [^;\"]*;?", "", svg)
    svg = re.sub(r"<pattern id=\"(\w+)\".*?fill=\"(#\w+)\".*?</pattern>", _tile, svg, flags=re.S)
    svg = re.sub(r"-?\d+\.\d{3,}", lambda m: f"{float(m[0]):.2f}".rstrip("0").rstrip("."), svg)
    svg = re.sub(r" transform=\"rotate\(-0 [^)]*\)\"| xmlns:xlink=\"[^\"]+\"", "", svg).replace(
        " xlink:href=", " href="
    )
    svg = re.sub(r" (style|d)=\"([^\"]+)\"", _short, svg)
    return _bare(
        re.sub(r">\s+<", "><", re.sub(r"\s*\n", " ", re.sub(r"<defs>\s*</defs>", "", svg)))
    )


def _short(found: re.Match) -> str:
    """A style without spaces; a path with boxes drawn by their sides and no space that only eyes need."""
    if found[1] == "style":
        return f' style="{found[2].strip().replace(": ", ":").replace("; ", ";").rstrip(";")}"'
    path = BOX.sub(r"M\1 \2H\3V\4H\1z", " ".join(found[2].split()))
    return ' d="' + re.sub(r" ?([A-Za-z]) ?", r"\1", path) + '"'


def _bare(svg: str) -> str:
    """Without groups that say nothing: those that carry no attribute, or hold nothing."""
    said, kept = [], []
    for part in re.split(r"(</?g\b[^>]*>)", re.sub(r"<g\b[^>]*/>", "", svg)):
        if part.startswith("<g"):
            said.append(part != "<g>")
        if not part.startswith(("<g", "</g")) or (
            said[-1] if part.startswith("<g") else said.pop()
        ):
            kept.append(part)
    return "".join(kept)


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
    prefix = f"{name}-{zlib.crc32((svg + title + sentence).encode()):08x}"
    svg = re.sub(r"( id=\"|url\(#|href=\"#)", rf"\g<1>{prefix}-", svg)
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
