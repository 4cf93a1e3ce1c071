"""Watching a product: what is scraped, what alerts, and what a dashboard shows."""

from kubestock.monitoring.alert import Alert, AlertGroup
from kubestock.monitoring.alerts import every_group
from kubestock.monitoring.product import DatabaseMetrics, Product, WatchedService
from kubestock.monitoring.rules import PrometheusRules
from kubestock.monitoring.scraping import PodMonitor, Scrape
from kubestock.monitoring.thresholds import Objective, Thresholds

__all__ = [
    "Alert",
    "AlertGroup",
    "DatabaseMetrics",
    "Objective",
    "PodMonitor",
    "Product",
    "PrometheusRules",
    "Scrape",
    "Thresholds",
    "WatchedService",
    "every_group",
]
