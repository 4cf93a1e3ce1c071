"""The manifests to change: those of production and of the examples, and a file with kinds that these do not have."""

import importlib.util
import tempfile
from functools import cache
from pathlib import Path

import yaml
from editing import FOLDER, Manifest

PROVIDED = {"online_boutique": ("Secret/online-boutique-tls",), "sock_shop": ("Secret/catalogue-db",)}
"""Objects that the clusters of the examples provide."""

_ROOT = FOLDER.parent.parent
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def base(name: str) -> list[Manifest]:
    """Return working manifests; the caller must copy the objects that it changes."""
    if name == "production":
        return _read(sorted((_ROOT / "dist").rglob("*.yaml")))
    if name == "platform":
        return _read([FOLDER / "platform.yaml"])
    return _of_example(name)


@cache
def crds(kind: str) -> tuple[Manifest, ...]:
    """Return the CRD of a kind, if it is available."""
    folder = _ROOT.parent / "shared" / "crds"
    return tuple(_read(sorted(folder.glob(f"*_{kind.lower()}s.yaml"))))


def _read(files: list[Path]) -> list[Manifest]:
    loaded = (each for file in files for each in yaml.load_all(file.read_text("utf-8"), Loader=_LOADER))
    return [each for each in loaded if each]


def _of_example(name: str) -> list[Manifest]:
    folder = _ROOT / "examples"
    path = next(each for each in (folder / f"{name}.py", folder / name / "main.py") if each.exists())
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with tempfile.TemporaryDirectory() as outdir:
        module.build(outdir).synth()
        return _read(sorted(Path(outdir).rglob("*.yaml")))
