"""Columns and parameters that several reports share."""

from __future__ import annotations

from dbtrack.reports.model import Column, Kind, Parameter, ParameterKind

EXECUTION_KEY = Column("execution_key", Kind.KEY, "Key", help="Hash key: what `dbtrack show` takes.")
SCRIPT_NAME = Column(
    "script_name",
    Kind.IDENTIFIER,
    "Name",
    help="The name the operation was given, or the command tag of a captured DDL.",
)
SCRIPT_TYPE = Column(
    "script_type",
    Kind.IDENTIFIER,
    "Type",
    help="MIGRATION, DDL_AUTO and so on, or a type of your own.",
    rank=7,
)
STATUS = Column(
    "execution_status", Kind.STATUS, "Status", help="RUNNING, COMPLETED, FAILED, CANCELLED or ABANDONED."
)
STARTED = Column("execution_timestamp", Kind.TIME, "Started", help="When it began.")
DURATION = Column(
    "duration_ms", Kind.DURATION_MS, "Duration", help="To the microsecond; null while it runs.", rank=4
)
USER = Column("db_session_user", Kind.IDENTIFIER, "User", help="The login.", rank=1)
CLIENT_IP = Column(
    "client_ip", Kind.IDENTIFIER, "Address", help="Null for a connection over a local socket.", rank=6
)
TENANT = Column("tenant", Kind.IDENTIFIER, "Tenant", help="Business key; null for the platform's.", rank=3)
OBJECTS = Column("affected_objects", Kind.LIST, "Objects", help="Identities as PostgreSQL gives them.")
ERROR = Column("error_message", Kind.TEXT, "Error", help="The error, redacted; null unless it failed.")
METADATA = Column(
    "metadata", Kind.JSON, "Metadata", help="What else is known; docs/model.md explains the keys."
)
RECORD_SOURCE = Column(
    "record_source", Kind.IDENTIFIER, "Recorded by", help="The writer, its node and its database."
)
OUTCOME = (
    Column(
        "succeeded_key",
        Kind.KEY,
        "Succeeded",
        help="The first execution that later did the same with success; null: not seen to succeed.",
        rank=12,
    ),
    Column("succeeded_at", Kind.TIME, "Succeeded at", help="When that one began.", rank=10),
    Column("resolved_by", Kind.IDENTIFIER, "Resolved by", help="Who ran `dbtrack resolve`.", rank=11),
    Column("resolved_reason", Kind.TEXT, "Reason", help="What was given with `--reason`.", rank=13),
    Column(
        "is_open",
        Kind.BOOLEAN,
        "Open",
        help="Whether the latest one neither succeeded later nor was resolved.",
        rank=14,
    ),
)
LATEST_ERROR = (
    Column(
        "error_message",
        Kind.TEXT,
        "Error",
        help="The first 1000 characters of the latest execution's error, redacted.",
        is_detail=True,
    ),
    Column("ticket", Kind.IDENTIFIER, "Ticket", help="The latest execution's.", is_detail=True),
)
STORY = (
    Column("ticket", Kind.IDENTIFIER, "Ticket", help="As `dbtrack track --ticket` gave it.", is_detail=True),
    Column("sqlstate", Kind.IDENTIFIER, "SQLSTATE", help="Of its error, where it is known.", is_detail=True),
    Column(
        "error_message",
        Kind.TEXT,
        "Error",
        help="The first 1000 characters of the error, redacted; null unless it failed.",
        is_detail=True,
    ),
    Column(
        "privileges",
        Kind.JSON,
        "Privileges",
        help="The first three privileges that a GRANT or REVOKE changed, as in the metadata.",
        is_detail=True,
    ),
    Column(
        "waited_ms",
        Kind.DURATION_MS,
        "Waited",
        help="How long it waited for locks, if known.",
        is_detail=True,
    ),
    Column(
        "classes",
        Kind.LIST,
        "Classes",
        help="Of the classified objects that it changed; null: none.",
        is_detail=True,
    ),
    Column(
        "parent_key",
        Kind.KEY,
        "Inside",
        help="The operation that it ran in, if any. Only if `--columns` names it.",
        is_detail=True,
        switch="family",
    ),
    Column(
        "parent_name",
        Kind.IDENTIFIER,
        "In operation",
        help="The name of that operation. Only if `--columns` names it.",
        is_detail=True,
        switch="family",
    ),
    Column(
        "children",
        Kind.COUNT,
        "Changes",
        help="How many executions ran inside an operation. Only if `--columns` names it.",
        is_detail=True,
        switch="family",
    ),
    Column(
        "failed_children",
        Kind.COUNT,
        "Not completed",
        help="How many of these did not complete, of an operation that failed. Only if `--columns` names it.",
        is_detail=True,
        switch="family",
    ),
    Column(
        "changed_objects",
        Kind.LIST,
        "Changed",
        help="The objects of the first 20 of these, at most five. Only if `--columns` names it.",
        is_detail=True,
        switch="family",
    ),
    Column(
        "statement",
        Kind.TEXT,
        "Statement",
        help="As sent, or the command line, redacted. Only with `--statements`.",
        is_detail=True,
        switch="statements",
    ),
)

CLASSES = Column("classes", Kind.LIST, "Classes", help="Of the classified objects that it changed.", rank=12)
ONE_TENANT = Parameter(
    "tenant", ParameterKind.TENANT, "Only this tenant: its short name, or its key in hexadecimal."
)
SINCE = Parameter("since", ParameterKind.SINCE, "Only executions that started at or after this time.")
UNTIL = Parameter("until", ParameterKind.UNTIL, "Only executions that started before this time.")
TYPE = Parameter(
    "type", ParameterKind.TYPES, "Only these types, in any case: MIGRATION, DDL_AUTO, or your own."
)
FILTERS = (
    Parameter("user", ParameterKind.WORDS, "Only these logins: alice,bob, or deploy*."),
    Parameter(
        "object",
        ParameterKind.OBJECTS,
        "Only what touched these objects, their columns included: public.orders, orders, 'shop.*'.",
        is_argument=True,
    ),
    Parameter(
        "grep",
        ParameterKind.PHRASE,
        "Only where the statement or the error has this text; lower case finds upper case too.",
    ),
    Parameter("name", ParameterKind.WORDS, "Only executions with these names: V42__due_dates, or 'V42*'."),
    Parameter(
        "app", ParameterKind.WORDS, "Only these applications, as the session named itself: psql, 'dbt*'."
    ),
    Parameter(
        "agent",
        ParameterKind.WORDS,
        "Only what coding agents did, and what ran inside it: claude-code, or '*' for all.",
    ),
    Parameter("failed", ParameterKind.FLAG, "Only what failed, was cancelled or abandoned."),
    Parameter(
        "slow",
        ParameterKind.FLAG,
        "Only what took longer than usual: longer than 95 % of the same name in 90 days, and twice as long "
        "as its median.",
    ),
    Parameter("waited", ParameterKind.FLAG, "Only what waited for a lock, as far as that is known."),
)
LIMIT = Parameter("limit", ParameterKind.LIMIT, "Maximum number of rows, the latest first.")
AS_OF = Parameter("as_of", ParameterKind.MOMENT, "The record as it stood at this time.")
KEY = Parameter("key", ParameterKind.KEY, "Its key, or at least the first 8 digits of it.", required=True)
