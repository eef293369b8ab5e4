"""A matplotlib figure as SVG text for any page: named, small, text as text, the same bytes."""

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
Size = tuple[float, float, float]
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
BOX = re.compile(r"M (\S+) (\S+) L (\S+) \2 L \3 (\S+) L \1 \4 (?:L \1 \2 )?z")


@cache
def font_name() -> str:
    """The font that matplotlib-fontja brings, registered."""
    # Importing the package itself would change settings.
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
    """matplotlib's own writer that remembers the sizes of words: they come back on each page."""

    def get_text_width_height_descent(
        self, s: str, prop: font_manager.FontProperties, ismath: object
    ) -> Size:
        """Size of a word, in points."""
        return _word_size(s, prop, ismath)

    # The Text of matplotlib asks for it; without an answer it reads the font again.
    def _get_font_height_metrics(self, prop: font_manager.FontProperties) -> Size:
        return _line_size(prop.get_size_in_points())


@lru_cache(maxsize=8192)
def _word_size(word: str, prop: font_manager.FontProperties, math: object) -> Size:
    return TextToPath().get_text_width_height_descent(word, prop, math)


@lru_cache(maxsize=64)
def _line_size(points: float) -> Size:
    """Ascent, descent, gap of a line in the font that measures, as matplotlib at 72 dpi."""
    font = font_manager.get_font(font_manager.findfont(font_name()))
    table = font.get_sfnt_table("OS/2")
    scale = 1 / font.get_sfnt_table("head")["unitsPerEm"] * points
    ascent, descent = table["sTypoAscender"] * scale, -table["sTypoDescender"] * scale
    return ascent, descent, table["sTypoLineGap"] * scale


def _written(figure: Canvas) -> str:
    """The SVG as matplotlib writes it, without its mixed writer: nothing here is made of pixels."""
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            if not axis.get_label_text():
                # Else the place of a label that is not there is worked out.
                axis.set_label_coords(0, 0)
    buffer, dpi = StringIO(), figure.dpi
    figure.dpi = 72
    width, height = figure.get_size_inches() * 72
    writer = _Writer(width, height, buffer, image_dpi=dpi, metadata={"Date": None})
    figure.draw(writer)
    writer.finalize()
    return buffer.getvalue()


def _lean(svg: str) -> str:
    """Without metadata, style element, comments, fonts and ids that nothing refers to."""
    svg = re.sub(r"<(metadata|style)\b.*?</\1>|<!--.*?-->", "", svg, flags=re.S)
    used = set(re.findall(r"(?:url\(|href=\")#([^)\"]+)", svg))
    svg = re.sub(r" id=\"([^\"]+)\"", lambda m: m[0] if m[1] in used else "", svg)
    svg = re.sub(r" *font-family: [^;\"]*;?", "", svg)
    svg = re.sub(r"<pattern id=\"(\w+)\".*?fill=\"(#\w+)\".*?</pattern>", _tile, svg, flags=re.S)
    svg = re.sub(r"-?\d+\.\d{3,}", lambda m: f"{float(m[0]):.2f}".rstrip("0").rstrip("."), svg)
    svg = re.sub(r" transform=\"rotate\(-0 [^)]*\)\"| xmlns:xlink=\"[^\"]+\"", "", svg)
    svg = svg.replace(" xlink:href=", " href=")
    svg = re.sub(r" (style|d)=\"([^\"]+)\"", _short, svg)
    svg = re.sub(r"<defs>\s*</defs>", "", svg)
    svg = re.sub(r"\s*\n", " ", svg)
    return _bare(re.sub(r">\s+<", "><", svg))


def _short(found: re.Match) -> str:
    """A style without spaces; a path with boxes by their sides and no space that only eyes need."""
    if found[1] == "style":
        return f' style="{found[2].strip().replace(": ", ":").replace("; ", ";").rstrip(";")}"'
    path = BOX.sub(r"M\1 \2H\3V\4H\1z", " ".join(found[2].split()))
    return ' d="' + re.sub(r" ?([A-Za-z]) ?", r"\1", path) + '"'


def _bare(svg: str) -> str:
    """Without groups that say nothing: those that carry no attribute, or hold nothing."""
    open_groups, kept = [], []  # whether each open group says something
    for part in re.split(r"(</?g\b[^>]*>)", re.sub(r"<g\b[^>]*/>", "", svg)):
        keep = True
        if part.startswith("<g"):
            keep = part != "<g>"
            open_groups.append(keep)
        elif part.startswith("</g"):
            keep = open_groups.pop()
        if keep:
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
    # Two figures of a page may have the same name, but not the same content.
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
