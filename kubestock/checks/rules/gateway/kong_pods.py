"""Rules about the listeners, files and admin API of Kong's pods."""

import re
from collections.abc import Iterator, Mapping

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory, describe_container
from kubestock.checks.facts.kong import kong_containers
from kubestock.checks.facts.mounts import Mounts
from kubestock.checks.facts.ports import protocol
from kubestock.checks.finding import Problem
from kubestock.values import documents
from kubestock.values.documents import Document

_DEFAULT_LISTENERS: Mapping[str, str] = {
    "KONG_PROXY_LISTEN": "0.0.0.0:8000, 0.0.0.0:8443 ssl",
    "KONG_ADMIN_LISTEN": "127.0.0.1:8001, 127.0.0.1:8444 ssl",
    "KONG_ADMIN_GUI_LISTEN": "0.0.0.0:8002, 0.0.0.0:8445 ssl",
    "KONG_STATUS_LISTEN": "127.0.0.1:8007 ssl",
    "KONG_STREAM_LISTEN": "off",
    "KONG_CLUSTER_LISTEN": "0.0.0.0:8005",
    "KONG_CLUSTER_TELEMETRY_LISTEN": "0.0.0.0:8006",
    "KONG_DEBUG_LISTEN": "off",
}
_LISTENER = re.compile(r"(?P<host>\[[^\]]*\]|[^\s:,]+):(?P<port>[0-9]{1,5})")
_LOOPBACK = re.compile(r"127\.[0-9.]+|localhost|\[::1\]")
_PATHS = (
    "KONG_DECLARATIVE_CONFIG",
    "KONG_SSL_CERT",
    "KONG_SSL_CERT_KEY",
    "KONG_ADMIN_SSL_CERT",
    "KONG_ADMIN_SSL_CERT_KEY",
    "KONG_STATUS_SSL_CERT",
    "KONG_STATUS_SSL_CERT_KEY",
    "KONG_CLIENT_SSL_CERT",
    "KONG_CLIENT_SSL_CERT_KEY",
    "KONG_CLUSTER_CERT",
    "KONG_CLUSTER_CERT_KEY",
    "KONG_LUA_SSL_TRUSTED_CERTIFICATE",
    "KONG_NGINX_ADMIN_SSL_CLIENT_CERTIFICATE",
)
_POD = """
        apiVersion: v1
        kind: Pod
        metadata: {name: kong}
        spec:
          containers:
            - name: kong
              image: kong:3.9
"""


@rule(
    "kong-admin-published",
    title="The admin API of Kong is open to the network",
    source="https://developer.konghq.com/gateway/secure-the-admin-api/",
    fails=f"""{_POD}
              env: [{{name: KONG_ADMIN_LISTEN, value: "0.0.0.0:8001"}}]
    """,
    passes=f"""{_POD}
              env: [{{name: KONG_ADMIN_LISTEN, value: "off"}}]
    """,
)
def kong_admin_published(inventory: Inventory) -> Iterator[Problem]:
    """The admin API requires no authentication.

    Any client that can connect to it can change all routes and read all credentials.
    """
    for workload in inventory.workloads:
        for container, settings in kong_containers(inventory, workload):
            written = settings.get("KONG_ADMIN_LISTEN", "")
            verified = settings.get("KONG_NGINX_ADMIN_SSL_VERIFY_CLIENT", "off") == "on"
            open_ones = [host for host, _ in _listeners(written) if not _LOOPBACK.fullmatch(host)]
            if open_ones and not (verified and _is_all_tls(written)):
                yield workload.problem(
                    f"{describe_container(container)} opens the admin API of Kong at {open_ones[0]} without "
                    "requiring a client certificate",
                    fix="set KONG_ADMIN_LISTEN to off, or to 127.0.0.1:8444 ssl",
                    part=container,
                    field=("env",),
                )


@rule(
    "kong-listener",
    title="Kong does not listen at a port that its container declares",
    source="https://developer.konghq.com/gateway/configuration/#nginx-section",
    fails=f"""{_POD}
              ports: [{{name: status, containerPort: 8100}}]
              env: [{{name: KONG_STATUS_LISTEN, value: "0.0.0.0:8101"}}]
    """,
    passes=f"""{_POD}
              ports: [{{name: status, containerPort: 8100}}]
              env: [{{name: KONG_STATUS_LISTEN, value: "0.0.0.0:8100"}}]
    """,
)
def kong_listener(inventory: Inventory) -> Iterator[Problem]:
    """Every connection to the port is refused: no listener of Kong uses it, or only one on the loopback address."""
    for workload in inventory.workloads:
        for container, settings in kong_containers(inventory, workload):
            if _may_have_other_listeners(container, settings):
                continue
            open_ports = _open_ports(settings)
            for port in documents.mappings(container, "ports"):
                number = documents.whole(port, "containerPort")
                if number is not None and protocol(port) == "TCP" and number not in open_ports:
                    yield workload.problem(
                        f"{describe_container(container)} declares port {number}, but Kong does not listen at it "
                        "for connections from outside the pod",
                        fix="set the port in the matching KONG_*_LISTEN variable",
                        part=port,
                        field=("containerPort",),
                    )


@rule(
    "kong-file-path",
    title="Kong reads a file that is not mounted",
    source="https://developer.konghq.com/gateway/configuration/#declarative-config",
    fails=f"""{_POD}
              env: [{{name: KONG_DECLARATIVE_CONFIG, value: /kong/kong.yaml}}]
              volumeMounts: [{{name: config, mountPath: /kong}}]
          volumes: [{{name: config, configMap: {{name: kong}}}}]
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {{name: kong}}
        data: {{kong.yml: '_format_version: "3.0"'}}
    """,
    passes=f"""{_POD}
              env: [{{name: KONG_DECLARATIVE_CONFIG, value: /kong/kong.yml}}]
              volumeMounts: [{{name: config, mountPath: /kong}}]
          volumes: [{{name: config, configMap: {{name: kong}}}}]
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {{name: kong}}
        data: {{kong.yml: '_format_version: "3.0"'}}
    """,
)
def kong_file_path(inventory: Inventory) -> Iterator[Problem]:
    """Kong does not start, because its declarative configuration or a certificate is not at the configured path."""
    for workload in inventory.workloads:
        for container, settings in kong_containers(inventory, workload):
            mounts = Mounts(inventory, workload, container)
            for variable in _PATHS:
                for path in filter(None, re.split(r"\s*,\s*", settings.get(variable, ""))):
                    # Certificates can be part of the image. The declarative file never is.
                    own = variable == "KONG_DECLARATIVE_CONFIG" and "volumeMounts" in container
                    if path.startswith("/") and (mounts.is_missing(path) or (own and not mounts.may_contain(path))):
                        yield workload.problem(
                            f"{variable} of {describe_container(container)} is {path}, but no volume has a file there",
                            fix=f"mount it there, or correct the path: {mounts.describe()}",
                            part=container,
                            field=("env",),
                        )


def _listeners(written: str) -> list[tuple[str, int]]:
    return [(found["host"], int(found["port"])) for found in _LISTENER.finditer(written)]


def _is_all_tls(written: str) -> bool:
    return all(re.search(r"\bssl\b", each) for each in written.split(",") if _LISTENER.search(each))


def _open_ports(settings: Mapping[str, str]) -> frozenset[int]:
    listening = {**_DEFAULT_LISTENERS, **{name: value for name, value in settings.items() if name.endswith("_LISTEN")}}
    found = (each for written in listening.values() for each in _listeners(written))
    return frozenset(port for host, port in found if not _LOOPBACK.fullmatch(host))


def _may_have_other_listeners(container: Document, settings: Mapping[str, str]) -> bool:
    """Whether a listener can be set outside the manifests: in a Secret, or in a file that Kong includes."""
    if any("secretRef" in each for each in documents.mappings(container, "envFrom")):
        return True
    return any("$(" in value or "INCLUDE" in name for name, value in settings.items() if _sets_listeners(name))


def _sets_listeners(name: str) -> bool:
    return name.endswith("_LISTEN") or name.startswith(("KONG_NGINX_HTTP_INCLUDE", "KONG_NGINX_STREAM_INCLUDE"))
