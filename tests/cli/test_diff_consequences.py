"""The consequences in `kubestock diff`, and its Markdown for pull requests."""

import json
from pathlib import Path

import pytest
from cli.diffing import Manifest, config, deployment, git, live, secret, write
from commandline import kubestock


def policy(*ports: int) -> Manifest:
    ingress = [{"from": [{"ipBlock": {"cidr": "10.0.0.0/8"}}], "ports": [{"port": port} for port in ports]}]
    spec = {"podSelector": {}, "policyTypes": ["Ingress"], "ingress": ingress}
    return {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "guard"}, "spec": spec}


def quota(pods: int) -> Manifest:
    return {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "all"}, "spec": {"hard": {"pods": pods}}}


@pytest.fixture
def changed(here: Path) -> Path:
    """Return a repository in which a policy opens another port, and a quota leaves less."""
    git("init", "--quiet")
    (here / "cdk8s.yaml").write_text("output: dist\n")
    write("dist", policy(80, 81), quota(5), deployment("web:1"))
    git("add", "dist")
    git("commit", "--quiet", "--message", "before")
    write("after", policy(80, 8080, 8081), quota(4), deployment("web:1"))
    return here


SECTIONS = """\
connections that are allowed (+) and denied (-)
  + 10.0.0.0/8 → Deployment/web 8080/TCP, 8081/TCP
  - 10.0.0.0/8 → Deployment/web 81/TCP

left of quotas when every workload rolls out at its largest size
  ~ ResourceQuota/all pods: 3 → 2 of 4

2 objects change: 2 in force at once (dist at HEAD → after)
"""


def test_connections_and_quotas_are_shown_below_the_objects(changed: Path) -> None:
    assert kubestock("diff", "--manifests", "after").out.endswith(f"\n\n{SECTIONS}")


def test_json_has_the_consequences(changed: Path) -> None:
    document = json.loads(kubestock("diff", "--manifests", "after", "--json").out)

    assert document["connections"]["closed"] == [{"from": "10.0.0.0/8", "to": "Deployment/web", "port": "81/TCP"}]
    assert [each["port"] for each in document["connections"]["opened"]] == ["8080/TCP", "8081/TCP"]
    assert document["room"] == [
        {"quota": "ResourceQuota/all", "resource": "pods", "hard": "4", "before": "3", "after": "2"}
    ]


def test_unchanged_objects_of_the_cluster_are_those_of_the_manifests(kubectl: Path) -> None:
    Path("cluster.yaml").write_text(json.dumps(policy(80)))
    ran = live(kubectl, policy(80, 81), deployment("web:1"))

    assert "  + 10.0.0.0/8 → Deployment/web 80/TCP, 81/TCP\n" in ran.out
    Path("cluster.yaml").write_text(f"{json.dumps(policy(80))}\n---\n{json.dumps(deployment('web:1'))}")
    ran = live(kubectl, policy(80, 81), deployment("web:1"))
    assert "  + 10.0.0.0/8 → Deployment/web 81/TCP\n" in ran.out


def test_markdown_has_a_table_and_folds_the_fields(changed: Path) -> None:
    ran = kubestock("diff", "--manifests", "after", "--markdown")

    assert (ran.code, ran.err) == (1, "")
    assert ran.out.startswith(
        "**2 objects change: 2 in force at once** (dist at HEAD → after)\n\n"
        "| object | what happens |\n|---|---|\n"
        "| `NetworkPolicy/guard` | in force at once |\n| `ResourceQuota/all` | in force at once |\n\n"
        "**Connections that are allowed \\(\\+\\) and denied \\(\\-\\)**\n\n"
        "```diff\n+ 10.0.0.0/8 → Deployment/web 8080/TCP, 8081/TCP\n- 10.0.0.0/8 → Deployment/web 81/TCP\n```\n"
    )
    assert "<details><summary>Fields</summary>\n\n```diff\nNetworkPolicy/guard: in force at once\n" in ran.out
    assert ran.out.endswith("\n```\n\n</details>\n")


def test_markdown_reports_no_change(changed: Path) -> None:
    assert kubestock("diff", "--manifests", "dist", "--markdown").out == "**no change** (dist at HEAD → dist)\n"


def test_a_value_cannot_end_a_block_of_markdown(changed: Path) -> None:
    write("after", policy(80, 81), quota(5), deployment("web:1"), config(A="```\n</details>\n````\n"))
    write("dist", policy(80, 81), quota(5), deployment("web:1"), config(A="b\nc"))
    git("commit", "--quiet", "--all", "--message", "config")
    ran = kubestock("diff", "--manifests", "after", "--markdown")

    assert "\n`````diff\nConfigMap/settings: " in ran.out
    assert ran.out.endswith("\n`````\n\n</details>\n")


def test_markdown_fits_in_a_comment_and_reports_what_is_left_out(changed: Path) -> None:
    many = [
        config(**{f"OPTION{number}": "x" * 90 for number in range(300)}) | {"metadata": {"name": f"c{at}"}}
        for at in range(4)
    ]
    write("dist", *[config(A="1") | {"metadata": {"name": f"c{at}"}} for at in range(4)])
    git("commit", "--quiet", "--all", "--message", "many")
    write("after", *many)
    ran = kubestock("diff", "--manifests", "after", "--markdown")

    assert len(ran.out) < 65_536
    assert "\n3 more objects are too long for a comment: run kubestock diff\n" in ran.out
    assert "| `ConfigMap/c3` |" in ran.out


def test_no_format_shows_a_secret(changed: Path) -> None:
    write("after", secret("top-secret"))
    for form in ("--json", "--markdown"):
        assert "top-secret" not in kubestock("diff", "--manifests", "after", form).out


def test_refuses_two_formats_together(changed: Path) -> None:
    ran = kubestock("diff", "--manifests", "after", "--json", "--markdown")

    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "kubestock: --json and --markdown must not be given together; leave one of them out"


def ingress(path: str, auth: str) -> Manifest:
    metadata = {"name": "web", "annotations": {"nginx.ingress.kubernetes.io/auth-type": auth} if auth else {}}
    paths = [{"path": path, "backend": {"service": {"name": "web"}}}]
    spec = {"rules": [{"host": "shop.example.com", "http": {"paths": paths}}]}
    return {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": metadata, "spec": spec}


def test_a_route_with_other_clients_is_reported(changed: Path) -> None:
    write("dist", ingress("/", "basic"))
    git("commit", "--quiet", "--all", "--message", "ingress")
    write("after", ingress("/", ""))
    public = kubestock("diff", "--manifests", "after")
    write("after", ingress("/new", "basic"))
    moved = json.loads(kubestock("diff", "--manifests", "after", "--json").out)["routes"]

    assert (
        "routes that are opened (+), closed (-) or changed (~)\n"
        "  ~ Ingress/web: any method shop.example.com /, for any client instead of clients with basic authentication\n"
    ) in public.out
    assert [(each["path"], each["before"] is None, each["becomes_public"]) for each in moved] == [
        ("/", False, False),
        ("/new", True, False),
    ]
