"""A real API server with etcd behind it, on this machine, for tests that ask it."""

import contextlib
import json
import secrets
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

_PLURALS = {"NetworkPolicy": "networkpolicies", "StorageClass": "storageclasses", "PriorityClass": "priorityclasses"}
_PLURALS |= {"IngressClass": "ingressclasses"}
_CLUSTER = {"ClusterRoleBinding", "IngressClass", "Namespace", "PersistentVolume", "PriorityClass", "StorageClass"}


@dataclass(frozen=True, kw_only=True)
class ApiServer:
    url: str
    token: str
    certificate: Path

    def apply(self, manifest: dict[str, Any], *, dry_run: bool = False) -> str:
        """Apply on the server's side, and return why it is refused, or nothing."""
        name = manifest["metadata"]["name"]
        query = "fieldManager=test&force=true" + ("&dryRun=All" if dry_run else "")
        url = f"{self.url}{self._place(manifest)}/{name}?{query}"
        request = urllib.request.Request(url, json.dumps(manifest).encode(), method="PATCH")  # noqa: S310  # https only
        request.add_header("Content-Type", "application/apply-patch+yaml")
        request.add_header("Authorization", f"Bearer {self.token}")
        try:
            with urllib.request.urlopen(request, context=self._tls()):  # noqa: S310  # likewise
                return ""
        except urllib.error.HTTPError as error:
            with error:
                return str(json.loads(error.read())["message"])

    def answers(self) -> bool:
        own = {"Authorization": f"Bearer {self.token}"}
        request = urllib.request.Request(f"{self.url}/readyz", headers=own)  # noqa: S310  # likewise
        try:
            with urllib.request.urlopen(request, context=self._tls()) as answer:  # noqa: S310  # likewise
                return bool(answer.status == 200)
        except OSError:
            return False

    def kubeconfig(self) -> str:
        cluster = {"server": self.url, "certificate-authority": str(self.certificate)}
        return json.dumps(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "clusters": [{"name": "test", "cluster": cluster}],
                "users": [{"name": "test", "user": {"token": self.token}}],
                "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test"}}],
                "current-context": "test",
            }
        )

    def _place(self, manifest: dict[str, Any]) -> str:
        version, kind = manifest["apiVersion"], manifest["kind"]
        root = f"/apis/{version}" if "/" in version else f"/api/{version}"
        plural = _PLURALS.get(kind, f"{kind.lower()}s")
        namespace = manifest["metadata"].get("namespace", "default")
        return f"{root}/{plural}" if kind in _CLUSTER else f"{root}/namespaces/{namespace}/{plural}"

    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.certificate))


@contextlib.contextmanager
def started(apiserver: str, etcd: str, folder: Path) -> Iterator[ApiServer]:
    """Start both programs on free ports of 127.0.0.1, and end them."""
    store, peer, port = _free_ports(3)
    token = secrets.token_hex(16)
    (folder / "tokens.csv").write_text(f'{token},admin,1,"system:masters"\n')
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    address = f"http://127.0.0.1:{store}"
    own: list[str | Path] = [etcd, "--data-dir", folder / "etcd", "--listen-peer-urls", f"http://127.0.0.1:{peer}"]
    own += ["--listen-client-urls", address, "--advertise-client-urls", address]
    server: list[str | Path] = [
        apiserver,
        "--etcd-servers",
        address,
        "--bind-address",
        "127.0.0.1",
        "--secure-port",
        str(port),
    ]
    server += ["--advertise-address", "127.0.0.1", "--endpoint-reconciler-type", "none"]
    server += ["--cert-dir", folder / "certs", "--service-account-issuer", "https://127.0.0.1"]
    server += [
        "--service-account-key-file",
        folder / "key.pem",
        "--service-account-signing-key-file",
        folder / "key.pem",
    ]
    server += ["--token-auth-file", folder / "tokens.csv", "--authorization-mode", "RBAC"]
    server += ["--service-cluster-ip-range", "10.0.0.0/24", "--disable-admission-plugins", "ServiceAccount,Priority"]
    certificate = folder / "certs" / "apiserver.crt"
    with _started(own, folder / "etcd.log"), _started(server, folder / "apiserver.log"):
        found = ApiServer(url=f"https://127.0.0.1:{port}", token=token, certificate=certificate)
        deadline = time.monotonic() + 120
        while not (certificate.is_file() and found.answers()):
            assert time.monotonic() < deadline, (folder / "apiserver.log").read_text()[-2000:]
            time.sleep(0.5)
        yield found


@contextlib.contextmanager
def _started(command: list[str | Path], log: Path) -> Iterator[None]:
    with log.open("w") as file, subprocess.Popen(list(map(str, command)), stdout=file, stderr=file) as process:
        try:
            yield
        finally:
            process.terminate()


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in sockets]
