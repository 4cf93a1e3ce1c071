"""An override keeps plain numbers and texts in every field that the types declare as IntOrString or Quantity."""

import typing
from collections.abc import Iterator
from typing import Any

import cdk8s
import pytest
import yaml
from cdk8s_plus_27 import k8s

from kubestock.kube.objects import KubeObject

EMITTED = (
    ("apps/v1", "Deployment", k8s.DeploymentSpec),
    ("autoscaling/v2", "HorizontalPodAutoscaler", k8s.HorizontalPodAutoscalerSpecV2),
    ("networking.k8s.io/v1", "NetworkPolicy", k8s.NetworkPolicySpec),
    ("policy/v1", "PodDisruptionBudget", k8s.PodDisruptionBudgetSpec),
    ("v1", "LimitRange", k8s.LimitRangeSpec),
    ("v1", "PersistentVolumeClaim", k8s.PersistentVolumeClaimSpec),
    ("v1", "ResourceQuota", k8s.ResourceQuotaSpec),
    ("v1", "Service", k8s.ServiceSpec),
)
SCALARS: dict[type, tuple[Any, ...]] = {k8s.IntOrString: (3, "30%", "http"), k8s.Quantity: (3, 1.5, "250m")}


def fields(struct: type, path: tuple[str, ...], seen: tuple[type, ...]) -> Iterator[tuple[tuple[str, ...], type]]:
    """Yield the fields of a struct; `[]` is the item of a list, `{}` the value of a map."""
    if struct in seen:
        return
    hints = typing.get_type_hints(struct.__init__)  # type: ignore[misc]  # the constructor of a class, not of an object
    for name, hint in hints.items():
        if name != "return":
            camel = name.rstrip("_").split("_")
            field = camel[0] + "".join(word.capitalize() for word in camel[1:])
            yield from scalars(hint, (*path, field), (*seen, struct))


def scalars(hint: Any, path: tuple[str, ...], seen: tuple[type, ...]) -> Iterator[tuple[tuple[str, ...], type]]:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint in SCALARS:
        yield path, hint
    elif origin is typing.Union:
        for argument in arguments:
            if not (typing.get_origin(argument) is dict and typing.get_args(argument)[1] is Any):
                yield from scalars(argument, path, seen)
    elif origin is dict or str(origin) == "<class 'collections.abc.Mapping'>":
        yield from scalars(arguments[1], (*path, "{}"), seen)
    elif arguments:
        yield from scalars(arguments[0], (*path, "[]"), seen)
    elif isinstance(hint, type) and hint.__module__ == k8s.__name__:
        yield from fields(hint, path, seen)


def every_field() -> list[Any]:
    return [
        pytest.param(version, kind, path, values, id=f"{kind}.{'.'.join(path)}")
        for version, kind, struct in EMITTED
        for path, scalar in fields(struct, ("spec",), ())
        for values in [SCALARS[scalar]]
    ]


def test_the_fields_are_found() -> None:
    found = {each.id for each in every_field()}

    assert {
        "Deployment.spec.strategy.rollingUpdate.maxSurge",
        "Deployment.spec.template.spec.containers.[].resources.limits.{}",
        "Deployment.spec.template.spec.initContainers.[].readinessProbe.httpGet.port",
        "Deployment.spec.template.spec.volumes.[].emptyDir.sizeLimit",
        "HorizontalPodAutoscaler.spec.metrics.[].external.target.averageValue",
        "NetworkPolicy.spec.ingress.[].ports.[].port",
        "PodDisruptionBudget.spec.maxUnavailable",
        "ResourceQuota.spec.hard.{}",
        "Service.spec.ports.[].targetPort",
    } <= found
    assert len(found) >= 70


@pytest.mark.parametrize(("version", "kind", "path", "values"), every_field())
def test_a_plain_value_is_not_changed(version: str, kind: str, path: tuple[str, ...], values: tuple[Any, ...]) -> None:
    for value in values:
        chart = cdk8s.Chart(cdk8s.App(), "chart")
        thing = KubeObject(chart, "x", manifest={"apiVersion": version, "kind": kind, "metadata": {"name": "x"}})
        pointer = ""
        for step, following in zip(path, (*path[1:], None), strict=True):
            pointer += {"[]": "/0", "{}": "/key"}.get(step, f"/{step}")
            thing.override(pointer, value if following is None else [] if following == "[]" else {})

        found = yaml.safe_load(cdk8s.Yaml.stringify(*cdk8s.Testing.synth(chart)))
        for step in path:
            found = found[{"[]": 0, "{}": "key"}.get(step, step)]
        assert found == value
        assert type(found) is type(value)
