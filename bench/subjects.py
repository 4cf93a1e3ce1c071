"""What is measured, each in a process of its own: `python bench/subjects.py NAME NUMBER FOLDER` writes its manifests.

The imports are within the functions, because each subject is charged for what it loads and nothing else.
"""

import sys
from collections.abc import Callable
from pathlib import Path


def empty(_: int, folder: str) -> None:
    """An app of plain cdk8s without an object."""
    import cdk8s

    app = cdk8s.App(outdir=folder)
    cdk8s.Chart(app, "empty")
    app.synth()


def bindings(number: int, folder: str) -> None:
    """The same with the typed bindings of cdk8s-plus-27 imported."""
    import cdk8s_plus_27  # noqa: F401  # its import is what is measured

    empty(number, folder)


def production(_: int, folder: str) -> None:
    """The manifests of production, which `cdk8s synth` writes."""
    from kubestock.production import PRODUCTION, build_app

    build_app(PRODUCTION, outdir=folder).synth()


def kubestock(services: int, folder: str) -> None:
    """Services of seven objects, with this library."""
    from fleet import fleet

    fleet(services, folder).synth()


def routes(routes: int, folder: str) -> None:
    """A gateway with that many routes to twenty services, with this library."""
    from fleet import gateway

    gateway(routes, folder).synth()


def typed(services: int, folder: str) -> None:
    """The same services, by hand with the typed bindings of cdk8s-plus-27."""
    from typed import fleet

    fleet(services, folder).synth()


def dicts(services: int, folder: str) -> None:
    """The same services as plain dicts, through this library's YAML writer."""
    from plain import service

    from kubestock.yaml.writer import to_yaml

    manifests = [each for number in range(services) for each in service(number, services)]
    Path(folder, "fleet.k8s.yaml").write_text(to_yaml(manifests), "utf-8")


SUBJECTS: tuple[Callable[[int, str], None], ...] = (empty, bindings, production, kubestock, routes, typed, dicts)

if __name__ == "__main__":
    name, count, out = sys.argv[1:]
    next(each for each in SUBJECTS if each.__name__ == name)(int(count), out)
