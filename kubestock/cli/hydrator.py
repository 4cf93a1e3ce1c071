"""`kubestock hydrator-metadata`: records the commit from which manifests were rendered."""

import json
import re
import subprocess
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from kubestock.cli.help import help_text
from kubestock.cli.options import say
from kubestock.errors import ConfigurationError

_FILE = "hydrator.metadata"
_FORMAT = "%H%x00%an <%ae>%x00%cI%x00%s%x00%b"
_TRAILER = re.compile(r"^Argocd-reference-[\w-]+:.*\n?", re.MULTILINE)

_ORDER = ("repoURL", "drySha", "commands", "author", "date", "subject", "body")
"""The fields in the order of Argo CD; one without a value is left out."""

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
        raise ConfigurationError(f"there is no folder {folder} of manifests; render them into it first")
    commit = _commit(revision)
    document = {"repoURL": _address(repository), **commit, "commands": command or ["cdk8s synth"]}
    ordered = {key: document[key] for key in _ORDER if document.get(key)}
    (folder / _FILE).write_text(json.dumps(ordered, indent=2, ensure_ascii=False) + "\n", "utf-8")
    say(f"wrote {folder / _FILE} for {commit['drySha'][:12]}")


def _address(repository: str) -> str:
    parts = urlsplit(repository)
    if parts.password is not None or (parts.scheme in ("http", "https") and parts.username):
        # It is not shown: it may hold a token.
        raise ConfigurationError("--repository must be an address without a user's name and password; leave them out")
    if not repository or any(each.isspace() for each in repository):
        raise ConfigurationError("--repository must be an address of Git, such as https://github.com/acme/shop.git")
    return repository


def _commit(revision: str) -> dict[str, str]:
    """Return what Git knows of a commit.

    Raises:
        ConfigurationError: if there is no such commit, or HEAD is meant and files in the folder differ from it.
    """
    told = _git("log", "-1", f"--format={_FORMAT}", "--end-of-options", revision, "--")
    if told is None:
        raise ConfigurationError(f"the repository here has no revision {revision!r}; run this in a clone that has it")
    if revision == "HEAD" and _git("status", "--porcelain", "--untracked-files=no"):
        raise ConfigurationError(
            "the files here must be those of HEAD, and some were changed since: what was rendered is not what the "
            "commit says; commit them, or render a clean clone"
        )
    sha, author, date, subject, body = told.split("\0")
    return {"drySha": sha, "author": author, "date": date, "subject": subject, "body": _TRAILER.sub("", body).strip()}


def _git(*arguments: str) -> str | None:
    try:
        ran = subprocess.run(["git", *arguments], capture_output=True, check=False)  # noqa: S603, S607  # whichever git the user has
    except FileNotFoundError:
        raise ConfigurationError("git is not installed; it names the commit") from None
    return ran.stdout.decode("utf-8", "replace") if ran.returncode == 0 else None
