"""Placeholder until the writer lands."""

from collections.abc import Iterable
from typing import Any

import yaml


def to_yaml(documents: Iterable[Any]) -> str:
    return yaml.dump_all(documents, Dumper=yaml.SafeDumper, sort_keys=False, width=2**31)
