from typing import Any

import pytest
from test_compare import Manifest, custom, deployment

from kubestock.changes.compare import compare


def service(**selector: str) -> Manifest:
    return custom("v1", "Service", spec={"selector": selector} if selector else {})


@pytest.mark.parametrize(
    ("before", "after", "note"),
    [
        (
            service(app="web"),
            service(app="shop"),
            "no workload of the manifests has these labels: its traffic has no target",
        ),
        (service(app="shop"), service(app="web"), "its traffic goes to the pods of Deployment/web after the change"),
        (service(app="web"), service(), "without a selector, the addresses of its endpoints are not updated"),
    ],
)
def test_a_note_says_where_traffic_goes_after_another_selector(before: Manifest, after: Manifest, note: str) -> None:
    elsewhere: dict[str, Any] = deployment("shop")
    elsewhere["metadata"]["namespace"] = "elsewhere"
    changes = compare([before, deployment(), elsewhere], [after, deployment(), elsewhere])

    assert [change.notes for change in changes] == [(note,)]


def test_an_equal_selector_has_no_note_on_traffic() -> None:
    after = service(app="web")
    after["spec"]["publishNotReadyAddresses"] = True

    assert compare([service(app="web")], [after])[0].notes == ()
