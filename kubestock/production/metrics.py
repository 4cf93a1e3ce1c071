"""What KubeStock's programs export, as they really do; held against their releases of December 2025.

They declare how long queries take (`…_db_query_duration_seconds`) and never count it: it is not here.
"""

from kubestock.monitoring.programs import DatabaseMetrics, ProgramMetrics, RequestMetrics

_SLOW_SECONDS = 3
POOL = 20
"""Connections to its database that one process opens at most: it is written in the programs, and no metric says it."""


def program_metrics(prefix: str, *paths: str) -> ProgramMetrics:
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
            connections_limit=POOL,
            connections_idle=f"{prefix}_db_connections_idle",
        ),
    )
