"""Labels, annotations and templated keys of the Secret that a controller creates."""

import re
from collections.abc import Collection, Mapping
from dataclasses import field

from kubestock.errors import ConfigurationError
from kubestock.secrets.scopes import ANNOTATION
from kubestock.values import names
from kubestock.values.labels import label_map, qualified_name
from kubestock.values.value import Value

_COMMENT = re.compile(r"\{\{(?:- )?/\*.*?\*/(?: -)?\}\}", re.DOTALL)
_QUOTE = r""""(?:[^"\\]|\\.)*"|`[^`]*`|'(?:[^'\\]|\\.)*'"""
_ACTION = re.compile(rf"\{{\{{((?:{_QUOTE}|[^\"`'])*?)\}}\}}")
_QUOTED = re.compile(_QUOTE)
_FIELD = re.compile(r"(?<![\w.)])\.([A-Za-z_]\w*)")
_INDEX = re.compile(r"""\bindex\s+[.$]\s+(?:"([^"]+)"|`([^`]+)`)""")
_BLOCK = re.compile(r"-?\s*(if|range|with|block|define|end)\b")


class SecretTemplate(Value):
    """Additional labels, annotations and keys of the Secret.

    Args:
        labels: labels of both objects, in addition to those of the SealedSecret or ExternalSecret.
        annotations: annotations of a SealedSecret and its Secret; with an ExternalSecret, of the Secret only. The scope
            is not set here: it belongs to the sealed values.
        data: by key, a Go template over the values, such as `postgres://{{ .DB_USER }}@db/orders`.

    Raises:
        ConfigurationError: if a label, annotation or key is invalid, an annotation would set the scope, or a template
            contains a private key, or an action or a block that is not closed.

    See https://github.com/bitnami-labs/sealed-secrets#sealedsecrets-as-templates-for-secrets
    """

    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, str] = field(default_factory=dict)

    def check(self) -> None:
        label_map("labels", self.labels)
        for key in self.annotations:
            qualified_name("a key of annotations", key)
            if key in (f"{ANNOTATION}namespace-wide", f"{ANNOTATION}cluster-wide"):
                raise ConfigurationError(f"annotations must not have {key!r}: the sealed values determine the scope")
        for key, text in self.data.items():
            names.data_key("a key of template data", key)
            if "PRIVATE KEY-----" in text:
                raise ConfigurationError(
                    f"template data {key!r} must refer to sealed values, got a private key in plain text; if it was "
                    "committed, it has leaked: replace it, and seal it with 'kubestock seal'"
                )
            if not _closes(text):
                raise ConfigurationError(
                    f"template data {key!r} must close each '{{{{' with '}}}}' and each block with '{{{{ end }}}}': "
                    "the controller could not render it, and would not create the Secret"
                )

    def check_keys(self, what: str, keys: Collection[str]) -> None:
        """Check that a template does not render `<no value>` and does not hide a value.

        Raises:
            ConfigurationError: if a template names a key without a value, or its own key has a value.
        """
        for key, text in self.data.items():
            if key in keys:
                raise ConfigurationError(f"key {key!r} of {what} is both a value and a template; keep one of the two")
            unknown = sorted(named_in(text) - set(keys))
            if unknown:
                raise ConfigurationError(
                    f"template {key!r} of {what} names {', '.join(unknown)}, which is not one of its values; "
                    f"it has {', '.join(sorted(keys))}"
                )


def named_in(text: str) -> set[str]:
    """Return the keys that a template refers to."""
    found: set[str] = set()
    for action in _ACTION.findall(_COMMENT.sub("", text)):
        found.update(quoted or raw for quoted, raw in _INDEX.findall(action))
        found.update(_FIELD.findall(_QUOTED.sub('""', action)))
    return found


def _closes(text: str) -> bool:
    """Whether every action and every block of a template is closed."""
    bare = _COMMENT.sub("", text)
    depth = 0
    for action in _ACTION.findall(bare):
        block = _BLOCK.match(action)
        if block is not None:
            depth += -1 if block[1] == "end" else 1
        if depth < 0:
            return False
    return depth == 0 and "{{" not in _ACTION.sub("", bare)
