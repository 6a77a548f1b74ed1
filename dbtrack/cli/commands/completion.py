"""``dbtrack completion``."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from dbtrack.cli.program.typer_adapter import Example, PlainCommand, command


class Shell(StrEnum):
    """The shells whose completion dbtrack writes."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


EXAMPLES = (
    Example('eval "$(dbtrack completion bash)"', "For this shell; in ~/.bashrc for every one."),
    Example("dbtrack completion zsh > ~/.zfunc/_dbtrack", "In a directory of zsh's $fpath."),
    Example("dbtrack completion fish > ~/.config/fish/completions/dbtrack.fish", "Where fish looks."),
)


def completion(
    shell: Annotated[Shell, typer.Argument(metavar="SHELL", help="bash, zsh or fish.")],
) -> None:
    """Print the script that completes dbtrack on TAB.

    The script holds all names itself: completing starts no program and connects nowhere.
    """
    from dbtrack.cli.completion import script

    typer.echo(script(shell), nl=False)


def build(name: str) -> PlainCommand:
    """Return the command."""
    return command(name, completion, examples=EXAMPLES)
