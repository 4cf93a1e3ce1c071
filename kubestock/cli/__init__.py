"""The `kubestock` command."""

import sys

_EXTRA = frozenset({"typer", "click", "rich"})


def main() -> None:
    """Run the command, or report how to install its dependencies."""
    try:
        from kubestock.cli.app import run  # noqa: PLC0415  # its dependencies are an extra
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] not in _EXTRA:
            raise
        sys.exit(f"kubestock: the command needs {error.name}, which is not installed: pip install 'kubestock[cli]'")
    run()
