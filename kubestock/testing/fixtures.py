"""The fixtures that pytest finds if kubestock is installed."""

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from kubestock.app import App


@pytest.fixture
def kubestock_app(tmp_path_factory: pytest.TempPathFactory) -> "App":
    """An app that writes into a temporary folder of the test."""
    from kubestock.app import App  # noqa: PLC0415  # starts Node, which a test without charts does not need

    return App(outdir=str(tmp_path_factory.mktemp("dist")))


@pytest.fixture
def yaml_snapshot(request: pytest.FixtureRequest) -> Any:
    """The `snapshot` of syrupy, with one YAML file for each snapshot."""
    from kubestock.testing.snapshots import YamlSnapshotExtension  # noqa: PLC0415  # an optional dependency

    return request.getfixturevalue("snapshot").use_extension(YamlSnapshotExtension)
