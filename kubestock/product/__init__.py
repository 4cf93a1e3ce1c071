"""The parts of a product in production: guardrails, secrets, services, gateway, monitoring and delivery."""

from kubestock.product.admission import Admission
from kubestock.product.connections import ConnectionLimit, PoolDemand
from kubestock.product.front_settings import FrontSettings, LogEndpoint
from kubestock.product.images import read_images
from kubestock.product.monitoring import MonitoringSettings
from kubestock.product.nginx import PageConfig, StaticSite
from kubestock.product.product import Product
from kubestock.product.secrets import ExternalSecrets
from kubestock.product.single_page import SinglePageApplication
from kubestock.product.size import Size

__all__ = [
    "Admission",
    "ConnectionLimit",
    "ExternalSecrets",
    "FrontSettings",
    "LogEndpoint",
    "MonitoringSettings",
    "PageConfig",
    "PoolDemand",
    "Product",
    "SinglePageApplication",
    "Size",
    "StaticSite",
    "read_images",
]
