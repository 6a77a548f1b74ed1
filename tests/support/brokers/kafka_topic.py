"""What a topic contains, read by Kafka's own client."""

from __future__ import annotations

from time import monotonic
from typing import Any

from confluent_kafka import OFFSET_BEGINNING, Consumer, Message, TopicPartition

_PATIENCE_SECONDS = 120


def read_topic(
    servers: str, topic: str, *, count: int, settings: dict[str, Any] | None = None
) -> list[Message]:
    """Return the messages of a topic, partition by partition in order; wait until there are `count` different ids.

    Read until nothing more comes, so that messages that were delivered twice are there twice.
    """
    own = {"bootstrap.servers": servers, "group.id": "reader", "enable.auto.commit": False, "log_level": 0}
    consumer = Consumer({**own, **(settings or {})})
    try:
        partitions = consumer.list_topics(topic, timeout=20).topics[topic].partitions
        consumer.assign([TopicPartition(topic, number, OFFSET_BEGINNING) for number in partitions])
        return _all_messages(consumer, count)
    finally:
        consumer.close()


def _all_messages(consumer: Consumer, count: int) -> list[Message]:
    found: list[Message] = []
    ids: set[str] = set()
    until = monotonic() + _PATIENCE_SECONDS
    while monotonic() < until:
        batch = [message for message in consumer.consume(5000, timeout=0.5) if message.error() is None]
        found += batch
        ids |= {event_id(message) for message in batch}
        if not batch and len(ids) >= count:
            break
    return found


def event_id(message: Message) -> str:
    """Return the id of the event in a message."""
    return headers_of(message).get("ce_id", "")


def headers_of(message: Message) -> dict[str, str]:
    """Return the headers of a message."""
    headers: Any = message.headers()
    return {name: value.decode() for name, value in headers or ()}
