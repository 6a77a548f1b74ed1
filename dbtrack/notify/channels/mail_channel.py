"""Deliver by e-mail, with TLS, to a mail server whose address was checked."""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Mapping
from contextlib import suppress
from email.utils import parseaddr
from urllib.parse import parse_qsl, urlsplit

from dbtrack.errors import UsageError
from dbtrack.events.event import Event
from dbtrack.notify.bodies.mail import mail_body
from dbtrack.notify.channels.channel import Sender
from dbtrack.notify.configuration import WebhookConfiguration
from dbtrack.notify.destination import Destination, parse_destination
from dbtrack.notify.excerpt import excerpt
from dbtrack.notify.http_exchange import Limits, encrypted, tls_context
from dbtrack.notify.message import message_of
from dbtrack.notify.outcome import Outcome, Verdict
from dbtrack.notify.resolve import RefusedAddressError, ResolutionError, resolve
from dbtrack.notify.time_limit import TimeLimit

_ADDRESS_PARAMETERS = {"from", "to"}


class MailAddresses:
    """The sender and the recipients that a mail server's URL names, `?from=…&to=…&to=…`.

    Raises:
        UsageError: one is missing or malformed.
    """

    def __init__(self, url: str) -> None:
        pairs = parse_qsl(urlsplit(url).query.replace("+", "%2B"), keep_blank_values=True)
        unknown = sorted({name for name, _ in pairs} - _ADDRESS_PARAMETERS)
        if unknown:
            raise UsageError(f"the mail server's URL has an unknown parameter: {', '.join(unknown)}")
        senders = [value for name, value in pairs if name == "from"]
        self.recipients = [
            each.strip() for name, value in pairs if name == "to" for each in value.split(",") if each.strip()
        ]
        if len(senders) != 1 or not self.recipients:
            raise UsageError(
                "the mail server's URL does not name a sender and recipients",
                hint="smtps://login@mail.example.com?from=dbtrack@example.com&to=dba@example.com",
            )
        self.sender = senders[0]
        for address in (self.sender, *self.recipients):
            _check_address(address)


class MailChannel:
    """A way by mail: one mail an event."""

    def __init__(
        self, configuration: WebhookConfiguration, sender: Sender, *, limits: Limits | None = None
    ) -> None:
        self._configuration = configuration
        self._sender = sender
        self._limits = limits or Limits()
        self._destination = parse_destination(configuration.url, may_have_user=True)
        self._addresses = MailAddresses(configuration.url)
        self._limit: TimeLimit | None = None

    def deliver(self, event: Event) -> Outcome:
        """Try once to send the mail of an event."""
        try:
            found = resolve(
                self._destination,
                allow_private=self._configuration.allow_private,
                seconds=self._limits.connect_seconds,
            )
            with TimeLimit(self._limits.total_seconds) as limit:
                self._limit = limit
                return self._sent(event, str(found[0]), limit)
        except (RefusedAddressError, ResolutionError) as error:
            return Outcome(Verdict.UNREACHABLE, str(error))
        finally:
            self._limit = None

    def cut(self) -> None:
        """End the attempt that another thread is making."""
        limit = self._limit
        if limit is not None:
            limit.cut()

    def close(self) -> None:
        """Do nothing: each mail has a connection of its own."""

    def _sent(self, event: Event, address: str, limit: TimeLimit) -> Outcome:
        mail = mail_body(
            event,
            message_of(event, self._sender.database),
            sender=self._addresses.sender,
            recipients=self._addresses.recipients,
        )
        try:
            server = _PinnedServer(self._destination, address, limit, self._limits.connect_seconds)
            try:
                self._log_in(server)
                refused = server.send_message(mail)
            finally:
                # Whatever it says to that, it has the mail, or has refused it.
                with suppress(OSError, smtplib.SMTPException):
                    server.quit()
                server.close()
        except smtplib.SMTPRecipientsRefused as error:
            return self._outcome(error.recipients)
        except smtplib.SMTPResponseException as error:
            return self._outcome({"": (error.smtp_code, error.smtp_error)})
        except smtplib.SMTPNotSupportedError as error:
            return Outcome(Verdict.UNREACHABLE, f"the mail server does not offer what is needed: {error}")
        except (OSError, smtplib.SMTPException, ValueError) as error:
            return Outcome(
                Verdict.UNREACHABLE, "no answer in time" if limit.is_over else self._hidden(str(error))
            )
        if refused:
            # The others have it: sending it again would send it to them twice.
            return Outcome(Verdict.DELIVERED, f"refused by the server: {self._hidden(', '.join(refused))}")
        return Outcome(Verdict.DELIVERED, "250 accepted")

    def _log_in(self, server: _PinnedServer) -> None:
        server.ehlo()
        if not self._destination.is_tls and not self._configuration.allow_plain:
            server.encrypt()
        if self._destination.user is not None and self._configuration.secrets:
            server.login(self._destination.user, self._configuration.secrets[0])

    def _outcome(self, answers: Mapping[str, tuple[int, bytes | str]]) -> Outcome:
        code, words = next(iter(answers.values()))
        text = words if isinstance(words, bytes) else words.encode()
        said = self._hidden(f"{code} {text.decode(errors='replace')}")
        # 4xx of SMTP is temporary; a login that is refused concerns every event, not this one.
        waits = code // 100 != 5 or code in {530, 534, 535, 538}
        return Outcome(Verdict.UNREACHABLE if waits else Verdict.REFUSED, said)

    def _hidden(self, text: str) -> str:
        return excerpt(text, self._configuration.words_to_hide())


class _PinnedServer(smtplib.SMTP):
    """A connection to this address; the name in TLS stays the destination's."""

    def __init__(self, destination: Destination, address: str, limit: TimeLimit, seconds: float) -> None:
        self._destination = destination
        self._address = address
        self._time_limit = limit
        super().__init__(destination.host, destination.port, timeout=min(seconds, limit.remaining_seconds))

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        plain = socket.create_connection((self._address, port), timeout=timeout)
        self._time_limit.watch(plain)
        plain.settimeout(self._time_limit.remaining_seconds)
        return encrypted(plain, host, self._time_limit) if self._destination.is_tls else plain

    def encrypt(self) -> None:
        """Ask for TLS, and go on only with it."""
        self.starttls(context=tls_context())
        if self.sock is not None:
            self._time_limit.watch(self.sock)
        self.ehlo()


def _check_address(address: str) -> None:
    _, parsed = parseaddr(address)
    is_whole = parsed == address and address.count("@") == 1 and address.isprintable()
    if not is_whole or any(character in address for character in ' ,;<>"\\\r\n'):
        raise UsageError(f"{address!a} is not an e-mail address")
