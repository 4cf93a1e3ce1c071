"""What viewers and operators may do, as the API server's own RBAC answers it."""

import pytest
from cluster.controlplane import Cluster

VIEWERS, OPERATORS, STRANGERS = "kubestock:viewers", "kubestock:operators", "kubestock:strangers"
LOOKING = [
    ("get", "pods"),
    ("list", "deployments.apps"),
    ("watch", "events"),
    ("get", "pods/log"),
    ("get", "sealedsecrets.bitnami.com"),
    ("list", "certificates.cert-manager.io"),
    ("get", "podmonitors.monitoring.coreos.com"),
    ("list", "prometheusrules.monitoring.coreos.com"),
]
RUNNING = [
    ("patch", "deployments.apps"),
    ("patch", "statefulsets.apps"),
    ("update", "deployments.apps/scale"),
    ("delete", "pods"),
]
NEVER = [
    ("get", "secrets"),
    ("list", "secrets"),
    ("watch", "secrets"),
    ("patch", "sealedsecrets.bitnami.com"),
    ("create", "pods"),
    ("create", "pods/exec"),
    ("get", "pods/exec"),
    ("create", "pods/attach"),
    ("create", "pods/portforward"),
    ("patch", "pods/ephemeralcontainers"),
    ("create", "serviceaccounts/token"),
    ("create", "deployments.apps"),
    ("delete", "deployments.apps"),
    ("update", "resourcequotas"),
    ("patch", "networkpolicies.networking.k8s.io"),
    ("patch", "roles.rbac.authorization.k8s.io"),
    ("create", "rolebindings.rbac.authorization.k8s.io"),
    ("bind", "roles.rbac.authorization.k8s.io"),
    ("escalate", "roles.rbac.authorization.k8s.io"),
    ("impersonate", "serviceaccounts"),
    ("patch", "namespaces"),
]


def may(cluster: Cluster, group: str, verb: str, resource: str, namespace: str) -> bool:
    kind, _, subresource = resource.partition("/")
    asked = ["auth", "can-i", verb, kind, "-n", namespace, "--as=somebody", f"--as-group={group}"]
    if subresource:
        asked.append(f"--subresource={subresource}")
    answer = cluster.kubectl(*asked).stdout.strip()
    assert answer in {"yes", "no"}
    return answer == "yes"


@pytest.mark.parametrize(("verb", "resource"), LOOKING)
def test_viewers_and_operators_may_look(
    cluster: Cluster, applied: object, namespace: str, verb: str, resource: str
) -> None:
    assert may(cluster, VIEWERS, verb, resource, namespace)
    assert may(cluster, OPERATORS, verb, resource, namespace)
    assert not may(cluster, STRANGERS, verb, resource, namespace)
    assert not may(cluster, OPERATORS, verb, resource, "default")


@pytest.mark.parametrize(("verb", "resource"), RUNNING)
def test_only_operators_may_restart_scale_and_delete_pods(
    cluster: Cluster, applied: object, namespace: str, verb: str, resource: str
) -> None:
    assert may(cluster, OPERATORS, verb, resource, namespace)
    assert not may(cluster, VIEWERS, verb, resource, namespace)
    assert not may(cluster, OPERATORS, verb, resource, "kube-system")


@pytest.mark.parametrize(("verb", "resource"), NEVER)
def test_no_group_has_secrets_shells_or_rights_over_rights(
    cluster: Cluster, applied: object, namespace: str, verb: str, resource: str
) -> None:
    assert not may(cluster, VIEWERS, verb, resource, namespace)
    assert not may(cluster, OPERATORS, verb, resource, namespace)
