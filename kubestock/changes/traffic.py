"""Where the traffic of a Service goes after its selector has changed."""

from collections.abc import Mapping

from kubestock.changes.fields import Difference
from kubestock.changes.identity import Identity
from kubestock.values import documents
from kubestock.values.documents import Document
from kubestock.values.kinds import POD_TEMPLATES

_SELECTOR = ("spec", "selector")


def traffic_after(identity: Identity, found: list[Difference], manifests: Mapping[Identity, Document]) -> str:
    """Say which pods a Service leads to from then on, or nothing if its selector stays as it is.

    Args:
        identity: of the object that differs.
        found: where it differs.
        manifests: all objects as they are to be.
    """
    if identity[:2] != ("", "Service") or not any(each.path[:2] == _SELECTOR for each in found):
        return ""
    wanted = documents.mapping(manifests[identity], *_SELECTOR)
    if not wanted:
        return "without a selector, nobody keeps the addresses behind it"
    chosen = [
        f"{other[1]}/{other[3]}"
        for other, manifest in manifests.items()
        if other[2] == identity[2] and wanted.items() <= _pod_labels(other[1], manifest).items()
    ]
    if not chosen:
        return "no workload here has these labels: its traffic goes nowhere"
    return f"its traffic goes to the pods of {', '.join(chosen)} from then on"


def _pod_labels(kind: str, manifest: Document) -> dict[str, str]:
    template = POD_TEMPLATES.get(kind)
    return {} if template is None else documents.text_map(manifest, *template, "metadata", "labels")
