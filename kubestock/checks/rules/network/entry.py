"""Rules about connections from outside the cluster to pods."""

from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.backends import Backend, ingress_backends, is_alb
from kubestock.checks.facts.connections import endpoints
from kubestock.checks.facts.external_peers import ExternalPeer, blocking_policies
from kubestock.checks.facts.inventory import Inventory, Workload
from kubestock.checks.facts.listening import answering_port
from kubestock.checks.facts.platform_pods import GATEWAYS, policies_blocking_platform_pods
from kubestock.checks.facts.ports import protocol
from kubestock.checks.finding import Problem
from kubestock.values import documents
from kubestock.values.documents import Document


@rule(
    "load-balancer-blocked",
    title="A NetworkPolicy blocks a load balancer",
    source="https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-ipblock-selectors",
    fails="""
        apiVersion: v1
        kind: Service
        metadata: {name: gateway}
        spec: {type: LoadBalancer, selector: {app: gateway}, ports: [{port: 443, targetPort: 8443}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: gateway, labels: {app: gateway}}
        spec: {containers: [{name: gateway, image: "shop/gateway:1.0", ports: [{containerPort: 8443}]}]}
        ---
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: gateway}
        spec:
          podSelector: {matchLabels: {app: gateway}}
          policyTypes: [Ingress]
          ingress: [{from: [{podSelector: {matchLabels: {app: gateway}}}], ports: [{port: 8443}]}]
    """,
    passes="""
        apiVersion: v1
        kind: Service
        metadata: {name: gateway}
        spec: {type: LoadBalancer, selector: {app: gateway}, ports: [{port: 443, targetPort: 8443}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: gateway, labels: {app: gateway}}
        spec: {containers: [{name: gateway, image: "shop/gateway:1.0", ports: [{containerPort: 8443}]}]}
        ---
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: gateway}
        spec:
          podSelector: {matchLabels: {app: gateway}}
          policyTypes: [Ingress]
          ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}], ports: [{port: 8443}]}]
    """,
)
def load_balancer_blocked(inventory: Inventory) -> Iterator[Problem]:
    """Connections through the load balancer time out.

    Clients, nodes and load balancers are not pods, so only a rule with an ipBlock or a rule without peers permits them.
    This applies to Services of type LoadBalancer or NodePort, and to an Ingress of an AWS load balancer.
    """
    for service in inventory.of_kind("Service"):
        if documents.text(service, "spec", "type") in ("LoadBalancer", "NodePort"):
            for port in documents.mappings(service, "spec", "ports"):
                for workload in inventory.workloads_behind(service):
                    yield from _blocked(inventory, service, workload, port, _source_ranges(service))
    for backend in inventory.derived(ingress_backends):
        if is_alb(backend.document):
            for workload, port in _behind(inventory, backend):
                yield from _blocked(inventory, backend.document, workload, port, ())


@rule(
    "ingress-blocked",
    title="A NetworkPolicy blocks the controller of an Ingress",
    source="https://kubernetes.io/docs/concepts/services-networking/ingress/",
    fails="""
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: orders}
        spec:
          ingressClassName: nginx
          defaultBackend: {service: {name: orders, port: {number: 80}}}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: orders}
        spec: {selector: {app: orders}, ports: [{port: 80, targetPort: 3000}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: orders, labels: {app: orders}}
        spec: {containers: [{name: orders, image: "shop/orders:1.0", ports: [{containerPort: 3000}]}]}
        ---
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: orders}
        spec:
          podSelector: {}
          policyTypes: [Ingress]
          ingress: [{from: [{podSelector: {matchLabels: {app: orders}}}]}]
    """,
    passes="""
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: orders}
        spec:
          ingressClassName: nginx
          defaultBackend: {service: {name: orders, port: {number: 80}}}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: orders}
        spec: {selector: {app: orders}, ports: [{port: 80, targetPort: 3000}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: orders, labels: {app: orders}}
        spec: {containers: [{name: orders, image: "shop/orders:1.0", ports: [{containerPort: 3000}]}]}
        ---
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: orders}
        spec:
          podSelector: {}
          policyTypes: [Ingress]
          ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ingress-nginx}}}]}]
    """,
)
def ingress_blocked(inventory: Inventory) -> Iterator[Problem]:
    """Every request through the Ingress times out: no rule permits ingress from the pods of its controller."""
    for backend in inventory.derived(ingress_backends):
        if is_alb(backend.document) or documents.kind(backend.document) != "Ingress":
            continue
        for workload, port in _behind(inventory, backend):
            number = answering_port(inventory, workload, port)
            if number is None or workload.on_host_network:
                continue
            policies = policies_blocking_platform_pods(
                inventory, workload, number, like=GATEWAYS, transport=protocol(port)
            )
            if policies:
                yield _problem(backend.document, workload, number, policies, "the pods of its controller")


def _behind(inventory: Inventory, backend: Backend) -> Iterator[tuple[Workload, Document]]:
    port = backend.port_in(inventory)
    service = backend.service_in(inventory)
    if port is not None and service is not None:
        for workload in inventory.workloads_behind(service):
            yield workload, port


def _blocked(
    inventory: Inventory, entry: Document, workload: Workload, port: Document, ranges: tuple[str, ...]
) -> Iterator[Problem]:
    number = answering_port(inventory, workload, port)
    if number is None or workload.on_host_network:
        return
    names = frozenset(
        documents.text(each, "name")
        for each in workload.ports
        if documents.whole(each, "containerPort") == number and protocol(each) == protocol(port)
    )
    peer = ExternalPeer(port=number, protocol=protocol(port), port_names=names, ranges=ranges)
    policies = blocking_policies(inventory, inventory.derived(endpoints)[workload], peer, "Ingress")
    if policies:
        yield _problem(entry, workload, number, policies, "the addresses of the clients or the load balancer")


def _problem(entry: Document, workload: Workload, number: int, policies: list[Document], source: str) -> Problem:
    return Problem(
        entry,
        f"leads to {workload.reference} on port {number}, but ingress is blocked by NetworkPolicy "
        f"{', '.join(map(documents.name, policies))}",
        fix=f"permit ingress from {source} on that port",
    )


def _source_ranges(service: Document) -> tuple[str, ...]:
    """Return the client ranges of a Service if its pods see client addresses, and not the addresses of nodes."""
    if documents.text(service, "spec", "externalTrafficPolicy") != "Local":
        return ()
    return tuple(documents.texts(service, "spec", "loadBalancerSourceRanges"))
