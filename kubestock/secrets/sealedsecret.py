"""A Secret that is safe to commit: the controller in the cluster opens it, and nobody else can."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import cdk8s
import constructs
import jsii
from constructs import Construct
from kubestock_crds.com import bitnami

from kubestock.errors import ConfigurationError
from kubestock.kube.objects import KubeObject, Manifest
from kubestock.kube.scope import required_namespace, unused_id
from kubestock.secrets.certificates import PinnedCertificate
from kubestock.secrets.scopes import SealingScope
from kubestock.secrets.store import StoredSecret
from kubestock.secrets.template import SecretTemplate
from kubestock.secrets.verification import defects
from kubestock.values.labels import Labels
from kubestock.values.references import SecretKey, SecretRef, checksum
from kubestock.values.types import typed

_TEMPLATE_METADATA = "/spec/template/metadata"


class SealedSecret(Construct):
    """A SealedSecret, of which the sealed-secrets controller makes a Secret of the same name.

    Pods that use it roll when a ciphertext or a template changes.

    Args:
        scope: the chart; its namespace is the one that the values were sealed for.
        id: of the construct.
        secret: the sealed values, out of the store: `store["orders-db"]`.
        certificates: those that values may be sealed with: `store.certificates`.
        labels: whose it is.
        template: further labels, annotations and keys of the Secret. Defaults to none.

    Raises:
        ConfigurationError: if a value has not the form of a ciphertext, or was sealed with a certificate that
            is not pinned, in another scope, or for another name or namespace; if there is no key, or one that
            the type needs is missing; or if the app has a SealedSecret of that name already.

    See https://github.com/bitnami-labs/sealed-secrets
    """

    @typed
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        secret: StoredSecret,
        certificates: Mapping[str, PinnedCertificate],
        labels: Labels,
        template: SecretTemplate = SecretTemplate(),
    ) -> None:
        what = f"secret {secret.name!r}"
        namespace = required_namespace(scope, what)
        if namespace != secret.namespace:
            raise ConfigurationError(
                f"{what} was sealed for namespace {secret.namespace!r}, but its chart is in {namespace!r}; "
                "seal its values for that namespace, or put it in a chart of its own"
            )
        for defect in defects(secret, certificates):
            raise ConfigurationError(defect.message)
        self._secret, self._labels, self._template = secret, labels, template
        self.ref = self._ref(template)
        super().__init__(scope, unused_id(scope, id))
        self.object = _Object(self, "SealedSecret", manifest=_manifest(secret, labels, template))

    @typed
    def retemplate(self, data: Mapping[str, str]) -> SecretRef:
        """Replace the templated keys, for a construct that learns more about itself; `ref` follows.

        Raises:
            ConfigurationError: if a template names a key that is not sealed, or its own key is sealed as well.
        """
        template = replace(self._template, data=data)
        ref = self._ref(template)
        self.object.redefine(_manifest(self._secret, self._labels, template))
        self._template, self.ref = template, ref
        return ref

    def _ref(self, template: SecretTemplate) -> SecretRef:
        secret, what = self._secret, f"secret {self._secret.name!r}"
        template.refuse_unknown(what, secret.values)
        keys = (*secret.values, *template.data)
        secret.type.refuse_missing(what, keys)
        content = {"encrypted": _ciphertexts(secret), "templates": dict(template.data), "type": secret.type}
        return SecretRef(name=secret.name, keys=keys, checksum=checksum(content))

    def __getitem__(self, key: str) -> SecretKey:
        """Return a reference to one key, for an environment variable.

        Raises:
            ConfigurationError: if that key is neither sealed nor templated.
        """
        return self.ref[key]


@jsii.implements(constructs.IValidation)
class _Object(KubeObject):
    """Gives the template the metadata of the object itself, and lets nothing change what was sealed.

    On rotation the controller overwrites the template's metadata with its own, so a difference would not last.
    """

    def __init__(self, scope: Construct, id: str, *, manifest: Manifest) -> None:
        super().__init__(scope, id, manifest=manifest)
        self._sealed = _bound(super().to_json())
        self.node.add_validation(self)

    def to_json(self) -> Manifest:
        document = super().to_json()
        metadata = {field: document["metadata"].get(field) for field in ("labels", "annotations")}
        document["spec"]["template"]["metadata"] = {field: dict(value) for field, value in metadata.items() if value}
        return document

    def add_json_patch(self, *ops: cdk8s.JsonPatch) -> None:
        before = len(self._overrides)
        super().add_json_patch(*ops)
        self._refuse_changes(before)

    def redefine(self, manifest: Mapping[str, Any]) -> None:
        super().redefine(manifest)
        # The construct itself decides anew; what users may not change is what it says now.
        self._sealed = _bound(super().to_json())

    def validate(self) -> list[str]:
        """Return what was changed by other means than an override, such as an annotation added later."""
        return self._changes()

    def _override(self, operation: str, path: str, value: object = None) -> None:
        if path.startswith(_TEMPLATE_METADATA):
            raise ConfigurationError(
                f"path must not be in {_TEMPLATE_METADATA}, which follows /metadata, got {path!r}; override /metadata"
            )
        before = len(self._overrides)
        super()._override(operation, path, value)
        self._refuse_changes(before)

    def _refuse_changes(self, before: int) -> None:
        changes = self._changes()
        if changes:
            del self._overrides[before:]
            raise ConfigurationError("; ".join(changes))

    def _changes(self) -> list[str]:
        now = _bound(super().to_json())
        return [
            f"{self.kind} {self.name!r} must keep its {what}: its values open only so, and pods refer to them so; "
            "take that change away, and seal the values as they are to be, or change the SecretTemplate"
            for what, value in self._sealed.items()
            if now[what] != value
        ]


def _bound(document: Manifest) -> dict[str, object]:
    """Return what decides whether and as what the values open."""
    metadata, spec = document.get("metadata") or {}, document.get("spec") or {}
    template = spec.get("template") or {}
    annotations = metadata.get("annotations") or {}
    return {
        "kind": (document.get("apiVersion"), document.get("kind")),
        "name and namespace": (metadata.get("name"), metadata.get("namespace")),
        "scope": {key: annotations.get(key) for scope in SealingScope for key in scope.annotations},
        "ciphertexts": spec.get("encryptedData"),
        "type and templates": (template.get("type"), template.get("data")),
        "template's metadata, which follows its own": template.get("metadata"),
    }


def _ciphertexts(secret: StoredSecret) -> dict[str, str]:
    return {key: value.ciphertext for key, value in secret.values.items()}


def _manifest(secret: StoredSecret, labels: Labels, template: SecretTemplate) -> Manifest:
    annotations = {**template.annotations, **secret.scope.annotations}
    metadata = cdk8s.ApiObjectMetadata(
        name=secret.name, labels={**labels.metadata, **template.labels}, annotations=annotations or None
    )
    spec = bitnami.SealedSecretSpec(
        encrypted_data=_ciphertexts(secret),
        template=bitnami.SealedSecretSpecTemplate(type=secret.type, data=dict(template.data) or None),
    )
    manifest: Manifest = bitnami.SealedSecret.manifest(metadata=metadata, spec=spec)
    return manifest
