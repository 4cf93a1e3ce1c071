"""What a change does as a whole: connections, and the room of quotas."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shop import Manifest, main, shop, the

from kubestock.changes.consequences import Consequences, consequences


def told(found: Consequences) -> tuple[list[str], list[str]]:
    opened, closed = (
        [f"{each.source} → {each.destination} {each.port}" for each in side] for side in (found.opened, found.closed)
    )
    return opened, closed


def test_nothing_follows_where_nothing_changes() -> None:
    assert not consequences(shop(), reversed(shop()))


def test_a_caller_that_is_permitted_no_more_is_told() -> None:
    changed = shop()
    the(changed, "NetworkPolicy", "ms-inventory")["ingress"][0]["from"] = [
        {"podSelector": {"matchLabels": {"app": "x"}}}
    ]
    opened, closed = told(consequences(shop(), changed))

    assert opened == ["pods {app: x} of namespace shop → Deployment/shop/ms-inventory 3003/TCP"]
    assert "Deployment/shop/ms-orders → Deployment/shop/ms-inventory 3003/TCP" in closed


def test_a_range_that_opens_is_told() -> None:
    changed = shop()
    rule = {"to": [{"ipBlock": {"cidr": "10.0.0.0/16"}}], "ports": [{"port": 5432}]}
    the(changed, "NetworkPolicy", "ms-orders").setdefault("egress", []).append(rule)

    assert told(consequences(shop(), changed)) == (["Deployment/shop/ms-orders → 10.0.0.0/16 5432/TCP"], [])


def test_pods_that_no_policy_isolates_any_more_are_open() -> None:
    opened, _ = told(consequences(shop(), [each for each in shop() if each["kind"] != "NetworkPolicy"]))

    assert "anywhere → Deployment/shop/ms-orders all ports" in opened


def test_another_port_closes_one_and_opens_the_other() -> None:
    changed = shop()
    main(changed, "ms-inventory")["ports"][0]["containerPort"] = 4000
    for name, direction in (("ms-inventory", "ingress"), ("ms-orders", "egress")):
        the(changed, "NetworkPolicy", name)[direction][0]["ports"] = [{"port": 4000}]
    opened, closed = told(consequences(shop(), changed))

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
def test_the_room_that_a_larger_workload_leaves_is_told(hard: str, left: tuple[str, str, str]) -> None:
    before, after = limited(requests_cpu=hard, pods=20), limited(requests_cpu=hard, pods=20)
    main(after, "ms-inventory")["resources"] = {"requests": {"cpu": "500m"}}
    found = room(before, after)

    assert found == {"requests.cpu": left}


def test_a_limit_that_comes_or_goes_is_told() -> None:
    before, after = limited(pods=20), limited(secrets=3)

    assert room(before, after) == {"secrets": ("", "2", "3"), "pods": ("11", "", "")}


ODD: list[Any] = [None, True, 0, -1, "", "a", [], {}, [None], {"a": None}]


def places(value: Any) -> list[tuple[Any, Any]]:
    """Each container in a document with each of its keys. Without recursion: hypothesis leaves few frames."""
    found, left = [], [value]
    while left:
        each = left.pop()
        keys = list(each) if isinstance(each, dict) else list(range(len(each))) if isinstance(each, list) else []
        found += [(each, key) for key in keys]
        left += [each[key] for key in keys]
    return found


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_anything_may_be_compared(data: st.DataObject) -> None:
    changed = json.loads(json.dumps(shop()))
    for _ in range(data.draw(st.integers(1, 4))):
        holder, key = data.draw(st.sampled_from(places(changed)))
        holder[key] = copy.deepcopy(data.draw(st.sampled_from(ODD)))

    assert isinstance(consequences(shop(), changed), Consequences)
