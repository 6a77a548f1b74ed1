"""Find one execution: all of its versions, what it ran inside of, and what ran inside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dbtrack.db import Database, Row
from dbtrack.errors import DbtrackError, UsageError
from dbtrack.operations.execution_keys import KeyRange, parse_key_range
from dbtrack.sql_files import query

_CANDIDATES = 5


class UnknownExecutionError(DbtrackError):
    """No execution that the caller may see has this key."""


@dataclass(frozen=True)
class Version:
    """One version of an execution; the fields are those of `script_execution_s`.

    Args:
        load_date: when it was written.
        load_end_date: when the next version superseded it; None for the current version.
        duration_ms: whole milliseconds; None while it runs.
        metadata: a JSON object; its `duration_us` is the duration in microseconds.
    """

    version_number: int
    load_date: datetime
    load_end_date: datetime | None
    script_name: str
    script_type: str
    status: str
    execution_timestamp: datetime
    duration_ms: int | None
    db_session_user: str
    client_ip: str | None
    affected_objects: tuple[str, ...]
    sql_command: str | None
    error_message: str | None
    metadata: dict[str, Any]
    record_source: str


@dataclass(frozen=True)
class Relative:
    """An execution that ran inside another one, or that another one ran inside of.

    Args:
        link_type: `tracked`: the session named the operation; `nested`: a DDL that another DDL ran.
        is_proven: whether time, login and tenant agree with the link; always true of `nested`.
    """

    link_type: str
    key: bytes
    script_name: str
    script_type: str
    status: str
    execution_timestamp: datetime
    duration_ms: int | None
    db_session_user: str
    affected_objects: tuple[str, ...]
    is_proven: bool


@dataclass(frozen=True)
class Execution:
    """One recorded run.

    Args:
        key: the hash key, 32 bytes.
        business_key: script name, UTC time and random suffix.
        tenant: the tenant's business key; None for the platform.
        versions: the oldest first; at least one.
        parent: what it ran inside of; None where that is unknown.
        children: what ran inside it, in the order in which they began.
    """

    key: bytes
    business_key: str
    tenant: str | None
    load_date: datetime
    record_source: str
    versions: tuple[Version, ...]
    parent: Relative | None
    children: tuple[Relative, ...]

    @property
    def current(self) -> Version:
        """The latest version."""
        return self.versions[-1]

    @property
    def objects(self) -> tuple[str, ...]:
        """The identities of all objects that it and its proven children changed, each once."""
        relatives = (child.affected_objects for child in self.children if child.is_proven)
        names = (name for group in (self.current.affected_objects, *relatives) for name in group)
        return tuple(dict.fromkeys(names))


def find_execution(database: Database, key: bytes | str) -> Execution:
    """Return the execution with this key.

    Args:
        key: 32 bytes, or 8 to 64 hexadecimal digits with which one key begins.

    Raises:
        UsageError: the key is malformed, or several keys begin with it.
        UnknownExecutionError: there is no such execution, or it is not the caller's.
    """
    text = key.hex() if isinstance(key, bytes) else key
    found = _hub_rows(database, parse_key_range(text))
    if not found:
        raise UnknownExecutionError(
            f"no execution has the key {text}, or it is not yours", hint="dbtrack history shows the keys"
        )
    if len(found) > 1:
        names = ", ".join(bytes(row[0]).hex()[: len(text) + 4] + "…" for row in found)
        raise UsageError(f"several keys begin with {text}: {names}", hint="give more digits")
    return _execution(database, found[0])


def current_version(database: Database, key: bytes) -> Version | None:
    """Return the latest version of an execution; None where the caller cannot see it."""
    found = _hub_rows(database, KeyRange(key, key))
    return _versions(database, found[0])[-1] if found else None


def _hub_rows(database: Database, keys: KeyRange) -> list[Row]:
    return database.rows(
        query("operations/execution"), {"lowest": keys.lowest, "highest": keys.highest, "limit": _CANDIDATES}
    )


def _versions(database: Database, hub: Row) -> tuple[Version, ...]:
    rows = database.rows(query("operations/execution_versions"), {"execution_hk": hub[0]})
    if not rows:
        raise DbtrackError(f"execution {bytes(hub[0]).hex()} has no version", hint="run: dbtrack doctor")
    return tuple(Version(*_with_tuple(row, 10)) for row in rows)


def _execution(database: Database, hub: Row) -> Execution:
    key, _, load_date, business_key, tenant, record_source = hub
    versions = _versions(database, hub)
    related = _relatives(database, hub)
    return Execution(
        key=bytes(key),
        business_key=business_key,
        tenant=tenant,
        load_date=load_date,
        record_source=record_source,
        versions=versions,
        parent=next((relative for relation, relative in related if relation == "parent"), None),
        children=tuple(relative for relation, relative in related if relation == "child"),
    )


def _relatives(database: Database, hub: Row) -> list[tuple[str, Relative]]:
    rows = database.rows(query("operations/execution_relatives"), {"execution_hk": hub[0]})
    return [(row[0], Relative(*_with_tuple(row[1:], 8))) for row in rows]


def _with_tuple(row: Row, position: int) -> Row:
    # The driver returns arrays as lists, which a frozen object should not hold.
    return (*row[:position], tuple(row[position]), *row[position + 1 :])
