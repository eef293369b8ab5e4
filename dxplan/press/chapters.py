"""What a long page is found in by: numbered headings, a table of contents, sources as notes."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Mapping
from re import Match

from markupsafe import Markup

HEADING = re.compile(r"<h([1-6])\b([^>]*)>(.*?)</h\1>", re.DOTALL)
# as \bid\s*=..., but looking behind comes after the plain word, which is a quick thing to look for
HAS_ID = re.compile(r"""id(?<!\wid)\s*=\s*["']?([^\s"'>]+)""")
SOURCE = re.compile(r'<(p|span) class="source">(.*?)</\1>', re.DOTALL)
REGION = re.compile(r'(<section class="scroll" aria-label=")([^"]*)"')
TAG = re.compile(r"<[^>]+>")
UNSURE = "要確認"
MARKED = f'<strong class="unconfirmed">{UNSURE}</strong>'
NOTES = "注(出典と確度)"


def number_headings(body: str) -> tuple[str, list[dict], int]:
    """Number chapters and sections, and give each an anchor.

    Returns
    -------
    HTML, the tree of the headings for ``contents.html.j2``, and the number of h1.
    """
    contents: list[dict] = []
    count = 0
    taken = set(HAS_ID.findall(body))

    def number(heading: Match) -> str:
        nonlocal count
        level, attributes, inner = int(heading[1]), heading[2], heading[3]
        count += level == 1
        if level not in (2, 3):
            return heading[0]
        own = HAS_ID.search(attributes)
        name = own[1] if own else _free_name(contents, level, taken)
        place = _place(contents, level)
        siblings = contents[-1]["below"] if level == 3 and contents else contents
        text = Markup(plain_text(inner))
        siblings.append({"name": name, "place": place, "text": text, "below": []})
        anchor = "" if own else f' id="{name}"'
        label = f'<span class="place">{place}</span>'
        return f"<h{level}{anchor}{attributes}>{label} {inner}</h{level}>"

    return HEADING.sub(number, body), contents, count


def number_notes(body: str) -> str:
    """Each source in its place becomes a number, and all of them, once each, a list at the end.

    A source is a p or span of class "source"; what is not yet confirmed is said in both places.
    """
    uses: dict[str, list[str]] = {}

    def refer(source: Match) -> str:
        tag, text = source[1], source[2]
        places = uses.setdefault(text, [])
        number = list(uses).index(text) + 1
        places.append(f"ref-{number}-{len(places) + 1}")
        unsure = f" {MARKED}" if UNSURE in text else ""
        return (
            f'<{tag} class="source">出典: <a href="#note-{number}" id="{places[-1]}" '
            f'role="doc-noteref">注{number}</a>{unsure}</{tag}>'
        )

    body = SOURCE.sub(refer, body)
    if not uses:
        return body
    return f"{body}\n{_notes(uses)}"


def name_regions(body: str) -> str:
    """Tables of one caption in boxes of different names: the second is called so."""
    counts: Counter[str] = Counter()

    def name(region: Match) -> str:
        start, caption = region[1], region[2]
        counts[caption] += 1
        if counts[caption] > 1:
            caption = f"{caption}({counts[caption]})"
        return f'{start}{caption}"'

    return REGION.sub(name, body)


def plain_text(fragment: str) -> str:
    """The words of a piece of HTML, escaped, without its tags."""
    words = TAG.sub("", fragment).split()
    return html.escape(html.unescape(" ".join(words)))


def _notes(uses: Mapping[str, list[str]]) -> str:
    """The list of notes, each with the way back to its uses."""
    notes = ""
    for number, (source, places) in enumerate(uses.items(), 1):
        text = source.removeprefix("出典: ").replace(UNSURE, MARKED)
        links = " ".join(
            f'<a href="#{place}" role="doc-backlink" aria-label="注{number}の{k}か所目へ戻る">↑{k}</a>'
            for k, place in enumerate(places, 1)
        )
        notes += (
            f'<li id="note-{number}"><span class="place">注{number}</span> {text} '
            f'<span class="back">{links}</span></li>'
        )
    return (
        '<section class="notes-list" role="doc-endnotes" aria-labelledby="notes">'
        f'<h2 id="notes">{NOTES}</h2><ol>{notes}</ol></section>'
    )


def _place(contents: list[dict], level: int) -> str:
    """The number of the next chapter, or of the next section in the last one."""
    if level == 2:
        return str(len(contents) + 1)
    if not contents:
        return "0.1"
    return f"{len(contents)}.{len(contents[-1]['below']) + 1}"


def _free_name(contents: list[dict], level: int, taken: set[str]) -> str:
    """s1, s2, ... for chapters and s2-1, ... below them."""
    name = f"s{len(contents) + 1}"
    if level == 3 and contents:
        name = f"s{len(contents)}-{len(contents[-1]['below']) + 1}"
    while name in taken:
        name += "x"
    taken.add(name)
    return name
