"""Kong: routes, upstreams, plugins and consumers in one configuration, and `KongGateway`, which runs it.

The names below are loaded where they are first used: what only reads a file of Kong starts no Node.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kubestock.gateway.kong.analysis.finding import Finding
    from kubestock.gateway.kong.backends import (
        Egress,
        RoutedBackend,
        RouteOptions,
        ServiceOptions,
        TemplatedSecret,
        default_healthchecks,
    )
    from kubestock.gateway.kong.config.consumers import Consumer, JwtIssuer
    from kubestock.gateway.kong.config.file import Configuration, GatewayConfig
    from kubestock.gateway.kong.config.healthchecks import (
        ActiveHealthCheck,
        ActiveHealthy,
        ActiveUnhealthy,
        HealthChecks,
        PassiveHealthCheck,
        PassiveHealthy,
        PassiveUnhealthy,
    )
    from kubestock.gateway.kong.config.routes import KongService, Route
    from kubestock.gateway.kong.config.upstreams import Hashing, Target, Upstream
    from kubestock.gateway.kong.gateway import GLOBAL_PLUGINS, PROXY, KongGateway
    from kubestock.gateway.kong.plugins.authentication import Acl, Jwt, KeyAuth
    from kubestock.gateway.kong.plugins.base import Plugin
    from kubestock.gateway.kong.plugins.cross_origin import Cors
    from kubestock.gateway.kong.plugins.custom import CustomPlugin
    from kubestock.gateway.kong.plugins.entries import SealedHeader
    from kubestock.gateway.kong.plugins.functions import PostFunction, PreFunction
    from kubestock.gateway.kong.plugins.limits import (
        BotDetection,
        IpRestriction,
        RateLimiting,
        Redis,
        RequestSizeLimiting,
        RequestTermination,
    )
    from kubestock.gateway.kong.plugins.logs import FileLog, HttpLog, Queue, TcpLog, redactions
    from kubestock.gateway.kong.plugins.observability import CorrelationId, Prometheus
    from kubestock.gateway.kong.plugins.security_headers import SecurityHeaders
    from kubestock.gateway.kong.plugins.traits import Traits
    from kubestock.gateway.kong.plugins.transformation import (
        RequestEntries,
        RequestNames,
        RequestReplacements,
        RequestTransformer,
        ResponseEntries,
        ResponseNames,
        ResponseRenames,
        ResponseTransformer,
    )
    from kubestock.gateway.kong.plugins.validation import JsonBodies, JsonBody
    from kubestock.gateway.kong.runtime import ClientAddress, FloodLimit, Runtime
    from kubestock.gateway.kong.tls import TlsAtGateway, TlsAtLoadBalancer

__all__ = [
    "GLOBAL_PLUGINS",
    "PROXY",
    "Acl",
    "ActiveHealthCheck",
    "ActiveHealthy",
    "ActiveUnhealthy",
    "BotDetection",
    "ClientAddress",
    "Configuration",
    "Consumer",
    "CorrelationId",
    "Cors",
    "CustomPlugin",
    "Egress",
    "FileLog",
    "Finding",
    "FloodLimit",
    "GatewayConfig",
    "Hashing",
    "HealthChecks",
    "HttpLog",
    "IpRestriction",
    "JsonBodies",
    "JsonBody",
    "Jwt",
    "JwtIssuer",
    "KeyAuth",
    "KongGateway",
    "KongService",
    "PassiveHealthCheck",
    "PassiveHealthy",
    "PassiveUnhealthy",
    "Plugin",
    "PostFunction",
    "PreFunction",
    "Prometheus",
    "Queue",
    "RateLimiting",
    "Redis",
    "RequestEntries",
    "RequestNames",
    "RequestReplacements",
    "RequestSizeLimiting",
    "RequestTermination",
    "RequestTransformer",
    "ResponseEntries",
    "ResponseNames",
    "ResponseRenames",
    "ResponseTransformer",
    "Route",
    "RouteOptions",
    "RoutedBackend",
    "Runtime",
    "SealedHeader",
    "SecurityHeaders",
    "ServiceOptions",
    "Target",
    "TcpLog",
    "TemplatedSecret",
    "TlsAtGateway",
    "TlsAtLoadBalancer",
    "Traits",
    "Upstream",
    "default_healthchecks",
    "redactions",
]

_MODULES = {
    "Acl": "plugins.authentication",
    "ActiveHealthCheck": "config.healthchecks",
    "ActiveHealthy": "config.healthchecks",
    "ActiveUnhealthy": "config.healthchecks",
    "BotDetection": "plugins.limits",
    "ClientAddress": "runtime",
    "Configuration": "config.file",
    "ServiceOptions": "backends",
    "Consumer": "config.consumers",
    "CorrelationId": "plugins.observability",
    "Cors": "plugins.cross_origin",
    "CustomPlugin": "plugins.custom",
    "Egress": "backends",
    "FileLog": "plugins.logs",
    "Finding": "analysis.finding",
    "FloodLimit": "runtime",
    "GLOBAL_PLUGINS": "gateway",
    "GatewayConfig": "config.file",
    "Hashing": "config.upstreams",
    "HealthChecks": "config.healthchecks",
    "HttpLog": "plugins.logs",
    "IpRestriction": "plugins.limits",
    "JsonBodies": "plugins.validation",
    "JsonBody": "plugins.validation",
    "Jwt": "plugins.authentication",
    "JwtIssuer": "config.consumers",
    "KeyAuth": "plugins.authentication",
    "KongGateway": "gateway",
    "PROXY": "gateway",
    "PassiveHealthCheck": "config.healthchecks",
    "PassiveHealthy": "config.healthchecks",
    "PassiveUnhealthy": "config.healthchecks",
    "Plugin": "plugins.base",
    "PostFunction": "plugins.functions",
    "PreFunction": "plugins.functions",
    "Prometheus": "plugins.observability",
    "Queue": "plugins.logs",
    "RateLimiting": "plugins.limits",
    "Redis": "plugins.limits",
    "RequestEntries": "plugins.transformation",
    "RequestNames": "plugins.transformation",
    "RequestReplacements": "plugins.transformation",
    "RequestSizeLimiting": "plugins.limits",
    "RequestTermination": "plugins.limits",
    "RequestTransformer": "plugins.transformation",
    "ResponseEntries": "plugins.transformation",
    "ResponseNames": "plugins.transformation",
    "ResponseRenames": "plugins.transformation",
    "ResponseTransformer": "plugins.transformation",
    "Route": "config.routes",
    "RouteOptions": "backends",
    "RoutedBackend": "backends",
    "Runtime": "runtime",
    "SealedHeader": "plugins.entries",
    "SecurityHeaders": "plugins.security_headers",
    "KongService": "config.routes",
    "Target": "config.upstreams",
    "TcpLog": "plugins.logs",
    "TemplatedSecret": "backends",
    "TlsAtGateway": "tls",
    "TlsAtLoadBalancer": "tls",
    "Traits": "plugins.traits",
    "Upstream": "config.upstreams",
    "default_healthchecks": "backends",
    "redactions": "plugins.logs",
}


def __getattr__(name: str) -> object:
    """Load a public name."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
