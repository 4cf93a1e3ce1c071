import kubestock  # points jsii at its Node, before cdk8s starts one

# isort: split

import hypothesis
import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

# A busy machine is slow, not wrong.
hypothesis.settings.register_profile("kubestock", deadline=None)
hypothesis.settings.load_profile("kubestock")


class YamlFile(SingleFileSnapshotExtension):
    """A snapshot that a reviewer reads as the YAML it is."""

    _write_mode = WriteMode.TEXT
    file_extension = "yaml"


@pytest.fixture
def yaml_snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(YamlFile)


@pytest.fixture
def app(tmp_path_factory: pytest.TempPathFactory) -> kubestock.App:
    return kubestock.App(outdir=str(tmp_path_factory.mktemp("dist")))


@pytest.fixture
def chart(app: kubestock.App) -> kubestock.Chart:
    return kubestock.Chart(app, "shop", namespace="shop")
