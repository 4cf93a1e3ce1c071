"""Writes manifests as YAML, in the layout of cdk8s."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from kubestock.errors import ConfigurationError
from kubestock.yaml import scalars
from kubestock.yaml.plain import DEEPEST, check_plain, fits_bits

_STEP = "  "
_DEEPEST_INDENT = DEEPEST * len(_STEP)
_LONGEST_KEY = 250
"""Readers look for the colon of a key only in its first 1024 bytes; a longer key begins with a question mark."""

_MAPPINGS = (dict, Mapping)
_LISTS = (list, tuple)
_WORDS = {None: "null", True: "true", False: "false"}


def to_yaml(documents: Iterable[Mapping[str, Any]], *, indent_lists: bool = True) -> str:
    """Return documents as YAML that all readers read as the same documents, separated by three dashes.

    Fields keep their order. A text is quoted if a reader could read it as another value, a text of several lines is a
    block, lines are not folded, and repeated values are written in full, without aliases.

    Args:
        documents: values that YAML and JSON can represent: mappings with texts as keys, lists, tuples, texts, numbers,
            booleans, None.
        indent_lists: whether a list is indented by two columns in its field, as cdk8s writes it, or not indented.

    Raises:
        ConfigurationError: if a document has other values; the message names the object and the field. See
            `check_plain`.
    """
    emitter = _Emitter(indent_lists=indent_lists)
    return "---\n".join([emitter.document(each) for each in documents])


class _UnwritableError(Exception):
    """A value in a document cannot be written."""


class _Emitter:
    """Writes documents, and caches the YAML of each text, because manifests repeat their texts.

    It does not track its path in a document; for a value that cannot be written, `check_plain` finds the path.
    """

    def __init__(self, *, indent_lists: bool) -> None:
        self._indent_lists = indent_lists
        self._texts = _Texts()
        self._keys = _Keys()
        self._parts: list[str] = []
        self._large = False

    def document(self, document: Mapping[str, Any]) -> str:
        if not isinstance(document, Mapping):
            raise ConfigurationError(f"each document must be a mapping, got {type(document).__name__}; give a manifest")
        self._parts, self._large = [] if document else ["{}\n"], False
        try:
            self._mapping(document, "", "")
        except _UnwritableError:
            check_plain(document, manifest=document)
            raise
        if self._large:
            check_plain(document, manifest=document)
        return "".join(self._parts)

    def _mapping(self, fields: Mapping[str, Any], head: str, indent: str) -> None:
        """Write the fields of a mapping; the first line begins with `head`, the others with `indent`."""
        if len(indent) >= _DEEPEST_INDENT:
            raise _UnwritableError
        keys, texts, parts = self._keys, self._texts, self._parts
        for key, value in fields.items():
            written_key = keys[key]
            if len(written_key) > _LONGEST_KEY:
                written_key = f"? {written_key[:-1]}\n{indent}:"
            if type(value) is str and (written := texts[value]):
                parts.append(f"{head}{written_key} {written}\n")
            else:
                self._value(value, f"{head}{written_key}", indent)
            head = indent

    def _value(self, value: object, head: str, indent: str) -> None:
        """Write the value after a key."""
        if value and isinstance(value, _MAPPINGS):
            self._parts.append(f"{head}\n")
            self._mapping(value, indent + _STEP, indent + _STEP)
        elif value and isinstance(value, _LISTS):
            self._parts.append(f"{head}\n")
            inner = indent + _STEP if self._indent_lists else indent
            self._list(value, inner, inner)
        else:
            self._parts.append(f"{head} {self._scalar(value, indent)}\n")

    def _list(self, items: Iterable[object], head: str, indent: str) -> None:
        if len(indent) >= _DEEPEST_INDENT:
            raise _UnwritableError
        for item in items:
            if item and isinstance(item, _MAPPINGS):
                self._mapping(item, f"{head}- ", indent + _STEP)
            elif item and isinstance(item, _LISTS):
                self._list(item, f"{head}- ", indent + _STEP)
            else:
                self._parts.append(f"{head}- {self._scalar(item, indent)}\n")
            head = indent

    def _scalar(self, value: object, indent: str) -> str:
        """Return a value in one line, or a block without its last line break."""
        if isinstance(value, str):
            return self._texts[value] or scalars.block(value, indent)
        if value is None or isinstance(value, bool):
            return _WORDS[value]
        if isinstance(value, int) and fits_bits(value, 64):
            self._large = self._large or not fits_bits(value, 32)
            return scalars.number(value)
        if isinstance(value, float) and math.isfinite(value):
            return scalars.number(value)
        if isinstance(value, _MAPPINGS):
            return "{}"
        if isinstance(value, _LISTS):
            return "[]"
        raise _UnwritableError


class _Texts(dict[str, str]):
    """The YAML of each text; an empty text means that the text is written as a block."""

    def __missing__(self, text: str) -> str:
        if scalars.LONE_SURROGATE.search(text):
            raise _UnwritableError
        written = self[text] = "" if scalars.fits_block(text) else scalars.text(text)
        return written


class _Keys(dict[str, str]):
    """The YAML of each key, with its colon; a key is always in one line."""

    def __missing__(self, key: str) -> str:
        if not isinstance(key, str) or scalars.LONE_SURROGATE.search(key):
            raise _UnwritableError
        written = self[key] = f"{scalars.text(key)}:"
        return written
