"""Reads a file of Kong into the view of the rules."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal
from urllib.parse import urlsplit

from kubestock.gateway.kong.analysis.finding import KongFinding, Severity
from kubestock.gateway.kong.analysis.foreign import lenient, paths
from kubestock.gateway.kong.analysis.foreign.entities import (
    ANY_HOST,
    ForeignConsumer,
    ForeignRoute,
    ForeignService,
    upstream,
)
from kubestock.gateway.kong.analysis.view import CombinedScopePlugin, View, effective_plugins
from kubestock.gateway.kong.config.consumers import JwtIssuer
from kubestock.gateway.kong.config.segments import MAX_PRIORITY
from kubestock.gateway.kong.plugins import known
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.custom import CustomPlugin
from kubestock.gateway.kong.plugins.traits import UNKNOWN
from kubestock.gateway.kong.plugins.untyped import TRAITS

Entity = Mapping[str, Any]
_BESIDE = ("enabled", "instance_name", "protocols", "tags")
_SECRETS = {"keyauth_credentials": "key", "basicauth_credentials": "password", "hmacauth_credentials": "secret"}
_CREDENTIALS = (*_SECRETS, "jwt_secrets", "oauth2_credentials", "acls")


class Reader:
    """A file of Kong, and what is wrong with each of its entities by itself."""

    def __init__(self, document: Entity) -> None:
        self._document = document
        self.found: list[KongFinding] = []

    def view(self) -> View:
        """Return the view of the rules."""
        global_plugins = self._plugins(self._owned("plugins", {}), "all requests")
        services = [self._service(each, global_plugins) for each in self._entities("services")]
        services += self._routes_without_service(global_plugins)
        consumers = list(self._consumers())
        return View(services=services, consumers=consumers, plugins=global_plugins, combined=list(self._combined()))

    def _entities(self, kind: str, owner: Entity | None = None) -> list[Entity]:
        given = (self._document if owner is None else owner).get(kind)
        entities = [each for each in given if isinstance(each, Mapping)] if isinstance(given, list) else []
        if given and entities != given:
            self._note("file-malformed", f"{kind} must be a list of mappings", "correct the file", "error")
        return entities

    def _owned(self, kind: str, owner: Entity) -> list[Entity]:
        """Return entities of the top level that say they belong to an owner, or to none: `{"service": "orders"}`."""
        return [each for each in self._entities(kind) if _owners(each) == owner]

    def _standing_on(self, kind: str, owner: Entity) -> list[Entity]:
        """Return the plugins that stand on a service, a route or a consumer, and on nothing else."""
        name = _name(owner)
        top = [each for each in self._entities("plugins") if name and _owners(each).get(kind) == name]
        found = [*self._owners_of(kind, owner), *((each, _owners(each)) for each in top)]
        return [each for each, owners in found if _place(owners) == kind]

    def _owners_of(self, kind: str, owner: Entity) -> Iterator[tuple[Entity, dict[str, str]]]:
        for each in self._entities("plugins", owner):
            yield each, {kind: _name(owner), **_owners(each)}

    def _combined(self) -> Iterator[CombinedScopePlugin]:
        """Yield the plugins that stand on a consumer, and on a route or a service at once."""
        services = self._entities("services")
        routes = [*self._entities("routes"), *(route for each in services for route in self._entities("routes", each))]
        owners = {"service": services, "route": routes, "consumer": self._entities("consumers")}
        nested = (pair for kind, found in owners.items() for each in found for pair in self._owners_of(kind, each))
        for given, on in (*((each, _owners(each)) for each in self._entities("plugins")), *nested):
            if _place(on) == "combined":
                kind: Literal["route", "service"] = "route" if "route" in on else "service"
                plugin = self._plugin(given, f"consumer {on['consumer']} on {on[kind]}")
                yield CombinedScopePlugin(consumer=on["consumer"], kind=kind, owner=on[kind], plugin=plugin)

    def _note(self, rule: str, message: str, fix: str, severity: Severity) -> None:
        self.found.append(KongFinding(id=rule, message=message, fix=fix, severity=severity))

    def _service(self, given: Entity, global_plugins: Sequence[Plugin]) -> ForeignService:
        name, address = _name(given), urlsplit(str(given.get("url") or ""))
        host = str(given.get("host") or address.hostname or name)
        plugins = self._plugins(self._standing_on("service", given), name)
        routes = [*self._entities("routes", given), *self._owned("routes", {"service": name})]
        return ForeignService(
            name=name,
            upstream=upstream(host, self._targets(host)),
            routes=[self._route(each, name, plugins, global_plugins) for each in routes],
            plugins=plugins,
            path=str(given.get("path") or address.path or "/"),
        )

    def _routes_without_service(self, global_plugins: Sequence[Plugin]) -> Iterator[ForeignService]:
        routes = [each for each in self._entities("routes") if "service" not in _owners(each)]
        if routes:
            made = [self._route(each, "", (), global_plugins) for each in routes]
            yield ForeignService(name="none", upstream=upstream("none", ()), routes=made)

    def _targets(self, name: str) -> Iterator[str]:
        for each in self._entities("upstreams"):
            if each.get("name") == name:
                targets = [*self._entities("targets", each), *self._owned("targets", {"upstream": name})]
                yield from (str(target.get("target")) for target in targets)

    def _route(
        self, given: Entity, service: str, of_service: Sequence[Plugin], global_plugins: Sequence[Plugin]
    ) -> ForeignRoute:
        name = _name(given)
        found = [paths.read(each) for each in _texts(given, "paths") or ["/"]]
        plugins = self._plugins(self._standing_on("route", given), name)
        priority = given.get("regex_priority")
        if type(priority) is int and priority > MAX_PRIORITY and any(each.expression for each in found):
            self._note(
                "route-priority",
                f"regex_priority of {name or service} must be at most {MAX_PRIORITY}, because Kong compares 12 "
                f"bits, got {priority}",
                "write a lower one",
                "error",
            )
        acting = effective_plugins(plugins, of_service, global_plugins)
        return ForeignRoute(
            name=name or f"the route to {found[0].path} of {service}",
            path=found[0].path,
            other_paths=[each.path for each in found[1:]],
            exact=all(each.exact for each in found),
            hosts=[each.lower() for each in _texts(given, "hosts") or ANY_HOST],
            methods=_texts(given, "methods") or None,
            headers=_headers(given.get("headers")),
            protocols=[each for each in ("http", "https") if each in (_texts(given, "protocols") or ("http", "https"))],
            strip_path=given.get("strip_path") is not False,
            plugins=plugins,
            public=not any(each.authenticates for each in acting),
            priority=priority if type(priority) is int else 0,
            expressions=[each.path for each in found if each.expression],
            approximate=any(each.approximate for each in found) or len({each.exact for each in found}) > 1,
        )

    def _consumers(self) -> Iterator[ForeignConsumer]:
        for each in self._entities("consumers"):
            name = str(each.get("username") or each.get("custom_id") or "")
            held = {
                kind: [*self._entities(kind, each), *self._owned(kind, {"consumer": name})] for kind in _CREDENTIALS
            }
            plugins = self._standing_on("consumer", each)
            self._unsealed(name, held)
            yield ForeignConsumer(
                username=name,
                issuers=list(self._issuers(name, held["jwt_secrets"])),
                groups=[str(group.get("group")) for group in held["acls"]],
                plugins=self._plugins(plugins, f"consumer {name}"),
                held=[kind for kind, credentials in held.items() if credentials],
            )

    def _issuers(self, consumer: str, given: Sequence[Entity]) -> Iterator[JwtIssuer]:
        for each in given:
            fields = {name: value for name, value in each.items() if name in JwtIssuer.__dataclass_fields__}
            made, problems = lenient.read(JwtIssuer, {"algorithm": "HS256", **fields})
            for problem in problems:
                self._note("credential-setting", f"jwt_secrets of {consumer}: {problem}", "correct it", "error")
            yield made

    def _unsealed(self, consumer: str, held: Mapping[str, Sequence[Entity]]) -> None:
        for kind, secret in _SECRETS.items():
            plain = [each for each in held[kind] if not lenient.is_reference(str(each.get(secret) or "{{}}"))]
            if plain:
                self._note(
                    "credential-in-plain-text",
                    f"{secret} in {kind} of consumer {consumer} is in plain text",
                    "render the file from a sealed Secret",
                    "error",
                )

    def _plugins(self, given: Sequence[Entity], where: str) -> list[Plugin]:
        return [self._plugin(each, where) for each in given]

    def _plugin(self, given: Entity, where: str) -> Plugin:
        name = str(given.get("name"))
        config = given.get("config")
        settings = lenient.without_references(config) if isinstance(config, Mapping) else {}
        beside = {each: given[each] for each in _BESIDE if given.get(each) is not None}
        made, problems = self._made(name, settings, beside)
        for problem in problems:
            self._note("plugin-setting", f"{name} of {where}: {problem}", "correct it", "error")
        return made

    def _made(self, name: str, settings: Entity, beside: Entity) -> tuple[Plugin, list[str]]:
        kind = known.classes().get(name)
        if kind is not None:
            return lenient.read(kind, {**settings, **beside})
        if name not in TRAITS:
            self._note(
                "plugin-unknown",
                f"plugin {name} is not one of open-source Kong 3.9, so nothing is known of what it does",
                "see that no route relies on it for authentication, or that this Kong has it",
                "warning",
            )
            return _unknown(name, settings, beside), []
        elsewhere = ("elsewhere",) if TRAITS[name].unnamed_hosts else ()
        return lenient.read(CustomPlugin, {"plugin": name, "settings": settings, "connects_to": elsewhere, **beside})


def _unknown(name: str, settings: Entity, beside: Entity) -> Plugin:
    made, _ = lenient.read(CustomPlugin, {"plugin": name, "settings": settings, "traits": UNKNOWN, **beside})
    return made


def _owners(entity: Entity) -> dict[str, str]:
    """Return what an entity of the top level says it belongs to, by kind."""
    kinds = ("service", "route", "consumer", "upstream")
    found = {kind: entity[kind] for kind in kinds if entity.get(kind) is not None}
    return {kind: _name(each) if isinstance(each, Mapping) else str(each) for kind, each in found.items()}


def _place(owners: Mapping[str, str]) -> str:
    """Return what a plugin with these owners acts on: a route is more than its service."""
    if "consumer" in owners:
        return "combined" if len(owners) > 1 else "consumer"
    return next((kind for kind in ("route", "service") if kind in owners), "global")


def _name(entity: Entity) -> str:
    return str(entity.get("name") or entity.get("username") or entity.get("id") or "")


def _texts(entity: Entity, field: str) -> list[str]:
    given = entity.get(field)
    return [each for each in given if isinstance(each, str)] if isinstance(given, list) else []


def _headers(given: object) -> dict[str, list[str]] | None:
    if not isinstance(given, Mapping) or not given:
        return None
    return {str(name): [str(each) for each in values] for name, values in given.items() if isinstance(values, list)}
