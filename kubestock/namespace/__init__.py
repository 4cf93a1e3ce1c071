"""The namespace of workloads: its limits, its quota, its default policies and its roles."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
