"""Pages that are made from code say what the code says."""

import inspect
import re

import pytest
from constructs import Construct
from docs.blocks import FENCE, ROOT, pages
from docs.importing import imported, public_packages
from watched import ALERTS

from kubestock import workload
from kubestock.delivery.order import arrange
from kubestock.delivery.versions import LEAST_ARGO_CD, least_versions
from kubestock.workload import Workload

DOCS = ROOT / "docs"
PACKAGES = [each for each in public_packages() if each.__name__ != "kubestock.production"]
PAGES = imported(DOCS / "site" / "pages.py").made()


@pytest.mark.parametrize("name", sorted(PAGES))
def test_the_file_is_what_the_code_makes(name: str) -> None:
    assert (DOCS / name).read_text("utf-8") == PAGES[name], "run 'make pages'"


def test_a_table_of_options_has_each_argument_and_replaces_an_old_table() -> None:
    options = imported(DOCS / "site" / "options.py")
    page = "## Options\n\n<!-- options: kubestock.workload.probes.TcpSocket -->\n\n## Next\n"
    written = options.written("pods.md", page)
    row = "| `port` | `str` or `None` | `None` | the name of a port of the same container. Defaults to its first one. |"

    assert row in written
    assert written.endswith("\n<!-- end of options -->\n\n## Next\n")
    assert options.written("pods.md", written.replace("`port`", "`gone`")) == written


@pytest.mark.parametrize(
    ("method", "row"),
    [
        ("workload.workload.Workload.allow_from", "| `peer` | `Peer` | required | pods, such as "),
        ("workload.microservice.Microservice.calls", "| `variable` | `str` or `None` | `None` | a variable to set to "),
        ("product.product.Product.gateway", "| `host` | `str` | required | the public host name. |"),
        ("product.product.Product.monitoring", "| `availability` | `float` or `None` | `None` | the percentage of "),
    ],
)
def test_a_table_of_options_has_each_argument_of_a_method(method: str, row: str) -> None:
    page = f"## Options\n\n<!-- options: kubestock.{method} -->\n"
    written = imported(DOCS / "site" / "options.py").written("pods.md", page)

    assert row in written
    assert "| `self` |" not in written
    assert not re.search(r"^\| `.*\|  \|$", written, re.MULTILINE)


@pytest.mark.parametrize("name", sorted(each for each in PAGES if each.startswith("constructs/")))
def test_every_argument_in_a_table_of_options_has_a_meaning(name: str) -> None:
    assert re.findall(r"^\| (`\w+`) .*\|  \|$", PAGES[name], re.MULTILINE) == []


def test_options_of_a_class_that_does_not_exist_are_an_error() -> None:
    with pytest.raises(LookupError, match=r"the sources have no class or method kubestock\.workload\.probes\.Gone"):
        imported(DOCS / "site" / "options.py").written("pods.md", "<!-- options: kubestock.workload.probes.Gone -->\n")


def test_the_page_of_alerts_has_every_alert_and_every_runbook() -> None:
    shown = set(re.findall(r"^### (\w+)$", PAGES["alerts.md"], re.MULTILINE))

    assert shown == set(ALERTS) == {each.stem for each in (DOCS / "runbooks").glob("*.md")}


def test_the_page_of_releases_knows_the_least_versions() -> None:
    groups = ("bitnami.com/v1alpha1", "external-secrets.io/v1", "monitoring.coreos.com/v1")
    known = least_versions([{"apiVersion": each} for each in groups])
    table = dict(re.findall(r"^\| ([\w -]+?) \| ([\d.]+) \|", (DOCS / "releases.md").read_text("utf-8"), re.MULTILINE))

    assert {name: table[name] for name in known} == known
    assert known["Argo CD"] == LEAST_ARGO_CD


@pytest.mark.parametrize("page", pages())
def test_every_fence_says_its_language(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")

    assert len(re.findall(r"^ *```", text, re.MULTILINE)) == 2 * len(FENCE.findall(text))


def test_every_construct_of_the_index_has_a_page_with_its_options() -> None:
    linked = set(re.findall(r"\]\(([\w-]+\.md)\)", (DOCS / "constructs" / "index.md").read_text("utf-8")))
    files = {each.name for each in (DOCS / "constructs").glob("*.md")} - {"index.md"}

    assert linked == files
    assert {f"constructs/{each}" for each in files} <= set(PAGES)


def test_every_public_construct_has_its_options_on_a_page() -> None:
    shown = {
        path
        for each in (DOCS / "constructs").glob("*.md")
        for path in re.findall(r"^<!-- options: (\S+) -->$", each.read_text("utf-8"), re.MULTILINE)
    }
    public = {
        f"{each.__module__}.{each.__qualname__}"
        for package in PACKAGES
        for name in package.__all__
        if isinstance(each := getattr(package, name), type) and issubclass(each, Construct) and each is not Workload
    }

    assert public - shown == set()


def test_the_table_of_objects_names_attributes_that_the_constructs_have() -> None:
    page = (DOCS / "constructs" / "app.md").read_text("utf-8")
    section = page.partition("## The objects of a construct\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `?([\w ]+)`? \| (`\w+`.*) \|$", section, re.MULTILINE)
    named = {each: getattr(package, each) for package in PACKAGES for each in package.__all__}
    classes = {"every workload": Workload, "all others": workload.Ingress, **named}
    missing = [
        (name, each)
        for name, attributes in rows
        for each in re.findall(r"`([a-z_]+)`", attributes)
        if f"self.{each}" not in inspect.getsource(classes[name])
    ]

    assert len(rows) > 10
    assert missing == []


def test_the_navigation_names_every_folder_of_pages() -> None:
    nav = (ROOT / "mkdocs.yml").read_text("utf-8")
    folders = {each.parent.name for each in DOCS.glob("*/*.md")} - {"tutorial"}

    assert {each for each in folders if f"{each}/*.md" not in nav} == set()


def test_the_picture_of_a_sync_has_the_waves_of_arrange() -> None:
    waves = re.findall(r'font-size="15">(-?\d+)</text>', PAGES["assets/sync.svg"])

    assert waves == [str(each) for each in range(-2, 5)]
    assert arrange.__doc__
