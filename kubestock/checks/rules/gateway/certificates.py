"""Rules about the certificates of Ingresses and Gateways."""

from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.facts.makers import keys_of
from kubestock.checks.finding import Problem, Unjudged
from kubestock.values import documents
from kubestock.values.documents import Document

_ISSUER_ANNOTATIONS = ("cert-manager.io/", "kubernetes.io/tls-acme", "gardener.cloud/", "certmanager.k8s.io/")
_MAKERS = ("Secret", "SealedSecret", "ExternalSecret", "Certificate")
_KEYS = ("tls.crt", "tls.key")


@rule(
    "tls-secret",
    title="The Secret of a certificate does not exist or lacks a key",
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
    """The controller uses a self-signed certificate or none, so clients refuse the connection."""
    for document, part, namespace, name in (*_of_ingresses(inventory), *_of_gateways(inventory)):
        keys = keys_of(inventory, "Secret", namespace, name)
        if keys is None:
            yield from _absent(inventory, document, part, namespace, name)
        elif keys.complete and keys.keys and not keys.keys.issuperset(_KEYS):
            yield Problem(
                document,
                f"uses the certificate in Secret {name!r}, which has the keys {', '.join(sorted(keys.keys))}",
                fix="use the keys tls.crt and tls.key in the Secret",
                part=part,
            )


def _absent(
    inventory: Inventory, document: Document, part: Document, namespace: str, name: str
) -> Iterator[Problem | Unjudged]:
    if inventory.provides("Secret", namespace, name):
        return
    message = f"uses the certificate in Secret {name!r}, which is not in the manifests"
    # If the manifests have no Secret at all in the namespace, its Secrets are probably created separately.
    if not inventory.provides_some("Secret") and not any(True for _ in inventory.of_namespace(namespace, *_MAKERS)):
        yield Unjudged(document, f"{message}, and neither is any other Secret of its namespace", part=part)
        return
    yield Problem(document, message, fix="add it, correct the name, or declare it as provided", part=part)


def _of_ingresses(inventory: Inventory) -> Iterator[tuple[Document, Document, str, str]]:
    for ingress in inventory.of_kind("Ingress"):
        if _has_issuer_annotation(ingress):
            continue
        for tls in documents.mappings(ingress, "spec", "tls"):
            name = documents.text(tls, "secretName")
            if name:
                yield ingress, tls, documents.namespace(ingress), name


def _of_gateways(inventory: Inventory) -> Iterator[tuple[Document, Document, str, str]]:
    for gateway in inventory.of_kind("Gateway"):
        if documents.group(gateway) != "gateway.networking.k8s.io" or _has_issuer_annotation(gateway):
            continue
        for listener in documents.mappings(gateway, "spec", "listeners"):
            for each in documents.mappings(listener, "tls", "certificateRefs"):
                name = documents.text(each, "name")
                if name and documents.text(each, "kind") in ("", "Secret"):
                    yield gateway, each, documents.text(each, "namespace") or documents.namespace(gateway), name


def _has_issuer_annotation(document: Document) -> bool:
    return any(key.startswith(_ISSUER_ANNOTATIONS) for key in documents.mapping(document, "metadata", "annotations"))
