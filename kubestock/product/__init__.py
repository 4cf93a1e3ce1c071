"""The parts of a product in production: guardrails, secrets, services, gateway, monitoring and delivery."""

from kubestock.product.connections import ConnectionLimit, PoolDemand
from kubestock.product.gateway_settings import GatewaySettings, LogEndpoint
from kubestock.product.images import read_images
from kubestock.product.monitoring import MonitoringSettings
from kubestock.product.nginx import PageConfig, StaticSite
from kubestock.product.product import Product
from kubestock.product.route_access import RouteAccess
from kubestock.product.secrets import ExternalSecrets
from kubestock.product.single_page import SinglePageApplication
from kubestock.product.size import Size

__all__ = [
    "ConnectionLimit",
    "ExternalSecrets",
    "GatewaySettings",
    "LogEndpoint",
    "MonitoringSettings",
    "PageConfig",
    "PoolDemand",
    "Product",
    "RouteAccess",
    "SinglePageApplication",
    "Size",
    "StaticSite",
    "read_images",
]
