"""Whether a difference touches a field that the API server lets nobody change."""

from collections.abc import Callable
from dataclasses import dataclass

from kubestock.changes.fields import Difference, canonical
from kubestock.values import documents
from kubestock.values.documents import Document

Condition = Callable[[Document, Document], bool]
Place = tuple[str, ...]


def always(_before: Document, _after: Document) -> bool:
    """Apply whatever the object is."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """A field that cannot change, with everything beneath it.

    Args:
        path: the field.
        but: what may change beneath it.
        default: what the API server sets where the field is absent: writing it down is no change.
        when: whether it is frozen for an object as it was and as it is to be.
    """

    path: Place
    but: tuple[Place, ...] = ()
    default: object = None
    when: Condition = always

    def refuses(self, found: Difference, before: Document, after: Document) -> bool:
        """Tell whether a difference of two objects changes this field."""
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
    """What cannot change in the objects of a kind.

    Args:
        source: where that is written: a path in the repository of Kubernetes, unless another one is named.
        frozen: the fields; none if everything may change.
        recreating: what it means to create the object anew.
    """

    source: str
    frozen: tuple[Frozen, ...] = ()
    recreating: str = ""

    def refuse(self, found: Difference, before: Document, after: Document) -> bool:
        """Tell whether the API server would refuse a difference of two objects."""
        return any(each.refuses(found, before, after) for each in self.frozen)
