"""Snapshots as YAML files, which are easy to review."""

from typing import Any

from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from kubestock.testing.finding import to_yaml


class YamlSnapshotExtension(SingleFileSnapshotExtension):
    """A syrupy extension with one `.yaml` file for each snapshot, in the format of an app.

    Example:
        ```python
        def test_the_shop(kubestock_app, yaml_snapshot):
            chart = build_shop(kubestock_app)

            assert synthesize(chart) == yaml_snapshot
        ```
    """

    _write_mode = WriteMode.TEXT
    file_extension = "yaml"

    def serialize(self, data: Any, **_: Any) -> str:
        """Return the text of a snapshot: manifests as YAML, and a text as it is."""
        if isinstance(data, str):
            return data
        return to_yaml(data if isinstance(data, list) else [data])
