"""Deliver over HTTP: signed, to an address that was checked, with what each answer means."""

from __future__ import annotations

import re
from time import monotonic, sleep

from dbtrack.events.cloud_events import to_cloud_event
from dbtrack.events.event import Event
from dbtrack.notify.bodies.pagerduty import pagerduty_body
from dbtrack.notify.bodies.slack import slack_body
from dbtrack.notify.bodies.standard import standard_body
from dbtrack.notify.bodies.teams import teams_body
from dbtrack.notify.channels.channel import Sender
from dbtrack.notify.configuration import SIGNED, BodyFormat, WebhookConfiguration
from dbtrack.notify.destination import parse_destination
from dbtrack.notify.excerpt import excerpt
from dbtrack.notify.http_exchange import Answer, ExchangeError, HttpExchange, Limits
from dbtrack.notify.message import Message, message_of
from dbtrack.notify.outcome import Outcome, Verdict
from dbtrack.notify.resolve import RefusedAddressError, ResolutionError
from dbtrack.notify.retry_after import retry_after_seconds
from dbtrack.notify.signature import signature_headers
from dbtrack.render.values import json_bytes
from dbtrack.version import __version__

# The receiver, or what stands before it, is not there or asks to wait: the event is not the cause.
_UNREACHABLE_STATUSES = {408, 425, 429, 502, 503, 504}
_GONE = 410
_RATE = re.compile(r"[1-9]\d{0,8}")
_ASKED_AGAIN_SECONDS = 86400.0
_LONGEST_PAUSE_SECONDS = 5.0


class HttpChannel:
    """A way over HTTP, in one of five forms."""

    def __init__(
        self, configuration: WebhookConfiguration, sender: Sender, *, limits: Limits | None = None
    ) -> None:
        self._configuration = configuration
        self._sender = sender
        destination = parse_destination(configuration.url, allow_plain=configuration.allow_plain)
        self._exchange = HttpExchange(destination, allow_private=configuration.allow_private, limits=limits)
        self._asked_at: float | None = None
        self._pause_seconds = 0.0
        self._sent_at = 0.0

    def deliver(self, event: Event) -> Outcome:
        """Try once to deliver an event."""
        try:
            return self._asked() or self._posted(event)
        except (RefusedAddressError, ResolutionError) as error:
            return Outcome(Verdict.UNREACHABLE, str(error))
        except ExchangeError as error:
            return Outcome(Verdict.FAILED if error.was_sent else Verdict.UNREACHABLE, str(error))

    def cut(self) -> None:
        """End the attempt that another thread is making."""
        self._exchange.cut()

    def close(self) -> None:
        """Close the connection."""
        self._exchange.close()

    def _asked(self) -> Outcome | None:
        """Ask the receiver, once a day, whether it wants events; return why not, or None if it does."""
        if not self._configuration.asks_first:
            return None
        if self._asked_at is not None and monotonic() - self._asked_at < _ASKED_AGAIN_SECONDS:
            return None
        origin = self._configuration.origin
        headers = {
            "WebHook-Request-Origin": origin,
            "WebHook-Request-Rate": "6000",
            "User-Agent": _user_agent(),
            **self._configuration.headers,
        }
        answer = self._exchange.send("OPTIONS", headers)
        allowed = answer.headers.get("webhook-allowed-origin", "").strip()
        if answer.status // 100 == 2 and allowed.lower() in {"*", origin.lower()}:
            self._asked_at = monotonic()
            self._pause_seconds = _pause_seconds(answer.headers.get("webhook-allowed-rate", "*"))
            return None
        said = f"OPTIONS: {self._said(answer)}"
        if answer.status in _UNREACHABLE_STATUSES or answer.status // 100 == 5:
            return Outcome(Verdict.UNREACHABLE, said, retry_after_seconds(answer.headers.get("retry-after")))
        return Outcome(
            Verdict.GONE if answer.status == _GONE else Verdict.UNREACHABLE,
            f"it does not allow events from {origin}: no such WebHook-Allowed-Origin in its answer; {said}",
        )

    def _posted(self, event: Event) -> Outcome:
        body, content_type = self._body(event)
        headers = {
            "Content-Type": content_type,
            "User-Agent": _user_agent(),
            "Accept": "*/*",
            **self._configuration.headers,
        }
        if self._configuration.format in SIGNED:
            # At each attempt, because the time is signed as well.
            headers.update(signature_headers(self._configuration.secrets, event.id, body))
        self._keep_to_rate()
        return self._outcome(self._exchange.send("POST", headers, body))

    def _body(self, event: Event) -> tuple[bytes, str]:
        json_type = "application/json"
        source = self._sender.source
        match self._configuration.format:
            case BodyFormat.CLOUDEVENTS:
                return json_bytes(
                    to_cloud_event(event, source)
                ), "application/cloudevents+json; charset=utf-8"
            case BodyFormat.SLACK:
                return json_bytes(slack_body(event, self._message(event))), json_type
            case BodyFormat.TEAMS:
                return json_bytes(teams_body(event, self._message(event))), json_type
            case BodyFormat.PAGERDUTY:
                routing_key = self._configuration.secrets[0]
                return json_bytes(pagerduty_body(event, self._message(event), source, routing_key)), json_type
            case _:
                return standard_body(event), json_type

    def _message(self, event: Event) -> Message:
        return message_of(event, self._sender.database)

    def _keep_to_rate(self) -> None:
        wait = self._sent_at + self._pause_seconds - monotonic()
        if wait > 0:
            sleep(min(wait, _LONGEST_PAUSE_SECONDS))
        self._sent_at = monotonic()

    def _outcome(self, answer: Answer) -> Outcome:
        said = self._said(answer)
        wait = retry_after_seconds(answer.headers.get("retry-after"))
        match answer.status:
            case status if 200 <= status < 300:
                return Outcome(Verdict.DELIVERED, said)
            case status if status == _GONE:
                return Outcome(Verdict.GONE, said)
            case status if status in _UNREACHABLE_STATUSES:
                return Outcome(Verdict.UNREACHABLE, said, wait)
            case status if status >= 500:
                return Outcome(Verdict.FAILED, said, wait)
            case status if 300 <= status < 400:
                return Outcome(Verdict.REFUSED, f"{said}; redirects are not followed")
            case _:
                return Outcome(Verdict.REFUSED, said)

    def _said(self, answer: Answer) -> str:
        hidden = list(self._configuration.words_to_hide())
        words = excerpt(answer.body, hidden)
        status = excerpt(f"{answer.status} {answer.reason}", hidden)
        return f"{status}: {words}" if words else status


def _pause_seconds(rate: str) -> float:
    """Return the time between two requests at a number of requests a minute."""
    return 60 / int(rate) if _RATE.fullmatch(rate.strip()) else 0.0


def _user_agent() -> str:
    return f"dbtrack/{__version__} (webhook)"
