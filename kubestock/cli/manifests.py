"""Where manifests come from: a folder, or a fresh synth; and how they are read."""

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
    """Return the words of a command, as a shell would.

    Raises:
        ConfigurationError: if a quote is left open, or there is no word.
    """
    try:
        found = shlex.split(command)
    except ValueError:
        found = []
    if not found:
        raise ConfigurationError(f"{option} must be a command whose quotes are closed, got {command!r}; correct it")
    return found


def read_folder(folder: Path) -> list[Any]:
    """Return the documents in the YAML files of a folder.

    Raises:
        ConfigurationError: if there is no such folder, or nothing in it, or it is not YAML.
    """
    if not folder.is_dir():
        raise ConfigurationError(
            f"there is no folder {folder} of manifests; run 'cdk8s synth', or name it with --manifests"
        )
    files = [(str(path), read_file(path)) for path in sorted(folder.rglob("*")) if path.suffix in SUFFIXES]
    return documents_in(files, f"the folder {folder}")


def synthesize(app: str, where: Path) -> list[Any]:
    """Run the command that synthesizes in a folder, as `cdk8s synth` does, and return what it writes.

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
                f"the app {app!r} cannot be run; name the command that synthesizes with --app"
            ) from None
        if ran.returncode != 0:
            raise ConfigurationError(
                f"the app {app!r} failed, so there is nothing to compare; fix what it says:\n{ran.stderr.strip()}"
            )
        files = [(path.name, path.read_bytes()) for path in sorted(Path(folder).rglob("*")) if path.suffix in SUFFIXES]
        return documents_in(files, f"what the app {app!r} writes to CDK8S_OUTDIR")


def documents_in(files: Iterable[tuple[str, bytes]], where: str) -> list[Any]:
    """Return the documents in YAML files.

    Raises:
        ConfigurationError: if there is none, or one that is no object, or two of one object.
    """
    found: list[Any] = []
    seen: set[object] = set()
    for name, content in files:
        read = read_documents(name, content)
        for manifest in manifests_in(each if isinstance(each, Mapping) else {} for each in read if each is not None):
            identity = identity_of(manifest)
            if not (documents.text(manifest, "apiVersion") and identity[1] and identity[3]):
                raise ConfigurationError(
                    f"each document must have an apiVersion, a kind and a name, and one in {name} has not "
                    f"({where}); correct it, or move the file elsewhere"
                )
            if identity in seen:
                raise ConfigurationError(
                    f"each object must be described once, and {reference(identity)} is again in {name} ({where}); "
                    "the last one would win, so remove the other"
                )
            seen.add(identity)
        found += read
    if not seen:
        raise ConfigurationError(f"{where} must hold manifests (*.yaml), and holds none; synthesize them first")
    return found
