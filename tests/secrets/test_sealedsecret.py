import base64
from dataclasses import replace

import cdk8s
import pytest
import sealed
from support import Manifest, as_yaml, find, manifests
from syrupy.assertion import SnapshotAssertion
from workload.samples import PLATFORM, container, microservice

from kubestock import App, Chart
from kubestock.errors import ConfigurationError
from kubestock.secrets.certificates import PinnedCertificate
from kubestock.secrets.scopes import SealingScope
from kubestock.secrets.sealedsecret import SealedSecret
from kubestock.secrets.store import StoredSecret
from kubestock.secrets.template import SecretTemplate
from kubestock.secrets.types import SecretType

LABELS = PLATFORM.labels("orders")


def add(
    chart: cdk8s.Chart,
    secret: StoredSecret,
    *,
    template: SecretTemplate = SecretTemplate(),
    certificates: dict[str, PinnedCertificate] = sealed.PINNED,
    id: str = "secret",
) -> SealedSecret:
    return SealedSecret(chart, id, secret=secret, certificates=certificates, labels=LABELS, template=template)


def fixed(secret: StoredSecret) -> StoredSecret:
    """Return the secret with constant ciphertexts, for a snapshot."""
    form = base64.b64encode(b"\x01\x00" + bytes(256 + 16)).decode()
    return replace(secret, values={key: replace(each, ciphertext=form) for key, each in secret.values.items()})


def test_the_smallest_sealed_secret(chart: cdk8s.Chart, yaml_snapshot: SnapshotAssertion) -> None:
    add(chart, fixed(sealed.secret("orders-db", "DB_PASSWORD")))

    assert as_yaml(manifests(chart)) == yaml_snapshot


def test_the_fullest_sealed_secret(chart: cdk8s.Chart, yaml_snapshot: SnapshotAssertion) -> None:
    secret = fixed(sealed.secret("edge", "tls.crt", "tls.key", type=SecretType.TLS, scope=SealingScope.NAMESPACE_WIDE))
    template = SecretTemplate(
        labels={"example.com/tier": "edge"},
        annotations={"example.com/owner": "platform"},
        data={"bundle.pem": '{{ index . "tls.crt" }}{{ index . "tls.key" }}'},
    )
    add(chart, secret, template=template)

    assert as_yaml(manifests(chart)) == yaml_snapshot


def user(secret: StoredSecret) -> Manifest:
    chart = cdk8s.Chart(cdk8s.App(), "shop", namespace="shop")
    password = add(chart, secret)["DB_PASSWORD"]
    microservice(chart, main=container(env={"DB_PASSWORD": password}))
    pods = find(chart, "Deployment", "orders")["spec"]["template"]
    assert isinstance(pods, dict)
    return pods


def test_a_workload_refers_to_a_key() -> None:
    variables = user(sealed.secret())["spec"]["containers"][0]["env"]
    source = {"name": "orders-db", "key": "DB_PASSWORD"}

    assert {"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": source}} in variables


def test_a_workload_rolls_only_when_a_ciphertext_changes() -> None:
    secret = sealed.secret()
    newer = sealed.with_value(secret, "DB_USER", sealed.value("shop/orders-db"))
    before, same, after = (user(each)["metadata"]["annotations"] for each in (secret, secret, newer))

    assert before == same
    assert before != after


def test_refuses_a_reference_to_a_key_that_was_not_sealed(chart: cdk8s.Chart) -> None:
    secret = add(chart, sealed.secret(), template=SecretTemplate(data={"URL": "{{ .DB_USER }}"}))

    assert secret["URL"].key == "URL"
    with pytest.raises(ConfigurationError, match=r"one of its keys \(DB_PASSWORD, DB_USER, URL\), got 'DB_HOST'"):
        _ = secret["DB_HOST"]


@pytest.mark.parametrize("scope", SealingScope)
def test_the_template_has_the_metadata_of_the_object(app: cdk8s.App, scope: SealingScope) -> None:
    chart = cdk8s.Chart(app, "shop", namespace="shop", labels={"team": "orders"})
    secret = add(chart, sealed.secret(scope=scope), template=SecretTemplate(annotations={"example.com/a": "b"}))
    secret.object.override("/metadata/labels/late", "yes")
    document = find(chart, "SealedSecret", "orders-db")
    template = document["spec"]["template"]["metadata"]

    assert template == {field: document["metadata"][field] for field in ("labels", "annotations")}
    assert template["labels"].items() >= {"team": "orders", "late": "yes"}.items()
    assert scope.annotations.items() <= template["annotations"].items()


def test_refuses_an_override_of_the_metadata_of_the_template(chart: cdk8s.Chart) -> None:
    secret = add(chart, sealed.secret())

    with pytest.raises(ConfigurationError, match="is a copy of /metadata, got '/spec/template/metadata/labels/a'"):
        secret.object.override("/spec/template/metadata/labels/a", "b")


@pytest.mark.parametrize(
    ("path", "value", "what"),
    [
        ("/spec/encryptedData/DB_USER", "swordfish", "ciphertexts"),
        ("/spec/encryptedData", {}, "ciphertexts"),
        ("/metadata/name", "moved", "name and namespace"),
        ("/metadata/namespace", "moved", "name and namespace"),
        ("/metadata/annotations", {"sealedsecrets.bitnami.com/cluster-wide": "true"}, "scope"),
        ("/metadata/annotations", {"sealedsecrets.bitnami.com/namespace-wide": "true"}, "scope"),
        ("/spec/template/type", "kubernetes.io/tls", "type and templates"),
        ("/spec/template/data", {"DB_HOST": "swordfish"}, "type and templates"),
        ("/spec/template", {"type": "Opaque", "metadata": {"labels": {"a": "b"}}}, "template's metadata"),
        ("/kind", "Secret", "kind"),
    ],
)
def test_refuses_an_override_of_a_sealed_field(chart: cdk8s.Chart, path: str, value: object, what: str) -> None:
    secret = add(chart, sealed.secret())
    before = as_yaml(manifests(chart))
    for change in (secret.object.override, lambda *it: secret.object.add_json_patch(cdk8s.JsonPatch.add(*it))):
        with pytest.raises(ConfigurationError, match=f"SealedSecret 'orders-db' must keep its {what}") as caught:
            change(path, value)
        assert "swordfish" not in str(caught.value)

    assert as_yaml(manifests(chart)) == before


def test_refuses_an_override_that_removes_the_scope(chart: cdk8s.Chart) -> None:
    secret = add(chart, sealed.secret(scope=SealingScope.CLUSTER_WIDE))

    with pytest.raises(ConfigurationError, match="must keep its scope"):
        secret.object.remove("/metadata/annotations")


def test_accepts_an_override_of_other_fields(chart: cdk8s.Chart) -> None:
    secret = add(chart, sealed.secret())
    secret.object.override("/spec/template/immutable", value=False)
    secret.object.add_json_patch(cdk8s.JsonPatch.add("/metadata/annotations", {"argocd.argoproj.io/sync-wave": "-1"}))
    document = find(chart, "SealedSecret", "orders-db")

    assert document["spec"]["template"]["immutable"] is False
    assert document["spec"]["template"]["metadata"]["annotations"] == {"argocd.argoproj.io/sync-wave": "-1"}


@pytest.mark.parametrize("library", [App, cdk8s.App])
def test_refuses_at_synth_a_scope_that_was_added_without_an_override(library: type[cdk8s.App]) -> None:
    app = library()
    secret = add(Chart(app, "shop", namespace="shop"), sealed.secret())
    assert app.synth_yaml()
    secret.object.metadata.add_annotation("sealedsecrets.bitnami.com/cluster-wide", "true")

    with pytest.raises(
        (ConfigurationError, RuntimeError),
        match="SealedSecret 'orders-db' must keep its scope: otherwise its values do not open",
    ):
        app.synth_yaml()


def test_the_construct_itself_may_add_templates(app: cdk8s.App) -> None:
    chart = cdk8s.Chart(app, "shop", namespace="shop")
    secret = add(chart, sealed.secret())
    user = {"name": "DB_USER"}
    secret.render("URL", lambda: f"{{{{ .{user['name']} }}}}")
    before = secret.ref
    user["name"] = "DB_PASSWORD"

    assert find(chart, "SealedSecret", "orders-db")["spec"]["template"]["data"] == {"URL": "{{ .DB_PASSWORD }}"}
    assert secret.ref.keys == before.keys
    assert secret.ref.checksum != before.checksum
    with pytest.raises(ConfigurationError, match="must keep its type and templates"):
        secret.object.override("/spec/template/data/URL", "swordfish")


def test_refuses_a_second_template_for_a_key(chart: cdk8s.Chart) -> None:
    secret = add(chart, sealed.secret(), template=SecretTemplate(data={"DSN": "{{ .DB_USER }}"}))
    secret.render("URL", lambda: "{{ .DB_USER }}")

    for key in ("URL", "DSN"):
        with pytest.raises(ConfigurationError, match=f"key '{key}' of secret 'orders-db' must have one template"):
            secret.render(key, lambda: "{{ .DB_PASSWORD }}")
    data = find(chart, "SealedSecret", "orders-db")["spec"]["template"]["data"]
    assert data == {"DSN": "{{ .DB_USER }}", "URL": "{{ .DB_USER }}"}


def test_refuses_a_template_computed_later_that_names_an_unsealed_key(chart: cdk8s.Chart) -> None:
    secret = add(chart, sealed.secret())
    secret.render("URL", lambda: "{{ .DB_USR }}")

    with pytest.raises(ConfigurationError, match="names DB_USR, which is not one of its values"):
        find(chart, "SealedSecret", "orders-db")


def test_refuses_a_chart_in_another_namespace(app: cdk8s.App) -> None:
    chart = cdk8s.Chart(app, "other", namespace="other")

    with pytest.raises(ConfigurationError, match="was sealed for namespace 'shop', but its chart is in 'other'"):
        add(chart, sealed.secret())


def test_refuses_a_chart_without_a_namespace(app: cdk8s.App) -> None:
    with pytest.raises(ConfigurationError, match="must be in a chart with a namespace"):
        add(cdk8s.Chart(app, "none"), sealed.secret())


def test_refuses_a_renamed_secret(chart: cdk8s.Chart) -> None:
    renamed = replace(sealed.secret(), name="orders-database")

    with pytest.raises(
        ConfigurationError, match="'shop/orders-db' and opens only there, not as 'shop/orders-database'"
    ):
        add(chart, renamed)


@pytest.mark.parametrize("scope", [SealingScope.NAMESPACE_WIDE, SealingScope.CLUSTER_WIDE])
def test_a_broader_scope_accepts_another_name(chart: cdk8s.Chart, scope: SealingScope) -> None:
    add(chart, replace(sealed.secret(scope=scope), name="orders-database"))

    assert find(chart, "SealedSecret", "orders-database")["metadata"]["annotations"] == scope.annotations


def test_refuses_a_scope_other_than_the_one_it_was_sealed_with(chart: cdk8s.Chart) -> None:
    with pytest.raises(ConfigurationError, match="was sealed in scope strict, but its secret has scope cluster-wide"):
        add(chart, replace(sealed.secret(), scope=SealingScope.CLUSTER_WIDE))


def test_refuses_a_plaintext_without_showing_it(chart: cdk8s.Chart) -> None:
    secret = sealed.secret()
    plain = replace(secret.values["DB_USER"], ciphertext="swordfish")
    with pytest.raises(ConfigurationError, match=r"orders-db\.DB_USER must be a ciphertext") as caught:
        add(chart, sealed.with_value(secret, "DB_USER", plain))

    assert "swordfish" not in str(caught.value) + repr(plain)


def test_refuses_the_ciphertext_of_a_key_of_another_size(chart: cdk8s.Chart) -> None:
    larger = replace(sealed.CERTIFICATE, modulus_bits=4096)

    with pytest.raises(ConfigurationError, match="512 for the certificate it was sealed with, got 256"):
        add(chart, sealed.secret(), certificates={larger.fingerprint: larger})


def test_refuses_a_certificate_that_is_not_pinned(chart: cdk8s.Chart) -> None:
    with pytest.raises(ConfigurationError, match="'aaaaaaaaaaaa', which is not pinned in the store"):
        add(chart, sealed.secret(), certificates={})


def test_refuses_an_empty_secret(chart: cdk8s.Chart) -> None:
    with pytest.raises(ConfigurationError, match="secret 'orders-db' must have at least one key"):
        add(chart, replace(sealed.secret(), values={}))


def test_refuses_values_that_together_exceed_the_limit_of_a_secret(chart: cdk8s.Chart) -> None:
    with pytest.raises(ConfigurationError, match="must have at most 1048576 bytes, got 1200000"):
        add(chart, sealed.secret("big", "A", "B", plaintext=bytes(600_000)))


def test_refuses_two_secrets_with_the_same_name(chart: cdk8s.Chart) -> None:
    add(chart, sealed.secret())
    add(chart, sealed.secret(), id="again")

    with pytest.raises(ConfigurationError, match="SealedSecret/shop/orders-db: exists twice"):
        chart.to_json()


@pytest.mark.parametrize(
    ("type", "keys", "message"),
    [
        (SecretType.TLS, ("tls.crt",), "must have tls.key"),
        (SecretType.TLS, ("a",), "must have tls.crt and tls.key"),
        (SecretType.REGISTRY, ("config.json",), "must have .dockerconfigjson"),
        (SecretType.SSH_AUTH, ("key",), "must have ssh-privatekey"),
        (SecretType.BASIC_AUTH, ("user",), "must have username or password"),
    ],
)
def test_refuses_a_type_without_its_keys(
    chart: cdk8s.Chart, type: SecretType, keys: tuple[str, ...], message: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        add(chart, sealed.secret("a", *keys, type=type))

    assert f"is of type {type} and {message}" in str(caught.value)


@pytest.mark.parametrize(
    ("type", "keys"),
    [
        (SecretType.TLS, ("tls.crt", "tls.key")),
        (SecretType.REGISTRY, (".dockerconfigjson",)),
        (SecretType.SSH_AUTH, ("ssh-privatekey",)),
        (SecretType.BASIC_AUTH, ("password",)),
    ],
)
def test_each_type_accepts_its_keys(chart: cdk8s.Chart, type: SecretType, keys: tuple[str, ...]) -> None:
    add(chart, sealed.secret("a", *keys, type=type))

    assert find(chart, "SealedSecret", "a")["spec"]["template"]["type"] == type.value


@pytest.mark.parametrize(
    "text",
    [
        "{{ .DB_USER }}",
        '{{ index . "DB_USER" }}',
        '{{ printf "%s.org" .DB_USER | b64enc }}',
        "plain .text",
        "{{ $x.y }}",
        "{{ $.DB_USER }}",
        "{{/* not .DB_HOST */}}{{ .DB_USER }}{{- /* nor '{{ .DB_PORT' */ -}}",
        '{{ "}}" }}{{ `{{ .DB_HOST` }}{{ printf "%c" \'"\' }}}}',
        '{{ if eq .DB_USER "x" }}a{{ else if .DB_USER }}b{{- end -}}{{ with .DB_USER }}{{ . }}{{ end }}',
    ],
)
def test_a_template_may_name_a_sealed_key(chart: cdk8s.Chart, text: str) -> None:
    add(chart, sealed.secret(), template=SecretTemplate(data={"URL": text}))

    assert find(chart, "SealedSecret", "orders-db")["spec"]["template"]["data"] == {"URL": text}


@pytest.mark.parametrize(
    "text",
    [
        "{{ .DB_USR }}",
        "{{ $.DB_USR }}",
        '{{ index . "DB_USR" }}',
        '{{ index $ "DB_USR" }}',
        "{{ index . `DB_USR` }}",
        "{{- .DB_USER -}}{{ .DB_USR | quote }}",
    ],
)
def test_refuses_a_template_that_names_an_unsealed_key(chart: cdk8s.Chart, text: str) -> None:
    with pytest.raises(ConfigurationError, match="template 'URL' of secret 'orders-db' names DB_USR, which is not"):
        add(chart, sealed.secret(), template=SecretTemplate(data={"URL": text}))


@pytest.mark.parametrize(
    "text",
    ["{{ .DB_USER", "{{ .DB_USER }", "a }}{{", '{{ "}} ', "{{ if .DB_USER }}x", "x{{ end }}", "{{ end }}{{ if .A }}"],
)
def test_refuses_a_template_that_the_controller_cannot_parse(text: str) -> None:
    with pytest.raises(ConfigurationError, match="template data 'URL' must close each "):
        SecretTemplate(data={"URL": text})


def test_refuses_a_key_that_is_sealed_and_templated(chart: cdk8s.Chart) -> None:
    with pytest.raises(ConfigurationError, match="key 'DB_USER' of secret 'orders-db' is both a value and a template"):
        add(chart, sealed.secret(), template=SecretTemplate(data={"DB_USER": "x"}))


def test_refuses_invalid_templates() -> None:
    with pytest.raises(ConfigurationError, match=r"annotations must not have 'sealedsecrets.bitnami.com/cluster-wide'"):
        SecretTemplate(annotations={"sealedsecrets.bitnami.com/cluster-wide": "true"})
    with pytest.raises(ConfigurationError, match="template data 'k' must refer to sealed values, got a private key"):
        SecretTemplate(data={"k": "-----BEGIN " + "PRIVATE KEY-----"})
    with pytest.raises(ConfigurationError, match="a key of template data"):
        SecretTemplate(data={"a b": "x"})
