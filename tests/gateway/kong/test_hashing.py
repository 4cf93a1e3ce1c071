from typing import Any

import pytest

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config.upstreams import Hashing, Target, Upstream

TARGETS = [Target(target="orders-pods.shop:3005")]


def test_consistent_hashing_is_emitted() -> None:
    hashing = Hashing(hash_on="cookie", hash_on_cookie="session")
    rendered = Upstream(name="orders", targets=TARGETS, algorithm="consistent-hashing", hashing=hashing).to_kong()

    assert rendered["hash_on"] == "cookie"
    assert rendered["hash_on_cookie"] == "session"
    assert "hashing" not in rendered


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"hash_on": "none"}, "must not be 'none'; name what is hashed"),
        ({"hash_on": "header"}, "hash_on_header must be given with hash_on='header'"),
        ({"hash_on": "ip", "hash_on_header": "X-A"}, "and only then"),
        ({"hash_on": "ip", "hash_fallback": "ip"}, "must be different from hash_on, got ip for both"),
        ({"hash_on": "cookie", "hash_on_cookie": "a", "hash_fallback": "ip"}, "left out with hash_on='cookie'"),
        ({"hash_on": "ip", "hash_fallback": "cookie"}, "must be given with 'cookie' as an input"),
        (
            {
                "hash_on": "header",
                "hash_on_header": "X-A",
                "hash_fallback": "header",
                "hash_fallback_header": "X-A",
            },
            "must be different from hash_on_header",
        ),
    ],
)
def test_rejects_hashing_that_kong_rejects(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        Hashing(**arguments)


@pytest.mark.parametrize(
    ("algorithm", "hashing"), [("consistent-hashing", None), ("round-robin", Hashing(hash_on="ip"))]
)
def test_rejects_hashing_without_its_algorithm_and_the_reverse(algorithm: Any, hashing: Hashing | None) -> None:
    with pytest.raises(ConfigurationError, match="hashing of orders must be given with algorithm 'consistent-hashing'"):
        Upstream(name="orders", targets=TARGETS, algorithm=algorithm, hashing=hashing)
