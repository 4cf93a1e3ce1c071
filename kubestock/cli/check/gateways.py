"""The rules over a file of Kong, as rules of the command: they are the gateway's own, and read anybody's file."""

from collections.abc import Iterator

from kubestock.checks import Inventory, Problem, Rule, Severity, rule
from kubestock.checks.finding import Problem as Found

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


def _found(inventory: Inventory, severity: str) -> Iterator[Found]:
    # The analysis is loaded when a file may need it: most manifests have none.
    from kubestock.gateway.kong.analysis.foreign import findings_of_manifest  # noqa: PLC0415  # as above

    for kind in ("ConfigMap", "SealedSecret"):
        for document in inventory.of_kind(kind):
            for key, findings in findings_of_manifest(document).items():
                field = ("data", key) if kind == "ConfigMap" else ("spec", "template", "data", key)
                for each in findings:
                    if each.severity == severity:
                        yield Problem(document, f"{each.message} ({each.id})", fix=each.fix, field=field)


@rule(
    "kong-configuration",
    title="A file of Kong would not work, or lets requests pass that must not",
    source="https://developer.konghq.com/gateway/db-less-mode/",
    fails=_OF_QUERY,
    passes=_GUARDED,
)
def kong_configuration(inventory: Inventory) -> Iterator[Found]:
    """Kong reads its file when a pod starts: a wrong one stops the rollout, and an open one is open at once."""
    yield from _found(inventory, "error")


@rule(
    "kong-configuration-weak",
    title="A file of Kong may be weaker than it is meant to be",
    severity=Severity.WARNING,
    source="https://developer.konghq.com/gateway/db-less-mode/",
    fails=_UNENCRYPTED,
    passes=_GUARDED,
)
def kong_configuration_weak(inventory: Inventory) -> Iterator[Found]:
    """What a rule over a file of Kong cannot tell for sure."""
    yield from _found(inventory, "warning")


RULES: tuple[Rule, ...] = (kong_configuration, kong_configuration_weak)
