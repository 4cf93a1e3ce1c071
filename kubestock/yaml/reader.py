"""Reads manifests from YAML, as kubectl and the API server read them."""

import base64
import codecs
import math
import re
from collections.abc import Mapping
from typing import Any

import yaml

from kubestock.errors import ConfigurationError
from kubestock.yaml.plain import DEEPEST

_MOST_VALUES = 500_000
_MANY = 1000
_LONG_HEAD = re.compile(rb"^(?:[-?] |[-?]\t| ){200}", re.MULTILINE)
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

_TAG = "tag:yaml.org,2002:"
_MERGE = f"{_TAG}merge"
_FALSE = ("n", "no", "false", "off")
_TRUE = ("y", "yes", "true", "on")
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), "null"),
    **{each: "bool" for word in (*_FALSE, *_TRUE) for each in (word, word.title(), word.upper())},
    **{f"{sign}.{word}": "no JSON" for sign in ("", "+", "-") for word in ("inf", "Inf", "INF")},
    **dict.fromkeys((".nan", ".NaN", ".NAN"), "no JSON"),
    "<<": "merge",
}
_WHOLE = re.compile("[-+]?(0b[01]+|0o?[0-7]+|0x[0-9a-f]+|0|[1-9][0-9]*)", re.IGNORECASE)
_REAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)(e[-+]?[0-9]+)?", re.IGNORECASE)
_NUMBER_STARTS = frozenset("+-.0123456789")


class UnreadableError(ConfigurationError):
    """Reports content that is not valid YAML, or is nested too deeply.

    Attributes:
        line: the line in the file, if it is known.
        reason: the reason, without the file and the line.
    """

    def __init__(self, message: str, *, line: int | None, reason: str) -> None:
        super().__init__(message)
        self.line = line
        self.reason = reason


def read_documents(name: str, content: bytes, *, fix: str = "synthesize it again", above: int = 0) -> list[Any]:
    """Return the documents in a YAML file, with the same values that a cluster would read.

    A plain `y` is a boolean, `0o22` is 18, `1e3` is a number, `12:30:45`, `=` and a date are texts; all keys are texts.

    Args:
        name: the name of the file, for the error.
        content: the content of the file.
        fix: how to fix it, for the error.
        above: the number of lines before this content in the file.

    Raises:
        UnreadableError: if it is not valid YAML, or is nested too deeply. The message names the line, but does not
            quote the file, which may be confidential.
    """
    content = as_utf_8(content)
    try:
        found = None if _is_too_deep(content) else list(yaml.load_all(content, Loader=_Loader))
    except RecursionError:
        found = None
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        language = "JSON" if name.endswith(".json") else "YAML"
        reason, got = (
            ("must have unique keys", "a duplicate") if _repeats(error) else (f"must be valid {language}", "an error")
        )
        line = _line(error, content)
        line = None if line is None else line + above
        where = "" if line is None else f" in line {line}"
        raise UnreadableError(f"{name} {reason}, got {got}{where}; {fix}", line=line, reason=reason) from None
    if found is None or not _ends(found, max(_MOST_VALUES, len(content))):
        reason = f"must have at most {DEEPEST} levels of nesting, and no alias that contains or multiplies itself"
        raise UnreadableError(f"{name} {reason}; {fix}", line=above + 1, reason=reason)
    return found


def as_utf_8(content: bytes) -> bytes:
    """Return content in UTF-8; content that begins like UTF-16 is converted."""
    return content.decode("utf-16", "replace").encode() if content.startswith(_UTF_16) else content


def _is_too_deep(content: bytes) -> bool:
    """Return whether content is nested so deeply that the composer, which is recursive, would crash the process."""
    if content.count(b"[") + content.count(b"{") < _MANY and not _LONG_HEAD.search(content):
        return False
    depth = 0
    for event in yaml.parse(content, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST + 1:
            return True
    return False


def _repeats(error: Exception) -> bool:
    return isinstance(error, _RepeatedKeyError)


def _line(error: Exception, content: bytes) -> int | None:
    """Return the line number of an error of the parser."""
    if isinstance(error, yaml.reader.ReaderError):
        return content[: error.position].count(b"\n") + 1
    mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
    return None if mark is None else min(mark.line, content.rstrip().count(b"\n")) + 1


def _ends(value: Any, most: int) -> bool:
    """Return whether a value is of limited size: an alias can contain itself, or multiply itself a billion times."""
    waiting = [(value, 0)]
    for _ in range(most):
        if not waiting:
            return True
        each, depth = waiting.pop()
        if depth > DEEPEST + 1:
            return False
        if isinstance(each, Mapping | list):
            waiting += [(inner, depth + 1) for inner in (each.values() if isinstance(each, Mapping) else each)]
    return not waiting


class _RepeatedKeyError(yaml.constructor.ConstructorError):
    """A mapping has a duplicate key, which the specification forbids; readers use different values of it."""


class _Loader(yaml.CSafeLoader):
    """Resolves plain texts like the reader of Go, and makes every key a text, as JSON requires."""

    def resolve(self, kind: type, value: Any, implicit: Any) -> str:
        if kind is yaml.ScalarNode and implicit[0]:
            return _TAG + _kind(value)
        return str(super().resolve(kind, value, implicit))  # type: ignore[no-untyped-call]  # as its stubs have it

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002  # as in the base
        _check_unique_keys(node)
        read = super().construct_mapping(node, deep=deep)
        if all(type(key) is str for key in read):
            return read
        return {_key(key, node): value for key, value in read.items()}

    def construct_number(self, node: yaml.ScalarNode) -> float:
        value = _number(str(self.construct_scalar(node)))
        if value is None:
            raise yaml.constructor.ConstructorError(problem="not a number", problem_mark=node.start_mark)
        return value

    def construct_real(self, node: yaml.ScalarNode) -> float:
        return float(self.construct_number(node))

    def construct_truth(self, node: yaml.ScalarNode) -> bool:
        return str(self.construct_scalar(node)).lower() not in _FALSE

    def construct_bytes(self, node: yaml.ScalarNode) -> str:
        return base64.b64decode(str(self.construct_scalar(node))).decode("utf-8", "replace")


for tag, constructor in {
    "int": _Loader.construct_number,
    "float": _Loader.construct_real,
    "bool": _Loader.construct_truth,
    "binary": _Loader.construct_bytes,
    "timestamp": yaml.CSafeLoader.construct_yaml_str,
    "merge": yaml.CSafeLoader.construct_yaml_str,
    "set": yaml.CSafeLoader.construct_yaml_map,
    "omap": yaml.CSafeLoader.construct_yaml_seq,
    "pairs": yaml.CSafeLoader.construct_yaml_seq,
}.items():
    _Loader.add_constructor(_TAG + tag, constructor)


def _check_unique_keys(node: yaml.MappingNode) -> None:
    keys = [key for key, _ in node.value if type(key) is yaml.ScalarNode and key.tag != _MERGE]
    if len({key.value for key in keys}) < len(keys):
        again = next(key for number, key in enumerate(keys) if key.value in {each.value for each in keys[:number]})
        raise _RepeatedKeyError(problem="duplicate key", problem_mark=again.start_mark)


def _kind(text: str) -> str:
    """Return the name of the tag of a plain text."""
    if text in _WORDS:
        return _WORDS[text]
    number = _number(text) if text[0] in _NUMBER_STARTS else None
    return "str" if number is None else "float" if isinstance(number, float) else "int"


def _number(text: str) -> float | None:
    """Return the number that the reader of Go reads, which ignores underscores, or None."""
    plain = text if text.startswith(".") else text.replace("_", "")
    if _WHOLE.fullmatch(plain):
        digits = plain.lower().lstrip("+-")
        octal = len(digits) > 1 and digits[0] == "0" and digits[1].isdigit()
        whole = int(digits[1:], 8) if octal else int(digits, 0)
        if whole < 2**64 and not (plain.startswith("-") and whole > 2**63):
            return -whole if plain.startswith("-") else whole
    real = float(plain) if _REAL.fullmatch(plain) else math.inf
    return real if math.isfinite(real) else None


def _key(key: Any, node: yaml.MappingNode) -> str:
    if isinstance(key, str):
        return key
    if isinstance(key, bool):
        return "true" if key else "false"
    if isinstance(key, int | float):
        return f"{key:g}" if isinstance(key, float) else str(key)
    raise yaml.constructor.ConstructorError(problem="a key must be a text", problem_mark=node.start_mark)
