"""The configuration file of Kong, in plain form or as a template for a sealed Secret."""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.analysis import findings
from kubestock.gateway.kong.analysis.finding import KongFinding, require_no_findings
from kubestock.gateway.kong.analysis.view import UNKNOWN_CONTEXT, GatewayContext, View
from kubestock.gateway.kong.config import request_paths
from kubestock.gateway.kong.config.allowed_methods import with_cors_methods
from kubestock.gateway.kong.config.consumers import Consumer
from kubestock.gateway.kong.config.entities import drop_empty
from kubestock.gateway.kong.config.guard import with_request_guard
from kubestock.gateway.kong.config.routes import Route
from kubestock.gateway.kong.config.services import KongService
from kubestock.gateway.kong.config.sizes import with_size_limits
from kubestock.gateway.kong.config.timeouts import split_by_timeout
from kubestock.gateway.kong.config.tokens import with_token_checks
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.values.references import SecretKey
from kubestock.values.value import Value
from kubestock.yaml.writer import to_yaml

_MAX_BYTES = 1024 * 1024
_PLACEHOLDER = "kubestock-credential-{}-here"


class Configuration(Value):
    """The complete configuration of Kong. `findings` returns the problems in it.

    The file also gets a PreFunction that runs before all plugins: see `guard.with_request_guard`.

    Args:
        services: the services with their routes.
        consumers: the clients that Kong identifies. Defaults to none.
        plugins: the global plugins, which act on every request. Defaults to none.
        protected_prefixes: path prefixes, such as /api, below which every route must require authentication or set
            `public=True`. Defaults to none.

    Raises:
        ConfigurationError: if a protected prefix is not a valid path of a route.

    See https://developer.konghq.com/gateway/db-less-mode/
    """

    services: Sequence[KongService]
    consumers: Sequence[Consumer] = ()
    plugins: Sequence[Plugin] = ()
    protected_prefixes: Sequence[str] = ()

    def check(self) -> None:
        for each in self.protected_prefixes:
            request_paths.path("each protected prefix", each)

    def findings(self, context: GatewayContext = UNKNOWN_CONTEXT) -> list[KongFinding]:
        """Return every problem: what does not work in Kong, and what allows requests that must be denied.

        Args:
            context: what is known about the gateway that reads the file. Defaults to nothing.
        """
        view = View(
            services=self.services,
            consumers=self.consumers,
            plugins=self.plugins,
            protected=self.protected_prefixes,
            secret_keys=self.secret_keys,
            context=context,
        )
        return [*findings(view), *self._too_large()]

    def _too_large(self) -> Iterator[KongFinding]:
        size = len(self.template().encode())
        if size > _MAX_BYTES:
            yield KongFinding(
                id="file-too-large",
                message=f"the configuration must be at most {_MAX_BYTES} bytes, got {size}",
                fix="move large bodies and schemas into the services, or split the gateway in two",
            )

    @property
    def routes(self) -> tuple[Route, ...]:
        """The routes of all services."""
        return tuple(route for service in self.services for route in service.routes)

    @property
    def secret_keys(self) -> tuple[SecretKey, ...]:
        """The credentials in the file, in the order of the file."""
        return tuple(self._with_placeholders[1])

    def render(self) -> str:
        """Return `kong.yml` in plain form.

        Raises:
            ConfigurationError: if it contains credentials, which must not be in plain text: use `template`.
        """
        if self.secret_keys:
            raise ConfigurationError(
                "the configuration must not contain credentials to be written in plain text; use template() in a "
                "SealedSecret"
            )
        return to_yaml([self._document], indent_lists=False)

    def template(self) -> str:
        """Return `kong.yml` as a Go template, for `spec.template.data` of a SealedSecret.

        Each credential is `{{ index . "key" | toJson }}`, because a JSON string is also a YAML string. All other double
        braces are escaped, so that the template renders them unchanged.
        """
        document, secrets = self._with_placeholders
        text = to_yaml([document], indent_lists=False).replace("{{", '{{ "{{" }}')
        for number, secret in enumerate(secrets):
            text = text.replace(_PLACEHOLDER.format(number), f'{{{{ index . "{secret.key}" | toJson }}}}')
        return text

    @cached_property
    def _with_placeholders(self) -> tuple[dict[str, Any], list[SecretKey]]:
        return _WithPlaceholders().of(self._document)

    @cached_property
    def _document(self) -> dict[str, Any]:
        upstreams = {each.upstream.name: each.upstream.to_kong() for each in self.services}
        split = [service for each in self.services for service in split_by_timeout(each)]
        services, plugins, consumers = with_size_limits(*with_cors_methods(split, self.plugins), self.consumers)
        services, plugins = with_request_guard(*with_token_checks(services, plugins, consumers))
        entities = {
            "services": [each.to_kong() for each in services],
            "upstreams": list(upstreams.values()),
            "consumers": [each.to_kong() for each in consumers],
            "plugins": [each.to_kong() for each in plugins],
        }
        return {"_format_version": "3.0", **drop_empty(entities)}


class GatewayConfig(Configuration):
    """A configuration without findings: its constructor raises them.

    Raises:
        ConfigurationError: if there are findings, such as duplicated names, ambiguous routes, routes that bypass
            authentication, or a file larger than 1 MiB. The message lists all of them.
    """

    def check(self) -> None:
        super().check()
        require_no_findings(self.findings())


class _WithPlaceholders:
    """Replaces the credentials in a document by placeholders, and collects them in the order of the placeholders."""

    def __init__(self) -> None:
        self._secrets: list[SecretKey] = []

    def of(self, document: dict[str, Any]) -> tuple[dict[str, Any], list[SecretKey]]:
        return self._walk(document), self._secrets

    def _walk(self, value: Any) -> Any:
        if isinstance(value, SecretKey):
            self._secrets.append(value)
            return _PLACEHOLDER.format(len(self._secrets) - 1)
        if isinstance(value, dict):
            return {key: self._walk(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self._walk(each) for each in value]
        if isinstance(value, str) and re.search("kubestock-credential-[0-9]+-here", value):
            raise ConfigurationError(
                "a text must not contain the placeholder of a credential, 'kubestock-credential-…-here'"
            )
        return value
