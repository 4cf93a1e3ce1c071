"""The maximum resources that the pods of a chart use at one time."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from kubestock.values import documents, numbers
from kubestock.values.documents import Document
from kubestock.values.kinds import POD_TEMPLATES
from kubestock.values.limit_ranges import ContainerDefaults, container_resources

_Completed = tuple[Document, Mapping[str, Mapping[str, Fraction]]]
"""A container, with the requests and limits that it has after the API server has set the defaults."""

_RESOURCES = ("cpu", "memory", "ephemeral-storage")
_SURGE = "25%"
_INT32_MAX = 2**31 - 1


def rollout_footprint(manifests: Iterable[Mapping[str, object]], *, nodes: int = 0) -> dict[str, Fraction]:
    """Return the resources of all workloads while each of them rolls out with its maximum number of pods.

    The keys are those of `hard` in a ResourceQuota: requests and limits of cpu, memory and ephemeral-storage, pods,
    persistentvolumeclaims and requests.storage. Amounts are in cores or bytes, and zero if nothing is declared.
    The LimitRanges among the manifests set the defaults of containers, as they do in the cluster.

    Terminating pods are not counted. A CronJob counts as two Jobs, because the previous one may still run, or as one if
    its concurrencyPolicy is Forbid. Invalid quantities count as zero.

    Args:
        manifests: the objects.
        nodes: the number of pods of a DaemonSet. Defaults to 0, because the manifests do not contain it.
    """
    objects = list(documents.objects(manifests))
    ceilings, defaults = autoscaled(objects), ContainerDefaults.by_namespace(objects)
    total = {f"{side}.{resource}": Fraction(0) for side in ("requests", "limits") for resource in _RESOURCES}
    total |= claimed(objects, ceilings)
    total["pods"] = Fraction(0)
    for workload in objects:
        spec = pod_spec(workload)
        if spec is None:
            continue
        pods = largest_rollout(workload, ceilings, nodes)
        total["pods"] += pods
        for side, resources in pod_resources(spec, defaults.get(documents.namespace(workload))).items():
            for resource in _RESOURCES:
                if resource in resources:
                    total[f"{side}.{resource}"] += pods * resources[resource]
    return total


def pod_spec(workload: Document) -> Document | None:
    """Return the spec of the pods that an object creates, or None if it creates none."""
    path = POD_TEMPLATES.get(documents.kind(workload))
    return None if path is None else documents.mapping(workload, *path, "spec")


def autoscaled(objects: Iterable[Document]) -> dict[tuple[str, str, str], int]:
    """Return the maximum replicas of autoscalers, by namespace, kind and name of the scaled object."""
    ceilings: dict[tuple[str, str, str], int] = {}
    for each in objects:
        if documents.kind(each) == "HorizontalPodAutoscaler":
            target = documents.mapping(each, "spec", "scaleTargetRef")
            key = (documents.namespace(each), documents.text(target, "kind"), documents.text(target, "name"))
            most = documents.whole(each, "spec", "maxReplicas") or 0
            ceilings[key] = max(most, ceilings.get(key, 0))
    return ceilings


def largest_rollout(workload: Document, ceilings: Mapping[tuple[str, str, str], int], nodes: int = 0) -> int:
    """Return the maximum number of pods of a workload at one time: all replicas and the surge.

    See https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#max-surge
    """
    kind = documents.kind(workload)
    if kind == "Pod":
        return 1
    if kind == "DaemonSet":
        return nodes + _surge(
            documents.at(workload, "spec", "updateStrategy", "rollingUpdate", "maxSurge"), nodes, "0%"
        )
    if kind == "Job":
        return _job_pods(documents.mapping(workload, "spec"))
    if kind == "CronJob":
        jobs = 1 if documents.text(workload, "spec", "concurrencyPolicy") == "Forbid" else 2
        return jobs * _job_pods(documents.mapping(workload, "spec", "jobTemplate", "spec"))
    replicas = _replicas(workload, ceilings)
    if kind != "Deployment" or documents.text(workload, "spec", "strategy", "type") == "Recreate":
        return replicas
    return replicas + _surge(documents.at(workload, "spec", "strategy", "rollingUpdate", "maxSurge"), replicas, _SURGE)


def claimed(objects: Iterable[Document], ceilings: Mapping[tuple[str, str, str], int]) -> dict[str, Fraction]:
    """Return the number of claims, including those of the pods of StatefulSets, and the bytes that they request.

    See https://kubernetes.io/docs/concepts/policy/resource-quotas/#storage-resource-quota
    """
    claims = size = Fraction(0)
    for each in objects:
        kind = documents.kind(each)
        found, times = ([each] if kind == "PersistentVolumeClaim" else []), 1
        if kind == "StatefulSet":
            found, times = documents.mappings(each, "spec", "volumeClaimTemplates"), _replicas(each, ceilings)
        for claim in found:
            claims += times
            size += times * documents.amounts(claim, "spec", "resources", "requests").get("storage", 0)
    return {"persistentvolumeclaims": claims, "requests.storage": size}


def pod_resources(spec: Document, defaults: ContainerDefaults | None = None) -> dict[str, dict[str, Fraction]]:
    """Return the `requests` and the `limits` of one pod, as the scheduler and the quota compute them.

    They are the maximum of two amounts: the sum over the containers and the native sidecars (init containers with
    `restartPolicy: Always`), and the largest sum of an init container and the sidecars that start before it. The
    overhead of the runtime class is added. Resources of the pod itself override these.

    See https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers
    """
    overhead = documents.amounts(spec, "overhead")
    initial, running = (
        [(each, container_resources(each, defaults)) for each in documents.mappings(spec, field)]
        for field in ("initContainers", "containers")
    )
    result = {}
    for side in ("requests", "limits"):
        taken = {**_together(initial, running, side), **documents.amounts(spec, "resources", side)}
        for resource, extra in overhead.items():
            # Without a limit, the pod stays unlimited: the overhead does not add a limit.
            if side == "requests" or taken.get(resource):
                taken[resource] = taken.get(resource, Fraction(0)) + extra
        result[side] = taken
    return result


def _together(initial: Sequence[_Completed], running: Sequence[_Completed], side: str) -> dict[str, Fraction]:
    together: dict[str, Fraction] = {}
    for _, resources in running:
        _add(together, resources[side])
    sidecars: dict[str, Fraction] = {}
    starting: dict[str, Fraction] = {}
    for container, resources in initial:
        beside = dict(sidecars)
        _add(beside, resources[side])
        _raise_to(starting, beside)
        if documents.text(container, "restartPolicy") == "Always":
            _add(sidecars, resources[side])
            _add(together, resources[side])
    _raise_to(together, starting)
    return together


def _add(total: dict[str, Fraction], more: Mapping[str, Fraction]) -> None:
    for resource, amount in more.items():
        total[resource] = total[resource] + amount if resource in total else amount


def _raise_to(total: dict[str, Fraction], least: Mapping[str, Fraction]) -> None:
    for resource, amount in least.items():
        total[resource] = max(total[resource], amount) if resource in total else amount


def _job_pods(spec: Document) -> int:
    parallelism = documents.whole(spec, "parallelism")
    completions = documents.whole(spec, "completions")
    at_once = 1 if parallelism is None else max(0, parallelism)
    return at_once if completions is None else min(at_once, max(0, completions))


def _replicas(workload: Document, ceilings: Mapping[tuple[str, str, str], int]) -> int:
    declared = documents.whole(workload, "spec", "replicas")
    key = (documents.namespace(workload), documents.kind(workload), documents.name(workload))
    return ceilings.get(key, 1 if declared is None else max(0, declared))


def _surge(declared: object, replicas: int, default: str) -> int:
    try:
        surge = numbers.count_or_percent("maxSurge", declared, maximum_percent=_INT32_MAX)  # type: ignore[arg-type]  # any YAML
    except ValueError:
        surge = default
    if isinstance(surge, int) and surge > _INT32_MAX:
        surge = default
    return numbers.of_pods(surge, replicas, round_up=True)
