"""Publish to Kafka, with librdkafka's idempotent producer."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Any

from dbtrack.errors import DbtrackError, UsageError
from dbtrack.stream.destination import Destination
from dbtrack.stream.kafka_errors import AWAY, NO_TOPIC, PURGED, REFUSALS, TOO_LARGE, silent_logger, text_of
from dbtrack.stream.message import Message
from dbtrack.stream.sink import (
    PATIENCE_SECONDS,
    BrokerAwayError,
    BrokerError,
    BrokerRefusalError,
    require_package,
)

if TYPE_CHECKING:
    from confluent_kafka import KafkaError, Producer

_POLL_SECONDS = 0.1
_TOPIC_POLL_SECONDS = 0.5
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


class KafkaSink:
    """A topic.

    Args:
        settings: librdkafka's configuration properties, as `security.protocol`.
    """

    def __init__(
        self,
        destination: Destination,
        settings: Mapping[str, str],
        *,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        require_package("confluent_kafka", "kafka", "kafka://")
        self._place = destination.url
        self._topic = destination.name
        self._servers = ",".join(destination.servers)
        self._settings = dict(settings)
        self._patience_seconds = patience_seconds
        self._producer: Producer | None = None
        self._reason: KafkaError | None = None

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
        from confluent_kafka import KafkaException, Producer

        self._reason = None
        given = {**_DEFAULTS, **self._settings, **_FIXED, "bootstrap.servers": self._servers}
        try:
            return Producer({**given, "error_cb": self._note_error, "logger": silent_logger()})
        except (KafkaException, ValueError) as error:
            # The message names the property, and does not repeat its value.
            raise UsageError(f"configuration of the Kafka producer: {_reason_of(error)}") from error

    def _note_error(self, error: KafkaError) -> None:
        # All brokers down follows the reason that is of interest.
        if self._reason is None or error.name() != "_ALL_BROKERS_DOWN":
            self._reason = error

    def _check_topic(self, producer: Producer) -> None:
        until = monotonic() + self._patience_seconds
        while (problem := self._topic_problem(producer)) is not None:
            # A broker that creates topics by itself answers so until it has.
            if problem.name() not in {"LEADER_NOT_AVAILABLE", *NO_TOPIC} or monotonic() > until:
                raise self._failure(problem)
            producer.poll(_TOPIC_POLL_SECONDS)

    def _topic_problem(self, producer: Producer) -> KafkaError | None:
        from confluent_kafka import KafkaException

        try:
            found = producer.list_topics(self._topic, timeout=self._patience_seconds / 2).topics
        except KafkaException as error:
            producer.poll(0)  # for the reason why it failed
            raise self._failure(error.args[0]) from error
        return found[self._topic].error if self._topic in found else None

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
        name, text = str(error.name()), text_of(error)
        if name in REFUSALS:
            return BrokerRefusalError(f"{self._place}: the login is refused: {text}")
        if name in AWAY:
            return self._away(error)
        if name in NO_TOPIC:
            create = f"kafka-topics.sh --bootstrap-server {self._servers} --create --topic {self._topic}"
            return DbtrackError(f"{self._place}: there is no such topic", hint=f"create it: {create}")
        if name == TOO_LARGE:
            hint = "set max.message.bytes of the topic to 1000000 or more"
            return DbtrackError(f"{self._place}: a message is larger than the topic accepts", hint=hint)
        return DbtrackError(f"{self._place}: {text}")

    def _away(self, error: KafkaError | None) -> BrokerError:
        """Return the error to raise while the brokers confirm nothing; the reason came by a callback."""
        shown = self._reason or error
        if shown is None:
            return BrokerAwayError(f"{self._place}: the brokers confirm nothing")
        if self._is_refused():
            return BrokerRefusalError(f"{self._place}: the login is refused: {text_of(shown)}")
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


def _reason_of(error: Exception) -> str:
    found: Any = error.args[0] if error.args else error
    return text_of(found) if hasattr(found, "str") else str(found)


def _drop(producer: Producer) -> None:
    from confluent_kafka import KafkaException

    # What is dropped is sent again over another producer, so an error here loses nothing. The flush has
    # raised SystemError: the library calls back for a message although the call for one before has failed.
    with suppress(KafkaException, SystemError):
        producer.purge(in_queue=True, in_flight=True, blocking=False)
        producer.flush(_PURGE_SECONDS)
