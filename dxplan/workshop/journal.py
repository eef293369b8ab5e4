"""What was changed at the table and stands in no file yet: kept as a draft beside the params files.

A draft is written whole at each change and read at the next opening, whatever ended the last one. A
saved file is never touched by it. Where two tables lie on one municipality, each has its own draft.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import astuple, dataclass
from datetime import date, datetime
from itertools import chain, count
from pathlib import Path

from dxplan.facts.nodes import ParamError
from dxplan.files import params_folder, place, write_whole
from dxplan.town.city import City
from dxplan.town.variant import PARTS, Changes, Place, Said, value_at

SUFFIX = ".draft"  # no loader of params files reads it
FAULTS = (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError)


@dataclass(frozen=True)
class Draft:
    """Changes that somebody made at a table and did not save.

    Attributes
    ----------
    path : its file, named after the file or code that it lies on.
    text : what the file says.
    when : of the last change, by the clock of that machine.
    changes : over what that file says.
    """

    path: Path
    text: str
    when: datetime
    changes: Changes

    @property
    def slug(self) -> str:
        """What it lies on."""
        return self.path.name.split(".")[0]

    @property
    def told(self) -> str:
        """How much it is, and of when: 2件(11月28日14:32)."""
        when = self.when
        return f"{len(self.changes)}件({when.month}月{when.day}日{when:%H:%M})"


def load_drafts(folder: Path | None = None) -> tuple[list[Draft], list[str]]:
    """The drafts of all municipalities, the newest first, and a sentence for each that is no draft.

    Parameters
    ----------
    folder : of the params files.
    """
    drafts, faults = [], []
    for path in sorted((folder or params_folder()).glob(f"*{SUFFIX}")):
        try:
            drafts += _drafts(path)
        except FAULTS:
            faults.append(
                f"{place(path)} は、保存していない変更の控えとして読めません。"
                "開かずに、そのまま残しています。"
            )
    drafts.sort(key=lambda draft: draft.when, reverse=True)
    return drafts, faults


class Journal:
    """How the changes at a table stand to the files.

    Parameters
    ----------
    base : what lies on the table.
    folder : of the params files.

    Attributes
    ----------
    changes : over the base, at present.
    fault : why they could not be kept, in Japanese; "" where they are.
    """

    def __init__(self, base: City, folder: Path | None = None) -> None:
        self.base, self.folder = base, folder or params_folder()
        self.changes: Changes = {}
        self.fault = ""
        self._filed: dict[str, Changes] = {base.slug: {}}  # file -> the changes that it says
        self._path: Path | None = None  # of the own draft
        self._text = ""  # what this table wrote there, or took from there
        self._kept: Changes = {}

    @property
    def slug(self) -> str:
        """The file, or code, that says what the table shows; "" where none does yet."""
        for slug, changes in self._filed.items():
            if changes == self.changes:
                return slug
        return ""

    @property
    def filed(self) -> Changes:
        """What the base's own file says by now, as changes: it may have been saved anew."""
        return self._filed[self.base.slug]

    @property
    def unsaved(self) -> Changes:
        """What the table shows and no file says, as changes over the base's own file."""
        unsaved: dict[Place, Said] = {}
        if self.slug:
            return unsaved
        for at in {**self.filed, **self.changes}:
            own = value_at(self.base, at)
            value = self.changes.get(at, own)
            if value != self.filed.get(at, own):
                unsaved[at] = value
        return unsaved

    @property
    def safe(self) -> bool:
        """Whether nothing is lost if the table is put away; what was refused is tried again."""
        if self.fault:
            self.keep(self.changes)
        return not self.fault

    def keep(self, changes: Changes) -> None:
        """Write down what the table shows; where all of it is saved, no draft is left.

        A folder or disk that refuses becomes ``fault``.
        """
        self.changes = dict(changes)
        unsaved = self.unsaved
        try:
            if unsaved and (self.fault or unsaved != self._kept):
                self._write(unsaved)
            if not unsaved:
                self._clear()
            self.fault, self._kept = "", unsaved
        except OSError:
            self.fault = (
                f"保存していない変更を、{place(self.folder / self.base.slug)}{SUFFIX} に控えられません。"
                "空き容量と書き込みの権限を確かめてください。"
                "再読み込みや再実行をすると、この変更は失われます。"
            )

    def file(self, slug: str) -> None:
        """What the table shows has been saved under a name."""
        self._filed[slug] = self.changes
        self.keep(self.changes)

    @contextmanager
    def taken(self, draft: Draft) -> Iterator[None]:
        """While the changes of a draft are made: then it is the one that is written.

        Raises
        ------
        ParamError
            They cannot be made; the draft stays as it is.
        """
        self._path, self._text, self._kept = draft.path, draft.text, draft.changes
        try:
            yield
        except (ParamError, LookupError, StopIteration) as fault:  # or nothing is there to change
            self._path, self._text, self._kept = None, "", {}
            why = str(fault) if isinstance(fault, ParamError) else "変更した項目がありません。"
            raise ParamError(
                f"{place(draft.path)} の変更は、いまの前提には戻せません。"
                f"控えは、そのまま残しています。{why}"
            ) from fault
        self.keep(self.changes)

    def _write(self, changes: Changes) -> None:
        """Write the draft; one that another table has written meanwhile stays as it is."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if self._path is None or _said(self._path) not in ("", self._text):
            self._path = self._free()
        text = _text(changes, datetime.now())
        write_whole(self._path, text.encode())
        self._text = text

    def _free(self) -> Path:
        """A name that no other table has."""
        names = chain([self.base.slug], (f"{self.base.slug}.{number}" for number in count(2)))
        for name in names:
            path = self.folder / f"{name}{SUFFIX}"
            with suppress(FileExistsError):
                path.touch(exist_ok=False)
                break
        return path

    def _clear(self) -> None:
        if self._path and _said(self._path) == self._text:
            self._path.unlink(missing_ok=True)
        self._text = ""


def _said(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ""


# --- the text of a draft --------------------------------------------------------------------------
def _text(changes: Changes, when: datetime) -> str:
    rows = [[*map(_word, astuple(at)), _word(value)] for at, value in changes.items()]
    said = {"when": when.isoformat(timespec="seconds"), "changes": rows}
    return json.dumps(said, ensure_ascii=False, indent=1) + "\n"


def _word(value: Said) -> object:
    """A value as JSON has it; a day says that it is one."""
    return {"date": value.isoformat()} if isinstance(value, date) else value


def _drafts(path: Path) -> list[Draft]:
    """The draft of a file; none where nothing was written yet."""
    text = path.read_text(encoding="utf-8")
    if not text:
        return []
    said = json.loads(text)
    changes = dict(map(_change, said["changes"]))
    return [Draft(path, text, datetime.fromisoformat(said["when"]), changes)]


def _change(row: list) -> tuple[Place, Said]:
    part, entry, name, start, value = map(_value, row)
    if part not in PARTS:
        raise ValueError(part)
    if not isinstance(start, date | None):
        raise ValueError(start)
    return Place(str(part), str(entry), str(name), start), value


def _value(word: object) -> Said:
    if isinstance(word, dict):
        return date.fromisoformat(word["date"])
    if isinstance(word, int) and not isinstance(word, bool):
        return float(word)
    if not isinstance(word, str | float | bool | None):
        raise ValueError(word)
    return word
