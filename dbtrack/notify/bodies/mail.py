"""E-mail: plain text, and headers that no text of an event can add to."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from dbtrack.events.event import Event
from dbtrack.notify.message import Message, clip, line, plain_text

_SUBJECT_CHARACTERS = 150


def mail_body(event: Event, message: Message, *, sender: str, recipients: list[str]) -> EmailMessage:
    """Return the mail of an event. Its Message-ID is the same at each attempt."""
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = clip(f"[dbtrack] {line(message.title)}", _SUBJECT_CHARACTERS)
    mail["From"] = sender
    mail["To"] = ", ".join(recipients)
    mail["Date"] = format_datetime(event.time)
    mail["Message-ID"] = f"<{event.id}@dbtrack>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Dbtrack-Event"] = event.type
    mail.set_content(plain_text(message) + f"\ndbtrack {event.type} {event.id}\n", cte="quoted-printable")
    return mail
