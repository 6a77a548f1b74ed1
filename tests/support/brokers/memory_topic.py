"""A topic in this process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from dbtrack.stream.message import Message
from dbtrack.stream.sink import BrokerAwayError
from dbtrack.stream.source import Received


@dataclass
class Topic:
    """A broker in this process, whose confirmations and deliveries can be lost."""

    messages: list[Message] = field(default_factory=list)
    lose_every: int = 0
    given: int = 0
    kept: set[int] = field(default_factory=set)

    is_ready = True
    is_exhausted = False

    def open(self) -> None:
        """Nothing to do."""

    def send(self, messages: Sequence[Message]) -> None:
        self.messages += messages
        if self.lose_every and len(self.messages) % self.lose_every == 0:
            raise BrokerAwayError("the confirmation is lost")

    def wait(self, seconds: float) -> None:
        """Nothing to do."""

    def poll(self, _seconds: float) -> Sequence[Received]:
        found = [
            Received(dict(message.headers), message.body, number)
            for number, message in enumerate(self.messages[self.given : self.given + 7], start=self.given)
        ]
        self.given += len(found)
        return found

    def done(self, received: Sequence[Received]) -> None:
        self.kept |= {int(str(each.place)) for each in received}

    def close(self) -> None:
        """Deliver what is not done again."""
        self.given = next(number for number in range(self.given + 1) if number not in self.kept)
