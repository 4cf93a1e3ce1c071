import cdk8s
import pytest
from schemas import validate
from support import as_yaml, find, manifests
from syrupy.assertion import SnapshotAssertion

from kubestock.errors import ConfigurationError
from kubestock.namespace.guardrails import Guardrails
from kubestock.namespace.limits import ContainerLimits, ResourceList
from kubestock.namespace.pod_security import NamespaceSecurity
from kubestock.values.labels import Labels

LABELS = Labels(name="shop", part_of="shop", environment="production")


def guardrails(chart: cdk8s.Chart) -> Guardrails:
    return Guardrails(chart, "guardrails", labels=LABELS, viewers=("shop:viewers",), operators=("shop:operators",))


def test_the_smallest_guardrails_deny_everything(chart: cdk8s.Chart, yaml_snapshot: SnapshotAssertion) -> None:
    Guardrails(chart, "guardrails", labels=LABELS)

    assert as_yaml(manifests(chart)) == yaml_snapshot


def test_the_fullest_guardrails_use_every_field(chart: cdk8s.Chart, yaml_snapshot: SnapshotAssertion) -> None:
    Guardrails(
        chart,
        "guardrails",
        labels=LABELS,
        viewers=("shop:viewers", "shop:auditors"),
        operators=("shop:operators",),
        pod_security=NamespaceSecurity(level="baseline", version="v1.30"),
        limits=ContainerLimits(
            default_request=ResourceList(cpu="10m", memory="64Mi"),
            default=ResourceList(cpu="40m", memory="128Mi"),
            minimum=ResourceList(cpu="5m"),
            maximum=ResourceList(memory="1Gi"),
            max_limit_request_ratio=ResourceList(cpu="4"),
        ),
    )

    assert as_yaml(manifests(chart)) == yaml_snapshot


def test_every_object_is_valid_against_the_strict_schema(chart: cdk8s.Chart) -> None:
    guardrails(chart)

    for manifest in manifests(chart):
        validate(manifest)


def test_the_namespace_pins_every_mode_of_pod_security(chart: cdk8s.Chart) -> None:
    guardrails(chart)
    labels = find(chart, "Namespace", "shop")["metadata"]["labels"]

    for mode in ("enforce", "audit", "warn"):
        assert labels[f"pod-security.kubernetes.io/{mode}"] == "restricted"
        assert labels[f"pod-security.kubernetes.io/{mode}-version"] == "v1.27"


def test_all_traffic_except_dns_is_denied(chart: cdk8s.Chart) -> None:
    guardrails(chart)
    deny, dns = (find(chart, "NetworkPolicy", name)["spec"] for name in ("default-deny", "allow-dns"))
    resolver = {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
        "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
    }
    ports = [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}]

    assert deny == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert dns == {"podSelector": {}, "policyTypes": ["Egress"], "egress": [{"to": [resolver], "ports": ports}]}


def test_every_object_has_the_labels_of_the_owner(chart: cdk8s.Chart) -> None:
    guardrails(chart)

    assert len(manifests(chart)) == 9
    for manifest in manifests(chart):
        assert LABELS.metadata.items() <= manifest["metadata"]["labels"].items()


def test_the_namespace_is_that_of_the_chart_and_has_none_itself(chart: cdk8s.Chart) -> None:
    made = guardrails(chart)

    assert made.namespace.to_json()["metadata"]["name"] == "shop"
    assert [each["kind"] for each in manifests(chart) if "namespace" not in each["metadata"]] == ["Namespace"]


def test_the_default_service_account_mounts_no_token(chart: cdk8s.Chart) -> None:
    guardrails(chart)

    assert find(chart, "ServiceAccount", "default")["automountServiceAccountToken"] is False


def test_refuses_a_chart_without_a_namespace(app: cdk8s.App) -> None:
    with pytest.raises(ConfigurationError, match="Guardrails must be in a chart with a namespace"):
        guardrails(cdk8s.Chart(app, "nowhere"))


@pytest.mark.parametrize("namespace", ["kube-system", "kube-public", "kube-node-lease"])
def test_refuses_a_namespace_of_kubernetes_itself(app: cdk8s.App, namespace: str) -> None:
    with pytest.raises(ConfigurationError, match=f"must not begin with 'kube-', got '{namespace}'.*its own namespace"):
        guardrails(cdk8s.Chart(app, "cluster", namespace=namespace))


def test_refuses_an_invalid_namespace(app: cdk8s.App) -> None:
    with pytest.raises(ConfigurationError, match=r"namespace must be made of .*got 'Shop_1'; for example 'shop-1'"):
        guardrails(cdk8s.Chart(app, "shop", namespace="Shop_1"))
