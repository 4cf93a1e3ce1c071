import cdk8s
import pytest
from kong_bypass_routes import ADMINS, HEALTH, PEOPLE, SHOP, configuration, protected, route, service
from kong_gateways import backend, credentials, gateway

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config.consumers import Consumer
from kubestock.gateway.kong.config.file import GatewayConfig
from kubestock.gateway.kong.config.routes import Route
from kubestock.gateway.kong.config.services import KongService
from kubestock.gateway.kong.plugins.authentication import Acl, Jwt, KeyAuth
from kubestock.gateway.kong.plugins.limits import RequestTermination
from kubestock.gateway.kong.plugins.request_transformation import RequestReplacements, RequestTransformer
from kubestock.kube.peers import Pods
from kubestock.workload.microservice import Microservice


@pytest.mark.parametrize(
    ("inner", "outer", "left"),
    [
        (protected(methods=["GET"]), route("public", "/"), "methods other than GET"),
        (protected(methods=["GET"]), route("public", "/", methods=["GET", "DELETE"]), "DELETE"),
        (protected(methods=["GET"]), route("public", "/api", methods=["POST"]), "POST"),
        (protected(headers={"Channel": ["internal"]}), route("public", "/"), "requests without Channel"),
        (protected(methods=["POST"]), route("public", "/api/orders"), "methods other than POST"),
        (protected(), route("public", "/api/orders", headers={"X-Public": ["1"]}), "requests with X-Public"),
        (protected(keep=True), route("public", "/api/orders", methods=["GET"], keep=True), "GET"),
    ],
)
def test_rejects_a_public_route_that_matches_requests_for_a_protected_path(
    inner: Route, outer: Route, left: str
) -> None:
    with pytest.raises(
        ConfigurationError, match=f"must not allow anonymous access: it sends {left} for /api/orders to the pods"
    ):
        configuration(service("orders", inner, outer))


@pytest.mark.parametrize(
    ("inner", "outer", "what"),
    [
        (protected(), route("public", "/api/orders/health"), "all paths"),
        (protected(), route("public", "/open"), "all paths"),
        (protected(), route("public", "/"), "all paths"),
        (protected(), route("public", "/", host="other.example.com"), "all paths"),
        (protected(keep=True), route("public", "/open"), "all paths"),
        (protected(), route("public", "/open", exact=True), "/"),
        (protected(), route("public", "/api/v1", keep=True), "/api/v1 and all paths below it"),
        (protected(keep=True), route("public", "/", keep=True), "all paths"),
        (protected(keep=True), route("public", "/api/orders", keep=True, host="other.example.com"), "/api/orders and"),
    ],
)
def test_rejects_a_public_route_that_reaches_protected_paths_of_the_pods(inner: Route, outer: Route, what: str) -> None:
    with pytest.raises(
        ConfigurationError, match=f"must not allow anonymous access: it reaches {what}.*which route protected"
    ):
        configuration(service("orders", inner, outer))


def test_rejects_a_rewrite_with_a_template_that_the_client_controls() -> None:
    chosen = RequestTransformer(replace=RequestReplacements(uri="/$(headers.where)"))

    with pytest.raises(ConfigurationError, match=r"it reaches all paths of the pods.*or set public=True and limit"):
        configuration(service("orders", protected(), route("public", "/open", chosen)))


def test_rejects_a_rewrite_to_a_protected_method() -> None:
    deleting = RequestTransformer(http_method="DELETE")

    with pytest.raises(ConfigurationError, match="it reaches all paths of the pods"):
        configuration(
            service("orders", protected(methods=["DELETE"]), route("public", "/open", deleting, methods=["GET"])),
        )


def test_rejects_an_intended_public_path_without_public_true() -> None:
    fixed = route("unsaid", "/api/orders/health", HEALTH)

    with pytest.raises(
        ConfigurationError, match=r"it reaches /health of the pods.*or set public=True if that is intended"
    ):
        configuration(service("orders", protected(), fixed))


@pytest.mark.parametrize(
    ("inner", "outer"),
    [
        (protected(), route("public", "/api/orders/health", HEALTH)),
        (protected(), route("public", "/open", HEALTH, headers={"X-Public": ["1"]})),
        (protected(), route("public", "/open/health", exact=True, keep=True)),
        (protected(), route("public", "/", RequestTermination(status_code=404))),
        (protected(), route("public", "/api/orders", methods=["OPTIONS"])),
        (protected(headers={"X-Channel": ["web"]}), route("public", "/api/orders", methods=["OPTIONS"])),
        (protected(methods=["POST"]), route("public", "/open", methods=["GET"])),
        (protected(methods=["POST"]), route("public", "/api/orders", methods=["GET", "OPTIONS"])),
    ],
)
def test_accepts_a_public_route_that_reaches_one_path_or_no_protected_path(inner: Route, outer: Route) -> None:
    assert configuration(service("orders", inner, outer)).routes


@pytest.mark.parametrize("path", ["/open", "/api/orders/docs", "/api/ordersfoo"])
def test_accepts_a_public_path_next_to_or_below_a_protected_one_if_neither_is_stripped(path: str) -> None:
    assert configuration(service("orders", protected(keep=True), route("public", path, keep=True))).routes


def test_rejects_a_public_route_to_protected_pods_and_accepts_it_to_other_pods() -> None:
    elsewhere = service("web", route("public", "/"), target="web-pods.shop:80")

    assert configuration(service("orders", protected(methods=["GET"])), elsewhere).routes
    with pytest.raises(ConfigurationError, match="strip_path removes the path of a route"):
        configuration(service("orders", protected(), route("public", "/")))


@pytest.mark.parametrize(
    "again",
    [
        service("again", route("public", "/"), target="orders-pods.shop:9090"),
        service("again", route("public", "/"), target="orders-pods.shop.svc:80"),
        service(
            "again",
            route("public", "/"),
            target="orders-again.shop:80",
            pods=Pods(namespace="shop", labels={"app": "orders"}),
        ),
    ],
    ids=["another-port", "a-shorter-name", "another-service"],
)
def test_rejects_a_bypass_through_another_name_or_port_of_the_same_pods(again: KongService) -> None:
    pods = Pods(namespace="shop", labels={"app": "orders", "tier": "api"})

    with pytest.raises(ConfigurationError, match="must not allow anonymous access: it reaches"):
        configuration(service("orders", protected(), pods=pods), again)


@pytest.mark.parametrize(
    "pods", [Pods(namespace="shop", labels={"app": "web"}), Pods(namespace="else", labels={"app": "orders"})]
)
def test_accepts_a_public_route_to_pods_with_another_label_or_namespace(pods: Pods) -> None:
    mine = service("orders", protected(), pods=Pods(namespace="shop", labels={"app": "orders"}))

    assert configuration(mine, service("web", route("public", "/"), target="web.shop:80", pods=pods)).routes


def test_accepts_a_wider_route_whose_service_authenticates() -> None:
    inner, outer = (Route(name=path.strip("/") or "root", path=path, hosts=[SHOP]) for path in ("/api", "/"))

    assert configuration(service("orders", inner, outer, plugins=(Jwt(), Acl(allow=["people"])))).routes


@pytest.mark.parametrize("prefix", ["api", "/api/", "//", "/api/../internal", "/%61pi"])
def test_rejects_an_invalid_protected_prefix(prefix: str) -> None:
    with pytest.raises(ConfigurationError, match="each protected prefix must begin with '/'"):
        GatewayConfig(services=[service("orders", protected())], consumers=[PEOPLE], protected_prefixes=[prefix])


def test_rejects_a_public_catch_all_route_to_protected_pods() -> None:
    catch_all = Route(name="all", path="/", hosts=[SHOP], strip_path=False)
    inner = protected(keep=True)

    with pytest.raises(
        ConfigurationError, match=r"route all \(/\) must not allow anonymous access.*route it to another workload"
    ):
        GatewayConfig(
            services=[service("orders", inner, catch_all)], consumers=[PEOPLE, ADMINS], protected_prefixes=["/api"]
        )
    web = service("web", catch_all, target="web.shop:80")
    assert GatewayConfig(
        services=[service("orders", inner), web], consumers=[PEOPLE, ADMINS], protected_prefixes=["/api"]
    ).routes


class Renamed:
    """A workload whose pods are reached through another headless Service."""

    def __init__(self, workload: Microservice) -> None:
        self.name, self.headless_host = "renamed", "renamed.shop.svc.cluster.local"
        self.pods, self.port, self.allow_from = workload.pods, workload.port, workload.allow_from
        self.operating_paths, self.readiness_path = workload.operating_paths, workload.readiness_path


def test_rejects_a_public_route_to_protected_pods_through_another_service(chart: cdk8s.Chart) -> None:
    keys, orders = credentials(chart), backend(chart)
    reports = Consumer(username="reports", api_keys=[keys["reports"]])
    made = gateway(chart, consumers=(reports,), credentials=keys)
    made.route("/api/orders", to=orders, plugins=[KeyAuth()])

    made.route("/open", to=Renamed(orders))

    with pytest.raises(ConfigurationError, match="must not allow anonymous access: it reaches all paths"):
        chart.to_json()
