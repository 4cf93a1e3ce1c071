"""Charts: they wire constructs together and decide nothing."""

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
