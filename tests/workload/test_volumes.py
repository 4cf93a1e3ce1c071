import pytest

from kubestock.errors import ConfigurationError
from kubestock.values.references import SecretRef
from kubestock.workload.mounts import Mount
from kubestock.workload.volumes import EmptyDir, ProjectedVolume, SecretVolume, ServiceAccountToken


def test_secrets_are_readable_by_the_group_of_the_pod_alone() -> None:
    assert SecretVolume(name="db", source=SecretRef(name="db")).mode == 0o440


def test_refuses_a_mount_of_an_undeclared_volume() -> None:
    with pytest.raises(ConfigurationError, match=r"volume must be EmptyDir or ConfigMapVolume or .*, got str"):
        Mount(volume="cache", path="/cache")  # type: ignore[arg-type]  # checked at run time too


@pytest.mark.parametrize("path", ["cache", "", "/a:b"])
def test_refuses_a_mount_path_that_is_not_absolute(path: str) -> None:
    with pytest.raises(ConfigurationError, match="mount path must be absolute"):
        Mount(volume=EmptyDir(name="cache"), path=path)


@pytest.mark.parametrize("sub_path", ["/etc", "../etc", "a/../../b"])
def test_refuses_a_sub_path_that_leaves_the_volume(sub_path: str) -> None:
    with pytest.raises(ConfigurationError, match="sub_path must be relative"):
        Mount(volume=EmptyDir(name="cache"), path="/cache", sub_path=sub_path)


def test_refuses_a_file_mode_in_decimal() -> None:
    with pytest.raises(ConfigurationError, match="write it in octal, such as 0o440"):
        SecretVolume(name="db", source=SecretRef(name="db"), mode=1777)


def test_refuses_malformed_volumes() -> None:
    with pytest.raises(ConfigurationError, match="a quantity must be"):
        EmptyDir(name="cache", size_limit="lots")
    with pytest.raises(ConfigurationError, match="volume name must be made of"):
        EmptyDir(name="My_Cache")
    with pytest.raises(ConfigurationError, match="must have at least one source"):
        ProjectedVolume(name="all", sources=())
    with pytest.raises(ConfigurationError, match="expiration_seconds must be at least 600, got 60"):
        ServiceAccountToken(path="token", audience="vault", expiration_seconds=60)
