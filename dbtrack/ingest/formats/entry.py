"""One entry of a server's log, in any format."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from dbtrack.redaction.server_message_words import FAILED_SEVERITIES, OTHER_SEVERITIES, UNKNOWN_NAMES

_NO_FAILURE_CLASSES = ("00", "01", "02")
_SQLSTATE = re.compile(r"[0-9A-Z]{5}")


@dataclass(frozen=True)
class LogEntry:
    """One entry; a value is None if the log does not contain it.

    Args:
        time: when it was logged.
        client: its address, host name or `[local]`, without the port.
        position: of the error in the statement, in characters from 1.
        statement: the client's whole query string.
        internal_query: the failed statement inside a function or DO block.
        line_number: the number of the entry in its session, from 1.
        identity: the same for this entry wherever the log is read from, and different for any other entry.
        is_numbered: whether session and line number are the identity; otherwise the entry's text is, which a
            session can log twice at one time.
        is_forgeable: whether anyone who can connect to the server could have forged the entry.
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
        """Whether a statement failed, by its SQLSTATE if the severity is in an unknown language."""
        if self.severity in FAILED_SEVERITIES:
            return True
        if self.severity in OTHER_SEVERITIES or self.sqlstate is None:
            return False
        return self.sqlstate[:2] not in _NO_FAILURE_CLASSES


class DamagedEntryError(Exception):
    """A part of the log that is not an entry: damaged, or in another format."""


class AmbiguousEntryError(DamagedEntryError):
    """An entry that can be read in two ways, because a name in it looks like a log entry."""


def numbered_identity(
    session_id: str | None, line_number: int | None, time: str, message: str
) -> bytes | None:
    """Return the identity of an entry by its session and number; None if the log lacks either.

    Args:
        time: as written in the log; only its seconds are used, as some formats have no more.
        message: part of the identity, as sessions of containers that start together can have the same name.
    """
    if session_id is None or line_number is None:
        return None
    return f"{session_id} {line_number} {time[:19]} {message}".encode(errors="replace")


def known_name(text: str | None) -> str | None:
    """Return a name, or None if it is empty or `[unknown]`, as before a login."""
    return None if not text or text in UNKNOWN_NAMES else text


def whole_number(text: str | None) -> int | None:
    """Return the number, or None if it is missing or not a whole number."""
    return int(text) if text and text.isascii() and text.isdecimal() else None


def sqlstate(text: str | None) -> str | None:
    """Return the SQLSTATE, or None if it is missing, invalid or 00000."""
    return text if text and text != "00000" and _SQLSTATE.fullmatch(text) else None


def transaction(text: str | None) -> str | None:
    """Return the transaction id, or None if the entry has none."""
    return text if text and text != "0" else None
