"""Builds wheels by setuptools, and puts `kubestock.pth` at their root: setuptools has no option for a file there.

jsii starts Node while `cdk8s` is imported, which formatters sort before `kubestock`. Only what Python reads at its
start comes before that, so `kubestock.pth` names the Node that is installed next to it (`sitedir` is what Python's own
`site.addpackage` calls the folder). An editable install is a wheel as well, and takes the same way.
"""

import base64
import hashlib
import zipfile
from pathlib import Path
from typing import Any

from setuptools import build_meta
from setuptools.build_meta import (
    build_sdist,
    get_requires_for_build_editable,
    get_requires_for_build_sdist,
    get_requires_for_build_wheel,
    prepare_metadata_for_build_editable,
    prepare_metadata_for_build_wheel,
)

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
    "prepare_metadata_for_build_editable",
    "prepare_metadata_for_build_wheel",
]

_AT_START = Path(__file__).with_name("kubestock.pth")


def build_wheel(wheel_directory: str, config_settings: Any = None, metadata_directory: str | None = None) -> str:
    """Build the wheel that is published; return its name."""
    return _completed(wheel_directory, build_meta.build_wheel(wheel_directory, config_settings, metadata_directory))


def build_editable(wheel_directory: str, config_settings: Any = None, metadata_directory: str | None = None) -> str:
    """Build the wheel of an editable install; return its name."""
    return _completed(wheel_directory, build_meta.build_editable(wheel_directory, config_settings, metadata_directory))


def _completed(folder: str, name: str) -> str:
    path = Path(folder) / name
    with zipfile.ZipFile(path) as wheel:
        files = {each: wheel.read(each) for each in wheel.infolist()}
    added = _AT_START.read_bytes()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        wheel.writestr(_AT_START.name, added)
        for each, content in files.items():
            is_record = each.filename.endswith(".dist-info/RECORD")
            wheel.writestr(each, _recorded(added) + content if is_record else content)
    return name


def _recorded(content: bytes) -> bytes:
    """Return the line by which a wheel's RECORD knows the file."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return f"{_AT_START.name},sha256={digest},{len(content)}\n".encode()
