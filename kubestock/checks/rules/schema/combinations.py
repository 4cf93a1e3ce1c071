"""Whether fields that exclude or need each other stand together."""

from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.facts.parts import Part, parts_of_type
from kubestock.checks.finding import Problem
from kubestock.values import documents
from kubestock.values.documents import Path

_RBAC = "rbac.authorization.k8s.io"
_PUBLISHED = ("NodePort", "LoadBalancer")
_Wrong = tuple[str, str, Path]
"""What is wrong, the fix, and the field."""


@rule(
    "invalid-combination",
    title="Two fields of a part contradict each other",
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
    """The API server refuses the object."""
    for part, judge in _JUDGES:
        for found in parts_of_type(inventory, part):
            for message, fix, field in judge(found):
                yield found.problem(message, fix=fix, field=field)


def _of_variable(found: Part) -> Iterator[_Wrong]:
    source = documents.at(found.value, "valueFrom")
    if source is None:
        return
    given = [name for name, value in documents.mapping(source).items() if value is not None]
    if documents.text(found.value, "value"):
        yield "a variable must not have both value and valueFrom", "keep one", ("valueFrom",)
    if len(given) != 1:
        yield f"valueFrom must name one source, got {' and '.join(given) or 'none'}", "keep one", ("valueFrom",)


def _of_env_from(found: Part) -> Iterator[_Wrong]:
    given = [name for name in ("configMapRef", "secretRef") if documents.at(found.value, name) is not None]
    if len(given) != 1:
        yield f"envFrom must name one source, got {' and '.join(given) or 'none'}", "name one", ()


def _of_volume(found: Part) -> Iterator[_Wrong]:
    given = [name for name, value in documents.mapping(found.value).items() if name != "name" and value is not None]
    if len(given) > 1:
        yield f"a volume must have one source, got {' and '.join(sorted(given))}", "keep one", ()


def _of_strategy(found: Part) -> Iterator[_Wrong]:
    kind = documents.text(found.value, "type")
    if kind in ("Recreate", "OnDelete") and documents.at(found.value, "rollingUpdate") is not None:
        yield f"type {kind} must not have rollingUpdate", "take it out", ("rollingUpdate",)


def _of_toleration(found: Part) -> Iterator[_Wrong]:
    operator, value = documents.text(found.value, "operator"), documents.text(found.value, "value")
    if not documents.text(found.value, "key") and operator != "Exists":
        yield "a toleration without key must have operator Exists", "add a key", ("operator",)
    if operator == "Exists" and value:
        yield "operator Exists must not have a value", "take it out", ("value",)


def _of_container_security(found: Part) -> Iterator[_Wrong]:
    privileged = documents.at(found.value, "privileged") is True
    gains = privileged or "CAP_SYS_ADMIN" in documents.texts(found.value, "capabilities", "add")
    if gains and documents.at(found.value, "allowPrivilegeEscalation") is False:
        why = "privileged" if privileged else "the capability CAP_SYS_ADMIN"
        message = f"allowPrivilegeEscalation must not be false with {why}"
        yield message, "take one out", ("allowPrivilegeEscalation",)


def _of_spread(found: Part) -> Iterator[_Wrong]:
    if documents.sequence(found.value, "matchLabelKeys") and documents.at(found.value, "labelSelector") is None:
        yield "matchLabelKeys must stand beside a labelSelector", "add it", ("matchLabelKeys",)


def _of_subject(found: Part) -> Iterator[_Wrong]:
    kind, group = documents.text(found.value, "kind"), documents.text(found.value, "apiGroup")
    wanted = {"User": _RBAC, "Group": _RBAC, "ServiceAccount": ""}.get(kind, group)
    if group and group != wanted:
        yield f"the apiGroup of a {kind} must be {wanted or 'empty'}, got {group!r}", "correct it", ("apiGroup",)


def _of_scaled(found: Part) -> Iterator[_Wrong]:
    kind = documents.text(found.value, "kind")
    if kind and kind != "ReplicationController" and "/" not in documents.text(found.value, "apiVersion"):
        yield f"the apiVersion of {kind} must name its group, such as apps/v1", "add it", ("apiVersion",)


def _of_profiles(found: Part) -> Iterator[_Wrong]:
    for field in ("seccompProfile", "appArmorProfile"):
        local = documents.text(found.value, field, "type") == "Localhost"
        if local != bool(documents.text(found.value, field, "localhostProfile")):
            message = f"{field} must have a localhostProfile where its type is Localhost, and only there"
            if local or documents.text(found.value, field, "type"):
                yield message, "add it" if local else "take it out", (field,)


def _of_pod(found: Part) -> Iterator[_Wrong]:
    if documents.at(found.value, "hostNetwork") is not True:
        return
    for container in documents.mappings(found.value, "containers"):
        for port in documents.mappings(container, "ports"):
            taken = documents.whole(port, "hostPort")
            if taken and taken != documents.whole(port, "containerPort"):
                yield (
                    f"hostPort must be the containerPort with hostNetwork, got {taken}",
                    "take it out",
                    ("containers",),
                )


def _of_service(found: Part) -> Iterator[_Wrong]:
    kind = documents.text(found.value, "type") or "ClusterIP"
    if kind == "ExternalName":
        if not documents.text(found.value, "externalName"):
            yield "type ExternalName must have an externalName", "add it", ("type",)
        return
    if kind not in _PUBLISHED:
        if documents.text(found.value, "externalTrafficPolicy"):
            yield f"type {kind} must not have an externalTrafficPolicy", "take it out", ("externalTrafficPolicy",)
        for position, port in enumerate(documents.mappings(found.value, "ports")):
            if documents.whole(port, "nodePort"):
                yield f"type {kind} must not have a nodePort", "take it out", ("ports", position, "nodePort")
    elif documents.text(found.value, "clusterIP") == "None":
        yield f"type {kind} must not be headless", "take clusterIP out", ("clusterIP",)
    if kind != "LoadBalancer" and documents.sequence(found.value, "loadBalancerSourceRanges"):
        message = f"type {kind} must not have loadBalancerSourceRanges"
        yield message, "take them out", ("loadBalancerSourceRanges",)


def _of_peer(found: Part) -> Iterator[_Wrong]:
    by_labels = [each for each in ("podSelector", "namespaceSelector") if documents.at(found.value, each) is not None]
    by_range = documents.at(found.value, "ipBlock") is not None
    if by_range and by_labels:
        yield f"a peer must not have both ipBlock and {by_labels[0]}", "make two peers", ("ipBlock",)
    if not by_range and not by_labels:
        yield "a peer must have podSelector, namespaceSelector or ipBlock", "add one", ()


def _of_policy_port(found: Part) -> Iterator[_Wrong]:
    if documents.at(found.value, "endPort") is not None and documents.whole(found.value, "port") is None:
        yield "endPort must stand beside a port that is a number", "write the number", ("endPort",)


def _of_backend(found: Part) -> Iterator[_Wrong]:
    port = documents.mapping(found.value, "service", "port")
    if port.get("name") and port.get("number"):
        yield "the port of a backend must not have both name and number", "keep one", ("service", "port")


def _of_grant(found: Part) -> Iterator[_Wrong]:
    if not documents.sequence(found.value, "nonResourceURLs"):
        return
    if documents.text(found.document, "kind") == "Role":
        yield "a Role must not grant nonResourceURLs", "make it a ClusterRole", ("nonResourceURLs",)
    if documents.sequence(found.value, "resources"):
        yield "a rule must not have both resources and nonResourceURLs", "make two rules", ("nonResourceURLs",)


def _of_config_map(found: Part) -> Iterator[_Wrong]:
    binary = documents.mapping(found.value, "binaryData")
    for key in documents.mapping(found.value, "data"):
        if key in binary:
            yield f"data and binaryData must not both have {key}", "keep one", ("binaryData", key)


_JUDGES = (
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
