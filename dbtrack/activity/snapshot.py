"""What runs now, what ended lately, and how the last hour was: read in a few quick queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from dbtrack.db import Database
from dbtrack.redaction.statement_secrets import Secrets
from dbtrack.sql_files import query

_REDACTION_MODE = "secrets"
# Of sql/queries/activity/running.sql; the others are of a session.
_OPERATION_COLUMNS = 8


@dataclass(frozen=True)
class Filters:
    """Which executions are shown under LATELY; None and False show all.

    Args:
        tenant: a hash key; it holds for all that is shown.
        object: a part of the name of an object.
        grep: a part of the name, the statement, the error or the ticket, in any case.
    """

    tenant: bytes | None = None
    failed: bool = False
    user: str | None = None
    object: str | None = None
    grep: str | None = None


@dataclass(frozen=True)
class Holder:
    """A process that holds a lock, as far as the login may see it."""

    pid: int
    login: str | None = None
    application: str | None = None
    state: str | None = None
    statement: str | None = None
    transaction_start: str | None = None


@dataclass(frozen=True)
class Wait:
    """A lock that a session waits for."""

    lock_mode: str
    object_identity: str
    waited_ms: float | None
    holders: tuple[Holder, ...]


@dataclass(frozen=True)
class Session:
    """A session of the server that runs something."""

    pid: int
    statement: str | None
    wait: Wait | None


@dataclass(frozen=True)
class Running:
    """Something that runs: an operation with its sessions, or DDL outside of any.

    Args:
        key: None for DDL, which is recorded when it ends.
        usual_ms: the 95th percentile of its name; None where nothing is known.
    """

    key: bytes | None
    name: str | None
    started_at: datetime
    login: str
    tenant: str | None
    ticket: str | None
    elapsed_ms: float
    usual_ms: float | None
    sessions: tuple[Session, ...]

    @property
    def is_waiting(self) -> bool:
        """Whether one of its sessions waits for a lock."""
        return any(session.wait for session in self.sessions)


@dataclass(frozen=True)
class Ended:
    """An execution that has ended.

    Args:
        change_count: how much DDL ran inside it.
        waited_ms: how long it waited for locks; None if that is not known.
    """

    key: bytes
    name: str
    type: str
    status: str
    started_at: datetime
    duration_ms: Decimal | int | None
    login: str
    tenant: str | None
    objects: Sequence[str]
    ticket: str | None
    sqlstate: str | None
    error: str | None
    change_count: int
    waited_ms: Decimal | None


@dataclass(frozen=True)
class LastHour:
    """Counts of each five minutes, the oldest first."""

    operations: tuple[int, ...]
    failed: tuple[int, ...]
    p95_ms: float | None


@dataclass(frozen=True)
class Facts:
    """The server, and whether everything is recorded.

    Args:
        sees_nothing: the login has no tenant and does not administer dbtrack.
    """

    server_version: str
    is_standby: bool
    database: str
    host: str | None
    port: int
    capture_status: str
    rollup_seconds: float | None
    sees_nothing: bool = False


@dataclass(frozen=True)
class Details:
    """What else is known of one execution."""

    error_message: str | None
    statement: str | None
    objects: Sequence[str]
    changes: Sequence[str]
    succeeded_key: bytes | None
    after_ms: Decimal | None
    left_behind: Sequence[str] | None
    resolved_by: str | None
    reason: str | None
    waits: str | None


@dataclass(frozen=True)
class Snapshot:
    """Everything that the screen shows of the database at one moment."""

    taken_at: datetime
    facts: Facts
    running: Sequence[Running]
    lately: Sequence[Ended]
    last_hour: LastHour
    waiting: int = field(init=False)

    def __post_init__(self) -> None:
        """Count those that wait."""
        object.__setattr__(self, "waiting", sum(running.is_waiting for running in self.running))


def take_snapshot(database: Database, filters: Filters, *, limit: int) -> Snapshot:
    """Read what runs, what ended lately and the last hour.

    Args:
        limit: how many executions that ended are read.

    Raises:
        DbtrackError: the server raised an error, or the connection was lost.
    """
    tenant = {"tenant": filters.tenant}
    lately = database.rows(
        query("activity/lately"),
        {
            **tenant,
            "failed": filters.failed,
            "user": filters.user,
            "object": filters.object,
            "grep": filters.grep,
            "limit": limit,
        },
    )
    return Snapshot(
        taken_at=database.value("SELECT pg_catalog.clock_timestamp()"),
        facts=Facts(*database.rows(query("activity/facts"))[0]),
        running=_running(database.rows(query("activity/running"), tenant)),
        lately=[Ended(*row) for row in lately],
        last_hour=_last_hour(database.rows(query("activity/last_hour"), tenant)),
    )


def read_details(database: Database, key: bytes) -> Details | None:
    """Return what else is known of an execution; None if there is none with this key.

    Raises:
        DbtrackError: as `take_snapshot`.
    """
    row = database.row(query("activity/details"), {"key": key})
    return Details(*row) if row else None


def _running(rows: Iterable[Sequence[Any]]) -> list[Running]:
    """Return the rows of sql/queries/activity/running.sql, those of one operation together."""
    found: dict[object, Running] = {}
    for row in rows:
        pid, statement, lock_mode, object_identity, waited_ms, holders = row[_OPERATION_COLUMNS:]
        wait = (
            Wait(lock_mode, object_identity, waited_ms, _holders(holders or []))
            if lock_mode is not None
            else None
        )
        sessions = (Session(pid, _redacted(statement), wait),) if pid is not None else ()
        identity = row[0] or pid
        if identity in found:
            found[identity] = replace(found[identity], sessions=found[identity].sessions + sessions)
        else:
            key, name, started_at, login, tenant, ticket, elapsed_ms, usual_ms = row[:_OPERATION_COLUMNS]
            found[identity] = Running(
                key, name, started_at, login, tenant, ticket, elapsed_ms, usual_ms, sessions
            )
    return list(found.values())


def _holders(holders: Iterable[Mapping[str, Any]]) -> tuple[Holder, ...]:
    return tuple(Holder(**{**holder, "statement": _redacted(holder.get("statement"))}) for holder in holders)


def _redacted(statement: str | None) -> str | None:
    """Return a statement without its secrets: the screen may be seen by others, or recorded."""
    return Secrets(statement, _REDACTION_MODE).statement(statement) if statement else None


def _last_hour(rows: Sequence[Sequence[Any]]) -> LastHour:
    return LastHour(
        tuple(int(row[1]) for row in rows),
        tuple(int(row[2]) for row in rows),
        rows[0][3] if rows else None,
    )
