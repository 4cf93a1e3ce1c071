import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config.consumers import Consumer, JwtIssuer
from kubestock.gateway.kong.plugins.rate_limiting import RateLimiting
from kubestock.values.references import SecretRef

ISSUER = "https://id.example.com"


def pem(key: PrivateKeyTypes) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def issuer(algorithm: str, key: str) -> JwtIssuer:
    return JwtIssuer(key=ISSUER, algorithm=algorithm, rsa_public_key=key)  # type: ignore[arg-type]  # of a table


@pytest.mark.parametrize(
    ("algorithm", "key"),
    [
        ("RS256", rsa.generate_private_key(65537, 2048)),
        ("PS512", rsa.generate_private_key(65537, 2048)),
        ("ES256", ec.generate_private_key(ec.SECP256R1())),
        ("ES512", ec.generate_private_key(ec.SECP521R1())),
        ("EdDSA", ed25519.Ed25519PrivateKey.generate()),
    ],
)
def test_accepts_a_key_of_the_algorithm_of_the_issuer(algorithm: str, key: PrivateKeyTypes) -> None:
    assert issuer(algorithm, pem(key)).algorithm == algorithm


@pytest.mark.parametrize(
    ("algorithm", "key", "message"),
    [
        ("RS256", pem(ec.generate_private_key(ec.SECP256R1())), "must be a key for RS256"),
        ("ES256", pem(ec.generate_private_key(ec.SECP384R1())), "must be a key for ES256"),
        ("EdDSA", pem(rsa.generate_private_key(65537, 2048)), "must be a key for EdDSA"),
        ("RS256", pem(rsa.generate_private_key(65537, 1024)), "at least 2048 bits, got 1024"),  # noqa: S505  # what is tested
        (
            "RS256",
            "-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----\n",
            "must be one public key in PEM format",
        ),
    ],
    ids=["another-kind", "another-curve", "not-an-edwards-curve", "too-short", "not-a-key"],
)
def test_rejects_a_key_that_does_not_fit_the_algorithm(algorithm: str, key: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        issuer(algorithm, key)


def test_rejects_a_private_key_without_showing_it() -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    text = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

    with pytest.raises(ConfigurationError, match="must be one public key in PEM format") as refused:
        issuer("ES256", text)
    assert text.splitlines()[1] not in str(refused.value)


def test_rejects_other_text_next_to_a_public_key_without_showing_it() -> None:
    key = rsa.generate_private_key(65537, 2048)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

    for text in (pem(key) + private, private + pem(key), f"password: canary\n{pem(key)}", pem(key) + pem(key)):
        with pytest.raises(
            ConfigurationError, match="must be one public key in PEM format without any other text"
        ) as refused:
            issuer("RS256", text)
        assert "canary" not in str(refused.value)
        assert private.splitlines()[1] not in str(refused.value)


def test_accepts_a_public_key_with_other_line_breaks_and_surrounding_whitespace() -> None:
    key = "\n" + pem(rsa.generate_private_key(65537, 2048)).replace("\n", "\r\n") + "\n"

    assert issuer("RS256", key).rsa_public_key == key


def test_rejects_a_duplicated_group() -> None:
    with pytest.raises(ConfigurationError, match="must be unique and not empty"):
        Consumer(username="reports", groups=["readers", "readers"])


@pytest.mark.parametrize("limit_by", ["consumer", "credential"])
def test_rejects_a_limit_that_all_users_of_an_issuer_share(limit_by: str) -> None:
    limit = RateLimiting(minute=5, limit_by=limit_by)  # type: ignore[arg-type]  # one of the parameters above
    people = issuer("RS256", pem(rsa.generate_private_key(65537, 2048)))

    with pytest.raises(ConfigurationError, match=r"on consumer people must be 'ip'.*would block all users"):
        Consumer(username="people", issuers=[people], plugins=[limit])

    assert Consumer(username="people", issuers=[people], plugins=[RateLimiting(minute=5, limit_by="ip")]).plugins
    assert Consumer(username="reports", api_keys=[SecretRef(name="keys")["reports"]], plugins=[limit]).plugins
