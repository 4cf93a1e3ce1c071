"""Delivery with Argo CD: the order of a sync, what Argo CD may do, and the smoke test after a sync."""

from kubestock.delivery.application import ApplicationSource, ArgoApplication, Notifications, Retry
from kubestock.delivery.chart import DeliveryChart, DeliverySettings
from kubestock.delivery.order import arrange
from kubestock.delivery.project import ArgoProject
from kubestock.delivery.smoke import CURL, Expectation, SmokeTest
from kubestock.delivery.windows import SyncWindow

__all__ = [
    "CURL",
    "ApplicationSource",
    "ArgoApplication",
    "ArgoProject",
    "DeliveryChart",
    "DeliverySettings",
    "Expectation",
    "Notifications",
    "Retry",
    "SmokeTest",
    "SyncWindow",
    "arrange",
]
