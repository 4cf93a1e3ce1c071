import json
from pathlib import Path

import pytest
from cli.diffing import git
from commandline import kubestock

URL = "https://github.com/acme/shop.git"


@pytest.fixture
def clone(here: Path) -> Path:
    git("init", "--quiet")
    Path("main.py").write_text("1")
    git("add", "main.py")
    git(
        "commit", "--quiet", "--message", "Sell <pears> & Äpfel\n\nThey are ripe.\n\nArgocd-reference-commit-sha: abc\n"
    )
    Path("rendered").mkdir()
    return here


def metadata() -> dict[str, object]:
    found: dict[str, object] = json.loads(Path("rendered/hydrator.metadata").read_text("utf-8"))
    return found


def test_the_file_has_the_commit_in_the_format_of_the_source_hydrator(clone: Path) -> None:
    result = kubestock("hydrator-metadata", "rendered", "--repository", URL)
    head = git("rev-parse", "HEAD").strip()
    found = metadata()

    assert result.code == 0, result.err
    assert list(found) == ["repoURL", "drySha", "commands", "author", "date", "subject", "body"]
    assert (found["repoURL"], found["drySha"], found["commands"]) == (URL, head, ["cdk8s synth"])
    assert (found["subject"], found["body"]) == ("Sell <pears> & Äpfel", "They are ripe.")
    assert "<pears> & Äpfel" in Path("rendered/hydrator.metadata").read_text("utf-8")


def test_another_revision_and_command_can_be_named(clone: Path) -> None:
    first = git("rev-parse", "HEAD").strip()
    git("commit", "--quiet", "--allow-empty", "--message", "second")
    kubestock(
        "hydrator-metadata", "rendered", "--repository", URL, "--revision", "HEAD~1", "--command", "make synth"
    )  # fmt: skip

    assert (metadata()["drySha"], metadata()["commands"]) == (first, ["make synth"])


def test_an_empty_field_of_the_commit_is_left_out(clone: Path) -> None:
    git("commit", "--quiet", "--allow-empty", "--message", "second")
    kubestock("hydrator-metadata", "rendered", "--repository", URL)

    assert "body" not in metadata()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nowhere", "--repository", URL), "the folder nowhere with the manifests does not exist"),
        (
            ("rendered", "--repository", "https://me:canary@github.com/acme/shop.git"),
            "without a user and a password",
        ),
        (("rendered", "--repository", "https://canary@github.com/acme/shop.git"), "without a user and a password"),
        (("rendered", "--repository", ""), "must be the URL of a Git repository"),
        (("rendered", "--repository", URL, "--revision", "nothing"), "has no revision 'nothing'"),
        (("rendered", "--repository", URL, "--revision=--all"), "has no revision '--all'"),
    ],
)
def test_refuses_invalid_arguments(clone: Path, arguments: tuple[str, ...], message: str) -> None:
    result = kubestock("hydrator-metadata", *arguments)

    assert result.code == 1
    assert message in result.err
    assert "canary" not in result.err
    assert not Path("rendered/hydrator.metadata").exists()


def test_refuses_changed_files(clone: Path) -> None:
    Path("main.py").write_text("2")
    result = kubestock("hydrator-metadata", "rendered", "--repository", URL)

    assert result.code == 1
    assert "must be those of HEAD, got changed files" in result.err
