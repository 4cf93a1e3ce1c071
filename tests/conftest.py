import signal

import kubestock  # points jsii at its Node, before cdk8s starts one

# isort: split

import hypothesis
import pytest

# A busy machine is slow, not wrong.
hypothesis.settings.register_profile("kubestock", deadline=None)
hypothesis.settings.load_profile("kubestock")

# A shell that starts a program in the background lets it ignore SIGINT, and its children with it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def app(kubestock_app: kubestock.App) -> kubestock.App:
    return kubestock_app


@pytest.fixture
def chart(app: kubestock.App) -> kubestock.Chart:
    return kubestock.Chart(app, "shop", namespace="shop")
