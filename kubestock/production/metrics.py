"""What KubeStock's programs export, as they really do; held against their releases of December 2025.

They declare two things that they never count. How long queries take (`…_db_query_duration_seconds`) is not here. The
calls of ms-identity to the identity provider (`identity_asgardeo_…`) are, for a release that counts them; until then
its answers tell how those calls end.
"""

from kubestock.monitoring.programs import DatabaseMetrics, Dependency, ProgramMetrics, RequestMetrics
from kubestock.production.services.backend import DatabaseBackend

_SLOW_SECONDS = 3
# Peers write the gateway's prefix, too.
_STOCK_FOR_PEERS = ("bulk-check", "reserve", "release", "confirm-deduction", "return", "adjust")


def _backend(prefix: str, *paths: str) -> ProgramMetrics:
    """Return what a program with a database exports; its label `route` is the path as it was sent, ids included."""
    return ProgramMetrics(
        requests=RequestMetrics(
            total=f"{prefix}_http_requests_total",
            status="status_code",
            seconds=f"{prefix}_http_request_duration_seconds",
            slow_seconds=_SLOW_SECONDS,
            path="route",
            paths=("/", *paths),
        ),
        database=DatabaseMetrics(
            connections_in_use=f"{prefix}_db_connections_active",
            connections_limit=DatabaseBackend.POOL,  # it is written in the programs, and no metric says it
            connections_idle=f"{prefix}_db_connections_idle",
        ),
    )


_IDENTITY = RequestMetrics(
    total="identity_http_requests_total",
    status="status",
    seconds="identity_http_request_duration_seconds",
    slow_seconds=5,
    path="path",
    paths=("/suppliers", "/staff", "/groups", "/users/:userId"),
)
_ASGARDEO = RequestMetrics(
    total="identity_asgardeo_api_calls_total",
    status="status",
    seconds="identity_asgardeo_api_duration_seconds",
    slow_seconds=5,
    failed="5..|401|403|429|error",
)

METRICS = {
    "ms-product": _backend(
        "product_catalog_service",
        "/batch",
        "/api/products/batch",
        "/bulk-approve",
        "/pending-approvals",
        "/categories",
        "/pricing/calculate",
        "/pricing/calculate-bundle",
        "/pricing/compare",
        "/pricing/rules",
        "/lifecycle/pending-approvals",
        "/lifecycle/bulk-approve",
        "/lifecycle/lifecycle-stats",
    ),
    "ms-inventory": _backend(
        "inventory_service",
        "/movements",
        "/analytics",
        "/reorder-suggestions",
        "/receive",
        "/alerts",
        "/alerts/check",
        "/alerts/stats",
        *(f"{prefix}/{each}" for prefix in ("", "/api/inventory") for each in _STOCK_FOR_PEERS),
    ),
    "ms-supplier": _backend("supplier_service", "/purchase-orders", "/purchase-orders/stats", "/profile/me"),
    "ms-order-management": _backend("order_service", "/stats"),
    # Each of its paths calls the provider, and answers 500 or 503 when that fails.
    "ms-identity": ProgramMetrics(
        requests=_IDENTITY, dependencies=(Dependency(name="identity provider", calls=(_ASGARDEO, _IDENTITY)),)
    ),
}
