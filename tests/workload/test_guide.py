"""The Python code in docs/workloads.md runs, and produces the YAML shown there."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from support import find

from kubestock import Chart
from kubestock.checks import findings
from kubestock.kube.objects import manifests

GUIDE = (Path(__file__).parent.parent.parent / "docs" / "workloads.md").read_text("utf-8")
SHOWN = [yaml.safe_load(each) for each in re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)]
KINDS = {"StatefulSet", "Service", "DaemonSet", "Job", "CronJob", "Deployment", "PersistentVolumeClaim"}


@pytest.fixture(scope="module")
def chart() -> Chart:
    names: dict[str, Any] = {}
    for each in re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL):
        exec(each, names)  # noqa: S102  # our own documentation
    made = names["chart"]
    assert isinstance(made, Chart)
    return made


def is_part(shown: Any, whole: Any) -> bool:
    """Whether an object contains everything that is shown; a list is shown with all its items."""
    if isinstance(shown, dict):
        return isinstance(whole, dict) and all(key in whole and is_part(shown[key], whole[key]) for key in shown)
    if isinstance(shown, list):
        return len(shown) == len(whole) and all(map(is_part, shown, whole))
    return bool(shown == whole)


@pytest.mark.parametrize("shown", SHOWN, ids=[f"{each['kind']}-{each['metadata']['name']}" for each in SHOWN])
def test_the_yaml_is_what_the_python_produces(chart: Chart, shown: Any) -> None:
    whole = find(chart, shown["kind"], shown["metadata"]["name"])

    assert is_part(shown, whole), whole


def test_every_kind_is_shown_and_has_no_findings(chart: Chart) -> None:
    assert {each["kind"] for each in SHOWN} == KINDS
    assert findings(manifests(chart)) == []


def test_detects_what_is_not_part_of_an_object() -> None:
    assert not is_part({"a": [1]}, {"a": [1, 2]})
    assert not is_part({"a": {"b": 1}}, {"a": {}})
