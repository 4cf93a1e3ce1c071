"""The one file that Kong reads, in clear or as a template that a sealed Secret fills in."""

import re
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.analysis.conflicts import refuse_conflicts
from kubestock.gateway.kong.analysis.guard import guarded
from kubestock.gateway.kong.analysis.refusals import refuse_combinations
from kubestock.gateway.kong.config import http
from kubestock.gateway.kong.config.consumers import Consumer
from kubestock.gateway.kong.config.entities import drop_empty
from kubestock.gateway.kong.config.routes import Route, Service
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.values.references import SecretKey
from kubestock.values.value import Value
from kubestock.yaml.writer import to_yaml

_MAX_BYTES = 1024 * 1024
_MARK = "kubestock-credential-{}-here"


class GatewayConfig(Value):
    """Everything that Kong serves; `plugins` act on every request.

    Before them a PreFunction runs, which the file holds and no argument names: `guard.guarded` tells what it does.

    Every route below a protected prefix, such as /api, must ask who calls, unless it says that it is public. A prefix
    is written as the path of a route.

    Raises:
        ConfigurationError: for names, credentials or plugins that are there twice, routes that shadow each
            other, combinations that fail open, and a file above the 1 MiB that an object may hold.
    """

    services: Sequence[Service]
    consumers: Sequence[Consumer] = ()
    plugins: Sequence[Plugin] = ()
    protected_prefixes: Sequence[str] = ()

    def check(self) -> None:
        """Refuse what only the whole configuration shows."""
        refuse_conflicts(self.routes)
        for each in self.protected_prefixes:
            http.path("each protected prefix", each)
        refuse_combinations(self.services, self.consumers, self.plugins, self.protected_prefixes)
        self._check_secrets()
        size = len(self.template().encode())
        if size > _MAX_BYTES:
            raise ConfigurationError(f"the configuration must be at most {_MAX_BYTES} bytes, got {size}")

    def _check_secrets(self) -> None:
        known = {each.key for consumer in self.consumers for each in consumer.credentials}
        stand = Counter(each.key for each in self.secret_keys)
        if again := sorted(each for each in known if stand[each] > 1):
            raise ConfigurationError(
                f"each credential must be unique, got {', '.join(again)} as the password of a plugin, too; "
                "seal another value for it"
            )
        if len(sources := sorted({each.source.name for each in self.secret_keys})) > 1:
            raise ConfigurationError(
                f"credentials must be keys of one Secret, of which the file is rendered, got {', '.join(sources)}; "
                "seal them under one name"
            )

    @property
    def routes(self) -> tuple[Route, ...]:
        """The routes of all services."""
        return tuple(route for service in self.services for route in service.routes)

    @property
    def every_plugin(self) -> tuple[Plugin, ...]:
        """The plugins of every scope, in force or not."""
        owners: list[Service | Route | Consumer] = [*self.services, *self.routes, *self.consumers]
        return (*self.plugins, *(plugin for owner in owners for plugin in owner.plugins))

    @property
    def secret_keys(self) -> tuple[SecretKey, ...]:
        """The credentials that the file needs, in the order of the file."""
        return tuple(self._marked[1])

    def render(self) -> str:
        """Return `kong.yml` in clear.

        Raises:
            ConfigurationError: if it needs credentials, which must not stand in clear: use `template`.
        """
        if self.secret_keys:
            raise ConfigurationError("the configuration has credentials; use template() in a SealedSecret")
        return to_yaml([self._document], indent_lists=False)

    def template(self) -> str:
        """Return `kong.yml` as a Go template, for `spec.template.data` of a SealedSecret.

        Each credential is `{{ index . "key" | toJson }}`, and JSON's texts are YAML's; every other pair of
        braces is escaped, so that it comes out as it went in.
        """
        document, secrets = self._marked
        text = to_yaml([document], indent_lists=False).replace("{{", '{{ "{{" }}')
        for number, secret in enumerate(secrets):
            text = text.replace(_MARK.format(number), f'{{{{ index . "{secret.key}" | toJson }}}}')
        return text

    @cached_property
    def _marked(self) -> tuple[dict[str, Any], list[SecretKey]]:
        return _Marked().of(self._document)

    @cached_property
    def _document(self) -> dict[str, Any]:
        upstreams = {each.upstream.name: each.upstream.to_kong() for each in self.services}
        services, plugins = guarded(self.services, self.plugins)
        entities = {
            "services": [each.to_kong() for each in services],
            "upstreams": list(upstreams.values()),
            "consumers": [each.to_kong() for each in self.consumers],
            "plugins": [each.to_kong() for each in plugins],
        }
        return {"_format_version": "3.0", **drop_empty(entities)}


class _Marked:
    """A document whose secrets are replaced by marks, and the secrets in the order of the marks."""

    def __init__(self) -> None:
        self._secrets: list[SecretKey] = []

    def of(self, document: dict[str, Any]) -> tuple[dict[str, Any], list[SecretKey]]:
        return self._walk(document), self._secrets

    def _walk(self, value: Any) -> Any:
        if isinstance(value, SecretKey):
            self._secrets.append(value)
            return _MARK.format(len(self._secrets) - 1)
        if isinstance(value, dict):
            return {key: self._walk(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self._walk(each) for each in value]
        if isinstance(value, str) and re.search("kubestock-credential-[0-9]+-here", value):
            raise ConfigurationError("no text may contain the mark that stands for a credential")
        return value
