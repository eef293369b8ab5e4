"""The cells of an executed notebook as HTML: nbconvert's work, one exporter for a process.

It is a room of its own, since nbconvert is slow to import and a fault wants none of it.
"""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Mapping
from pathlib import Path

from nbconvert import HTMLExporter
from nbformat import NotebookNode

from dxplan.press import PressError
from dxplan.press.chapters import plain_text

WIDGET = "application/vnd.jupyter.widget-view+json"
RICHEST_FIRST = ("text/html", "text/markdown", "image/svg+xml", "image/png", "text/plain")
TABLE = re.compile(r"<table\b.*?</table>", re.DOTALL)
CAPTION = re.compile(r"<caption\b[^>]*>(.*?)</caption>", re.DOTALL)
ADDRESS = re.compile(r" at 0x[0-9a-fA-F]{6,}")  # changes from run to run


def cells_html(notebook: NotebookNode, templates: Path) -> str:
    """The inside of <main>: template cells.html.j2, on nbconvert's `base`.

    Parameters
    ----------
    templates : folder of the template.

    Raises
    ------
    PressError
        An output cannot stand on a page.
    """
    body, _ = _exporter(templates).from_notebook_node(notebook)
    return body


class CellsExporter(HTMLExporter):
    """nbconvert's exporter, as far as the page wants it."""

    def from_notebook_node(  # type: ignore[override]  # nbconvert's own gives text too
        self, nb: NotebookNode, resources: dict | None = None, **kw: object
    ) -> tuple[str, dict]:
        """Without the second parse, which only adds placeholder alt texts."""
        resources = self._init_resources(resources)
        return super(HTMLExporter, self).from_notebook_node(nb, resources, **kw)

    def _preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """As it is: no preprocessor changes what the page shows, and each would check it all."""
        return nb, resources


@functools.cache
def _exporter(templates: Path) -> CellsExporter:
    filters = {
        "filter_data_type": _richest,
        "inline_svg": _inline_svg,
        "scrolling": _scrolling,
        "plain": _plain,
    }
    return CellsExporter(
        template_name="base",
        template_file="cells.html.j2",
        extra_template_paths=[str(templates)],
        filters=filters,
        exclude_input=True,
        exclude_anchor_links=True,
    )


def _richest(data: Mapping[str, object]) -> list[str]:
    """The one mime type to show, richest first."""
    if WIDGET in data:
        raise PressError(
            "操作部品がページに残っています。その部品のセルにタグ live を付けてください。"
        )
    for kind in RICHEST_FIRST:
        if kind in data:
            return [kind]
    raise PressError(f"ページに載せられない出力があります({'、'.join(sorted(data))})。")


def _inline_svg(svg: str, alt: str) -> str:
    """SVG without its XML prologue; the alt text of the output's metadata becomes its name."""
    svg = svg[max(svg.find("<svg"), 0) :]
    end = svg.find(">")
    if not alt or "aria-label" in svg[:end]:
        return svg
    return f'<svg role="img" aria-label="{html.escape(alt)}"' + svg[len("<svg") :]


def _scrolling(fragment: str) -> str:
    """Each table in a box that scrolls sideways by itself and can take the focus."""
    if 'class="scroll"' in fragment:
        return fragment
    return TABLE.sub(_box, fragment)


def _box(found: re.Match) -> str:
    table = found[0]
    caption = CAPTION.search(table)
    if not caption:
        return f'<div class="scroll" tabindex="0">{table}</div>'
    name = plain_text(caption[1])
    return f'<section class="scroll" aria-label="{name}" tabindex="0">{table}</section>'


def _plain(text: str) -> str:
    if ADDRESS.search(text):
        raise PressError(
            "セルの最後の値がメモリの番地を含みます。表か図か文にして表示してください。"
        )
    return html.escape(text)
