"""``dbtrack stream``."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dbtrack.cli.connections import Connections
from dbtrack.cli.options.connection_options import ConnectionArguments, Verbose
from dbtrack.cli.options.endpoint_options import COMMIT, STANDBY, DeliverAfter, Tenants, event_types
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example, choice
from dbtrack.errors import ExitCode, NoConnectionError
from dbtrack.terminal import messages

if TYPE_CHECKING:
    from dbtrack.db import Database
    from dbtrack.events import EventCursor
    from dbtrack.stream.endpoint import StreamOptions
    from dbtrack.stream.publish import Delivered
    from dbtrack.stream.sink import Sink

EXAMPLES = (
    Example("dbtrack stream --to kafka://broker1:9092,broker2:9092/dbtrack", "Publish to a topic of Kafka."),
    Example(
        "dbtrack stream --to nats://nats1:4222/dbtrack.shop --once",
        "Publish what is new to a JetStream stream, and end; for cron.",
    ),
    Example(
        "dbtrack stream --to kafka://broker1:9092/schema-changes --format debezium --key database",
        "DDL in the shape of Debezium's schema change topic.",
    ),
    Example("dbtrack stream --to - --once --from-beginning", "All events of the record, one JSON a line."),
)

_FORMATS = ("cloudevents", "debezium")
_KEYS = ("object", "database")


def stream(
    *,
    connection: ConnectionArguments,
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="URL",
            help="kafka://HOST:PORT/TOPIC, nats://HOST:PORT/SUBJECT, or - for standard output; several "
            "HOST:PORT with commas.",
        ),
    ],
    name: Annotated[
        str | None,
        typer.Option(
            "--name",
            metavar="NAME",
            help="Name of the endpoint, which remembers what was delivered. Default: from the topic.",
        ),
    ] = None,
    message_format: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="FORMAT",
            click_type=choice(_FORMATS),
            help="cloudevents, or debezium: DDL in the shape of Debezium's schema change topic.",
        ),
    ] = "cloudevents",
    key: Annotated[
        str,
        typer.Option(
            "--key",
            metavar="KEY",
            click_type=choice(_KEYS),
            help="What keeps its order in a partition: object, each object; database, everything.",
        ),
    ] = "object",
    events: Annotated[
        list[str] | None,
        typer.Option(
            "--events",
            metavar="TYPES",
            help="Types of events, with commas: execution.failed, execution.*; may be repeated. "
            "Default: all.",
        ),
    ] = None,
    tenant: Tenants = None,
    from_beginning: Annotated[
        bool,
        typer.Option(
            "--from-beginning",
            help="When the endpoint is created, begin with the first event of the record. Default: with the "
            "next event.",
        ),
    ] = False,
    once: Annotated[bool, typer.Option("--once", help="End when everything is delivered; for cron.")] = False,
    deliver_after: DeliverAfter = COMMIT,
    producer_config: Annotated[
        Path | None,
        typer.Option(
            "--producer-config",
            metavar="FILE",
            help="Settings of the client library, one NAME=VALUE a line: TLS, login.",
        ),
    ] = None,
    verbose: Verbose = False,
) -> None:
    """Publish events to Kafka, NATS or standard output.

    Runs until Ctrl-C. Each event is delivered at least once, with the same id each time, and the events of
    one key in their order. Events count as delivered once the broker has confirmed them: while it is away,
    nothing is lost. Requires dbtrack's admin role. 'dbtrack endpoint' lists, pauses and removes the
    endpoints.
    """
    from dbtrack.stream.destination import parse_destination
    from dbtrack.stream.endpoint import StreamFormat, StreamOptions
    from dbtrack.stream.message import KeyKind
    from dbtrack.stream.open_stream import open_sink
    from dbtrack.stream.producer_settings import producer_settings
    from dbtrack.stream.publish import Delivered

    destination = parse_destination(to)
    settings = producer_settings(destination.broker, producer_config, os.environ)
    options = StreamOptions(
        name=name or destination.default_endpoint,
        destination=destination,
        format=StreamFormat(message_format),
        key_kind=KeyKind(key),
        events=event_types(events) or (),
        tenants=tenant or (),
        from_beginning=from_beginning,
    )
    run = _Run(
        options,
        open_sink(destination, settings),
        Delivered(),
        once=once,
        after_standby=deliver_after == STANDBY,
    )
    try:
        _publish_until_stopped(connection, run)
    except KeyboardInterrupt as interrupt:
        # Whoever runs it without --once has no other way to end it.
        if once or type(interrupt) is not KeyboardInterrupt:
            raise
        raise typer.Exit(ExitCode.DONE) from None
    finally:
        run.sink.close()
        if verbose:
            messages.say(f"dbtrack: {_summary(run.delivered)}")


@dataclass(frozen=True)
class _Run:
    """What one call of the command does."""

    options: StreamOptions
    sink: Sink
    delivered: Delivered
    once: bool
    after_standby: bool


def _publish_until_stopped(connection: ConnectionArguments, run: _Run) -> None:
    """Publish, over a new connection whenever the database's is lost."""
    from dbtrack.stream.endpoint import use_endpoint
    from dbtrack.stream.open_stream import cursor_of

    with Connections(connection) as connections:
        database = connections.database
        use_endpoint(database, run.options, run.sink, once=run.once)
        cursor = cursor_of(database, run.options.name, after_standby=run.after_standby, warn=messages.warn)
        lost = _publish(database, cursor, run)
        while lost is not None:
            lost = _publish(connections.next(lost), cursor, run)


def _publish(database: Database, cursor: EventCursor, run: _Run) -> NoConnectionError | None:
    """Publish until there is no more; return the error if the connection to the database was lost."""
    from dbtrack.stream.open_stream import encoder
    from dbtrack.stream.publish import Publication, publish
    from dbtrack.stream.sink import BrokerError

    try:
        cursor.continue_over(database)
        encode = encoder(database, run.options)
        publish(cursor, Publication(run.sink, encode, run.once, messages.warn, run.delivered))
    except BrokerError:
        raise
    except NoConnectionError as lost:
        if run.once:
            raise
        return lost
    return None


def _summary(delivered: Delivered) -> str:
    left_out = f"; {delivered.left_out:,} have no form in this format" if delivered.left_out else ""
    return f"delivered {delivered.events:,} {'event' if delivered.events == 1 else 'events'}{left_out}"


COMMANDS = {"stream": CommandDefinition(stream, EXAMPLES)}
