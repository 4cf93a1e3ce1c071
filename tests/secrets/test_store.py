import difflib
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sealed
from hypothesis import given
from hypothesis import strategies as st
from keyring import TODAY

from kubestock.errors import ConfigurationError
from kubestock.secrets.scopes import SealingScope
from kubestock.secrets.store import SecretStore, StoredSecret
from kubestock.secrets.storefile import dump_store, read_store
from kubestock.secrets.storewriting import write_store
from kubestock.secrets.types import SecretType


def full() -> SecretStore:
    elsewhere = replace(
        sealed.secret("edge-tls", "tls.crt", "tls.key", type=SecretType.TLS, scope=SealingScope.CLUSTER_WIDE),
        namespace="edge",
    )
    return sealed.store(sealed.secret(), elsewhere)


def test_a_store_reads_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "secrets.yaml"
    write_store(path, full())

    assert read_store(path) == full_of(path)
    assert dump_store(read_store(path)) == path.read_text()


def full_of(path: Path) -> SecretStore:
    read = read_store(path)
    assert set(read.secrets) == {"edge-tls", "orders-db"}
    assert read["edge-tls"].namespace == "edge"
    assert read["edge-tls"].type is SecretType.TLS
    assert read["edge-tls"].scope is SealingScope.CLUSTER_WIDE
    return read


def test_reading_back_keeps_every_field(tmp_path: Path) -> None:
    path = tmp_path / "secrets.yaml"
    before = full()
    write_store(path, before)

    assert read_store(path) == before


def test_the_order_of_insertion_does_not_matter() -> None:
    one, other = sealed.secret("a"), sealed.secret("b")
    turned = replace(one, values=dict(reversed(list(one.values.items()))))

    assert dump_store(sealed.store(one, other)) == dump_store(sealed.store(other, turned))


def test_one_changed_value_is_one_changed_entry() -> None:
    before = full()
    secret = before["orders-db"]
    newer = replace(sealed.value("shop/orders-db"), sealed=TODAY + timedelta(days=1))
    after = before.with_secret(sealed.with_value(secret, "DB_USER", newer))
    diff = difflib.ndiff(dump_store(before).splitlines(), dump_store(after).splitlines())
    added = [line.split(":")[0].strip("+ ") for line in diff if line.startswith("+ ")]

    assert added == ["sealed", "ciphertext"]


def test_a_failed_write_leaves_only_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secrets.yaml"
    write_store(path, full())
    before = path.read_bytes()

    def failing(descriptor: int) -> None:
        raise OSError("no space")

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(OSError, match="no space"):
        write_store(path, sealed.store())

    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["secrets.yaml"]


def test_a_write_preserves_the_mode_of_the_file_and_follows_a_link(tmp_path: Path) -> None:
    path, link = tmp_path / "secrets.yaml", tmp_path / "link.yaml"
    write_store(path, sealed.store())
    path.chmod(0o600)
    link.symlink_to(path)
    write_store(link, full())

    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o600
    assert "edge-tls" in read_store(path).secrets


def test_refuses_an_unknown_secret() -> None:
    with pytest.raises(ConfigurationError, match="has no secret 'orders', only orders-db: add it with"):
        _ = sealed.store(sealed.secret())["orders"]


def test_refuses_malformed_names() -> None:
    with pytest.raises(ConfigurationError, match="secret name"):
        StoredSecret(name="Orders", namespace="shop", values={})
    with pytest.raises(ConfigurationError, match="namespace of the store"):
        SecretStore(namespace="a.b")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("namespace: shop", "the file must be a mapping with exactly namespace, certificates, secrets"),
        ("canary", "the file must be a mapping"),
        ("a: b: canary", "must be valid YAML, got an error at line 1"),
        ("a: &x\nb: *canary", "must be valid YAML, got an error at line 2"),
        ("namespace: 1\ncertificates: {}\nsecrets: {}", "the file.namespace must be a str"),
        (
            "namespace: shop\ncertificates: {}\nsecrets: {a: {canary: b}}",
            "secrets.a must be a mapping with exactly ty",
        ),
        (
            "namespace: shop\ncertificates: {}\nsecrets: {a: {type: canary, scope: strict, keys: {}}}",
            "secrets.a.type must be one of Opaque, kubernetes.io/tls",
        ),
        (
            "namespace: shop\ncertificates: {}\nsecrets: {a: {type: Opaque, scope: strict, keys: {k: canary}}}",
            "secrets.a.keys.k must be a mapping with owner",
        ),
        (
            "namespace: shop\ncertificates: {}\nsecrets:\n  a: {}\n  a: {}",
            "not have duplicate keys, got an error at line 5",
        ),
        ("sealed: 2026-99-99", "must be valid YAML"),
        ("? [canary]\n: x", "must be valid YAML, got an error at line 1"),
        ("? {canary: b}\n: x", "must be valid YAML, got an error at line 1"),
        ("a: !!timestamp canary", "must be valid YAML"),
        ("[" * 5000, "must be valid YAML"),
    ],
)
def test_refuses_a_malformed_store_without_quoting_it(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "secrets.yaml"
    path.write_text(content)
    with pytest.raises(ConfigurationError) as caught:
        read_store(path)

    assert message in str(caught.value)
    assert "canary" not in str(caught.value)


@given(st.text() | st.binary())
def test_any_text_is_read_as_a_store_or_refused(tmp_path_factory: pytest.TempPathFactory, content: str | bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content)

    with pytest.raises(ConfigurationError, match="the store"):
        read_store(path)


def test_refuses_a_missing_store(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"secrets\.yaml cannot be read .*kubestock seal"):
        read_store(tmp_path / "secrets.yaml")


def test_equal_entries_are_written_without_aliases() -> None:
    shared = sealed.secret("a", "ONE", "TWO")

    text = dump_store(sealed.store(shared))
    assert text.count(f"sealed: {TODAY}") == 2
    assert "&id" not in text
