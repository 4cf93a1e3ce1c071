"""Whether priorities are what their names say."""

from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.finding import Problem
from kubestock.values import documents


@rule(
    "priority-class-default",
    title="Two PriorityClasses are the default",
    source="https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/#priorityclass",
    fails="""
        apiVersion: scheduling.k8s.io/v1
        kind: PriorityClass
        metadata: {name: services}
        value: 1000
        globalDefault: true
        ---
        apiVersion: scheduling.k8s.io/v1
        kind: PriorityClass
        metadata: {name: jobs}
        value: 100
        globalDefault: true
    """,
    passes="""
        apiVersion: scheduling.k8s.io/v1
        kind: PriorityClass
        metadata: {name: services}
        value: 1000
        globalDefault: true
        ---
        apiVersion: scheduling.k8s.io/v1
        kind: PriorityClass
        metadata: {name: jobs}
        value: 100
    """,
)
def priority_class_default(inventory: Inventory) -> Iterator[Problem]:
    """The API server refuses the second one: a cluster has one default for pods that name no class."""
    defaults = [each for each in inventory.of_kind("PriorityClass") if documents.at(each, "globalDefault") is True]
    for each in defaults[1:]:
        message = f"is a globalDefault, as {documents.name(defaults[0])!r} is"
        yield Problem(each, message, fix="leave globalDefault out of one", field=("globalDefault",))
