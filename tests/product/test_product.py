import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sealed
import yaml
from kong_full_configuration import PUBLIC_KEY
from support import Manifest, find, manifests

from kubestock import (
    App,
    Chart,
    ConfigurationError,
    Container,
    ContainerImage,
    ContainerResources,
    Database,
    Guardrails,
    IpBlocks,
    Microservice,
    Pods,
    Replicas,
)
from kubestock.gateway.kong import JsonBody, JwtIssuer, RouteOptions, TlsAtGateway, TlsAtLoadBalancer
from kubestock.namespace.quota import Quota
from kubestock.product import ExternalSecrets, Product
from kubestock.secrets.aws import AwsKeys, AwsRole
from kubestock.secrets.externalsecret import RemoteRef, SecretStoreRef
from kubestock.secrets.types import SecretType
from kubestock.values import SecretRef
from kubestock.workload import StatefulSet

SMALL = ContainerResources.of(cpu=("50m", "200m"), memory=("64Mi", "128Mi"))
IMAGES = {name: ContainerImage(f"ghcr.io/acme/{name}", tag="1.4.2") for name in ("orders", "stock", "web")}
PEOPLE = JwtIssuer(key="https://login.example.com", rsa_public_key=PUBLIC_KEY)
ECR = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
RUNBOOKS = "https://example.com/runbooks"
REPOSITORY = "https://github.com/acme/shop.git"


def product(app: App, **given: Any) -> Product:
    wanted = {
        "environment": "production",
        "images": IMAGES,
        "scraper": Pods(namespace="monitoring"),
        "provided": ["Secret/shop-tls", "Secret/orders-db", "Secret/partner-keys"],
        **given,
    }
    return Product(app, "shop", **wanted)


def orders(shop: Product, **given: Any) -> Microservice:
    wanted = {"port": 8080, "health": "/healthz", "metrics": "/metrics", "resources": SMALL, **given}
    return shop.service("orders", **wanted)


def web(shop: Product) -> Microservice:
    return shop.service("web", port=8080, health="/", resources=SMALL)


def gateway(shop: Product, **given: Any) -> None:
    wanted = {"host": "shop.example.com", "tls": TlsAtGateway(secret=SecretRef(name="shop-tls")), "issuer": PEOPLE}
    shop.gateway(**{**wanted, **given})


def kinds(documents: list[Manifest]) -> set[str]:
    return {each["kind"] for each in documents}


def kong_file(shop: Product) -> dict[str, Any]:
    found = find(shop, "ConfigMap", "kong-config")["data"]
    return yaml.safe_load(found["kong.yml"])  # type: ignore[no-any-return]


def routes(shop: Product) -> dict[str, dict[str, Any]]:
    return {route["name"]: route for service in kong_file(shop)["services"] for route in service["routes"]}


def read_template(text: str) -> dict[str, Any]:
    """Read a templated file, with a string in place of each sealed value."""
    return yaml.safe_load(re.sub(r"\{\{.*?\}\}", "sealed", text))  # type: ignore[no-any-return]


def plugins(route: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in route["plugins"]}


def asked(shop: Product) -> list[str]:
    (container,) = find(shop, "Job", "smoke-test")["spec"]["template"]["spec"]["containers"]
    args: list[str] = container["args"]
    return args


def test_a_product_without_services_is_a_guarded_namespace(app: App) -> None:
    shop = product(app, viewers=["shop:developers"], quota=None)

    found = {(each["kind"], each["metadata"]["name"]) for each in manifests(shop)}
    assert {("Namespace", "shop-production"), ("NetworkPolicy", "default-deny"), ("Role", "shop-viewer")} <= found
    assert not kinds(manifests(shop)) & {"Deployment", "Job", "PodMonitor", "PriorityClass"}


def test_objects_do_not_say_that_kubestock_manages_them(app: App) -> None:
    shop = product(app)
    orders(shop)

    managers = {each["metadata"]["labels"]["app.kubernetes.io/managed-by"] for each in manifests(shop)}
    assert managers == {"cdk8s"}


def test_every_object_outside_wave_zero_has_a_wave(app: App) -> None:
    shop = product(app)
    orders(shop)

    wave = find(shop, "Deployment", "orders")["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"]
    assert wave == "2"


def test_a_service_runs_the_image_of_its_name_and_has_a_headless_service(app: App) -> None:
    shop = product(app)
    orders(shop)

    (container,) = find(shop, "Deployment", "orders")["spec"]["template"]["spec"]["containers"]
    assert container["image"] == "ghcr.io/acme/orders:1.4.2"
    assert container["readinessProbe"]["httpGet"] == {"path": "/healthz", "port": "http"}
    assert find(shop, "Service", "orders-pods")["spec"]["clusterIP"] == "None"


def test_a_service_without_a_health_path_is_ready_when_it_accepts_connections(app: App) -> None:
    shop = product(app)
    shop.service("stock", port=8080, resources=SMALL)

    (container,) = find(shop, "Deployment", "stock")["spec"]["template"]["spec"]["containers"]
    assert container["readinessProbe"]["tcpSocket"] == {"port": "http"}
    assert "livenessProbe" not in container


def test_a_worker_has_no_service_and_no_probe(app: App) -> None:
    shop = product(app)
    shop.service("stock", resources=SMALL)

    assert "Service" not in kinds(manifests(shop))
    (container,) = find(shop, "Deployment", "stock")["spec"]["template"]["spec"]["containers"]
    assert "readinessProbe" not in container


def test_refuses_a_service_without_an_image_and_says_how_to_add_one(app: App) -> None:
    with pytest.raises(ConfigurationError, match=r"must have one for 'prices', got orders, stock, web; add a line 'pr"):
        product(app).service("prices", port=8080, resources=SMALL)


def test_a_call_of_a_database_allows_its_addresses_and_sets_the_credentials(app: App) -> None:
    shop = product(app)
    database = Database("orders-db", addresses=IpBlocks(ranges=("10.0.0.0/16",)))
    orders(shop).calls(database, credentials=shop.secret("orders-db"))

    (container,) = find(shop, "Deployment", "orders")["spec"]["template"]["spec"]["containers"]
    egress = find(shop, "NetworkPolicy", "orders")["spec"]["egress"]
    assert container["envFrom"] == [{"secretRef": {"name": "orders-db"}}]
    assert {"to": [{"ipBlock": {"cidr": "10.0.0.0/16"}}], "ports": [{"port": 5432, "protocol": "TCP"}]} in egress


def test_two_calls_with_the_same_credentials_refer_to_them_once(app: App) -> None:
    shop = product(app)
    service, secret = orders(shop), shop.secret("orders-db")
    for port in (5432, 6432):
        database = Database("orders-db", addresses=IpBlocks(ranges=("10.0.0.0/16",)), port=port)
        service.calls(database, credentials=secret)

    (container,) = find(shop, "Deployment", "orders")["spec"]["template"]["spec"]["containers"]
    assert container["envFrom"] == [{"secretRef": {"name": "orders-db"}}]


def test_refuses_a_variable_for_a_database_whose_address_is_secret(app: App) -> None:
    database = Database("orders-db", addresses=IpBlocks(ranges=("10.0.0.0/16",)))

    with pytest.raises(ConfigurationError, match="because its host name is a secret; give credentials="):
        orders(product(app)).calls(database, variable="DB_URL")


def test_refuses_a_database_without_an_address() -> None:
    with pytest.raises(ConfigurationError, match="addresses of Database 'orders-db' must be given for the network"):
        Database("orders-db")


def test_a_secret_of_the_store_becomes_a_sealed_secret_and_its_change_rolls_the_pods(app: App) -> None:
    shop = product(app, namespace="shop", secrets=sealed.store(sealed.secret("orders-db")))
    orders(shop, env={"DB_USER": shop.secret("orders-db")["DB_USER"]})

    template = find(shop, "Deployment", "orders")["spec"]["template"]
    assert find(shop, "SealedSecret", "orders-db")
    assert template["metadata"]["annotations"]["checksum/secrets"]


def test_a_secret_of_an_external_store_becomes_an_external_secret_with_the_same_reference(app: App) -> None:
    elsewhere = ExternalSecrets(
        store=SecretStoreRef("aws", kind="ClusterSecretStore"),
        secrets={"orders-db": {"DB_PASSWORD": RemoteRef("production/orders-db", property="password")}},
    )
    shop = product(app, secrets=elsewhere, provided=[])
    orders(shop, env={"DB_PASSWORD": shop.secret("orders-db")["DB_PASSWORD"]})
    app.synth()

    spec = find(shop, "ExternalSecret", "orders-db")["spec"]
    template = find(shop, "Deployment", "orders")["spec"]["template"]
    assert spec["secretStoreRef"] == {"name": "aws", "kind": "ClusterSecretStore"}
    assert template["spec"]["containers"][0]["env"][0]["valueFrom"]["secretKeyRef"]["name"] == "orders-db"
    assert template["metadata"]["annotations"]["checksum/secrets"]


def test_api_keys_of_callers_may_come_from_an_external_store(app: App) -> None:
    elsewhere = ExternalSecrets(
        store=SecretStoreRef("vault"), secrets={"gateway-consumers": {"partner": "production/partner"}}
    )
    shop = product(app, secrets=elsewhere)
    service = orders(shop)
    gateway(shop, callers=["partner"])
    shop.route("/internal/orders", to=service, callers=["partner"])
    app.synth()

    assert "kong.yml" in find(shop, "ExternalSecret", "gateway-consumers")["spec"]["target"]["template"]["data"]


def test_refuses_types_of_unknown_secrets() -> None:
    with pytest.raises(ConfigurationError, match="types must name secrets of this store, got shop-tls"):
        ExternalSecrets(store=SecretStoreRef("aws"), secrets={}, types={"shop-tls": SecretType.TLS})


def test_a_pull_secret_of_ecr_is_renewed_and_monitored(app: App) -> None:
    shop = product(
        app,
        secrets=sealed.store(sealed.secret("aws", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")),
        namespace="shop",
        pull_secrets=["ecr"],
        api_server=IpBlocks(ranges=("10.0.0.1/32",)),
    )
    orders(shop)
    shop.monitoring(runbooks=RUNBOOKS)
    shop.ecr_pull_secret("ecr", registries=[ECR], credentials=AwsKeys(shop.secret("aws")))
    app.synth()

    assert find(shop, "CronJob", "ecr-renewal")
    assert "PullSecretOld" in str(find(shop, "PrometheusRule", "shop"))


def test_refuses_a_pull_secret_that_no_pod_uses(app: App) -> None:
    shop = product(app)

    with pytest.raises(ConfigurationError, match="pull_secrets of product 'shop' must name 'ecr', or no pod uses it"):
        shop.ecr_pull_secret("ecr", registries=[ECR], credentials=AwsRole("arn:aws:iam::123456789012:role/pull"))


def test_a_secret_that_is_neither_sealed_nor_provided_stops_the_synth(app: App) -> None:
    shop = product(app)
    orders(shop, env={"KEY": shop.secret("payment", keys=["KEY"])["KEY"]})

    with pytest.raises(ConfigurationError, match="refers to Secret 'payment', which is not in the manifests"):
        app.synth()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            {"host": "https://shop.example.com"},
            r"without a scheme, got 'https://shop.example.com'; write 'shop",
        ),
        ({"host": "shop"}, "host of the gateway must be a full host name"),
        ({"tls": TlsAtLoadBalancer()}, r"the gateway must know where TLS ends: give gateway\(tls="),
        (
            {"callers": ["partner"]},
            r"must be in the secret 'gateway-consumers'.*run 'kubestock seal gateway-consumers partner'",
        ),
    ],
    ids=["scheme", "no domain", "no TLS", "no keys"],
)
def test_refuses_an_invalid_gateway(app: App, wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        gateway(product(app), **wrong)


def test_refuses_an_unknown_value_of_auth_and_shows_it(app: App) -> None:
    shop = product(app)
    service = orders(shop)
    gateway(shop)

    with pytest.raises(ConfigurationError, match="auth must be 'people' or None, got 'person'"):
        shop.route("/api/orders", to=service, auth="person")  # type: ignore[arg-type]  # for callers without a type checker


def test_refuses_a_second_service_with_the_same_name(app: App) -> None:
    shop = product(app)
    orders(shop)

    with pytest.raises(ConfigurationError, match="service 'orders' of product 'shop' is duplicated"):
        orders(shop)


def test_refuses_to_monitor_a_product_without_a_scraper(app: App) -> None:
    with pytest.raises(ConfigurationError, match=r"scraper of product 'shop' must be given, because network policies"):
        product(app, scraper=None).monitoring(runbooks=RUNBOOKS)


def test_a_route_for_people_requires_a_token_and_limits_rate_and_bodies(app: App) -> None:
    shop = product(app)
    service = orders(shop)
    gateway(shop)
    body = JsonBody(schema={"type": "object"})
    shop.route("/api/orders", to=service, methods=["GET", "POST"], auth="people", limit_per_minute=150, body=body)

    found = plugins(routes(shop)["orders.api-orders"])
    assert found["acl"]["config"]["allow"] == ["people"]
    assert found["rate-limiting"]["config"]["minute"] == 150
    assert {"jwt", "post-function"} <= found.keys()


def test_a_route_for_callers_requires_one_of_their_api_keys(app: App) -> None:
    shop = product(app, namespace="shop", secrets=sealed.store(sealed.secret("gateway-consumers", "partner", "other")))
    service = orders(shop)
    gateway(shop, callers=["partner", "other"])
    shop.route("/internal/orders", to=service, callers=["partner"], limit_per_minute=10)

    template = find(shop, "SealedSecret", "gateway-consumers")["spec"]["template"]["data"]["kong.yml"]
    (service,) = read_template(template)["services"]
    found = {route["name"]: plugins(route) for route in service["routes"]}
    assert found["orders.internal-orders"]["acl"]["config"]["allow"] == ["partner"]
    assert found["unknown.internal"]["acl"]["config"]["allow"] == ["other", "partner"]
    assert all("key-auth" in each for each in found.values())


@pytest.mark.parametrize(
    "wrong",
    [{}, {"auth": "people", "public": True}, {"callers": ["a"], "public": True}, {"auth": "people", "callers": ["a"]}],
    ids=str,
)
def test_refuses_a_route_without_exactly_one_kind_of_client(app: App, wrong: dict[str, Any]) -> None:
    shop = product(app)
    service = orders(shop)
    gateway(shop)

    with pytest.raises(ConfigurationError, match="who may use it in exactly one way: auth='people', callers="):
        shop.route("/api/orders", to=service, **wrong)


def test_refuses_a_route_for_unknown_callers(app: App) -> None:
    shop = product(app)
    service = orders(shop)
    gateway(shop)

    with pytest.raises(ConfigurationError, match=r"must be callers of the gateway, got partner; add them to"):
        shop.route("/internal/orders", to=service, callers=["partner"])


def test_tokens_for_another_audience_are_refused_if_the_product_has_audiences(app: App) -> None:
    shop = product(app)
    service = orders(shop)
    gateway(shop, audiences=["shop"])
    shop.route("/api/orders", to=service, auth="people")
    document = yaml.safe_load(find(shop, "ConfigMap", "kong-config")["data"]["kong.yml"])
    routes = [route for each in document["services"] for route in each["routes"]]
    (function,) = [each["config"]["access"] for each in document["plugins"] if each["name"] == "post-function"]

    assert len(routes) == 2
    assert all(f'["{each["name"]}"]' in function[0] for each in routes)
    assert '"shop"' in function[0]


def test_refuses_audiences_without_an_issuer(app: App) -> None:
    with pytest.raises(ConfigurationError, match="audiences must be given with an issuer"):
        gateway(product(app), issuer=None, audiences=["shop"])


def test_the_smoke_test_requests_a_path_with_a_sample_of_its_parameter(app: App) -> None:
    shop = product(app)
    service = orders(shop)
    gateway(shop)
    shop.route("/api/orders/{id}", to=service, auth="people", options=RouteOptions(strip_path=False))

    assert "/api/orders/1" in str(manifests(shop))


def test_refuses_a_route_for_people_of_a_gateway_without_an_issuer(app: App) -> None:
    shop = product(app)
    service = orders(shop)
    gateway(shop, issuer=None)

    with pytest.raises(ConfigurationError, match="issuer of the gateway must be given, because route '/api/orders'"):
        shop.route("/api/orders", to=service, auth="people")


def test_refuses_a_route_without_a_gateway(app: App) -> None:
    shop = product(app)
    service = orders(shop)

    with pytest.raises(ConfigurationError, match=r"product 'shop' has no gateway; call gateway\(host=…\) first"):
        shop.route("/api/orders", to=service, public=True)


@pytest.mark.parametrize("first", ["people", "callers"])
def test_an_unknown_path_below_a_protected_prefix_requires_a_token(app: App, first: str) -> None:
    shop = product(app, namespace="shop", secrets=sealed.store(sealed.secret("gateway-consumers", "partner")))
    service = orders(shop)
    gateway(shop, callers=["partner"])
    declared: dict[str, Callable[[], object]] = {
        "people": lambda: shop.route("/api/orders", to=service, auth="people"),
        "callers": lambda: shop.route("/api/feed", to=service, callers=["partner"]),
    }
    for each in (first, *(declared.keys() - {first})):
        declared[each]()

    template = find(shop, "SealedSecret", "gateway-consumers")["spec"]["template"]["data"]["kong.yml"]
    (hidden,) = [
        route
        for each in read_template(template)["services"]
        for route in each["routes"]
        if route["name"] == "unknown.api"
    ]
    assert plugins(hidden)["acl"]["config"]["allow"] == ["people"]
    assert plugins(hidden)["request-termination"]["config"]["status_code"] == 404


def test_the_smoke_test_requests_paths_that_answer_and_paths_that_require_a_token(app: App) -> None:
    shop = product(app)
    service, page = orders(shop), web(shop)
    gateway(shop, health="/api/gateway/health")
    shop.route("/api/orders", to=service, methods=["GET"], auth="people", smoke_test_path="/open")
    shop.route("/api/orders/new", to=service, methods=["POST"], auth="people")
    shop.route("/api/orders/health", to=service, methods=["GET"], uri="/healthz", public=True)
    shop.route("/api/prices", to=page, methods=["GET"], public=True, uri="/prices")
    shop.route("/", to=page, public=True)

    assert asked(shop) == ["200 /api/gateway/health", "200 /api/orders/health", "200 /", "401 /api/orders/open"]


def test_refuses_a_smoke_test_without_a_path_and_says_how_to_set_one(app: App) -> None:
    shop = product(app)
    service = orders(shop)
    gateway(shop)
    shop.route("/prices", to=service, public=True)

    with pytest.raises(ConfigurationError, match=r"the smoke test of the gateway has no path to request: .*health="):
        app.synth()


def test_the_gateway_checks_the_readiness_path_of_each_pod(app: App) -> None:
    shop = product(app)
    service = orders(shop)
    gateway(shop)
    shop.route("/api/orders", to=service, auth="people")

    (upstream,) = kong_file(shop)["upstreams"]
    assert upstream["healthchecks"]["active"]["http_path"] == "/healthz"


@pytest.mark.parametrize("monitored_first", [True, False])
def test_every_workload_with_metrics_is_monitored_whenever_it_is_declared(app: App, monitored_first: bool) -> None:
    shop = product(app)
    if monitored_first:
        shop.monitoring(runbooks=RUNBOOKS, availability=99.5)
    service, page = orders(shop), web(shop)
    gateway(shop)
    shop.route("/api/orders", to=service, auth="people")
    shop.route("/", to=page, public=True)
    if not monitored_first:
        shop.monitoring(runbooks=RUNBOOKS, availability=99.5)

    documents = manifests(shop)
    assert {each["metadata"]["name"] for each in documents if each["kind"] == "PodMonitor"} == {"orders", "kong"}
    rules = str(find(shop, "PrometheusRule", "shop"))
    assert "orders.8080|web.8080" in rules
    assert find(shop, "ConfigMap", "shop-dashboard")


def test_a_product_without_a_gateway_has_alerts_without_kongs_metrics(app: App) -> None:
    shop = product(app)
    orders(shop)
    shop.monitoring(runbooks=RUNBOOKS)

    text = str(find(shop, "PrometheusRule", "shop")) + str(find(shop, "ConfigMap", "shop-dashboard"))
    assert "kong_" not in text
    assert "PodRestarts" in text


def test_a_workload_made_by_hand_is_monitored_once_it_is_added(app: App) -> None:
    shop = product(app)
    shop.monitoring(runbooks=RUNBOOKS)
    made = orders(shop)
    by_hand = Microservice(
        shop,
        "stock",
        name="stock",
        platform=shop.platform,
        container=made.template.main,
        scaling=Replicas(2),
    )
    shop.add(by_hand)

    assert {each.name for each in shop.workloads} == {"orders", "stock"}
    assert {each["metadata"]["name"] for each in manifests(shop) if each["kind"] == "PodMonitor"} == {"orders", "stock"}


def test_refuses_a_workload_of_another_namespace_or_twice(app: App) -> None:
    shop, other = product(app), Chart(app, "other", namespace="other")
    container = Container(image=IMAGES["stock"], resources=SMALL)
    foreign = StatefulSet(other, "stock", name="stock", platform=shop.platform, container=container)

    with pytest.raises(ConfigurationError, match=r"must be in namespace 'shop-production', got one in 'other'; create"):
        shop.add(foreign)
    with pytest.raises(ConfigurationError, match="workload 'orders' must be added once"):
        shop.add(orders(shop))


def test_argo_cd_ships_only_the_file_of_the_product_from_a_separate_folder(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    shop = product(app)
    orders(shop)
    shop.argo_cd(repo_url=REPOSITORY, sync_groups=["shop:operators"])
    app.synth()

    documents = list(yaml.safe_load_all((tmp_path / "argocd" / "shop.k8s.yaml").read_text()))
    (application,) = [each for each in documents if each["kind"] == "Application"]
    assert application["metadata"]["name"] == "shop-production"
    assert application["spec"]["source"]["directory"] == {"include": "shop.k8s.yaml"}
    assert not kinds(list(yaml.safe_load_all((tmp_path / "shop.k8s.yaml").read_text()))) & {"Application", "AppProject"}


def test_each_part_can_be_left_out_or_replaced(app: App) -> None:
    shop = product(app, guardrails=False, quota=Quota(hard={"pods": "50"}))
    Guardrails(shop, "own", labels=shop.platform.labels("own", component="namespace"), viewers=["own:viewers"])
    bare = Product(app, "bare", environment="test", guardrails=False, quota=None)

    assert find(shop, "ResourceQuota", "shop")["spec"]["hard"] == {"pods": "50"}
    assert find(shop, "Role", "own-viewer")
    assert manifests(bare) == []


def test_a_priority_is_a_priority_class_that_every_pod_names(app: App) -> None:
    shop = product(app, priority=1000)
    orders(shop)

    spec = find(shop, "Deployment", "orders")["spec"]["template"]["spec"]
    assert find(shop, "PriorityClass", "shop-production")["value"] == 1000
    assert spec["priorityClassName"] == "shop-production"


@pytest.mark.parametrize("part", ["gateway", "monitoring", "argo_cd"])
def test_refuses_a_second_gateway_monitoring_or_delivery(app: App, part: str) -> None:
    shop = product(app)
    calls: dict[str, Callable[[], object]] = {
        "gateway": lambda: gateway(shop),
        "monitoring": lambda: shop.monitoring(runbooks=RUNBOOKS),
        "argo_cd": lambda: shop.argo_cd(repo_url=REPOSITORY),
    }
    calls[part]()

    with pytest.raises(ConfigurationError, match=r"product 'shop' must (have one|be monitored once)"):
        calls[part]()


def test_refuses_a_route_after_the_chart_was_read(app: App) -> None:
    shop = product(app)
    service = orders(shop)
    gateway(shop)
    shop.route("/api/orders", to=service, auth="people")
    manifests(shop)

    with pytest.raises(ConfigurationError, match="route '/late' must be declared before the chart is read"):
        shop.route("/late", to=service, public=True)
