"""The real kubeseal renders the template of a gateway into the file that Kong reads."""

import base64
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import cdk8s
import pytest
import sealed
import yaml
from keyring import write_keys
from kong_gateways import CREDENTIALS, PLATFORM, backend, gateway
from support import as_yaml, find

from kubestock.gateway.kong.config.consumers import Consumer
from kubestock.gateway.kong.plugins.authentication import KeyAuth
from kubestock.gateway.kong.plugins.limits import RequestTermination
from kubestock.gateway.kong.plugins.validation import JsonBody
from kubestock.secrets.sealedsecret import SealedSecret

TOOLS = Path(__file__).parents[3] / "build" / "tools"
KUBESEAL = Path(os.environ.get("KUBESEAL") or next(TOOLS.glob("kubeseal-v*"), TOOLS / "kubeseal"))
VALUES = [
    "plain",
    "q\"uo'te",
    "two\nlines\n",
    '{{ .reports }} {{ "{{" }} }}',
    "- yaml: [1, 2] # comment",
    "true",
    "<&> \u2028 東京 \\ \t",
    "0123",
]

pytestmark = pytest.mark.skipif(
    "KUBESEAL" not in os.environ and not KUBESEAL.exists(),
    reason="the real kubeseal is not built: make secrets-check builds it, and needs Go",
)


def rendered(chart: cdk8s.Chart, folder: Path) -> Any:
    files = write_keys(folder)
    done = subprocess.run(
        [str(KUBESEAL), "--recovery-unseal", "--recovery-private-key", str(files.private_key)],
        input=as_yaml([find(chart, "SealedSecret", CREDENTIALS)]),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return yaml.safe_load(base64.b64decode(json.loads(done.stdout)["data"]["kong.yml"]))


@pytest.mark.parametrize("value", VALUES)
def test_the_controller_fills_in_credentials_and_does_not_change_the_rest(
    chart: cdk8s.Chart, tmp_path: Path, value: str
) -> None:
    stored = sealed.secret(CREDENTIALS, "reports", plaintext=value.encode())
    labels = PLATFORM.labels(CREDENTIALS, component="secret")
    keys = SealedSecret(chart, "credentials", secret=stored, certificates=sealed.PINNED, labels=labels)
    consumer = Consumer(username="reports", api_keys=[keys["reports"]])
    made = gateway(chart, consumers=(consumer,), credentials=keys)
    body = f"a {value} {{{{ b }}}}"
    made.route(
        "/",
        to=backend(chart),
        plugins=[KeyAuth(), RequestTermination(body=body), JsonBody(schema={"enum": [value]}).to_plugin()],
    )
    document = rendered(chart, tmp_path)

    plugins = {each["name"]: each["config"] for each in document["services"][0]["routes"][0]["plugins"]}
    assert document["consumers"][0]["keyauth_credentials"] == [{"key": value}]
    assert plugins["request-termination"]["body"] == body
    assert plugins["post-function"]["access"] == list(JsonBody(schema={"enum": [value]}).to_plugin().access)
