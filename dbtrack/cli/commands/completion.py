"""``dbtrack completion``."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from dbtrack.cli.program.typer_adapter import CommandDefinition, Example


class Shell(StrEnum):
    """The shells whose completion dbtrack writes."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


EXAMPLES = (
    Example('eval "$(dbtrack completion bash)"', "For this shell; put it in ~/.bashrc for every shell."),
    Example("dbtrack completion zsh > ~/.zfunc/_dbtrack", "In a directory of zsh's $fpath."),
    Example(
        "dbtrack completion fish > ~/.config/fish/completions/dbtrack.fish",
        "In fish's directory for completions.",
    ),
)


def completion(
    shell: Annotated[Shell, typer.Argument(metavar="SHELL", help="bash, zsh or fish.")],
) -> None:
    """Print the shell script for completion on TAB.

    The script contains the names of all commands and options. Environments come from the configuration file;
    tenants, settings, keys, operations and objects from the database, if it answers at once.
    """
    from dbtrack.cli.completion import script

    typer.echo(script(shell), nl=False)


COMMANDS = {"completion": CommandDefinition(completion, EXAMPLES)}
