"""Annotations that the API server validates, and their total size."""

import pytest
from workload.samples import PLATFORM, container

from kubestock.errors import ConfigurationError
from kubestock.workload.container import Container
from kubestock.workload.pod import Pod, PodTemplate
from kubestock.workload.security import PodSecurity
from kubestock.workload.service import Service

APPARMOR = "container.apparmor.security.beta.kubernetes.io/"
COST = "controller.kubernetes.io/pod-deletion-cost"
HINTS, MODE = "service.kubernetes.io/topology-aware-hints", "service.kubernetes.io/topology-mode"


def template(pod: Pod, main: Container | None = None) -> PodTemplate:
    return PodTemplate(labels=PLATFORM.labels("orders"), platform=PLATFORM, main=main or container(), pod=pod)


@pytest.mark.parametrize("cost", ["", "x", "1.5", "+1", "01", "2147483648", "-2147483649"])
def test_refuses_a_deletion_cost_that_is_not_a_number(cost: str) -> None:
    with pytest.raises(ConfigurationError, match=f"annotation {COST} must be a 32-bit integer"):
        Pod(annotations={COST: cost})

    assert Pod(annotations={COST: "-2147483648"}).annotations


@pytest.mark.parametrize("profile", ["", "default", "localhost/"])
def test_refuses_an_invalid_apparmor_profile(profile: str) -> None:
    with pytest.raises(ConfigurationError, match="must be runtime/default, unconfined or localhost/<profile>"):
        Pod(annotations={f"{APPARMOR}orders": profile})


def test_refuses_an_apparmor_profile_for_an_unknown_container() -> None:
    with pytest.raises(ConfigurationError, match=r"order must name a container of the pod \(orders\)"):
        template(Pod(annotations={f"{APPARMOR}order": "runtime/default"}))

    assert template(Pod(annotations={f"{APPARMOR}orders": "localhost/orders"})).annotations()


@pytest.mark.parametrize(
    ("key", "instead"),
    [
        ("kubernetes.io/config.mirror", "only the kubelet sets it"),
        ("scheduler.alpha.kubernetes.io/tolerations", r"give Scheduling\(tolerations=…\)"),
        ("seccomp.security.alpha.kubernetes.io/pod", r"give PodSecurity\(seccomp_profile=…\)"),
        ("container.seccomp.security.alpha.kubernetes.io/app", r"give PodSecurity\(seccomp_profile=…\)"),
    ],
)
def test_refuses_an_annotation_that_an_argument_replaces(key: str, instead: str) -> None:
    with pytest.raises(ConfigurationError, match=f"annotation {key} must not be set: {instead}"):
        Pod(annotations={key: "x"})


def test_refuses_two_topology_annotations_that_differ() -> None:
    with pytest.raises(ConfigurationError, match="must be equal, got 'Auto' and 'Disabled'"):
        Service(annotations={MODE: "Auto", HINTS: "Disabled"})

    assert Service(annotations={MODE: "Auto", HINTS: "Auto"}).annotations
    assert Service(annotations={MODE: "Auto"}).annotations


def test_refuses_source_ranges_in_an_annotation() -> None:
    with pytest.raises(ConfigurationError, match=r"must not be set: give Service\(load_balancer_source_ranges=…\)"):
        Service(annotations={"service.beta.kubernetes.io/load-balancer-source-ranges": "10.0.0.0/8"})


@pytest.mark.parametrize("field", ["annotations", "service_account_annotations"])
def test_refuses_annotations_above_the_size_limit_of_an_object(field: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{field} must have at most 261120 bytes in total"):
        Pod(**{field: {"a": "x" * 261120}})  # type: ignore[arg-type]  # one of two of its maps

    assert Pod(**{field: {"a": "x" * 261119}})  # type: ignore[arg-type]  # likewise


def test_counts_the_reasons_of_relaxations_among_the_annotations() -> None:
    reason = PodSecurity(run_as_user=1000, reasons={"run_as_user": "x" * 200_000})

    with pytest.raises(ConfigurationError, match="annotations of the pods of 'orders' must have at most 261120 bytes"):
        template(Pod(security=reason, annotations={"a": "x" * 100_000}))
    with pytest.raises(ConfigurationError, match="annotations of 'orders' must have at most 261120 bytes"):
        template(Pod(security=reason, exemptions={"CKV_K8S_40": "x" * 100_000}))

    assert template(Pod(security=reason, annotations={"a": "x" * 50_000})).annotations()
