"""Resource quotas of namespaces."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import field
from fractions import Fraction
from typing import Any, Self

from kubestock.errors import ConfigurationError
from kubestock.values import documents, names
from kubestock.values.footprint import pod_spec, rollout_footprint
from kubestock.values.labels import qualified_name
from kubestock.values.numbers import whole
from kubestock.values.quantities import Quantity, whole_bytes
from kubestock.values.value import Value

HEADROOM = "kubestock/headroom"
_CPU_STEP = Fraction(1, 10)
_BYTES_STEP = Fraction(2**20)
_COUNTS = frozenset(
    {
        "pods",
        "services",
        "services.loadbalancers",
        "services.nodeports",
        "configmaps",
        "secrets",
        "persistentvolumeclaims",
        "replicationcontrollers",
        "resourcequotas",
    }
)
_AMOUNTS = frozenset(
    {
        *(
            f"{kind}.{resource}"
            for kind in ("requests", "limits")
            for resource in ("cpu", "memory", "ephemeral-storage")
        ),
        "requests.storage",
    }
)
_COUNT = "count/"
_STORAGE = ".storageclass.storage.k8s.io/requests.storage"
_OF_A_STORAGE_CLASS = re.compile(r".+\.storageclass\.storage\.k8s\.io/(requests\.storage|persistentvolumeclaims)")
_EXTENDED = re.compile(r"requests\.(?!([^/]*\.)?kubernetes\.io/)[^/]+\.[^/]+/.+")
_CORE = _COUNTS - {"services.loadbalancers", "services.nodeports"} | {
    "endpoints",
    "events",
    "limitranges",
    "podtemplates",
    "serviceaccounts",
}
"""Resources of the core group, which has no name; a count of any other resource needs its group."""


class Quota(Value):
    """Limits the total resources and the number of objects in a namespace: the hard limits of a ResourceQuota.

    Args:
        hard: the limits by their names in Kubernetes, such as `requests.cpu`, `limits.memory`, `pods`,
            `count/deployments.apps`, `requests.nvidia.com/gpu` or
            `<class>.storageclass.storage.k8s.io/requests.storage`. A LoadBalancer uses one of `services.nodeports` for
            each of its ports.
        headroom_percent: for computed limits, how far they exceed the largest rollout. Defaults to none.

    Raises:
        ConfigurationError: if a name is unknown, or an amount is malformed.

    See https://kubernetes.io/docs/concepts/policy/resource-quotas/
    """

    hard: Mapping[str, str]
    headroom_percent: int | None = None

    def check(self) -> None:
        if not self.hard:
            raise ConfigurationError("hard of a quota must have at least one limit, such as {'pods': '50'}, got none")
        for name, amount in self.hard.items():
            _check_name(name)
            if name not in _AMOUNTS and not name.endswith(_STORAGE) and not (amount.isascii() and amount.isdigit()):
                raise ConfigurationError(f"quota {name} must be a whole number, got {amount!r}")
            if name.endswith(("memory", "storage")):
                whole_bytes(f"quota {name}", amount)
            try:
                Quantity(amount)
            except ConfigurationError as error:
                raise ConfigurationError(f"quota {name}: {error}") from None
        if self.headroom_percent is not None:
            whole("headroom_percent", self.headroom_percent)

    @classmethod
    def admitting(
        cls,
        manifests: Iterable[Mapping[str, Any]],
        *,
        headroom_percent: int = 25,
        counts: Mapping[str, str] | None = None,
        nodes: int | None = None,
    ) -> Self:
        """Compute a quota that permits the largest rollout of all workloads among `manifests`.

        In the largest rollout, all autoscalers are at their maximum, all Deployments have their surge, and all Jobs
        (two of each CronJob that does not forbid it) and claims exist at once. The headroom is for terminating pods,
        which count until they are deleted.

        Args:
            manifests: the finished objects of one namespace.
            headroom_percent: added to each amount, which is then rounded up to 100m, 1Mi or one pod.
                Defaults to 25.
            counts: hard limits that do not depend on workloads, such as `{"services.nodeports": "0"}`; they are not
                changed. Defaults to none.
            nodes: the maximum number of nodes, each with a pod of every DaemonSet. Required if there is a DaemonSet.

        Raises:
            ConfigurationError: if there is no workload among the manifests, there is a DaemonSet but no number of
                nodes, the workloads are in several namespaces, or `counts` has a computed limit.
        """
        whole("headroom_percent", headroom_percent)
        workloads = list(manifests)
        _require_nodes(workloads, nodes)
        needed = rollout_footprint(workloads, nodes=nodes or 0)
        if not needed.get("pods"):
            raise ConfigurationError(
                "a computed quota must have at least one workload, got none; give Quota(hard=…) instead"
            )
        _check_namespaces(workloads)
        declared = counts or {}
        twice = ", ".join(sorted(declared.keys() & needed.keys()))
        if twice:
            raise ConfigurationError(
                f"counts must not have {twice}, which is computed from the workloads; leave it out"
            )
        factor = Fraction(100 + headroom_percent, 100)
        hard = {name: _written(name, amount * factor) for name, amount in needed.items() if amount}
        return cls(hard={**hard, **declared}, headroom_percent=headroom_percent)


class LargestRollout(Value):
    """Computes the quota from all objects of the chart when the chart is written, as `Quota.admitting` does.

    Args:
        headroom_percent: added to each amount. Defaults to 25.
        counts: hard limits that do not depend on workloads, such as `{"services.nodeports": "0"}`. Defaults to none.
        nodes: the maximum number of nodes, each with a pod of every DaemonSet. Required if there is a DaemonSet.
    """

    headroom_percent: int = 25
    counts: Mapping[str, str] = field(default_factory=dict)
    nodes: int | None = None

    def check(self) -> None:
        whole("headroom_percent", self.headroom_percent)
        if self.nodes is not None:
            whole("nodes", self.nodes, minimum=1)


def _check_name(name: str) -> None:
    if name in _COUNTS | _AMOUNTS:
        return
    qualified_name("quota", name)
    if _EXTENDED.fullmatch(name) or _OF_A_STORAGE_CLASS.fullmatch(name):
        return
    counted = name.removeprefix(_COUNT)
    if counted == name:
        known = ", ".join(sorted(_COUNTS | _AMOUNTS))
        raise ConfigurationError(
            f"each name in hard of a quota must be one of {known}, count/<resource>.<group>, "
            "requests.<domain>/<extended resource> or <class>.storageclass.storage.k8s.io/requests.storage, got "
            f"{name!r}"
        )
    names.dns_subdomain(f"the resource of quota {name!r}", counted)
    if "." not in counted and counted not in _CORE:
        raise ConfigurationError(
            f"quota {name!r} must name the API group of the resource, because the core group has no {counted}; "
            "write it as in count/deployments.apps"
        )


def _require_nodes(manifests: Iterable[Mapping[str, Any]], nodes: int | None) -> None:
    found = [documents.name(each) for each in documents.objects(manifests) if documents.kind(each) == "DaemonSet"]
    if found and nodes is None:
        raise ConfigurationError(
            f"nodes must be given if there is a DaemonSet ({', '.join(found)}), got none: the quota would reject its "
            "pods on the nodes; set LargestRollout(nodes=…) to the maximum number of nodes"
        )


def _check_namespaces(manifests: Iterable[Mapping[str, Any]]) -> None:
    found = {documents.namespace(each) for each in documents.objects(manifests) if pod_spec(each) is not None}
    if len(found) > 1:
        several = ", ".join(repr(namespace) for namespace in sorted(found))
        raise ConfigurationError(
            f"manifests must have the workloads of one namespace, because a quota applies to one, got {several}"
        )


def _written(name: str, amount: Fraction) -> str:
    if name.endswith("cpu"):
        return Quantity.cpu(-(-amount // _CPU_STEP) * _CPU_STEP).text
    if name in _AMOUNTS:
        return Quantity.bytes(-(-amount // _BYTES_STEP) * _BYTES_STEP).text
    return str(-(-amount // 1))
