"""``dbtrack key``: new."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Annotated

import typer

from dbtrack.cli import talk
from dbtrack.cli.framework import Example, PlainGroup, command, group
from dbtrack.errors import DbtrackError

ABOUT = """Make keys for secret metadata.

'dbtrack track --secret' encrypts with a key, 'dbtrack show --decrypt' decrypts with it; see docs/secrets.md.
"""
EXAMPLES = (Example("dbtrack key new prod-2026.key", "A new key, in a file that only you can read."),)


def new(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write it; it must not exist.")],
) -> None:
    """Write a new key to a file.

    Without it nothing that it encrypted can ever be read again: keep a copy where the database is not.
    """
    from dbtrack.config.keys import KEY_BYTES

    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise DbtrackError(f"cannot write the key to {file}: {error.strerror}") from error
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(f"{secrets.token_hex(KEY_BYTES)}\n")
    talk.say(f"dbtrack: wrote a new key; use it with: DBTRACK_KEY={file.stem}=file:{file}")


def build(name: str) -> PlainGroup:
    """Return the group of commands."""
    return group(name, ABOUT, [command("new", new, examples=EXAMPLES)], EXAMPLES)
