"""Declarations give the same output in any order, and each object is rendered only once."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kong_gateways import CORS, TLS
from workload.samples import container, microservice

from kubestock import App, Chart, ExternalService, Microservice, Platform, Pods, Port
from kubestock.delivery.order import arrange
from kubestock.gateway.kong import KongGateway
from kubestock.gateway.kong.analysis.finding import KongFinding
from kubestock.gateway.kong.analysis.view import GatewayContext
from kubestock.gateway.kong.config.file import Configuration
from kubestock.kube import KubeObject, rendering
from kubestock.kube.written import Manifest
from kubestock.namespace import LargestRollout, NamespaceQuota
from kubestock.production import PRODUCTION, build_app
from kubestock.workload import Service

PLATFORM = Platform(part_of="shop", environment="production", scraper=Pods(namespace="monitoring"))
Declaration = Callable[[], Any]


def declared(chart: Chart) -> list[Declaration]:
    """Create the constructs of a shop, and return the declarations about them."""
    orders, stock, web = (_service(chart, name) for name in ("orders", "stock", "web"))
    gateway = KongGateway(
        chart, "kong", hosts=["shop.example.com"], platform=PLATFORM, tls=TLS, plugins=[CORS], protected=[]
    )
    NamespaceQuota(chart, "quota", quota=LargestRollout(), labels=PLATFORM.labels("shop"))
    return [
        lambda: orders.calls(stock, variable="STOCK_URL"),
        lambda: orders.calls(web, variable="WEB_URL", port="http"),
        lambda: stock.calls(orders, variable="ORDERS_URL"),
        lambda: orders.calls(ExternalService(host="api.stripe.com")),
        lambda: stock.allow_from(Pods(namespace="reports")),
        lambda: gateway.route("/api/orders", to=orders, methods=["POST"], name="write"),
        lambda: gateway.route("/api/orders", to=orders, methods=["GET"], name="read"),
        lambda: gateway.route("/api/stock", to=stock),
        lambda: gateway.route("/", to=web),
        lambda: arrange(chart),
    ]


def _service(chart: Chart, name: str) -> Microservice:
    services = (Service(), Service(name=f"{name}-pods", headless=True))
    program = container(ports=(Port(8080, metrics_path="/metrics"),))
    return Microservice(chart, name, name=name, platform=PLATFORM, container=program, services=services)


def shop(order: list[int] | None = None) -> list[Manifest]:
    chart = Chart(App(), "shop", namespace="shop")
    declarations = declared(chart)
    for each in order or range(len(declarations)):
        declarations[each]()
    return chart.manifests()


FIRST = shop()


@settings(max_examples=25)
@given(st.permutations(range(10)))
def test_declarations_give_the_same_output_in_any_order(order: list[int]) -> None:
    assert shop(order) == FIRST


def test_every_declaration_changes_the_output() -> None:
    for left_out in range(10):
        assert shop([each for each in range(10) if each != left_out]) != FIRST, left_out


@pytest.fixture
def renderings(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    counted: Counter[str] = Counter()
    original = KubeObject._render

    def render(self: KubeObject) -> Manifest:
        counted[f"{self.kind}/{self.name}"] += 1
        return original(self)

    monkeypatch.setattr(KubeObject, "_render", render)
    return counted


def test_each_object_of_production_is_rendered_once_for_a_synth(tmp_path: Path, renderings: Counter[str]) -> None:
    app = build_app(PRODUCTION, outdir=str(tmp_path))
    assert not renderings
    app.synth()
    written = "".join(each.read_text() for each in tmp_path.rglob("*.yaml"))

    assert set(renderings.values()) == {1}
    assert renderings.total() == written.count("\nkind: ")


def test_the_configuration_of_kong_is_analysed_once_for_a_synth(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    analysed: list[Configuration] = []
    original = Configuration.findings

    def findings(self: Configuration, *context: GatewayContext) -> list[KongFinding]:
        analysed.append(self)
        return original(self, *context)

    app = build_app(PRODUCTION, outdir=str(tmp_path))
    monkeypatch.setattr(Configuration, "findings", findings)
    app.synth()

    assert len(analysed) == 1


def test_a_second_synth_renders_the_objects_again(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    orders = microservice(Chart(app, "shop", namespace="shop"))
    app.synth()
    orders.deployment.override("/spec/minReadySeconds", 7)
    app.synth()

    assert rendering._shared is None
    assert "minReadySeconds: 7" in (tmp_path / "shop.k8s.yaml").read_text()
