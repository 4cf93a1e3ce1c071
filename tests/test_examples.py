"""Every example runs, and its manifests are valid."""

import importlib.util
import re
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from schemas import validate

FOLDER = Path(__file__).parent.parent / "examples"
FOLDERS = sorted(FOLDER.glob("*/*.py"))
EXAMPLES = [*sorted(FOLDER.glob("*.py")), *FOLDERS]
RELEASES = {"online_boutique": "1.30"}
"""The oldest release of Kubernetes that takes what an example makes, where that is not the oldest of all."""


def title(path: Path) -> str:
    return path.parent.name if path.name == "main.py" else path.stem


@cache
def run(path: Path) -> tuple[dict[str, Any], ...]:
    """What an example writes; it is run once."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with tempfile.TemporaryDirectory() as outdir:
        module.build(outdir).synth()
        return tuple(each for file in Path(outdir).rglob("*.yaml") for each in yaml.safe_load_all(file.read_text()))


@pytest.mark.parametrize("path", EXAMPLES, ids=title)
def test_an_example_synthesizes_manifests_that_are_valid(path: Path) -> None:
    documents = run(path)

    assert documents
    for document in documents:
        validate(document, RELEASES.get(title(path), "1.27"))


def test_staging_is_smaller_and_says_staging_everywhere() -> None:
    (path,) = [path for path in EXAMPLES if path.stem == "staging"]
    text = str(run(path))

    assert "'environment': 'staging'" in text
    assert "kubestock-staging" in text
    assert "production'" not in text.replace("'NODE_ENV': 'production'", "").replace("observability-production", "")


JAVA_OPTS = "-Xms64m -Xmx128m -XX:+UseG1GC -Djava.security.egd=file:/dev/urandom -Dspring.zipkin.enabled=false"
VARIABLES: dict[str, dict[str, dict[str, str]]] = {
    "online_boutique": {
        "adservice": {"PORT": "9555"},
        "cartservice": {"PORT": "7070", "REDIS_ADDR": "redis-cart:6379"},
        "checkoutservice": {
            "PORT": "5050",
            "CART_SERVICE_ADDR": "cartservice:7070",
            "CURRENCY_SERVICE_ADDR": "currencyservice:7000",
            "EMAIL_SERVICE_ADDR": "emailservice:5000",
            "PAYMENT_SERVICE_ADDR": "paymentservice:50051",
            "PRODUCT_CATALOG_SERVICE_ADDR": "productcatalogservice:3550",
            "SHIPPING_SERVICE_ADDR": "shippingservice:50051",
        },
        "currencyservice": {"PORT": "7000"},
        "emailservice": {"PORT": "8080"},
        "frontend": {
            "PORT": "8080",
            "AD_SERVICE_ADDR": "adservice:9555",
            "CART_SERVICE_ADDR": "cartservice:7070",
            "CHECKOUT_SERVICE_ADDR": "checkoutservice:5050",
            "CURRENCY_SERVICE_ADDR": "currencyservice:7000",
            "PRODUCT_CATALOG_SERVICE_ADDR": "productcatalogservice:3550",
            "RECOMMENDATION_SERVICE_ADDR": "recommendationservice:8080",
            "SHIPPING_SERVICE_ADDR": "shippingservice:50051",
            "SHOPPING_ASSISTANT_SERVICE_ADDR": "shoppingassistantservice:80",
        },
        "loadgenerator": {"FRONTEND_ADDR": "frontend:80", "USERS": "10"},
        "paymentservice": {"PORT": "50051"},
        "productcatalogservice": {"PORT": "3550"},
        "recommendationservice": {"PORT": "8080", "PRODUCT_CATALOG_SERVICE_ADDR": "productcatalogservice:3550"},
        "redis-cart": {},
        "shippingservice": {"PORT": "50051"},
    },
    "sock_shop": {
        "carts": {"JAVA_OPTS": JAVA_OPTS},
        "carts-db": {},
        "catalogue": {},
        "catalogue-db": {"MYSQL_DATABASE": "socksdb"},
        "front-end": {"SESSION_REDIS": "true"},
        "orders": {"JAVA_OPTS": JAVA_OPTS},
        "orders-db": {},
        "payment": {},
        "queue-master": {"JAVA_OPTS": JAVA_OPTS},
        "rabbitmq": {},
        "session-db": {},
        "shipping": {"JAVA_OPTS": JAVA_OPTS},
        "user": {"MONGO_HOST": "user-db:27017"},
        "user-db": {},
    },
}
"""The workloads of each product, and the variables that its documentation says their programs read."""
PRODUCTS = [path for path in FOLDERS if title(path) in VARIABLES]


def main_containers(path: Path) -> dict[str, dict[str, Any]]:
    owners = [each for each in run(path) if each["kind"] in {"Deployment", "StatefulSet"}]
    return {each["metadata"]["name"]: each["spec"]["template"]["spec"]["containers"][0] for each in owners}


def services(path: Path) -> set[str]:
    found = [each for each in run(path) if each["kind"] == "Service"]
    return {f"{each['metadata']['name']}:{port['port']}" for each in found for port in each["spec"]["ports"]}


def callees(path: Path, caller: str) -> set[str]:
    """The workloads of the product to which the policy of one of them permits egress, with the port of the pods."""
    (policy,) = [each for each in run(path) if each["kind"] == "NetworkPolicy" and each["metadata"]["name"] == caller]
    return {
        f"{name}:{port['port']}"
        for rule in policy["spec"]["egress"]
        for peer in rule["to"]
        if (name := peer["podSelector"]["matchLabels"].get("app.kubernetes.io/name"))
        for port in rule["ports"]
    }


def names(path: Path, kind: str) -> set[str]:
    return {each["metadata"]["name"] for each in run(path) if each["kind"] == kind}


@pytest.mark.parametrize("path", PRODUCTS, ids=title)
def test_a_product_has_the_workloads_of_its_documentation(path: Path) -> None:
    assert main_containers(path).keys() == VARIABLES[title(path)].keys()


@pytest.mark.parametrize("path", PRODUCTS, ids=title)
def test_programs_of_a_product_find_the_variables_that_they_read(path: Path) -> None:
    found = {
        name: {each["name"]: each.get("value") for each in container.get("env", [])}
        for name, container in main_containers(path).items()
    }

    for name, variables in VARIABLES[title(path)].items():
        assert variables.items() <= found[name].items(), name


@pytest.mark.parametrize("path", PRODUCTS, ids=title)
def test_an_address_that_a_program_of_a_product_reads_is_one_of_a_service(path: Path) -> None:
    addresses = {
        value
        for variables in VARIABLES[title(path)].values()
        for name, value in variables.items()
        if re.fullmatch(r"[a-z-]+:[0-9]+", value) and name not in NEVER_CALLED
    }

    assert addresses
    assert addresses <= services(path)


NEVER_CALLED = {"SHOPPING_ASSISTANT_SERVICE_ADDR"}
"""The web page does not start without it, and dials it when the assistant is enabled."""


@pytest.mark.parametrize("path", PRODUCTS, ids=title)
def test_a_product_is_said_without_an_override(path: Path) -> None:
    text = path.read_text()

    assert not [word for word in ("override", "patch", "ApiObject", "to_json") if word in text]


def test_nothing_calls_the_load_generator() -> None:
    (path,) = [path for path in PRODUCTS if title(path) == "online_boutique"]

    assert names(path, "Service") == (VARIABLES["online_boutique"].keys() - {"loadgenerator"}) | {"redis-cart-pods"}


@pytest.mark.parametrize("path", PRODUCTS, ids=title)
def test_a_product_is_reached_through_one_ingress_within_a_quota(path: Path) -> None:
    (ingress,) = [each for each in run(path) if each["kind"] == "Ingress"]
    (quota,) = [each for each in run(path) if each["kind"] == "ResourceQuota"]
    (rule,) = ingress["spec"]["rules"]
    (entry,) = rule["http"]["paths"]

    assert entry["backend"]["service"]["name"] in {"frontend", "front-end"}
    assert int(quota["spec"]["hard"]["pods"]) > len(VARIABLES[title(path)])


SOCKS = FOLDER / "sock_shop" / "main.py"
KNOWN_BY_NAME = {
    "carts": {"carts-db:27017"},
    "catalogue": {"catalogue-db:3306"},
    "front-end": {"carts:80", "catalogue:80", "orders:80", "session-db:6379", "user:80"},
    "orders": {"carts:80", "orders-db:27017", "payment:80", "shipping:80", "user:80"},
    "payment": set(),
    "queue-master": {"rabbitmq:5672"},
    "shipping": {"rabbitmq:5672"},
    "user": {"user-db:27017"},
}
"""Whom the programs of Sock Shop call; the addresses are in the programs themselves."""


@pytest.mark.parametrize("caller", KNOWN_BY_NAME)
def test_a_program_of_sock_shop_reaches_its_callees_and_nothing_else(caller: str) -> None:
    assert KNOWN_BY_NAME[caller] <= services(SOCKS)
    assert callees(SOCKS, caller) == KNOWN_BY_NAME[caller]


def test_no_database_of_sock_shop_reads_a_password_from_its_manifest() -> None:
    (database,) = [each for name, each in main_containers(SOCKS).items() if name == "catalogue-db"]
    (password,) = [each for each in database["env"] if each["name"] == "MYSQL_ROOT_PASSWORD"]

    assert password["valueFrom"]["secretKeyRef"] == {"name": "catalogue-db", "key": "root-password"}
