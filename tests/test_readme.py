"""The examples and commands in the README work."""

import re
import subprocess
from pathlib import Path

import pytest
from docs.blocks import blocks

from kubestock.cli.project import project

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


BLOCKS = {each.title: each.text for each in blocks("README.md") if each.title}


def test_the_product_in_thirty_lines_is_the_example_that_is_tested(tmp_path: Path) -> None:
    folder = ROOT / "examples" / "web_shop"

    assert BLOCKS["main.py"] == (folder / "main.py").read_text()
    assert BLOCKS["images.yaml"] == (folder / "images.yaml").read_text()


def test_the_settings_in_the_readme_are_those_of_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyproject.toml").write_text(BLOCKS["pyproject.toml"])
    monkeypatch.chdir(tmp_path)
    known = project()

    assert (known.app(), str(known.store()), str(known.certificate()), str(known.manifests())) == (
        "python main.py",
        "secrets.yaml",
        "sealing-cert.pem",
        "dist",
    )


def test_the_documented_line_releases_one_service_and_changes_one_line(tmp_path: Path) -> None:
    command = re.findall(r"^(sed .*) && make synth$", README, re.MULTILINE)[0]
    images = Path("kubestock") / "production" / "images.yaml"
    before = (ROOT / images).read_text().splitlines()
    (tmp_path / images.parent).mkdir(parents=True)
    (tmp_path / images).write_text("\n".join(before) + "\n")
    subprocess.run(["bash", "-c", command], cwd=tmp_path, check=True)
    after = (tmp_path / images).read_text().splitlines()

    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert [new for _, new in changed] == ["ms-product: 0f3c9de"]


def test_the_table_of_packages_names_every_folder_of_the_package() -> None:
    folders = {each.parent.name for each in (ROOT / "kubestock").glob("*/__init__.py")}

    assert set(re.findall(r"^\| `(\w+)` \|", README, re.MULTILINE)) == folders


def test_the_first_lines_are_the_two_commands() -> None:
    assert re.findall(r"make \w+", README)[:2] == ["make synth", "make test"]
    assert README.index("make synth") < 60


def test_every_link_works_from_the_page_of_the_package_too_and_leads_to_a_file() -> None:
    links = re.findall(r"\]\((\S+?)\)", README)
    own = [
        match
        for link in links
        if (match := re.fullmatch(r"https://[a-z.]+/kubestock/kubestock/(?:blob/)?main/(.*)", link))
    ]

    assert [link for link in links if not link.startswith("https://")] == []
    assert len(own) > 10
    assert [match[1] for match in own if not (ROOT / match[1]).exists()] == []
