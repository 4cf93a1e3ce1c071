from dataclasses import replace

import pytest
from workload.samples import IMAGE, PLATFORM, RESOURCES, container

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import to_manifest
from kubestock.values.references import ConfigMapRef, SecretRef
from kubestock.workload.container import Container
from kubestock.workload.emptydir import EmptyDir
from kubestock.workload.lifecycle import Lifecycle
from kubestock.workload.mounts import VolumeMount
from kubestock.workload.pod import SECRETS_CHECKSUM, Pod, PodTemplate
from kubestock.workload.ports import Port
from kubestock.workload.security import ContainerSecurity, PodSecurity
from kubestock.workload.volumes import SecretVolume


def template(main: Container, pod: Pod = Pod()) -> PodTemplate:
    return PodTemplate(labels=PLATFORM.labels("orders"), platform=PLATFORM, main=main, pod=pod)


def test_refuses_a_pause_that_does_not_fit_in_the_grace_period() -> None:
    with pytest.raises(ConfigurationError, match=r"must be below termination_grace_period_seconds \(30\), got 30"):
        template(container(lifecycle=Lifecycle(drain_seconds=30)), Pod(termination_grace_period_seconds=30))
    with pytest.raises(ConfigurationError, match=r"must be below termination_grace_period_seconds \(10\), got 10"):
        template(container(), Pod(termination_grace_period_seconds=10))

    assert template(container()).grace_seconds == 30
    assert template(container(lifecycle=Lifecycle(drain_seconds=30))).grace_seconds == 50


def test_the_grace_period_includes_the_pause_and_the_shutdown_of_the_program() -> None:
    def grace(lifecycle: Lifecycle) -> int:
        return template(container(lifecycle=lifecycle)).grace_seconds

    assert grace(Lifecycle()) == 30
    assert grace(Lifecycle(drain_seconds=10, shutdown_seconds=30)) == 45
    assert grace(Lifecycle(drain_seconds=0, shutdown_seconds=5)) == 30


def test_the_slowest_container_determines_the_grace_period() -> None:
    slow = container(name="proxy", ports=(), lifecycle=Lifecycle(drain_seconds=20, shutdown_seconds=60))

    assert template(container(), Pod(sidecars=(slow,))).grace_seconds == 85


def test_refuses_a_grace_period_that_is_too_short_for_the_shutdown_of_the_program() -> None:
    ending = container(lifecycle=Lifecycle(shutdown_seconds=30))

    with pytest.raises(ConfigurationError, match=r"of 'orders' must be at least 40, drain_seconds \(10\) and shutdown"):
        template(ending, Pod(termination_grace_period_seconds=39))
    assert template(ending, Pod(termination_grace_period_seconds=40)).grace_seconds == 40


def test_refuses_two_volumes_of_one_name() -> None:
    mounts = (
        VolumeMount(volume=EmptyDir(name="cache"), path="/a"),
        VolumeMount(volume=EmptyDir(name="cache", size_limit="1Gi"), path="/b"),
    )

    with pytest.raises(ConfigurationError, match="volume name 'cache' of 'orders' must be unique, got it twice"):
        template(container(mounts=mounts))


def test_one_volume_may_be_mounted_by_two_containers() -> None:
    shared = VolumeMount(volume=EmptyDir(name="cache"), path="/cache")
    pod = Pod(sidecars=(container(name="warmer", ports=(), mounts=(shared,)),))

    assert template(container(mounts=(shared,)), pod).containers()[1][0] == "warmer"


def test_a_change_of_a_sealed_value_changes_the_template_wherever_it_is_used() -> None:
    def annotation(checksum: str, *, mounted: bool) -> str:
        secret = SecretRef(name="db", checksum=checksum)
        mounts = (VolumeMount(volume=SecretVolume(name="db", source=secret), path="/db"),) if mounted else ()
        env = {} if mounted else {"DB_HOST": secret["DB_HOST"]}
        return template(container(mounts=mounts, env=env)).annotations()[SECRETS_CHECKSUM]

    for mounted in (True, False):
        assert annotation("a", mounted=mounted) != annotation("b", mounted=mounted)


def test_a_reference_of_unknown_content_adds_no_checksum() -> None:
    assert template(container(env={"X": ConfigMapRef(name="flags")["beta"]})).annotations() == {}


def test_refuses_a_sidecar_without_a_name() -> None:
    with pytest.raises(ConfigurationError, match="must have a name"):
        Pod(sidecars=(container(),))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"run_as_user": None}, "run_as_user"),
        ({"run_as_group": 0}, "run_as_group"),
        ({"run_as_non_root": False}, "run_as_non_root"),
        ({"seccomp_profile": "Unconfined"}, "seccomp_profile"),
        ({"mount_api_token": True}, "mount_api_token"),
    ],
)
def test_refuses_to_relax_a_pod_without_a_reason(values: dict[str, object], field: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{field} must have a reason"):
        PodSecurity(**values)  # type: ignore[arg-type]  # of several types
    with pytest.raises(ConfigurationError, match=f"{field} must have a reason"):
        PodSecurity(**values, reasons={field: "  "})  # type: ignore[arg-type]  # likewise

    PodSecurity(**values, reasons={field: "a reason"})  # type: ignore[arg-type]  # likewise


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"read_only_root_filesystem": False}, "read_only_root_filesystem"),
        ({"added_capabilities": ("NET_ADMIN",)}, "added_capabilities"),
        ({"allow_privilege_escalation": True}, "allow_privilege_escalation"),
    ],
)
def test_refuses_to_relax_a_container_without_a_reason(values: dict[str, object], field: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{field} must have a reason"):
        ContainerSecurity(**values)  # type: ignore[arg-type]  # of several types

    ContainerSecurity(**values, reasons={field: "a reason"})  # type: ignore[arg-type]  # likewise


def test_refuses_a_reason_for_what_is_not_relaxed() -> None:
    with pytest.raises(ConfigurationError, match="reasons must name relaxed fields, got 'run_as_user'"):
        PodSecurity(reasons={"run_as_user": "no need"})


def test_refuses_root_that_the_kubelet_would_not_start() -> None:
    with pytest.raises(ConfigurationError, match="run_as_user must not be 0"):
        PodSecurity(run_as_user=0, reasons={"run_as_user": "a reason"})


@pytest.mark.parametrize("capability", ["CAP_NET_ADMIN", "net_admin", "NET_ADMINS", ""])
def test_refuses_an_unknown_capability(capability: str) -> None:
    with pytest.raises(ConfigurationError, match=f"a capability must be a Linux capability .*, got '{capability}'"):
        ContainerSecurity(added_capabilities=(capability,), reasons={"added_capabilities": "a reason"})

    assert ContainerSecurity(added_capabilities=("NET_ADMIN",), reasons={"added_capabilities": "a reason"})


@pytest.mark.parametrize("profile", ["Localhost/", "Localhost//etc/a", "Localhost/../a", "localhost/a", ""])
def test_refuses_a_seccomp_profile_that_no_node_can_have(profile: str) -> None:
    with pytest.raises(ConfigurationError, match=f"seccomp_profile must be .*, got '{profile}'"):
        PodSecurity(seccomp_profile=profile)

    assert PodSecurity(seccomp_profile="Localhost/profiles/a.json").to_kube().seccomp_profile


def test_refuses_a_user_that_linux_does_not_have() -> None:
    with pytest.raises(ConfigurationError, match="run_as_user must be at most 2147483647"):
        PodSecurity(run_as_user=2**31)


def test_refuses_a_privileged_port_and_the_error_says_how_to_serve_it() -> None:
    with pytest.raises(ConfigurationError, match="listen on 8080 and set service_port=80, or give PodSecurity"):
        template(container(ports=(Port(80),)))


ROOT = PodSecurity(run_as_user=0, run_as_non_root=False, reasons={"run_as_user": "old", "run_as_non_root": "old"})


def test_a_capability_or_a_sysctl_lets_a_program_bind_a_privileged_port() -> None:
    sysctl = PodSecurity(sysctls={"net.ipv4.ip_unprivileged_port_start": "80"})
    capable = ContainerSecurity(added_capabilities=("NET_BIND_SERVICE",), reasons={"added_capabilities": "old clients"})
    binding = template(container(ports=(Port(80),)), Pod(security=sysctl)).to_kube({})
    template(replace(container(ports=(Port(80),)), security=capable), Pod(security=ROOT))

    assert to_manifest(binding)["spec"]["securityContext"]["sysctls"] == [
        {"name": "net.ipv4.ip_unprivileged_port_start", "value": "80"}
    ]
    with pytest.raises(ConfigurationError, match="must be 80 or above, got 79"):
        template(container(ports=(Port(79),)), Pod(security=sysctl))


def test_refuses_a_capability_that_a_program_cannot_gain_from_its_file() -> None:
    reasons = {"added_capabilities": "old clients", "allow_privilege_escalation": "its file has the capability"}
    fixed = ContainerSecurity(added_capabilities=("NET_BIND_SERVICE",), reasons={"added_capabilities": "old clients"})
    gaining = replace(fixed, allow_privilege_escalation=True, reasons=reasons)
    with pytest.raises(ConfigurationError, match="its file has the capability and allow_privilege_escalation=True"):
        template(replace(container(ports=(Port(80),)), security=fixed))

    assert template(replace(container(ports=(Port(80),)), security=gaining))


def test_refuses_a_kernel_setting_that_is_malformed_or_unsafe_without_a_reason() -> None:
    with pytest.raises(ConfigurationError, match="the name of a sysctl must be words joined by dots"):
        PodSecurity(sysctls={"tcp_syncookies": "1"})
    with pytest.raises(ConfigurationError, match="sysctls must have a reason"):
        PodSecurity(sysctls={"kernel.msgmax": "65536"})
    with pytest.raises(ConfigurationError, match="must be a port number, or 0 for all ports, got 'all'"):
        PodSecurity(sysctls={"net.ipv4.ip_unprivileged_port_start": "all"})

    assert PodSecurity(sysctls={"kernel.msgmax": "65536"}, reasons={"sysctls": "a queue"}).sysctls


def test_refuses_duplicated_ports_and_mounts_and_a_command_that_is_not_a_tuple() -> None:
    with pytest.raises(ConfigurationError, match="each port name must be unique, got 'http'"):
        container(ports=(Port(8080), Port(8081)))
    with pytest.raises(ConfigurationError, match="each port number must be unique, got '8080/TCP'"):
        container(ports=(Port(8080), Port(8080, name="other")))
    with pytest.raises(ConfigurationError, match="each mount path must be unique, got '/a'"):
        container(
            mounts=(
                VolumeMount(volume=EmptyDir(name="a"), path="/a"),
                VolumeMount(volume=EmptyDir(name="b"), path="/a"),
            )
        )
    with pytest.raises(ConfigurationError, match=r"command must be tuple\[str, …\] or None, got str"):
        Container(image=IMAGE, resources=RESOURCES, command="node server")  # type: ignore[arg-type]  # checked at run time


@pytest.mark.parametrize("exemption", [{"CKV_K8S_35": " "}, {"K8S_35": "a reason"}])
def test_refuses_an_exemption_without_a_check_or_a_reason(exemption: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match="exemptions must map the id of a check"):
        Pod(exemptions=exemption)


def test_two_containers_may_relax_one_field_for_different_reasons() -> None:
    def writing(name: str, why: str) -> Container:
        security = ContainerSecurity(read_only_root_filesystem=False, reasons={"read_only_root_filesystem": why})
        return Container(name=name, image=IMAGE, resources=RESOURCES, security=security)

    made = template(writing("app", "writes its cache"), Pod(sidecars=(writing("proxy", "writes its pid"),)))

    assert made.relaxations() == {
        "kubestock/relaxed-read-only-root-filesystem": "app: writes its cache; proxy: writes its pid"
    }
