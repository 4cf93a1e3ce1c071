"""Rules about LimitRanges, and about requests and limits of containers.

See https://kubernetes.io/docs/concepts/policy/limit-range/
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory, Workload, describe_container
from kubestock.checks.finding import Problem
from kubestock.values import documents
from kubestock.values.documents import Document
from kubestock.values.footprint import pod_resources
from kubestock.values.quantities import Quantity

_Sides = Mapping[str, Mapping[str, Fraction]]


@rule(
    "limit-range",
    title="A LimitRange contradicts itself",
    source="https://kubernetes.io/docs/concepts/policy/limit-range/#limitrange-and-admission-checks-for-pods",
    fails="""
        apiVersion: v1
        kind: LimitRange
        metadata: {name: limits, namespace: shop}
        spec: {limits: [{type: Container, defaultRequest: {cpu: 300m}, default: {cpu: 200m}}]}
    """,
    passes="""
        apiVersion: v1
        kind: LimitRange
        metadata: {name: limits, namespace: shop}
        spec: {limits: [{type: Container, defaultRequest: {cpu: 100m}, default: {cpu: 200m}}]}
    """,
)
def consistent(inventory: Inventory) -> Iterator[Problem]:
    """The API server rejects a LimitRange whose amounts contradict each other."""
    for limit_range in inventory.of_kind("LimitRange"):
        for item in documents.mappings(limit_range, "spec", "limits"):
            ascending = [(name, documents.amounts(item, name)) for name in _ASCENDING]
            for position, (low_name, low) in enumerate(ascending):
                for high_name, high in ascending[position + 1 :]:
                    for resource in sorted(low.keys() & high.keys()):
                        if low[resource] > high[resource]:
                            yield Problem(
                                limit_range,
                                f"{low_name} {resource} {_describe(resource, low[resource])} is above "
                                f"{high_name} {_describe(resource, high[resource])}",
                                fix="lower the first amount",
                                part=item,
                                field=(low_name, resource),
                            )


@rule(
    "request-above-limit",
    title="A container has a request above its limit",
    source="https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/",
    fails="""
        apiVersion: v1
        kind: Pod
        metadata: {name: orders, namespace: shop}
        spec:
          containers:
            - name: orders
              image: shop/orders:1.0
              resources: {requests: {memory: 2Gi}, limits: {memory: 1Gi}}
    """,
    passes="""
        apiVersion: v1
        kind: Pod
        metadata: {name: orders, namespace: shop}
        spec:
          containers:
            - name: orders
              image: shop/orders:1.0
              resources: {requests: {memory: 1Gi}, limits: {memory: 1Gi}}
    """,
)
def request_within_limit(inventory: Inventory) -> Iterator[Problem]:
    """The API server rejects a container whose request is above its limit, including a default limit."""
    for workload in inventory.workloads:
        for container, resources in workload.resources:
            for resource in sorted(resources["requests"].keys() & resources["limits"].keys()):
                request, limit = resources["requests"][resource], resources["limits"][resource]
                if request > limit:
                    has_limit = resource in documents.mapping(container, "resources", "limits")
                    range_ = "" if has_limit else _limit_range(inventory, workload)
                    kind = "its limit" if has_limit else "the default limit"
                    yield workload.problem(
                        f"{describe_container(container)} requests {resource} {_describe(resource, request)}, above "
                        f"{kind} {_describe(resource, limit)}{range_}",
                        fix="raise the limit, or lower the request"
                        if has_limit
                        else "set a limit, lower the request, or change the LimitRange",
                        part=container,
                        field=("resources",),
                    )


def _limit_range(inventory: Inventory, workload: Workload) -> str:
    found = inventory.of_namespace(workload.namespace, "LimitRange")
    return f" of {', '.join(f'LimitRange {documents.name(each)}' for each in found)}" if found else ""


@rule(
    "outside-limit-range",
    title="A pod is outside the limits of its namespace",
    source="https://kubernetes.io/docs/concepts/policy/limit-range/#limitrange-and-admission-checks-for-pods",
    fails="""
        apiVersion: v1
        kind: LimitRange
        metadata: {name: limits, namespace: shop}
        spec: {limits: [{type: Container, max: {memory: 1Gi}}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: orders, namespace: shop}
        spec:
          containers:
            - name: orders
              image: shop/orders:1.0
              resources: {requests: {memory: 512Mi}, limits: {memory: 2Gi}}
    """,
    passes="""
        apiVersion: v1
        kind: LimitRange
        metadata: {name: limits, namespace: shop}
        spec: {limits: [{type: Container, max: {memory: 1Gi}}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: orders, namespace: shop}
        spec:
          containers:
            - name: orders
              image: shop/orders:1.0
              resources: {requests: {memory: 512Mi}, limits: {memory: 1Gi}}
    """,
)
def within_limits(inventory: Inventory) -> Iterator[Problem]:
    """The API server rejects the pod, and the rollout stops without an error."""
    for limit_range in inventory.of_kind("LimitRange"):
        for item in documents.mappings(limit_range, "spec", "limits"):
            bounds = _Bounds.of(item)
            for workload in inventory.workloads_of(documents.namespace(limit_range)):
                for subject, resources in _subjects(documents.text(item, "type"), workload):
                    for wrong in _violations(bounds, resources):
                        yield workload.problem(
                            f"{subject} {wrong} of LimitRange {documents.name(limit_range)!r}",
                            fix="change its resources, or the LimitRange",
                        )


_ASCENDING = ("min", "defaultRequest", "default", "max")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bounds:
    """The bounds in an item of a LimitRange."""

    minimum: dict[str, Fraction]
    maximum: dict[str, Fraction]
    ratio: dict[str, Fraction]

    @classmethod
    def of(cls, item: Document) -> "_Bounds":
        lowest, highest, ratio = (documents.amounts(item, name) for name in ("min", "max", "maxLimitRequestRatio"))
        return cls(minimum=lowest, maximum=highest, ratio=ratio)


def _subjects(limited: str, workload: Workload) -> Iterator[tuple[str, _Sides]]:
    if limited == "Container":
        for container, resources in workload.resources:
            yield describe_container(container), resources
    elif limited == "Pod":
        yield "the pod", pod_resources(workload.spec, workload.defaults)


def _violations(bounds: _Bounds, resources: _Sides) -> Iterator[str]:
    yield from _out_of_bounds(resources, "minimum", bounds.minimum)
    yield from _out_of_bounds(resources, "maximum", bounds.maximum)
    for resource, ratio in sorted(bounds.ratio.items()):
        request, limit = resources["requests"].get(resource), resources["limits"].get(resource)
        if not request or not limit:
            yield f"must have a request and a limit of {resource} because of the maxLimitRequestRatio"
        elif limit / request > ratio:
            yield f"has a limit of {resource} above {float(ratio):g} times its request, the maxLimitRequestRatio"


def _out_of_bounds(resources: _Sides, which: str, bounds: Mapping[str, Fraction]) -> Iterator[str]:
    # With a minimum, a request is required; with a maximum, a limit is required.
    required = "requests" if which == "minimum" else "limits"
    for resource, bound in sorted(bounds.items()):
        if resource not in resources[required]:
            bound_text = f"{which} {_describe(resource, bound)}"
            yield f"has no {resource} in its {required}, which is required because of the {bound_text}"
        for side, given in resources.items():
            amount = given.get(resource, bound)
            if amount < bound if which == "minimum" else amount > bound:
                beyond = "below the minimum" if which == "minimum" else "above the maximum"
                yield f"{side} {resource} {_describe(resource, amount)}, {beyond} {_describe(resource, bound)}"


def _describe(resource: str, amount: Fraction) -> str:
    return Quantity.cpu(amount).text if resource == "cpu" else Quantity.bytes(amount).text
