"""Rules about the names and tags of images."""

import re
from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory, Workload, describe_container
from kubestock.checks.finding import Problem, Severity, Unjudged
from kubestock.values import documents
from kubestock.values.documents import Document

_HOST = r"[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?(\.[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?)*|\[[0-9a-fA-F:]+\]"
_PART = r"[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*"
_IMAGE = re.compile(
    rf"(?:(?:{_HOST})(?::[0-9]+)?/)?{_PART}(?:/{_PART})*(?::(?P<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{{0,127}}))?"
    rf"(?P<digest>@(?:sha256:[a-f0-9]{{64}}|sha512:[a-f0-9]{{128}}))?"
)
_LONGEST = 512
_PLACEHOLDER = re.compile(r"\$\{|\$\(|\{\{|<[A-Za-z]")
_MUTABLE_TAGS = frozenset(
    {
        *("canary", "dev", "develop", "development", "edge", "head", "latest", "main", "master", "nightly", "next"),
        *("prod", "production", "release", "snapshot", "stable", "staging", "test", "trunk", "unstable"),
    }
)


@rule(
    "image-tag",
    title="The tag of an image does not name one release",
    severity=Severity.WARNING,
    source="https://kubernetes.io/docs/concepts/containers/images/#image-names",
    fails="""
        apiVersion: v1
        kind: Pod
        metadata: {name: orders}
        spec: {containers: [{name: orders, image: "shop/orders:latest"}]}
    """,
    passes="""
        apiVersion: v1
        kind: Pod
        metadata: {name: orders}
        spec: {containers: [{name: orders, image: "shop/orders:1.0"}]}
    """,
)
def image_tag(inventory: Inventory) -> Iterator[Problem]:
    """Two pods of one workload can run different images, and a rollback to the previous image is impossible."""
    for workload, container, image in _images(inventory):
        read = _IMAGE.fullmatch(image)
        if read is None or read["digest"]:
            continue
        if read["tag"] is None:
            message = f"the image of {describe_container(container)} has no tag, which means latest"
        elif read["tag"].lower() in _MUTABLE_TAGS:
            message = f"the tag {read['tag']} of the image of {describe_container(container)} does not name one release"
        else:
            continue
        yield workload.problem(message, fix="use the tag of a release, or a digest", part=container, field=("image",))


@rule(
    "image-reference",
    title="The name of an image is malformed",
    source="https://kubernetes.io/docs/concepts/containers/images/#image-names",
    fails="""
        apiVersion: v1
        kind: Pod
        metadata: {name: orders}
        spec: {containers: [{name: orders, image: "https://registry.example.com/shop/orders:1.0"}]}
    """,
    passes="""
        apiVersion: v1
        kind: Pod
        metadata: {name: orders}
        spec: {containers: [{name: orders, image: "registry.example.com/shop/orders:1.0"}]}
    """,
)
def image_reference(inventory: Inventory) -> Iterator[Problem | Unjudged]:
    """The pod stays in InvalidImageName. The name of a repository is in lower case and has no scheme."""
    for workload, container, image in _images(inventory):
        if _PLACEHOLDER.search(image):
            message = f"the image of {describe_container(container)} has a placeholder that a program replaces later"
            yield Unjudged(workload.document, message, part=container, field=("image",))
        elif len(image) > _LONGEST or not _IMAGE.fullmatch(image):
            message = (
                f"the image of {describe_container(container)} must be [registry/]repository[:tag][@digest], got "
                f"{image!r}"
            )
            yield workload.problem(message, fix="correct it", part=container, field=("image",))


def _images(inventory: Inventory) -> Iterator[tuple[Workload, Document, str]]:
    for workload in inventory.workloads:
        for container in workload.containers:
            image = documents.text(container, "image")
            if image:
                yield workload, container, image
