"""Outages of all services with a database at once, and of one service only."""

from case import Case, and_elsewhere, both

from cases.traffic import Phases, failing

RESTARTS = "kube_pod_container_status_restarts_total"
AVAILABLE = "kube_deployment_status_replicas_available"
USERS = ("orders", "stock")
KONG = {"orders": "orders.8080", "stock": "stock.8082", "web": "web.8081"}


def restarts(**containers: str) -> dict[str, str]:
    """Return the restarts of two pods of each service, as two replicas of the exporter report them."""
    found: dict[str, str] = {}
    for container, amount in containers.items():
        for number in (1, 2):
            of = f'namespace="shop",pod="{container}-{number}",container="{container}"'
            found |= both(RESTARTS, of, amount)
    return found


def answers(requests: float, **failures: float) -> dict[str, str]:
    """Return the responses of services in each minute for an hour, with a share of errors."""
    found: dict[str, str] = {}
    for service, share in failures.items():
        every: Phases = ((requests, 60),)
        found |= failing(KONG[service], every, ((requests * share, 60),))
    return found


def available(**pods: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for deployment, amount in pods.items():
        found |= both(AVAILABLE, f'namespace="shop",deployment="{deployment}"', amount)
    return found


ONCE, OFTEN, SELDOM = "0x30 1x90", "0x30 1 2 3x200", "0x20 1x150 2x150 3x60"
TOGETHER = ("",)
ORDERS = tuple(f'pod="orders-{number}",container="orders"' for number in (1, 2))

OUTAGES = and_elsewhere(
    (
        Case(
            "DatabaseConnectionsLost",
            restarts(orders=ONCE, stock="0x32 1x90"),
            {"30m": (), "34m": TOGETHER, "45m": ()},
            "it restarted, and so did those with a connection",
        ),
        Case("DatabaseConnectionsLost", restarts(orders=ONCE, web=ONCE), {"34m": ()}, "one has no database"),
        Case("DatabaseConnectionsLost", restarts(orders=ONCE, stock="0x60 1x60"), {"34m": (), "64m": ()}, "by chance"),
        Case(
            "DatabaseConnectionsLost",
            restarts(orders="_x30 0x2 1x60", stock="_x30 0 1x60"),
            {"33m": (), "34m": (), "39m": (), **dict.fromkeys((f"{minute}m" for minute in range(40, 46)), ())},
            "pods that start together for the first time",
        ),
        Case(
            "DatabaseConnectionsLost",
            restarts(orders=OFTEN, stock=OFTEN),
            {"30m": (), "60m": TOGETHER, "148m": TOGETHER, "153m": ()},
            "it was away for long: they tried again and again",
        ),
        Case(
            "DatabaseConnectionsLost",
            restarts(orders=SELDOM, stock=SELDOM),
            {"300m": (), "323m": TOGETHER, "340m": TOGETHER},
            "every two and a half hours",
        ),
        Case("DatabaseConnectionsLost", restarts(orders="6x90", stock="6x90"), {"45m": ()}, "long ago"),
        Case(
            "DatabaseConnectionsLost",
            restarts(orders="6x30 7x90", stock="6x30 7x90"),
            {"30m": (), "34m": TOGETHER},
            "not for the first time",
        ),
        Case("DatabaseConnectionsLost", restarts(orders=OFTEN, web=OFTEN), {"60m": ()}, "one has no database, often"),
        Case(
            "DatabaseConnectionsLost",
            restarts(orders="0x30 2x200", stock="0x30 2x200"),
            {"60m": ()},
            "two restarts are not three",
        ),
        Case(
            "DatabaseConnectionsLost",
            restarts(orders="6x30 0x90", stock="6x30 0x90"),
            {"32m": (), "60m": ()},
            "the count begins again",
        ),
        Case(
            "PodRestarts",
            restarts(orders=OFTEN, stock=OFTEN, web="0x200"),
            {"60m": ()},
            "their database ends them: DatabaseConnectionsLost says so",
        ),
        Case(
            "PodRestarts",
            restarts(orders=OFTEN, stock=OFTEN, web=OFTEN),
            {"60m": tuple(f'pod="web-{number}",container="web"' for number in (1, 2))},
            "one of them has no database",
        ),
        Case(
            "PodRestarts", restarts(orders=SELDOM, stock=SELDOM), {"323m": ()}, "their database ends them now and then"
        ),
        Case("PodRestarts", restarts(orders=OFTEN, stock="0x30 2x200"), {"60m": ORDERS}, "the other one did twice"),
        Case(
            "PodRestarts",
            restarts(orders="0x200 1 2 3x60", stock="0x30 1 2 3x240"),
            {"210m": ORDERS},
            "the other one has recovered",
        ),
        Case(
            "PodRestarts",
            restarts(orders=OFTEN, stock=ONCE, web=OFTEN),
            {"60m": tuple(f'pod="{of}-{number}",container="{of}"' for of in ("orders", "web") for number in (1, 2))},
            "one of those with a database alone",
        ),
        Case(
            "DatabaseUnavailable",
            answers(6, orders=0.6, stock=0.6, web=0.0),
            {"1m": (), "9m": TOGETHER},
            "those with a database fail, and no other",
        ),
        Case("DatabaseUnavailable", answers(6, orders=0.6, stock=0.41), {"45m": ()}, "one of them fails less"),
        Case("DatabaseUnavailable", answers(6, orders=0.6, web=0.6), {"45m": ()}, "the other one is asked nothing"),
        Case("DatabaseUnavailable", answers(0.8, orders=1.0, stock=1.0), {"45m": ()}, "a few requests at night"),
        Case("DatabaseUnavailable", answers(1.2, orders=1.0, stock=1.0), {"45m": TOGETHER}, "enough requests"),
        Case(
            "DatabaseUnavailable",
            available(orders="2x30 0x60", stock="2x30 0x60", web="2x90"),
            {"32m": (), "33m": TOGETHER},
            "none of their pods starts, and there are no requests",
        ),
        Case(
            "DatabaseUnavailable", available(orders="1x30 0x60", stock="1x30 0x60"), {"33m": TOGETHER}, "one pod each"
        ),
        Case(
            "DatabaseUnavailable",
            answers(6, orders=0.6) | answers(0, stock=0.0),
            {"45m": ()},
            "the other one was asked before, and is not any more",
        ),
        Case("DatabaseUnavailable", available(orders="2x30 0x60", stock="2x30 1x60"), {"45m": ()}, "one still serves"),
        Case("DatabaseUnavailable", available(orders="2x30 0x60", web="2x30 0x60"), {"45m": ()}, "one has no database"),
        Case("DatabaseUnavailable", available(orders="0x60", stock="0x60"), {"45m": ()}, "the first deployment"),
    )
)
