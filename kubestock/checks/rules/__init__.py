"""The rules, a package for each family. The docstring of the package introduces the page of the family in `docs/rules`.

The modules of a family define rules with the decorator `kubestock.checks.rule`. They need no registration: the registry
loads every module below this package, and `make rules` writes the documentation. Each rule contains its own test: the
failing example has exactly one finding, and the passing example has none. Lookups that several rules share are
functions in `kubestock.checks.facts`; `Inventory.derived` computes each of them once.
"""
