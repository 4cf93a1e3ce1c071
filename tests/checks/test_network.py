import pytest
from shop import main, pod, shop, the, told


@pytest.mark.parametrize(
    ("target", "shown", "rule"),
    [("web", "'web'", "service-port"), (9542, "9542", "undeclared-port"), (None, "80", "undeclared-port")],
    ids=["name", "number", "none"],
)
def test_refuses_a_target_port_at_which_no_program_listens(target: object, shown: str, rule: str) -> None:
    chart = shop()
    the(chart, "Service", "ms-orders")["ports"][0]["targetPort"] = target

    assert (
        told(chart, "service-port", "undeclared-port")
        == told(chart, rule)
        == [
            f"Service/shop/ms-orders: target port {shown} (TCP) is not a port of the containers of "
            "Deployment/shop/ms-orders, which declare http (3005), metrics (9100); use one of these, or "
            "declare it"
        ]
    )


def test_refuses_a_named_target_port_of_another_protocol() -> None:
    chart = shop()
    the(chart, "Service", "ms-inventory")["ports"][0].update(protocol="UDP", targetPort="http")
    (message,) = told(chart, "service-port")

    assert "target port 'http' (UDP) is not a port" in message


def test_refuses_a_port_of_an_init_container_that_has_ended() -> None:
    chart = shop()
    del pod(chart, "ms-orders")["initContainers"][0]["restartPolicy"]
    (message,) = told(chart, "service-port")

    assert "target port 'metrics' (TCP) is not a port" in message


@pytest.mark.parametrize("handler", ["httpGet", "tcpSocket", "grpc"])
def test_refuses_a_probe_of_a_port_that_nobody_declares(handler: str) -> None:
    chart = shop()
    main(chart, "ms-orders")["startupProbe"] = {handler: {"port": 3001}}

    assert told(chart, "undeclared-port") == [
        "Deployment/shop/ms-orders: startupProbe of container 'ms-orders' uses port 3001, but the ports are "
        "http (3005), metrics (9100); use one of these"
    ]


def test_refuses_a_probe_that_names_the_port_of_another_container() -> None:
    chart = shop()
    main(chart, "ms-orders")["readinessProbe"]["httpGet"]["port"] = "metrics"

    assert told(chart, "probe-port") == [
        "Deployment/shop/ms-orders: readinessProbe of container 'ms-orders' uses port 'metrics', but the "
        "ports are http (3005); use one of these"
    ]


def test_probe_may_ask_the_number_of_a_sidecar() -> None:
    chart = shop()
    main(chart, "ms-orders")["readinessProbe"]["httpGet"]["port"] = 9100

    assert told(chart, "probe-port") == []
