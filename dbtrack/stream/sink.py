"""What receives the messages of a stream."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Protocol

from dbtrack.errors import MissingExtraError, NoConnectionError
from dbtrack.stream.message import Message

PATIENCE_SECONDS = 10.0
"""How long a broker may confirm nothing before it counts as away; shorter than the lease of the cursor."""


class BrokerError(NoConnectionError):
    """The destination, and not the database, cannot be used."""


class BrokerAwayError(BrokerError):
    """The broker cannot be reached, or confirms nothing; it may come back."""

    def __init__(self, message: str) -> None:
        super().__init__(message, may_pass=True)


class BrokerRefusalError(BrokerError):
    """The broker refuses the login."""

    def __init__(self, message: str) -> None:
        super().__init__(message, hint="check the login and --producer-config", is_refusal=True)


class Sink(Protocol):
    """A broker, or standard output. `send` opens it again after a failure."""

    def open(self) -> None:
        """Connect unless it is connected, and check that the topic or subject exists.

        Raises:
            BrokerAwayError: it cannot be reached.
            BrokerRefusalError: it refuses the login.
            DbtrackError: there is no such topic or subject, or a package is missing.
        """

    def send(self, messages: Sequence[Message]) -> None:
        """Send the messages in their order, and return once the broker has confirmed all of them.

        Raises:
            BrokerAwayError: not all were confirmed. Those that were may arrive again, with the same ids.
            DbtrackError: the broker refused a message.
        """

    def wait(self, seconds: float) -> None:
        """Wait while there is nothing to send, and keep the connection alive."""

    def close(self) -> None:
        """Drop what was not confirmed, and disconnect."""


def require_package(module: str, extra: str, destination: str) -> None:
    """Check that the package of a broker is installed, before any work is done.

    Raises:
        DbtrackError: it is not installed.
    """
    if find_spec(module) is None:
        raise MissingExtraError(destination, extra)
