import base64
import json
import shutil
import stat
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
import yaml
from commandline import Result, kubestock

from kubestock.changes.change import Effect

ROOT = Path(__file__).parent.parent.parent
Manifest = dict[str, Any]


def git(*arguments: str) -> None:
    own = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *own, *arguments], check=True, capture_output=True)


def config(**data: str) -> Manifest:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": data}


def secret(value: str) -> Manifest:
    data = {"PASSWORD": base64.b64encode(value.encode()).decode()}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "db"}, "data": data}


def priority(value: int) -> Manifest:
    meta = {"name": "high"}
    return {"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": meta, "value": value}


def deployment(image: str) -> Manifest:
    pod = {"containers": [{"name": "web", "image": image, "envFrom": [{"configMapRef": {"name": "settings"}}]}]}
    spec = {"selector": {"matchLabels": {"app": "web"}}, "template": {"spec": pod}}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": spec}


def write(folder: str, *manifests: Manifest) -> None:
    Path(folder).mkdir(exist_ok=True)
    Path(folder, "all.k8s.yaml").write_text(yaml.safe_dump_all(manifests), "utf-8")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder to work in, under no git repository."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def repository(here: Path) -> Path:
    """Return a repository whose two commits hold dist/ with A=1, then A=2; app.py synthesizes A=3."""
    git("init", "--quiet")
    for value in ("1", "2"):
        write("dist", config(A=value), deployment("web:1"))
        git("add", "dist")
        git("commit", "--quiet", "--message", value)
    write("fresh", config(A="3"), deployment("web:1"))
    Path("app.py").write_text(
        "import os, shutil; shutil.copytree('fresh', os.environ['CDK8S_OUTDIR'], dirs_exist_ok=True)"
    )
    Path("cdk8s.yaml").write_text("language: python\napp: python app.py\noutput: dist\n")
    return here


def test_a_fresh_synth_is_compared_with_the_last_commit(repository: Path) -> None:
    write("dist", config(A="9"))
    ran = kubestock("diff")

    assert (ran.code, ran.err) == (1, "")
    assert '~ data.A: "2" → "3"' in ran.out
    assert ran.out.endswith("1 object changes: 1 at the next start of pods (dist at HEAD → a fresh synth)\n")


def test_nothing_changes_where_the_synth_is_committed(repository: Path) -> None:
    shutil.copytree("fresh", "dist", dirs_exist_ok=True)
    git("commit", "--quiet", "--all", "--message", "3")

    assert kubestock("diff") == Result(code=0, out="no change (dist at HEAD → a fresh synth)\n", err="")


def test_another_revision_may_be_named(repository: Path) -> None:
    assert '"1" → "3"' in kubestock("diff", "--revision", "HEAD~1").out


def test_a_folder_takes_the_place_of_the_synth(repository: Path) -> None:
    write("other", config(A="2"), deployment("web:2"))
    ran = kubestock("diff", "--manifests", "other")

    assert '"web:1" → "web:2"' in ran.out
    assert "(dist at HEAD → other)" in ran.out


def test_app_and_folder_may_be_named(repository: Path) -> None:
    Path("cdk8s.yaml").unlink()
    git("mv", "dist", "manifests")
    git("commit", "--quiet", "--message", "moved")

    assert '"2" → "3"' in kubestock("diff", "--app", "python app.py", "--dist", "manifests").out


def test_committed_production_is_what_a_fresh_synth_writes(here: Path) -> None:
    git("init", "--quiet")
    shutil.copytree(ROOT / "dist", "dist")
    git("add", "dist")
    git("commit", "--quiet", "--message", "production")

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
          ! pods that run keep their priority; pods that name it are refused in between
          ~ value: 1 → 2

        Deployment/web: rolls pods
          ~ spec.template.spec.containers[web].image: "web:1" → "web:2"

        Secret/db: in force at once
          ! no workload here reads it; whoever watches it sees it at once
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
          ! what is immutable in this kind is not known here

        5 objects change: 1 immutable: must be recreated, 1 rolls pods, 1 in force at once, \
1 at the next start of pods, 1 created (dist at HEAD → after)
        """)


def test_an_effect_that_is_not_the_worst_of_its_object_is_told_beside_the_field(repository: Path) -> None:
    changed = deployment("web:2")
    changed["metadata"]["labels"] = {"team": "a"}
    write("after", config(A="2"), changed)

    assert '+ metadata.labels.team: "a"  [harmless]' in kubestock("diff", "--manifests", "after").out


def test_lines_that_start_with_dashes_are_shown(repository: Path) -> None:
    write("dist", config(sql="a\n-- one\n"))
    git("commit", "--quiet", "--all", "--message", "sql")
    write("after", config(sql="a\n-- two\n"))
    out = kubestock("diff", "--manifests", "after").out

    assert "    --- one\n" in out
    assert "    +-- two\n" in out


def test_a_line_break_at_the_end_is_a_change_that_is_shown(repository: Path) -> None:
    write("dist", config(text="a\nb\n"))
    git("commit", "--quiet", "--all", "--message", "text")
    write("after", config(text="a\nb"))

    assert "    +\\ no line break at the end\n" in kubestock("diff", "--manifests", "after").out


def test_long_values_are_neither_cut_nor_wrapped(repository: Path) -> None:
    write("after", config(A="x" * 500), deployment("web:1"))

    assert f'+"{"x" * 500}"\n' in kubestock("diff", "--manifests", "after").out


def test_nothing_in_a_manifest_reaches_the_terminal_as_a_command_to_it(repository: Path) -> None:
    write("after", config(A="\x1b[2J\x9b2J\n[red]\u202e"), deployment("web:1"))
    out = kubestock("diff", "--manifests", "after").out

    assert "[red]" in out
    assert not {"\x1b", "\x9b", "\u202e"} & set(out)


def test_json_names_every_field_and_hides_what_is_confidential(repository: Path) -> None:
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


def test_a_date_is_the_text_that_it_is_for_kubernetes(repository: Path) -> None:
    Path("after").mkdir()
    text = yaml.safe_dump_all([config(A="2"), deployment("web:1")]).replace("A: '2'", "A: 2025-01-31T10:00:00Z")
    Path("after/all.yaml").write_text(text)

    assert '~ data.A: "2" → "2025-01-31T10:00:00Z"' in kubestock("diff", "--manifests", "after").out


def test_help_says_what_every_word_means() -> None:
    said = " ".join(kubestock("diff", "--help").out.split())

    for effect in Effect:
        assert f"{effect}: {effect.meaning[:40]}" in said
    assert "Exit code: 0 if nothing changes, 1 if something does, 2 in case of trouble." in said


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--revision", "nowhere"], "the repository has no revision 'nowhere'; name a commit, branch or tag"),
        (["--revision=--output=stolen"], "the repository has no revision '--output=stolen'"),
        (["--dist", "elsewhere"], "revision 'HEAD' has no folder 'elsewhere' here; name it with --dist"),
        (["--manifests", "elsewhere"], "there is no folder elsewhere of manifests; run 'cdk8s synth'"),
        (["--manifests", "empty"], "the folder empty must hold manifests (*.yaml), and holds none"),
        (["--manifests", "broken"], "broken/a.yaml must be YAML, and is not; synthesize it again"),
        (["--app", "no-such-program"], "the app 'no-such-program' cannot be run; name the command"),
        (["--app", "python fails.py"], "the app 'python fails.py' failed, so there is nothing to compare; mend what"),
        (["--app", "python -c pass"], "what the app 'python -c pass' writes to CDK8S_OUTDIR must hold manifests"),
        (["--live", "--revision", "HEAD"], "--live compares with the cluster; leave out --revision and --dist"),
        (["--manifests", "fresh", "--app", "a"], "--manifests takes the place of a synth; leave out --app"),
        (
            ["--live", "--kubectl", "no-kubectl"],
            "no-kubectl cannot be run (No such file or directory); install",
        ),
    ],
)
def test_refuses_what_cannot_be_compared(repository: Path, arguments: list[str], message: str) -> None:
    Path("empty").mkdir()
    Path("broken").mkdir()
    Path("broken/a.yaml").write_text("password: 'confidential\n")
    Path("fails.py").write_text("import sys; sys.exit('kubestock: name must be a text')")
    ran = kubestock("diff", *arguments)

    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("kubestock: ")
    assert message in ran.err
    assert "confidential" not in ran.err
    assert not Path("stolen").exists()


def test_refuses_to_look_for_a_commit_outside_a_repository(here: Path) -> None:
    write("fresh", config(A="1"))
    ran = kubestock("diff", "--manifests", "fresh")

    assert ran == Result(
        code=2,
        out="",
        err="kubestock: this folder is in no git repository; compare with the cluster: --live",
    )


KUBECTL = """\
#!{python}
import json, os, subprocess, sys, tempfile, yaml
from pathlib import Path

# As kubectl does: the live objects and those of the dry run go into two folders, one file for each object.
Path("asked.json").write_text(json.dumps(sys.argv[1:]))
file = sys.argv[sys.argv.index("--filename") + 1]
cluster = {{each["metadata"]["name"]: each for each in yaml.safe_load_all(Path("cluster.yaml").read_text())}}
with tempfile.TemporaryDirectory() as live, tempfile.TemporaryDirectory() as merged:
    for document in yaml.safe_load_all(Path(file).read_text()):
        name = document["metadata"]["name"]
        for refused, message in json.loads(Path("refused.json").read_text()).items():
            if name == refused:
                sys.exit(message if message != "silent" else 3)
        added = {{"uid": "7", "resourceVersion": "8", "managedFields": []}}
        for folder, shown in ((live, cluster.get(name)), (merged, document)):
            path = Path(folder) / f"v1.{{document['kind']}}..{{name}}"
            path.write_text("" if shown is None else yaml.safe_dump(shown | {{"metadata": shown["metadata"] | added}}))
    print("Warning: would violate PodSecurity", file=sys.stderr)
    program, *arguments = os.environ["KUBECTL_EXTERNAL_DIFF"].split(" ")
    sys.exit(subprocess.run([program, live, merged, *arguments]).returncode)
"""


@pytest.fixture
def kubectl(here: Path) -> Path:
    """Return a kubectl whose cluster has A=1 and the image web:1."""
    path = here / "kubectl"
    path.write_text(KUBECTL.format(python=sys.executable))
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    Path("cluster.yaml").write_text(
        yaml.safe_dump_all([config(A="1"), deployment("web:1"), secret("one"), priority(1)])
    )
    Path("refused.json").write_text("{}")
    return path


def live(kubectl: Path, *manifests: Manifest, refused: dict[str, str] | None = None) -> Result:
    write("fresh", *manifests)
    Path("refused.json").write_text(json.dumps(refused or {}))
    return kubestock("diff", "--live", "--manifests", "fresh", "--kubectl", kubectl, "--context", "production")


def test_the_live_cluster_is_compared_through_kubectl_diff(kubectl: Path) -> None:
    new = {**config(A="1"), "metadata": {"name": "new"}}
    ran = live(kubectl, deployment("web:2"), config(A="1"), new)

    assert ran.code == 1
    assert ran.out.startswith("Deployment/web: rolls pods\n  ~ spec.template.spec.containers[web].image: ")
    assert "ConfigMap/new: created\n" in ran.out
    assert "2 objects change: 1 rolls pods, 1 created (the live cluster of context production → fresh)" in ran.out
    assert ran.err == "kubestock: kubectl says: Warning: would violate PodSecurity"


def test_kubectl_is_asked_for_a_dry_run_on_the_server_in_the_name_of_who_applies(kubectl: Path) -> None:
    assert live(kubectl, config(A="1")).code == 0
    asked = json.loads(Path("asked.json").read_text())

    assert asked[:-1] == [
        *("diff", "--context", "production", "--server-side", "--force-conflicts"),
        *("--field-manager", "argocd-controller", "--filename"),
    ]


def test_an_object_that_the_server_refuses_as_immutable_is_told_with_the_others(kubectl: Path) -> None:
    message = 'The PriorityClass "high" is invalid: value: Forbidden: may not be changed in an update.'
    ran = live(kubectl, priority(2), deployment("web:2"), refused={"high": message})

    assert ran.code == 1
    assert ran.out.startswith(
        "PriorityClass/high: immutable: must be recreated\n"
        "  ! the API server refuses the change: value: Forbidden: may not be changed in an update.\n"
    )
    assert "Deployment/web: rolls pods" in ran.out


def test_what_is_all_refused_is_told(kubectl: Path) -> None:
    message = 'The PriorityClass "high" is invalid: value: Forbidden: may not be changed in an update.'
    ran = live(kubectl, priority(2), refused={"high": message})

    assert (ran.code, ran.err) == (1, "")
    assert "1 object changes: 1 immutable: must be recreated" in ran.out


def test_objects_of_a_namespace_that_does_not_exist_yet_are_created(kubectl: Path) -> None:
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "new"}}
    inside = {**config(A="1"), "metadata": {"name": "inside", "namespace": "new"}}
    message = 'Error from server (NotFound): namespaces "new" not found'
    ran = live(kubectl, namespace, inside, refused={"inside": message})
    without = live(kubectl, inside, refused={"inside": message})

    assert "ConfigMap/new/inside: created\n" in ran.out
    assert "Namespace/new: created\n" in ran.out
    assert (without.code, without.out) == (2, "")


@pytest.mark.parametrize(
    "message",
    [
        "error: You must be logged in to the server",
        'The ConfigMap "settings" is invalid: data[_]: Invalid value: "a b"',
    ],
)
def test_refuses_to_call_it_no_change_if_kubectl_fails(kubectl: Path, message: str) -> None:
    ran = live(kubectl, config(A="2"), refused={"settings": message})

    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"kubestock: kubectl diff failed, so nothing is compared; mend what it says: {message}"


def test_refuses_a_kubectl_that_does_not_run_our_program(kubectl: Path) -> None:
    ran = live(kubectl, config(A="2"), refused={"settings": "silent"})
    failed = live(kubectl, config(A="2"), refused={"settings": 'error: failed to run "/tmp/a": exec: not found'})

    assert (ran.code, failed.code) == (2, 2)
    assert "let TMPDIR name a folder without spaces" in ran.err
    assert "let TMPDIR name a folder without spaces" in failed.err


def test_no_value_of_a_secret_is_shown_even_if_kubectl_repeats_it(kubectl: Path) -> None:
    value, other = (base64.b32encode(bytes([each] * 15)).decode() for each in (1, 2))
    Path("cluster.yaml").write_text(yaml.safe_dump_all([secret(other)]))
    shown = live(kubectl, secret(value))
    encoded = secret(value)["data"]["PASSWORD"]
    failed = live(kubectl, secret(value), refused={"db": f"error: data.PASSWORD: {encoded} ({value}) is not valid"})

    assert "~ data.PASSWORD: changed" in shown.out
    assert failed.err.endswith("data.PASSWORD: *** (***) is not valid")
    for text in (value, other, encoded, secret(other)["data"]["PASSWORD"]):
        assert text not in shown.out + shown.err + failed.out + failed.err


def test_what_kubectl_was_given_is_gone_afterwards(kubectl: Path) -> None:
    live(kubectl, secret("one"))
    file = Path(json.loads(Path("asked.json").read_text())[-1])

    assert file.name == "manifests.yaml"
    assert not file.parent.exists()
