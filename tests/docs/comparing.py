"""Whether what a page shows is what comes out."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml
from docs.blocks import Block

from kubestock.testing import Manifest


@dataclass(frozen=True)
class Claim:
    """A block that shows a text, and the text that came out."""

    block: Block
    printed: str

    @property
    def is_true(self) -> bool:
        """Whether the block shows what came out."""
        return prints(self.block.text, self.printed)


def differences(shown: Any, written: Any, at: str = "") -> list[str]:
    """Where what is shown is no part of what is written; a list is shown with all its items."""
    if isinstance(shown, dict) and isinstance(written, dict):
        return [each for key in shown for each in differences(shown[key], written.get(key), f"{at}.{key}")]
    if isinstance(shown, list) and isinstance(written, list) and len(shown) == len(written):
        pairs = enumerate(zip(shown, written, strict=True))
        return [each for number, pair in pairs for each in differences(*pair, f"{at}[{number}]")]
    return [] if shown == written else [f"{at}: {shown!r} is shown, {written!r} is written"]


def prints(shown: str, printed: str) -> bool:
    """Whether a text is what is printed; a line `...` stands for any lines."""
    lines = [each.rstrip() for each in shown.strip("\n").splitlines()]
    pattern = "".join(r"(?:.*\n)*" if each == "..." else f"{re.escape(each)}\n" for each in lines)
    text = "".join(f"{each.rstrip()}\n" for each in printed.strip("\n").splitlines())
    return re.fullmatch(pattern, text) is not None


def contradictions(shown: str, place: str, there: Sequence[Manifest]) -> list[str]:
    """What shown YAML says, and no object that is there does."""
    if "{{" in shown:
        written = any(_in_order(shown, text) for each in there for text in _texts(each))
        return [] if written else [f"{place}: no template in an object has these lines"]
    return [line for part in yaml.safe_load_all(shown) for line in _closest(place, part, there)]


def _closest(place: str, part: Any, there: Sequence[Manifest]) -> list[str]:
    kind, name = part["kind"], part["metadata"]["name"]
    found = [each for each in there if (each["kind"], each["metadata"]["name"]) == (kind, name)]
    if not found:
        return [f"{place}: there is no {kind} {name}"]
    return min(([f"{place}: {kind} {name}{line}" for line in differences(part, each)] for each in found), key=len)


def _texts(value: Any) -> Iterator[str]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    yield from [value] if isinstance(value, str) else (text for each in inner for text in _texts(each))


def _in_order(shown: str, text: str) -> bool:
    lines = iter(text.splitlines())
    return all(each in lines for each in shown.splitlines())
