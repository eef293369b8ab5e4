"""The letters that a text from outside may have: one rule for all that a person types or sends.

What can be seen is kept to the letter and shown as text, whatever it would mean elsewhere (``<b>``,
``=1+1``, ``$x$``, ``]]>``): each output escapes it in its own way. What cannot be seen, or looks
different on another machine, is refused with a sentence. The line runs so that real names pass: old
kanji and their variants (葛 with a variation selector, 﨑, 𠮷), emoji, wide spaces, other scripts.
Gaiji (private use) are refused rather than marked: the network that opens the page draws another
glyph or none at that code, and a wrong letter in a name is worse for an office than a question now.

A word that is not known is answered with the one that looks most like it.
"""

import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

LONGEST_NAME, LONGEST_TEXT = 60, 2000
LONGEST_PILE = 4  # marks on one letter; Vietnamese and Thai need two
BEFORE = 8  # letters shown before what was found

# All but the old kanji: NFC would make U+FA19 another 神, U+795E.
COMPOSED = re.compile("[^\uf900-\ufaff\U0002f800-\U0002fa1f]+")
IDEOGRAPH = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
VARIANT = re.compile(f"(?<=[{IDEOGRAPH}])[\ufe00-\ufe02\U000e0100-\U000e01ef]")
MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u064b-\u065f"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
)
PILE = re.compile(f"[{MARKS}]{{{LONGEST_PILE + 1},}}")
TURNS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Letters by name, but unseen.
BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
# What is left of a picture, or of a letter that was not understood.
LOST = frozenset("\ufffc\ufffd")

AGAIN = "その前後を消して、打ち直してください。"
SENTENCES = {
    "control": f"制御文字があります。画面に出ず、表や暦のファイルを壊します。{AGAIN}",
    "turn": f"文字の向きを変える見えない印があります。並びが入れ替わり、別の語に見えます。{AGAIN}",
    "unseen": f"見えない文字があります。同じに見えて別の語になります。{AGAIN}",
    "lost": "文字化けの跡があります。元の文書を見て、打ち直してください。",
    "pile": "字に重ねる記号が多すぎます。上下の行に重なります。減らしてください。",
    "gaiji": "外字があります。ほかのパソコンでは別の字や空白になります。"
    "標準の字(JIS X 0213、異体字セレクタを付けた字)か、かなで書いてください。",
}


def composed(text: str) -> str:
    """The text in Unicode's composed form (か with a mark becomes が), its old kanji as written."""
    return COMPOSED.sub(lambda found: unicodedata.normalize("NFC", found[0]), text)


def neat(text: str) -> str:
    """A text as it is kept: composed, no blanks around it, a tab of a pasted table as a blank."""
    return re.sub("\r\n?", "\n", composed(text)).replace("\t", " ").strip()


def printable(text: str) -> str:
    """A text for a message: a question mark for each letter that cannot be printed."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def shortened(text: str, longest: int) -> str:
    """The beginning of a text for a message, printable, with … where it goes on."""
    start = printable(text[:longest])
    if len(text) > longest:
        return f"{start}…"
    return start


def nearest(word: str, known: Iterable[str], likeness: float = 0.0, most: int = 1) -> str:
    """The known words that look most like a word; "" where none is so like it (0 to 1)."""
    close = get_close_matches(word[:LONGEST_NAME], list(known), most, likeness)
    return "・".join(dict.fromkeys(close))


def suggestion(
    word: str,
    known: Iterable[str],
    likeness: float = 0.5,
    most: int = 1,
    quoted: str = "「{}」",
) -> str:
    """「もしかして…」 with the nearest known words; "" where none is near."""
    close = nearest(word, known, likeness, most)
    return f"もしかして{quoted.format(close)}ですか。" if close else ""


def letter_fault(text: str, longest: int = LONGEST_TEXT) -> str:
    """What is wrong with a neat text, and what to do, in Japanese; empty where nothing is.

    Parameters
    ----------
    text : of a person, after ``neat``.
    longest : number of letters that it may have; a name (up to ``LONGEST_NAME``) is one line.
    """
    if not text:
        return "空か、文字ではありません。文字で書いてください。"
    if len(text) > longest:
        return f"長すぎます({len(text):,}字)。{longest:,}字までで書いてください。"
    if longest <= LONGEST_NAME and "\n" in text:
        return "名の途中に改行があります。1行で書いてください。"
    faults = [(pile.start(), "pile") for pile in PILE.finditer(text)]
    for place, letter in enumerate(text):
        kind = _kind(text, place, letter)
        if kind:
            faults.append((place, kind))
    if not faults:
        return ""
    return _sentence(text, *min(faults))


def _kind(text: str, place: int, letter: str) -> str:
    """Which rule a letter breaks; empty for a letter that may stand here."""
    if " " <= letter < "\x7f" or letter == "\n":
        return ""
    category = unicodedata.category(letter)
    if category in ("Cc", "Zl", "Zp"):
        return "control"
    if category == "Co":
        return "gaiji"
    # a code that Unicode will never give to a letter
    never = ord(letter) & 0xFFFE == 0xFFFE or "\ufdd0" <= letter <= "\ufdef"
    if never or category == "Cs" or letter in LOST:
        return "lost"
    if letter in TURNS:
        return "turn"
    if _is_unseen(letter, category) and not _is_joined(text, place, letter):
        return "unseen"
    return ""


def _is_unseen(letter: str, category: str) -> bool:
    """Whether a letter draws nothing by itself (Default_Ignorable_Code_Point, and the blanks)."""
    selector = (
        "\ufe00" <= letter <= "\ufe0f"
        or "\ufff0" <= letter <= "\ufff8"
        or "\U000e0000" <= letter <= "\U000e0fff"
    )
    return category == "Cf" or selector or letter in BLANKS


def _is_joined(text: str, place: int, letter: str) -> bool:
    """Whether it belongs to its neighbours: a kanji's variant, the colour or joint of an emoji."""
    before, after = text[max(0, place - 1) : place], text[place + 1 : place + 2]
    kind = _category(before)
    if letter in "\ufe0e\ufe0f":  # text or emoji style of a sign; a letter has none, only ℹ
        return before == "ℹ" or kind[:1] in ("S", "P", "N")
    if letter == "\u200d":
        emoji = kind in ("So", "Sk") or before == "\ufe0f"
        return emoji and _category(after) == "So"
    return bool(VARIANT.match(text, place))


def _category(letter: str) -> str:
    """Unicode's category of a letter; "" where there is none."""
    return unicodedata.category(letter) if letter else ""


def _sentence(text: str, place: int, kind: str) -> str:
    before = printable(text[max(0, place - BEFORE) : place])
    where = f"「{before}」の次" if before else "先頭"
    return f"{where}(U+{ord(text[place]):04X})に、{SENTENCES[kind]}"
