"""Conditions under which a field is immutable, as in the validation of the API server."""

from kubestock.values import documents
from kubestock.values.documents import Document


def data_is_locked(before: Document, _after: Document) -> bool:
    """A ConfigMap or Secret that was marked immutable stays immutable, with its data."""
    return documents.at(before, "immutable") is True


def sealed_data_is_locked(before: Document, _after: Document) -> bool:
    """The Secret of this SealedSecret was marked immutable, so its controller cannot update it."""
    return documents.at(before, "spec", "template", "immutable") is True


def cluster_ip_changes(before: Document, after: Document) -> bool:
    """A Service keeps its address; if the manifest leaves the address out, it does not change either."""
    if _either_is_external(before, after):
        return False
    old, new = _address(before), _address(after)
    return old == "None" if not new else new != old


def cluster_ips_change(before: Document, after: Document) -> bool:
    """The first address is immutable; the second may be added or removed, but not changed."""
    if _either_is_external(before, after):
        return False
    new = documents.texts(after, "spec", "clusterIPs")
    return _primary_changes(documents.texts(before, "spec", "clusterIPs") or [_address(before)], new)


def ip_families_change(before: Document, after: Document) -> bool:
    """As for addresses; a headless Service, or one that becomes headless, may change its families."""
    if _either_is_external(before, after) or "None" in (_address(before), _address(after)):
        return False
    new = documents.texts(after, "spec", "ipFamilies")
    # The choice of the cluster is unknown here: nearly all clusters prefer IPv4.
    old = documents.texts(before, "spec", "ipFamilies") or ["IPv4", *new[1:]]
    return _primary_changes(old, new)


def health_check_port_changes(before: Document, after: Document) -> bool:
    """Only a LoadBalancer with the traffic policy Local has such a port; leaving it out does not change it."""
    checked = all(
        documents.text(each, "spec", "type") == "LoadBalancer"
        and documents.text(each, "spec", "externalTrafficPolicy") == "Local"
        for each in (before, after)
    )
    return checked and bool(documents.at(after, "spec", "healthCheckNodePort"))


def stays_load_balancer(before: Document, after: Document) -> bool:
    """The class of a load balancer may be set until the Service is one."""
    return all(documents.text(each, "spec", "type") == "LoadBalancer" for each in (before, after))


def job_is_suspended(before: Document, _after: Document) -> bool:
    """A suspended Job has no pods yet, so their scheduling may change."""
    return documents.at(before, "spec", "suspend") is True


def job_runs(before: Document, after: Document) -> bool:
    """A Job that is not suspended may not change its pods."""
    return not job_is_suspended(before, after)


def completions_change(before: Document, after: Document) -> bool:
    """An indexed Job may change its completions if it changes its parallelism to the same number."""
    if _completions(before) == _completions(after):
        return False
    indexed = documents.text(after, "spec", "completionMode") == "Indexed"
    return not (indexed and _completions(after) == documents.at(after, "spec", "parallelism"))


def claim_is_bound(before: Document, _after: Document) -> bool:
    """The volume name of a claim may be set once."""
    return bool(documents.text(before, "spec", "volumeName"))


def claim_shrinks(before: Document, after: Document) -> bool:
    """A claim may request more storage, but not less."""
    path = ("spec", "resources", "requests", "storage")
    old, new = (documents.amount(documents.at(each, *path)) for each in (before, after))
    return old is None or new is None or new < old


def volume_has_nodes(before: Document, _after: Document) -> bool:
    """The node affinity of a volume may be set once."""
    return documents.at(before, "spec", "nodeAffinity") is not None


def expand_secret_changes(before: Document, _after: Document) -> bool:
    """The Secret that expands a CSI volume may be set once."""
    return documents.at(before, "spec", "csi", "controllerExpandSecretRef") is not None


def scopes_change(before: Document, after: Document) -> bool:
    """The order of the scopes of a quota does not matter."""
    old, new = (set(documents.texts(each, "spec", "scopes")) for each in (before, after))
    return old != new


def _either_is_external(before: Document, after: Document) -> bool:
    return any(documents.text(each, "spec", "type") == "ExternalName" for each in (before, after))


def _address(service: Document) -> str:
    several = documents.texts(service, "spec", "clusterIPs")
    return documents.text(service, "spec", "clusterIP") or (several[0] if several else "")


def _primary_changes(old: list[str], new: list[str]) -> bool:
    if not new:
        return old[:1] == ["None"]
    return old != new if len(old) == len(new) else old[:1] != new[:1]


def _completions(job: Document) -> object:
    completions = documents.at(job, "spec", "completions")
    neither = completions is None and documents.at(job, "spec", "parallelism") is None
    return 1 if neither else completions
