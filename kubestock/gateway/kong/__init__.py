"""Kong: routes, upstreams, plugins and consumers in one configuration, and `KongGateway`, which runs it."""

from kubestock.gateway.kong.backends import (
    Connection,
    Egress,
    RoutedBackend,
    RouteOptions,
    TemplatedSecret,
    default_healthchecks,
)
from kubestock.gateway.kong.config.consumers import Consumer, JwtIssuer
from kubestock.gateway.kong.config.file import GatewayConfig
from kubestock.gateway.kong.config.healthchecks import (
    ActiveHealthCheck,
    ActiveHealthy,
    ActiveUnhealthy,
    HealthChecks,
    PassiveHealthCheck,
    PassiveHealthy,
    PassiveUnhealthy,
)
from kubestock.gateway.kong.config.routes import Route, Service
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
from kubestock.gateway.kong.tls import TlsAtGateway, TlsInFront

__all__ = [
    "GLOBAL_PLUGINS",
    "PROXY",
    "Acl",
    "ActiveHealthCheck",
    "ActiveHealthy",
    "ActiveUnhealthy",
    "BotDetection",
    "ClientAddress",
    "Connection",
    "Consumer",
    "CorrelationId",
    "Cors",
    "CustomPlugin",
    "Egress",
    "FileLog",
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
    "Service",
    "Target",
    "TcpLog",
    "TemplatedSecret",
    "TlsAtGateway",
    "TlsInFront",
    "Upstream",
    "default_healthchecks",
    "redactions",
]
