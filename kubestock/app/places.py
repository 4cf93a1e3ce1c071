"""The places of objects in findings: the construct, the line of Python and the chart."""

from collections.abc import Iterable
from pathlib import Path as File

import cdk8s

from kubestock.checks import Place, Places
from kubestock.kube.objects import KubeObject
from kubestock.kube.tree import path_of
from kubestock.kube.written import Manifest
from kubestock.values.documents import Document, Path


class Constructs(Places):
    """Finds the construct of an object, and the line of Python that created it. Each chart is a file.

    Args:
        made: the charts with their finished manifests, each with its construct.
    """

    def __init__(self, made: Iterable[tuple[cdk8s.Chart, Iterable[tuple[Manifest, cdk8s.ApiObject]]]]) -> None:
        self._made: dict[int, tuple[str, cdk8s.ApiObject]] = {}
        for chart, inside in made:
            path = path_of(chart)
            self._made.update((id(document), (path, construct)) for document, construct in inside)

    def place(self, document: Document, path: Path) -> Place | None:  # noqa: ARG002  # one line creates it all
        """Return the place where an object is created; the line is known only for objects of this library."""
        if id(document) not in self._made:
            return None
        _, construct = self._made[id(document)]
        if not isinstance(construct, KubeObject):
            return Place(construct=path_of(construct))
        return Place(file=_shown(construct.made_at.file), line=construct.made_at.line, construct=path_of(construct))

    def file_of(self, document: Document) -> str:
        """Return the chart of an object."""
        return self._made[id(document)][0] if id(document) in self._made else ""


def _shown(file: str) -> str:
    """Return the path of a file relative to the current folder, if it is below it."""
    path, here = File(file), File.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
