"""A Namespace without guardrails, and parts of the guardrails that can be left out."""

import pytest
from support import find, manifests
from workload.samples import PLATFORM

from kubestock import Chart, ConfigurationError, Guardrails
from kubestock.namespace import Namespace, NamespaceSecurity
from kubestock.values import Off

LABELS = PLATFORM.labels("shop")


def test_a_namespace_can_be_created_without_guardrails(chart: Chart) -> None:
    Namespace(chart, "namespace", labels=LABELS, namespace_labels={"istio-injection": "enabled"})

    (made,) = manifests(chart)
    assert made["kind"] == "Namespace"
    assert made["metadata"]["labels"]["istio-injection"] == "enabled"
    assert made["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


def test_pod_security_can_be_left_to_the_cluster_with_a_reason(chart: Chart) -> None:
    Namespace(chart, "namespace", labels=LABELS, pod_security=Off("Kyverno judges pods"))

    (made,) = manifests(chart)
    assert "pod-security" not in str(made["metadata"]["labels"])
    assert made["metadata"]["annotations"] == {"kubestock/relaxed-no-pod-security": "Kyverno judges pods"}


def test_the_limit_range_of_guardrails_can_be_left_out_with_a_reason(chart: Chart) -> None:
    made = Guardrails(chart, "guardrails", labels=LABELS, limits=Off("the platform team sets one"))

    assert made.limits is None
    assert "LimitRange" not in {each["kind"] for each in manifests(chart)}
    annotations = find(chart, "Namespace", "shop")["metadata"]["annotations"]
    assert annotations == {"kubestock/relaxed-no-limit-range": "the platform team sets one"}


def test_guardrails_label_their_namespace(chart: Chart) -> None:
    Guardrails(chart, "guardrails", labels=LABELS, namespace_labels={"team": "shop"})

    assert find(chart, "Namespace", "shop")["metadata"]["labels"]["team"] == "shop"


def test_refuses_a_label_that_another_argument_sets(chart: Chart) -> None:
    security = NamespaceSecurity(level="baseline")
    labels = {"pod-security.kubernetes.io/enforce": "privileged"}

    with pytest.raises(ConfigurationError, match=r"namespace_labels must not set .* to 'baseline'"):
        Namespace(chart, "namespace", labels=LABELS, pod_security=security, namespace_labels=labels)
