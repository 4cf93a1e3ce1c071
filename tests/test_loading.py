"""Each entry point loads only what it needs: Node, cryptography and the parsers are slow."""

import subprocess
import sys

import pytest

import kubestock

SLOW = (
    "jsii",
    "constructs",
    "cdk8s",
    "cdk8s_plus_27",
    "cryptography",
    "jsonschema",
    "lupa",
    "promql_parser",
    "grafana_foundation_sdk",
    "kubestock.production",
    "kubestock.production.services",
    "kubestock.app",
)
OF_WHOLE_PRODUCTS = {
    *SLOW,
    "kubestock.gateway.kong",
    "kubestock.monitoring",
    "kubestock.delivery",
} - {"jsii", "constructs", "cdk8s", "kubestock.app"}
HELP = "import sys; sys.argv = ['kubestock', {}]\nfrom kubestock.cli import main\ntry: main()\nexcept SystemExit: pass"


@pytest.mark.parametrize(
    "program",
    [
        "import kubestock",
        "import kubestock.checks",
        "from kubestock.checks import built_in_rules; built_in_rules()",
        "import kubestock.changes.compare",
        "import kubestock.secrets.audit, kubestock.secrets.storefile",
        "from kubestock import ConfigurationError, checks, read_store, secrets; checks.findings, secrets.SecretStore",
        HELP.format("'--help'"),
        HELP.format("'--version'"),
        HELP.format("'diff', '--help'"),
        HELP.format("'seal', '--help'"),
        HELP.format("'check', '--help'"),
        HELP.format("'check', 'tests/checks/shop.yaml'"),
        HELP.format("'graph', 'dist'"),
        HELP.format("'secrets', '--help'"),
    ],
)
def test_nothing_slow_is_loaded_before_it_is_needed(program: str) -> None:
    script = f"{program}\nimport sys; print('loaded:', *sorted(set(sys.modules) & set({SLOW})))"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert ran.stdout.splitlines()[-1] == "loaded:"


def test_an_app_of_services_does_not_load_gateways_dashboards_and_secrets() -> None:
    program = "from kubestock import App, Chart, Guardrails, Microservice"
    script = f"{program}\nimport sys; print('loaded:', *sorted(set(sys.modules) & set({OF_WHOLE_PRODUCTS})))"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert ran.stdout == "loaded:\n"


def test_the_package_and_the_command_have_the_same_version() -> None:
    ran = subprocess.run([sys.executable, "-c", HELP.format("'--version'")], capture_output=True, text=True, check=True)

    assert (ran.stdout, kubestock.__version__) == ("kubestock 0.1.0\n", "0.1.0")
