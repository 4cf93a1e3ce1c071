"""Rules about the declarative file of Kong and the objects to which it refers."""

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
    """Return Kong, its declarative file, and the pods to which it sends requests."""
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


def messages_of(manifests: list[Manifest], *rules: str) -> list[str]:
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
def test_a_working_gateway_has_no_finding(sealed: object) -> None:
    assert messages_of(gateway(sealed=bool(sealed)), "call-blocked", "egress-blocked", "template-key") == []
    assert messages_of(gateway(sealed=bool(sealed))) == []


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
def test_finds_an_upstream_that_does_not_exist(file: Manifest, message: str) -> None:
    (found,) = messages_of(gateway(file), "kong-upstream")

    assert message in found
    assert found.startswith("SealedSecret/shop/gateway: ")


def test_a_finding_has_the_path_of_the_file() -> None:
    (found,) = [each for each in findings(gateway(changed(*TARGET, to="a:1"))) if each.rule == "kong-upstream"]

    assert found.field == "spec.template.data['kong.yml']"


def test_finds_a_call_of_kong_that_a_policy_blocks() -> None:
    deny = named(
        "networking.k8s.io/v1",
        "NetworkPolicy",
        "deny",
        spec={"podSelector": {"matchLabels": {"app": "orders"}}, "policyTypes": ["Ingress"]},
    )
    (found,) = messages_of([*gateway(), deny], "call-blocked")

    assert "upstream 'orders.upstream' of kong.yml calls Pod/shop/orders on TCP 3000, but ingress is blocked" in found


def test_finds_an_upstream_with_health_checks_for_a_service_that_is_not_headless() -> None:
    chart = gateway()
    del chart[-1]["spec"]["clusterIP"]

    assert len(messages_of(chart, "kong-upstream-balanced")) == 1

    without = changed("upstreams", 0, "healthchecks", to={"active": {"healthy": {"interval": 0}}})
    chart = gateway(without)
    del chart[-1]["spec"]["clusterIP"]

    assert messages_of(chart, "kong-upstream-balanced") == []


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("_format_version: '3.0'\nservices: {", "kong.yml must be valid YAML, got an error in line 3"),
        ("_format_version: '3.0'\n\tservices: []", "kong.yml must be valid YAML, got an error in line 2"),
        ("_format_version: '3.0'\nservices: {a: b}", "has services that is not a list of maps"),
        ("_format_version: '3.0'\nservice: []", "has 'service', which is not an entity of Kong; write services"),
        ("_format_version: '3.0'\nplugin: []", "has 'plugin', which is not an entity of Kong; write plugins"),
        ("_format_version: 3.1\n", "has the _format_version 3.1"),
    ],
)
def test_finds_a_file_that_kong_cannot_read(file: str, message: str) -> None:
    (found,) = messages_of(gateway(file), "kong-file")

    assert message in found


def test_a_syntax_error_does_not_show_the_content_of_the_file() -> None:
    (found,) = messages_of(gateway("_format_version: '3.0'\nconsumers: [{key: hunter2: hunter3}"), "kong-file")

    assert "hunter" not in found


def test_entities_of_custom_plugins_have_no_finding() -> None:
    assert messages_of(gateway("_format_version: '3.0'\nacme_licences: []\n_comment: ours\n"), "kong-file") == []


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


def test_values_from_a_template_are_not_checked() -> None:
    assert messages_of(gateway(TEMPLATED)) == messages_of(gateway(TEMPLATED), "template-key") == []


def test_a_file_whose_template_has_a_condition_is_not_checked() -> None:
    text = '_format_version: "3.0"\n{{ if .partner }}\nservices: []\n{{ end }}\n'
    not_checked = [each.message for each in judge(gateway(text)).not_checked if each.rule == "kong-file"]

    assert messages_of(gateway(text)) == []
    assert not_checked == ["kong.yml is written by a template, so its content is known only in the cluster"]


@pytest.mark.parametrize(
    "action", ['index . "partners"', ".partners", ".partners | quote", 'index . "partners" | b64enc']
)
def test_finds_a_template_with_an_unknown_key(action: str) -> None:
    (found,) = messages_of(gateway(f'_format_version: "3.0"\n_comment: "{{{{ {action} }}}}"\n'), "template-key")

    assert "the template kong.yml uses the key 'partners', but the keys are partner" in found


@pytest.mark.parametrize("action", ['printf "a.b" .partner', "range .Values", "$x := .unknown", 'index .partner "c"'])
def test_other_template_actions_have_no_finding(action: str) -> None:
    assert messages_of(gateway(f"_comment: '{{{{ {action} }}}}'\n"), "template-key") == []


def test_finds_a_disabled_protecting_plugin_on_any_entity() -> None:
    plugin = {"name": "jwt", "enabled": False}
    on_route = changed("services", 0, "routes", 0, to={"name": "a", "plugins": [plugin]})

    assert len(messages_of(gateway(on_route), "kong-plugin-disabled")) == 1
    assert len(messages_of(gateway(changed("services", 0, "plugins", to=[plugin])), "kong-plugin-disabled")) == 1
    assert (
        messages_of(gateway(changed("plugins", 0, to={"name": "zipkin", "enabled": False})), "kong-plugin-disabled")
        == []
    )


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
def test_finds_an_admin_api_that_is_open_to_the_network(listen: str, problems: int) -> None:
    assert len(messages_of(gateway(KONG_ADMIN_LISTEN=listen), "kong-admin-published")) == problems


def test_the_admin_api_may_be_open_if_it_requires_client_certificates() -> None:
    verified = {"KONG_NGINX_ADMIN_SSL_VERIFY_CLIENT": "on"}

    assert (
        messages_of(
            gateway(FILE, sealed=True, KONG_ADMIN_LISTEN="0.0.0.0:8444 http2 ssl", **verified), "kong-admin-published"
        )
        == []
    )
    assert messages_of(gateway(FILE, sealed=True, KONG_ADMIN_LISTEN="0.0.0.0:8001", **verified), "kong-admin-published")


def test_finds_a_declared_port_without_a_listener() -> None:
    assert messages_of(gateway(KONG_PROXY_LISTEN="0.0.0.0:8080"), "kong-listener") == [
        "Pod/shop/kong: container 'kong' declares port 8000, but Kong does not listen at it for connections from "
        "outside "
        "the pod; set the port in the matching KONG_*_LISTEN variable [kong-listener]"
    ]
    assert len(messages_of(gateway(KONG_PROXY_LISTEN="127.0.0.1:8000"), "kong-listener")) == 1
    assert messages_of(gateway(KONG_PROXY_LISTEN="$(LISTEN)"), "kong-listener") == []


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
def test_finds_a_file_of_kong_that_is_not_mounted(settings: dict[str, str], problems: int) -> None:
    assert len(messages_of(gateway(FILE, sealed=True, **settings), "kong-file-path")) == problems


@pytest.mark.parametrize(
    ("mount", "path", "problems"),
    [
        ({"mountPath": "/kong/kong.yml", "subPath": "kong.yml"}, "/kong/kong.yml", 0),
        ({"mountPath": "/kong/kong.yml", "subPath": "kong.yaml"}, "/kong/kong.yml", 1),
        ({"mountPath": "/kong/"}, "/kong//kong.yml", 0),
        ({"mountPath": "/kong/declarative"}, "/kong/kong.yml", 1),
    ],
)
def test_files_are_found_by_mount_path_and_sub_path(mount: Manifest, path: str, problems: int) -> None:
    chart = gateway(KONG_DECLARATIVE_CONFIG=path)
    chart[0]["spec"]["containers"][0]["volumeMounts"] = [{"name": "config", **mount}]

    assert len(messages_of(chart, "kong-file-path")) == problems


def test_the_items_of_a_volume_define_the_names_of_its_files() -> None:
    chart = gateway()
    chart[0]["spec"]["volumes"][0]["secret"]["items"] = [{"key": "kong.yml", "path": "gateway.yml"}]

    assert len(messages_of(chart, "kong-file-path")) == 1
    assert messages_of(gateway(KONG_DECLARATIVE_CONFIG="/kong/gateway.yml"), "kong-file-path")
