"""Monitoring of a product: scrapes, alerts and a dashboard for Prometheus and Grafana."""

from kubestock.monitoring.alert import Alert, AlertGroup
from kubestock.monitoring.alerts import every_group
from kubestock.monitoring.product import Product, WatchedService
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
    "Objective",
    "PodMonitor",
    "Product",
    "ProgramMetrics",
    "PrometheusRules",
    "RequestMetrics",
    "Scrape",
    "ServiceMonitor",
    "Thresholds",
    "WatchedService",
    "every_group",
]
