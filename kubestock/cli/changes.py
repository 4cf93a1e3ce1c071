"""Changes as text for people, and as JSON for machines."""

import difflib
import itertools
import json
from collections import Counter
from collections.abc import Iterator

import yaml
from rich.console import Console

from kubestock.changes.change import Comparison, Effect, FieldChange, ObjectChange, What
from kubestock.cli.consequences import consequences_as_json, sections
from kubestock.cli.printing import print_line

_MARKS = {What.ADDED: "+", What.REMOVED: "-", What.CHANGED: "~", What.SEALED_ANEW: "~", What.UNDECLARED: "?"}
_LINE_COLOURS = {"+": "green", "-": "red", "@": "cyan"}
_COLOURS = {
    Effect.RECREATE: "bold red",
    Effect.DELETED: "red",
    Effect.UNDECLARED: "bold yellow",
    Effect.HARMLESS: "dim",
    Effect.CREATED: "green",
}
_LONGEST_LINE = 100
_CONTEXT = 2
_UNENDED = "\\ no line break at the end"


def as_text(found: Comparison, compared: str, console: Console) -> None:
    """Print every object with its fields, the most urgent first, and a last line with counts."""
    for change in found.changes:
        print_line(console, (f"{change.reference}: {change.effect}", _COLOURS.get(change.effect, "yellow")))
        for line in lines_of(change):
            style = _LINE_COLOURS.get(line.lstrip()[:1], "") if line[2:3] == " " else ""
            print_line(console, (line, style))
        if change.notes or change.fields or change is found.changes[-1]:
            print_line(console, "")
    for heading, lines in sections(found.consequences):
        print_line(console, (heading, "bold"))
        for line in lines:
            print_line(console, (f"  {line}", _LINE_COLOURS.get(line[0], "")))
        print_line(console, "")
    for note in found.notes:
        print_line(console, f"! {note}")
    print_line(console, f"{closing(found)} ({compared})")


def lines_of(change: ObjectChange) -> Iterator[str]:
    """Yield the lines below the name of an object: notes, and fields with their old and new values."""
    yield from (f"  ! {note}" for note in change.notes)
    yield from (f"  {line}" for field in change.fields for line in _field(field, change.effect))


def closing(found: Comparison) -> str:
    """Return the last line: how many objects change, by effect, and how many are not compared."""
    counts = Counter(change.effect for change in found.changes)
    by_effect = ", ".join(f"{counts[effect]} {effect}" for effect in Effect if counts[effect])
    changing = len(found.changes)
    changed = (
        f"{changing} {'object changes' if changing == 1 else 'objects change'}: {by_effect}"
        if changing
        else "no change"
    )
    unknown = len(found.not_compared)
    return f"{changed}; {unknown} {'object' if unknown == 1 else 'objects'} not compared" if unknown else changed


def as_json(found: Comparison, before: str, after: str) -> str:
    """Return the changes without confidential values; the names of the fields do not change between releases."""
    objects = [
        {
            "group": change.group,
            "kind": change.kind,
            "namespace": change.namespace,
            "name": change.name,
            "effect": change.effect,
            "notes": list(change.notes),
            "fields": [
                {
                    "path": field.where,
                    "what": field.what,
                    "effect": field.effect,
                    "hidden": field.hidden,
                    "before": field.before,
                    "after": field.after,
                }
                for field in change.fields
            ],
        }
        for change in found.changes
    ]
    counts = Counter(change.effect for change in found.changes)
    document = {
        "before": before,
        "after": after,
        "counts": {effect: counts[effect] for effect in Effect if counts[effect]},
        "objects": objects,
        **consequences_as_json(found.consequences),
        "not_compared": [
            dict(zip(("group", "kind", "namespace", "name"), each.identity, strict=True)) | {"why": each.why}
            for each in found.not_compared
        ],
        "notes": list(found.notes),
    }
    return json.dumps(document, indent=2, default=str)


def _field(field: FieldChange, of_object: Effect) -> Iterator[str]:
    """Yield the lines of a field; the lines of its content are indented."""
    effect = "" if field.effect == of_object else f"  [{field.effect}]"
    head = f"{_MARKS[field.what]} {field.where}"
    if field.hidden or field.what is What.SEALED_ANEW:
        yield f"{head}: {field.what}{effect}"
        return
    before, after = _lines(field.before), _lines(field.after)
    short = f"{head}: {_short(field, before, after)}{effect}"
    if len(before) <= 1 and len(after) <= 1 and len(short) <= _LONGEST_LINE:
        yield short
        return
    yield f"{head}: {field.what}{effect}"
    if field.what is What.CHANGED:
        # The first two lines name the files; the position of a single line is not interesting.
        skipped = 3 if len(before) == len(after) == 1 else 2
        found = difflib.unified_diff(before, after, lineterm="", n=_CONTEXT)
        yield from (f"  {line}" for line in itertools.islice(found, skipped, None))
    else:
        yield from (f"  {_MARKS[field.what]} {line}" for line in (after or before))


def _short(field: FieldChange, before: list[str], after: list[str]) -> str:
    if field.what is What.CHANGED:
        return f"{''.join(before)} → {''.join(after)}"
    return "".join(after or before)


def _lines(value: object) -> list[str]:
    """Return a value as lines: a text of several lines as it is, a large structure as YAML, the rest as JSON."""
    if value is None:
        return []
    if isinstance(value, str) and "\n" in value:
        lines = value.split("\n")
        return lines[:-1] if value.endswith("\n") else [*lines, _UNENDED]
    nested = isinstance(value, dict | list) and len(json.dumps(value, default=str)) > _LONGEST_LINE
    if nested:
        return yaml.safe_dump(value, sort_keys=False, width=_LONGEST_LINE, allow_unicode=True).splitlines()
    return [json.dumps(value, ensure_ascii=False, default=str)]
