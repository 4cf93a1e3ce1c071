"""Fields that the API server requires although they are optional in its schema.

See https://kubernetes.io/docs/reference/kubernetes-api/
"""

from collections.abc import Iterator, Mapping

from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.facts.parts import Part, parts_of_type
from kubestock.values import documents
from kubestock.values.documents import Document, Path

_ALWAYS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "Container": (("name",), ("image",)),
    "HTTPGetAction": (("port",),),
    "TCPSocketAction": (("port",),),
    "PodSpec": (("containers",),),
    "PersistentVolumeClaimSpec": (("accessModes",), ("resources", "requests", "storage")),
    "CrossVersionObjectReference": (("kind",), ("name",)),
    "RoleRef": (("kind",), ("name",)),
    "Subject": (("kind",), ("name",)),
    "PolicyRule": (("verbs",),),
    "KeyToPath": (("key",), ("path",)),
    "KeySelector": (("key",), ("name",)),
    "LimitRangeItem": (("type",),),
    "EnvVar": (("name",),),
    "Volume": (("name",),),
    "VolumeMount": (("name",), ("mountPath",)),
    "TopologySpreadConstraint": (("topologyKey",), ("whenUnsatisfiable",)),
    "PodAffinityTerm": (("topologyKey",),),
    "IPBlock": (("cidr",),),
}
_IF_PRESENT: Mapping[str, tuple[tuple[str, str], ...]] = {
    "EnvFromSource": (("configMapRef", "name"), ("secretRef", "name")),
    "Volume": (("configMap", "name"), ("secret", "secretName"), ("persistentVolumeClaim", "claimName")),
    "MetricSpec": (("resource", "name"),),
}
_OF_OBJECTS: Mapping[str, Path] = {
    "Ingress": ("spec", "rules"),
    "PersistentVolumeClaim": ("spec", "accessModes"),
    "Service": ("spec", "ports"),
}
"""The path that is reported as missing for objects without a spec."""

_OF_METRICS = {
    "Resource": "resource",
    "ContainerResource": "containerResource",
    "Pods": "pods",
    "Object": "object",
    "External": "external",
}
_OF_TARGETS = {"Utilization": "averageUtilization", "AverageValue": "averageValue", "Value": "value"}
_EMPTY: tuple[object, ...] = (None, "", [], ())


def missing_fields(inventory: Inventory) -> Iterator[tuple[Part, Path]]:
    """Yield each part with the path of a required field that is missing."""
    for part, paths in _ALWAYS.items():
        for found in parts_of_type(inventory, part):
            yield from ((found, path) for path in paths if documents.at(found.value, *path) in _EMPTY)
    for kind, path in _OF_OBJECTS.items():
        for found in parts_of_type(inventory, kind):
            if not documents.mapping(found.value, "spec"):
                yield found, path
    for check in (_of_sources, _of_pods, _of_services, _of_autoscalers, _of_ingresses, _of_backends, _of_roles):
        yield from check(inventory)


def _of_sources(inventory: Inventory) -> Iterator[tuple[Part, Path]]:
    for part, fields in _IF_PRESENT.items():
        for found in parts_of_type(inventory, part):
            for holder, field in fields:
                if _is_present(found.value, holder) and not documents.text(found.value, holder, field):
                    yield found, (holder, field)


def _of_pods(inventory: Inventory) -> Iterator[tuple[Part, Path]]:
    for workload in inventory.workloads:
        if not workload.spec:
            yield Part(workload.document, workload.document), (*workload.pod_path, "containers")


def _of_roles(inventory: Inventory) -> Iterator[tuple[Part, Path]]:
    for found in parts_of_type(inventory, "PolicyRule"):
        if not documents.sequence(found.value, "nonResourceURLs"):
            for field in ("apiGroups", "resources"):
                if not documents.sequence(found.value, field):
                    yield found, (field,)


def _of_services(inventory: Inventory) -> Iterator[tuple[Part, Path]]:
    for found in parts_of_type(inventory, "ServiceSpec"):
        ports = documents.mappings(found.value, "ports")
        headless = documents.text(found.value, "clusterIP") == "None"
        if not ports and not headless and documents.text(found.value, "type") != "ExternalName":
            yield found, ("ports",)
        for position, port in enumerate(ports if len(ports) > 1 else ()):
            if not documents.text(port, "name"):
                yield found, ("ports", position, "name")


def _of_autoscalers(inventory: Inventory) -> Iterator[tuple[Part, Path]]:
    for found in parts_of_type(inventory, "MetricSpec"):
        source = _OF_METRICS.get(documents.text(found.value, "type"))
        if source is not None and not _is_present(found.value, source):
            yield found, (source,)
    for found in parts_of_type(inventory, "HPAScalingRules"):
        if documents.at(found.value, "policies") == []:
            yield found, ("policies",)
    for found in parts_of_type(inventory, "MetricTarget"):
        value = _OF_TARGETS.get(documents.text(found.value, "type"))
        if value is not None and not _is_present(found.value, value):
            yield found, (value,)


def _of_ingresses(inventory: Inventory) -> Iterator[tuple[Part, Path]]:
    for found in parts_of_type(inventory, "HTTPIngressPath"):
        if documents.text(found.value, "pathType") in ("Exact", "Prefix") and not documents.text(found.value, "path"):
            yield found, ("path",)
    for found in parts_of_type(inventory, "IngressSpec"):
        if not documents.sequence(found.value, "rules") and not _is_present(found.value, "defaultBackend"):
            yield found, ("rules",)
    for found in parts_of_type(inventory, "IngressRule"):
        if _is_present(found.value, "http") and not documents.sequence(found.value, "http", "paths"):
            yield found, ("http", "paths")


def _of_backends(inventory: Inventory) -> Iterator[tuple[Part, Path]]:
    for found in parts_of_type(inventory, "IngressBackend"):
        service = documents.mapping(found.value, "service")
        if not service and not _is_present(found.value, "resource"):
            yield found, ("service",)
        if service and not documents.text(service, "name"):
            yield found, ("service", "name")
        if service and documents.mapping(service, "port").keys().isdisjoint(("name", "number")):
            yield found, ("service", "port")


def _is_present(value: Document, field: str) -> bool:
    return documents.at(value, field) is not None
