"""Builds wheels with setuptools, adds `kubestock.pth` to them, and makes each build of a source give the same bytes.

jsii starts Node when `cdk8s` is imported, and formatters sort that import before `kubestock`. Python reads
`kubestock.pth` when it starts, before any import, so that file sets the Node.js that is installed next to it
(`sitedir` is a variable of Python's own `site.addpackage`). setuptools has no option for a file at the root of a wheel.
An editable install is a wheel too, and gets the same file.

The time, the umask, the user and the order of files in a folder do not change the result: entries are sorted, and have
a constant time and mode. The files in a wheel are not compressed, because compressors differ between builds of Python.
"""

import base64
import gzip
import hashlib
import io
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from setuptools import build_meta
from setuptools.build_meta import (
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
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip file can hold."""
_TAR_TIME = 315_532_800
"""The same time in seconds."""
_FILE_MODE, _FOLDER_MODE = 0o644, 0o755
_UNIX = 3
_REGULAR = 0o100000


def build_wheel(wheel_directory: str, config_settings: Any = None, metadata_directory: str | None = None) -> str:
    """Build the wheel that is published; return its name."""
    return _finished(wheel_directory, build_meta.build_wheel(wheel_directory, config_settings, metadata_directory))


def build_editable(wheel_directory: str, config_settings: Any = None, metadata_directory: str | None = None) -> str:
    """Build the wheel of an editable install; return its name."""
    return _finished(wheel_directory, build_meta.build_editable(wheel_directory, config_settings, metadata_directory))


def build_sdist(sdist_directory: str, config_settings: Any = None) -> str:
    """Build the source distribution; return its name."""
    name: str = build_meta.build_sdist(sdist_directory, config_settings)
    path = Path(sdist_directory) / name
    with tarfile.open(path) as archive:
        members = sorted(archive.getmembers(), key=lambda each: each.name)
        files = {each.name: archive.extractfile(each) for each in members if each.isfile()}
        contents = {each: file.read() for each, file in files.items() if file is not None}
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for each in members:
            archive.addfile(_member(each, contents), io.BytesIO(contents.get(each.name, b"")))
    path.write_bytes(gzip.compress(packed.getvalue(), mtime=_TAR_TIME))
    return name


def _member(found: tarfile.TarInfo, contents: Mapping[str, bytes]) -> tarfile.TarInfo:
    member = tarfile.TarInfo(found.name)
    member.type, member.mtime = found.type, _TAR_TIME
    member.mode = _FOLDER_MODE if found.isdir() else _FILE_MODE
    member.size = len(contents.get(found.name, b""))
    return member


def _finished(folder: str, name: str) -> str:
    """Add the file that Python reads when it starts, and write all entries in the same order, time and mode."""
    path = Path(folder) / name
    with zipfile.ZipFile(path) as wheel:
        files = {each: wheel.read(each) for each in wheel.namelist()}
    files[_AT_START.name] = _AT_START.read_bytes()
    (record,) = (each for each in files if each.endswith(".dist-info/RECORD"))
    files[record] = _record(record, {each: content for each, content in files.items() if each != record})
    with zipfile.ZipFile(path, "w") as wheel:
        # The metadata come last, so that a reader finds them at the end of the file.
        for each in sorted(files, key=lambda each: (".dist-info/" in each, each)):
            entry = zipfile.ZipInfo(each, _ZIP_TIME)
            entry.create_system, entry.external_attr = _UNIX, (_REGULAR | _FILE_MODE) << 16
            wheel.writestr(entry, files[each])
    return name


def _record(name: str, files: Mapping[str, bytes]) -> bytes:
    """Return the list of files with their hashes. See https://packaging.python.org/specifications/recording-installed-packages/."""
    lines = [f"{each},sha256={_digest(content)},{len(content)}\n" for each, content in sorted(files.items())]
    return "".join([*lines, f"{name},,\n"]).encode()


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
