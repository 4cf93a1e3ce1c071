"""What stands in for kubelets: nodes that are there, and pods that say that they run.

Whether a container starts is not known here. What creates, admits, counts, places and evicts a pod is Kubernetes.
"""

import subprocess
from itertools import count
from typing import Any

from cluster.controlplane import Cluster, Json
from support import Manifest

from kubestock.values.quantities import Quantity

NODES = {f"{zone}-{number}": zone for zone in ("zone-a", "zone-b", "zone-c") for number in (1, 2)}
CAPACITY = {"cpu": "8", "memory": "32Gi", "ephemeral-storage": "100Gi", "pods": "110"}


class Namespace:
    """A namespace of a cluster, and what has become of its objects."""

    def __init__(self, cluster: Cluster, name: str) -> None:
        self.cluster = cluster
        self.name = name
        self.broken: set[str] = set()
        self._started = count(1)

    def kubectl(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.cluster.kubectl(*arguments, "-n", self.name)

    def items(self, kind: str, group: str = "api/v1") -> list[Manifest]:
        found = self.cluster.get(f"/{group}/namespaces/{self.name}/{kind}")
        return list(found["items"])

    def replicas(self, field: str = "replicas") -> dict[str, int]:
        """A number in the status of each Deployment; nothing of one whose status is older than its spec."""
        found = self.items("deployments", "apis/apps/v1")
        current = [each for each in found if each["status"].get("observedGeneration") == each["metadata"]["generation"]]
        return {each["metadata"]["name"]: each["status"].get(field, 0) for each in current}

    def refusals(self) -> list[str]:
        """What the controllers say that they could not do, in events and in the status of Deployments."""
        events = [f"{each['reason']}: {each['message']}" for each in self.items("events") if each["type"] == "Warning"]
        for each in self.items("deployments", "apis/apps/v1"):
            conditions = each["status"].get("conditions", [])
            events += [one["message"] for one in conditions if one["type"] == "ReplicaFailure"]
        return [each for each in events if not each.startswith(NO_METRICS) and not each.endswith(TRIED_AGAIN)]

    def used(self) -> dict[str, Quantity]:
        (quota,) = self.items("resourcequotas")
        return amounts(quota["status"].get("used", {}))

    def evict(self, pod: str) -> str:
        """The reason of the answer: Success, or TooManyRequests where a PodDisruptionBudget holds it back."""
        eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": pod, "namespace": self.name}}
        answer = self.cluster.request("POST", f"/api/v1/namespaces/{self.name}/pods/{pod}/eviction", eviction)
        return str(answer.get("reason", answer["status"]))

    def serving_pods(self) -> list[Manifest]:
        """The pods of Deployments, without those of Jobs."""
        return [each for each in self.items("pods") if owner(each) != "Job"]

    def tend_pods(self) -> None:
        """Do what kubelets do: a pod that is placed runs and is ready, one of a Job ends, a deleted one is gone.

        A pod whose image is one of `broken` never becomes ready.
        """
        for pod in self.items("pods"):
            path = f"/api/v1/namespaces/{self.name}/pods/{pod['metadata']['name']}"
            if "deletionTimestamp" in pod["metadata"]:
                self.cluster.request("DELETE", path, {"gracePeriodSeconds": 0})
            elif "nodeName" in pod["spec"] and owner(pod) == "Job":
                self.cluster.patch(f"{path}/status", {"status": {"phase": "Succeeded"}})
            elif "nodeName" in pod["spec"] and not is_ready(pod) and not self.broken & set(images(pod)):
                self.cluster.patch(f"{path}/status", {"status": running(next(self._started))})


NO_METRICS = ("FailedGetResourceMetric", "FailedComputeMetricsReplicas", "FailedGetContainerResourceMetric")
"""Autoscalers say so where no metrics-server is, and leave the number of pods within their bounds."""

TRIED_AGAIN = "the object has been modified; please apply your changes to the latest version and try again"


def running(number: int) -> Json:
    """The status of a pod that has been ready for long."""
    address = f"10.1.{number // 250}.{number % 250 + 1}"
    ready = {"type": "Ready", "status": "True", "lastTransitionTime": "2020-01-01T00:00:00Z"}
    return {"phase": "Running", "podIP": address, "podIPs": [{"ip": address}], "conditions": [ready]}


def owner(pod: Manifest) -> str:
    """The kind of what made a pod, or nothing."""
    return str(next((each["kind"] for each in pod["metadata"].get("ownerReferences", [])), ""))


def images(pod: Manifest) -> list[str]:
    return [each["image"] for each in pod["spec"]["containers"]]


def is_ready(pod: Manifest) -> bool:
    conditions = pod["status"].get("conditions", [])
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


def amounts(named: dict[str, Any]) -> dict[str, Quantity]:
    return {name: Quantity(str(value)) for name, value in named.items()}


def add_nodes(cluster: Cluster) -> None:
    """Two nodes in each zone, with room for all of production."""
    for name, zone in NODES.items():
        labels = {
            "kubernetes.io/hostname": name,
            "kubernetes.io/os": "linux",
            "topology.kubernetes.io/zone": zone,
        }
        node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels}}
        cluster.request("POST", "/api/v1/nodes", node)
        ready = {"type": "Ready", "status": "True", "reason": "KubeletReady"}
        status = {"capacity": CAPACITY, "allocatable": CAPACITY, "conditions": [ready]}
        cluster.patch(f"/api/v1/nodes/{name}/status", {"status": status})
        cluster.patch(f"/api/v1/nodes/{name}", {"spec": {"taints": None}})
