"""Why a connection could not be had, in one line."""

from __future__ import annotations

import re

import psycopg

from dbtrack.errors import NoConnectionError

_PREFIX = re.compile(r"connection (?:failed|is bad): ")
_NEXT_ATTEMPT = re.compile(r"\n- host: .*?, hostaddr: (?:None|'[^']*'): ")
_IS_IT_RUNNING = re.compile(r"\s*Is the server running[^?]*\?")


def refusal(error: psycopg.Error, keywords: dict[str, str]) -> NoConnectionError:
    """The error to raise when the driver could not connect.

    Args:
        error: what the driver raised.
        keywords: what it tried to connect with; no more than the host's name is repeated.
    """
    text = str(error)
    # Several addresses of one host mostly fail for one reason.
    reasons = "; ".join(dict.fromkeys(_reason(attempt) for attempt in _attempts(text)))
    return NoConnectionError(f"cannot connect{_to_host(keywords, reasons)}: {reasons}", hint=_hint(text))


def _to_host(keywords: dict[str, str], reasons: str) -> str:
    host = keywords.get("host", "")
    is_named = any(name in reasons for name in host.split(","))
    return "" if is_named else f" to {host}"


def _attempts(text: str) -> list[str]:
    first, *others = _NEXT_ATTEMPT.split(text)
    return others or [first]


def _reason(attempt: str) -> str:
    """One attempt's message: libpq puts each try of encryption on a line of its own."""
    lines = _IS_IT_RUNNING.sub("", _PREFIX.sub("", attempt)).splitlines()
    return "; ".join(" ".join(line.split()) for line in lines if line.strip()) or "no reason given"


def _hint(text: str) -> str | None:
    if "Is the server running" in text:
        return "is a server running there? choose another with -h and -p"
    if "no password supplied" in text:
        return "use .pgpass, a service file or PGPASSWORD, or run it on a terminal"
    return None
