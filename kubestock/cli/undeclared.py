"""Finds network policies and roles that are in the cluster but not in the manifests."""

import json
import os
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from kubestock.changes.identity import identity_of, reference
from kubestock.values import documents

_KINDS = "networkpolicies.networking.k8s.io,roles.rbac.authorization.k8s.io,rolebindings.rbac.authorization.k8s.io"
"""Kinds whose objects are additive: an additional object allows what the others deny."""

Kubectl = Callable[[Sequence[str]], subprocess.CompletedProcess[str]]


def run_kubectl(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run a kubectl command."""
    return subprocess.run(command, env=os.environ, capture_output=True, text=True, check=False)  # noqa: S603  # the kubectl that the user names


def undeclared_objects(kubectl: Sequence[str], manifests: Sequence[Any], run: Kubectl = run_kubectl) -> Iterator[str]:
    """Yield a message for each namespace with policies and roles that the manifests do not have.

    Objects with an owner are left out.

    Args:
        kubectl: the words of the kubectl command, including its context.
        manifests: the manifests, as they are applied.
        run: the function that runs a command.
    """
    known = {identity_of(each) for each in manifests}
    for namespace in sorted({documents.name(each) for each in manifests if documents.kind(each) == "Namespace"}):
        ran = run([*kubectl, "get", _KINDS, "--namespace", namespace, "--output", "json"])
        if ran.returncode != 0:
            yield (
                "policies and roles that are only in the cluster are not listed: you may not list those of namespace "
                f"{namespace}"
            )
            continue
        found = sorted(reference(each) for each in _identities(ran.stdout) if each not in known)
        if found:
            yield f"in force in the cluster but not in the manifests: {', '.join(found)}"


def _identities(output: str) -> Iterable[tuple[str, str, str, str]]:
    try:
        items = documents.mappings(json.loads(output), "items")
    except ValueError:
        return []
    return [identity_of(each) for each in items if not documents.sequence(each, "metadata", "ownerReferences")]
