"""Build the API server of Kubernetes, and the etcd that it needs, from their Go modules.

Kubernetes names its own libraries by version v0.0.0 and a folder, so that `go install` refuses it; here they are
named by the release that each one has.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

MAINS = {
    "kube-apiserver": """package main

import (
	"os"

	"k8s.io/component-base/cli"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
)

func main() { os.Exit(cli.Run(app.NewAPIServerCommand())) }
""",
    "etcd": """package main

import (
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
)

func main() { etcdmain.Main(os.Args) }
""",
}


def main(version: str, folder: Path) -> None:
    """Put both programs into a folder; `version` is a release such as v1.27.16."""
    asked = ["go", "mod", "download", "-json", f"k8s.io/kubernetes@{version}"]
    source = Path(json.loads(subprocess.run(asked, check=True, capture_output=True).stdout)["Dir"])  # noqa: S603  # the arguments are ours
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "go.mod").write_text(_module((source / "go.mod").read_text("utf-8"), version), "utf-8")
    (folder / "go.sum").write_text((source / "go.sum").read_text("utf-8"), "utf-8")
    for name, text in MAINS.items():
        (folder / "cmd" / name).mkdir(parents=True, exist_ok=True)
        (folder / "cmd" / name / "main.go").write_text(text, "utf-8")
        build = ["go", "build", "-mod=mod", "-o", name, f"./cmd/{name}"]
        subprocess.run(build, check=True, cwd=folder)  # noqa: S603  # likewise


def _module(text: str, version: str) -> str:
    library = version.replace("v1.", "v0.", 1)
    text = re.sub(r"^module .*$", "module apiserver", text, count=1, flags=re.MULTILINE)
    text = re.sub(r"=> \./staging/src/(\S+)", rf"=> \1 {library}", text)
    return f"{text}\nrequire k8s.io/kubernetes {version}\n"


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
