"""Broken versions of an alert, each of which a test case must distinguish from the alert."""

import re
from collections.abc import Iterator
from itertools import pairwise

import promql_parser

from kubestock.monitoring.alert import Alert
from kubestock.monitoring.durations import seconds_of

Mutant = tuple[str, str, str | None]
"""What was changed, the expression, and the duration of the condition."""

_MATCHER = re.compile(r'(?P<label>[a-z_]+)(?P<how>=~|!~|!=|=)"(?P<value>[^"]*)"')
_LIMIT = re.compile(r"(?P<how>>=|<=|==|!=|>|<) (?P<number>-?[0-9.]+)\b|(?P<ahead>\], )(?P<seconds>[0-9]+)(?=\))")
_AGGREGATION = re.compile(r"\b(?P<name>sum|max|min)(?= by|\()")
_OR = re.compile(r" or ")
_AND = re.compile(r" (?P<name>and|unless)( on \([^)]*\))? ")
_OTHER = {"sum": "max", "max": "sum", "min": "max"}


def mutants_of(alert: Alert) -> list[Mutant]:
    """Return every broken version that is still valid PromQL."""
    found: list[Mutant] = []
    if alert.for_ is not None:
        seconds = int(seconds_of("for_", alert.for_))
        found += [(f"for {each}", alert.expression, each) for each in (None, f"{seconds // 2}s", f"{seconds * 2}s")]
    seen = {alert.expression}
    for what, expression in _expressions(alert.expression):
        if expression not in seen and _parses(expression):
            seen.add(expression)
            found.append((what, expression, alert.for_))
    return found


def _expressions(text: str) -> Iterator[tuple[str, str]]:
    for start, end in _groups(text):
        yield from _without_an_operand(text, start, end)
    for start, end in _parts(text, 0, len(text), _OR):
        yield from _without_a_matcher(text, start, end)
    for count, each in enumerate(_LIMIT.finditer(text), 1):
        kind = "number" if each["number"] else "seconds"
        number = float(each[kind])
        for changed in (number * 1.5, number / 1.5) if number else (1, -1):
            start, end = each.span(kind)
            yield f"limit {count}, {each[0]}, to {changed:g}", f"{text[:start]}{changed:.9g}{text[end:]}"
    for count, each in enumerate(_AGGREGATION.finditer(text), 1):
        start, end = each.span()
        yield f"aggregation {count}, {each[0]}, to {_OTHER[each[0]]}", text[:start] + _OTHER[each[0]] + text[end:]


def _without_an_operand(text: str, start: int, end: int) -> Iterator[tuple[str, str]]:
    choices = _parts(text, start, end, _OR)
    for first, last in choices:
        if len(choices) > 1:
            kept = " or ".join(text[a:b] for a, b in choices if (a, b) != (first, last))
            yield f"without or {text[first:last]}", text[:start] + kept + text[end:]
        parts = _parts(text, first, last, _AND)
        for (_, before), (_, stop) in pairwise(parts):
            yield f"without{text[before:stop]}", text[:before] + text[stop:]
        if len(parts) > 1 and text[parts[0][1] :].startswith(" and"):
            yield f"without first {text[slice(*parts[0])]}", text[:first] + text[parts[1][0] :]


def _without_a_matcher(text: str, start: int, end: int) -> Iterator[tuple[str, str]]:
    part = text[start:end]
    for matcher in sorted({each[0] for each in _MATCHER.finditer(part) if _in_braces(part, each.start())}):
        dropped = re.sub(rf"(?<=[{{,]){re.escape(matcher)},?", "", part).replace(",}", "}")
        yield f"without {matcher} at {start}", text[:start] + dropped + text[end:]
        label, how, value = _MATCHER.fullmatch(matcher).groups()  # type: ignore[union-attr]  # the pattern found it
        choices = value.split("|") if "~" in how else []
        for choice in choices if len(choices) > 1 else ():
            fewer = f'{label}{how}"{"|".join(each for each in choices if each != choice)}"'
            yield f"without {choice} at {start}", text[:start] + part.replace(matcher, fewer) + text[end:]


def _groups(text: str) -> list[tuple[int, int]]:
    """Return the whole expression, and the text between each pair of parentheses."""
    opened, found = [], [(0, len(text))]
    for at, depth in _outside_texts(text):
        if text[at] == "(":
            opened.append(at + 1)
        elif text[at] == ")" and depth:
            found.append((opened.pop(), at))
    return found


def _parts(text: str, start: int, end: int, operator: re.Pattern[str]) -> list[tuple[int, int]]:
    """Return the operands of an operator outside parentheses."""
    level = {start + at: depth for at, depth in _outside_texts(text[start:end])}
    splits = [each for each in operator.finditer(text, start, end) if level.get(each.start()) == 0]
    begins, ends = [start, *(each.end() for each in splits)], [*(each.start() for each in splits), end]
    return list(zip(begins, ends, strict=True))


def _outside_texts(text: str) -> Iterator[tuple[int, int]]:
    """Yield each position outside quotes, with the number of open parentheses."""
    depth, quoted = 0, False
    for at, letter in enumerate(text):
        quoted ^= letter == '"'
        depth += letter == "(" and not quoted
        if not quoted:
            yield at, depth
        depth -= letter == ")" and not quoted


def _in_braces(text: str, at: int) -> bool:
    return text.rfind("{", 0, at) > text.rfind("}", 0, at)


def _parses(expression: str) -> bool:
    try:
        promql_parser.parse(expression)
    except ValueError:
        return False
    return True
