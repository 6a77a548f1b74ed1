"""``dbtrack ingest``."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dbtrack.cli.connections import Connections
from dbtrack.cli.options.connection_options import ConnectionArguments, Verbose
from dbtrack.cli.parse_values import parse_moment
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example, choice
from dbtrack.errors import ExitCode, UsageError
from dbtrack.log_formats import LogFormat
from dbtrack.terminal import messages
from dbtrack.terminal.progress import BYTES, ProgressLine

if TYPE_CHECKING:
    from dbtrack import ingest as core

EXAMPLES = (
    Example(
        "dbtrack ingest /var/log/postgresql -d shop", "The new entries of a directory of logs; for cron."
    ),
    Example(
        "dbtrack ingest --from-server -d shop",
        "The same through the connection, without access to the server's files.",
    ),
    Example("dbtrack ingest --follow /var/log/postgresql", "Continue while the server writes, until Ctrl-C."),
    Example(
        "dbtrack ingest --from rds shop-prod -d shop", "What is new in the log of an instance of Amazon RDS."
    ),
    Example(
        "zcat db.log.*.gz | dbtrack ingest - --prefix '%t:%r:%u@%d:[%p]:'", "In the format of Amazon RDS."
    ),
)


_AUTOMATIC = "auto"
# As dbtrack.ingest.providers.Provider, which the help does not import; a test compares them.
_PROVIDERS = ("rds", "cloudwatch", "cloudsql", "azure")


def ingest(
    connection: ConnectionArguments,
    places: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="LOG...",
            help="Files, compressed or not, or directories of files; - is standard input. With --from: "
            "instances.",
        ),
    ] = None,
    prefix: Annotated[
        str | None,
        typer.Option(
            "--prefix",
            metavar="PREFIX",
            help="The log_line_prefix of logs in the format stderr. Default: that of the connected server.",
        ),
    ] = None,
    log_format: Annotated[
        str,
        typer.Option(
            "--log-format",
            metavar="FORM",
            click_type=choice((_AUTOMATIC, *LogFormat)),
            help="auto, json, csv or stderr; auto detects it from the first bytes of a log.",
        ),
    ] = _AUTOMATIC,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Continue while the logs grow and rotate, until Ctrl-C.")
    ] = False,
    from_server: Annotated[
        bool,
        typer.Option("--from-server", help="Read the log directory of the connected server, through SQL."),
    ] = False,
    from_provider: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="PROVIDER",
            click_type=choice(_PROVIDERS),
            help="rds, cloudwatch, cloudsql or azure: read what is new in the logs of the instances LOG, "
            "through the provider's interface; for cron.",
        ),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            "--since",
            metavar="TIME",
            help="Leave out entries that were logged before this time: 7d, 2026-01-01.",
        ),
    ] = None,
    timezone: Annotated[
        str | None,
        typer.Option(
            "--timezone",
            metavar="ZONE",
            help="The time zone of the logs: Europe/Berlin. Default: the server's log_timezone.",
        ),
    ] = None,
    all_databases: Annotated[
        bool,
        typer.Option(
            "--all-databases", help="Record commands in all databases, not only in the connected one."
        ),
    ] = False,
    verbose: Verbose = False,
) -> None:
    """Record from the server's log what triggers cannot see: failed DDL, roles, databases.

    Records DDL that failed and, if log_statement logs them, roles and memberships, databases, tablespaces,
    ALTER SYSTEM, REASSIGN OWNED, TRUNCATE, CLUSTER and VACUUM FULL. dbtrack remembers what was read: reading
    the same log again adds nothing. Requires dbtrack's admin role. While it follows files or directories, it
    waits for a server that restarts, unless it refuses the login.
    """
    _check(places, from_provider, from_server=from_server, follow=follow)
    from dbtrack import ingest as core

    found = [] if from_provider else [core.log_source(word, follow=follow) for word in places or ()]
    with Connections(connection) as connections:
        database = connections.database
        begin = None if since is None else parse_moment(database, since)
        if from_provider:
            provider = core.Provider(from_provider)
            found = core.provider_logs(provider, places or (), begin, messages.warn)
        found += [core.ServerLogs(database)] if from_server else []
        options = core.IngestOptions(
            prefix=prefix,
            format=None if log_format == _AUTOMATIC else LogFormat(log_format),
            since=begin,
            follow=follow,
            timezone=timezone,
            all_databases=all_databases,
        )
        _run(connections, found, options, verbose=verbose)


def _check(places: list[str] | None, provider: str | None, *, from_server: bool, follow: bool) -> None:
    if provider and from_server:
        raise UsageError("--from and --from-server exclude each other")
    if provider and follow:
        raise UsageError("--from cannot follow a log", hint="run it from cron: each run reads what is new")
    if not places and not from_server and not provider:
        raise UsageError(
            "no log was given", hint="name a file, a directory or -, or use --from-server or --from PROVIDER"
        )


def _run(
    connections: Connections, places: list[core.LogSource], options: core.IngestOptions, *, verbose: bool
) -> None:
    from dbtrack import ingest as core

    with ProgressLine("ingest") as line:
        work = core.Ingest(connections.database, options, progress=partial(_show, line), warn=messages.warn)
        try:
            work.run(places, reconnect=connections.next)
        except KeyboardInterrupt as interrupt:
            # Whoever follows a log has no other way to end it.
            if not options.follow or type(interrupt) is not KeyboardInterrupt:
                raise
            raise typer.Exit(ExitCode.DONE) from None
        finally:
            if verbose or work.report.executions or work.report.waits or work.report.has_findings:
                messages.say(f"dbtrack: {_summary(work.report)}")
    if work.report.has_findings:
        raise typer.Exit(ExitCode.FINDINGS)


def _summary(report: core.IngestReport) -> str:
    failed = f", {report.failed} of them failed," if report.failed else ""
    notes = (
        (report.explained, "the error of {} was added to the record that the triggers made"),
        (report.waits, "{} about waits for locks"),
        (report.damaged, "{} cannot be read"),
        (report.ambiguous, "{} can be read in two ways"),
    )
    said = [text.format(_count(number, "entry", "entries")) for number, text in notes if number]
    recorded = (
        f"recorded {_count(report.executions, 'execution', 'executions')}{failed} "
        f"from {report.bytes_read:,} bytes of {_count(report.logs, 'log', 'logs')}"
    )
    return "; ".join([recorded, *said])


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _show(line: ProgressLine, name: str, done: int, size: int | None) -> None:
    line.begin(f"ingest {Path(name).name}")
    line.count(done, size, BYTES)


COMMANDS = {"ingest": CommandDefinition(ingest, EXAMPLES)}
