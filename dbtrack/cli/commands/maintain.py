"""``dbtrack maintain``."""

from __future__ import annotations

from dbtrack.cli.connection import connected
from dbtrack.cli.options.connection_options import ConnectionArguments, Verbose
from dbtrack.cli.program.typer_adapter import Example, PlainCommand, command
from dbtrack.terminal import messages

EXAMPLES = (
    Example("dbtrack maintain --env prod", "What cron runs, hourly; silent unless something is wrong."),
    Example("dbtrack maintain -v", "By hand, saying what was done."),
)


def maintain(connection: ConnectionArguments, verbose: Verbose = False) -> None:
    """Do the periodic work: rollups, partitions ahead, lost operations, seals; for cron.

    Brings forward what reports read, makes the months' partitions that are missing, marks operations whose
    connection is gone ABANDONED, seals what was recorded, and takes over the platform's tenants where they
    come from auth.tenant_h. Safe to repeat, and to overlap: a second one leaves the work to the first.
    """
    from dbtrack import retention

    with connected(connection) as database:
        report = retention.maintain(database)
    for failure in report.failures:
        messages.warn(failure)
    if verbose:
        messages.say_block("\n".join(report.lines))


def build(name: str) -> PlainCommand:
    """Return the command."""
    return command(name, maintain, examples=EXAMPLES)
