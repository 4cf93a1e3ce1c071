import base64
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from keyring import TODAY, key_pair, write_keys

from kubestock.errors import ConfigurationError
from kubestock.secrets.certificates import SAMPLE_SUBJECT
from kubestock.secrets.keys import read_certificate, read_private_keys


def test_the_fingerprint_of_a_certificate_is_the_digest_of_its_der(tmp_path: Path) -> None:
    files = write_keys(tmp_path)
    certificate = x509.load_pem_x509_certificate(files.certificate.read_bytes())

    assert files.sealing.pinned.fingerprint == certificate.fingerprint(hashes.SHA256()).hex()
    assert files.sealing.pinned.modulus_bytes == 256
    assert files.sealing.pinned.not_after == TODAY + timedelta(days=3650)


def test_a_fresh_certificate_has_no_warnings(tmp_path: Path) -> None:
    assert write_keys(tmp_path, made=TODAY - timedelta(days=30)).sealing.warnings(TODAY) == []


def test_warns_of_a_certificate_older_than_the_renewal_period(tmp_path: Path) -> None:
    (warning,) = write_keys(tmp_path, made=TODAY - timedelta(days=31)).sealing.warnings(TODAY)

    assert "is 31 days old, and the controller creates a new one every 30" in warning


def test_warns_of_the_sample_certificate(tmp_path: Path) -> None:
    (warning,) = write_keys(tmp_path, subject=SAMPLE_SUBJECT).sealing.warnings(TODAY)

    assert "its private key does not exist" in warning


def test_a_certificate_is_valid_until_the_end_of_its_last_day(tmp_path: Path) -> None:
    files = write_keys(tmp_path, expires=TODAY)

    files.sealing.check_not_expired(TODAY)
    with pytest.raises(ConfigurationError, match=r"has expired.*today is 2026-03-16"):
        files.sealing.check_not_expired(TODAY + timedelta(days=1))


def test_refuses_a_certificate_that_is_not_yet_valid(tmp_path: Path) -> None:
    files = write_keys(tmp_path, made=TODAY + timedelta(days=1))

    with pytest.raises(ConfigurationError, match="is not yet valid"):
        files.sealing.check_not_expired(TODAY)


def test_refuses_a_missing_or_invalid_certificate_file(tmp_path: Path) -> None:
    path = tmp_path / "cert.pem"
    with pytest.raises(ConfigurationError, match=r"cert\.pem cannot be read .*kubeseal --fetch-cert"):
        read_certificate(path)
    path.write_text("no certificate")

    with pytest.raises(ConfigurationError, match="must be a valid certificate in PEM format"):
        read_certificate(path)


def test_reads_the_controllers_keys_as_kubectl_prints_them(tmp_path: Path) -> None:
    blocks = [write_keys(tmp_path, number=number).private_key.read_bytes() for number in (0, 1)]
    meta = {"annotations": {"note": "MARK"}}
    items = [
        {"kind": "Secret", "metadata": meta, "data": {"tls.key": base64.b64encode(block).decode()}} for block in blocks
    ]
    path = tmp_path / "keys.yaml"
    path.write_text(yaml.safe_dump({"kind": "List", "items": items}).replace("MARK", "="))
    read = read_private_keys(path)

    assert [key.private_numbers() for key in read] == [key_pair(number).private_numbers() for number in (0, 1)]


def test_reads_a_single_private_key(tmp_path: Path) -> None:
    (read,) = read_private_keys(write_keys(tmp_path).private_key)

    assert read.private_numbers() == key_pair().private_numbers()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a: [canary", "must be a private key in PEM format, or Secrets in YAML"),
        ("canary", "must be a private key in PEM format, or Secrets in YAML"),
        ("items: [{data: {canary: x}}]", "must have Secrets with a tls.key"),
        ("data: {tls.key: '*canary'}", "must be valid base64"),
        ("data: {tls.key: Y2FuYXJ5}", "must have a valid private key in PEM format"),
        ("items: 5", "must be a private key in PEM format, or Secrets in YAML"),
        ("2026-99-99", "must be a private key in PEM format, or Secrets in YAML"),
        ("[" * 5000, "must be a private key in PEM format, or Secrets in YAML"),
    ],
)
def test_refuses_an_invalid_key_file_without_showing_its_content(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "keys.yaml"
    path.write_text(content)
    with pytest.raises(ConfigurationError, match=message) as caught:
        read_private_keys(path)

    assert "canary" not in str(caught.value)


def test_refuses_a_private_key_that_is_encrypted_or_of_another_kind(tmp_path: Path) -> None:
    path = tmp_path / "controller.pem"
    encryption = BestAvailableEncryption(b"passphrase")
    path.write_bytes(key_pair().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption))
    with pytest.raises(ConfigurationError, match="must not be encrypted"):
        read_private_keys(path)
    curve = ec.generate_private_key(ec.SECP256R1())
    path.write_bytes(curve.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))

    with pytest.raises(ConfigurationError, match="must be an RSA key"):
        read_private_keys(path)
