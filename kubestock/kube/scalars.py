"""Numbers, percentages, port names and quantities, with the types of the bindings."""

from collections.abc import Mapping

from kubestock.kube.bindings import k8s
from kubestock.values.quantities import Quantity


def int_or_string(value: int | str) -> k8s.IntOrString:
    """Return the binding of a number, a percentage or a port name."""
    if isinstance(value, int):
        return k8s.IntOrString.from_number(value)
    return k8s.IntOrString.from_string(value)


def quantity(value: Quantity) -> k8s.Quantity:
    """Return the binding of a quantity, with the given text."""
    return k8s.Quantity.from_string(value.text)


def quantities(amounts: Mapping[str, Quantity | None]) -> dict[str, k8s.Quantity] | None:
    """Return the bindings of the amounts that are given, or None if there are none."""
    return {name: quantity(amount) for name, amount in amounts.items() if amount is not None} or None
