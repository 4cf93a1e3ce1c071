import pytest
from shop import main, messages_of, pod, shop, the


@pytest.mark.parametrize(
    ("target", "shown", "rule"),
    [("web", "'web'", "service-port"), (9542, "9542", "undeclared-port"), (None, "80", "undeclared-port")],
    ids=["name", "number", "none"],
)
def test_finds_a_target_port_at_which_no_program_listens(target: object, shown: str, rule: str) -> None:
    chart = shop()
    the(chart, "Service", "ms-orders")["ports"][0]["targetPort"] = target

    assert (
        messages_of(chart, "service-port", "undeclared-port")
        == messages_of(chart, rule)
        == [
            f"Service/shop/ms-orders: target port {shown} (TCP) is not a port of the containers of "
            "Deployment/shop/ms-orders, which declare http (3005), metrics (9100); use one of these, or "
            "declare it"
        ]
    )


def test_finds_a_named_target_port_of_another_protocol() -> None:
    chart = shop()
    the(chart, "Service", "ms-inventory")["ports"][0].update(protocol="UDP", targetPort="http")
    (message,) = messages_of(chart, "service-port")

    assert "target port 'http' (UDP) is not a port" in message


def test_finds_a_target_port_of_an_init_container() -> None:
    chart = shop()
    del pod(chart, "ms-orders")["initContainers"][0]["restartPolicy"]
    (message,) = messages_of(chart, "service-port")

    assert "target port 'metrics' (TCP) is not a port" in message


@pytest.mark.parametrize("handler", ["httpGet", "tcpSocket", "grpc"])
def test_finds_a_probe_of_a_port_that_no_container_declares(handler: str) -> None:
    chart = shop()
    main(chart, "ms-orders")["startupProbe"] = {handler: {"port": 3001}}

    assert messages_of(chart, "undeclared-port") == [
        "Deployment/shop/ms-orders: startupProbe of container 'ms-orders' uses port 3001, but the ports are "
        "http (3005), metrics (9100); use one of these"
    ]


def test_finds_a_probe_with_a_port_name_of_another_container() -> None:
    chart = shop()
    main(chart, "ms-orders")["readinessProbe"]["httpGet"]["port"] = "metrics"

    assert messages_of(chart, "probe-port") == [
        "Deployment/shop/ms-orders: readinessProbe of container 'ms-orders' uses port 'metrics', but the "
        "ports are http (3005); use one of these"
    ]


def test_a_probe_may_use_the_port_number_of_a_sidecar() -> None:
    chart = shop()
    main(chart, "ms-orders")["readinessProbe"]["httpGet"]["port"] = 9100

    assert messages_of(chart, "probe-port") == []
