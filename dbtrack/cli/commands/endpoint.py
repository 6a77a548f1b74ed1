"""``dbtrack endpoint``: list, pause, resume, remove."""

from __future__ import annotations

from typing import Annotated

import typer

from dbtrack.cli.connection import connected
from dbtrack.cli.options.connection_options import ConnectionArguments, OutputArguments
from dbtrack.cli.options.endpoint_options import Reason, Since
from dbtrack.cli.output import destination, emit
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example, GroupDefinition

ABOUT = """Manage the endpoints that events are sent to: streams, exports, webhooks.

An endpoint remembers what was delivered. 'dbtrack stream' and 'dbtrack webhook add' create endpoints, and
other programs create them in SQL; see docs/events.md.
"""
EXAMPLES = (
    Example("dbtrack endpoint list", "List all endpoints with their lag and state."),
    Example("dbtrack endpoint remove kafka-dbtrack", "Remove the endpoint of a stream that has ended."),
)

Name = Annotated[
    str, typer.Argument(metavar="NAME", help="The endpoint's name, as 'dbtrack endpoint list' shows it.")
]


def list_all(connection: ConnectionArguments, output: OutputArguments) -> None:
    """List the endpoints, and how far each is."""
    from dbtrack.events import endpoints

    with destination(output) as stream, connected(connection) as database:
        emit(
            endpoints.ENDPOINT_COLUMNS,
            endpoints.list_endpoints(database),
            stream,
            output,
            title="Endpoints",
            report="endpoint list",
            database=database,
        )


def pause(connection: ConnectionArguments, name: Name, reason: Reason = None) -> None:
    """Send nothing until the endpoint is resumed.

    Its events stay in the record. A stream that runs waits.
    """
    from dbtrack.events import endpoints

    with connected(connection) as database:
        endpoints.pause_endpoint(database, name, reason)


def resume(connection: ConnectionArguments, name: Name, since: Since = None) -> None:
    """Send again from where the endpoint stopped.

    In a copy of a database, or a restored dump, nothing is sent until this is run, because there it may be a
    test system.
    """
    from dbtrack.cli.parse_values import parse_moment
    from dbtrack.events import endpoints

    with connected(connection) as database:
        moment = None if since is None else parse_moment(database, since)
        endpoints.resume_endpoint(database, name, moment)


def remove(connection: ConnectionArguments, name: Name) -> None:
    """Remove an endpoint; a webhook with its dead letters.

    A stream that runs with it ends. The next 'dbtrack stream' of this name creates a new one, which begins
    with the next event.
    """
    from dbtrack.events import endpoints

    with connected(connection) as database:
        endpoints.remove_endpoint(database, name)


_MEMBERS = {
    "list": CommandDefinition(
        list_all, (Example("dbtrack endpoint list --format json", "List them for a script."),)
    ),
    "pause": CommandDefinition(
        pause,
        (
            Example(
                "dbtrack endpoint pause kafka-dbtrack --reason 'the cluster is upgraded'",
                "Send nothing for a while.",
            ),
        ),
    ),
    "resume": CommandDefinition(
        resume,
        (Example("dbtrack endpoint resume kafka-dbtrack --since 2h", "Send the last two hours again."),),
    ),
    "remove": CommandDefinition(
        remove, (Example("dbtrack endpoint remove kafka-dbtrack", "Remove it with its cursor."),)
    ),
}
COMMANDS = {"endpoint": GroupDefinition(ABOUT, _MEMBERS, EXAMPLES)}
