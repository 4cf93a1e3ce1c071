"""The smoke test after a sync, with its script against a real server."""

import http.server
import json
import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import cdk8s
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from kong_gateways import HOST, PLATFORM, backend, gateway
from support import find, manifests

from kubestock.delivery import Expectation, SmokeTest
from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.client_address import ClientAddress
from kubestock.gateway.kong.runtime import Runtime
from kubestock.gateway.kong.tls import TlsAtLoadBalancer
from kubestock.kube.peers import INTERNET
from kubestock.workload.image import ContainerImage

HEALTH = (Expectation(path="/api/orders/health"), Expectation(path="/api/orders", status=401))
needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed: the script needs it")


def smoke_test(chart: cdk8s.Chart, *, behind_load_balancer: bool = False, **changed: Any) -> SmokeTest:
    trusted = Runtime(client_address=ClientAddress(trusted_proxies=("10.0.0.0/16",)))
    kong = gateway(chart, tls=TlsAtLoadBalancer(), runtime=trusted) if behind_load_balancer else gateway(chart)
    kong.route("/api/orders", to=backend(chart))
    given: dict[str, Any] = {"platform": PLATFORM, "gateway": kong, "host": HOST, "expectations": HEALTH}
    return SmokeTest(chart, "smoke-test", **(given | changed))


def container(chart: cdk8s.Chart) -> dict[str, Any]:
    found: dict[str, Any] = find(chart, "Job", "smoke-test")["spec"]["template"]["spec"]["containers"][0]
    return found


def test_it_requests_the_public_host_from_the_gateway_over_tls(chart: cdk8s.Chart) -> None:
    smoke_test(chart)
    (out,) = find(chart, "NetworkPolicy", "smoke-test")["spec"]["egress"][1:]

    assert {each["name"]: each["value"] for each in container(chart)["env"]} == {
        "HOST": HOST,
        "PATIENCE": "120",
        "GATEWAY": "https://kong:443",
    }
    assert out["ports"] == [{"port": 8443, "protocol": "TCP"}]
    assert out["to"][0]["podSelector"]["matchLabels"]["app"] == "kong"


def test_it_connects_to_the_public_name_if_tls_ends_in_front_of_the_gateway(chart: cdk8s.Chart) -> None:
    smoke_test(chart, behind_load_balancer=True)
    (out,) = find(chart, "NetworkPolicy", "smoke-test")["spec"]["egress"][1:]

    assert [each["name"] for each in container(chart)["env"]] == ["HOST", "PATIENCE"]
    assert out["ports"] == [{"port": 443, "protocol": "TCP"}]
    assert [each["ipBlock"]["cidr"] for each in out["to"]] == list(INTERNET.ranges)


def test_its_deadline_leaves_time_for_every_request(chart: cdk8s.Chart) -> None:
    smoke_test(chart, timeout_seconds=60)

    pods = find(chart, "Job", "smoke-test")["spec"]["template"]["spec"]
    assert pods["activeDeadlineSeconds"] == 60 + 3 * 10


def test_an_image_with_a_digest_needs_no_exemption(chart: cdk8s.Chart) -> None:
    smoke_test(chart, image=ContainerImage("docker.io/curlimages/curl", tag="8.12.1", digest=f"sha256:{'0' * 64}"))

    annotations = find(chart, "Job", "smoke-test")["metadata"]["annotations"]
    assert not [each for each in annotations if each.startswith("checkov.io/")]


@pytest.mark.parametrize("path", ["", "api", "/a b", "/a?b=c", "/$(id)", '/"', "/a\n"])
def test_refuses_a_path_that_the_script_cannot_request(path: str) -> None:
    with pytest.raises(ConfigurationError, match="path must begin with a slash and have only letters"):
        Expectation(path=path)


@pytest.mark.parametrize("status", [100, 500, 0])
def test_refuses_a_status_outside_the_accepted_range(status: int) -> None:
    with pytest.raises(ConfigurationError, match="status must be at"):
        Expectation(path="/", status=status)


@pytest.mark.parametrize("expectations", [(), (Expectation(path="/"), Expectation(path="/", status=404))])
def test_refuses_no_expectation_or_a_duplicate_path(chart: cdk8s.Chart, expectations: tuple[Expectation, ...]) -> None:
    with pytest.raises(ConfigurationError, match="must have at least one path, and each path only once"):
        smoke_test(chart, expectations=expectations)
    assert not [each for each in manifests(chart) if each["metadata"]["name"] == "smoke-test"]


class Answers(http.server.BaseHTTPRequestHandler):
    """The statuses that each path returns, one after the other; the last one is repeated."""

    statuses: dict[str, list[int]]

    def do_GET(self) -> None:
        known = self.statuses.get(self.path, [404])
        self.send_response(known.pop(0) if len(known) > 1 else known[0])
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Log nothing."""


def certificate(folder: Path, host: str) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{host}.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + made.public_bytes(Encoding.PEM))
    return path


@contextmanager
def serving(folder: Path, statuses: dict[str, list[int]], *, host: str = HOST) -> Iterator[tuple[int, Path]]:
    pem = certificate(folder, host)
    handler = type("Handler", (Answers,), {"statuses": statuses})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server.server_port, pem
        finally:
            server.shutdown()


def run(chart: cdk8s.Chart, served: tuple[int, Path], *, patience: int = 0) -> tuple[int, list[dict[str, str]]]:
    smoke_test(chart, timeout_seconds=patience)
    found, (port, trusted) = container(chart), served
    known = {each["name"]: each["value"] for each in found["env"]}
    environment = {**known, "GATEWAY": f"https://127.0.0.1:{port}", "PATH": "/usr/bin:/bin", "CURL_CA_BUNDLE": trusted}
    command = [*found["command"], *found["args"]]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert ran.stderr == ""
    return ran.returncode, [json.loads(line) for line in ran.stdout.splitlines()]


@needs_curl
def test_the_script_succeeds_when_every_path_answers_as_expected(chart: cdk8s.Chart, tmp_path: Path) -> None:
    with serving(tmp_path, {"/api/orders/health": [200], "/api/orders": [401]}) as served:
        code, lines = run(chart, served)

    assert code == 0
    assert lines == [
        {"path": "/api/orders/health", "status": "200", "wanted": "200"},
        {"path": "/api/orders", "status": "401", "wanted": "401"},
    ]


@needs_curl
def test_the_script_fails_if_a_service_is_down_or_a_path_allows_anonymous_access(
    chart: cdk8s.Chart, tmp_path: Path
) -> None:
    with serving(tmp_path, {"/api/orders/health": [503], "/api/orders": [200]}) as served:
        code, lines = run(chart, served)

    assert code == 1
    assert [each["status"] for each in lines] == ["503", "200"]


@needs_curl
def test_the_script_repeats_a_request_until_the_status_is_right(chart: cdk8s.Chart, tmp_path: Path) -> None:
    with serving(tmp_path, {"/api/orders/health": [503, 503, 200], "/api/orders": [401]}) as served:
        code, lines = run(chart, served, patience=30)

    assert code == 0
    assert [each["status"] for each in lines] == ["200", "401"]


@needs_curl
def test_the_script_fails_on_the_certificate_of_another_host(chart: cdk8s.Chart, tmp_path: Path) -> None:
    healthy = {"/api/orders/health": [200], "/api/orders": [401]}
    with serving(tmp_path, healthy, host="other.example.com") as served:
        code, lines = run(chart, served)

    assert code == 1
    assert [each["status"] for each in lines] == ["000", "000"]
