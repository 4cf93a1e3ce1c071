"""Charts: they wire constructs together and decide nothing."""

from kubestock.charts.production import ProductionChart
from kubestock.charts.settings import Settings

__all__ = ["ProductionChart", "Settings"]
