"""A topic of Kafka, and what librdkafka's producer and consumer share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

from dbtrack.errors import DbtrackError, UsageError
from dbtrack.stream.destination import Destination
from dbtrack.stream.kafka_errors import NO_TOPIC, text_of
from dbtrack.stream.sink import PATIENCE_SECONDS, BrokerRefusalError, require_package

if TYPE_CHECKING:
    from confluent_kafka import Consumer, KafkaError, Producer

_Client = TypeVar("_Client")
_TOPIC_POLL_SECONDS = 0.5


class KafkaTopic(ABC):
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
        self._reason: KafkaError | None = None

    @abstractmethod
    def _failure(self, error: KafkaError) -> DbtrackError:
        """Return the error to raise for one of the library's."""

    def _made(
        self,
        make: Callable[[dict[str, Any]], _Client],
        what: str,
        defaults: Mapping[str, Any],
        fixed: Mapping[str, Any],
    ) -> _Client:
        """Return a client of the library.

        Args:
            what: producer or consumer.
            defaults: what a user may set otherwise.
            fixed: what stays as it is.
        """
        from confluent_kafka import KafkaException

        self._reason = None
        given = {**defaults, **self._settings, **fixed, "bootstrap.servers": self._servers}
        try:
            return make({**given, "error_cb": self._note_error})
        except (KafkaException, ValueError) as error:
            # The message names the property, and does not repeat its value.
            found: Any = error.args[0] if error.args else error
            reason = text_of(found) if hasattr(found, "str") else str(found)
            raise UsageError(f"configuration of the Kafka {what}: {reason}") from error

    def _note_error(self, error: KafkaError) -> None:
        # All brokers down follows the reason that is of interest.
        if self._reason is None or error.name() != "_ALL_BROKERS_DOWN":
            self._reason = error

    def _check_topic(self, client: Producer | Consumer) -> None:
        until = monotonic() + self._patience_seconds
        while (problem := self._topic_problem(client)) is not None:
            # A broker that creates topics by itself answers so until it has.
            if problem.name() not in {"LEADER_NOT_AVAILABLE", *NO_TOPIC} or monotonic() > until:
                raise self._failure(problem)
            client.poll(_TOPIC_POLL_SECONDS)

    def _topic_problem(self, client: Producer | Consumer) -> KafkaError | None:
        from confluent_kafka import KafkaException

        try:
            found = client.list_topics(self._topic, timeout=self._patience_seconds / 2).topics
        except KafkaException as error:
            # For the reason why it failed, which comes by a callback.
            with suppress(KafkaException, RuntimeError):
                client.poll(0)
            raise self._failure(error.args[0]) from error
        return found[self._topic].error if self._topic in found else None

    def _no_topic(self) -> DbtrackError:
        create = f"kafka-topics.sh --bootstrap-server {self._servers} --create --topic {self._topic}"
        return DbtrackError(f"{self._place}: there is no such topic", hint=f"create it: {create}")

    def _refused(self, error: KafkaError) -> BrokerRefusalError:
        return BrokerRefusalError(f"{self._place}: the login is refused: {text_of(error)}")
