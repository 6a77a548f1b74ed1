"""Read a topic of Kafka in a consumer group, partition by partition in order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dbtrack.errors import DbtrackError
from dbtrack.stream.destination import Destination
from dbtrack.stream.kafka_errors import NO_TOPIC, REFUSALS, silent_logger, text_of
from dbtrack.stream.kafka_topic import KafkaTopic
from dbtrack.stream.sink import PATIENCE_SECONDS, BrokerAwayError
from dbtrack.stream.source import VAULT, Readers, Received

if TYPE_CHECKING:
    from confluent_kafka import Consumer, KafkaError, TopicPartition
    from confluent_kafka import Message as KafkaMessage

_MOST_MESSAGES = 200
_PROBE_SECONDS = 5.0
_DEFAULTS: dict[str, Any] = {
    "client.id": "dbtrack",
    # So long nobody reads the partitions of a receiver that died.
    "session.timeout.ms": 10_000,
}
_FIXED: dict[str, Any] = {
    # A message is done when the vault has committed it.
    "enable.auto.commit": False,
    "enable.auto.offset.store": False,
    "auto.offset.reset": "earliest",
    # While the vault is away the consumer waits with the message, and stays in its group.
    "max.poll.interval.ms": 86_400_000,
}
# The group has given the partition to another consumer, which reads what is not done again.
_TAKEN = frozenset({"ILLEGAL_GENERATION", "UNKNOWN_MEMBER_ID", "REBALANCE_IN_PROGRESS", "_ASSIGNMENT_LOST"})


class KafkaSource(KafkaTopic):
    """A topic to read, as `KafkaTopic`.

    Args:
        readers: the consumer group, of which each reads some of the partitions.
    """

    def __init__(
        self,
        destination: Destination,
        settings: Mapping[str, str],
        *,
        readers: Readers = VAULT,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        super().__init__(destination, settings, patience_seconds=patience_seconds)
        self._readers = readers
        self._consumer: Consumer | None = None
        # Of each partition: what is delivered and not done, and where the next message is.
        self._open_offsets: dict[int, set[int]] = defaultdict(set)
        self._next_offset: dict[int, int] = {}
        self._is_assigned = False

    @property
    def is_ready(self) -> bool:
        """Whether the group has given it its partitions, or none."""
        return self._is_assigned

    @property
    def is_exhausted(self) -> bool:
        """Never: others can publish more."""
        return False

    def open(self) -> None:
        """Connect and join the group, as `MessageSource.open`."""
        if self._consumer is not None:
            return
        consumer = self._new_consumer()
        try:
            self._check_topic(consumer)
            consumer.subscribe([self._topic], on_assign=self._note_assignment, on_revoke=self._forget)
        except BaseException:
            consumer.close()
            raise
        self._consumer = consumer

    def poll(self, seconds: float) -> Sequence[Received]:
        """Return the next messages, as `MessageSource.poll`."""
        from confluent_kafka import KafkaException

        self.open()
        if self._consumer is None:
            return ()
        try:
            messages = self._consumer.consume(_MOST_MESSAGES, timeout=seconds)
        except KafkaException as error:
            self.close()
            raise self._failure(error.args[0]) from error
        found = [self._received(message) for message in messages if message.error() is None]
        if found:
            self._reason = None
        elif self._reason is not None:
            self._probe(self._consumer)
        return found

    def done(self, received: Sequence[Received]) -> None:
        """Commit the offset before the first message of a partition that is not done."""
        from confluent_kafka import KafkaException, TopicPartition

        changed = set()
        for each in received:
            partition, offset = self._place_of(each)
            if offset in self._open_offsets[partition]:
                self._open_offsets[partition].discard(offset)
                changed.add(partition)
        positions = [
            TopicPartition(
                self._topic, number, min(self._open_offsets[number], default=self._next_offset[number])
            )
            for number in changed
        ]
        if self._consumer is None or not positions:
            return
        try:
            self._consumer.commit(offsets=positions, asynchronous=False)
        except KafkaException as error:
            if error.args[0].name() not in _TAKEN:
                self.close()
                raise self._failure(error.args[0]) from error

    def close(self) -> None:
        """Leave the group, and disconnect."""
        consumer, self._consumer = self._consumer, None
        self._open_offsets.clear()
        self._is_assigned = False
        if consumer is not None:
            consumer.close()

    def _received(self, message: KafkaMessage) -> Received:
        partition, offset = int(message.partition() or 0), int(message.offset() or 0)
        self._open_offsets[partition].add(offset)
        self._next_offset[partition] = offset + 1
        given: Any = message.headers() or ()
        headers = {str(name): bytes(value or b"").decode(errors="replace") for name, value in given}
        return Received(headers, bytes(message.value() or b""), (partition, offset))

    def _place_of(self, received: Received) -> tuple[int, int]:
        place: Any = received.place
        partition, offset = place
        return int(partition), int(offset)

    def _note_assignment(self, _consumer: Consumer, _partitions: Sequence[TopicPartition]) -> None:
        self._is_assigned = True

    def _forget(self, _consumer: Consumer, partitions: Sequence[TopicPartition]) -> None:
        # Another consumer reads them again from the last commit.
        for each in partitions:
            self._open_offsets.pop(each.partition, None)

    def _new_consumer(self) -> Consumer:
        from confluent_kafka import Consumer

        return self._made(
            lambda config: Consumer(config, logger=silent_logger()),
            "consumer",
            {"group.id": self._readers.name, **_DEFAULTS},
            _FIXED,
        )

    def _probe(self, consumer: Consumer) -> None:
        """Raise an error if the brokers cannot be reached any more; the library connects again by itself."""
        from confluent_kafka import KafkaException

        try:
            consumer.list_topics(self._topic, timeout=_PROBE_SECONDS)
        except KafkaException as error:
            self.close()
            raise self._failure(error.args[0]) from error
        self._reason = None

    def _failure(self, error: KafkaError) -> DbtrackError:
        """Return the error to raise for one of the library's; the reason may have come by a callback."""
        shown = self._reason or error
        if error.name() in NO_TOPIC:
            return self._no_topic()
        if shown.name() in REFUSALS:
            return self._refused(shown)
        return BrokerAwayError(f"{self._place}: {text_of(shown)}")
