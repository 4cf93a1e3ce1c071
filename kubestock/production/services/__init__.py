"""KubeStock's own services: one module with all facts about each; modules are found automatically."""

from importlib import import_module
from pkgutil import iter_modules

from kubestock.production.services.backend import Backend, DatabaseBackend, Shared
from kubestock.production.services.frontend import FRONTEND, Frontend


def _backends() -> tuple[type[Backend], ...]:
    modules = [import_module(f"{__name__}.{each.name}") for each in iter_modules(__path__)]
    classes = {each for module in modules for each in vars(module).values() if isinstance(each, type)}
    own = {each for each in classes if issubclass(each, Backend) and "NAME" in vars(each)}
    return tuple(sorted(own, key=lambda each: each.PORT))


BACKENDS = _backends()
"""The backends of all modules, sorted by port."""
SERVICES = (*(each.NAME for each in BACKENDS), FRONTEND)
"""The names of all services."""

__all__ = ["BACKENDS", "FRONTEND", "SERVICES", "Backend", "DatabaseBackend", "Frontend", "Shared"]
