"""All problems of a gateway are reported at once, with the lines that declare its routes."""

import ast
import inspect
import re
from pathlib import Path

import cdk8s
import pytest
from kong_bypass_routes import PEOPLE, route, service
from kong_gateways import HOST, PLATFORM, TLS, backend, gateway
from workload.samples import microservice

from kubestock import App, Chart
from kubestock.errors import ConfigurationError
from kubestock.gateway import kong
from kubestock.gateway.kong.config.file import Configuration, GatewayConfig
from kubestock.gateway.kong.gateway import KongGateway
from kubestock.gateway.kong.plugins.authentication import Acl, Jwt
from kubestock.gateway.kong.plugins.logs import TcpLog
from kubestock.gateway.kong.plugins.rate_limiting import RateLimiting

GUIDE = Path(__file__).parents[3] / "docs" / "gateway.md"
BROKEN = Configuration(
    services=[
        service(
            "orders",
            route("orders", "/api/orders", Jwt(), Acl(allow=["stuff"])),
            route("again", "/api/orders", RateLimiting(minute=5), TcpLog(host="logs.shop", port=9)),
        )
    ],
    consumers=[PEOPLE],
    protected_prefixes=["/api"],
)
WRONG = ["route-ambiguous", "route-unprotected", "group-unknown", "route-bypass"]


def test_all_findings_are_returned_at_once_with_routes_and_fixes() -> None:
    found = BROKEN.findings()

    assert [each.id for each in found] == WRONG
    assert [each.routes for each in found] == [("orders", "again"), ("again",), ("orders",), ("again", "orders")]
    assert {each.severity for each in found} == {"error"}
    assert all(each.fix for each in found)


def test_a_gateway_config_raises_all_findings() -> None:
    with pytest.raises(ConfigurationError, match="the configuration of Kong has 4 problems:") as refused:
        GatewayConfig(services=BROKEN.services, consumers=[PEOPLE], protected_prefixes=["/api"])

    assert [line.rpartition("[")[2].rstrip("]") for line in str(refused.value).splitlines()[1:]] == WRONG


def test_a_chart_reports_all_findings_together_with_its_other_problems(app: App) -> None:
    chart = Chart(app, "shop", namespace="shop")
    made, orders = gateway(chart), backend(chart)
    made.route("/", to=orders, name="one")
    made.route("/", to=orders, name="other")
    line = inspect.currentframe().f_lineno - 1  # type: ignore[union-attr]  # CPython has frames
    made.route("/log", to=orders, plugins=[TcpLog(host="logs.shop", port=9)])
    microservice(chart, "web").deployment.override("/spec/template/spec/serviceAccountName", "missing")

    with pytest.raises(ConfigurationError, match="nothing is written") as refused:
        app.synth()
    lines = str(refused.value).splitlines()[1:]

    assert [
        each for each in lines if "KongGateway 'kong': routes one and other" in each and f"{__file__}:{line}" in each
    ]
    assert [each for each in lines if each.endswith("[egress-closed]")]
    assert [each for each in lines if "missing" in each and "KongGateway" not in each]


def test_a_plain_cdk8s_chart_raises_the_findings_when_the_file_is_rendered() -> None:
    chart = cdk8s.Chart(cdk8s.App(), "shop", namespace="shop")
    made = KongGateway(chart, "kong", hosts=[HOST], platform=PLATFORM, tls=TLS)
    orders = backend(chart)
    made.route("/", to=orders, name="one")
    made.route("/", to=orders, name="other")

    with pytest.raises(
        RuntimeError, match="could not distinguish them"
    ):  # jsii turns an error in a callback into a RuntimeError
        chart.to_json()


def test_the_guide_lists_exactly_the_rules_that_exist() -> None:
    package = Path(kong.__file__).parent
    sources = [*(package / "analysis").rglob("*.py"), package / "config" / "file.py"]
    constants = {
        node.value
        for path in sources
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    rules = {each for each in constants if re.fullmatch("[a-z]+(-[a-z]+)+", each)} - {"proxy-authorization"}
    guide = re.findall("^\\| `([a-z]+-[a-z-]+)` \\| [^|]* \\|$", GUIDE.read_text("utf-8"), re.MULTILINE)

    assert sorted(guide) == sorted(rules)
