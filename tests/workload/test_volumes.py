import pytest
from workload.samples import container

from kubestock.errors import ConfigurationError
from kubestock.values.references import ConfigMapRef, SecretRef
from kubestock.workload.emptydir import EmptyDir
from kubestock.workload.env import FieldRef
from kubestock.workload.mounts import VolumeMount
from kubestock.workload.projections import DownwardApi, ProjectedKeys, ServiceAccountToken
from kubestock.workload.volumes import (
    ConfigMapVolume,
    ProjectedVolume,
    SecretVolume,
)


def test_only_the_user_and_the_group_of_the_pod_can_read_secrets() -> None:
    assert SecretVolume(name="db", source=SecretRef(name="db")).mode == 0o440


def test_refuses_a_mount_of_an_undeclared_volume() -> None:
    with pytest.raises(ConfigurationError, match=r"volume must be EmptyDir or ConfigMapVolume or .*, got str"):
        VolumeMount(volume="cache", path="/cache")  # type: ignore[arg-type]  # checked at run time too


@pytest.mark.parametrize("path", ["cache", "", "/a:b"])
def test_refuses_a_mount_path_that_is_not_absolute(path: str) -> None:
    with pytest.raises(ConfigurationError, match="mount path must be absolute"):
        VolumeMount(volume=EmptyDir(name="cache"), path=path)


@pytest.mark.parametrize("sub_path", ["/etc", "../etc", "a/../../b"])
def test_refuses_a_sub_path_that_leaves_the_volume(sub_path: str) -> None:
    with pytest.raises(ConfigurationError, match="sub_path must be relative"):
        VolumeMount(volume=EmptyDir(name="cache"), path="/cache", sub_path=sub_path)


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


PATHS_OUTSIDE = ["", "/", "/a", "..", "../a", "a/../../b", "a/..", "..a", ".", "a/"]


@pytest.mark.parametrize("path", PATHS_OUTSIDE)
def test_refuses_a_file_that_cannot_be_in_a_volume(path: str) -> None:
    for make in (
        lambda: ConfigMapVolume(name="files", source=ConfigMapRef(name="files"), items={"key": path}),
        lambda: SecretVolume(name="files", source=SecretRef(name="files"), items={"key": path}),
        lambda: ProjectedKeys(source=SecretRef(name="files"), items={"key": path}),
        lambda: DownwardApi(items={path: FieldRef("metadata.name")}),
        lambda: ServiceAccountToken(path=path, audience="vault"),
    ):
        with pytest.raises(ConfigurationError, match=r"must be a relative path to a file, must not begin with '\.\.'"):
            make()


@pytest.mark.parametrize("path", ["a", "a/b", "a..b", "./a", "a//b", ".a"])
def test_accepts_a_file_within_a_volume(path: str) -> None:
    assert DownwardApi(items={path: FieldRef("metadata.labels")}).items[path].path == "metadata.labels"


def test_refuses_two_files_of_one_path() -> None:
    with pytest.raises(ConfigurationError, match="path 'a' in volume 'files' must be unique, got it twice"):
        ConfigMapVolume(name="files", source=ConfigMapRef(name="files"), items={"x": "a", "y": "./a"})
    with pytest.raises(
        ConfigurationError, match="path 'a' in volume 'files' must not be both a file and the folder of 'a/b/c'"
    ):
        SecretVolume(name="files", source=SecretRef(name="files"), items={"x": "a", "y": "a/b/c"})


@pytest.mark.parametrize(
    "other",
    [
        ProjectedKeys(source=SecretRef(name="b"), items={"key": "name"}),
        ProjectedKeys(source=ConfigMapRef(name="b", keys=("name", "other"))),
        ServiceAccountToken(path="name", audience="vault"),
    ],
)
def test_refuses_two_sources_of_one_path(other: ProjectedKeys | ServiceAccountToken) -> None:
    fields = DownwardApi(items={"name": FieldRef("metadata.name")})

    with pytest.raises(ConfigurationError, match="path 'name' in volume 'all' must be unique"):
        ProjectedVolume(name="all", sources=(fields, other))

    assert ProjectedVolume(name="all", sources=(DownwardApi(items={"n": FieldRef("metadata.name")}), other)).sources


def test_refuses_a_key_that_the_source_does_not_have() -> None:
    flags = ConfigMapRef(name="flags", keys=("beta",))

    for make in (
        lambda: ConfigMapVolume(name="f", source=flags, items={"x": "x"}),
        lambda: ProjectedKeys(source=flags, items={"x": "x"}),
    ):
        with pytest.raises(ConfigurationError, match=r"key of flags must be one of its keys \(beta\), got 'x'"):
            make()


@pytest.mark.parametrize("path", ["status.podIP", "status.hostIP", "spec.nodeName", "spec.serviceAccountName"])
def test_refuses_a_file_of_a_field_that_only_a_variable_can_have(path: str) -> None:
    with pytest.raises(ConfigurationError, match=f"file 'f' must be a field of the pod's metadata, got '{path}'"):
        DownwardApi(items={"f": FieldRef(path)})


def test_refuses_a_source_without_fields() -> None:
    with pytest.raises(ConfigurationError, match="items must have at least one field"):
        DownwardApi(items={})


def test_refuses_a_token_lifetime_that_the_api_server_rejects() -> None:
    with pytest.raises(ConfigurationError, match="expiration_seconds must be at most 4294967296"):
        ServiceAccountToken(path="token", audience="vault", expiration_seconds=2**32 + 1)

    assert ServiceAccountToken(path="token", audience="vault", expiration_seconds=2**32).expiration_seconds == 2**32


@pytest.mark.parametrize(("size", "message"), [("0", "must be greater than zero"), ("64m", "a whole number of bytes")])
def test_refuses_an_empty_dir_without_a_size(size: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=f"size_limit.* {message}"):
        EmptyDir(name="cache", size_limit=size)


@pytest.mark.parametrize("path", ["/", "//", "/."])
def test_refuses_a_mount_that_hides_the_whole_image(path: str) -> None:
    with pytest.raises(ConfigurationError, match="mount path must be below '/'"):
        VolumeMount(volume=EmptyDir(name="cache"), path=path)


def test_one_folder_is_one_mount_path_however_it_is_written() -> None:
    a, b = (EmptyDir(name=name) for name in ("a", "b"))

    with pytest.raises(ConfigurationError, match="each mount path must be unique, got '/cache'"):
        container(mounts=(VolumeMount(volume=a, path="/cache"), VolumeMount(volume=b, path="//cache/")))

    own = VolumeMount(volume=a, path="/tmp/")  # noqa: S108  # a folder of the container
    assert container(mounts=(own,)).mounts_of("app", main=True) == (own,)


def test_containers_with_long_names_have_different_folders() -> None:
    names = ["a" * 60 + end for end in ("x", "y")]
    volumes = {container(ports=()).mounts_of(name, main=False)[0].volume.name for name in names}

    assert len(volumes) == 2
    assert all(len(name) <= 63 for name in volumes)
