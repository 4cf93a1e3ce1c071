"""What permits something in a namespace of the manifests, and is in the cluster alone."""

import json
import os
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from kubestock.changes.identity import identity_of, reference
from kubestock.values import documents

_KINDS = "networkpolicies.networking.k8s.io,roles.rbac.authorization.k8s.io,rolebindings.rbac.authorization.k8s.io"
"""Kinds whose objects add up: an unknown one opens what the others close."""

Kubectl = Callable[[Sequence[str]], subprocess.CompletedProcess[str]]


def run_kubectl(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run a command of kubectl."""
    return subprocess.run(command, env=os.environ, capture_output=True, text=True, check=False)  # noqa: S603  # the kubectl that the user names


def in_the_cluster_alone(kubectl: Sequence[str], manifests: Sequence[Any], run: Kubectl = run_kubectl) -> Iterator[str]:
    """Yield what to say of policies and roles in the namespaces that the manifests make, and that they do not have.

    Objects that a controller owns are left out.

    Args:
        kubectl: the words of the command, with its context.
        manifests: as they are applied.
        run: runs a command.
    """
    known = {identity_of(each) for each in manifests}
    for namespace in sorted({documents.name(each) for each in manifests if documents.kind(each) == "Namespace"}):
        ran = run([*kubectl, "get", _KINDS, "--namespace", namespace, "--output", "json"])
        if ran.returncode != 0:
            yield f"policies and roles in {namespace} that the manifests lack are not looked for: you may not list them"
            continue
        found = sorted(reference(each) for each in _identities(ran.stdout) if each not in known)
        if found:
            yield f"in the cluster alone, and in force beside the manifests: {', '.join(found)}"


def _identities(listed: str) -> Iterable[tuple[str, str, str, str]]:
    try:
        items = documents.mappings(json.loads(listed), "items")
    except ValueError:
        return []
    return [identity_of(each) for each in items if not documents.sequence(each, "metadata", "ownerReferences")]
