"""A Secret that is safe to commit: the controller in the cluster opens it, and nobody else can."""

from collections.abc import Mapping

import cdk8s
from constructs import Construct
from kubestock_crds.com import bitnami

from kubestock.errors import ConfigurationError
from kubestock.kube.objects import KubeObject, Manifest
from kubestock.kube.scope import required_namespace, unused_id
from kubestock.secrets.certificates import PinnedCertificate
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
        template.refuse_unknown(what, secret.values)
        keys = (*secret.values, *template.data)
        secret.type.refuse_missing(what, keys)
        super().__init__(scope, unused_id(scope, id))
        ciphertexts = {key: value.ciphertext for key, value in secret.values.items()}
        content = {"encrypted": ciphertexts, "templates": dict(template.data), "type": secret.type}
        self.ref = SecretRef(name=secret.name, keys=keys, checksum=checksum(content))
        self.object = _Object(self, "SealedSecret", manifest=_manifest(secret, ciphertexts, labels, template))

    def __getitem__(self, key: str) -> SecretKey:
        """Return a reference to one key, for an environment variable.

        Raises:
            ConfigurationError: if that key is neither sealed nor templated.
        """
        return self.ref[key]


class _Object(KubeObject):
    """Gives the template the metadata of the object itself.

    On rotation the controller overwrites the one with the other, so a difference would not last.
    """

    def to_json(self) -> Manifest:
        document = super().to_json()
        metadata = {field: document["metadata"].get(field) for field in ("labels", "annotations")}
        document["spec"]["template"]["metadata"] = {field: dict(value) for field, value in metadata.items() if value}
        return document

    def _override(self, operation: str, path: str, value: object = None) -> None:
        if path.startswith(_TEMPLATE_METADATA):
            raise ConfigurationError(
                f"path must not be in {_TEMPLATE_METADATA}, which follows /metadata, got {path!r}; override /metadata"
            )
        super()._override(operation, path, value)


def _manifest(
    secret: StoredSecret, ciphertexts: Mapping[str, str], labels: Labels, template: SecretTemplate
) -> Manifest:
    annotations = {**template.annotations, **secret.scope.annotations}
    metadata = cdk8s.ApiObjectMetadata(
        name=secret.name, labels={**labels.metadata, **template.labels}, annotations=annotations or None
    )
    spec = bitnami.SealedSecretSpec(
        encrypted_data=dict(ciphertexts),
        template=bitnami.SealedSecretSpecTemplate(type=secret.type, data=dict(template.data) or None),
    )
    manifest: Manifest = bitnami.SealedSecret.manifest(metadata=metadata, spec=spec)
    return manifest
