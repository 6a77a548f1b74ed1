"""``dbtrack verify``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from dbtrack.cli.connection import connected, target_of
from dbtrack.cli.options.connection_options import ConnectionArguments, OutputArguments
from dbtrack.cli.output import destination, emit, is_screen
from dbtrack.cli.parse_values import parse_moment
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example
from dbtrack.cli.screen import canvas_for
from dbtrack.errors import ExitCode, UsageError
from dbtrack.terminal import messages
from dbtrack.terminal.progress import ProgressLine

if TYPE_CHECKING:
    from dbtrack.proof.verification import Verification

EXAMPLES = (
    Example(
        "dbtrack verify --digests /mnt/worm --public-key seal.pub",
        "Verify the whole record against all digests.",
    ),
    Example("dbtrack verify --since 7d --format json", "Verify the last week, for a monitoring job."),
    Example(
        "dbtrack verify --digests /mnt/worm --accept-fork --reason 'failover of 3 May'",
        "Accept that the end of the old primary's chain is lost.",
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
            "--since",
            metavar="TIME",
            help="Leave out blocks whose rows are all older than this time: 7d, 2026-01-01.",
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
        typer.Option("--jobs", "-j", metavar="NUMBER", min=1, max=64, help="Number of parallel connections."),
    ] = 4,
    each: Annotated[
        bool, typer.Option("--each", help="List all findings, up to 1000 of a kind. Default: 20 of a kind.")
    ] = False,
    accept_fork: Annotated[
        bool,
        typer.Option("--accept-fork", help="Accept the forks that are found; later runs do not report them."),
    ] = False,
    reason: Annotated[
        str | None,
        typer.Option("--reason", metavar="TEXT", help="The reason for accepting a fork; it is recorded."),
    ] = None,
) -> None:
    """Recompute all seals from the rows, and compare them with digests.

    The hashes are computed by this command and not by the server. Exits 3 if a row was altered, removed or
    inserted, if a seal or the chain was altered, or if a digest does not match. What a recorded cleanup
    removed is not a finding.
    """
    from dbtrack.proof.compare_digests import accept_forks
    from dbtrack.proof.digest import read_digests
    from dbtrack.proof.examinations import note_verification
    from dbtrack.proof.signing import read_public_key
    from dbtrack.proof.verification_notice import note_failed_verification
    from dbtrack.proof.verify import VerifyScope
    from dbtrack.proof.verify import verify as verify_all

    if accept_fork != bool(reason and reason.strip()):
        raise UsageError("accepting a fork needs a reason", hint="give --accept-fork --reason TEXT")
    kept = read_digests(digests or [])
    key = None if public_key is None else read_public_key(public_key)
    moment = None
    if since is not None:
        with connected(connection) as database:
            moment = parse_moment(database, since)
    scope = VerifyScope(from_block, to_block, moment, jobs)

    def run() -> Verification:
        with ProgressLine("verify") as progress:
            return verify_all(
                target_of(connection),
                scope,
                kept,
                public_key=key,
                progress=lambda done, total: progress.count(done, total, "rows"),
            )

    with destination(output) as stream:
        result = run()
        if reason is not None:
            with connected(connection) as database:
                accept_forks(database, result.forks, reason)
            result = run()
        _show(result, stream, output, connection, each=each)
    note_verification(target_of(connection), result)
    if result.findings:
        note_failed_verification(target_of(connection), result)
        raise typer.Exit(ExitCode.FINDINGS)


def _show(
    result: Verification,
    stream: TextIO,
    output: OutputArguments,
    connection: ConnectionArguments,
    *,
    each: bool,
) -> None:
    from dbtrack.cli.verification_summary import listed_findings, summary
    from dbtrack.proof.blocks import FINDING_COLUMNS
    from dbtrack.render.screens.verify import draw_verify

    if is_screen(stream, output):
        with connected(connection) as database:
            draw_verify(canvas_for(stream, output), database.place, result, each=each)
        return
    if result.findings or output.format is not None:
        rows = [finding.row() for finding in listed_findings(result, each=each)]
        emit(FINDING_COLUMNS, rows, stream, output, title="Findings", report="verify")
    messages.say_block("\n".join(f"dbtrack: {line}" for line in summary(result)))


COMMANDS = {"verify": CommandDefinition(verify, EXAMPLES)}
