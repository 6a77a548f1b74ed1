"""``dbtrack seal``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbtrack.cli.connection import connected
from dbtrack.cli.options.connection_options import ConnectionArguments, Verbose
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example
from dbtrack.terminal import messages
from dbtrack.terminal.progress import ProgressLine

if TYPE_CHECKING:
    from dbtrack.proof.seal import SealReport

EXAMPLES = (
    Example(
        "dbtrack seal --env prod", "Every few minutes, from cron; prints nothing unless something is wrong."
    ),
    Example("dbtrack seal -v", "By hand, showing how many rows were sealed."),
)


def seal(connection: ConnectionArguments, verbose: Verbose = False) -> None:
    """Seal the record, so that later changes to it can be detected; for cron.

    Adds blocks to a chain of hashes over the record. Writers do not wait for it. Rows of a transaction that
    is not older than the oldest running one are left to the next run. Exits 11 if another seal is running.
    """
    from dbtrack.proof.seal import seal as seal_all

    with connected(connection) as database, ProgressLine("seal") as progress:
        report = seal_all(database, lambda leaves: progress.count(leaves, None, "rows"))
    if verbose:
        messages.say_block(_summary(report))


def _summary(report: SealReport) -> str:
    if report.last_block is None:
        return "nothing to seal"
    return f"sealed {report.leaves} rows in {report.blocks} blocks; the last is block {report.last_block}"


COMMANDS = {"seal": CommandDefinition(seal, EXAMPLES)}
