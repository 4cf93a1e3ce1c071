"""Routes that a change adds, removes, or makes accessible to other clients."""

from typing import Any

import yaml

from kubestock.changes.routes import Access, RouteChange, route_changes
from kubestock.checks import Inventory


def ingress(*paths: str, auth: str = "") -> dict[str, Any]:
    rules = [{"http": {"paths": [{"path": each, "backend": {"service": {"name": "web"}}} for each in paths]}}]
    annotations = {"nginx.ingress.kubernetes.io/auth-type": auth} if auth else {}
    metadata = {"name": "web", "namespace": "shop", "annotations": annotations}
    return {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": metadata, "spec": {"rules": rules}}


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[RouteChange]:
    return list(route_changes(Inventory([before]), Inventory([after])))


TARGETS = ("Service/shop/web",)
OPEN = Access(requires=(), targets=TARGETS)
CLOSED = Access(requires=("basic authentication",), targets=TARGETS)


def test_equal_routes_are_not_reported() -> None:
    assert changes(ingress("/a", "/b"), ingress("/b", "/a")) == []


def test_an_added_and_a_removed_route_are_reported() -> None:
    opened, closed = changes(ingress("/a"), ingress("/b"))

    assert (opened.path, opened.before, opened.after, opened.becomes_public) == ("/b", None, OPEN, True)
    assert (closed.path, closed.before, closed.after, closed.becomes_public) == ("/a", OPEN, None, False)


def test_a_route_without_its_authentication_becomes_public() -> None:
    (change,) = changes(ingress("/a", auth="basic"), ingress("/a"))

    assert (change.before, change.after, change.becomes_public) == (CLOSED, OPEN, True)


def test_a_route_with_new_authentication_does_not_become_public() -> None:
    (change,) = changes(ingress("/a"), ingress("/a", auth="basic"))

    assert (change.before, change.after, change.becomes_public) == (OPEN, CLOSED, False)


def test_methods_with_the_same_change_are_reported_together() -> None:
    def route(*methods: str) -> dict[str, Any]:
        matches = [{"path": {"value": "/a"}, "method": each} for each in methods]
        found: dict[str, Any] = yaml.safe_load("""
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: web, namespace: shop}
            spec: {rules: [{backendRefs: [{name: web, port: 80}]}]}
        """)
        found["spec"]["rules"][0]["matches"] = matches
        return found

    (change,) = changes(route("GET"), route("GET", "POST", "PUT"))

    assert (change.methods, change.before, change.after) == (("POST", "PUT"), None, OPEN)
