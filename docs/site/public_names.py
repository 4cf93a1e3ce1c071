"""The public names of the library, read from its sources: nothing is imported, so neither Node nor jsii is needed."""

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = (
    "kubestock",
    "kubestock.workload",
    "kubestock.namespace",
    "kubestock.secrets",
    "kubestock.certificates",
    "kubestock.gateway",
    "kubestock.gateway.kong",
    "kubestock.monitoring",
    "kubestock.monitoring.dashboard",
    "kubestock.delivery",
    "kubestock.product",
    "kubestock.checks",
    "kubestock.testing",
    "kubestock.values",
    "kubestock.kube",
)


@dataclass(frozen=True)
class Package:
    """A package that users import from.

    Attributes:
        name: in Python.
        summary: the first line of its docstring.
        paths: where each name of its `__all__` is defined, in full.
    """

    name: str
    summary: str
    paths: tuple[str, ...]


@cache
def packages() -> tuple[Package, ...]:
    """Return the packages that have public names; each name is in the innermost package that defines it."""
    read = {name: _read(name) for name in PACKAGES}
    exported = {name: set(paths) for name, (_, paths) in read.items()}
    for path in list(exported["kubestock"]):
        home = next((name for name in reversed(PACKAGES[1:]) if path.startswith(f"{name}.")), None)
        if home is not None:
            exported["kubestock"].discard(path)
            exported[home].add(path)
    return tuple(
        Package(name, read[name][0], tuple(sorted(paths, key=_by_name))) for name, paths in exported.items() if paths
    )


def _by_name(path: str) -> str:
    return path.rpartition(".")[2].lower()


def _read(package: str) -> tuple[str, list[str]]:
    folder = ROOT / package.replace(".", "/")
    source = ast.parse((folder / "__init__.py").read_text("utf-8"))
    summary = (ast.get_docstring(source) or "").partition("\n")[0]
    if (folder / "__init__.pyi").exists():  # its names are loaded when they are first used
        stub = imported_names(ast.parse((folder / "__init__.pyi").read_text("utf-8")), package)
        return summary, [_home(path, name) for name, path in stub.items()]
    defined = imported_names(source, package)
    names = [name for node in source.body if isinstance(node, ast.Assign) for name in _all(node)]
    return summary, [_home(defined[name], name) if name in defined else f"{package}.{name}" for name in names]


def imported_names(tree: ast.Module, module: str) -> dict[str, str]:
    """Return where each imported name of a module comes from; `module` is its name."""
    return {
        alias.asname or alias.name: f"{module}.{node.module}.{alias.name}"
        if node.level
        else f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }


def _home(path: str, name: str) -> str:
    """Return where a name is defined: a package may take it from another one."""
    module = path.rpartition(".")[0]
    init = ROOT / module.replace(".", "/") / "__init__.py"
    if not init.exists():
        return path
    _, paths = _read(module)
    return next((each for each in paths if each.rpartition(".")[2] == name), path)


def _all(node: ast.Assign) -> list[str]:
    """Return the names of `__all__`, if a statement assigns it."""
    assigned = [target.id for target in node.targets if isinstance(target, ast.Name)]
    return list(ast.literal_eval(node.value)) if assigned == ["__all__"] else []
