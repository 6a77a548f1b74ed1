"""Deliver by apprise, to one of the services that it knows."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import Any

from dbtrack.errors import MissingExtraError, UsageError
from dbtrack.events.event import Event
from dbtrack.notify.channels.channel import Sender
from dbtrack.notify.configuration import APPRISE_PREFIX, WebhookConfiguration
from dbtrack.notify.message import Severity, message_of, plain_text
from dbtrack.notify.outcome import Outcome, Verdict

_TYPES = {
    Severity.INFO: "info",
    Severity.WARNING: "warning",
    Severity.ERROR: "failure",
    Severity.CRITICAL: "failure",
}


class AppriseChannel:
    """A way by apprise, which makes its own connections: the rules about addresses do not apply to it."""

    def __init__(self, configuration: WebhookConfiguration, sender: Sender) -> None:
        self._sender = sender
        self._service = apprise_service(configuration.url)

    def deliver(self, event: Event) -> Outcome:
        """Try once to deliver an event."""
        message = message_of(event, self._sender.database)
        is_sent = False
        # A plug-in may raise anything.
        with suppress(Exception):
            is_sent = self._service.notify(
                title=message.title,
                body=plain_text(message),
                notify_type=_TYPES[message.severity],
                body_format="text",
                interpret_escapes=False,
            )
        return (
            Outcome(Verdict.DELIVERED, "sent")
            if is_sent
            else Outcome(Verdict.FAILED, "apprise could not send it")
        )

    def cut(self) -> None:
        """Do nothing: apprise has time limits of its own, of seconds."""

    def close(self) -> None:
        """Do nothing: apprise keeps no connection."""


def apprise_service(url: str) -> Any:
    """Return apprise's object for a URL.

    Raises:
        MissingExtraError: the package apprise is missing.
        UsageError: apprise does not know the URL.
    """
    try:
        import apprise
    except ImportError as error:
        raise MissingExtraError("this webhook", "apprise") from error
    # Its log has parts of URLs.
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    service = apprise.Apprise()
    if not service.add(url.removeprefix(APPRISE_PREFIX)):
        raise UsageError("apprise does not know this URL", hint="see https://github.com/caronc/apprise/wiki")
    return service
