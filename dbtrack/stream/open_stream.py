"""Put a stream together: its sink, its messages and its cursor."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import partial

from dbtrack.db import Database
from dbtrack.errors import DbtrackError, UsageError
from dbtrack.events import DeliveredMemory, EventCursor, event_source, memory_path
from dbtrack.stream.cloud_event_message import cloud_event_message
from dbtrack.stream.destination import Broker, Destination
from dbtrack.stream.endpoint import StreamFormat, StreamOptions
from dbtrack.stream.message import Encoder
from dbtrack.stream.schema_change import schema_change_message
from dbtrack.stream.sink import Sink
from dbtrack.stream.source import VAULT, MessageSource, Readers

LEASE_SECONDS = 30
"""Longer than a broker may confirm nothing, and how long after a crash another worker waits."""

STANDBY_SECONDS = 10.0


def open_sink(destination: Destination, settings: Mapping[str, str]) -> Sink:
    """Return the sink of a destination, which is not connected yet.

    Raises:
        DbtrackError: its package is not installed.
    """
    if destination.broker is Broker.KAFKA:
        from dbtrack.stream.kafka_sink import KafkaSink

        return KafkaSink(destination, settings)
    if destination.broker is Broker.NATS:
        from dbtrack.stream.nats_sink import NatsSink

        return NatsSink(destination, settings)
    from dbtrack.stream.line_sink import LineSink

    return LineSink(sys.stdout)


def open_source(
    destination: Destination, settings: Mapping[str, str], readers: Readers = VAULT
) -> MessageSource:
    """Return what reads the messages of a destination, which is not connected yet.

    Raises:
        DbtrackError: its package is not installed.
        UsageError: nothing can be read there.
    """
    if destination.broker is Broker.KAFKA:
        from dbtrack.stream.kafka_source import KafkaSource

        return KafkaSource(destination, settings, readers=readers)
    if destination.broker is Broker.NATS:
        from dbtrack.stream.nats_source import NatsSource

        return NatsSource(destination, settings, readers=readers)
    raise UsageError("--from needs kafka://HOST:PORT/TOPIC or nats://HOST:PORT/SUBJECT")


def encoder(database: Database, options: StreamOptions) -> Encoder:
    """Return what makes the messages of a stream."""
    if options.format is StreamFormat.DEBEZIUM:
        return partial(
            schema_change_message, server=options.name, database=database.name, key_kind=options.key_kind
        )
    return partial(
        cloud_event_message,
        source=event_source(database),
        database=database.name,
        key_kind=options.key_kind,
        broker=options.destination.broker,
    )


def cursor_of(
    database: Database, name: str, *, after_standby: bool, warn: Callable[[str], None]
) -> EventCursor:
    """Return a cursor of the endpoint, with its memory of what was delivered.

    Args:
        after_standby: deliver only what a standby has on disk.
        warn: told if the memory cannot be kept, which only a failover would need.
    """
    memory: DeliveredMemory | None = None
    try:
        memory = DeliveredMemory(memory_path(database, name))
    except DbtrackError as error:
        warn(error.message)
    return EventCursor(
        database,
        name,
        lease_seconds=LEASE_SECONDS,
        memory=memory,
        after_standby=STANDBY_SECONDS if after_standby else None,
    )
