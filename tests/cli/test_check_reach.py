"""`kubestock check --reach`."""

import json
import textwrap
from pathlib import Path

import pytest
from commandline import kubestock, wide

SHOP = textwrap.dedent("""\
    {apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop, labels: {app: web}}, spec: {containers: []}}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: orders, namespace: shop, labels: {app: orders}}
    spec: {containers: [{name: orders, ports: [{containerPort: 3005}, {containerPort: 9090}]}]}
    ---
    {apiVersion: v1, kind: Pod, metadata: {name: stock, namespace: shop, labels: {app: stock}}, spec: {containers: []}}
    ---
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: all, namespace: shop}
    spec:
      podSelector: {}
      policyTypes: [Ingress, Egress]
      egress: [{to: [{podSelector: {}}, {ipBlock: {cidr: 10.0.0.0/8}}]}]
    ---
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: orders, namespace: shop}
    spec:
      podSelector: {matchLabels: {app: orders}}
      ingress:
        - {from: [{podSelector: {}}], ports: [{port: 3005}]}
        - {from: [{namespaceSelector: {matchLabels: {team: "<b>"}}}], ports: [{port: 9090}]}
    """)


@pytest.fixture(autouse=True)
def shop(here: Path) -> None:
    (here / "shop.yaml").write_text(SHOP)


def test_the_table_has_a_row_for_each_destination_and_port() -> None:
    with wide():
        ran = kubestock("check", "shop.yaml", "--reach")
    rows = [tuple(cell.strip() for cell in line.split("  ") if cell.strip()) for line in ran.out.splitlines()]

    assert (ran.code, ran.err) == (0, "")
    assert [row for row in rows if row and "─" not in row[0]] == [
        ("To", "Port", "From"),
        ("Pod/shop/orders", "3005/TCP", "every workload here"),
        ("9090/TCP", "all pods of namespaces {team: <b>}"),
        ("10.0.0.0/8", "all ports", "every workload here"),
    ]


def test_json_has_every_connection() -> None:
    found = json.loads(kubestock("check", "shop.yaml", "--reach", "--format", "json").out)

    assert {"from": "Pod/shop/web", "to": "Pod/shop/orders", "port": "3005/TCP"} in found
    assert len(found) == 6


def test_mermaid_draws_a_line_for_each_pair() -> None:
    lines = kubestock("check", "shop.yaml", "--reach", "--format", "mermaid").out.splitlines()

    assert lines[0] == "flowchart LR"
    assert '  n0["Pod/shop/orders"]' in lines
    assert '  n4(["all pods of namespaces {team: #lt;b#gt;}"])' in lines
    assert '  n2 -->|"3005/TCP"| n0' in lines
    assert sum("-->" in each for each in lines) == 6


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--reach", "--format", "sarif"), "--format must be one of json, mermaid, text with --reach, got sarif"),
        (
            ("--format", "mermaid"),
            "--format must be one of github, json, junit, sarif, text without --reach, got mermaid",
        ),
    ],
)
def test_refuses_a_format_that_does_not_fit(options: tuple[str, ...], message: str) -> None:
    ran = kubestock("check", "shop.yaml", *options)

    assert ran.code == 2
    assert message in ran.err


def test_a_file_that_cannot_be_read_fails_the_command(here: Path) -> None:
    (here / "broken.yaml").write_text("a: [")

    assert kubestock("check", ".", "--reach").code == 2
