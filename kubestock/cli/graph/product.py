"""Draws a product: its calls, the routes of requests from outside, and where data is kept."""

from collections.abc import Collection, Iterable, Iterator

from kubestock.checks import Inventory
from kubestock.checks.facts.calls import Call, read_calls, service_of
from kubestock.checks.facts.connections import endpoints
from kubestock.checks.facts.entries import entries
from kubestock.checks.facts.entry import Entry
from kubestock.checks.facts.environment import known_variables, referenced_variables
from kubestock.checks.facts.external_peers import ExternalPeer, blocking_policies
from kubestock.checks.facts.inventory import Workload
from kubestock.checks.facts.reach import ALL_PORTS, ANYWHERE, permitted_connections
from kubestock.checks.facts.references import references_of_workloads
from kubestock.cli.graph.model import Box, Line, Look, Picture
from kubestock.cli.graph.names import KEPT, plain_path, requirement, title_of
from kubestock.values import documents

_CLIENTS = "clients"
_MOST_LINES = 5
_DATABASE_NAMES = ("DB_NAME", "DATABASE", "DATABASE_NAME", "POSTGRES_DB")
_EXPOSED = ("LoadBalancer", "NodePort")
_EVERYWHERE = ("0.0.0.0/0", "::/0")


def picture_of(inventory: Inventory) -> Picture:
    """Return the picture of all objects."""
    drawn = _Drawn(inventory)
    drawn.add_workloads()
    drawn.add_entries()
    drawn.add_calls()
    drawn.add_permitted()
    drawn.add_ranges()
    namespaces = sorted({each.namespace for each in inventory.workloads if each.namespace})
    return Picture(title=", ".join(namespaces), boxes=[*drawn.boxes.values()], lines=[*drawn.lines.values()])


class _Drawn:
    """The boxes and lines, without duplicates."""

    def __init__(self, inventory: Inventory) -> None:
        self.boxes: dict[str, Box] = {}
        self.lines: dict[tuple[str, str], Line] = {}
        self._inventory = inventory
        self._ports: dict[str, set[int | None]] = {}
        """The ports at which a workload calls hosts outside the cluster."""

    def add_workloads(self) -> None:
        """Draw each workload with its ports and its Secrets."""
        several = len({each.namespace for each in self._inventory.workloads}) > 1
        secrets = dict(_secrets(self._inventory))
        for each in self._inventory.workloads:
            ports = [number for port in each.ports if (number := documents.whole(port, "containerPort")) is not None]
            shown = ", ".join(map(str, dict.fromkeys(ports)))
            text = [f"{each.kind}, {shown}" if shown else each.kind, *_some(secrets.get(each, []))]
            look = Look.DATABASE if not KEPT.keys().isdisjoint(ports) else Look.WORKLOAD
            if several and each.namespace:
                text.insert(1, f"namespace {each.namespace}")
            self._box(each.reference, each.name, text, look)

    def add_entries(self) -> None:
        """Draw the routes to each workload in one box, and the clients before gateways and exposed Services."""
        several_hosts = len({each.hosts for each in entries(self._inventory)}) > 1
        by_target: dict[tuple[str, str], list[Entry]] = {}
        for entry in entries(self._inventory):
            for target in entry.targets:
                by_target.setdefault((entry.gateway, target), []).append(entry)
        for (gateway, target), found in by_target.items():
            title, *text = _routes(found, with_hosts=several_hosts)
            box = f"routes of {gateway} to {target}"
            if gateway not in self.boxes:
                self._box(_CLIENTS, _CLIENTS, [], Look.OUTSIDE)
                text.insert(0, gateway)
            if target not in self.boxes:
                self._box(target, title_of(target), [], Look.OUTSIDE)
            self._box(box, title, text, Look.ROUTE)
            self._line(gateway if gateway in self.boxes else _CLIENTS, box)
            self._line(box, target)
        for service in self._inventory.of_kind("Service"):
            kind = documents.text(service, "spec", "type")
            for workload in self._inventory.workloads_behind(service) if kind in _EXPOSED else ():
                self._box(_CLIENTS, _CLIENTS, [], Look.OUTSIDE)
                self._line(_CLIENTS, workload.reference, kind)

    def add_calls(self) -> None:
        """Draw the calls of programs, and the databases whose host only the cluster knows."""
        led = {(each.gateway, target) for each in entries(self._inventory) for target in each.targets}
        found = self._inventory.derived(read_calls)
        for workload, call in found.calls:
            for target in self._targets(workload, call):
                if (workload.reference, target) not in led:
                    self._line(workload.reference, target, "" if call.port is None else str(call.port))
        for workload, unread in found.unknown_hosts:
            if unread.port in KEPT:
                name = next(_databases(self._inventory, workload), "")
                text = [f"{KEPT[unread.port]}, {unread.port}", unread.why.removeprefix("it is ").replace("'", "")]
                box = f"{unread.port} of {unread.why}, {name}"
                self._ports.setdefault(workload.reference, set()).add(unread.port)
                self._box(box, name or KEPT[unread.port], text, Look.DATABASE)
                self._line(workload.reference, box)

    def add_permitted(self) -> None:
        """Draw what policies allow between two workloads: a program may call a host that no manifest names."""
        permitted = sorted(permitted_connections(self._inventory))
        # A workload that may connect anywhere is not drawn, because the policy of the target does not mean it.
        own = {each.reference for each in self._inventory.workloads}
        own -= {each.source for each in permitted if each.destination == ANYWHERE}
        led = {(each.gateway, target) for each in entries(self._inventory) for target in each.targets}
        for each in permitted:
            ends = (each.source, each.destination)
            if own.issuperset(ends) and each.port != ALL_PORTS and ends not in led:
                self._line(*ends, each.port.partition("/")[0])

    def add_ranges(self) -> None:
        """Draw the address ranges that a policy opens, where it is not known who is called there."""
        own = {each.reference for each in self._inventory.workloads}
        for each in sorted(permitted_connections(self._inventory)):
            number = each.port.partition("/")[0]
            known = self._ports.get(each.source, set())
            if (
                each.source in own
                and each.destination[:1].isdigit()
                and not (number.isdigit() and int(number) in known)
            ):
                everywhere = each.destination.partition(" except ")[0] in _EVERYWHERE
                title = "internet" if everywhere else each.destination
                self._box(f"{title} {each.port}", title, [each.port], Look.OUTSIDE)
                self._line(each.source, f"{title} {each.port}")

    def _targets(self, workload: Workload, call: Call) -> Iterator[str]:
        service = service_of(self._inventory, call)
        if service is not None:
            yield from (each.reference for each in self._inventory.workloads_behind(service) if each is not workload)
        elif call.host.name or not self._is_blocked(workload, call):
            look = Look.DATABASE if call.port in KEPT else Look.OUTSIDE
            title = f"{call.host.name}.{call.host.namespace}" if call.host.name else call.host.shown
            port = (
                []
                if call.port is None
                else [f"{KEPT[call.port]}, {call.port}" if call.port in KEPT else str(call.port)]
            )
            self._ports.setdefault(workload.reference, set()).add(call.port)
            self._box(title, title, port, look)
            yield title

    def _is_blocked(self, workload: Workload, call: Call) -> bool:
        """Whether policies block a call to a host outside: a browser may call what its page's server does not."""
        aim = ExternalPeer(port=call.port, protocol=call.protocol, address=call.host.address)
        pods = self._inventory.derived(endpoints)[workload]
        return not workload.on_host_network and bool(blocking_policies(self._inventory, pods, aim, "Egress"))

    def _box(self, id: str, title: str, text: Iterable[str], look: Look) -> None:
        self.boxes.setdefault(id, Box(id=id, title=title or "(no name)", text=tuple(text), look=look))

    def _line(self, source: str, target: str, label: str = "") -> None:
        if source != target:
            self.lines.setdefault((source, target), Line(source=source, target=target, label=label))


def _secrets(inventory: Inventory) -> Iterator[tuple[Workload, list[str]]]:
    for workload, references in inventory.derived(references_of_workloads):
        names = (each.name for each in references if each.kind == "Secret" and each.place != "imagePullSecrets")
        yield workload, [f"secret {each}" for each in dict.fromkeys(names)]


def _databases(inventory: Inventory, workload: Workload) -> Iterator[str]:
    """Yield the names of databases that the environment of a workload says."""
    for container in workload.containers:
        for name, value in known_variables(inventory, workload.namespace, container).items():
            if name.upper().endswith(_DATABASE_NAMES) and not referenced_variables(value):
                yield value


def _routes(found: Collection[Entry], *, with_hosts: bool) -> list[str]:
    """Return the paths that the first requirement protects, then the requirement, then the others in short."""
    by_requirement: dict[tuple[str, ...], list[str]] = {}
    for each in found:
        for host in each.hosts or ("*",):
            by_requirement.setdefault(each.requires, []).append(f"{host * with_hosts}{plain_path(each.path)}")
    (first, paths), *others = by_requirement.items()
    rest = [f"{requirement(requires)}: {', '.join(dict.fromkeys(inside))}" for requires, inside in others]
    return [", ".join(dict.fromkeys(paths)), requirement(first), *_some(rest)]


def _some(lines: list[str]) -> list[str]:
    return (
        lines if len(lines) <= _MOST_LINES else [*lines[: _MOST_LINES - 1], f"and {len(lines) - _MOST_LINES + 1} more"]
    )
