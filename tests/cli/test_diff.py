import json
import shutil
import textwrap
from pathlib import Path

import pytest
import yaml
from cli.diffing import Manifest, config, deployment, git, priority, secret, write
from commandline import Result, kubestock, on_a_terminal

from kubestock.changes.change import Effect

ROOT = Path(__file__).parent.parent.parent


def test_a_fresh_synth_is_compared_with_the_last_commit(repository: Path) -> None:
    write("dist", config(A="9"))
    ran = kubestock("diff")

    assert (ran.code, ran.err) == (1, "")
    assert '~ data.A: "2" → "3"' in ran.out
    assert ran.out.endswith("1 object changes: 1 at the next start of pods (dist at HEAD → a fresh synth)\n")


def test_a_committed_synth_has_no_changes(repository: Path) -> None:
    shutil.copytree("fresh", "dist", dirs_exist_ok=True)
    git("commit", "--quiet", "--all", "--message", "3")

    assert kubestock("diff") == Result(code=0, out="no change (dist at HEAD → a fresh synth)\n", err="")


def test_another_revision_can_be_compared(repository: Path) -> None:
    assert '"1" → "3"' in kubestock("diff", "--revision", "HEAD~1").out


def test_a_folder_can_replace_the_synth(repository: Path) -> None:
    write("other", config(A="2"), deployment("web:2"))
    ran = kubestock("diff", "--manifests", "other")

    assert '"web:1" → "web:2"' in ran.out
    assert "(dist at HEAD → other)" in ran.out


def test_the_app_and_the_folder_can_be_given(repository: Path) -> None:
    Path("cdk8s.yaml").unlink()
    git("mv", "dist", "manifests")
    git("commit", "--quiet", "--message", "moved")

    assert '"2" → "3"' in kubestock("diff", "--app", "python app.py", "--dist", "manifests").out


def test_committed_production_is_compared_with_what_its_app_writes(here: Path) -> None:
    Path("kubestock").mkdir()  # tests/test_synth.py runs the real one
    Path("kubestock", "__init__.py").touch()
    Path("kubestock", "__main__.py").write_text(
        f"import os, shutil; shutil.copytree({str(ROOT / 'dist')!r}, os.environ['CDK8S_OUTDIR'], dirs_exist_ok=True)"
    )
    git("init", "--quiet")
    shutil.copytree(ROOT / "dist", "dist")
    git("add", "dist")
    git("commit", "--quiet", "--message", "production")

    Path("cdk8s.yaml").write_text("app: python -m kubestock\noutput: dist\n")

    assert kubestock("diff") == Result(code=0, out="no change (dist at HEAD → a fresh synth)\n", err="")


def test_changes_are_grouped_by_object_the_most_urgent_first(repository: Path) -> None:
    before = [priority(1), config(A="1", text="a\nb\nc\n"), deployment("web:1"), secret("one")]
    after = [
        priority(2),
        config(A="1", text="a\nB\nc\n"),
        deployment("web:2"),
        secret("two"),
        config() | {"kind": "Pod"},
    ]
    write("dist", *before)
    git("commit", "--quiet", "--all", "--message", "before")
    write("after", *after)

    assert kubestock("diff", "--manifests", "after").out == textwrap.dedent("""\
        PriorityClass/high: immutable: must be recreated
          ! immutable: value
          ! pods that run keep their priority; new pods that name it are refused in the meantime
          ~ value: 1 → 2

        Deployment/web: rolls pods
          ~ spec.template.spec.containers[web].image: "web:1" → "web:2"

        Secret/db: in force at once
          ! no workload of the manifests reads it; a program that watches it reads it at once
          ~ data.PASSWORD: changed

        ConfigMap/settings: at the next start of pods
          ! read by new pods of Deployment/web
          ~ data.text: changed
            @@ -1,3 +1,3 @@
             a
            -b
            +B
             c

        Pod/settings: created
          ! the immutable fields of this kind are unknown

        connections that are allowed (+) and denied (-)
          + Pod/settings → Deployment/web all ports
          + Deployment/web, anywhere → Pod/settings all ports
          + Pod/settings → anywhere all ports

        5 objects change: 1 immutable: must be recreated, 1 rolls pods, 1 in force at once, \
1 at the next start of pods, 1 created (dist at HEAD → after)
        """)


def test_a_field_with_another_effect_than_its_object_shows_it(repository: Path) -> None:
    changed = deployment("web:2")
    changed["metadata"]["labels"] = {"team": "a"}
    write("after", config(A="2"), changed)

    assert '+ metadata.labels.team: "a"  [harmless]' in kubestock("diff", "--manifests", "after").out


def test_objects_without_fields_are_listed_without_empty_lines(repository: Path) -> None:
    new = [{**config(A="1"), "metadata": {"name": name}} for name in ("a", "b")]
    write("after", config(A="2"), deployment("web:1"), *new)

    assert kubestock("diff", "--manifests", "after").out.startswith(
        "ConfigMap/a: created\nConfigMap/b: created\n\n2 objects change: 2 created ("
    )


def test_lines_that_start_with_dashes_are_shown(repository: Path) -> None:
    write("dist", config(sql="a\n-- one\n"))
    git("commit", "--quiet", "--all", "--message", "sql")
    write("after", config(sql="a\n-- two\n"))
    out = kubestock("diff", "--manifests", "after").out

    assert "    --- one\n" in out
    assert "    +-- two\n" in out


def test_a_changed_line_break_at_the_end_is_shown(repository: Path) -> None:
    write("dist", config(text="a\nb\n"))
    git("commit", "--quiet", "--all", "--message", "text")
    write("after", config(text="a\nb"))

    assert "    +\\ no line break at the end\n" in kubestock("diff", "--manifests", "after").out


def test_long_values_are_neither_cut_nor_wrapped(repository: Path) -> None:
    write("after", config(A="x" * 500), deployment("web:1"))

    assert f'+"{"x" * 500}"\n' in kubestock("diff", "--manifests", "after").out


def test_control_characters_of_a_manifest_are_escaped(repository: Path) -> None:
    write("after", config(A="\x1b[2J\x9b2J\n[red]\u202e"), deployment("web:1"))
    out = kubestock("diff", "--manifests", "after").out

    assert "[red]" in out
    assert not {"\x1b", "\x9b", "\u202e"} & set(out)


def test_json_has_every_field_and_hides_confidential_values(repository: Path) -> None:
    write("dist", config(A="1"), secret("one"), priority(1))
    git("commit", "--quiet", "--all", "--message", "before")
    write("after", config(A="1"), secret("two"), priority(2))
    ran = kubestock("diff", "--manifests", "after", "--json")
    report = json.loads(ran.out)

    assert ran.code == 1
    assert report["counts"] == {"immutable: must be recreated": 1, "in force at once": 1}
    assert (report["before"], report["after"]) == ("dist at HEAD", "after")
    assert [each["kind"] for each in report["objects"]] == ["PriorityClass", "Secret"]
    assert report["objects"][1]["fields"] == [
        {
            "path": "data.PASSWORD",
            "what": "changed",
            "effect": "in force at once",
            "hidden": True,
            "before": None,
            "after": None,
        }
    ]


def test_a_date_is_a_text_as_in_kubernetes(repository: Path) -> None:
    Path("after").mkdir()
    text = yaml.safe_dump_all([config(A="2"), deployment("web:1")]).replace("A: '2'", "A: 2025-01-31T10:00:00Z")
    Path("after/all.yaml").write_text(text)

    assert '~ data.A: "2" → "2025-01-31T10:00:00Z"' in kubestock("diff", "--manifests", "after").out


@pytest.mark.parametrize(("scalar", "value"), [("=", '"="'), ("<<", '"<<"'), ("0o22", "18"), ("y", "true")])
def test_a_plain_scalar_is_read_as_kubernetes_reads_it(repository: Path, scalar: str, value: str) -> None:
    Path("after").mkdir()
    text = yaml.safe_dump_all([config(A="2"), deployment("web:1")]).replace("A: '2'", f"A: {scalar}")
    Path("after/all.yaml").write_text(text)

    assert f'~ data.A: "2" → {value}\n' in kubestock("diff", "--manifests", "after").out


def test_any_text_is_read_as_it_was_written(repository: Path) -> None:
    texts = {
        "=": "=",
        "<<": "<<",
        "0o22": "0o22",
        "y": "y",
        "lines": " a\n\tb\n\n",
        "mark": "\ufeff\u2028\x85",
        "none": "",
    }
    write("after", config(**texts), deployment("web:1"))
    shutil.copytree("after", "dist", dirs_exist_ok=True)
    git("commit", "--quiet", "--all", "--message", "3")

    assert kubestock("diff", "--manifests", "after").out.startswith("no change")


def test_a_terminal_shows_that_the_app_is_running(repository: Path) -> None:
    seen = on_a_terminal("diff")

    assert "Synthesizing: python app.py" in seen
    assert "1 object changes" in seen


def test_help_explains_every_effect() -> None:
    text = " ".join(kubestock("diff", "--help").out.split())

    for effect in Effect:
        assert f"{effect}: {effect.meaning[:40]}" in text
    assert "Exit code: 0 if nothing changes, 1 if something changes, 2 if the command fails." in text
    assert "these are no changes: the tracking annotations that Argo CD writes" in text
    assert "A warning on standard error and the last line report such objects" in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--revision", "nowhere"], "the repository has no revision 'nowhere'; name a commit, branch or tag"),
        (["--revision=--output=stolen"], "the repository has no revision '--output=stolen'"),
        (["--dist", "elsewhere"], "revision 'HEAD' has no folder 'elsewhere' here; give --dist, relative to"),
        (
            ["--manifests", "elsewhere"],
            "--manifests must be a file or a folder of manifests, got elsewhere, which",
        ),
        (["--manifests", "empty"], "the folder empty must contain manifests (*.yaml), got none"),
        (["--manifests", "broken"], "broken/a.yaml must be valid YAML, got an error in line 1; synthesize it again"),
        (
            ["--manifests", "endless"],
            "endless/a.yaml must have at most 100 levels of nesting, and no alias that contai",
        ),
        (
            ["--manifests", "deep"],
            "deep/a.yaml must have at most 100 levels of nesting, and no alias",
        ),
        (
            ["--manifests", "wide"],
            "wide/a.yaml must have at most 100 levels of nesting, and no alias",
        ),
        (["--manifests", "nameless"], "each document must have an apiVersion, a kind and a name, got one in nameless/"),
        (["--manifests", "listed"], "each document must have an apiVersion, a kind and a name, got one in listed/a.y"),
        (["--manifests", "twice"], "each object must be unique, got ConfigMap/settings again in twice/all.k8s"),
        (
            ["--app", "python 'app.py"],
            """--app must be a command with closed quotes, got "python 'a""",
        ),
        (["--app", " "], "--app must be a command with closed quotes, got ' '; correct it"),
        (["--app", "no-such-program"], "the app 'no-such-program' cannot be run; give the command"),
        (["--app", "python fails.py"], "the app 'python fails.py' failed, so nothing is compared; fix the error"),
        (["--app", "python -c pass"], "what the app 'python -c pass' writes to CDK8S_OUTDIR must contain manifests"),
        (["--live", "--revision", "HEAD"], "--live and --revision must not be given together"),
        (["--live", "--against", "before.yaml"], "--live and --against must not be given together"),
        (["--against", "before.yaml", "--dist", "dist"], "--against and --dist must not be given together"),
        (
            ["--against", "nowhere.yaml"],
            "--against must be a file or a folder of manifests, got nowhere.yaml",
        ),
        (["--manifests", "fresh", "--app", "a"], "--manifests and --app must not be given together"),
        (
            ["--live", "--kubectl", "no-kubectl"],
            "no-kubectl cannot be run (No such file or directory); install",
        ),
        (
            ["--live", "--kubectl", "kubectl 'a"],
            """--kubectl must be a command with closed quotes, got""",
        ),
    ],
)
def test_refuses_what_cannot_be_compared(repository: Path, arguments: list[str], message: str) -> None:
    Path("empty").mkdir()
    broken = {
        "broken": "password: 'confidential\n",
        "endless": "a: &a [confidential, *a]\n",
        "deep": f"{'[' * 2000}confidential{']' * 2000}\n",
        "wide": "a0: &a0 [confidential]\n" + "".join(f"a{n}: &a{n} [{f'*a{n - 1},' * 9}]\n" for n in range(1, 12)),
        "nameless": "apiVersion: v1\nkind: ConfigMap\ndata: {A: confidential}\n",
        "listed": "- confidential\n",
    }
    for folder, content in broken.items():
        Path(folder).mkdir()
        Path(folder, "a.yaml").write_text(content)
    write("twice", config(A="1"), config(A="confidential"))
    Path("fails.py").write_text("import sys; sys.exit('kubestock: name must be a text')")
    ran = kubestock("diff", *arguments)

    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("kubestock: ")
    assert message in ran.err
    assert "confidential" not in ran.err
    assert not Path("stolen").exists()


def test_refuses_a_broken_link_in_the_commit(repository: Path) -> None:
    Path("dist/linked.yaml").symlink_to("all.k8s.yaml")
    Path("dist/all.k8s.yaml").rename("dist/other.yaml")
    git("add", "--all", "dist")
    git("commit", "--quiet", "--message", "linked")
    ran = kubestock("diff")

    assert (ran.code, ran.out) == (2, "")
    assert (
        "dist/linked.yaml in dist at HEAD must be a file, got a symbolic link to a file that is not there; com"
        in ran.err
    )


def test_a_link_within_the_commit_is_followed(repository: Path) -> None:
    Path("dist/all.k8s.yaml").rename("all.yaml")
    Path("dist/linked.yaml").symlink_to("../all.yaml")
    git("add", "--all", "dist", "all.yaml")
    git("commit", "--quiet", "--message", "linked")

    assert '~ data.A: "2" → "3"' in kubestock("diff").out


def test_a_file_that_archives_leave_out_is_compared(repository: Path) -> None:
    Path(".gitattributes").write_text("dist export-ignore\n")
    git("add", ".gitattributes")
    git("commit", "--quiet", "--message", "attributes")

    assert '~ data.A: "2" → "3"' in kubestock("diff").out


@pytest.mark.parametrize("folder", ["dist", "./dist/", "../deep/dist", "dist/all.k8s.yaml"])
def test_the_committed_folder_is_relative_to_the_current_folder(
    repository: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    Path("deep").mkdir()
    git("mv", "dist", "deep/dist")
    git("commit", "--quiet", "--message", "deep")
    monkeypatch.chdir("deep")

    assert '~ data.A: "2" → "3"' in kubestock("diff", "--dist", folder, "--manifests", "../fresh").out


def test_an_unexpected_error_fails_the_command_and_quotes_nothing(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise KeyError("confidential")

    monkeypatch.setattr("kubestock.cli.diff.compare", fails)
    ran = kubestock("diff")

    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("kubestock: an unexpected error, KeyError, so nothing is compared; report it")
    assert "in diff" in ran.err
    assert '"confidential"' not in ran.err.replace('raise KeyError("confidential")', "")


def test_confidential_values_are_not_shown(repository: Path) -> None:
    def manifests(value: str) -> tuple[Manifest, ...]:
        web = deployment("web:1")
        variables = [{"name": "API_TOKEN", "value": value}, {"name": "DSN", "value": f"postgres://shop:{value}@db/a"}]
        web["spec"]["template"]["spec"]["containers"][0]["env"] = variables
        wrapped = {"apiVersion": "example.com/v1", "kind": "Bundle", "metadata": {"name": "all"}}
        return web, config(DB_PASSWORD=value, LOG="a"), {**wrapped, "spec": {"parts": [secret(value)]}}

    write("dist", *manifests("confidential"))
    git("commit", "--quiet", "--all", "--message", "before")
    write("after", *manifests("classified"))
    texts, report = (kubestock("diff", "--manifests", "after", *more).out for more in ([], ["--json"]))

    assert "~ data.DB_PASSWORD: changed\n" in texts
    assert "~ spec.template.spec.containers[web].env[API_TOKEN].value: changed\n" in texts
    assert "~ spec.template.spec.containers[web].env[DSN].value: changed\n" in texts
    assert "~ spec.parts[0].data.PASSWORD: changed\n" in texts
    for value in ("confidential", "classified", *(secret(each)["data"]["PASSWORD"] for each in ("confidential",))):
        assert value not in texts + report


def test_refuses_to_compare_outside_a_repository(here: Path) -> None:
    write("fresh", config(A="1"))
    ran = kubestock("diff", "--manifests", "fresh", "--dist", "dist")

    assert ran == Result(
        code=2,
        out="",
        err="kubestock: the current folder is not in a Git repository; compare with the cluster: --live",
    )


@pytest.mark.parametrize("path", ["before.yaml", "before"])
def test_manifests_of_other_tools_are_compared_without_a_commit(repository: Path, path: str) -> None:
    write("before", config(A="1"))
    Path("before.yaml").write_text("".join(each.read_text() for each in Path("before").iterdir()))
    write("after", config(A="2"))
    result = kubestock("diff", "--against", path, "--manifests", "after")

    assert "~ data.A" in result.out
    assert f"({path} → after)" in result.out
