"""The commands in runbooks: the engineer on call may run them, and they do what the page says."""

import re
from pathlib import Path

import pytest
from kubectl import MARK, Rules, commands
from support import pick, production

from kubestock.gateway.kong.plugins.log_fields import redactions
from kubestock.production import PRODUCTION

DOCS = Path(__file__).parent.parent.parent / "docs"
PAGES = sorted((DOCS / "runbooks").glob("*.md"))
ROLLOUT = DOCS / "rollout.md"
NAMESPACES = ("$NAMESPACE", PRODUCTION.namespace)
ASSIGNED = "NAMESPACE=…    # the alert's label namespace"
OF_KUBESTOCK = ("kubestock.dpiyumal.me", "kubestock-production", "kubestock-tls", "kubestock/production")
LOGGED = ("AuthenticationFails", "RateLimitHit", "RequestsForbidden")


@pytest.fixture(scope="module")
def roles() -> dict[str, Rules]:
    return {role: pick(production(), "Role", f"kubestock-{role}")["rules"] for role in ("viewer", "operator")}


def text_of(page: Path) -> str:
    return page.read_text("utf-8")


def blocks(text: str) -> list[str]:
    return re.findall(r"^ *```shell\n(.*?)^ *```$", text, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("page", [*PAGES, ROLLOUT], ids=lambda page: page.stem)
def test_operators_may_run_every_command_that_is_not_for_an_administrator(page: Path, roles: dict[str, Rules]) -> None:
    for command in commands(text_of(page)):
        assert command.permitted(roles["operator"], NAMESPACES) is not command.marked, command.line


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_tests_find_every_command_of_a_page(page: Path) -> None:
    text = text_of(page)

    assert len(list(commands(text))) == text.count("kubectl ")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_first_look_needs_only_the_rights_of_a_viewer(page: Path, roles: dict[str, Rules]) -> None:
    look = text_of(page).partition("## First look")[2].partition("## Likely causes")[0]

    for command in commands(look):
        assert command.marked or command.permitted(roles["viewer"], NAMESPACES), command.line
    assert next(line for line in look.splitlines() if line.strip()) in {"```shell", "```promql"}


@pytest.mark.parametrize(
    "line",
    [
        'kubectl --namespace "$NAMESPACE" port-forward pod/kong 8100',
        'kubectl --namespace "$NAMESPACE" exec POD -- sh',
        'kubectl --namespace "$NAMESPACE" get secret gateway-consumers',
        'kubectl --namespace "$NAMESPACE" get pods,secrets',
        'kubectl --namespace "$NAMESPACE" annotate secret NAME a=b',
        'kubectl --namespace "$NAMESPACE" delete secret NAME',
        'kubectl --namespace "$NAMESPACE" delete deployment NAME',
        'kubectl --namespace "$NAMESPACE" get orders,challenges',
        'kubectl --namespace "$NAMESPACE" top nodes',
        "kubectl get nodes",
        "kubectl describe node NODE | grep -A8 Conditions",
        "kubectl get sealedsecrets --all-namespaces",
        "kubectl get pods",
        "kubectl --namespace kube-system logs deployment/sealed-secrets-controller",
        "kubectl apply -f dist/",
    ],
)
def test_a_command_that_no_role_permits_is_recognized(line: str, roles: dict[str, Rules]) -> None:
    (command,) = commands(line)

    assert not command.permitted(roles["operator"], NAMESPACES)
    assert not command.marked
    assert next(commands(f"{line}    # {MARK}")).marked


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_no_page_rolls_back_the_gateway_whose_routes_are_in_a_secret(page: Path) -> None:
    undone = [command for command in commands(text_of(page)) if command.verb == "rollout undo"]

    assert not [command.line for command in undone if "kong" in command.line]
    assert not undone or "Do not use it for the gateway" in text_of(page)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_logs_are_read_from_every_pod_or_from_the_named_one(page: Path) -> None:
    for command in commands(text_of(page)):
        if command.verb != "logs" or command.marked:
            continue
        assert not [word for word in command.words if "/" in word], f"one pod of several is read: {command.line}"
        if "selector" in command.options:
            assert {"prefix", "tail"} <= command.options.keys(), command.line
            assert "previous" not in command.options, f"it ends at the first pod without one: {command.line}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_uses_the_namespace_of_the_alert(page: Path) -> None:
    text = text_of(page)

    assert ("$NAMESPACE" in text) is (ASSIGNED in text)
    assert all(block.startswith(ASSIGNED) for block in blocks(text) if ASSIGNED in block)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_commands_of_a_page_are_for_any_product(page: Path) -> None:
    assert [name for name in OF_KUBESTOCK if name in text_of(page)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_variable_of_a_command_is_set_before_it(page: Path) -> None:
    known: set[str] = set()
    for line in text_of(page).splitlines():
        used = set(re.findall(r"\$([A-Z]+)", line))
        assert used <= known, line
        known |= set(re.findall(r"^([A-Z]+)=", line))


@pytest.mark.parametrize("name", LOGGED)
def test_the_client_of_a_request_is_searched_in_the_log_by_existing_fields(name: str) -> None:
    text = text_of(DOCS / "runbooks" / f"{name}.md")
    log = PRODUCTION.edge.log
    fields = re.findall(r"[ (\[]\.((?:request|response|consumer|route|client_ip|latencies)[\w.\"-]*)", text)

    assert log is not None
    assert f"`{log.destination.host.removesuffix('.svc.cluster.local')}`, port {log.destination.port}" in text
    assert f"path `{log.path}`" in text
    assert {"client_ip", "route.name", "response.status"} <= set(fields)
    assert not {field for field, source in redactions().items() if source == "return nil"} & set(fields)
