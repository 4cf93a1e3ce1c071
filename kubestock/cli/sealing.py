"""`kubestock seal`: seals new values into the store."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from kubestock.cli.help import help_text
from kubestock.cli.inputs import ends_with_a_line_break, read_values
from kubestock.cli.options import CertificateOption, StoreOption, say, today
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
class _Wanted:
    """The options for the secret. One that is not given keeps its value, or has the default of a new secret."""

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
                    f"secret {name!r} has the {field} {had}, which all its keys share, got {value}; leave out "
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
    owner: Annotated[str | None, typer.Option(help="Who replaces the value. Required for a new key.")] = None,
    rotate_days: Annotated[int | None, typer.Option(metavar="DAYS", help=_ROTATE_HELP)] = None,
    scope: Annotated[SealingScope | None, typer.Option(help="The scope of a new secret. Defaults to strict.")] = None,
    type: Annotated[SecretType | None, typer.Option(help="The type of a new secret. Defaults to Opaque.")] = None,
    namespace: Annotated[
        str | None, typer.Option(help="The namespace of a new secret. Defaults to the store's.")
    ] = None,
    pin: Annotated[bool, typer.Option("--pin", help="Add a certificate that the store does not have yet.")] = False,
) -> None:
    """Seal a value, or every value of a dotenv file, into the store."""
    from kubestock.secrets.keys import read_certificate  # noqa: PLC0415  # cryptography is slow to load, for --help too
    from kubestock.secrets.rotation import Sealer  # noqa: PLC0415  # the same

    _refuse_a_value_on_the_command_line(context, secret, key)
    here = project()
    path = here.store(store)
    sealer = Sealer(certificate=read_certificate(here.certificate(cert)), today=today())
    wanted = _Wanted(namespace=namespace, scope=scope, type=type)
    wanted.of(_store(path, namespace), secret)
    values = read_values(secret, key, from_file=from_file, dotenv=dotenv)
    with locked(path):
        # The store is read again: another seal may have changed it while the value was typed.
        before = _store(path, namespace)
        after = sealer.seal(before, wanted.of(before, secret), values, owner=owner, rotate_days=rotate_days, pin=pin)
        write_store(path, after)
    for warning in (*sealer.certificate.warnings(today()), *_warnings(secret, values), *_moved(after[secret], values)):
        say(f"warning: {warning}")
    for name in values:
        say(f"sealed {secret}.{name}, due {after[secret].values[name].due}")


def _warnings(secret: str, values: Mapping[str, bytes]) -> Iterator[str]:
    for name, value in values.items():
        if not value:
            yield f"{secret}.{name} is empty; it was sealed"
        if ends_with_a_line_break(value):
            yield f"{secret}.{name} ends with a line break, which was sealed as well; printf '%s' does not add one"


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


def _refuse_a_value_on_the_command_line(context: typer.Context, *words: str | None) -> None:
    # The parser's own message would repeat the value, as would the checks of the names.
    if context.args or any(word is not None and not _NAME.fullmatch(word) for word in words):
        raise ConfigurationError(
            "kubestock seal takes the names of a secret and of a key, made of letters, digits, '-', '_' and '.', but "
            "never a value: the shell's history and other users see the command line. If you typed a value there, it "
            "has leaked, so replace it; 'kubestock seal SECRET KEY' prompts for the value"
        )


def _store(path: Path, namespace: str | None) -> SecretStore:
    if path.exists():
        return read_store(path)
    if namespace is None:
        raise ConfigurationError(
            f"the store {path} does not exist yet; create one with --namespace, the namespace of the environment"
        )
    return SecretStore(namespace=namespace)
