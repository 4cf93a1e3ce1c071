"""The objects around a declarative file of Kong, and the file as far as they depend on it."""

from typing import Any

import pytest
import yaml

from kubestock.checks import findings, judge

Manifest = dict[str, Any]

FILE = {
    "_format_version": "3.0",
    "upstreams": [
        {
            "name": "orders.upstream",
            "targets": [{"target": "orders-pods.shop.svc.cluster.local:3000"}],
            "healthchecks": {"active": {"healthy": {"interval": 5}, "unhealthy": {"interval": 5}}},
        }
    ],
    "services": [
        {"name": "orders", "host": "orders.upstream", "port": 80, "routes": [{"name": "orders", "paths": ["/"]}]},
        {"name": "outside", "url": "https://api.example.com"},
    ],
    "plugins": [{"name": "key-auth", "config": {"key_names": ["apikey"]}}],
}


def named(api_version: str, kind: str, name: str, **body: object) -> Manifest:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name, "namespace": "shop"}, **body}


def kong(**settings: str) -> Manifest:
    variables = {"KONG_DATABASE": "off", "KONG_DECLARATIVE_CONFIG": "/kong/kong.yml", **settings}
    container = {
        "name": "kong",
        "image": "docker.io/library/kong:3.9.1",
        "env": [{"name": name, "value": value} for name, value in variables.items()],
        "ports": [{"name": "proxy", "containerPort": 8000}],
        "volumeMounts": [{"name": "config", "mountPath": "/kong"}],
    }
    volume = {"name": "config", "secret": {"secretName": "gateway"}}
    gateway = named("v1", "Pod", "kong", spec={"containers": [container], "volumes": [volume]})
    gateway["metadata"]["labels"] = {"app": "kong"}
    return gateway


def gateway(file: object = FILE, /, *, sealed: bool = True, **settings: str) -> list[Manifest]:
    """Return a Kong, its file, and the pods behind it."""
    text = file if isinstance(file, str) else yaml.safe_dump(file)
    if sealed:
        spec = {"encryptedData": {"partner": "AgB"}, "template": {"data": {"kong.yml": text}}}
        holder = named("bitnami.com/v1alpha1", "SealedSecret", "gateway", spec=spec)
    else:
        holder = named("v1", "Secret", "gateway", stringData={"kong.yml": text})
    ports = [{"name": "http", "containerPort": 3000}]
    orders = named("v1", "Pod", "orders", spec={"containers": [{"name": "a", "image": "shop/a:1.0", "ports": ports}]})
    orders["metadata"]["labels"] = {"app": "orders"}
    spec = {"clusterIP": "None", "selector": {"app": "orders"}, "ports": [{"port": 3000}]}
    return [kong(**settings), holder, orders, named("v1", "Service", "orders-pods", spec=spec)]


def told(manifests: list[Manifest], *rules: str) -> list[str]:
    return [str(each) for each in findings(manifests) if each.rule in rules or (not rules and "kong" in each.rule)]


def changed(*path: str | int, to: object) -> Manifest:
    """Return the file with one value changed."""
    file: Any = yaml.safe_load(yaml.safe_dump(FILE))
    holder = file
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = to
    return dict(file)


@pytest.mark.parametrize("sealed", [True, False])
def test_a_gateway_that_works_has_no_finding(sealed: object) -> None:
    assert told(gateway(sealed=bool(sealed)), "call-blocked", "egress-blocked", "template-key") == []
    assert told(gateway(sealed=bool(sealed))) == []


TARGET = ("upstreams", 0, "targets", 0, "target")


@pytest.mark.parametrize(
    ("file", "message"),
    [
        (
            changed(*TARGET, to="order-pods.shop.svc:3000"),
            "leads to 'order-pods' in namespace 'shop', but the manifests",
        ),
        (
            changed(*TARGET, to="orders-pods:3001"),
            "leads to port 3001 of the headless Service/shop/orders-pods, but the",
        ),
        (
            changed("services", 1, "url", to="http://order:80"),
            "leads to 'order' in namespace 'shop', but the manifests",
        ),
        (
            changed("plugins", 0, to={"name": "http-log", "config": {"http_endpoint": "http://logs:80"}}),
            "leads to 'logs' in namespace 'shop', but the manifests have no such Service",
        ),
    ],
)
def test_refuses_to_lead_to_what_is_not_there(file: Manifest, message: str) -> None:
    (found,) = told(gateway(file), "kong-upstream")

    assert message in found
    assert found.startswith("SealedSecret/shop/gateway: ")


def test_the_file_says_where_it_is_wrong() -> None:
    (found,) = [each for each in findings(gateway(changed(*TARGET, to="a:1"))) if each.rule == "kong-upstream"]

    assert found.field == "spec.template.data['kong.yml']"


def test_policies_decide_on_what_kong_calls() -> None:
    deny = named(
        "networking.k8s.io/v1",
        "NetworkPolicy",
        "deny",
        spec={"podSelector": {"matchLabels": {"app": "orders"}}, "policyTypes": ["Ingress"]},
    )
    (found,) = told([*gateway(), deny], "call-blocked")

    assert "upstream 'orders.upstream' of kong.yml calls Pod/shop/orders on TCP 3000, but ingress is blocked" in found


def test_refuses_a_service_that_balances_by_itself_below_health_checks() -> None:
    chart = gateway()
    del chart[-1]["spec"]["clusterIP"]

    assert len(told(chart, "kong-upstream-balanced")) == 1

    without = changed("upstreams", 0, "healthchecks", to={"active": {"healthy": {"interval": 0}}})
    chart = gateway(without)
    del chart[-1]["spec"]["clusterIP"]

    assert told(chart, "kong-upstream-balanced") == []


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("_format_version: '3.0'\nservices: {", "is not valid YAML"),
        ("_format_version: '3.0'\n\tservices: []", "is not valid YAML"),
        ("_format_version: '3.0'\nservices: {a: b}", "has services that is not a list of maps"),
        ("_format_version: '3.0'\nservice: []", "has 'service', which is not an entity of Kong; write services"),
        ("_format_version: '3.0'\nplugin: []", "has 'plugin', which is not an entity of Kong; write plugins"),
        ("_format_version: 3.1\n", "has the _format_version 3.1"),
    ],
)
def test_refuses_a_file_that_kong_cannot_read(file: str, message: str) -> None:
    (found,) = told(gateway(file), "kong-file")

    assert message in found


def test_an_error_in_the_file_shows_nothing_of_it() -> None:
    (found,) = told(gateway("_format_version: '3.0'\nconsumers: [{key: hunter2: hunter3}"), "kong-file")

    assert "hunter" not in found


def test_entities_of_a_plugin_of_ones_own_are_taken() -> None:
    assert told(gateway("_format_version: '3.0'\nacme_licences: []\n_comment: ours\n"), "kong-file") == []


TEMPLATED = """
_format_version: "3.0"
consumers:
- username: partner
  keyauth_credentials:
  - key: {{ index . "partner" | toJson }}
  - key: "{{ .partner }}"
services:
- name: outside
  host: {{ .partner }}
"""


def test_what_a_template_fills_in_is_not_judged() -> None:
    assert told(gateway(TEMPLATED)) == told(gateway(TEMPLATED), "template-key") == []


def test_a_template_with_a_condition_is_known_in_the_cluster_only() -> None:
    text = '_format_version: "3.0"\n{{ if .partner }}\nservices: []\n{{ end }}\n'
    unjudged = [each.message for each in judge(gateway(text)).unjudged if each.rule == "kong-file"]

    assert told(gateway(text)) == []
    assert unjudged == ["kong.yml is written by a template, so its content is known only in the cluster"]


@pytest.mark.parametrize(
    "action", ['index . "partners"', ".partners", ".partners | quote", 'index . "partners" | b64enc']
)
def test_refuses_a_template_with_a_key_that_is_not_sealed(action: str) -> None:
    (found,) = told(gateway(f'_format_version: "3.0"\n_comment: "{{{{ {action} }}}}"\n'), "template-key")

    assert "the template kong.yml uses the key 'partners', but the keys are partner" in found


@pytest.mark.parametrize("action", ['printf "a.b" .partner', "range .Values", "$x := .unknown", 'index .partner "c"'])
def test_other_actions_of_templates_are_taken(action: str) -> None:
    assert told(gateway(f"_comment: '{{{{ {action} }}}}'\n"), "template-key") == []


def test_plugins_that_protect_must_not_be_disabled_wherever_they_are() -> None:
    plugin = {"name": "jwt", "enabled": False}
    on_route = changed("services", 0, "routes", 0, to={"name": "a", "plugins": [plugin]})

    assert len(told(gateway(on_route), "kong-plugin-disabled")) == 1
    assert len(told(gateway(changed("services", 0, "plugins", to=[plugin])), "kong-plugin-disabled")) == 1
    assert told(gateway(changed("plugins", 0, to={"name": "zipkin", "enabled": False})), "kong-plugin-disabled") == []


@pytest.mark.parametrize(
    ("listen", "problems"),
    [
        ("0.0.0.0:8001", 1),
        ("127.0.0.1:8001, 0.0.0.0:8444 ssl", 1),
        ("[::]:8001", 1),
        ("10.0.0.1:8001 reuseport backlog=16384", 1),
        ("off", 0),
        ("127.0.0.1:8001", 0),
        ("localhost:8001", 0),
        ("[::1]:8001", 0),
    ],
)
def test_the_admin_api_must_not_be_open_to_the_network(listen: str, problems: int) -> None:
    assert len(told(gateway(KONG_ADMIN_LISTEN=listen), "kong-admin-published")) == problems


def test_the_admin_api_may_require_certificates_of_clients() -> None:
    verified = {"KONG_NGINX_ADMIN_SSL_VERIFY_CLIENT": "on"}

    assert (
        told(gateway(FILE, sealed=True, KONG_ADMIN_LISTEN="0.0.0.0:8444 http2 ssl", **verified), "kong-admin-published")
        == []
    )
    assert told(gateway(FILE, sealed=True, KONG_ADMIN_LISTEN="0.0.0.0:8001", **verified), "kong-admin-published")


def test_declared_ports_must_be_those_of_listeners() -> None:
    assert told(gateway(KONG_PROXY_LISTEN="0.0.0.0:8080"), "kong-listener") == [
        "Pod/shop/kong: container 'kong' declares port 8000, but Kong does not listen at it for connections from "
        "outside "
        "the pod; set the port in the matching KONG_*_LISTEN variable [kong-listener]"
    ]
    assert len(told(gateway(KONG_PROXY_LISTEN="127.0.0.1:8000"), "kong-listener")) == 1
    assert told(gateway(KONG_PROXY_LISTEN="$(LISTEN)"), "kong-listener") == []


@pytest.mark.parametrize(
    ("settings", "problems"),
    [
        ({"KONG_DECLARATIVE_CONFIG": "/kong/kong.yaml"}, 1),
        ({"KONG_DECLARATIVE_CONFIG": "/etc/kong.yml"}, 1),
        ({"KONG_SSL_CERT": "/kong/tls.crt"}, 1),
        ({"KONG_SSL_CERT": "/usr/share/tls.crt"}, 0),
        ({"KONG_LUA_SSL_TRUSTED_CERTIFICATE": "system, /kong/ca.pem"}, 1),
        ({"KONG_LUA_SSL_TRUSTED_CERTIFICATE": "system"}, 0),
    ],
)
def test_files_that_kong_reads_must_be_mounted(settings: dict[str, str], problems: int) -> None:
    assert len(told(gateway(FILE, sealed=True, **settings), "kong-file-path")) == problems


@pytest.mark.parametrize(
    ("mount", "path", "problems"),
    [
        ({"mountPath": "/kong/kong.yml", "subPath": "kong.yml"}, "/kong/kong.yml", 0),
        ({"mountPath": "/kong/kong.yml", "subPath": "kong.yaml"}, "/kong/kong.yml", 1),
        ({"mountPath": "/kong/"}, "/kong//kong.yml", 0),
        ({"mountPath": "/kong/declarative"}, "/kong/kong.yml", 1),
    ],
)
def test_mounts_are_followed_to_their_files(mount: Manifest, path: str, problems: int) -> None:
    chart = gateway(KONG_DECLARATIVE_CONFIG=path)
    chart[0]["spec"]["containers"][0]["volumeMounts"] = [{"name": "config", **mount}]

    assert len(told(chart, "kong-file-path")) == problems


def test_the_items_of_a_volume_decide_on_the_names_of_its_files() -> None:
    chart = gateway()
    chart[0]["spec"]["volumes"][0]["secret"]["items"] = [{"key": "kong.yml", "path": "gateway.yml"}]

    assert len(told(chart, "kong-file-path")) == 1
    assert told(gateway(KONG_DECLARATIVE_CONFIG="/kong/gateway.yml"), "kong-file-path")
