"""Whether what stands in a container fits together."""

import re
from collections.abc import Iterator

from kubestock.checks.finding import Finding
from kubestock.checks.inventory import Inventory, Workload, shown
from kubestock.values import documents
from kubestock.values.documents import Document

_EXPANSION = re.compile(r"\$\$|\$\(([^()]+)\)")


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
        duplicates = sorted({name for name in variables if variables.count(name) > 1})
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
        for position, variable in enumerate(documents.mappings(container, "env")):
            for used in _EXPANSION.findall(documents.text(variable, "value")):
                if used and used not in variables[:position] and used in variables[position:]:
                    yield workload.finding(
                        "environment",
                        f"variable {documents.text(variable, 'name')} of "
                        f"{shown(container)} uses $({used}), which is not defined above "
                        f"it, so the program sees the text $({used}); put {used} first",
                    )


def expanded(value: str, known: dict[str, str]) -> str:
    """Return a variable's value as the kubelet hands it over, given the variables above it."""

    def replaced(found: re.Match[str]) -> str:
        return "$" if found[0] == "$$" else known.get(found[1], found[0])

    return _EXPANSION.sub(replaced, value)


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
