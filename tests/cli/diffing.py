"""Objects for the tests of `kubestock diff`, and a kubectl that responds as the real one."""

import base64
import json
import subprocess
from pathlib import Path
from typing import Any

from commandline import Result, kubestock

from kubestock.yaml.writer import to_yaml

Manifest = dict[str, Any]


def git(*arguments: str) -> str:
    own = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    return subprocess.run(["git", *own, *arguments], check=True, capture_output=True, text=True).stdout


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
    Path(folder, "all.k8s.yaml").write_text(to_yaml(manifests), "utf-8")


KUBECTL = """\
#!{python}
import json, os, subprocess, sys, tempfile, yaml
from pathlib import Path

if "get" in sys.argv:
    listed = Path("listed.json")
    sys.exit(1) if listed.read_text() == "forbidden" else print(listed.read_text())
    sys.exit()

# As kubectl does: the live objects and those of the dry run go into two folders, one file for each object.
Path("arguments.json").write_text(json.dumps(sys.argv[1:]))
def deep(one, other):
    if not (isinstance(one, dict) and isinstance(other, dict)):
        return other
    return one | {{key: deep(one.get(key), value) for key, value in other.items()}}

file = sys.argv[sys.argv.index("--filename") + 1]
Path("given.yaml").write_text(Path(file).read_text())
cluster = {{each["metadata"]["name"]: each for each in yaml.safe_load_all(Path("cluster.yaml").read_text())}}
with tempfile.TemporaryDirectory() as live, tempfile.TemporaryDirectory() as merged:
    for document in yaml.safe_load_all(Path(file).read_text()):
        name = document["metadata"]["name"]
        for refused, message in json.loads(Path("refused.json").read_text()).items():
            if name == refused:
                sys.exit(message if message != "silent" else 3)
        added = {{"uid": "7", "resourceVersion": "8"}}
        others = json.loads(Path("others.json").read_text()).get(name, {{}})
        # Fields of other managers stay, for any manager that applies.
        kept = deep(document, others.get("fields", {{}}))
        added["managedFields"] = others.get("managers", [])
        for folder, shown in ((live, cluster.get(name)), (merged, kept)):
            path = Path(folder) / f"v1.{{document['kind']}}..{{name}}"
            path.write_text("" if shown is None else yaml.safe_dump(shown | {{"metadata": shown["metadata"] | added}}))
    print("Warning: would violate PodSecurity", file=sys.stderr)
    program, *arguments = os.environ["KUBECTL_EXTERNAL_DIFF"].split(" ")
    sys.exit(subprocess.run([program, live, merged, *arguments]).returncode)
"""


def live(kubectl: Path, *manifests: Manifest, refused: dict[str, str] | None = None) -> Result:
    write("fresh", *manifests)
    Path("refused.json").write_text(json.dumps(refused or {}))
    return kubestock("diff", "--live", "--manifests", "fresh", "--kubectl", kubectl, "--context", "production")
