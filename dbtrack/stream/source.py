"""Where the messages of a topic or of a stream are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Received:
    """A message that a broker delivered.

    Args:
        headers: names and values.
        place: where it is, for the source that delivered it.
    """

    headers: Mapping[str, str]
    body: bytes
    place: object


@dataclass(frozen=True, slots=True)
class Readers:
    """Who reads a topic, and remembers how far.

    Args:
        name: the group of Kafka, or the durable consumer of JetStream.
        may_be_several: of a subject of NATS; then one may take a message before another is done with an
            earlier one.
    """

    name: str
    may_be_several: bool = False


VAULT = Readers("dbtrack-vault")


class MessageSource(Protocol):
    """A broker. What is not done is delivered again, in the same order, after a restart."""

    @property
    def is_ready(self) -> bool:
        """Whether it delivers: Kafka first gives a consumer its partitions, which takes seconds."""

    @property
    def is_exhausted(self) -> bool:
        """Whether nothing more can come, as of a file that was read; a broker never is."""

    def open(self) -> None:
        """Connect unless it is connected.

        Raises:
            BrokerAwayError: it cannot be reached.
            BrokerRefusalError: it refuses the login.
            DbtrackError: there is no such topic or subject, or a package is missing.
        """

    def poll(self, seconds: float) -> Sequence[Received]:
        """Return the next messages; none if none came in this time. It opens the source after a failure.

        Raises:
            BrokerAwayError, BrokerRefusalError, DbtrackError: as `open`.
        """

    def done(self, received: Sequence[Received]) -> None:
        """Note that these messages need not be delivered again.

        Raises:
            BrokerAwayError: the broker does not confirm it; they may be delivered again.
        """

    def close(self) -> None:
        """Disconnect; what is not done is delivered again."""
