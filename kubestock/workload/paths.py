"""Files in volumes and in containers, as the API server and the kubelet accept them."""

import posixpath
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from kubestock.errors import ConfigurationError
from kubestock.values.references import ConfigMapRef, SecretRef

_MODE_MAX = 0o777


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


def check_items(source: ConfigMapRef | SecretRef, items: Mapping[str, str]) -> None:
    """Refuse a map of keys to files that a volume cannot have.

    Raises:
        ConfigurationError: if a key is malformed or not one of the source, or a path is not one within the volume.
    """
    for key, path in items.items():
        source.known(key)
        volume_file(f"the path of key {key!r}", path)


def check_mode(mode: int | None) -> None:
    """Refuse what cannot be the permissions of a file.

    Raises:
        ConfigurationError: if it is not from 0o000 to 0o777.
    """
    if mode is not None and not 0 <= mode <= _MODE_MAX:
        raise ConfigurationError(
            f"mode must be from 0o000 to 0o777, got {mode} (0o{mode:o}); write it in octal, such as 0o440"
        )


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
    for path in sorted(taken):
        for folder in map(str, PurePosixPath(path).parents):
            if folder in taken:
                raise ConfigurationError(
                    f"path {folder!r} in {volume} must not also be the folder of {path!r}; rename one of the files"
                )


def mount_point(path: str) -> str:
    """Return the one spelling of an absolute path: `/tmp/` and `//tmp` are `/tmp`."""
    return "/" + posixpath.normpath(path).lstrip("/")
