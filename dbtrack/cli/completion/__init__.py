"""Completion on TAB for bash, zsh and fish.

The scripts contain every name of the command tree, so that TAB starts a program only for values that the
configuration file or the database has: `values` returns these.
"""

from __future__ import annotations

__all__ = ["script"]


def script(shell: str) -> str:
    """Return the completion script for ``bash``, ``zsh`` or ``fish``."""
    # Not at the top: `values` is imported at each TAB, and the command tree takes long.
    from dbtrack.cli.completion import bash, fish, zsh
    from dbtrack.cli.program.command_tree import describe

    writers = {"bash": bash.write, "zsh": zsh.write, "fish": fish.write}
    return writers[shell](describe())
