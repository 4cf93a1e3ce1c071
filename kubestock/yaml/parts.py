"""Reads the documents of a YAML file one by one, with their lines, so that the others can be read if one is invalid."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import yaml

from kubestock.yaml.reader import as_utf_8, read_documents

_MARKER = re.compile(rb"^(?:---|\.\.\.)(?=\s|\Z)", re.MULTILINE)
_EMPTY = re.compile(rb"(?:[ \t]*(?:#.*)?\r?(?:\n|\Z)|%.*(?:\n|\Z)|(?:---|\.\.\.)[ \t]*(?:#.*)?\r?(?:\n|\Z))*")


@dataclass(frozen=True)
class Part:
    """One document of a file.

    Args:
        content: the content of the document, including the marker before it.
        above: the number of lines before it in the file.
    """

    content: bytes
    above: int

    def read(self, name: str) -> Any:
        """Return the value of the document, as `read_documents` reads it.

        Args:
            name: the name of the file, for the error.

        Raises:
            UnreadableError: as `read_documents` does.
        """
        found = read_documents(name, self.content, fix="correct it", above=self.above)
        return found[0] if found else None

    def line_of(self, path: tuple[str | int, ...] = ()) -> int:
        """Return the line of a field, or of what is above it where the field itself is absent."""
        node = self._root
        line = 0 if node is None else node.start_mark.line
        for step in path:
            found = _inside(node, step)
            if found is None:
                break
            line, node = found
        return self.above + line + 1

    @cached_property
    def _root(self) -> yaml.Node | None:
        try:
            return yaml.compose(self.content, Loader=yaml.CSafeLoader)
        except (yaml.YAMLError, ValueError, RecursionError):
            return None


def parts(content: bytes) -> Iterator[Part]:
    """Yield the documents of a file that hold more than comments and directives."""
    content = as_utf_8(content)
    heads = sorted({0, *(found.start() for found in _MARKER.finditer(content))})
    line = 0
    for head, end in zip(heads, [*heads[1:], len(content)], strict=True):
        own = content[head:end]
        if not _EMPTY.fullmatch(own):
            ended = own.startswith(b"...")
            yield Part(content=own[3:] if ended else own, above=line)
        line += own.count(b"\n")


def _inside(node: yaml.Node | None, step: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == step:
                return key.start_mark.line, value
    elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step].start_mark.line, node.value[step]
    return None
