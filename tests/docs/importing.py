"""Python files as modules, and the public packages."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from docs.blocks import ROOT


def imported(path: Path) -> ModuleType:
    """Return the module that a file is, which other modules do not find afterwards."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    before = sys.modules.get(path.stem)
    sys.modules[path.stem] = module
    try:
        spec.loader.exec_module(module)
    finally:
        sys.modules.pop(path.stem)
        if before is not None:
            sys.modules[path.stem] = before
    return module


def public_packages() -> list[ModuleType]:
    """Return the packages from which users import: those of the reference, and those that only `kubestock` shows."""
    names = imported(ROOT / "docs" / "site" / "public_names.py").PACKAGES
    return [importlib.import_module(name) for name in (*names, "kubestock.app", "kubestock.production")]
