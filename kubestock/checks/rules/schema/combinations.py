"""The rule about fields that exclude or require each other."""

from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.facts.parts import Part, parts_of_type
from kubestock.checks.finding import Problem
from kubestock.values import documents
from kubestock.values.documents import Path

_RBAC = "rbac.authorization.k8s.io"
_PUBLISHED = ("NodePort", "LoadBalancer")
_Error = tuple[str, str, Path]
"""The message, the fix, and the field of a problem."""


@rule(
    "invalid-combination",
    title="Two fields contradict each other",
    source="https://kubernetes.io/docs/reference/kubernetes-api/",
    fails="""
        apiVersion: v1
        kind: Pod
        metadata: {name: orders}
        spec:
          containers:
            - name: orders
              image: shop/orders:1.0
              env: [{name: NAME, value: orders, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]
    """,
    passes="""
        apiVersion: v1
        kind: Pod
        metadata: {name: orders}
        spec:
          containers:
            - name: orders
              image: shop/orders:1.0
              env: [{name: NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]
    """,
)
def invalid_combination(inventory: Inventory) -> Iterator[Problem]:
    """The API server rejects the object."""
    for part, check in _CHECKS:
        for found in parts_of_type(inventory, part):
            for message, fix, field in check(found):
                yield found.problem(message, fix=fix, field=field)


def _of_variable(found: Part) -> Iterator[_Error]:
    source = documents.at(found.value, "valueFrom")
    if source is None:
        return
    given = [name for name, value in documents.mapping(source).items() if value is not None]
    if documents.text(found.value, "value"):
        yield "a variable must not have both value and valueFrom", "keep one", ("valueFrom",)
    if len(given) != 1:
        yield f"valueFrom must have one source, got {' and '.join(given) or 'none'}", "keep one", ("valueFrom",)


def _of_env_from(found: Part) -> Iterator[_Error]:
    given = [name for name in ("configMapRef", "secretRef") if documents.at(found.value, name) is not None]
    if len(given) != 1:
        yield f"an item of envFrom must have one source, got {' and '.join(given) or 'none'}", "use one", ()


def _of_volume(found: Part) -> Iterator[_Error]:
    given = [name for name, value in documents.mapping(found.value).items() if name != "name" and value is not None]
    if len(given) > 1:
        yield f"a volume must have one source, got {' and '.join(sorted(given))}", "keep one", ()


def _of_strategy(found: Part) -> Iterator[_Error]:
    kind = documents.text(found.value, "type")
    if kind in ("Recreate", "OnDelete") and documents.at(found.value, "rollingUpdate") is not None:
        yield f"type {kind} must not have rollingUpdate", "remove it", ("rollingUpdate",)


def _of_toleration(found: Part) -> Iterator[_Error]:
    operator, value = documents.text(found.value, "operator"), documents.text(found.value, "value")
    if not documents.text(found.value, "key") and operator != "Exists":
        yield "a toleration without key must have operator Exists", "add a key", ("operator",)
    if operator == "Exists" and value:
        yield "operator Exists must not have a value", "remove it", ("value",)


def _of_container_security(found: Part) -> Iterator[_Error]:
    privileged = documents.at(found.value, "privileged") is True
    gains = privileged or "CAP_SYS_ADMIN" in documents.texts(found.value, "capabilities", "add")
    if gains and documents.at(found.value, "allowPrivilegeEscalation") is False:
        why = "privileged" if privileged else "the capability CAP_SYS_ADMIN"
        message = f"allowPrivilegeEscalation must not be false with {why}"
        yield message, "remove one of them", ("allowPrivilegeEscalation",)


def _of_spread(found: Part) -> Iterator[_Error]:
    if documents.sequence(found.value, "matchLabelKeys") and documents.at(found.value, "labelSelector") is None:
        yield "matchLabelKeys requires a labelSelector", "add it", ("matchLabelKeys",)


def _of_subject(found: Part) -> Iterator[_Error]:
    kind, group = documents.text(found.value, "kind"), documents.text(found.value, "apiGroup")
    wanted = {"User": _RBAC, "Group": _RBAC, "ServiceAccount": ""}.get(kind, group)
    if group and group != wanted:
        yield f"the apiGroup of a {kind} must be {wanted or 'empty'}, got {group!r}", "correct it", ("apiGroup",)


def _of_scaled(found: Part) -> Iterator[_Error]:
    kind = documents.text(found.value, "kind")
    if kind and kind != "ReplicationController" and "/" not in documents.text(found.value, "apiVersion"):
        yield f"the apiVersion of {kind} must contain its group, such as apps/v1", "add it", ("apiVersion",)


def _of_profiles(found: Part) -> Iterator[_Error]:
    for field in ("seccompProfile", "appArmorProfile"):
        local = documents.text(found.value, field, "type") == "Localhost"
        if local != bool(documents.text(found.value, field, "localhostProfile")):
            message = f"{field} must have a localhostProfile if its type is Localhost, and only then"
            if local or documents.text(found.value, field, "type"):
                yield message, "add it" if local else "remove it", (field,)


def _of_pod(found: Part) -> Iterator[_Error]:
    if documents.at(found.value, "hostNetwork") is not True:
        return
    for container in documents.mappings(found.value, "containers"):
        for port in documents.mappings(container, "ports"):
            host_port = documents.whole(port, "hostPort")
            if host_port and host_port != documents.whole(port, "containerPort"):
                yield (
                    f"hostPort must be equal to containerPort with hostNetwork, got {host_port}",
                    "remove it",
                    ("containers",),
                )


def _of_service(found: Part) -> Iterator[_Error]:
    kind = documents.text(found.value, "type") or "ClusterIP"
    if kind == "ExternalName":
        if not documents.text(found.value, "externalName"):
            yield "type ExternalName must have an externalName", "add it", ("type",)
        return
    if kind not in _PUBLISHED:
        if documents.text(found.value, "externalTrafficPolicy"):
            yield f"type {kind} must not have an externalTrafficPolicy", "remove it", ("externalTrafficPolicy",)
        for position, port in enumerate(documents.mappings(found.value, "ports")):
            if documents.whole(port, "nodePort"):
                yield f"type {kind} must not have a nodePort", "remove it", ("ports", position, "nodePort")
    elif documents.text(found.value, "clusterIP") == "None":
        yield f"type {kind} must not be headless", "remove clusterIP", ("clusterIP",)
    if kind != "LoadBalancer" and documents.sequence(found.value, "loadBalancerSourceRanges"):
        message = f"type {kind} must not have loadBalancerSourceRanges"
        yield message, "remove them", ("loadBalancerSourceRanges",)


def _of_peer(found: Part) -> Iterator[_Error]:
    by_labels = [each for each in ("podSelector", "namespaceSelector") if documents.at(found.value, each) is not None]
    by_range = documents.at(found.value, "ipBlock") is not None
    if by_range and by_labels:
        yield f"a peer must not have both ipBlock and {by_labels[0]}", "split it into two peers", ("ipBlock",)
    if not by_range and not by_labels:
        yield "a peer must have podSelector, namespaceSelector or ipBlock", "add one", ()


def _of_policy_port(found: Part) -> Iterator[_Error]:
    if documents.at(found.value, "endPort") is not None and documents.whole(found.value, "port") is None:
        yield "endPort requires a port that is a number", "set port to the first number", ("endPort",)


def _of_backend(found: Part) -> Iterator[_Error]:
    port = documents.mapping(found.value, "service", "port")
    if port.get("name") and port.get("number"):
        yield "the port of a backend must not have both name and number", "keep one", ("service", "port")


def _of_grant(found: Part) -> Iterator[_Error]:
    if not documents.sequence(found.value, "nonResourceURLs"):
        return
    if documents.text(found.document, "kind") == "Role":
        yield "a Role must not grant nonResourceURLs", "use a ClusterRole", ("nonResourceURLs",)
    if documents.sequence(found.value, "resources"):
        yield "a rule must not have both resources and nonResourceURLs", "split it into two rules", ("nonResourceURLs",)


def _of_config_map(found: Part) -> Iterator[_Error]:
    binary = documents.mapping(found.value, "binaryData")
    for key in documents.mapping(found.value, "data"):
        if key in binary:
            yield f"data and binaryData must not both have the key {key}", "keep one", ("binaryData", key)


_CHECKS = (
    ("EnvVar", _of_variable),
    ("EnvFromSource", _of_env_from),
    ("Volume", _of_volume),
    ("DeploymentStrategy", _of_strategy),
    ("StatefulSetUpdateStrategy", _of_strategy),
    ("Toleration", _of_toleration),
    ("SecurityContext", _of_container_security),
    ("SecurityContext", _of_profiles),
    ("PodSecurityContext", _of_profiles),
    ("TopologySpreadConstraint", _of_spread),
    ("Subject", _of_subject),
    ("CrossVersionObjectReference", _of_scaled),
    ("PodSpec", _of_pod),
    ("ServiceSpec", _of_service),
    ("NetworkPolicyPeer", _of_peer),
    ("NetworkPolicyPort", _of_policy_port),
    ("IngressBackend", _of_backend),
    ("PolicyRule", _of_grant),
    ("ConfigMap", _of_config_map),
)
