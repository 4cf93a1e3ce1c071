"""The input of `kubestock check`, and its output for people."""

import shlex
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
import yaml
from commandline import kubestock, on_a_terminal

from kubestock.checks import Inventory, Problem, registry, rule, rules_with
from kubestock.cli.check.gateways import RULES

ROOT = Path(__file__).parent.parent.parent
FINE = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: fine, namespace: shop}\n"
SECRET = textwrap.dedent("""\
    # made up
    apiVersion: v1
    kind: Secret
    metadata:
      name: sample
      namespace: shop
    stringData: {password: top-secret}
    """)
POD = textwrap.dedent("""\
    apiVersion: v1
    kind: Pod
    metadata: {name: web, namespace: shop}
    spec:
      containers:
        - name: web
          image: web:1
    """)
MOUNTING = f"{POD}      volumeMounts:\n        - {{name: absent, mountPath: /data}}\n"


@rule("no-pods", title="There is a Pod", severity="warning", fails="kind: Pod", source="https://example.com/pods")
def no_pods(inventory: Inventory) -> Iterator[Problem]:
    """A bare Pod is not replaced."""
    for each in inventory.of_kind("Pod"):
        yield Problem(each, "is a bare Pod", fix="make it a Deployment", field=("kind",))


def write(name: str, text: str) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_production_has_no_findings() -> None:
    ran = kubestock("check", ROOT / "dist")

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("no findings in ")


def test_findings_are_grouped_by_object_with_file_and_line(here: Path) -> None:
    write("shop.yaml", f"{FINE}---\n{SECRET}---\n{MOUNTING}")
    ran = kubestock("check", "shop.yaml", "--rule", "mount", "--rule", "plain-secret")

    assert (ran.code, ran.err) == (1, "")
    assert ran.out == textwrap.dedent("""\
        Secret/shop/sample
          shop.yaml:11: error: is a Secret in plain text [plain-secret]
              fix: seal it: commit a SealedSecret of that name instead

        Pod/shop/web
          shop.yaml:21: error: container 'web' mounts the volume 'absent', but the pod has none [mount]
              fix: add it to volumes

        2 errors in 2 of 3 objects in 1 file
        """)


def test_warnings_do_not_fail_the_command(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write("shop.yaml", POD)
    monkeypatch.setattr("kubestock.cli.check.command.installed_rules", lambda: (no_pods,))
    ran = kubestock("check", "shop.yaml", "--rule", "no-pods")

    assert ran.code == 0
    assert "shop.yaml:2: warning: is a bare Pod [no-pods]\n      fix: make it a Deployment\n" in ran.out
    assert ran.out.endswith("1 warning in 1 of 1 object in 1 file\n")


def test_the_rules_of_an_installed_package_are_applied(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write("shop.yaml", POD)
    entry = EntryPoint(name="acme", value="acme.rules:no_pods", group="kubestock.rules")
    monkeypatch.setattr(EntryPoint, "load", lambda _: no_pods)
    monkeypatch.setattr(registry, "entry_points", lambda *, group: [entry] if group == "kubestock.rules" else [])

    assert "[no-pods]" in kubestock("check", "shop.yaml").out
    assert "A bare Pod is not replaced." in kubestock("check", "--explain", "no-pods").out


def test_folders_are_searched_and_a_file_that_is_named_twice_is_read_once(here: Path) -> None:
    write("manifests/a/secret.yaml", SECRET)
    write("manifests/fine.json", '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "other"}}')
    write("manifests/.git/secret.yaml", SECRET)
    write("manifests/node_modules/secret.yaml", SECRET)
    write("manifests/README.md", "# no YAML: [")
    ran = kubestock("check", "manifests", "manifests/a/secret.yaml")

    assert ran.out.endswith("1 error in 1 of 2 objects in 2 files\n")
    assert "manifests/a/secret.yaml:7: error" in ran.out


def test_the_folder_of_the_manifests_is_the_default(here: Path) -> None:
    write("cdk8s.yaml", "output: out\n")
    write("out/fine.yaml", FINE)

    assert kubestock("check").out == "no findings in 1 object in 1 file\n"


def test_standard_input_is_read() -> None:
    ran = kubestock("check", "-", stdin=SECRET.encode())

    assert ran.code == 1
    assert "  <stdin>:7: error: " in ran.out


def test_a_broken_document_is_reported_and_the_others_are_checked(here: Path) -> None:
    write("shop.yaml", f"{FINE}---\na: [top-secret\n---\n{SECRET}")
    ran = kubestock("check", "shop.yaml")

    assert ran.code == 2
    assert ran.err == "kubestock: shop.yaml:5: must be valid YAML; correct it"
    assert "Secret/shop/sample" in ran.out
    assert ran.out.endswith("1 error in 1 of 2 objects in 1 file; 1 could not be read\n")


def test_a_template_of_helm_is_reported_once(here: Path) -> None:
    template = "{{- if .Values.web }}\na: {{ .Values.a }}\n---\nb: {{ .Values.b }}\n{{- end }}\n"
    write("chart/templates/web.yaml", template)
    write("chart/fine.yaml", FINE)
    ran = kubestock("check", "chart")

    assert ran.code == 2
    assert ran.err == (
        "kubestock: chart/templates/web.yaml:1: must be valid YAML; it is a template: check what `helm template` writes"
    )
    assert ran.out == "no findings in 1 object in 2 files; 1 could not be read\n"


@pytest.mark.parametrize("named", ["absent.yaml", "empty"])
def test_a_missing_file_is_reported_and_the_others_are_checked(here: Path, named: str) -> None:
    Path("empty").mkdir()
    write("secret.yaml", SECRET)
    ran = kubestock("check", named, "secret.yaml")

    assert ran.code == 2
    assert ran.err.startswith(f"kubestock: {named}: ")
    assert "Secret/shop/sample" in ran.out


def test_files_without_an_object_fail_the_command(here: Path) -> None:
    write("values.yaml", "replicas: 2\n---\n- a\n---\n3\n---\n")
    ran = kubestock("check", "values.yaml")

    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "kubestock: there is no Kubernetes object in values.yaml; name other files"


def test_the_items_of_a_list_are_reported_with_their_own_lines(here: Path) -> None:
    listed = textwrap.dedent("""\
        apiVersion: v1
        kind: SecretList
        items:
          - metadata: {name: one}
            stringData: {password: top-secret}
          - metadata: {name: two}
            stringData: {password: top-secret}
        """)
    write("list.yaml", listed)
    ran = kubestock("check", "list.yaml")

    assert "Secret/one\n  list.yaml:5: error" in ran.out
    assert "Secret/two\n  list.yaml:7: error" in ran.out


def test_unknown_kinds_pass(here: Path) -> None:
    write("widget.yaml", "apiVersion: acme.io/v1\nkind: Widget\nmetadata: {name: a}\nspec: {size: 3}\n")

    assert kubestock("check", "widget.yaml").code == 0


def test_all_rules_are_listed_with_their_severity_and_title(here: Path) -> None:
    lines = kubestock("check", "--list").out.splitlines()

    assert [line.split()[0] for line in lines] == sorted(each.id for each in rules_with(RULES))
    assert any(line.split()[:2] == ["call-blocked", "error"] for line in lines)


def test_an_object_that_the_cluster_has_can_be_provided(here: Path) -> None:
    write("pod.yaml", f"{POD}  imagePullSecrets: [{{name: registry}}]\n")

    assert "'registry'" in kubestock("check", "pod.yaml").out
    for provided in ("Secret/registry", "Secret/shop/registry"):
        assert "'registry'" not in kubestock("check", "pod.yaml", "--provided", provided).out


def test_silenced_findings_are_counted_and_listed(here: Path) -> None:
    silent = SECRET.replace("  name: sample\n", "  name: one\n  annotations: {kubestock/skip.plain-secret: a sample}\n")
    write("shop.yaml", f"{silent}---\n{SECRET}")
    ran = kubestock("check", "shop.yaml")
    skipped = kubestock("check", "shop.yaml", "--skip", "plain-secret=all are samples")

    assert "silenced:\n  Secret/shop/one [plain-secret]: a sample\n" in ran.out
    assert ran.out.endswith("1 error in 1 of 2 objects in 1 file; 1 finding silenced\n")
    assert skipped.code == 0
    assert "  Secret/shop/sample [plain-secret]: all are samples\n" in skipped.out
    assert skipped.out.endswith("no findings in 2 objects in 1 file; 2 findings silenced\n")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ["--rule", "plain-secrets"],
            "--rule must be the id of a rule, got 'plain-secrets': did you mean plain-secret?",
        ),
        (["--rule", "x"], "--rule must be the id of a rule, got 'x': the rules are anti-affinity-selector, "),
        (["--explain", "plain-"], "--explain must be the id of a rule, got 'plain-': did you mean plain-secret?"),
        (["--skip", "plain-secret"], "--skip must be a rule and a reason, got 'plain-secret': write --skip plain-"),
        (
            ["--skip", "plain-secret= "],
            "--skip must be a rule and a reason, got 'plain-secret= ': write --skip plain",
        ),
        (["--skip", "no=reason"], "--skip must be the id of a rule, got 'no'"),
        (["--kubernetes", "latest"], "--kubernetes must be a release of Kubernetes, such as 1.31, got 'latest'"),
        (["--provided", "registry"], "--provided must be a kind and a name, got 'registry': write Secret/registry"),
    ],
)
def test_refuses_invalid_options(here: Path, options: list[str], message: str) -> None:
    write("shop.yaml", FINE)
    ran = kubestock("check", "shop.yaml", *options)

    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err


def test_a_rule_is_explained_with_its_examples() -> None:
    ran = kubestock("check", "--explain", "plain-secret")

    assert ran.code == 0
    assert ran.out.startswith("# plain-secret\n\n")
    assert "The rule has a finding in this example:\n\n```yaml\n" in ran.out


def test_verbose_lists_what_is_not_checked_and_counts_the_calls(here: Path) -> None:
    write("shop.yaml", f"{POD}      env: [{{name: PEER_URL, value: 'http://peer:80'}}]\n---\na: 1\n")
    ran = kubestock("check", "shop.yaml", "--verbose")

    assert "shop.yaml:10: is not a Kubernetes object, so it is not checked\n" in ran.out
    assert "1 call of other programs read\n" in ran.out


def test_control_characters_in_a_name_are_escaped(here: Path) -> None:
    write("shop.yaml", SECRET.replace("sample", '"a\\e[2Jb"'))

    assert "Secret/shop/a\\x1b[2Jb" in kubestock("check", "shop.yaml").out


def test_an_unexpected_error_fails_the_command_and_quotes_nothing(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError(SECRET)

    write("shop.yaml", SECRET)
    monkeypatch.setattr("kubestock.cli.check.command.judge", broken)
    ran = kubestock("check", "shop.yaml")

    assert ran.code == 2
    assert ran.err.startswith("kubestock: an unexpected error, KeyError, so nothing is checked; report it")
    assert "top-secret" not in ran.err


def test_a_closed_pipe_is_not_an_error(here: Path) -> None:
    write("shop.yaml", "---\n".join(SECRET.replace("sample", f"sample-{number}") for number in range(2000)))
    command = f"{sys.executable} -c 'from kubestock.cli import main; main()' check shop.yaml | head -1"
    ran = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)

    assert ran.stdout == "Secret/shop/sample-0\n"
    assert ran.stderr == ""


def test_a_terminal_gets_colours_and_progress(here: Path) -> None:
    write("shop.yaml", "---\n".join(FINE.replace("fine", f"fine-{number}") for number in range(2001)))
    seen = on_a_terminal("check", "shop.yaml")

    assert "checking" in seen
    assert "\x1b[32mno findings in 2,001 objects in 1 file" in seen


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("crds.json", '{"kind": ', "crds.json:1: must be valid JSON; correct it"),
        ("crds.yaml", "a: [", "crds.yaml:1: must be valid YAML; correct it"),
        ("crds.yaml", FINE, "--crds must name files with a CustomResourceDefinition, got crds.yaml without one; name"),
        ("absent", None, "absent: cannot be read (No such file or directory); name a file, a folder, or - for"),
    ],
)
def test_wrong_definitions_are_one_message(here: Path, name: str, content: str | None, message: str) -> None:
    write("shop.yaml", FINE)
    if content is not None:
        write(name, content)
    ran = kubestock("check", "shop.yaml", "--crds", "absent" if content is None else name)

    assert ran.code == 2
    assert ran.err.startswith(f"kubestock: {message}")
    assert ran.err.count("kubestock: ") == 1


@pytest.mark.parametrize(("release", "code"), [("1.25", 1), ("1.31", 0)])
def test_the_release_of_the_schemas_can_be_chosen(here: Path, release: str, code: int) -> None:
    write("shop.yaml", f"{POD}      resizePolicy: []\n")

    assert kubestock("check", "shop.yaml", "--kubernetes", release, "--rule", "unknown-field").code == code


def test_custom_objects_are_checked_with_the_definitions_of_the_cluster(here: Path) -> None:
    schema = "{type: object, properties: {spec: {type: object, properties: {size: {type: integer}}}}}"
    names = "{kind: Widget, plural: widgets}"
    version = f"{{name: v1, served: true, storage: true, schema: {{openAPIV3Schema: {schema}}}}}"
    write(
        "crds/widget.yaml",
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: widgets.acme.io}\n"
        f"spec: {{group: acme.io, scope: Namespaced, names: {names}, versions: [{version}]}}\n",
    )
    write(
        "shop.yaml", "apiVersion: acme.io/v1\nkind: Widget\nmetadata: {name: a, namespace: shop}\nspec: {size: large}\n"
    )
    ran = kubestock("check", "shop.yaml", "--crds", "crds")

    assert kubestock("check", "shop.yaml").code == 0
    assert ran.code == 1
    assert "shop.yaml:4: error: spec.size" in ran.out
    write("crds/broken.yaml", "a: [")
    assert kubestock("check", "shop.yaml", "--crds", "crds").code == 2


def test_a_new_project_passes_the_check_of_its_pipeline(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kubestock("new", "shop")
    monkeypatch.chdir("shop")
    steps = yaml.safe_load(Path(".github/workflows/manifests.yml").read_text())["jobs"]["manifests"]["steps"]
    (command,) = [each["run"] for each in steps if each.get("run", "").startswith("kubestock check")]
    ran = kubestock(*shlex.split(command)[1:])

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("no findings in ")
    assert command in Path(".gitlab-ci.yml").read_text()
    assert command in Path("README.md").read_text()


def test_the_table_of_connections_has_full_names_in_a_pipe(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    ran = kubestock("check", "--reach", ROOT / "dist" / "production.k8s.yaml")

    assert "Deployment/kubestock-production/ms-order-management" in ran.out
