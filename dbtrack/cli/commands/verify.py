"""``dbtrack verify``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from dbtrack.cli.connection import connected, target_of
from dbtrack.cli.options.connection_options import ConnectionArguments, OutputArguments
from dbtrack.cli.options.digest_options import NoLock
from dbtrack.cli.output import destination, emit, is_screen
from dbtrack.cli.parse_values import parse_moment
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example
from dbtrack.cli.screen import canvas_for
from dbtrack.errors import ExitCode, UsageError
from dbtrack.terminal import messages
from dbtrack.terminal.progress import ProgressLine

if TYPE_CHECKING:
    from dbtrack.departures.read_back import KeptDigests
    from dbtrack.proof.verification import Verification

EXAMPLES = (
    Example(
        "dbtrack verify --digests /mnt/worm --public-key seal.pub",
        "Verify the whole record against all digests.",
    ),
    Example(
        "dbtrack verify --digests s3://acme-worm/digests --public-key seal.pub --tsa-ca tsa.pem",
        "Against digests in a bucket, with their timestamps.",
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
        list[str] | None,
        typer.Option(
            "--digests",
            metavar="PLACE",
            help="A digest, a directory of them, or s3://BUCKET/PREFIX; may be repeated.",
        ),
    ] = None,
    public_key: PublicKey = None,
    tsa_ca: Annotated[
        Path | None,
        typer.Option(
            "--tsa-ca",
            metavar="FILE",
            help="Verify the timestamps of digests (RFC 3161) with the certificates in this file.",
        ),
    ] = None,
    no_lock: NoLock = False,
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
    accept_rewrite: Annotated[
        bool,
        typer.Option(
            "--accept-rewrite",
            help="Accept that the chain contradicts digests of its own branch, as when a copy of the files "
            "took the server's place; later runs only count them.",
        ),
    ] = False,
    reason: Annotated[
        str | None,
        typer.Option("--reason", metavar="TEXT", help="The reason for accepting it; it is recorded."),
    ] = None,
) -> None:
    """Recompute all seals from the rows, and compare them with digests.

    The hashes are computed by this command and not by the server. Exits 3 if a row was altered, removed or
    inserted, if a seal or the chain was altered, or if a digest does not match. What a recorded cleanup
    removed is not a finding.
    """
    from dbtrack.proof.compare_digests import accept_forks
    from dbtrack.proof.examinations import note_verification
    from dbtrack.proof.signing import read_public_key
    from dbtrack.proof.verification_notice import note_failed_verification
    from dbtrack.proof.verify import VerifyScope
    from dbtrack.proof.verify import verify as verify_all

    if (accept_fork or accept_rewrite) != bool(reason and reason.strip()):
        raise UsageError(
            "accepting a fork or a rewrite needs a reason",
            hint="give --accept-fork or --accept-rewrite, together with --reason TEXT",
        )
    kept = _kept(connection, digests or [], tsa_ca, no_lock=no_lock)
    key = None if public_key is None else read_public_key(public_key)
    moment = None
    if since is not None:
        with connected(connection) as database:
            moment = parse_moment(database, since)
    scope = VerifyScope(from_block, to_block, moment, jobs)

    def run() -> Verification:
        with ProgressLine("verify") as progress:
            result = verify_all(
                target_of(connection),
                scope,
                kept.digests,
                public_key=key,
                progress=lambda done, total: progress.count(done, total, "rows"),
            )
        result.add(kept.findings)
        result.timestamps = kept.timestamps
        return result

    with destination(output) as stream:
        result = run()
        if reason is not None:
            with connected(connection) as database:
                accept_forks(
                    database,
                    result.forks if accept_fork else (),
                    reason,
                    result.rewrites if accept_rewrite else (),
                )
            result = run()
        _show(result, stream, output, connection, each=each)
    _say_of_places(kept, tsa_ca)
    note_verification(target_of(connection), result)
    if result.findings:
        note_failed_verification(target_of(connection), result)
        raise typer.Exit(ExitCode.FINDINGS)


def _kept(
    connection: ConnectionArguments, places: list[str], tsa_ca: Path | None, *, no_lock: bool
) -> KeptDigests:
    """Read the digests back from where they went, and verify their timestamps."""
    from dbtrack.departures.read_back import KeptDigests, add_departed, read_kept, verify_tokens
    from dbtrack.departures.timestamp import read_roots

    if not places and tsa_ca is None:
        return KeptDigests()
    name = ""
    if tsa_ca is not None or any("{database}" in place for place in places):
        with connected(connection) as database:
            name = database.name
            kept = read_kept(places, name, without_lock=no_lock)
            if tsa_ca is not None:
                add_departed(database, kept)
    else:
        kept = read_kept(places, name, without_lock=no_lock)
    if tsa_ca is not None:
        verify_tokens(kept, read_roots(tsa_ca))
    return kept


def _say_of_places(kept: KeptDigests, tsa_ca: Path | None) -> None:
    if kept.until is not None:
        messages.say(f"dbtrack: S3 retains {kept.retained} digests, all until {kept.until:%Y-%m-%d} at least")
    if kept.last_timestamp is not None:
        messages.say(f"dbtrack: the last timestamp is of {kept.last_timestamp:%Y-%m-%d %H:%M:%S} UTC")
    if kept.tokens and tsa_ca is None:
        messages.warn(f"{len(kept.tokens)} timestamps were not verified: give --tsa-ca FILE")


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
