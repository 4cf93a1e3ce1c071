"""The pipelines on the pages install what a generated project installs, and never another package of the name."""

import re
from pathlib import Path

import pytest
from docs.blocks import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
SCAFFOLD = ROOT / "kubestock" / "cli" / "scaffold"
BY_NAME = re.compile(r"pip install (?:-\S+ )*['\"]?kubestock\b(?!(?:\[\w+\])? @)")


@pytest.mark.parametrize("page", PAGES, ids=lambda each: each.relative_to(ROOT).as_posix())
def test_a_page_installs_kubestock_from_its_repository_since_it_is_on_no_registry(page: Path) -> None:
    assert BY_NAME.findall(page.read_text("utf-8")) == []


@pytest.mark.parametrize("package", ["kubestock", "'kubestock[cli]'", "--upgrade kubestock"])
def test_an_installation_by_the_name_alone_is_found(package: str) -> None:
    assert BY_NAME.search(f"Run `pip install {package}`.\n")
    assert not BY_NAME.search("pip install 'kubestock[cli] @ git+https://github.com/kubestock/kubestock@v0.1.0'\n")


def test_the_guide_installs_a_project_as_its_generated_pipelines_do() -> None:
    guide = (ROOT / "docs" / "guides" / "pipelines.md").read_text("utf-8")
    generated = {
        line
        for name in ("github.yml.txt", "gitlab-ci.yml.txt")
        for line in re.findall(r"pip install .*", (SCAFFOLD / name).read_text("utf-8"))
    }

    assert generated
    assert generated <= set(re.findall(r"pip install .*", guide))
