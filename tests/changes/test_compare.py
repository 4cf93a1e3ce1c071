import copy
from typing import Any

import pytest

from kubestock.changes.change import Effect, FieldChange, ObjectChange, What
from kubestock.changes.compare import compare

Manifest = dict[str, Any]


def deployment(name: str = "web", **pod: Any) -> Manifest:
    container = {"name": "web", "image": "web:1", "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": "shop"},
        "spec": {
            "selector": {"matchLabels": {"app": name}},
            "template": {"metadata": {"labels": {"app": name}}, "spec": {"containers": [container], **pod}},
        },
    }


def config(kind: str = "ConfigMap", name: str = "settings", **fields: Any) -> Manifest:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, "namespace": "shop"}, **fields}


def custom(api_version: str, kind: str, **fields: Any) -> Manifest:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": "web", "namespace": "shop"}, **fields}


def container(manifest: Manifest) -> Manifest:
    found: Manifest = manifest["spec"]["template"]["spec"]["containers"][0]
    return found


def fields(before: Manifest, after: Manifest) -> list[FieldChange]:
    changes = compare([before], [after])
    return list(changes[0].fields) if changes else []


def described(changes: list[ObjectChange]) -> list[tuple[str, str]]:
    return [(change.reference, str(change.effect)) for change in changes]


def test_an_image_rolls_the_pods() -> None:
    after = deployment()
    container(after)["image"] = "web:2"
    changes = compare([deployment()], [after])

    assert described(changes) == [("Deployment/shop/web", "rolls pods")]
    assert changes[0].fields[0].where == "spec.template.spec.containers[web].image"
    assert (changes[0].fields[0].before, changes[0].fields[0].after) == ("web:1", "web:2")


def test_an_inserted_variable_is_one_change() -> None:
    after = deployment()
    container(after)["env"].insert(0, {"name": "C", "value": "3"})
    found = fields(deployment(), after)

    assert [(each.where, each.what) for each in found] == [("spec.template.spec.containers[web].env[C]", What.ADDED)]


def test_another_order_of_variables_is_a_change_as_in_kubernetes() -> None:
    after = deployment()
    container(after)["env"].reverse()
    found = fields(deployment(), after)

    assert [(each.where, each.before, each.after) for each in found] == [
        ("spec.template.spec.containers[web].env[(order)]", ["A", "B"], ["B", "A"])
    ]
    assert found[0].effect is Effect.ROLLS


def test_variables_with_the_same_name_are_compared_by_position() -> None:
    before, after = deployment(), deployment()
    container(before)["env"] = [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]
    container(after)["env"] = [{"name": "A", "value": "1"}, {"name": "A", "value": "3"}]

    assert [each.where for each in fields(before, after)] == ["spec.template.spec.containers[web].env[1].value"]


def test_an_inserted_rule_without_a_name_is_one_change() -> None:
    rules = [{"to": [], "ports": [{"port": port}]} for port in (53, 80, 443)]
    before = custom("networking.k8s.io/v1", "NetworkPolicy", spec={"egress": [rules[0], rules[2]]})
    after = custom("networking.k8s.io/v1", "NetworkPolicy", spec={"egress": rules})
    found = fields(before, after)

    assert [(each.where, each.what, each.effect) for each in found] == [("spec.egress[1]", What.ADDED, Effect.IN_FORCE)]


@pytest.mark.parametrize(
    ("before", "after", "places"),
    [([1, 2, 3], [2, 3, 4], ["spec.egress[0]", "spec.egress[2]"]), ([1, 2], [2, 2], ["spec.egress[0].ports[0].port"])],
    ids=["moved up", "equal now"],
)
def test_rules_without_names_are_matched_with_the_fewest_changes(
    before: list[int], after: list[int], places: list[str]
) -> None:
    old, new = (
        custom("networking.k8s.io/v1", "NetworkPolicy", spec={"egress": [{"ports": [{"port": port}]} for port in side]})
        for side in (before, after)
    )

    assert [each.where for each in fields(old, new)] == places


@pytest.mark.parametrize(
    ("before", "after"),
    [("1", "1000m"), ("1", 1), ("1Gi", "1024Mi"), ("0.5", "500m")],
)
def test_quantities_of_the_same_amount_are_equal(before: object, after: object) -> None:
    old, new = deployment(), deployment()
    container(old)["resources"] = {"limits": {"cpu": before}}
    container(new)["resources"] = {"limits": {"cpu": after}}
    quotas = [custom("v1", "ResourceQuota", spec={"hard": {"limits.cpu": each}}) for each in (before, after)]

    assert compare([old], [new]) == []
    assert compare(quotas[:1], quotas[1:]) == []


def test_text_that_only_looks_like_a_quantity_is_compared_as_text() -> None:
    assert fields(config(data={"limits": "1"}), config(data={"limits": "1000m"}))
    assert fields(config(data={"A": "1"}), config(data={"A": 1}))
    assert fields(deployment(hostNetwork=True), deployment(hostNetwork=1))


def test_null_is_absent_and_an_empty_rule_list_is_not() -> None:
    before = custom("networking.k8s.io/v1", "NetworkPolicy", spec={"ingress": None})
    after = custom("networking.k8s.io/v1", "NetworkPolicy", spec={})
    closed = custom("networking.k8s.io/v1", "NetworkPolicy", spec={"ingress": []})

    assert compare([before], [after]) == []
    assert [each.what for each in fields(after, closed)] == [What.ADDED]


def test_fields_that_the_server_sets_are_not_compared() -> None:
    live = deployment()
    live["status"] = {"replicas": 2}
    live["metadata"] |= {"uid": "a", "resourceVersion": "1", "generation": 3, "managedFields": [{"manager": "a"}]}
    live["metadata"] |= {"creationTimestamp": "2025-01-01T00:00:00Z", "annotations": {}}

    assert compare([live], [deployment()]) == []


def test_another_version_of_its_group_is_the_same_object() -> None:
    before = custom("autoscaling/v1", "HorizontalPodAutoscaler", spec={"maxReplicas": 2})
    after = custom("autoscaling/v2", "HorizontalPodAutoscaler", spec={"maxReplicas": 2})

    assert described(compare([before], [after])) == [("HorizontalPodAutoscaler/shop/web", "harmless")]


def test_a_namespace_of_a_cluster_scoped_object_is_ignored() -> None:
    stamped, plain = config("Namespace"), config("Namespace")
    plain["metadata"] = {"name": "settings"}

    assert [change.effect for change in compare([stamped], [plain])] == [Effect.IN_FORCE]


def test_a_renamed_object_is_deleted_and_created() -> None:
    changes = compare([deployment("web")], [deployment("shop")])

    assert described(changes) == [("Deployment/shop/web", "deleted"), ("Deployment/shop/shop", "created")]


@pytest.mark.parametrize(
    ("kind", "note"),
    [
        ("Namespace", "everything in it is deleted"),
        ("PersistentVolumeClaim", "its data is deleted"),
        ("SealedSecret", "its Secret is deleted"),
    ],
)
def test_a_note_says_what_is_deleted_with_an_object(kind: str, note: str) -> None:
    assert note in compare([config(kind)], [])[0].notes[0]


def test_the_most_urgent_change_comes_first() -> None:
    before = [
        config(name="a"),
        deployment(),
        config("Namespace"),
        custom("scheduling.k8s.io/v1", "PriorityClass", value=1),
    ]
    after = copy.deepcopy(before)
    after[0]["metadata"]["labels"] = {"app": "b"}
    container(after[1])["image"] = "web:2"
    after[2] = config(name="new")
    after[3]["value"] = 2
    effects = [change.effect for change in compare(before, after)]

    assert effects == [Effect.RECREATE, Effect.DELETED, Effect.ROLLS, Effect.CREATED, Effect.HARMLESS]


def with_spec(manifest: Manifest, **more: object) -> Manifest:
    return {**manifest, "spec": {**manifest["spec"], **more}}


def labelled(kind: str, **labels: str) -> Manifest:
    manifest = config(kind)
    return {**manifest, "metadata": {**manifest["metadata"], "labels": labels}}


def cron(**more: object) -> Manifest:
    return custom("batch/v1", "CronJob", spec={"suspend": False, **more})


MONITOR = "monitoring.coreos.com/v1"


@pytest.mark.parametrize(
    ("before", "after", "effect"),
    [
        (deployment(), with_spec(deployment(), replicas=3), Effect.SCALES),
        (deployment(), with_spec(deployment(), minReadySeconds=3), Effect.IN_FORCE),
        (deployment(), deployment(nodeName="a"), Effect.ROLLS),
        (deployment(), with_spec(deployment(nodeName="a"), paused=True), Effect.AT_START),
        (config("Namespace"), labelled("Namespace", team="a"), Effect.IN_FORCE),
        (config("Namespace"), labelled("Namespace", **{"pod-security.kubernetes.io/warn": "a"}), Effect.AT_START),
        (config("LimitRange", spec={}), config("LimitRange", spec={"limits": []}), Effect.AT_START),
        (config("ResourceQuota", spec={}), config("ResourceQuota", spec={"hard": {"pods": "1"}}), Effect.IN_FORCE),
        (config("ServiceAccount"), config("ServiceAccount", automountServiceAccountToken=False), Effect.AT_START),
        (custom(MONITOR, "PodMonitor"), custom(MONITOR, "PodMonitor", spec={"sampleLimit": 1}), Effect.IN_FORCE),
        (cron(), cron(jobTemplate={"a": 1}), Effect.AT_START),
        (cron(), cron(schedule="* * * * *"), Effect.IN_FORCE),
        (
            custom("scheduling.k8s.io/v1", "PriorityClass"),
            custom("scheduling.k8s.io/v1", "PriorityClass", description="a"),
            Effect.HARMLESS,
        ),
    ],
)
def test_each_change_has_its_effect(before: Manifest, after: Manifest, effect: Effect) -> None:
    assert effect in [field.effect for field in fields(before, after)]


def test_removed_replicas_have_a_note_that_they_become_one() -> None:
    without = deployment()
    (dropped,) = fields(with_spec(without, replicas=4), without)
    (raised,) = fields(with_spec(without, replicas=4), with_spec(without, replicas=5))

    assert dropped.effect is raised.effect is Effect.SCALES
    assert "becomes 1, until an autoscaler raises it: transfer its ownership first" in dropped.note
    assert raised.note == ""


@pytest.mark.parametrize(
    ("kind", "field", "effect"),
    [
        ("Deployment", "labels", Effect.HARMLESS),
        ("Deployment", "annotations", Effect.HARMLESS),
        ("Service", "labels", Effect.HARMLESS),
        ("Service", "annotations", Effect.IN_FORCE),
        ("PodMonitor", "labels", Effect.IN_FORCE),
        ("ServiceAccount", "annotations", Effect.AT_START),
    ],
)
def test_labels_and_annotations_without_an_effect_are_harmless(kind: str, field: str, effect: Effect) -> None:
    before, after = config(kind), config(kind)
    after["metadata"] = {**after["metadata"], field: {"example.com/a": "b"}}

    assert [each.effect for each in fields(before, after)] == [effect]


@pytest.mark.parametrize(
    ("kind", "field", "key"),
    [("Deployment", "annotations", "argocd.argoproj.io/sync-wave"), ("ConfigMap", "labels", "grafana_dashboard")],
)
def test_labels_and_annotations_with_an_effect_are_in_force_at_once(kind: str, field: str, key: str) -> None:
    before, after = config(kind), config(kind)
    after["metadata"] = {**after["metadata"], field: {key: "1"}}

    assert [each.effect for each in fields(before, after)] == [Effect.IN_FORCE]


def test_a_template_that_is_replaced_by_hand_rolls_nothing() -> None:
    manual = {"updateStrategy": {"type": "OnDelete"}}
    before, after = (with_spec({**deployment(**pod), "kind": "DaemonSet"}, **manual) for pod in ({}, {"nodeName": "a"}))
    changes = compare([before], [after])

    assert changes[0].effect is Effect.AT_START
    assert "OnDelete" in changes[0].notes[0]


def job(image: str, **annotations: str) -> Manifest:
    pod = {"containers": [{"name": "migrate", "image": image}]}
    meta = {"name": "migrate", "namespace": "shop", "annotations": annotations}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": meta, "spec": {"template": {"spec": pod}}}


@pytest.mark.parametrize(
    ("annotations", "effect"),
    [
        ({}, Effect.RECREATE),
        ({"argocd.argoproj.io/hook": "PreSync"}, Effect.HOOK),
        (
            {"argocd.argoproj.io/hook": "PreSync", "argocd.argoproj.io/hook-delete-policy": "BeforeHookCreation"},
            Effect.HOOK,
        ),
        (
            {"argocd.argoproj.io/hook": "PreSync", "argocd.argoproj.io/hook-delete-policy": "HookFailed"},
            Effect.RECREATE,
        ),
    ],
)
def test_a_job_is_immutable_and_a_hook_is_recreated(annotations: dict[str, str], effect: Effect) -> None:
    changes = compare([job("a:1", **annotations)], [job("a:2", **annotations)])

    assert [change.effect for change in changes] == [effect]


def test_a_kind_of_another_group_is_another_object() -> None:
    knative = custom("serving.knative.dev/v1", "Service", spec={"clusterIP": "None"})
    changes = compare([custom("v1", "Service", spec={})], [knative])

    assert {change.effect for change in changes} == {Effect.DELETED, Effect.CREATED}


def test_an_unknown_kind_has_a_note() -> None:
    before, after = (custom("example.com/v1", "Gadget", spec={"size": size}) for size in (1, 2))
    changes = compare([before], [after])

    assert changes[0].effect is Effect.IN_FORCE
    assert changes[0].notes == ("the immutable fields of this kind are unknown",)


def test_an_immutable_change_names_its_fields() -> None:
    before, after = (
        custom("apps/v1", "Deployment", spec={"selector": {"matchLabels": {"app": each}}}) for each in ("a", "b")
    )

    assert "immutable: spec.selector.matchLabels.app" in compare([before], [after])[0].notes


@pytest.mark.parametrize("kind", ["NetworkPolicy", "ResourceQuota", "LimitRange"])
def test_a_new_object_that_restricts_others_says_that_it_is_in_force_at_once(kind: str) -> None:
    versions = {"NetworkPolicy": "networking.k8s.io/v1"}
    (change,) = compare([], [custom(versions.get(kind, "v1"), kind)])

    assert change.effect is Effect.CREATED
    assert change.notes[0].startswith("in force at once: ")
