"""Checks of file paths and permissions in volumes, as the API server and the kubelet make them."""

import posixpath
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from kubestock.errors import ConfigurationError
from kubestock.values.references import ConfigMapRef, SecretRef

_MODE_MAX = 0o777


def leaves(path: str) -> bool:
    """Return whether a path in a volume would lead out of the volume."""
    return path.startswith("/") or ".." in path.split("/")


def volume_file(what: str, path: str) -> str:
    """Return `path` after checking that the kubelet can write a file there, in a volume.

    Raises:
        ConfigurationError: if it does not name a file, is absolute, contains the element `..`, or begins with `..`,
            which the kubelet reserves for itself.
    """
    if not path or leaves(path) or path.startswith("..") or posixpath.normpath(path) == "." or path.endswith("/"):
        raise ConfigurationError(
            f"{what} must be a relative path to a file, must not begin with '..' or have an element '..', got {path!r}"
        )
    return path


def check_items(source: ConfigMapRef | SecretRef, items: Mapping[str, str]) -> None:
    """Check a map of keys to the files of a volume.

    Raises:
        ConfigurationError: if a key is malformed or not in the source, or a path is not in the volume.
    """
    for key, path in items.items():
        source.known(key)
        volume_file(f"the path of key {key!r}", path)


def check_mode(mode: int | None) -> None:
    """Check the permissions of a file.

    Raises:
        ConfigurationError: if it is not from 0o000 to 0o777.
    """
    if mode is not None and not 0 <= mode <= _MODE_MAX:
        raise ConfigurationError(
            f"mode must be from 0o000 to 0o777, got {mode} (0o{mode:o}); write it in octal, such as 0o440"
        )


def check_unique_files(volume: str, paths: Iterable[str]) -> None:
    """Check that all files of a volume can exist together.

    Raises:
        ConfigurationError: if two files have the same path, or one path is the folder of another.
    """
    taken: set[str] = set()
    for path in (posixpath.normpath(each) for each in paths):
        if path in taken:
            raise ConfigurationError(f"path {path!r} in {volume} must be unique, got it twice; rename one of the files")
        taken.add(path)
    for path in sorted(taken):
        for folder in map(str, PurePosixPath(path).parents):
            if folder in taken:
                raise ConfigurationError(
                    f"path {folder!r} in {volume} must not be both a file and the folder of {path!r}; rename one"
                )


def mount_point(path: str) -> str:
    """Return the normalized form of an absolute path: `/tmp/` and `//tmp` become `/tmp`."""
    return "/" + posixpath.normpath(path).lstrip("/")
