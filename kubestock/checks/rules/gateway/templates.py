"""Rules about the templates of Secrets."""

import re
from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.facts.kong import template_actions
from kubestock.checks.finding import Problem
from kubestock.values import documents
from kubestock.values.documents import Document, Path

_KEY = re.compile(r"""\bindex\s+\.\s+["`](?P<indexed>[^"`]+)["`]|(?<![\w.)$"'`])\.(?P<named>[A-Za-z_]\w*)""")
_QUOTED = re.compile(r'"[^"]*"')
_BLOCKS = re.compile(r"\b(range|with|define|template|block)\b|:=")


@rule(
    "template-key",
    title="A template uses a key that does not exist",
    source=(
        "https://github.com/bitnami-labs/sealed-secrets#sealedsecrets-as-templates-for-secrets",
        "https://external-secrets.io/latest/guides/templating/",
    ),
    fails="""
        apiVersion: bitnami.com/v1alpha1
        kind: SealedSecret
        metadata: {name: orders}
        spec:
          encryptedData: {db-password: AgB5a2V5}
          template: {data: {config.ini: 'password = {{ index . "password" }}'}}
    """,
    passes="""
        apiVersion: bitnami.com/v1alpha1
        kind: SealedSecret
        metadata: {name: orders}
        spec:
          encryptedData: {db-password: AgB5a2V5}
          template: {data: {config.ini: 'password = {{ index . "db-password" }}'}}
    """,
)
def template_key(inventory: Inventory) -> Iterator[Problem]:
    """The Secret contains `<no value>` or an empty text instead of the value, or the controller creates no Secret."""
    for document in inventory.of_kind("SealedSecret"):
        yield from _unknown(document, ("spec", "template", "data"), _sealed(document))
    for document in inventory.of_kind("ExternalSecret"):
        if not documents.sequence(document, "spec", "dataFrom"):
            fetched = {documents.text(each, "secretKey") for each in documents.mappings(document, "spec", "data")}
            yield from _unknown(document, ("spec", "target", "template", "data"), frozenset(fetched))


def _sealed(document: Document) -> frozenset[str]:
    return frozenset(documents.mapping(document, "spec", "encryptedData"))


def _unknown(document: Document, path: tuple[str, ...], known: frozenset[str]) -> Iterator[Problem]:
    for name, text in documents.text_map(document, *path).items():
        found = template_actions(text)
        # Within `range` or `with`, the dot has another meaning.
        if any(_BLOCKS.search(_QUOTED.sub("", each)) for each in found):
            continue
        for key in sorted({key for each in found for key in _keys(each)} - known):
            place: Path = (*path, name)
            has = f"the keys are {', '.join(sorted(known))}" if known else "there are no keys"
            yield Problem(
                document,
                f"the template {name} uses the key {key!r}, but {has}",
                fix="add that key, or correct its name",
                field=place,
            )


def _keys(action: str) -> Iterator[str]:
    for found in _KEY.finditer(action):
        if found["indexed"] is not None:
            yield found["indexed"]
    for found in _KEY.finditer(_QUOTED.sub('""', action)):
        if found["named"] is not None:
            yield found["named"]
