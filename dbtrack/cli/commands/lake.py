"""``dbtrack lake``: list, query, print SQL for other engines, fetch."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dbtrack.cli.options.connection_options import OutputArguments, Verbose
from dbtrack.cli.options.lake_options import NoVerify
from dbtrack.cli.output import destination, emit
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example, GroupDefinition
from dbtrack.errors import ExitCode, UsageError
from dbtrack.lake.questions import Engine
from dbtrack.terminal import messages

if TYPE_CHECKING:
    from dbtrack.lake.manifest import Selection

ABOUT = """Query the long history of many databases, in Parquet.

A lake is what 'dbtrack export --source' writes: a directory with a month of a database in each part, and
manifests. It can be copied to S3. DuckDB, ClickHouse and Spark read it (docs/long-history.md). Needs DuckDB:
pip install 'dbtrack[archive]'; a lake in S3 also 'dbtrack[s3]'.
"""
EXAMPLES = (
    Example("dbtrack lake list /srv/lake", "What it has of which database; checks each file."),
    Example("dbtrack lake query /srv/lake --question by-month", "Executions by source and month."),
    Example(
        "dbtrack lake query s3://audit/lake --question object --object public.t",
        "What changed this table, in all databases and years.",
    ),
    Example(
        "dbtrack lake query /srv/lake --source shop 'SELECT count(*) FROM executions'",
        "Any query in DuckDB's SQL.",
    ),
    Example(
        "dbtrack lake sql /srv/lake --question durations --engine clickhouse",
        "The same question as SQL for another engine.",
    ),
    Example("dbtrack lake fetch s3://audit/lake /srv/lake --since 2026-01", "Copy verified files."),
)
Place = Annotated[
    str, typer.Argument(metavar="LAKE", help="The directory of the lake, or s3://BUCKET/PREFIX.")
]
_QUESTIONS = "by-month, ddl, durations, failures, fleet, object, tenants, users"
_OBJECT = typer.Option(
    "--object",
    metavar="NAME",
    help="The object of the question object, as PostgreSQL names it: public.orders.",
)


@dataclass(frozen=True)
class SelectedMonths:
    """Which months of which sources."""

    sources: Annotated[
        list[str] | None,
        typer.Option("--source", metavar="NAME", help="Only this source; can be given several times."),
    ] = None
    since: Annotated[
        str | None, typer.Option("--since", metavar="YYYY-MM", help="From this month on (UTC).")
    ] = None
    until: Annotated[
        str | None, typer.Option("--until", metavar="YYYY-MM", help="Before this month (UTC).")
    ] = None

    def selection(self) -> Selection:
        """Return them.

        Raises:
            UsageError: a month is malformed.
        """
        from dbtrack.lake.manifest import Selection

        return Selection(tuple(self.sources or ()), self.since, self.until)


def list_all(place: Place, output: OutputArguments, months: SelectedMonths) -> None:
    """List the months of each source, and verify their files.

    Exits 3 if a file is missing, was altered, or is in no manifest.
    """
    from dbtrack.lake.read import LAKE_MONTH_COLUMNS, Fault, Lake

    lake = Lake(place)
    manifests = lake.manifests(months.selection())
    checked = list(lake.checked(manifests))
    faults = [f"{path} {fault}" for month in checked for path, fault in month.faults.items()]
    if months == SelectedMonths():
        faults += [f"{path} {Fault.UNLISTED}" for path in lake.unlisted(manifests)]
    for fault in faults:
        messages.warn(f"{lake.name}/{fault}")
    with destination(output) as stream:
        rows = [month.row for month in checked]
        emit(LAKE_MONTH_COLUMNS, rows, stream, output, title="Lake", report="lake list")
    if faults:
        raise typer.Exit(ExitCode.FINDINGS)


def query(
    place: Place,
    output: OutputArguments,
    months: SelectedMonths,
    sql: Annotated[
        str | None,
        typer.Argument(
            metavar="SQL", help="One SELECT from the tables executions and objects; instead of a question."
        ),
    ] = None,
    question: Annotated[
        str | None,
        typer.Option("--question", metavar="QUESTION", help=f"One of: {_QUESTIONS}."),
    ] = None,
    object_name: Annotated[str | None, _OBJECT] = None,
    no_verify: NoVerify = False,
) -> None:
    """Ask a question of the lake, or query it in SQL, without connecting.

    The files that it needs are compared with their manifests first; those of S3 are downloaded for the time
    of the query. Exits 3, without an answer, if one is missing or was altered.
    """
    from dbtrack.lake.query import query_lake
    from dbtrack.lake.questions import find_question, question_sql
    from dbtrack.lake.read import Lake

    if (sql is None) == (question is None):
        raise UsageError("give either SQL or --question", hint=f"the questions are: {_QUESTIONS}")
    if sql is not None and object_name is not None:
        raise UsageError("--object is for --question object")
    statement = sql
    if question is not None:
        statement = question_sql(find_question(question), Engine.DUCKDB, object_name)
    with (
        destination(output) as stream,
        query_lake(Lake(place), statement or "", months.selection(), verify=not no_verify) as answer,
    ):
        emit(answer.columns, answer.rows, stream, output, title="Lake", report="lake query")


def print_sql(
    place: Place,
    question: Annotated[str, typer.Option("--question", metavar="QUESTION", help=f"One of: {_QUESTIONS}.")],
    engine: Annotated[
        Engine,
        typer.Option("--engine", metavar="ENGINE", case_sensitive=False, help="duckdb, clickhouse or spark."),
    ] = Engine.DUCKDB,
    object_name: Annotated[str | None, _OBJECT] = None,
) -> None:
    """Print a question as SQL that another engine can run.

    It has all that the engine needs to read the files of the lake. That engine does not verify them: 'dbtrack
    lake list' does. An endpoint of S3 other than Amazon's is taken from AWS_ENDPOINT_URL_S3.
    """
    from dbtrack.lake.engines import runnable_sql
    from dbtrack.lake.questions import find_question

    found = find_question(question)
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    typer.echo(runnable_sql(found, engine, place, object_name, endpoint=endpoint))


def fetch(
    place: Place,
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Where to; it becomes a lake.")],
    months: SelectedMonths,
    verbose: Verbose = False,
) -> None:
    """Copy a lake, or some of its months, to a directory.

    For engines that do not reach it. Only what is not there yet is copied. Exits 3 if a file is missing or
    was altered; the months before are complete.
    """
    from dbtrack.lake.fetch import fetch_lake
    from dbtrack.lake.read import Lake

    lake = Lake(place)
    done = fetch_lake(lake, lake.manifests(months.selection()), directory)
    for reason in done.kept:
        messages.warn(f"{reason}: it stays as it is")
    if verbose:
        messages.say(f"dbtrack: copied {done.copied:,} files to {directory}; {done.present:,} were there")


_MEMBERS = {
    "list": CommandDefinition(list_all, EXAMPLES[:1]),
    "query": CommandDefinition(query, EXAMPLES[1:4]),
    "sql": CommandDefinition(print_sql, EXAMPLES[4:5]),
    "fetch": CommandDefinition(fetch, EXAMPLES[5:]),
}
COMMANDS = {"lake": GroupDefinition(ABOUT, _MEMBERS, EXAMPLES)}
