"""Parses a regular expression into a tree, as far as it matters for its loops."""

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

_BYTES = 256
EVERY_BYTE = (1 << _BYTES) - 1
_TOKEN = re.compile(
    r"\\x[0-9A-Fa-f]{2}|\\0[0-7]{0,2}|\\[1-3][0-7]{2}|\\[1-9][0-9]?|\\."
    r"|\[\^?\]?(?:\\.|\[:\w+:\]|[^\]\\])*\]"
    r"|\(\?#[^)]*\)|\(\?P=\w+\)|\(\?[a-zA-Z-]+\)"
    r"|\((?:\?(?:P?<\w+>|<?[=!]|[>:|]|[a-zA-Z-]+:|\(\w+\)))?"
    r"|(?:\{(?P<exact>[0-9]+)\}|\{(?P<least>[0-9]*),(?P<most>[0-9]*)\}|[*+?])[?+]?"
    r"|.",
    re.DOTALL,
)
_MATCHES_NOTHING = re.compile(r"[$^]|\\[AZbBzG]|\(\?#.*|\(\?[a-zA-Z-]+\)", re.DOTALL)
_REFERENCE = re.compile(r"\\[1-9][0-9]?|\(\?P=\w+\)")
_POSIX_NAME = re.compile(r"\[:(\w+):\]")
_POSIX = {
    "alpha": "a-z",
    "digit": "0-9",
    "alnum": "a-z0-9",
    "upper": "A-Z",
    "lower": "a-z",
    "space": r"\s",
    "word": r"\w",
    "xdigit": "0-9a-f",
}
_LOOKAROUND = re.compile(r"\(\?<?[=!]")


@dataclass(frozen=True, slots=True)
class Character:
    """One byte of a text. The bits say which bytes match."""

    bits: int


@dataclass(frozen=True, slots=True)
class Sequence:
    """Parts that match one after the other."""

    parts: "tuple[Node, ...]" = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """Alternatives, of which one matches."""

    parts: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Repeat:
    """A repeated part. `maximum` is None if there is no limit."""

    part: "Node"
    minimum: int
    maximum: int | None


@dataclass(frozen=True, slots=True)
class Lookaround:
    """A part that must match at this position without consuming characters."""

    part: "Node"


Node = Character | Sequence | Choice | Repeat | Lookaround


def parse(pattern: str) -> Node:
    """Return the tree of an expression that Python accepts."""
    return _alternatives(_TOKEN.finditer(pattern))


def _alternatives(tokens: Iterator[re.Match[str]]) -> Node:
    """Return the tree up to the closing parenthesis or the end."""
    choices: list[list[Node]] = [[]]
    for token in tokens:
        text = token[0]
        if text == ")":
            break
        if text == "|":
            choices.append([])
        elif text[0] in "*+?{" and choices[-1] and (limits := _limits(token)):
            choices[-1].append(Repeat(choices[-1].pop(), *limits))
        else:
            choices[-1].append(_part(text, tokens))
    alternatives = tuple(Sequence(tuple(each)) for each in choices)
    return alternatives[0] if len(alternatives) == 1 else Choice(alternatives)


def _limits(token: re.Match[str]) -> tuple[int, int | None] | None:
    sign = token[0][0]
    if sign != "{":
        return (int(sign == "+"), 1 if sign == "?" else None)
    if token["exact"]:
        return int(token["exact"]), int(token["exact"])
    if token["least"] or token["most"]:
        return int(token["least"] or 0), int(token["most"]) if token["most"] else None
    return None


def _part(text: str, tokens: Iterator[re.Match[str]]) -> Node:
    if _MATCHES_NOTHING.fullmatch(text):
        return Sequence()
    if _REFERENCE.fullmatch(text):
        return Repeat(Character(EVERY_BYTE), 0, None)
    if text.startswith("("):
        inner = _alternatives(tokens)
        return Lookaround(inner) if _LOOKAROUND.fullmatch(text) else inner
    return Character(_bits(text))


@cache
def _bits(text: str) -> int:
    """Return the bytes that one character of an expression matches, in both cases, because a flag may ignore case."""
    if text == ".":
        return EVERY_BYTE
    pythons = _POSIX_NAME.sub(lambda name: _POSIX.get(name[1], r"\s\S"), text) if text[0] in "[\\" else re.escape(text)
    with warnings.catch_warnings(action="ignore", category=FutureWarning):
        one = re.compile(pythons, re.ASCII | re.IGNORECASE)
    return sum(1 << each for each in range(_BYTES) if one.fullmatch(chr(each)))
