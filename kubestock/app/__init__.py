"""The app and its charts, whose manifests are checked before they are written."""

from kubestock.app.app import App
from kubestock.app.chart import Chart

__all__ = ["App", "Chart"]
