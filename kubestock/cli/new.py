"""`kubestock new`: creates a small, complete project that synthesizes and passes its tests and its check."""

import os
import subprocess
import sys
import tempfile
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Annotated

import typer

import kubestock
from kubestock.cli.help import help_text
from kubestock.cli.options import print_message
from kubestock.cli.printing import working
from kubestock.errors import ConfigurationError
from kubestock.values import names

_FILES = {
    "pyproject.toml.txt": "pyproject.toml",
    "cdk8s.yaml.txt": "cdk8s.yaml",
    "main.py.txt": "main.py",
    "images.yaml.txt": "images.yaml",
    "test_manifests.py.txt": "tests/test_manifests.py",
    "github.yml.txt": ".github/workflows/manifests.yml",
    "gitlab-ci.yml.txt": ".gitlab-ci.yml",
    "gitignore.txt": ".gitignore",
    "README.md.txt": "README.md",
}
_SNAPSHOT = "tests/__snapshots__/test_manifests/test_the_manifests_are_those_that_were_reviewed.yaml"
_REGISTRY_OF_TESTS = "registry.example.com/"

HELP = help_text(
    """
    Create a small, complete project: a product with two services and a gateway, tests, and files for CI.

    The folder must not exist yet. If a step fails, nothing is written.
    """,
    {
        "kubestock new shop": "Create the folder shop",
        "kubestock new shop --registry ghcr.io/acme --host shop.acme.com": "Choose the registry and the host name",
    },
)


def new(
    *,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The name of the product, and of the folder.")],
    registry: Annotated[
        str, typer.Option(metavar="REGISTRY", help="The registry of the images, with the path in front of their names.")
    ] = "ghcr.io/example",
    host: Annotated[
        str | None, typer.Option(metavar="HOST", help="The public host name. Defaults to NAME.example.com.")
    ] = None,
) -> None:
    """Create a small, complete project."""
    names.dns_label("NAME", name)
    host = names.host_name("--host", host or f"{name}.example.com")
    folder = Path(name)
    if folder.exists():
        raise ConfigurationError(f"the folder {folder} must not exist yet; choose another name, or remove the folder")
    with tempfile.TemporaryDirectory(dir=folder.absolute().parent, prefix=".kubestock-new-") as scratch:
        made = Path(scratch) / name
        _write(made, name=name, registry=registry, host=host, version=kubestock.__version__)
        _synthesize(made)
        _, _, manifests = (made / "dist" / f"{name}.k8s.yaml").read_text("utf-8").partition("\n")  # the header
        (made / _SNAPSHOT).parent.mkdir(parents=True)
        (made / _SNAPSHOT).write_text(manifests.replace(f"{registry}/", _REGISTRY_OF_TESTS), "utf-8")
        made.rename(folder)
    print_message(f"wrote {folder}/; its README.md says how to install it, and what to change first")


def _write(folder: Path, **words: str) -> None:
    for source, target in _FILES.items():
        text = (files("kubestock.cli") / "scaffold" / source).read_text("utf-8")
        path = folder / target
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(Template(text).substitute(words), "utf-8")
    (folder / "login.pub.pem").write_text(_sample_public_key(), "utf-8")


def _synthesize(folder: Path) -> None:
    """Run the program of the project, so that its manifests and its snapshot are those of this release."""
    environment = {**os.environ, "CDK8S_OUTDIR": "dist"}
    with working("Synthesizing the new project"):
        ran = subprocess.run(
            [sys.executable, "main.py"], cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
    if ran.returncode != 0:
        raise ConfigurationError(f"the new project is not written, because its synth failed:\n{ran.stderr.strip()}")


def _sample_public_key() -> str:
    """Return the public key of a new key pair, whose private key is discarded."""
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415  # slow to load, for --help too
    from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415  # the same

    public = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return public.public_bytes(serialization.Encoding.PEM, form).decode()
