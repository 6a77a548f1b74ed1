"""What all ways to a receiver have in common, and which of them an endpoint takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from dbtrack.events.event import Event
from dbtrack.notify.configuration import OVER_HTTP, BodyFormat, WebhookConfiguration
from dbtrack.notify.http_exchange import Limits
from dbtrack.notify.outcome import Outcome


class Channel(Protocol):
    """A way to one receiver. `deliver` never raises for what a receiver does."""

    def deliver(self, event: Event) -> Outcome:
        """Try once to deliver an event."""

    def cut(self) -> None:
        """End the attempt that another thread is making."""

    def close(self) -> None:
        """Close what is open."""


@dataclass(frozen=True)
class Sender:
    """Where events come from, as messages name it.

    Args:
        database: the database's name.
        source: its URI, as CloudEvents has it: `postgresql://host:port/database`.
    """

    database: str
    source: str


def open_channel(
    configuration: WebhookConfiguration, sender: Sender, *, limits: Limits | None = None
) -> Channel:
    """Return the way to an endpoint's receiver.

    Raises:
        DbtrackError: the extra that it needs is not installed.
    """
    if configuration.format in OVER_HTTP:
        from dbtrack.notify.channels.http_channel import HttpChannel

        return HttpChannel(configuration, sender, limits=limits)
    if configuration.format is BodyFormat.EMAIL:
        from dbtrack.notify.channels.mail_channel import MailChannel

        return MailChannel(configuration, sender, limits=limits)
    if configuration.format is BodyFormat.EXEC:
        from dbtrack.notify.channels.program_channel import ProgramChannel

        return ProgramChannel(configuration, limits=limits)
    from dbtrack.notify.channels.apprise_channel import AppriseChannel

    return AppriseChannel(configuration, sender)
