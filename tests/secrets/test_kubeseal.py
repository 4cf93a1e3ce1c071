"""The real kubeseal opens the values that kubestock seals, and the other way round. `make secrets-check` builds it."""

import base64
import json
import os
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import cdk8s
import pytest
import sealed
from keyring import CONTROLLERS_SIZE, TODAY, Files, key_pair, write_keys
from support import as_yaml, manifests
from workload.samples import PLATFORM

from kubestock.errors import ConfigurationError
from kubestock.secrets.certificates import PinnedCertificate
from kubestock.secrets.rotation import Sealer
from kubestock.secrets.scopes import SealingScope
from kubestock.secrets.sealedsecret import SealedSecret
from kubestock.secrets.sealing import unseal
from kubestock.secrets.store import SecretStore, StoredSecret
from kubestock.secrets.template import SecretTemplate

TOOLS = Path(__file__).parent.parent.parent / "build" / "tools"
KUBESEAL = Path(os.environ.get("KUBESEAL") or next(TOOLS.glob("kubeseal-v*"), TOOLS / "kubeseal"))
VALUES = {
    "word": b"canary",
    "empty": b"",
    "binary": bytes(range(256)),
    "text": "Zürich 東京\n".encode(),
    "mebibyte": bytes(range(256)) * 4096,
}

pytestmark = pytest.mark.skipif(
    "KUBESEAL" not in os.environ and not KUBESEAL.exists(),
    reason="the real kubeseal is not built: make secrets-check builds it with Go",
)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return write_keys(tmp_path_factory.mktemp("keys"))


def recovered(document: str, keys: Files) -> subprocess.CompletedProcess[str]:
    command = [str(KUBESEAL), "--recovery-unseal", "--recovery-private-key", str(keys.private_key)]
    return subprocess.run(command, input=document, capture_output=True, text=True, check=False)


def opened(document: str, keys: Files) -> dict[str, Any]:
    done = recovered(document, keys)
    assert done.returncode == 0, done.stderr
    secret = json.loads(done.stdout)
    secret["data"] = {key: base64.b64decode(value or "") for key, value in secret.get("data", {}).items()}
    assert isinstance(secret, dict)
    return secret


def synthesized(
    secret: StoredSecret,
    template: SecretTemplate = SecretTemplate(),
    *,
    certificates: dict[str, PinnedCertificate] = sealed.PINNED,
) -> str:
    chart = cdk8s.Chart(cdk8s.App(), "shop", namespace="shop")
    labels = PLATFORM.labels("orders")
    SealedSecret(chart, "it", secret=secret, certificates=certificates, labels=labels, template=template)
    return as_yaml(manifests(chart))


def sealed_by_kubeseal(keys: Files, scope: SealingScope, value: bytes, folder: Path) -> str:
    source = folder / "value"
    source.write_bytes(value)
    names = ["--namespace", "shop", "--name", "orders-db", "--scope", scope.value]
    command = [str(KUBESEAL), "--raw", "--from-file", str(source), "--cert", str(keys.certificate), *names]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.parametrize("scope", SealingScope)
@pytest.mark.parametrize("kind", VALUES)
def test_kubeseal_opens_what_we_seal(keys: Files, scope: SealingScope, kind: str) -> None:
    secret = sealed.secret("orders-db", "KEY", scope=scope, plaintext=VALUES[kind])
    found = opened(synthesized(secret), keys)

    assert found["kind"] == "Secret"
    assert found["metadata"]["name"] == "orders-db"
    assert found["data"] == {"KEY": VALUES[kind]}


@pytest.mark.parametrize("scope", SealingScope)
def test_kubeseal_renders_our_templates(keys: Files, scope: SealingScope) -> None:
    template = SecretTemplate(
        labels={"example.com/tier": "db"},
        data={"URL": 'postgres://{{ .DB_USER }}:{{ index . "DB_PASSWORD" | b64enc }}@db/orders'},
    )
    found = opened(synthesized(sealed.secret(scope=scope), template), keys)
    encoded = base64.b64encode(b"canary").decode()

    assert found["data"]["URL"].decode() == f"postgres://canary:{encoded}@db/orders"
    assert found["data"]["DB_USER"] == b"canary"
    assert found["metadata"]["labels"]["example.com/tier"] == "db"


@pytest.mark.parametrize("text", ["{{ $.DB_USER }}", '{{ index $ "DB_USER" }}', "{{ index . `DB_USER` }}{{/* .X */}}"])
def test_kubeseal_accepts_every_form_of_a_reference_that_we_accept(keys: Files, text: str) -> None:
    found = opened(synthesized(sealed.secret(), SecretTemplate(data={"URL": text})), keys)

    assert found["data"]["URL"] == b"canary"


@pytest.mark.parametrize("text", ["{{ .DB_USER", "{{ if .DB_USER }}x", "x{{ end }}"])
def test_kubeseal_fails_on_the_templates_that_we_refuse(keys: Files, text: str) -> None:
    with pytest.raises(ConfigurationError, match="the controller could not render it"):
        SecretTemplate(data={"URL": text})
    document = synthesized(sealed.secret(), SecretTemplate(data={"URL": "PLACE"})).replace(
        "URL: PLACE", f"URL: '{text}'"
    )

    assert f"URL: '{text}'" in document
    assert recovered(document, keys).returncode != 0


def test_a_name_binds_strict_values_only(keys: Files) -> None:
    refused = {}
    for scope in SealingScope:
        document = synthesized(sealed.secret(scope=scope)).replace("name: orders-db", "name: orders-database")
        refused[scope] = recovered(document, keys).returncode != 0

    assert refused == {
        SealingScope.STRICT: True,
        SealingScope.NAMESPACE_WIDE: False,
        SealingScope.CLUSTER_WIDE: False,
    }


def test_a_namespace_binds_all_but_cluster_wide_values(keys: Files) -> None:
    refused = {}
    for scope in SealingScope:
        document = synthesized(sealed.secret(scope=scope)).replace("namespace: shop", "namespace: other")
        refused[scope] = recovered(document, keys).returncode != 0

    assert refused == {
        SealingScope.STRICT: True,
        SealingScope.NAMESPACE_WIDE: True,
        SealingScope.CLUSTER_WIDE: False,
    }


def test_a_key_of_the_controllers_size_opens_in_both_directions(tmp_path: Path) -> None:
    keys = write_keys(tmp_path, number=CONTROLLERS_SIZE)
    secret = Sealer(certificate=keys.sealing, today=TODAY).seal(
        SecretStore(namespace="shop"),
        StoredSecret(name="orders-db", namespace="shop", values={}),
        {"KEY": b"canary"},
        owner="platform",
    )["orders-db"]
    pinned = keys.sealing.pinned
    found = opened(synthesized(secret, certificates={pinned.fingerprint: pinned}), keys)
    theirs = sealed_by_kubeseal(keys, SealingScope.STRICT, b"canary", tmp_path)

    assert pinned.modulus_bits == 4096
    assert found["data"] == {"KEY": b"canary"}
    assert secret.values["KEY"].ciphertext.startswith("Ag")
    assert unseal(theirs, private_keys=[key_pair(CONTROLLERS_SIZE)], label="shop/orders-db") == b"canary"


def test_kubeseal_does_not_open_a_changed_ciphertext(keys: Files) -> None:
    secret = sealed.secret("orders-db", "KEY")
    value = secret.values["KEY"]
    changed = bytearray(base64.b64decode(value.ciphertext))
    changed[-1] ^= 1
    broken = replace(value, ciphertext=base64.b64encode(changed).decode())

    assert recovered(synthesized(secret), keys).returncode == 0
    assert recovered(synthesized(sealed.with_value(secret, "KEY", broken)), keys).returncode != 0


@pytest.mark.parametrize("scope", SealingScope)
@pytest.mark.parametrize("kind", VALUES)
def test_we_open_what_kubeseal_seals(keys: Files, scope: SealingScope, kind: str, tmp_path: Path) -> None:
    theirs = sealed_by_kubeseal(keys, scope, VALUES[kind], tmp_path)
    label = scope.label(namespace="shop", name="orders-db")

    assert unseal(theirs, private_keys=[key_pair()], label=label) == VALUES[kind]
    if scope is SealingScope.STRICT:
        assert unseal(theirs, private_keys=[key_pair()], label="shop/orders-database") is None
