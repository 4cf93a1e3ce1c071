"""Values of single fields that Kong rejects, or accepts but serves wrongly."""

from collections.abc import Callable
from typing import Any

import pytest

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.client_address import ClientAddress
from kubestock.gateway.kong.config.healthchecks import ActiveHealthCheck
from kubestock.gateway.kong.config.upstreams import Hashing, Target, Upstream
from kubestock.gateway.kong.plugins.authentication import Jwt, KeyAuth
from kubestock.gateway.kong.plugins.cross_origin import Cors
from kubestock.gateway.kong.plugins.functions import PreFunction
from kubestock.gateway.kong.plugins.limits import BotDetection, IpRestriction, RequestTermination
from kubestock.gateway.kong.plugins.logs import HttpLog, TcpLog
from kubestock.gateway.kong.plugins.rate_limiting import RateLimiting, Redis
from kubestock.gateway.kong.plugins.request_transformation import RequestNames, RequestReplacements
from kubestock.gateway.kong.plugins.response_transformation import ResponseNames
from kubestock.gateway.kong.plugins.response_transformation import ResponseRenames as Renames


def limit(**fields: Any) -> RateLimiting:
    return RateLimiting(minute=1, limit_by="path", **fields)


def upstream(**fields: Any) -> Upstream:
    return Upstream(**{"name": "orders", "targets": [Target(target="orders.shop:80")], **fields})


@pytest.mark.parametrize(
    ("made", "what"),
    [
        (lambda: RateLimiting(minute=1, error_message=""), "error_message"),
        (lambda: RequestTermination(message=""), "message of request-termination"),
        (lambda: RequestTermination(body=""), "body of request-termination"),
        (lambda: IpRestriction(allow=["10.0.0.0/8"], message=""), "message of ip-restriction"),
        (lambda: Jwt(realm=""), "realm"),
        (lambda: KeyAuth(realm=""), "realm"),
        (lambda: Redis(host="a.b", username=""), "username of Redis"),
        (lambda: Hashing(hash_on="query_arg", hash_on_query_arg=""), "hash_on_query_arg"),
        (lambda: PreFunction(access=[""]), "each of access of pre-function"),
        (lambda: BotDetection(deny=[""]), "each of allow and deny of bot-detection"),
        (lambda: RequestNames(body=[""]), "each of body"),
        (lambda: RequestNames(querystring=[""]), "each of querystring"),
        (lambda: ResponseNames(json=[""]), "each of json"),
    ],
)
def test_rejects_an_empty_text(made: Callable[[], object], what: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{what} must have at least one character, got an empty text"):
        made()


@pytest.mark.parametrize("path", ["/a?b=c", "/a b", "/%zz", "/%2", "/a#b", "/é", '/a"b', "/{id}", "a/b", "//a", ""])
@pytest.mark.parametrize(
    "made",
    [
        lambda path: ActiveHealthCheck(http_path=path),
        lambda path: limit(path=path),
        lambda path: RequestReplacements(uri=path),
        lambda path: Hashing(hash_on="cookie", hash_on_cookie="a", hash_on_cookie_path=path),
    ],
    ids=["probe", "limit", "rewrite", "cookie"],
)
def test_rejects_a_path_that_kong_does_not_accept(made: Callable[[str], object], path: str) -> None:
    with pytest.raises(ConfigurationError, match=r"must begin with ./., have no empty segment and no query, .* escape"):
        made(path)


@pytest.mark.parametrize("uri", ["/", "/a%20b", "/v1/$(uri_captures.id)/x", "/$(headers['x y'])", "/a:b@c;d=e,f"])
def test_accepts_a_path_that_kong_accepts(uri: str) -> None:
    assert RequestReplacements(uri=uri).uri == uri


@pytest.mark.parametrize("uri", ["orders", "$(uri_captures.id)", "https://shop.example.com/x"])
def test_rejects_a_rewrite_to_a_relative_path(uri: str) -> None:
    with pytest.raises(ConfigurationError, match="uri must begin with '/'"):
        RequestReplacements(uri=uri)


@pytest.mark.parametrize(
    "pattern", ["(?u)a", "(?a)a", r"\u00e9", r"\U0001F600", r"\N{DIGIT ONE}", r"a\\\u00e9", "a{99999}"]
)
@pytest.mark.parametrize(
    "made", [lambda pattern: BotDetection(deny=[pattern]), lambda pattern: Cors(origins=[f"{pattern}|^x$"])]
)
def test_rejects_a_regular_expression_that_pcre_does_not_support(made: Callable[[str], object], pattern: str) -> None:
    with pytest.raises(ConfigurationError, match="must be a regular expression of PCRE"):
        made(pattern)


@pytest.mark.parametrize("pattern", ["[", "(", "a{2,1}", "(?L)a"])
def test_rejects_an_invalid_regular_expression(pattern: str) -> None:
    with pytest.raises(ConfigurationError, match="each origin must be a regular expression, got"):
        Cors(origins=[f"^https://{pattern}"])


@pytest.mark.parametrize(
    "pattern", [r"\x41", r"(?i)curl", r"a\\u", "(?P<a>b)", "a{65535}", r"^https://\w+\.example\.com$"]
)
def test_accepts_a_regular_expression_of_python_and_pcre(pattern: str) -> None:
    assert BotDetection(deny=[pattern]).deny == (pattern,)


@pytest.mark.parametrize(
    "origin",
    [
        "https://shop.example.com/",
        "https://shop.example.com/x",
        "https://shop.example.com:443",
        "http://shop.example.com:80",
        "https://Shop.example.com",
        "shop.example.com",
        "https://",
        "null",
    ],
)
def test_rejects_an_origin_that_no_browser_sends(origin: str) -> None:
    with pytest.raises(ConfigurationError, match="each origin must be an origin in the form that a browser sends"):
        Cors(origins=[origin])


@pytest.mark.parametrize("origin", ["*", "http://localhost:3000", "https://shop.example.com", "capacitor://localhost"])
def test_accepts_an_origin_that_a_browser_sends(origin: str) -> None:
    assert Cors(origins=[origin]).origins == (origin,)


@pytest.mark.parametrize("name", ["X A", "X.A", "X-À", "", "X-A "])
@pytest.mark.parametrize(
    "made",
    [
        lambda name: Hashing(hash_on="header", hash_on_header=name or " "),
        lambda name: Hashing(hash_on="ip", hash_fallback="header", hash_fallback_header=name or " "),
        lambda name: RequestTermination(trigger=name),
        lambda name: RequestNames(headers=[name]),
        lambda name: HttpLog(http_endpoint="http://logs.shop", headers={name: "a"}),
        lambda name: Renames(headers=[f"X-A:{name}"]),
    ],
    ids=["hashing", "fallback", "trigger", "removal", "log", "renaming"],
)
def test_rejects_a_header_name_that_kong_does_not_accept(made: Callable[[str], object], name: str) -> None:
    with pytest.raises(ConfigurationError, match="must be a header name of letters, digits"):
        made(name)


@pytest.mark.parametrize("name", ["a b", "a;b", "größe"])
def test_rejects_an_invalid_cookie_name(name: str) -> None:
    with pytest.raises(ConfigurationError, match="hash_on_cookie must be a header name"):
        Hashing(hash_on="cookie", hash_on_cookie=name)


@pytest.mark.parametrize("name", ["1.2.3.4", "1", "10.20"])
def test_rejects_an_upstream_whose_name_looks_like_an_address(name: str) -> None:
    with pytest.raises(ConfigurationError, match="name of the upstream must contain a letter"):
        upstream(name=name)


@pytest.mark.parametrize("host", ["a b", "", "*.example.com", "10.0.0.1", "a:x", "a.example.com:70000", "a:b:1"])
def test_rejects_an_invalid_host_header(host: str) -> None:
    with pytest.raises(ConfigurationError, match="host_header"):
        upstream(host_header=host)


@pytest.mark.parametrize("sni", ["", "a b", "10.0.0.1", "*.example.com"])
def test_rejects_a_probe_with_an_invalid_server_name(sni: str) -> None:
    with pytest.raises(ConfigurationError, match="https_sni"):
        ActiveHealthCheck(https_sni=sni)


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (lambda: IpRestriction(allow=["fe80::1%eth0"]), "allow must contain addresses or networks .* without a zone"),
        (lambda: IpRestriction(deny=["fe80::/10%eth0"]), "deny must contain addresses or networks .* without a zone"),
        (lambda: IpRestriction(deny=["10.0.0.0/08"]), "deny must contain addresses or networks"),
        (
            lambda: ClientAddress(trusted_proxies=("fe80::1%eth0",)),
            "trusted_proxies must contain addresses or networks",
        ),
        (lambda: TcpLog(host="fe80::1%eth0", port=5000), "host of tcp-log must be a host name .* or an address"),
        (lambda: Redis(host="fe80::1%eth0"), "host of Redis must be a host name .* or an address"),
        (lambda: Target(target="orders.shop:٣"), "target must be host:port"),
        (lambda: HttpLog(http_endpoint="http://logs.shop:٣/"), "http_endpoint must be an http or https URL"),
        (lambda: HttpLog(http_endpoint="http://logs.shop:99999/"), "http_endpoint must be an http or https URL"),
        (lambda: HttpLog(http_endpoint="http://logs shop/"), "http_endpoint must be an http or https URL"),
        (lambda: HttpLog(http_endpoint="http://logs.shop/a b"), "http_endpoint must be an http or https URL"),
        (lambda: HttpLog(http_endpoint="http://logs.shop", headers={"X-A": "a\nb"}), "X-A in headers of http-log must"),
        (lambda: RateLimiting(minute=1, sync_rate=0.5), "sync_rate must be left out with policy='local'"),
        (lambda: RequestTermination(status_code=100), "status_code must be from 200 to 599, got 100"),
        (lambda: RequestTermination(status_code=101), "status_code must be from 200 to 599, got 101"),
        (
            lambda: RequestTermination(body="a", content_type="a\nb"),
            "content_type of request-termination must be a text",
        ),
        (lambda: ResponseNames(headers=["X A"]), "the name in each of headers must be a header name"),
    ],
)
def test_rejects_other_values_that_kong_rejects_or_serves_wrongly(made: Callable[[], object], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        made()
