"""Services of workloads."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Literal

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import k8s
from kubestock.kube.peers import IpBlocks
from kubestock.kube.scalars import int_or_string
from kubestock.values import names
from kubestock.values.numbers import seconds
from kubestock.values.value import Value
from kubestock.workload.annotations import service_annotations
from kubestock.workload.ports import Port

_NODE_PORTS = (30000, 32767)
ServiceType = Literal["ClusterIP", "NodePort", "LoadBalancer"]


class Service(Value):
    """Makes the pods of a workload reachable by name: a Service, whose target ports are the named ports of the pods.

    Args:
        name: Defaults to the name of the workload.
        ports: the names of its ports. Defaults to all ports of the pods.
        type: Defaults to ClusterIP.
        headless: the name resolves to the addresses of the pods. Defaults to false.
        publish_not_ready_addresses: publish addresses of pods before they are ready. Defaults to false.
        load_balancer_source_ranges: the addresses of clients that may connect to a LoadBalancer, as CIDRs. Defaults to
            all.
        external_traffic_policy: `Local` keeps the client's address and uses only nodes that have a pod.
        annotations: annotations of the Service, for example for a cloud load balancer. Defaults to none.
        node_ports: the port number on every node for each named port, 30000 to 32767. Defaults to numbers that the
            cluster chooses.
        deregistration_seconds: how long clients still connect to a pod that is being deleted: a cloud load balancer
            with policy Local sends traffic until its health checks fail, 90 s and more. The pods keep serving this
            long, and their grace period is longer by it. Defaults to the pause of the container.

    Raises:
        ConfigurationError: if the name is malformed, an argument requires another type of Service, a port is
            duplicated, or the API server would reject a range or an annotation.
    """

    name: str | None = None
    ports: tuple[str, ...] | None = None
    type: ServiceType = "ClusterIP"
    headless: bool = False
    publish_not_ready_addresses: bool = False
    load_balancer_source_ranges: tuple[str, ...] = ()
    external_traffic_policy: Literal["Cluster", "Local"] | None = None
    annotations: Mapping[str, str] = field(default_factory=dict)
    node_ports: Mapping[str, int] = field(default_factory=dict)
    deregistration_seconds: int | None = None

    def check(self) -> None:
        if self.name is not None:
            names.service_name("Service name", self.name)
        if self.headless and self.type != "ClusterIP":
            raise ConfigurationError(f"a headless Service must be of type ClusterIP, got {self.type}")
        if self.load_balancer_source_ranges and self.type != "LoadBalancer":
            raise ConfigurationError(f"load_balancer_source_ranges require type LoadBalancer, got {self.type}")
        if self.external_traffic_policy and self.type == "ClusterIP":
            raise ConfigurationError("external_traffic_policy requires type NodePort or LoadBalancer, got ClusterIP")
        if self.ports is not None and not self.ports:
            raise ConfigurationError(
                "ports of a Service must have at least one name, got none; leave ports out for all ports"
            )
        for name in self.ports or ():
            if (self.ports or ()).count(name) > 1:
                raise ConfigurationError(f"port {name!r} must be unique in ports of a Service; remove the duplicates")
        self._check_node_ports()
        if self.deregistration_seconds is not None:
            seconds("deregistration_seconds", self.deregistration_seconds)
        service_annotations(self.annotations)
        IpBlocks(ranges=self.load_balancer_source_ranges or ("0.0.0.0/0",))

    def _check_node_ports(self) -> None:
        if self.node_ports and self.type == "ClusterIP":
            raise ConfigurationError("node_ports require type NodePort or LoadBalancer, got ClusterIP")
        lowest, highest = _NODE_PORTS
        for name, number in self.node_ports.items():
            if not lowest <= number <= highest:
                raise ConfigurationError(f"node_ports[{name!r}] must be from {lowest} to {highest}, got {number}")
            if list(self.node_ports.values()).count(number) > 1:
                raise ConfigurationError(f"each number in node_ports must be unique, got {number} twice; change one")

    def to_kube(self, selector: Mapping[str, str], offered: Sequence[Port]) -> k8s.ServiceSpec:
        """Return the binding for the given ports of the pods."""
        return k8s.ServiceSpec(
            type=self.type,
            cluster_ip="None" if self.headless else None,
            selector=dict(selector),
            ports=[self._port(port) for port in offered],
            publish_not_ready_addresses=self.publish_not_ready_addresses or None,
            load_balancer_source_ranges=list(self.load_balancer_source_ranges) or None,
            external_traffic_policy=self.external_traffic_policy,
        )

    def port_of(self, port: Port) -> int:
        """Return its number for a port: a headless Service has the port numbers of the pods."""
        return port.number if self.headless else port.service_port_number

    def _port(self, port: Port) -> k8s.ServicePort:
        return k8s.ServicePort(
            name=port.name,
            port=self.port_of(port),
            target_port=int_or_string(port.name),
            protocol=port.protocol,
            app_protocol=port.app_protocol,
            node_port=self.node_ports.get(port.name),
        )


def offered_ports(
    workload: str, services: Sequence[Service] | None, ports: Sequence[Port]
) -> list[tuple[Service, list[Port]]]:
    """Return each Service with its ports.

    Raises:
        ConfigurationError: if a Service has a port that no container has, has no port, or has two ports with the same
            number.
    """
    if services is None:
        services = [Service()] if ports else []
    known = {port.name: port for port in ports}
    offered = []
    for service in services:
        for name in service.ports or known or ("",):
            if name not in known:
                raise ConfigurationError(
                    f"ports of Service {service.name or workload!r} must be ports of a container "
                    f"({', '.join(known) or 'none'}), got {name!r}"
                )
        for name in service.node_ports:
            if name not in (service.ports or known):
                raise ConfigurationError(
                    f"node_ports of Service {service.name or workload!r} must name ports of the Service "
                    f"({', '.join(service.ports or known) or 'none'}), got {name!r}"
                )
        chosen = [known[name] for name in service.ports or known]
        _check_numbers(service, service.name or workload, chosen)
        offered.append((service, chosen))
    return offered


def _check_numbers(service: Service, name: str, ports: Sequence[Port]) -> None:
    taken: dict[tuple[int, str], str] = {}
    for port in ports:
        number = service.port_of(port)
        other = taken.setdefault((number, port.protocol), port.name)
        if other != port.name:
            raise ConfigurationError(
                f"port numbers of Service {name!r} must be unique, got {number}/{port.protocol} for {other!r} and "
                f"{port.name!r}; give one of them another service_port, or list the ports of the Service in ports"
            )
