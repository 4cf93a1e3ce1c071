"""Reads manifests from a folder or from a fresh synth."""

import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from kubestock.changes.hidden import manifests_in
from kubestock.changes.identity import identity_of, reference
from kubestock.cli.printing import working
from kubestock.errors import ConfigurationError
from kubestock.secrets.files import read_file
from kubestock.values import documents
from kubestock.yaml.reader import read_documents

SUFFIXES = (".yaml", ".yml")


def words(option: str, command: str) -> list[str]:
    """Split a command into words, as a shell does.

    Raises:
        ConfigurationError: if a quote is not closed, or there is no word.
    """
    try:
        found = shlex.split(command)
    except ValueError:
        found = []
    if not found:
        raise ConfigurationError(f"{option} must be a command with closed quotes, got {command!r}; correct it")
    return found


def manifest_files(path: Path, option: str = "--manifests") -> list[Path]:
    """Return a YAML file, or the YAML files of a folder.

    Raises:
        ConfigurationError: if the path does not exist.
    """
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise ConfigurationError(
            f"{option} must be a file or a folder of manifests, got {path}, which does not exist; run 'cdk8s synth' or "
            "your app, or correct the path"
        )
    return [each for each in sorted(path.rglob("*")) if each.suffix in SUFFIXES]


def read_manifests(path: Path, option: str = "--manifests") -> list[Any]:
    """Return the documents in a YAML file, or in the YAML files of a folder.

    Raises:
        ConfigurationError: if the path does not exist, or has no valid YAML.
    """
    files = [(str(each), read_file(each)) for each in manifest_files(path, option)]
    return documents_in(files, f"the {'file' if path.is_file() else 'folder'} {path}")


def synthesize(app: str, where: Path) -> list[Any]:
    """Run the command that synthesizes in a folder, as `cdk8s synth` does, and return the manifests that it writes.

    Raises:
        ConfigurationError: if it fails or writes nothing.
    """
    command = words("--app", app)
    if command[0] in ("python", "python3"):
        command[0] = sys.executable
    with tempfile.TemporaryDirectory(prefix="kubestock-") as folder:
        environment = {**os.environ, "CDK8S_OUTDIR": folder}
        try:
            with working(f"Synthesizing: {app}"):
                ran = subprocess.run(command, cwd=where, env=environment, capture_output=True, text=True, check=False)  # noqa: S603  # the command that the user's cdk8s.yaml names
        except OSError:
            raise ConfigurationError(
                f"the app {app!r} cannot be run; give the command that synthesizes with --app"
            ) from None
        if ran.returncode != 0:
            raise ConfigurationError(
                f"the app {app!r} failed, so nothing is compared; fix the error that it reports:\n{ran.stderr.strip()}"
            )
        files = [(path.name, path.read_bytes()) for path in manifest_files(Path(folder))]
        return documents_in(files, f"what the app {app!r} writes to CDK8S_OUTDIR")


def documents_in(files: Iterable[tuple[str, bytes]], where: str) -> list[Any]:
    """Return the documents in YAML files.

    Raises:
        ConfigurationError: if there is no document, if one is not a Kubernetes object, or if an object is duplicated.
    """
    found: list[Any] = []
    seen: set[object] = set()
    for name, content in files:
        read = read_documents(name, content)
        for manifest in manifests_in(each if isinstance(each, Mapping) else {} for each in read if each is not None):
            identity = identity_of(manifest)
            if not (documents.text(manifest, "apiVersion") and identity[1] and identity[3]):
                raise ConfigurationError(
                    f"each document must have an apiVersion, a kind and a name, got one in {name} without "
                    f"({where}); correct it, or move the file to another folder"
                )
            if identity in seen:
                raise ConfigurationError(
                    f"each object must be unique, got {reference(identity)} again in {name} ({where}); remove one of "
                    "them, because only the last one would be applied"
                )
            seen.add(identity)
        found += read
    if not seen:
        raise ConfigurationError(f"{where} must contain manifests (*.yaml), got none; synthesize them first")
    return found
