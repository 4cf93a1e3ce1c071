"""The lines of the guide fail for a different emitted file."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from kong_guide import ISSUER_KEY, differences, production


def every(document: Any, plugin: str) -> list[Any]:
    owners = [document, *document["services"], *(route for each in document["services"] for route in each["routes"])]
    return [each["config"] for owner in owners for each in owner.get("plugins", []) if each["name"] == plugin]


def configured(plugin: str, **fields: Any) -> Callable[[Any], None]:
    def broken(document: Any) -> None:
        for config in every(document, plugin):
            config.update(fields)

    return broken


def issued(**fields: Any) -> Callable[[Any], None]:
    def broken(document: Any) -> None:
        for consumer in document["consumers"]:
            for issuer in consumer.get("jwt_secrets", []):
                issuer.update(fields)

    return broken


def routed(**fields: Any) -> Callable[[Any], None]:
    def broken(document: Any) -> None:
        for service in document["services"]:
            for route in service["routes"]:
                route.update(fields)

    return broken


def without(plugin: str) -> Callable[[Any], None]:
    def broken(document: Any) -> None:
        for service in document["services"]:
            for owner in (document, service, *service["routes"]):
                owner["plugins"] = [each for each in owner.get("plugins", []) if each["name"] != plugin]

    return broken


def one_path(document: Any) -> None:
    for service in document["services"]:
        for route in service["routes"]:
            del route["paths"][1:]


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("other-name", one_path),
        ("metrics", without("pre-function")),
        ("metrics-in-capitals", without("pre-function")),
        ("internal-health", without("pre-function")),
        ("forged-identity", without("pre-function")),
        ("gateway-health", configured("request-termination", status_code=404)),
        ("frames", configured("response-transformer", replace={"headers": []})),
        ("invalid-on-another-path", without("post-function")),
        ("not-json-no-schema", without("post-function")),
        ("expired-token", configured("jwt", claims_to_verify=[])),
        ("token-in-query", configured("jwt", uri_param_names=["jwt"])),
        ("right-token", configured("jwt", header_names=["x-token"])),
        ("right-token", configured("jwt", key_claim_name="sub")),
        ("right-token", issued(algorithm="ES256")),
        ("right-token", issued(key="https://elsewhere.example.net")),
        ("right-token", issued(rsa_public_key="another key")),
        ("wrong-algorithm", issued(algorithm="HS256", secret=ISSUER_KEY)),
        ("unknown-issuer", issued(key="https://evil.example.net")),
        ("forged-token", issued(rsa_public_key="a key of another issuer")),
        ("no-token", without("jwt")),
        ("preflight", configured("cors", preflight_continue=True)),
        ("key-in-query", configured("key-auth", key_in_query=True)),
        ("right-key", configured("key-auth", key_names=["apikey"])),
        ("right-key", configured("key-auth", hide_credentials=False)),
        ("key-without-group", configured("acl", allow=["ms-product"])),
        ("right-key", configured("acl", allow=["people"])),
        ("no-key", without("key-auth")),
        ("public", without("request-transformer")),
        ("right-token", routed(strip_path=False)),
        ("unknown-api-with-token", without("request-termination")),
        ("flood-with-key", configured("rate-limiting", minute=500)),
    ],
)
def test_a_line_of_the_guide_fails_for_a_different_file(name: str, broken: Callable[[Any], None]) -> None:
    document, environment = copy.deepcopy(production())
    broken(document)

    assert differences(name, production()) == []
    assert differences(name, (document, environment)) != []
