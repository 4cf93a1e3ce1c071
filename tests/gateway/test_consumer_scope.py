"""Which plugins Kong's own schemas forbid on a consumer."""

import json
from pathlib import Path

import pytest

from kubestock.gateway.refusals import NEVER_OF_A_CONSUMER

SCHEMAS = Path(__file__).parent.parent.parent.parent / "shared" / "kong-schemas" / "plugins"


@pytest.mark.skipif(not SCHEMAS.is_dir(), reason=f"Kong's schemas are not at {SCHEMAS}")
def test_the_plugins_that_kong_forbids_on_a_consumer_are_those_that_we_refuse() -> None:
    read, forbidden = set(), set()
    for path in SCHEMAS.glob("*.json"):
        read.add(path.stem)
        fields = {name: spec for each in json.loads(path.read_text())["fields"] for name, spec in each.items()}
        if "consumer" in fields and "eq" in fields["consumer"]:
            forbidden.add(path.stem)

    assert len(forbidden) >= 9
    assert forbidden == NEVER_OF_A_CONSUMER & read
