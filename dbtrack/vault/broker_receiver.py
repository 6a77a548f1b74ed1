"""A vault that is reached through Kafka or NATS: `dbtrack vault receive --from`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from dbtrack.stream.sink import BrokerError, Sink
from dbtrack.vault.parcel import messages_of
from dbtrack.vault.receiver import Step, VaultAwayError

# What a vault has that answers nothing: the source remembers what it has sent.
_ANSWERS: dict[Step, list[Any]] = {
    Step.BEGIN: ["", 0, 0, None],
    Step.MONTHS: [],
    Step.EVENTS: [0, 0],
    Step.BLOCK: [0, None, 0],
    Step.WAITS: [0, 0],
    Step.OBJECTS: [0, 0],
}


class BrokerReceiver:
    """Publishes bodies, in their order. They count as sent once the broker has confirmed them."""

    is_one_way = True

    def __init__(self, sink: Sink, token: str) -> None:
        """Describe it; the first body connects, and so does the next one after a failure."""
        self._sink = sink
        self._token = token

    def ask(self, step: Step, body: str) -> list[Any]:
        """Publish a body; see `Receiver`."""
        try:
            self._sink.send(messages_of(self._token, step, body, datetime.now(UTC)))
        except BrokerError as error:
            raise VaultAwayError(
                error.message, hint=error.hint, may_pass=error.may_pass, is_refusal=error.is_refusal
            ) from error
        return list(_ANSWERS[step])

    def close(self) -> None:
        """Disconnect."""
        self._sink.close()
