"""The data files of production: image tags, sealed values and public keys, which only the repository has."""

from pathlib import Path

from kubestock.errors import ConfigurationError

_FOLDER = Path(__file__).parent


def data_file(name: str) -> Path:
    """Return the path of a data file.

    Raises:
        ConfigurationError: if the file does not exist, as in the installed package.
    """
    path = _FOLDER / name
    if not path.is_file():
        raise ConfigurationError(
            f"PRODUCTION needs {name}, which is in KubeStock's repository but not in the installed package: clone the "
            "repository, or pass your own settings to ProductionChart"
        )
    return path
