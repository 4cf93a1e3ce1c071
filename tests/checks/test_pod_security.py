from typing import Any

import pytest
from shop import main, messages_of, pod, shop

RULE = "pod-security"
REJECTED = "Deployment/shop/ms-orders: restricted rejects its pods: "
MAIN = "container 'ms-orders'"


@pytest.mark.parametrize("field", ["hostNetwork", "hostPID", "hostIPC"])
def test_finds_a_host_namespace(field: str) -> None:
    chart = shop()
    pod(chart, "ms-orders")[field] = True

    assert messages_of(chart, RULE) == [f"{REJECTED}{field} is true; leave it out"]


def test_finds_a_host_path_volume() -> None:
    chart = shop()
    pod(chart, "ms-orders")["volumes"].append({"name": "logs", "hostPath": {"path": "/var/log"}})

    assert messages_of(chart, RULE) == [
        f"{REJECTED}volume 'logs' is of the type hostPath; use one of configMap, csi, downwardAPI, emptyDir, "
        "ephemeral, image, persistentVolumeClaim, projected, secret"
    ]


@pytest.mark.parametrize(
    ("change", "violation"),
    [
        (
            {"sysctls": [{"name": "kernel.msgmax"}]},
            "the sysctl 'kernel.msgmax' is not safe; leave it out",
        ),
        ({"runAsUser": 0}, "the pod runs as user 0; set another runAsUser"),
        (
            {"windowsOptions": {"hostProcess": True}},
            "the pod is a process of the Windows host; leave hostProcess out",
        ),
        (
            {"seLinuxOptions": {"type": "spc_t"}},
            "the pod sets seLinuxOptions that are not allowed for containers; leave them out",
        ),
        (
            {"seLinuxOptions": {"user": "system_u"}},
            "the pod sets seLinuxOptions that are not allowed for containers; leave them out",
        ),
        (
            {"seccompProfile": {"type": "Unconfined"}},
            "the pod has the seccompProfile 'Unconfined'; use RuntimeDefault",
        ),
        (
            {"appArmorProfile": {"type": "Unconfined"}},
            "the pod has the appArmorProfile 'Unconfined'; use RuntimeDefault",
        ),
    ],
)
def test_finds_an_unsafe_context_of_the_pod(change: dict[str, Any], violation: str) -> None:
    chart = shop()
    pod(chart, "ms-orders")["securityContext"].update(change)

    assert messages_of(chart, RULE) == [f"{REJECTED}{violation}"]


@pytest.mark.parametrize(
    ("change", "violation"),
    [
        ({"privileged": True}, "is privileged; set privileged: false"),
        ({"procMount": "Unmasked"}, "has a procMount other than Default; leave it out"),
        ({"runAsUser": 0}, "runs as user 0; set another runAsUser"),
        ({"runAsNonRoot": False}, "may run as root; set runAsNonRoot: true"),
        ({"allowPrivilegeEscalation": None}, "may gain privileges; set allowPrivilegeEscalation: false"),
        ({"capabilities": {"drop": ["NET_RAW"]}}, "keeps capabilities; drop ALL"),
        (
            {"capabilities": {"drop": ["ALL"], "add": ["SYS_TIME", "NET_BIND_SERVICE"]}},
            "adds the capabilities SYS_TIME; remove them: only NET_BIND_SERVICE may be added",
        ),
    ],
)
def test_finds_an_unsafe_context_of_a_container(change: dict[str, Any], violation: str) -> None:
    chart = shop()
    main(chart, "ms-orders")["securityContext"].update(change)

    assert messages_of(chart, RULE) == [f"{REJECTED}{MAIN} {violation}"]


def test_finds_a_host_port() -> None:
    chart = shop()
    main(chart, "ms-orders")["ports"][0]["hostPort"] = 80

    assert messages_of(chart, RULE) == [f"{REJECTED}{MAIN} uses a hostPort; leave it out, and use a Service"]


def test_finds_pods_without_settings_for_root_and_seccomp() -> None:
    chart = shop()
    pod(chart, "ms-inventory")["securityContext"] = {}

    assert messages_of(chart, RULE) == [
        "Deployment/shop/ms-inventory: restricted rejects its pods: container 'ms-inventory' may run as "
        "root; set runAsNonRoot: true",
        "Deployment/shop/ms-inventory: restricted rejects its pods: container 'ms-inventory' has no "
        "seccompProfile; set its type to RuntimeDefault",
    ]


def test_containers_can_set_what_the_pod_does_not_set() -> None:
    chart = shop()
    context = pod(chart, "ms-inventory").pop("securityContext")
    main(chart, "ms-inventory")["securityContext"].update(context)

    assert messages_of(chart, RULE) == []


def test_finds_a_pod_that_may_run_as_root_even_if_its_containers_may_not() -> None:
    chart = shop()
    pod(chart, "ms-inventory")["securityContext"]["runAsNonRoot"] = False
    main(chart, "ms-inventory")["securityContext"]["runAsNonRoot"] = True

    assert messages_of(chart, RULE) == [
        "Deployment/shop/ms-inventory: restricted rejects its pods: the pod may run as root; set runAsNonRoot: true"
    ]


def test_windows_pods_need_no_linux_settings() -> None:
    chart = shop()
    pod(chart, "ms-inventory")["os"] = {"name": "windows"}
    main(chart, "ms-inventory")["securityContext"] = {}

    assert messages_of(chart, RULE) == []


def test_a_namespace_without_a_level_admits_any_pod() -> None:
    chart = shop()[1:]
    pod(chart, "ms-orders")["hostNetwork"] = True

    assert messages_of(chart, RULE) == []
