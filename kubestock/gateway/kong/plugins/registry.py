"""The plugins of Kong 3.9: typed here, in the open-source image, and in Enterprise alone."""

from collections.abc import Mapping

from kubestock.gateway.kong.plugins.base import Transport

TYPED = {
    "acl": "Acl",
    "bot-detection": "BotDetection",
    "correlation-id": "CorrelationId",
    "cors": "Cors",
    "file-log": "FileLog",
    "http-log": "HttpLog",
    "ip-restriction": "IpRestriction",
    "jwt": "Jwt",
    "key-auth": "KeyAuth",
    "post-function": "PostFunction",
    "pre-function": "PreFunction",
    "prometheus": "Prometheus",
    "rate-limiting": "RateLimiting",
    "request-size-limiting": "RequestSizeLimiting",
    "request-termination": "RequestTermination",
    "request-transformer": "RequestTransformer",
    "response-transformer": "ResponseTransformer",
    "tcp-log": "TcpLog",
}

OPEN_SOURCE = frozenset(
    {
        *("acme", "ai-prompt-decorator", "ai-prompt-guard", "ai-prompt-template", "ai-proxy"),
        *("ai-request-transformer", "ai-response-transformer", "aws-lambda", "azure-functions", "basic-auth"),
        *("datadog", "grpc-gateway", "grpc-web", "hmac-auth", "ldap-auth", "loggly", "opentelemetry"),
        *("proxy-cache", "redirect", "response-ratelimiting", "session", "standard-webhooks", "statsd", "syslog"),
        *("udp-log", "zipkin"),
    }
)

NEEDS_A_DATABASE = {"oauth2": "Jwt, with the tokens of an identity provider"}
"""Plugins that write what they hand out, and what serves instead: this Kong has no database."""

WITHOUT_CREDENTIALS = {"basic-auth": "KeyAuth or Jwt", "hmac-auth": "KeyAuth or Jwt"}
"""Plugins that ask for credentials of a kind that no Consumer holds here, and what serves instead."""

LOGS = frozenset({"file-log", "http-log", "loggly", "syslog", "tcp-log", "udp-log"})
"""Plugins that write each request with its headers; `custom_fields_by_lua` takes out what must not be read."""

DIALS: Mapping[str, Mapping[str, Transport]] = {
    "datadog": {"host": "UDP"},
    "ldap-auth": {"ldap_host": "TCP"},
    "loggly": {"host": "UDP"},
    "opentelemetry": {"traces_endpoint": "TCP", "logs_endpoint": "TCP", "endpoint": "TCP"},
    "response-ratelimiting": {"redis.host": "TCP", "redis_host": "TCP"},
    "statsd": {"host": "UDP"},
    "udp-log": {"host": "UDP"},
    "zipkin": {"http_endpoint": "TCP"},
}
"""The fields that name a host to which a plugin makes Kong connect."""

DEFAULT_HOSTS = {"loggly": "logs-01.loggly.com"}
"""Where a plugin connects to that is given no host."""

DIALS_UNNAMED = frozenset(
    {"acme", "ai-proxy", "ai-request-transformer", "ai-response-transformer", "aws-lambda", "azure-functions"}
)
"""Plugins that connect to hosts which no single field names."""

ENTERPRISE = {
    **dict.fromkeys(("ai-proxy-advanced", "ai-semantic-cache"), "CustomPlugin(plugin='ai-proxy')"),
    **dict.fromkeys(
        (
            *("ai-azure-content-safety", "ai-aws-guardrails", "ai-gcp-model-armor", "ai-lakera-guard"),
            *("ai-sanitizer", "ai-semantic-prompt-guard", "ai-semantic-response-guard"),
        ),
        "CustomPlugin(plugin='ai-prompt-guard')",
    ),
    "ai-llm-as-judge": None,
    "ai-mcp-proxy": None,
    "ai-prompt-compressor": None,
    "ai-rag-injector": None,
    "ai-rate-limiting-advanced": "RateLimiting with policy='redis'",
    "ace": None,
    "app-dynamics": "CustomPlugin(plugin='opentelemetry')",
    "application-registration": "a consumer with a KeyAuth credential for each application",
    "canary": "a route to the new workload with RouteOptions(headers=…); by weight, two Targets in a GatewayConfig",
    "collector": "Prometheus",
    "confluent": None,
    "confluent-consume": None,
    "datakit": None,
    "degraphql": None,
    "exit-transformer": "a global ResponseTransformer",
    "forward-proxy": None,
    "graphql-proxy-cache-advanced": "CustomPlugin(plugin='proxy-cache')",
    "graphql-rate-limiting-advanced": "RateLimiting on the GraphQL route",
    "header-cert-auth": "KeyAuth with Acl",
    "injection-protection": "JsonBody, whose schema says what may come",
    "jq": "RequestTransformer or ResponseTransformer",
    "json-threat-protection": "JsonBody, with limits in its schema, and RequestSizeLimiting",
    "jwe-decrypt": None,
    "jwt-signer": "Jwt, which verifies the tokens of the issuer",
    "kafka-consume": None,
    "kafka-log": "HttpLog or TcpLog to a collector",
    "kafka-upstream": None,
    "key-auth-enc": "KeyAuth, whose keys are sealed",
    "konnect-application-auth": "KeyAuth with Acl",
    "ldap-auth-advanced": "CustomPlugin(plugin='ldap-auth')",
    "metering-and-billing": "HttpLog to what counts",
    "mocking": "RequestTermination",
    "mtls-auth": "KeyAuth with Acl",
    "oas-validation": "JsonBody",
    "oauth2-introspection": "Jwt with the issuer's public key",
    "opa": "Acl, or PreFunction",
    "openid-connect": "Jwt with the issuer's public key",
    "proxy-cache-advanced": "CustomPlugin(plugin='proxy-cache')",
    "rate-limiting-advanced": "RateLimiting with policy='redis'",
    "request-callout": None,
    "request-transformer-advanced": "RequestTransformer",
    "request-validator": "JsonBody",
    "response-transformer-advanced": "ResponseTransformer",
    "route-by-header": "Route(headers=…)",
    "route-transformer-advanced": "RequestTransformer(replace=RequestReplacements(uri=…))",
    "saml": "Jwt, with the tokens of an identity provider",
    "service-protection": "RateLimiting with limit_by='service'",
    "solace-consume": None,
    "solace-log": "HttpLog or TcpLog to a collector",
    "solace-upstream": None,
    "statsd-advanced": "CustomPlugin(plugin='statsd')",
    "tls-handshake-modifier": "TLS that ends at a proxy which asks for certificates",
    "tls-metadata-headers": "TLS that ends at a proxy which sets the headers",
    "upstream-oauth": None,
    "upstream-timeout": "Service(read_timeout=…)",
    "vault-auth": "KeyAuth",
    "websocket-size-limit": None,
    "websocket-validator": None,
    "xml-threat-protection": "RequestSizeLimiting, and a check in the service",
}
"""Plugins of Kong Enterprise, and what of open-source Kong serves instead, if anything does."""
