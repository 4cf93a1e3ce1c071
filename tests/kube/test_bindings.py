"""The bindings of this library give the same result as Node.js, for every struct that the library uses."""

import ast
import collections.abc
import datetime
import enum
import inspect
import typing
from pathlib import Path
from typing import Any

import cdk8s_plus_27
import pytest
from kubestock_crds.com import bitnami
from kubestock_crds.com.coreos import monitoring
from kubestock_crds.io import argoproj, external_secrets

import kubestock
from kubestock.kube import bindings
from kubestock.kube.bindings import to_manifest

MODULES: dict[str, Any] = {
    "k8s": cdk8s_plus_27.k8s,
    "bitnami": bitnami,
    "monitoring": monitoring,
    "argoproj": argoproj,
    "external_secrets": external_secrets,
}


def used() -> list[tuple[str, str]]:
    """All names of the bindings that the library uses, in any of its files."""
    found = set()
    for path in Path(kubestock.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in MODULES:
                module, name = node.value.id, node.attr
                if isinstance(getattr(MODULES[module], name, None), type):
                    found.add((module, name))
    return sorted(found)


USED = used()
STRUCTS = {name for module, name in USED if hasattr(getattr(MODULES[module], name), "__jsii_name_mapping__")}
KINDS = [
    *((module, name) for module, name in USED if hasattr(MODULES[module], f"{name}Props")),
    ("argoproj", "AppProject"),
    ("argoproj", "Application"),
    ("bitnami", "SealedSecret"),
    ("external_secrets", "ExternalSecret"),
    ("monitoring", "PodMonitor"),
    ("monitoring", "PrometheusRule"),
]
SCALARS = {str: "text", int: 7, bool: True, float: 7}


class Filled:
    """Structs with a value in every field, recursively, and the names of the structs in them."""

    def __init__(self) -> None:
        self.made: set[str] = set()

    def struct(self, kind: Any) -> Any:
        self.made.add(kind.__name__)
        hints = typing.get_type_hints(kind.__init__, kind.__init__.__globals__)
        return kind(**{name: self.value(hint) for name, hint in hints.items() if name != "return"})

    def value(self, hint: Any) -> Any:
        arguments = [each for each in typing.get_args(hint) if each is not type(None)]
        origin = typing.get_origin(hint)
        if origin is typing.Union:
            return self.value(arguments[0])
        if origin in (list, collections.abc.Sequence):
            item = self.value(arguments[0])
            return None if item is None else [item]
        if origin in (dict, collections.abc.Mapping):
            return {"key": self.value(arguments[1])}
        if hasattr(hint, "__jsii_name_mapping__"):
            return None if needs_a_member(hint) else self.struct(hint)
        return leaf(hint)


def needs_a_member(kind: Any) -> bool:
    """Whether a struct requires a member of an enumeration, which `leaf` leaves out."""
    hints = typing.get_type_hints(kind.__init__, kind.__init__.__globals__)
    needed = [name for name, each in inspect.signature(kind).parameters.items() if each.default is each.empty]
    return any(isinstance(hints[name], type) and issubclass(hints[name], enum.Enum) for name in needed)


def leaf(hint: Any) -> Any:
    if hasattr(hint, "from_string"):
        return hint.from_string("1")
    if isinstance(hint, type) and issubclass(hint, enum.Enum | datetime.datetime):
        return None  # the bindings here take texts, and leave enumerations to the generated ones
    return SCALARS.get(hint, "text")


@pytest.fixture(scope="module")
def manifests() -> tuple[dict[str, tuple[Any, Any]], set[str]]:
    """For each kind, the manifest with every field from Node.js and from this library; and the structs in them."""
    filled, found = Filled(), {}
    for module, name in KINDS:
        generated = MODULES[module]
        props = filled.struct(getattr(generated, f"{name}Props"))
        theirs = getattr(generated, name).manifest(**props._values)
        ours = getattr(getattr(bindings, module), name).manifest(**props._values)
        found[name] = (theirs, to_manifest(ours))
    return found, filled.made


@pytest.mark.parametrize("kind", [name for _, name in KINDS])
def test_a_manifest_with_every_field_equals_that_of_node(
    manifests: tuple[dict[str, tuple[Any, Any]], set[str]], kind: str
) -> None:
    theirs, ours = manifests[0][kind]

    assert ours == theirs


def test_every_struct_that_the_library_uses_was_compared(
    manifests: tuple[dict[str, tuple[Any, Any]], set[str]],
) -> None:
    assert len(STRUCTS) > 80
    assert manifests[1] >= STRUCTS


def test_a_member_of_an_enumeration_equals_that_of_node() -> None:
    theirs = monitoring.PodMonitor.manifest(spec=_keeping(monitoring))
    ours = bindings.monitoring.PodMonitor.manifest(spec=_keeping(bindings.monitoring))

    assert to_manifest(ours) == theirs


def _keeping(module: Any) -> Any:
    step = module.PodMonitorSpecPodMetricsEndpointsMetricRelabelings(
        action=module.PodMonitorSpecPodMetricsEndpointsMetricRelabelingsAction.KEEP
    )
    endpoint = module.PodMonitorSpecPodMetricsEndpoints(metric_relabelings=[step])
    return module.PodMonitorSpec(selector=module.PodMonitorSpecSelector(), pod_metrics_endpoints=[endpoint])


def test_a_struct_is_a_dict_whose_fields_can_be_read_by_their_python_names() -> None:
    spec = bindings.k8s.ServiceSpec(cluster_ip="None", external_i_ps=None)

    assert spec == {"clusterIP": "None"}
    assert spec.cluster_ip == "None"
    assert spec.selector is None


def test_a_struct_of_the_generated_bindings_is_accepted_too() -> None:
    peer = cdk8s_plus_27.k8s.NetworkPolicyPort(port=cdk8s_plus_27.k8s.IntOrString.from_number(53), end_port=54)

    assert to_manifest([peer]) == [{"endPort": 54, "port": 53}]
