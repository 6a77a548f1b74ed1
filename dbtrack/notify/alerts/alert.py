"""The definition of an alert, and its parts as the database has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from dbtrack import sql_files
from dbtrack.db import Database
from dbtrack.errors import UsageError
from dbtrack.notify.alerts.expression import Expression, parse
from dbtrack.notify.alerts.sources import Source, find_source, group_column


class Severity(StrEnum):
    """How urgent an alert is."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


@dataclass(frozen=True)
class AlertDefinition:
    """An alert as an administrator defines it.

    Args:
        report: the name of a source of `dbtrack.notify.alerts.sources`.
        tenant: the tenant whose rows are looked at; None for all.
        group_by: tenant, name or user; None for one state.
        at_least: how many rows must match.
        counted_for: how long a matching event counts; after as long without one the alert is resolved.
        hold_for: how long the condition must hold before the alert fires.
        clear_for: how long the condition must not hold before the alert is resolved.
        remind_every: how often it is notified again while it fires; None: never.
        with_announced: whether DDL inside a tracked operation matches too.
        endpoints: the endpoints that get its notices; empty for all that take them.
    """

    name: str
    report: str
    condition: str
    severity: Severity = Severity.WARNING
    tenant: str | None = None
    group_by: str | None = None
    at_least: int = 1
    counted_for: timedelta = timedelta(hours=1)
    hold_for: timedelta = timedelta(0)
    clear_for: timedelta = timedelta(minutes=5)
    remind_every: timedelta | None = timedelta(hours=4)
    with_announced: bool = False
    endpoints: Sequence[str] = ()

    @property
    def source(self) -> Source:
        """What it is about."""
        return find_source(self.report)

    def expression(self) -> Expression:
        """Return its condition, parsed.

        Raises:
            ExpressionError: the condition cannot be used.
            UsageError: there is no such report, or it has no column to group by.
        """
        source = self.source
        group_column(source, self.group_by)
        return parse(self.condition, source.name, source.columns)


@dataclass(frozen=True)
class Alert:
    """An alert of a database.

    Args:
        tenant_hk: the hash key of its tenant.
        created_at: events that were recorded earlier do not count.
    """

    definition: AlertDefinition
    tenant_hk: bytes | None
    created_at: datetime

    @property
    def name(self) -> str:
        """Its name."""
        return self.definition.name


def read_alerts(database: Database, name: str | None = None) -> list[Alert]:
    """Return the alerts of a database, or the one of this name.

    Raises:
        UsageError: there is no alert of this name.
        PermissionDeniedError: the role may not see alerts.
    """
    rows = database.rows(sql_files.query("alerts/alerts"), {"name": name})
    if name is not None and not rows:
        raise UsageError(f"there is no alert {name!r}", hint="list them with: dbtrack alert list")
    return [Alert(_definition(given), tenant_hk, created_at) for *given, tenant_hk, created_at in rows]


def _definition(given: Sequence[Any]) -> AlertDefinition:
    named = dict(zip((field.name for field in fields(AlertDefinition)), given, strict=True))
    converted = {"severity": Severity(named["severity"]), "endpoints": tuple(named["endpoints"])}
    return AlertDefinition(**named | converted)
