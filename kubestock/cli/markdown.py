"""Changes in Markdown, for a comment on a pull request."""

import re
from collections.abc import Iterable, Iterator

from kubestock.changes.change import Comparison
from kubestock.cli.changes import closing, lines_of
from kubestock.cli.consequences import sections
from kubestock.cli.printing import printable

_LONGEST = 60_000
"""The maximum length of the fields: GitHub accepts comments of 65,536 characters."""

_ESCAPED = re.compile(r"([\\`*_{}\[\]<>()#+!|~&-])")


def as_markdown(found: Comparison, compared: str) -> str:
    """Return a table of the objects, the consequences of the change, and the fields, collapsed."""
    parts = [f"**{_plain(closing(found))}** ({_plain(compared)})"]
    if found.changes:
        rows = (f"| {_code(each.reference)} | {_plain(each.effect)} |" for each in found.changes)
        parts.append("\n".join(["| object | what happens |", "|---|---|", *rows]))
    for heading, lines in sections(found.consequences):
        parts += [f"**{heading[0].upper()}{_plain(heading[1:])}**", _fenced(lines)]
    parts += [f"> {_plain(note)}" for note in found.notes]
    fields = [*_fields(found)]
    if fields:
        parts.append(f"<details><summary>Fields</summary>\n\n{_fenced(fields)}\n\n</details>")
    return "\n\n".join(parts)


def _fields(found: Comparison) -> Iterator[str]:
    length = 0
    for number, change in enumerate(found.changes):
        lines = [f"{change.reference}: {change.effect}", *lines_of(change), ""]
        length += sum(map(len, lines)) + len(lines)
        if length > _LONGEST:
            yield f"{len(found.changes) - number} more objects are too long for a comment: run kubestock diff"
            return
        # Markdown colours a line by its first character.
        yield from (line.removeprefix("  ") for line in lines)


def _fenced(lines: Iterable[str]) -> str:
    text = "\n".join(map(printable, lines)).rstrip("\n")
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}diff\n{text}\n{fence}"


def _code(text: str) -> str:
    # A vertical bar ends the cell of a table, even in code.
    return f"`{printable(text).replace('`', '').replace('|', '')}`"


def _plain(text: str) -> str:
    return _ESCAPED.sub(r"\\\1", printable(text))
