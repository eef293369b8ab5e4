"""What a page must not contain: broken HTML, scripts, requests, nameless figures, local folders."""

from __future__ import annotations

import base64
import hashlib
import re
import sys
import tempfile
from html.parser import HTMLParser
from pathlib import Path

from dxplan.press import PressError

VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
FORBIDDEN = frozenset("script iframe object embed frame link base form audio video".split())
LOADING = frozenset("src srcset poster background action formaction data".split())
PLACEHOLDER = "No description has been provided for this image"
HOMES = r"(?<![\w.\-/])(?:/(?:home|Users|root|tmp|var/folders)/|[A-Za-z]:[\\/]Users[\\/])[\w.\-]+"
# what a match of HOMES has in it: found in no time, where the pattern looks behind each letter
HOME_PIECES = ("/home/", "/Users/", "/root/", "/tmp/", "/var/folders/", ":\\Users", ":/Users")
# an absolute path of two folders or more, whole, down to its last part
ABSOLUTE = re.compile(
    r"(?:file://|(?<![\w.:/]))(?:/?[A-Za-z]:[\\/]|/|\\\\)"
    r"(?:[^\s/\\'\":<>|]+[\\/])+([^\s/\\'\":<>|]+)"
)
STYLE_LOAD = re.compile(r"@import|url\(\s*['\"]?(?!#|data:)", re.IGNORECASE)

Attributes = dict[str, str | None]
Pairs = list[tuple[str, str | None]]


def check_page(page: str, script: str = "") -> None:
    """Refuse a page that is broken, asks for anything, or gives away where it was made.

    Parameters
    ----------
    script : the one that this page may carry, to the letter; empty where it may carry none.

    Raises
    ------
    PressError
        Naming the first fault found.
    """
    inspector = _Inspector(script)
    inspector.feed(page)
    inspector.close()
    if inspector.open:
        raise PressError(f"ページのHTMLが壊れています(<{inspector.open[-1]}> が閉じていません)。")
    pieces = (*HOME_PIECES, *_own_places())
    if any(piece in page for piece in pieces) and re.search(_folder_pattern(), page):
        raise PressError(
            "ページに手元のフォルダの場所が含まれています。パスを表示しないでください。"
        )


def script_hash(script: str) -> str:
    """The source expression (sha256-...) that allows one inline script in a security policy."""
    digest = hashlib.sha256(script.encode("utf-8")).digest()
    return "sha256-" + base64.b64encode(digest).decode("ascii")


def placeless(text: str) -> str:
    """Text without the folders of this machine, for a sentence that goes on a page."""
    below = r"(?:\([^\s()]*\)|[^\s　「」()、。])*"  # a folder may be called 計画(案)
    return re.sub(rf"(?:{_folder_pattern()}){below}", "(手元のフォルダ)", text)


def bare(text: str) -> str:
    """Text in which each absolute path is its last part, for what is kept."""
    return placeless(ABSOLUTE.sub(r"\1", text))


def _folder_pattern() -> str:
    """Matches the beginning of a folder of this machine."""
    own = "|".join(map(re.escape, _own_places())) or "(?!)"
    return rf"{HOMES}|(?<![\w.\-/])(?:{own})[\\/]"


def _own_places() -> list[str]:
    """Folders of this machine that no page may name, whatever they are called."""
    places = {Path.home(), Path.cwd(), Path(sys.prefix), Path(tempfile.gettempdir())}
    return sorted(str(place) for place in places if len(place.parts) > 1)


class _Inspector(HTMLParser):
    """Walks the page once, tag by tag."""

    def __init__(self, script: str) -> None:
        super().__init__(convert_charrefs=True)
        self.script = script  # what the one script must say
        self.said = ""
        self.open: list[str] = []
        self.nameless: list[int] = []  # depths of svg elements that still need a title
        self.names: set[str] = set()

    def updatepos(self, i: int, j: int) -> int:
        """No lines are counted: a fault is told without its place."""
        return j

    def handle_starttag(self, tag: str, attrs: Pairs) -> None:
        attributes = dict(attrs)
        self._check(tag, attributes)
        if tag == "svg" and "svg" not in self.open and not _is_named(attributes):
            self.nameless.append(len(self.open))
        if tag == "title" and self.nameless and len(self.open) == self.nameless[-1] + 1:
            self.nameless.pop()
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: Pairs) -> None:
        self._check(tag, dict(attrs), closed=True)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open[-1] != tag:
            inside = f"<{self.open[-1]}> の中で" if self.open else ""
            raise PressError(f"ページのHTMLが壊れています({inside} </{tag}> が余っています)。")
        self.open.pop()
        if tag == "script":
            self._check_script()
        if tag == "svg" and self.nameless and self.nameless[-1] == len(self.open):
            raise PressError("説明(alt、title、aria-label のどれか)のない図があります。")

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script":
            self.said += data
        if self.open and self.open[-1] == "style" and STYLE_LOAD.search(data):
            raise PressError("ページの中の style が外のファイルを読もうとしています。")

    def _check_script(self) -> None:
        if self.said != self.script:
            raise PressError("ページのスクリプトが、プレスの持つものと違います。")
        self.script = self.said = ""  # a second one is a stranger

    def _check(self, tag: str, attributes: Attributes, closed: bool = False) -> None:
        # the press's own script has no attribute and is not empty
        ours = tag == "script" and self.script and not attributes and not closed
        if tag in FORBIDDEN and not ours:
            raise PressError(
                f"ページに <{tag}> が含まれています。外部の読み込みとスクリプトは載せられません。"
            )
        if tag == "img" and not (attributes.get("alt") or "").strip():
            raise PressError(
                "代替テキスト(alt)のない図があります。出力の metadata に alt を付けてください。"
            )
        if attributes.get("alt") == PLACEHOLDER:
            raise PressError(
                "図の代替テキストが仮の英文のままです。図の内容を述べる文にしてください。"
            )
        self._check_attributes(tag, attributes)
        self._check_name(attributes.get("id"))

    def _check_attributes(self, tag: str, attributes: Attributes) -> None:
        for name, value in attributes.items():
            value = (value or "").strip()
            if name.startswith("on") or value.lower().startswith("javascript:"):
                raise PressError(f"<{tag}> にスクリプト({name})が含まれています。")
            # a link is followed by a person; any other element loads its href by itself
            inner = name in ("href", "xlink:href") and tag != "a"
            outside = (name in LOADING or inner) and not value.startswith(("data:", "#"))
            if outside or (name == "style" and STYLE_LOAD.search(value)):
                raise PressError(f"<{tag}> が外のファイル({name})を読もうとしています。")

    def _check_name(self, name: str | None) -> None:
        if name is None:
            return
        if name in self.names:
            raise PressError(
                f"id「{name}」がページに2回あります。図ごとに id の接頭辞を変えてください。"
            )
        self.names.add(name)


def _is_named(attributes: Attributes) -> bool:
    return bool(
        attributes.get("aria-label")
        or attributes.get("aria-labelledby")
        or attributes.get("aria-hidden") == "true"
    )
