"""An executed notebook becomes one HTML file, complete in itself.

No request, no input code, nothing that wants a script. The cells become the inside of <main>; the
shell around them is shared with the index.
"""

from __future__ import annotations

import copy
import functools
import html
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2
from markupsafe import Markup

from dxplan.files import disk_reason, write_whole
from dxplan.press import PressError
from dxplan.press.chapters import name_regions, number_headings, number_notes
from dxplan.press.check import check_page, script_hash
from dxplan.press.country.measure import CUTOVERS, KEY, cutover_fault, measure_fault

if TYPE_CHECKING:
    from nbformat import NotebookNode

TEMPLATES = Path(__file__).parent / "template"
HEADLINE = "application/vnd.dxplan.headline+json"
# not in the box of the chapter, which may be a page of its own
CHAPTER = re.compile(r'(?:<div class="text">\s*)?<h2\b')
CONTROLLED = re.compile(r'<table\b|class="scenarios"')


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
    from dxplan.press.cells import cells_html  # slow to import, and the shell does without

    notebook, headline = _take_headline(executed)
    body = cells_html(notebook, TEMPLATES)
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


def ready_folder(folder: Path) -> Path:
    """A folder to write in, made where it is missing.

    Raises
    ------
    PressError
        The disk refuses.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise PressError(
            f"出力先 {folder} を作れません({disk_reason(fault)})。別の場所を指定してください。"
        ) from None
    return folder


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


@functools.cache
def _script() -> str:
    """The small script that only adds: a filter above long tables, a slider over pictures."""
    return (TEMPLATES / "page.js").read_text(encoding="utf-8").strip()


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
    wrong = []
    for label, text in headline.items():
        if label not in (KEY, CUTOVERS) and not isinstance(text, str):
            wrong.append(label)
    if wrong:
        raise PressError(
            f"見出しの数値 {'、'.join(wrong)} が文字列ではありません。"
            "単位を付けた文字列にしてください。"
        )
    fault = measure_fault(headline.get(KEY, []))
    fault = fault or cutover_fault(headline.get(CUTOVERS, []))
    if fault:
        raise PressError(fault)


def _insert_contents(body: str, contents: Sequence[dict]) -> str:
    """The table of contents before the first chapter."""
    if len(contents) < 2:
        return body
    listing = templates().get_template("contents.html.j2").render(contents=contents)
    first = CHAPTER.search(body)
    place = first.start() if first else 0
    return f"{body[:place]}{listing}\n{body[place:]}"
