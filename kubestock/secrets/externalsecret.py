"""A Secret with values from an external store: AWS Secrets Manager, Vault, Google Secret Manager and others."""

import re
from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY
from typing import Any, Literal

from constructs import Construct

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import external_secrets
from kubestock.kube.objects import KubeObject, head, meta
from kubestock.kube.tree import Group, required_namespace
from kubestock.secrets.template import SecretTemplate
from kubestock.secrets.templating import Templates
from kubestock.secrets.types import SecretType
from kubestock.values import names
from kubestock.values.labels import Labels
from kubestock.values.references import SecretKey, SecretRef, checksum
from kubestock.values.value import Value, checked

_INTERVAL = re.compile(r"0|([0-9]+h)?([0-9]+m)?([0-9]+s)?")


class SecretStoreRef(Value, kw_only=False):
    """The SecretStore or ClusterSecretStore through which External Secrets reads the values.

    Args:
        name: the name of the store, which exists or is created by another chart.
        kind: SecretStore, in the same namespace, or ClusterSecretStore. Defaults to SecretStore.

    Raises:
        ConfigurationError: if the name is invalid.

    See https://external-secrets.io/latest/api/secretstore/
    """

    name: str
    _: KW_ONLY
    kind: Literal["SecretStore", "ClusterSecretStore"] = "SecretStore"

    def check(self) -> None:
        names.object_name("name of the store", self.name)


class RemoteRef(Value, kw_only=False):
    """The location of one value in an external store.

    Args:
        key: the name of the entry in the store, such as production/orders-db.
        property: the field of an entry that is a JSON object, such as password. Defaults to the whole entry.
        version: the version of the entry. Pods roll when it changes. Without a version, a new value in the store
            reaches the Secret at the next refresh, and the pods when they restart. Defaults to the newest.
        decoding: how the value is decoded: None, Base64, Base64URL or Auto. Defaults to None.

    Raises:
        ConfigurationError: if the key is empty.
    """

    key: str
    _: KW_ONLY
    property: str | None = None
    version: str | None = None
    decoding: Literal["None", "Base64", "Base64URL", "Auto"] = "None"

    def check(self) -> None:
        for what in ("key", "property", "version"):
            if getattr(self, what) is not None and not getattr(self, what).strip():
                raise ConfigurationError(f"{what} of a RemoteRef must not be empty")


class ExternalSecret(Group):
    """An ExternalSecret, from which the External Secrets Operator (1.0 or later) creates a Secret of the same name.

    A reference to it is used like that of a `SealedSecret`. Pods roll when the references to the store change, not when
    a value in the store changes.

    Args:
        scope: a construct in a chart with a namespace.
        id: the id of the construct; no object depends on it.
        name: the name of the ExternalSecret and of the Secret.
        store: the store that has the values.
        keys: the keys of the Secret, each with its location in the store; a string is the name of an entry.
        labels: the labels of both objects.
        type: the type of the Secret. Defaults to Opaque.
        template: additional labels, annotations and keys of the Secret. The keys are Go templates over `keys`.
        refresh_interval: how often the operator reads the values, such as 1h or 15m; 0 reads them once. Defaults to 1h.
        creation_policy: `Owner` deletes the Secret with the ExternalSecret, `Orphan` keeps it, `Merge` adds the keys to
            a Secret that something else creates. Defaults to Owner.
        deletion_policy: what happens when the store no longer has the entries: `Retain` keeps the Secret, `Delete`
            deletes it, `Merge` removes the keys. Defaults to Retain.

    Raises:
        ConfigurationError: if there are no keys, a key that the type requires is missing, a template names an unknown
            key, or the interval is invalid.

    See https://external-secrets.io/latest/api/externalsecret/
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        store: SecretStoreRef,
        keys: Mapping[str, str | RemoteRef],
        labels: Labels,
        type: SecretType = SecretType.OPAQUE,
        template: SecretTemplate = SecretTemplate(),
        refresh_interval: str = "1h",
        creation_policy: Literal["Owner", "Orphan", "Merge"] = "Owner",
        deletion_policy: Literal["Retain", "Delete", "Merge"] = "Retain",
    ) -> None:
        self.name = names.object_name("name of an ExternalSecret", name)
        what = f"external secret {name!r}"
        required_namespace(scope, what)
        _check_keys(what, keys)
        if not refresh_interval or not _INTERVAL.fullmatch(refresh_interval):
            raise ConfigurationError(
                f"refresh_interval of {what} must be such as 1h, 15m or 1h30m, or 0, got {refresh_interval!r}"
            )
        self._store, self._type, self._labels, self._template = store, type, labels, template
        self._remote = {key: RemoteRef(each) if isinstance(each, str) else each for key, each in keys.items()}
        self._interval = refresh_interval
        self._creation_policy, self._deletion_policy = creation_policy, deletion_policy
        self._templates = Templates(what, template, self._remote)
        super().__init__(scope, id)
        metadata = meta(name, {**labels.metadata, **template.labels})
        manifest = head("external-secrets.io/v1", "ExternalSecret", metadata)
        self.object = KubeObject(self, "ExternalSecret", manifest=manifest, body=lambda: {"spec": self._spec()})
        _ = self.ref

    @property
    def ref(self) -> SecretRef:
        """A reference to the Secret, with its keys and a checksum of the references to the store.

        Raises:
            ConfigurationError: if a key that the type requires is missing.
        """
        templates = self._templates.data()
        keys = (*self._remote, *templates)
        self._type.check_required_keys(f"external secret {self.name!r}", keys)
        remote = {key: [each.key, each.property, each.version, each.decoding] for key, each in self._remote.items()}
        content = {"store": [self._store.kind, self._store.name], "remote": remote, "templates": templates}
        return SecretRef(name=self.name, keys=keys, checksum=checksum({**content, "type": str(self._type)}))

    def __getitem__(self, key: str) -> SecretKey:
        """Return a reference to one key, for an environment variable.

        Raises:
            ConfigurationError: if the Secret has no such key.
        """
        return self.ref[key]

    @checked
    def render(self, key: str, template: Callable[[], str]) -> None:
        """Add a templated key whose template is computed when the chart is written.

        Args:
            key: the key of the Secret.
            template: returns a Go template over the values.

        Raises:
            ConfigurationError: if the key already has a template, such as the file of another KongGateway.
        """
        self._templates.add(key, template)

    def _spec(self) -> external_secrets.ExternalSecretSpec:
        # The defaults of the API server are written out, so that a comparison finds no difference.
        store = external_secrets.ExternalSecretSpecSecretStoreRef(name=self._store.name, kind=_member(self._store.kind))
        return external_secrets.ExternalSecretSpec(
            secret_store_ref=store,
            refresh_interval=self._interval,
            target=self._target(),
            data=[_data(key, each) for key, each in self._remote.items()],
        )

    def _target(self) -> external_secrets.ExternalSecretSpecTarget:
        template = self._template
        metadata = external_secrets.ExternalSecretSpecTargetTemplateMetadata(
            labels={**self._labels.metadata, **template.labels}, annotations=dict(template.annotations) or None
        )
        return external_secrets.ExternalSecretSpecTarget(
            name=self.name,
            creation_policy=_member(self._creation_policy),
            deletion_policy=_member(self._deletion_policy),
            template=external_secrets.ExternalSecretSpecTargetTemplate(
                type=str(self._type),
                engine_version=_member("v2"),
                # The Secret has the templated keys in addition to the values.
                merge_policy=_member("Merge"),
                metadata=metadata,
                data=self._templates.data() or None,
            ),
        )


def _check_keys(what: str, keys: Mapping[str, object]) -> None:
    if not keys:
        raise ConfigurationError(f"{what} must have at least one key, such as keys={{'DB_PASSWORD': 'production/db'}}")
    for key in keys:
        names.data_key(f"a key of {what}", key)


def _data(key: str, remote: RemoteRef) -> external_secrets.ExternalSecretSpecData:
    reference = external_secrets.ExternalSecretSpecDataRemoteRef(
        key=remote.key,
        property=remote.property,
        version=remote.version,
        conversion_strategy=_member("Default"),
        decoding_strategy=_member(remote.decoding),
        metadata_policy=_member("None"),
    )
    return external_secrets.ExternalSecretSpecData(secret_key=key, remote_ref=reference)


def _member(value: str) -> Any:
    """Return a member of an enumeration of the bindings, which is a string in YAML."""
    return value
