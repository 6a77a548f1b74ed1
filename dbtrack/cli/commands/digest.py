"""``dbtrack digest``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from dbtrack.cli.connection import connected
from dbtrack.cli.options.connection_options import ConnectionArguments, OutputFile
from dbtrack.cli.output import destination
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example
from dbtrack.errors import UsageError
from dbtrack.terminal import messages

EXAMPLES = (
    Example(
        "dbtrack digest --new-key seal.key > seal.pub",
        "Once: create a signing key, and print its public half.",
    ),
    Example("dbtrack digest --key seal.key --directory /mnt/worm", "From cron, after seal."),
    Example(
        "dbtrack digest --key-command 'vault read -field=key kv/seal'", "With a key from a secret store."
    ),
)


def digest(
    connection: ConnectionArguments,
    key: Annotated[
        Path | None,
        typer.Option(
            "--key", metavar="FILE", help="Sign with this private key. Default: $DBTRACK_SIGNING_KEY."
        ),
    ] = None,
    key_command: Annotated[
        str | None,
        typer.Option(
            "--key-command", metavar="COMMAND", help="Sign with the private key that this command prints."
        ),
    ] = None,
    new_key: Annotated[
        Path | None,
        typer.Option("--new-key", metavar="FILE", help="Only create a key, and print its public half."),
    ] = None,
    unsigned: Annotated[bool, typer.Option("--unsigned", help="Do not sign.")] = False,
    directory: Annotated[
        Path | None,
        typer.Option(
            "--directory",
            metavar="DIRECTORY",
            help="Write the digest to a new file in this directory; existing files are never replaced.",
        ),
    ] = None,
    output: OutputFile = None,
) -> None:
    """Write a signed digest of all seals, to store outside the server.

    Anyone who can write to the whole server can also rewrite all seals. Only a digest that is stored
    elsewhere shows this.
    """
    from dbtrack.proof import digest_file, signing
    from dbtrack.proof.examinations import note_digest

    if new_key is not None:
        made = signing.new_key(new_key)
        with destination(output) as stream:
            stream.write(f"{made.public_key.hex()}\n")
        return
    signing_key = None if unsigned else signing.find_key(key, key_command, os.environ)
    if signing_key is None and not unsigned:
        raise UsageError("there is no key to sign with", hint="give --key FILE, or --unsigned")
    if directory is not None and output is not None:
        raise UsageError("give --directory or --output, not both")
    with connected(connection) as database:
        current = digest_file.current_digest(database, signing_key)
    if directory is None:
        with destination(output) as stream:
            stream.write(current.text())
    elif digest_file.write_digest(current, directory) is None:
        messages.say(f"dbtrack: the digest of block {current.block_number} already exists")
    # Only now: a digest that could not be written did not leave.
    with connected(connection, replay=False) as database:
        note_digest(database, current)


COMMANDS = {"digest": CommandDefinition(digest, EXAMPLES)}
