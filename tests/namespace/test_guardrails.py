import cdk8s
import pytest
from schemas import validate
from support import as_yaml, find, manifests
from syrupy.assertion import SnapshotAssertion

from kubestock.errors import ConfigurationError
from kubestock.namespace.guardrails import Guardrails
from kubestock.namespace.limits import Amounts, ContainerLimits
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
            default_request=Amounts(cpu="10m"), default=Amounts(cpu="1"), maximum=Amounts(memory="1Gi")
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


def test_nothing_goes_in_or_out_but_name_resolution(chart: cdk8s.Chart) -> None:
    guardrails(chart)
    deny, dns = (find(chart, "NetworkPolicy", name)["spec"] for name in ("default-deny", "allow-dns"))

    assert deny == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert dns["podSelector"] == {}
    assert [port["port"] for rule in dns["egress"] for port in rule["ports"]] == [53, 53]


def test_the_default_service_account_mounts_no_token(chart: cdk8s.Chart) -> None:
    guardrails(chart)

    assert find(chart, "ServiceAccount", "default")["automountServiceAccountToken"] is False


def test_refuses_pod_security_that_is_not_pinned() -> None:
    with pytest.raises(ConfigurationError, match=r"must be pinned, such as v1\.27, got 'latest'"):
        NamespaceSecurity(version="latest")
    with pytest.raises(ConfigurationError, match="got 'strict'"):
        NamespaceSecurity(level="strict")  # type: ignore[arg-type]  # checked at run time too


@pytest.mark.parametrize(
    ("lower", "higher"),
    [("minimum", "default_request"), ("default_request", "default"), ("default", "maximum"), ("minimum", "maximum")],
)
@pytest.mark.parametrize("resource", ["cpu", "memory", "ephemeral_storage"])
def test_refuses_limits_that_are_the_wrong_way_round(resource: str, lower: str, higher: str) -> None:
    values = {
        "default_request": Amounts(),
        "default": Amounts(),
        lower: Amounts(**{resource: "2"}),
        higher: Amounts(**{resource: "1"}),
    }

    with pytest.raises(ConfigurationError, match=rf"{lower} must be at most {higher} \(1\), got 2"):
        ContainerLimits(**values)


def test_refuses_a_chart_without_a_namespace(app: cdk8s.App) -> None:
    with pytest.raises(ConfigurationError, match="Guardrails needs to know its namespace"):
        guardrails(cdk8s.Chart(app, "nowhere"))
