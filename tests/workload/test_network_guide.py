"""The Python code in docs/workloads-network.md runs, and its YAML is part of the output."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from support import Manifest, manifests, pick

GUIDE = (Path(__file__).parent.parent.parent / "docs" / "workloads-network.md").read_text("utf-8")
PARTS: list[Manifest] = [
    part for block in re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL) for part in yaml.safe_load_all(block)
]


@pytest.fixture(scope="module")
def names() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for block in re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL):
        exec(block, found)  # noqa: S102  # our guide
    return found


def differences(shown: Any, written: Any, at: str = "") -> list[str]:
    """The places where the shown object is not part of the written object."""
    if isinstance(shown, dict) and isinstance(written, dict):
        return [each for key in shown for each in differences(shown[key], written.get(key), f"{at}.{key}")]
    if isinstance(shown, list) and isinstance(written, list) and len(shown) == len(written):
        pairs = enumerate(zip(shown, written, strict=True))
        return [each for number, pair in pairs for each in differences(*pair, f"{at}[{number}]")]
    return [] if shown == written else [f"{at}: {shown!r} is shown, {written!r} is written"]


@pytest.mark.parametrize("part", PARTS, ids=lambda each: f"{each['kind']}-{each['metadata']['name']}")
def test_what_the_guide_shows_is_what_is_written(names: dict[str, Any], part: Manifest) -> None:
    written = pick(manifests(names["chart"]), part["kind"], part["metadata"]["name"])

    assert differences(part, written) == []


def test_the_rules_find_only_the_missing_default_deny_policy_in_the_product_of_the_guide(names: dict[str, Any]) -> None:
    (warning,) = names["chart"].findings()

    assert "[no-default-deny]" in warning
