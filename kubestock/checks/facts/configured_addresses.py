"""The addresses in the settings of programs, and whether it is certain that a text is an address."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kubestock.checks.facts.addresses import (
    Address,
    addresses_of,
    has_url,
    is_address,
    is_name,
    pairs_within,
    port_number,
    urls_within,
)
from kubestock.checks.facts.environment import config_map_data, declared_variables, expand, known_variables
from kubestock.checks.facts.inventory import Inventory, Workload, describe_container
from kubestock.checks.facts.variable_names import ADDRESS_WORDS, DATA_STORE_WORDS, is_not_called, words_of
from kubestock.values import documents
from kubestock.values.documents import Document, Path

_HOST = re.compile(r"(?P<of>.*?)[_.-]?(?P<what>HOST|HOSTNAME|SERVER|ADDR|ADDRESS|ENDPOINT|SERVICE)", re.IGNORECASE)
_FLAG = re.compile(r"-{0,2}(?P<name>[A-Za-z][A-Za-z0-9_.-]*)=(?P<value>.*)", re.DOTALL)
_COMMENT = re.compile(r"^\s*(#|//|;|--).*$", re.MULTILINE)
_LONGEST_FILE = 2**18


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfiguredAddresses:
    """The addresses in one setting of a program.

    Args:
        name: the name of the setting, as findings show it.
        addresses: the addresses in its value.
        certain: whether the value is an address for certain.
        why: why a host is unknown; empty if all are known.
        part: the map in the workload that has the setting.
        field: the path of the setting in `part`.
    """

    name: str
    addresses: tuple[Address, ...]
    certain: bool = True
    why: str = ""
    part: object = None
    field: Path = ()


def configured_addresses(inventory: Inventory, workload: Workload) -> Iterator[ConfiguredAddresses]:
    """Yield the addresses in the settings of a workload's programs."""
    for container in workload.containers:
        known = known_variables(inventory, workload.namespace, container)
        yield from _of_environment(inventory, workload, container, known)
        yield from _of_arguments(container, known)
    yield from _of_files(inventory, workload)


def addresses_in(name: str, value: str) -> ConfiguredAddresses | None:
    """Return the addresses in the value of a setting, or None if it has no address."""
    words = words_of(name)
    if not value or is_not_called(words):
        return None
    found = addresses_of(value)
    certain = has_url(value) or not words.isdisjoint(ADDRESS_WORDS)
    if not found and has_url(value):
        found, certain = urls_within(value), False
    return ConfiguredAddresses(name=name, addresses=tuple(found), certain=certain) if found else None


def config_map_consumers(inventory: Inventory) -> dict[tuple[str, str], set[Workload]]:
    """Return the workloads that use each ConfigMap in `envFrom` or mount it, by its namespace and name."""
    found: dict[tuple[str, str], set[Workload]] = {}
    for workload in inventory.workloads:
        for name in (*_env_from_maps(workload), *_mounted_maps(workload)):
            found.setdefault((workload.namespace, name), set()).add(workload)
    return found


def _of_environment(
    inventory: Inventory, workload: Workload, container: Document, known: Mapping[str, str]
) -> Iterator[ConfiguredAddresses]:
    values = declared_variables(inventory, workload.namespace, container)
    variables = {documents.text(each, "name"): each for each in documents.mappings(container, "env")}
    own = {name: known[name] for name in _own_map_keys(inventory, workload, container) if name in known}
    for name, value in {**own, **values}.items():
        found = addresses_in(name, value) or _bare_host(name, value, known)
        if found is not None:
            yield _with_location(found, variables.get(name), ("value",))
    for name, variable in variables.items():
        hidden = _hidden_host(name, variable, known)
        if hidden is not None:
            yield _with_location(hidden, variable, ("valueFrom",))


def _own_map_keys(inventory: Inventory, workload: Workload, container: Document) -> Iterator[str]:
    """Yield the `envFrom` variables from ConfigMaps that no other workload uses.

    A shared ConfigMap can have addresses that only the other workloads call.
    """
    for source in documents.mappings(container, "envFrom"):
        name = documents.text(source, "configMapRef", "name")
        if len(inventory.derived(config_map_consumers).get((workload.namespace, name), ())) == 1:
            prefix = documents.text(source, "prefix")
            yield from (prefix + key for key in config_map_data(inventory, workload.namespace, name))


def _bare_host(name: str, value: str, known: Mapping[str, str]) -> ConfiguredAddresses | None:
    found = _HOST.fullmatch(name)
    if found is None or not found["of"] or not is_name(value) or is_not_called(words_of(name)):
        return None
    port = _port_variable(name, found["of"], known)
    certain = port is not None or is_address(value) or not words_of(found["of"]).isdisjoint(DATA_STORE_WORDS)
    if not certain and found["what"].upper() == "SERVICE":
        return None
    address = Address(host=value.removesuffix(".").lower(), port=port)
    return ConfiguredAddresses(name=name, addresses=(address,), certain=certain)


def _hidden_host(name: str, variable: Document, known: Mapping[str, str]) -> ConfiguredAddresses | None:
    chosen = documents.mapping(variable, "valueFrom", "secretKeyRef")
    words = words_of(name)
    if not chosen or words.isdisjoint({"host", "hostname", "url", "uri", "dsn", "endpoint", "addr", "address"}):
        return None
    found = _HOST.fullmatch(name)
    port = _port_variable(name, found["of"], known) if found else None
    why = f"it is in Secret {documents.text(chosen, 'name')!r}"
    return ConfiguredAddresses(name=name, addresses=(Address(host="", port=port),), why=why)


def _port_variable(name: str, owner: str, known: Mapping[str, str]) -> int | None:
    join = re.search(r"[_.-]", name[len(owner) :])
    for suffix in ("PORT", "port", "Port"):
        found = port_number(known.get(owner + (join[0] if join else "") + suffix, ""))
        if found is not None:
            return found
    return None


def _of_arguments(container: Document, known: Mapping[str, str]) -> Iterator[ConfiguredAddresses]:
    for field in ("command", "args"):
        previous = ""
        for position, written in enumerate(documents.sequence(container, field)):
            if not isinstance(written, str):
                continue
            value = expand(written, known)
            found = _of_argument(previous, value)
            if found is not None:
                name = f"the {field.removesuffix('s')} {_short(found.name)} of {describe_container(container)}"
                yield _with_location(
                    ConfiguredAddresses(name=name, addresses=found.addresses, certain=found.certain),
                    container,
                    (field, position),
                )
            previous = value


def _of_argument(previous: str, value: str) -> ConfiguredAddresses | None:
    flag = _FLAG.fullmatch(value)
    if flag is not None and not re.search(r"\s", value):
        return addresses_in(flag["name"], flag["value"])
    if re.search(r"\s", value):
        urls = urls_within(_COMMENT.sub("", value[:_LONGEST_FILE]))
        return (
            ConfiguredAddresses(name="script", addresses=tuple(each for each in urls if each.host), certain=False)
            if urls
            else None
        )
    named = previous.lstrip("-") if previous.startswith("-") and "=" not in previous else ""
    return addresses_in(named, value)


def _of_files(inventory: Inventory, workload: Workload) -> Iterator[ConfiguredAddresses]:
    for name in dict.fromkeys(_mounted_maps(workload)):
        key = (workload.namespace, name)
        if len(inventory.derived(config_map_consumers).get(key, ())) == 1:
            services = inventory.derived(_service_names).get(workload.namespace, frozenset())
            for file, text in config_map_data(inventory, workload.namespace, name).items():
                read = _COMMENT.sub("", text[:_LONGEST_FILE])
                urls = (each for each in urls_within(read) if each.host) if has_url(read) else ()
                found = tuple(dict.fromkeys((*urls, *pairs_within(read, services))))
                if found:
                    yield ConfiguredAddresses(name=f"file {file} of ConfigMap {name!r}", addresses=found, certain=False)


def _service_names(inventory: Inventory) -> dict[str, frozenset[str]]:
    names: dict[str, set[str]] = {}
    for each in inventory.of_kind("Service"):
        names.setdefault(documents.namespace(each), set()).add(documents.name(each))
    return {namespace: frozenset(inside) for namespace, inside in names.items()}


def _env_from_maps(workload: Workload) -> Iterator[str]:
    for container in workload.containers:
        for source in documents.mappings(container, "envFrom"):
            yield documents.text(source, "configMapRef", "name")


def _mounted_maps(workload: Workload) -> Iterator[str]:
    for volume in documents.mappings(workload.spec, "volumes"):
        for source in (volume, *documents.mappings(volume, "projected", "sources")):
            name = documents.text(source, "configMap", "name")
            if name:
                yield name


def _with_location(found: ConfiguredAddresses, part: object, field: Path) -> ConfiguredAddresses:
    return ConfiguredAddresses(
        name=found.name, addresses=found.addresses, certain=found.certain, why=found.why, part=part, field=field
    )


def _short(name: str) -> str:
    return f"--{name}" if name and name != "script" else name or "address"
