"""Charts: they wire constructs together and decide nothing."""

from kubestock.charts.chart import Chart
from kubestock.charts.production import ProductionChart
from kubestock.charts.settings import Settings

__all__ = ["Chart", "ProductionChart", "Settings"]
