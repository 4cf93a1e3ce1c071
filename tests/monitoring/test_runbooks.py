"""The pages that an alert leads to, and the guide that lists them."""

import re
from pathlib import Path

import pytest
from support import pick, production
from watched import GROUPS

from kubestock.monitoring.metrics import refuse_unknown
from kubestock.production import PRODUCTION

DOCS = Path(__file__).parent.parent.parent / "docs"
PAGES = sorted((DOCS / "runbooks").glob("*.md"))
ADDRESS = PRODUCTION.monitoring.runbooks
OF_OTHERS = {"DatabaseQueriesSlow", "DatabaseConnectionsNearlyFull"}
"""Alerts on what no program of production exports, or its settings do not say."""


def test_every_alert_of_production_leads_to_a_page_and_every_page_is_led_to() -> None:
    groups = pick(production(), "PrometheusRule", "kubestock")["spec"]["groups"]
    urls = {rule["annotations"]["runbook_url"] for group in groups for rule in group["rules"]}

    assert ADDRESS.endswith("/docs/runbooks")
    assert urls == {f"{ADDRESS}/{page.name}" for page in PAGES if page.stem not in OF_OTHERS}
    assert {f"{name}.md" for name in OF_OTHERS} <= {alert.runbook for group in GROUPS for alert in group.alerts}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_says_what_it_means_what_to_look_at_and_what_to_do(page: Path) -> None:
    text = page.read_text("utf-8")

    assert text.startswith(f"# {page.stem}\n")
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == ["First look", "Likely causes", "What to do", "Escalate"]
    assert "**What users notice.**" in text
    assert "```" in text
    assert re.search(r"^\*\*It is over\*\* when .+$", text.partition("## What to do")[2], re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_links_of_a_page_lead_somewhere(page: Path) -> None:
    for path, heading in re.findall(r"\]\(([^)#]+)(?:#([^)]+))?\)", page.read_text("utf-8")):
        target = (page.parent / path).read_text("utf-8")
        headings = {each.lower().replace(" ", "-") for each in re.findall(r"^#+ (.*)$", target, re.MULTILINE)}

        assert not heading or heading in headings


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_queries_of_a_page_are_promql_over_metrics_that_exist(page: Path) -> None:
    own = frozenset(name for each in PRODUCTION.monitoring.metrics.values() for name in each.series)

    for block in re.findall(r"```promql\n(.*?)```", page.read_text("utf-8"), re.DOTALL):
        for query in block.strip().splitlines():
            refuse_unknown(query, own)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_names_no_alert_that_does_not_exist(page: Path) -> None:
    known = {each.stem for each in PAGES}
    named = re.findall(r"\b((?:Pod|Service|Gateway|Node|Sealed|Upstream|Database)[A-Z]\w+)\b", page.read_text("utf-8"))
    families = {"ServiceLatency", "SealedSecret", "SealedSecrets", "PodMonitor", "ServiceMonitor"}

    assert set(named) - families <= known
