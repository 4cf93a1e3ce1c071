"""The rules take linear time.

The tests count executed lines of code, which do not depend on the load of the machine.
"""

import json
import runpy
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from counting import lines_run
from shop import Manifest

from kubestock.checks import Inventory, Rule, built_in_rules, findings

plain_objects = runpy.run_path(str(Path(__file__).parent.parent.parent / "bench" / "rules.py"))["plain_objects"]


def neighbours(services: int) -> list[Manifest]:
    """Each service calls the next one."""
    manifests: list[Manifest] = plain_objects(services)
    return manifests


def namespaces(services: int) -> list[Manifest]:
    """Each service has its own namespace with all objects that belong to it."""
    one = json.dumps(plain_objects(1))
    return [each for number in range(services) for each in json.loads(one.replace("fleet", f"fleet-{number:04}"))]


def hub(services: int) -> list[Manifest]:
    """All services call the first one, whose policies select each of them, and use one ConfigMap with all addresses."""
    manifests = neighbours(services)
    namespace, *rest = manifests
    first, *others = [each for each in manifests if each["kind"] == "Deployment"]
    center = first["spec"]["selector"]
    callers = {each["metadata"]["name"]: each["spec"]["selector"] for each in others}
    for deployment in others:
        _call_hub(deployment, f"http://{first['metadata']['name']}")
    return [
        namespace,
        {**_named("v1", "ConfigMap", "addresses"), "data": {name: f"http://{name}" for name in callers}},
        *(_named("external-secrets.io/v1", "ExternalSecret", name) for name in callers),
        _policy("all-to-hub", center, "ingress", "from", [*callers.values()]),
        *(_policy(f"from-{name}", center, "ingress", "from", [own]) for name, own in callers.items()),
        *(_policy(f"{name}-to-hub", own, "egress", "to", [center]) for name, own in callers.items()),
        *rest,
    ]


def entered(services: int) -> list[Manifest]:
    """One Kong, one Ingress and one route lead to all services; each is scraped, and one project deploys them all."""
    manifests = neighbours(services)
    names = [each["metadata"]["name"] for each in manifests if each["kind"] == "Service"]
    selectors = [each["spec"]["selector"] for each in manifests if each["kind"] == "Deployment"]
    return [*manifests, *_entries(names), *_kong(names), *map(_monitor, names, selectors), *_delivery()]


def _entries(names: list[str]) -> list[Manifest]:
    paths = [{"path": f"/{name}", "pathType": "Prefix", "backend": _backend(name)} for name in names]
    rules = [{"backendRefs": [{"name": name, "port": 80}]} for name in names]
    ingress = {"ingressClassName": "alb", "rules": [{"http": {"paths": paths}}]}
    opened = [{"from": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}]
    return [
        {**_named("networking.k8s.io/v1", "Ingress", "all"), "spec": ingress},
        {**_named("gateway.networking.k8s.io/v1", "HTTPRoute", "all"), "spec": {"rules": rules}},
        {
            **_named("networking.k8s.io/v1", "NetworkPolicy", "open"),
            "spec": {"podSelector": {}, "policyTypes": ["Ingress"], "ingress": opened},
        },
    ]


def _backend(name: str) -> Manifest:
    return {"service": {"name": name, "port": {"number": 80}}}


def _kong(names: list[str]) -> list[Manifest]:
    """Return one Kong with an upstream for each service."""
    file: Manifest = {
        "_format_version": "3.0",
        "upstreams": [{"name": f"{name}.upstream", "targets": [{"target": f"{name}:80"}]} for name in names],
        "services": [{"name": name, "host": f"{name}.upstream", "plugins": [{"name": "acl"}]} for name in names],
    }
    data = {"kong.yml": json.dumps(file).replace('{"_format_version', '{\n"_format_version')}
    variable = {"name": "KONG_DECLARATIVE_CONFIG", "value": "/kong/kong.yml"}
    container: Manifest = {"name": "kong", "image": "kong:3.9", "env": [variable], "ports": [{"containerPort": 8000}]}
    container["volumeMounts"] = [{"name": "config", "mountPath": "/kong"}]
    restricted = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    container["securityContext"] = {**restricted, "runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
    pod = {"containers": [container], "volumes": [{"name": "config", "configMap": {"name": "kong"}}]}
    egress = {"podSelector": {"matchLabels": {"app": "kong"}}, "policyTypes": ["Egress"], "egress": [{}]}
    gateway = _named("v1", "Pod", "kong")
    gateway["metadata"]["labels"] = {"app": "kong"}
    return [
        {**_named("v1", "ConfigMap", "kong"), "data": data},
        {**_named("networking.k8s.io/v1", "NetworkPolicy", "kong"), "spec": egress},
        {**gateway, "spec": pod},
    ]


def _monitor(name: str, selector: Manifest) -> Manifest:
    spec = {"selector": selector, "podMetricsEndpoints": [{"port": "http"}]}
    return {**_named("monitoring.coreos.com/v1", "PodMonitor", name), "spec": spec}


def _delivery() -> list[Manifest]:
    where = {"server": "https://kubernetes.default.svc", "namespace": "fleet"}
    cluster = [{"group": "*", "kind": "*"}]
    project = {"sourceRepos": ["*"], "destinations": [where], "clusterResourceWhitelist": cluster}
    application = {"project": "fleet", "source": {"repoURL": "https://git.example.com/fleet"}, "destination": where}
    return [
        {**_named("argoproj.io/v1alpha1", "AppProject", "fleet"), "spec": project},
        {**_named("argoproj.io/v1alpha1", "Application", "fleet"), "spec": application},
    ]


def _call_hub(deployment: Manifest, address: str) -> None:
    name, pod = deployment["metadata"]["name"], deployment["spec"]["template"]["spec"]
    shared = {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"environment": "production"}}}
    pod["affinity"] = {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [shared]}}
    (container,) = pod["containers"]
    container["envFrom"].append({"configMapRef": {"name": "addresses"}})
    container["env"] += [
        {"name": "HUB_URL", "value": address},
        {"name": "OWN_URL", "valueFrom": {"configMapKeyRef": {"name": "addresses", "key": name}}},
        {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": name, "key": "password"}}},
    ]


def _policy(name: str, pods: Manifest, direction: str, peers: str, selectors: list[Manifest]) -> Manifest:
    rule = {peers: [{"podSelector": each} for each in selectors], "ports": [{"port": 8080}]}
    spec = {"podSelector": pods, "policyTypes": [direction.capitalize()], direction: [rule]}
    return {**_named("networking.k8s.io/v1", "NetworkPolicy", name), "spec": spec}


def _named(api_version: str, kind: str, name: str) -> Manifest:
    annotations = {"argocd.argoproj.io/sync-wave": "-1"}
    return {
        "apiVersion": api_version,
        "kind": kind,
        "metadata": {"name": name, "namespace": "fleet", "annotations": annotations},
    }


def lines_of_rules(manifests: list[Manifest]) -> Counter[str]:
    """Return the number of executed lines for the inventory and for each rule."""
    made: list[Inventory] = []
    lines = Counter({"Inventory": lines_run(lambda: made.append(Inventory(manifests)))})
    for rule in built_in_rules():
        lines[rule.id] = lines_run(partial(_judge, rule, made[0]))
    return lines


def _judge(rule: Rule, inventory: Inventory) -> list[object]:
    return list(rule(inventory))


@pytest.mark.parametrize("shape", [neighbours, namespaces, hub, entered])
def test_each_rule_takes_the_same_time_for_each_additional_service(shape: Callable[[int], list[Manifest]]) -> None:
    findings(shape(4))  # quantities are parsed once, and schemas compiled
    few, more, most = (lines_of_rules(shape(services)) for services in (4, 8, 12))
    first, second = more - few, most - more
    growing = {rule: (first[rule], second[rule]) for rule in most if second[rule] > 1.01 * first[rule] + 2}

    assert growing == {}
    assert first.total() > 4 * 100


@pytest.mark.parametrize("shape", [neighbours, namespaces, hub, entered])
def test_the_counted_manifests_have_no_findings(shape: Callable[[int], list[Manifest]]) -> None:
    assert findings(shape(3)) == []
