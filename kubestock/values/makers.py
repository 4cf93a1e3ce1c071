"""The Secret that an object creates: itself, through its controller, or through its program."""

from kubestock.values import documents
from kubestock.values.documents import Document

MAKES_SECRET = "kubestock/makes-secret"  # noqa: S105  # the name of an annotation
"""The annotation of a Job or CronJob with the name of the Secret that its program writes, in its own namespace."""

PROGRAMS = ("Job", "CronJob")
"""Kinds whose program can create a Secret."""

MAKERS = ("Secret", "SealedSecret", "Certificate", "ExternalSecret", *PROGRAMS)
"""Kinds of objects that can create a Secret."""


def secret_made_by(manifest: Document) -> str:
    """Return the name of the Secret that an object creates in its namespace, or an empty text if it creates none."""
    kind = documents.text(manifest, "kind")
    if kind in PROGRAMS:
        return documents.annotation(manifest, MAKES_SECRET)
    if kind == "Certificate":
        return documents.text(manifest, "spec", "secretName")
    if kind == "ExternalSecret":
        adds_only = documents.text(manifest, "spec", "target", "creationPolicy") in ("Merge", "None")
        return "" if adds_only else documents.text(manifest, "spec", "target", "name") or documents.name(manifest)
    return documents.name(manifest) if kind in ("Secret", "SealedSecret") else ""


def is_left_alone(manifest: Document) -> bool:
    """Return whether the Secret that an object creates has no owner, so that Argo CD treats it as orphaned.

    By default, cert-manager sets no owner.
    """
    kind = documents.text(manifest, "kind")
    policy = documents.text(manifest, "spec", "target", "creationPolicy")
    return bool(secret_made_by(manifest)) and (
        kind in ("Certificate", *PROGRAMS) or (kind == "ExternalSecret" and policy == "Orphan")
    )
