"""``dbtrack suspend`` and ``dbtrack resume``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from dbtrack.cli.connection import connected
from dbtrack.cli.options.alert_options import parse_duration_option
from dbtrack.cli.options.connection_options import ConnectionArguments, Quiet
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example
from dbtrack.errors import ExitCode
from dbtrack.terminal import messages

if TYPE_CHECKING:
    from dbtrack.schema import Reconciliation
    from dbtrack.schema.suspension import Suspension

EXAMPLES = (
    Example(
        'dbtrack suspend --reason "major upgrade to 18" --for 2h -d shop',
        "Remove the event triggers for a planned work.",
    ),
    Example("dbtrack resume -d shop", "Create them again, and record what happened meanwhile."),
)
RESUME_EXAMPLES = (
    Example("dbtrack resume -d shop", "Capture DDL again after dbtrack suspend."),
    Example("dbtrack history --type UNATTRIBUTED -d shop", "What happened meanwhile."),
)

LockTimeout = Annotated[
    int,
    typer.Option(
        "--lock-timeout", metavar="SECONDS", min=1, max=3600, help="Maximum time to wait for a lock."
    ),
]


def suspend(
    connection: ConnectionArguments,
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="Why, for those who read the record.")
    ],
    duration: Annotated[
        str | None,
        typer.Option(
            "--for",
            metavar="TIME",
            help="When it counts as forgotten, if it is not resumed: 2h, 90m, 3d. Default: 1d.",
        ),
    ] = None,
    lock_timeout: LockTimeout = 5,
    *,
    quiet: Quiet = False,
) -> None:
    """Stop capturing DDL for a planned work, and record that; resume ends it.

    Removes the event triggers, as a major upgrade on Amazon RDS needs it. Who did it, why and until when is
    an execution, and evidence shows the time as a gap. First it compares the catalogs with the record, as
    reconcile does. Needs the rights that install needs. After the time of --for, doctor, status and health
    report the suspension as forgotten. An installation or upgrade of dbtrack does not end it.
    """
    from dbtrack.proof.seal import has_seals
    from dbtrack.schema.suspension import open_suspension
    from dbtrack.suspension import DEFAULT_DURATION
    from dbtrack.suspension import suspend as suspend_capture

    given = parse_duration_option(duration, "--for")
    length = DEFAULT_DURATION if given is None else given
    with connected(connection) as database:
        suspend_capture(database, reason, length, lock_timeout_seconds=lock_timeout)
        if not quiet:
            suspension = open_suspension(database)
            messages.say_block("\n".join(_suspended(suspension, is_sealed=has_seals(database))))


def _suspended(suspension: Suspension | None, *, is_sealed: bool) -> list[str]:
    if suspension is None:
        return ["capture was suspended, and has been resumed by somebody else"]
    seal = (
        "and it is sealed" if is_sealed else "and it is not sealed: this database has no seals (dbtrack seal)"
    )
    return [
        f"DDL is NOT captured until you run: dbtrack resume, by {suspension.until:%Y-%m-%d %H:%M:%S%z}",
        "the event triggers are removed",
        f"the record has an execution 'dbtrack suspend' with your reason, {seal}",
    ]


def resume(connection: ConnectionArguments, lock_timeout: LockTimeout = 5, *, quiet: Quiet = False) -> None:
    """Capture DDL again after suspend, and record what happened meanwhile.

    Creates the event triggers as install does, closes the gap, and compares the catalogs with the record.
    Each change that nothing explains becomes an execution of type UNATTRIBUTED that names the suspension.
    Exits 0 if nothing was changed, otherwise 3. It can be repeated after an interruption.
    """
    from dbtrack.suspension import resume as resume_capture

    with connected(connection) as database:
        done = resume_capture(database, lock_timeout_seconds=lock_timeout)
    if not quiet:
        first = "capture was not suspended" if done.key is None else "DDL is captured again"
        messages.say_block("\n".join([first, *_found(done.found)]))
    if done.found.unattributed:
        raise typer.Exit(ExitCode.FINDINGS)


def _found(found: Reconciliation) -> list[str]:
    from dbtrack.schema import Outcome

    count = len(found.unattributed)
    lines = ["1 change was" if count == 1 else f"{count} changes were"]
    lines[0] += " made meanwhile; see: dbtrack history --type UNATTRIBUTED"
    if not count:
        lines = ["nothing was changed meanwhile"]
    if found.outcome is Outcome.BASELINE:
        return ["the catalogs were not compared before, so what happened meanwhile is not known"]
    if found.outcome is Outcome.RESTORED:
        unknown = "what happened meanwhile is not known"
        return [f"this is another server than before, so the catalogs cannot be compared: {unknown}"]
    if found.outcome is Outcome.COMPARED_BY_NAME:
        lines.append(
            "the server was upgraded or replaced, so bodies of functions and views were not compared"
        )
    return lines


COMMANDS = {
    "suspend": CommandDefinition(suspend, EXAMPLES),
    "resume": CommandDefinition(resume, RESUME_EXAMPLES),
}
