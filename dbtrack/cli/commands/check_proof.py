"""``dbtrack check-proof``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from dbtrack.cli.commands.verify import PublicKey
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example
from dbtrack.errors import UsageError
from dbtrack.terminal import messages

EXAMPLES = (
    Example(
        "dbtrack check-proof proof.json --public-key seal.pub", "Check the proof, and show what it proves."
    ),
    Example("dbtrack check-proof proof.json --unsigned", "The same, without checking who signed its digest."),
)


def check_proof(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="The proof that prove wrote; - reads standard input.")
    ],
    public_key: PublicKey = None,
    unsigned: Annotated[
        bool,
        typer.Option("--unsigned", help="Do not check who signed its digest: anyone could have written it."),
    ] = False,
) -> None:
    """Check a proof without a database.

    Writes what it proves as JSON: the versions as they were when they were sealed. Exits 3 if the proof is
    not valid.
    """
    from dbtrack.proof import check_proof, signing

    if (public_key is None) != unsigned:
        raise UsageError(
            "the signature of the proof cannot be checked without a public key",
            hint="give --public-key FILE, or --unsigned",
        )
    key = None if public_key is None else signing.read_public_key(public_key)
    checked = check_proof.check_proof(_read(file), key)
    proven = [{"kind": row.kind, **row.attributes} for row in checked.rows]
    sys.stdout.write(f"{json.dumps(proven, indent=2)}\n")
    signed = "a signed digest" if key is not None else "a digest whose signature was not checked"
    messages.say(
        f"dbtrack: the proof is valid: {len(proven)} rows, in {signed} of {checked.digest.digested_at}"
    )


def _read(file: Path) -> bytes:
    if str(file) == "-":
        return sys.stdin.buffer.read()
    try:
        return file.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {file}: {error.strerror}") from error


COMMANDS = {"check-proof": CommandDefinition(check_proof, EXAMPLES)}
