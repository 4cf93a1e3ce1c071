"""The metrics that KubeStock's programs export, compared with their releases of December 2025.

They declare a histogram of query durations (`…_db_query_duration_seconds`) but never observe it: it is left out.
"""

from kubestock.monitoring.programs import DatabaseMetrics, ProgramMetrics, RequestMetrics

_SLOW_SECONDS = 3
POOL = 20
"""The largest number of database connections of one process: it is a constant of the programs, without a metric."""


def program_metrics(prefix: str, *paths: str) -> ProgramMetrics:
    """Return the metrics of a program with a database; its label `route` is the path as it was sent, including ids."""
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
