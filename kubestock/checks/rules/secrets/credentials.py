"""Rules about credentials in plain text."""

from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.credentials import credential_in, credential_of_arguments, is_random
from kubestock.checks.facts.inventory import Inventory, Workload, describe_container
from kubestock.checks.finding import Problem
from kubestock.values import documents
from kubestock.values.documents import Document, Path

_FIX = "move it to a sealed Secret, and refer to that"
_OF_TOOLS = ("kubectl.kubernetes.io/last-applied-configuration",)
_ABOUT = ("checksum", "hash", "sha")
"""Words in the keys of annotations whose values are checksums."""


@rule(
    "credential",
    title="A credential is in plain text",
    source="https://kubernetes.io/docs/concepts/configuration/secret/#information-security-for-secrets",
    fails="""
        apiVersion: v1
        kind: Pod
        metadata: {name: orders}
        spec:
          containers:
            - name: orders
              image: shop/orders:1.0
              env: [{name: DATABASE_URL, value: "postgres://orders:correct-horse@database.example.com/orders"}]
    """,
    passes="""
        apiVersion: v1
        kind: Pod
        metadata: {name: orders}
        spec:
          containers:
            - name: orders
              image: shop/orders:1.0
              env: [{name: DATABASE_URL, value: "postgres://orders:$(PASSWORD)@database.example.com/orders"}]
    """,
)
def credential(inventory: Inventory) -> Iterator[Problem]:
    """Everyone who can read the repository, the object or the list of processes can read the credential.

    Once it was in the repository, it must be replaced.
    """
    for workload in inventory.workloads:
        yield from _of_containers(workload)
    for document in inventory.of_kind("ConfigMap"):
        yield from _of_data(document, ("data",))
    for document in inventory.of_kind("SealedSecret"):
        yield from _of_data(document, ("spec", "template", "data"))
    for document in inventory.objects:
        yield from _of_annotations(document, document)
    for workload in inventory.workloads:
        template = documents.at(workload.document, *workload.pod_path[:-1])
        if template is not workload.document:
            yield from _of_annotations(workload.document, template)


def _of_containers(workload: Workload) -> Iterator[Problem]:
    for container in workload.containers:
        for variable in documents.mappings(container, "env"):
            name = documents.text(variable, "name")
            found = credential_in(name, documents.text(variable, "value"))
            if found:
                message = f"variable {name} of {describe_container(container)} contains {found}"
                yield workload.problem(f"{message} in plain text", fix=_FIX, part=variable, field=("value",))
        for field in ("command", "args"):
            found = credential_of_arguments(documents.texts(container, field))
            if found:
                message = f"{field} of {describe_container(container)} contain {found} in plain text"
                fix = "pass it in a variable or a file from a Secret"
                yield workload.problem(message, fix=fix, part=container, field=(field,))


def _of_data(document: Document, path: tuple[str, ...]) -> Iterator[Problem]:
    for key, value in documents.text_map(document, *path).items():
        found = credential_in(key, value)
        if found:
            message = f"{'.'.join(path)} contains under {key} {found} in plain text"
            yield Problem(document, message, fix=_FIX, field=(*path, key))


def _of_annotations(document: Document, holder: object) -> Iterator[Problem]:
    for key, value in documents.text_map(holder, "metadata", "annotations").items():
        if key in _OF_TOOLS or any(word in key.lower() for word in _ABOUT):
            continue
        # Most annotations with a secret's name as key contain the name of a Secret or a sentence, not a credential.
        found = credential_in(key.rpartition("/")[2] if is_random(value) else "", value)
        if found:
            path: Path = ("metadata", "annotations", key)
            message = f"the annotation {key} contains {found} in plain text"
            yield Problem(document, message, fix="remove it", part=holder, field=path)
