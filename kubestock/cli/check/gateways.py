"""The rules of the gateway, as rules of the command, for any configuration file of Kong."""

from collections.abc import Iterator

from kubestock.checks import Inventory, Problem, Rule, Severity, rule
from kubestock.checks.facts.kong import kong_files
from kubestock.values import documents

_FILE = """
    apiVersion: v1
    kind: ConfigMap
    metadata: {{name: kong, namespace: shop}}
    data:
      kong.yml: |
        _format_version: "3.0"
        services:
          - name: orders
            url: http://orders.shop.svc.cluster.local:8080
            routes:
              - name: orders
                paths: ["~/api/orders(?=/|$)"]
                protocols: {protocols}
                plugins: [{plugins}]
        consumers:
          - username: partner
            acls: [{{group: partners}}]
            keyauth_credentials: [{{key: "{{vault://env/partner-key}}"}}]
"""
_KEY = "{{name: key-auth, config: {{{config}key_names: [x-api-key]}}}}, {{name: acl, config: {{allow: [partners]}}}}"
_OF_HEADER = _KEY.format(config="key_in_query: false, ")
_GUARDED = _FILE.format(protocols="[https]", plugins=_OF_HEADER)
_OF_QUERY = _FILE.format(protocols="[https]", plugins=_KEY.format(config=""))
_UNENCRYPTED = _FILE.format(protocols="[http, https]", plugins=_OF_HEADER)


def _found(inventory: Inventory, severity: str) -> Iterator[Problem]:
    for problem, found in inventory.derived(_analysed):
        if found == severity:
            yield problem


def _analysed(inventory: Inventory) -> list[tuple[Problem, str]]:
    """Return the problems of the configuration files of Kong, each with its severity."""
    holders = {id(each.document): each.document for files in inventory.derived(kong_files).values() for each in files}
    if not holders:
        return []
    # The analysis is loaded only if there is a file, because that takes longer than all other rules.
    from kubestock.gateway.kong.analysis.foreign import findings_of_manifest  # noqa: PLC0415  # as above

    found = []
    for document in holders.values():
        above = ("data",) if documents.kind(document) == "ConfigMap" else ("spec", "template", "data")
        for key, findings in findings_of_manifest(document).items():
            for each in findings:
                problem = Problem(document, f"{each.message} ({each.id})", fix=each.fix, field=(*above, key))
                found.append((problem, str(each.severity)))
    return found


@rule(
    "kong-configuration",
    title="A configuration file of Kong would not work, or accepts requests that it must reject",
    source="https://developer.konghq.com/gateway/db-less-mode/",
    fails=_OF_QUERY,
    passes=_GUARDED,
)
def kong_configuration(inventory: Inventory) -> Iterator[Problem]:
    """Kong reads its file when a pod starts. An invalid file stops the rollout, and an open route is open at once."""
    yield from _found(inventory, "error")


@rule(
    "kong-configuration-weak",
    title="A configuration file of Kong may be weaker than its author intends",
    severity=Severity.WARNING,
    source="https://developer.konghq.com/gateway/db-less-mode/",
    fails=_UNENCRYPTED,
    passes=_GUARDED,
)
def kong_configuration_weak(inventory: Inventory) -> Iterator[Problem]:
    """The analysis of the file cannot decide these cases with certainty."""
    yield from _found(inventory, "warning")


RULES: tuple[Rule, ...] = (kong_configuration, kong_configuration_weak)
