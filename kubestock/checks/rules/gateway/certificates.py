"""Whether the certificates that Ingresses and Gateways serve are there."""

from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.facts.makers import keys_of
from kubestock.checks.finding import Problem, Unjudged
from kubestock.values import documents
from kubestock.values.documents import Document

_MADE_BY_ANNOTATION = ("cert-manager.io/", "kubernetes.io/tls-acme", "gardener.cloud/", "certmanager.k8s.io/")
_MAKERS = ("Secret", "SealedSecret", "ExternalSecret", "Certificate")
_KEYS = ("tls.crt", "tls.key")


@rule(
    "tls-secret",
    title="The Secret of a certificate is not there",
    source=(
        "https://kubernetes.io/docs/concepts/services-networking/ingress/#tls",
        "https://gateway-api.sigs.k8s.io/guides/tls/",
    ),
    fails="""
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: orders}
        spec:
          tls: [{hosts: [orders.example.com], secretName: orders-tls}]
          defaultBackend: {resource: {apiGroup: example.com, kind: Bucket, name: orders}}
        ---
        apiVersion: cert-manager.io/v1
        kind: Certificate
        metadata: {name: orders}
        spec: {secretName: orders, dnsNames: [orders.example.com], issuerRef: {name: public}}
    """,
    passes="""
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: orders}
        spec:
          tls: [{hosts: [orders.example.com], secretName: orders-tls}]
          defaultBackend: {resource: {apiGroup: example.com, kind: Bucket, name: orders}}
        ---
        apiVersion: cert-manager.io/v1
        kind: Certificate
        metadata: {name: orders}
        spec: {secretName: orders-tls, dnsNames: [orders.example.com], issuerRef: {name: public}}
    """,
)
def tls_secret(inventory: Inventory) -> Iterator[Problem | Unjudged]:
    """Clients get a certificate that the controller made up, or none, and refuse the connection."""
    for document, part, namespace, name in (*_of_ingresses(inventory), *_of_gateways(inventory)):
        keys = keys_of(inventory, "Secret", namespace, name)
        if keys is None:
            yield from _absent(inventory, document, part, namespace, name)
        elif keys.complete and keys.keys and not keys.keys.issuperset(_KEYS):
            yield Problem(
                document,
                f"serves the certificate of Secret {name!r}, which has the keys {', '.join(sorted(keys.keys))}",
                fix="name its keys tls.crt and tls.key",
                part=part,
            )


def _absent(
    inventory: Inventory, document: Document, part: Document, namespace: str, name: str
) -> Iterator[Problem | Unjudged]:
    if inventory.provides("Secret", namespace, name):
        return
    message = f"serves the certificate of Secret {name!r}, which is not in the chart"
    # Where nothing is said of the Secrets of the namespace, they are made apart.
    if not inventory.provides_some("Secret") and not any(True for _ in inventory.of_namespace(namespace, *_MAKERS)):
        yield Unjudged(document, f"{message}, nor is any Secret of its namespace", part=part)
        return
    yield Problem(document, message, fix="add it, correct the name, or declare it as provided", part=part)


def _of_ingresses(inventory: Inventory) -> Iterator[tuple[Document, Document, str, str]]:
    for ingress in inventory.of_kind("Ingress"):
        if _is_made_by_annotation(ingress):
            continue
        for tls in documents.mappings(ingress, "spec", "tls"):
            name = documents.text(tls, "secretName")
            if name:
                yield ingress, tls, documents.namespace(ingress), name


def _of_gateways(inventory: Inventory) -> Iterator[tuple[Document, Document, str, str]]:
    for gateway in inventory.of_kind("Gateway"):
        if documents.group(gateway) != "gateway.networking.k8s.io" or _is_made_by_annotation(gateway):
            continue
        for listener in documents.mappings(gateway, "spec", "listeners"):
            for each in documents.mappings(listener, "tls", "certificateRefs"):
                name = documents.text(each, "name")
                if name and documents.text(each, "kind") in ("", "Secret"):
                    yield gateway, each, documents.text(each, "namespace") or documents.namespace(gateway), name


def _is_made_by_annotation(document: Document) -> bool:
    return any(key.startswith(_MADE_BY_ANNOTATION) for key in documents.mapping(document, "metadata", "annotations"))
