"""`kubestock diff`: shows what a change does to the manifests and to the cluster."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from kubestock.changes.change import Comparison, Effect
from kubestock.changes.compare import compare
from kubestock.changes.consequences import consequences
from kubestock.changes.identity import reference
from kubestock.cli.changes import as_json, as_text
from kubestock.cli.committed import committed
from kubestock.cli.failures import report_failures
from kubestock.cli.help import help_text
from kubestock.cli.live import Cluster, compare_live
from kubestock.cli.manifests import read_manifests, synthesize, words
from kubestock.cli.markdown import as_markdown
from kubestock.cli.options import print_message
from kubestock.cli.printing import console, working
from kubestock.cli.project import project
from kubestock.errors import ConfigurationError

_DIFFERENT = 1
_MANAGER = "argocd-controller"
_CONFIGURED = r"Defaults to the setting in \[tool.kubestock] or cdk8s.yaml."
_EFFECTS = "\n\n".join(f"- {effect}: {effect.meaning}" for effect in Effect)

HELP = help_text(
    f"""
    Show what a change does: the objects and fields that change, and what happens when you apply them.

    The command compares a fresh synth with the committed manifests (dist/ at HEAD). --revision names another commit.
    --against compares with other manifests, such as those of Kustomize or Helm. --live compares with the cluster,
    through kubectl diff, which changes nothing there. Two objects are the same if their API group, kind, namespace and
    name are the same.

    Confidential values are hidden: the values of Secrets (a changed ciphertext is "sealed anew"); variables and
    ConfigMap keys whose name is that of a password, secret, token or key; Authorization headers; options such as
    --password=…; private keys; and texts with a password in a URL. A longer text, such as a file in a ConfigMap, is
    shown in full.

    Below the objects, the command shows what the change does as a whole: the connections that NetworkPolicies newly
    allow or deny; the routes that are opened, closed, or change who may use them; and what is left of the quotas that
    the change affects.

    The effects are, the most urgent first:

    {_EFFECTS}

    A change that is not known to be harmless has the effect "{Effect.IN_FORCE}".

    With --live, the command also reports fields that were added to an object in the cluster, with the managers that own
    them. It ignores fields that the API server and controllers set. Network policies, roles and bindings that are in
    the namespaces of the manifests but not in the manifests are listed; they do not change the exit code.

    With --live, these are no changes: the tracking annotations that Argo CD writes; the label
    app.kubernetes.io/instance where the cluster has one value and the manifests have several (a note says so); and a
    hook that is not in the cluster, because Argo CD creates it for each sync.

    With --live, an object is not compared if the cluster does not know its kind, or if you may not read or apply it in
    a dry run. A warning on standard error and the last line report such objects; the exit code is that of the other
    objects. If no object can be compared, the command fails.

    Exit code: 0 if nothing changes, 1 if something changes, 2 if the command fails.
    """,
    {
        "kubestock diff": "Compare your change with HEAD",
        "kubestock diff --revision origin/main": "Compare with the branch main",
        "kubestock diff --against before.yaml": "Compare with what Kustomize or Helm renders",
        "kubestock diff --live --context production": "Compare with a cluster",
        "kubestock diff --revision origin/main --markdown > comment.md": "Write a comment for a pull request",
    },
)


def diff(
    *,
    revision: Annotated[
        str | None, typer.Option(metavar="REV", help="Compare with this commit. Defaults to HEAD.", show_default=False)
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH", help="Compare with the manifests in this file or folder, instead of committed ones."
        ),
    ] = None,
    live: Annotated[bool, typer.Option("--live", help="Compare with the live cluster, through kubectl diff.")] = False,
    manifests: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="Compare this file or folder of manifests, not a fresh synth."),
    ] = None,
    app: Annotated[
        str | None,
        typer.Option(
            metavar="COMMAND",
            help=f"The command that synthesizes. {_CONFIGURED}",
            show_default=False,
        ),
    ] = None,
    dist: Annotated[
        str | None,
        typer.Option(
            metavar="FOLDER",
            help=f"The folder of the committed manifests. {_CONFIGURED}",
            show_default=False,
        ),
    ] = None,
    kubectl: Annotated[str, typer.Option(metavar="COMMAND", help="With --live: the kubectl command.")] = "kubectl",
    context: Annotated[
        str | None,
        typer.Option(
            help="With --live: the context of the kubeconfig. Defaults to the current one.", show_default=False
        ),
    ] = None,
    field_manager: Annotated[
        str, typer.Option(help="With --live: the field manager that applies the manifests.")
    ] = _MANAGER,
    json: Annotated[bool, typer.Option("--json", help="Write JSON, for programs.")] = False,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Write Markdown, for a comment on a pull request.")
    ] = False,
) -> None:
    """Show what a change does."""
    with report_failures("nothing is compared"):
        _check_before({"--live": live, "--against": against, "--revision": revision, "--dist": dist})
        if manifests is not None and app is not None:
            raise ConfigurationError(
                "--manifests and --app must not be given together: --manifests replaces a synth; leave one of them out"
            )
        if json and markdown:
            raise ConfigurationError("--json and --markdown must not be given together; leave one of them out")
        after, new = _desired(manifests, app)
        if live:
            cluster = Cluster(kubectl=words("--kubectl", kubectl), context=context, field_manager=field_manager)
            found, before = _live(cluster, new), _cluster_name(context)
        else:
            before, old = _before(against, revision or "HEAD", dist)
            found = Comparison(changes=tuple(compare(old, new)), consequences=consequences(old, new))
        if json:
            typer.echo(as_json(found, before, after))
        elif markdown:
            typer.echo(as_markdown(found, f"{before} → {after}"))
        else:
            as_text(found, f"{before} → {after}", console())
    if found.changes:
        raise typer.Exit(_DIFFERENT)


def _check_before(given: Mapping[str, object]) -> None:
    """Check that at most one option says with what to compare; --revision and --dist belong together."""
    found = [option for option, value in given.items() if value not in (None, False)]
    if len(found) > 1 and set(found) != {"--revision", "--dist"}:
        raise ConfigurationError(
            f"{' and '.join(found)} must not be given together: each says with what to compare; leave all but one out"
        )


def _desired(manifests: Path | None, app: str | None) -> tuple[str, list[Any]]:
    if manifests is not None:
        return str(manifests), read_manifests(manifests)
    return "a fresh synth", synthesize(project().app(app), project().folder)


def _before(against: Path | None, revision: str, dist: str | None) -> tuple[str, list[Any]]:
    if against is not None:
        return str(against), read_manifests(against, "--against")
    folder = str(project().manifests(dist, option="--dist FOLDER"))
    return f"{folder} at {revision}", committed(revision, folder)


def _live(cluster: Cluster, manifests: list[Any]) -> Comparison:
    with working(f"Comparing {len(manifests)} objects with the cluster: {cluster.kubectl[0]} diff"):
        found, warnings = compare_live(cluster, manifests)
    if warnings:
        print_message(f"kubectl reports: {warnings}")
    for each in found.not_compared:
        print_message(f"{reference(each.identity)} is not compared: {each.why}")
    return found


def _cluster_name(context: str | None) -> str:
    return "the live cluster" if context is None else f"the live cluster of context {context}"
