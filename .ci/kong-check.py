"""Checks with Kong itself that it reads the generated files: `kong config parse` on each kong.yml in manifests.

It uses the program in KONG_BIN, the `kong` of the PATH, or the pinned image if Docker runs.
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
MISSING = f"""kong-check: nothing is checked, because Kong is not available. Either
  - install Kong 3.9.3 (the packages of open-source Kong end at 3.9) and put `kong` on the PATH,
    or give the path of the program: KONG_BIN=/usr/local/bin/kong make kong-check;
  - or start Docker, which then runs {IMAGE}."""


def files(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield each kong.yml with the name of its object; placeholders, each one different, replace the credentials."""
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
    """Return the command that checks a file, or None if Kong is not available."""
    program = os.environ.get("KONG_BIN") or shutil.which("kong")
    if program:
        return [program, "config", "parse", str(path)]
    docker = shutil.which("docker")
    if docker and _runs([docker, "info"]):
        variables = [word for name, value in ENVIRONMENT.items() for word in ("--env", f"{name}={value}")]
        mount = ["--volume", f"{path}:/kong.yml:ro"]
        return [docker, "run", "--rm", *variables, *mount, IMAGE, "kong", "config", "parse", "/kong.yml"]
    return None


def _runs(words: list[str]) -> bool:
    return subprocess.run(words, capture_output=True, check=False).returncode == 0  # noqa: S603  # of the PATH


def main() -> int:
    """Check every file; return 1 if Kong refuses one, or 2 if nothing can be checked."""
    named = os.environ.get("KONG_BIN")
    if named and shutil.which(named) is None:
        sys.stderr.write(f"kong-check: nothing is checked: KONG_BIN must be the path of a program, got {named}\n")
        return 2
    found = [each for folder in sys.argv[1:] for each in files(Path(folder))]
    if not found:
        sys.stderr.write("kong-check: nothing is checked: no manifest contains a kong.yml\n")
        return 2
    refused = 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "kong.yml"
        for name, text in found:
            path.write_text(text, "utf-8")
            words = command(path)
            if words is None:
                sys.stderr.write(MISSING + "\n")
                return 2
            environment = {**os.environ, **ENVIRONMENT}
            done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)  # noqa: S603  # KONG_BIN is of the user
            sys.stdout.write(f"{name}: {'parses' if done.returncode == 0 else 'REFUSED'}\n{done.stderr}")
            refused += done.returncode != 0
    return int(refused > 0)


if __name__ == "__main__":
    sys.exit(main())
