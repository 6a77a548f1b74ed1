"""What the server says beside its answers."""

from __future__ import annotations

from dataclasses import dataclass

from psycopg.errors import Diagnostic


@dataclass(frozen=True)
class Notice:
    """A WARNING of the server: its message, hint and five-character SQLSTATE."""

    message: str
    hint: str | None
    sqlstate: str | None


def warning_of(diagnostic: Diagnostic) -> Notice | None:
    """The notice that a server message makes; None below WARNING."""
    # The localised severity of a German server is WARNUNG.
    if diagnostic.severity_nonlocalized != "WARNING":
        return None
    return Notice(diagnostic.message_primary or "", diagnostic.message_hint, diagnostic.sqlstate)
