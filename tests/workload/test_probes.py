from typing import Any

import pytest
from workload.samples import container

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import k8s
from kubestock.workload.lifecycle import Lifecycle
from kubestock.workload.pod import Pod
from kubestock.workload.ports import Port
from kubestock.workload.probes import Exec, Grpc, HttpGet, Probe, Probes, TcpSocket


def rendered(probes: Probes, *ports: Port) -> dict[str, Any]:
    binding = container(ports=ports or (Port(8080),), probes=probes).to_kube("app")
    found: dict[str, Any] = k8s.KubePod.manifest(spec=k8s.PodSpec(containers=[binding]))["spec"]["containers"][0]
    return found


@pytest.mark.parametrize(
    ("action", "field", "value"),
    [
        (HttpGet(path="/up"), "httpGet", {"path": "/up", "port": "http"}),
        (TcpSocket(), "tcpSocket", {"port": "http"}),
        (Grpc(service="shop"), "grpc", {"port": 8080, "service": "shop"}),
        (Exec(("cat", "/ready")), "exec", {"command": ["cat", "/ready"]}),
    ],
)
def test_every_kind_of_action_uses_the_first_port(action: Any, field: str, value: dict[str, Any]) -> None:
    assert rendered(Probes(readiness=Probe(action=action)))["readinessProbe"][field] == value


def test_one_path_has_three_probes_with_different_thresholds() -> None:
    found = rendered(Probes.http("/health", startup_seconds=30))
    ready, alive, started = (found[f"{kind}Probe"] for kind in ("readiness", "liveness", "startup"))

    assert ready != alive
    assert ready["periodSeconds"] * ready["failureThreshold"] == 15
    assert alive["periodSeconds"] * alive["failureThreshold"] == 60
    assert started["periodSeconds"] * started["failureThreshold"] == 3 * 30


def test_a_slow_start_has_a_startup_probe_and_no_delay() -> None:
    found = rendered(Probes.http("/health"))

    assert not any("initialDelaySeconds" in found[f"{kind}Probe"] for kind in ("readiness", "liveness", "startup"))


def test_refuses_a_probe_on_an_unknown_port() -> None:
    probes = Probes(readiness=Probe(action=HttpGet(path="/", port="admin")))

    with pytest.raises(ConfigurationError, match=r"port of HttpGet: .* must have port 'admin', got http"):
        container(probes=probes)


def test_refuses_a_network_probe_of_a_container_without_ports() -> None:
    with pytest.raises(ConfigurationError, match=r"port of HttpGet: .* must have at least one port, got none"):
        container(ports=(), probes=Probes.http("/health"))


def test_refuses_liveness_that_equals_readiness() -> None:
    probe = Probe(action=HttpGet(path="/health"))

    with pytest.raises(ConfigurationError, match="readiness and liveness must differ"):
        Probes(readiness=probe, liveness=probe)


@pytest.mark.parametrize("kind", ["liveness", "startup"])
def test_refuses_more_than_one_success_where_the_api_server_rejects_it(kind: str) -> None:
    wrong: dict[str, Any] = {kind: Probe(action=TcpSocket(), success_threshold=2)}

    with pytest.raises(ConfigurationError, match=f"success_threshold of {kind} must be 1, got 2"):
        Probes(**wrong)


def test_refuses_a_grace_period_of_readiness() -> None:
    with pytest.raises(ConfigurationError, match="must be left out for readiness, which never restarts a container"):
        Probes(readiness=Probe(action=TcpSocket(), termination_grace_period_seconds=5))


@pytest.mark.parametrize("field", ["period_seconds", "timeout_seconds", "failure_threshold", "success_threshold"])
def test_refuses_thresholds_below_one(field: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{field} must be at least 1, got 0"):
        Probe(action=TcpSocket(), **{field: 0})


def test_refuses_malformed_actions() -> None:
    with pytest.raises(ConfigurationError, match="probe path must begin with '/', got 'health'"):
        HttpGet(path="health")
    with pytest.raises(ConfigurationError, match="scheme must be 'HTTP' or 'HTTPS', got 'https'"):
        HttpGet(path="/", scheme="https")  # type: ignore[arg-type]  # checked at run time too
    with pytest.raises(ConfigurationError, match=r"command must be tuple\[str, …\], got str"):
        Exec("true")  # type: ignore[arg-type]  # checked at run time too


def test_the_pause_before_sigterm_runs_the_sleep_of_the_image() -> None:
    binding = container().to_kube("app", main=True)
    manifest = k8s.KubePod.manifest(spec=k8s.PodSpec(containers=[binding]))

    assert manifest["spec"]["containers"][0]["lifecycle"] == {"preStop": {"exec": {"command": ["sleep", "10"]}}}


def test_there_is_no_hook_without_a_pause() -> None:
    assert Lifecycle(drain_seconds=0).to_kube(lambda _: None) is None


def test_a_hook_uses_the_port_that_it_names() -> None:
    ports = (Port(8080), Port(9000, name="admin"))
    hooks = Lifecycle(pre_stop=HttpGet(path="/drain", port="admin"), post_start=HttpGet(path="/warm"))
    binding = container(ports=ports, lifecycle=hooks).to_kube("app")
    found = k8s.KubePod.manifest(spec=k8s.PodSpec(containers=[binding]))["spec"]["containers"][0]["lifecycle"]

    assert found["preStop"]["httpGet"] == {"path": "/drain", "port": "admin"}
    assert found["postStart"]["httpGet"] == {"path": "/warm", "port": "http"}


@pytest.mark.parametrize("name", ["", "X Y", "X_Y", "Höst", "Host:"])
def test_refuses_a_header_that_the_api_server_rejects(name: str) -> None:
    with pytest.raises(ConfigurationError, match="the name of a header must have only letters, digits and hyphens"):
        HttpGet(path="/", headers={name: "x"})

    assert HttpGet(path="/", headers={"X-1": "anything: é\t"}).headers


@pytest.mark.parametrize("value", ["a\r\nb", "\x00", "\x7f"])
def test_refuses_a_header_that_the_kubelet_cannot_send(value: str) -> None:
    with pytest.raises(ConfigurationError, match="the value of header 'Host' must have no control characters"):
        HttpGet(path="/", headers={"Host": value})


def test_refuses_a_threshold_above_32_bits() -> None:
    with pytest.raises(ConfigurationError, match="failure_threshold must be at most 2147483647"):
        Probe(action=TcpSocket(), failure_threshold=2**31)


def test_refuses_probes_and_hooks_of_an_init_container() -> None:
    for sample in (container(name="init", probes=Probes.http("/")), container(name="init", lifecycle=Lifecycle())):
        with pytest.raises(ConfigurationError, match="init container 'init' must have no probes and no lifecycle"):
            Pod(init_containers=(sample,))
