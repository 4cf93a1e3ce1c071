"""The environment variables of each program in production, compared with those that the programs of 2025 read."""

from collections.abc import Iterator

import pytest
import support
from support import Manifest, pick

COMMON = {"NODE_ENV", "PORT", "HOST", "LOG_LEVEL"}
DATABASE = {"DB_HOST", "DB_PORT", "DB_NAME", "DB_USER", "DB_PASSWORD"}
READ = {
    "ms-product": COMMON | DATABASE | {"INVENTORY_SERVICE_URL"},
    "ms-inventory": COMMON | DATABASE | {"PRODUCT_SERVICE_URL", "PRODUCT_CATALOG_SERVICE_URL", "SUPPLIER_SERVICE_URL"},
    "ms-supplier": COMMON | DATABASE | {"INVENTORY_SERVICE_URL"},
    "ms-order-management": COMMON | DATABASE | {"PRODUCT_SERVICE_URL", "INVENTORY_SERVICE_URL"},
    "ms-identity": COMMON
    | {
        "ASGARDEO_ORG",
        "ASGARDEO_BASE_URL",
        "ASGARDEO_TOKEN_URL",
        "ASGARDEO_SCIM2_URL",
        "ASGARDEO_JWKS_URL",
        "ASGARDEO_ISSUER",
        "ASGARDEO_M2M_CLIENT_ID",
        "ASGARDEO_M2M_CLIENT_SECRET",
        "ASGARDEO_GROUP_ID_ADMIN",
        "ASGARDEO_GROUP_ID_SUPPLIER",
        "ASGARDEO_GROUP_ID_WAREHOUSE_STAFF",
    },
    "frontend": set(),
}
WANTED = {name: {"JWT_SECRET"} for name in READ if name != "frontend"} | {"frontend": set()}
WANTED["ms-order-management"] = {"JWT_SECRET", "API_KEY_STRIPE"}
SECRET = {
    "JWT_SECRET",
    "API_KEY_STRIPE",
    "DB_HOST",
    "DB_USER",
    "DB_PASSWORD",
    "ASGARDEO_M2M_CLIENT_ID",
    "ASGARDEO_M2M_CLIENT_SECRET",
}
ADDRESSES = {
    "INVENTORY_SERVICE_URL": "http://ms-inventory:3003",
    "PRODUCT_SERVICE_URL": "http://ms-product:3002",
    "PRODUCT_CATALOG_SERVICE_URL": "http://ms-product:3002",
    "SUPPLIER_SERVICE_URL": "http://ms-supplier:3004",
}


@pytest.fixture(scope="module")
def production() -> list[Manifest]:
    return support.production()


def variables(production: list[Manifest], name: str) -> Iterator[tuple[str, str | None]]:
    """Every variable of the program with its value, or None for one from a Secret."""
    container = pick(production, "Deployment", name)["spec"]["template"]["spec"]["containers"][0]
    for variable in container.get("env", []):
        assert ("value" in variable) != ("secretKeyRef" in variable.get("valueFrom", {})), variable
        yield variable["name"], variable.get("value")
    for source in container.get("envFrom", []):
        yield from pick(production, "ConfigMap", source["configMapRef"]["name"])["data"].items()


@pytest.mark.parametrize("name", list(READ))
def test_every_variable_that_a_program_reads_is_set_and_no_other(production: list[Manifest], name: str) -> None:
    names = [each for each, _ in variables(production, name)]

    assert len(names) == len(set(names))
    assert set(names) == READ[name] | WANTED[name]


@pytest.mark.parametrize("name", list(READ))
def test_only_secret_variables_come_from_a_secret(production: list[Manifest], name: str) -> None:
    found = {each for each, value in variables(production, name) if value is None}

    assert found == (READ[name] | WANTED[name]) & SECRET


@pytest.mark.parametrize("name", list(READ))
def test_every_address_is_that_of_a_service(production: list[Manifest], name: str) -> None:
    found = dict(variables(production, name))

    assert {key: value for key, value in found.items() if key in ADDRESSES} == {
        key: value for key, value in ADDRESSES.items() if key in READ[name]
    }


def test_every_workload_of_production_is_in_the_table(production: list[Manifest]) -> None:
    deployed = {each["metadata"]["name"] for each in production if each["kind"] == "Deployment"}

    assert deployed - {"kong"} == set(READ)
