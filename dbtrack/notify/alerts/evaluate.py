"""Evaluate all alerts of a database: once for each event, whatever number of workers there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from typing import Any

from dbtrack import sql_files
from dbtrack.columns import Column
from dbtrack.db import Database, Jsonb
from dbtrack.errors import DbtrackError, NoConnectionError
from dbtrack.notify.alerts.alert import Alert, read_alerts
from dbtrack.notify.alerts.expression import Expression
from dbtrack.notify.alerts.regexes import ServerRegexes
from dbtrack.notify.alerts.sources import group_column
from dbtrack.notify.alerts.summary import summary
from dbtrack.render.values import json_value
from dbtrack.reports import REPORTS, run

_BATCH_ROWS = 2000
_LONGEST_STATEMENT = "30s"
_LONGEST_WAIT = "30s"
_USUAL_INTERVAL = timedelta(seconds=5)
_LONGEST_PAUSE = "60s"
_ANOMALIES = "anomalies"
_ANNOUNCEABLE = frozenset({"DDL_AUTO", "DDL_LOG", "UNATTRIBUTED"})

_Row = dict[str, Any]


@dataclass(frozen=True)
class StateChange:
    """What happened to one group of an alert.

    Args:
        change: pending, fired, reminded or resolved.
        group: the tenant, name or user; empty if the alert is not grouped.
        count: how many rows matched.
    """

    alert: str
    change: str
    group: str
    count: int


@dataclass(frozen=True)
class Evaluation:
    """The result of one evaluation.

    Args:
        is_busy: another worker is evaluating, or did so lately; nothing was done.
        changes: what changed, in the order of the alerts' names.
        failures: why an alert cannot be evaluated, by its name.
    """

    is_busy: bool = False
    changes: Sequence[StateChange] = ()
    failures: Mapping[str, str] = field(default_factory=dict)


@dataclass
class GroupMatches:
    """The rows of one group that match.

    Args:
        tenant: the tenant's business key, if each row of the group has the same.
    """

    group: str
    tenant: str | None
    matches: int = 0
    first: dict[str, object] | None = None
    last: dict[str, object] | None = None

    @property
    def summary(self) -> str:
        """The last row in one line."""
        return str((self.last or {}).get("summary", ""))

    def as_json(self) -> dict[str, object]:
        """Return it as the database takes it."""
        return {
            "group": self.group,
            "tenant": self.tenant,
            "matches": self.matches,
            "first": self.first,
            "last": self.last,
        }


@dataclass(frozen=True)
class _Window:
    """Which events are new.

    Args:
        seen: the snapshot of the last evaluation; None to take everything since a moment.
        current: the snapshot of this evaluation.
    """

    seen: str | None
    since: object
    current: str


class Matcher:
    """Collects which rows of a source match an alert."""

    def __init__(self, alert: Alert) -> None:
        self.alert = alert
        self.source = alert.definition.source
        self.expression: Expression = alert.definition.expression()
        self.groups: dict[str, GroupMatches] = {}
        self._group_column = group_column(self.source, alert.definition.group_by)

    def matching(self, rows: Iterable[_Row], regexes: ServerRegexes) -> list[_Row]:
        """Return those of the rows that match."""
        return [row for row in rows if self._is_match(row, regexes)]

    def count(self, rows: Iterable[_Row]) -> None:
        """Count matching rows in their groups."""
        for row in rows:
            self._count(row)

    def _is_match(self, row: _Row, regexes: ServerRegexes) -> bool:
        definition = self.alert.definition
        if definition.tenant is not None and not self._is_tenants(row, definition.tenant):
            return False
        statuses = self.source.statuses
        if statuses and row["execution_status"] not in statuses:
            return False
        recorded_at = row.get("recorded_at")
        if recorded_at is not None and recorded_at < self.alert.created_at:
            return False
        return self.expression.matches(row, regexes)

    def _is_tenants(self, row: _Row, tenant: str) -> bool:
        if self.source.platform_rows is not None:
            column, value = self.source.platform_rows
            if row[column] == value:
                return False
        return bool(row.get("tenant", tenant) == tenant)

    def _count(self, row: _Row) -> None:
        value = row[self._group_column] if self._group_column else None
        name = "" if value is None else str(value)
        is_by_tenant = self._group_column == "tenant"
        tenant = value if is_by_tenant else self.alert.definition.tenant
        group = self.groups.setdefault(name, GroupMatches(name, tenant))
        group.matches += 1
        shown = _as_json(self.source.columns, row)
        group.first = group.first or shown
        group.last = shown


def evaluate_alerts(database: Database, *, waits: bool = False) -> Evaluation:
    """Evaluate all alerts now, and write a notice for each that begins to fire or is resolved.

    It is one transaction, which holds the lock on the cursor of the alerts: if the process is killed, nothing
    of it happened, and the next evaluation sees the same events.

    Args:
        database: a connection in autocommit mode, with the login of an administrator of dbtrack.
        waits: wait for an evaluation that is at work; False leaves the work to that one.

    Raises:
        LockedError: it waited too long.
        PermissionDeniedError: the role is not an administrator of dbtrack.
        NoConnectionError: the connection was lost.
    """
    # In a transaction of its own, since an evaluation sees what was committed before it.
    database.call("note_capture_failures")
    behind = _advance_anomalies(database)
    with database.transaction():
        _limit(database)
        database.execute(f"SET LOCAL lock_timeout = '{_LONGEST_WAIT}'")
        # A worker that was stopped must not keep the lock.
        database.execute(f"SET LOCAL idle_in_transaction_session_timeout = '{_LONGEST_PAUSE}'")
        begun = database.call("begin_alert_evaluation", p_is_waiting=waits)
        if not begun:
            return Evaluation(is_busy=True)
        window = _Window(*begun[0])
        alerts = read_alerts(database)
        found, failures = find_matches(database, alerts, window)
        if behind:
            failures |= {each.name: behind for each in alerts if each.definition.report == _ANOMALIES}
        changes = [change for matcher in found for change in _advance(database, matcher)]
        for name, failure in failures.items():
            database.call("fail_alert", p_name=name, p_failure=failure)
        database.call("end_alert_evaluation", p_seen=window.current)
        return Evaluation(False, changes, failures)


def _advance_anomalies(database: Database) -> str:
    """Note what is new, if an alert is about it; return why that cannot be done, else an empty text."""
    if not database.value(sql_files.query("alerts/watch_anomalies")):
        return ""
    try:
        database.call("advance_anomalies", p_is_brief=True)
    except NoConnectionError:
        raise
    except DbtrackError as error:
        return str(error)
    return ""


def evaluate_due_alerts(database: Database, every: timedelta = _USUAL_INTERVAL) -> Evaluation:
    """Evaluate all alerts unless that was done lately, by whatever worker; for a worker that asks often.

    If nothing is due, it costs one short query, and the evaluation that it returns is busy.

    Raises:
        DbtrackError: as `evaluate_alerts`.
    """
    if not database.value(sql_files.query("alerts/are_due"), {"every": every}):
        return Evaluation(is_busy=True)
    return evaluate_alerts(database)


def matches_now(database: Database, alert: Alert) -> Matcher:
    """Return what would match an alert now, without changing anything.

    Events are those that were recorded while they still count.

    Raises:
        DbtrackError: the alert cannot be evaluated.
    """
    with database.transaction():
        database.execute("SET TRANSACTION READ ONLY")
        _limit(database)
        row = database.row(
            sql_files.query("alerts/test_window"), {"counted_for": alert.definition.counted_for}
        )
        since, current = row or (None, "")
        past = Alert(alert.definition, alert.tenant_hk, since)
        found, failures = find_matches(database, [past], _Window(None, since, current))
    for failure in failures.values():
        raise DbtrackError(f"{alert.name}: {failure}")
    return found[0]


def find_matches(
    database: Database, alerts: Sequence[Alert], window: _Window
) -> tuple[list[Matcher], dict[str, str]]:
    """Return the matches of each alert, and why some alerts cannot be evaluated."""
    failures: dict[str, str] = {}
    matchers: list[Matcher] = []
    for alert in alerts:
        try:
            matchers.append(Matcher(alert))
        except DbtrackError as error:
            failures[alert.name] = str(error)
    with _reading_only(database):
        for text in {each.source.text for each in matchers if each.source.is_event and each.source.text}:
            same = [each for each in matchers if each.source.text is text]
            failures |= _take_events(database, text(), same, window)
        for same in _by_rows([each for each in matchers if not each.source.is_event]):
            failures |= _take_state(database, same)
    return [matcher for matcher in matchers if matcher.alert.name not in failures], failures


def _limit(database: Database) -> None:
    database.execute(f"SET LOCAL statement_timeout = '{_LONGEST_STATEMENT}'")
    # Compiling a query would take longer than running it.
    database.execute("SET LOCAL jit = off")


@contextmanager
def _reading_only(database: Database) -> Iterator[None]:
    """Run the block where nothing can be written, not even by a function that a report calls."""
    with database.transaction():
        database.execute("SET LOCAL transaction_read_only = on")
        yield


def _take_events(
    database: Database, text: str, matchers: Sequence[Matcher], window: _Window
) -> dict[str, str]:
    given = {"seen": window.seen, "since": window.since, "current": window.current, "tenant": None}
    names = [column.name for column in matchers[0].source.columns]
    rows = (
        dict(zip(names, row, strict=True)) for row in database.stream(text, given, batch_rows=_BATCH_ROWS)
    )
    failures: dict[str, str] = {}
    while batch := list(islice(rows, _BATCH_ROWS)):
        for matcher in matchers:
            if matcher.alert.name not in failures:
                failures |= _guarded(database, matcher, batch)
    return failures


def _by_rows(matchers: Iterable[Matcher]) -> Iterable[list[Matcher]]:
    """Group the alerts that look at the same rows, so that these are read once."""
    found: dict[tuple[str, str | None], list[Matcher]] = {}
    for matcher in matchers:
        found.setdefault((matcher.source.name, matcher.alert.definition.tenant), []).append(matcher)
    return found.values()


def _take_state(database: Database, matchers: Sequence[Matcher]) -> dict[str, str]:
    try:
        with database.transaction():
            rows = list(_state_rows(database, matchers[0]))
    except NoConnectionError:
        raise
    except DbtrackError as error:
        return {matcher.alert.name: str(error) for matcher in matchers}
    failures: dict[str, str] = {}
    for matcher in matchers:
        failures |= _guarded(database, matcher, rows)
    return failures


def _guarded(database: Database, matcher: Matcher, rows: Sequence[_Row]) -> dict[str, str]:
    """Let an alert take rows; if it cannot, because a pattern takes too long, return why."""
    regexes = ServerRegexes(database)
    try:
        with database.transaction():
            regexes.prepare([matcher.expression], rows)
            found = matcher.matching(rows, regexes)
            announced = _announced(database, matcher, found)
            matcher.count(row for row in found if row.get("execution_key") not in announced)
    except NoConnectionError:
        raise
    except DbtrackError as error:
        return {matcher.alert.name: str(error)}
    return {}


def _state_rows(database: Database, matcher: Matcher) -> Iterator[_Row]:
    source, alert = matcher.source, matcher.alert
    names = [column.name for column in source.columns]
    if source.text is not None:
        rows: Iterable[Sequence[Any]] = database.rows(source.text(), {"tenant": alert.tenant_hk})
    else:
        report = REPORTS[source.report or source.name]
        rows = run(database, report, {"tenant": alert.definition.tenant}, records_access=False)
    return (dict(zip(names, row, strict=True)) for row in rows)


def _announced(database: Database, matcher: Matcher, found: Sequence[_Row]) -> frozenset[bytes]:
    """Return the keys of matching DDL that ran inside a tracked operation, unless the alert wants it."""
    if matcher.alert.definition.with_announced or not matcher.source.is_event:
        return frozenset()
    keys = [row["execution_key"] for row in found if row.get("script_type") in _ANNOUNCEABLE]
    if not keys:
        return frozenset()
    return frozenset(bytes(key) for (key,) in database.call("announced_executions", p_keys=keys))


def _advance(database: Database, matcher: Matcher) -> list[StateChange]:
    groups = Jsonb([group.as_json() for group in matcher.groups.values()])
    rows = database.call("advance_alert", p_name=matcher.alert.name, p_groups=groups)
    return [StateChange(matcher.alert.name, change, group, count) for change, group, count in rows]


def _as_json(columns: Sequence[Column], row: _Row) -> dict[str, object]:
    shown = {column.name: json_value(column.kind, row[column.name]) for column in columns}
    known = {name: value for name, value in shown.items() if value not in (None, [])}
    return {"summary": summary(known), **known}
