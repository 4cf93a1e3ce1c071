"""Where the traffic of a Service goes after a change of its selector."""

from collections.abc import Mapping

from kubestock.changes.fields import Difference
from kubestock.changes.identity import Identity
from kubestock.values import documents
from kubestock.values.documents import Document
from kubestock.values.kinds import POD_TEMPLATES

_SELECTOR = ("spec", "selector")


def traffic_after(identity: Identity, found: list[Difference], manifests: Mapping[Identity, Document]) -> str:
    """Return a note about the pods that a Service selects after the change, or nothing if its selector does not change.

    Args:
        identity: the identity of the object that differs.
        found: its differences.
        manifests: all manifests after the change.
    """
    if identity[:2] != ("", "Service") or not any(each.path[:2] == _SELECTOR for each in found):
        return ""
    wanted = documents.mapping(manifests[identity], *_SELECTOR)
    if not wanted:
        return "without a selector, the addresses of its endpoints are not updated"
    chosen = [
        f"{other[1]}/{other[3]}"
        for other, manifest in manifests.items()
        if other[2] == identity[2] and wanted.items() <= _pod_labels(other[1], manifest).items()
    ]
    if not chosen:
        return "no workload of the manifests has these labels: its traffic has no target"
    return f"its traffic goes to the pods of {', '.join(chosen)} after the change"


def _pod_labels(kind: str, manifest: Document) -> dict[str, str]:
    template = POD_TEMPLATES.get(kind)
    return {} if template is None else documents.text_map(manifest, *template, "metadata", "labels")
