"""`kubestock seal`: seals values into the store."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from kubestock.cli.help import help_text
from kubestock.cli.inputs import ends_with_a_line_break, read_values
from kubestock.cli.options import CertificateOption, StoreOption, print_message, today
from kubestock.cli.project import project
from kubestock.errors import ConfigurationError
from kubestock.secrets.scopes import SealingScope
from kubestock.secrets.store import ROTATE_DAYS, SecretStore, StoredSecret
from kubestock.secrets.storefile import read_store
from kubestock.secrets.storewriting import locked, write_store
from kubestock.secrets.types import SecretType

_NAME = re.compile(r"[-._a-zA-Z0-9]+")
_ROTATE_HELP = f"After how many days to replace a value. Defaults to the key's present period, or else {ROTATE_DAYS}."

HELP = help_text(
    """
    Seal a value, or every value of a dotenv file, into the store.

    The value comes from a hidden prompt, from standard input or from a file, never from the command line. Sealing the
    same key again changes only that entry.
    """,
    {
        "kubestock seal orders-db DB_PASSWORD": "Type the value at a prompt",
        "openssl rand -hex 32 | tr -d '\\n' | kubestock seal jwt KEY --owner identity": "Seal a new random value",
        "kubestock seal edge-tls tls.crt --from-file edge.crt --owner platform": "Seal a file",
        "kubestock seal orders-db --dotenv orders.env --owner orders": "Seal each line of a dotenv file",
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _SecretOptions:
    """The options of the secret. An option that is not given keeps its value, or has the default of a new secret."""

    namespace: str | None
    scope: SealingScope | None
    type: SecretType | None

    def of(self, store: SecretStore, name: str) -> StoredSecret:
        before = store.secrets.get(name)
        if before is None:
            return StoredSecret(
                name=name,
                namespace=self.namespace or store.namespace,
                scope=self.scope or SealingScope.STRICT,
                type=self.type or SecretType.OPAQUE,
                values={},
            )
        wanted = {"namespace": self.namespace, "scope": self.scope, "type": self.type}
        for field, value in wanted.items():
            had = getattr(before, field)
            if value is not None and value != had:
                raise ConfigurationError(
                    f"--{field} must be {had}, which all keys of secret {name!r} share, got {value}; leave out "
                    f"--{field}, or remove the secret from the store and seal all its keys"
                )
        return before


def seal(
    *,
    context: typer.Context,
    secret: Annotated[str, typer.Argument(metavar="SECRET", help="The name of the Secret.")],
    key: Annotated[str | None, typer.Argument(metavar="KEY", help="The key in it.", show_default=False)] = None,
    store: StoreOption = None,
    cert: CertificateOption = None,
    from_file: Annotated[
        Path | None, typer.Option("--from-file", metavar="FILE", help="Seal the bytes of a file; - is standard input.")
    ] = None,
    dotenv: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Seal every KEY=value of a file; - is standard input.")
    ] = None,
    owner: Annotated[str | None, typer.Option(help="The team that replaces the value. Required for a new key.")] = None,
    rotate_days: Annotated[int | None, typer.Option(metavar="DAYS", help=_ROTATE_HELP)] = None,
    scope: Annotated[SealingScope | None, typer.Option(help="The scope of a new secret. Defaults to strict.")] = None,
    type: Annotated[SecretType | None, typer.Option(help="The type of a new secret. Defaults to Opaque.")] = None,
    namespace: Annotated[
        str | None, typer.Option(help="The namespace of a new secret. Defaults to the store's.")
    ] = None,
    pin: Annotated[bool, typer.Option("--pin", help="Add the certificate to the store, if it is new.")] = False,
) -> None:
    """Seal a value, or every value of a dotenv file, into the store."""
    from kubestock.secrets.keys import read_certificate  # noqa: PLC0415  # cryptography is slow to load, for --help too
    from kubestock.secrets.rotation import Sealer  # noqa: PLC0415  # the same

    _check_no_value_in_arguments(context, secret, key)
    here = project()
    path = here.store(store)
    sealer = Sealer(certificate=read_certificate(here.certificate(cert)), today=today())
    wanted = _SecretOptions(namespace=namespace, scope=scope, type=type)
    wanted.of(_store(path, namespace), secret)
    values = read_values(secret, key, from_file=from_file, dotenv=dotenv)
    with locked(path):
        # Another process may have changed the store while the value was typed.
        before = _store(path, namespace)
        after = sealer.seal(before, wanted.of(before, secret), values, owner=owner, rotate_days=rotate_days, pin=pin)
        write_store(path, after)
    for warning in (*sealer.certificate.warnings(today()), *_warnings(secret, values), *_moved(after[secret], values)):
        print_message(f"warning: {warning}")
    for name in values:
        print_message(f"sealed {secret}.{name}, due {after[secret].values[name].due}")


def _warnings(secret: str, values: Mapping[str, bytes]) -> Iterator[str]:
    for name, value in values.items():
        if not value:
            yield f"the value of {secret}.{name} is empty; it is sealed as it is"
        if ends_with_a_line_break(value):
            yield (f"the value of {secret}.{name} ends with a line break, which is sealed too; printf '%s' adds none")


def _moved(secret: StoredSecret, values: Mapping[str, bytes]) -> Iterator[str]:
    from kubestock.secrets.tls import last_day  # noqa: PLC0415  # loads cryptography

    for name, value in values.items():
        sealed = secret.values[name]
        if sealed.due < sealed.sealed + timedelta(days=sealed.rotate_days):
            what = f"{secret.name}.{name}"
            yield (
                f"{what} expires on {last_day(what, value)}, so it is due on {sealed.due}, not after "
                f"{sealed.rotate_days} days"
            )


def _check_no_value_in_arguments(context: typer.Context, *words: str | None) -> None:
    # The messages of the parser and of the checks of names would quote the value.
    if context.args or any(word is not None and not _NAME.fullmatch(word) for word in words):
        raise ConfigurationError(
            "the arguments of kubestock seal must be the names of a secret and of a key, made of letters, digits, '-', "
            "'_' and '.', but never a value: the history of the shell and other users see the command line. If you "
            "typed a value, it has leaked: replace it, and run 'kubestock seal SECRET KEY', which prompts for the value"
        )


def _store(path: Path, namespace: str | None) -> SecretStore:
    if path.exists():
        return read_store(path)
    if namespace is None:
        raise ConfigurationError(
            f"the store {path} does not exist yet; give --namespace, the namespace of the environment, to create it"
        )
    return SecretStore(namespace=namespace)
