import importlib.util
import io
import os
import shutil
import sys
import tarfile
from pathlib import Path
from types import ModuleType

import pytest
from kubestock_crds.com import bitnami

ROOT = Path(__file__).parent.parent.parent


def regenerate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("regenerate", ROOT / "imports" / "regenerate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["regenerate"] = module
    spec.loader.exec_module(module)
    return module


def content(folder: Path) -> dict[str, bytes]:
    found = {}
    for path in folder.rglob("*"):
        if path.suffix == ".tgz":
            with tarfile.open(fileobj=io.BytesIO(path.read_bytes())) as archive:
                for member in archive.getmembers():
                    opened = archive.extractfile(member)
                    found[f"{path.name}/{member.name}"] = opened.read() if opened else b""
        elif path.is_file() and "__pycache__" not in path.parts:
            found[str(path.relative_to(folder))] = path.read_bytes()
    return found


def test_the_bindings_render_a_sealed_secret() -> None:
    spec = bitnami.SealedSecretSpec(encrypted_data={"A": "Ag"})
    manifest = bitnami.SealedSecret.manifest(spec=spec)

    assert manifest["apiVersion"] == "bitnami.com/v1alpha1"
    assert manifest["spec"] == {"encryptedData": {"A": "Ag"}}


@pytest.mark.parametrize("source", regenerate().SOURCES, ids=lambda source: source.group)
def test_the_committed_bindings_are_those_of_the_pinned_release(source: object, tmp_path: Path) -> None:
    if "KUBESEAL" not in os.environ:
        pytest.skip("slow: run make secrets-check, which needs Go")
    if shutil.which("go") is None:
        pytest.skip("go is not installed: it downloads and verifies the release")
    if shutil.which("node") is None or not (ROOT / "node_modules" / ".bin" / "cdk8s").exists():
        pytest.skip("the cdk8s command is not installed: make node_modules/.ready installs it")
    regenerate().generate(source, tmp_path)
    generated = content(tmp_path / "kubestock_crds")

    assert generated
    assert generated.items() <= content(ROOT / "imports" / "kubestock_crds").items()


def test_the_real_kubeseal_has_the_release_of_the_bindings() -> None:
    (source,) = [each for each in regenerate().SOURCES if each.group == "bitnami.com"]
    makefile = (ROOT / "Makefile").read_text("utf-8").splitlines()

    assert f"SEALED_SECRETS := {source.module}" in makefile
    assert f"SEALED_SECRETS_VERSION := {source.version}" in makefile
