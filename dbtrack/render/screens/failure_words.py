"""Say in few words why something failed: the code, the file and line, the first line of the message."""

from __future__ import annotations

import re

# psql writes the script and the line before a message.
_PLACE = re.compile(r"psql:(?P<file>[^\n]*?):(?P<line>\d+): ")
# With VERBOSITY=verbose the code follows, which the screens show in a place of its own.
_SEVERITY = re.compile(r"(?:psql: )?(?:error|fatal|panic|ERROR|FATAL|PANIC): +(?:[0-9A-Z]{5}: +)?")


def place_of(message: str) -> str | None:
    """Return the script and the line of the error, as psql named them: `V42.sql:4`; None if it did not."""
    found = _PLACE.search(message)
    return f"{found['file'].rpartition('/')[2]}:{found['line']}" if found else None


def message_of(message: str) -> str:
    """Return the first line of an error without what stands before the message itself."""
    found = _PLACE.search(message)
    text = message[found.end() :] if found else message
    first = text.strip().partition("\n")[0].strip()
    return _SEVERITY.sub("", first, count=1)


def failure_words(message: str | None, sqlstate: str | None) -> str:
    """Return why something failed, the most telling first: `23514 at V42.sql:4: check constraint "x" …`."""
    return ": ".join(filter(None, failure_parts(message, sqlstate)))


def failure_parts(message: str | None, sqlstate: str | None) -> tuple[str, str]:
    """Return the code and the place of a failure, and its message; each may be empty."""
    text = message or ""
    place = place_of(text)
    return " ".join(filter(None, (sqlstate, f"at {place}" if place else None))), message_of(text)
