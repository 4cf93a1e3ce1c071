"""Every container that is accepted."""

from hypothesis import strategies as st
from validation.oddities import accepted, amounts, maps, maybe, numbers, sequences, texts
from validation.volume_spaces import env_from, env_values, mounts, paths
from workload.samples import IMAGE, RESOURCES

from kubestock.values.off import Off
from kubestock.workload.container import Container
from kubestock.workload.image import ContainerImage
from kubestock.workload.lifecycle import Lifecycle
from kubestock.workload.ports import Port
from kubestock.workload.probes import Exec, Grpc, HttpGet, Probe, Probes, TcpSocket
from kubestock.workload.resources import ContainerResources
from kubestock.workload.security import ContainerSecurity

PORTS = (Port(8080), Port(9090, name="metrics"))
_port_names = st.sampled_from([None, "http", "metrics"]) | texts

images = accepted(
    ContainerImage,
    {"repository": IMAGE.repository, "tag": IMAGE.tag},
    {
        "repository": texts,
        "tag": texts,
        "digest": maybe(st.just("sha256:" + "a" * 64) | texts),
        "pull_policy": st.sampled_from([None, "Always", "IfNotPresent", "Never"]),
    },
)
resources = accepted(
    ContainerResources,
    {"cpu_request": "1m", "memory_request": "1", "memory_limit": "1Gi"},
    {
        "cpu_request": amounts,
        "cpu_limit": maybe(amounts),
        "memory_request": amounts,
        "memory_limit": amounts,
        "ephemeral_storage_request": maybe(amounts),
        "ephemeral_storage_limit": amounts | st.just(Off("why")),
    },
)
ports = accepted(
    Port,
    {"number": 8080},
    {
        "number": numbers,
        "name": texts,
        "service_port": maybe(numbers),
        "protocol": st.sampled_from(["TCP", "UDP", "SCTP"]),
        "metrics_path": maybe(paths),
        "app_protocol": maybe(st.sampled_from(["grpc", "kubernetes.io/h2c"]) | texts),
    },
)
http = accepted(
    HttpGet,
    {"path": "/"},
    {"path": paths, "port": _port_names, "scheme": st.sampled_from(["HTTP", "HTTPS"]), "headers": maps},
)
commands = accepted(Exec, {"command": ("true",)}, {"command": sequences(texts)})
actions = st.one_of(
    http,
    commands,
    accepted(TcpSocket, {}, {"port": _port_names}),
    accepted(Grpc, {}, {"port": _port_names, "service": maybe(texts)}),
)
probe = accepted(
    Probe,
    {"action": TcpSocket()},
    {
        "action": actions,
        "initial_delay_seconds": numbers,
        "period_seconds": numbers,
        "timeout_seconds": numbers,
        "failure_threshold": numbers,
        "success_threshold": numbers,
        "termination_grace_period_seconds": maybe(numbers),
    },
)
probes = accepted(Probes, {}, {"readiness": maybe(probe), "liveness": maybe(probe), "startup": maybe(probe)})
lifecycles = accepted(
    Lifecycle,
    {},
    {"drain_seconds": numbers, "pre_stop": maybe(http | commands), "post_start": maybe(http | commands)},
)
_why = {"read_only_root_filesystem": "why", "added_capabilities": "why", "allow_privilege_escalation": "why"}
security = accepted(
    ContainerSecurity,
    {},
    {
        "read_only_root_filesystem": st.booleans(),
        "added_capabilities": sequences(st.sampled_from(["NET_ADMIN", "SYS_ADMIN", "ALL"]) | texts),
        "allow_privilege_escalation": st.booleans(),
        "reasons": st.dictionaries(st.sampled_from(sorted(_why)), texts, max_size=3),
    },
)
_plain = {
    "image": images,
    "resources": resources,
    "name": maybe(texts),
    "env": st.dictionaries(texts, env_values, max_size=4),
    "env_from": sequences(env_from),
    "command": maybe(sequences(texts)),
    "args": maybe(sequences(texts)),
    "working_dir": maybe(paths),
    "mounts": sequences(mounts),
    "security": security,
    "writable_tmp": st.booleans(),
}
jobs = accepted(Container, {"image": IMAGE, "resources": RESOURCES}, _plain)
"""Containers that run to their end."""
containers = accepted(
    Container,
    {"image": IMAGE, "resources": RESOURCES, "ports": PORTS},
    {**_plain, "ports": sequences(ports), "probes": probes, "lifecycle": maybe(lifecycles)},
)
