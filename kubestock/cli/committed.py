"""Reads manifests from a revision of the Git repository."""

import subprocess
from typing import Any

from kubestock.cli.manifests import SUFFIXES, documents_in
from kubestock.errors import ConfigurationError


def committed(revision: str, folder: str) -> list[Any]:
    """Return the documents in a folder of a revision of the Git repository, regardless of .gitattributes.

    Raises:
        ConfigurationError: if the current folder is not in a repository, or the revision or the folder does not exist.
    """
    if not _git("rev-parse", "--is-inside-work-tree")[0]:
        raise ConfigurationError("the current folder is not in a Git repository; compare with the cluster: --live")
    found, commit = _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if not found:
        raise ConfigurationError(
            f"the repository has no revision {revision!r}; name a commit, branch or tag, and fetch it if it is remote"
        )
    tree = commit.decode().strip()
    _, listed = _git("--literal-pathspecs", "ls-tree", "-r", "-z", "--name-only", "--full-name", tree, "--", folder)
    names = [name for name in listed.decode("utf-8", "surrogateescape").split("\0") if name]
    if not names:
        raise ConfigurationError(
            f"revision {revision!r} has no folder {folder!r} here; give --dist, relative to the current folder"
        )
    where = f"{folder} at {revision}"
    files = [(name, _content(tree, name, where)) for name in names if name.endswith(SUFFIXES)]
    return documents_in(files, where)


def _content(tree: str, name: str, where: str) -> bytes:
    """Return the content of a file; a symbolic link is followed within the revision."""
    request = f"{tree}:{name}\n".encode("utf-8", "surrogateescape")
    _, answer = _git("cat-file", "--batch", "--follow-symlinks", given=request)
    header, _, content = answer.partition(b"\n")
    words = header.split(b" ")
    if words[1:2] != [b"blob"]:
        raise ConfigurationError(
            f"{name} in {where} must be a file, got a symbolic link to a file that is not there; commit the file itself"
        )
    return content[: int(words[2])]


def _git(*arguments: str, given: bytes = b"") -> tuple[bool, bytes]:
    try:
        ran = subprocess.run(["git", *arguments], input=given, capture_output=True, check=False)  # noqa: S603, S607  # the git that the user has
    except FileNotFoundError:
        raise ConfigurationError("git is not installed; compare with the cluster: --live") from None
    return ran.returncode == 0, ran.stdout
