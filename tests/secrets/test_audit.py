import copy
from dataclasses import replace
from datetime import timedelta
from typing import Any

import sealed
from keyring import TODAY

from kubestock.secrets import audit as audits
from kubestock.secrets.audit import Audit, Code
from kubestock.secrets.certificates import SAMPLE_SUBJECT
from kubestock.secrets.store import SecretStore
from kubestock.secrets.types import SecretType

Manifest = dict[str, Any]


def workload(name: str, spec: Manifest, kind: str = "Deployment") -> Manifest:
    return {"kind": kind, "metadata": {"name": name}, "spec": {"template": {"spec": spec}}}


def with_env(name: str, *keys: str, of: str = "orders-db", optional: bool = False) -> Manifest:
    source = {"name": of, "optional": True} if optional else {"name": of}
    env = [{"name": key, "valueFrom": {"secretKeyRef": {**source, "key": key}}} for key in keys]
    return workload(name, {"containers": [{"env": env}]})


def sealed_secret(name: str = "orders-db", data: dict[str, str] | None = None) -> Manifest:
    return {"kind": "SealedSecret", "metadata": {"name": name}, "spec": {"template": {"data": data}}}


def synthesized(store: SecretStore, manifests: list[Manifest]) -> list[Manifest]:
    """Return the manifests with the ciphertexts of a store in each SealedSecret without ciphertexts."""
    made = copy.deepcopy(manifests)
    for each in made:
        name = each["metadata"]["name"]
        if each["kind"] == "SealedSecret" and name in store.secrets:
            values = store[name].values
            each["spec"].setdefault("encryptedData", {key: value.ciphertext for key, value in values.items()})
    return made


def audit(store: SecretStore, manifests: list[Manifest], *others: Any, **options: Any) -> Audit:
    return audits.audit(store, synthesized(store, manifests), *others, **options)


CLEAN = [sealed_secret(), with_env("orders", "DB_USER", "DB_PASSWORD")]


def audited(store: SecretStore | None = None, manifests: list[Manifest] | None = None) -> Audit:
    given = CLEAN if manifests is None else manifests
    return audit(store or sealed.store(sealed.secret()), given, TODAY, sealed.CERTIFICATE)


def found(report: Audit) -> set[tuple[str, str, str | None]]:
    return {(str(each.code), each.secret, each.key) for each in report.findings}


def test_a_store_without_defects_has_no_findings() -> None:
    report = audited()

    assert found(report) == set()
    assert not report.fails
    assert [(each.secret, each.key, each.used_by) for each in report.keys] == [
        ("orders-db", "DB_PASSWORD", ("Deployment/orders",)),
        ("orders-db", "DB_USER", ("Deployment/orders",)),
    ]


def test_every_kind_of_reference_to_a_secret_is_a_use() -> None:
    whole = {"name": "orders-db"}
    users = [
        workload("from", {"containers": [{"envFrom": [{"secretRef": whole}]}]}),
        workload("init", {"initContainers": [{"envFrom": [{"secretRef": whole}]}]}, "StatefulSet"),
        workload("volume", {"volumes": [{"secret": {"secretName": "orders-db"}}]}),
        workload("item", {"volumes": [{"secret": {"secretName": "orders-db", "items": [{"key": "DB_USER"}]}}]}),
        workload("projected", {"volumes": [{"projected": {"sources": [{"secret": whole}]}}]}),
        workload("pull", {"imagePullSecrets": [whole]}),
        {"kind": "Ingress", "metadata": {"name": "edge"}, "spec": {"tls": [{"secretName": "orders-db"}]}},
        {"kind": "ServiceAccount", "metadata": {"name": "account"}, "imagePullSecrets": [whole]},
        {"kind": "ServiceMonitor", "metadata": {"name": "scrape"}, "spec": {"bearerTokenSecret": whole}},
        {"kind": "Issuer", "metadata": {"name": "dns"}, "spec": {"apiTokenSecretRef": whole}},
        with_env("optional", "DB_USER", optional=True),
        with_env("foreign", "DB_USER") | {"metadata": {"name": "foreign", "namespace": "elsewhere"}},
    ]
    keys = {each.key: each.used_by for each in audited(manifests=[sealed_secret(), *users]).keys}
    everything = {
        "Deployment/from",
        "StatefulSet/init",
        "Deployment/volume",
        "Deployment/projected",
        "Deployment/pull",
        "Ingress/edge",
        "ServiceAccount/account",
        "ServiceMonitor/scrape",
        "Issuer/dns",
    }

    assert set(keys["DB_PASSWORD"]) == everything
    assert set(keys["DB_USER"]) == everything | {"Deployment/item", "Deployment/optional"}


def test_a_template_uses_the_keys_it_names() -> None:
    manifests = [sealed_secret(data={"URL": "{{ .DB_USER }}:{{ .DB_PASSWORD }}"}), with_env("orders", "URL")]

    assert found(audited(manifests=manifests)) == set()
    assert {each.used_by for each in audited(manifests=manifests).keys} == {("template URL",)}


def test_reports_an_unused_key() -> None:
    report = audited(manifests=[sealed_secret(), with_env("orders", "DB_USER")])

    assert found(report) == {("unused", "orders-db", "DB_PASSWORD")}
    assert report.fails


def test_reports_a_missing_key_and_a_missing_secret() -> None:
    manifests = [*CLEAN, with_env("billing", "DB_HOST"), with_env("cart", "TOKEN", of="cart")]
    report = audited(manifests=manifests)

    assert found(report) == {("missing", "orders-db", "DB_HOST"), ("missing", "cart", "TOKEN")}
    assert "orders-db.DB_HOST, used by Deployment/billing, is not sealed" in report.findings[1].message
    assert "run 'kubestock seal cart TOKEN'" in report.findings[0].message


def test_reports_a_sealed_secret_that_no_manifest_creates() -> None:
    report = audited(manifests=CLEAN[1:])

    assert found(report) == {("missing", "orders-db", None)}
    assert "is sealed, but no manifest creates it; add its SealedSecret" in report.findings[0].message


def test_reports_a_key_that_several_objects_miss_once() -> None:
    report = audited(manifests=[*CLEAN, with_env("b", "DB_HOST"), with_env("a", "DB_HOST")])
    (finding,) = report.findings

    assert finding.message.startswith("orders-db.DB_HOST, used by Deployment/a, Deployment/b, is not sealed")


def test_reports_no_secret_as_missing_that_is_created_elsewhere() -> None:
    certificate = {"kind": "Certificate", "metadata": {"name": "c"}, "spec": {"secretName": "edge-tls"}}
    issuer = {"kind": "Issuer", "metadata": {"name": "i"}, "spec": {"acme": {"privateKeySecretRef": {"name": "own"}}}}
    external = {"kind": "ExternalSecret", "metadata": {"name": "vault"}, "spec": {}}
    renewal = {"kind": "CronJob", "metadata": {"name": "renewal", "annotations": {"kubestock/makes-secret": "pull"}}}
    users = [with_env(name, "K", of=name) for name in ("edge-tls", "vault", "given", "pull")]
    optional = with_env("maybe", "K", of="maybe", optional=True)
    manifests = [*CLEAN, certificate, issuer, external, renewal, *users, optional]
    report = audit(sealed.store(sealed.secret()), manifests, TODAY, None, provided=["given"])

    assert found(report) == set()


def test_an_external_secret_that_only_adds_keys_creates_no_secret() -> None:
    adds = {"kind": "ExternalSecret", "metadata": {"name": "vault"}, "spec": {"target": {"creationPolicy": "Merge"}}}
    report = audit(sealed.store(sealed.secret()), [*CLEAN, adds, with_env("user", "K", of="vault")], TODAY, None)

    assert found(report) == {("missing", "vault", "K")}


def test_a_value_is_overdue_the_day_after_it_was_due() -> None:
    secret = sealed.secret()
    due = replace(secret.values["DB_USER"], due=TODAY)
    late = replace(secret.values["DB_PASSWORD"], due=TODAY - timedelta(days=1))
    changed = replace(secret, values={"DB_USER": due, "DB_PASSWORD": late})
    report = audited(sealed.store(changed))

    assert found(report) == {("overdue", "orders-db", "DB_PASSWORD")}
    assert "was due for rotation on 2026-03-14; platform must replace the value" in report.findings[0].message


def test_reports_an_unknown_certificate() -> None:
    secret = sealed.secret()
    foreign = replace(secret.values["DB_USER"], certificate="b" * 64)
    report = audited(sealed.store(sealed.with_value(secret, "DB_USER", foreign)))

    assert found(report) == {("unknown-certificate", "orders-db", "DB_USER")}
    assert report.fails


def test_reports_a_sealing_certificate_that_is_not_pinned_or_has_expired() -> None:
    other = replace(sealed.CERTIFICATE, fingerprint="b" * 64, not_after=TODAY - timedelta(days=1))
    report = audit(sealed.store(sealed.secret()), CLEAN, TODAY, other)

    assert found(report) == {("unknown-certificate", "", None), ("expired-certificate", "", None)}


def test_reports_the_sample_certificate_without_failing() -> None:
    sample = replace(sealed.CERTIFICATE, subject=SAMPLE_SUBJECT)
    store = replace(sealed.store(sealed.secret()), certificates={sample.fingerprint: sample})
    report = audited(store)

    assert {(each.code, each.key) for each in report.findings} == {
        (Code.SAMPLE_CERTIFICATE, "DB_PASSWORD"),
        (Code.SAMPLE_CERTIFICATE, "DB_USER"),
    }
    assert not report.fails


def test_reports_each_malformed_value_separately_without_showing_it() -> None:
    secret = sealed.secret()
    values = {key: replace(value, ciphertext="swordfish") for key, value in secret.values.items()}
    report = audited(sealed.store(replace(secret, values=values)))

    assert found(report) == {("malformed", "orders-db", "DB_PASSWORD"), ("malformed", "orders-db", "DB_USER")}
    assert not any("swordfish" in each.message for each in report.findings)


def test_reports_a_renamed_secret_and_an_empty_one() -> None:
    renamed = replace(sealed.secret("orders-db", "DB_USER"), name="moved")
    empty = replace(sealed.secret(), name="empty", values={})
    report = audited(sealed.store(renamed, empty), [])

    assert {("malformed", "moved", "DB_USER"), ("malformed", "empty", None)} <= found(report)


def test_reports_a_type_without_its_keys() -> None:
    report = audited(sealed.store(sealed.secret("edge", "tls.crt", type=SecretType.TLS)), [])

    assert ("malformed", "edge", None) in found(report)
    assert "of type kubernetes.io/tls and must have tls.key" in report.findings[0].message


def test_reports_manifests_that_are_older_than_the_store() -> None:
    before = sealed.secret()
    after = sealed.with_value(before, "DB_USER", sealed.value("shop/orders-db"))
    newer = sealed.with_value(after, "DB_HOST", sealed.value("shop/orders-db"))
    manifests = [*synthesized(sealed.store(before), CLEAN), with_env("new", "DB_HOST")]
    report = audit(sealed.store(newer), manifests, TODAY, None)

    assert found(report) == {("stale-manifests", "orders-db", "DB_HOST"), ("stale-manifests", "orders-db", "DB_USER")}
    assert report.fails
    assert "run 'cdk8s synth' and commit" in report.findings[0].message
    assert after.values["DB_USER"].ciphertext not in str(report.findings)


def test_reports_a_key_in_the_manifests_that_was_removed_from_the_store() -> None:
    store = sealed.store(sealed.secret("orders-db", "DB_USER"))
    manifests = synthesized(sealed.store(sealed.secret()), [sealed_secret(), with_env("orders", "DB_USER")])
    manifests[0]["spec"]["encryptedData"]["DB_USER"] = store["orders-db"].values["DB_USER"].ciphertext

    assert found(audit(store, manifests, TODAY, None)) == {("stale-manifests", "orders-db", "DB_PASSWORD")}


def test_a_sealed_secret_of_another_namespace_is_not_compared() -> None:
    foreign = sealed_secret() | {"metadata": {"name": "orders-db", "namespace": "elsewhere"}}
    foreign["spec"]["encryptedData"] = {"OTHER": "x"}

    assert found(audited(manifests=[*CLEAN, foreign])) == set()


def test_a_value_of_a_secret_that_a_program_creates_is_unused() -> None:
    maker = {"kind": "Job", "metadata": {"name": "make", "annotations": {"kubestock/makes-secret": "orders-db"}}}
    report = audited(manifests=[maker, with_env("orders", "DB_USER", "DB_PASSWORD")])

    assert found(report) == {("unused", "orders-db", "DB_PASSWORD"), ("unused", "orders-db", "DB_USER")}


def test_workloads_of_a_namespace_that_the_store_does_not_serve_are_those_of_another_store() -> None:
    staging = with_env("orders", "DB_USER", "DB_OTHER") | {"metadata": {"name": "orders", "namespace": "staging"}}

    assert found(audited(manifests=[*CLEAN, staging])) == set()
    missing = with_env("orders", "DB_OTHER") | {"metadata": {"name": "orders", "namespace": sealed.store().namespace}}
    assert found(audited(manifests=[*CLEAN, missing])) == {("missing", "orders-db", "DB_OTHER")}
