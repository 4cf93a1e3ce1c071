from case import Case, and_elsewhere, both, histogram
from watched import DATABASE, OTHER_DATABASE

from kubestock.monitoring.programs import DatabaseMetrics

USERS = {"orders": DATABASE, "stock": OTHER_DATABASE}


def pod(container: str, number: int = 1) -> str:
    return f'namespace="shop",pod="{container}-{number}",container="{container}"'


def pool(metrics: DatabaseMetrics, container: str, in_use: int) -> dict[str, str]:
    """One pool for reads and one for writes, with 25 connections each."""
    of = pod(container)
    used = both(metrics.connections_in_use, of, f"{in_use / 2}x60", "pool")
    if isinstance(metrics.connections_limit, int):
        return used
    return used | both(metrics.connections_limit, of, "25x60", "pool")


def queries(metrics: DatabaseMetrics, container: str, within: dict[str, float], number: int = 1) -> dict[str, str]:
    return histogram(metrics.query_seconds, pod(container, number), within) if metrics.query_seconds else {}


def scraped(container: str, values: str = "1x60") -> dict[str, str]:
    return both("up", pod(container), values, "endpoint", ("http", "admin"))


def pools(in_use: int, others: int) -> dict[str, str]:
    found: dict[str, str] = {}
    for container, metrics in USERS.items():
        found |= pool(metrics, container, in_use) | pool(metrics, "web", others)
    return found


def opened(orders: int, idle: int, stock: int) -> dict[str, str]:
    """The open connections of two pods of each service, half of them each; `web` has as many of another instance."""
    found: dict[str, str] = {}
    amounts = {DATABASE.connections_in_use: orders, "db_pool_idle": idle, OTHER_DATABASE.connections_in_use: stock}
    for name, amount in amounts.items():
        container = "stock" if name == OTHER_DATABASE.connections_in_use else "orders"
        found |= {
            f"{name}{{{pod(each, number)}}}": f"{amount / 2}x60" for each in (container, "web") for number in (1, 2)
        }
    return found


def slow(within: dict[str, float], others: dict[str, float]) -> dict[str, str]:
    found: dict[str, str] = {}
    for container, metrics in USERS.items():
        found |= queries(metrics, container, within) | queries(metrics, "web", others)
    return found


def one_pod() -> dict[str, str]:
    found: dict[str, str] = {}
    for container, metrics in USERS.items():
        found |= queries(metrics, container, {"0.5": 80.0, "1": 80.0, "5": 80.0, "+Inf": 80.0})
        found |= queries(metrics, container, {"0.5": 0.0, "1": 0.0, "5": 10.0, "+Inf": 20.0}, 2)
    return found


def exported(container: str, metrics: DatabaseMetrics, without: str = "") -> dict[str, str]:
    """All database metrics of a pod, except one."""
    found = (
        scraped(container) | scraped("web") | pool(metrics, container, 5) | queries(metrics, container, {"+Inf": 1.0})
    )
    return {name: each for name, each in found.items() if not (without and name.startswith(without))}


SLOW, QUICK = {"0.5": 90.0, "1": 94.8, "5": 98.8, "+Inf": 100.0}, {"0.5": 93.0, "1": 96.33, "5": 99.0, "+Inf": 100.0}
BY_POD = tuple(f'container="{each}",pod="{each}-1"' for each in USERS)
MEASURED = ('container="stock"',)

DATABASES = and_elsewhere(
    (
        Case("DatabasePoolNearlyFull", pools(46, 50), {"4m": (), "6m": BY_POD}, "92 %"),
        Case("DatabasePoolNearlyFull", pools(42, 50), {"45m": ()}, "84 %"),
        Case("DatabaseConnectionsNearlyFull", opened(40, 80, 64), {"4m": (), "6m": ("",)}, "92 %"),
        Case("DatabaseConnectionsNearlyFull", opened(40, 80, 48), {"45m": ()}, "84 %"),
        Case("DatabaseQueriesSlow", slow(SLOW, SLOW), {"10m": (), "12m": MEASURED}, "1.2 s"),
        Case("DatabaseQueriesSlow", slow(QUICK, SLOW), {"45m": ()}, "0.8 s"),
        Case("DatabaseQueriesSlow", one_pod(), {"45m": MEASURED}, "one pod of two"),
        *(
            Case(
                "DatabaseMetricsMissing",
                exported(container, metrics, missing),
                {"29m": (), "31m": (f'container="{container}",pod="{container}-1"',)},
                f"no {missing}",
            )
            for container, metrics in USERS.items()
            for missing in (name.removesuffix("_bucket") for name in sorted(metrics.series - {"db_pool_idle"}))
        ),
        *(
            Case("DatabaseMetricsMissing", exported(container, metrics), {"45m": ()}, "all are there")
            for container, metrics in USERS.items()
        ),
        Case(
            "DatabaseMetricsMissing", scraped("orders", "0x60"), {"45m": ()}, "it is not scraped: ScrapeFails says so"
        ),
    )
)
