"""A Grafana dashboard from typed rows, as the ConfigMap that Grafana's sidecar loads."""

from kubestock.monitoring.dashboard.dashboard import GrafanaDashboard
from kubestock.monitoring.dashboard.panels import Panel, Query, Row, Threshold
from kubestock.monitoring.dashboard.product import ServiceObjective, WatchedProduct

__all__ = ["GrafanaDashboard", "Panel", "Query", "Row", "ServiceObjective", "Threshold", "WatchedProduct"]
