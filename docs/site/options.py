"""The tables of options in pages of constructs and guides, between two comments. `make pages` writes them."""

import re
from functools import cache
from pathlib import Path

from arguments import Argument, arguments, description  # it is next to this file

DOCS = Path(__file__).parents[1]
FOLDER = "constructs"
END = "<!-- end of options -->"
TABLE = re.compile(rf"^<!-- options: (\S+) -->\n(?:(?:(?!<!-- ).*\n)*{END}\n)?", re.MULTILINE)
"""A class or a method whose options a page shows, with the table below it if it has one already."""

_LONGEST = 45
_ESCAPED = {"|": "&#124;", "<": "&lt;"}
_HEADING = re.compile(r"^#+ (.+)\n+<!-- options: \S+\.([A-Z]\w+) -->$", re.MULTILINE)


def pages() -> dict[str, str]:
    """Return the text of each page of constructs and each guide, with its tables, by its path below docs."""
    paths = [*sorted((DOCS / FOLDER).glob("*.md")), *sorted((DOCS / "guides").glob("*.md"))]
    texts = {each.relative_to(DOCS).as_posix(): each.read_text("utf-8") for each in paths}
    return {page: written(page.removeprefix(f"{FOLDER}/"), text) for page, text in texts.items() if TABLE.search(text)}


def written(page: str, text: str) -> str:
    """Return the text of a page with a table below each comment that names a class or a method."""
    return TABLE.sub(lambda match: f"<!-- options: {match[1]} -->\n\n{_shown(page, match[1])}\n{END}\n", text)


def _shown(page: str, path: str) -> str:
    return f"{_prose(description(path))}\n\n{table(page, path)}"


def _prose(text: str) -> str:
    """Return paragraphs, each on one line."""
    return re.sub(r"(?<=\S)\n *(?=[^\s-])", " ", text)


def table(page: str, path: str) -> str:
    """Return the arguments of a class or a method as a table; a type is a link to the table of that class."""
    rows = [_row(page, each) for each in arguments(path)]
    if not rows:
        return "It takes no arguments.\n"
    return "".join(f"{each}\n" for each in ("| argument | type | default | meaning |", "|---|---|---|---|", *rows))


def _row(page: str, each: Argument) -> str:
    types = " or ".join(_linked(page, part) for part in _alternatives(each.annotation))
    default = "required" if each.default is None else _code(_short(each.default))
    return f"| `{each.name}` | {types} | {default} | {_cell(each.meaning)} |"


def _short(default: str) -> str:
    """Return a default that fits in its column; the meaning describes a longer call, and a text is shown whole."""
    return default if len(default) <= _LONGEST or default.startswith('"') else f"{default.partition('(')[0]}(…)"


def _alternatives(annotation: str) -> list[str]:
    """Return the parts of a union and of a Literal, so that no `|` outside of brackets remains."""
    parts, depth = [""], 0
    for char in annotation:
        depth += {"[": 1, "]": -1}.get(char, 0)
        parts = [*parts, ""] if char == "|" and not depth else [*parts[:-1], parts[-1] + char]
    return [one for each in parts for one in _values(each.strip())]


def _values(annotation: str) -> list[str]:
    literal = re.fullmatch(r"Literal\[(.*)\]", annotation)
    return literal[1].split(", ") if literal else [annotation]


def _linked(page: str, annotation: str) -> str:
    """Return a type as code, with a link if it names a class that has a table."""
    places = [place for name in re.findall(r"\w+", annotation) if (place := _places(page).get(name))]
    return f"[{_code(annotation)}]({places[0]})" if places else _code(annotation)


@cache
def _places(page: str) -> dict[str, str]:
    """Return where the table of each class is, from a page of constructs or, with its folder, from another page.

    A table on the same page is nearer.
    """
    folder = f"../{FOLDER}/" if "/" in page else ""
    there = {each.name: each.read_text("utf-8") for each in sorted((DOCS / FOLDER).glob("*.md"))}
    found = {name: (each, _anchor(title)) for each, text in there.items() for title, name in _HEADING.findall(text)}
    found |= {name: (page, _anchor(title)) for title, name in _HEADING.findall(there.get(page, ""))}
    return {name: f"{'' if each == page else folder + each}#{anchor}" for name, (each, anchor) in found.items()}


def _anchor(title: str) -> str:
    return re.sub(r"[^\w]+", "-", title.lower()).strip("-")


def _code(text: str) -> str:
    """Return code for a cell, in which GitHub and mkdocs differ about `|` between backticks."""
    if "|" not in text:
        return f"`{text}`"
    escaped = re.sub(r"([_*\[\]])", r"\\\1", text.replace("&", "&amp;").replace("<", "&lt;"))
    return f"<code>{escaped.replace('|', '&#124;')}</code>"


def _cell(text: str) -> str:
    """Return prose for a cell, in which only code may have a `<` or a `|`."""
    return re.sub(r"`[^`]*`|[|<]", lambda match: _ESCAPED.get(match[0]) or _code(match[0].strip("`")), text)
