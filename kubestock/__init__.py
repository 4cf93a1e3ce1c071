"""Typed cdk8s constructs whose manifests also work.

These are the names of a first chart; the packages `workload`, `namespace`, `secrets`, `gateway.kong`, `monitoring`,
`delivery`, `product`, `checks` and `testing` have all others. A name is loaded when it is first used, so that a
program that only reads manifests or seals secrets starts no Node.
"""

import lazy_loader

import kubestock._node  # noqa: F401  # before jsii is imported

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
