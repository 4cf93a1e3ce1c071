"""The help text of a command: paragraphs that the terminal wraps, and examples."""

import inspect
from collections.abc import Mapping


def help_text(text: str, examples: Mapping[str, str]) -> str:
    """Return a help text that ends with examples.

    Args:
        text: the paragraphs. A line break within a paragraph is removed, because the terminal wraps the text.
        examples: what each example command does, by command.
    """
    paragraphs = [" ".join(each.split()) for each in inspect.cleandoc(text).split("\n\n")]
    shown = "\n".join(f"# {meaning}\n{command}" for command, meaning in examples.items())
    # Typer reads square brackets as markup.
    return "\n\n".join([*paragraphs, f"Examples:\n\n{shown}"]).replace("[", "\\[")
