"""The validation of each Kubernetes release that KUBERNETES_VALIDATE names, running for all tests of this folder."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from validation.validator import Releases, running

PROGRAMS = [Path(each) for each in os.environ.get("KUBERNETES_VALIDATE", "").split(os.pathsep) if each]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what asks Kubernetes, where its validation is not built."""
    if PROGRAMS:
        return
    missing = "KUBERNETES_VALIDATE names no program: install Go and run 'make validation-check'"
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.skip(reason=missing))


@pytest.fixture(scope="session")
def releases() -> Iterator[Releases]:
    with ExitStack() as stack:
        yield Releases({path.parent.name: stack.enter_context(running(path)) for path in PROGRAMS})
