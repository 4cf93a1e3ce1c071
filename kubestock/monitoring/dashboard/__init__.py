"""A Grafana dashboard of typed rows and panels, in a ConfigMap that Grafana's sidecar loads."""

from kubestock.monitoring.dashboard.dashboard import GrafanaDashboard, Sidecar
from kubestock.monitoring.dashboard.panels import Panel, Query, Row, Threshold

__all__ = ["GrafanaDashboard", "Panel", "Query", "Row", "Sidecar", "Threshold"]
