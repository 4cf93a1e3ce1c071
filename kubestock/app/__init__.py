"""What is written together: an app, and its charts, which are read before they are written."""

from kubestock.app.app import App
from kubestock.app.chart import Chart

__all__ = ["App", "Chart"]
