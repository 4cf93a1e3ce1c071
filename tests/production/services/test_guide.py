"""docs/programs.md agrees with the manifests of production."""

import re
from pathlib import Path

import pytest
import support
from production.services.test_environment import READ, WANTED
from production.services.test_trust import CALLERS, GATEWAY, SCRAPER, UNUSED
from support import Manifest, pick

from kubestock.product.connections import total
from kubestock.production import PRODUCTION
from kubestock.production.services import DatabaseBackend

GUIDE = (Path(__file__).parents[3] / "docs" / "programs.md").read_text("utf-8")


@pytest.fixture(scope="module")
def production() -> list[Manifest]:
    return support.production()


def rows(heading: str) -> list[list[str]]:
    """The cells of the first table below a heading, without its header row."""
    section = GUIDE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_table_of_callers_agrees_with_the_policies() -> None:
    found = {program: set(re.findall(r"ms-[a-z-]+", callers)) for program, callers in rows("Who may reach a program")}
    unused = {
        program: set(re.findall(r"(ms-[a-z]+) \(unused\)", cell)) for program, cell in rows("Who may reach a program")
    }

    assert found == {name: peers - {GATEWAY, SCRAPER} for name, peers in CALLERS.items() if name in found}
    assert set(found) == set(CALLERS) - {"frontend"}
    marked = {(caller, listed.partition(":")[0]) for caller, listed in UNUSED.items()}
    assert {(caller, program) for program, callers in unused.items() for caller in callers} == marked


def test_the_table_of_variables_agrees_with_the_environment() -> None:
    listed = {
        variable for cells in rows("Environment variables") for variable in re.findall(r"`([A-Z0-9_]+)`", cells[0])
    }

    assert listed == set().union(*READ.values(), *WANTED.values())


def test_the_guide_has_the_number_of_connections_of_production() -> None:
    assert f"**at most {total(PRODUCTION.pool_demands)} connections**" in GUIDE


def test_the_guide_describes_how_starts_are_repeated(production: list[Manifest]) -> None:
    start = DatabaseBackend.START
    assert start is not None
    probe = pick(production, "Deployment", "ms-product")["spec"]["template"]["spec"]["containers"][0]["startupProbe"]

    assert f"a pause of 1 to {start.max_pause_seconds} seconds at random, up to eight times" in GUIDE
    assert start.max_starts == 8
    assert f"start 1 of {start.max_starts} ended with 1" in GUIDE
    assert f"within {start.start_seconds} seconds is repeated" in GUIDE
    assert f"the {probe['failureThreshold'] * probe['periodSeconds']} seconds of the startup probe" in GUIDE


def test_the_guide_has_the_grace_period(production: list[Manifest]) -> None:
    grace = pick(production, "Deployment", "ms-product")["spec"]["template"]["spec"]["terminationGracePeriodSeconds"]

    assert f"a grace period of {grace} seconds" in GUIDE


def test_the_guide_lists_the_mounts_of_the_page(production: list[Manifest]) -> None:
    container = pick(production, "Deployment", "frontend")["spec"]["template"]["spec"]["containers"][0]
    listed = {path for cells in rows("The page") for path in re.findall(r"`(/[\w./]+)`", cells[0])}

    assert {each["mountPath"] for each in container["volumeMounts"]} <= listed
