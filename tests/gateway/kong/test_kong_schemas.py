import copy
import re
from typing import Any

import pytest
import yaml
from kong_full_configuration import full_configuration
from kong_schema import ROOT, problems
from support import pick, production
from test_plugin_defaults import OURS

pytestmark = pytest.mark.skipif(not ROOT.is_dir(), reason=f"Kong's schemas are not at {ROOT}")

SERVICE = ("services", 0)
ROUTE = (*SERVICE, "routes", 0)
UPSTREAM = ("upstreams", 0)
CONSUMER = ("consumers", 0)

BROKEN: list[tuple[tuple[Any, ...], Any]] = [
    (("_format_version",), "2.0"),
    (("workspaces",), []),
    ((*SERVICE, "hots"), "x"),
    ((*SERVICE, "host"), 5),
    ((*SERVICE, "port"), 70000),
    ((*SERVICE, "port"), "80"),
    ((*SERVICE, "protocol"), "ftp"),
    ((*SERVICE, "retries"), -1),
    ((*SERVICE, "read_timeout"), 0),
    ((*ROUTE, "path"), "/"),
    ((*ROUTE, "methods"), "GET"),
    ((*ROUTE, "protocols"), ["gopher"]),
    ((*ROUTE, "protocols"), []),
    ((*ROUTE, "https_redirect_status_code"), 303),
    ((*ROUTE, "strip_path"), "yes"),
    ((*ROUTE, "regex_priority"), "1"),
    ((*UPSTREAM, "algorithm"), "random"),
    ((*UPSTREAM, "slots"), 5),
    ((*UPSTREAM, "targets", 0, "weight"), -1),
    ((*UPSTREAM, "targets", 0, "target"), None),
    ((*UPSTREAM, "healthchecks", "active", "concurrency"), 0),
    ((*UPSTREAM, "healthchecks", "threshold"), 101),
    ((*UPSTREAM, "healthchecks", "active", "http_path"), "health"),
    ((*CONSUMER, "username"), 7),
    ((*CONSUMER, "name"), "reports"),
    ((*CONSUMER, "keyauth_credentials", 0, "key"), ""),
    ((*CONSUMER, "acls", 0), {}),
    (("plugins", 1, "name"), "openid-connect"),
    (("plugins", 1, "config", "minute"), 0),
    (("plugins", 1, "config", "minute"), None),
    (("plugins", 1, "config"), {}),
    (("plugins", 1, "config", "policy"), "cluster"),
    (("plugins", 1, "config", "policy"), "redis"),
    (("plugins", 1, "config", "limit_by"), "path"),
    (("plugins", 1, "config", "minutes"), 5),
    (("plugins", 1, "enabled"), "no"),
    (("plugins", 1, "protocols"), ["tcp"]),
    (("plugins", 1, "protocols"), "http"),
    (("plugins", 2, "config", "add", "headers"), ["X-Frame-Options"]),
    (("plugins", 2, "config", "add", "heders"), []),
    ((*UPSTREAM, "hash_on_header"), None),
    ((*UPSTREAM, "hash_fallback"), "header"),
    ((*UPSTREAM, "hash_on"), "none"),
    ((*UPSTREAM, "name"), 3),
    ((*ROUTE, "methods"), ["post"]),
    ((*ROUTE, "paths"), ["api/orders"]),
    ((*ROUTE, "hosts"), ["*.shop.*"]),
    ((*ROUTE, "headers"), {"host": ["x"]}),
    ((*SERVICE, "routes", 1, "plugins", 2, "config", "redis", "port"), 70000),
    ((*SERVICE, "routes", 1, "plugins", 2, "config", "redis", "host"), None),
    ((*SERVICE, "routes", 1, "plugins", 3, "config", "http_method"), "get"),
    ((*SERVICE, "routes", 2, "plugins", 0, "config", "status_code"), 99),
    ((*SERVICE, "routes", 2, "plugins", 1, "config"), {}),
    (("plugins", 3, "config", "deny"), ["("]),
    (("plugins", 8, "config", "path"), "/var/log/%s"),
    (("plugins", 9, "config", "port"), None),
    (("plugins", 10, "config", "log_level"), "verbose"),
    (("consumers", 1, "jwt_secrets", 0, "algorithm"), "none"),
]


def document() -> Any:
    filled = re.sub(r"\{\{ index [^}]+ \}\}", "a-stand-in", full_configuration().template())
    return yaml.safe_load(filled)


def test_every_emitted_field_is_valid_for_kongs_schemas() -> None:
    assert problems(document()) == []


def test_every_plugin_class_is_checked_against_its_schema() -> None:
    owners = [*document()["services"], *document()["services"][0]["routes"], document()]
    used = {plugin["name"] for owner in owners for plugin in owner.get("plugins", [])}

    assert used >= {each.name for each in OURS} - {"acl", "request-size-limiting"}


def test_the_configuration_of_production_is_valid_for_kongs_schemas() -> None:
    sealed = pick(production(), "SealedSecret", "gateway-consumers")["spec"]["template"]["data"]["kong.yml"]
    filled = re.sub(r'\{\{ index \. "([^"]+)" \| toJson \}\}', r'"stand-in-\1"', sealed)

    assert problems(yaml.safe_load(filled.replace('{{ "{{" }}', "{{"))) == []


@pytest.mark.parametrize(("path", "value"), BROKEN)
def test_kongs_schemas_reject_an_invalid_field(path: tuple[Any, ...], value: Any) -> None:
    broken = copy.deepcopy(document())
    inside = broken
    for step in path[:-1]:
        inside = inside.setdefault(step, {}) if isinstance(inside, dict) else inside[step]
    inside[path[-1]] = value

    assert problems(broken) != []
