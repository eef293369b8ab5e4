"""Whether a change of the code changed what is printed: bundles of 20 cities, part by part.

    python -m tests.bench.same BASE

BASE is a commit. Its bundles (page, PDF, workbook, calendars, project file, tables) and those of
the working tree are made by the same interpreter in processes of their own, and compared byte by
byte. Where a file differs it is opened: a page is compared by its text with the words of each
figure in place of the picture, a PDF by its pages and letters, a workbook by its sheets with every
cell, look and width, a manifest by what it says of each file.

A difference that is wanted stands in REASONS. A reason does not excuse a file, it mends one thing:
what is left after all reasons have mended theirs ends the command with status 1.
"""

import argparse
import csv
import json
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable
from difflib import unified_diff
from io import BytesIO, StringIO
from pathlib import Path
from typing import NamedTuple

from pypdf import PdfReader

from tests.plan.cities import CITIES

ROOT = Path(__file__).resolve().parents[2]
SHOWN = 12  # lines of a difference that are told
FIGURE = re.compile(r"<svg.*?</svg>", re.DOTALL)
WORDS = re.compile(r"<(?:text|title|desc)[^>]*>(.*?)</(?:text|title|desc)>", re.DOTALL)


def main():
    words = argparse.ArgumentParser()
    words.add_argument("base", help="commit to compare with")
    words.add_argument("--cities", nargs="*", default=CITIES)
    words.add_argument("--made", nargs=2, type=Path, help="folders of bundles: before and after")
    args = words.parse_args()
    if args.made:
        wrong = _tell(*map(_members, args.made))
        sys.exit(1 if wrong else 0)
    with tempfile.TemporaryDirectory() as folder:
        before, after, base = (Path(folder, name) for name in ("before", "after", "base"))
        subprocess.run(
            ["git", "worktree", "add", "--quiet", "--detach", base, args.base], cwd=ROOT, check=True
        )
        try:
            _make(base, args.cities, before)
            _make(ROOT, args.cities, after)
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", base], cwd=ROOT, check=True)
        wrong = _tell(_members(before), _members(after))
    sys.exit(1 if wrong else 0)


def _make(tree, cities, out):
    """Bundles by the code of a tree, with its own data and params."""
    # what is told of the package: papermill finds its engine by it
    known = Path(out.parent, f"known-{out.name}")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--target", known, tree], check=True)
    setting = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (tree, known)))}
    command = [sys.executable, "-m", "dxplan", "bundle", *cities, "--effort", "簡易", "--out", out]
    subprocess.run(list(map(str, command)), cwd=tree, env=setting, check=True)


def _members(out):
    """'bundle/member' -> bytes of every file of every bundle."""
    found = {}
    for path in sorted(out.rglob("*.zip")):
        with zipfile.ZipFile(path) as bundle:
            for name in bundle.namelist():
                found[f"{path.stem}/{name}"] = bundle.read(name)
    return found


# --- what is told ---------------------------------------------------------------------------------
def _tell(before, after):
    """Print what differs and why, and return the names that differ without a reason."""
    told, wrong = Counter(), []
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) == after.get(name):
            continue
        old, new = _parts(name, before.get(name)), _parts(name, after.get(name))
        for part in sorted(old.keys() | new.keys()):
            left, right, reasons = _mended(part, old.get(part), new.get(part))
            told.update(reasons)
            if left != right:
                wrong.append(part)
                _tell_lines(part, left, right)
    for reason, times in told.most_common():
        print(f"  {times:5} {reason}")
    bundles = {name.split("/")[0] for name in after}
    print(f"{len(after)} files of {len(bundles)} bundles, {len(wrong)} differ without a reason")
    return wrong


def _mended(part, before, after):
    """Both sides after every reason that fits, and the reasons that mended something."""
    reasons = []
    for reason in REASONS:
        if before == after or not re.search(reason.part, part):
            continue
        mended = reason.mend(before, after)
        if mended != (before, after):
            reasons.append(reason.why)
        before, after = mended
    return before, after, reasons


def _tell_lines(part, before, after):
    print(f"  {part}: differs")
    sides = [(text or "").splitlines() for text in (before, after)]
    for line in list(unified_diff(*sides, lineterm="", n=0))[2 : SHOWN + 2]:
        print(f"      {line[:200]}")


# --- a file in parts ------------------------------------------------------------------------------
def _parts(name, data):
    """'file', or 'file#part' -> text that can be compared; nothing of a file that is not there."""
    if data is None:
        return {}
    read = READERS.get(Path(name).suffix, _plain)
    return {f"{name}#{part}" if part else name: text for part, text in read(data)}


def _plain(data):
    """A table, a calendar, a project file: the file as it is."""
    yield "", data.decode("utf-8-sig")


def _page(data):
    """A page with the words of each figure in place of its picture, a line for each tag."""
    yield "", FIGURE.sub(_words, data.decode("utf-8")).replace("<", "\n<")


def _words(figure):
    """The words of a figure in any order of drawing; no reader sees spaces at their ends."""
    return repr(sorted(map(str.strip, WORDS.findall(figure[0]))))


def _pdf(data):
    """How many pages of which form, and how often each letter stands in them all."""
    pages = PdfReader(BytesIO(data)).pages
    forms = [f"{page.mediabox.width:.0f} x {page.mediabox.height:.0f}" for page in pages]
    yield "pages", "\n".join(forms)
    letters = Counter("".join(page.extract_text() for page in pages))
    seen = sorted(letter for letter in letters if not letter.isspace())
    yield "letters", "\n".join(f"{letter} {letters[letter]}" for letter in seen)


def _manifest(data):
    """What it says of the plan, the order of the files, and what each file is."""
    manifest = json.loads(data)
    files = manifest.pop("files")
    yield "plan", json.dumps(manifest, ensure_ascii=False, indent=1)
    yield "order", "\n".join(row["name"] for row in files)
    for row in files:  # bytes and hash follow from the file, which is compared itself
        yield row["name"], row["what"]


# --- a workbook -----------------------------------------------------------------------------------
SHEET = re.compile(r'<sheet name="([^"]+)" sheetId="\d+" r:id="rId(\d+)"/>')
NAME = re.compile(r"<definedName .*?</definedName>")
STRING = re.compile(r"<si>(.*?)</si>", re.DOTALL)
LOOK = re.compile(r"<xf ([^>]*?)(?:/>|>(.*?)</xf>)", re.DOTALL)
LOOKS = (  # what a look points to: attribute, list, entry
    ("fontId", "fonts", r"<font>.*?</font>"),
    ("fillId", "fills", r"<fill>.*?</fill>"),
    ("borderId", "borders", r"<border.*?</border>"),
    ("dxfId", "dxfs", r"<dxf>.*?</dxf>"),
)
LISTS = re.compile(r"Content_Types|app\.xml|workbook|sharedStrings|styles|worksheets/")


def _book(data):
    """Sheets by name with cells and looks in full, names of ranges, and every other part as it is.

    The numbers of strings, looks and sheets are of the file's own making: each is replaced by what
    it stands for.
    """
    with zipfile.ZipFile(BytesIO(data)) as book:
        files = {name: book.read(name).decode("utf-8") for name in book.namelist()}
    frame = files["xl/workbook.xml"]
    strings = STRING.findall(files["xl/sharedStrings.xml"])
    looks = _looks(files["xl/styles.xml"])
    sheets = SHEET.findall(frame)
    yield "sheets", "\n".join(name for name, _ in sheets)
    names = (re.sub(r' localSheetId="\d+"', "", name) for name in NAME.findall(frame))
    yield "names", "\n".join(sorted(names))
    yield "frame", SHEET.sub("", NAME.sub("", frame))
    for name, number in sheets:
        text = files[f"xl/worksheets/sheet{number}.xml"]
        yield f"sheet {name}", _sheet(text, strings, looks)
        drawn = files.get(f"xl/worksheets/_rels/sheet{number}.xml.rels")
        if drawn:
            yield f"drawing of {name}", drawn
    for name, text in files.items():
        if not LISTS.search(name):
            yield name, text


def _sheet(text, strings, looks):
    """A sheet, a line for each row, cell and tag."""
    text = re.sub(r't="s"><v>(\d+)</v>', lambda found: f">{strings[int(found[1])]}", text)
    for key in ("s", "style"):
        pattern = rf'(?<= ){key}="(\d+)"'
        text = re.sub(pattern, lambda found: repr(looks["cellXfs"][int(found[1])]), text)
    text = re.sub(r'dxfId="(\d+)"', lambda found: looks["dxfs"][int(found[1])], text)
    return re.sub(r"<(?=row |c |/sheetData|cols|col |hyperlink|conditional)", "\n<", text)


def _looks(text):
    """The looks of cells in full words, and those of conditions."""
    lists = {}
    for _, where, entry in LOOKS:
        inside = re.search(rf"<{where} .*?>(.*?)</{where}>", text, re.DOTALL)
        lists[where] = re.findall(entry, inside[1], re.DOTALL) if inside else []
    formats = dict(re.findall(r'<numFmt numFmtId="(\d+)" formatCode="([^"]*)"', text))
    inside = re.search(r"<cellXfs .*?>(.*)</cellXfs>", text, re.DOTALL)[1]
    lists["cellXfs"] = [_look(found, lists, formats) for found in LOOK.finditer(inside)]
    return lists


def _look(found, lists, formats):
    said = re.sub(r'numFmtId="(\d+)"', lambda at: formats.get(at[1], at[1]), found[1])
    for key, where, _ in LOOKS:
        said = re.sub(rf'{key}="(\d+)"', lambda at, where=where: lists[where][int(at[1])], said)
    return f"{said} {found[2] or ''}"


READERS = {".html": _page, ".pdf": _pdf, ".xlsx": _book, ".json": _manifest}


# --- what was wanted ------------------------------------------------------------------------------
class Reason(NamedTuple):
    """A difference that is wanted.

    Attributes
    ----------
    part : pattern of the names of parts that it may mend.
    why : told with the number of parts that it mended.
    mend : both sides (None: not there) -> both sides without this difference.
    """

    part: str
    why: str
    mend: Callable


def _in_both(pattern, into=""):
    """What is left when a pattern is replaced on both sides."""

    def mend(before, after):
        return tuple(text and re.sub(pattern, into, text) for text in (before, after))

    return mend


def _was(old, new):
    """The side before with a wording as it is now."""
    return lambda before, after: (before and before.replace(old, new), after)


def _is_new(before, after):
    """Something that was not there at all."""
    return (after, after) if before is None else (before, after)


def _goes_on(before, after):
    """A table that says all it said in its order, and items that it had not."""
    old, new = (list(csv.reader(StringIO(text))) for text in (before, after))
    said = {tuple(row[:2]) for row in old}
    kept = [row for row in new if tuple(row[:2]) in said]
    return (before, before) if kept == old else (before, after)


def _in_any_order(before, after):
    """Lines in any order; those of the new topic are not counted."""
    return tuple(text and "\n".join(sorted(_known(text.splitlines()))) for text in (before, after))


NUMBERS = [  # what moves with the order of rows
    r'(?<=<row r=")\d+',
    r'(?<=<c r="[A-Z])\d+',
    r'(?<=<hyperlink ref="[A-Z])\d+',
    r'(?<=<dimension ref="A1:B)\d+',
]


def _rows_in_any_order(before, after):
    """As above for rows of a sheet, whose numbers move with their order."""
    numbers = "|".join(NUMBERS)
    sides = (re.sub(numbers, "", text) for text in (before, after))
    rows = (re.split(r"\n(?=<(?:row|/sheetData|hyperlink))", text) for text in sides)
    return tuple("\n".join(sorted(_known(side))) for side in rows)


def _known(lines):
    return [line for line in lines if not NEW.search(line)]


NEXT_OUTPUT = r'\s*\n</div>\s*\n<div class="output">\s*'
NEW = re.compile("課ごとの負担|-burden.csv$")
REASONS = (  # against a5e73d9, before each thing that is shown was declared once
    Reason("html$", "outputs of a chapter stand in one cell", _in_both(NEXT_OUTPUT, "\n")),
    Reason(
        "html$",
        "style sheet: a wide figure is the first of its output",
        _was(".output > .landscape)", ".output > .landscape:first-child)"),
    ),
    Reason("html$", "one kind of brackets", _was("注（出典と確度）", "注(出典と確度)")),
    Reason("pdf#letters$", "one kind of brackets", lambda *sides: tuple(map(_brackets, sides))),
    Reason("city-assumptions.csv$", "assumptions of every topic in one table", _goes_on),
    Reason(
        "json#.*city-assumptions.csv$",
        "assumptions of every topic in one table",
        _in_both(r"\d+件、うち要確認\d+件", "件"),
    ),
    Reason("-burden.csv$|#sheet 課ごとの負担$", "a new topic: burden", _is_new),
    Reason(
        "params/172031.yaml$",
        "no target lies after the deadline",
        _was("範囲 2026-12-01〜2032-03-31、既定 2030", "範囲 2026-12-01〜2031-03-31、既定 2030"),
    ),
    Reason(
        "params/172031.yaml$",
        "a morning's class ends before the afternoon's",
        _was("範囲 0.5〜7(時間/回)、既定 3(", "範囲 0.5〜4(時間/回)、既定 3("),
    ),
    Reason("json#order$|xlsx#(sheets|names)$", "a new topic, the shelf's order", _in_any_order),
    Reason("xlsx#sheet 要約$", "a new topic, the shelf's order", _rows_in_any_order),
)


def _brackets(letters):
    """How often each letter stands, wide brackets counted as narrow ones."""
    counts = Counter()
    for line in letters.splitlines():
        letter, count = line.split(" ")
        counts[letter.translate({0xFF08: "(", 0xFF09: ")"})] += int(count)
    return "\n".join(f"{letter} {counts[letter]}" for letter in sorted(counts))


if __name__ == "__main__":
    main()
