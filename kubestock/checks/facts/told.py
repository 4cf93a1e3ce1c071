"""What the manifests tell a program of addresses, and how sure it is that a text is one."""

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
from kubestock.checks.facts.environment import announced, data_of, expanded, known_variables
from kubestock.checks.facts.inventory import Inventory, Workload, shown
from kubestock.checks.facts.words import ADDRESS, STORES, is_no_call, words_of
from kubestock.values import documents
from kubestock.values.documents import Document, Path

_HOST = re.compile(r"(?P<of>.*?)[_.-]?(?P<what>HOST|HOSTNAME|SERVER|ADDR|ADDRESS|ENDPOINT|SERVICE)", re.IGNORECASE)
_FLAG = re.compile(r"-{0,2}(?P<name>[A-Za-z][A-Za-z0-9_.-]*)=(?P<value>.*)", re.DOTALL)
_COMMENT = re.compile(r"^\s*(#|//|;|--).*$", re.MULTILINE)
_LONGEST_FILE = 2**18


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Addresses that a program is told, and where.

    Args:
        name: what tells it, as findings show it.
        addresses: what it names.
        sure: whether they are called whatever the manifests have.
        why: why a host is not known, if it is not.
        within: the part of the workload that tells it, and the field of it.
    """

    name: str
    addresses: tuple[Address, ...]
    sure: bool = True
    why: str = ""
    within: object = None
    field: Path = ()


def told(inventory: Inventory, workload: Workload) -> Iterator[Told]:
    """Yield the addresses that the programs of a workload are told."""
    for container in workload.containers:
        known = known_variables(inventory, workload.namespace, container)
        yield from _of_environment(inventory, workload, container, known)
        yield from _of_arguments(container, known)
    yield from _of_files(inventory, workload)


def addresses_in(name: str, value: str) -> Told | None:
    """Return the addresses of a text with a name, or None if it has none."""
    words = words_of(name)
    if not value or is_no_call(words):
        return None
    found = addresses_of(value)
    sure = has_url(value) or not words.isdisjoint(ADDRESS)
    if not found and has_url(value):
        found, sure = urls_within(value), False
    return Told(name=name, addresses=tuple(found), sure=sure) if found else None


def map_consumers(inventory: Inventory) -> dict[tuple[str, str], set[Workload]]:
    """Return the workloads that take over or mount each ConfigMap as a whole, by namespace and name."""
    found: dict[tuple[str, str], set[Workload]] = {}
    for workload in inventory.workloads:
        for name in (*_taken_over(workload), *_mounted(workload)):
            found.setdefault((workload.namespace, name), set()).add(workload)
    return found


def _of_environment(
    inventory: Inventory, workload: Workload, container: Document, known: Mapping[str, str]
) -> Iterator[Told]:
    values = announced(inventory, workload.namespace, container)
    variables = {documents.text(each, "name"): each for each in documents.mappings(container, "env")}
    own = {name: known[name] for name in _own_map_keys(inventory, workload, container) if name in known}
    for name, value in {**own, **values}.items():
        found = addresses_in(name, value) or _bare_host(name, value, known)
        if found is not None:
            yield _at(found, variables.get(name), ("value",))
    for name, variable in variables.items():
        hidden = _hidden_host(name, variable, known)
        if hidden is not None:
            yield _at(hidden, variable, ("valueFrom",))


def _own_map_keys(inventory: Inventory, workload: Workload, container: Document) -> Iterator[str]:
    """Yield the variables of the maps that only this workload takes over: a shared one names what others call."""
    for source in documents.mappings(container, "envFrom"):
        name = documents.text(source, "configMapRef", "name")
        if len(inventory.derived(map_consumers).get((workload.namespace, name), ())) == 1:
            prefix = documents.text(source, "prefix")
            yield from (prefix + key for key in data_of(inventory, workload.namespace, name))


def _bare_host(name: str, value: str, known: Mapping[str, str]) -> Told | None:
    found = _HOST.fullmatch(name)
    if found is None or not found["of"] or not is_name(value) or is_no_call(words_of(name)):
        return None
    port = _port_beside(name, found["of"], known)
    sure = port is not None or is_address(value) or not words_of(found["of"]).isdisjoint(STORES)
    if not sure and found["what"].upper() == "SERVICE":
        return None
    address = Address(host=value.removesuffix(".").lower(), port=port)
    return Told(name=name, addresses=(address,), sure=sure)


def _hidden_host(name: str, variable: Document, known: Mapping[str, str]) -> Told | None:
    chosen = documents.mapping(variable, "valueFrom", "secretKeyRef")
    words = words_of(name)
    if not chosen or words.isdisjoint({"host", "hostname", "url", "uri", "dsn", "endpoint", "addr", "address"}):
        return None
    found = _HOST.fullmatch(name)
    port = _port_beside(name, found["of"], known) if found else None
    why = f"it is in Secret {documents.text(chosen, 'name')!r}"
    return Told(name=name, addresses=(Address(host="", port=port),), why=why)


def _port_beside(name: str, owner: str, known: Mapping[str, str]) -> int | None:
    join = re.search(r"[_.-]", name[len(owner) :])
    for suffix in ("PORT", "port", "Port"):
        found = port_number(known.get(owner + (join[0] if join else "") + suffix, ""))
        if found is not None:
            return found
    return None


def _of_arguments(container: Document, known: Mapping[str, str]) -> Iterator[Told]:
    for field in ("command", "args"):
        previous = ""
        for position, written in enumerate(documents.sequence(container, field)):
            if not isinstance(written, str):
                continue
            value = expanded(written, known)
            found = _of_argument(previous, value)
            if found is not None:
                name = f"the {field.removesuffix('s')} {_short(found.name)} of {shown(container)}"
                yield _at(Told(name=name, addresses=found.addresses, sure=found.sure), container, (field, position))
            previous = value


def _of_argument(previous: str, value: str) -> Told | None:
    flag = _FLAG.fullmatch(value)
    if flag is not None and not re.search(r"\s", value):
        return addresses_in(flag["name"], flag["value"])
    if re.search(r"\s", value):
        urls = urls_within(_COMMENT.sub("", value[:_LONGEST_FILE]))
        return Told(name="script", addresses=tuple(each for each in urls if each.host), sure=False) if urls else None
    named = previous.lstrip("-") if previous.startswith("-") and "=" not in previous else ""
    return addresses_in(named, value)


def _of_files(inventory: Inventory, workload: Workload) -> Iterator[Told]:
    for name in dict.fromkeys(_mounted(workload)):
        key = (workload.namespace, name)
        if len(inventory.derived(map_consumers).get(key, ())) == 1:
            services = inventory.derived(_service_names).get(workload.namespace, frozenset())
            for file, text in data_of(inventory, workload.namespace, name).items():
                read = _COMMENT.sub("", text[:_LONGEST_FILE])
                urls = (each for each in urls_within(read) if each.host) if has_url(read) else ()
                found = tuple(dict.fromkeys((*urls, *pairs_within(read, services))))
                if found:
                    yield Told(name=f"file {file} of ConfigMap {name!r}", addresses=found, sure=False)


def _service_names(inventory: Inventory) -> dict[str, frozenset[str]]:
    names: dict[str, set[str]] = {}
    for each in inventory.of_kind("Service"):
        names.setdefault(documents.namespace(each), set()).add(documents.name(each))
    return {namespace: frozenset(inside) for namespace, inside in names.items()}


def _taken_over(workload: Workload) -> Iterator[str]:
    for container in workload.containers:
        for source in documents.mappings(container, "envFrom"):
            yield documents.text(source, "configMapRef", "name")


def _mounted(workload: Workload) -> Iterator[str]:
    for volume in documents.mappings(workload.spec, "volumes"):
        for source in (volume, *documents.mappings(volume, "projected", "sources")):
            name = documents.text(source, "configMap", "name")
            if name:
                yield name


def _at(found: Told, within: object, field: Path) -> Told:
    return Told(name=found.name, addresses=found.addresses, sure=found.sure, why=found.why, within=within, field=field)


def _short(name: str) -> str:
    return f"--{name}" if name and name != "script" else name or "address"
