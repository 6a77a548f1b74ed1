"""``dbtrack doctor``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, TextIO

import typer

from dbtrack.cli.connection import connected
from dbtrack.cli.options.connection_options import ConnectionArguments, OutputArguments
from dbtrack.cli.output import destination, emit
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example
from dbtrack.errors import ExitCode
from dbtrack.terminal import messages

if TYPE_CHECKING:
    from dbtrack.schema import Finding

EXAMPLES = (
    Example("dbtrack doctor -d shop", "Check; each finding shows the statement that fixes it."),
    Example("dbtrack doctor --env prod --format json", "The same for a monitoring job."),
)


def doctor(connection: ConnectionArguments, output: OutputArguments) -> None:
    """Check an installation, and show how to fix problems.

    Checks the connection, versions, privileges, the state of each trigger, altered functions, partitions,
    orphaned rows and settings. Exits 0 if there are no findings, otherwise 3.
    """
    from dbtrack import schema

    with destination(output) as stream, connected(connection) as database:
        findings = schema.diagnose(database)
        if output.format is None:
            _write_prose(findings, stream)
        else:
            emit(
                schema.FINDING_COLUMNS,
                [finding.row for finding in findings],
                stream,
                output,
                title="Findings",
                report="doctor",
                database=database,
            )
    if findings:
        raise typer.Exit(ExitCode.FINDINGS)
    messages.say("dbtrack: nothing is wrong")


def _write_prose(findings: Iterable[Finding], stream: TextIO) -> None:
    for finding in findings:
        stream.write(f"{finding.severity}: {finding.subject}: {finding.message}\n")
        if finding.remedy_sql:
            stream.write("".join(f"    {line}\n" for line in finding.remedy_sql.splitlines()))


COMMANDS = {"doctor": CommandDefinition(doctor, EXAMPLES)}
