"""The routes for incoming requests, and their requirements."""

import textwrap
from typing import Any

import pytest
import yaml

from kubestock.checks import Inventory
from kubestock.checks.facts.entries import entries
from kubestock.checks.facts.entry import Entry

Manifest = dict[str, Any]


def web(name: str = "orders") -> list[Manifest]:
    metadata = {"name": name, "namespace": "shop"}
    pod = {"containers": [{"name": name, "ports": [{"containerPort": 80}]}]}
    labelled = {**metadata, "labels": {"app": name}}
    return [
        {"apiVersion": "v1", "kind": "Pod", "metadata": labelled, "spec": pod},
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": metadata,
            "spec": {"selector": {"app": name}, "ports": [{"port": 80}]},
        },
    ]


def kong(text: str) -> list[Manifest]:
    file = f'_format_version: "3.0"\n{textwrap.dedent(text)}'
    container = {
        "name": "kong",
        "image": "kong:3.9",
        "env": [
            {"name": "KONG_DATABASE", "value": "off"},
            {"name": "KONG_DECLARATIVE_CONFIG", "value": "/kong/kong.yml"},
        ],
        "volumeMounts": [{"name": "config", "mountPath": "/kong"}],
    }
    spec = {"containers": [container], "volumes": [{"name": "config", "secret": {"secretName": "kong"}}]}
    metadata = {"name": "kong", "namespace": "shop"}
    return [
        {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec},
        {
            "apiVersion": "bitnami.com/v1alpha1",
            "kind": "SealedSecret",
            "metadata": metadata,
            "spec": {"encryptedData": {}, "template": {"data": {"kong.yml": file}}},
        },
        *web(),
    ]


def found(*manifests: Manifest) -> list[Entry]:
    return entries(Inventory(manifests))


def requires(plugins: str) -> list[tuple[str, ...]]:
    service = "services: [{name: orders, url: 'http://orders', routes: [{name: all, paths: [/a]}]}]"
    return [each.requires for each in found(*kong(f"{service}\nplugins: {plugins}"))]


def test_a_route_of_kong_leads_to_the_pods_behind_its_service() -> None:
    assert found(
        *kong("services: [{name: orders, url: 'http://orders', routes: [{name: all, paths: [/a, ~/b$]}]}]")
    ) == [
        Entry(
            gateway="Pod/shop/kong",
            hosts=(),
            path=path,
            methods=("any method",),
            targets=("Pod/shop/orders",),
            requires=(),
        )
        for path in ("/a", "~/b$")
    ]


def test_an_upstream_leads_to_its_targets() -> None:
    (entry,) = found(
        *kong(
            """
            upstreams: [{name: both, targets: [{target: "orders.shop.svc:80"}, {target: "elsewhere.example.com:80"}]}]
            services: [{name: both, host: both, routes: [{name: all, hosts: [shop.example.com], methods: [GET]}]}]
            """
        )
    )

    assert entry.targets == ("Pod/shop/orders", "elsewhere.example.com")
    assert (entry.hosts, entry.path, entry.methods) == (("shop.example.com",), "/", ("GET",))


@pytest.mark.parametrize(
    ("plugins", "required"),
    [
        ("[]", ()),
        ("[{name: jwt}]", ("jwt",)),
        ("[{name: jwt, enabled: false}]", ()),
        ("[{name: key-auth, config: {anonymous: guest}}]", ()),
        ("[{name: key-auth}, {name: acl, config: {allow: [b, a]}}]", ("key-auth", "one of a, b")),
        ("[{name: acl, config: {deny: [a]}}]", ("none of a",)),
        ("[{name: ip-restriction, config: {allow: [10.0.0.0/8]}}]", ("an address of 10.0.0.0/8",)),
        ("[{name: jwt, route: all}]", ("jwt",)),
        ("[{name: jwt, service: {name: orders}}]", ("jwt",)),
        ("[{name: jwt, service: other}]", ()),
        ("[{name: jwt, consumer: partner}]", ()),
        ("[{name: rate-limiting}]", ()),
    ],
)
def test_plugins_define_the_requirements_of_requests(plugins: str, required: tuple[str, ...]) -> None:
    assert requires(plugins) == [required]


def test_a_plugin_of_a_route_overrides_the_plugin_of_its_service() -> None:
    (entry,) = found(
        *kong(
            """
            services:
              - name: orders
                url: http://orders
                plugins: [{name: acl, config: {allow: [people]}}]
                routes: [{name: all, plugins: [{name: acl, config: {allow: [admins]}}]}]
            """
        )
    )

    assert entry.requires == ("one of admins",)


def test_a_route_may_refer_to_its_service_by_name() -> None:
    (entry,) = found(
        *kong("services: [{name: orders, url: 'http://orders'}]\nroutes: [{name: a, service: {name: orders}}]")
    )

    assert entry.targets == ("Pod/shop/orders",)


def test_a_route_that_kong_answers_itself_is_not_listed() -> None:
    assert requires("[{name: request-termination}]") == []


def ingress(**annotations: str) -> Manifest:
    spec = yaml.safe_load("""
        defaultBackend: {service: {name: orders, port: {number: 80}}}
        rules:
          - host: shop.example.com
            http: {paths: [{path: /stock, pathType: Prefix, backend: {service: {name: stock, port: {number: 80}}}}]}
    """)
    keys = {"auth": "nginx.ingress.kubernetes.io/auth-type", "kong": "konghq.com/plugins"}
    metadata = {
        "name": "web",
        "namespace": "shop",
        "annotations": {keys[key]: value for key, value in annotations.items()},
    }
    return {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": metadata, "spec": spec}


def test_an_ingress_leads_to_services() -> None:
    default, stock = found(ingress(), *web())

    assert (default.gateway, default.path, default.targets) == ("Ingress/shop/web", "/", ("Pod/shop/orders",))
    assert (stock.hosts, stock.path, stock.targets) == (("shop.example.com",), "/stock", ("Service/shop/stock",))
    assert stock.requires == ()


def test_annotations_of_an_ingress_can_restrict_requests() -> None:
    assert found(ingress(auth="basic", kong="login"))[0].requires == (
        "basic authentication",
        "permission of the plugins login",
    )


def test_a_route_of_the_gateway_api_leads_to_services() -> None:
    route = yaml.safe_load("""
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: web, namespace: shop}
        spec:
          hostnames: [shop.example.com]
          rules:
            - matches: [{path: {value: /a}, method: GET}, {path: {value: /b}}]
              filters: [{type: ExtensionRef, extensionRef: {group: acme.io, kind: Login, name: login}}]
              backendRefs: [{name: orders, port: 80}]
            - backendRefs: [{name: orders, port: 80}]
    """)
    seen = [(each.path, each.methods, each.requires) for each in found(route, *web())]

    assert seen == [
        ("/a", ("GET",), ("permission of the filter login",)),
        ("/b", ("any method",), ("permission of the filter login",)),
        ("/", ("any method",), ()),
    ]
