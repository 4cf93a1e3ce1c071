"""The interface of charts that render and sort their objects in Python."""

from collections.abc import Callable, Mapping
from typing import Any

import cdk8s

Manifest = dict[str, Any]


class Written:
    """A chart that renders and sorts its objects in Python, such as a chart of this library.

    Attributes:
        finish: a function that completes each manifest before its overrides, for example with a sync wave.
        place: a function that returns the sort key of a manifest in the file. Defaults to the order of creation.
        object_labels: labels to add to every object that does not set them. Defaults to none.
    """

    object_labels: Mapping[str, str] = {}

    finish: Callable[[Manifest], None] | None = None
    place: Callable[[Manifest], tuple[int, int]] | None = None

    def objects(self) -> list[cdk8s.ApiObject]:
        """Return all objects, each after its dependencies."""
        raise NotImplementedError

    def made(self) -> list[tuple[Manifest, cdk8s.ApiObject]]:
        """Return the finished manifests of all objects, each with its object, in the order of the file."""
        raise NotImplementedError

    def manifests(self) -> list[Manifest]:
        """Return the finished manifests of all objects, in the order of the file."""
        return [document for document, _ in self.made()]
