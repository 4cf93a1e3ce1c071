"""The rule about Secrets in plain text."""

from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.finding import Problem
from kubestock.values import documents


@rule(
    "plain-secret",
    title="A Secret is in plain text",
    source="https://kubernetes.io/docs/concepts/configuration/secret/#information-security-for-secrets",
    fails="""
        apiVersion: v1
        kind: Secret
        metadata: {name: database}
        stringData: {username: orders}
    """,
    passes="""
        apiVersion: bitnami.com/v1alpha1
        kind: SealedSecret
        metadata: {name: database, namespace: shop}
        spec:
          encryptedData: {username: AgBy8hC}
    """,
)
def plain_secret(inventory: Inventory) -> Iterator[Problem]:
    """Base64 is not encryption: everyone who can read the repository can read the Secret."""
    for secret in inventory.of_kind("Secret"):
        for field in ("data", "stringData"):
            if documents.at(secret, field):
                yield Problem(
                    secret,
                    "is a Secret in plain text",
                    fix="seal it: commit a SealedSecret of that name instead",
                    field=(field,),
                )
