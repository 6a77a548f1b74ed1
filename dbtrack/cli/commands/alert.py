"""``dbtrack alert``: conditions over reports."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dbtrack.cli.connection import connected
from dbtrack.cli.options.alert_options import AlertArguments, parse_duration_option
from dbtrack.cli.options.connection_options import ConnectionArguments, OutputArguments
from dbtrack.cli.output import destination, emit, emit_sections
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example, GroupDefinition
from dbtrack.errors import ExitCode, UsageError
from dbtrack.terminal import messages

if TYPE_CHECKING:
    from dbtrack.notify.alerts import Evaluation
    from dbtrack.notify.alerts.alert import AlertDefinition
    from dbtrack.notify.alerts.evaluate import Matcher

ABOUT = """Manage and evaluate alerts, which are conditions over reports.

An alert fires while enough rows of a report meet its condition, and is resolved when they no longer do.
Both are events, alert.fired and alert.resolved, which 'dbtrack webhook' and 'dbtrack stream' send.
'dbtrack alert check', from cron, and 'dbtrack notify' evaluate all alerts.
"""
EXAMPLES = (
    Example("dbtrack alert add --ready migration-failed", "Add one of the ready alerts."),
    Example(
        "dbtrack alert add nightly --report errors --when \"script_name like 'nightly%'\"",
        "Tell somebody when a nightly job fails.",
    ),
    Example("dbtrack alert check", "Evaluate all alerts now; for cron."),
)
ALL_READY = "all"

Name = Annotated[str, typer.Argument(metavar="NAME", help="The alert's name.")]


def add(
    connection: ConnectionArguments,
    alert: AlertArguments,
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME",
            help="Lower-case letters, digits, underscores, hyphens. Default: the name of the ready alert.",
        ),
    ] = None,
    ready: Annotated[
        str | None,
        typer.Option(
            "--ready",
            metavar="READY",
            help="Start from this ready alert; all adds every one that is not there yet. "
            "See 'dbtrack alert list --ready'.",
        ),
    ] = None,
) -> None:
    """Add an alert.

    The condition is about the columns of one report. What is recorded from now on counts. To change an alert,
    remove it and add it again.
    """
    from dbtrack.notify.alerts import manage
    from dbtrack.notify.alerts.alert import read_alerts

    definitions = _definitions(name, ready, alert.given())
    with connected(connection) as database, database.transaction(), _showing_mistakes():
        there = {each.name for each in read_alerts(database)} if ready == ALL_READY else set()
        for definition in definitions:
            if definition.name not in there:
                manage.add_alert(database, definition)
    if sys.stderr.isatty():
        messages.say("dbtrack: added; dbtrack alert check evaluates alerts, dbtrack notify also sends them")


def _definitions(name: str | None, ready: str | None, given: dict[str, Any]) -> list[AlertDefinition]:
    from dbtrack.notify.alerts.alert import AlertDefinition, Severity
    from dbtrack.notify.alerts.ready import READY, find_ready

    if "severity" in given:
        given["severity"] = Severity(given["severity"])
    if ready == ALL_READY:
        if name is not None:
            raise UsageError("--ready all takes no name: each alert has its own")
        return [replace(definition, **given) for definition in READY.values()]
    if ready is not None:
        base = find_ready(ready)
        return [replace(base, **given, name=name or base.name)]
    if name is None or "condition" not in given:
        raise UsageError(
            "an alert needs a name and --when, or --ready",
            hint="list the ready ones with: dbtrack alert list --ready",
        )
    return [AlertDefinition(**{"name": name, "report": "executions", **given})]


@contextmanager
def _showing_mistakes() -> Iterator[None]:
    """Show where a condition has its mistake, before the message that says what it is."""
    from dbtrack.notify.alerts.words import ExpressionError

    try:
        yield
    except ExpressionError as error:
        messages.say_block(error.excerpt)
        raise


def list_all(
    connection: ConnectionArguments,
    output: OutputArguments,
    ready: Annotated[
        bool, typer.Option("--ready", help="List the alerts that are ready to be added; needs no database.")
    ] = False,
) -> None:
    """List the alerts: state, since when, last evaluated, last fired."""
    from dbtrack.notify.alerts import manage

    with destination(output) as stream:
        if ready:
            emit(
                manage.DEFINITION_COLUMNS,
                manage.ready_rows(),
                stream,
                output,
                title="Ready alerts",
                report="alert list",
            )
            return
        with connected(connection) as database:
            emit(
                manage.STATE_COLUMNS,
                manage.list_states(database),
                stream,
                output,
                title="Alerts",
                report="alert list",
                database=database,
            )


def show(connection: ConnectionArguments, name: Name, output: OutputArguments) -> None:
    """Show one alert: its definition, its states, its notices."""
    from dbtrack.notify.alerts import manage
    from dbtrack.notify.alerts.alert import read_alerts
    from dbtrack.render import Section

    with destination(output) as stream, connected(connection) as database:
        (alert,) = read_alerts(database, name)
        sections = [
            Section(
                "alert", manage.DEFINITION_COLUMNS, [manage.definition_row(alert.definition)], f"Alert {name}"
            ),
            Section("states", manage.STATE_COLUMNS, manage.list_states(database, name), "States"),
            Section("notices", manage.NOTICE_COLUMNS, manage.list_notices(database, name), "Latest notices"),
        ]
        emit_sections("alert show", sections, stream, output)


def test(connection: ConnectionArguments, name: Name, output: OutputArguments) -> None:
    """Evaluate one alert now, and show what matches; sends nothing.

    Executions and notices are those of the time that the alert counts. Exits 3 if the alert would fire, else
    0.
    """
    from dbtrack.notify.alerts import manage
    from dbtrack.notify.alerts.alert import read_alerts
    from dbtrack.notify.alerts.evaluate import matches_now

    with destination(output) as stream, connected(connection) as database:
        (alert,) = read_alerts(database, name)
        found = matches_now(database, alert)
        least = alert.definition.at_least
        rows = [
            (
                group.group or None,
                group.matches >= least,
                group.matches,
                group.summary,
                group.first,
                group.last,
            )
            for group in found.groups.values()
        ]
        if rows or output.format is not None:
            emit(
                manage.MATCH_COLUMNS,
                rows,
                stream,
                output,
                title=f"Alert {name}",
                report="alert test",
                database=database,
            )
    fires = any(would_fire for _group, would_fire, *_rest in rows)
    messages.say(f"dbtrack: {name} {_verdict(found) if fires else 'would not fire'}")
    if fires:
        raise typer.Exit(ExitCode.FINDINGS)


def _verdict(found: Matcher) -> str:
    hold_for = found.alert.definition.hold_for
    return f"would fire after {hold_for}" if hold_for else "would fire"


def silence(
    connection: ConnectionArguments,
    duration: Annotated[str, typer.Option("--for", metavar="DURATION", help="How long: 2h, 30m, 1d.")],
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="The alert's name.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Silence all alerts.")] = False,
    reason: Annotated[
        str | None, typer.Option("--reason", metavar="TEXT", help="Why; it is recorded and shown.")
    ] = None,
) -> None:
    """Do not notify that an alert fires, for a time.

    It is still evaluated. If it still fires when the silence ends, it is notified then. An alert that was
    notified before is notified when it is resolved.
    """
    from dbtrack.notify.alerts import manage

    chosen = _chosen(name, everything=everything)
    length = parse_duration_option(duration, "--for")
    with connected(connection) as database:
        manage.silence_alert(database, chosen, length, reason)


def unsilence(
    connection: ConnectionArguments,
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="The alert's name.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="End the silence of all alerts.")] = False,
) -> None:
    """End the silence of an alert."""
    from dbtrack.notify.alerts import manage

    chosen = _chosen(name, everything=everything)
    with connected(connection) as database:
        manage.silence_alert(database, chosen, None, None)


def _chosen(name: str | None, *, everything: bool) -> str | None:
    if (name is None) != everything:
        raise UsageError("name one alert, or give --all")
    return name


def remove(connection: ConnectionArguments, name: Name) -> None:
    """Remove an alert. If it fires, it is resolved first."""
    from dbtrack.notify.alerts import manage

    with connected(connection) as database:
        manage.remove_alert(database, name)


def check(connection: ConnectionArguments, output: OutputArguments) -> None:
    """Evaluate all alerts now; for cron.

    Writes the events alert.fired and alert.resolved, and lists the alerts that fire. Exits 3 if an alert
    fires that is not silenced, 1 if an alert cannot be evaluated, otherwise 0. If another evaluation is at
    work, it waits.
    """
    from dbtrack.notify.alerts import evaluate_alerts, manage

    with destination(output) as stream, connected(connection) as database:
        found = evaluate_alerts(database, waits=True)
        firing = [row for row in manage.list_states(database) if row[manage.STATE] == manage.FIRING]
        if firing or output.format is not None:
            emit(
                manage.STATE_COLUMNS,
                firing,
                stream,
                output,
                title="Alerts that fire",
                report="alert check",
                database=database,
            )
    _say_changes(found, verbose=output.verbose)
    if found.failures or firing:
        raise typer.Exit(ExitCode.FAILED if found.failures else ExitCode.FINDINGS)


def _say_changes(found: Evaluation, *, verbose: bool) -> None:
    if verbose:
        for change in found.changes:
            group = f" ({change.group})" if change.group else ""
            messages.say(f"dbtrack: {change.alert}{group}: {change.change}, {change.count}")
    for name, failure in found.failures.items():
        messages.warn(f"{name} cannot be evaluated: {failure}")


_MEMBERS: dict[str, CommandDefinition | GroupDefinition] = {
    "add": CommandDefinition(add, EXAMPLES[:2]),
    "list": CommandDefinition(
        list_all,
        (
            Example("dbtrack alert list", "Which alerts fire, and since when."),
            Example("dbtrack alert list --ready", "Which alerts are ready to be added."),
        ),
    ),
    "show": CommandDefinition(
        show, (Example("dbtrack alert show migration-failed", "Its condition, states and notices."),)
    ),
    "test": CommandDefinition(
        test, (Example("dbtrack alert test migration-failed", "Would it fire now, and for what?"),)
    ),
    "check": CommandDefinition(check, EXAMPLES[2:]),
    "silence": CommandDefinition(
        silence,
        (Example("dbtrack alert silence --all --for 2h --reason 'release 4.2'", "Be quiet for two hours."),),
    ),
    "unsilence": CommandDefinition(
        unsilence, (Example("dbtrack alert unsilence --all", "End the silence of all alerts."),)
    ),
    "remove": CommandDefinition(remove, (Example("dbtrack alert remove nightly", "Remove an alert."),)),
}
COMMANDS = {"alert": GroupDefinition(ABOUT, _MEMBERS, EXAMPLES)}
