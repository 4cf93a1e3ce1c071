"""Where a container's program comes from."""

import re
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
    """An image by tag, and by digest where it is known.

    With a digest, nodes run exactly those bytes whatever happens to the tag, and pull only what they lack
    (`IfNotPresent`). Without one, nodes ask the registry at each start (`Always`), so that a tag which was
    moved does not run in two versions at once.

    Args:
        repository: registry and path, for example ghcr.io/acme/orders.
        tag: what was built; never one that moves, such as `latest`, `main` or `stable`.
        digest: `sha256:` and 64 hexadecimal digits. Defaults to none.
        pull_policy: overrides the one that follows from the digest.

    Raises:
        ConfigurationError: if any part is malformed, or the tag is one that moves.

    See https://kubernetes.io/docs/concepts/containers/images/
    """

    repository: str
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
                f"{self.tag!r}; a tag that YAML reads as a number needs quotes there"
            )
        if self.tag.lower() in _MOVING_TAGS:
            raise ConfigurationError(
                f"image tag of {self.repository} must name one build, got {self.tag!r}, which moves; "
                "give the commit or the release that was built"
            )
        if self.digest is not None and not _DIGEST.fullmatch(self.digest):
            raise ConfigurationError(
                f"image digest of {self.repository} must be 'sha256:' and 64 hexadecimal digits, got {self.digest!r}"
            )

    @classmethod
    def parse(cls, reference: str) -> Self:
        """Read a reference such as `ghcr.io/acme/orders:1.4.2` or `…:1.4.2@sha256:…`.

        Raises:
            ConfigurationError: if it has no tag: an image without one means `latest`.
        """
        name, _, digest = reference.partition("@")
        repository, colon, tag = name.rpartition(":")
        if not colon or "/" in tag:
            raise ConfigurationError(
                f"image reference must have a tag, such as {name or 'ghcr.io/acme/orders'}:1.4.2, got {reference!r}"
            )
        return cls(repository, tag, digest or None)

    @property
    def reference(self) -> str:
        """What the container's `image` field says."""
        digest = f"@{self.digest}" if self.digest else ""
        return f"{self.repository}:{self.tag}{digest}"

    @property
    def version(self) -> str | None:
        """The tag as a label: its first 63 characters, without the signs that a label cannot begin or end with."""
        return self.tag[:_LABEL_MAX].strip("-_.") or None

    @property
    def effective_pull_policy(self) -> PullPolicy:
        """What the container's `imagePullPolicy` field says."""
        return self.pull_policy or ("IfNotPresent" if self.digest else "Always")
