import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from commandline import kubestock


def test_a_new_project_is_complete(here: Path) -> None:
    ran = kubestock("new", "shop", "--registry", "ghcr.io/acme", "--host", "shop.acme.example")

    files = {str(path.relative_to("shop")) for path in Path("shop").rglob("*") if path.is_file()}
    assert ran.code == 0
    assert {
        "pyproject.toml",
        "cdk8s.yaml",
        "main.py",
        "images.yaml",
        "login.pub.pem",
        "dist/shop.k8s.yaml",
        "dist/argocd/shop.k8s.yaml",
        "tests/test_manifests.py",
        ".github/workflows/manifests.yml",
        ".gitlab-ci.yml",
        ".gitignore",
        "README.md",
    } <= files
    assert "$" not in "".join(Path("shop", each).read_text() for each in ("main.py", "pyproject.toml", "cdk8s.yaml"))


def test_a_new_project_is_one_product_with_two_services_and_a_gateway(here: Path) -> None:
    kubestock("new", "shop", "--registry", "ghcr.io/acme")

    documents = list(yaml.safe_load_all(Path("shop/dist/shop.k8s.yaml").read_text()))
    deployments = {each["metadata"]["name"]: each for each in documents if each["kind"] == "Deployment"}
    (container,) = deployments["api"]["spec"]["template"]["spec"]["containers"]
    assert set(deployments) == {"api", "web", "kong"}
    assert container["image"] == "ghcr.io/acme/api:1.0.0"


def outcome_of(project: str) -> str:
    command = [sys.executable, "-m", "pytest", "-q"]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False).stdout


def test_a_new_project_passes_its_own_tests_until_its_manifests_change(here: Path) -> None:
    kubestock("new", "shop")
    before = outcome_of("shop")
    Path("shop/images.yaml").write_text("api: 1.0.1\nweb: 1.0.0\n")
    released = outcome_of("shop")
    main = Path("shop/main.py")
    main.write_text(main.read_text().replace("limit_per_minute=150", "limit_per_minute=200"))

    assert "2 passed" in before
    assert "2 passed" in released
    assert "1 failed, 1 passed" in outcome_of("shop")


def test_a_new_project_passes_its_own_check(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kubestock("new", "shop")
    monkeypatch.chdir("shop")
    ran = kubestock("check")

    assert (ran.code, ran.out.split("\n")[0][:24]) == (0, "no findings in 41 object")


def test_the_sample_key_differs_from_project_to_project(here: Path) -> None:
    for name in ("one", "two"):
        kubestock("new", name)

    assert Path("one/login.pub.pem").read_text() != Path("two/login.pub.pem").read_text()


def test_refuses_an_existing_folder_and_does_not_change_it(here: Path) -> None:
    Path("shop").mkdir()
    Path("shop/mine").write_text("mine")
    ran = kubestock("new", "shop")

    assert (ran.code, ran.err) == (
        1,
        "kubestock: the folder shop must not exist yet; choose another name, or remove the folder",
    )
    assert [each.name for each in Path("shop").iterdir()] == ["mine"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["Shop"], "NAME must be"),
        (["shop/web"], "NAME must be"),
        (["shop", "--host", "shop"], "--host must be a full host name"),
        (["shop", "--registry", "ghcr.io/Acme"], "image repository must be a lower-case path"),
    ],
    ids=str,
)
def test_a_project_that_cannot_be_synthesized_is_not_written(here: Path, arguments: list[str], message: str) -> None:
    ran = kubestock("new", *arguments)

    assert ran.code == 1
    assert message in ran.err
    assert list(here.iterdir()) == []
