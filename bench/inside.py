"""Where the time of a synth goes: `python bench/inside.py SERVICES` prints the share of the rules and the messages."""

import json
import sys
import tempfile
import time
from typing import Any
from unittest.mock import patch

from fleet import fleet
from jsii._kernel.providers.process import _NodeProcess

from kubestock.checks import judge


def inside(services: int) -> dict[str, float]:
    """Return the CPU seconds of a synth, from the first construct to the file, those of its rules, and its messages."""
    took = {"rules": 0.0, "messages": 0.0}
    send = _NodeProcess.send

    def judged(*args: Any, **kwargs: Any) -> Any:
        before = time.process_time()
        found = judge(*args, **kwargs)
        took["rules"] += time.process_time() - before
        return found

    def sent(*args: Any) -> Any:
        took["messages"] += 1
        return send(*args)

    judging, sending = patch("kubestock.app.checking.judge", judged), patch.object(_NodeProcess, "send", sent)
    began = time.process_time()
    with judging, sending, tempfile.TemporaryDirectory() as folder:
        fleet(services, folder).synth()
    return {**took, "synth": time.process_time() - began}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(inside(int(sys.argv[1]))))
