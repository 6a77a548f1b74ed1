"""One entry of a server's log, whatever form the log has."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from dbtrack.redaction.server_message_words import FAILED_SEVERITIES, OTHER_SEVERITIES, UNKNOWN_NAMES

_NO_FAILURE_CLASSES = ("00", "01", "02")
_SQLSTATE = re.compile(r"[0-9A-Z]{5}")


@dataclass(frozen=True)
class LogEntry:
    """What the server logged at one moment; None where the log does not say.

    Args:
        time: when it was logged.
        client: address, name or `[local]`, without the port.
        position: where in the statement the error is, in characters from 1.
        statement: the client's whole string.
        internal_query: the statement inside a function or DO block that failed.
        line_number: of the session, from 1.
        identity: what is the same for this entry wherever it is read, and differs for any other entry.
        is_numbered: whether the session and the line number make the identity; else it is the entry's text,
            which one session can write twice in a moment.
        is_forgeable: whether somebody who can connect to the server could have written the whole entry.
    """

    time: datetime
    severity: str
    message: str
    pid: int | None = None
    user: str | None = None
    database: str | None = None
    application: str | None = None
    client: str | None = None
    sqlstate: str | None = None
    detail: str | None = None
    hint: str | None = None
    position: int | None = None
    statement: str | None = None
    internal_query: str | None = None
    context: str | None = None
    session_id: str | None = None
    line_number: int | None = None
    transaction_id: str | None = None
    identity: bytes = b""
    is_numbered: bool = True
    is_forgeable: bool = False

    @property
    def is_failure(self) -> bool:
        """Whether a statement failed; by its SQLSTATE where the severity is in another language."""
        if self.severity in FAILED_SEVERITIES:
            return True
        if self.severity in OTHER_SEVERITIES or self.sqlstate is None:
            return False
        return self.sqlstate[:2] not in _NO_FAILURE_CLASSES


class DamagedEntryError(Exception):
    """A part of the log that is not an entry: torn, overwritten, or of another form."""


class AmbiguousEntryError(DamagedEntryError):
    """An entry that can be read in two ways: what a user chose to be called looks like an entry."""


def numbered_identity(
    session_id: str | None, line_number: int | None, time: str, message: str
) -> bytes | None:
    """Return the identity of an entry by its session; None where the log does not name the session.

    Args:
        time: as it stands in the log. Seconds are enough, and some forms of log have no more.
        message: containers that start together can have sessions of one name.
    """
    if session_id is None or line_number is None:
        return None
    return f"{session_id} {line_number} {time[:19]} {message}".encode(errors="replace")


def known_name(text: str | None) -> str | None:
    """Return the text, or None for an empty one and for `[unknown]`, which stands there before a login."""
    return None if not text or text in UNKNOWN_NAMES else text


def whole_number(text: str | None) -> int | None:
    """The number, or None for what is missing or none."""
    return int(text) if text and text.isascii() and text.isdecimal() else None


def sqlstate(text: str | None) -> str | None:
    """The SQLSTATE, or None for what is none or says nothing (00000)."""
    return text if text and text != "00000" and _SQLSTATE.fullmatch(text) else None


def transaction(text: str | None) -> str | None:
    """The transaction id, or None where there was none yet."""
    return text if text and text != "0" else None
