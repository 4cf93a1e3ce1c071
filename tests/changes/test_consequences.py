"""The consequences of all changes together: connections, and what quotas leave."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shop import Manifest, main, shop, the

from kubestock.changes.consequences import Consequences, consequences


def described(found: Consequences) -> tuple[list[str], list[str]]:
    opened, closed = (
        [f"{each.source} → {each.destination} {each.port}" for each in side] for side in (found.opened, found.closed)
    )
    return opened, closed


def test_equal_manifests_have_no_consequences() -> None:
    assert not consequences(shop(), reversed(shop()))


def test_a_connection_that_is_no_longer_allowed_is_reported() -> None:
    changed = shop()
    the(changed, "NetworkPolicy", "ms-inventory")["ingress"][0]["from"] = [
        {"podSelector": {"matchLabels": {"app": "x"}}}
    ]
    opened, closed = described(consequences(shop(), changed))

    assert opened == ["pods {app: x} of namespace shop → Deployment/shop/ms-inventory 3003/TCP"]
    assert "Deployment/shop/ms-orders → Deployment/shop/ms-inventory 3003/TCP" in closed


def test_a_newly_allowed_range_is_reported() -> None:
    changed = shop()
    rule = {"to": [{"ipBlock": {"cidr": "10.0.0.0/16"}}], "ports": [{"port": 5432}]}
    the(changed, "NetworkPolicy", "ms-orders").setdefault("egress", []).append(rule)

    assert described(consequences(shop(), changed)) == (["Deployment/shop/ms-orders → 10.0.0.0/16 5432/TCP"], [])


def test_pods_without_a_policy_allow_all_connections() -> None:
    opened, _ = described(consequences(shop(), [each for each in shop() if each["kind"] != "NetworkPolicy"]))

    assert "anywhere → Deployment/shop/ms-orders all ports" in opened


def test_a_changed_port_closes_one_connection_and_opens_another() -> None:
    changed = shop()
    main(changed, "ms-inventory")["ports"][0]["containerPort"] = 4000
    for name, direction in (("ms-inventory", "ingress"), ("ms-orders", "egress")):
        the(changed, "NetworkPolicy", name)[direction][0]["ports"] = [{"port": 4000}]
    opened, closed = described(consequences(shop(), changed))

    assert "Deployment/shop/ms-orders → Deployment/shop/ms-inventory 4000/TCP" in opened
    assert "Deployment/shop/ms-orders → Deployment/shop/ms-inventory 3003/TCP" in closed


def room(before: list[Manifest], after: list[Manifest]) -> dict[str, tuple[str, str, str]]:
    return {each.resource: (each.before, each.after, each.hard) for each in consequences(before, after).room}


def limited(**hard: object) -> list[Manifest]:
    chart = shop()
    the(chart, "ResourceQuota", "quota")["hard"] = {key.replace("_", "."): value for key, value in hard.items()}
    return chart


@pytest.mark.parametrize(
    ("hard", "left"),
    [("1", ("425m", "-925m", "1")), ("4", ("3425m", "2075m", "4"))],
)
def test_what_a_quota_leaves_after_a_larger_workload_is_reported(hard: str, left: tuple[str, str, str]) -> None:
    before, after = limited(requests_cpu=hard, pods=20), limited(requests_cpu=hard, pods=20)
    main(after, "ms-inventory")["resources"] = {"requests": {"cpu": "500m"}}
    found = room(before, after)

    assert found == {"requests.cpu": left}


def test_an_added_or_removed_limit_is_reported() -> None:
    before, after = limited(pods=20), limited(secrets=3)

    assert room(before, after) == {"secrets": ("", "2", "3"), "pods": ("11", "", "")}


ODD: list[Any] = [None, True, 0, -1, "", "a", [], {}, [None], {"a": None}]


def places(value: Any) -> list[tuple[Any, Any]]:
    """Each container in a document with each of its keys, without recursion, because hypothesis leaves few frames."""
    found, left = [], [value]
    while left:
        each = left.pop()
        keys = list(each) if isinstance(each, dict) else list(range(len(each))) if isinstance(each, list) else []
        found += [(each, key) for key in keys]
        left += [each[key] for key in keys]
    return found


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_any_manifests_can_be_compared(data: st.DataObject) -> None:
    changed = json.loads(json.dumps(shop()))
    for _ in range(data.draw(st.integers(1, 4))):
        holder, key = data.draw(st.sampled_from(places(changed)))
        holder[key] = copy.deepcopy(data.draw(st.sampled_from(ODD)))

    assert isinstance(consequences(shop(), changed), Consequences)
