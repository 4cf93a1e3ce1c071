"""`kubestock diff`: what a change does to the manifests, and to what runs."""

from pathlib import Path
from typing import Annotated, Any

import typer

from kubestock.changes.change import Comparison, Effect
from kubestock.changes.compare import compare
from kubestock.changes.consequences import consequences
from kubestock.changes.identity import reference
from kubestock.cli.changes import as_json, as_text
from kubestock.cli.committed import committed
from kubestock.cli.live import Cluster, compare_live
from kubestock.cli.manifests import read_folder, synthesize, words
from kubestock.cli.markdown import as_markdown
from kubestock.cli.options import say
from kubestock.cli.printing import console
from kubestock.cli.project import project
from kubestock.cli.trouble import told_as_trouble
from kubestock.errors import ConfigurationError

_DIFFERENT = 1
_MANAGER = "argocd-controller"
_CONFIGURED = r"Defaults to what \[tool.kubestock] says, or cdk8s.yaml."
_EFFECTS = "\n\n".join(f"- {effect}: {effect.meaning}" for effect in Effect)

_COMPARED = (
    "Compares a fresh synth with the committed manifests (dist/ at HEAD); --revision names another commit, --live asks "
    "the cluster through kubectl diff, which changes nothing there. An object is the same if its API group, kind, "
    'namespace and name are. Values of Secrets are never shown; ciphertexts are "sealed anew".'
)
_HIDDEN = (
    "Hidden, too, are the values of variables and of ConfigMap keys whose name is that of a password, secret, token or "
    "key, of Authorization headers and of options such as --password=…, private keys, and texts with a password in a "
    "URL. What stands inside a longer text, such as a file in a ConfigMap, is shown."
)
_LIMITS = (
    f'What is not known to be harmless is called "{Effect.IN_FORCE}". With --live, fields that somebody added '
    "to an object in the cluster are told, by the managers that own them; what the API server and controllers set by "
    "themselves is not. Of objects that the manifests lack, a line names the policies, roles and bindings in the "
    "namespaces that they make; they do not count in the exit code, and others are not looked for."
)
_ARGO = (
    "With --live, what Argo CD writes onto all that it ships is no change: its tracking annotations, and the label "
    "app.kubernetes.io/instance where the cluster has one value and the manifests have several (a line says so). A "
    "hook that the cluster lacks is none either: Argo CD creates it for each sync."
)
_NOT_COMPARED = (
    "With --live, an object whose kind the cluster does not know, or that you may not read or apply in a dry run, is "
    "not compared: a warning on standard error and the closing line say so, and the exit code speaks of the others "
    "alone. If nothing can be compared, that is trouble."
)

HELP = f"""Show what a change does: object by object, with a word for what happens when it is applied.

{_COMPARED}

{_HIDDEN}

Below the objects stands what the change does as a whole: the connections that NetworkPolicies permit from then on, or
no more; the routes that are opened, closed, or change who may enter; and what is left of quotas that it touches.

What the words mean, the most urgent first:

{_EFFECTS}

{_LIMITS}

{_ARGO}

{_NOT_COMPARED}

Exit code: 0 if nothing changes, 1 if something does, 2 in case of trouble.
"""


def diff(
    *,
    revision: Annotated[
        str | None, typer.Option(metavar="REV", help="Compare with this commit. Defaults to HEAD.", show_default=False)
    ] = None,
    live: Annotated[bool, typer.Option("--live", help="Compare with the live cluster, through kubectl diff.")] = False,
    manifests: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Take these manifests instead of a fresh synth.")
    ] = None,
    app: Annotated[
        str | None,
        typer.Option(
            metavar="COMMAND",
            help=f"What synthesizes. {_CONFIGURED}",
            show_default=False,
        ),
    ] = None,
    dist: Annotated[
        str | None,
        typer.Option(
            metavar="FOLDER",
            help=f"The committed folder. {_CONFIGURED}",
            show_default=False,
        ),
    ] = None,
    kubectl: Annotated[str, typer.Option(metavar="COMMAND", help="With --live: which kubectl.")] = "kubectl",
    context: Annotated[
        str | None, typer.Option(help="With --live: which context. Defaults to the current one.", show_default=False)
    ] = None,
    field_manager: Annotated[
        str, typer.Option(help="With --live: who applies; a field that it does not own never disappears.")
    ] = _MANAGER,
    json: Annotated[bool, typer.Option("--json", help="Write JSON, for machines.")] = False,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Write Markdown, for a comment on a pull request.")
    ] = False,
) -> None:
    """Show what a change does; `HELP` is what the command says of itself."""
    with told_as_trouble("nothing is compared"):
        _refuse_contradictions(revision=revision, live=live, manifests=manifests, app=app, dist=dist)
        if json and markdown:
            raise ConfigurationError("--json and --markdown are two forms of one text; leave one of them out")
        after, new = _wanted(manifests, app)
        if live:
            cluster = Cluster(kubectl=words("--kubectl", kubectl), context=context, field_manager=field_manager)
            found, before = _live(cluster, new), _told(context)
        else:
            revision, folder = revision or "HEAD", str(project().manifests(dist, option="--dist FOLDER"))
            old = committed(revision, folder)
            found = Comparison(changes=tuple(compare(old, new)), consequences=consequences(old, new))
            before = f"{folder} at {revision}"
        if json:
            typer.echo(as_json(found, before, after))
        elif markdown:
            typer.echo(as_markdown(found, f"{before} → {after}"))
        else:
            as_text(found, f"{before} → {after}", console())
    if found.changes:
        raise typer.Exit(_DIFFERENT)


def _refuse_contradictions(
    *, revision: str | None, live: bool, manifests: Path | None, app: str | None, dist: str | None
) -> None:
    if live and (revision is not None or dist is not None):
        raise ConfigurationError("--live compares with the cluster; leave out --revision and --dist, or --live")
    if manifests is not None and app is not None:
        raise ConfigurationError("--manifests takes the place of a synth; leave out --app, or --manifests")


def _wanted(manifests: Path | None, app: str | None) -> tuple[str, list[Any]]:
    if manifests is not None:
        return str(manifests), read_folder(manifests)
    return "a fresh synth", synthesize(project().app(app), project().folder)


def _live(cluster: Cluster, manifests: list[Any]) -> Comparison:
    found, warnings = compare_live(cluster, manifests)
    if warnings:
        say(f"kubectl says: {warnings}")
    for each in found.not_compared:
        say(f"{reference(each.identity)} is not compared: {each.why}")
    return found


def _told(context: str | None) -> str:
    return "the live cluster" if context is None else f"the live cluster of context {context}"
