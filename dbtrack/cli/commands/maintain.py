"""``dbtrack maintain``."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from dbtrack.cli.connection import connected, is_idle_standby
from dbtrack.cli.options.connection_options import ConnectionArguments, Verbose
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example
from dbtrack.errors import DbtrackError, LockedError
from dbtrack.terminal import messages
from dbtrack.terminal.progress import ProgressLine

if TYPE_CHECKING:
    from dbtrack.config import DigestSettings
    from dbtrack.db import Database

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

    If the configuration file says where digests of the seals go, it sends those that are due. What fails,
    here as in any task, is a warning; it does not change the exit code.
    """
    from dbtrack import retention
    from dbtrack.config.configuration_file import read_configuration

    settings = read_configuration(os.environ).digest
    with connected(connection) as database, ProgressLine("maintain") as line:
        if is_idle_standby(database, verbose=verbose):
            return
        line.show("")
        report = retention.maintain(
            database, progress=lambda versions: line.count(versions, None, "executions indexed")
        )
        line.clear()
        digests = [] if report.is_skipped else _send_digests(database, settings)
    for failure in report.failures:
        messages.warn(failure)
    if verbose:
        lines = [f"{task}: {outcome}, {details}" for task, outcome, details in report.tasks]
        messages.say_block("\n".join([*lines, *digests]))
    if report.is_skipped:
        raise LockedError("another maintain is running, which does this work")


def _send_digests(database: Database, settings: DigestSettings) -> list[str]:
    """Send the digests that are due, and return what was done, one line each."""
    if not settings.places:
        return []
    # Imported only where digests are to leave.
    from dbtrack.departures.scheduled import send_scheduled
    from dbtrack.departures.send import faults

    try:
        sent = send_scheduled(database, settings, os.environ)
    except DbtrackError as error:
        messages.warn(f"digest: {error}")
        return []
    for failure in faults(sent):
        messages.warn(failure)
    return [f"digest: {each.result}, {each.destination.name}" for each in sent]


COMMANDS = {"maintain": CommandDefinition(maintain, EXAMPLES)}
