"""Write completion scripts for bash, zsh and fish from the command tree.

They contain every name, so that TAB starts no program.
"""

from __future__ import annotations

from dbtrack.cli.completion import bash, fish, zsh
from dbtrack.cli.program.command_tree import describe

_WRITERS = {"bash": bash.write, "zsh": zsh.write, "fish": fish.write}

__all__ = ["script"]


def script(shell: str) -> str:
    """Return the completion script for ``bash``, ``zsh`` or ``fish``."""
    return _WRITERS[shell](describe())
