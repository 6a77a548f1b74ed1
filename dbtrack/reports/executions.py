"""The reports that list executions: history, errors."""

from __future__ import annotations

from dbtrack.reports import columns
from dbtrack.reports.model import Parameter, ParameterKind, Report

HISTORY = Report(
    "history",
    "History",
    "What ran, the latest first.",
    columns=(
        columns.EXECUTION_KEY,
        columns.SCRIPT_NAME,
        columns.SCRIPT_TYPE,
        columns.STATUS,
        columns.STARTED,
        columns.DURATION,
        columns.USER,
        columns.TENANT,
        columns.OBJECTS,
    ),
    parameters=(
        Parameter("days", ParameterKind.DAYS, "The last DAYS days; --since overrides it.", default=7),
        Parameter("type", ParameterKind.TEXT, "Only this type: MIGRATION, DDL_AUTO, or one of your own."),
        Parameter("status", ParameterKind.STATUS),
        Parameter("name", ParameterKind.TEXT, "Only what has exactly this name."),
        Parameter("ticket", ParameterKind.TEXT, "Only what was tracked with this --ticket."),
        Parameter("environment", ParameterKind.TEXT, "Only what was tracked with this --environment."),
        columns.ONE_TENANT,
        columns.SINCE,
        columns.UNTIL,
        columns.LIMIT,
    ),
    live=True,
)

ERRORS = Report(
    "errors",
    "Errors",
    "What failed, was cancelled or abandoned.",
    columns=(
        columns.EXECUTION_KEY,
        columns.SCRIPT_NAME,
        columns.SCRIPT_TYPE,
        columns.STATUS,
        columns.STARTED,
        columns.ERROR,
        columns.USER,
        columns.CLIENT_IP,
        columns.TENANT,
        columns.OBJECTS,
    ),
    parameters=(
        Parameter("hours", ParameterKind.HOURS, "The last HOURS hours; --since overrides it.", default=24),
        columns.ONE_TENANT,
        columns.SINCE,
        columns.UNTIL,
        columns.LIMIT,
    ),
    live=True,
)
