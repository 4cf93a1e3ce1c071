"""Where the objects of charts are made."""

from collections.abc import Iterable
from pathlib import Path as File

import cdk8s

from kubestock.checks import Place, Places
from kubestock.kube.objects import KubeObject, Manifest
from kubestock.kube.tree import path_of
from kubestock.values.documents import Document, Path


class Constructs(Places):
    """Names the construct of an object, and the line of Python that made it.

    Args:
        made: finished manifests, each with its construct.
    """

    def __init__(self, made: Iterable[tuple[Manifest, cdk8s.ApiObject]]) -> None:
        self._made = {id(document): each for document, each in made}

    def place(self, document: Document, path: Path) -> Place | None:  # noqa: ARG002  # a line makes all of an object
        """Return where an object is made: the line is not known of what others than this library's constructs make."""
        construct = self._made.get(id(document))
        if construct is None:
            return None
        if not isinstance(construct, KubeObject):
            return Place(construct=path_of(construct))
        return Place(file=_shown(construct.made_at.file), line=construct.made_at.line, construct=path_of(construct))


def _shown(file: str) -> str:
    """Return the path of a file as a person in this folder writes it."""
    path, here = File(file), File.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
