from typing import Any

import pytest

from kubestock.errors import ConfigurationError
from kubestock.values.labels import Labels, annotation_map, label_map, label_value, qualified_name

LABELS = Labels(name="ms-orders", part_of="shop", environment="production", version="1.4.2")


def test_the_selector_is_part_of_the_metadata() -> None:
    assert LABELS.selector.items() <= LABELS.metadata.items() <= LABELS.release.items()


def test_the_selector_has_no_label_that_changes_with_a_release() -> None:
    later = Labels(name="ms-orders", part_of="shop", environment="production", version="9.9.9", component="worker")

    assert LABELS.selector == later.selector


def test_app_and_environment_are_short_labels_for_kubectl() -> None:
    assert LABELS.metadata["app"] == "ms-orders"
    assert LABELS.metadata["environment"] == "production"


@pytest.mark.parametrize("field", ["part_of", "environment", "component"])
def test_refuses_an_empty_label(field: str) -> None:
    values: dict[str, Any] = {"part_of": "shop", "environment": "production", "component": "service", field: ""}

    with pytest.raises(ConfigurationError, match=f"{field} must not be empty"):
        Labels(name="ms-orders", **values)


@pytest.mark.parametrize("value", ["a b", "-a", "a-", "ä", "a" * 64])
def test_refuses_an_invalid_label_value(value: str) -> None:
    with pytest.raises(ConfigurationError, match="version must be a label value"):
        label_value("version", value)


def test_a_key_has_an_optional_prefix_that_is_a_subdomain() -> None:
    assert qualified_name("key", "example.com/owner") == "example.com/owner"
    assert label_map("labels", {"owner": "shop"}) == {"owner": "shop"}

    for bad in ("Example.com/owner", "example.com/", "/owner", "a/b/c", ""):
        with pytest.raises(ConfigurationError):
            qualified_name("key", bad)


def test_the_prefix_of_an_annotation_may_have_upper_case_letters() -> None:
    assert annotation_map("annotations", {"Example.com/Owner": "shop"}) == {"Example.com/Owner": "shop"}

    with pytest.raises(ConfigurationError, match="a key of annotations"):
        annotation_map("annotations", {"a b": "shop"})


def test_refuses_annotations_above_the_size_limit_of_an_object() -> None:
    with pytest.raises(ConfigurationError, match="annotations must have at most 261120 bytes in total, got 261121"):
        annotation_map("annotations", {"a": "x" * 130559, "b": "é" * 65280})

    assert len(annotation_map("annotations", {"a": "x" * 130559, "b": "x" * 130559})) == 2
