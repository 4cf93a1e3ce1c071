"""The traits of the plugins of open-source Kong that have no class here. `CustomPlugin` configures them."""

from collections.abc import Mapping

from kubestock.gateway.kong.plugins.log_fields import CUSTOM_FIELDS
from kubestock.gateway.kong.plugins.traits import EVERY_PART, NOT_ON_CONSUMERS, Part, Traits

_LOGGED: tuple[Part, ...] = ("request.method", "request.path", "request.query", "request.headers", "response.headers")
_MODEL_CREDENTIALS = ("auth.header_value", "auth.param_value", "auth.aws_secret_access_key", "auth.azure_client_secret")
_TRACED: tuple[Part, ...] = ("request.method", "request.path", "response.status")

TRAITS: Mapping[str, Traits] = {
    "acme": Traits(priority=1705, phases=("certificate", "access"), unnamed_hosts=True, reads=("request.path",)),
    "ai-prompt-decorator": Traits(priority=772, reads=("request.body",), writes=("request.body",)),
    "ai-prompt-guard": Traits(priority=771, reads=("request.body",), writes=("response.status",)),
    "ai-prompt-template": Traits(priority=773, reads=("request.body",), writes=("request.body",)),
    "ai-proxy": Traits(
        priority=770,
        phases=("access", "header_filter", "body_filter"),
        calls_backend=True,
        unnamed_hosts=True,
        reads=("request.body",),
        writes=("request.body", "request.path", "response.body"),
        credential_settings=_MODEL_CREDENTIALS,
    ),
    "ai-request-transformer": Traits(
        priority=777,
        calls_backend=True,
        unnamed_hosts=True,
        reads=("request.body",),
        writes=("request.body",),
        credential_settings=tuple(f"llm.{each}" for each in _MODEL_CREDENTIALS),
    ),
    "ai-response-transformer": Traits(
        priority=768,
        calls_backend=True,
        unnamed_hosts=True,
        reads=("response.body",),
        writes=("response.body",),
        credential_settings=tuple(f"llm.{each}" for each in _MODEL_CREDENTIALS),
    ),
    "aws-lambda": Traits(
        priority=750,
        phases=("access", "header_filter"),
        answers=True,
        calls_backend=True,
        unnamed_hosts=True,
        reads=EVERY_PART,
        writes=("response.status", "response.headers", "response.body"),
        credential_settings=("aws_key", "aws_secret"),
    ),
    "azure-functions": Traits(
        priority=749,
        answers=True,
        calls_backend=True,
        unnamed_hosts=True,
        reads=EVERY_PART,
        writes=("response.status", "response.headers", "response.body"),
        credential_settings=("apikey",),
    ),
    "basic-auth": Traits(
        priority=1100,
        scopes=NOT_ON_CONSUMERS,
        authenticates="basicauth_credentials",
        reads=("request.headers",),
        writes=("request.headers",),
    ),
    "datadog": Traits(priority=10, phases=("log",), host_settings={"host": "UDP"}, reads=_TRACED),
    "grpc-gateway": Traits(
        priority=998, phases=("access", "header_filter", "body_filter"), reads=EVERY_PART, writes=EVERY_PART
    ),
    "grpc-web": Traits(
        priority=3, phases=("access", "header_filter", "body_filter"), reads=("request.body",), writes=("request.body",)
    ),
    "hmac-auth": Traits(
        priority=1030,
        scopes=NOT_ON_CONSUMERS,
        authenticates="hmacauth_credentials",
        reads=("request.headers", "request.body"),
        writes=("request.headers",),
    ),
    "ldap-auth": Traits(
        priority=1200,
        scopes=NOT_ON_CONSUMERS,
        authenticates="ldap",
        host_settings={"ldap_host": "TCP"},
        reads=("request.headers",),
        writes=("request.headers",),
    ),
    "loggly": Traits(
        priority=6,
        phases=("log",),
        host_settings={"host": "UDP"},
        default_hosts={"logs-01.loggly.com": "UDP"},
        redacts_by=CUSTOM_FIELDS,
        reads=_LOGGED,
        credential_settings=("key",),
    ),
    "oauth2": Traits(
        priority=1400,
        scopes=NOT_ON_CONSUMERS,
        authenticates="oauth2_credentials",
        needs_database=True,
        reads=("request.headers", "request.body"),
        writes=("request.headers",),
    ),
    "opentelemetry": Traits(
        priority=14,
        phases=("rewrite", "access", "header_filter", "log"),
        host_settings={"traces_endpoint": "TCP", "logs_endpoint": "TCP", "endpoint": "TCP"},
        reads=_TRACED,
        writes=("request.headers",),
    ),
    "proxy-cache": Traits(
        priority=100,
        phases=("access", "header_filter", "body_filter"),
        varies_by="vary_headers",
        reads=EVERY_PART,
        writes=("response.headers", "response.body"),
    ),
    "redirect": Traits(priority=779, answers=True, writes=("response.status", "response.headers")),
    "response-ratelimiting": Traits(
        priority=900,
        phases=("access", "header_filter", "log"),
        host_settings={"redis.host": "TCP", "redis_host": "TCP"},
        counts_by="limit_by",
        reads=("response.headers",),
        writes=("response.status", "response.headers"),
        credential_settings=("redis.password", "redis_password"),
    ),
    "session": Traits(
        priority=1900,
        phases=("access", "header_filter"),
        scopes=NOT_ON_CONSUMERS,
        authenticates="session",
        optional_authentication=True,
        reads=("request.headers",),
        writes=("request.headers", "response.headers"),
        credential_settings=("secret",),
    ),
    "standard-webhooks": Traits(
        priority=760,
        reads=("request.headers", "request.body"),
        writes=("response.status",),
        credential_settings=("secret_v1",),
    ),
    "statsd": Traits(priority=11, phases=("log",), host_settings={"host": "UDP"}, reads=_TRACED),
    "syslog": Traits(priority=4, phases=("log",), redacts_by=CUSTOM_FIELDS, reads=_LOGGED),
    "udp-log": Traits(
        priority=8, phases=("log",), host_settings={"host": "UDP"}, redacts_by=CUSTOM_FIELDS, reads=_LOGGED
    ),
    "zipkin": Traits(
        priority=100000,
        phases=("rewrite", "access", "header_filter", "body_filter", "log"),
        host_settings={"http_endpoint": "TCP"},
        reads=_TRACED,
        writes=("request.headers",),
    ),
}
