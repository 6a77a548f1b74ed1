"""What the database keeps about webhooks: configuration, attempts, dead letters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from dbtrack.columns import Column, Kind
from dbtrack.db import Database, Row
from dbtrack.errors import UsageError
from dbtrack.events import Event
from dbtrack.render.values import json_bytes
from dbtrack.sql_files import query

KIND = "webhook"

WEBHOOK_COLUMNS = (
    Column("endpoint_name", Kind.IDENTIFIER, "Webhook"),
    Column("format", Kind.IDENTIFIER, "Format", rank=3),
    Column("destination", Kind.TEXT, "Destination", help="without what may be secret", rank=1),
    Column("event_types", Kind.LIST, "Events", rank=5),
    Column("tenants", Kind.LIST, "Tenants", help="null: all", rank=8),
    Column(
        "endpoint_state",
        Kind.STATUS,
        "State",
        help="working, idle, failing, paused, or of another database",
    ),
    Column(
        "problem", Kind.TEXT, "Problem", help="why it is paused, or how the receiver refused the next event"
    ),
    Column("events_sent", Kind.COUNT, "Sent", rank=2),
    Column("events_behind", Kind.COUNT, "Behind", help="events of all types, counted to 10,000"),
    Column("seconds_behind", Kind.NUMBER, "Seconds behind", rank=7),
    Column(
        "last_sent_at",
        Kind.TIME,
        "Last sent",
        help="when the receiver last took an event, or one became a dead letter",
        rank=6,
    ),
    Column("attempt_count", Kind.COUNT, "Attempts", help="of the event that is not delivered", rank=9),
    Column("next_attempt_at", Kind.TIME, "Next attempt", rank=9),
    Column("dead_letters", Kind.COUNT, "Dead letters"),
)
DEAD_LETTER_COLUMNS = (
    Column("endpoint_name", Kind.IDENTIFIER, "Webhook"),
    Column("event_number", Kind.COUNT, "Number"),
    Column("event_id", Kind.IDENTIFIER, "Event"),
    Column("event_type", Kind.IDENTIFIER, "Type"),
    Column("subject", Kind.TEXT, "Subject"),
    Column("attempt_count", Kind.COUNT, "Attempts"),
    Column("last_failure", Kind.TEXT, "Answer"),
    Column("dead_at", Kind.TIME, "Given up"),
)


@dataclass(frozen=True)
class Work:
    """One webhook that is not paused, as a worker sees it.

    Args:
        leased_by: the worker that had the lease last, `host:process`.
        lease_seconds: how long that lease still is; 0: nobody has it.
        event_id: the event that was tried and not delivered; empty: there is none.
        attempt_count: how often it was tried.
        wait_seconds: how long it waits for the next attempt.
    """

    name: str
    stored: Mapping[str, object]
    lease: int
    leased_by: str | None
    lease_seconds: float
    event_id: str
    attempt_count: int
    wait_seconds: float
    refused_in_row: int


def worklist(database: Database, name: str | None = None) -> list[Work]:
    """Return the webhooks that are not paused, in order of name; or the one of a name."""
    return [Work(*row) for row in database.rows(query("webhooks/worklist"), {"name": name})]


def list_webhooks(database: Database, name: str | None = None) -> list[Row]:
    """Return all webhooks, or one, in the columns of `WEBHOOK_COLUMNS`."""
    return database.rows(query("webhooks/list_webhooks"), {"name": name})


def stored(database: Database, name: str) -> Mapping[str, Any]:
    """Return what is stored of a webhook's configuration.

    Raises:
        UsageError: there is no such webhook.
    """
    row = database.row(query("webhooks/stored"), {"name": name})
    if row is None:
        raise UsageError(f'there is no webhook "{name}"', hint="list them with: dbtrack webhook list")
    found: Mapping[str, Any] = row[0]
    return found


def save_attempt(
    database: Database, name: str, event: Event, *, attempt: int, answer: str, wait_seconds: float
) -> None:
    """Keep that an attempt failed, and for how long the next one waits."""
    database.call(
        "save_webhook_attempt",
        p_name=name,
        p_event_id=event.id,
        p_attempt_count=attempt,
        p_failure=answer,
        p_wait_seconds=wait_seconds,
    )


def clear_attempts(database: Database, name: str, *, keeps_refused: bool = False) -> None:
    """Keep that the webhook gets its events again.

    Args:
        keeps_refused: only the waiting time ends.
    """
    database.call("clear_webhook_attempts", p_name=name, p_keeps_refused=keeps_refused)


def bury(database: Database, name: str, event: Event, *, attempts: int, answer: str) -> int:
    """Keep an event as a dead letter, and return how many there are since the last delivery."""
    return int(
        database.call_value(
            "add_dead_letter",
            p_name=name,
            p_event=json_bytes(asdict(event)).decode(),
            p_attempt_count=attempts,
            p_failure=answer,
        )
    )


def list_dead_letters(database: Database, name: str | None, ids: Sequence[str] | None = None) -> list[Row]:
    """Return dead letters in order: the columns of `DEAD_LETTER_COLUMNS`, then the event as JSON."""
    return database.rows(query("webhooks/dead_letters"), {"name": name, "ids": list(ids) if ids else None})


def dead_event(row: Row) -> Event:
    """Return the event of a row of `list_dead_letters`."""
    kept = row[-1]
    return Event(**{**kept, "time": datetime.fromisoformat(kept["time"])})


def remove_dead_letter(database: Database, name: str, event_id: str) -> bool:
    """Remove a dead letter, and return whether it was there."""
    return bool(database.call_value("remove_dead_letter", p_name=name, p_event_id=event_id))
