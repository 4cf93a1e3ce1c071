"""Reads manifests from any source; a field that is missing or has another type reads as empty."""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any

from kubestock.errors import ConfigurationError
from kubestock.values.kinds import GROUPS
from kubestock.values.quantities import exact_amount

Document = Mapping[str, Any]
Path = tuple[str | int, ...]
"""The path of a field from the root of a document: `("spec", "ports", 0, "targetPort")`."""

_LONGEST_QUANTITY = 30
_INT64_RANGE = 2**63


def at(document: object, *path: str) -> Any:
    """Return the value at a path, or None."""
    for key in path:
        # Nearly every map is a dict, and the check for Mapping takes longer than everything else here.
        if type(document) is not dict and not isinstance(document, Mapping):
            return None
        document = document.get(key)
    return document


def mapping(document: object, *path: str) -> Document:
    """Return the map at a path, without keys that are not texts."""
    found = at(document, *path)
    if not isinstance(found, Mapping):
        return {}
    return {key: value for key, value in found.items() if isinstance(key, str)}


def mappings(document: object, *path: str) -> list[Document]:
    """Return the maps in the list at a path, without its other items."""
    return [each for each in sequence(document, *path) if isinstance(each, Mapping)]


def sequence(document: object, *path: str) -> list[Any]:
    """Return the list at a path."""
    found = at(document, *path)
    return list(found) if isinstance(found, list | tuple) else []


def text(document: object, *path: str) -> str:
    """Return the text at a path, or an empty text."""
    found = at(document, *path)
    return found if isinstance(found, str) else ""


def annotation(document: object, name: str) -> str:
    """Return the text of an annotation of an object, or an empty text."""
    return text(document, "metadata", "annotations", name)


def texts(document: object, *path: str) -> list[str]:
    """Return the texts in the list at a path."""
    return [each for each in sequence(document, *path) if isinstance(each, str)]


def text_map(document: object, *path: str) -> dict[str, str]:
    """Return the entries of the map at a path whose values are texts, for example labels."""
    return {key: value for key, value in mapping(document, *path).items() if isinstance(value, str)}


def whole(document: object, *path: str) -> int | None:
    """Return the whole number at a path, or None if there is none or it exceeds every field of Kubernetes."""
    found = at(document, *path)
    is_whole = isinstance(found, int) and not isinstance(found, bool)
    return found if is_whole and -_INT64_RANGE <= found < _INT64_RANGE else None


def amount(value: object) -> Fraction | None:
    """Return the exact amount of a quantity as YAML loads it (a text or a number), or None if it is not a quantity."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if isinstance(value, int) and abs(value) >= 10**_LONGEST_QUANTITY:
        return None
    written = str(value)
    return _amount(written) if len(written) <= _LONGEST_QUANTITY else None


def amounts(document: object, *path: str) -> dict[str, Fraction]:
    """Return the quantities in the map at a path, without its other entries."""
    read = {key: amount(value) for key, value in mapping(document, *path).items()}
    return {key: value for key, value in read.items() if value is not None}


def objects(manifests: Iterable[object]) -> Iterator[Document]:
    """Yield the objects in a stream of documents: the items of lists of objects, and nothing for an empty document."""
    for each in manifests:
        for _, document in unfolded(each):
            yield document


def unfolded(document: object) -> Iterator[tuple[Path, Document]]:
    """Yield the objects in a document, each with its path; for a list of objects, its items.

    A list is a List, or a list of one kind such as ConfigMapList, whose items may omit kind and apiVersion. For a list
    that contains itself, which YAML aliases permit, the other items are yielded once.
    """
    if isinstance(document, Mapping):
        yield from _items(document) if _is_list(document) else [((), document)]


def _is_list(document: Document) -> bool:
    kind = text(document, "kind")
    return kind == "List" or (kind.endswith("List") and isinstance(at(document, "items"), list | tuple))


def _items(outermost: Document) -> Iterator[tuple[Path, Document]]:
    opened = {id(outermost): _numbered(outermost)}
    position: dict[int, int] = {}
    while opened:
        innermost = next(reversed(opened))
        for number, item in opened[innermost]:
            position[innermost] = number
            if not isinstance(item, Mapping):
                continue
            if not _is_list(item):
                yield tuple(step for each in opened for step in ("items", position[each])), item
            elif id(item) not in opened:
                opened[id(item)] = _numbered(item)
                break
        else:
            del opened[innermost]


def _numbered(of: Document) -> Iterator[tuple[int, Any]]:
    """Yield the items of a list; an item of a ConfigMapList is a ConfigMap, even if it does not say its kind."""
    kind = text(of, "kind").removesuffix("List")
    for number, item in enumerate(sequence(of, "items")):
        if kind and isinstance(item, Mapping) and not text(item, "kind"):
            yield number, {**item, "apiVersion": at(of, "apiVersion"), "kind": kind}
        else:
            yield number, item


def group(document: Document) -> str:
    """Return the API group of an object: empty for the core group."""
    return text(document, "apiVersion").rpartition("/")[0]


def kind(document: Document) -> str:
    """Return the kind of an object, or an empty text if another API group uses the name of a built-in kind."""
    named = text(document, "kind")
    foreign = "apiVersion" in document and named in GROUPS and GROUPS[named] != group(document)
    return "" if foreign else named


def name(document: Document) -> str:
    """Return the name of an object."""
    return text(document, "metadata", "name")


def namespace(document: Document) -> str:
    """Return the namespace of an object, or an empty text if it has none."""
    return text(document, "metadata", "namespace")


@lru_cache(maxsize=4096)
def _amount(written: str) -> Fraction | None:
    if _exponent_is_absurd(written):
        return None
    try:
        return exact_amount(written)
    except ConfigurationError:
        return None


def _exponent_is_absurd(written: str) -> bool:
    # Computing with an amount of a thousand digits would take minutes.
    exponent = written.lower().rpartition("e")[2].lstrip("+-")
    longest_exponent = 2
    return exponent.isdigit() and "e" in written.lower() and len(exponent) > longest_exponent
