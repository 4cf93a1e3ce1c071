import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubestock.errors import ConfigurationError
from kubestock.workload.image import ContainerImage

DIGEST = "sha256:" + "a" * 64


def test_the_reference_contains_tag_and_digest() -> None:
    assert ContainerImage("ghcr.io/acme/orders", tag="1.4.2").reference == "ghcr.io/acme/orders:1.4.2"
    assert ContainerImage("orders", tag="1", digest=DIGEST).reference == f"orders:1@{DIGEST}"


def test_nodes_check_the_registry_unless_there_is_a_digest() -> None:
    assert ContainerImage("orders", tag="1").effective_pull_policy == "Always"
    assert ContainerImage("orders", tag="1", digest=DIGEST).effective_pull_policy == "IfNotPresent"
    assert ContainerImage("orders", tag="1", pull_policy="Never").effective_pull_policy == "Never"


@pytest.mark.parametrize(
    "repository", ["localhost:5000/a", "ghcr.io/a/b-c/d_e", "a", "478468757808.dkr.ecr.x.com/k/web"]
)
def test_accepts_the_repositories_that_registries_have(repository: str) -> None:
    assert ContainerImage.parse(f"{repository}:1") == ContainerImage(repository, tag="1")


@pytest.mark.parametrize(
    "repository", ["", "Orders", "a b", "ghcr.io/a:1", "a//b", "/a", "a/", "https://ghcr.io/a", "a@b"]
)
def test_refuses_a_malformed_repository(repository: str) -> None:
    with pytest.raises(ConfigurationError, match="image repository must be a lower-case path"):
        ContainerImage(repository, tag="1")


@pytest.mark.parametrize("tag", ["", "a b", ".a", "-a", "a" * 129])
def test_refuses_a_malformed_tag(tag: str) -> None:
    with pytest.raises(ConfigurationError, match="image tag of orders must be 1 to 128"):
        ContainerImage("orders", tag=tag)


@pytest.mark.parametrize("tag", ["latest", "LATEST", "main", "master", "stable", "edge", "nightly"])
def test_refuses_a_tag_that_moves(tag: str) -> None:
    with pytest.raises(ConfigurationError, match=f"must always name the same build, got '{tag}', which moves"):
        ContainerImage("orders", tag=tag)


@pytest.mark.parametrize("digest", ["", "sha256:abc", "md5:" + "a" * 32, "a" * 64])
def test_refuses_a_malformed_digest(digest: str) -> None:
    with pytest.raises(ConfigurationError, match="image digest of orders must be 'sha256:'"):
        ContainerImage("orders", tag="1", digest=digest)


@pytest.mark.parametrize("reference", ["orders", "localhost:5000/orders", "orders@" + DIGEST, ""])
def test_refuses_a_reference_without_a_tag(reference: str) -> None:
    with pytest.raises(ConfigurationError, match="image reference must have a tag"):
        ContainerImage.parse(reference)


def test_refuses_an_unknown_pull_policy() -> None:
    with pytest.raises(ConfigurationError, match=r"pull_policy must be 'Always' or .* or None, got"):
        ContainerImage("orders", tag="1", pull_policy="Sometimes")  # type: ignore[arg-type]  # checked at run time too


@given(st.from_regex(r"[a-z0-9]+(-[a-z0-9]+)*", fullmatch=True), st.from_regex(r"[0-9a-f]{7}", fullmatch=True))
def test_parsing_a_reference_gives_back_the_image(name: str, tag: str) -> None:
    image = ContainerImage(f"ghcr.io/{name}", tag=tag, digest=DIGEST)

    assert ContainerImage.parse(image.reference) == image


@pytest.mark.parametrize(("tag", "label"), [("1.4.2", "1.4.2"), ("_x_", "x"), ("a" * 70, "a" * 63), ("_", None)])
def test_the_tag_is_a_label_regardless_of_its_length(tag: str, label: str | None) -> None:
    assert ContainerImage("orders", tag=tag).version == label
