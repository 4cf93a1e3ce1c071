"""Alerts on refused requests, by route."""

from kubestock.monitoring.alert import Alert, AlertGroup
from kubestock.monitoring.product import MonitoredProduct
from kubestock.monitoring.thresholds import Thresholds


def security(product: MonitoredProduct, thresholds: Thresholds) -> AlertGroup:
    """Return the alerts on responses 401, 429 and 403, and on requests without a route."""
    came = f"sum(rate(kong_nginx_requests_total{{{product.here}}}[5m]))"
    routed = f"sum(rate(kong_http_requests_total{{{product.here}}}[5m]))"
    return AlertGroup(
        name="security",
        alerts=(
            Alert(
                name="AuthenticationFails",
                expression=_answers(product, 401, thresholds.unauthorized_per_second),
                for_="10m",
                severity="warning",
                summary="{{ $labels.route }} returns 401 {{ $value | humanize }} times a second",
                description="From many addresses: the identity provider rotated its key. From few: an attacker "
                "guesses credentials.",
                runbook="AuthenticationFails.md",
            ),
            Alert(
                name="RateLimitHit",
                expression=_answers(product, 429, thresholds.limited_per_second),
                for_="10m",
                severity="warning",
                summary="{{ $labels.route }} returns 429 {{ $value | humanize }} times a second",
                description="Find the clients by their addresses: a client in a loop, an attack, or genuine growth.",
                runbook="RateLimitHit.md",
            ),
            Alert(
                name="RequestsForbidden",
                expression=_answers(product, 403, thresholds.forbidden_per_second),
                for_="10m",
                severity="warning",
                summary="{{ $labels.route }} returns 403 {{ $value | humanize }} times a second",
                description="A client with a valid credential requests a route that it may not use. Find the consumer "
                "in the log.",
                runbook="RequestsForbidden.md",
            ),
            Alert(
                name="GatewayRequestsUnrouted",
                # nginx refuses a flood before Kong matches a route. Kong counts requests with a route, not redirects.
                expression=f"{came} - ({routed} or vector(0)) > {thresholds.unrouted_per_second:g}",
                for_="10m",
                severity="warning",
                summary=f"{{{{ $value | humanize }}}} requests a second to {product.namespace} reach no service",
                description="A flood that nginx answers with 429, a scan of unknown paths, or plain HTTP, which Kong "
                "redirects and does not count. Find the clients.",
                runbook="GatewayRequestsUnrouted.md",
            ),
        ),
    )


def _answers(product: MonitoredProduct, code: int, per_second: float) -> str:
    selected = f'kong_http_requests_total{{{product.served},code="{code}"}}'
    return f"sum by (namespace, service, route) (rate({selected}[5m])) > {per_second:g}"
