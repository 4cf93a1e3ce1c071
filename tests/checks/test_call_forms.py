"""The forms of addresses in the settings of programs, and texts that only look like addresses."""

import pytest
from shop import Manifest, main, messages_of, pod, shop, the

from kubestock.checks import Inventory, judge
from kubestock.checks.facts.calls import read_calls

RULES = ("call-to-nothing", "call-blocked", "egress-blocked")


def with_variables(**variables: str) -> list[Manifest]:
    chart = shop()
    main(chart, "ms-orders")["env"] = [{"name": name, "value": value} for name, value in variables.items()]
    return chart


def with_arguments(*arguments: str) -> list[Manifest]:
    chart = shop()
    main(chart, "ms-orders").update(env=[], args=list(arguments))
    return chart


def called(manifests: list[Manifest]) -> list[tuple[str, int | None]]:
    """Return the hosts and ports that ms-orders calls."""
    calls = read_calls(Inventory(manifests)).calls
    return [(call.host.shown, call.port) for workload, call in calls if workload.name == "ms-orders"]


WRONG_PORT = [
    "http://ms-inventory:81",
    "grpc://ms-inventory:81",
    "redis://ms-inventory:81/0",
    "redis://:word@ms-inventory:81",
    "postgres://user:word@ms-inventory:81/orders?sslmode=require",
    "postgresql+asyncpg://ms-inventory:81/orders",
    "amqp://guest:guest@ms-inventory:81/%2F",
    "mongodb://ms-inventory:81,ms-inventory.shop:81/orders",
    "jdbc:postgresql://ms-inventory:81/orders",
    "jdbc:sqlserver://ms-inventory:81;databaseName=orders",
    "jdbc:oracle:thin:@//ms-inventory:81/orders",
    "ws://ms-inventory:81/socket",
    "tcp://ms-inventory.shop:81",
    "udp://ms-inventory:81",
    "ms-inventory:81",
    "ms-inventory.shop.svc.cluster.local:81",
    "ms-inventory:81,ms-inventory.shop:81",
    "user:word@tcp(ms-inventory:81)/orders?parseTime=true",
    "host=ms-inventory port=81 user=orders dbname=orders",
    "Server=ms-inventory,81;Database=orders;User Id=orders",
    "http://ms-inventory:81,http://ms-inventory:80",
]


@pytest.mark.parametrize("value", WRONG_PORT)
def test_finds_a_wrong_port_in_every_form_of_address(value: str) -> None:
    found = messages_of(with_variables(INVENTORY_URL=value), *RULES)

    assert found
    assert all("INVENTORY_URL calls port 81 of Service/shop/ms-inventory" in each for each in found)


@pytest.mark.parametrize("value", WRONG_PORT)
def test_a_correct_port_has_no_finding_in_every_form_of_address(value: str) -> None:
    assert messages_of(with_variables(INVENTORY_URL=value.replace("81", "80").replace("udp:", "tcp:")), *RULES) == []


@pytest.mark.parametrize("value", [each.replace("ms-inventory", "ms-inventroy") for each in WRONG_PORT])
def test_finds_a_missing_service_in_every_form_of_address(value: str) -> None:
    assert messages_of(with_variables(INVENTORY_URL=value), "call-to-nothing")


@pytest.mark.parametrize(
    ("url", "port"),
    [
        ("redis://ms-inventory", 6379),
        ("amqps://ms-inventory", 5671),
        ("jdbc:mysql://ms-inventory/orders", 3306),
        ("mysql+pymysql://ms-inventory/orders", 3306),
        ("https://ms-inventory", 443),
        ("nats://ms-inventory", 4222),
    ],
)
def test_a_scheme_has_a_default_port(url: str, port: int) -> None:
    assert called(with_variables(URL=url)) == [("ms-inventory", port)]


@pytest.mark.parametrize(
    "variables",
    [
        {"INVENTORY_HOST": "ms-inventory", "INVENTORY_PORT": "81"},
        {"PGHOST": "ms-inventory", "PGPORT": "81"},
        {"inventory.host": "ms-inventory", "inventory.port": "81"},
        {"INVENTORY_SERVICE_HOST": "ms-inventory.shop", "INVENTORY_SERVICE_PORT": "81"},
        {"INVENTORY_HOSTNAME": "ms-inventory", "INVENTORY_PORT": "81"},
    ],
)
def test_host_and_port_can_be_in_two_variables(variables: dict[str, str]) -> None:
    (found,) = messages_of(with_variables(**variables), *RULES)

    assert "calls port 81 of Service/shop/ms-inventory" in found


def test_finds_a_missing_database_host_without_a_port() -> None:
    assert messages_of(with_variables(DB_HOST="database"), "call-to-nothing")
    assert messages_of(with_variables(LABEL_HOST="database"), "call-to-nothing") == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["--inventory=http://ms-inventory:81"],
        ["--inventory-url", "http://ms-inventory:81"],
        ["http://ms-inventory:81"],
        ["--inventory-addr=ms-inventory:81"],
        ["-endpoint", "ms-inventory:81"],
        ["--inventory=ms-inventory:81"],
        ["sh", "-c", "until curl -f http://ms-inventory:81/health; do sleep 1; done"],
    ],
)
def test_calls_are_read_from_arguments(arguments: list[str]) -> None:
    (found,) = messages_of(with_arguments(*arguments), *RULES)

    assert " of container 'ms-orders' calls port 81 of Service/shop/ms-inventory" in found


def test_variables_in_arguments_are_expanded() -> None:
    chart = with_arguments("--inventory=http://$(PEER):81")
    main(chart, "ms-orders")["env"] = [{"name": "PEER", "value": "ms-inventory"}]

    assert len(messages_of(chart, "call-blocked")) == 1


def test_finds_calls_in_a_config_map_that_only_one_workload_uses() -> None:
    chart = shop()
    main(chart, "ms-orders")["envFrom"] = [{"configMapRef": {"name": "orders"}}]
    chart.append(settings("orders", INVENTORY_URL="http://ms-inventory:81"))

    assert "INVENTORY_URL calls port 81" in messages_of(chart, "call-blocked")[0]


def test_calls_in_a_shared_config_map_are_checked_only_for_their_service_and_port() -> None:
    chart = shop()
    for name in ("ms-orders", "ms-inventory"):
        main(chart, name).setdefault("envFrom", []).append({"configMapRef": {"name": "shared"}})
    chart.append(settings("shared", A_URL="http://ms-orders:80", B_URL="http://ms-inventory:81", C_URL="http://c"))

    assert messages_of(chart, "call-blocked") == [
        "ConfigMap/shop/shared: B_URL calls port 81 of Service/shop/ms-inventory, which has 80 (TCP); correct the port"
    ]
    assert len(messages_of(chart, "call-to-nothing")) == 1


def test_the_urls_in_a_mounted_file_are_read_except_in_comments() -> None:
    chart = shop()
    pod(chart, "ms-orders")["volumes"].append({"name": "nginx", "configMap": {"name": "nginx"}})
    text = "# http://ms-inventory:82\nproxy_pass http://ms-inventory:81;\nserver unknown:80;\nhttp://backend/\n"
    chart.append(settings("nginx", **{"nginx.conf": text}))

    assert messages_of(chart, *RULES) == [
        "Deployment/shop/ms-orders: file nginx.conf of ConfigMap 'nginx' calls port 81 of Service/shop/ms-inventory, "
        "which has 80 (TCP); correct the port"
    ]


NOT_CALLED = {
    "JWT_AUDIENCE": "http://kubestock",
    "JWT_ISSUER": "https://issuer",
    "OIDC_ISS": "http://auth:81",
    "CORS_ORIGINS": "http://web:3000,http://admin:3000",
    "IMAGE": "redis:7",
    "SIDECAR_IMAGE": "registry:5000/redis:7",
    "BACKUP_TIME": "12:30",
    "WINDOW": "noon:30",
    "LISTEN_ADDR": ":8080",
    "BIND_ADDRESS": "0.0.0.0:8080",
    "ADDRESS": "::1",
    "PEER_ADDRESS": "[fe80::1]:443",
    "HOST": "web",
    "HOSTNAME": "web",
    "LOCAL_URL": "http://localhost:9999",
    "SOCKET": "unix:///run/socket",
    "BUCKET_URL": "s3://bucket/folder",
    "IDENTITY_URL": "spiffe://cluster/ns/shop",
    "FILE_URL": "file:///etc/passwd",
    "NAMES": "a:1,b:2",
    "RATIO": "width:640",
    "KAFKA_TOPIC": "orders:9092",
    "XML_NAMESPACE": "http://schemas/soap",
    "VITE_API_URL": "http://api:8080",
    "DATABASE_URL": "postgres://$(USER):$(PASSWORD)@$(HOST)/orders",
    "TEMPLATE_URL": "http://${HOST}:80",
    "MEMORY": "max:512",
    "NO_PROXY": ".svc,10.0.0.0/8",
    "ADVERTISED_URL": "http://someone:80",
    "TEXT": "see http://docs/ for more",
}


@pytest.mark.parametrize("name", NOT_CALLED)
def test_a_value_that_only_looks_like_an_address_is_not_a_call(name: str) -> None:
    assert messages_of(with_variables(**{name: NOT_CALLED[name]}), *RULES) == []


@pytest.mark.parametrize(
    "name", ["IMAGE_SERVICE_URL", "imageServiceHost", "SCHEDULE_SERVER_ADDR", "supportService.url"]
)
def test_a_variable_with_a_service_word_is_a_call(name: str) -> None:
    assert len(messages_of(with_variables(**{name: "http://ms-inventory:81"}), "call-blocked")) == 1


def test_finds_a_call_to_a_missing_service_in_another_namespace_of_the_manifests() -> None:
    chart = with_variables(PEER_URL="http://reports.other:80")

    assert messages_of(chart, "call-to-nothing") == []  # `other` can also be a domain outside the cluster

    spec = {"type": "ExternalName", "externalName": "example.com"}
    identity = {"name": "report", "namespace": "other"}
    chart.append({"apiVersion": "v1", "kind": "Service", "metadata": identity, "spec": spec})

    assert len(messages_of(chart, "call-to-nothing")) == 1


def test_the_pods_of_a_stateful_set_have_names_in_the_domain_of_its_service() -> None:
    chart = with_variables(KAFKA_BROKERS="ms-inventory-0.ms-inventory:3003,ms-inventory-1.ms-inventory.shop.svc:3003")
    the(chart, "Service", "ms-inventory")["clusterIP"] = "None"

    assert messages_of(chart, *RULES) == []


def test_finds_a_call_to_an_external_host_that_no_egress_rule_permits() -> None:
    chart = with_variables(PAYMENTS_URL="https://payments.example.com")

    assert messages_of(chart, "egress-blocked") == [
        "Deployment/shop/ms-orders: PAYMENTS_URL calls payments.example.com on port 443, but egress is blocked by "
        "NetworkPolicy deny-all, dns, ms-orders; permit egress to this host on that port"
    ]

    block = {"cidr": "0.0.0.0/0", "except": ["10.0.0.0/8"]}
    the(chart, "NetworkPolicy", "ms-orders")["egress"].append({"to": [{"ipBlock": block}], "ports": [{"port": 443}]})

    assert messages_of(chart, "egress-blocked") == []


@pytest.mark.parametrize(("address", "problems"), [("10.1.2.3", 0), ("10.1.9.3", 1), ("10.2.2.3", 1)])
def test_an_address_must_be_in_the_range_and_not_in_an_exception(address: str, problems: int) -> None:
    chart = with_variables(DB_HOST=address, DB_PORT="5432")
    block = {"cidr": "10.1.0.0/16", "except": ["10.1.9.0/24"]}
    the(chart, "NetworkPolicy", "ms-orders")["egress"].append({"to": [{"ipBlock": block}], "ports": [{"port": 5432}]})

    assert len(messages_of(chart, "egress-blocked")) == problems


def database(chart: list[Manifest], port: str) -> list[Manifest]:
    host = {"name": "DB_HOST", "valueFrom": {"secretKeyRef": {"name": "ms-orders", "key": "DB_PASSWORD"}}}
    main(chart, "ms-orders")["env"] = [host, {"name": "DB_PORT", "value": port}]
    return chart


def test_finds_a_database_whose_port_no_egress_rule_permits() -> None:
    chart = database(shop(), "5432")

    assert messages_of(chart, "egress-blocked") == [
        "Deployment/shop/ms-orders: DB_HOST calls a host on port 5432, but egress is blocked by NetworkPolicy "
        "deny-all, dns, ms-orders; permit egress to this host on that port"
    ]
    assert messages_of(database(chart, "3003"), "egress-blocked") == []


def test_an_unknown_host_is_listed_as_unchecked() -> None:
    not_checked = judge(database(shop(), "3003")).not_checked

    assert "DB_HOST has a host that is unknown: it is in Secret 'ms-orders'" in [each.message for each in not_checked]


def test_calls_to_pods_outside_the_manifests_are_checked_by_their_namespace() -> None:
    chart = with_variables(LOGS_URL="http://logs.observability.svc:80")

    assert len(messages_of(chart, "egress-blocked")) == 1

    peer = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "observability"}}}
    the(chart, "NetworkPolicy", "ms-orders")["egress"].append({"to": [peer], "ports": [{"port": 9880}]})

    assert messages_of(chart, "egress-blocked") == []


@pytest.mark.parametrize("host", ["postgres.data", "postgres.data.svc", "0.postgres.data.svc.cluster.local"])
def test_a_host_can_be_a_service_in_a_namespace_outside_the_manifests(host: str) -> None:
    chart = with_variables(DB_URL=f"postgres://{host}:5432/orders")
    peer = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "data"}}}
    the(chart, "NetworkPolicy", "ms-orders")["egress"].append({"to": [peer], "ports": [{"port": 5432}]})

    assert messages_of(chart, *RULES) == []

    peer["namespaceSelector"] = {"matchLabels": {"tier": "data"}}

    assert messages_of(chart, *RULES) == []

    peer["namespaceSelector"] = {"matchLabels": {"kubernetes.io/metadata.name": "stores"}}

    assert len(messages_of(chart, "egress-blocked")) == 1


def test_a_call_is_not_checked_if_a_permitted_range_may_contain_the_pods() -> None:
    chart = with_variables(PEER_URL="http://ms-inventory")
    the(chart, "NetworkPolicy", "ms-orders")["egress"] = [{"to": [{"ipBlock": {"cidr": "10.244.0.0/16"}}]}]
    the(chart, "NetworkPolicy", "ms-inventory")["ingress"] = [{"from": [{"ipBlock": {"cidr": "10.244.0.0/16"}}]}]

    assert messages_of(chart, "call-blocked") == []
    assert "an address range that may contain the addresses of the pods" in " ".join(
        each.message for each in judge(chart).not_checked
    )


def test_host_aliases_give_the_addresses_of_hosts() -> None:
    chart = with_variables(DB_URL="postgres://database:5432", SITE_URL="https://site.example.com")
    names = {"ip": "10.1.2.3", "hostnames": ["database", "site.example.com"]}
    pod(chart, "ms-orders")["hostAliases"] = [names]
    block = {"cidr": "10.1.0.0/16"}
    the(chart, "NetworkPolicy", "ms-orders")["egress"].append({"to": [{"ipBlock": block}]})

    assert messages_of(chart, *RULES) == []

    names["ip"] = "10.2.2.3"

    assert len(messages_of(chart, "egress-blocked")) == 2


def test_a_host_name_can_be_in_a_dns_search_domain() -> None:
    chart = with_variables(DB_URL="postgres://database:5432")
    pod(chart, "ms-orders")["dnsConfig"] = {"searches": ["stores.example.com"]}

    assert messages_of(chart, "call-to-nothing") == []


def test_a_call_through_a_proxy_needs_egress_to_the_proxy_only() -> None:
    chart = with_variables(SITE_URL="https://site.example.com", HTTPS_PROXY="http://ms-inventory:80")

    assert messages_of(chart, *RULES) == []
    assert (
        len(
            messages_of(
                with_variables(SITE_URL="https://site.example.com", HTTPS_PROXY="http://ms-inventory:81"), *RULES
            )
        )
        == 1
    )


def test_calls_are_counted() -> None:
    assert read_calls(Inventory(with_variables(A_URL="http://ms-inventory", B_URL="https://example.com"))).count == 2


def settings(name: str, **data: str) -> Manifest:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "shop"}, "data": data}
