"""A Kubernetes control plane on 127.0.0.1: etcd, kube-apiserver, kube-controller-manager and kube-scheduler."""

import http.client
import json
import secrets
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import yaml
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

Json = dict[str, Any]
PATIENCE = 180.0
"""Seconds that anything may take before it is taken for broken."""


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """An API server that admits as one does in production, and who may do everything in it."""

    folder: Path
    tools: Path
    port: int
    token: str = field(repr=False)

    @property
    def minor(self) -> int:
        """The minor version of its release: 30 of 1.30."""
        return int(self.get("/version")["gitVersion"].split(".")[1])

    def kubectl(self, *arguments: str, manifest: Any = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.tools / "kubectl"), *arguments],
            input=None if manifest is None else json.dumps(manifest),
            env={"HOME": str(self.folder), "KUBECONFIG": str(self.folder / "kubeconfig"), "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
        )

    def get(self, path: str) -> Json:
        return self.request("GET", path)

    def patch(self, path: str, body: Json) -> Json:
        return self.request("PATCH", path, body, "application/strategic-merge-patch+json")

    def request(self, method: str, path: str, body: Json | None = None, kind: str = "application/json") -> Json:
        trusted = ssl.create_default_context(cafile=self.folder / "certificates" / "apiserver.crt")
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=60, context=trusted)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": kind}
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse().read().decode()
        connection.close()
        found: Json = json.loads(answer) if answer.startswith("{") else {"text": answer}
        return found


def wait_until(what: str, seen: Callable[[], object]) -> None:
    until = time.monotonic() + PATIENCE
    while not seen():
        assert time.monotonic() < until, f"{what}: not after {PATIENCE:.0f} s"
        time.sleep(0.5)


@contextmanager
def control_plane(tools: Path, folder: Path, *, controllers: bool = True) -> Iterator[Cluster]:
    """An empty cluster, or only its API server. Its keys and its token are made here, for this time only."""
    etcd, peers, port = free_ports(3)
    cluster = Cluster(folder=folder, tools=tools, port=port, token=secrets.token_urlsafe(32))
    write_credentials(cluster)
    programs = {
        "etcd": etcd_flags(folder, etcd, peers),
        "kube-apiserver": api_server_flags(folder, etcd, port),
        "kube-controller-manager": controller_flags(folder),
        "kube-scheduler": {"kubeconfig": folder / "kubeconfig", "leader-elect": "false", "secure-port": 0},
    }
    if not controllers:
        programs = {name: programs[name] for name in ("etcd", "kube-apiserver")}
        programs["kube-apiserver"]["disable-admission-plugins"] = "ServiceAccount,Priority"  # they wait for controllers
    with ExitStack() as stack:
        running: dict[str, subprocess.Popen[bytes]] = {}
        for name, flags in programs.items():
            running[name] = stack.enter_context(program(tools / name, flags, folder / f"{name}.log"))
            wait_until(f"{name} is ready", partial(is_ready, cluster, name, running, etcd))
        yield cluster


def is_ready(cluster: Cluster, name: str, running: dict[str, subprocess.Popen[bytes]], etcd: int) -> bool:
    """The port of etcd is open, the API server says so, and the controllers have made their first objects."""
    for each, process in running.items():
        if process.poll() is not None:
            log = (cluster.folder / f"{each}.log").read_text(errors="replace")
            raise AssertionError(f"{each} ended with {process.returncode}:\n{log[-2000:]}")
    try:
        if name == "etcd":
            socket.create_connection(("127.0.0.1", etcd), timeout=1).close()
            return True
        if name == "kube-apiserver":
            return cluster.get("/readyz") == {"text": "ok"}
        return bool(cluster.get("/api/v1/namespaces/default/serviceaccounts/default")["kind"] == "ServiceAccount")
    except (OSError, http.client.HTTPException):
        return False


@contextmanager
def program(binary: Path, flags: dict[str, object], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [str(binary), *(f"--{flag}={value}" for flag, value in flags.items())],
            cwd=log.parent,
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()


def free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [each.getsockname()[1] for each in sockets]


def write_credentials(cluster: Cluster) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    signing = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    kubeconfig = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {
                "name": "test",
                "cluster": {
                    "server": f"https://127.0.0.1:{cluster.port}",
                    "certificate-authority": str(cluster.folder / "certificates" / "apiserver.crt"),
                },
            }
        ],
        "users": [{"name": "admin", "user": {"token": cluster.token}}],
        "contexts": [{"name": "test", "context": {"cluster": "test", "user": "admin"}}],
        "current-context": "test",
    }
    files = {
        "service-accounts.pem": signing.decode(),
        "tokens.csv": f'{cluster.token},admin,admin,"system:masters"\n',
        "kubeconfig": yaml.safe_dump(kubeconfig),
    }
    for name, content in files.items():
        path = cluster.folder / name
        path.touch(mode=0o600)
        path.write_text(content)


def etcd_flags(folder: Path, clients: int, peers: int) -> dict[str, object]:
    return {
        "data-dir": folder / "etcd",
        "listen-client-urls": f"http://127.0.0.1:{clients}",
        "advertise-client-urls": f"http://127.0.0.1:{clients}",
        "listen-peer-urls": f"http://127.0.0.1:{peers}",
        "initial-advertise-peer-urls": f"http://127.0.0.1:{peers}",
        "initial-cluster": f"default=http://127.0.0.1:{peers}",
        "unsafe-no-fsync": "true",
    }


def api_server_flags(folder: Path, etcd: int, port: int) -> dict[str, object]:
    """Admission is the default: Pod Security, quotas, limit ranges, priorities and service accounts are in it."""
    return {
        "etcd-servers": f"http://127.0.0.1:{etcd}",
        "bind-address": "127.0.0.1",
        "secure-port": port,
        "cert-dir": folder / "certificates",
        "endpoint-reconciler-type": "none",
        "token-auth-file": folder / "tokens.csv",
        "anonymous-auth": "false",
        "authorization-mode": "RBAC",
        "service-cluster-ip-range": "10.0.0.0/16",
        "service-account-issuer": "https://kubernetes.default.svc",
        "service-account-key-file": folder / "service-accounts.pem",
        "service-account-signing-key-file": folder / "service-accounts.pem",
    }


def controller_flags(folder: Path) -> dict[str, object]:
    """All controllers, without the one that gives up on a node whose kubelet is silent."""
    return {
        "controllers": "*,-nodelifecycle",
        "kubeconfig": folder / "kubeconfig",
        "root-ca-file": folder / "certificates" / "apiserver.crt",
        "service-account-private-key-file": folder / "service-accounts.pem",
        "leader-elect": "false",
        "secure-port": 0,
        "horizontal-pod-autoscaler-sync-period": "2s",
        "kube-api-qps": 200,
        "kube-api-burst": 400,
    }
