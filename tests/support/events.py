"""Events as a cursor returns them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from dbtrack.events import Event
from dbtrack.notify.channels.channel import Sender

SENDER = Sender("shop", "postgresql://db1:5432/shop")
FAILED = Event(
    number=7,
    id="ab" * 32 + "-1767225600000000",
    type="execution.failed",
    time=datetime(2026, 1, 1, tzinfo=UTC),
    subject="migrate_users",
    tenant="acme",
    data={
        "execution": "ab" * 32,
        "version": 12,
        "name": "migrate_users",
        "type": "MIGRATION",
        "status": "FAILED",
        "started_at": "2026-01-01T00:00:00+00:00",
        "duration_ms": 1234,
        "user": "alice",
        "role": "app_owner",
        "application": "flyway",
        "address": "192.0.2.7",
        "objects": ["public.users"],
        "statement": "ALTER TABLE public.users\n    ADD COLUMN email text NOT NULL",
        "error": 'column "email" of relation "users" contains null values',
        "sqlstate": "23502",
        "operation": {"execution": "cd" * 32, "name": "release 42", "type": "MIGRATION"},
        "metadata": {"ticket": "OPS-1"},
    },
    chain="ef" * 32,
    position="{}",
)


def event(kind: str = "execution.failed", subject: str = "migrate_users", **data: object) -> Event:
    """Return an event like `FAILED`, with other details."""
    return replace(FAILED, type=kind, subject=subject, data=FAILED.data | data)


def notice(kind: str, subject: str, **data: object) -> Event:
    """Return an event that no execution is."""
    return replace(FAILED, type=kind, subject=subject, tenant=None, data=data)
