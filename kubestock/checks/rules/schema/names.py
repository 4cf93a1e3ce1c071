"""Rules about the syntax of names, keys and labels."""

from collections.abc import Callable, Iterator, Mapping

from kubestock.checks.definition import rule
from kubestock.checks.facts.apis import SERVED
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.facts.parts import Part, parts_of_type
from kubestock.checks.finding import Problem
from kubestock.errors import ConfigurationError
from kubestock.values import documents, labels, names
from kubestock.values.documents import Document, Path

_Form = Callable[[str, str], str]
_SHORTER = {"CronJob": 52}
"""Kinds with a shorter maximum: the names of the objects that they create are longer than their own."""

_OF_KIND: Mapping[str, _Form] = {"Service": names.service_name, "Namespace": names.dns_label}
_PATH_SEGMENT_KINDS = ("Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding", "PodDisruptionBudget")

_FORMS: Mapping[str, Mapping[tuple[str, ...], _Form]] = {
    "PodSpec": {
        ("serviceAccountName",): names.object_name,
        ("priorityClassName",): names.object_name,
        ("runtimeClassName",): names.object_name,
    },
    "Container": {("name",): names.dns_label},
    "ContainerPort": {("name",): names.port_name},
    "ServicePort": {
        ("name",): names.dns_label,
        ("targetPort",): names.port_name,
        ("appProtocol",): labels.qualified_name,
    },
    "HTTPGetAction": {("port",): names.port_name},
    "TCPSocketAction": {("port",): names.port_name},
    "NetworkPolicyPort": {("port",): names.port_name},
    "Volume": {("name",): names.dns_label},
    "IngressSpec": {("ingressClassName",): names.object_name},
    "IngressTLS": {("secretName",): names.object_name},
    "IngressBackend": {("service", "name"): names.service_name},
    "StatefulSetSpec": {("serviceName",): names.object_name},
    "KeySelector": {("key",): names.data_key, ("name",): names.object_name},
    "EnvFromSource": {("configMapRef", "name"): names.object_name, ("secretRef", "name"): names.object_name},
    "PodAffinityTerm": {("topologyKey",): labels.qualified_name},
}
_LABELS = {"ObjectMeta": ("labels",), "LabelSelector": ("matchLabels",), "PodSpec": ("nodeSelector",)}


@rule(
    "invalid-name",
    title="A name is invalid",
    source="https://kubernetes.io/docs/concepts/overview/working-with-objects/names/",
    fails="""
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: Orders_Settings}
        data: {level: info}
    """,
    passes="""
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: orders-settings}
        data: {level: info}
    """,
)
def invalid_name(inventory: Inventory) -> Iterator[Problem]:
    """The API server rejects the object."""
    for document in inventory.objects:
        yield from _of_object(document)
    for part, fields in _FORMS.items():
        for found in parts_of_type(inventory, part):
            for path, form in fields.items():
                given = documents.text(found.value, *path)
                if given and (error := _error(form, ".".join(map(str, path)), given)):
                    yield found.problem(error, fix="rename it", field=path)
    yield from _of_variables(inventory)
    for part in ("RoleRef", "CrossVersionObjectReference"):
        for found in parts_of_type(inventory, part):
            for field in ("kind", "name"):
                given = documents.text(found.value, field)
                if "/" in given or "%" in given:
                    message = f"{field} must not contain / or %, got {given!r}"
                    yield found.problem(message, fix="correct it", field=(field,))


@rule(
    "invalid-label",
    title="A label or an annotation is invalid",
    source="https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set",
    fails="""
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: orders, labels: {team: "team a"}}
        data: {level: info}
    """,
    passes="""
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: orders, labels: {team: team-a}}
        data: {level: info}
    """,
)
def invalid_label(inventory: Inventory) -> Iterator[Problem]:
    """The API server rejects the object."""
    for part, path in _LABELS.items():
        for found in parts_of_type(inventory, part):
            for key, value in documents.text_map(found.value, *path).items():
                yield from _of_label(found, path, key, value)
    for found in parts_of_type(inventory, "ServiceSpec"):
        for key, value in documents.text_map(found.value, "selector").items():
            yield from _of_label(found, ("selector",), key, value)
    for found in parts_of_type(inventory, "ObjectMeta"):
        given = documents.text_map(found.value, "annotations")
        for key in given:
            if error := _error(labels.qualified_name, "the key of an annotation", key.lower()):
                yield found.problem(error, fix="rename it", field=("annotations", key))
        if sum(map(labels.size_of, [*given, *given.values()])) > 256 * 1024:
            yield found.problem(
                "annotations must not exceed 256 KiB in total", fix="shorten them", field=("annotations",)
            )


def _of_object(document: Document) -> Iterator[Problem]:
    kind, given = documents.text(document, "kind"), documents.name(document)
    generated = documents.text(document, "metadata", "generateName")
    if not kind or not documents.text(document, "apiVersion"):
        return
    if not given:
        # Files of tools such as kustomize are not Kubernetes objects, and have no metadata.
        expected = kind in SERVED or "metadata" in document
        if expected and not generated and documents.mapping(document, "metadata").get("name") in (None, ""):
            yield Problem(document, "metadata.name is missing", fix="add it", field=("metadata",))
        return
    if error := _of_name(kind, given):
        yield Problem(document, error, fix="rename it", field=("metadata", "name"))
    namespace = documents.namespace(document)
    if namespace and (error := _error(names.dns_label, "metadata.namespace", namespace)):
        yield Problem(document, error, fix="correct it", field=("metadata", "namespace"))
    for field in ("data", "binaryData", "stringData") if kind in ("ConfigMap", "Secret") else ():
        for key in documents.mapping(document, field):
            if error := _error(names.data_key, f"the key {key!r} of {field}", key):
                yield Problem(document, error, fix="rename it", field=(field, key))


def _of_name(kind: str, given: str) -> str:
    if kind in _PATH_SEGMENT_KINDS:
        invalid = given in (".", "..") or "/" in given or "%" in given
        return f"metadata.name must not contain / or %, got {given!r}" if invalid else ""
    if kind == "PriorityClass" and given.startswith("system-"):
        return f"metadata.name must not begin with system-, which is reserved for Kubernetes, got {given!r}"
    longest = _SHORTER.get(kind)
    if longest is not None and len(given) > longest:
        return f"metadata.name of a {kind} must have at most {longest} characters, got {len(given)}"
    return _error(_OF_KIND.get(kind, names.object_name), "metadata.name", given)


def _of_variables(inventory: Inventory) -> Iterator[Problem]:
    # Kubernetes 1.32 and later accept any printable character except `=`. Earlier clusters reject the pod.
    for found in parts_of_type(inventory, "EnvVar"):
        given = documents.text(found.value, "name")
        if given and (error := _error(names.variable_name, "the name of a variable", given)):
            yield found.problem(error, fix="rename it", field=("name",))


def _of_label(found: Part, path: Path, key: str, value: str) -> Iterator[Problem]:
    error = _error(labels.qualified_name, "the key of a label", key)
    error = error or _error(labels.label_value, f"the label {key}", value)
    if error:
        yield found.problem(error, fix="change it", field=(*path, key))


def _error(form: _Form, what: str, given: str) -> str:
    """Return what is wrong with a text that must have a form, or an empty text if it is valid."""
    try:
        form(what, given)
    except ConfigurationError as error:
        return " ".join(str(error).split()).partition(";")[0]
    return ""
