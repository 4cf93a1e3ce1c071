"""`kubestock hydrator-metadata`: records the commit from which manifests were rendered."""

import json
import re
import subprocess
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from kubestock.cli.help import help_text
from kubestock.cli.options import print_message
from kubestock.errors import ConfigurationError

_FILE = "hydrator.metadata"
_FORMAT = "%H%x00%an <%ae>%x00%cI%x00%s%x00%b"
_TRAILER = re.compile(r"^Argocd-reference-[\w-]+:.*\n?", re.MULTILINE)

_ORDER = ("repoURL", "drySha", "commands", "author", "date", "subject", "body")
"""The fields in the order of Argo CD; a field without a value is left out."""

HELP = help_text(
    """
    Write hydrator.metadata in the format of Argo CD's source hydrator, so that promotion tools know the source commit.

    Use it in a pipeline that publishes rendered manifests on a branch or in a repository of their own. A plain synth
    does not write this file: a folder that is committed with its source cannot contain the id of its own commit.
    """,
    {
        "kubestock hydrator-metadata out --repository https://example.com/shop.git": "Describe HEAD",
        "kubestock hydrator-metadata out --repository URL --command 'make synth'": "Name the command",
    },
)


def hydrator_metadata(
    *,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder of the rendered manifests to publish.")],
    repository: Annotated[str, typer.Option(metavar="URL", help="The address of the repository with the source.")],
    revision: Annotated[str, typer.Option(metavar="REV", help="The commit that was rendered.")] = "HEAD",
    command: Annotated[
        list[str] | None,
        typer.Option(help="The command that rendered the manifests; repeatable. Defaults to cdk8s synth."),
    ] = None,
) -> None:
    """Write hydrator.metadata into a folder of rendered manifests."""
    if not folder.is_dir():
        raise ConfigurationError(f"the folder {folder} with the manifests does not exist; render them into it first")
    commit = _commit(revision)
    document = {"repoURL": _address(repository), **commit, "commands": command or ["cdk8s synth"]}
    ordered = {key: document[key] for key in _ORDER if document.get(key)}
    (folder / _FILE).write_text(json.dumps(ordered, indent=2, ensure_ascii=False) + "\n", "utf-8")
    print_message(f"wrote {folder / _FILE} for {commit['drySha'][:12]}")


def _address(repository: str) -> str:
    parts = urlsplit(repository)
    if parts.password is not None or (parts.scheme in ("http", "https") and parts.username):
        # The address is not shown: it may contain a token.
        raise ConfigurationError("--repository must be a URL without a user and a password; leave them out")
    if not repository or any(each.isspace() for each in repository):
        raise ConfigurationError(
            "--repository must be the URL of a Git repository, such as https://github.com/acme/shop.git"
        )
    return repository


def _commit(revision: str) -> dict[str, str]:
    """Return the metadata of a commit.

    Raises:
        ConfigurationError: if the commit does not exist, or if it is HEAD and a file differs from it.
    """
    output = _git("log", "-1", f"--format={_FORMAT}", "--end-of-options", revision, "--")
    if output is None:
        raise ConfigurationError(f"the repository has no revision {revision!r}; run this in a clone that has it")
    if revision == "HEAD" and _git("status", "--porcelain", "--untracked-files=no"):
        raise ConfigurationError(
            "the files must be those of HEAD, got changed files: the rendered manifests may differ from the commit; "
            "commit the changes, or render a clean clone"
        )
    sha, author, date, subject, body = output.split("\0")
    return {"drySha": sha, "author": author, "date": date, "subject": subject, "body": _TRAILER.sub("", body).strip()}


def _git(*arguments: str) -> str | None:
    try:
        ran = subprocess.run(["git", *arguments], capture_output=True, check=False)  # noqa: S603, S607  # the git that the user has
    except FileNotFoundError:
        raise ConfigurationError("git must be installed, to read the commit; install it") from None
    return ran.stdout.decode("utf-8", "replace") if ran.returncode == 0 else None
