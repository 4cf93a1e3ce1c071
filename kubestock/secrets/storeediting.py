"""Changes the text of a store in place, so that comments and the order of entries are preserved.

Only the lines of changed entries change. A library that parses and rewrites YAML would also change quotes and
indentation, and assigns a comment to the entry before it, so a new entry would separate a comment from the entry that
it describes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import yaml

_STEP = 2
_WIDTH = 2**31  # a ciphertext is one line


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edit:
    start: int
    end: int
    text: str


class _Dumper(yaml.SafeDumper):
    """Writes each value out: an alias for equal values would make one entry depend on another."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002  # as in the base class
        return True


def dump(document: object) -> str:
    """Return a document as YAML in block style, in the order of its mappings."""
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, width=_WIDTH, allow_unicode=True)


def edit(text: str, before: Mapping[Any, Any], after: Mapping[str, Any]) -> str:
    """Return the text of a document after a change of its values.

    A new entry is inserted before the first entry that sorts after it, or at the end if the entries are not sorted. A
    comment directly above an entry belongs to that entry.

    Args:
        text: the text of the document, which must be a mapping.
        before: the values in the text.
        after: the new values. The result has other values if the text has anchors and aliases.
    """
    text = text if text.endswith("\n") else f"{text}\n"
    root: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    edits = sorted(_mapping(text, root, before, after), key=lambda each: (each.start, each.end))
    parts, position = [], 0
    for each in edits:
        parts += [text[position : each.start], each.text]
        position = each.end
    return "".join([*parts, text[position:]])


def _mapping(text: str, node: yaml.MappingNode, before: Mapping[Any, Any], after: Mapping[str, Any]) -> Iterator[_Edit]:
    if not before or not after or node.flow_style or len(before) != len(node.value):
        if before != after:
            yield _replaced(text, node, after)
        return
    known = {str(key): value for key, value in before.items()}
    entries = dict(zip(known, node.value, strict=True))
    for name, (key, value) in entries.items():
        if name not in after:
            yield _Edit(start=_line_start(text, key), end=_content_end(text, value), text="")
        elif isinstance(value, yaml.MappingNode) and isinstance(after[name], dict):
            yield from _mapping(text, value, known[name], after[name])
        elif known[name] != after[name]:
            yield _replaced(text, value, after[name])
    new = {name: value for name, value in after.items() if name not in entries}
    for name, value in new.items():
        place = _place(text, name, entries)
        yield _Edit(start=place, end=place, text=_indented(dump({name: value}), node.start_mark.column))


def _replaced(text: str, node: yaml.Node, value: object) -> _Edit:
    end = node.end_mark.index
    if isinstance(value, dict) and value:
        indent = _indent_of_line(text, node.start_mark.index) + _STEP
        new = "\n" + _indented(dump(value), indent).removesuffix("\n")
    else:
        new = dump(value).removesuffix("\n").removesuffix("\n...")
    is_block = isinstance(node, yaml.MappingNode) and not node.flow_style
    if is_block or getattr(node, "style", None) in ("|", ">"):
        # Such a node extends to the beginning of the next entry.
        end = _content_end(text, node)
        new += "\n"
    return _Edit(start=node.start_mark.index, end=end, text=new)


def _place(text: str, name: str, entries: Mapping[str, tuple[yaml.Node, yaml.Node]]) -> int:
    if all(one < other for one, other in pairwise(entries)):
        for other, (key, _) in entries.items():
            if other > name:
                return _with_comments(text, key)
    return _content_end(text, list(entries.values())[-1][1])


def _with_comments(text: str, key: yaml.Node) -> int:
    """Return the position where an entry begins, including the comment directly above it."""
    start = _line_start(text, key)
    while start > 0:
        above = text.rfind("\n", 0, start - 1) + 1
        line = text[above:start]
        if not line.startswith(f"{' ' * key.start_mark.column}#"):
            return start
        start = above
    return start


def _content_end(text: str, node: yaml.Node) -> int:
    """Return the position of the line after the last line of a node; comments may follow there."""
    while isinstance(node, yaml.MappingNode) and node.value and not node.flow_style:
        node = node.value[-1][1]
    end: int = node.end_mark.index
    if getattr(node, "style", None) in ("|", ">"):
        return end
    return text.index("\n", end) + 1


def _line_start(text: str, node: yaml.Node) -> int:
    return text.rfind("\n", 0, node.start_mark.index) + 1


def _indent_of_line(text: str, index: int) -> int:
    line = text[text.rfind("\n", 0, index) + 1 : index]
    return len(line) - len(line.lstrip(" "))


def _indented(text: str, columns: int) -> str:
    return "".join(f"{' ' * columns}{line}" for line in text.splitlines(keepends=True))
