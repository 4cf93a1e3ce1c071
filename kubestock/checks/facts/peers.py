"""The other ends that rules of NetworkPolicies name: workloads of the manifests, and what is not among them."""

from collections.abc import Iterable, Iterator, Sequence

from kubestock.checks.facts import selectors
from kubestock.checks.facts.inventory import NAMESPACE_NAME, Inventory, Workload
from kubestock.checks.facts.ports import number_of, protocol
from kubestock.values import documents
from kubestock.values.documents import Document

_ALL_ADDRESSES = ("0.0.0.0/0", "::/0")
_LISTS = {"Egress": "to", "Ingress": "from"}


class Peers:
    """Finds the workloads that a peer of a policy selects."""

    def __init__(self, inventory: Inventory) -> None:
        self._inventory = inventory
        self._namespaces = list(dict.fromkeys(each.namespace for each in inventory.workloads))

    def of(self, policy: Document, direction: str) -> Iterator[tuple[Document, list[Document] | None]]:
        """Yield the rules of a policy in a direction, each with its peers, or None where it names none: all are."""
        for rule in documents.mappings(policy, "spec", direction.lower()):
            yield rule, documents.mappings(rule, _LISTS[direction]) or None

    def workloads(self, policy: Document, peer: Document) -> Iterator[Workload]:
        """Yield the workloads whose pods a peer selects."""
        pods = documents.at(peer, "podSelector")
        if documents.at(peer, "ipBlock") is None and (pods is not None or "namespaceSelector" in peer):
            for namespace in self._within(policy, peer):
                yield from self._inventory.selected(namespace, {} if pods is None else pods)

    def _within(self, policy: Document, peer: Document) -> Iterable[str]:
        chosen = documents.at(peer, "namespaceSelector")
        if chosen is None:
            return [documents.namespace(policy)]
        labels = self._inventory.namespace_labels
        return (each for each in self._namespaces if selectors.matches(chosen, labels(each)))


def others(peers: Peers, policy: Document, named: Sequence[Document]) -> Iterator[str]:
    """Yield in words what peers may select that is not among the manifests."""
    for peer in named:
        if documents.at(peer, "ipBlock") is not None:
            yield _shown_block(documents.mapping(peer, "ipBlock"))
        elif not _is_one_namespace(peer) or not any(True for _ in peers.workloads(policy, peer)):
            yield _shown_pods(policy, peer)


def is_every_address(peer: Document) -> bool:
    """Whether a peer is a range of all addresses, which holds those of all pods."""
    return documents.text(peer, "ipBlock", "cidr") in _ALL_ADDRESSES


def ports_of(rule: Document, declared: Iterable[Document] | None) -> list[str] | None:
    """Return the ports that a rule opens, such as `443/TCP`, or None for all.

    Args:
        rule: of a policy.
        declared: the ports of the containers at the destination, by which a name becomes a number, or None if they
            are unknown.
    """
    ports = documents.mappings(rule, "ports")
    if not ports:
        return None
    numbers = None
    if declared is not None:
        numbers = {
            (documents.text(port, "name"), protocol(port)): number_of(port, "containerPort") for port in declared
        }
    return [shown for each in ports if (shown := _shown_port(each, numbers))]


def _shown_port(port: Document, numbers: dict[tuple[str, str], str] | None) -> str:
    first, last, transport = documents.at(port, "port"), documents.whole(port, "endPort"), protocol(port)
    if first is None:
        return f"all ports/{transport}"
    if isinstance(first, str):
        number = first if numbers is None else numbers.get((first, transport), "")
        return f"{number}/{transport}" if number else ""
    return f"{first}/{transport}" if last in (None, first) else f"{first}-{last}/{transport}"


def _shown_block(block: Document) -> str:
    holes = documents.texts(block, "except")
    return documents.text(block, "cidr") + (f" except {', '.join(holes)}" if holes else "")


def _is_one_namespace(peer: Document) -> bool:
    """Whether a peer names its namespace, so that the manifests may have all that it selects."""
    chosen = documents.at(peer, "namespaceSelector")
    return chosen is None or any(key == NAMESPACE_NAME for key, _ in selectors.requirements(chosen))


def _shown_pods(policy: Document, peer: Document) -> str:
    chosen = documents.at(peer, "namespaceSelector")
    if chosen is None:
        within = f"namespace {documents.namespace(policy)}"
    else:
        name = documents.text(chosen, "matchLabels", NAMESPACE_NAME)
        within = f"namespace {name}" if name else f"namespaces {_shown(chosen)}" if chosen else "any namespace"
    pods = documents.at(peer, "podSelector")
    return f"pods {_shown(pods)} of {within}" if pods else f"all pods of {within}"


def _shown(selector: object) -> str:
    texts = [f"{key}: {value}" for key, value in sorted(documents.text_map(selector, "matchLabels").items())]
    for each in documents.mappings(selector, "matchExpressions"):
        values = ", ".join(documents.texts(each, "values"))
        operator = documents.text(each, "operator")
        texts.append(f"{documents.text(each, 'key')} {operator}" + (f" ({values})" if values else ""))
    return "{" + ", ".join(texts) + "}"
