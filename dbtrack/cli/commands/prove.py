"""``dbtrack prove``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dbtrack.cli.connection import connected
from dbtrack.cli.options.connection_options import ConnectionArguments, OutputFile
from dbtrack.cli.output import destination
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example
from dbtrack.terminal import messages

if TYPE_CHECKING:
    from dbtrack.db import Database
    from dbtrack.proof.digest import Digest

EXAMPLES = (
    Example("dbtrack prove KEY --digests /mnt/worm -o proof.json", "With an existing digest."),
    Example(
        "dbtrack prove KEY --key seal.key --reveal",
        "With a new digest, and showing the person and the statement.",
    ),
)


def prove(
    connection: ConnectionArguments,
    key: Annotated[
        str,
        typer.Argument(
            metavar="KEY", help="The execution's key, its first digits, last, or a name, as show takes it."
        ),
    ],
    digests: Annotated[
        list[Path] | None,
        typer.Option("--digests", metavar="PATH", help="A digest, or a directory of them; may be repeated."),
    ] = None,
    signing_key: Annotated[
        Path | None,
        typer.Option("--key", metavar="FILE", help="Make a digest now, and sign it with this private key."),
    ] = None,
    reveal: Annotated[
        bool,
        typer.Option(
            "--reveal",
            help="Show the person and the statement; otherwise the proof has only commitments to them.",
        ),
    ] = False,
    output: OutputFile = None,
) -> None:
    """Write a proof that an execution is in the record.

    `dbtrack check-proof` checks it. The proof leads from the execution's versions to a digest. Without
    --digests and --key, and without a key in DBTRACK_SIGNING_KEY, this digest is not signed and proves
    nothing to others.
    """
    from dbtrack.operations import resolve_execution_word
    from dbtrack.proof.prove import prove as prove_execution

    with destination(output) as stream, connected(connection) as database:
        execution_key = resolve_execution_word(database, key)
        proof = prove_execution(
            database, execution_key, _digests(database, digests, signing_key), reveal=reveal
        )
        stream.write(proof.text())
    if proof.unsealed:
        messages.warn(
            f"{proof.unsealed} of its rows are newer than the digest or not sealed, and are not in the proof"
        )


def _digests(database: Database, places: list[Path] | None, key_file: Path | None) -> list[Digest]:
    from dbtrack.proof.digest import read_digests
    from dbtrack.proof.digest_file import current_digest
    from dbtrack.proof.signing import find_key

    if places:
        return [digest for _, digest in read_digests(places)]
    return [current_digest(database, find_key(key_file, None, os.environ))]


COMMANDS = {"prove": CommandDefinition(prove, EXAMPLES)}
