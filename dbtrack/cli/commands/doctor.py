"""``dbtrack doctor``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, TextIO

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
    Example("dbtrack doctor --provider auto -d shop", "What is captured at this managed service?"),
)


def doctor(
    connection: ConnectionArguments,
    output: OutputArguments,
    provider: Annotated[
        str | None,
        typer.Option(
            "--provider",
            metavar="NAME",
            help="Show instead what is captured at this provider, and what to do about the rest: "
            "rds, aurora, cloudsql, alloydb, azure, supabase, neon, aiven, heroku, digitalocean, "
            "or auto to guess it.",
        ),
    ] = None,
) -> None:
    """Check an installation, and show how to fix problems.

    Checks the connection, versions, privileges, the state of each trigger, altered functions, partitions,
    orphaned rows and settings. Exits 0 if there are no findings, otherwise 3.

    With --provider it checks nothing: it shows what is captured at a managed service, by which way, what is
    missed and what to do instead, each with its source. It works before an installation, too, and exits 0.
    """
    from dbtrack import schema

    if provider is not None:
        _show_provider(provider, connection, output)
        return
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


def _show_provider(name: str, connection: ConnectionArguments, output: OutputArguments) -> None:
    from dbtrack.schema.providers import PROVIDER_COLUMNS, find_provider, guide

    with destination(output) as stream, connected(connection, replay=False) as database:
        provider = find_provider(database, name)
        rows = guide(database, provider)
        if output.format is None:
            stream.write(f"{provider.title}: install as {provider.installer}\n")
            for row in rows:
                _write_fact(row, stream)
        else:
            emit(
                PROVIDER_COLUMNS,
                rows,
                stream,
                output,
                title=provider.title,
                report="doctor_provider",
                database=database,
            )


def _write_fact(row: tuple[str | None, ...], stream: TextIO) -> None:
    _, area, captured, way, missed, instead, here, source, checked = row
    stream.write(f"\n{area}: {captured}\n    by: {way}\n    missed: {missed}\n    do: {instead}\n")
    if here:
        stream.write(f"    here: {here}\n")
    stream.write(f"    source: {source} ({checked})\n" if source else f"    source: {checked}\n")


def _write_prose(findings: Iterable[Finding], stream: TextIO) -> None:
    for finding in findings:
        stream.write(f"{finding.severity}: {finding.subject}: {finding.message}\n")
        if finding.remedy_sql:
            stream.write("".join(f"    {line}\n" for line in finding.remedy_sql.splitlines()))


COMMANDS = {"doctor": CommandDefinition(doctor, EXAMPLES)}
