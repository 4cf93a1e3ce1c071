import pytest

from kubestock.errors import ConfigurationError
from kubestock.namespace.pod_security import NamespaceSecurity


@pytest.mark.parametrize("level", ["restricted", "baseline", "privileged"])
def test_all_three_modes_have_the_same_level(level: str) -> None:
    security = NamespaceSecurity(level=level, version="v1.30")  # type: ignore[arg-type]  # a text of the three

    assert security.labels == {
        f"pod-security.kubernetes.io/{key}": value
        for mode in ("enforce", "audit", "warn")
        for key, value in ((mode, level), (f"{mode}-version", "v1.30"))
    }


@pytest.mark.parametrize("version", ["v1.0", "v1.9", "v1.27", "v1.100"])
def test_accepts_every_pinned_version(version: str) -> None:
    assert NamespaceSecurity(version=version).labels["pod-security.kubernetes.io/enforce-version"] == version


@pytest.mark.parametrize(
    "version", ["latest", "", "1.27", "v1", "v1.", "v1.01", "v2.0", "v1.27.3", "v1.27 ", "v1.२७", "v1.12345"]
)
def test_refuses_pod_security_that_is_not_pinned(version: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"must be pinned, such as v1\.27, got '{version}'"):
        NamespaceSecurity(version=version)


def test_refuses_an_unknown_level() -> None:
    with pytest.raises(ConfigurationError, match=r"level must be 'restricted' or 'baseline' .*, got 'strict'"):
        NamespaceSecurity(level="strict")  # type: ignore[arg-type]  # checked at run time too
