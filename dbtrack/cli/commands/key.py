"""``dbtrack key``: new."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Annotated

import typer

from dbtrack import files
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example, GroupDefinition
from dbtrack.errors import DbtrackError
from dbtrack.terminal import messages

ABOUT = """Create keys for secret metadata.

'dbtrack track --secret' encrypts with a key, 'dbtrack show --decrypt' decrypts with it; see
docs/secrets.md.
"""
EXAMPLES = (Example("dbtrack key new prod-2026.key", "Create a key in a file that only you can read."),)


def new(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write; it must not exist.")],
) -> None:
    """Write a new key to a file.

    Without the key, nothing that it encrypted can ever be read again. Keep a copy outside the database
    server.
    """
    from dbtrack.config.encryption_keys import KEY_BYTES

    try:
        files.write_new(file, f"{secrets.token_hex(KEY_BYTES)}\n".encode())
    except OSError as error:
        raise DbtrackError(f"cannot write the key to {file}: {error.strerror}") from error
    messages.say(f"dbtrack: wrote a new key; use it with: DBTRACK_KEY={file.stem}=file:{file}")


COMMANDS = {"key": GroupDefinition(ABOUT, {"new": CommandDefinition(new, EXAMPLES)}, EXAMPLES)}
