"""Whether what stands in a container fits together."""

from collections import Counter
from collections.abc import Iterator

from kubestock.checks.environment import used_in
from kubestock.checks.finding import Finding
from kubestock.checks.inventory import Inventory, Workload, shown
from kubestock.values import documents
from kubestock.values.documents import Document


def mount(inventory: Inventory) -> Iterator[Finding]:
    """The API server refuses a pod whose container mounts a volume that the pod does not have.

    See https://kubernetes.io/docs/concepts/storage/volumes/
    """
    for workload in inventory.workloads:
        volumes = _volumes(workload)
        for container in workload.containers:
            for field in ("volumeMounts", "volumeDevices"):
                for mounted in documents.mappings(container, field):
                    name = documents.text(mounted, "name")
                    if name not in volumes:
                        yield workload.finding(
                            "mount",
                            f"{shown(container)} mounts the volume {name!r}, "
                            f"but the pod has {', '.join(sorted(volumes)) or 'none'}; add it to volumes",
                        )


def environment_unique(inventory: Inventory) -> Iterator[Finding]:
    """The last of two variables of one name wins, and server-side apply refuses the list.

    See https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy
    """
    for workload, container, variables in _environments(inventory):
        duplicates = sorted(name for name, number in Counter(variables).items() if number > 1)
        for name in duplicates:
            yield workload.finding(
                "environment",
                f"{shown(container)} has the variable {name} more than once; keep one",
            )


def environment_order(inventory: Inventory) -> Iterator[Finding]:
    """Only variables that stand above are expanded; the others reach the program as `$(NAME)`.

    See https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
    """
    for workload, container, variables in _environments(inventory):
        first = {name: position for position, name in reversed(list(enumerate(variables)))}
        for position, variable in enumerate(documents.mappings(container, "env")):
            for used in used_in(documents.text(variable, "value")):
                if first.get(used, -1) >= position:
                    yield workload.finding(
                        "environment",
                        f"variable {documents.text(variable, 'name')} of "
                        f"{shown(container)} uses $({used}), which is not defined above "
                        f"it, so the program sees the text $({used}); put {used} first",
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
