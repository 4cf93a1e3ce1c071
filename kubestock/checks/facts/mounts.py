"""The files of the ConfigMaps and Secrets that a container mounts."""

import posixpath

from kubestock.checks.facts.inventory import Inventory, Workload
from kubestock.checks.facts.makers import keys_of
from kubestock.values import documents
from kubestock.values.documents import Document

_KEYED = (("configMap", "ConfigMap", "name"), ("secret", "Secret", "secretName"))


class Mounts:
    """The volumes that a container mounts, with their files if the manifests have all keys of the ConfigMap or Secret.

    Args:
        inventory: the objects.
        workload: the workload of the container.
        container: the container that mounts the volumes.
    """

    def __init__(self, inventory: Inventory, workload: Workload, container: Document) -> None:
        self._files: dict[str, frozenset[str] | None] = {}
        volumes = {documents.text(each, "name"): each for each in documents.mappings(workload.spec, "volumes")}
        for mount in documents.mappings(container, "volumeMounts"):
            volume = volumes.get(documents.text(mount, "name"))
            at = posixpath.normpath(documents.text(mount, "mountPath") or "/")
            if volume is not None:
                self._files[at] = _files_at(_files(inventory, workload.namespace, volume), mount)

    def is_missing(self, path: str) -> bool:
        """Whether a path is in a volume with known files, and is neither one of them nor a folder that contains one."""
        wanted, files = self._in(path) or ("", None)
        if files is None:
            return False
        of_folder = wanted == "." or any(each.startswith(f"{wanted}/") for each in files)
        return wanted not in files and not (of_folder and files)

    def may_contain(self, path: str) -> bool:
        """Whether a path is in a volume that has this file, or whose files are unknown."""
        found = self._in(path)
        return found is not None and (found[1] is None or found[0] in found[1])

    def describe(self) -> str:
        """Return the description of the known files for findings."""
        known = [posixpath.join(at, each) for at, files in self._files.items() for each in sorted(files or ())]
        return (
            f"the volumes have {', '.join(each.removesuffix('/.') for each in known)}" if known else "no file is known"
        )

    def _in(self, path: str) -> tuple[str, frozenset[str] | None] | None:
        """Return the path relative to the innermost mount that contains it, and the files of that mount."""
        wanted = posixpath.normpath(path)
        above = [at for at in self._files if wanted == at or wanted.startswith(at.rstrip("/") + "/")]
        if not above:
            return None
        innermost = max(above, key=len)
        return posixpath.relpath(wanted, innermost), self._files[innermost]


def _files(inventory: Inventory, namespace: str, volume: Document) -> frozenset[str] | None:
    """Return the files of a volume, or None if they are not known from the manifests."""
    for field, kind, named in _KEYED:
        source = documents.mapping(volume, field)
        if source:
            keys = keys_of(inventory, kind, namespace, documents.text(source, named))
            items = documents.mappings(source, "items")
            if items:
                return frozenset(posixpath.normpath(documents.text(each, "path")) for each in items)
            return keys.keys if keys is not None and keys.complete else None
    return None


def _files_at(files: frozenset[str] | None, mount: Document) -> frozenset[str] | None:
    part = documents.text(mount, "subPath")
    if files is None or not part:
        return None if "subPathExpr" in mount else files
    inside = posixpath.normpath(part)
    below = frozenset(each.removeprefix(inside + "/") for each in files if each.startswith(inside + "/"))
    # With subPath, a single file is mounted at the path of the mount itself.
    return below or frozenset({"."} if inside in files else ())
