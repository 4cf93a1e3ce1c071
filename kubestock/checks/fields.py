"""Paths of fields in a document: finds a path, and writes it as text."""

import re
from collections.abc import Iterator, Mapping

from kubestock.values.documents import Path

_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


def path_to(document: object, part: object) -> Path | None:
    """Return the path of a map or a list in a document, or None if it is not in the document.

    Objects are compared by identity, so a copy of a map is not found.
    """
    seen = {id(document)}
    waiting: list[tuple[object, Path]] = [(document, ())]
    while waiting:
        holder, path = waiting.pop()
        if holder is part:
            return path
        for key, value in _children(holder):
            # With YAML aliases, a value can contain itself.
            if isinstance(value, Mapping | list | tuple) and id(value) not in seen:
                seen.add(id(value))
                waiting.append((value, (*path, key)))
    return None


def written(path: Path) -> str:
    """Return the text of a path for findings: `spec.ports[0].targetPort`."""
    text = ""
    for step in path:
        if isinstance(step, str) and _PLAIN_KEY.fullmatch(step):
            text += f".{step}" if text else step
        else:
            text += f"[{step!r}]"
    return text


def _children(holder: object) -> Iterator[tuple[str | int, object]]:
    if isinstance(holder, Mapping):
        yield from ((key, value) for key, value in holder.items() if isinstance(key, str))
    elif isinstance(holder, list | tuple):
        yield from enumerate(holder)
