"""``dbtrack verify``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from dbtrack.cli import talk
from dbtrack.cli.framework import Example, PlainCommand, command
from dbtrack.cli.options import ConnectionArguments, OutputArguments
from dbtrack.cli.output import destination, emit
from dbtrack.cli.progress import Progress
from dbtrack.cli.session import connected, target_of
from dbtrack.errors import ExitCode

EXAMPLES = (
    Example("dbtrack verify --digests /mnt/worm --public-key seal.pub", "All of it, against all digests."),
    Example(
        "dbtrack verify --since 7d --format json", "What was sealed in the last week, for a monitoring job."
    ),
)

PublicKey = Annotated[
    Path | None,
    typer.Option(
        "--public-key", metavar="FILE", help="Accept only digests that the owner of this key signed."
    ),
]


def verify(
    connection: ConnectionArguments,
    output: OutputArguments,
    digests: Annotated[
        list[Path] | None,
        typer.Option("--digests", metavar="PATH", help="A digest, or a directory of them; may be repeated."),
    ] = None,
    public_key: PublicKey = None,
    since: Annotated[
        str | None,
        typer.Option(
            "--since", metavar="TIME", help="Leave out blocks with older rows only: 7d, 2026-01-01."
        ),
    ] = None,
    from_block: Annotated[
        int, typer.Option("--from-block", metavar="NUMBER", min=1, help="The first block to verify.")
    ] = 1,
    to_block: Annotated[
        int | None, typer.Option("--to-block", metavar="NUMBER", min=1, help="The last block to verify.")
    ] = None,
    jobs: Annotated[
        int,
        typer.Option(
            "--jobs", "-j", metavar="NUMBER", min=1, max=64, help="How many connections read at once."
        ),
    ] = 4,
) -> None:
    """Recompute all seals from the rows, and compare them with digests.

    Hashes here, not on the server. Exits 3 when a row was altered, removed or inserted, when a seal or the
    chain was, or when a digest says otherwise. What cleanup removed and recorded is not a finding.
    """
    from dbtrack.proof.digest import read_digests
    from dbtrack.proof.findings import FINDING_COLUMNS
    from dbtrack.proof.signing import read_public_key
    from dbtrack.proof.verify import Scope
    from dbtrack.proof.verify import verify as verify_all

    kept = read_digests(digests or [])
    key = None if public_key is None else read_public_key(public_key)
    moment = None
    if since is not None:
        from dbtrack.ingest.recording import moment as moment_of

        with connected(connection) as database:
            moment = moment_of(database, since)
    progress = Progress(sys.stderr)
    with destination(output.output) as stream:
        try:
            result = verify_all(
                target_of(connection),
                Scope(from_block, to_block, moment, jobs),
                kept,
                public_key=key,
                progress=lambda done, total: progress.show_part(done, total, "rows"),
            )
        finally:
            progress.clear()
        if result.findings or output.format is not None:
            emit(FINDING_COLUMNS, [each.row() for each in result.findings], stream, output, title="Findings")
    talk.say_block("\n".join(f"dbtrack: {line}" for line in result.lines))
    if result.findings:
        raise typer.Exit(ExitCode.FINDINGS)


def build(name: str) -> PlainCommand:
    """Return the command."""
    return command(name, verify, examples=EXAMPLES)
