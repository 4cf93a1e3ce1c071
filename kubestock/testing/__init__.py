"""Helps you test your charts: finds objects, synthesizes charts to dicts, and compares them with YAML snapshots.

Only the fixtures and the snapshot extension need pytest and syrupy. pytest finds the fixtures `kubestock_app` and
`yaml_snapshot` without an import, if kubestock is installed.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
