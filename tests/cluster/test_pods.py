"""Real controllers create every pod of production, also while all of it rolls out at its largest.

There are no nodes. A pod is created, which is what a quota, a limit range and Pod Security decide on; whether it then
runs is said here in the place of a kubelet.
"""

from typing import Any

import pytest
from controlplane import Cluster, wait_until
from support import Manifest, pick

from kubestock.values.quantities import Quantity

OPERATOR = ("--as=somebody", "--as-group=kubestock:operators")
REFUSALS = {"FailedCreate", "ReplicaSetCreateError", "FailedToCreateEndpoint", "FailedToUpdateEndpointSlices"}


class Namespace:
    """What the controllers have made of production."""

    def __init__(self, cluster: Cluster, name: str) -> None:
        self.cluster = cluster
        self.name = name

    def items(self, kind: str, group: str = "api/v1") -> list[Manifest]:
        found = self.cluster.get(f"/{group}/namespaces/{self.name}/{kind}")
        return list(found["items"])

    def deployments(self) -> list[Manifest]:
        return self.items("deployments", "apis/apps/v1")

    def replicas(self, field: str = "replicas") -> dict[str, int]:
        return {each["metadata"]["name"]: each["status"].get(field, 0) for each in self.deployments()}

    def refusals(self) -> list[str]:
        events = [each["message"] for each in self.items("events") if each["reason"] in REFUSALS]
        for each in self.deployments():
            conditions = each["status"].get("conditions", [])
            events += [one["message"] for one in conditions if one["type"] == "ReplicaFailure"]
        return events

    def used(self) -> dict[str, Quantity]:
        (quota,) = self.items("resourcequotas")
        return amounts(quota["status"].get("used", {}))

    def start_all(self) -> None:
        """Say of every pod that it has run for a while, as its kubelet would."""
        for number, pod in enumerate(self.items("pods")):
            if not is_ready(pod):
                address = f"10.1.{number // 250}.{number % 250 + 1}"
                condition = {"type": "Ready", "status": "True", "lastTransitionTime": "2020-01-01T00:00:00Z"}
                status = {
                    "phase": "Running",
                    "podIP": address,
                    "podIPs": [{"ip": address}],
                    "conditions": [condition],
                }
                path = f"/api/v1/namespaces/{self.name}/pods/{pod['metadata']['name']}/status"
                self.cluster.patch(path, {"status": status})


def is_ready(pod: Manifest) -> bool:
    conditions = pod["status"].get("conditions", [])
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


def amounts(named: dict[str, Any]) -> dict[str, Quantity]:
    return {name: Quantity(str(value)) for name, value in named.items()}


@pytest.fixture(scope="session")
def observed(cluster: Cluster, namespace: str, applied: object) -> Namespace:
    return Namespace(cluster, namespace)
