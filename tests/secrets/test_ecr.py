import base64
import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from secrets_of_ecr import BOTH, KEYS, OTHER, PULLING, REGISTRY, ROLE, made, pod_of, run_login
from support import as_yaml, find, manifests
from workload.samples import PLATFORM, microservice

from kubestock import App, Chart
from kubestock.checks import findings
from kubestock.errors import ConfigurationError
from kubestock.kube.peers import IpBlocks
from kubestock.secrets.aws import AwsKeys, AwsRole
from kubestock.secrets.ecr import EcrPullSecret
from kubestock.values.references import SecretRef

PASSWORD = "canary" * 400


@pytest.mark.parametrize("name", BOTH)
def test_the_script_writes_the_pull_secret(chart: Chart, tmp_path: Path, name: str) -> None:
    made(chart, registries=(REGISTRY, OTHER))
    ran, file = run_login(pod_of(chart, name), tmp_path, f"echo $@ $AWS_REGION > {tmp_path}/asked; echo {PASSWORD}")
    secret = json.loads(file.read_text())
    config = json.loads(base64.b64decode(secret["data"][".dockerconfigjson"]))
    (auth,) = {each["auth"] for each in config["auths"].values()}

    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    assert (tmp_path / "asked").read_text() == "ecr get-login-password eu-west-1\n"
    assert secret["type"] == "kubernetes.io/dockerconfigjson"
    assert (secret["metadata"]["name"], secret["metadata"]["namespace"]) == ("ecr-cred", "shop")
    assert secret["metadata"]["labels"]["app.kubernetes.io/part-of"] == "shop"
    assert list(config["auths"]) == [REGISTRY, OTHER]
    assert base64.b64decode(auth).decode() == f"AWS:{PASSWORD}"
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("aws", ["echo denied >&2; exit 254", "true", "echo"])
def test_the_script_writes_nothing_without_a_password(chart: Chart, tmp_path: Path, aws: str) -> None:
    made(chart)
    ran, file = run_login(pod_of(chart, BOTH[1]), tmp_path, aws)

    assert ran.returncode != 0
    assert not file.exists()


@pytest.mark.parametrize("name", BOTH)
def test_kubectl_applies_what_the_script_writes(chart: Chart, tmp_path: Path, name: str) -> None:
    made(chart)
    pod = pod_of(chart, name)
    _, file = run_login(pod, tmp_path, f"echo {PASSWORD}")
    (container,) = pod["containers"]
    (mount,) = [each for each in container["volumeMounts"] if each["name"] == "pull-secret"]
    program = tmp_path / "kubectl"
    program.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/asked\nfor last; do :; done\ncat "${{last#--filename=}}"\n')
    program.chmod(0o755)
    command = [each.replace(mount["mountPath"], str(tmp_path)) for each in container["command"]]
    ran = subprocess.run(command, env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, capture_output=True, text=True, check=True)

    assert ran.stdout == file.read_text()
    assert (tmp_path / "asked").read_text().startswith("apply --server-side --force-conflicts ")


def test_each_program_may_write_only_this_secret_and_read_none(chart: Chart) -> None:
    made(chart)
    rules = {name: find(chart, "Role", name)["rules"] for name in BOTH}
    one = {"apiGroups": [""], "resources": ["secrets"], "resourceNames": ["ecr-cred"]}
    subjects = [find(chart, "RoleBinding", name)["subjects"] for name in BOTH]

    assert rules == {BOTH[0]: [{**one, "verbs": ["create", "patch"]}], BOTH[1]: [{**one, "verbs": ["patch"]}]}
    assert subjects == [[{"kind": "ServiceAccount", "name": name, "namespace": "shop"}] for name in BOTH]


def test_pods_can_reach_only_the_api_server_aws_and_dns(chart: Chart) -> None:
    made(chart, addresses=IpBlocks(ranges=("10.1.0.0/16",)))

    for name in BOTH:
        policy = find(chart, "NetworkPolicy", name)["spec"]
        reached = {(rule["ports"][0]["port"], json.dumps(rule["to"])) for rule in policy["egress"][1:]}
        assert reached == {
            (6443, '[{"ipBlock": {"cidr": "10.0.0.1/32"}}]'),
            (443, '[{"ipBlock": {"cidr": "10.1.0.0/16"}}]'),
        }
        assert "ingress" not in policy


def test_access_keys_come_from_a_secret(chart: Chart) -> None:
    made(chart, KEYS)
    variables = {each["name"]: each for each in pod_of(chart, BOTH[1])["initContainers"][0]["env"]}
    (kubectl,) = pod_of(chart, BOTH[1])["containers"]

    for key in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        assert variables[key]["valueFrom"] == {"secretKeyRef": {"name": "aws", "key": key}}
    assert [each["name"] for each in kubectl["env"]] == ["HOME"]


def test_a_role_mounts_a_token_of_the_service_account(chart: Chart) -> None:
    made(chart, ROLE)
    (login,) = pod_of(chart, BOTH[1])["initContainers"]
    variables = {each["name"]: each["value"] for each in login["env"]}
    (volume,) = [each for each in pod_of(chart, BOTH[1])["volumes"] if each["name"] == "aws-token"]
    (mount,) = [each for each in login["volumeMounts"] if each["name"] == "aws-token"]
    (source,) = volume["projected"]["sources"]

    assert source["serviceAccountToken"]["audience"] == "sts.amazonaws.com"
    assert variables["AWS_ROLE_ARN"] == ROLE.arn
    assert variables["AWS_WEB_IDENTITY_TOKEN_FILE"] == f"{mount['mountPath']}/{source['serviceAccountToken']['path']}"
    for name in BOTH:
        account = find(chart, "ServiceAccount", name)
        assert account["metadata"]["annotations"] == {"eks.amazonaws.com/role-arn": ROLE.arn}


def test_the_secret_is_created_before_the_workloads_and_renewed_every_six_hours(chart: Chart) -> None:
    made(chart)
    annotations = find(chart, "Job", BOTH[0])["metadata"]["annotations"]

    assert annotations["argocd.argoproj.io/hook"] == "Sync"
    assert annotations["argocd.argoproj.io/sync-wave"] == "0"
    assert find(chart, "CronJob", BOTH[1])["spec"]["schedule"] == "17 */6 * * *"


def test_its_own_pods_do_not_need_the_secret(chart: Chart) -> None:
    made(chart)

    assert not any("imagePullSecrets" in pod_of(chart, name) for name in BOTH)


def test_no_manifest_has_the_secret_and_the_rules_know_what_creates_it(chart: Chart) -> None:
    made(chart)
    microservice(chart, "orders", platform=PULLING)
    found = [each for each in findings(manifests(chart)) if "ecr-cred'" in each.message]

    assert not [each for each in manifests(chart) if each["kind"] in ("Secret", "SealedSecret")]
    assert found == []


def test_the_rules_report_the_secret_if_nothing_creates_it(chart: Chart) -> None:
    microservice(chart, "orders", platform=PULLING)

    assert "refers to Secret 'ecr-cred'" in str([each.message for each in findings(manifests(chart))])


@pytest.mark.parametrize(
    ("registries", "message"),
    [
        (("docker.io",), "must be the host of an ECR registry"),
        ((f"https://{REGISTRY}",), "must be the host of an ECR registry"),
        ((REGISTRY, REGISTRY.replace("eu-west-1", "us-east-1")), "in one region.*eu-west-1, us-east-1"),
        ((), "got none"),
    ],
)
def test_refuses_other_registries(chart: Chart, registries: Sequence[str], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        made(chart, registries=registries)


def test_refuses_a_platform_without_addresses_of_the_api_server() -> None:
    chart = Chart(App(), "shop", namespace="shop")
    with pytest.raises(ConfigurationError, match="addresses that `kubectl get endpoints kubernetes` prints: Platform"):
        EcrPullSecret(
            chart, "ecr", name="ecr-cred", platform=PLATFORM, registries=[REGISTRY], credentials=ROLE
        )  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"name": "a" * 45}, "name of a pull secret must have at most 44 characters, got 45"),
        ({"name": "ecr.cred"}, "name of a pull secret must"),
        ({"interval_hours": 12}, "interval_hours must be"),
    ],
)
def test_refuses_an_invalid_name_or_interval(chart: Chart, wrong: dict[str, Any], message: str) -> None:
    given: dict[str, Any] = {"name": "ecr", "platform": PULLING, "registries": [REGISTRY], "credentials": ROLE}
    with pytest.raises(ConfigurationError, match=message):
        EcrPullSecret(chart, "ecr", **{**given, **wrong})


def test_refuses_malformed_credentials() -> None:
    with pytest.raises(ConfigurationError, match="arn must be the ARN of a role"):
        AwsRole("arn:aws:iam::123456789012:user/me")
    with pytest.raises(ConfigurationError, match=r"key of aws must be one of its keys .* got 'AWS_ACCESS_KEY_ID'"):
        AwsKeys(SecretRef(name="aws", keys=("AWS_SECRET_ACCESS_KEY",)))


def test_the_objects(chart: Chart, yaml_snapshot: Any) -> None:
    made(chart, KEYS)

    assert as_yaml(manifests(chart)) == yaml_snapshot
