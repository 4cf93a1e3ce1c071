import pytest
from shop import Manifest, main, messages_of, pod, shop, the

RULES = ("references", "bound-role")
OWNER = "Deployment/shop/ms-orders"
FIX = "which is not in the manifests; add it, correct the name, or declare it as provided"


def with_variable(source: str, **chosen: object) -> list[Manifest]:
    chart = shop()
    main(chart, "ms-orders")["env"].append({"name": "EXTRA", "valueFrom": {source: chosen}})
    return chart


def with_volume(**volume: object) -> list[Manifest]:
    chart = shop()
    pod(chart, "ms-orders")["volumes"].append({"name": "extra", **volume})
    return chart


@pytest.mark.parametrize(
    ("source", "kind"),
    [("secretKeyRef", "Secret"), ("configMapKeyRef", "ConfigMap")],
    ids=["secret", "config"],
)
def test_finds_a_variable_from_a_missing_object(source: str, kind: str) -> None:
    assert messages_of(with_variable(source, name="ms-order", key="A"), *RULES) == [
        f"{OWNER}: variable EXTRA of container 'ms-orders' refers to {kind} 'ms-order', {FIX}"
    ]
    assert messages_of(with_variable(source, name="ms-order", key="A", optional=True), *RULES) == []


@pytest.mark.parametrize(
    ("source", "name", "has"),
    [
        (
            "secretKeyRef",
            "ms-orders",
            "Secret 'ms-orders' and its key 'A', but it has the keys DB_PASSWORD, config.json",
        ),
        (
            "configMapKeyRef",
            "settings",
            "ConfigMap 'settings' and its key 'A', but it has the keys INVENTORY_URL, inventory-host",
        ),
    ],
    ids=["sealed", "config"],
)
def test_finds_a_variable_from_a_key_that_does_not_exist(source: str, name: str, has: str) -> None:
    assert messages_of(with_variable(source, name=name, key="A"), *RULES) == [
        f"{OWNER}: variable EXTRA of container 'ms-orders' refers to {has}; correct the key, or add it"
    ]


def test_the_template_of_a_sealed_secret_adds_keys() -> None:
    assert messages_of(with_variable("secretKeyRef", name="ms-orders", key="config.json"), *RULES) == []


def test_finds_env_from_a_missing_object() -> None:
    chart = shop()
    main(chart, "ms-orders")["envFrom"] = [{"configMapRef": {"name": "a"}}, {"secretRef": {"name": "b"}}]

    assert messages_of(chart, *RULES) == [
        f"{OWNER}: envFrom of container 'ms-orders' refers to ConfigMap 'a', {FIX}",
        f"{OWNER}: envFrom of container 'ms-orders' refers to Secret 'b', {FIX}",
    ]


@pytest.mark.parametrize(
    ("volume", "missing"),
    [
        ({"configMap": {"name": "a"}}, "ConfigMap 'a'"),
        ({"secret": {"secretName": "a"}}, "Secret 'a'"),
        ({"projected": {"sources": [{"secret": {"name": "a"}}]}}, "Secret 'a'"),
        ({"projected": {"sources": [{"configMap": {"name": "a"}}]}}, "ConfigMap 'a'"),
        ({"persistentVolumeClaim": {"claimName": "a"}}, "PersistentVolumeClaim 'a'"),
    ],
    ids=["config", "secret", "projected-secret", "projected-config", "claim"],
)
def test_finds_a_volume_of_a_missing_object(volume: Manifest, missing: str) -> None:
    assert messages_of(with_volume(**volume), *RULES) == [f"{OWNER}: volume 'extra' refers to {missing}, {FIX}"]


def test_finds_a_volume_of_a_missing_key() -> None:
    items = [{"key": "config.yaml", "path": "config.yaml"}]

    assert messages_of(with_volume(secret={"secretName": "ms-orders", "items": items}), *RULES) == [
        f"{OWNER}: volume 'extra' refers to Secret 'ms-orders' and its key 'config.yaml', but it has the keys "
        "DB_PASSWORD, config.json; correct the key, or add it"
    ]


@pytest.mark.parametrize(
    ("field", "value", "missing"),
    [
        ("serviceAccountName", "ms-order", "ServiceAccount 'ms-order'"),
        ("priorityClassName", "shop", "PriorityClass 'shop'"),
        ("imagePullSecrets", [{"name": "registry"}], "Secret 'registry'"),
    ],
)
def test_finds_a_pod_that_refers_to_a_missing_object(field: str, value: object, missing: str) -> None:
    chart = shop()
    pod(chart, "ms-orders")[field] = value

    assert messages_of(chart, *RULES) == [f"{OWNER}: {field} refers to {missing}, {FIX}"]


@pytest.mark.parametrize(
    ("field", "value"), [("serviceAccountName", "default"), ("priorityClassName", "system-cluster-critical")]
)
def test_objects_of_every_cluster_need_no_manifest(field: str, value: str) -> None:
    chart = shop()
    pod(chart, "ms-orders")[field] = value

    assert messages_of(chart, *RULES) == []


def test_finds_a_reference_to_an_object_in_another_namespace() -> None:
    chart = shop()
    for document in chart:
        if document["kind"] == "SealedSecret":
            document["metadata"]["namespace"] = "staging"
    messages = messages_of(chart, *RULES)

    assert len(messages) == 2
    assert all("refers to Secret 'ms-orders', which is not in the manifests" in each for each in messages)


@pytest.mark.parametrize(
    "maker",
    [
        {"apiVersion": "cert-manager.io/v1", "kind": "Certificate", "spec": {"secretName": "made"}},
        {
            "apiVersion": "external-secrets.io/v1",
            "kind": "ExternalSecret",
            "spec": {"target": {"name": "made"}},
        },
    ],
    ids=["certificate", "external"],
)
def test_keys_of_a_secret_that_a_controller_creates_are_not_checked(maker: Manifest) -> None:
    chart = with_variable("secretKeyRef", name="made", key="tls.crt")

    assert messages_of(chart, *RULES)
    assert messages_of([*chart, {**maker, "metadata": {"name": "any", "namespace": "shop"}}], *RULES) == []


@pytest.mark.parametrize("kind", ["Role", "ClusterRole"])
def test_finds_a_binding_to_a_role_that_does_not_exist(kind: str) -> None:
    chart = shop()
    binding = the(chart, "RoleBinding", "reader")
    binding["roleRef"] = {"kind": kind, "name": "reading"}

    assert messages_of(chart, *RULES) == [f"RoleBinding/shop/reader: roleRef refers to {kind} 'reading', {FIX}"]


def test_finds_a_secret_in_plain_text_without_showing_it() -> None:
    chart = shop()
    for field in ("data", "stringData"):
        identity = {"name": field.lower(), "namespace": "shop"}
        chart.append({"apiVersion": "v1", "kind": "Secret", "metadata": identity, field: {"a": "TOP"}})
    identity = {"name": "token", "namespace": "shop"}
    chart.append({"apiVersion": "v1", "kind": "Secret", "metadata": identity, "type": "example.com/empty"})

    assert messages_of(chart, "plain-secret") == [
        f"Secret/shop/{name}: is a Secret in plain text; seal it: commit a SealedSecret of that name instead"
        for name in ("data", "stringdata")
    ]


@pytest.mark.parametrize(
    ("argument", "problems"),
    [
        ("--config=/etc/orders/config.json", 0),
        ("/etc/orders/config.json", 0),
        ("--folder=/etc/orders", 0),
        ("--folder=/etc/orders/", 0),
        ("--config=/etc/orders/config.yaml", 1),
        ("/etc/orders/conf/config.json", 1),
        ("/etc/orders/*.json", 0),
        ("/etc/other/config.yaml", 0),
        ("/tmp/written/later", 0),  # noqa: S108  # an emptyDir
        ("cat /etc/orders/none", 0),
    ],
)
def test_the_path_of_a_file_in_a_volume_must_be_one_of_its_keys(argument: str, problems: int) -> None:
    chart = shop()
    main(chart, "ms-orders")["args"] = [argument]

    assert len(messages_of(chart, "mounted-file")) == problems


def test_a_folder_in_a_volume_must_contain_a_key() -> None:
    chart = shop()
    (config, _) = pod(chart, "ms-orders")["volumes"]
    config["secret"]["items"][0]["path"] = "conf/config.json"
    main(chart, "ms-orders")["env"] = [{"name": "CONF", "value": "/etc/orders/conf"}]

    assert messages_of(chart, "mounted-file") == []

    main(chart, "ms-orders")["env"] = [{"name": "CONF", "value": "/etc/orders/config"}]

    assert messages_of(chart, "mounted-file") == [
        "Deployment/shop/ms-orders: CONF of container 'ms-orders' is /etc/orders/config, but the volume that is "
        "mounted there does not contain this file; correct the path or the key: the volumes have "
        "/etc/orders/conf/config.json"
    ]
