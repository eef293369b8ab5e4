"""A params file with some entries changed: their lines alone are written anew.

What a person has put between the lines, and all entries that say the same as before, stay as they
are, letter by letter. An entry that changes keeps the comments that stand in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode

Part = Any  # of a file: maps, lists, words, numbers, days


class Edit(NamedTuple):
    """Lines of a text that are taken out, from one to before another, and those that come in."""

    first: int
    end: int
    lines: list[str]


def spliced(yaml: YAML, before: str, doc: CommentedMap) -> str:
    """The text of a file in which some entries are others.

    Parameters
    ----------
    yaml : reader and writer.
    before : the text that is there.
    doc : what the file is to say.
    """
    lines = before.splitlines()
    # from the end; of what comes in at one line, the last first
    edits = sorted(_edits(yaml, before, doc), key=_first)
    for edit in reversed(edits):
        old = slice(edit.first, edit.end)
        comments, kept = _comments(lines[old])
        for line in edit.lines:
            comments.append(kept.get(line, line))
        lines[old] = comments
    return "\n".join(lines) + "\n"


def _first(edit: Edit) -> int:
    return edit.first


def _comments(lines: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """The lines that are comments, and a line without the comment behind it -> as it stands."""
    comments = []
    kept = {}
    for line in lines:
        if line.lstrip().startswith("#"):
            comments.append(line)
        bare, _, _ = line.partition(" #")
        kept[bare.rstrip()] = line
    return comments, kept


def _edits(yaml: YAML, before: str, doc: CommentedMap) -> Iterator[Edit]:
    old = _plain(yaml.load(before))
    nodes = _entries(yaml.compose(before))
    for name, (key, value) in nodes.items():
        if name not in doc:
            yield Edit(key.start_mark.line, _end(value), [])
        elif _plain(doc[name]) != old[name]:
            yield from _changed(yaml, key, value, old, doc)
    more = _without(doc, nodes)
    if more:
        end = len(before.splitlines())
        yield Edit(end, end, _written(yaml, more))


def _changed(
    yaml: YAML, key: Node, value: Node, old: Mapping[str, Part], doc: CommentedMap
) -> Iterator[Edit]:
    """The edits of one chapter that says something else."""
    name = key.value
    first = key.start_mark.line
    if _is_block(value) and isinstance(doc[name], Mapping) and doc[name]:
        yield from _entry_edits(yaml, value, old[name], doc[name])
    elif _is_blank(value):  # what follows are comments
        yield Edit(first + 1, first + 1, _body(yaml, doc[name]))
    else:
        yield Edit(first, _end(value), _written(yaml, {name: doc[name]}))


def _entry_edits(
    yaml: YAML, node: Node, old: Mapping[str, Part], new: Mapping[str, Part]
) -> Iterator[Edit]:
    """Of a part: entries that change, go, and come behind the last one."""
    nodes = _entries(node)
    column = min(key.start_mark.column for key, _ in nodes.values())
    for name, (key, value) in nodes.items():
        first = key.start_mark.line
        if name not in new:
            yield Edit(first, _end(value), [])
        elif _plain(new[name]) != old[name]:
            yield Edit(first, _end(value), _written(yaml, {name: new[name]}, column))
    more = _without(new, nodes)
    if more:
        last = max(_end(value) for _, value in nodes.values())
        yield Edit(last, last, _written(yaml, more, column))


def _without(part: Mapping[str, Part], nodes: Mapping[str, object]) -> dict[str, Part]:
    """The entries that are new."""
    more = {}
    for name, entry in part.items():
        if name not in nodes:
            more[name] = entry
    return more


def _entries(node: Node) -> dict[str, tuple[Node, Node]]:
    return {key.value: (key, value) for key, value in node.value}


def _is_block(node: Node) -> bool:
    return isinstance(node, MappingNode) and bool(node.value) and not node.flow_style


def _is_blank(node: Node) -> bool:
    return isinstance(node, ScalarNode) and str(node.tag).endswith(":null")


def _end(node: Node) -> int:
    """The line behind what a node says; comments that follow are not a part of it."""
    if isinstance(node, CollectionNode) and node.value and not node.flow_style:
        last = node.value[-1]
        if isinstance(last, tuple):  # of a map: a name and what it says
            _, last = last
        return _end(last)
    mark = node.end_mark
    return int(mark.line + (mark.column > 0))


def _body(yaml: YAML, part: Part) -> list[str]:
    """The lines of what a part says, without its own name."""
    return _written(yaml, {"x": part})[1:]


def _written(yaml: YAML, part: Mapping[str, Part], column: int = 0) -> list[str]:
    out = StringIO()
    yaml.dump(_fresh(part), out)
    blank = " " * column
    return [blank + line for line in out.getvalue().splitlines()]


def _fresh(part: Part) -> Part:
    """A part without the comments of the file from which it comes."""
    fresh: Part = part
    if isinstance(part, Mapping):
        fresh = CommentedMap()
        for name, one in part.items():
            fresh[name] = _fresh(one)
    elif isinstance(part, list):
        fresh = CommentedSeq(map(_fresh, part))
    flow = getattr(part, "fa", None)
    if flow and flow.flow_style():
        fresh.fa.set_flow_style()
    return fresh


def _plain(part: Part) -> Part:
    """A part to be compared: the order of its words is nothing."""
    if isinstance(part, Mapping):
        return {name: _plain(one) for name, one in part.items()}
    if isinstance(part, list):
        return [_plain(one) for one in part]
    return part
