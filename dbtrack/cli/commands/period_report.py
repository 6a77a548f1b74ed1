"""``dbtrack report``."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated

import typer

from dbtrack.cli.connection import connected, target_of
from dbtrack.cli.options.connection_options import ConnectionArguments, NoPager, OutputFile
from dbtrack.cli.output import destination
from dbtrack.cli.program.typer_adapter import OUTPUT_OPTIONS, CommandDefinition, Example
from dbtrack.config import client_zone
from dbtrack.errors import MissingExtraError, UsageError

if TYPE_CHECKING:
    from dbtrack.db import Database
    from dbtrack.documents.period_facts import Period, PeriodFacts

_DAYS = 7

EXAMPLES = (
    Example("dbtrack report -o week.html", "The last seven whole days, as a page."),
    Example("dbtrack report --since 'last monday' --format markdown", "Since Monday, for a mail or a chat."),
    Example(
        "dbtrack report --tenant acme --since 2026-10-01 --until 2026-11-01 -o acme.html",
        "One tenant's month.",
    ),
)


class ReportFormat(StrEnum):
    """The form of the document."""

    HTML = "html"
    MARKDOWN = "markdown"
    JSON = "json"


_ENDINGS = {".html": ReportFormat.HTML, ".htm": ReportFormat.HTML, ".json": ReportFormat.JSON}


@dataclass(frozen=True)
class DocumentArguments:
    """The form of the document, and the file that it is written to."""

    format: Annotated[
        ReportFormat | None,
        typer.Option(
            "--format",
            metavar="FORMAT",
            case_sensitive=False,
            help="html, markdown or json. Default: as the name of --output ends, else markdown.",
            rich_help_panel=OUTPUT_OPTIONS,
        ),
    ] = None
    output: OutputFile = None
    no_pager: NoPager = False

    @property
    def form(self) -> ReportFormat:
        """The form that was asked for, else the one that the file's name ends with, else Markdown."""
        ending = self.output.suffix.lower() if self.output else ""
        return self.format or _ENDINGS.get(ending, ReportFormat.MARKDOWN)


def report(
    connection: ConnectionArguments,
    document: DocumentArguments,
    since: Annotated[
        str | None,
        typer.Option(
            "--since",
            metavar="TIME",
            help="The beginning of the period: 7d, 'last monday', 2026-01-01. Default: seven days before "
            "--until.",
        ),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(
            "--until",
            metavar="TIME",
            help="The end of the period. Default: now; without --since too, the beginning of today.",
        ),
    ] = None,
    tenant: Annotated[
        str | None,
        typer.Option("--tenant", metavar="TENANT", help="Only this tenant. Default: all you may see."),
    ] = None,
    utc: Annotated[
        bool, typer.Option("--utc", help="Read and show times in UTC.", rich_help_panel=OUTPUT_OPTIONS)
    ] = False,
) -> None:
    """Write a document about a period: what happened, what is open, what differs from usual.

    For people who do not look at a terminal: the HTML is one file that loads nothing, for a mail, a browser
    or paper. All its numbers are also in the JSON.
    """
    chosen = document.form
    if chosen is ReportFormat.HTML and find_spec("jinja2") is None:
        raise MissingExtraError("'dbtrack report --format html'", "report")
    zone = client_zone(os.environ, utc=utc)
    with (
        destination(document.output, pages=not document.no_pager) as stream,
        connected(connection, may_be_behind=True) as database,
    ):
        from dbtrack.documents.period_facts import read_period

        period = _period(database, since, until, zone)
        facts = read_period(database, period, tenant or target_of(connection).tenant)
        stream.write(_written(chosen, facts))


def _period(database: Database, since: str | None, until: str | None, zone: tzinfo) -> Period:
    from dbtrack import sql_files
    from dbtrack.documents.period_facts import Period
    from dbtrack.reports.run import read_moments

    now: datetime = database.value(sql_files.query("reports/clock"))
    read = read_moments({"since": since, "until": until}, now, zone)
    end = read.get("until") or (now if since else _midnight(now, zone))
    begin = read.get("since") or _days_before(end, zone)
    if begin >= end:
        raise UsageError("the period is empty", hint="--since must be before --until")
    return Period(begin, end, zone)


def _midnight(moment: datetime, zone: tzinfo) -> datetime:
    return moment.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)


def _days_before(end: datetime, zone: tzinfo) -> datetime:
    """Return the same time of day seven days before, though the clocks may have changed between."""
    return (end.astimezone(zone).replace(tzinfo=None) - timedelta(days=_DAYS)).replace(tzinfo=zone)


def _written(chosen: ReportFormat, facts: PeriodFacts) -> str:
    if chosen is ReportFormat.HTML:
        from dbtrack.documents.period_html import period_html

        return period_html(facts)
    from dbtrack.documents.period_text import period_json, period_markdown

    return period_json(facts) if chosen is ReportFormat.JSON else period_markdown(facts)


COMMANDS = {"report": CommandDefinition(report, EXAMPLES)}
