"""Rules about the Services and ports to which Ingresses and routes send requests."""

from collections.abc import Iterable, Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.backends import Backend, ingress_backends, route_backends
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.facts.ports import describe_number
from kubestock.checks.finding import Problem, Unjudged, reference
from kubestock.values import documents


@rule(
    "ingress-backend",
    title="An Ingress leads to a Service or a port that does not exist",
    source="https://kubernetes.io/docs/concepts/services-networking/ingress/#the-ingress-resource",
    fails="""
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: orders}
        spec: {defaultBackend: {service: {name: orders, port: {number: 8080}}}}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: orders}
        spec: {type: ExternalName, externalName: orders.example.com, ports: [{port: 80}]}
    """,
    passes="""
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: orders}
        spec: {defaultBackend: {service: {name: orders, port: {number: 80}}}}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: orders}
        spec: {type: ExternalName, externalName: orders.example.com, ports: [{port: 80}]}
    """,
)
def ingress_backend(inventory: Inventory) -> Iterator[Problem | Unjudged]:
    """The controller answers requests with 503, or does not use the Ingress at all."""
    yield from _problems(inventory, inventory.derived(ingress_backends))


@rule(
    "route-backend",
    title="A route leads to a Service or a port that does not exist",
    source="https://gateway-api.sigs.k8s.io/reference/spec/#backendref",
    fails="""
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: orders}
        spec:
          parentRefs: [{name: public}]
          rules: [{backendRefs: [{name: orders, port: 8080}]}]
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: orders}
        spec: {type: ExternalName, externalName: orders.example.com, ports: [{port: 80}]}
    """,
    passes="""
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: orders}
        spec:
          parentRefs: [{name: public}]
          rules: [{backendRefs: [{name: orders, port: 80}]}]
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: orders}
        spec: {type: ExternalName, externalName: orders.example.com, ports: [{port: 80}]}
    """,
)
def route_backend(inventory: Inventory) -> Iterator[Problem | Unjudged]:
    """The gateway cannot resolve the route, and answers its requests with 500."""
    yield from _problems(inventory, inventory.derived(route_backends))


@rule(
    "route-grant",
    title="A route leads to a Service in another namespace without a ReferenceGrant",
    source="https://gateway-api.sigs.k8s.io/api-types/referencegrant/",
    fails="""
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: orders, namespace: edge}
        spec:
          parentRefs: [{name: public}]
          rules: [{backendRefs: [{name: orders, namespace: shop, port: 80}]}]
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: orders, namespace: shop}
        spec: {type: ExternalName, externalName: orders.example.com, ports: [{port: 80}]}
    """,
    passes="""
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: orders, namespace: edge}
        spec:
          parentRefs: [{name: public}]
          rules: [{backendRefs: [{name: orders, namespace: shop, port: 80}]}]
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: orders, namespace: shop}
        spec: {type: ExternalName, externalName: orders.example.com, ports: [{port: 80}]}
        ---
        apiVersion: gateway.networking.k8s.io/v1beta1
        kind: ReferenceGrant
        metadata: {name: edge, namespace: shop}
        spec:
          from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: edge}]
          to: [{group: "", kind: Service}]
    """,
)
def route_grant(inventory: Inventory) -> Iterator[Problem]:
    """Without a ReferenceGrant in the namespace of the Service, the gateway answers the requests with 500."""
    for backend in inventory.derived(route_backends):
        route = backend.document
        # A Service that is not in the manifests can have a grant that is not in them either.
        crosses = backend.namespace != documents.namespace(route) and backend.service_in(inventory) is not None
        if crosses and not _is_granted(inventory, backend):
            yield Problem(
                route,
                f"leads to Service {backend.name!r} in namespace {backend.namespace!r}, but no ReferenceGrant there "
                f"permits this for a {documents.kind(route)} of namespace {documents.namespace(route)!r}",
                fix="add one",
                part=backend.part,
            )


def _problems(inventory: Inventory, backends: Iterable[Backend]) -> Iterator[Problem | Unjudged]:
    for backend in backends:
        service = backend.service_in(inventory)
        if service is None:
            yield from _absent(inventory, backend)
        elif backend.port_in(inventory) is None and backend.port is not None:
            ports = documents.mappings(service, "spec", "ports")
            shown = [documents.text(each, "name") if isinstance(backend.port, str) else "" for each in ports]
            has = (
                ", ".join(name or describe_number(port, "port") for name, port in zip(shown, ports, strict=True))
                or "no ports"
            )
            yield Problem(
                backend.document,
                f"leads to port {backend.port!r} of {reference(service)}, which has {has}",
                fix="correct the port",
                part=backend.part,
            )


def _absent(inventory: Inventory, backend: Backend) -> Iterator[Problem | Unjudged]:
    if inventory.provides("Service", backend.namespace, backend.name) or inventory.find("Service", "", backend.name):
        return
    message = f"leads to Service {backend.name!r}, which is not in the manifests"
    # If the manifests have no Service at all in the namespace, its Services are probably deployed separately.
    has_services = inventory.provides_some("Service") or any(
        True for _ in inventory.of_namespace(backend.namespace, "Service")
    )
    if not has_services:
        yield Unjudged(
            backend.document, f"{message}, and neither is any other Service of its namespace", part=backend.part
        )
        return
    yield Problem(
        backend.document,
        message,
        fix="add it, correct the name, or declare it as provided",
        part=backend.part,
    )


def _is_granted(inventory: Inventory, backend: Backend) -> bool:
    route = backend.document
    for grant in inventory.of_namespace(backend.namespace, "ReferenceGrant"):
        to = any(
            documents.text(each, "kind") == "Service" and documents.text(each, "name") in ("", backend.name)
            for each in documents.mappings(grant, "spec", "to")
        )
        from_ = any(
            documents.text(each, "kind") == documents.kind(route)
            and documents.text(each, "namespace") == documents.namespace(route)
            for each in documents.mappings(grant, "spec", "from")
        )
        if to and from_:
            return True
    return False
