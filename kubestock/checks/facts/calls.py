"""The calls that the environment of programs announces."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from kubestock.checks.facts.environment import announced
from kubestock.checks.facts.inventory import Inventory, Workload

_DEFAULT_PORTS = {"http": 80, "https": 443}
_IN_CLUSTER = re.compile(r"(?P<name>[^.]+)(\.(?P<namespace>[^.]+)(?P<svc>\.svc(\.cluster\.local)?)?)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call of a Service, and the variable that announces it."""

    variable: str
    name: str
    namespace: str
    port: int
    surely_inside: bool


def calls(inventory: Inventory) -> list[tuple[Workload, Call]]:
    """Return each call with the workload that makes it; a program's own address is none."""
    found = []
    for workload in inventory.workloads:
        read = (
            _read(variable, value, workload.namespace)
            for container in workload.containers
            for variable, value in announced(inventory, workload.namespace, container).items()
        )
        unique = dict.fromkeys(call for call in read if call is not None)
        found += [(workload, call) for call in unique if not _is_own(inventory, workload, call)]
    return found


def _is_own(inventory: Inventory, workload: Workload, call: Call) -> bool:
    # A program is told its own address to announce it to others, not to call itself.
    service = inventory.find("Service", call.namespace, call.name)
    return service is not None and workload in inventory.behind(service)


def _read(variable: str, value: str, namespace: str) -> Call | None:
    if re.search(r"\s|\$\(", value):
        return None
    try:
        url = urlsplit(value)
        host, port = url.hostname or "", url.port
    except ValueError:
        return None
    found = _IN_CLUSTER.fullmatch(host.removesuffix("."))
    if url.scheme not in _DEFAULT_PORTS or found is None or host == "localhost" or ":" in host:
        return None
    return Call(
        variable=variable,
        name=found["name"],
        namespace=found["namespace"] or namespace,
        port=_DEFAULT_PORTS[url.scheme] if port is None else port,
        surely_inside=found["namespace"] is None,
    )
