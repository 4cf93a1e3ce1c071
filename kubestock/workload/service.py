"""How a workload is reached by name."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Literal

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import k8s
from kubestock.kube.peers import Cidrs
from kubestock.kube.scalars import int_or_string
from kubestock.values import names
from kubestock.values.numbers import seconds
from kubestock.values.value import Value
from kubestock.workload.annotations import service_annotations
from kubestock.workload.ports import Port

_NODE_PORTS = (30000, 32767)
ServiceType = Literal["ClusterIP", "NodePort", "LoadBalancer"]


class Service(Value):
    """A Service in front of the pods of a workload; its target ports are the pods' named ports.

    Args:
        name: Defaults to the workload's own.
        ports: names of the ports it offers. Defaults to all.
        type: Defaults to ClusterIP.
        headless: the name then resolves to the pods themselves. Defaults to false.
        publish_not_ready_addresses: name pods before they are ready. Defaults to false.
        source_ranges: who may dial a LoadBalancer, as CIDRs. Defaults to everybody.
        external_traffic_policy: `Local` keeps the client's address and serves from nodes that have a pod.
        annotations: for the cloud's load balancer, say. Defaults to none.
        node_ports: the fixed number of each named port on every node, 30000 to 32767. Defaults to numbers that the
            cluster chooses.
        withdrawal_seconds: how long clients still arrive after a pod has been taken out of service: a cloud load
            balancer with policy Local sends on until its health checks fail, 90 s and more. The pods serve as long
            before they end, and their grace period follows. Defaults to the pause of the container.

    Raises:
        ConfigurationError: if the name is malformed, an argument needs another type of Service, a port is named
            twice, or a range or an annotation is one that the API server refuses.
    """

    name: str | None = None
    ports: tuple[str, ...] | None = None
    type: ServiceType = "ClusterIP"
    headless: bool = False
    publish_not_ready_addresses: bool = False
    source_ranges: tuple[str, ...] = ()
    external_traffic_policy: Literal["Cluster", "Local"] | None = None
    annotations: Mapping[str, str] = field(default_factory=dict)
    node_ports: Mapping[str, int] = field(default_factory=dict)
    withdrawal_seconds: int | None = None

    def check(self) -> None:
        if self.name is not None:
            names.service_name("Service name", self.name)
        if self.headless and self.type != "ClusterIP":
            raise ConfigurationError(f"a headless Service must be of type ClusterIP, got {self.type}")
        if self.source_ranges and self.type != "LoadBalancer":
            raise ConfigurationError(f"source_ranges need type LoadBalancer, got {self.type}")
        if self.external_traffic_policy and self.type == "ClusterIP":
            raise ConfigurationError("external_traffic_policy needs type NodePort or LoadBalancer, got ClusterIP")
        if self.ports is not None and not self.ports:
            raise ConfigurationError("ports of a Service must name at least one, or be left out for all")
        for name in self.ports or ():
            if (self.ports or ()).count(name) > 1:
                raise ConfigurationError(f"port {name!r} of a Service must be named once; remove the others")
        self._check_node_ports()
        if self.withdrawal_seconds is not None:
            seconds("withdrawal_seconds", self.withdrawal_seconds)
        service_annotations(self.annotations)
        Cidrs(ranges=self.source_ranges or ("0.0.0.0/0",))

    def _check_node_ports(self) -> None:
        if self.node_ports and self.type == "ClusterIP":
            raise ConfigurationError("node_ports need type NodePort or LoadBalancer, got ClusterIP")
        lowest, highest = _NODE_PORTS
        for name, number in self.node_ports.items():
            if not lowest <= number <= highest:
                raise ConfigurationError(
                    f"node_ports[{name!r}] must be from {lowest} to {highest}, the range of a cluster, got {number}"
                )
            if list(self.node_ports.values()).count(number) > 1:
                raise ConfigurationError(f"node_ports must give each port a number of its own, got {number} twice")

    def to_kube(self, selector: Mapping[str, str], offered: Sequence[Port]) -> k8s.ServiceSpec:
        """Return the binding over those ports of the pods."""
        return k8s.ServiceSpec(
            type=self.type,
            cluster_ip="None" if self.headless else None,
            selector=dict(selector),
            ports=[self._port(port) for port in offered],
            publish_not_ready_addresses=self.publish_not_ready_addresses or None,
            load_balancer_source_ranges=list(self.source_ranges) or None,
            external_traffic_policy=self.external_traffic_policy,
        )

    def port_of(self, port: Port) -> int:
        """Return the number under which it offers a port: a headless one leads straight to the pods."""
        return port.number if self.headless else port.in_front

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
    """Return each Service with the ports of the pods that it offers.

    Raises:
        ConfigurationError: if a Service offers a port that no container has, or has none to offer, or two of its
            ports have one number.
    """
    if services is None:
        services = [Service()] if ports else []
    known = {port.name: port for port in ports}
    offered = []
    for service in services:
        for name in service.ports or known or ("",):
            if name not in known:
                raise ConfigurationError(
                    f"Service {service.name or workload!r} must offer a port that a container has "
                    f"({', '.join(known) or 'none'}), got {name!r}"
                )
        for name in service.node_ports:
            if name not in (service.ports or known):
                raise ConfigurationError(
                    f"node_ports of Service {service.name or workload!r} must name ports that it offers "
                    f"({', '.join(service.ports or known) or 'none'}), got {name!r}"
                )
        chosen = [known[name] for name in service.ports or known]
        _refuse_one_number(service, service.name or workload, chosen)
        offered.append((service, chosen))
    return offered


def _refuse_one_number(service: Service, name: str, ports: Sequence[Port]) -> None:
    taken: dict[tuple[int, str], str] = {}
    for port in ports:
        number = service.port_of(port)
        other = taken.setdefault((number, port.protocol), port.name)
        if other != port.name:
            raise ConfigurationError(
                f"Service {name!r} must offer each port under a number of its own, got {number}/{port.protocol} for "
                f"{other!r} and {port.name!r}; give one of them another service_port, or name the ports of the Service"
            )
