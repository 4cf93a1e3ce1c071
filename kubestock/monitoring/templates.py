"""Checks of the texts of an alert, which are Go templates that Prometheus renders when the alert fires."""

import re

from kubestock.errors import ConfigurationError

_ACTION = re.compile(r"\{\{(?P<inner>.*?)\}\}", re.DOTALL)
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"|`[^`]*`')
_VARIABLE = re.compile(r"\$\w*")
_WORD = re.compile(r"(?<![.$\w])[A-Za-z_]\w*")
_VARIABLES = frozenset({"$labels", "$value", "$externalLabels", "$externalURL"})
_FUNCTIONS = frozenset(
    {"humanize", "humanize1024", "humanizeDuration", "humanizePercentage", "humanizeTimestamp", "safeHtml"}
    | {"parseDuration", "toTime", "title", "toUpper", "toLower", "stripPort", "stripDomain", "match", "reReplaceAll"}
    | {"urlQueryEscape", "externalURL", "pathPrefix", "printf", "print", "len", "index", "eq", "ne", "lt", "le", "gt"}
    | {"ge", "and", "or", "not", "if", "else", "end", "with", "true", "false", "nil"}
)


def check_template(what: str, text: str) -> None:
    """Check that Prometheus can render a text.

    Raises:
        ConfigurationError: if the text is empty, an action is not closed, or a variable or a function does not exist in
            Prometheus' templates.

    See https://prometheus.io/docs/prometheus/latest/configuration/template_reference/
    """
    if not text.strip():
        raise ConfigurationError(f"{what} must not be empty: it informs the engineer on call")
    if "{{" in (rest := _ACTION.sub("", text)) or "}}" in rest:
        raise ConfigurationError(f"{what} must close each {{{{ with }}}}, such as {{{{ $labels.pod }}}}, got {text!r}")
    for action in _ACTION.finditer(text):
        inner = _QUOTED.sub("", action["inner"]).strip().strip("-")
        if not inner.strip() or '"' in inner or "{" in inner:
            raise ConfigurationError(f"{what} must have an expression between {{{{ and }}}}, got {text!r}")
        unknown = {*_VARIABLE.findall(inner)} - _VARIABLES | {*_WORD.findall(inner)} - _FUNCTIONS
        if unknown:
            raise ConfigurationError(
                f"{what} must use only {', '.join(sorted(_VARIABLES))} and the functions of Prometheus' templates, "
                f"got {', '.join(sorted(unknown))} in {text!r}"
            )
