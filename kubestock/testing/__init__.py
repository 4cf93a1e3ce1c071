"""Helps you test your charts: finds objects, synthesizes charts to dicts, and compares them with YAML snapshots.

Only the fixtures and the snapshot extension need pytest and syrupy. pytest finds the fixtures `kubestock_app` and
`yaml_snapshot` without an import, if kubestock is installed.
"""

from typing import TYPE_CHECKING

from kubestock.testing.finding import Manifest, find, find_all, pick, synthesize, to_yaml

if TYPE_CHECKING:
    from kubestock.testing.snapshots import YamlSnapshotExtension

__all__ = ["Manifest", "YamlSnapshotExtension", "find", "find_all", "pick", "synthesize", "to_yaml"]


def __getattr__(name: str) -> object:
    """Load the snapshot extension when it is first used, because it needs syrupy."""
    if name != "YamlSnapshotExtension":
        raise AttributeError(f"module 'kubestock.testing' has no attribute {name!r}")
    from kubestock.testing.snapshots import YamlSnapshotExtension  # noqa: PLC0415  # an optional dependency

    return YamlSnapshotExtension
