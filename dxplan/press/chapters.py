"""What a long page needs to be found in: numbered headings, a table of contents, and sources as numbered notes at its end."""

import html
import re
from collections import Counter

from markupsafe import Markup

HEADING = re.compile(r"<h([1-6])\b([^>]*)>(.*?)</h\1>", re.DOTALL)
HAS_ID = re.compile(r"""\bid\s*=\s*["']?([^\s"'>]+)""")
SOURCE = re.compile(r'<(p|span) class="source">(.*?)</\1>', re.DOTALL)
REGION = re.compile(r'(<section class="scroll" aria-label=")([^"]*)"')
TAG = re.compile(r"<[^>]+>")
UNSURE = "要確認"
NOTES = "注（出典と確度）"


def number_headings(body):
    """Number chapters and sections, and give each an anchor.

    Parameters
    ----------
    body : HTML of the inside of <main>

    Returns
    -------
    HTML, the tree of the headings for `contents.html.j2`, and the number of h1
    """
    contents, count = [], 0
    taken = set(HAS_ID.findall(body))

    def number(found):
        nonlocal count
        level, attributes, inner = int(found[1]), found[2], found[3]
        count += level == 1
        if level not in (2, 3):
            return found[0]
        known = HAS_ID.search(attributes)
        name = known[1] if known else _free_name(contents, level, taken)
        place = _place(contents, level)
        entry = {"name": name, "place": place, "text": Markup(plain_text(inner)), "below": []}
        (contents[-1]["below"] if level == 3 and contents else contents).append(entry)
        anchor = "" if known else f' id="{name}"'
        return (
            f'<h{level}{anchor}{attributes}><span class="place">{place}</span> {inner}</h{level}>'
        )

    return HEADING.sub(number, body), contents, count


def number_notes(body):
    """Each source in its place becomes a number, and all of them, once each, a list at the end of the page.

    Parameters
    ----------
    body : HTML of the inside of <main>; a source is a p or span of class "source"

    Returns
    -------
    HTML; what is not yet confirmed is said in both places
    """
    uses = {}

    def refer(found):
        tag, text = found[1], found[2]
        places = uses.setdefault(text, [])
        number = list(uses).index(text) + 1
        places.append(f"ref-{number}-{len(places) + 1}")
        unsure = f' <strong class="unconfirmed">{UNSURE}</strong>' if UNSURE in text else ""
        return (
            f'<{tag} class="source">出典: <a href="#note-{number}" id="{places[-1]}" role="doc-noteref">注{number}</a>'
            f"{unsure}</{tag}>"
        )

    body = SOURCE.sub(refer, body)
    return f"{body}\n{_notes(uses)}" if uses else body


def name_regions(body):
    """Tables of one caption in boxes of different names: the second is called so.

    Parameters
    ----------
    body : HTML of the inside of <main>

    Returns
    -------
    HTML
    """
    known = Counter()

    def name(found):
        known[found[2]] += 1
        more = f"（{known[found[2]]}）" if known[found[2]] > 1 else ""
        return f'{found[1]}{found[2]}{more}"'

    return REGION.sub(name, body)


def plain_text(fragment):
    """The words of a piece of HTML, escaped, without its tags.

    Parameters
    ----------
    fragment : HTML

    Returns
    -------
    HTML text
    """
    return html.escape(html.unescape(" ".join(TAG.sub("", fragment).split())))


def _notes(uses):
    """The list of notes, each with the way back to its uses."""
    items = []
    for number, (text, places) in enumerate(uses.items(), 1):
        text = text.removeprefix("出典: ").replace(
            UNSURE, f'<strong class="unconfirmed">{UNSURE}</strong>'
        )
        back = " ".join(
            f'<a href="#{place}" role="doc-backlink" aria-label="注{number}の{k}か所目へ戻る">↑{k}</a>'
            for k, place in enumerate(places, 1)
        )
        items.append(
            f'<li id="note-{number}"><span class="place">注{number}</span> {text} <span class="back">{back}</span></li>'
        )
    return f'<section class="notes-list" role="doc-endnotes" aria-labelledby="notes"><h2 id="notes">{NOTES}</h2><ol>{"".join(items)}</ol></section>'


def _place(contents, level):
    """The number of the next chapter, or of the next section in the last one."""
    if level == 2:
        return str(len(contents) + 1)
    return f"{len(contents)}.{len(contents[-1]['below']) + 1}" if contents else "0.1"


def _free_name(contents, level, taken):
    """s1, s2, ... for chapters and s2-1, ... below them."""
    name = f"s{len(contents) + 1}"
    if level == 3 and contents:
        name = f"s{len(contents)}-{len(contents[-1]['below']) + 1}"
    while name in taken:
        name += "x"
    taken.add(name)
    return name
