"""Add, list, silence and remove alerts."""

from __future__ import annotations

from dataclasses import astuple, replace
from datetime import timedelta

from dbtrack import sql_files
from dbtrack.columns import FIRST_TO_GO, Column, Kind
from dbtrack.db import Database, Row
from dbtrack.errors import UsageError
from dbtrack.notify.alerts.alert import AlertDefinition
from dbtrack.notify.alerts.ready import READY
from dbtrack.notify.alerts.regexes import ServerRegexes
from dbtrack.reports.columns import TENANT

_NAME = Column("alert_name", Kind.IDENTIFIER, "Alert", help="Its name.")
_SEVERITY = Column("severity", Kind.IDENTIFIER, "Severity", help="info, warning or critical.")
_REPORT = Column("report", Kind.IDENTIFIER, "Report", help="What it is about.", rank=5)
_CONDITION = Column("condition", Kind.TEXT, "Condition", help="Which rows match.", rank=4)

STATE_COLUMNS = (
    _NAME,
    Column("group_name", Kind.IDENTIFIER, "Group", help="The tenant, name or user that it is about.", rank=3),
    _SEVERITY,
    Column(
        "state",
        Kind.STATUS,
        "State",
        help="QUIET, PENDING (not long enough yet), FIRING, SILENCED (it fires and is silenced), or FAILED "
        "(it cannot be evaluated).",
    ),
    Column("since", Kind.TIME, "Since", help="When this state began; null: it has always been quiet."),
    Column("match_count", Kind.COUNT, "Count", help="The rows that match.", rank=1),
    Column("last_fired", Kind.TIME, "Last fired", help="When it last began to fire.", rank=2),
    Column("silenced_until", Kind.TIME, "Silenced until", help="Until when it is silenced.", rank=6),
    Column("last_evaluated", Kind.TIME, "Evaluated", help="When alerts were last evaluated.", rank=7),
    replace(TENANT, rank=8),
    Column(
        "details", Kind.TEXT, "Details", help="Why it is silenced, or cannot be evaluated.", rank=FIRST_TO_GO
    ),
)
DEFINITION_COLUMNS = (
    _NAME,
    _REPORT,
    Column("condition", Kind.TEXT, "Condition", help="Which rows match."),
    _SEVERITY,
    TENANT,
    Column("group_by", Kind.IDENTIFIER, "Grouped by", help="tenant, name or user; null: one state."),
    Column("at_least", Kind.COUNT, "At least", help="How many rows must match."),
    Column("counted_for_ms", Kind.DURATION_MS, "Counted for", help="How long a matching event counts."),
    Column("hold_for_ms", Kind.DURATION_MS, "For", help="How long it must hold before it fires."),
    Column("clear_for_ms", Kind.DURATION_MS, "Clear for", help="How long it must not hold to be resolved."),
    Column("remind_every_ms", Kind.DURATION_MS, "Reminder", help="While it fires; null: never."),
    Column("with_announced", Kind.BOOLEAN, "Announced", help="Whether DDL in a tracked operation matches."),
    Column("endpoints", Kind.LIST, "To", help="The endpoints that get its notices; empty: all."),
)
NOTICE_COLUMNS = (
    Column("recorded_at", Kind.TIME, "Time", help="When it was written."),
    Column("notice_type", Kind.IDENTIFIER, "Type", help="alert.fired or alert.resolved."),
    TENANT,
    Column("match_count", Kind.COUNT, "Count", help="The rows that had matched."),
    Column("summary", Kind.TEXT, "Last", help="The last row that matched, in one line."),
    Column("next_step", Kind.TEXT, "Next", help="What to type next."),
    Column("details", Kind.JSON, "Details", help="All that it says.", rank=FIRST_TO_GO),
)
STATE = 3
"""The place of the state in `STATE_COLUMNS`."""
FIRING = "FIRING"
"""The state of an alert that fires and is not silenced."""
MATCH_COLUMNS = (
    Column("group_name", Kind.IDENTIFIER, "Group", help="The tenant, name or user that it is about."),
    Column("would_fire", Kind.BOOLEAN, "Fires", help="Whether enough rows match."),
    Column("matches", Kind.COUNT, "Count", help="The rows that match."),
    Column("summary", Kind.TEXT, "Last", help="The last of them, in one line."),
    Column("first", Kind.JSON, "First row", help="The first of them.", rank=FIRST_TO_GO),
    Column("last", Kind.JSON, "Last row", help="The last of them.", rank=FIRST_TO_GO),
)


def add_alert(database: Database, definition: AlertDefinition) -> None:
    """Check an alert and add it; events from now on count.

    Raises:
        ExpressionError: its condition cannot be used.
        UsageError: another part of it cannot be used, or there is an alert of this name.
        PermissionDeniedError: the role is not an administrator of dbtrack.
    """
    ServerRegexes(database).check(definition.expression())
    if definition.remind_every is not None and definition.remind_every <= timedelta(0):
        raise UsageError("a reminder cannot come at once", hint="leave out --remind, or give --remind 4h")
    # An event must count at least for as long as the condition has to hold.
    counted_for = max(definition.counted_for, definition.hold_for + timedelta(seconds=1))
    database.call(
        "add_alert",
        p_name=definition.name,
        p_report=definition.source.name,
        p_is_event=definition.source.is_event,
        p_condition=definition.condition,
        p_severity=str(definition.severity),
        p_tenant=definition.tenant,
        p_group_by=definition.group_by,
        p_at_least=definition.at_least,
        p_counted_for=counted_for,
        p_hold_for=definition.hold_for,
        p_clear_for=definition.clear_for,
        p_remind_every=definition.remind_every,
        p_with_announced=definition.with_announced,
        p_endpoints=list(definition.endpoints),
    )


def remove_alert(database: Database, name: str) -> None:
    """Remove an alert; if it fires, it is resolved first.

    Raises:
        UsageError: there is no alert of this name.
    """
    database.call("remove_alert", p_name=name)


def silence_alert(
    database: Database, name: str | None, duration: timedelta | None, reason: str | None
) -> int:
    """Silence an alert, or all (None), for a time, or end its silence; return how many this concerns.

    Args:
        duration: None ends the silence.

    Raises:
        UsageError: there is no alert of this name, or the time is above a year.
    """
    return int(database.call_value("silence_alert", p_name=name, p_for=duration, p_reason=reason))


def list_states(database: Database, name: str | None = None) -> list[Row]:
    """Return the alerts and their groups, in the columns of `STATE_COLUMNS`.

    A role that is not an administrator sees those of its tenants.

    Raises:
        UsageError: there is no alert of this name.
    """
    rows = database.call("get_alerts", p_name=name)
    if name is not None and not rows:
        raise UsageError(f"there is no alert {name!r}", hint="list them with: dbtrack alert list")
    return rows


def list_notices(database: Database, name: str) -> list[Row]:
    """Return the latest notices of an alert, the latest first, in the columns of `NOTICE_COLUMNS`."""
    return database.rows(sql_files.query("alerts/latest_notices"), {"name": name})


def definition_row(definition: AlertDefinition) -> tuple[object, ...]:
    """Return an alert in the columns of `DEFINITION_COLUMNS`."""
    fields = (definition.name, definition.report, definition.condition, str(definition.severity))
    rest = astuple(definition)[4:]
    return fields + tuple(
        value.total_seconds() * 1000 if isinstance(value, timedelta) else value for value in rest
    )


def ready_rows() -> list[tuple[object, ...]]:
    """Return the ready alerts, in the columns of `DEFINITION_COLUMNS`."""
    return [definition_row(definition) for definition in READY.values()]
