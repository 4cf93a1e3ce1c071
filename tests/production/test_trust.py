"""The programs trust every client that reaches them, so network policies must protect them."""

from typing import Any

import pytest
import support
from programs.running import BACKENDS
from support import Manifest, pick

NAME, SPACE = "app.kubernetes.io/name", "kubernetes.io/metadata.name"
OURS, OPERATORS = "kubestock-production", "observability-production"


@pytest.fixture(scope="module")
def documents() -> list[Manifest]:
    return support.production()


def ingress(documents: list[Manifest], name: str) -> list[dict[str, Any]]:
    rules = pick(documents, "NetworkPolicy", name)["spec"]["ingress"]
    assert all(rule.get("from") and rule.get("ports") for rule in rules)
    return [peer for rule in rules for peer in rule["from"]]


def pods(peers: list[dict[str, Any]], namespace: str) -> set[str]:
    """The names of the workloads among the peers in a namespace."""
    return {
        each["podSelector"]["matchLabels"][NAME]
        for each in peers
        if each.get("namespaceSelector", {}).get("matchLabels", {}).get(SPACE) == namespace
    }


def called(documents: list[Manifest], name: str) -> set[str]:
    """The workloads that a workload may call by its own policy."""
    rules = pick(documents, "NetworkPolicy", name)["spec"]["egress"]
    return pods([peer for rule in rules for peer in rule.get("to", [])], OURS)


@pytest.mark.parametrize("name", BACKENDS)
def test_only_the_gateway_declared_callers_and_the_scraper_reach_a_program(
    documents: list[Manifest], name: str
) -> None:
    peers = ingress(documents, name)
    callers, spaces = pods(peers, OURS), {each["namespaceSelector"]["matchLabels"][SPACE] for each in peers}

    assert spaces == {OURS, OPERATORS}
    assert callers <= {"kong", *BACKENDS}
    assert "kong" in callers
    assert all(name in called(documents, each) for each in callers)


def test_only_the_gateway_calls_the_program_that_creates_users(documents: list[Manifest]) -> None:
    assert pods(ingress(documents, "ms-identity"), OURS) == {"kong"}
