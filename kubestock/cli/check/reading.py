"""Reads the files that a command names, and reports what cannot be read."""

from collections.abc import Sequence
from pathlib import Path

import typer

from kubestock.cli.check.inputs import Objects, read_objects
from kubestock.cli.failures import FAILURE
from kubestock.cli.options import print_message
from kubestock.cli.printing import progress
from kubestock.errors import ConfigurationError
from kubestock.values import documents

_LARGE = 2_000_000
"""The number of bytes whose reading takes about as long as a person waits without a sign."""
_DEFINITION = "CustomResourceDefinition"


def read_input(arguments: Sequence[str]) -> Objects:
    """Return the objects of files, and report what cannot be read.

    Raises:
        ConfigurationError: if there is no object.
        typer.Exit: if nothing can be read.
    """
    objects = read_objects(arguments, lambda files: progress("reading", files, large=_size(files) > _LARGE))
    for each in objects.unreadable:
        print_message(str(each))
    if not objects.found and objects.unreadable:
        raise typer.Exit(FAILURE)
    if not objects.found:
        raise ConfigurationError(f"there is no Kubernetes object in {', '.join(arguments)}; name other files")
    return objects


def read_definitions(crds: Sequence[str]) -> Objects:
    """Return the CustomResourceDefinitions of files, and report what cannot be read.

    Raises:
        ConfigurationError: if there is no definition.
        typer.Exit: if nothing can be read.
    """
    found = read_input(crds)
    if not any(documents.kind(each) == _DEFINITION for each in found.found):
        raise ConfigurationError(
            f"--crds must name files with a {_DEFINITION}, got {', '.join(crds)} without one; name the CRDs of the "
            "cluster, such as the output of 'kubectl get crds --output yaml'"
        )
    return found


def _size(files: Sequence[str]) -> int:
    return sum(Path(each).stat().st_size for each in files if Path(each).is_file())
