"""Charts: they wire constructs together and decide nothing.

The names below are loaded where they are first used: whoever wants a `Chart` alone loads no gateway and no dashboard.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kubestock.charts.chart import Chart
    from kubestock.charts.delivery import DeliveryChart, DeliverySettings
    from kubestock.charts.edge import ApiRoute, Edge, LogEndpoint, MachineRoute, PublicRoute
    from kubestock.charts.monitoring import MonitoringSettings
    from kubestock.charts.production import ProductionChart
    from kubestock.charts.settings import Settings

__all__ = [
    "ApiRoute",
    "Chart",
    "DeliveryChart",
    "DeliverySettings",
    "Edge",
    "LogEndpoint",
    "MachineRoute",
    "MonitoringSettings",
    "ProductionChart",
    "PublicRoute",
    "Settings",
]

_MODULES = {
    "ApiRoute": "edge",
    "Chart": "chart",
    "DeliveryChart": "delivery",
    "DeliverySettings": "delivery",
    "Edge": "edge",
    "LogEndpoint": "edge",
    "MachineRoute": "edge",
    "MonitoringSettings": "monitoring",
    "ProductionChart": "production",
    "PublicRoute": "edge",
    "Settings": "settings",
}


def __getattr__(name: str) -> object:
    """Load a public name."""
    if name not in _MODULES:
        raise AttributeError(f"module 'kubestock.charts' has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"kubestock.charts.{_MODULES[name]}"), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
