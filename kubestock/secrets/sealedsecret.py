"""A Secret that is safe to commit: only the controller in the cluster can open it."""

from collections.abc import Callable, Mapping

import cdk8s
from constructs import Construct

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import bitnami, to_manifest
from kubestock.kube.objects import KubeObject, head, meta
from kubestock.kube.tree import Group, required_namespace
from kubestock.kube.written import Manifest
from kubestock.secrets.certificates import PinnedCertificate
from kubestock.secrets.scopes import SealingScope
from kubestock.secrets.store import StoredSecret
from kubestock.secrets.template import SecretTemplate
from kubestock.secrets.templating import Templates
from kubestock.secrets.verification import defects
from kubestock.values.labels import Labels
from kubestock.values.references import SecretKey, SecretRef, checksum
from kubestock.values.value import checked

_TEMPLATE_METADATA = "/spec/template/metadata"


class SealedSecret(Group):
    """A SealedSecret, from which the sealed-secrets controller creates a Secret of the same name.

    Pods that use the Secret roll when a ciphertext or a template changes.

    Args:
        scope: the chart; its namespace must be the one that the values were sealed for.
        id: the id of the construct.
        secret: the sealed values, from the store: `store["orders-db"]`.
        certificates: the certificates with which values may be sealed: `store.certificates`.
        labels: labels of the owner.
        template: additional labels, annotations and keys of the Secret. Defaults to none.

    Raises:
        ConfigurationError: if a value does not have the format of a ciphertext, or was sealed with a certificate that
            is not pinned, in another scope, or for another name or namespace; if there are no keys, or a key that the
            type requires is missing; or if the app has another SealedSecret with that name.

    See https://github.com/bitnami-labs/sealed-secrets
    """

    @checked
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
                "seal its values for that namespace, or put it in a chart of that namespace"
            )
        for defect in defects(secret, certificates):
            raise ConfigurationError(defect.message)
        self._secret = secret
        self._templates = Templates(what, template, secret.values)
        super().__init__(scope, id)
        manifest = _head(secret, labels, template)
        self.object = _Object(self, "SealedSecret", manifest=manifest, body=lambda: {"spec": self._spec()})
        _ = self.ref

    @property
    def ref(self) -> SecretRef:
        """A reference to the Secret, with its keys and a checksum of the ciphertexts and templates.

        Raises:
            ConfigurationError: if a key that the type requires is missing.
        """
        secret, templates = self._secret, self._templates.data()
        keys = (*secret.values, *templates)
        secret.type.check_required_keys(f"secret {secret.name!r}", keys)
        content = {"encrypted": _ciphertexts(secret), "templates": templates, "type": secret.type}
        return SecretRef(name=secret.name, keys=keys, checksum=checksum(content))

    @checked
    def render(self, key: str, template: Callable[[], str]) -> None:
        """Add a templated key whose template is computed when the chart is written.

        Args:
            key: the key of the Secret.
            template: returns a Go template over the sealed values.

        Raises:
            ConfigurationError: if the key already has a template, such as the file of another KongGateway.
        """
        self._templates.add(key, template)

    def _spec(self) -> bitnami.SealedSecretSpec:
        return bitnami.SealedSecretSpec(
            encrypted_data=_ciphertexts(self._secret),
            template=bitnami.SealedSecretSpecTemplate(type=self._secret.type, data=self._templates.data() or None),
        )

    def __getitem__(self, key: str) -> SecretKey:
        """Return a reference to one key, for an environment variable.

        Raises:
            ConfigurationError: if the key is neither sealed nor templated.
        """
        return self.ref[key]


class _Object(KubeObject):
    """A SealedSecret whose template has the metadata of the object, and whose sealed fields cannot be changed.

    On rotation, the controller overwrites the metadata of the template, so a difference would not persist.
    """

    def add_json_patch(self, *ops: cdk8s.JsonPatch) -> None:
        before = len(self._overrides)
        super().add_json_patch(*ops)
        self._check_unchanged(before)

    def problems(self) -> list[str]:
        """Return changes that were not made by an override, such as an annotation that was added later."""
        document = self.to_json()
        template = {field: value for field, value in document["spec"]["template"].items() if field != "metadata"}
        return self._changes({**document, "spec": {**document["spec"], "template": template}})

    def _render(self) -> Manifest:
        document = super()._render()
        metadata = {field: document["metadata"].get(field) for field in ("labels", "annotations")}
        document["spec"]["template"]["metadata"] = {field: dict(value) for field, value in metadata.items() if value}
        return document

    def _override(self, operation: str, path: str, value: object = None) -> None:
        if path.startswith(_TEMPLATE_METADATA):
            raise ConfigurationError(
                f"path must not be in {_TEMPLATE_METADATA}, which is a copy of /metadata, got {path!r}; override "
                "/metadata"
            )
        before = len(self._overrides)
        super()._override(operation, path, value)
        self._check_unchanged(before)

    def _check_unchanged(self, before: int) -> None:
        changes = self._changes(super()._render())
        if changes:
            del self._overrides[before:]
            raise ConfigurationError("; ".join(changes))

    def _changes(self, document: Manifest) -> list[str]:
        sealed, now = _bound(self._unchanged()), _bound(document)
        return [
            f"{self.kind} {self.name!r} must keep its {what}: otherwise its values do not open, or pods do not find "
            "it; "
            "remove that change, and seal the values for the new place, or change the SecretTemplate"
            for what, value in sealed.items()
            if now[what] != value
        ]

    def _unchanged(self) -> Manifest:
        """Return the manifest of the construct without changes."""
        body = {} if self._body is None else to_manifest(self._body())
        return {**self._static, **body}


def _bound(document: Manifest) -> dict[str, object]:
    """Return the fields on which it depends whether the values open, and as which Secret."""
    metadata, spec = document.get("metadata") or {}, document.get("spec") or {}
    template = spec.get("template") or {}
    annotations = metadata.get("annotations") or {}
    return {
        "kind": (document.get("apiVersion"), document.get("kind")),
        "name and namespace": (metadata.get("name"), metadata.get("namespace")),
        "scope": {key: annotations.get(key) for scope in SealingScope for key in scope.annotations},
        "ciphertexts": spec.get("encryptedData"),
        "type and templates": (template.get("type"), template.get("data")),
        "template's metadata, which is a copy of its own": template.get("metadata"),
    }


def _ciphertexts(secret: StoredSecret) -> dict[str, str]:
    return {key: value.ciphertext for key, value in secret.values.items()}


def _head(secret: StoredSecret, labels: Labels, template: SecretTemplate) -> Manifest:
    annotations = {**template.annotations, **secret.scope.annotations}
    metadata = meta(secret.name, {**labels.metadata, **template.labels}, annotations)
    return head("bitnami.com/v1alpha1", "SealedSecret", metadata)
