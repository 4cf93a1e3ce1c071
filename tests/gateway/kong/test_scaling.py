"""The time of a gateway is linear. The tests count lines of executed code, which do not depend on the load of the
machine.
"""

import time
from collections.abc import Callable
from functools import partial
from itertools import combinations
from pathlib import Path

import pytest
from counting import lines_run
from hypothesis import given
from hypothesis import strategies as st
from kong_full_configuration import PUBLIC_KEY
from kong_gateways import CORS, HOST, backend, gateway

from kubestock import App, Chart
from kubestock.gateway.kong.analysis.path_index import PathIndex
from kubestock.gateway.kong.analysis.same_pods import SamePods
from kubestock.gateway.kong.backends import RouteOptions
from kubestock.gateway.kong.config.consumers import Consumer, JwtIssuer
from kubestock.gateway.kong.config.file import GatewayConfig
from kubestock.gateway.kong.config.routes import Route
from kubestock.gateway.kong.config.segments import ANY
from kubestock.gateway.kong.config.services import KongService
from kubestock.gateway.kong.config.upstreams import Target, Upstream
from kubestock.gateway.kong.plugins.authentication import Jwt
from kubestock.gateway.kong.plugins.rate_limiting import RateLimiting
from kubestock.kube.peers import Pods

SEGMENTS = st.lists(st.sampled_from(["a", "b", ANY]), max_size=3).map(tuple)
LABELS = st.dictionaries(st.sampled_from(["app", "tier", "part"]), st.sampled_from("xy"), min_size=1)


def route(number: int, *, public: bool = False) -> Route:
    return Route(
        name=f"route-{number:03}",
        path=f"/api/group-{number % 3}/item-{number:03}",
        hosts=[HOST],
        methods=["GET", "OPTIONS"],
        strip_path=False,
        public=public,
        plugins=[RateLimiting(minute=10, limit_by="ip")] if public else [Jwt()],
    )


def service(name: str, *routes: Route, labels: dict[str, str] | None = None, host: str | None = None) -> KongService:
    upstream = Upstream(name=f"{name}.up", targets=[Target(target=f"{host or name}.shop.svc:8080")])
    pods = None if labels is None else Pods(namespace="shop", labels=labels)
    return KongService(name=name, upstream=upstream, routes=routes, pods=pods)


def of_one_service(routes: int) -> list[KongService]:
    return [service("orders", *map(route, range(routes)), labels={"app": "orders"})]


def of_a_service_each(routes: int) -> list[KongService]:
    """Return a service for each route. Every second one is public, so each of the others could be bypassed."""
    names = [f"service-{number:03}" for number in range(routes)]
    return [
        service(name, route(number, public=number % 2 == 0), labels={"app": name}) for number, name in enumerate(names)
    ]


def below_a_page(routes: int) -> list[KongService]:
    page = Route(name="page", path="/", hosts=[HOST], methods=["GET", "OPTIONS"], public=True)
    return [*of_one_service(routes), service("page", page, labels={"app": "page"})]


def configured(services: list[KongService]) -> GatewayConfig:
    issuer = JwtIssuer(key="https://login.example.com", rsa_public_key=PUBLIC_KEY)
    people = Consumer(username="people", issuers=[issuer])
    return GatewayConfig(services=services, consumers=[people], plugins=[CORS])


@pytest.mark.parametrize("shape", [of_one_service, of_a_service_each, below_a_page])
def test_time_for_each_additional_route_is_constant(shape: Callable[[int], list[KongService]]) -> None:
    configured(shape(90))  # warm up the caches of paths
    made = [shape(routes) for routes in (30, 60, 90)]
    few, more, most = (lines_run(partial(configured, each)) for each in made)

    assert most - more <= 1.02 * (more - few)
    assert more - few > 30 * 100


def written(routes: int, folder: Path) -> None:
    """Write a chart with a gateway of that many routes to ten workloads."""
    app = App(outdir=str(folder))
    chart = Chart(app, "shop", namespace="shop", provided=["Secret/shop-tls"])
    issuer = JwtIssuer(key="https://login.example.com", rsa_public_key=PUBLIC_KEY)
    made = gateway(chart, CORS, consumers=(Consumer(username="people", issuers=[issuer]),))
    workloads = [backend(chart, f"service-{number}") for number in range(10)]
    for number in range(routes):
        made.route(
            f"/api/item-{number:03}",
            to=workloads[number % 10],
            methods=["GET"],
            plugins=[Jwt(), RateLimiting(minute=10, limit_by="ip")],
            options=RouteOptions(strip_path=False),
        )
    app.synth()


def test_time_for_each_additional_route_of_a_chart_is_constant(tmp_path: Path) -> None:
    written(300, tmp_path)  # warm up the caches of paths
    few, more, most = (lines_run(partial(written, routes, tmp_path)) for routes in (100, 200, 300))

    assert most - more <= 1.02 * (more - few)


def test_200_routes_take_at_most_2_ms_of_cpu_each(tmp_path: Path) -> None:
    def seconds(routes: int) -> float:
        begun = time.process_time()
        written(routes, tmp_path)
        return time.process_time() - begun

    without, with_routes = (min(seconds(routes) for _ in range(3)) for routes in (0, 200))

    assert with_routes - without <= 200 * 0.002


@given(st.lists(SEGMENTS, max_size=8))
def test_path_index_finds_the_same_pairs_as_comparing_all_pairs(
    paths: list[tuple[str, ...]],
) -> None:
    index = PathIndex(paths)

    def covers(one: int, other: int) -> bool:
        return len(paths[one]) <= len(paths[other]) and all(
            mine == theirs or ANY in (mine, theirs) for mine, theirs in zip(paths[one], paths[other], strict=False)
        )

    numbers = range(len(paths))
    assert list(index.pairs()) == [(a, b) for a, b in combinations(numbers, 2) if covers(a, b) or covers(b, a)]
    assert [index.at_or_above(each) for each in paths] == [[b for b in numbers if covers(b, a)] for a in numbers]


@given(st.lists(st.tuples(st.none() | LABELS, st.sampled_from("hi")), max_size=6))
def test_same_pods_finds_the_same_pairs_as_comparing_all_pairs(
    pods: list[tuple[dict[str, str] | None, str]],
) -> None:
    services = [
        service(f"s{number}", labels=labels, host=host * (number % 2 + 1)) for number, (labels, host) in enumerate(pods)
    ]
    same = SamePods(services)

    def alike(one: int, other: int) -> bool:
        if services[one].upstream.targets == services[other].upstream.targets:
            return True
        labels, others = pods[one][0], pods[other][0]
        if labels is None or others is None:
            return False
        return all(others[key] == value for key, value in labels.items() if key in others)

    numbers = range(len(services))
    assert [same.of(a) for a in numbers] == [{b for b in numbers if alike(a, b)} for a in numbers]
