from case import Case

KONG = 'namespace="shop",service="orders.8080",route="orders.api"'
POD = 'namespace="shop",pod="orders-1"'
RECEIVED = f"container_network_receive_packets_total{{{POD}}}"
SENT = f"container_network_transmit_packets_total{{{POD}}}"
TARGET = 'namespace="shop",upstream="orders.8080.upstream",target="orders-pods:8080",address="10.0.0.7:8080"'
CONDITION = "sealed_secrets_controller_condition_info"
SEALED = 'name="orders-db",condition="Synced"'
WAITING = 'kube_pod_container_status_waiting_reason{namespace="shop",pod="kong-1",container="kong"'
UPSTREAM = "kong_upstream_latency_ms_bucket"
ITSELF = "kong_kong_latency_ms_bucket"


def answers(code: int) -> str:
    return f'kong_http_requests_total{{{KONG},code="{code}"}}'


def packets(what: str, direction: str) -> str:
    return f"container_network_{direction}_{what}_total{{{POD}}}"


def damaged(alert: str, what: str, fires: int, bad: int) -> Case:
    return Case(
        alert,
        fires,
        {
            RECEIVED: "0+1000x60",
            SENT: "0+1000x60",
            packets(what, "receive"): f"0+{bad}x60",
            packets(what, "transmit"): f"0+{bad}x60",
        },
    )


def health(state: str, values: str) -> dict[str, str]:
    return {f'kong_upstream_target_health{{{TARGET},state="{state}"}}': values}


EDGE = (
    Case("AuthenticationFails", 1, {answers(401): "0+120x60"}),
    Case("AuthenticationFails", 0, {answers(401): "0+6x60"}, why="people mistype"),
    Case("RateLimitHit", 1, {answers(429): "0+120x60"}),
    Case("RateLimitHit", 0, {answers(429): "0+6x60"}),
    Case("RequestsForbidden", 1, {answers(403): "0+60x60"}),
    Case("RequestsForbidden", 0, {answers(403): "0+6x60"}),
    damaged("PodNetworkErrors", "errors", 1, 50),
    damaged("PodNetworkErrors", "errors", 0, 1),
    damaged("PodPacketsDropped", "packets_dropped", 1, 50),
    damaged("PodPacketsDropped", "packets_dropped", 0, 1),
    Case("UpstreamUnhealthy", 1, health("unhealthy", "1x60") | health("healthy", "0x60")),
    Case("UpstreamUnhealthy", 0, health("unhealthy", "0x60") | health("healthy", "1x60")),
    Case(
        "UpstreamSlow",
        1,
        {
            f'{UPSTREAM}{{{KONG},le="700"}}': "0+50x60",
            f'{UPSTREAM}{{{KONG},le="5000"}}': "0+100x60",
            f'{UPSTREAM}{{{KONG},le="+Inf"}}': "0+100x60",
        },
    ),
    Case(
        "UpstreamSlow",
        0,
        {
            f'{UPSTREAM}{{{KONG},le="700"}}': "0+99x60",
            f'{UPSTREAM}{{{KONG},le="5000"}}': "0+100x60",
            f'{UPSTREAM}{{{KONG},le="+Inf"}}': "0+100x60",
        },
    ),
    Case(
        "GatewayAddsLatency",
        1,
        {
            f'{ITSELF}{{{KONG},le="75"}}': "0+50x60",
            f'{ITSELF}{{{KONG},le="500"}}': "0+100x60",
            f'{ITSELF}{{{KONG},le="+Inf"}}': "0+100x60",
        },
    ),
    Case(
        "GatewayAddsLatency",
        0,
        {
            f'{ITSELF}{{{KONG},le="75"}}': "0+99x60",
            f'{ITSELF}{{{KONG},le="500"}}': "0+100x60",
            f'{ITSELF}{{{KONG},le="+Inf"}}': "0+100x60",
        },
    ),
    Case(
        "SealedSecretsDoNotOpen",
        1,
        {'sealed_secrets_controller_unseal_errors_total{reason="unseal"}': "0x30 1 2 3x30"},
        "40m",
    ),
    Case("SealedSecretsDoNotOpen", 0, {'sealed_secrets_controller_unseal_errors_total{reason="unseal"}': "3x60"}),
    Case(
        "SealedSecretNotSynced",
        1,
        {f'{CONDITION}{{{SEALED},exported_namespace="shop"}}': "-1x60"},
    ),
    Case("SealedSecretNotSynced", 1, {f'{CONDITION}{{{SEALED},namespace="shop"}}': "-1x60"}),
    Case("SealedSecretNotSynced", 0, {f'{CONDITION}{{{SEALED},namespace="shop"}}': "1x60"}),
    Case("SealedSecretNotSynced", 0, {f'{CONDITION}{{{SEALED},namespace="other"}}': "-1x60"}),
    Case(
        "CertificateExpires",
        1,
        {'certmanager_certificate_expiration_timestamp_seconds{name="tls",namespace="shop"}': "600000x120"},
        "90m",
    ),
    Case(
        "CertificateExpires",
        0,
        {'certmanager_certificate_expiration_timestamp_seconds{name="tls",namespace="shop"}': "6000000x120"},
        "90m",
    ),
    Case("CertificateRotationDue", 1, {"up": "1x60"}, why="the product's is due 14 days after the beginning of time"),
    Case("CertificateRotationDue", 0, {"up": "1x60"}, "0m", "and not before"),
    Case("GatewayDown", 1, {'up{namespace="shop",job="shop/kong",pod="kong-1"}': "0x60"}),
    Case("GatewayDown", 1, {'up{namespace="shop",job="shop/orders",pod="orders-1"}': "1x60"}, why="nothing is scraped"),
    Case(
        "GatewayDown",
        0,
        {
            'up{namespace="shop",job="shop/kong",pod="kong-1"}': "1x60",
            'up{namespace="shop",job="shop/kong",pod="kong-2"}': "0x60",
        },
        why="one of two serves",
    ),
    Case("GatewayConfigurationNotLoaded", 1, {f'{WAITING},reason="CrashLoopBackOff"}}': "1x60"}),
    Case("GatewayConfigurationNotLoaded", 0, {f'{WAITING},reason="ContainerCreating"}}': "1x60"}),
    Case("GatewayNoHealthyTarget", 1, health("unhealthy", "1x60") | health("healthy", "0x60")),
    Case("GatewayNoHealthyTarget", 0, health("healthy", "1x60")),
)
