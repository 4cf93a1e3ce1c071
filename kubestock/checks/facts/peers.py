"""The peers in the rules of NetworkPolicies: workloads in the manifests, and peers that are not in them."""

from collections.abc import Iterable, Iterator, Sequence

from kubestock.checks.facts import selectors
from kubestock.checks.facts.inventory import NAMESPACE_NAME, Inventory, Workload
from kubestock.checks.facts.ports import describe_number, protocol
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
        """Yield the rules of a policy in a direction, each with its peers, or with None if it permits all peers."""
        for rule in documents.mappings(policy, "spec", direction.lower()):
            yield rule, documents.mappings(rule, _LISTS[direction]) or None

    def workloads(self, policy: Document, peer: Document) -> Iterator[Workload]:
        """Yield the workloads whose pods a peer selects."""
        pods = documents.at(peer, "podSelector")
        if documents.at(peer, "ipBlock") is None and (pods is not None or "namespaceSelector" in peer):
            for namespace in self._namespaces_of(policy, peer):
                yield from self._inventory.selected(namespace, {} if pods is None else pods)

    def _namespaces_of(self, policy: Document, peer: Document) -> Iterable[str]:
        chosen = documents.at(peer, "namespaceSelector")
        if chosen is None:
            return [documents.namespace(policy)]
        labels = self._inventory.namespace_labels
        return (each for each in self._namespaces if selectors.matches(chosen, labels(each)))


def describe_external_peers(peers: Peers, policy: Document, named: Sequence[Document]) -> Iterator[str]:
    """Yield descriptions of what peers can select outside the manifests.

    Args:
        peers: finds the workloads that a peer selects.
        policy: the policy of the rule.
        named: the peers of the rule.
    """
    for peer in named:
        if documents.at(peer, "ipBlock") is not None:
            yield _describe_block(documents.mapping(peer, "ipBlock"))
        elif not _is_one_namespace(peer) or not any(True for _ in peers.workloads(policy, peer)):
            yield _describe_pods(policy, peer)


def is_every_address(peer: Document) -> bool:
    """Whether a peer is a range of all addresses, so that it contains all pods."""
    return documents.text(peer, "ipBlock", "cidr") in _ALL_ADDRESSES


def ports_of(rule: Document, declared: Iterable[Document] | None) -> list[str] | None:
    """Return the ports that a rule permits, such as `443/TCP`, or None for all ports.

    Args:
        rule: a rule of a policy.
        declared: the ports of the containers at the destination, which give the numbers of named ports, or None if the
            containers are unknown.
    """
    ports = documents.mappings(rule, "ports")
    if not ports:
        return None
    numbers = None
    if declared is not None:
        numbers = {
            (documents.text(port, "name"), protocol(port)): describe_number(port, "containerPort") for port in declared
        }
    return [shown for each in ports if (shown := _describe_port(each, numbers))]


def _describe_port(port: Document, numbers: dict[tuple[str, str], str] | None) -> str:
    first, last, transport = documents.at(port, "port"), documents.whole(port, "endPort"), protocol(port)
    if first is None:
        return f"all ports/{transport}"
    if isinstance(first, str):
        number = first if numbers is None else numbers.get((first, transport), "")
        return f"{number}/{transport}" if number else ""
    return f"{first}/{transport}" if last in (None, first) else f"{first}-{last}/{transport}"


def _describe_block(block: Document) -> str:
    exceptions = documents.texts(block, "except")
    return documents.text(block, "cidr") + (f" except {', '.join(exceptions)}" if exceptions else "")


def _is_one_namespace(peer: Document) -> bool:
    """Whether a peer selects pods in one namespace by its name, so that all these pods may be in the manifests."""
    chosen = documents.at(peer, "namespaceSelector")
    return chosen is None or any(key == NAMESPACE_NAME for key, _ in selectors.requirements(chosen))


def _describe_pods(policy: Document, peer: Document) -> str:
    chosen = documents.at(peer, "namespaceSelector")
    if chosen is None:
        place = f"namespace {documents.namespace(policy)}"
    else:
        name = documents.text(chosen, "matchLabels", NAMESPACE_NAME)
        place = (
            f"namespace {name}" if name else f"namespaces {_describe_selector(chosen)}" if chosen else "any namespace"
        )
    pods = documents.at(peer, "podSelector")
    return f"pods {_describe_selector(pods)} of {place}" if pods else f"all pods of {place}"


def _describe_selector(selector: object) -> str:
    texts = [f"{key}: {value}" for key, value in sorted(documents.text_map(selector, "matchLabels").items())]
    for each in documents.mappings(selector, "matchExpressions"):
        values = ", ".join(documents.texts(each, "values"))
        operator = documents.text(each, "operator")
        texts.append(f"{documents.text(each, 'key')} {operator}" + (f" ({values})" if values else ""))
    return "{" + ", ".join(texts) + "}"
