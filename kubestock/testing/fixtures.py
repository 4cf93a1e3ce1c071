"""The fixtures that pytest finds where kubestock is installed."""

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from kubestock.app import App


@pytest.fixture
def kubestock_app(tmp_path_factory: pytest.TempPathFactory) -> "App":
    """An app that writes into a temporary folder of the test."""
    from kubestock.app import App  # noqa: PLC0415  # it starts Node, which a test without charts does not need

    return App(outdir=str(tmp_path_factory.mktemp("dist")))


@pytest.fixture
def yaml_snapshot(request: pytest.FixtureRequest) -> Any:
    """The `snapshot` of syrupy, with one YAML file for each snapshot."""
    from kubestock.testing.snapshots import YamlSnapshotExtension  # noqa: PLC0415  # syrupy is the tests' own

    return request.getfixturevalue("snapshot").use_extension(YamlSnapshotExtension)
