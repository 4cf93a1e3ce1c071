"""The runbooks of the alerts, and the guide that lists the alerts."""

import re
from pathlib import Path

import pytest
from support import pick, production
from watched import GROUPS

from kubestock.monitoring.metrics import check_known_metrics
from kubestock.production import PRODUCTION

DOCS = Path(__file__).parent.parent.parent / "docs"
PAGES = sorted((DOCS / "runbooks").glob("*.md"))
ADDRESS = PRODUCTION.monitoring.runbooks
OF_OTHERS = {"DatabaseQueriesSlow", "DatabaseConnectionsNearlyFull"}
"""Alerts on metrics that no program of production exports, or that its settings do not enable."""


def test_every_alert_of_production_has_a_page_and_every_page_has_an_alert() -> None:
    groups = pick(production(), "PrometheusRule", "kubestock")["spec"]["groups"]
    urls = {rule["annotations"]["runbook_url"] for group in groups for rule in group["rules"]}

    assert ADDRESS.endswith("/docs/runbooks")
    assert urls == {f"{ADDRESS}/{page.name}" for page in PAGES if page.stem not in OF_OTHERS}
    assert {f"{name}.md" for name in OF_OTHERS} <= {alert.runbook for group in GROUPS for alert in group.alerts}


def test_every_runbook_url_of_the_manifests_leads_to_a_file_of_the_repository() -> None:
    config = (DOCS.parent / "mkdocs.yml").read_text("utf-8")
    repository = re.search(r"^  repository: (\S+)", config, re.MULTILINE)
    manifests = (DOCS.parent / "dist" / "production.k8s.yaml").read_text("utf-8")
    urls = set(re.findall(r"runbook_url: (\S+)", manifests))

    assert repository is not None
    assert len(urls) > 40
    assert [url for url in urls if not url.startswith(f"{repository[1]}/blob/main/")] == []
    assert [url for url in urls if not (DOCS.parent / url.partition("/blob/main/")[2]).is_file()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_has_all_sections(page: Path) -> None:
    text = page.read_text("utf-8")

    assert text.startswith(f"# {page.stem}\n")
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == ["First look", "Likely causes", "What to do", "Escalate"]
    assert "**What users notice.**" in text
    assert "```" in text
    assert re.search(r"^\*\*It is over\*\* when .+$", text.partition("## What to do")[2], re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_links_of_a_page_have_a_target(page: Path) -> None:
    for path, heading in re.findall(r"\]\(([^)#]+)(?:#([^)]+))?\)", page.read_text("utf-8")):
        target = (page.parent / path).read_text("utf-8")
        headings = {each.lower().replace(" ", "-") for each in re.findall(r"^#+ (.*)$", target, re.MULTILINE)}

        assert not heading or heading in headings


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_queries_of_a_page_are_valid_promql_over_known_metrics(page: Path) -> None:
    own = frozenset(name for each in PRODUCTION.monitoring.metrics.values() for name in each.series)

    for block in re.findall(r"```promql\n(.*?)```", page.read_text("utf-8"), re.DOTALL):
        for query in block.strip().splitlines():
            check_known_metrics(query, own)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_names_only_existing_alerts(page: Path) -> None:
    known = {each.stem for each in PAGES}
    named = re.findall(r"\b((?:Pod|Service|Gateway|Node|Sealed|Upstream|Database)[A-Z]\w+)\b", page.read_text("utf-8"))
    families = {"ServiceLatency", "SealedSecret", "SealedSecrets", "PodMonitor", "ServiceMonitor"}

    assert set(named) - families <= known
