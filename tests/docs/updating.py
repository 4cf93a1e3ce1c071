"""Writes into a page what came out: `DOCS_UPDATE=1 pytest tests/docs`. Read the difference before you commit it."""

from typing import Any

import yaml
from docs.blocks import ROOT, Block
from docs.reading import Reader


def update(reading: Reader) -> None:
    """Replace the text of each block that is not true, and each request for YAML, such as `?? Service orders spec`."""
    changes = [(each.block, each.printed.strip("\n") + "\n") for each in reading.claims if not each.is_true]
    for number, (block, there) in enumerate(reading.shown):
        if block.text.startswith("?? "):
            requested = [_requested(line.removeprefix("?? "), there) for line in block.text.splitlines()]
            changes.append((block, "---\n".join(requested)))
            reading.shown[number] = (Block(block.page, block.line, "yaml", "", changes[-1][1]), there)
    path = ROOT / reading.page
    lines = path.read_text("utf-8").splitlines(keepends=True)
    for block, text in sorted(changes, key=lambda each: each[0].line, reverse=True):
        lines[block.line : block.line + block.text.count("\n")] = text.splitlines(keepends=True)
    path.write_text("".join(lines), "utf-8")
    reading.claims = [each for each in reading.claims if each.is_true]


def _requested(line: str, there: list[Any]) -> str:
    kind, name, *paths = line.split()
    whole = next(each for each in reversed(there) if (each["kind"], each["metadata"]["name"]) == (kind, name))
    part: Any = {"apiVersion": whole["apiVersion"], "kind": kind, "metadata": {"name": name}}
    for path in paths:
        _take(part, whole, path.split("."))
    return yaml.safe_dump(part, sort_keys=False, width=110)


def _take(part: Any, whole: Any, path: list[str]) -> None:
    key, *rest = path
    if isinstance(whole, list):
        for index, each in enumerate(whole):
            if len(part) <= index:
                part.append({})
            _take(part[index], each, path)
    elif key in whole and not rest:
        part[key] = whole[key]
    elif key in whole:
        part.setdefault(key, [] if isinstance(whole[key], list) else {})
        _take(part[key], whole[key], rest)
