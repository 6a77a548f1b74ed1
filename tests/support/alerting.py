"""Alerts, and the passing of time for them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from dbtrack.db import Database
from dbtrack.notify.alerts import evaluate_alerts, manage
from dbtrack.notify.alerts.alert import AlertDefinition

_AGE_STATES = """
UPDATE script_tracking.alert_state SET since = since - %(by)s::interval, fired_at = fired_at - %(by)s::interval,
    cleared_at = cleared_at - %(by)s::interval, notified_at = notified_at - %(by)s::interval,
    arrivals = (SELECT coalesce(jsonb_agg(jsonb_build_array((a.value ->> 0)::timestamptz - %(by)s::interval, a.value -> 1)), '[]')
                FROM jsonb_array_elements(arrivals) AS a)
"""
_AGE_SILENCES = "UPDATE script_tracking.alert SET silenced_until = silenced_until - %(by)s::interval"


def add(database: Database, name: str, report: str, condition: str, **more: Any) -> None:
    """Add an alert."""
    manage.add_alert(database, AlertDefinition(name, report, condition, **more))


def evaluated(database: Database) -> list[tuple[str, str, str, int]]:
    """Evaluate all alerts; return what changed: alert, group, change, count."""
    found = evaluate_alerts(database)
    assert not found.is_busy
    assert found.failures == {}
    return [(each.alert, each.group, each.change, each.count) for each in found.changes]


def pass_time(database: Database, **by: float) -> None:
    """Make everything that the states of the alerts tell of as much older."""
    given = {"by": timedelta(**by)}
    database.execute(_AGE_STATES, given)
    database.execute(_AGE_SILENCES, given)


def notices(database: Database) -> list[tuple[str, str, dict[str, Any]]]:
    """The notices in order: type, subject, data."""
    return [
        (kind, subject, data)
        for kind, subject, data in database.rows(
            "SELECT notice_type, subject, notice_data FROM script_tracking.notice ORDER BY version_number"
        )
    ]


def told(database: Database) -> list[tuple[str, str, int]]:
    """The notices of alerts in order: type, group, count."""
    return [
        (kind, data.get("group", ""), data["count"])
        for kind, _subject, data in notices(database)
        if kind.startswith("alert.")
    ]


def ended(database: Database, name: str, kind: str = "MANUAL", *, failed: bool = False) -> bytes:
    """Record an operation that has ended; return its key."""
    key = database.call_value("track_operation", script_name=name, script_type=kind)
    database.call(
        "complete_operation",
        execution_hk=key,
        success=not failed,
        error_message="it broke" if failed else None,
    )
    return bytes(key)
