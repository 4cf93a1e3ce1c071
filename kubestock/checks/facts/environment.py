"""The environment variables of a container, as the kubelet sets them.

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


def declared_variables(inventory: Inventory, namespace: str, container: Document) -> dict[str, str]:
    """Return the variables that a container lists in `env` and whose values are in the manifests.

    The variables of `envFrom` are not included, but are used to expand the others: containers often share such a
    ConfigMap, so it can have addresses that this container never calls.
    """
    return _environment(inventory, namespace, container)[0]


def known_variables(inventory: Inventory, namespace: str, container: Document) -> Mapping[str, str]:
    """Return all variables of a container whose values are in the manifests, including those of `envFrom`."""
    return _environment(inventory, namespace, container)[1]


def _environment(
    inventory: Inventory, namespace: str, container: Document
) -> tuple[dict[str, str], ChainMap[str, str]]:
    known = ChainMap[str, str]({}, *reversed(_env_from(inventory, namespace, container)))
    named: dict[str, str] = {}
    for variable in documents.mappings(container, "env"):
        name = documents.text(variable, "name")
        chosen = documents.mapping(variable, "valueFrom", "configMapKeyRef")
        if chosen:
            data = config_map_data(inventory, namespace, documents.text(chosen, "name"))
            named[name] = known[name] = data.get(documents.text(chosen, "key"), "")
        elif "valueFrom" in variable:
            named.pop(name, None)
            known[name] = f"$({name})"
        else:
            named[name] = known[name] = expand(documents.text(variable, "value"), known)
    return named, known


def expand(value: str, known: Mapping[str, str]) -> str:
    """Return the value of a variable as the kubelet sets it, given the variables that precede it."""
    # Variables that contain each other several times could grow without limit.
    if sum(len(known.get(name, "")) for name in referenced_variables(value)) > _LONGEST_VALUE:
        return value

    def replaced(found: re.Match[str]) -> str:
        return "$" if found[0] == "$$" else known.get(found[1], found[0])

    return _EXPANSION.sub(replaced, value)


def referenced_variables(value: str) -> list[str]:
    """Return the names of the variables that a value refers to as `$(NAME)`."""
    return [name for name in _EXPANSION.findall(value) if name]


def _env_from(inventory: Inventory, namespace: str, container: Document) -> list[MutableMapping[str, str]]:
    found: list[MutableMapping[str, str]] = []
    for source in documents.mappings(container, "envFrom"):
        data = config_map_data(inventory, namespace, documents.text(source, "configMapRef", "name"))
        prefix = documents.text(source, "prefix")
        found.append({prefix + key: value for key, value in data.items()} if prefix else data)
    return found


def config_map_data(inventory: Inventory, namespace: str, name: str) -> dict[str, str]:
    """Return the texts of a ConfigMap by key, or an empty map if it is not in the manifests."""
    return inventory.derived(_maps).get((namespace, name), {})


def _maps(inventory: Inventory) -> dict[tuple[str, str], dict[str, str]]:
    maps: dict[tuple[str, str], dict[str, str]] = {}
    for each in inventory.of_kind("ConfigMap"):
        key = (documents.namespace(each), documents.name(each))
        if key not in maps:
            maps[key] = documents.text_map(each, "data")
    return maps
