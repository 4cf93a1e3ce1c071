"""Paths in volumes and in containers, as the API server and the kubelet accept them."""

import posixpath
from collections.abc import Iterable

from kubestock.errors import ConfigurationError


def leaves(path: str) -> bool:
    """Tell whether a path within a volume would lead out of it."""
    return path.startswith("/") or ".." in path.split("/")


def volume_file(what: str, path: str) -> str:
    """Return `path` if the kubelet can write a file there, within a volume.

    Raises:
        ConfigurationError: if it names no file, is absolute, has a part `..`, or begins with `..`, which the kubelet
            keeps for itself.
    """
    if not path or leaves(path) or path.startswith("..") or posixpath.normpath(path) == "." or path.endswith("/"):
        raise ConfigurationError(
            f"{what} must be a relative path to a file, not begin with '..' and have no part '..', got {path!r}"
        )
    return path


def refuse_clashing_files(volume: str, paths: Iterable[str]) -> None:
    """Refuse two files of one volume that cannot both be there.

    Raises:
        ConfigurationError: if two have one path, or one is the folder of another.
    """
    taken: set[str] = set()
    for path in (posixpath.normpath(each) for each in paths):
        if path in taken:
            raise ConfigurationError(f"path {path!r} in {volume} must be unique, got it twice; rename one of the files")
        taken.add(path)
    for path in taken:
        parent = posixpath.dirname(path)
        while parent:
            if parent in taken:
                raise ConfigurationError(
                    f"path {parent!r} in {volume} must not also be the folder of {path!r}; rename one of the files"
                )
            parent = posixpath.dirname(parent)


def mount_point(path: str) -> str:
    """Return the one spelling of an absolute path: `/tmp/` and `//tmp` are `/tmp`."""
    return "/" + posixpath.normpath(path).lstrip("/")
