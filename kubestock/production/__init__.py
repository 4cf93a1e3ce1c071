"""KubeStock itself: its services, the settings of an environment, and the production environment.

`PRODUCTION` reads the image tags, sealed values and keys that are committed next to this code. They are in the
repository, but not in the installed package.
"""

from typing import TYPE_CHECKING

from kubestock.production.app import build_app
from kubestock.production.chart import ProductionChart
from kubestock.production.edge import ApiRoute, Edge, MachineRoute, PublicRoute
from kubestock.production.settings import Settings

if TYPE_CHECKING:
    from kubestock.production.environment import PRODUCTION

__all__ = [
    "PRODUCTION",
    "ApiRoute",
    "Edge",
    "MachineRoute",
    "ProductionChart",
    "PublicRoute",
    "Settings",
    "build_app",
]


def __getattr__(name: str) -> object:
    """Load PRODUCTION when it is first used."""
    if name != "PRODUCTION":
        raise AttributeError(f"module 'kubestock.production' has no attribute {name!r}")
    from kubestock.production.environment import PRODUCTION  # noqa: PLC0415  # reads files

    return PRODUCTION
