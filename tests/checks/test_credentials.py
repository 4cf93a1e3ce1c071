"""Which texts are credentials, and which only mention them."""

from typing import Any

import pytest

from kubestock.checks import findings
from kubestock.checks.facts.credentials import credential_in

SIGNED = "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiJhIn0" + ".c2lnbmF0dXJl"
KEY = "-----BEGIN " + "EC PRIVATE KEY-----\nMIIE\n-----END EC PRIVATE KEY-----\n"


@pytest.mark.parametrize(
    ("name", "value", "what"),
    [
        ("DB_PASSWORD", "correct-horse", "the value of DB_PASSWORD"),
        ("db.password", "correct horse", "the value of db.password"),
        ("API_KEY", "a1b2c3", "the value of API_KEY"),
        ("URL", "postgres://orders:correct-horse@db/orders", "a password in a URL"),
        ("URL", "redis://:correct-horse@cache:6379/0", "a password in a URL"),
        ("HEADER", "Bearer abcdefghijklmnop", "a token of an Authorization header"),
        ("ANY", SIGNED, "a signed token"),
        ("tls", KEY, "a private key"),
        ("id", "AKIA" + "Q" * 16, "an access key of AWS"),
        ("ci", "ghp_" + "a1B2" * 9, "a token of GitHub"),
        ("app.yaml", "db:\n  user: orders\n  password: correct-horse\n", "the value of password"),
        ("app.properties", "spring.datasource.password=correct-horse", "the value of spring.datasource.password"),
        ("app.json", '{"db": {"password": "correct-horse"}}', "the value of password"),
        (".env", "export API_TOKEN='a1b2c3'\nLEVEL=info\n", "the value of API_TOKEN"),
    ],
)
def test_a_credential_is_found(name: str, value: str, what: str) -> None:
    assert credential_in(name, value) == what


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DB_PASSWORD", ""),
        ("DB_PASSWORD", "$(OTHER)"),
        ("DB_PASSWORD", "${DB_PASSWORD}"),
        ("DB_PASSWORD", "{{ .password }}"),
        ("DB_PASSWORD", "<password>"),
        ("DB_PASSWORD", "******"),
        ("API_KEY", "GOOGLE_API_KEY_VAL"),
        ("API_KEY", "your-api-key"),
        ("DB_PASSWORD", "/run/secrets/password"),
        ("TLS_KEY", "/kong/tls/tls.key"),
        ("REQUIRE_TOKEN", "true"),
        ("TOKEN", "null"),
        ("TOKEN_URL", "https://login.example.com/token"),
        ("PASSWORD_MIN_LENGTH", "12"),
        ("PUBLIC_KEY", "-----BEGIN PUBLIC KEY-----\nMIIE\n-----END PUBLIC KEY-----\n"),
        ("URL", "postgres://orders@db/orders"),
        ("URL", "postgres://orders:$(DB_PASSWORD)@db/orders"),
        ("URL", "postgres://orders:${DB_PASSWORD}@db/orders"),
        ("URL", "http://inventory:8080/a@b"),
        ("IMAGE", "registry.example.com:5000/a@sha256:" + "0" * 64),
        ("app.properties", "spring.datasource.password=${DB_PASSWORD}\npassword.encoder=bcrypt\n"),
        ("kong.yml", "    - request.headers.apikey: return nil\n"),
        ("nginx.conf", "proxy_set_header Authorization $http_authorization;\nssl_certificate_key /tls/tls.key;\n"),
        ("README", "Ask for the password: it is in the vault, never here.\n"),
        ("schema.json", '{"password": {"type": "string"}, "required": ["password", "token"]}'),
    ],
)
def test_a_text_that_only_mentions_a_credential_is_not_one(name: str, value: str) -> None:
    assert credential_in(name, value) == ""


def messages_of(document: dict[str, Any]) -> list[str]:
    return [str(each) for each in findings([document]) if each.rule == "credential"]


def pod(**container: Any) -> dict[str, Any]:
    whole = {"name": "orders", "image": "shop/orders:1.0", **container}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "orders"}, "spec": {"containers": [whole]}}


@pytest.mark.parametrize(
    "document",
    [
        pod(env=[{"name": "DB_PASSWORD", "value": "correct-horse"}]),
        pod(args=["--password", "correct-horse"]),
        pod(command=["serve", "--token=correct-horse"]),
        pod(args=["postgres://orders:correct-horse@db/orders"]),
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"password": "correct-horse"}},
        {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {"name": "a", "annotations": {"a/token": "horse1234567"}},
        },
    ],
)
def test_a_finding_does_not_show_the_credential(document: dict[str, Any]) -> None:
    (message,) = messages_of(document)

    assert "in plain text" in message
    assert "horse" not in message


@pytest.mark.parametrize(
    "document",
    [
        pod(args=["--password-file", "/run/secrets/password", "--token-ttl=3600", "--password", "$(DB_PASSWORD)"]),
        pod(args=["--token", "--verbose"]),
        {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {"name": "a", "annotations": {"a/tls-secret": "shop-tls"}},
        },
        {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {"name": "a", "annotations": {"checksum/secret": "a1" * 32}},
        },
    ],
)
def test_references_and_checksums_are_not_credentials(document: dict[str, Any]) -> None:
    assert messages_of(document) == []
