"""Publish to Kafka, with librdkafka's idempotent producer."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Any

from dbtrack.errors import DbtrackError
from dbtrack.stream.destination import Destination
from dbtrack.stream.kafka_errors import AWAY, NO_TOPIC, PURGED, REFUSALS, TOO_LARGE, silent_logger, text_of
from dbtrack.stream.kafka_topic import KafkaTopic
from dbtrack.stream.message import Message
from dbtrack.stream.sink import (
    PATIENCE_SECONDS,
    BrokerAwayError,
    BrokerError,
)

if TYPE_CHECKING:
    from confluent_kafka import KafkaError, Producer

_POLL_SECONDS = 0.1
_PURGE_SECONDS = 1.0

# What a user may set otherwise, in the environment or in a file.
_DEFAULTS: dict[str, Any] = {
    "client.id": "dbtrack",
    "linger.ms": 5,
    # The partition that Java's clients choose for the same key.
    "partitioner": "murmur2_random",
    "topic.metadata.refresh.interval.ms": 60_000,
}
# What at-least-once delivery in order depends on.
_FIXED: dict[str, Any] = {
    "enable.idempotence": True,
    "acks": "all",
    # The library repeats a message until it is confirmed, so that no later one of its partition overtakes it.
    # `send` gives up earlier, and then drops all of them.
    "message.timeout.ms": 0,
    "enable.gapless.guarantee": True,
}


class KafkaSink(KafkaTopic):
    """A topic to publish to, as `KafkaTopic`."""

    def __init__(
        self,
        destination: Destination,
        settings: Mapping[str, str],
        *,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        super().__init__(destination, settings, patience_seconds=patience_seconds)
        self._producer: Producer | None = None

    def open(self) -> None:
        """Connect, and check that the topic exists, as `Sink.open`."""
        if self._producer is not None:
            return
        producer = self._new_producer()
        try:
            self._check_topic(producer)
        except BaseException:
            _drop(producer)
            raise
        self._producer = producer

    def send(self, messages: Sequence[Message]) -> None:
        """Send the messages, as `Sink.send`."""
        if self._producer is None:
            self.open()
        producer = self._producer
        if producer is None:
            return
        try:
            self._send(producer, messages)
        except BaseException:
            self.close()
            raise

    def wait(self, seconds: float) -> None:
        """Wait, and serve the library's callbacks."""
        if self._producer is None:
            time.sleep(seconds)
            return
        from confluent_kafka import KafkaException

        until = monotonic() + seconds
        try:
            while (left := until - monotonic()) > 0:
                self._producer.poll(left)
        except KafkaException:
            # A fatal error, while nothing was under way: the next message needs another producer.
            self.close()

    def close(self) -> None:
        """Drop what was not confirmed, and disconnect."""
        producer, self._producer = self._producer, None
        if producer is not None:
            _drop(producer)

    def _new_producer(self) -> Producer:
        from confluent_kafka import Producer

        return self._made(
            lambda config: Producer({**config, "logger": silent_logger()}), "producer", _DEFAULTS, _FIXED
        )

    def _send(self, producer: Producer, messages: Sequence[Message]) -> None:
        from confluent_kafka import KafkaException

        receipts = _Receipts(len(messages))
        try:
            for message in messages:
                self._produce(producer, message, receipts)
            self._await_receipts(producer, receipts)
        except KafkaException as error:
            # A fatal error stops the producer and purges its messages. Where a broker refused one of them,
            # the report on that one has the reason; it may arrive after the reports on others.
            until = monotonic() + _PURGE_SECONDS
            while receipts.refusal is None and monotonic() < until:
                # Each poll may raise the fatal error again.
                with suppress(KafkaException):
                    producer.poll(_POLL_SECONDS)
            raise self._failure(receipts.refusal or error.args[0]) from error

    def _produce(self, producer: Producer, message: Message, receipts: _Receipts) -> None:
        producer.produce(
            self._topic,
            key=message.key.encode(),
            value=message.body,
            headers=[(name, value.encode()) for name, value in message.headers],
            timestamp=int(message.time.timestamp() * 1000),
            on_delivery=receipts.note,
        )

    def _await_receipts(self, producer: Producer, receipts: _Receipts) -> None:
        missing, until = receipts.missing, monotonic() + self._patience_seconds
        while receipts.missing and receipts.refusal is None:
            producer.poll(_POLL_SECONDS)
            if receipts.missing != missing:
                missing, until = receipts.missing, monotonic() + self._patience_seconds
            elif monotonic() > until or self._is_refused():
                raise self._away(None)
        if receipts.refusal is not None:
            raise self._failure(receipts.refusal)

    def _is_refused(self) -> bool:
        return self._reason is not None and self._reason.name() in REFUSALS

    def _failure(self, error: KafkaError) -> DbtrackError:
        """Return the error to raise for one of the library's."""
        name = str(error.name())
        if name in REFUSALS:
            return self._refused(error)
        if name in AWAY:
            return self._away(error)
        if name in NO_TOPIC:
            return self._no_topic()
        if name == TOO_LARGE:
            hint = "set max.message.bytes of the topic to 1000000 or more"
            return DbtrackError(f"{self._place}: a message is larger than the topic accepts", hint=hint)
        return DbtrackError(f"{self._place}: {text_of(error)}")

    def _away(self, error: KafkaError | None) -> BrokerError:
        """Return the error to raise while the brokers confirm nothing; the reason came by a callback."""
        shown = self._reason or error
        if shown is None:
            return BrokerAwayError(f"{self._place}: the brokers confirm nothing")
        if self._is_refused():
            return self._refused(shown)
        return BrokerAwayError(f"{self._place}: {text_of(shown)}")


class _Receipts:
    """Which messages the broker has confirmed."""

    def __init__(self, expected: int) -> None:
        self.missing = expected
        self.refusal: KafkaError | None = None

    def note(self, error: KafkaError | None, _message: object) -> None:
        """Take the library's report on one message."""
        if error is None:
            self.missing -= 1
        elif self.refusal is None and error.name() not in PURGED:
            self.refusal = error


def _drop(producer: Producer) -> None:
    from confluent_kafka import KafkaException

    # What is dropped is sent again over another producer, so an error here loses nothing. The flush has
    # raised SystemError: the library calls back for a message although the call for one before has failed.
    with suppress(KafkaException, SystemError):
        producer.purge(in_queue=True, in_flight=True, blocking=False)
        producer.flush(_PURGE_SECONDS)
