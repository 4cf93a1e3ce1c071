"""Rules about PriorityClasses."""

from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.finding import Problem
from kubestock.values import documents


@rule(
    "priority-class-default",
    title="Two PriorityClasses are the global default",
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
    """The API server rejects the second one: a cluster can have only one default for pods without a class."""
    defaults = [each for each in inventory.of_kind("PriorityClass") if documents.at(each, "globalDefault") is True]
    for each in defaults[1:]:
        message = f"has globalDefault: true, like {documents.name(defaults[0])!r}"
        yield Problem(each, message, fix="remove globalDefault from one of them", field=("globalDefault",))
