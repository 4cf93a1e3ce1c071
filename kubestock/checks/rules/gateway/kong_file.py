"""Rules about the declarative file of Kong.

`kubestock.gateway` checks the routes and plugins in the file; these rules check whether Kong can read it.
"""

from collections.abc import Iterator
from difflib import get_close_matches

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.facts.kong import KongFile, kong_files
from kubestock.checks.facts.kong_calls import plugins_of
from kubestock.checks.facts.kong_routes import AUTHENTICATING
from kubestock.checks.finding import Problem, Severity, Unjudged
from kubestock.values import documents

_ENTITIES = frozenset(
    {
        "acls",
        "basicauth_credentials",
        "ca_certificates",
        "certificates",
        "consumer_group_consumers",
        "consumer_group_plugins",
        "consumer_groups",
        "consumers",
        "custom_entities",
        "degraphql_routes",
        "filter_chains",
        "hmacauth_credentials",
        "jwt_secrets",
        "key_sets",
        "keyauth_credentials",
        "keys",
        "licenses",
        "mtls_auth_credentials",
        "oauth2_credentials",
        "oauth2_tokens",
        "partials",
        "plugins",
        "routes",
        "services",
        "snis",
        "targets",
        "upstreams",
        "vaults",
    }
)
_OTHER_KEYS = frozenset({"_format_version", "_transform", "_comment", "_ignore", "_info", "_workspace", "_konnect"})
_FORMATS = frozenset({"1.1", "2.1", "3.0"})
_PROTECTING = AUTHENTICATING.union(
    (
        "acl",
        "acme",
        "ai-prompt-guard",
        "bot-detection",
        "cors",
        "injection-protection",
        "ip-restriction",
        "json-threat-protection",
        "opa",
        "rate-limiting",
        "rate-limiting-advanced",
        "request-size-limiting",
        "request-termination",
        "request-validator",
        "session",
    )
)
_CONFIG_MAP = """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: kong}
        data:
          kong.yml: |
            _format_version: "3.0"
"""


@rule(
    "kong-file",
    title="Kong cannot read its declarative file",
    source="https://developer.konghq.com/gateway/db-less-mode/#declarative-configuration-format",
    fails=f"""{_CONFIG_MAP}
            service: [{{name: orders, url: "https://orders.example.com"}}]
    """,
    passes=f"""{_CONFIG_MAP}
            services: [{{name: orders, url: "https://orders.example.com"}}]
    """,
)
def kong_file(inventory: Inventory) -> Iterator[Problem | Unjudged]:
    """With a file that it cannot read, Kong does not start, or keeps using the previous file."""
    for file in _files(inventory):
        if file.unreadable:
            message = f"{file.name} is written by a template, so its content is known only in the cluster"
            yield Unjudged(file.document, message, field=file.path)
        elif file.error:
            yield _problem(file, file.error, "correct it")
        else:
            yield from _of_content(file)


@rule(
    "kong-plugin-disabled",
    title="A plugin that protects routes is disabled",
    severity=Severity.WARNING,
    source="https://developer.konghq.com/gateway/entities/plugin/",
    fails=f"""{_CONFIG_MAP}
            plugins: [{{name: key-auth, enabled: false}}]
    """,
    passes=f"""{_CONFIG_MAP}
            plugins: [{{name: key-auth, enabled: true}}]
    """,
)
def kong_plugin_disabled(inventory: Inventory) -> Iterator[Problem]:
    """The plugin is in the file, but Kong does not run it, so it accepts requests that the plugin would reject."""
    for file in _files(inventory):
        for plugin in plugins_of(file.content):
            name = documents.text(plugin, "name")
            if name in _PROTECTING and documents.at(plugin, "enabled") is False:
                yield _problem(file, f"has the plugin {name} with enabled: false", "enable it, or remove it")


def _files(inventory: Inventory) -> Iterator[KongFile]:
    for files in inventory.derived(kong_files).values():
        yield from files


def _of_content(file: KongFile) -> Iterator[Problem]:
    version = documents.at(file.content, "_format_version")
    if version not in _FORMATS:
        shown = repr(version) if isinstance(version, str | int | float) else "(not a text)"
        yield _problem(file, f"has the _format_version {shown}", 'write "3.0", in quotes')
    for key, value in file.content.items():
        if key in _OTHER_KEYS:
            continue
        if key not in _ENTITIES:
            # Plugins of users can define entities with other names.
            similar = get_close_matches(key, _ENTITIES, n=1, cutoff=0.8) if isinstance(key, str) else []
            if similar or not isinstance(key, str):
                fix = f"write {similar[0]}" if similar else "write the name of an entity"
                yield _problem(file, f"has {key!r}, which is not an entity of Kong", fix)
        elif value is not None and not _is_list_of_maps(value):
            yield _problem(file, f"has {key} that is not a list of maps", "write a list")


def _is_list_of_maps(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, dict) for each in value)


def _problem(file: KongFile, message: str, fix: str) -> Problem:
    return Problem(file.document, f"{file.name} {message}", fix=fix, field=file.path)
