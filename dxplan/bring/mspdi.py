"""Tasks of an MS Project XML file (MSPDI), read with the standard library; resources are not read.

A document type or an entity is refused before anything is read: a project file has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET
from xml.parsers import expat

from dxplan.bring.archive import MOST_BYTES, BookError, closed_text
from dxplan.bring.wbs import Task
from dxplan.bring.words import businesses_in, items_in

NAMESPACE = "{http://schemas.microsoft.com/project}"
DAY = re.compile(r"(\d{4}-\d\d-\d\d)T\d\d:\d\d:\d\d.*")
ROOT = "0"  # outline level of the line that stands for the whole project
SAVE = "MS Project で開き、「名前を付けて保存」の種類を「XML形式」にして保存してください。"
MPP = f"MS Project のファイル(.mpp)は読めません。XML形式で保存してください。{SAVE}"
FOREIGN = "MS Project のXMLではありません。"
TYPED = "文書型(DTD)や実体のあるXMLは、安全のため読みません。"


def is_project(path: Path) -> bool:
    """Whether a file is MS Project's own or XML, by what it holds.

    Raises
    ------
    BookError : it is MS Project's own (.mpp), or cannot be read.
    """
    try:
        with path.open("rb") as file:
            start = file.read(4096)
        if path.suffix.lower() == ".mpp" or _is_mpp(path, start):
            raise BookError(f"{path.name}: {MPP}")
    except OSError as fault:
        raise BookError(f"{path.name}: {closed_text(fault)}") from None
    plain = start.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    page = b"<html" in plain.lower()  # a web page, refused where tables are read
    return plain.startswith((b"<?xml", b"<Project")) and not page


def _is_mpp(path: Path, start: bytes) -> bool:
    return start.startswith(b"\xd0\xcf\x11\xe0") and b"MSProject.MPP" in path.read_bytes()


def load_project(path: Path) -> tuple[tuple[Task, ...], date | None]:
    """The tasks of a project file, and the day that it speaks of (its status, else its last save).

    Raises
    ------
    BookError : it is no project, has a document type, or is too large.
    """
    if path.stat().st_size > MOST_BYTES:
        raise BookError(f"{path.name}: 大きすぎます。{MOST_BYTES // 2**20} MBまでです。")
    try:
        root = _root(path.read_bytes())
    except (expat.ExpatError, ET.ParseError, ValueError) as fault:
        line = getattr(fault, "lineno", 0)
        where = f"({line}行目)" if line else ""
        raise BookError(f"{path.name}: XMLとして読めません{where}。{SAVE}") from None
    except _TypedError:
        raise BookError(f"{path.name}: {TYPED}") from None
    if root.tag != f"{NAMESPACE}Project":
        raise BookError(f"{path.name}: {FOREIGN}{SAVE}")
    day = _day(root, "StatusDate") or _day(root, "LastSaved")
    return tuple(_tasks(root)), day


class _TypedError(Exception):
    """A document type begins."""


def _root(content: bytes) -> ET.Element:
    parser = expat.ParserCreate()

    def refuse(*about: object) -> None:
        raise _TypedError

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.Parse(content, True)
    return ET.fromstring(content)


def _text(node: ET.Element, name: str) -> str:
    return (node.findtext(f"{NAMESPACE}{name}") or "").strip()


def _day(node: ET.Element, name: str) -> date | None:
    found = DAY.fullmatch(_text(node, name))
    return date.fromisoformat(found[1]) if found else None


def _tasks(root: ET.Element) -> Iterator[Task]:
    """Each line that is no summary, with the names of the summaries above it."""
    names: dict[int, str] = {}
    for node in root.iterfind(f"{NAMESPACE}Tasks/{NAMESPACE}Task"):
        level, name = _text(node, "OutlineLevel"), _text(node, "Name")
        if not name or level == ROOT or _text(node, "IsNull") == "1":
            continue
        depth = int(level) if level.isdigit() else 1
        names = {above: text for above, text in names.items() if above < depth}
        path = tuple(names.values())
        names[depth] = name
        if _text(node, "Summary") != "1":
            yield _task(node, name, path)


def _task(node: ET.Element, name: str, path: tuple[str, ...]) -> Task:
    uid, progress = _text(node, "UID"), _text(node, "PercentComplete")
    found = [businesses_in(text) for text in (*reversed(path), name)]
    baseline = _baseline(node)
    return Task(
        name=name,
        path=path,
        businesses=next(filter(None, found), ()),
        items=items_in(name),
        owner="",  # the resources of a project file are persons
        start=_day(node, "Start"),
        finish=_day(node, "Finish"),
        actual_start=_day(node, "ActualStart"),
        actual_finish=_day(node, "ActualFinish"),
        progress=float(progress) if progress.isdigit() else None,
        where=f"UID {uid}",
        uid=uid,
        before=tuple(_before(node)),
        baseline=baseline,
    )


def _before(node: ET.Element) -> Iterator[str]:
    for link in node.iterfind(f"{NAMESPACE}PredecessorLink"):
        yield _text(link, "PredecessorUID")


def _baseline(node: ET.Element) -> tuple[date | None, date | None]:
    """The days of the first baseline (number 0)."""
    for line in node.iterfind(f"{NAMESPACE}Baseline"):
        if _text(line, "Number") in ("", "0"):
            return _day(line, "Start"), _day(line, "Finish")
    return None, None
