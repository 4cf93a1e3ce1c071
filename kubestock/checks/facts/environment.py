"""What the environment of a container says to its program, as the kubelet hands it over.

See https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
"""

import re
from collections import ChainMap
from collections.abc import Mapping, MutableMapping

from kubestock.checks.facts.inventory import Inventory
from kubestock.values import documents
from kubestock.values.documents import Document

_EXPANSION = re.compile(r"\$\$|\$\(([^()]+)\)")
_LONGEST_VALUE = 2**16


def announced(inventory: Inventory, namespace: str, container: Document) -> dict[str, str]:
    """Return the variables that a container names one by one, so far as the manifests say their values.

    Those of `envFrom` only expand the others: a map that is taken over whole is often shared, and names services
    that this container never calls.
    """
    return _environment(inventory, namespace, container)[0]


def known_variables(inventory: Inventory, namespace: str, container: Document) -> Mapping[str, str]:
    """Return all variables of a container that the manifests say, those of `envFrom` among them."""
    return _environment(inventory, namespace, container)[1]


def _environment(
    inventory: Inventory, namespace: str, container: Document
) -> tuple[dict[str, str], ChainMap[str, str]]:
    known = ChainMap[str, str]({}, *reversed(_taken_over(inventory, namespace, container)))
    named: dict[str, str] = {}
    for variable in documents.mappings(container, "env"):
        name = documents.text(variable, "name")
        chosen = documents.mapping(variable, "valueFrom", "configMapKeyRef")
        if chosen:
            data = data_of(inventory, namespace, documents.text(chosen, "name"))
            named[name] = known[name] = data.get(documents.text(chosen, "key"), "")
        elif "valueFrom" in variable:
            named.pop(name, None)
            known[name] = f"$({name})"
        else:
            named[name] = known[name] = expanded(documents.text(variable, "value"), known)
    return named, known


def expanded(value: str, known: Mapping[str, str]) -> str:
    """Return a variable's value as the kubelet hands it over, given the variables above it."""
    # Variables that repeat each other could grow without end.
    if sum(len(known.get(name, "")) for name in used_in(value)) > _LONGEST_VALUE:
        return value

    def replaced(found: re.Match[str]) -> str:
        return "$" if found[0] == "$$" else known.get(found[1], found[0])

    return _EXPANSION.sub(replaced, value)


def used_in(value: str) -> list[str]:
    """Return the variables that a value uses, as `$(NAME)`."""
    return [name for name in _EXPANSION.findall(value) if name]


def _taken_over(inventory: Inventory, namespace: str, container: Document) -> list[MutableMapping[str, str]]:
    found: list[MutableMapping[str, str]] = []
    for source in documents.mappings(container, "envFrom"):
        data = data_of(inventory, namespace, documents.text(source, "configMapRef", "name"))
        prefix = documents.text(source, "prefix")
        found.append({prefix + key: value for key, value in data.items()} if prefix else data)
    return found


def data_of(inventory: Inventory, namespace: str, name: str) -> dict[str, str]:
    """Return the texts of a ConfigMap by key; none if the manifests do not have it."""
    return inventory.derived(_maps).get((namespace, name), {})


def _maps(inventory: Inventory) -> dict[tuple[str, str], dict[str, str]]:
    maps: dict[tuple[str, str], dict[str, str]] = {}
    for each in inventory.of_kind("ConfigMap"):
        key = (documents.namespace(each), documents.name(each))
        if key not in maps:
            maps[key] = documents.text_map(each, "data")
    return maps
