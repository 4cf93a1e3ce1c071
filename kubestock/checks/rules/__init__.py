"""The rules, a package for each family, whose docstring introduces its page in `docs/rules`.

A module of a family defines rules with the decorator `kubestock.checks.rule`. Nothing else registers them: the registry
loads every module below this package, and `make rules` writes the documentation. Each rule brings its own test: its
failing example has exactly one finding, its passing example none. What several rules look up in the manifests is a
function of `kubestock.checks.facts`, computed once by `Inventory.derived`.
"""
