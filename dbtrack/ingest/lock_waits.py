"""Find waits for locks in log entries: what log_lock_waits writes, in all languages of PostgreSQL."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from dbtrack.ingest.formats.entry import LogEntry
from dbtrack.ingest.lock_wait_words import ACQUIRED, FAILED, WAITING
from dbtrack.ingest.log_executions import Scope, logged_statement
from dbtrack.redaction.storable_text import storable

_GROUPS = {
    "{pid}": r"(?P<pid>\d{1,10})",
    "{mode}": r"(?P<mode>[A-Za-z]{4,30}Lock)",
    "{target}": r"(?P<target>.{1,200}?)",
    "{ms}": r"(?P<ms>\d{1,12})",
    "{us}": r"(?P<us>\d{3})",
}
_PLACE = re.compile(r"\{\w+\}")
# The processes, the holders first, then those that wait; the words between them depend on the language.
_PROCESSES = re.compile(r"\d{1,10}(?:, \d{1,10})*")
_WRAPPED = "dbtrack:"
_MOST_HOLDERS = 20


@dataclass(frozen=True)
class LoggedWait:
    """What one entry says of a wait.

    Args:
        logged_at: when the server wrote it.
        state: waiting, acquired or failed.
        waited_ms: how long it had waited then.
        target: what the lock is on, in the server's words.
        holders: the processes that held the lock.
        statement: what waits, redacted; None where the entry does not have it.
        entry_hash: as of a `LoggedExecution`.
    """

    logged_at: datetime
    state: str
    waited_ms: str
    pid: int
    user: str
    application: str | None
    mode: str
    target: str
    holders: tuple[int, ...]
    statement: str | None
    entry_hash: str


def _pattern(template: str) -> str:
    """Return the regular expression of a message; blanks may be line ends, as in the French ones."""
    pieces = [re.escape(piece).replace(r"\ ", r"\s+") for piece in _PLACE.split(template)]
    places = [_GROUPS[place] for place in _PLACE.findall(template)]
    return "".join(a + b for a, b in zip(pieces, [*places, ""], strict=True))


def _patterns(templates: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(_pattern(template)) for template in templates)


_STATES = (("waiting", _patterns(WAITING)), ("acquired", _patterns(ACQUIRED)), ("failed", _patterns(FAILED)))


def wait_in(entry: LogEntry, scope: Scope) -> LoggedWait | None:
    """Return the wait that an entry reports; None for any other entry, and for waits of no DDL or operation.

    The session of a wrapped command is recognised by its application name.
    """
    if "Lock" not in entry.message or entry.is_failure or scope.database not in {None, entry.database}:
        return None
    found = _matched(entry.message)
    if found is None:
        return None
    state, match = found
    # The server writes only about the process that writes.
    if entry.pid is not None and int(match["pid"]) != entry.pid:
        return None
    statement = logged_statement(entry, scope)
    if statement is None and not (entry.application or "").startswith(_WRAPPED):
        return None
    return LoggedWait(
        logged_at=entry.time,
        state=state,
        waited_ms=f"{match['ms']}.{match['us']}",
        pid=int(match["pid"]),
        user=storable(entry.user or "[unknown]"),
        application=entry.application and storable(entry.application),
        mode=match["mode"],
        target=storable(match["target"]),
        holders=_holders(entry.detail),
        statement=statement,
        entry_hash=hashlib.sha256(b"%b\nwait" % entry.identity).hexdigest(),
    )


def _matched(message: str) -> tuple[str, re.Match[str]] | None:
    for state, patterns in _STATES:
        for pattern in patterns:
            if match := pattern.fullmatch(message.strip()):
                return state, match
    return None


def _holders(detail: str | None) -> tuple[int, ...]:
    processes = _PROCESSES.search(detail or "")
    return tuple(int(pid) for pid in processes[0].split(", "))[:_MOST_HOLDERS] if processes else ()
