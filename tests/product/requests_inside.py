"""Runs instead of a container's program: starts the program, requests paths from it, and prints the answers as JSON."""

import http.client
import json
import os
import subprocess
import sys
import time
from typing import Any


def ask(port: int, path: str) -> dict[str, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", path)
    answer = connection.getresponse()
    return {
        "status": answer.status,
        "headers": {name.lower(): value for name, value in answer.getheaders()},
        "body": answer.read().decode(),
    }


def wait_for(port: int, program: "subprocess.Popen[bytes]") -> bool:
    for _ in range(100):
        try:
            ask(port, "/")
        except OSError:
            if program.poll() is not None:
                return False
            time.sleep(0.05)
        else:
            return True
    return False


def main() -> None:
    asked = json.loads(sys.argv[1])
    reader, writer = os.pipe()
    environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
    program = subprocess.Popen(asked["command"], stdout=writer, stderr=writer, env=environment)  # as in the pod
    os.close(writer)
    answers = {}
    if wait_for(asked["port"], program):
        answers = {path: ask(asked["port"], path) for path in asked["paths"]}
        program.terminate()
    with os.fdopen(reader) as stream:
        output = stream.read()
    program.wait(timeout=10)
    print(json.dumps({"answers": answers, "output": output}))  # noqa: T201  # the test reads it


if __name__ == "__main__":
    main()
