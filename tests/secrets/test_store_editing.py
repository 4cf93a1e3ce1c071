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
from kubestock.secrets.store import SealedValue, SecretStore, StoredSecret
from kubestock.secrets.storefile import dump_store, read_store
from kubestock.secrets.storewriting import locked, write_store

VALUE = sealed.value("shop/orders-db")


def of(**secrets: tuple[str, ...]) -> SecretStore:
    made = {name: secret(name, dict.fromkeys(keys, VALUE)) for name, keys in secrets.items()}
    return replace(sealed.store(), secrets=made)


def secret(name: str, values: dict[str, SealedValue]) -> StoredSecret:
    return StoredSecret(name=name, namespace="shop", values=values)


COMMENTED = """\
# The values of the shop.
# Ask platform before you change this file.

namespace: shop   # of production

certificates:
  # The controller of production
{certificates}
# Sorted by team, not by name.
secrets:

  # Team Payment
  stripe: # the provider
    type: Opaque
    scope: "strict"
    keys:
      # Issued by the provider's console
      TOKEN:
{value}      # TOKEN ends here

  # Team Orders
  # and Team Stock
  orders-db:
    type: 'Opaque'
    scope: strict
    keys:
      DB_USER:
{value}      DB_PASSWORD:
{value}# The end.
"""


def commented(path: Path) -> SecretStore:
    """Write a store with comments and in another order, and return it."""
    lines = dump_store(of(a=("K",))).splitlines(keepends=True)
    start = lines.index("certificates:\n") + 1
    certificates = "".join(lines[start : lines.index("secrets:\n")])
    value = "".join(lines[lines.index("      K:\n") + 1 :])
    path.write_text(COMMENTED.format(certificates=certificates, value=value))
    return read_store(path)


def added(before: str, after: str) -> list[str]:
    diff = difflib.ndiff(before.splitlines(), after.splitlines())
    return [line for line in diff if line[0] in "+-"]


def test_a_changed_value_changes_only_its_own_lines(tmp_path: Path) -> None:
    path = tmp_path / "secrets.yaml"
    store = commented(path)
    before = path.read_text()
    newer = replace(VALUE, sealed=TODAY + timedelta(days=1))
    write_store(path, store.with_secret(sealed.with_value(store["orders-db"], "DB_USER", newer)))
    changed = added(before, path.read_text())

    assert changed == [f"-         sealed: {TODAY}", f"+         sealed: {newer.sealed}"]


def test_a_new_key_comes_last_where_the_keys_are_not_sorted_and_no_comment_moves(tmp_path: Path) -> None:
    path = tmp_path / "secrets.yaml"
    store = commented(path)
    before = path.read_text().splitlines()
    write_store(path, store.with_secret(sealed.with_value(store["stripe"], "WEBHOOK", VALUE)))
    after = path.read_text().splitlines()
    start = after.index("      WEBHOOK:")

    assert after[:start] + after[start + 9 :] == before
    assert after[start - 1].startswith("        ciphertext: ")
    assert after[start + 9 : start + 12] == ["      # TOKEN ends here", "", "  # Team Orders"]


def test_a_new_secret_comes_before_the_comment_of_the_next_one(tmp_path: Path) -> None:
    path = tmp_path / "secrets.yaml"
    write_store(path, of(a=("K",), c=("K",)))
    path.write_text(path.read_text().replace("  c:\n", "  # About c\n  c:\n"))
    write_store(path, of(a=("K",), b=("K",), c=("K",)))
    text = path.read_text()

    assert text.replace("  # About c\n", "") == dump_store(of(a=("K",), b=("K",), c=("K",)))
    assert "  # About c\n  c:\n" in text


def test_another_certificate_preserves_the_comments_of_the_others(tmp_path: Path) -> None:
    path = tmp_path / "secrets.yaml"
    store = commented(path)
    before = path.read_text()
    other = replace(sealed.CERTIFICATE, fingerprint="0" * 64)
    write_store(path, replace(store, certificates={other.fingerprint: other}))
    text = path.read_text()

    assert sealed.CERTIFICATE.fingerprint not in text.partition("secrets:")[0]
    assert "  # The controller of production\n" in text
    assert text.partition("secrets:")[2] == before.partition("secrets:")[2]


@pytest.mark.parametrize("empty", ["secrets: {}\n", "secrets:\n  {}\n", "secrets: {} # none yet\n", "secrets: {}"])
def test_the_first_secret_replaces_the_empty_mapping(tmp_path: Path, empty: str) -> None:
    path = tmp_path / "secrets.yaml"
    path.write_text(dump_store(sealed.store()).replace("secrets: {}\n", empty))
    write_store(path, of(a=("K",)))

    assert read_store(path) == of(a=("K",))
    assert ("# none yet" in path.read_text()) is ("# none yet" in empty)


def test_flow_style_block_scalars_and_windows_line_ends_are_read_and_written(tmp_path: Path) -> None:
    path = tmp_path / "secrets.yaml"
    text = dump_store(of(a=("K",))).replace(f"ciphertext: {VALUE.ciphertext}", f"ciphertext: >-\n   {VALUE.ciphertext}")
    path.write_bytes(text.replace("        ciphertext: >-\n", "        ciphertext: >-\n        ").encode())
    assert read_store(path) == of(a=("K",))
    newer = of(a=("K", "L")).with_secret(secret("a", {"K": replace(VALUE, ciphertext="x" * 40), "L": VALUE}))
    write_store(path, newer)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    write_store(path, newer.with_secret(secret("b", {"K": VALUE})))

    assert read_store(path) == newer.with_secret(secret("b", {"K": VALUE}))


def test_refuses_to_change_a_store_with_aliases(tmp_path: Path) -> None:
    path = tmp_path / "secrets.yaml"
    store = of(a=("K", "L"))
    text = dump_store(store).replace("owner: platform", "owner: &o platform", 1)
    path.write_text("owner: *o".join(text.rsplit("owner: platform", 1)))
    assert read_store(path) == store
    changed = store.with_secret(sealed.with_value(store["a"], "L", replace(VALUE, owner="orders")))
    before = path.read_bytes()
    with pytest.raises(ConfigurationError, match="must not have YAML anchors"):
        write_store(path, changed)

    assert path.read_bytes() == before


NAMES = st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=5, unique=True)
STORES = st.dictionaries(st.sampled_from("pqrstu"), NAMES, max_size=4)


@given(before=STORES, after=STORES)
def test_any_store_becomes_any_other_and_keeps_its_comments(
    tmp_path_factory: pytest.TempPathFactory, before: dict[str, list[str]], after: dict[str, list[str]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "secrets.yaml"
    path.unlink(missing_ok=True)
    write_store(path, of(**{name: tuple(keys) for name, keys in before.items()}))
    kept = [name for name in before if name in after]
    text = path.read_text()
    for name in kept:
        text = text.replace(f"  {name}:\n    type", f"  # About {name}\n  {name}: # here\n    type")
    path.write_text(text)
    wanted = of(**{name: tuple(keys) for name, keys in after.items()})
    write_store(path, wanted)

    assert read_store(path) == wanted
    if before and after:
        assert all(f"  # About {name}\n  {name}: # here\n" in path.read_text() for name in kept)


def test_the_temporary_file_of_a_killed_program_is_deleted_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "secrets.yaml"
    mine = [".secrets.yaml.swp", ".other.yaml.abc.kubestock-unfinished", "secrets.yaml.kubestock-unfinished"]
    for name in (*mine, ".secrets.yaml.x1y2.kubestock-unfinished"):
        (tmp_path / name).touch()
    with locked(path):
        write_store(path, of())

    assert {each.name for each in tmp_path.iterdir()} == {*mine, "secrets.yaml"}


def test_refuses_a_store_that_another_program_holds_locked(tmp_path: Path) -> None:
    path = tmp_path / "secrets.yaml"
    with (
        locked(path),
        pytest.raises(ConfigurationError, match="is locked by another kubestock"),
        locked(path, patience=0.1),
    ):
        pass


def test_refuses_a_fifo_or_a_device_as_a_store(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    for path, why in ((tmp_path / "fifo", "without a writer"), (Path("/dev/zero"), "not a regular file")):
        with pytest.raises(ConfigurationError, match=why):
            read_store(path)
