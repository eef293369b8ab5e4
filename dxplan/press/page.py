"""An executed notebook becomes one HTML file, complete in itself: no request, no input code, nothing that wants a script.

nbconvert turns the cells into the inside of <main> (template cells.html.j2, on its `base`), one
exporter kept warm for a process; the shell around them is shared with the index.
"""

import copy
import errno
import functools
import html
import os
import re
from contextlib import suppress
from pathlib import Path

import jinja2
from markupsafe import Markup
from nbconvert import HTMLExporter

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
CONTROLLED = re.compile(r'<table\b|class="scenarios"')
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


def write_page(executed, path, title):
    """Write the page of an executed notebook, whole or not at all.

    Parameters
    ----------
    executed : notebook with outputs
    path : file to write
    title : text; the page's title unless the notebook's headline gives one

    Returns
    -------
    headline, dict of Japanese label to text (with the keys `title` and `foot`, and `measures` for machines)

    Raises
    ------
    PressError
        if the outputs do not make a complete page, or the file cannot be written
    """
    page, headline = build_page(executed, title)
    write_file(path, page)
    return headline


def build_page(executed, title):
    """Page of an executed notebook, not written yet.

    Parameters
    ----------
    executed : notebook with outputs
    title : text; used unless the notebook's headline gives one

    Returns
    -------
    HTML text, and the headline as a dict of Japanese label to text

    Raises
    ------
    PressError
        if the outputs do not make a complete page
    """
    notebook, headline = _take_headline(executed)
    body, _ = _exporter().from_notebook_node(notebook)
    body, contents, count = number_headings(number_notes(name_regions(body)))
    if count > 1:
        raise PressError(
            f"大見出し（h1）が{count}個あります。ページの大見出しは1つにしてください。"
        )
    title = headline.get("title", title)
    if count == 0:
        body = f"<h1>{html.escape(title)}</h1>\n{body}"
    script = _script() if CONTROLLED.search(body) else ""
    page = build_shell(
        title, _insert_contents(body, contents), headline.get("foot", ""), script=script
    )
    check_page(page, script)
    return page, headline


def build_shell(title, body, foot="", style="", script=""):
    """The shell of every page: head with styles and security policy, landmarks, footer.

    Parameters
    ----------
    title : text
    body : HTML of the inside of <main>
    foot : text of the footer; each line a paragraph
    style : more CSS
    script : the one script of the page, allowed by its hash; empty for a page without script

    Returns
    -------
    HTML text
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


def write_file(path, content):
    """Write a file under a temporary name and move it into place.

    Parameters
    ----------
    path : file
    content : text (written as UTF-8) or bytes

    Returns
    -------
    the path

    Raises
    ------
    PressError
        if the folder or the disk refuses
    """
    path = Path(path)
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        temporary.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        os.replace(temporary, path)
    except OSError as fault:
        with suppress(OSError):  # the folder itself is the trouble
            temporary.unlink(missing_ok=True)
        raise PressError(
            f"{path.parent} に {path.name} を書けません（{disk_reason(fault)}）。"
            "出力先の権限と空き容量を確かめてください。"
        ) from None
    return path


def disk_reason(fault):
    """Why a disk refused, in Japanese where the reason is a usual one.

    Parameters
    ----------
    fault : OSError

    Returns
    -------
    text
    """
    return REASONS.get(fault.errno, fault.strerror)


@functools.cache
def templates():
    """The press's own templates, escaping by default.

    Returns
    -------
    jinja2 environment
    """
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
    """nbconvert's exporter without its second parse, which only adds placeholder alt texts."""

    def from_notebook_node(self, nb, resources=None, **kw):
        return super(HTMLExporter, self).from_notebook_node(
            nb, self._init_resources(resources), **kw
        )


@functools.cache
def _script():
    """The small script that only adds to a page: a filter above long tables, a slider over pictures of one kind."""
    return (TEMPLATES / "page.js").read_text(encoding="utf-8").strip()


@functools.cache
def _exporter():
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


def _take_headline(executed):
    """A copy of the notebook without headline and stream outputs, and the headline."""
    notebook = copy.deepcopy(executed)
    headline = {}
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        for output in cell.outputs:
            headline.update(output.get("data", {}).get(HEADLINE, {}))
        cell.outputs = [
            output
            for output in cell.outputs
            if output.output_type != "stream" and HEADLINE not in output.get("data", {})
        ]
    _check_headline(headline)
    return notebook, headline


def _check_headline(headline):
    wrong = [
        label for label, text in headline.items() if label != KEY and not isinstance(text, str)
    ]
    if wrong:
        raise PressError(
            f"見出しの数値 {'、'.join(wrong)} が文字列ではありません。単位を付けた文字列にしてください。"
        )
    fault = measure_fault(headline.get(KEY, []))
    if fault:
        raise PressError(fault)


def _richest(data):
    """The one mime type to show, richest first."""
    if WIDGET in data:
        raise PressError(
            "操作部品がページに残っています。その部品のセルにタグ live を付けてください。"
        )
    shown = [kind for kind in RICHEST_FIRST if kind in data][:1]
    if not shown:
        raise PressError(f"ページに載せられない出力があります（{'、'.join(sorted(data))}）。")
    return shown


def _inline_svg(svg, alt):
    """SVG without its XML prologue; the alt text of the output's metadata becomes its name."""
    svg = svg[svg.index("<svg") :] if "<svg" in svg else svg
    end = svg.find(">")
    if not alt or "aria-label" in svg[:end]:
        return svg
    return f'<svg role="img" aria-label="{html.escape(alt)}"' + svg[len("<svg") :]


def _scrolling(fragment):
    """Each table in a box that scrolls sideways by itself and can take the focus."""
    if 'class="scroll"' in fragment:
        return fragment
    return TABLE.sub(lambda found: _box(found[0]), fragment)


def _box(table):
    caption = CAPTION.search(table)
    if not caption:
        return f'<div class="scroll" tabindex="0">{table}</div>'
    return f'<section class="scroll" aria-label="{plain_text(caption[1])}" tabindex="0">{table}</section>'


def _plain(text):
    if re.search(r" at 0x[0-9a-fA-F]{6,}", text):
        raise PressError(
            "セルの最後の値がメモリの番地を含みます。表か図か文にして表示してください。"
        )
    return html.escape(text)


def _insert_contents(body, contents):
    """The table of contents before the first chapter."""
    if len(contents) < 2:
        return body
    listing = templates().get_template("contents.html.j2").render(contents=contents)
    first = re.search(
        r'(?:<div class="text">\s*)?<h2\b', body
    )  # not in the box of the chapter, which may be a page of its own
    place = first.start() if first else 0
    return f"{body[:place]}{listing}\n{body[place:]}"
