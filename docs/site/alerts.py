"""The page of alerts, from the alerts themselves."""

from kubestock.monitoring import (
    AlertGroup,
    DatabaseMetrics,
    Dependency,
    MonitoredProduct,
    MonitoredService,
    Objective,
    ProgramMetrics,
    RequestMetrics,
    Thresholds,
    every_group,
)
from kubestock.values.headers import Comment, generated_by

_ANSWERS = RequestMetrics(
    total="orders_requests_total", status="status_code", seconds="orders_request_seconds", slow_seconds=3
)
_DATABASE = DatabaseMetrics(
    connections_in_use="db_pool_in_use",
    connections_limit=50,
    connections_idle="db_pool_idle",
    query_seconds="db_query_seconds",
)
_EXPORTS = ProgramMetrics(
    requests=_ANSWERS, database=_DATABASE, dependencies=(Dependency(name="payment provider", calls=(_ANSWERS,)),)
)
EVERYTHING = MonitoredProduct(
    name="shop",
    namespace="shop",
    gateway="kong",
    services=tuple(MonitoredService(name=name, port=8080, exports=_EXPORTS) for name in ("orders", "stock")),
    database_connections=200,
    certificate_due=15 * 86400,
    renewals=("ecr-cred-renewal",),
)
"""A product of which every alert can be asked."""

_HEAD = f"""# Alerts

{generated_by("`make pages` from kubestock/monitoring/alerts", Comment.MARKUP)}

What fires, and for how long it must be true first. Each name links the runbook. `Product.monitoring` and
[PrometheusRules](constructs/prometheus-rules.md) make them. An alert is left out where no program exports what it
reads.
[Monitoring](monitoring.md) says what is scraped, and how to change a threshold.

| severity | what it means |
|---|---|
| critical | users notice, or will within minutes: it should wake a person |
| warning | it can wait for the morning |

The expressions below are those of a product `shop` with two services, `orders` and `stock`.
"""


def page() -> str:
    """Return the page."""
    groups = every_group(EVERYTHING, Objective(), Thresholds())
    return "\n".join([_HEAD, *_table(groups), *(line for each in groups for line in _section(each))])


def _table(groups: tuple[AlertGroup, ...]) -> list[str]:
    rows = [
        f"| [{each.name}](runbooks/{each.runbook}) | {group.name} | {each.severity} | {each.for_ or 'at once'} |"
        for group in groups
        for each in group.alerts
    ]
    return ["| alert | group | severity | after |", "|---|---|---|---|", *rows, ""]


def _section(group: AlertGroup) -> list[str]:
    lines = [f"## {group.name.capitalize()}", ""]
    for each in group.alerts:
        lines += [f"### {each.name}", "", f"{each.description} [Runbook](runbooks/{each.runbook}).", ""]
        lines += ["```promql", *map(str.rstrip, each.expression.strip().splitlines()), "```", ""]
    return lines
