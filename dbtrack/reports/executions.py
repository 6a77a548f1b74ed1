"""Reports that list executions: history, own executions, errors."""

from __future__ import annotations

from dbtrack.reports import columns
from dbtrack.reports.model import Column, Kind, Parameter, ParameterKind, Report

HISTORY = Report(
    "history",
    "History",
    "List executions, the latest first.",
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
        *columns.STORY,
    ),
    switches=("family", "folded", "statements"),
    parameters=(
        Parameter("days", ParameterKind.DAYS, "The last DAYS days; --since overrides it.", default=7),
        columns.TYPE,
        Parameter("status", ParameterKind.STATUS),
        *columns.FILTERS,
        Parameter("ticket", ParameterKind.TEXT, "Only operations that were tracked with this --ticket."),
        Parameter(
            "environment", ParameterKind.TEXT, "Only operations that were tracked with this --environment."
        ),
        columns.ONE_TENANT,
        columns.SINCE,
        columns.UNTIL,
        columns.AS_OF,
        columns.LIMIT,
    ),
    live=True,
    in_pages=True,
)

OWN = Report(
    "own",
    "Your own executions",
    "List your own executions that belong to no tenant.",
    columns=(
        columns.EXECUTION_KEY,
        columns.SCRIPT_NAME,
        columns.SCRIPT_TYPE,
        columns.STATUS,
        columns.STARTED,
        columns.DURATION,
        columns.OBJECTS,
        Column("sql_command", Kind.TEXT, "Statement", help="As sent, redacted.", rank=3),
        columns.ERROR,
    ),
    parameters=(
        Parameter("days", ParameterKind.DAYS, "The last DAYS days; --since overrides it.", default=7),
        columns.SINCE,
        columns.UNTIL,
        columns.LIMIT,
    ),
)

_ERROR_PARAMETERS = (
    Parameter("hours", ParameterKind.HOURS, "The last HOURS hours; --since overrides it.", default=24),
    Parameter("status", ParameterKind.STATUS, "Only this status: FAILED, CANCELLED or ABANDONED."),
    columns.TYPE,
    *columns.FILTERS,
    columns.ONE_TENANT,
    columns.SINCE,
    columns.UNTIL,
    columns.LIMIT,
)

ERRORS = Report(
    "errors",
    "Errors",
    "List errors by cause: failed, cancelled and abandoned executions.",
    columns=(
        Column("occurrences", Kind.COUNT, "Times", help="How many errors have this cause."),
        Column(
            "sqlstate", Kind.IDENTIFIER, "SQLSTATE", help="The server's code; null where nobody knows it."
        ),
        Column(
            "ended_by",
            Kind.IDENTIFIER,
            "Ended by",
            help="Signal or exit code of a command, where that says it.",
            rank=7,
        ),
        Column(
            "message", Kind.TEXT, "Cause", help="With `?` for names, literals, keys, numbers and addresses."
        ),
        Column("first_seen", Kind.TIME, "First", help="Start of the first of them.", rank=4),
        Column("last_seen", Kind.TIME, "Last", help="Start of the last of them."),
        Column(
            "statement",
            Kind.TEXT,
            "Statement",
            help="The latest one, or its command line, redacted; 1000 characters of it.",
            rank=6,
        ),
        Column("hint", Kind.TEXT, "Hint", help="The server's.", rank=5),
        Column("execution_key", Kind.KEY, "Key", help="The latest execution: what `dbtrack show` takes."),
        Column("script_name", Kind.IDENTIFIER, "Name", help="The latest execution's."),
        Column("parent_key", Kind.KEY, "Inside", help="The operation that it belonged to, if any.", rank=9),
        Column("parent_name", Kind.IDENTIFIER, "Operation", help="That operation's name.", rank=1),
        Column("users", Kind.LIST, "Users", help="The logins, at most 20.", rank=3),
        Column("tenants", Kind.LIST, "Tenants", help="Their business keys, at most 20.", rank=2),
        *columns.OUTCOME,
        *columns.LATEST_ERROR,
    ),
    parameters=_ERROR_PARAMETERS,
    live=True,
    from_rollups=True,
)

ERROR_LIST = Report(
    "error_list",
    "Errors, one by one",
    "List failed, cancelled and abandoned executions, the latest first.",
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
        *columns.OUTCOME,
    ),
    parameters=_ERROR_PARAMETERS,
    live=True,
    part_of="errors",
    in_pages=True,
)

NEVER_CHANGED = Report(
    "never_changed",
    "Never changed",
    "List the objects of the database that no recorded execution touched.",
    columns=(
        Column("object_type", Kind.IDENTIFIER, "Kind", help="table, view, function and so on."),
        Column("object_identity", Kind.IDENTIFIER, "Object", help="The identity as PostgreSQL gives it."),
        Column("owner", Kind.IDENTIFIER, "Owner", help="The role that owns it."),
    ),
    parameters=(
        next(parameter for parameter in columns.FILTERS if parameter.name == "object"),
        Parameter("since", ParameterKind.SINCE, "Not touched since this time. Default: the whole record."),
        Parameter("until", ParameterKind.UNTIL, "Not touched before this time."),
        Parameter("limit", ParameterKind.LIMIT, "Maximum number of rows, in the order of their names."),
    ),
    part_of="history",
)

OPEN_ERRORS = Report(
    "open_errors",
    "Open errors",
    "List what did not succeed later and nobody has resolved, by cause.",
    columns=ERRORS.columns,
    parameters=_ERROR_PARAMETERS,
    live=True,
    part_of="errors",
)

OPEN_ERROR_LIST = Report(
    "open_error_list",
    "Open errors, one by one",
    "List what did not succeed later and nobody has resolved, the latest first.",
    columns=ERROR_LIST.columns,
    parameters=_ERROR_PARAMETERS,
    live=True,
    part_of="errors",
)
