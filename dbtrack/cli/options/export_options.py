"""The options of `dbtrack export`: what is exported, in which format, and where to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from dbtrack.cli.program.typer_adapter import OUTPUT_OPTIONS
from dbtrack.errors import UsageError
from dbtrack.export.request import ExportFormat

_MOMENT = " A date, a time, or an age, as PostgreSQL reads it: 2026-01-01, yesterday, 24h, 7d."


@dataclass(frozen=True)
class SelectionArguments:
    """What is exported."""

    since: Annotated[
        str | None,
        typer.Option(
            "--since",
            metavar="TIME",
            help="Only executions that started at or after this time; with --state, only in its first "
            "export." + _MOMENT,
        ),
    ] = None
    until: Annotated[
        str | None,
        typer.Option(
            "--until", metavar="TIME", help="Only executions that started before this time." + _MOMENT
        ),
    ] = None
    tenants: Annotated[
        list[str] | None,
        typer.Option(
            "--tenant", metavar="TENANT", help="Only this tenant: its short name, or its key in hexadecimal."
        ),
    ] = None
    full: Annotated[
        bool,
        typer.Option("--full", help="Also statement, error, metadata and the operation that it ran in."),
    ] = False
    state: Annotated[
        Path | None,
        typer.Option(
            "--state",
            metavar="FILE",
            help="Export what is new since the last export with this file: each version of an execution, "
            "once. The file is created, and replaced when an export is complete.",
        ),
    ] = None
    after_restore: Annotated[
        bool,
        typer.Option(
            "--after-restore",
            help="Go on with --state after the database was restored, moved or upgraded. What was recorded "
            "in the hour before the last export is exported again, with the same ids.",
        ),
    ] = False

    def __post_init__(self) -> None:
        """Refuse a second tenant: otherwise the last one alone would count, and the others be missed.

        Raises:
            UsageError: there are two.
        """
        if len(self.tenants or ()) > 1:
            raise UsageError("--tenant can be given only once", hint="run one export for each tenant")

    @property
    def tenant(self) -> str | None:
        """The only tenant; None for all."""
        return self.tenants[0] if self.tenants else None


@dataclass(frozen=True)
class FileArguments:
    """The format, and the file."""

    format: Annotated[
        ExportFormat | None,
        typer.Option(
            "--format",
            metavar="FORMAT",
            case_sensitive=False,
            help="csv, spreadsheet (CSV in which no text is a formula), jsonl, parquet, ocsf or cef. "
            "Default: as the name of the file ends; jsonl for --syslog; else csv.",
            rich_help_panel=OUTPUT_OPTIONS,
        ),
    ] = None
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write to this file, or to a new file in this directory (NAME/ makes one), instead of "
            "standard output. A file is written completely or not at all. Parquet in a directory is "
            "partitioned by tenant and month.",
            rich_help_panel=OUTPUT_OPTIONS,
        ),
    ] = None


@dataclass(frozen=True)
class SyslogArguments:
    """The log server."""

    syslog: Annotated[
        str | None,
        typer.Option(
            "--syslog",
            metavar="HOST[:PORT]",
            help="Send each row to this log server, as RFC 5424 over TLS. Default port: 6514.",
            rich_help_panel=OUTPUT_OPTIONS,
        ),
    ] = None
    syslog_ca: Annotated[
        Path | None,
        typer.Option(
            "--syslog-ca",
            metavar="FILE",
            help="Trust these certificates for --syslog. Default: those of the system.",
            rich_help_panel=OUTPUT_OPTIONS,
        ),
    ] = None
    syslog_cert: Annotated[
        Path | None,
        typer.Option(
            "--syslog-cert",
            metavar="FILE",
            help="Certificate and key, if the log server asks for one.",
            rich_help_panel=OUTPUT_OPTIONS,
        ),
    ] = None
    syslog_plain: Annotated[
        bool,
        typer.Option(
            "--syslog-plain",
            help="TCP without TLS, for a log server on this host. Default port: 514.",
            rich_help_panel=OUTPUT_OPTIONS,
        ),
    ] = False


@dataclass(frozen=True)
class TraceArguments:
    """The receiver of traces."""

    otlp: Annotated[
        str | None,
        typer.Option(
            "--otlp",
            metavar="URL",
            help="Send the executions that have ended as spans to this receiver of OTLP over HTTP. Its token "
            "is in OTEL_EXPORTER_OTLP_HEADERS.",
            rich_help_panel=OUTPUT_OPTIONS,
        ),
    ] = None
