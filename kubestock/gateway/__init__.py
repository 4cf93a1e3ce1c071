"""Kong: routes, upstreams, plugins and consumers in one configuration, and `KongGateway`, which runs it."""

from kubestock.gateway.backends import (
    Connection,
    Egress,
    RoutedBackend,
    RouteOptions,
    TemplatedSecret,
    default_healthchecks,
)
from kubestock.gateway.consumers import Consumer, JwtIssuer
from kubestock.gateway.declarative import GatewayConfig
from kubestock.gateway.healthchecks import (
    ActiveHealthCheck,
    ActiveHealthy,
    ActiveUnhealthy,
    HealthChecks,
    PassiveHealthCheck,
    PassiveHealthy,
    PassiveUnhealthy,
)
from kubestock.gateway.kong import GLOBAL_PLUGINS, PROXY, KongGateway
from kubestock.gateway.plugins.authentication import Acl, Jwt, KeyAuth
from kubestock.gateway.plugins.base import Plugin
from kubestock.gateway.plugins.cross_origin import Cors
from kubestock.gateway.plugins.custom import CustomPlugin
from kubestock.gateway.plugins.entries import SealedHeader
from kubestock.gateway.plugins.functions import PostFunction, PreFunction
from kubestock.gateway.plugins.limits import (
    BotDetection,
    IpRestriction,
    RateLimiting,
    Redis,
    RequestSizeLimiting,
    RequestTermination,
)
from kubestock.gateway.plugins.logs import FileLog, HttpLog, Queue, TcpLog, redactions
from kubestock.gateway.plugins.observability import CorrelationId, Prometheus
from kubestock.gateway.plugins.security_headers import SecurityHeaders
from kubestock.gateway.plugins.transformation import (
    RequestEntries,
    RequestNames,
    RequestReplacements,
    RequestTransformer,
    ResponseEntries,
    ResponseNames,
    ResponseRenames,
    ResponseTransformer,
)
from kubestock.gateway.plugins.validation import JsonBodies, JsonBody
from kubestock.gateway.routes import Route, Service
from kubestock.gateway.runtime import ClientAddress, FloodLimit, Runtime
from kubestock.gateway.tls import Certificate, TlsAtGateway, TlsInFront
from kubestock.gateway.upstreams import Hashing, Target, Upstream

__all__ = [
    "GLOBAL_PLUGINS",
    "PROXY",
    "Acl",
    "ActiveHealthCheck",
    "ActiveHealthy",
    "ActiveUnhealthy",
    "BotDetection",
    "Certificate",
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
