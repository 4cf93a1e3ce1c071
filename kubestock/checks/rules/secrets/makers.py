"""Rules about the objects that create Secrets."""

from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.facts.makers import makers_of_secrets
from kubestock.checks.finding import Problem
from kubestock.values import documents
from kubestock.values.documents import Document
from kubestock.values.makers import PROGRAMS


@rule(
    "one-maker",
    title="Two objects create the same Secret",
    source="https://kubernetes.io/docs/concepts/architecture/controller/#design",
    fails="""
        apiVersion: bitnami.com/v1alpha1
        kind: SealedSecret
        metadata: {name: pull, namespace: shop}
        spec:
          encryptedData: {.dockerconfigjson: AgBy8hC}
        ---
        apiVersion: external-secrets.io/v1
        kind: ExternalSecret
        metadata: {name: pull, namespace: shop}
        spec:
          data:
            - secretKey: .dockerconfigjson
              remoteRef: {key: pull}
    """,
    passes="""
        apiVersion: bitnami.com/v1alpha1
        kind: SealedSecret
        metadata: {name: pull, namespace: shop}
        spec:
          encryptedData: {.dockerconfigjson: AgBy8hC}
    """,
)
def one_maker(inventory: Inventory) -> Iterator[Problem]:
    """Each controller overwrites the values of the other, so an expired value can replace a renewed one."""
    first: dict[tuple[str, str], Document] = {}
    for maker, name in makers_of_secrets(inventory):
        other = first.setdefault((documents.namespace(maker), name), maker)
        kinds = {documents.kind(other), documents.kind(maker)}
        # The rule for duplicates finds two objects of one kind. A Job may create a Secret that a CronJob renews.
        if len(kinds) > 1 and kinds != set(PROGRAMS):
            shown = f"{documents.kind(other)} {documents.name(other)!r}"
            yield Problem(maker, f"creates Secret {name!r}, which {shown} also creates", fix="remove one of the two")
