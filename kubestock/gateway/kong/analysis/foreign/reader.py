"""Reads a Kong file into the view that the rules use."""

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
_ENTITY_FIELDS = ("enabled", "instance_name", "protocols", "tags")
_SECRETS = {"keyauth_credentials": "key", "basicauth_credentials": "password", "hmacauth_credentials": "secret"}
_CREDENTIALS = (*_SECRETS, "jwt_secrets", "oauth2_credentials", "acls")


class Reader:
    """A Kong file, and the problems of its single entities."""

    def __init__(self, document: Entity) -> None:
        self._document = document
        self.found: list[KongFinding] = []

    def view(self) -> View:
        """Return the view for the rules."""
        global_plugins = self._plugins(self._belonging_to("plugins", {}), "all requests")
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

    def _belonging_to(self, kind: str, owner: Entity) -> list[Entity]:
        """Return the top-level entities with exactly this owner, such as `{"service": "orders"}`."""
        return [each for each in self._entities(kind) if _owners(each) == owner]

    def _plugins_of(self, kind: str, owner: Entity) -> list[Entity]:
        """Return the plugins that belong only to a given service, route or consumer."""
        name = _name(owner)
        top = [each for each in self._entities("plugins") if name and _owners(each).get(kind) == name]
        found = [*self._owners_of(kind, owner), *((each, _owners(each)) for each in top)]
        return [each for each, owners in found if _place(owners) == kind]

    def _owners_of(self, kind: str, owner: Entity) -> Iterator[tuple[Entity, dict[str, str]]]:
        for each in self._entities("plugins", owner):
            yield each, {kind: _name(owner), **_owners(each)}

    def _combined(self) -> Iterator[CombinedScopePlugin]:
        """Yield the plugins that belong to a consumer together with a route or a service."""
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
        plugins = self._plugins(self._plugins_of("service", given), name)
        routes = [*self._entities("routes", given), *self._belonging_to("routes", {"service": name})]
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
                targets = [*self._entities("targets", each), *self._belonging_to("targets", {"upstream": name})]
                yield from (str(target.get("target")) for target in targets)

    def _route(
        self, given: Entity, service: str, of_service: Sequence[Plugin], global_plugins: Sequence[Plugin]
    ) -> ForeignRoute:
        name = _name(given)
        found = [paths.read(each) for each in _texts(given, "paths") or ["/"]]
        plugins = self._plugins(self._plugins_of("route", given), name)
        priority = given.get("regex_priority")
        if type(priority) is int and priority > MAX_PRIORITY and any(each.expression for each in found):
            self._note(
                "route-priority",
                f"regex_priority of {name or service} must be at most {MAX_PRIORITY}, because Kong compares "
                f"only 12 bits, got {priority}",
                "set a lower number",
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
            credentials = {
                kind: [*self._entities(kind, each), *self._belonging_to(kind, {"consumer": name})]
                for kind in _CREDENTIALS
            }
            plugins = self._plugins_of("consumer", each)
            self._note_plain_text(name, credentials)
            yield ForeignConsumer(
                username=name,
                issuers=list(self._issuers(name, credentials["jwt_secrets"])),
                groups=[str(group.get("group")) for group in credentials["acls"]],
                plugins=self._plugins(plugins, f"consumer {name}"),
                kinds=[kind for kind, found in credentials.items() if found],
            )

    def _issuers(self, consumer: str, given: Sequence[Entity]) -> Iterator[JwtIssuer]:
        for each in given:
            fields = {name: value for name, value in each.items() if name in JwtIssuer.__dataclass_fields__}
            made, problems = lenient.build(JwtIssuer, {"algorithm": "HS256", **fields})
            for problem in problems:
                self._note("credential-setting", f"jwt_secrets of {consumer}: {problem}", "correct it", "error")
            yield made

    def _note_plain_text(self, consumer: str, credentials: Mapping[str, Sequence[Entity]]) -> None:
        for kind, secret in _SECRETS.items():
            plain = [each for each in credentials[kind] if not lenient.is_reference(str(each.get(secret) or "{{}}"))]
            if plain:
                self._note(
                    "credential-in-plain-text",
                    f"{secret} in {kind} of consumer {consumer} must not be in plain text",
                    "render the file from a sealed Secret",
                    "error",
                )

    def _plugins(self, given: Sequence[Entity], where: str) -> list[Plugin]:
        return [self._plugin(each, where) for each in given]

    def _plugin(self, given: Entity, where: str) -> Plugin:
        name = str(given.get("name"))
        config = given.get("config")
        settings = lenient.without_references(config) if isinstance(config, Mapping) else {}
        entity_fields = {each: given[each] for each in _ENTITY_FIELDS if given.get(each) is not None}
        made, problems = self._build_plugin(name, settings, entity_fields)
        for problem in problems:
            self._note("plugin-setting", f"{name} of {where}: {problem}", "correct it", "error")
        return made

    def _build_plugin(self, name: str, settings: Entity, entity_fields: Entity) -> tuple[Plugin, list[str]]:
        kind = known.classes().get(name)
        if kind is not None:
            return lenient.build(kind, {**settings, **entity_fields})
        if name not in TRAITS:
            self._note(
                "plugin-unknown",
                f"plugin {name} must be a plugin of open-source Kong 3.9, or the rules know nothing about it",
                "check that no route relies on it for authentication, or that this Kong has the plugin",
                "warning",
            )
            return _unknown(name, settings, entity_fields), []
        elsewhere = ("elsewhere",) if TRAITS[name].unnamed_hosts else ()
        return lenient.build(
            CustomPlugin, {"plugin": name, "settings": settings, "connects_to": elsewhere, **entity_fields}
        )


def _unknown(name: str, settings: Entity, entity_fields: Entity) -> Plugin:
    made, _ = lenient.build(CustomPlugin, {"plugin": name, "settings": settings, "traits": UNKNOWN, **entity_fields})
    return made


def _owners(entity: Entity) -> dict[str, str]:
    """Return the owners of a top-level entity, by kind."""
    kinds = ("service", "route", "consumer", "upstream")
    found = {kind: entity[kind] for kind in kinds if entity.get(kind) is not None}
    return {kind: _name(each) if isinstance(each, Mapping) else str(each) for kind, each in found.items()}


def _place(owners: Mapping[str, str]) -> str:
    """Return what a plugin with these owners acts on. A route takes precedence over its service."""
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
