"""An ExternalSecret at the real API server, which knows the CRD of the release."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from cluster.conftest import CRDS, TOOLS
from cluster.controlplane import Cluster, control_plane
from support import Manifest, find
from workload.samples import PLATFORM

from kubestock import App, Chart
from kubestock.secrets import ExternalSecret, RemoteRef, SecretStoreRef, SecretTemplate


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with control_plane(Path(TOOLS or ""), tmp_path_factory.mktemp("external"), controllers=False) as made:
        crd = Path(CRDS or "") / "external-secrets.io_externalsecrets.yaml"
        assert crd.exists(), "the folder of CRDs is older than the bindings: make build/crds/.ready"
        installed = made.kubectl("create", "--validate=ignore", "-f", str(crd))
        assert installed.returncode == 0, installed.stderr
        waited = made.kubectl("wait", "--for=condition=Established", "--timeout=60s", "crd", "--all")
        assert waited.returncode == 0, waited.stderr
        yield made


def secret() -> Manifest:
    chart = Chart(App(), "default", namespace="default")
    ExternalSecret(
        chart,
        "db",
        name="orders-db",
        store=SecretStoreRef("aws", kind="ClusterSecretStore"),
        keys={"DB_USER": "user", "DB_PASSWORD": RemoteRef("db", property="password", version="2", decoding="Base64")},
        labels=PLATFORM.labels("orders"),
        template=SecretTemplate(data={"URL": "postgres://{{ .DB_USER }}@db"}, annotations={"example.com/a": "b"}),
    )
    return find(chart, "ExternalSecret", "orders-db")


def test_it_is_taken_as_it_is_and_gets_no_default(server: Cluster) -> None:
    sent = secret()
    applied = server.kubectl("apply", "--server-side", "--validate=strict", "-f", "-", manifest=sent)
    stored = json.loads(server.kubectl("get", "externalsecret", "orders-db", "-o", "json").stdout)

    assert (applied.returncode, applied.stderr) == (0, "")
    assert stored["spec"] == sent["spec"]
