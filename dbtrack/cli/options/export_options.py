"""The options of `dbtrack export`: what is exported, in which format, and where to."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from datetime import tzinfo
from pathlib import Path
from typing import Annotated, Any

import typer

from dbtrack.cli.options.connection_options import Utc
from dbtrack.cli.program.typer_adapter import OUTPUT_OPTIONS
from dbtrack.config import client_zone
from dbtrack.errors import UsageError
from dbtrack.export.request import ExportFormat
from dbtrack.reports.columns import FILTERS, TYPE

_MOMENT = " E.g. 02:00, 24h, 7d, yesterday, friday, '1 march', 2026-01-01 (docs/reports.md)."
_HELP = {parameter.name: parameter.help for parameter in (TYPE, *FILTERS)}


def _words(name: str) -> Any:
    return typer.Option(f"--{name}", metavar=f"{name.upper()}S", help=_HELP[name])


def _flag(name: str) -> Any:
    return typer.Option(f"--{name}", help=_HELP[name])


@dataclass(frozen=True)
class FilterArguments:
    """The filters of the report history; not with --state."""

    type: Annotated[list[str] | None, _words("type")] = None
    user: Annotated[list[str] | None, _words("user")] = None
    object: Annotated[list[str] | None, _words("object")] = None
    grep: Annotated[str | None, typer.Option("--grep", metavar="TEXT", help=_HELP["grep"])] = None
    name: Annotated[list[str] | None, _words("name")] = None
    app: Annotated[list[str] | None, _words("app")] = None
    agent: Annotated[list[str] | None, _words("agent")] = None
    failed: Annotated[bool, _flag("failed")] = False
    slow: Annotated[bool, _flag("slow")] = False
    waited: Annotated[bool, _flag("waited")] = False

    def given(self) -> dict[str, Any]:
        """Return those that are given, by name."""
        return {each.name: value for each in fields(self) if (value := getattr(self, each.name))}


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
    source: Annotated[
        str | None,
        typer.Option(
            "--source",
            metavar="NAME",
            help="Write whole months into a lake, the directory of --output, as the history of a database of "
            "this name: those that are over and that the lake lacks, or those between --since and --until.",
        ),
    ] = None
    utc: Utc = False
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
    def zone(self) -> tzinfo:
        """The time zone in which times are read.

        Raises:
            UsageError: the configuration file is invalid.
        """
        return client_zone(os.environ, utc=self.utc)

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
