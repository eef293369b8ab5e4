"""The letters that a text from outside may have: one rule for all that a person types, pastes or sends.

What can be seen is kept to the letter and shown as text, whatever it would mean elsewhere (``<b>``, ``=1+1``, ``$x$``,
``]]>``): each output escapes it in its own way. What cannot be seen, or looks different on another machine, is refused with
a sentence. The line runs so that real names pass: old kanji and their variants (葛 with a variation selector, 﨑, 𠮷), emoji,
wide spaces, other scripts. Gaiji (private use) are refused rather than marked: the network that opens the page draws
another glyph or none at that code, and a wrong letter in a name is worse for an office than a question about it now.
"""

import re
import unicodedata

LONGEST_NAME, LONGEST_TEXT = 60, 2000
LONGEST_PILE = 4  # marks on one letter; Vietnamese and Thai need two
BEFORE = 8  # letters shown before what was found

OLD_KANJI = re.compile(
    "[^\uf900-\ufaff\U0002f800-\U0002fa1f]+"
)  # all but those: NFC would make U+FA19 another 神, U+795E
IDEOGRAPH = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
VARIANT = re.compile(f"(?<=[{IDEOGRAPH}])[\ufe00-\ufe02\U000e0100-\U000e01ef]")
PILE = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u064b-\u065f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
    f"{{{LONGEST_PILE + 1},}}"
)
TURNS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
BLANKS = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"
)  # letters by name, but unseen
LOST = frozenset("\ufffc\ufffd")  # what is left of a picture or of a letter that was not understood

AGAIN = "その前後を消して、打ち直してください。"
SENTENCES = {
    "control": f"制御文字があります。画面に出ず、表や暦のファイルを壊します。{AGAIN}",
    "turn": f"文字の向きを変える見えない印があります。並びが入れ替わり、別の語に見えます。{AGAIN}",
    "unseen": f"見えない文字があります。同じに見えて別の語になります。{AGAIN}",
    "lost": "文字化けの跡があります。元の文書を見て、打ち直してください。",
    "pile": "字に重ねる記号が多すぎます。上下の行に重なります。減らしてください。",
    "gaiji": "外字があります。ほかのパソコンでは別の字や空白になります。標準の字(JIS X 0213、異体字セレクタを付けた字)か、かなで書いてください。",
}


def composed(text: str) -> str:
    """The text in Unicode's composed form (か with a mark becomes が), its old kanji kept as they were written."""
    return OLD_KANJI.sub(lambda found: unicodedata.normalize("NFC", found[0]), text)


def neat(text: str) -> str:
    """A text as it is kept: composed, without blanks around it, a tab of a pasted table as a blank."""
    return re.sub("\r\n?", "\n", composed(text)).replace("\t", " ").strip()


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
    found = [
        (place, kind) for place, letter in enumerate(text) if (kind := _kind(text, place, letter))
    ]
    found += [(pile.start(), "pile") for pile in PILE.finditer(text)]
    return _sentence(text, *min(found)) if found else ""


def _kind(text: str, place: int, letter: str) -> str:
    """Which rule a letter breaks; empty for a letter that may stand here."""
    if " " <= letter < "\x7f" or letter == "\n":
        return ""
    category = unicodedata.category(letter)
    if category in ("Cc", "Zl", "Zp"):
        return "control"
    if category == "Co":
        return "gaiji"
    if (
        category == "Cs"
        or letter in LOST
        or ord(letter) & 0xFFFE == 0xFFFE
        or "\ufdd0" <= letter <= "\ufdef"
    ):
        return "lost"
    if letter in TURNS:
        return "turn"
    return "unseen" if _is_unseen(letter, category) and not _is_joined(text, place, letter) else ""


def _is_unseen(letter: str, category: str) -> bool:
    """Whether a letter draws nothing by itself (Unicode's Default_Ignorable_Code_Point, and the blanks)."""
    selector = (
        "\ufe00" <= letter <= "\ufe0f"
        or "\ufff0" <= letter <= "\ufff8"
        or "\U000e0000" <= letter <= "\U000e0fff"
    )
    return category == "Cf" or selector or letter in BLANKS


def _is_joined(text: str, place: int, letter: str) -> bool:
    """Whether it belongs to its neighbours: the variant of a kanji, the colour or the joint of an emoji."""
    before, after = text[max(0, place - 1) : place], text[place + 1 : place + 2]
    kind = unicodedata.category(before) if before else ""
    if letter in "\ufe0e\ufe0f":  # text or emoji style of a sign; a letter has none, only ℹ
        return before == "ℹ" or kind[:1] in ("S", "P", "N")
    if letter == "\u200d":
        return (
            (kind in ("So", "Sk") or before == "\ufe0f")
            and bool(after)
            and unicodedata.category(after) == "So"
        )
    return bool(VARIANT.match(text, place))


def _sentence(text: str, place: int, kind: str) -> str:
    before = "".join(c if c.isprintable() else "?" for c in text[max(0, place - BEFORE) : place])
    where = f"「{before}」の次" if before else "先頭"
    return f"{where}(U+{ord(text[place]):04X})に、{SENTENCES[kind]}"
