"""How long `kubestock check` takes for plain manifests, and how that grows with their number.

    .venv/bin/python bench/rules.py [SERVICES ...]

prints a table in Markdown: CPU time (user and system) of reading and of each rule, medians of several runs, and the
exponent of the growth from the smallest number of services to the largest.
"""

import gc
import math
import resource
import statistics
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from kubestock.checks import Inventory, Rule, built_in_rules
from kubestock.cli.check.inputs import Objects
from kubestock.yaml.writer import to_yaml

Manifest = dict[str, Any]

NAMESPACE = "fleet"
SERVICES = (100, 300, 1430)
"""700, 2,100 and 10,010 objects, in addition to those of the namespace itself."""

_RUNS = 7
_ALL = "all"
_PORT = 8080
_WAVE = "argocd.argoproj.io/sync-wave"


def plain_objects(services: int) -> list[Manifest]:
    """Return the manifests of a namespace in which each service calls the next one: seven objects for each of them."""
    objects = [*_surroundings(services)]
    for number in range(services):
        objects += _service(number, services)
    return objects


def cpu_seconds(work: Callable[[], object]) -> float:
    """Return the CPU time that one call takes in this process."""
    before = resource.getrusage(resource.RUSAGE_SELF)
    work()
    after = resource.getrusage(resource.RUSAGE_SELF)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def times_of_rules(manifests: list[Manifest]) -> dict[str, float]:
    """Return the median CPU time of reading and of each rule; what rules share counts for the first that needs it."""
    text = to_yaml(manifests).encode()
    runs = [_run(text) for _ in range(_RUNS)]
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def exponent(small: tuple[int, float], large: tuple[int, float]) -> float:
    """Return the power of the number with which a time grows: 1 is linear, 2 is quadratic."""
    return math.log(large[1] / small[1]) / math.log(large[0] / small[0])


def table(services: Iterable[int]) -> Iterator[str]:
    """Yield the lines of the table, and the exponent."""
    times = {number: times_of_rules(plain_objects(number)) for number in sorted(services)}
    smallest, largest = min(times), max(times)
    names = sorted(times[largest], key=times[largest].__getitem__, reverse=True)
    yield f"| | {' | '.join(f'{7 * number:,} objects' for number in times)} | share |"
    yield "|---" * (len(times) + 2) + "|"
    for name in names:
        cells = (f"{1000 * each[name]:.1f} ms" for each in times.values())
        yield f"| {name} | {' | '.join(cells)} | {times[largest][name] / times[largest][_ALL]:.1%} |"
    growth = exponent((smallest, times[smallest][_ALL]), (largest, times[largest][_ALL]))
    yield f"\nGrowth exponent from {7 * smallest:,} to {7 * largest:,} objects: {growth:.2f}"


def _run(text: bytes) -> dict[str, float]:
    gc.collect()  # what earlier runs left is not charged to this one
    read, made = Objects(), list[Inventory]()
    times = {"(reading YAML)": cpu_seconds(lambda: read.add("fleet.yaml", text))}
    times["(the index)"] = cpu_seconds(lambda: made.append(Inventory(read.found)))
    for rule in built_in_rules():
        times[rule.id] = cpu_seconds(partial(_judge, rule, made[0]))
    return {_ALL: sum(times.values()), **times}


def _judge(rule: Rule, inventory: Inventory) -> list[object]:
    return list(rule(inventory))


def _surroundings(services: int) -> Iterator[Manifest]:
    restricted = {"labels": {"pod-security.kubernetes.io/enforce": "restricted"}, "annotations": {_WAVE: "-2"}}
    yield _object("v1", "Namespace", NAMESPACE, metadata=restricted)
    hard = {"pods": str(10 * services), "requests.cpu": str(services), "limits.memory": f"{4 * services}Gi"}
    yield _object("v1", "ResourceQuota", "quota", spec={"hard": hard})
    yield _object("v1", "LimitRange", "limits", spec={"limits": [_limits()]})
    nothing = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    yield _object("networking.k8s.io/v1", "NetworkPolicy", "deny-all", spec=nothing)
    resolver = {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
        "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
    }
    ports = [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}]
    dns = {"podSelector": {}, "policyTypes": ["Egress"], "egress": [{"to": [resolver], "ports": ports}]}
    yield _object("networking.k8s.io/v1", "NetworkPolicy", "dns", spec=dns)
    yield _object("scheduling.k8s.io/v1", "PriorityClass", "fleet-services", value=1000)
    reader = [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]}]
    yield _object("rbac.authorization.k8s.io/v1", "Role", "reader", rules=reader)


def _limits() -> Manifest:
    return {
        "type": "Container",
        "defaultRequest": {"cpu": "50m", "memory": "64Mi"},
        "default": {"cpu": "200m", "memory": "128Mi"},
        "min": {"cpu": "10m", "memory": "16Mi"},
        "max": {"cpu": "2", "memory": "2Gi"},
    }


def _service(number: int, services: int) -> Iterator[Manifest]:
    name, callee, caller = (_name((number + step) % services) for step in (0, 1, -1))
    data = {"LOG_LEVEL": "info", "PORT": str(_PORT), f"{callee}-url": f"http://{callee}.{NAMESPACE}.svc:80"}
    labels = _labels(name)
    yield _object("v1", "ServiceAccount", name, metadata={"labels": labels, "annotations": {_WAVE: "-1"}})
    yield _object("v1", "ConfigMap", name, metadata={"labels": labels, "annotations": {_WAVE: "-1"}}, data=data)
    rules: Manifest = {
        "podSelector": {"matchLabels": _selector(name)},
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [{"from": [{"podSelector": {"matchLabels": _selector(caller)}}], "ports": [{"port": "http"}]}],
        "egress": [{"to": [{"podSelector": {"matchLabels": _selector(callee)}}], "ports": [{"port": _PORT}]}],
    }
    yield _object("networking.k8s.io/v1", "NetworkPolicy", name, metadata={"labels": labels}, spec=rules)
    yield _object("apps/v1", "Deployment", name, metadata={"labels": labels}, spec=_deployment(name, callee))
    ports = [{"name": "http", "port": 80, "targetPort": "http"}]
    yield _object(
        "v1", "Service", name, metadata={"labels": labels}, spec={"selector": _selector(name), "ports": ports}
    )
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}
    scaling = {"minReplicas": 2, "maxReplicas": 6, "scaleTargetRef": target}
    yield _object("autoscaling/v2", "HorizontalPodAutoscaler", name, metadata={"labels": labels}, spec=scaling)
    budget = {"maxUnavailable": 1, "selector": {"matchLabels": _selector(name)}}
    yield _object("policy/v1", "PodDisruptionBudget", name, metadata={"labels": labels}, spec=budget)


def _deployment(name: str, callee: str) -> Manifest:
    spread = {"maxSkew": 1, "whenUnsatisfiable": "ScheduleAnyway", "labelSelector": {"matchLabels": _selector(name)}}
    pod = {
        "serviceAccountName": name,
        "priorityClassName": "fleet-services",
        "automountServiceAccountToken": False,
        "securityContext": {"runAsNonRoot": True, "runAsUser": 10001, "seccompProfile": {"type": "RuntimeDefault"}},
        "topologySpreadConstraints": [
            {"topologyKey": "topology.kubernetes.io/zone", **spread},
            {"topologyKey": "kubernetes.io/hostname", **spread},
        ],
        "containers": [_container(name, callee)],
        "volumes": [
            {"name": "tmp", "emptyDir": {"sizeLimit": "64Mi"}},
            {"name": "settings", "configMap": {"name": name}},
        ],
    }
    return {
        "selector": {"matchLabels": _selector(name)},
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
        "template": {"metadata": {"labels": _labels(name)}, "spec": pod},
    }


def _container(name: str, callee: str) -> Manifest:
    probe = {"httpGet": {"path": "/healthz", "port": "http"}, "periodSeconds": 10}
    return {
        "name": name,
        "image": f"ghcr.io/acme/{name}:1.0.0",
        "ports": [{"name": "http", "containerPort": _PORT}],
        "env": [
            {"name": "LOG_LEVEL", "value": "info"},
            {"name": "PORT", "valueFrom": {"configMapKeyRef": {"name": name, "key": "PORT"}}},
            {"name": "PEER_HOST", "value": callee},
            {"name": "PEER_URL", "value": "http://$(PEER_HOST):80"},
        ],
        "envFrom": [{"configMapRef": {"name": name}}],
        "readinessProbe": probe,
        "livenessProbe": probe,
        "startupProbe": probe,
        "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"cpu": "500m", "memory": "256Mi"}},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [{"name": "tmp", "mountPath": "/data"}, {"name": "settings", "mountPath": "/etc/settings"}],
    }


def _object(api_version: str, kind: str, name: str, *, metadata: Manifest | None = None, **fields: object) -> Manifest:
    within = {} if kind in ("Namespace", "PriorityClass") else {"namespace": NAMESPACE}
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name, **within, **(metadata or {})}, **fields}


def _name(number: int) -> str:
    return f"service-{number:04}"


def _selector(name: str) -> dict[str, str]:
    return {"app": name, "app.kubernetes.io/instance": name, "app.kubernetes.io/name": name}


def _labels(name: str) -> dict[str, str]:
    shared = {
        "app.kubernetes.io/component": "service",
        "app.kubernetes.io/managed-by": "bench",
        "app.kubernetes.io/part-of": NAMESPACE,
        "environment": "production",
    }
    return {**_selector(name), **shared}


if __name__ == "__main__":
    for line in table([int(each) for each in sys.argv[1:]] or SERVICES):
        sys.stdout.write(f"{line}\n")
