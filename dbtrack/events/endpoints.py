"""List, pause, resume and remove endpoints, of whatever kind."""

from __future__ import annotations

from datetime import datetime

from dbtrack.columns import Column, Kind
from dbtrack.db import Database, Row
from dbtrack.sql_files import query

ENDPOINT_COLUMNS = (
    Column("endpoint_name", Kind.IDENTIFIER, "Endpoint"),
    Column("endpoint_kind", Kind.IDENTIFIER, "Kind", help="webhook, stream or export"),
    Column("event_types", Kind.LIST, "Events", rank=5),
    Column("tenants", Kind.LIST, "Tenants", help="null: all", rank=8),
    Column("endpoint_state", Kind.STATUS, "State", help="working, idle, paused, or of another database"),
    Column("held_because", Kind.TEXT, "Reason", help="why it is paused", rank=4),
    Column("events_sent", Kind.COUNT, "Sent", rank=2),
    Column("events_behind", Kind.COUNT, "Behind", help="events of all types, counted to 10,000"),
    Column("seconds_behind", Kind.NUMBER, "Seconds behind", rank=7),
    Column("last_sent_at", Kind.TIME, "Last sent", rank=6),
)


def list_endpoints(database: Database) -> list[Row]:
    """Return all endpoints in order of name, in the columns of `ENDPOINT_COLUMNS`.

    Raises:
        PermissionDeniedError: the role may not administer.
    """
    return database.rows(query("events/list_endpoints"))


def pause_endpoint(database: Database, name: str, reason: str | None) -> None:
    """Send nothing until it is resumed; its events stay in the record.

    Raises:
        UsageError: there is no such endpoint.
    """
    database.call("pause_endpoint", p_name=name, p_reason=reason)


def resume_endpoint(database: Database, name: str, since: datetime | None = None) -> None:
    """Send again from where it stopped; a webhook at once, however long its next attempt would wait.

    Args:
        since: send again, with the same ids, what was recorded since then, first.

    Raises:
        UsageError: there is no such endpoint.
    """
    with database.transaction():
        # Endpoints of other kinds have none.
        database.call("clear_webhook_attempts", p_name=name)
        database.call("resume_endpoint", p_name=name, p_since=since)


def remove_endpoint(database: Database, name: str) -> None:
    """Remove an endpoint with its cursor; a webhook also with its dead letters.

    Raises:
        UsageError: there is no such endpoint.
    """
    database.call("drop_endpoint", p_name=name)
