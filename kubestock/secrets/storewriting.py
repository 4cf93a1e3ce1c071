"""Writes a store: one program at a time, atomically, and without a loss of comments."""

import glob
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kubestock.errors import ConfigurationError
from kubestock.secrets.store import SecretStore
from kubestock.secrets.storeediting import edit
from kubestock.secrets.storefile import document_of, dump_store, parse_document, parse_store, read_text

_PATIENCE_SECONDS = 60.0
_PAUSE_SECONDS = 0.05
_SUFFIX = ".kubestock-unfinished"


@contextmanager
def locked(path: Path, *, patience: float = _PATIENCE_SECONDS) -> Iterator[None]:
    """Keep other programs from changing a store between reading and writing it.

    The lock is on the folder of the store, so there is no lock file, and the system releases it when the program ends
    for
    any reason. Temporary files of a program that was killed during a write are deleted.

    Args:
        path: the path of the store, which may not exist yet.
        patience: how long to wait for another program, in seconds.

    Raises:
        ConfigurationError: if another program holds the lock for longer, or the file system does not support locks.
        OSError: if the folder does not exist.
    """
    target = path.resolve()
    descriptor = os.open(target.parent, os.O_RDONLY)
    try:
        _lock(descriptor, path, time.monotonic() + patience)
        for unfinished in target.parent.glob(f".{glob.escape(target.name)}.*{_SUFFIX}"):
            unfinished.unlink(missing_ok=True)
        yield
    finally:
        os.close(descriptor)


def write_store(path: Path, store: SecretStore) -> None:
    """Write a store so that a reader, or a crash at any moment, leaves the old file or the new one, never a part of it.

    Comments of the old file, and the order and the format of unchanged entries, are preserved.

    Raises:
        ConfigurationError: if the file exists and is not a store, or has YAML anchors and aliases.
    """
    target = path.resolve()
    text = _changed(path, store) if target.exists() else dump_store(store)
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o644
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=_SUFFIX)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


def _changed(path: Path, store: SecretStore) -> str:
    text = read_text(path)
    before = parse_document(path, text)
    parse_store(path, text)
    changed = edit(text, before, document_of(store))
    if not _says(path, changed, store):
        raise ConfigurationError(
            f"the store {path} must not have YAML anchors, aliases and merge keys, because a change of one entry would "
            "change others; replace each by its value"
        )
    return changed


def _says(path: Path, text: str, store: SecretStore) -> bool:
    try:
        return parse_store(path, text) == store
    except ConfigurationError:
        return False


def _lock(descriptor: int, path: Path, until: float) -> None:
    import fcntl  # noqa: PLC0415  # Windows does not have it; the other commands do not need it

    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                raise ConfigurationError(
                    f"the store {path} is locked by another kubestock command; wait until that command ends, or stop it"
                ) from None
            time.sleep(_PAUSE_SECONDS)
        except OSError as error:
            raise ConfigurationError(
                f"the folder of the store {path} must be on a file system with locks ({error.strerror}); "
                "move the store to a local disk"
            ) from None
        else:
            return


def _sync_folder(folder: Path) -> None:
    # A rename is on the disk only after the folder is synced.
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
