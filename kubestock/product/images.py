"""Image tags, read from a data file that a pipeline can edit."""

from collections.abc import Mapping
from pathlib import Path

import yaml

from kubestock.errors import ConfigurationError
from kubestock.workload.image import ContainerImage


def read_images(path: Path, *, registry: str, names: Mapping[str, str] | None = None) -> dict[str, ContainerImage]:
    """Read a file of `service: tag` or `service: tag@sha256:…` lines.

    Every value is read as a text: a commit id such as 1234567 or 12e4567 is no number here.

    Args:
        path: of the file.
        registry: registry and folder, before the image's name.
        names: of images that are not named as their service is.

    Raises:
        ConfigurationError: if the file cannot be read, is not such a list, or names a service twice, as after a merge.
    """
    try:
        text = path.read_text("utf-8")
        content = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506  # BaseLoader: texts only
        _refuse_repeated(path, yaml.compose(text, Loader=yaml.BaseLoader))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"the image file {path} cannot be read: {error}") from None
    except yaml.YAMLError as error:
        raise ConfigurationError(f"the image file {path} must be valid YAML: {error}") from None
    if not isinstance(content, dict):
        raise ConfigurationError(f"the image file {path} must hold lines such as 'orders: 0f3c9de'")
    images = {}
    for service, version in content.items():
        if not isinstance(version, str) or not version:
            raise ConfigurationError(f"{service!r} in {path} must be a tag such as 0f3c9de, got {version!r}")
        tag, _, digest = version.partition("@")
        repository = f"{registry}/{(names or {}).get(service, service)}"
        images[service] = ContainerImage(repository, tag, digest or None)
    return images


def _refuse_repeated(path: Path, content: yaml.Node | None) -> None:
    lines: dict[str, int] = {}
    for key, _ in content.value if isinstance(content, yaml.MappingNode) else ():
        line = key.start_mark.line + 1
        if key.value in lines:
            raise ConfigurationError(
                f"the image file {path} must name each service once, got {key.value!r} in lines {lines[key.value]} and "
                f"{line}; remove one of them"
            )
        lines[key.value] = line
