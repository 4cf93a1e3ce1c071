"""The packages of the library, and the direction of every import between them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "kubestock"
ALLOWED = {
    "_errorhook": {"errors"},
    "_node": {"errors", "_errorhook"},
    "_version": set(),
    "errors": set(),
    "values": {"errors"},
    "yaml": {"errors"},
    "checks": {"errors", "values"},
    "changes": {"errors", "values", "checks"},
    "kube": {"errors", "values", "yaml"},
    "workload": {"errors", "values", "kube"},
    "namespace": {"errors", "values", "kube"},
    "secrets": {"errors", "values", "kube", "workload", "yaml"},
    "certificates": {"errors", "values", "kube"},
    "gateway": {"errors", "values", "kube", "workload", "yaml"},
    "monitoring": {"errors", "values", "kube", "workload"},
    "app": {"_errorhook", "errors", "values", "kube", "checks", "yaml"},
    "delivery": {"errors", "values", "kube", "workload", "gateway", "app"},
    "product": {"errors", "values", "kube", "workload", "namespace", "secrets", "checks", "app"}
    | {"gateway", "monitoring", "delivery"},
    "production": {"errors", "values", "kube", "workload", "namespace", "secrets", "app", "product"}
    | {"gateway", "monitoring", "delivery"},
    "testing": {"errors", "kube", "app", "yaml"},
    "cli": {"errors", "values", "yaml", "gateway", "secrets", "checks", "changes"},
    "__main__": {"errors", "production"},
}
PURE = {"_errorhook", "_node", "_version", "errors", "values", "yaml", "checks", "changes"}


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        package = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if package != "__init__":
            yield package, path


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            yield node.module or ""


def packages_of(names: Iterator[str]) -> set[str]:
    return {name.split(".")[1] if "." in name else name for name in names if name.startswith("kubestock.")}


@pytest.mark.parametrize(
    ("package", "path"), [pytest.param(*each, id=str(each[1].relative_to(PACKAGE))) for each in modules()]
)
def test_every_import_has_an_allowed_direction(package: str, path: Path) -> None:
    assert packages_of(imported(path)) - {package} <= ALLOWED[package]


def test_packages_of_plain_data_import_no_cdk8s() -> None:
    foreign = {"cdk8s", "cdk8s_plus_27", "constructs", "jsii"}

    for package, path in modules():
        if package in PURE:
            assert not foreign & {name.split(".")[0] for name in imported(path)}, path


def test_no_file_grows_past_250_lines_and_no_folder_is_called_utils() -> None:
    large = {str(path.relative_to(PACKAGE)): len(path.read_text("utf-8").splitlines()) for _, path in modules()}

    # One construct each: what every kind of workload has, and what a product has, is read together.
    whole = {"workload/workload.py", "product/product.py"}
    assert {name for name, lines in large.items() if lines > 250} <= whole
    assert not [name for name in large if Path(name).stem in ("utils", "common", "helpers")]


def undocumented(tree: ast.Module) -> Iterator[str]:
    for owner in ast.walk(tree):
        if isinstance(owner, ast.ClassDef) and not owner.name.startswith("_"):
            for member in owner.body:
                if isinstance(member, ast.FunctionDef) and not member.name.startswith("_"):
                    overload = member.name == "check" or any(
                        "setter" in ast.dump(each) for each in member.decorator_list
                    )
                    if ast.get_docstring(member) is None and not overload:
                        yield f"{owner.name}.{member.name}"


def test_every_public_method_but_the_check_of_a_value_says_what_it_is_for() -> None:
    found = {str(path.relative_to(PACKAGE)): list(undocumented(ast.parse(path.read_text()))) for _, path in modules()}

    assert {path: names for path, names in found.items() if names} == {}


OF_KUBESTOCK = re.compile(
    r"ms-(product|inventory|supplier|order|identity)|asgardeo|dpiyumal|kubestock-(production|staging|tls)|stripe|"
    r"ecr-cred|jwt-signing|47846875|ap-south|product_catalog|purchase-order",
    re.IGNORECASE,
)


def test_only_the_package_of_kubestock_itself_knows_its_names() -> None:
    files = [path for path in PACKAGE.rglob("*") if path.suffix in {".py", ".txt"} and "production" not in path.parts]
    found = {f"{path}: {match[0]}" for path in files for match in OF_KUBESTOCK.finditer(path.read_text("utf-8"))}

    assert len(files) > 200
    assert found == set()


def test_no_construct_and_no_command_imports_a_whole_product() -> None:
    whole = {"product", "production"}
    importers = {
        (package, of) for package, path in modules() for of in packages_of(imported(path)) & whole if of != package
    }

    assert {package for package, of in importers if of == "production"} == {"__main__"}
    assert {package for package, of in importers if of == "product"} == {"production"}
