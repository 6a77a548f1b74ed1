"""See what a wrapped command waits for: its sessions' locks, sampled once a second on a second connection."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from dbtrack.config import ConnectionTarget
from dbtrack.db import Database
from dbtrack.errors import DbtrackError
from dbtrack.operations.operations import limited_transaction
from dbtrack.redaction.statement_secrets import Secrets
from dbtrack.sql_files import query

_SAMPLE_SECONDS = 1.0
_STORE_SECONDS = 2.0
_SLACK_SECONDS = 5.0
_MOST_WAITS = 100
_SHOWN_CHARACTERS = 100

Tell = Callable[[str], None]


@dataclass(frozen=True)
class SeenWait:
    """A wait as it was last seen.

    Args:
        since: when it began, by the server's clock.
        waited_ms: until it was last seen.
        holders: who held the lock, as sql/queries/operations/lock_holders.sql has it.
    """

    pid: int
    since: datetime
    waited_ms: float
    mode: str
    object_identity: str
    statement: str | None
    holders: list[dict[str, Any]] = field(default_factory=list)

    def as_row(self) -> dict[str, Any]:
        """Return it as the SQL function record_waits takes it."""
        return {
            "started_at": self.since.isoformat(),
            "waited_ms": round(self.waited_ms, 3),
            "is_acquired": None,
            "lock_mode": self.mode,
            "object_identity": self.object_identity,
            "backend_pid": self.pid,
            "statement": self.statement,
            "holders": self.holders,
        }


class LockWatch:
    """Watches a command's sessions in a thread, and records their waits with its operation.

    It begins after a second, so that a quick command costs nothing, and never disturbs the command: any
    error ends the watching. Start it while the signals for the command are blocked: the thread inherits that.

    Args:
        target: where the operation is recorded; no password is asked for.
        key: the operation's.
        application_name: that of the command's sessions.
        tell: shows one line to the person; None shows nothing.
    """

    def __init__(
        self, target: ConnectionTarget, key: bytes, application_name: str, tell: Tell | None
    ) -> None:
        self._target = replace(target, no_password=True, force_password=False)
        self._key = key
        self._application_name = application_name
        self._tell = tell
        self._started = time.monotonic()
        self._stop = threading.Event()
        self._waits: dict[tuple[int, datetime], SeenWait] = {}
        self._thread = threading.Thread(target=self._run, daemon=True, name="dbtrack-lock-watch")

    def start(self) -> None:
        """Begin to watch."""
        with suppress(RuntimeError):  # no thread is left: the command runs unwatched
            self._thread.start()

    def stop(self) -> None:
        """End; where the command waited, wait for a moment until that is recorded."""
        self._stop.set()
        if self._waits and self._thread.is_alive():
            self._thread.join(_STORE_SECONDS)

    def _run(self) -> None:
        if self._stop.wait(_SAMPLE_SECONDS):
            return
        # Whatever goes wrong here must not be printed among the command's own messages.
        with suppress(Exception), Database.connect(self._target) as database:
            try:
                self._watch(database)
            finally:
                self._store(database)

    def _watch(self, database: Database) -> None:
        while True:
            self._sample(database)
            if self._stop.wait(_SAMPLE_SECONDS):
                return

    def _sample(self, database: Database) -> None:
        seconds = time.monotonic() - self._started + _SLACK_SECONDS
        rows = database.rows(
            query("operations/lock_waits"),
            {"application_name": self._application_name, "seconds": seconds},
        )
        for row in rows:
            wait = SeenWait(*row)
            identity = (wait.pid, wait.since)
            known = self._waits.get(identity)
            if known is not None:
                # A holder is named only if the wait is seen twice: most end at once.
                holders = known.holders or self._holders(database, wait)
                self._waits[identity] = replace(wait, holders=holders)
            elif len(self._waits) < _MOST_WAITS:
                self._waits[identity] = wait

    def _holders(self, database: Database, wait: SeenWait) -> list[dict[str, Any]]:
        names = ("pid", "login", "application", "state", "statement", "transaction_start")
        rows = database.rows(query("operations/lock_holders"), {"pid": wait.pid})
        holders = [dict(zip(names, row, strict=True)) for row in rows]
        for holder in holders:
            if statement := holder["statement"]:
                holder["statement"] = Secrets(statement).statement(statement)
        if self._tell and holders:
            self._tell(_words(wait, holders))
        return holders

    def _store(self, database: Database) -> None:
        waits = [wait.as_row() for wait in self._waits.values()]
        if waits and not database.is_lost:
            with suppress(DbtrackError), limited_transaction(database, statement="2s", lock="1s"):
                database.call("record_waits", execution_key=self._key, waits=json.dumps(waits))


def _words(wait: SeenWait, holders: list[dict[str, Any]]) -> str:
    first = holders[0]
    known = ", ".join(filter(None, (f"pid {first['pid']}", first["application"], first["state"])))
    statement = " ".join((first["statement"] or "").split())
    said = f': "{statement[:_SHOWN_CHARACTERS]}"' if statement else ""
    more = f" and {len(holders) - 1} more" if len(holders) > 1 else ""
    return (
        f"waits for {wait.mode} on {wait.object_identity}, "
        f"held by {first['login'] or 'another login'} ({known}){said}{more}"
    )
