"""For tests of your own charts: find objects in them, synthesize them to dicts, and compare them with YAML snapshots.

The fixtures and the snapshot extension need pytest and syrupy; nothing else here does. Where kubestock is installed,
pytest has the fixtures `kubestock_app` and `yaml_snapshot` without an import.
"""

from typing import TYPE_CHECKING

from kubestock.testing.finding import Manifest, find, find_all, pick, synthesize, to_yaml

if TYPE_CHECKING:
    from kubestock.testing.snapshots import YamlSnapshotExtension

__all__ = ["Manifest", "YamlSnapshotExtension", "find", "find_all", "pick", "synthesize", "to_yaml"]


def __getattr__(name: str) -> object:
    """Load the snapshot extension where it is first used: it needs syrupy."""
    if name != "YamlSnapshotExtension":
        raise AttributeError(f"module 'kubestock.testing' has no attribute {name!r}")
    from kubestock.testing.snapshots import YamlSnapshotExtension  # noqa: PLC0415  # syrupy is the tests' own

    return YamlSnapshotExtension
