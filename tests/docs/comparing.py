"""Whether what a page shows is what comes out."""

import re
from typing import Any


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
    lines = [each.rstrip() for each in shown.strip().splitlines()]
    pattern = "".join(r"(?:.*\n)*" if each == "..." else f"{re.escape(each)}\n" for each in lines)
    text = "".join(f"{each.rstrip()}\n" for each in printed.strip().splitlines())
    return re.fullmatch(pattern, text) is not None
