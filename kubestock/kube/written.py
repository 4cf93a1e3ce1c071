"""What writes its objects itself."""

from collections.abc import Callable, Mapping
from typing import Any

import cdk8s

Manifest = dict[str, Any]


class Written:
    """What writes its objects itself: a chart of ours.

    Attributes:
        finish: completes each manifest before its overrides, such as with a wave.
        place: says where a manifest stands in the file. Defaults to the order in which the objects were made.
        object_labels: of every object, unless it has them itself. Defaults to none.
    """

    object_labels: Mapping[str, str] = {}

    finish: Callable[[Manifest], None] | None = None
    place: Callable[[Manifest], tuple[int, int]] | None = None

    def objects(self) -> list[cdk8s.ApiObject]:
        """Return every object, each after those that it depends on."""
        raise NotImplementedError

    def made(self) -> list[tuple[Manifest, cdk8s.ApiObject]]:
        """Return the finished manifest of every object, each with the object, in the order of the file."""
        raise NotImplementedError

    def manifests(self) -> list[Manifest]:
        """Return the finished manifest of every object, in the order of the file."""
        return [document for document, _ in self.made()]
