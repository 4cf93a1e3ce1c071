"""The audit of a secret store: each sealed value, its users, its due date, and everything that is wrong."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kubestock.errors import ConfigurationError
from kubestock.secrets.certificates import PinnedCertificate
from kubestock.secrets.made import Home, made_elsewhere, stale_keys, templates_of
from kubestock.secrets.store import SealedValue, SecretStore, StoredSecret
from kubestock.secrets.template import named_in
from kubestock.secrets.uses import Document, Use, uses
from kubestock.secrets.verification import defects


class Code(StrEnum):
    """The kinds of findings of the audit."""

    OVERDUE = "overdue"
    UNUSED = "unused"
    MISSING = "missing"
    UNKNOWN_CERTIFICATE = "unknown-certificate"
    EXPIRED_CERTIFICATE = "expired-certificate"
    MALFORMED = "malformed"
    STALE = "stale-manifests"
    SAMPLE_CERTIFICATE = "sample-certificate"

    @property
    def fails(self) -> bool:
        """Whether `kubestock secrets --check` fails on it; it only reports the sample certificate."""
        return self is not Code.SAMPLE_CERTIFICATE


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFinding:
    """One finding; its message never contains a value."""

    code: Code
    secret: str
    key: str | None
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditedKey:
    """One sealed value and its users."""

    secret: str
    key: str
    value: SealedValue
    subject: str
    used_by: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """The keys of a store, and the findings."""

    keys: tuple[AuditedKey, ...]
    findings: tuple[AuditFinding, ...]

    @property
    def fails(self) -> bool:
        """Whether a finding must be fixed."""
        return any(finding.code.fails for finding in self.findings)


def audit(
    store: SecretStore,
    manifests: Sequence[Document],
    today: date,
    certificate: PinnedCertificate | None,
    *,
    provided: Collection[str] = (),
) -> Audit:
    """Compare a store with the manifests that use it.

    Args:
        store: the store with the sealed values. Workloads of namespaces for which it has no values are not its users.
        manifests: all manifests that are applied to the cluster, as YAML loads them.
        today: today's date in UTC.
        certificate: the certificate for new values, or None if there is none.
        provided: names of Secrets that the cluster has and the manifests do not create.
    """
    found = list(uses(manifests, namespace=store.namespace))
    templates = templates_of(manifests, store.namespace)
    # Secrets that another controller creates are not read from the store.
    elsewhere = {*made_elsewhere(store, manifests)} - templates.keys()
    of_store = [use for use in found if (use.namespace, use.secret) not in elsewhere]
    keys = tuple(
        _audited(store, secret, key, of_store, templates)
        for _, secret in sorted(store.secrets.items())
        for key in sorted(secret.values)
    )
    findings = (
        *_of_certificate(store, certificate, today),
        *(finding for secret in store.secrets.values() for finding in _malformed(store, secret, templates)),
        *(finding for each in keys for finding in _of_key(store, each, today)),
        *_missing(store, manifests, found, templates, provided),
        *_stale(store, manifests),
    )
    order = sorted(findings, key=lambda finding: (finding.secret, finding.key or "", finding.code))
    return Audit(keys=keys, findings=tuple(order))


def _audited(
    store: SecretStore,
    secret: StoredSecret,
    key: str,
    found: Iterable[Use],
    templates: Mapping[Home, Mapping[str, str]],
) -> AuditedKey:
    users = {use.user for use in found if _same(use, secret) and use.key in (key, None)}
    for name, text in templates.get((secret.namespace, secret.name), {}).items():
        if key in named_in(text):
            users.add(f"template {name}")
    value = secret.values[key]
    known = store.certificates.get(value.certificate)
    return AuditedKey(
        secret=secret.name,
        key=key,
        value=value,
        subject=known.subject if known else "unknown",
        used_by=tuple(sorted(users)),
    )


def _same(use: Use, secret: StoredSecret) -> bool:
    return (use.namespace, use.secret) == (secret.namespace, secret.name)


def _of_certificate(store: SecretStore, certificate: PinnedCertificate | None, today: date) -> Iterator[AuditFinding]:
    if certificate is None:
        return
    if today > certificate.not_after:
        message = f"the sealing certificate expired on {certificate.not_after}; fetch the controller's and pin it"
        yield AuditFinding(code=Code.EXPIRED_CERTIFICATE, secret="", key=None, message=message)
    if store.secrets and certificate.fingerprint not in store.certificates:
        message = (
            f"the sealing certificate {certificate.fingerprint[:12]} is not pinned in the store; restore the pinned "
            "certificate, or pin this one with 'kubestock seal --pin'"
        )
        yield AuditFinding(code=Code.UNKNOWN_CERTIFICATE, secret="", key=None, message=message)


def _malformed(
    store: SecretStore, secret: StoredSecret, templates: Mapping[Home, Mapping[str, str]]
) -> Iterator[AuditFinding]:
    for defect in defects(secret, store.certificates):
        code = Code.UNKNOWN_CERTIFICATE if defect.unknown_certificate else Code.MALFORMED
        yield AuditFinding(code=code, secret=secret.name, key=defect.key, message=defect.message)
    try:
        templated = templates.get((secret.namespace, secret.name), {})
        secret.type.check_required_keys(f"secret {secret.name!r}", {*secret.values, *templated})
    except ConfigurationError as error:
        yield AuditFinding(code=Code.MALFORMED, secret=secret.name, key=None, message=str(error))


def _of_key(store: SecretStore, audited: AuditedKey, today: date) -> Iterator[AuditFinding]:
    what = f"{audited.secret}.{audited.key}"
    messages = {}
    if today > audited.value.due:
        messages[Code.OVERDUE] = (
            f"{what} was due for rotation on {audited.value.due}; {audited.value.owner} must replace the value with "
            f"'kubestock seal {audited.secret} {audited.key}'"
        )
    if not audited.used_by:
        messages[Code.UNUSED] = f"{what} is not used by any manifest; remove it from the store, or use it"
    known = store.certificates.get(audited.value.certificate)
    if known is not None and known.is_sample:
        messages[Code.SAMPLE_CERTIFICATE] = (
            f"{what} is sealed with the sample certificate, whose private key does not exist; seal the real value with "
            "the certificate of your cluster"
        )
    for code, message in messages.items():
        yield AuditFinding(code=code, secret=audited.secret, key=audited.key, message=message)


def _missing(
    store: SecretStore,
    manifests: Sequence[Document],
    found: Iterable[Use],
    templates: Mapping[Home, Mapping[str, str]],
    provided: Collection[str],
) -> Iterator[AuditFinding]:
    made = {*made_elsewhere(store, manifests)}
    namespaces = {store.namespace, *(each.namespace for each in store.secrets.values())}
    users: dict[tuple[str, str | None, str], set[str]] = {}
    for use in found:
        if use.optional or use.secret in provided or (use.namespace, use.secret) in made:
            continue
        if use.namespace not in namespaces:  # another store has the values of that namespace
            continue
        reason = _why_missing(store.secrets.get(use.secret), use, templates)
        if reason is not None:
            key = None if reason == _NO_MANIFEST else use.key
            users.setdefault((use.secret, key, reason), set()).add(use.user)
    for (secret, key, reason), names in users.items():
        what = secret if key is None else f"{secret}.{key}"
        message = f"{what}, used by {', '.join(sorted(names))}, {reason}"
        yield AuditFinding(code=Code.MISSING, secret=secret, key=key, message=message)


def _stale(store: SecretStore, manifests: Sequence[Document]) -> Iterator[AuditFinding]:
    for secret, key in stale_keys(store, manifests):
        message = (
            f"the manifests have another value of {secret}.{key} than the store, so a deployment would use an old one; "
            "run 'cdk8s synth' and commit its output"
        )
        yield AuditFinding(code=Code.STALE, secret=secret, key=key, message=message)


_NO_MANIFEST = "is sealed, but no manifest creates it; add its SealedSecret to the chart"


def _why_missing(secret: StoredSecret | None, use: Use, templates: Mapping[Home, Mapping[str, str]]) -> str | None:
    not_sealed = f"is not sealed; run 'kubestock seal {use.secret} {use.key or 'KEY'}'"
    if secret is None or not _same(use, secret):
        return not_sealed
    home = (secret.namespace, secret.name)
    if home not in templates:
        return _NO_MANIFEST
    if use.key is None or use.key in {*secret.values, *templates[home]}:
        return None
    return not_sealed
