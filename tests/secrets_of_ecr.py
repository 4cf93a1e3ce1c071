"""A pull secret of ECR, and its script run with a program in the place of `aws`."""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from support import find
from workload.samples import PLATFORM

from kubestock import Chart
from kubestock.kube.peers import INTERNET, IpBlocks
from kubestock.secrets.aws import AwsKeys, AwsRole
from kubestock.secrets.ecr import EcrPullSecret
from kubestock.values.references import SecretRef

REGISTRY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
OTHER = "210987654321.dkr.ecr.eu-west-1.amazonaws.com"
ROLE = AwsRole("arn:aws:iam::123456789012:role/pull")
KEYS = AwsKeys(SecretRef(name="aws", keys=("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")))
API_SERVER = IpBlocks(ranges=("10.0.0.1/32",))
PULLING = replace(PLATFORM, pull_secrets=("ecr-cred",), api_server=API_SERVER)
BOTH = ("ecr-cred-creation", "ecr-cred-renewal")


def made(
    chart: Chart,
    credentials: AwsKeys | AwsRole = ROLE,
    registries: Sequence[str] = (REGISTRY,),
    addresses: IpBlocks = INTERNET,
) -> EcrPullSecret:
    return EcrPullSecret(
        chart,
        "ecr",
        name="ecr-cred",
        platform=PULLING,
        registries=registries,
        credentials=credentials,
        addresses=addresses,
    )


def pod_of(chart: Chart, name: str) -> dict[str, Any]:
    if name.endswith("-creation"):
        return dict(find(chart, "Job", name)["spec"]["template"]["spec"])
    return dict(find(chart, "CronJob", name)["spec"]["jobTemplate"]["spec"]["template"]["spec"])


def run_login(pod: dict[str, Any], folder: Path, aws: str) -> tuple[subprocess.CompletedProcess[str], Path]:
    """Run the script of a pod with a program as `aws`, in a folder instead of that of the volume."""
    (login,) = pod["initContainers"]
    *shell, script = login["command"]
    (mount,) = [each["mountPath"] for each in login["volumeMounts"] if each["name"] == "pull-secret"]
    program = folder / "aws"
    program.write_text(f"#!/bin/sh\n{aws}\n")
    program.chmod(0o755)
    variables = {each["name"]: each.get("value", "from a Secret") for each in login["env"]}
    ran = subprocess.run(
        [*shell, script],
        env={
            **variables,
            "FILE": variables["FILE"].replace(mount, str(folder)),
            "PATH": f"{folder}:{os.environ['PATH']}",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    return ran, folder / "secret.json"
