"""The pull secret of ECR, made and renewed with the emitted rights by the real kubectl."""

import base64
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from cluster.conftest import TOOLS
from cluster.controlplane import Cluster, control_plane
from secrets_of_ecr import BOTH, made, pod_of, run_login
from support import manifests

from kubestock import App, Chart

CREATION, RENEWAL = BOTH


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """An API server with the accounts and rights of the pull secret; nothing runs in it."""
    with control_plane(Path(TOOLS or ""), tmp_path_factory.mktemp("ecr"), controllers=False) as cluster:
        labels = {"pod-security.kubernetes.io/warn": "restricted"}
        namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop", "labels": labels}}
        for each in (namespace, *manifests(chart())):
            applied = cluster.kubectl("apply", "--server-side", "--validate=strict", "-f", "-", manifest=each)
            assert (applied.returncode, applied.stderr) == (0, "")
        yield cluster


def chart() -> Chart:
    made_in = Chart(App(), "shop", namespace="shop")
    made(made_in)
    return made_in


def run(
    server: Cluster, folder: Path, name: str, password: str, account: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Do what a pod does: its script with a program as `aws`, then its kubectl in the name of its account."""
    pod = pod_of(chart(), name)
    ran, file = run_login(pod, folder, f"echo {password}")
    assert ran.returncode == 0, ran.stderr
    _, *arguments = pod["containers"][0]["command"]
    arguments[-1] = f"--filename={file}"
    return server.kubectl(*arguments, f"--as=system:serviceaccount:shop:{account or pod['serviceAccountName']}")


def password_of(server: Cluster) -> str:
    found = server.get("/api/v1/namespaces/shop/secrets/ecr-cred")
    config = json.loads(base64.b64decode(found["data"][".dockerconfigjson"]))
    (auth,) = [each["auth"] for each in config["auths"].values()]
    return base64.b64decode(auth).decode()


def test_the_job_creates_the_secret_and_the_cron_job_renews_it(server: Cluster, tmp_path: Path) -> None:
    early = run(server, tmp_path, RENEWAL, "early")
    absent = server.get("/api/v1/namespaces/shop/secrets/ecr-cred")["reason"]
    created = run(server, tmp_path, CREATION, "first")
    first = password_of(server)
    renewed = run(server, tmp_path, RENEWAL, "second")

    assert early.returncode != 0
    assert 'secrets "ecr-cred" is forbidden' in early.stderr
    assert absent == "NotFound"
    assert (created.returncode, created.stdout) == (0, "secret/ecr-cred serverside-applied\n"), created.stderr
    assert (renewed.returncode, renewed.stdout) == (0, "secret/ecr-cred serverside-applied\n"), renewed.stderr
    assert (first, password_of(server)) == ("AWS:first", "AWS:second")


@pytest.mark.parametrize("account", BOTH)
def test_neither_may_read_a_secret_or_write_another_one(server: Cluster, account: str) -> None:
    other = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "other", "namespace": "shop"}}
    taken = {**other, "metadata": {"name": "ecr-cred", "namespace": "shop"}}
    as_account = f"--as=system:serviceaccount:shop:{account}"
    tried = [
        server.kubectl("get", "secrets", "-n", "shop", as_account),
        server.kubectl("get", "secret", "ecr-cred", "-n", "shop", as_account),
        server.kubectl("delete", "secret", "ecr-cred", "-n", "shop", as_account),
        server.kubectl("apply", "--server-side", "-f", "-", as_account, manifest=other),
        server.kubectl("create", "-f", "-", as_account, manifest=other),
        server.kubectl("create", "-f", "-", as_account, manifest=taken),
        server.kubectl("get", "pods", "-n", "shop", as_account),
    ]

    assert all(each.returncode != 0 and "is forbidden" in each.stderr for each in tried), [e.stderr for e in tried]
