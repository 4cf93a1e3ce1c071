"""Monitoring of a product: scrapes, alerts and a dashboard for Prometheus and Grafana."""

from kubestock.monitoring.alert import Alert, AlertGroup
from kubestock.monitoring.alerts import every_group
from kubestock.monitoring.product import MonitoredProduct, MonitoredService
from kubestock.monitoring.programs import DatabaseMetrics, Dependency, ProgramMetrics, RequestMetrics
from kubestock.monitoring.relabeling import KeepValues
from kubestock.monitoring.rules import PrometheusRules
from kubestock.monitoring.scraping import PodMonitor, Scrape, ServiceMonitor
from kubestock.monitoring.thresholds import Objective, Thresholds

__all__ = [
    "Alert",
    "AlertGroup",
    "DatabaseMetrics",
    "Dependency",
    "KeepValues",
    "MonitoredProduct",
    "MonitoredService",
    "Objective",
    "PodMonitor",
    "ProgramMetrics",
    "PrometheusRules",
    "RequestMetrics",
    "Scrape",
    "ServiceMonitor",
    "Thresholds",
    "every_group",
]
