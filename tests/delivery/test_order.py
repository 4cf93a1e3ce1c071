"""The order in which a chart is applied: sync waves for Argo CD, and the same order in the file for kubectl."""

from itertools import pairwise

import cdk8s
import pytest
import support
from cdk8s_plus_27 import k8s
from support import Manifest, manifests
from workload.samples import PLATFORM, container, microservice

from kubestock import App, Chart
from kubestock.checks import findings
from kubestock.delivery.order import arrange, wave_of
from kubestock.kube import KubeObject, objects
from kubestock.kube.objects import meta
from kubestock.values.sync import HOOK, WAVE
from kubestock.workload.hook import Hook
from kubestock.workload.job import Job
from kubestock.workload.joboptions import JobOptions
from kubestock.workload.ports import Port
from kubestock.workload.statefulset import StatefulSet


@pytest.fixture(scope="module")
def production() -> list[Manifest]:
    return support.production()


def wave(manifest: Manifest) -> int:
    annotations = manifest["metadata"].get("annotations", {})
    return 1000 if annotations.get(HOOK) == "PostSync" else int(annotations.get(WAVE, "0"))


def test_the_file_is_in_the_order_of_the_waves(production: list[Manifest]) -> None:
    assert all(wave(one) <= wave(next_one) for one, next_one in pairwise(production))
    assert len({wave(each) for each in production}) > 5


def test_the_namespace_comes_first_and_limits_before_the_workloads(production: list[Manifest]) -> None:
    kinds = [each["kind"] for each in production]

    assert kinds[0] == "Namespace"
    assert kinds.index("ResourceQuota") < kinds.index("Deployment")
    assert max(i for i, kind in enumerate(kinds) if kind == "NetworkPolicy") < kinds.index("Deployment")
    assert max(i for i, kind in enumerate(kinds) if kind == "SealedSecret") < kinds.index("Deployment")


def test_each_kind_of_production_has_its_wave(production: list[Manifest]) -> None:
    found = {(each["kind"], each["metadata"]["name"]): wave(each) for each in production}

    assert found["Namespace", "kubestock-production"] == -2
    assert found["ServiceAccount", "kong"] == -1
    assert found["SealedSecret", "jwt-signing"] == 0
    assert found["Deployment", "ms-product"] == found["Service", "ms-product"] == 2
    assert found["Deployment", "kong"] == found["Service", "kong"] == 3
    assert found["HorizontalPodAutoscaler", "kong"] == found["PrometheusRule", "kubestock"] == 4
    assert found["Job", "smoke-test"] == 1000


def test_no_sealed_secret_has_a_wave_that_its_secret_would_get(production: list[Manifest]) -> None:
    sealed = [each for each in production if each["kind"] == "SealedSecret"]

    assert len(sealed) > 1
    assert not [each for each in sealed if WAVE in str(each)]


def test_reports_a_dependency_in_a_later_wave(production: list[Manifest]) -> None:
    late = [
        {**each, "metadata": {**each["metadata"], "annotations": {WAVE: "9"}}}
        if each["metadata"]["name"] == "ms-product-config"
        else each
        for each in production
    ]

    assert [str(each) for each in findings(late) if each.rule == "apply-order"] == [
        "Deployment/kubestock-production/ms-product: is applied before ConfigMap 'ms-product-config', which it needs; "
        "set an earlier wave on that object [apply-order]"
    ]


def test_an_object_with_a_wave_keeps_it(app: cdk8s.App) -> None:
    chart = Chart(app, "shop", namespace="shop")
    own = k8s.KubeConfigMap.manifest(metadata=meta("flags", annotations={WAVE: "7"}), data={"a": "b"})
    KubeObject(chart, "config", manifest=own)
    microservice(chart)
    arrange(chart)

    assert [each["metadata"]["name"] for each in manifests(chart)][-1] == "flags"
    assert wave_of(manifests(chart)[-1]) == 7


def test_objects_of_one_wave_keep_the_order_of_their_creation(app: cdk8s.App) -> None:
    chart = App.of(Chart(app, "shop", namespace="shop")).charts[0]
    for name in ("b", "a", "c"):
        KubeObject(chart, name, manifest=k8s.KubeConfigMap.manifest(metadata=meta(name), data={"a": "b"}))
    arrange(chart)

    assert [each["metadata"]["name"] for each in manifests(chart)] == ["b", "a", "c"]
    assert all("annotations" not in each["metadata"] for each in manifests(chart))


def test_a_database_comes_before_the_migration_and_the_workloads_that_call_it(app: cdk8s.App) -> None:
    chart = Chart(app, "shop", namespace="shop")
    orders = microservice(chart)
    run, hook = JobOptions(deadline_seconds=60), Hook(phase="Sync")
    plain = container(ports=())
    migration = Job(chart, "migrate", name="migrate", platform=PLATFORM, container=plain, options=run, hook=hook)
    main = container(ports=(Port(5432, name="sql"),))
    database = StatefulSet(chart, "db", name="db", platform=PLATFORM, container=main, config={"LEVEL": "info"})
    orders.calls(database)
    migration.calls(database)
    arrange(chart)
    found = objects.manifests(chart)
    order = [(each["kind"], each["metadata"]["name"]) for each in found]

    assert findings(found) == []
    assert order.index(("ConfigMap", "db-config")) < order.index(("StatefulSet", "db"))
    assert order.index(("Service", "db-pods")) < order.index(("StatefulSet", "db"))
    assert order.index(("StatefulSet", "db")) < order.index(("Job", "migrate")) < order.index(("Deployment", "orders"))
    assert [wave_of(each, {"db"}) for each in found if each["metadata"]["name"] == "db-pods"] == [0]
    assert [each for each in found if each["kind"] == "StatefulSet" and WAVE in str(each)] == []


def external(wave_of_store: str | None) -> list[Manifest]:
    """An external secret before its store, in an order that no chart writes."""
    metadata = {"namespace": "shop", "annotations": {} if wave_of_store is None else {WAVE: wave_of_store}}
    version = "external-secrets.io/v1"
    spec = {"secretStoreRef": {"kind": "SecretStore", "name": "aws"}, "data": [{"secretKey": "A"}]}
    return [
        {"apiVersion": version, "kind": "SecretStore", "metadata": {"name": "aws", **metadata}},
        {
            "apiVersion": version,
            "kind": "ExternalSecret",
            "metadata": {"name": "db", "namespace": "shop"},
            "spec": spec,
        },
    ]


def test_an_external_secret_comes_after_its_store() -> None:
    store, secret = external(None)

    assert wave_of(store) < wave_of(secret) == 0
    assert not findings(external("-1"))
    assert "is applied before SecretStore 'aws', which it needs" in str(findings(external("3"))[0])
