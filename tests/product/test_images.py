from pathlib import Path

import pytest

from kubestock.errors import ConfigurationError
from kubestock.product.images import read_images


def read(tmp_path: Path, content: str) -> dict[str, str]:
    path = tmp_path / "images.yaml"
    path.write_text(content)
    return {name: image.reference for name, image in read_images(path, registry="r.io/shop").items()}


@pytest.mark.parametrize("tag", ["1234567", "12e4567", "0x12345", "1e10000", "0000001", "abcdef0"])
def test_a_commit_id_that_looks_like_a_number_stays_a_string(tmp_path: Path, tag: str) -> None:
    assert read(tmp_path, f"orders: {tag}\n") == {"orders": f"r.io/shop/orders:{tag}"}


def test_a_digest_may_follow_the_tag(tmp_path: Path) -> None:
    digest = "sha256:" + "a" * 64

    assert read(tmp_path, f"orders: 1234567@{digest}\n") == {"orders": f"r.io/shop/orders:1234567@{digest}"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("orders: latest", "got 'latest', which moves"),
        ("orders:", "'orders' in .* must be a tag such as 0f3c9de, got ''"),
        ("orders: [a]", "'orders' in .* must be a tag"),
        ("- orders", "must have lines such as"),
        (
            "stock: b2\norders: {",
            r"images\.yaml must be valid YAML, got an error in line 2; write lines such as '",
        ),
        ("orders: \ufffe", r"images\.yaml must be valid YAML; write lines such as 'orders: 0f3c9de'$"),
        ("orders: a1\nstock: b2\norders: c3\n", "each service once, got 'orders' in lines 1 and 3; remove one"),
        ("", "must have lines such as"),
    ],
)
def test_refuses_a_file_that_is_not_a_mapping_of_tags(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        read(tmp_path, content)


def test_refuses_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigurationError, match=r"nothing\.yaml cannot be read \(No such file or directory\); create it, or"
    ):
        read_images(tmp_path / "nothing.yaml", registry="r.io/shop")


def test_an_image_that_the_file_does_not_have_is_named_with_those_that_it_has(tmp_path: Path) -> None:
    (tmp_path / "images.yaml").write_text("orders: 1.4.2\nstock: 1.0.0\n")
    images = read_images(tmp_path / "images.yaml", registry="ghcr.io/acme")

    with pytest.raises(ConfigurationError, match="must have a line for 'order', got orders, stock; add 'order: <tag>'"):
        images["order"]
    assert images.get("order") is None
