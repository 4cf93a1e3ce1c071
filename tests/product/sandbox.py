"""Runs a container in a test: a non-root user, a read-only root of the image, and the mounts of a pod only."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from support import Manifest, pick

USER = 10001
_CLIENT = Path(__file__).parent / "requests_inside.py"
_PYTHON = Path(sys.executable).resolve()


@dataclass
class Answer:
    status: int
    headers: Mapping[str, str]
    body: str


@dataclass
class Served:
    """The answers of a pod's program, and what it wrote to standard output and standard error."""

    answers: dict[str, Answer]
    output: str


@dataclass
class Image:
    """Folders of this machine that replace an image: their location, by their path in the image."""

    folders: dict[str, Path] = field(default_factory=dict)


def needs(*programs: str) -> None:
    """Skip the test if a program is not installed, and say which packages provide it."""
    missing = [each for each in programs if shutil.which(each, path=f"{os.environ['PATH']}:/usr/sbin") is None]
    if missing:
        pytest.skip(f"{', '.join(missing)} not found: `apt-get install nginx bubblewrap` installs nginx and bwrap")


def serve(
    documents: Sequence[Manifest], name: str, image: Image, paths: Sequence[str], folder: Path, *, without: str = ""
) -> Served:
    """Run the command of a Deployment's pod on its volumes, request each path from it, and stop it.

    Args:
        documents: the manifests of the chart.
        name: the name of the Deployment.
        image: the files in the root, in addition to the programs of this machine.
        paths: the paths to request.
        folder: the folder for the volumes.
        without: the path of a mount to leave out, to test that it is needed.
    """
    spec = pick(documents, "Deployment", name)["spec"]["template"]["spec"]
    container = spec["containers"][0]
    assert spec["securityContext"]["runAsUser"] == USER
    assert container["securityContext"]["readOnlyRootFilesystem"]
    volumes = {each["name"]: _volume(documents, each, folder) for each in spec["volumes"]}
    mounts = [each for each in container["volumeMounts"] if each["mountPath"] != without]
    asked = {
        "command": container["command"],
        "port": container["ports"][0]["containerPort"],
        "paths": list(paths),
    }
    ran = subprocess.run(
        [*_root(image), *_binds(mounts, volumes), "--remount-ro", "/", *_as_user(), *_client(asked)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.stdout, ran.stderr
    answered: dict[str, Any] = json.loads(ran.stdout)
    return Served({path: Answer(**each) for path, each in answered["answers"].items()}, answered["output"])


def _volume(documents: Sequence[Manifest], volume: Manifest, folder: Path) -> Path:
    place = folder / str(volume["name"])
    place.mkdir()
    if "configMap" in volume:
        for key, text in pick(documents, "ConfigMap", volume["configMap"]["name"])["data"].items():
            (place / key).write_text(text, "utf-8")
    else:
        assert "emptyDir" in volume
        if os.geteuid() == 0:
            os.chown(place, USER, USER)
    return place


def _root(image: Image) -> list[str]:
    links = [part for each in ("bin", "lib", "lib64", "sbin") for part in ("--symlink", f"usr/{each}", f"/{each}")]
    isolated = ["--unshare-net", "--unshare-pid", "--unshare-ipc", "--die-with-parent", "--clearenv"]
    words = [
        "bwrap",
        *isolated,
        "--tmpfs",
        "/",
        "--ro-bind",
        "/usr",
        "/usr",
        *links,
        "--dev",
        "/dev",
        "--proc",
        "/proc",
    ]
    parents = [str(each) for path in image.folders for each in reversed(Path(path).parents)]
    for path in ("/etc", "/etc/nginx", "/etc/nginx/conf.d", "/var", "/var/cache", *parents):
        words += [] if path in ("/", "/usr", "/usr/share", "/usr/share/nginx") else ["--perms", "0755", "--dir", path]
    words += ["--ro-bind", str(_CLIENT), "/client.py"]
    if not str(_PYTHON).startswith("/usr/"):
        words += ["--ro-bind", sys.base_prefix, sys.base_prefix]
    for path, place in image.folders.items():
        words += ["--ro-bind", str(place), path]
    return words


def _binds(mounts: Sequence[Manifest], volumes: Mapping[str, Path]) -> list[str]:
    words: list[str] = []
    for each in sorted(mounts, key=lambda each: str(each["mountPath"])):
        place = volumes[each["name"]] / each.get("subPath", "")
        words += ["--ro-bind" if each.get("readOnly") else "--bind", str(place), each["mountPath"]]
    return words


def _as_user() -> list[str]:
    user = str(USER)
    if os.geteuid() != 0:
        return ["--unshare-user", "--uid", user, "--gid", user]
    dropped = ["--clear-groups", "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all"]
    return ["--cap-add", "ALL", "setpriv", f"--reuid={user}", f"--regid={user}", *dropped]


def _client(asked: Mapping[str, Any]) -> list[str]:
    return [str(_PYTHON), "-I", "/client.py", json.dumps(asked)]
