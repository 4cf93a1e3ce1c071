"""Findings in the formats for programs."""

import json
import textwrap
from pathlib import Path
from typing import Any
from xml.etree import ElementTree  # of what the command itself writes

import pytest
from commandline import kubestock

SHOP = textwrap.dedent("""\
    apiVersion: v1
    kind: Secret
    metadata: {name: sample, namespace: shop}
    stringData: {password: top-secret}
    ---
    apiVersion: v1
    kind: Secret
    metadata: {name: silent, namespace: shop, annotations: {kubestock/skip.plain-secret: a sample}}
    stringData: {password: top-secret}
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: fine, namespace: shop, annotations: {kubestock/skip.plain-secret: ""}}
    ---
    a: [
    """)
SECRET = {
    "rule": "plain-secret",
    "severity": "error",
    "object": "Secret/shop/sample",
    "message": "is a Secret in plain text",
    "fix": "seal it: commit a SealedSecret of that name instead",
    "field": "stringData",
    "file": "shop.yaml",
    "line": 4,
}


@pytest.fixture(autouse=True)
def shop(here: Path) -> Path:
    """Return a file with an error, a warning, something silenced, and a document that cannot be read."""
    path = here / "shop.yaml"
    path.write_text(SHOP)
    return path


def written(format: str) -> str:
    ran = kubestock("check", "shop.yaml", "--format", format)

    assert ran.code == 2
    assert ran.err == "kubestock: shop.yaml:15: must be valid YAML; correct it"
    assert "top-secret" not in ran.out
    return ran.out


def test_json_has_every_finding() -> None:
    document = json.loads(written("json"))

    assert document["counts"] == {
        "errors": 1,
        "warnings": 1,
        "silenced": 1,
        "not_checked": 0,
        "unreadable": 1,
        "objects": 3,
        "files": 1,
        "calls": 0,
    }
    assert [each["rule"] for each in document["findings"]] == ["plain-secret", "skip-annotation"]
    assert document["findings"][0] == SECRET
    assert document["silenced"] == [{**SECRET, "object": "Secret/shop/silent", "line": 9, "reason": "a sample"}]
    assert document["unreadable"] == [{"file": "shop.yaml", "line": 15, "message": "must be valid YAML; correct it"}]


def test_sarif_has_rules_results_and_suppressed_findings() -> None:
    document = json.loads(written("sarif"))
    (run,) = document["runs"]
    driver = run["tool"]["driver"]
    error, warning, silenced = run["results"]

    assert document["version"] == "2.1.0"
    assert [each["id"] for each in driver["rules"]] == ["skip-annotation", "plain-secret"]
    assert [each["defaultConfiguration"]["level"] for each in driver["rules"]] == ["warning", "error"]
    assert [each["level"] for each in run["results"]] == ["error", "warning", "error"]
    assert error["message"]["text"] == f"{SECRET['object']}: {SECRET['message']}; {SECRET['fix']}"
    assert error["locations"] == [
        {
            "physicalLocation": {"artifactLocation": {"uri": "shop.yaml"}, "region": {"startLine": 4}},
            "logicalLocations": [{"fullyQualifiedName": "Secret/shop/sample#stringData"}],
        }
    ]
    assert "suppressions" not in error
    assert "suppressions" not in warning
    assert silenced["suppressions"] == [{"kind": "external", "justification": "a sample"}]
    assert all(driver["rules"][each["ruleIndex"]]["id"] == each["ruleId"] for each in run["results"])
    assert run["invocations"][0]["executionSuccessful"] is False


def test_sarif_has_the_urls_of_files(here: Path) -> None:
    Path("a b.yaml").write_text(SHOP.partition("---")[0])
    uris = [
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for name in ("a b.yaml", str(here / "a b.yaml"))
        for result in json.loads(kubestock("check", name, "--format", "sarif").out)["runs"][0]["results"]
    ]

    assert uris == ["a%20b.yaml", f"file://{here}/a%20b.yaml"]


def test_a_result_keeps_its_fingerprint_when_lines_move(shop: Path) -> None:
    def fingerprints() -> list[Any]:
        document = json.loads(kubestock("check", "shop.yaml", "--format", "sarif").out)
        return [each["partialFingerprints"] for each in document["runs"][0]["results"]]

    before = fingerprints()
    shop.write_text(f"# moved\n{SHOP}")

    assert fingerprints() == before
    assert len({json.dumps(each) for each in before}) == 3


def test_github_shows_findings_at_their_lines() -> None:
    error, warning, unread, closing = written("github").splitlines()

    assert error == (
        "::error file=shop.yaml,line=4,title=plain-secret::Secret/shop/sample: is a Secret in plain text%0A"
        "fix: seal it: commit a SealedSecret of that name instead"
    )
    assert warning.startswith("::warning file=shop.yaml,line=13,title=skip-annotation::ConfigMap/shop/fine: has an")
    assert unread == "::error file=shop.yaml,line=15,title=not read::must be valid YAML; correct it"
    assert closing == "1 error, 1 warning in 2 of 3 objects in 1 file; 1 finding silenced; 1 could not be read"


def test_github_gets_no_file_for_standard_input() -> None:
    out = kubestock("check", "-", "--format", "github", stdin=SHOP.partition("---")[0].encode()).out

    assert out.startswith("::error line=4,title=plain-secret::")


def test_a_message_cannot_inject_a_github_command(shop: Path) -> None:
    name = "a,line=1::x.yaml"
    Path(name).write_text(SHOP.partition("---")[0].replace("sample", '"b\\n::error::c%"'))
    first, closing = kubestock("check", name, "--format", "github", "--rule", "plain-secret").out.splitlines()

    assert first.startswith(
        "::error file=a%2Cline=1%3A%3Ax.yaml,line=4,title=plain-secret::Secret/shop/b%0A::error::c%25"
    )
    assert closing == "1 error in 1 of 1 object in 1 file"


def test_junit_has_a_case_for_each_object() -> None:
    root = ElementTree.fromstring(written("junit"))  # noqa: S314  # what the command itself writes
    cases = {each.get("name"): each for each in root.iter("testcase")}
    failure = cases["Secret/shop/sample"].find("failure")
    skipped = cases["Secret/shop/silent"].find("skipped")

    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("4", "1", "1")
    assert failure is not None
    assert failure.get("type") == "plain-secret"
    assert (failure.text or "").startswith("shop.yaml:4: is a Secret in plain text [plain-secret]\nfix: ")
    assert skipped is not None
    assert (skipped.get("message") or "").endswith("[plain-secret]: a sample")
    assert (cases["ConfigMap/shop/fine"].findtext("system-out") or "").startswith("warning: shop.yaml:13: ")
    assert cases["shop.yaml:15: must be valid YAML; correct it"].find("error") is not None


def test_junit_is_valid_xml_for_any_name(shop: Path) -> None:
    shop.write_text(SHOP.partition("---")[0].replace("sample", '"<a>&\\e\\""'))
    root = ElementTree.fromstring(kubestock("check", "shop.yaml", "--format", "junit").out)  # noqa: S314  # as above

    assert [each.get("name") for each in root.iter("testcase")] == ['Secret/shop/<a>&\N{REPLACEMENT CHARACTER}"']
