"""Ask Kong itself whether it reads what we emit: `kong config parse` on each kong.yml of the given manifests.

Kong is the program that KONG_BIN names, the `kong` of the PATH, or the pinned image where Docker runs.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

IMAGE = "docker.io/library/kong:3.9.3"
ENVIRONMENT = {"KONG_DATABASE": "off", "KONG_UNTRUSTED_LUA_SANDBOX_REQUIRES": "cjson.safe,resty.ljsonschema"}
MISSING = f"""kong-check: nothing was checked, for there is no Kong here. Either
  - install Kong 3.9.3 (the packages of open-source Kong end at 3.9) and put `kong` on the PATH,
    or name the program: KONG_BIN=/usr/local/bin/kong make kong-check;
  - or start Docker, which then runs {IMAGE}."""


def files(folder: Path) -> Iterator[tuple[str, str]]:
    """Return each kong.yml with the object that holds it; credentials are stand-ins, each one different."""
    for path in sorted(folder.rglob("*.yaml")):
        for document in yaml.safe_load_all(path.read_text("utf-8")):
            text = _file(document or {})
            if text is not None:
                name = f"{path.name}: {document['kind']} {document['metadata']['name']}"
                yield name, re.sub(r'\{\{ index \. "([^"]+)" \| toJson \}\}', r'"stand-in-\1"', text)


def _file(document: dict[str, Any]) -> str | None:
    if document.get("kind") == "ConfigMap":
        return document.get("data", {}).get("kong.yml")
    if document.get("kind") == "SealedSecret":
        text = document["spec"]["template"].get("data", {}).get("kong.yml")
        return None if text is None else text.replace('{{ "{{" }}', "{{")
    return None


def command(path: Path) -> list[str] | None:
    """Return how to ask, or None where there is no Kong."""
    program = os.environ.get("KONG_BIN") or shutil.which("kong")
    if program:
        return [program, "config", "parse", str(path)]
    docker = shutil.which("docker")
    if docker and _runs([docker, "info"]):
        variables = [word for name, value in ENVIRONMENT.items() for word in ("--env", f"{name}={value}")]
        mount = ["--volume", f"{path}:/kong.yml:ro"]
        return [docker, "run", "--rm", *variables, *mount, IMAGE, "kong", "config", "parse", "/kong.yml"]
    return None


def _runs(asked: list[str]) -> bool:
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0  # noqa: S603  # of the PATH


def main() -> int:
    """Check every file; 1 if Kong refuses one, 2 if nothing could be checked."""
    named = os.environ.get("KONG_BIN")
    if named and shutil.which(named) is None:
        sys.stderr.write(f"kong-check: nothing was checked: KONG_BIN names no program that runs, got {named}\n")
        return 2
    found = [each for folder in sys.argv[1:] for each in files(Path(folder))]
    if not found:
        sys.stderr.write("kong-check: nothing was checked: no manifest holds a kong.yml\n")
        return 2
    refused = 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "kong.yml"
        for name, text in found:
            path.write_text(text, "utf-8")
            asked = command(path)
            if asked is None:
                sys.stderr.write(MISSING + "\n")
                return 2
            environment = {**os.environ, **ENVIRONMENT}
            done = subprocess.run(asked, env=environment, capture_output=True, text=True, check=False)  # noqa: S603  # KONG_BIN is the user's own
            sys.stdout.write(f"{name}: {'parses' if done.returncode == 0 else 'REFUSED'}\n{done.stderr}")
            refused += done.returncode != 0
    return int(refused > 0)


if __name__ == "__main__":
    sys.exit(main())
