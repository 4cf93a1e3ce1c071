"""The help of the commands, and the completion of a shell."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from commandline import kubestock, wide

COMMANDS = ["", "seal", "new", "diff", "check", "graph", "hydrator-metadata", "secrets", "secrets reseal"]


def help_of(command: str) -> str:
    with wide():
        return kubestock(*command.split(), "--help").out


def examples(command: str) -> list[list[str]]:
    lines = [line.strip() for line in help_of(command).partition("Examples:")[2].partition("╭")[0].splitlines()]
    shell = [line for line in lines if line and not line.startswith("#")]
    return [shlex.split(re.split(r"\s[|>]\s", line[line.index("kubestock ") :])[0])[1:] for line in shell]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_examples_with_options_that_exist(command: str) -> None:
    shown = examples(command)

    assert shown
    for words in shown:
        subcommand = " ".join(word for word in words[:2] if f" {word} " in f" {' '.join(COMMANDS)} ")
        assert subcommand.startswith(command)
        options = {word for word in words if re.fullmatch(r"--[a-z-]+", word)}
        assert options <= set(re.findall(r"--[a-z-]+", help_of(subcommand).partition("─ Options ─")[2]))


@pytest.mark.parametrize("command", COMMANDS)
def test_an_example_fits_a_terminal_of_80_columns(command: str) -> None:
    lines = help_of(command).partition("Examples:")[2].partition("╭")[0].splitlines()

    assert [line for line in lines if len(line.rstrip()) > 79] == []


def test_every_command_of_the_list_is_in_the_tests() -> None:
    listed = re.findall(r"^│ ([a-z-]+)  ", help_of("").partition("─ Commands ─")[2], re.MULTILINE)

    assert set(listed) == {each for each in COMMANDS if each and " " not in each}


def test_a_name_in_square_brackets_is_shown() -> None:
    assert "[tool.kubestock]" in help_of("seal")


def bash(script: str, **environment: str) -> str:
    """Run a script in bash, with the installed command on the PATH."""
    command = shutil.which("kubestock", path=os.fspath(Path(sys.executable).parent))
    assert command is not None
    path = f"{Path(command).parent}:{os.environ['PATH']}"
    ran = subprocess.run(
        ["bash", "--norc", "-c", script],
        env={**os.environ, "PATH": path, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout


def test_bash_completes_a_subcommand_with_the_script_that_the_command_shows() -> None:
    shown = bash("kubestock --show-completion bash; :")
    script = """
        eval "$(kubestock --show-completion bash)"
        COMP_WORDS=(kubestock hyd) COMP_CWORD=1
        _kubestock_completion kubestock
        echo "${COMPREPLY[@]}"
    """

    assert "complete -o default -F _kubestock_completion kubestock" in shown
    assert bash(script) == "hydrator-metadata\n"


def test_bash_completes_an_option() -> None:
    script = """
        eval "$(kubestock --show-completion bash)"
        COMP_WORDS=(kubestock diff --mark) COMP_CWORD=2
        _kubestock_completion kubestock
        echo "${COMPREPLY[@]}"
    """

    assert bash(script) == "--markdown\n"
