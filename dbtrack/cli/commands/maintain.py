"""``dbtrack maintain``."""

from __future__ import annotations

from dbtrack.cli.connection import connected, is_idle_standby
from dbtrack.cli.options.connection_options import ConnectionArguments, Verbose
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example
from dbtrack.errors import LockedError
from dbtrack.terminal import messages
from dbtrack.terminal.progress import ProgressLine

EXAMPLES = (
    Example(
        "dbtrack maintain --env prod",
        "Every ten minutes, from cron; prints nothing unless something is wrong.",
    ),
    Example("dbtrack maintain -v", "By hand, showing what was done."),
)


def maintain(connection: ConnectionArguments, verbose: Verbose = False) -> None:
    """Run the periodic tasks: rollups, partitions, abandoned operations, seals; for cron.

    Updates the counts that reports read, creates missing monthly partitions, marks operations whose
    connection is gone ABANDONED, seals the record, and copies the platform's tenants if they come from
    auth.tenant_h. It also indexes what executions contain, for searches by text or object: on a long record
    for a minute, then it says that there are more, and the next runs continue. It can be
    repeated safely. If another one is running, it leaves the work to that one and exits 11. On a standby it
    does nothing and exits 0, so that cron can run it on every server of a cluster.
    """
    from dbtrack import retention

    with connected(connection) as database, ProgressLine("maintain") as line:
        if is_idle_standby(database, verbose=verbose):
            return
        line.show("")
        report = retention.maintain(
            database, progress=lambda versions: line.count(versions, None, "executions indexed")
        )
    for failure in report.failures:
        messages.warn(failure)
    if verbose:
        lines = (f"{task}: {outcome}, {details}" for task, outcome, details in report.tasks)
        messages.say_block("\n".join(lines))
    if report.is_skipped:
        raise LockedError("another maintain is running, which does this work")


COMMANDS = {"maintain": CommandDefinition(maintain, EXAMPLES)}
