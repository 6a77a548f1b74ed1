"""The options for connection and output, spelled the same in all commands.

Each group is a dataclass of typer options, which a command's function takes as one parameter.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import Annotated

import typer

from dbtrack.cli.program.typer_adapter import CONNECTION_OPTIONS, OUTPUT_OPTIONS, choice
from dbtrack.config import ConnectionOptions, client_zone
from dbtrack.render.formats import Format

_NAGIOS = "nagios"


@dataclass(frozen=True)
class ConnectionArguments:
    """The server and database, with psql's options."""

    host: Annotated[
        str | None,
        typer.Option(
            "--host",
            "-h",
            metavar="HOST",
            help="Host of the server, or the directory of its socket. Default: PGHOST.",
            rich_help_panel=CONNECTION_OPTIONS,
        ),
    ] = None
    port: Annotated[
        str | None,
        typer.Option(
            "--port",
            "-p",
            metavar="PORT",
            help="Port of the server. Default: PGPORT, else 5432.",
            rich_help_panel=CONNECTION_OPTIONS,
        ),
    ] = None
    username: Annotated[
        str | None,
        typer.Option(
            "--username",
            "-U",
            metavar="ROLE",
            help="Role to connect as. Default: PGUSER, else your login.",
            rich_help_panel=CONNECTION_OPTIONS,
        ),
    ] = None
    dbname: Annotated[
        str | None,
        typer.Option(
            "--dbname",
            "-d",
            metavar="DBNAME",
            help="Database: a name, a connection string or URI, or 'embedded:' (or "
            "'embedded:PATH') for dbtrack's own server. Default: DBTRACK_DSN, DATABASE_URL, "
            "PGDATABASE.",
            rich_help_panel=CONNECTION_OPTIONS,
        ),
    ] = None
    no_password: Annotated[
        bool,
        typer.Option(
            "--no-password",
            "-w",
            help="Never ask for a password; fail if one is needed.",
            rich_help_panel=CONNECTION_OPTIONS,
        ),
    ] = False
    password: Annotated[
        bool,
        typer.Option(
            "--password",
            "-W",
            help="Ask for the password before connecting.",
            rich_help_panel=CONNECTION_OPTIONS,
        ),
    ] = False
    env: Annotated[
        str | None,
        typer.Option(
            "--env",
            metavar="NAME",
            help="Take the connection from this environment of the configuration file, e.g. prod.",
            rich_help_panel=CONNECTION_OPTIONS,
        ),
    ] = None

    def given(self) -> ConnectionOptions:
        """Return the options as `dbtrack.config` takes them."""
        return ConnectionOptions(
            dbname=self.dbname,
            host=self.host,
            port=self.port,
            user=self.username,
            no_password=self.no_password,
            force_password=self.password,
            environment=self.env,
        )


OutputFile = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Write to this file instead of standard output. The file is written completely or not at all.",
        rich_help_panel=OUTPUT_OPTIONS,
    ),
]


Utc = Annotated[
    bool,
    typer.Option(
        "--utc",
        help="Read and show times in UTC. Default: the time zone of this machine, or time_zone of the "
        "configuration file.",
        rich_help_panel=OUTPUT_OPTIONS,
    ),
]


@dataclass(frozen=True)
class OutputArguments:
    """The format in which data is written, and the file that it is written to."""

    format: Annotated[
        Format | None,
        typer.Option(
            "--format",
            metavar="FORMAT",
            case_sensitive=False,
            help="table, json, jsonl, csv, spreadsheet, markdown or plain. Default: table on a terminal, "
            "else plain.",
            rich_help_panel=OUTPUT_OPTIONS,
        ),
    ] = None
    output: OutputFile = None
    utc: Utc = False

    @property
    def zone(self) -> tzinfo:
        """The time zone in which times are read and shown.

        Raises:
            UsageError: the configuration file is invalid.
        """
        return client_zone(os.environ, utc=self.utc)


@dataclass(frozen=True)
class MonitoringArguments:
    """The same, with one more format: the answer of a Nagios plugin."""

    format: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="FORMAT",
            click_type=choice((*Format, _NAGIOS)),
            help="table, json, jsonl, csv, spreadsheet, markdown, plain, or nagios: one line, exit code 0 "
            "OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN. Default: table on a terminal, else plain.",
            rich_help_panel=OUTPUT_OPTIONS,
        ),
    ] = None
    output: OutputFile = None
    utc: Utc = False

    @property
    def is_check(self) -> bool:
        """Whether a monitoring system runs the report as a Nagios plugin."""
        return self.format == _NAGIOS

    def plain(self) -> OutputArguments:
        """Return the options that every report has."""
        chosen = None if self.format is None or self.is_check else Format(self.format)
        return OutputArguments(chosen, self.output, self.utc)


Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Report what was done, on standard error.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print only warnings and errors.")]
