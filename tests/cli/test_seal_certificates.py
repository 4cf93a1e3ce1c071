"""A sealed TLS certificate is due before it expires, because no other check reads when it expires."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from commandline import Result, kubestock
from keyring import write_keys

from kubestock.cli.options import today
from kubestock.secrets.storefile import read_store

CANARY = "canary-7f3e"


@dataclass(frozen=True, kw_only=True)
class Edge:
    folder: Path

    @property
    def store(self) -> Path:
        return self.folder / "secrets.yaml"

    @property
    def due(self) -> date:
        return read_store(self.store)["edge-tls"].values["tls.crt"].due

    def certificate(self, days: int, *, made: int = -1) -> bytes:
        """Return a certificate that is valid from day `made` to day `days`, counted from today."""
        files = write_keys(
            self.folder / "edge", made=today() + timedelta(days=made), expires=today() + timedelta(days=days)
        )
        return files.certificate.read_bytes()

    def seal(self, value: bytes, *arguments: str, key: str = "tls.crt", type: str = "kubernetes.io/tls") -> Result:
        cert = write_keys(self.folder / "keys", made=today(), expires=today() + timedelta(days=9)).certificate
        given = ("--store", self.store, "--cert", cert, "--namespace", "shop", "--owner", "edge", "--type", type)
        return kubestock("seal", "edge-tls", key, *given, *arguments, stdin=value)


@pytest.fixture
def edge(tmp_path: Path) -> Edge:
    return Edge(folder=tmp_path)


def in_days(days: int) -> date:
    return today() + timedelta(days=days)


def test_a_certificate_of_ninety_days_is_due_two_weeks_before_it_expires(edge: Edge) -> None:
    result = edge.seal(edge.certificate(90))

    assert result.code == 0
    assert edge.due == in_days(76)
    assert (
        f"warning: edge-tls.tls.crt expires on {in_days(90)}, so it is due on {in_days(76)}, not after 180 days"
        in result.err
    )


def test_the_next_certificate_keeps_the_rotation_of_the_last_one(edge: Edge) -> None:
    edge.seal(edge.certificate(90))
    result = edge.seal(edge.certificate(365))

    assert edge.due == in_days(180)
    assert "warning" not in result.err


def test_a_certificate_that_expires_two_weeks_after_its_rotation_is_due_at_the_rotation(edge: Edge) -> None:
    assert "warning" not in edge.seal(edge.certificate(194)).err
    assert edge.due == in_days(180)
    assert "warning" in edge.seal(edge.certificate(193)).err
    assert edge.due == in_days(179)


def test_a_certificate_that_expires_within_two_weeks_is_due_today(edge: Edge) -> None:
    edge.seal(edge.certificate(5))

    assert edge.due == today()


def test_an_explicit_rotation_may_end_on_any_day_before_the_certificate_expires(edge: Edge) -> None:
    result = edge.seal(edge.certificate(90), "--rotate-days", "89")

    assert "warning" not in result.err
    assert edge.due == in_days(89)


def test_refuses_a_rotation_that_is_due_after_the_certificate_expires(edge: Edge) -> None:
    result = edge.seal(edge.certificate(90), "--rotate-days", "90")

    assert result.code == 1
    assert (
        f"edge-tls.tls.crt expires on {in_days(90)} and must be due before that, got {in_days(90)} with a rotation of "
        "90 days; give at most 89 with --rotate-days"
    ) in result.err
    assert not edge.store.exists()


@pytest.mark.parametrize("days", [0, -1])
def test_refuses_a_certificate_that_expires_today_or_has_expired(edge: Edge, days: int) -> None:
    result = edge.seal(edge.certificate(days, made=-9))

    assert result.code == 1
    expected = f"must be a certificate that expires after today, {today()}, got one that expires on {in_days(days)}"
    assert expected in result.err
    assert not edge.store.exists()


@pytest.mark.parametrize(
    "value", [CANARY.encode(), b"", b"-----BEGIN CERTIFICATE-----\ncanary-7f3e\n-----END CERTIFICATE-----\n"]
)
def test_refuses_an_invalid_certificate_without_showing_it(edge: Edge, value: bytes) -> None:
    result = edge.seal(value)

    assert result.code == 1
    assert "edge-tls.tls.crt must be a valid certificate in PEM format" in result.err
    assert CANARY not in result.err
    assert not edge.store.exists()


def test_the_servers_own_certificate_of_a_chain_is_read(edge: Edge) -> None:
    edge.seal(edge.certificate(90) + edge.certificate(30))

    assert edge.due == in_days(76)


def test_a_value_that_is_not_a_server_certificate_keeps_its_rotation(edge: Edge) -> None:
    assert edge.seal(b"no certificate", type="Opaque").code == 0
    assert edge.due == in_days(180)


def test_the_private_key_of_the_certificate_keeps_its_rotation(edge: Edge) -> None:
    assert edge.seal(b"key", key="tls.key").code == 0
    assert read_store(edge.store)["edge-tls"].values["tls.key"].due == in_days(180)
