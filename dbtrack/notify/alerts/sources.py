"""What an alert can be about: reports, and what else is known of the record."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from dbtrack.columns import Column, Kind
from dbtrack.errors import UsageError
from dbtrack.reports import REPORTS, columns
from dbtrack.sql_files import query

_RECORDED = Column("recorded_at", Kind.TIME, "Recorded", help="When its end was recorded.")
_APPLICATION = Column("application_name", Kind.TEXT, "Application", help="As the session set it.")

EXECUTION_COLUMNS = (
    columns.EXECUTION_KEY,
    columns.SCRIPT_NAME,
    columns.SCRIPT_TYPE,
    columns.STATUS,
    columns.STARTED,
    _RECORDED,
    columns.DURATION,
    columns.USER,
    Column("role_name", Kind.IDENTIFIER, "Role", help="The role that the login acted as."),
    _APPLICATION,
    columns.CLIENT_IP,
    columns.TENANT,
    columns.OBJECTS,
    Column("sql_command", Kind.TEXT, "Statement", help="Redacted; the first 4,000 characters."),
    columns.ERROR,
    Column("sqlstate", Kind.IDENTIFIER, "SQLSTATE", help="The server's code of the error."),
    Column(
        "gained_rights",
        Kind.LIST,
        "Rights",
        help="Superuser-like rights that somebody gained: SUPERUSER, CREATEROLE, REPLICATION, BYPASSRLS, "
        "`member of ROLE`.",
    ),
    Column("change", Kind.IDENTIFIER, "Change", help="Of UNATTRIBUTED: created, changed or dropped."),
    Column("ticket", Kind.IDENTIFIER, "Ticket", help="The operation's --ticket."),
    Column("environment", Kind.IDENTIFIER, "Environment", help="The operation's --environment."),
    columns.RECORD_SOURCE,
    Column("classes", Kind.LIST, "Classes", help="Of the classified objects that it changed; null: none."),
)
_NOTICE_COLUMNS = (
    Column("notice_type", Kind.IDENTIFIER, "Type", help="`verification.failed`, `capture.failed` and so on."),
    Column("subject", Kind.IDENTIFIER, "Of", help="What the notice is about."),
    columns.TENANT,
    _RECORDED,
    Column("details", Kind.TEXT, "Details", help="What the notice says, as JSON."),
)
_RUNNING_COLUMNS = (
    columns.EXECUTION_KEY,
    columns.SCRIPT_NAME,
    columns.SCRIPT_TYPE,
    columns.STARTED,
    Column("running_ms", Kind.DURATION_MS, "Running", help="For how long."),
    Column(
        "usual_ms",
        Kind.DURATION_MS,
        "Usual",
        help="95 percent of its type took no longer in the last 28 days; null: fewer than five ended.",
    ),
    Column("times_usual", Kind.NUMBER, "Times", help="`running_ms` divided by `usual_ms`."),
    columns.USER,
    _APPLICATION,
    columns.CLIENT_IP,
    columns.TENANT,
)
_SIGNAL_COLUMNS = (
    Column("signal", Kind.IDENTIFIER, "Signal", help="See the table of signals."),
    Column("subject", Kind.IDENTIFIER, "Of", help="Of `endpoint_lag`: the endpoint."),
    Column("value", Kind.METRIC, "Value", unit_column="unit", help="In the unit of the same row."),
    Column("unit", Kind.IDENTIFIER, "Unit", help="seconds or percent."),
    Column("sample", Kind.COUNT, "Sample", help="How many executions it is computed from; else null."),
)


@dataclass(frozen=True)
class Source:
    """One source of rows.

    Args:
        name: as ``--report`` takes it.
        summary: one line for documentation.
        is_event: whether each row is an event, counted once; False if the rows say how things are now.
        text: returns the text of the query that reads it; None for a report.
        report: the report that it is; None for a query.
        statuses: only executions of these statuses; empty for all.
        platform_rows: a column and its value in rows that are for administrators only. An alert of one tenant
            leaves them out, because its notices are for the tenant.
    """

    name: str
    summary: str
    columns: Sequence[Column]
    is_event: bool = False
    text: Callable[[], str] | None = None
    report: str | None = None
    statuses: tuple[str, ...] = ()
    platform_rows: tuple[str, str] | None = None


def _report(name: str, report: str) -> Source:
    definition = REPORTS[report]
    return Source(name, definition.summary, definition.columns, report=report)


EXECUTIONS = Source(
    "executions",
    "Every execution when it has ended.",
    EXECUTION_COLUMNS,
    is_event=True,
    text=lambda: query("alerts/executions"),
)
_ALL = (
    EXECUTIONS,
    replace(EXECUTIONS, name="history", summary="The same as executions."),
    replace(
        EXECUTIONS,
        name="errors",
        summary="Executions that failed, were cancelled or abandoned, one by one.",
        statuses=("FAILED", "CANCELLED", "ABANDONED"),
    ),
    Source(
        "notices",
        "What dbtrack noticed itself: failed verifications, failed capture.",
        _NOTICE_COLUMNS,
        is_event=True,
        text=lambda: query("alerts/notices"),
    ),
    Source(
        "anomalies",
        "What was unusual, when it is noted.",
        (
            *REPORTS["anomalies"].columns,
            Column("recorded_at", Kind.TIME, "Recorded", help="When it was noted."),
        ),
        is_event=True,
        text=lambda: query("alerts/anomalies"),
    ),
    Source(
        "running",
        "What runs now, beside what is usual.",
        _RUNNING_COLUMNS,
        text=lambda: query("alerts/running"),
    ),
    Source(
        "signals", "Figures about the record itself.", _SIGNAL_COLUMNS, text=lambda: query("alerts/signals")
    ),
    _report("dashboard", "dashboard"),
    _report("dashboard_by_tenant", "dashboard_by_tenant"),
    _report("performance", "performance"),
    replace(_report("health", "health"), platform_rows=("health_category", "events")),
    _report("error_causes", "errors"),
)
SOURCES: Mapping[str, Source] = MappingProxyType({source.name: source for source in _ALL})
"""By name. docs/alerts.md lists them."""

_GROUP_COLUMNS = {
    "tenant": ("tenant",),
    "name": ("script_name", "metric_name", "health_metric", "subject"),
    "user": ("db_session_user",),
}
GROUPS = tuple(_GROUP_COLUMNS)


def find_source(name: str) -> Source:
    """Return a source by its name.

    Raises:
        UsageError: there is none.
    """
    try:
        return SOURCES[name.lower()]
    except KeyError:
        raise UsageError(
            f"no alert can be about {name!r}", hint=f"--report takes one of: {', '.join(SOURCES)}"
        ) from None


def group_column(source: Source, group_by: str | None) -> str | None:
    """Return the column by which the rows of a source are grouped; None for one group.

    Raises:
        UsageError: the source has no such column.
    """
    if group_by is None:
        return None
    names = {column.name for column in source.columns}
    for name in _GROUP_COLUMNS[group_by]:
        if name in names:
            return name
    raise UsageError(f"{source.name} cannot be grouped by {group_by}", hint="leave out --group-by")
