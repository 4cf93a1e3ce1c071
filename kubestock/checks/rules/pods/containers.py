"""Rules about the volume mounts and environment variables of containers."""

from collections import Counter
from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.environment import referenced_variables
from kubestock.checks.facts.inventory import Inventory, Workload, describe_container
from kubestock.checks.finding import Problem
from kubestock.values import documents
from kubestock.values.documents import Document


@rule(
    "mount",
    title="A container mounts a volume that its pod does not have",
    source="https://kubernetes.io/docs/concepts/storage/volumes/",
    fails="""
        apiVersion: v1
        kind: Pod
        metadata: {name: orders}
        spec:
          containers:
            - {name: orders, image: "shop/orders:1.0", volumeMounts: [{name: cache, mountPath: /cache}]}
          volumes: [{name: tmp, emptyDir: {}}]
    """,
    passes="""
        apiVersion: v1
        kind: Pod
        metadata: {name: orders}
        spec:
          containers:
            - {name: orders, image: "shop/orders:1.0", volumeMounts: [{name: cache, mountPath: /cache}]}
          volumes: [{name: cache, emptyDir: {}}]
    """,
)
def mount(inventory: Inventory) -> Iterator[Problem]:
    """The API server rejects the pod, so the Deployment has no pods."""
    for workload in inventory.workloads:
        volumes = _volumes(workload)
        for container in workload.containers:
            for field in ("volumeMounts", "volumeDevices"):
                for mounted in documents.mappings(container, field):
                    name = documents.text(mounted, "name")
                    if name not in volumes:
                        yield workload.problem(
                            f"{describe_container(container)} mounts the volume {name!r}, "
                            f"but the pod has {', '.join(sorted(volumes)) or 'none'}",
                            fix="add it to volumes",
                            part=mounted,
                            field=("name",),
                        )


@rule(
    "environment-unique",
    title="A container has a duplicate environment variable",
    source="https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy",
    fails="""
        apiVersion: v1
        kind: Pod
        metadata: {name: orders}
        spec:
          containers:
            - name: orders
              image: shop/orders:1.0
              env: [{name: LEVEL, value: info}, {name: LEVEL, value: debug}]
    """,
    passes="""
        apiVersion: v1
        kind: Pod
        metadata: {name: orders}
        spec:
          containers:
            - {name: orders, image: "shop/orders:1.0", env: [{name: LEVEL, value: debug}]}
    """,
)
def environment_unique(inventory: Inventory) -> Iterator[Problem]:
    """The container gets the last value, and server-side apply rejects the list."""
    for workload, container, variables in _environments(inventory):
        duplicates = sorted(name for name, number in Counter(variables).items() if number > 1)
        for name in duplicates:
            yield workload.problem(
                f"{describe_container(container)} has the variable {name} more than once",
                fix="keep one",
                part=container,
                field=("env",),
            )


@rule(
    "environment-order",
    title="An environment variable refers to one that is not defined before it",
    source="https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/",
    fails="""
        apiVersion: v1
        kind: Pod
        metadata: {name: orders}
        spec:
          containers:
            - name: orders
              image: shop/orders:1.0
              env: [{name: FILE, value: $(FOLDER)/orders}, {name: FOLDER, value: /data}]
    """,
    passes="""
        apiVersion: v1
        kind: Pod
        metadata: {name: orders}
        spec:
          containers:
            - name: orders
              image: shop/orders:1.0
              env: [{name: FOLDER, value: /data}, {name: FILE, value: $(FOLDER)/orders}]
    """,
)
def environment_order(inventory: Inventory) -> Iterator[Problem]:
    """Only references to earlier variables are expanded. The program gets other references as the text `$(NAME)`."""
    for workload, container, variables in _environments(inventory):
        first = {name: position for position, name in reversed(list(enumerate(variables)))}
        for position, variable in enumerate(documents.mappings(container, "env")):
            for used in referenced_variables(documents.text(variable, "value")):
                if first.get(used, -1) >= position:
                    yield workload.problem(
                        f"variable {documents.text(variable, 'name')} of {describe_container(container)} refers to "
                        f"$({used}), which is not defined before it, so the program gets the text $({used})",
                        fix=f"define {used} first",
                        part=variable,
                        field=("value",),
                    )


def _environments(inventory: Inventory) -> Iterator[tuple[Workload, Document, list[str]]]:
    for workload in inventory.workloads:
        for container in workload.containers:
            variables = [documents.text(each, "name") for each in documents.mappings(container, "env")]
            yield workload, container, variables


def _volumes(workload: Workload) -> set[str]:
    declared = documents.mappings(workload.spec, "volumes")
    claimed = documents.mappings(workload.document, "spec", "volumeClaimTemplates")
    names = {documents.text(each, "name") for each in declared} | {documents.name(each) for each in claimed}
    return names - {""}
