"""Where manifests come from: a folder, a fresh synth, or a revision of the repository."""

import io
import os
import shlex
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from kubestock.errors import ConfigurationError

_DEFAULT_APP = "python -m kubestock"
_DEFAULT_FOLDER = "dist"
_SUFFIXES = (".yaml", ".yml")


class _Loader(yaml.CSafeLoader):
    """Reads a date as the text that it is for Kubernetes."""


_Loader.yaml_implicit_resolvers = {
    letter: [(tag, form) for tag, form in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for letter, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def configured(field: str) -> str:
    """Return what cdk8s.yaml in this folder says: `app`, the command that synthesizes, or `output`, its folder."""
    default = {"app": _DEFAULT_APP, "output": _DEFAULT_FOLDER}[field]
    try:
        found = yaml.load(Path("cdk8s.yaml").read_bytes(), Loader=_Loader)  # noqa: S506  # a safe loader, narrowed
    except FileNotFoundError:
        return default
    except yaml.YAMLError:
        raise ConfigurationError("cdk8s.yaml must be YAML, and is not; correct it") from None
    value = found.get(field, default) if isinstance(found, dict) else default
    return value if isinstance(value, str) and value else default


def read_folder(folder: Path) -> list[Any]:
    """Return the documents in the YAML files of a folder.

    Raises:
        ConfigurationError: if there is no such folder, or nothing in it, or it is not YAML.
    """
    if not folder.is_dir():
        raise ConfigurationError(
            f"there is no folder {folder} of manifests; run 'cdk8s synth', or name it with --manifests"
        )
    files = [(str(path), path.read_bytes()) for path in sorted(folder.rglob("*")) if path.suffix in _SUFFIXES]
    return _documents(files, f"the folder {folder}")


def synthesize(app: str) -> list[Any]:
    """Run the command that synthesizes, as `cdk8s synth` does, and return what it writes.

    Raises:
        ConfigurationError: if it fails or writes nothing.
    """
    words = shlex.split(app)
    if words and words[0] in ("python", "python3"):
        words[0] = sys.executable
    with tempfile.TemporaryDirectory(prefix="kubestock-") as folder:
        environment = {**os.environ, "CDK8S_OUTDIR": folder}
        try:
            ran = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)  # noqa: S603  # the command that the user's cdk8s.yaml names
        except (OSError, IndexError):
            raise ConfigurationError(
                f"the app {app!r} cannot be run; name the command that synthesizes with --app"
            ) from None
        if ran.returncode != 0:
            raise ConfigurationError(
                f"the app {app!r} failed, so there is nothing to compare; mend what it says:\n{ran.stderr.strip()}"
            )
        files = [(path.name, path.read_bytes()) for path in sorted(Path(folder).rglob("*")) if path.suffix in _SUFFIXES]
        return _documents(files, f"what the app {app!r} writes to CDK8S_OUTDIR")


def committed(revision: str, folder: str) -> list[Any]:
    """Return the documents in a folder as a revision of the git repository has it.

    Raises:
        ConfigurationError: if this is no repository, or it has no such revision or folder.
    """
    if not _git("rev-parse", "--is-inside-work-tree")[0]:
        raise ConfigurationError("this folder is in no git repository; compare with the cluster: --live")
    if not _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")[0]:
        raise ConfigurationError(
            f"the repository has no revision {revision!r}; name a commit, branch or tag, and fetch it if it is remote"
        )
    found, archive = _git("archive", "--format=tar", revision, "--", folder)
    if not found:
        raise ConfigurationError(
            f"revision {revision!r} has no folder {folder!r} here; name it with --dist, seen from this folder"
        )
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        files = [
            (member.name, content.read())
            for member in tar.getmembers()
            if member.name.endswith(_SUFFIXES) and (content := tar.extractfile(member)) is not None
        ]
    return _documents(files, f"{folder} at {revision}")


def _git(*arguments: str) -> tuple[bool, bytes]:
    try:
        ran = subprocess.run(["git", *arguments], capture_output=True, check=False)  # noqa: S603, S607  # whichever git the user has
    except FileNotFoundError:
        raise ConfigurationError("git is not installed; compare with the cluster: --live") from None
    return ran.returncode == 0, ran.stdout


def read_documents(name: str, content: bytes) -> list[Any]:
    """Return the documents in a YAML file.

    Raises:
        ConfigurationError: if it is not YAML; the message quotes nothing of it.
    """
    try:
        return list(yaml.load_all(content, Loader=_Loader))
    except (yaml.YAMLError, UnicodeDecodeError):
        raise ConfigurationError(f"{name} must be YAML, and is not; synthesize it again") from None


def _documents(files: Iterable[tuple[str, bytes]], where: str) -> list[Any]:
    documents = [document for name, content in files for document in read_documents(name, content)]
    if not any(isinstance(document, dict) for document in documents):
        raise ConfigurationError(f"{where} must hold manifests (*.yaml), and holds none; synthesize them first")
    return documents
