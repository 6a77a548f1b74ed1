"""``dbtrack digest``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dbtrack.cli.connection import connected
from dbtrack.cli.options.connection_options import ConnectionArguments, OutputArguments
from dbtrack.cli.options.digest_options import DestinationArguments
from dbtrack.cli.output import destination, emit
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example
from dbtrack.errors import ExitCode, UsageError
from dbtrack.terminal import messages

if TYPE_CHECKING:
    from dbtrack.departures.send import SentDigest
    from dbtrack.proof.signing import SigningKey

EXAMPLES = (
    Example(
        "dbtrack digest --new-key seal.key > seal.pub",
        "Once: create a signing key, and print its public half.",
    ),
    Example("dbtrack digest --key seal.key --directory /mnt/worm", "From cron, after seal."),
    Example(
        "dbtrack digest --key seal.key --to s3://acme-worm/digests --retain 6y",
        "To a bucket with Object Lock, which keeps it for six years.",
    ),
    Example("dbtrack digest --status", "Where digests go, and what left last."),
    Example(
        "dbtrack digest --key-command 'vault read -field=key kv/seal'", "With a key from a secret store."
    ),
)


def digest(
    connection: ConnectionArguments,
    output: OutputArguments,
    places: DestinationArguments,
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
) -> None:
    """Write a signed digest of all seals, to store outside the server, or send it there.

    Anyone who can write to the whole server can also rewrite all seals. Only a digest that is stored
    elsewhere shows this. With --to, what became of it is recorded, and each destination gets the digest of a
    block once. Exits 1 if it did not leave for one of them.
    """
    from dbtrack.proof import signing

    if new_key is not None:
        made = signing.new_key(new_key)
        with destination(output) as stream:
            stream.write(f"{made.public_key.hex()}\n")
        return
    if places.status or places.forget is not None:
        _about_destinations(connection, output, places.forget)
        return
    signing_key = None if unsigned else signing.find_key(key, key_command, os.environ)
    if signing_key is None and not unsigned:
        raise UsageError("there is no key to sign with", hint="give --key FILE, or --unsigned")
    if sum((directory is not None, output.output is not None, bool(places.to))) > 1:
        raise UsageError("give one of --to, --directory and --output")
    if places.to:
        _send(connection, places, signing_key, is_verbose=output.verbose)
    else:
        _write(connection, output, directory, signing_key)


def _write(
    connection: ConnectionArguments,
    output: OutputArguments,
    directory: Path | None,
    signing_key: SigningKey | None,
) -> None:
    from dbtrack.proof import digest_file
    from dbtrack.proof.examinations import note_digest

    with connected(connection) as database:
        current = digest_file.current_digest(database, signing_key)
    if directory is None:
        with destination(output.output) as stream:
            stream.write(current.text())
    elif digest_file.write_digest(current, directory) is None:
        messages.say(f"dbtrack: the digest of block {current.block_number} already exists")
    # Only now: a digest that could not be written did not leave.
    with connected(connection, replay=False) as database:
        note_digest(database, current)


def _send(
    connection: ConnectionArguments,
    places: DestinationArguments,
    signing_key: SigningKey | None,
    *,
    is_verbose: bool,
) -> None:
    from dbtrack.departures.destination import find_destination
    from dbtrack.departures.send import faults, send_digest

    options = places.options()
    with connected(connection) as database:
        named = [find_destination(text, database.name, options) for text in places.to or []]
        sent = send_digest(database, named, lambda: signing_key)
    if is_verbose:
        messages.say_block("\n".join(f"dbtrack: {_said(each)}" for each in sent))
    failures = faults(sent)
    for failure in failures:
        messages.fail(failure)
    if failures:
        raise typer.Exit(ExitCode.FAILED)


def _said(sent: SentDigest) -> str:
    block = f"the digest of block {sent.block_number}"
    if sent.departure is None:
        why = {"current": "had left", "busy": "is being sent by another process"}.get(
            sent.verdict, "is not due"
        )
        return f"{block} {why}: {sent.destination.name}"
    return f"{block}: {sent.departure.outcome.value}: {sent.destination.name}"


def _about_destinations(
    connection: ConnectionArguments, output: OutputArguments, forgotten: str | None
) -> None:
    from dbtrack.departures.status import DESTINATION_COLUMNS, forget_destination, list_destinations

    if forgotten is not None:
        with connected(connection) as database:
            if not forget_destination(database, forgotten):
                raise UsageError(
                    f"no digests go to {forgotten!a}", hint="list the destinations: dbtrack digest --status"
                )
        return
    with destination(output) as stream, connected(connection) as database:
        rows = list_destinations(database)
        emit(
            DESTINATION_COLUMNS,
            rows,
            stream,
            output,
            title="Destinations",
            report="digest",
            database=database,
        )


COMMANDS = {"digest": CommandDefinition(digest, EXAMPLES)}
