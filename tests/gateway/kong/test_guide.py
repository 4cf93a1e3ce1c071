"""Each line in the table of the guide is the response of the model of Kong to production's file."""

import importlib.util
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from kong_guide import REQUESTS, ROOT, SITE, TOKENS, Emitted, answer, differences, production, read, rows
from kong_model import Kong
from kong_requests import Request


@pytest.fixture(scope="module")
def emitted() -> Emitted:
    return production()


def test_the_table_has_exactly_one_line_for_each_request() -> None:
    assert rows().keys() == REQUESTS.keys()
    assert len(REQUESTS) >= 25


def test_behind_a_load_balancer_kong_takes_the_client_address_from_it(tmp_path: Path) -> None:
    path = ROOT / "examples" / "gateway_of_another_product.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.build(str(tmp_path)).synth()
    emitted = read([each for file in tmp_path.iterdir() for each in yaml.safe_load_all(file.read_text())])
    request = Request(host=module.HOST, path="/api/catalogue", headers={"X-Forwarded-For": "192.0.2.1, 203.0.113.9"})

    assert Kong(*emitted, TOKENS).send(replace(request, peer="10.20.3.4")).client == "203.0.113.9"
    assert Kong(*emitted, TOKENS).send(request).client == request.peer


@pytest.mark.parametrize("name", REQUESTS)
def test_the_guide_describes_the_status_the_service_and_the_headers(emitted: Emitted, name: str) -> None:
    assert differences(name, emitted) == []


@pytest.mark.parametrize("name", REQUESTS)
def test_every_response_has_the_security_headers(emitted: Emitted, name: str) -> None:
    headers = answer(name, emitted).headers

    assert headers["Strict-Transport-Security"].startswith("max-age=")
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_a_foreign_origin_is_never_allowed(emitted: Emitted) -> None:
    for name in ("foreign-preflight", "foreign-origin"):
        assert answer(name, emitted).headers["Access-Control-Allow-Origin"] == SITE
