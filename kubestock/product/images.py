"""Reads image tags from a data file that a pipeline can edit."""

from collections.abc import Mapping
from pathlib import Path

import yaml

from kubestock.errors import ConfigurationError
from kubestock.workload.image import ContainerImage


class Images(dict[str, ContainerImage]):
    """The images of a product's services, by service."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def __missing__(self, service: str) -> ContainerImage:
        known = ", ".join(sorted(self)) or "none"
        raise ConfigurationError(
            f"the image file {self._path} must have a line for {service!r}, got {known}; add '{service}: <tag>'"
        )


def read_images(path: Path, *, registry: str, names: Mapping[str, str] | None = None) -> Images:
    """Read the images of a product's services from a file with lines `service: tag` or `service: tag@sha256:…`.

    Every value is read as a string: a commit id such as 1234567 or 12e4567 does not become a number.

    Args:
        path: the path of the file.
        registry: the registry and the folder in front of each image's name.
        names: names of images that differ from the name of their service, by service.

    Raises:
        ConfigurationError: if the file cannot be read, is not a mapping of tags, or has a service twice, as after a
            merge; and when you look up a service that the file does not have.
    """
    try:
        text = path.read_text("utf-8")
        content = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506  # BaseLoader reads every value as a string
        _check_unique_keys(path, yaml.compose(text, Loader=yaml.BaseLoader))
    except OSError as error:
        raise ConfigurationError(
            f"the image file {path} cannot be read ({error.strerror}); create it, or correct the path"
        ) from None
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
        line = "" if mark is None else f", got an error in line {mark.line + 1}"
        raise ConfigurationError(
            f"the image file {path} must be valid YAML{line}; write lines such as 'orders: 0f3c9de'"
        ) from None
    if not isinstance(content, dict):
        raise ConfigurationError(f"the image file {path} must have lines such as 'orders: 0f3c9de'")
    images = Images(path)
    for service, version in content.items():
        if not isinstance(version, str) or not version:
            raise ConfigurationError(f"{service!r} in {path} must be a tag such as 0f3c9de, got {version!r}")
        tag, _, digest = version.partition("@")
        repository = f"{registry}/{(names or {}).get(service, service)}"
        images[service] = ContainerImage(repository, tag=tag, digest=digest or None)
    return images


def _check_unique_keys(path: Path, content: yaml.Node | None) -> None:
    lines: dict[str, int] = {}
    for key, _ in content.value if isinstance(content, yaml.MappingNode) else ():
        line = key.start_mark.line + 1
        if key.value in lines:
            raise ConfigurationError(
                f"the image file {path} must name each service once, got {key.value!r} in lines {lines[key.value]} and "
                f"{line}; remove one of them"
            )
        lines[key.value] = line
