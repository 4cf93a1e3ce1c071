import inspect
from typing import Any

import cdk8s
import pytest
import yaml
from kong_gateways import CORS, CREDENTIALS, HOST, PLATFORM, TLS, backend, credentials, fullest, gateway, smallest
from schemas import validate
from support import as_yaml, find, manifests
from workload.samples import microservice

from kubestock import App, Chart
from kubestock.errors import ConfigurationError
from kubestock.gateway.kong import GLOBAL_PLUGINS
from kubestock.gateway.kong.backends import Egress, ServiceOptions
from kubestock.gateway.kong.config.consumers import Consumer
from kubestock.gateway.kong.gateway import KongGateway
from kubestock.gateway.kong.plugins.authentication import Acl, KeyAuth
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.logs import HttpLog, TcpLog
from kubestock.gateway.kong.plugins.rate_limiting import RateLimiting, Redis
from kubestock.kube.peers import Pods
from kubestock.values.references import SecretRef
from kubestock.workload.service import Service


def config(chart: cdk8s.Chart, name: str = "kong") -> dict[str, Any]:
    loaded = yaml.safe_load(find(chart, "ConfigMap", f"{name}-config")["data"]["kong.yml"])
    assert isinstance(loaded, dict)
    return loaded


def template_annotations(chart: cdk8s.Chart, name: str = "kong") -> dict[str, str]:
    return dict(find(chart, "Deployment", name)["spec"]["template"]["metadata"]["annotations"])


def test_every_object_is_valid_for_the_strict_schema_of_its_version(chart: cdk8s.Chart) -> None:
    fullest(chart)

    for manifest in manifests(chart):
        validate(manifest)


def test_the_target_is_the_headless_service_of_the_workload(chart: cdk8s.Chart) -> None:
    smallest(chart)
    upstream = config(chart)["upstreams"][0]

    assert upstream["targets"] == [{"target": "orders-pods.shop.svc.cluster.local:8080"}]
    assert config(chart)["services"][0]["host"] == upstream["name"]


def test_a_route_opens_only_its_port_in_both_network_policies(chart: cdk8s.Chart) -> None:
    made = gateway(chart)
    orders, other = backend(chart), backend(chart, "other")
    made.route("/api/orders", to=orders)
    out = find(chart, "NetworkPolicy", "kong")["spec"]["egress"]
    into = find(chart, "NetworkPolicy", "orders")["spec"]["ingress"]

    assert [rule["to"][0]["podSelector"]["matchLabels"]["app"] for rule in out[1:]] == ["orders"]
    assert out[1]["ports"] == [{"port": 8080, "protocol": "TCP"}]
    assert into[0]["from"][0]["podSelector"]["matchLabels"]["app"] == "kong"
    assert "ingress" not in find(chart, "NetworkPolicy", other.name)["spec"]


def test_clients_can_only_reach_the_proxy_ports_and_the_scraper_only_the_status_port(chart: cdk8s.Chart) -> None:
    smallest(chart)
    rules = find(chart, "NetworkPolicy", "kong")["spec"]["ingress"]
    opened = {rule["ports"][0]["port"]: rule["from"] for rule in rules}

    assert set(opened) == {8000, 8443, 8100}
    assert [each["namespaceSelector"]["matchLabels"] for each in opened[8100]] == [
        {"kubernetes.io/metadata.name": "monitoring"}
    ]
    assert [each["ipBlock"]["cidr"] for each in opened[8443]] == ["0.0.0.0/0", "::/0"]


def test_the_admin_api_is_disabled(chart: cdk8s.Chart) -> None:
    fullest(chart)
    container = find(chart, "Deployment", "edge")["spec"]["template"]["spec"]["containers"][0]
    variables = {each["name"]: each.get("value") for each in container["env"]}

    assert variables["KONG_ADMIN_LISTEN"] == variables["KONG_ADMIN_GUI_LISTEN"] == "off"
    assert {each["containerPort"] for each in container["ports"]} == {8000, 8443, 8100}


def test_the_proxy_service_does_not_include_the_status_port(chart: cdk8s.Chart) -> None:
    smallest(chart)
    ports = find(chart, "Service", "kong")["spec"]["ports"]

    assert [(each["port"], each["targetPort"]) for each in ports] == [(80, "proxy"), (443, "proxy-tls")]
    assert find(chart, "Service", "kong-status")["spec"]["type"] == "ClusterIP"


def test_a_new_route_restarts_the_pods(chart: cdk8s.Chart) -> None:
    made = gateway(chart)
    before = template_annotations(chart)
    made.route("/", to=backend(chart))

    assert before["checksum/config"] != template_annotations(chart)["checksum/config"]


def test_a_rejected_route_changes_nothing(chart: cdk8s.Chart) -> None:
    made = smallest(chart)
    orders = backend(chart, "more")
    before = as_yaml(manifests(chart))
    with pytest.raises(ConfigurationError, match="path must begin with"):
        made.route("orders", to=orders)

    assert as_yaml(manifests(chart)) == before


def test_ambiguous_routes_are_reported_with_the_lines_that_declare_them(app: App) -> None:
    made = smallest(chart := Chart(app, "shop", namespace="shop"))
    made.route("/", to=backend(chart, "more"), name="again")
    line = inspect.currentframe().f_lineno - 1  # type: ignore[union-attr]  # CPython has frames

    with pytest.raises(ConfigurationError, match="could not distinguish them") as refused:
        app.synth()
    assert f"again in {__file__}:{line}" in str(refused.value)


def test_options_is_added_to_the_first_route_of_a_path_if_cors_applies(chart: cdk8s.Chart) -> None:
    made, orders = gateway(chart, CORS), backend(chart)
    made.route("/api/orders", to=orders, methods=["POST"], name="write")
    made.route("/api/orders", to=orders, methods=["GET"], name="read")

    assert {each.name: each.methods for each in made.config.routes} == {"read": ("GET", "OPTIONS"), "write": ("POST",)}


def test_options_is_not_added_without_cors(chart: cdk8s.Chart) -> None:
    made = gateway(chart)
    made.route("/", to=backend(chart), methods=["GET"])

    assert [each.methods for each in made.config.routes] == [("GET",)]


def test_responses_of_a_workload_never_take_out_its_pods(chart: cdk8s.Chart) -> None:
    made = gateway(chart)
    made.route("/", to=backend(chart), service_options=ServiceOptions(health_path="/health"))
    checks = config(chart)["upstreams"][0]["healthchecks"]

    assert checks["passive"]["unhealthy"] == {"tcp_failures": 2, "timeouts": 5}
    assert checks["active"]["http_path"] == "/health"


def test_with_credentials_the_whole_file_is_in_a_sealed_secret(chart: cdk8s.Chart) -> None:
    fullest(chart)
    template = find(chart, "SealedSecret", CREDENTIALS)["spec"]["template"]["data"]["kong.yml"]
    volumes = find(chart, "Deployment", "edge")["spec"]["template"]["spec"]["volumes"]
    (mounted,) = [each for each in volumes if each["name"] == "config"]

    assert 'key: {{ index . "reports" | toJson }}' in template
    assert mounted["secret"]["secretName"] == CREDENTIALS
    assert mounted["secret"]["items"] == [{"key": "kong.yml", "path": "kong.yml"}]
    assert "checksum/secrets" in template_annotations(chart, "edge")
    assert not [each for each in manifests(chart) if each["kind"] == "ConfigMap"]


def test_two_gateways_cannot_share_a_sealed_secret(chart: cdk8s.Chart) -> None:
    keys = credentials(chart)
    gateway(chart, credentials=keys)

    with pytest.raises(
        ConfigurationError,
        match=rf"key 'kong\.yml' of secret '{CREDENTIALS}' must have one template.*such as each KongGateway, its own",
    ):
        KongGateway(chart, "other", name="other", hosts=[HOST], platform=PLATFORM, tls=TLS, credentials=keys)


def test_global_plugins_can_be_extended(chart: cdk8s.Chart) -> None:
    made = gateway(chart, *GLOBAL_PLUGINS, CORS)
    named = [each["name"] for each in config(chart)["plugins"]]

    assert named == ["pre-function", *(each.kong_name for each in GLOBAL_PLUGINS), "cors"]
    assert made.config.plugins[-1] == CORS


def test_an_exact_route_matches_only_its_path(chart: cdk8s.Chart) -> None:
    gateway(chart).route("/robots.txt", to=backend(chart), exact=True)

    assert config(chart)["services"][0]["routes"][0]["paths"] == [r"~/robots\.txt$"]


KEYS = (KeyAuth(), Acl(allow=["readers"]))
EGRESS = Egress(host="logs.example.com", peer=Pods(namespace="monitoring"), port=9000)


def reader(chart: cdk8s.Chart) -> Consumer:
    return Consumer(username="reports", api_keys=[credentials(chart)["reports"]], groups=["readers"])


def test_rejects_credentials_without_a_sealed_secret(chart: cdk8s.Chart) -> None:
    with pytest.raises(ConfigurationError, match=r"credentials must be given.*reports"):
        gateway(chart, consumers=(reader(chart),))


def test_rejects_a_key_of_another_secret(chart: cdk8s.Chart) -> None:
    foreign = Consumer(username="other", api_keys=[SecretRef(name="elsewhere")["other"]])
    with pytest.raises(ConfigurationError, match="must be in Secret 'gateway-consumers'"):
        gateway(chart, consumers=(foreign,), credentials=credentials(chart))


@pytest.mark.parametrize(
    ("plugin", "host"),
    [
        (HttpLog(http_endpoint="https://other.example.com/in"), "other.example.com"),
        (TcpLog(host="other.example.com", port=5000), "other.example.com"),
        (RateLimiting(minute=5, policy="redis", redis=Redis(host="redis.shop.svc")), "redis.shop.svc"),
    ],
)
def test_rejects_a_plugin_whose_connection_the_network_policy_blocks(
    chart: cdk8s.Chart, plugin: Plugin, host: str
) -> None:
    with pytest.raises(ConfigurationError, match=f"does not allow; add Egress\\(host='{host}'"):
        gateway(chart, plugin, egress=(EGRESS,))


def test_rejects_a_route_plugin_whose_connection_the_network_policy_blocks(chart: cdk8s.Chart) -> None:
    made = gateway(chart)
    made.route("/", to=backend(chart), plugins=[TcpLog(host="other.example.com", port=5000)])

    with pytest.raises(ConfigurationError, match="does not allow"):
        chart.to_json()


def test_rejects_a_route_to_an_unknown_port(chart: cdk8s.Chart) -> None:
    made = gateway(chart)
    with pytest.raises(ConfigurationError, match="must have port 'grpc', got http"):
        made.route("/", to=backend(chart), port="grpc")


def test_rejects_a_route_to_a_workload_without_a_headless_service(chart: cdk8s.Chart) -> None:
    made = gateway(chart)
    with pytest.raises(ConfigurationError, match="'plain' must have a headless Service, got none; add"):
        made.route("/", to=microservice(chart, "plain"))


def test_rejects_a_route_to_something_other_than_a_workload(chart: cdk8s.Chart) -> None:
    made = gateway(chart)
    with pytest.raises(ConfigurationError, match="to must be"):
        made.route("/", to="orders")  # type: ignore[arg-type]  # what a caller without a type checker may do


def test_rejects_different_service_options_for_one_workload(chart: cdk8s.Chart) -> None:
    made, orders = gateway(chart), backend(chart)
    made.route("/a", to=orders, service_options=ServiceOptions(retries=2))
    with pytest.raises(ConfigurationError, match="must be the same on all its routes, got two different values"):
        made.route("/b", to=orders, service_options=ServiceOptions(retries=1))


def test_service_options_apply_to_all_routes_of_the_workload(chart: cdk8s.Chart) -> None:
    made, orders = gateway(chart), backend(chart)
    made.route("/a", to=orders)
    made.route("/b", to=orders, service_options=ServiceOptions(retries=1))

    assert [each["retries"] for each in config(chart)["services"]] == [1]


@pytest.mark.parametrize("kind", ["LoadBalancer", "NodePort"])
def test_rejects_a_proxy_service_behind_which_all_clients_share_one_address(chart: cdk8s.Chart, kind: str) -> None:
    with pytest.raises(ConfigurationError, match="all clients share one address"):
        gateway(chart, proxy=Service(type=kind))  # type: ignore[arg-type]  # one of the parameters above


def test_rejects_a_gateway_without_hosts(chart: cdk8s.Chart) -> None:
    with pytest.raises(ConfigurationError, match="hosts must contain at least one host name, got none"):
        KongGateway(chart, "kong", hosts=[], platform=PLATFORM, tls=TLS)
    with pytest.raises(ConfigurationError, match="each of hosts"):
        KongGateway(chart, "kong", hosts=[f"https://{HOST}"], platform=PLATFORM, tls=TLS)


def test_a_port_by_name_uses_the_same_service_as_the_default_port(chart: cdk8s.Chart) -> None:
    made, orders = gateway(chart), backend(chart)
    made.route("/a", to=orders)
    made.route("/b", to=orders, port=orders.port().name)

    assert [[route["paths"] for route in each["routes"]] for each in config(chart)["services"]] == [
        [["~/a(/|$)"], ["~/b(/|$)"]]
    ]


@pytest.mark.parametrize(
    ("first", "second"), [({"methods": ["GET"]}, {"methods": ["POST"]}), ({}, {"hosts": ["www.shop.example.com"]})]
)
def test_rejects_a_route_whose_default_name_is_not_unique(
    chart: cdk8s.Chart, first: dict[str, Any], second: dict[str, Any]
) -> None:
    made, orders = gateway(chart), backend(chart)
    made.route("/a", to=orders, **first)

    with pytest.raises(ConfigurationError, match=r"another route is already called 'orders.a'; .* route\(…, name=…\)"):
        made.route("/a", to=orders, **second)
    made.route("/a", to=orders, name="orders.a-other", **second)
    assert len(made.config.routes) == 2
