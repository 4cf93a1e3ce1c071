"""Diffs, as a page shows them: of a file that its reader changes, and of the objects that change with it."""

import difflib
import re

import yaml

from kubestock.testing import Manifest


def patched(text: str, diff: str) -> str:
    """Apply a diff, whose hunks begin with a line `@@`; each is found by its lines."""
    for hunk in diff.split("@@\n"):
        lines = hunk.splitlines(keepends=True)
        old = "".join(each[1:] for each in lines if each[0] in " -")
        new = "".join(each[1:] for each in lines if each[0] in " +")
        assert not lines or text.count(old) == 1, f"{text.count(old)} places have the lines:\n{old}"
        text = text.replace(old, new) if lines else text
    return text


def added(before: list[Manifest], now: list[Manifest]) -> list[str]:
    """What there is now and was not before, as `Kind name`."""
    known = set(map(_name, before))
    return [_name(each) for each in now if _name(each) not in known]


def changed(before: list[Manifest], now: list[Manifest], name: str) -> str:
    """The difference of an object that is named `Kind name`, with two lines around each change."""
    old, new = ([each for each in there if _name(each) == name] for there in (before, now))
    lines = list(difflib.unified_diff(_lines(old[-1]), _lines(new[-1]), n=2, lineterm=""))[2:]
    text = "\n".join("@@" if each.startswith("@@") else each for each in lines).removeprefix("@@\n")
    return re.sub("[0-9a-f]{64}", "…", text)  # a checksum of a ciphertext, which is another one each time


def _lines(each: Manifest) -> list[str]:
    return yaml.safe_dump(each, sort_keys=False, width=110).splitlines()


def _name(each: Manifest) -> str:
    return f"{each['kind']} {each['metadata']['name']}"
