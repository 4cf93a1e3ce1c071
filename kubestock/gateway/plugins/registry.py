"""The plugins of Kong 3.9: typed here, in the open-source image, and in Enterprise alone."""

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
        *("datadog", "grpc-gateway", "grpc-web", "hmac-auth", "ldap-auth", "loggly", "oauth2", "opentelemetry"),
        *("proxy-cache", "redirect", "response-ratelimiting", "session", "standard-webhooks", "statsd", "syslog"),
        *("udp-log", "zipkin"),
    }
)

ENTERPRISE = {
    "application-registration": "a consumer with a KeyAuth credential for each application",
    "canary": "two Targets of one Upstream with their weights",
    "exit-transformer": "a global ResponseTransformer",
    "graphql-rate-limiting-advanced": "RateLimiting on the GraphQL route",
    "jq": "RequestTransformer or ResponseTransformer",
    "jwt-signer": "Jwt, which verifies the tokens of the issuer",
    "kafka-log": "HttpLog or TcpLog to a collector",
    "ldap-auth-advanced": "CustomPlugin(plugin='ldap-auth')",
    "mocking": "RequestTermination",
    "mtls-auth": "KeyAuth with Acl",
    "oas-validation": "JsonBody",
    "opa": "Acl, or PreFunction",
    "openid-connect": "Jwt with the issuer's public key",
    "proxy-cache-advanced": "CustomPlugin(plugin='proxy-cache')",
    "rate-limiting-advanced": "RateLimiting with policy='redis'",
    "request-transformer-advanced": "RequestTransformer",
    "request-validator": "JsonBody",
    "response-transformer-advanced": "ResponseTransformer",
    "route-by-header": "Route(headers=…)",
    "route-transformer-advanced": "RequestTransformer(replace=RequestReplacements(uri=…))",
    "statsd-advanced": "CustomPlugin(plugin='statsd')",
    "tls-metadata-headers": "TLS that ends at a proxy which sets the headers",
    "upstream-timeout": "Service(read_timeout=…)",
    "vault-auth": "KeyAuth",
}
