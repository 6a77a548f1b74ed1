"""The options for connection and output, spelled the same in all commands.

Each group is a dataclass of typer options, which a command's function takes as one parameter.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from datetime import tzinfo
from pathlib import Path
from typing import Annotated, Any

import typer

from dbtrack.cli.program.typer_adapter import CONNECTION_OPTIONS, OUTPUT_OPTIONS, choice
from dbtrack.config import ConnectionOptions, client_zone
from dbtrack.errors import UsageError
from dbtrack.render.formats import Format, Selection
from dbtrack.terminal.abilities import ColorChoice

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


NoPager = Annotated[
    bool,
    typer.Option(
        "--no-pager",
        help="Write to the terminal, also what is longer than the screen.",
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
class _Presentation:
    """How data is written, in whatever format."""

    format: Any = None
    output: OutputFile = None
    utc: Utc = False
    json: Annotated[
        bool,
        typer.Option("--json", help="The same as --format json.", rich_help_panel=OUTPUT_OPTIONS),
    ] = False
    columns: Annotated[
        str | None,
        typer.Option(
            "--columns",
            metavar="NAMES",
            help="Write only these columns, in this order; their names are those of --format csv.",
            rich_help_panel=OUTPUT_OPTIONS,
        ),
    ] = None
    sort: Annotated[
        str | None,
        typer.Option(
            "--sort",
            metavar="NAMES",
            help="Order by these columns; a hyphen before a name puts the highest first: -duration_ms.",
            rich_help_panel=OUTPUT_OPTIONS,
        ),
    ] = None
    rows: Annotated[
        int | None,
        typer.Option(
            "-n",
            "--rows",
            metavar="ROWS",
            min=1,
            help="Write at most so many rows: the first ones, in the order of --sort.",
            rich_help_panel=OUTPUT_OPTIONS,
        ),
    ] = None
    verbose: Annotated[
        bool,
        typer.Option(
            "--verbose",
            "-v",
            help="Show more: whole keys and exact times; on standard error, what was done.",
            rich_help_panel=OUTPUT_OPTIONS,
        ),
    ] = False
    color: Annotated[
        ColorChoice,
        typer.Option(
            "--color",
            metavar="WHEN",
            case_sensitive=False,
            help="Colours: auto, always or never. auto: on a terminal, as NO_COLOR, FORCE_COLOR, CLICOLOR "
            "and TERM say.",
            rich_help_panel=OUTPUT_OPTIONS,
        ),
    ] = ColorChoice.AUTO
    relative: Annotated[
        bool,
        typer.Option(
            "--relative",
            help="On a terminal, show how long ago something was, in place of times.",
            rich_help_panel=OUTPUT_OPTIONS,
        ),
    ] = False
    no_pager: NoPager = False

    def __post_init__(self) -> None:
        """Put --json in place of --format."""
        if self.json:
            if self.format not in {None, Format.JSON}:
                raise UsageError(f"--json and --format {self.format} ask for two formats")
            object.__setattr__(self, "format", Format.JSON)

    @property
    def zone(self) -> tzinfo:
        """The time zone in which times are read and shown.

        Raises:
            UsageError: the configuration file is invalid.
        """
        return client_zone(os.environ, utc=self.utc)

    @property
    def selection(self) -> Selection:
        """What of the result to write."""
        return Selection(_names("--columns", self.columns), _names("--sort", self.sort), self.rows)


def _names(option: str, given: str | None) -> tuple[str, ...]:
    names = tuple(name.strip() for name in given.split(",")) if given is not None else ()
    if not all(name.removeprefix("-") for name in names):
        raise UsageError(f"{option} takes names of columns with commas between them, not {given!r}")
    return names


@dataclass(frozen=True)
class OutputArguments(_Presentation):
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


@dataclass(frozen=True)
class MonitoringArguments(_Presentation):
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

    @property
    def is_check(self) -> bool:
        """Whether a monitoring system runs the report as a Nagios plugin."""
        return self.format == _NAGIOS

    def plain(self) -> OutputArguments:
        """Return the options that every report has."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        chosen = None if self.format is None or self.is_check else Format(self.format)
        return OutputArguments(**values | {"format": chosen})


HTML = "html"
_PAGE_ENDINGS = {".html": HTML, ".htm": HTML, ".md": "markdown", ".csv": "csv", ".json": "json"}


@dataclass(frozen=True)
class PageArguments(_Presentation):
    """The same, with one more format: a page."""

    format: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="FORMAT",
            click_type=choice((*Format, HTML)),
            help="html, table, json, jsonl, csv, spreadsheet, markdown or plain. Default: as the name of "
            "--output ends, else table on a terminal, else plain.",
            rich_help_panel=OUTPUT_OPTIONS,
        ),
    ] = None

    @property
    def form(self) -> str | None:
        """The form that was asked for, else the one that the file's name ends with."""
        ending = self.output.suffix.lower() if self.output else ""
        return self.format or _PAGE_ENDINGS.get(ending)

    def plain(self) -> OutputArguments:
        """Return the options that every report has."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        form = self.form
        return OutputArguments(**values | {"format": None if form in {None, HTML} else Format(form)})


Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Report what was done, on standard error.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print only warnings and errors.")]
