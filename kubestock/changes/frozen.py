"""Whether a difference changes a field that the API server keeps immutable."""

from collections.abc import Callable
from dataclasses import dataclass

from kubestock.changes.fields import Difference, canonical
from kubestock.values import documents
from kubestock.values.documents import Document

Condition = Callable[[Document, Document], bool]
Place = tuple[str, ...]


def always(_before: Document, _after: Document) -> bool:
    """Return true for every object."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """A field that is immutable, with everything below it.

    Args:
        path: the path of the field.
        but: the paths below it that may change.
        default: the default of the API server: writing it down is not a change.
        when: whether the field is immutable, for an object before and after the change.
    """

    path: Place
    but: tuple[Place, ...] = ()
    default: object = None
    when: Condition = always

    def refuses(self, found: Difference, before: Document, after: Document) -> bool:
        """Whether a difference of two objects changes this field."""
        if not self._touches(found):
            return False
        is_the_field = len(found.path) <= len(self.path)
        if is_the_field and canonical(self._in(before)) == canonical(self._in(after)):
            return False
        return self.when(before, after)

    def _touches(self, found: Difference) -> bool:
        if any(found.path[: len(free)] == free for free in self.but):
            return False
        shorter = min(len(found.path), len(self.path))
        return found.path[:shorter] == self.path[:shorter]

    def _in(self, document: Document) -> object:
        value = documents.at(document, *self.path)
        return self.default if value is None else value


@dataclass(frozen=True, slots=True, kw_only=True)
class KindRules:
    """The immutable fields of a kind.

    Args:
        source: the source of the rules: a path in the repository of Kubernetes, unless another one is named.
        frozen: the immutable fields; none if every field may change.
        recreating: what happens when the object is deleted and created again.
    """

    source: str
    frozen: tuple[Frozen, ...] = ()
    recreating: str = ""

    def refuse(self, found: Difference, before: Document, after: Document) -> bool:
        """Whether the API server refuses a difference of two objects."""
        return any(each.refuses(found, before, after) for each in self.frozen)
