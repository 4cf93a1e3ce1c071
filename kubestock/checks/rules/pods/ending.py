"""Rules about the termination of pods."""

import re
from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory, describe_container
from kubestock.checks.finding import Problem, Severity
from kubestock.values import documents
from kubestock.values.documents import Document

_DEFAULT = 30
_SLEEP = re.compile(r"(?:^|[\s;&|])sleep\s+([0-9]{1,6})s?(?=$|[\s;&|])")


@rule(
    "grace-period",
    title="A pod is killed before its preStop hook ends",
    severity=Severity.WARNING,
    source="https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination",
    fails="""
        apiVersion: v1
        kind: Pod
        metadata: {name: orders}
        spec:
          terminationGracePeriodSeconds: 10
          containers:
            - name: orders
              image: shop/orders:1.0
              lifecycle: {preStop: {exec: {command: [sleep, "15"]}}}
    """,
    passes="""
        apiVersion: v1
        kind: Pod
        metadata: {name: orders}
        spec:
          terminationGracePeriodSeconds: 45
          containers:
            - name: orders
              image: shop/orders:1.0
              lifecycle: {preStop: {exec: {command: [sleep, "15"]}}}
    """,
)
def grace_period(inventory: Inventory) -> Iterator[Problem]:
    """The time of the hook counts towards the grace period, so the program is killed before it can shut down."""
    for workload in inventory.workloads:
        given = documents.whole(workload.spec, "terminationGracePeriodSeconds")
        grace = _DEFAULT if given is None else max(given, 1)
        for container in workload.containers:
            pause = _pause(documents.mapping(container, "lifecycle", "preStop"))
            if pause >= grace:
                yield workload.problem(
                    f"the preStop hook of {describe_container(container)} takes {pause} s of a grace period of "
                    f"{grace} s, so the program has no time to shut down",
                    fix=f"set terminationGracePeriodSeconds to more than {pause}",
                    part=workload.spec,
                    field=("terminationGracePeriodSeconds",),
                )


def _pause(hook: Document) -> int:
    seconds = documents.whole(hook, "sleep", "seconds")
    if seconds is not None:
        return seconds
    command = documents.texts(hook, "exec", "command")
    return sum(int(each) for each in _SLEEP.findall(" ".join(command)))
