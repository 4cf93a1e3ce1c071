"""The image of a container."""

import re
from dataclasses import KW_ONLY
from typing import Literal, Self

from kubestock.errors import ConfigurationError
from kubestock.values.value import Value

PullPolicy = Literal["Always", "IfNotPresent", "Never"]

_REPOSITORY = re.compile(
    r"(?:[a-zA-Z0-9](?:[-a-zA-Z0-9.]*[a-zA-Z0-9])?(?::[0-9]{1,5})?/)?"
    r"[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*)*"
)
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_LABEL_MAX = 63
_MOVING_TAGS = frozenset({"edge", "latest", "main", "master", "nightly", "stable"})


class ContainerImage(Value, kw_only=False):
    """Identifies the image of a container by tag, and by digest if it is known.

    With a digest, nodes run exactly that image even if the tag moves, and pull it only if they do not have it
    (`IfNotPresent`). Without a digest, nodes check the registry at each start (`Always`), so that two versions do
    not run at the same time after a tag has moved.

    Args:
        repository: registry and path, for example ghcr.io/acme/orders.
        tag: a tag that always names the same build; not one that moves, such as `latest`, `main` or `stable`.
        digest: `sha256:` and 64 hexadecimal digits. Defaults to none.
        pull_policy: overrides the policy described above. Defaults to that policy.

    Raises:
        ConfigurationError: if a part is malformed, or the tag is one that moves.

    See https://kubernetes.io/docs/concepts/containers/images/
    """

    repository: str
    _: KW_ONLY
    tag: str
    digest: str | None = None
    pull_policy: PullPolicy | None = None

    def check(self) -> None:
        if not _REPOSITORY.fullmatch(self.repository):
            raise ConfigurationError(
                "image repository must be a lower-case path, with its registry and without a tag, "
                f"such as ghcr.io/acme/orders, got {self.repository!r}"
            )
        if not _TAG.fullmatch(self.tag):
            raise ConfigurationError(
                f"image tag of {self.repository} must be 1 to 128 letters, digits, '_', '.' and '-', got "
                f"{self.tag!r}; in YAML, quote a tag that looks like a number"
            )
        if self.tag.lower() in _MOVING_TAGS:
            raise ConfigurationError(
                f"image tag of {self.repository} must always name the same build, got {self.tag!r}, which moves; "
                "give the tag of a commit or a release"
            )
        if self.digest is not None and not _DIGEST.fullmatch(self.digest):
            raise ConfigurationError(
                f"image digest of {self.repository} must be 'sha256:' and 64 hexadecimal digits, got {self.digest!r}"
            )

    @classmethod
    def parse(cls, reference: str) -> Self:
        """Read a reference such as `ghcr.io/acme/orders:1.4.2` or `…:1.4.2@sha256:…`.

        Raises:
            ConfigurationError: if it has no tag, which would mean `latest`.
        """
        name, _, digest = reference.partition("@")
        repository, colon, tag = name.rpartition(":")
        if not colon or "/" in tag:
            raise ConfigurationError(
                f"image reference must have a tag, such as {name or 'ghcr.io/acme/orders'}:1.4.2, got {reference!r}"
            )
        return cls(repository, tag=tag, digest=digest or None)

    @property
    def reference(self) -> str:
        """The value of the container's `image` field."""
        digest = f"@{self.digest}" if self.digest else ""
        return f"{self.repository}:{self.tag}{digest}"

    @property
    def version(self) -> str | None:
        """The tag as a label value: its first 63 characters, without signs that a label cannot begin or end with."""
        return self.tag[:_LABEL_MAX].strip("-_.") or None

    @property
    def effective_pull_policy(self) -> PullPolicy:
        """The value of the container's `imagePullPolicy` field."""
        return self.pull_policy or ("IfNotPresent" if self.digest else "Always")
