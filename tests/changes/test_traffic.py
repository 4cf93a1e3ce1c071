from typing import Any

import pytest
from test_compare import Manifest, custom, deployment

from kubestock.changes.compare import compare


def service(**selector: str) -> Manifest:
    return custom("v1", "Service", spec={"selector": selector} if selector else {})


@pytest.mark.parametrize(
    ("before", "after", "note"),
    [
        (service(app="web"), service(app="shop"), "no workload here has these labels: its traffic goes nowhere"),
        (service(app="shop"), service(app="web"), "its traffic goes to the pods of Deployment/web from then on"),
        (service(app="web"), service(), "without a selector, nobody keeps the addresses behind it"),
    ],
)
def test_where_the_traffic_goes_after_another_selector_is_told(before: Manifest, after: Manifest, note: str) -> None:
    elsewhere: dict[str, Any] = deployment("shop")
    elsewhere["metadata"]["namespace"] = "elsewhere"
    changes = compare([before, deployment(), elsewhere], [after, deployment(), elsewhere])

    assert [change.notes for change in changes] == [(note,)]


def test_nothing_is_told_of_traffic_where_the_selector_stays() -> None:
    after = service(app="web")
    after["spec"]["publishNotReadyAddresses"] = True

    assert compare([service(app="web")], [after])[0].notes == ()
