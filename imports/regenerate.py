"""Generate `kubestock_crds` from the CRDs of pinned releases: `make imports`.

The CRDs come out of the Go module of each release; Go verifies the download against its checksum database, and
the sum below pins it once more. The generator writes a whole API group at a time, so that all CRDs of a group are
given to it in one file.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from kubestock.values.headers import Comment, generated_by

ROOT = Path(__file__).parent.parent
PACKAGE = "kubestock_crds"
HEADER = generated_by("`make imports` from the CRDs of pinned releases", Comment.HASH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The CRDs of one API group.

    Args:
        group: the API group, of which the package is named in reverse: kubestock_crds.com.bitnami.
        module: the Go module of the release.
        version: of the module.
        sum: of the module, as `go mod download -json` reports it.
        files: in the module.
    """

    group: str
    module: str
    version: str
    sum: str
    files: tuple[str, ...]


SOURCES = (
    Source(
        group="bitnami.com",
        module="github.com/bitnami-labs/sealed-secrets",
        version="v0.36.6",
        sum="h1:oXj+YUIp/eS8NI81BYLcF8yPwxBf8d+gRpTHJ/Qg/R8=",
        files=("helm/sealed-secrets/crds/bitnami.com_sealedsecrets.yaml",),
    ),
    Source(
        group="monitoring.coreos.com",
        module="github.com/prometheus-operator/prometheus-operator",
        version="v0.93.0",
        sum="h1:AohlYJT+En8TmNpAcEUJ3GsaJTAqfEBwHmGTVpRm/Io=",
        files=tuple(
            f"example/prometheus-operator-crd/monitoring.coreos.com_{kind}.yaml"
            for kind in ("podmonitors", "prometheusrules", "servicemonitors")
        ),
    ),
    Source(
        group="argoproj.io",
        module="github.com/argoproj/argo-cd/v3",
        version="v3.5.7",
        sum="h1:Xm1BF+I5OgDKUG3SDK49vn2/Y5AMyaNVko+/JT08gj0=",
        files=("manifests/crds/application-crd.yaml", "manifests/crds/appproject-crd.yaml"),
    ),
    Source(
        group="cert-manager.io",
        module="github.com/cert-manager/cert-manager",
        version="v1.21.2",
        sum="h1:UWgoYM+KLNtRlqmoWOKjKBOBUPVHeepQ6/ac3ERJW68=",
        files=("deploy/crds/cert-manager.io_certificates.yaml",),
    ),
    Source(
        group="external-secrets.io",
        module="github.com/external-secrets/external-secrets",
        version="v1.3.2",
        sum="h1:u2J8RjlHIeF0oZCqtl92adI/uZWUwOesJIDkfql6LqQ=",
        files=("config/crds/bases/external-secrets.io_externalsecrets.yaml",),
    ),
)


def download(source: Source) -> Path:
    """Return the folder of a source's module, once Go has verified it."""
    wanted = f"{source.module}@{source.version}"
    command = ["go", "mod", "download", "-json", wanted]
    # Outside this repository: no go.mod may have a say in it.
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=tempfile.gettempdir())  # noqa: S603  # constants
    module = json.loads(answer.stdout)
    if module["Sum"] != source.sum:
        sys.exit(f"{wanted} has the sum {module['Sum']}, not the pinned {source.sum}")
    return Path(module["Dir"])


def generate(source: Source, output: Path) -> None:
    """Write the bindings of one API group under `output`."""
    module = download(source)
    with tempfile.TemporaryDirectory() as folder:
        crds = Path(folder) / f"{source.group}.yaml"
        crds.write_text("---\n".join((module / file).read_text("utf-8") for file in source.files), "utf-8")
        cdk8s = ROOT / "node_modules" / ".bin" / "cdk8s"
        command = [
            "node",
            str(cdk8s),
            "--check-upgrade=false",
            "import",
            f"{PACKAGE}:={crds}",
            "--language",
            "python",
            "--output",
            str(output),
        ]
        # Outside this repository: the command would note the import in its cdk8s.yaml.
        subprocess.run(command, check=True, cwd=folder)  # noqa: S603  # constants
    for file in (output / PACKAGE).rglob("*.py"):
        text = file.read_text("utf-8")
        if not text.startswith(HEADER):  # that of another group
            file.write_text(f"{HEADER}\n{text}", "utf-8")


def main() -> None:
    """Replace the committed bindings."""
    with tempfile.TemporaryDirectory() as folder:
        for source in SOURCES:
            sys.stdout.write(f"Generating the bindings of {source.group}\n")
            sys.stdout.flush()
            generate(source, Path(folder))
        shutil.rmtree(ROOT / "imports" / PACKAGE, ignore_errors=True)
        shutil.copytree(Path(folder) / PACKAGE, ROOT / "imports" / PACKAGE)


if __name__ == "__main__":
    main()
