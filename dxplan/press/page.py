"""An executed notebook becomes one HTML file, complete in itself.

No request, no input code, nothing that wants a script. nbconvert turns the cells into the inside of
<main> (template cells.html.j2, on its `base`), one exporter kept warm for a process; the shell
around them is shared with the index.
"""

from __future__ import annotations

import copy
import errno
import functools
import html
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import jinja2
from markupsafe import Markup
from nbconvert import HTMLExporter
from nbformat import NotebookNode

from dxplan.files import write_whole
from dxplan.press import PressError
from dxplan.press.chapters import name_regions, number_headings, number_notes, plain_text
from dxplan.press.check import check_page, script_hash
from dxplan.press.country.measure import KEY, measure_fault

TEMPLATES = Path(__file__).parent / "template"
HEADLINE = "application/vnd.dxplan.headline+json"
WIDGET = "application/vnd.jupyter.widget-view+json"
RICHEST_FIRST = ("text/html", "text/markdown", "image/svg+xml", "image/png", "text/plain")
TABLE = re.compile(r"<table\b.*?</table>", re.DOTALL)
CAPTION = re.compile(r"<caption\b[^>]*>(.*?)</caption>", re.DOTALL)
# not in the box of the chapter, which may be a page of its own
CHAPTER = re.compile(r'(?:<div class="text">\s*)?<h2\b')
CONTROLLED = re.compile(r'<table\b|class="scenarios"')
ADDRESS = re.compile(r" at 0x[0-9a-fA-F]{6,}")  # changes from run to run
REASONS = {
    errno.ENOSPC: "空き容量がありません",
    errno.EDQUOT: "割当容量を超えました",
    errno.EACCES: "書き込みが許されていません",
    errno.EPERM: "書き込みが許されていません",
    errno.EROFS: "読み取り専用です",
    errno.EISDIR: "同じ名前のフォルダがあります",
    errno.EEXIST: "同じ名前のファイルがあります",
    errno.ENOTDIR: "途中の名前がファイルです",
    errno.ENOENT: "その場所がありません",
    errno.EFBIG: "ファイルが大きすぎます",
}


def write_page(executed: NotebookNode, path: Path, title: str) -> dict:
    """Write the page of an executed notebook, whole or not at all; returns its headline.

    Raises
    ------
    PressError
        The outputs do not make a complete page, or the file cannot be written.
    """
    page, headline = build_page(executed, title)
    write_file(path, page)
    return headline


def build_page(executed: NotebookNode, title: str) -> tuple[str, dict]:
    """Page of an executed notebook, not written yet.

    Parameters
    ----------
    title : used unless the notebook's headline gives one.

    Returns
    -------
    HTML, and the headline: Japanese label -> text (with the keys `title` and `foot`, and
    `measures` for machines).

    Raises
    ------
    PressError
        The outputs do not make a complete page.
    """
    notebook, headline = _take_headline(executed)
    body, _ = _exporter().from_notebook_node(notebook)
    body, contents, count = number_headings(number_notes(name_regions(body)))
    if count > 1:
        raise PressError(f"大見出し(h1)が{count}個あります。ページの大見出しは1つにしてください。")
    title = headline.get("title", title)
    if count == 0:
        body = f"<h1>{html.escape(title)}</h1>\n{body}"
    script = _script() if CONTROLLED.search(body) else ""
    body = _insert_contents(body, contents)
    page = build_shell(title, body, headline.get("foot", ""), script=script)
    check_page(page, script)
    return page, headline


def build_shell(title: str, body: str, foot: str = "", style: str = "", script: str = "") -> str:
    """The shell of every page: head with styles and security policy, landmarks, footer.

    Parameters
    ----------
    body : HTML of the inside of <main>.
    foot : each line a paragraph.
    style : more CSS.
    script : the one script of the page, allowed by its hash; empty for a page without script.
    """
    shell = templates().get_template("shell.html.j2")
    return shell.render(
        title=title,
        body=Markup(body),
        foot=foot.splitlines(),
        style=Markup(style),
        script=Markup(script),
        allowed=Markup(script_hash(script)),
    )


def write_file(path: Path, content: str | bytes) -> Path:
    """Write a file (text as UTF-8) under a temporary name and move it into place.

    Raises
    ------
    PressError
        The folder or the disk refuses.
    """
    path = Path(path)
    if isinstance(content, str):
        content = content.encode("utf-8")
    try:
        write_whole(path, content)
    except OSError as fault:
        raise PressError(
            f"{path.parent} に {path.name} を書けません({disk_reason(fault)})。"
            "出力先の権限と空き容量を確かめてください。"
        ) from None
    return path


def disk_reason(fault: OSError) -> str:
    """Why a disk refused, in Japanese where the reason is a usual one."""
    return REASONS.get(fault.errno or 0, str(fault.strerror))


@functools.cache
def templates() -> jinja2.Environment:
    """The press's own templates, escaping by default."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    styles = [(TEMPLATES / name).read_text(encoding="utf-8") for name in ("style.css", "print.css")]
    environment.globals["styles"] = Markup("\n".join(styles))
    return environment


class _CellsExporter(HTMLExporter):
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
def _script() -> str:
    """The small script that only adds: a filter above long tables, a slider over pictures."""
    return (TEMPLATES / "page.js").read_text(encoding="utf-8").strip()


@functools.cache
def _exporter() -> _CellsExporter:
    filters = {
        "filter_data_type": _richest,
        "inline_svg": _inline_svg,
        "scrolling": _scrolling,
        "plain": _plain,
    }
    return _CellsExporter(
        template_name="base",
        template_file="cells.html.j2",
        extra_template_paths=[str(TEMPLATES)],
        filters=filters,
        exclude_input=True,
        exclude_anchor_links=True,
    )


def _take_headline(executed: NotebookNode) -> tuple[NotebookNode, dict]:
    """A copy of the notebook without headline and stream outputs, and the headline."""
    notebook = copy.deepcopy(executed)
    headline: dict = {}
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        outputs = []
        for output in cell.outputs:
            data = output.get("data", {})
            headline.update(data.get(HEADLINE, {}))
            if output.output_type != "stream" and HEADLINE not in data:
                outputs.append(output)
        cell.outputs = outputs
    _check_headline(headline)
    return notebook, headline


def _check_headline(headline: dict) -> None:
    texts = {label: text for label, text in headline.items() if label != KEY}
    wrong = [label for label, text in texts.items() if not isinstance(text, str)]
    if wrong:
        raise PressError(
            f"見出しの数値 {'、'.join(wrong)} が文字列ではありません。"
            "単位を付けた文字列にしてください。"
        )
    fault = measure_fault(headline.get(KEY, []))
    if fault:
        raise PressError(fault)


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


def _insert_contents(body: str, contents: Sequence[dict]) -> str:
    """The table of contents before the first chapter."""
    if len(contents) < 2:
        return body
    listing = templates().get_template("contents.html.j2").render(contents=contents)
    first = CHAPTER.search(body)
    place = first.start() if first else 0
    return f"{body[:place]}{listing}\n{body[place:]}"
