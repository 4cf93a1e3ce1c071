"""Writing a store: one program at a time, all or nothing, and comments stay."""

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
    """Keep other programs from changing a store between its reading and its writing.

    The lock is on the store's folder, so no file of it remains, and the system releases it when a program ends in
    whatever way. The temporary files of a program that was killed while it wrote are deleted.

    Args:
        path: of the store, which may not exist yet.
        patience: how many seconds to wait for another program.

    Raises:
        ConfigurationError: if another program keeps the lock for longer, or the file system has no locks.
        OSError: if there is no such folder.
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
    """Write a store so that a reader, or a crash at any moment, finds the old file or the new one.

    Comments of the old file stay, and so do the order and the form of all entries that do not change.

    Raises:
        ConfigurationError: if there is a file and it is not a store, or it has anchors and aliases of YAML.
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
            f"the store {path} must have no anchors, aliases and merge keys of YAML, with which a change of one entry "
            "changes others; write each value out where it belongs"
        )
    return changed


def _says(path: Path, text: str, store: SecretStore) -> bool:
    try:
        return parse_store(path, text) == store
    except ConfigurationError:
        return False


def _lock(descriptor: int, path: Path, until: float) -> None:
    import fcntl  # noqa: PLC0415  # Windows has none, where the other commands work all the same

    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                raise ConfigurationError(
                    f"the store {path} is locked by another kubestock command; wait until it ends, or end it"
                ) from None
            time.sleep(_PAUSE_SECONDS)
        except OSError as error:
            raise ConfigurationError(
                f"the folder of the store {path} must be on a file system with locks ({error.strerror}); "
                "keep the store on a local disk"
            ) from None
        else:
            return


def _sync_folder(folder: Path) -> None:
    # The rename itself is on the disk only once the folder is.
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
