import json
from typing import Any

import pytest
from kong_schema import ROOT

from kubestock.errors import ConfigurationError
from kubestock.gateway.plugins.custom import CustomPlugin

SYSLOG = ROOT / "plugins" / "syslog.json"
SMALL = {
    "fields": [
        {
            "config": {
                "type": "record",
                "fields": [
                    {"path": {"type": "string", "required": True, "starts_with": "/"}},
                    {"level": {"type": "string", "default": "info", "one_of": ["info", "err"]}},
                    {"codes": {"type": "array", "elements": {"type": "integer", "between": [100, 599]}}},
                ],
            }
        }
    ],
    "entity_checks": [],
}


def test_settings_that_the_schema_admits_are_emitted_as_they_are() -> None:
    made = CustomPlugin(plugin="syslog", settings={"path": "/log", "codes": [200]}, schema=SMALL)

    assert made.to_kong() == {"name": "syslog", "enabled": True, "config": {"path": "/log", "codes": [200]}}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "config.path: required"),
        ({"path": "log"}, "config.path: must start with /"),
        ({"path": "/", "leve": "info"}, "config.leve: unknown field"),
        ({"path": "/", "level": "debug"}, "config.level: must be one of"),
        ({"path": "/", "level": 3}, "config.level: must be string"),
        ({"path": "/", "codes": [200, 600]}, r"config.codes\[\]: must be from 100 to 599"),
        ({"path": "/", "codes": [True]}, r"config.codes\[\]: must be integer"),
    ],
)
def test_refuses_settings_that_the_schema_does_not_admit(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=f"settings of syslog must fit its schema: .*{message}"):
        CustomPlugin(plugin="syslog", settings=settings, schema=SMALL)


@pytest.mark.skipif(not SYSLOG.is_file(), reason=f"Kong's schemas are not at {ROOT}")
def test_a_schema_is_taken_as_kong_reports_it() -> None:
    schema = json.loads(SYSLOG.read_text())

    assert CustomPlugin(plugin="syslog", settings={"log_level": "err"}, schema=schema).kong_name == "syslog"
    with pytest.raises(ConfigurationError, match=r"config\.log_level: must be one of"):
        CustomPlugin(plugin="syslog", settings={"log_level": "verbose"}, schema=schema)
