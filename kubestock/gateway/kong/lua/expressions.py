"""A regular expression as a tree of what it reads, as far as its loops are concerned."""

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
_READS_NOTHING = re.compile(r"[$^]|\\[AZbBzG]|\(\?#.*|\(\?[a-zA-Z-]+\)", re.DOTALL)
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
_ASIDE = re.compile(r"\(\?<?[=!]")


@dataclass(frozen=True, slots=True)
class Character:
    """One byte of a text, of those whose bits are set."""

    bits: int


@dataclass(frozen=True, slots=True)
class Sequence:
    """Parts one after the other."""

    parts: "tuple[Node, ...]" = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several parts."""

    parts: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Repeat:
    """A part again and again; `most` is None where there is no end."""

    part: "Node"
    least: int
    most: int | None


@dataclass(frozen=True, slots=True)
class Aside:
    """A part that is looked for, and not read."""

    part: "Node"


Node = Character | Sequence | Choice | Repeat | Aside


def parsed(pattern: str) -> Node:
    """Return the tree of an expression that Python's own parser takes."""
    return _alternatives(_TOKEN.finditer(pattern))


def _alternatives(tokens: Iterator[re.Match[str]]) -> Node:
    """Return what stands before the parenthesis that ends it, or the end."""
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
    every = tuple(Sequence(tuple(each)) for each in choices)
    return every[0] if len(every) == 1 else Choice(every)


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
    if _READS_NOTHING.fullmatch(text):
        return Sequence()
    if _REFERENCE.fullmatch(text):
        return Repeat(Character(EVERY_BYTE), 0, None)
    if text.startswith("("):
        inner = _alternatives(tokens)
        return Aside(inner) if _ASIDE.fullmatch(text) else inner
    return Character(_bits(text))


@cache
def _bits(text: str) -> int:
    """Return the bytes that one character of an expression reads, in either case, for a flag may say so."""
    if text == ".":
        return EVERY_BYTE
    pythons = _POSIX_NAME.sub(lambda name: _POSIX.get(name[1], r"\s\S"), text) if text[0] in "[\\" else re.escape(text)
    with warnings.catch_warnings(action="ignore", category=FutureWarning):
        one = re.compile(pythons, re.ASCII | re.IGNORECASE)
    return sum(1 << each for each in range(_BYTES) if one.fullmatch(chr(each)))
