"""Reads the settings of a project: `[tool.kubestock]`, and cdk8s.yaml."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kubestock.errors import ConfigurationError
from kubestock.values import names
from kubestock.yaml.reader import read_documents

FILES = ("kubestock.toml", "pyproject.toml")
_FIELDS = {
    "app": ("the command that synthesizes", "--app COMMAND", "python main.py"),
    "manifests": ("the folder of the committed manifests", "--manifests FOLDER", "dist"),
    "store": ("the file of sealed values", "--store FILE", "secrets.yaml"),
    "certificate": ("the pinned sealing certificate", "--cert FILE", "sealing-cert.pem"),
}
_CDK8S = {"app": "app", "manifests": "output"}
_PROVIDED = "provided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A project with settings for the command.

    Args:
        folder: the folder of the settings file. Paths in the settings are relative to it.
        settings: the settings in the file, by field.
        provided: objects that the cluster has and the manifests do not create, such as Secret/shop-tls.
    """

    folder: Path
    settings: Mapping[str, str]
    provided: tuple[str, ...] = ()

    def app(self, given: str | None = None) -> str:
        """Return the command that synthesizes; it runs in the folder of the project.

        Raises:
            ConfigurationError: if neither the option nor the project sets it.
        """
        return given or self._needed("app")

    def manifests(self, given: Path | str | None = None, *, option: str | None = None) -> Path:
        """Return the folder of the committed manifests.

        Raises:
            ConfigurationError: if neither the option nor the project sets it.
        """
        return Path(given) if given is not None else self._path("manifests", option)

    def store(self, given: Path | None = None) -> Path:
        """Return the file of sealed values.

        Raises:
            ConfigurationError: if neither the option nor the project sets it.
        """
        return given or self._path("store")

    def certificate(self, given: Path | None = None) -> Path:
        """Return the file of the pinned sealing certificate.

        Raises:
            ConfigurationError: if neither the option nor the project sets it.
        """
        return given or self._path("certificate")

    def _path(self, field: str, option: str | None = None) -> Path:
        return Path(os.path.relpath(self.folder / self._needed(field, option)))

    def _needed(self, field: str, option: str | None = None) -> str:
        if field in self.settings:
            return self.settings[field]
        what, usual_option, example = _FIELDS[field]
        also = f"set `{_CDK8S[field]}` in cdk8s.yaml, " if field in _CDK8S else ""
        raise ConfigurationError(
            f"{what} must be set; give {option or usual_option}, {also}or add to pyproject.toml:\n\n"
            f'[tool.kubestock]\n{field} = "{example}"'
        )


def project() -> Project:
    """Return the project of the current folder: the nearest folder, upwards from this one, with a settings file.

    Without a settings file, cdk8s.yaml in the current folder sets the app and the folder of the manifests.

    Raises:
        ConfigurationError: if a file cannot be read, or has an unknown setting.
    """
    here = Path.cwd()
    for folder in (here, *here.parents):
        for name in FILES:
            found = _settings(folder / name)
            if found is not None:
                settings, provided = found
                return Project(folder=folder, settings={**_of_cdk8s(folder), **settings}, provided=provided)
    return Project(folder=here, settings=_of_cdk8s(here))


def _settings(path: Path) -> tuple[dict[str, str], tuple[str, ...]] | None:
    """Return the settings in a file, or None if there are none."""
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} must be valid TOML: {error}; correct it") from None
    found = content if path.name == "kubestock.toml" else _table(content)
    return None if found is None else _checked(path, found)


def _table(content: Mapping[str, Any]) -> Any:
    tool = content.get("tool")
    return tool.get("kubestock") if isinstance(tool, dict) else None


def _checked(path: Path, found: Any) -> tuple[dict[str, str], tuple[str, ...]]:
    where = "" if path.name == "kubestock.toml" else "[tool.kubestock] of "
    if not isinstance(found, dict) or (unknown := sorted(found.keys() - {*_FIELDS, _PROVIDED})):
        got = ", ".join(unknown) if isinstance(found, dict) else repr(found)
        raise ConfigurationError(f"{where}{path} must have {', '.join(_FIELDS)} and {_PROVIDED} only, got {got}")
    provided = found.pop(_PROVIDED, [])
    if not isinstance(provided, list) or not all(isinstance(each, str) for each in provided):
        raise ConfigurationError(
            f"{_PROVIDED} in {where}{path} must be a list of kinds and names, such as ['Secret/shop-tls'], got "
            f"{provided!r}"
        )
    for each in provided:
        names.kind_and_name(f"each of {_PROVIDED} in {where}{path}", each)
    for field, value in found.items():
        if not isinstance(value, str) or not value:
            raise ConfigurationError(f"{field} in {where}{path} must be a string that is not empty, got {value!r}")
    return dict(found), tuple(provided)


def _of_cdk8s(folder: Path) -> dict[str, str]:
    path = folder / "cdk8s.yaml"
    try:
        read = read_documents(str(path), path.read_bytes(), fix="correct it")
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return {}
    found = read[0] if read and isinstance(read[0], dict) else {}
    values = {field: found.get(name) for field, name in _CDK8S.items()}
    return {field: value for field, value in values.items() if isinstance(value, str) and value}
