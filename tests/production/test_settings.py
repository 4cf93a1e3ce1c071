from dataclasses import replace

import pytest

from kubestock.errors import ConfigurationError
from kubestock.product import ConnectionLimit
from kubestock.production import PRODUCTION
from kubestock.production.sizes import BACKEND_SIZE
from kubestock.workload.autoscaling import Autoscaler, Replicas


@pytest.mark.parametrize("scaling", [Replicas(1), Autoscaler(min_replicas=1, max_replicas=4)])
def test_refuses_fewer_than_two_pods_in_production(scaling: Replicas | Autoscaler) -> None:
    single = replace(BACKEND_SIZE, scaling=scaling)

    with pytest.raises(ConfigurationError, match="'ms-product' must keep at least 2 pods in production"):
        replace(PRODUCTION, backend_size=single)
    with pytest.raises(ConfigurationError, match="'ms-supplier' must keep at least 2 pods in production, got 1"):
        replace(PRODUCTION, sizes={"ms-supplier": single})


def test_one_pod_is_accepted_if_the_settings_allow_it() -> None:
    single = replace(BACKEND_SIZE, scaling=Replicas(1))

    assert replace(PRODUCTION, sizes={"ms-supplier": single}, min_replicas=1).size("ms-supplier") == single


def test_refuses_a_service_without_an_image() -> None:
    images = {name: image for name, image in PRODUCTION.images.items() if name != "ms-identity"}

    with pytest.raises(ConfigurationError, match="images must have an image for 'ms-identity'"):
        replace(PRODUCTION, images=images)


def test_refuses_a_service_that_does_not_exist() -> None:
    with pytest.raises(ConfigurationError, match=r"sizes must name services .*, got 'ms-orders'"):
        replace(PRODUCTION, sizes={"ms-orders": BACKEND_SIZE})


def test_refuses_services_that_open_more_connections_than_the_database_accepts() -> None:
    with pytest.raises(ConfigurationError, match=r"must be at least 725, 5 of them reserved, got 724: .* 720 connect"):
        replace(PRODUCTION, connection_limit=ConnectionLimit(max_connections=724))
    with pytest.raises(ConfigurationError, match=r"must be at least 720, 0 of .*: .*ms-supplier 9 pods x 20"):
        replace(PRODUCTION, connection_limit=ConnectionLimit(max_connections=100, reserved=0))

    assert replace(PRODUCTION, connection_limit=ConnectionLimit(max_connections=725)).connection_limit is not None


def test_the_connections_are_computed_from_the_size_of_each_service() -> None:
    fixed = replace(BACKEND_SIZE, scaling=Replicas(3))
    settings = replace(PRODUCTION, sizes={"ms-supplier": fixed})

    found = {each.service: (each.pods, each.connections) for each in settings.pool_demands}
    assert found["ms-supplier"] == (4, 80)
    assert found["ms-product"] == (9, 180)
    assert "ms-identity" not in found


def test_refuses_a_log_level_that_the_programs_do_not_know() -> None:
    with pytest.raises(ConfigurationError, match=r"log_level must be 'error' or 'warn' or 'info' .*, got 'warning'"):
        replace(PRODUCTION, log_level="warning")  # type: ignore[arg-type]  # deliberately wrong


def test_refuses_a_secret_of_the_frontend() -> None:
    with pytest.raises(ConfigurationError, match="the frontend would serve them to any client"):
        replace(PRODUCTION, extra_secrets={"frontend": ("cache",)})


@pytest.mark.parametrize("service", ["ms-prodcut", "frontend"])
def test_refuses_a_path_of_the_api_to_an_unknown_backend(service: str) -> None:
    route = replace(PRODUCTION.edge.api[0], service=service)

    with pytest.raises(ConfigurationError, match=f"edge must have routes and limits of backends .* got '{service}'"):
        replace(PRODUCTION, edge=replace(PRODUCTION.edge, api=(route,)))


def test_refuses_a_path_for_users_outside_the_api_and_one_for_programs_inside() -> None:
    edge = PRODUCTION.edge

    with pytest.raises(ConfigurationError, match="must be below /api, got '/orders'"):
        replace(edge, api=(replace(edge.api[0], path="/orders"),))
    with pytest.raises(ConfigurationError, match="must be below /internal, got '/api/stock'"):
        replace(edge, machines=(replace(edge.machines[0], path="/api/stock"),))
    with pytest.raises(ConfigurationError, match="must not be empty; name the allowed programs"):
        replace(edge, machines=(replace(edge.machines[0], callers=()),))
    with pytest.raises(ConfigurationError, match="must be below /api, got '/order'"):
        replace(edge, api=(replace(edge.api[0], other_paths=("/order",)),))
    with pytest.raises(ConfigurationError, match="must be below /api, got '/health'"):
        replace(edge, health="/health")


def test_refuses_bodies_of_a_service_without_a_path_and_an_invalid_path() -> None:
    edge = PRODUCTION.edge

    with pytest.raises(ConfigurationError, match="bodies must be of services with a path, got ms-prodcut"):
        replace(edge, bodies={**edge.bodies, "ms-prodcut": ()})
    with pytest.raises(ConfigurationError, match="smoke_test_path of /api/products must begin with '/', got 'x'"):
        replace(edge, api=(replace(edge.api[0], smoke_test_path="x"),))
