"""Rules about the files that programs read from volumes."""

import re
from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.environment import declared_variables, expand, known_variables
from kubestock.checks.facts.inventory import Inventory, Workload, describe_container
from kubestock.checks.facts.mounts import Mounts
from kubestock.checks.finding import Problem
from kubestock.values import documents
from kubestock.values.documents import Document

_PATH = re.compile(r"(?:-{1,2}[A-Za-z][\w.-]*=)?(?P<path>/[\w./-]+)")


@rule(
    "mounted-file",
    title="A program is configured with a file that its volume does not contain",
    source="https://kubernetes.io/docs/tasks/configure-pod-container/configure-pod-configmap/"
    "#add-configmap-data-to-a-volume",
    fails="""
        apiVersion: v1
        kind: Pod
        metadata: {name: orders}
        spec:
          containers:
            - name: orders
              image: shop/orders:1.0
              args: [--config=/etc/orders/orders.yml]
              volumeMounts: [{name: config, mountPath: /etc/orders}]
          volumes: [{name: config, configMap: {name: orders}}]
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: orders}
        data: {orders.yaml: "level: info"}
    """,
    passes="""
        apiVersion: v1
        kind: Pod
        metadata: {name: orders}
        spec:
          containers:
            - name: orders
              image: shop/orders:1.0
              args: [--config=/etc/orders/orders.yaml]
              volumeMounts: [{name: config, mountPath: /etc/orders}]
          volumes: [{name: config, configMap: {name: orders}}]
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: orders}
        data: {orders.yaml: "level: info"}
    """,
)
def mounted_file(inventory: Inventory) -> Iterator[Problem]:
    """The program does not start, or runs without its configuration. The ConfigMap or Secret has other keys."""
    for workload in inventory.workloads:
        for container in workload.containers:
            mounts = Mounts(inventory, workload, container) if "volumeMounts" in container else None
            for setting, path in _paths(inventory, workload, container) if mounts is not None else ():
                if mounts is not None and mounts.is_missing(path):
                    yield workload.problem(
                        f"{setting} of {describe_container(container)} is {path}, but the volume that is mounted there "
                        "does not contain this file",
                        fix=f"correct the path or the key: {mounts.describe()}",
                        part=container,
                    )


def _paths(inventory: Inventory, workload: Workload, container: Document) -> Iterator[tuple[str, str]]:
    """Yield the paths in the settings of a container, each with the name of the setting."""
    for name, value in declared_variables(inventory, workload.namespace, container).items():
        # The rule kong-file-path checks the files of Kong.
        found = None if name.startswith("KONG_") else _PATH.fullmatch(value)
        if found is not None:
            yield name, found["path"]
    known = known_variables(inventory, workload.namespace, container)
    for field in ("command", "args"):
        for written in documents.texts(container, field):
            found = _PATH.fullmatch(expand(written, known))
            if found is not None:
                yield f"the {field.removesuffix('s')} {written.partition('=')[0]}", found["path"]
