"""KubeStock production, as data."""

from kubestock.production.settings import PRODUCTION

__all__ = ["PRODUCTION"]
