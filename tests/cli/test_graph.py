"""What `kubestock graph` draws."""

import copy
import textwrap
from pathlib import Path
from typing import Any
from xml.etree import ElementTree  # of what the command itself writes

import pytest
import yaml
from commandline import kubestock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kubestock.checks import Inventory
from kubestock.cli.graph.mermaid import as_mermaid
from kubestock.cli.graph.product import picture_of
from kubestock.cli.graph.svg import as_svg

ROOT = Path(__file__).parent.parent.parent
SHOP = textwrap.dedent("""\
    apiVersion: v1
    kind: Pod
    metadata: {name: web, namespace: shop, labels: {app: web}}
    spec:
      containers:
        - name: web
          ports: [{containerPort: 8080}]
          env:
            - {name: ORDERS_URL, value: "http://orders:3005"}
            - {name: PAYMENT_URL, value: "https://api.payment.example.com"}
            - {name: DB_HOST, valueFrom: {secretKeyRef: {name: web-db, key: host}}}
            - {name: DB_PORT, value: "5432"}
            - {name: DB_NAME, value: web_db}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: web, namespace: shop}
    spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: orders, namespace: shop, labels: {app: orders}}
    spec: {containers: [{name: orders, ports: [{containerPort: 3005}]}]}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: orders, namespace: shop}
    spec: {selector: {app: orders}, ports: [{port: 3005}]}
    ---
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata: {name: shop, namespace: shop, annotations: {nginx.ingress.kubernetes.io/auth-type: basic}}
    spec:
      rules:
        - host: shop.example.com
          http: {paths: [{path: /, backend: {service: {name: web, port: {number: 80}}}}]}
    """)


@pytest.fixture(autouse=True)
def shop(here: Path) -> Path:
    path = here / "shop.yaml"
    path.write_text(SHOP)
    return path


def lines(*arguments: str) -> set[str]:
    """Return the lines of the Mermaid, boxes by their titles."""
    text = kubestock("graph", *arguments).out.splitlines()[1:]
    titles = {}
    for each in text:
        name, quote, rest = each.strip().partition('"')
        if "-->" not in each and quote:
            titles[name.rstrip("[({/")] = rest.partition('"')[0].partition("<br>")[0]
    found = set()
    for each in (line.strip() for line in text if "-->" in line):
        source, _, rest = each.partition(" -->")
        found.add(f"{titles[source]} → {titles[rest.rpartition(' ')[2]]}")
    return found


def test_callers_routes_databases_and_hosts_outside_are_drawn() -> None:
    assert lines("shop.yaml") == {
        "clients → /",
        "/ → web",
        "web → orders",
        "web → api.payment.example.com",
        "web → web_db",
    }


def test_a_box_shows_the_properties_of_its_object() -> None:
    out = kubestock("graph", "shop.yaml").out

    assert '["web<br>Pod, 8080<br>secret web-db"]' in out
    assert '[("web_db<br>PostgreSQL, 5432<br>in Secret web-db")]' in out
    assert '[/"/<br>Ingress/shop/shop<br>basic authentication"/]' in out
    assert '(["api.payment.example.com<br>443"])' in out


def test_a_blocked_host_outside_is_not_drawn(shop: Path) -> None:
    policy = """
        {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: closed, namespace: shop},
        spec: {podSelector: {}, policyTypes: [Egress],
        egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8}}], ports: [{port: 99}]}]}}
    """
    shop.write_text(f"{SHOP}---\n{policy}")

    assert "web → api.payment.example.com" not in lines("shop.yaml")
    assert "orders → 10.0.0.0/8" in lines("shop.yaml")


def test_hosts_are_shown_if_there_are_several(shop: Path) -> None:
    ingress = (
        SHOP.rpartition("---\n")[2].replace("name: shop,", "name: other,").replace("shop.example", "other.example")
    )
    shop.write_text(f"{SHOP}---\n{ingress}")

    assert {"shop.example.com/ → web", "other.example.com/ → web"} <= lines("shop.yaml")


ODD: list[Any] = [None, True, 0, -1, "", "a", [], {}, [None], {"a": None}]


def places(value: Any) -> list[tuple[Any, Any]]:
    if not isinstance(value, dict | list):
        return []
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    return [(value, key) for key in keys] + [each for key in keys for each in places(value[key])]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_manifest_can_be_drawn(data: st.DataObject) -> None:
    manifests = list(yaml.safe_load_all(SHOP))
    for _ in range(data.draw(st.integers(1, 4))):
        holder, key = data.draw(st.sampled_from(places(manifests)))
        holder[key] = copy.deepcopy(data.draw(st.sampled_from(ODD)))
    picture = picture_of(Inventory(manifests))

    assert [*as_svg(picture)][-1] == "</svg>"
    assert next(iter(as_mermaid(picture))) == "flowchart LR"


def test_the_format_follows_from_the_name_of_the_file(shop: Path) -> None:
    for name in ("shop.svg", "shop.mmd"):
        assert kubestock("graph", "shop.yaml", "--output", name).out == ""

    root = ElementTree.fromstring(Path("shop.svg").read_text("utf-8"))  # noqa: S314  # what the command itself writes
    assert root.tag.endswith("svg")
    assert (
        Path("shop.mmd").read_text("utf-8").startswith("%% Generated by kubestock graph; do not edit.\nflowchart LR\n")
    )
    assert kubestock("graph", "shop.yaml", "--format", "svg").out == Path("shop.svg").read_text("utf-8")


def test_a_file_that_cannot_be_read_fails_the_command(here: Path) -> None:
    (here / "broken.yaml").write_text("a: [")
    ran = kubestock("graph", ".")

    assert ran.code == 2
    assert "web" in ran.out


def test_the_picture_of_production_is_what_the_command_draws() -> None:
    drawn = kubestock("graph", ROOT / "dist", "--format", "svg").out

    assert (ROOT / "docs" / "production.svg").read_text("utf-8") == drawn, "run 'make graph'"


def test_production_is_drawn_with_its_callers_databases_and_hosts_outside() -> None:
    assert {
        "clients → kong",
        "ms-order-management → ms-inventory",
        "ms-product → product_catalog_db",
        "ms-identity → api.asgardeo.io",
        "/api/products, /api/product → ms-product",
    } <= lines(str(ROOT / "dist"))
