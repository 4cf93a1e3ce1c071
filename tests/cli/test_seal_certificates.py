"""A certificate that is sealed is due before it ends, for nothing else looks at its end."""

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
        """One that lasts from `made` to `days`, counted from today."""
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


def test_a_certificate_of_ninety_days_is_due_two_weeks_before_its_end(edge: Edge) -> None:
    result = edge.seal(edge.certificate(90))

    assert result.code == 0
    assert edge.due == in_days(76)
    assert (
        f"warning: edge-tls.tls.crt ends on {in_days(90)}, so it is due on {in_days(76)} and not after 180 days"
        in result.err
    )


def test_the_next_certificate_lasts_as_long_as_a_value_did_before(edge: Edge) -> None:
    edge.seal(edge.certificate(90))
    result = edge.seal(edge.certificate(365))

    assert edge.due == in_days(180)
    assert "warning" not in result.err


def test_a_certificate_that_outlives_its_rotation_by_two_weeks_is_due_by_the_rotation(edge: Edge) -> None:
    assert "warning" not in edge.seal(edge.certificate(194)).err
    assert edge.due == in_days(180)
    assert "warning" in edge.seal(edge.certificate(193)).err
    assert edge.due == in_days(179)


def test_a_certificate_that_ends_within_two_weeks_is_due_today(edge: Edge) -> None:
    edge.seal(edge.certificate(5))

    assert edge.due == today()


def test_somebody_may_ask_for_any_day_before_the_end(edge: Edge) -> None:
    result = edge.seal(edge.certificate(90), "--rotate-days", "89")

    assert "warning" not in result.err
    assert edge.due == in_days(89)


def test_refuses_a_rotation_that_is_due_when_the_certificate_has_ended(edge: Edge) -> None:
    result = edge.seal(edge.certificate(90), "--rotate-days", "90")

    assert result.code == 1
    assert (
        f"edge-tls.tls.crt ends on {in_days(90)} and must be due before that, got {in_days(90)} with a rotation of "
        "90 days; give at most 89 with --rotate-days"
    ) in result.err
    assert not edge.store.exists()


@pytest.mark.parametrize("days", [0, -1])
def test_refuses_a_certificate_that_ends_today_or_has_ended(edge: Edge, days: int) -> None:
    result = edge.seal(edge.certificate(days, made=-9))

    assert result.code == 1
    assert f"must be a certificate that lasts beyond today, {today()}, and ends on {in_days(days)}; get a" in result.err
    assert not edge.store.exists()


@pytest.mark.parametrize(
    "value", [CANARY.encode(), b"", b"-----BEGIN CERTIFICATE-----\ncanary-7f3e\n-----END CERTIFICATE-----\n"]
)
def test_refuses_a_certificate_that_is_none_without_showing_it(edge: Edge, value: bytes) -> None:
    result = edge.seal(value)

    assert result.code == 1
    assert "edge-tls.tls.crt must be a certificate in PEM, the server's own first, and is none" in result.err
    assert CANARY not in result.err
    assert not edge.store.exists()


def test_of_a_chain_the_servers_own_certificate_counts(edge: Edge) -> None:
    edge.seal(edge.certificate(90) + edge.certificate(30))

    assert edge.due == in_days(76)


def test_what_is_no_certificate_of_a_server_is_due_as_ever(edge: Edge) -> None:
    assert edge.seal(b"no certificate", type="Opaque").code == 0
    assert edge.due == in_days(180)


def test_the_key_beside_the_certificate_is_due_as_ever(edge: Edge) -> None:
    assert edge.seal(b"key", key="tls.key").code == 0
    assert read_store(edge.store)["edge-tls"].values["tls.key"].due == in_days(180)
