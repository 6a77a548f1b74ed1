"""``dbtrack export``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dbtrack.cli.connection import connected, target_of
from dbtrack.cli.options.connection_options import ConnectionArguments, Verbose
from dbtrack.cli.options.export_options import (
    FileArguments,
    FilterArguments,
    SelectionArguments,
    SyslogArguments,
    TraceArguments,
)
from dbtrack.cli.output import STANDARD_OUTPUT, destination
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example, choice
from dbtrack.errors import UsageError
from dbtrack.export.columns import Subject
from dbtrack.export.request import ExportFormat, ExportRequest, format_of
from dbtrack.reports import REPORTS
from dbtrack.terminal import messages
from dbtrack.terminal.progress import ProgressLine

if TYPE_CHECKING:
    from dbtrack.export.reading import Reading
    from dbtrack.export.run import Destination, ExportReport

EXAMPLES = (
    Example("dbtrack export executions --since 7d -o week.csv", "The executions of a week."),
    Example(
        "dbtrack export executions --format jsonl --state shop.state -o spool/",
        "From cron: each run writes what is new since the last one into a new file.",
    ),
    Example(
        "dbtrack export objects --full --format parquet -o lake/",
        "One row for each object, partitioned by tenant and month.",
    ),
    Example(
        "dbtrack export executions --format ocsf --state siem.state --syslog logs.example.com",
        "To a SIEM, over TLS. Nothing is lost if the connection breaks.",
    ),
    Example(
        "dbtrack export executions --otlp http://collector:4318 --state traces.state",
        "As spans of OpenTelemetry.",
    ),
    Example(
        "dbtrack export executions --user alice --since 'last month' --until 'this month' -o alice.csv",
        "What alice did in the month before this one.",
    ),
    Example(
        "dbtrack export executions --source shop -o lake/",
        "From cron: the months that are over, beside those of other databases; see 'dbtrack lake'.",
    ),
    Example("dbtrack export history --since 30d -o history.parquet", "A report."),
)
_REPORTS = tuple(name for name, report in REPORTS.items() if report.part_of is None)


def export(
    what: Annotated[
        str,
        typer.Argument(
            metavar="WHAT",
            click_type=choice((*Subject, *_REPORTS)),
            help="executions; objects: one row for each execution and object; or a report, by its name.",
        ),
    ],
    selection: SelectionArguments,
    filters: FilterArguments,
    file: FileArguments,
    syslog: SyslogArguments,
    trace: TraceArguments,
    connection: ConnectionArguments,
    verbose: Verbose = False,
) -> None:
    """Write executions, objects or a report for other programs; with --state, only what is new.

    Without --state there is one row for each execution, as it stands now; with --state, one for each version
    of it. Row security decides what is exported. Exits 11 if another export uses the same state file.
    """
    if selection.source is not None:
        _check_lake(what, selection, filters, file, syslog, trace)
        _export_to_lake(what, selection.source, selection, file, connection, verbose=verbose)
        return
    if trace.otlp is not None:
        _check_spans(what, selection, filters, file, syslog)
        _send_spans(trace.otlp, selection, connection, verbose=verbose)
        return
    if what in _REPORTS:
        _export_report(what, selection, filters, file, syslog, connection)
        return
    chosen = _format_of(file, syslog)
    request = ExportRequest(
        Subject(what),
        selection.since,
        selection.until,
        selection.tenant or target_of(connection).tenant,
        selection.full,
        selection.state,
        selection.after_restore,
        filters.given(),
        selection.zone,
    )
    request.check(chosen)
    report = _run(request, _destination(chosen, file, syslog), connection)
    if verbose:
        messages.say_block(_summary(report))


def _check_lake(
    what: str,
    selection: SelectionArguments,
    filters: FilterArguments,
    file: FileArguments,
    syslog: SyslogArguments,
    trace: TraceArguments,
) -> None:
    if what not in set(Subject):
        raise UsageError("a lake has executions and objects", hint="dbtrack export executions --source NAME")
    others = (filters != FilterArguments(), syslog != SyslogArguments(), trace != TraceArguments())
    is_part = selection.tenant or selection.state or selection.after_restore
    if any(others) or is_part or file.format not in {None, ExportFormat.PARQUET}:
        raise UsageError(
            "--source takes only --since, --until, --full and --output: a lake has whole months, as Parquet"
        )
    if file.output is None:
        raise UsageError("--source needs the directory of the lake", hint="-o DIRECTORY")


def _export_to_lake(
    what: str,
    source: str,
    selection: SelectionArguments,
    file: FileArguments,
    connection: ConnectionArguments,
    *,
    verbose: bool,
) -> None:
    from dbtrack.lake.write import LakeRequest, export_to_lake

    request = LakeRequest(
        Subject(what), source, selection.since, selection.until, selection.full, selection.zone
    )
    lake = file.output or ""
    with connected(connection) as database, ProgressLine("export") as line:
        report = export_to_lake(
            database, request, lake, lambda month: lambda rows: line.count(rows, None, f"rows of {month}")
        )
    for reason in report.kept:
        messages.warn(f"{source}: {reason}: it stays as it is")
    if not report.seen:
        messages.say(f"dbtrack: nothing of {source} to export: a lake has months that are over, in UTC")
    elif verbose:
        months = ", ".join(report.months) or "nothing new"
        messages.say(f"dbtrack: exported {report.rows:,} rows of {source} to {lake}: {months}")


def _check_spans(
    what: str,
    selection: SelectionArguments,
    filters: FilterArguments,
    file: FileArguments,
    syslog: SyslogArguments,
) -> None:
    if what != Subject.EXECUTIONS:
        raise UsageError("--otlp sends executions", hint="dbtrack export executions --otlp URL")
    others = (filters != FilterArguments(), file != FileArguments(), syslog != SyslogArguments())
    if any(others) or selection.full or selection.after_restore:
        raise UsageError("--otlp takes only --since, --until, --tenant and --state")


def _send_spans(
    url: str, selection: SelectionArguments, connection: ConnectionArguments, *, verbose: bool
) -> None:
    from dbtrack.export.otlp import export_spans

    with connected(connection) as database, ProgressLine("export") as line:
        sent = export_spans(
            database,
            url,
            since=selection.since,
            until=selection.until,
            tenant=selection.tenant or target_of(connection).tenant,
            state=selection.state,
            zone=selection.zone,
            progress=lambda spans: line.count(spans, None, "spans"),
        )
    if sent.refused:
        messages.warn(f"the receiver did not keep {sent.refused:,} of {sent.spans:,} spans: {sent.reason}")
    if verbose:
        messages.say(f"dbtrack: sent {sent.spans:,} {'span' if sent.spans == 1 else 'spans'}")


def _run(request: ExportRequest, to: Destination, connection: ConnectionArguments) -> ExportReport:
    from dbtrack.export.run import export as run_export

    with connected(connection) as database, ProgressLine("export") as line:
        return run_export(database, request, to, lambda opened: _progress(opened, line), messages.warn)


def _progress(opened: Reading, line: ProgressLine) -> Callable[[int], None]:
    if not line.is_visible:
        return lambda _: None
    line.show("counting rows")
    total = opened.count()
    return lambda rows: line.count(rows, total, "rows")


def _format_of(file: FileArguments, syslog: SyslogArguments) -> ExportFormat:
    if file.format is not None:
        return file.format
    if syslog.syslog is not None:
        return ExportFormat.JSONL
    return format_of(Path(file.output) if file.output is not None else None)


def _destination(chosen: ExportFormat, file: FileArguments, syslog: SyslogArguments) -> Destination:
    """Return the one destination that the options name."""
    from dbtrack.export.run import FileDestination

    if syslog.syslog is None:
        _require_syslog(syslog)
        name = None if file.output in (None, str(STANDARD_OUTPUT)) else file.output
        return FileDestination(chosen, name, sys.stdout.buffer)
    if file.output is not None:
        raise UsageError("give either --output or --syslog")
    from dbtrack.export.syslog import SyslogDestination, SyslogServer

    server = SyslogServer.parsed(
        syslog.syslog, ca=syslog.syslog_ca, certificate=syslog.syslog_cert, is_plain=syslog.syslog_plain
    )
    return SyslogDestination(server, chosen)


def _require_syslog(syslog: SyslogArguments) -> None:
    if syslog != SyslogArguments():
        raise UsageError("the options --syslog-… need --syslog HOST")


def _export_report(
    name: str,
    selection: SelectionArguments,
    filters: FilterArguments,
    file: FileArguments,
    syslog: SyslogArguments,
    connection: ConnectionArguments,
) -> None:
    from dbtrack.export.parquet import require_parquet
    from dbtrack.export.reports import ReportExport

    if syslog != SyslogArguments() or selection.state or selection.after_restore or selection.full:
        raise UsageError(
            "a report cannot be exported with --full, --state or --syslog",
            hint="dbtrack export executions can",
        )
    path = Path(file.output) if file.output is not None else None
    chosen = _format_of(file, syslog)
    given = {
        "since": selection.since,
        "until": selection.until,
        "tenant": selection.tenant,
        **filters.given(),
    }
    report = ReportExport.of(name, given, target_of(connection).tenant, selection.zone)
    if chosen is ExportFormat.PARQUET:
        if path is None or path == STANDARD_OUTPUT or path.is_dir():
            raise UsageError("a report in Parquet needs the name of a file", hint=f"-o {name}.parquet")
        require_parquet()
        with connected(connection) as database:
            report.write_parquet(database, path)
        return
    report.check(chosen)
    with destination(path) as stream, connected(connection) as database:
        report.write_text(database, chosen, stream)


def _summary(report: ExportReport) -> str:
    return "\n".join([f"exported {report.rows:,} rows", *(f"wrote {path}" for path in report.written)])


COMMANDS = {"export": CommandDefinition(export, EXAMPLES)}
