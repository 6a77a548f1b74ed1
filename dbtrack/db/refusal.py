"""Why a connection could not be had, in one line."""

from __future__ import annotations

import re

import psycopg

from dbtrack.errors import NoConnectionError

_PREFIX = re.compile(r"connection (?:failed|is bad): ")
_NEXT_ATTEMPT = re.compile(r"\n- host: .*?, hostaddr: (?:None|'[^']*'): ")
_SERVER = re.compile(r'connection to server at "([^"]*)"(?: \([^)]*\))?, port (\d+) failed: ')
# The words of a server that starts or stops, and of a proxy that has none behind it at the moment.
_PASSING = re.compile(r"the database system is |server closed the connection unexpectedly")
_IS_IT_RUNNING = re.compile(r"\s*Is the server running[^?]*\?")


def refusal(error: psycopg.Error, keywords: dict[str, str]) -> NoConnectionError:
    """The error to raise when the driver could not connect.

    Args:
        error: what the driver raised.
        keywords: what it tried to connect with; no more than the host's name is repeated.
    """
    text = str(error)
    # Several addresses of one host mostly fail for one reason.
    reasons = list(dict.fromkeys(_reason(attempt) for attempt in _attempts(text)))
    hosts = keywords.get("host", "").split(",")
    said = "; ".join(reasons) if len(hosts) == 1 else _by_reason(reasons)
    return NoConnectionError(
        f"cannot connect{_to_host(hosts, said)}: {said}", hint=_hint(text), may_pass=_may_pass(text, hosts)
    )


def _may_pass(text: str, hosts: list[str]) -> bool:
    return len(hosts) > 1 or _PASSING.search(text) is not None


def _by_reason(reasons: list[str]) -> str:
    """Name the hosts that fail for one reason together: a cluster's line stays short."""
    hosts: dict[str, list[str]] = {}
    for reason in reasons:
        server = _SERVER.match(reason)
        what = _SERVER.sub("", reason) if server else reason
        hosts.setdefault(what, []).extend([f"{server[1]}:{server[2]}"] if server else [])
    return "; ".join(
        f"{', '.join(dict.fromkeys(names))}: {what}" if names else what for what, names in hosts.items()
    )


def _to_host(hosts: list[str], said: str) -> str:
    is_named = any(name in said for name in hosts)
    return "" if is_named else f" to {','.join(hosts)}"


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
